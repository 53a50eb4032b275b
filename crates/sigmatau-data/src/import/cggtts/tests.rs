use super::*;
use crate::import::import;
use crate::schema;

const HEAD: &str = "CGGTTS     GENERIC DATA FORMAT VERSION = 2E
REV DATE = 2024-01-01
RCVR = MADE UP 1
CH = 20
IMS = MADE UP 1
LAB = AAA
X = +4000000.00 m
Y = +1000000.00 m
Z = +4800000.00 m
FRAME = ITRF
COMMENTS = NO COMMENTS
INT DLY =   32.9 ns (GPS C1),  25.8 ns (GPS P2)     CAL_ID = NA
CAB DLY =  155.2 ns
REF DLY =    0.5 ns
REF = UTC(AAA)
CKSUM = ";

const SINGLE: &str =
    "G05 FF 40587 000200  780 345 1234     -123456    +12       +1234    -56   12 042   80  +10   90   -5  0  0 L1C ";
const DUAL: &str = "E12 FF 40587 000200  780 999 9999 +99999999999 +99999        -281     +5    3 017  192  -49   99  -14   57  -29   5  0  0 E1  ";

/// The text with the checksum behind it that belongs there.
fn summed(text: &str) -> String {
    format!("{text}{:02X}\n", sum(text.bytes().filter(|byte| *byte != b'\n')))
}

fn file(tracks: &[&str]) -> String {
    let tracks: String = tracks.iter().map(|track| summed(track)).collect();
    format!("{}\nSAT CL  MJD  STTIME TRKL\n             hhmmss  s\n{tracks}", summed(HEAD))
}

fn read(text: &str) -> Imported {
    import(text.as_bytes(), "gzaaa40.587", None, &ImportOptions::default()).unwrap()
}

fn codes(imported: &Imported) -> Vec<&str> {
    imported.findings.iter().map(|finding| &*finding.code).collect()
}

#[test]
fn track_is_read_in_si_at_its_middle() {
    let imported = read(&file(&[SINGLE]));
    let number = |name: &str| imported.table.floats(name).unwrap()[0];
    assert_eq!(imported.table.texts("series").unwrap(), ["AAA G05 L1C"]);
    assert_eq!(imported.table.integers("time").unwrap(), [(120 + 390) * SECOND_NS]);
    assert_eq!((number("phase"), number("srsys"), number("dsg_s")), (123.4e-9, -5.6e-12, 1.2e-9));
    assert_eq!((number("elevation_deg"), number("azimuth_deg"), number("track_s")), (34.5, 123.4, 780.0));
    assert_eq!((number("refsv_s"), number("mdtr_s"), number("mdio_s")), (-12345.6e-9, 8e-9, 9e-9));
    assert!(number("msio_s").is_nan());
    assert_eq!((imported.time_scale.as_deref(), codes(&imported)), (Some("UTC"), vec!["delays", "short"]));
}

#[test]
fn measured_ionosphere_and_missing_numbers_are_read() {
    let imported = read(&file(&[DUAL]));
    let number = |name: &str| imported.table.floats(name).unwrap()[0];
    assert_eq!((number("msio_s"), number("smsi"), number("isg_s")), (5.7e-9, -2.9e-12, 0.5e-9));
    let missing = ["elevation_deg", "azimuth_deg", "refsv_s", "srsv"];
    assert!(missing.iter().all(|name| number(name).is_nan()));
    assert_eq!(imported.table.integers("ioe").unwrap(), [17]);
}

#[test]
fn table_has_the_columns_of_the_schema() {
    let imported = read(&file(&[SINGLE, DUAL]));
    schema::tracks::SCHEMA.empty().append(imported.table).expect("the same columns in the same units");
}

#[test]
fn tracks_are_sorted_by_series_and_time() {
    let later = SINGLE.replace("000200", "001800");
    let imported = read(&file(&[&later, DUAL, SINGLE]));
    assert_eq!(imported.table.texts("satellite").unwrap(), ["E12", "G05", "G05"]);
    assert!(imported.table.integers("time").unwrap()[1..].is_sorted());
}

#[test]
fn every_changed_character_of_a_track_is_found() {
    let track = summed(SINGLE);
    for place in 0..SINGLE.len() {
        let mut changed = track.clone().into_bytes();
        changed[place] ^= 1;
        let text = format!("{}{}", file(&[DUAL]), String::from_utf8(changed).unwrap());
        let imported = read(&text);
        assert_eq!(imported.table.rows(), 1, "{place}");
        assert_eq!(imported.findings[1].subject, "gzaaa40.587, line 21", "{place}");
    }
}

#[test]
fn impossible_tracks_are_findings_and_the_rest_goes_on() {
    let [no_hour, no_number] =
        [("000200", "250200"), ("-123456", "-12*456")].map(|(from, to)| SINGLE.replace(from, to));
    let imported = read(&file(&[&no_hour, SINGLE, &no_number, DUAL, "G01 FF "]));
    assert_eq!(imported.table.rows(), 2);
    assert_eq!(codes(&imported), ["delays", "bad-track", "bad-track", "bad-track", "short"]);
}

#[test]
fn changed_header_is_a_finding() {
    let text = file(&[SINGLE]).replace("REF DLY =    0.5", "REF DLY =    0.6");
    let imported = read(&text);
    assert_eq!(codes(&imported), ["delays", "bad-header", "short"]);
    assert!(
        imported.findings[1].seen.starts_with("the header says that its checksum is `"),
        "{}",
        imported.findings[1].seen
    );
}

#[test]
fn line_ends_may_count_in_the_checksum_of_the_header() {
    let counted = format!("{HEAD}{:02X}\n", sum(HEAD.bytes()));
    assert_eq!(codes(&read(&file(&[SINGLE]).replace(&summed(HEAD), &counted))), ["delays", "short"]);
    assert_eq!(codes(&read(&file(&[SINGLE]).replace('\n', "\r\n"))), ["delays", "short"]);
}

#[test]
fn other_versions_and_cut_files_are_refused() {
    let refused = |text: &str| {
        import(text.as_bytes(), "a.cggtts", Some("cggtts"), &ImportOptions::default()).unwrap_err().to_string()
    };
    assert!(
        refused(&file(&[SINGLE]).replace("= 2E", "= 02")).contains("line 1: this is not the first line of a CGGTTS")
    );
    assert!(refused(&HEAD.replace("CKSUM = ", "")).contains("the file ends within the header"));
    assert!(refused(&file(&[])).contains("the file ends without a track"));
}
