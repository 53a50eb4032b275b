use super::*;
use crate::Column;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_undone_before_the_name_is_looked_at() {
    let options = ImportOptions::default();
    let plain = import(b"1.0\n2.0\n3.0\n", "maser.phd", None, &options).unwrap();
    assert_eq!(import(&packed(b"1.0\n2.0\n3.0\n"), "maser.phd.gz", None, &options).unwrap(), plain);
}

#[test]
fn damaged_gzip_is_refused() {
    let bytes = packed(b"1.0\n2.0\n3.0\n");
    let message = import(&bytes[..bytes.len() - 9], "maser.phd.gz", None, &ImportOptions::default()).unwrap_err();
    assert!(message.to_string().starts_with("import `maser.phd.gz`: gzip: "), "{message}");
}

#[test]
fn binary_files_are_refused() {
    let message = import(b"PAR1\x00\x15", "a.parquet", None, &ImportOptions::default()).unwrap_err().to_string();
    assert_eq!(message, "import `a.parquet`: byte 4 is 0, so this is no text; export the data as text first");
}

#[test]
fn hdf5_is_refused_with_the_way_to_a_table() {
    let message =
        import(b"\x89HDF\r\n\x1a\n\x00", "bench.h5", None, &ImportOptions::default()).unwrap_err().to_string();
    assert!(message.contains("it is an HDF5 file, which is not read; convert it by Python: `import h5py, pandas`"));
    assert!(
        message.contains("h5py.File(\"bench.h5\")[name][()] for name in (\"excitation\", \"response\")"),
        "{message}"
    );
}

#[test]
fn unrecognised_text_names_the_importers() {
    let message = import(b"Dear colleague\n", "letter.txt", None, &ImportOptions::default()).unwrap_err().to_string();
    let quoted: Vec<String> = names().iter().map(|name| format!("`{name}`")).collect();
    assert!(message.ends_with(&format!("name the importer; known are {}", quoted.join(", "))), "{message}");
}

#[test]
fn latin_comments_are_no_trouble() {
    let imported = import(
        b"# Physikalisch-Technische Bundesanstalt, D\xfcsseldorf\n1\n2\n3\n",
        "a.phd",
        None,
        &ImportOptions::default(),
    );
    assert_eq!(imported.unwrap().table.rows(), 3);
}

#[test]
fn missing_file_says_what_the_system_said() {
    let message = import_file(Path::new("nowhere/a.phd"), None, &ImportOptions::default()).unwrap_err().to_string();
    assert!(message.starts_with("import `a.phd`: "), "{message}");
}

#[test]
fn an_empty_file_is_told() {
    for bytes in [&b""[..], b" \n\n", &packed(b"")] {
        let message = import(bytes, "a.phd", None, &ImportOptions::default()).unwrap_err().to_string();
        assert_eq!(message, "import `a.phd`: it is empty; write it again");
    }
}

#[test]
fn joined_rows_are_sorted_by_series_and_time() {
    let names = Column::text("series", ["b", "a", "a", "b"].map(String::from).to_vec());
    let times = Column::integer("time", Unit::SECOND, vec![1, 2, 1, 1]);
    let table = Table::new(vec![names, times, Column::float("phase", Unit::SECOND, vec![0.0, 1.0, 2.0, 3.0])]);
    let imported = Imported { table: table.unwrap(), time_scale: None, tau0: None, rate: None, findings: Vec::new() };
    assert_eq!(imported.sorted().table.floats("phase"), Some(&[2.0, 1.0, 0.0, 3.0][..]));
}
