//! Importers on files: small samples, mutated samples, and real data where they are at hand.

use sigmatau_core::Unit;
use sigmatau_data::import::{Form, IMPORTERS, ImportOptions, Imported, Records, detect, import, import_file};
use sigmatau_data::{ClockKind, WaveformOptions, WaveformSource, write_table};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn samples(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(format)
}

fn phase(unit: &str) -> ImportOptions {
    ImportOptions { kind: Some(ClockKind::Phase), unit: Some(Unit::parse(unit).unwrap()), ..Default::default() }
}

/// What has to be stated about a sample: nothing where the extension says it.
fn options_for(path: &Path) -> ImportOptions {
    let said = path.extension().is_some_and(|extension| extension == "phd" || extension == "frd");
    if said { ImportOptions::default() } else { phase("s") }
}

fn sample(path: &str, options: &ImportOptions) -> Imported {
    import_file(&samples(path), None, options).unwrap()
}

fn codes(imported: &Imported) -> Vec<&str> {
    imported.findings.iter().map(|finding| &*finding.code).collect()
}

/// The numbers of a column, missing ones as `None`.
fn numbers(imported: &Imported, column: &str) -> Vec<Option<f64>> {
    imported.table.floats(column).unwrap().iter().map(|x| (!x.is_nan()).then_some(*x)).collect()
}

/// The paths of all samples of a format, sorted.
fn sample_paths(format: &str) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(samples(format)).unwrap_or_else(|_| panic!("no sample of `{format}`"));
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The folder of a copy of a sample that was changed, with the file that may stand beside it.
fn beside(path: &Path, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join(path.file_name().unwrap());
    for extension in ["sigmf-meta", "sigmf-data"] {
        let other = path.with_extension(extension);
        if path.extension().is_some_and(|own| own.to_string_lossy().starts_with("sigmf")) && other.exists() {
            std::fs::copy(&other, copy.with_extension(extension)).unwrap();
        }
    }
    std::fs::write(&copy, bytes).unwrap();
    (folder, copy)
}

#[test]
fn every_importer_detects_and_reads_its_samples() {
    for importer in IMPORTERS {
        for path in sample_paths(importer.name) {
            let named = import_file(&path, Some(importer.name), &options_for(&path)).unwrap();
            let detected = import_file(&path, None, &options_for(&path)).unwrap();
            assert_eq!(format!("{detected:?}"), format!("{named:?}"), "{}", path.display());
            assert!(named.table.rows() > 1, "{}", path.display());
            let Form::Text { .. } = importer.form else { continue };
            let text = std::fs::read_to_string(&path).unwrap();
            let detected = detect(&path.file_name().unwrap().to_string_lossy(), &text);
            assert_eq!(detected.map(|detected| detected.name), Some(importer.name), "{}", path.display());
        }
    }
}

#[test]
fn phase_file_with_heading_and_trouble_is_read() {
    let imported = sample("stable32/maser.phd", &ImportOptions::default());
    assert_eq!(numbers(&imported, "phase"), [Some(0.0), Some(1.25e-11), Some(-2.5e-12), None, None, Some(3e-11)]);
    assert_eq!(imported.findings[0].subject, "maser.phd, line 9");
    assert_eq!(codes(&imported), ["bad-line"]);
}

#[test]
fn dated_phase_is_read() {
    let imported = sample("stable32/utc.dat", &phase("ns"));
    assert_eq!(numbers(&imported, "phase"), [Some(12.5), Some(11.9), None, Some(11.1)]);
    let days: Vec<i64> = imported.table.integers("time").unwrap().iter().map(|ns| ns / 86_400_000_000_000).collect();
    assert_eq!(days, [20454, 20459, 20464, 20469]);
    assert_eq!(codes(&imported), ["bad-line", "time-tags"]);
}

#[test]
fn frequency_file_is_read() {
    let imported = sample("stable32/counter.frd", &ImportOptions::default());
    assert_eq!(numbers(&imported, "frequency"), [Some(1.5e-12), Some(-0.5e-12), Some(0.0), Some(2.5e-12)]);
    assert_eq!(codes(&imported), ["zeros"]);
}

#[test]
fn table_of_two_clocks_is_read() {
    let imported = sample("csv/fleet.csv", &phase("s"));
    let names = imported.table.texts("series").unwrap();
    assert_eq!(
        (&names[..3], &names[3..]),
        (["caesium"; 3].map(String::from).as_slice(), ["maser, east"; 3].map(String::from).as_slice())
    );
    assert_eq!(numbers(&imported, "phase"), [Some(5e-9), None, Some(5.2e-9), Some(1e-9), Some(1.1e-9), None]);
    assert_eq!(codes(&imported), ["bad-cell", "time-tags"]);
}

#[test]
fn clock_files_of_both_versions_are_read() {
    let older = sample("rinex-clk/short_300.clk", &ImportOptions::default());
    assert_eq!(older.table.texts("series").unwrap(), ["G01", "G02", "G02"]);
    assert_eq!((codes(&older), older.time_scale.as_deref()), (vec!["bad-record"], Some("GPST")));
    let newer = sample("rinex-clk/short_304.clk", &ImportOptions { records: Records::Both, ..Default::default() });
    assert_eq!(newer.table.texts("series").unwrap(), ["E01", "E01", "PTBB00DEU"]);
    assert_eq!((codes(&newer), newer.time_scale.as_deref()), (vec![], Some("GST")));
}

#[test]
fn tracks_of_two_stations_are_read() {
    let [first, second] = ["cggtts/GMAAA060.258", "cggtts/GMBBB060.258"].map(|path| sample(path, &phase("s")));
    assert_eq!((first.table.rows(), codes(&first)), (12, vec!["delays"]));
    assert_eq!((second.table.rows(), codes(&second)), (11, vec!["delays", "bad-checksum"]));
    assert_eq!(second.findings[1].subject, "GMBBB060.258, line 23");
    assert_eq!(second.table.texts("series").unwrap()[0], "BBB G05 L1C");
    assert!(numbers(&second, "msio_s").iter().all(Option::is_none));
}

#[test]
fn two_way_sessions_are_read() {
    let imported = sample("twstft/twaaa60.000", &phase("s"));
    assert_eq!(codes(&imported), ["bad-session"]);
    assert_eq!(imported.table.texts("series").unwrap()[2..4], ["AAA01 BBB01 02", "AAA01 CCC01 02"]);
    assert_eq!(numbers(&imported, "phase")[0], Some(0.5 * 0.262_383_672_844 + 0.000_000_964_858));
    assert_eq!(numbers(&imported, "phase")[5], None);
}

#[test]
fn scale_differences_are_read() {
    let imported = sample("mjd/utc_aaa.clk", &ImportOptions::default());
    assert_eq!(codes(&imported), ["bad-line"]);
    let expected = [Some(56e-9), Some(60e-9), Some(-4.5e-9), None, Some(12e-9), None, Some(10.1e-9)];
    assert_eq!(numbers(&imported, "phase"), expected);
}

#[test]
fn exports_of_counters_and_phase_meters_are_read() {
    let maser = sample("timelab/maser.tim", &ImportOptions::default());
    assert_eq!((maser.table.rows(), codes(&maser)), (12, vec!["bad-row"]));
    let test_set = sample("microchip/5120A.txt", &phase("s"));
    assert_eq!((test_set.table.rows(), codes(&test_set)), (8, vec!["bad-line"]));
    let counter = sample("keysight/memory.csv", &phase("s"));
    assert_eq!((counter.table.rows(), codes(&counter)), (6, vec!["no-reading"]));
    let stamps = sample("ticc/timestamps.log", &ImportOptions::default());
    assert_eq!((stamps.table.rows(), codes(&stamps)), (9, vec!["bad-line"]));
    assert_eq!(numbers(&stamps, "phase")[0], Some(-0.102_153_268_769));
    let intervals = sample("ticc/interval.log", &ImportOptions::default());
    assert_eq!((intervals.table.rows(), codes(&intervals)), (3, vec!["bad-line"]));
}

/// Flips, cuts and doubles bytes; the place and the kind follow from `seed`.
fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..=draw(8) {
        let place = draw(bytes.len());
        match draw(4) {
            0 => bytes.truncate(place),
            1 => bytes.extend_from_within(place..),
            2 => drop(bytes.drain(place..(place + draw(20)).min(bytes.len()))),
            _ => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << draw(8)),
        }
    }
    bytes
}

#[test]
fn waveforms_of_instruments_are_read() {
    let bench = sample("csv/bench.csv", &ImportOptions::default());
    assert_eq!((bench.table.texts("sensor").unwrap()[5].as_str(), numbers(&bench, "response")[6]), ("b", None));
    let sound = sample("wav/shaker.wav", &ImportOptions::default());
    assert_eq!((sound.table.rows(), sound.rate, codes(&sound)), (24, Some(48_000.0), vec![]));
    let recording = sample("sigmf/bench.sigmf-meta", &ImportOptions::default());
    assert_eq!((recording.table.rows(), recording.rate, codes(&recording)), (24, Some(51_200.0), vec![]));
    let keysight = sample("oscilloscope/keysight.csv", &ImportOptions::default());
    assert_eq!((keysight.table.rows(), keysight.rate, codes(&keysight)), (12, None, vec![]));
    let tektronix = sample("oscilloscope/tektronix.csv", &ImportOptions::default());
    assert_eq!((tektronix.table.rows(), tektronix.rate, codes(&tektronix)), (12, Some(1e6), vec!["bad-cell"]));
    let older = sample("oscilloscope/tds.csv", &ImportOptions::default());
    assert_eq!((older.table.rows(), older.rate, codes(&older)), (12, Some(2.5e6), vec![]));
}

#[test]
fn imported_waveforms_are_opened_in_si_with_their_rate() {
    let cases = [
        ("csv/bench.csv", ["excitation", "response"], 2000.0),
        ("wav/shaker.wav", ["channel_1", "channel_2"], 48_000.0),
        ("sigmf/bench.sigmf-meta", ["channel_1", "channel_2"], 51_200.0),
        ("oscilloscope/keysight.csv", ["channel_1", "channel_2"], 1e6),
        ("oscilloscope/tektronix.csv", ["CH1", "CH2"], 1e6),
    ];
    for (path, channels, rate) in cases {
        let imported = sample(path, &ImportOptions::default());
        let folder = tempfile::tempdir().unwrap();
        let stored = folder.path().join("table.parquet");
        write_table(&stored, &imported.table, imported.metadata()).unwrap();
        let options = WaveformOptions { channels: channels.map(Into::into).to_vec(), ..Default::default() };
        let record = WaveformSource::open(&stored, &options).unwrap().read(0..1).unwrap().remove(0);
        assert!((record.rate / rate - 1.0).abs() < 1e-9 && record.findings.is_empty(), "{path}: {record:?}");
    }
}

#[test]
fn no_importer_panics_on_mutated_pairs_of_files() {
    for path in sample_paths("sigmf") {
        let bytes = std::fs::read(&path).unwrap();
        for seed in 0..200 {
            let (_folder, copy) = beside(&path, &mutated(&bytes, seed));
            drop(import_file(&copy, None, &ImportOptions::default()));
        }
    }
}

#[test]
fn no_importer_panics_on_mutated_samples() {
    let mut read = 0;
    for importer in IMPORTERS {
        for path in sample_paths(importer.name) {
            let (bytes, options) = (std::fs::read(&path).unwrap(), options_for(&path));
            let options = ImportOptions { records: Records::Both, ..options };
            let file = path.file_name().unwrap().to_string_lossy();
            for seed in 0..2000 {
                let mutated = mutated(&bytes, seed);
                for chosen in [None, Some(importer.name)] {
                    read += usize::from(import(&mutated, &file, chosen, &options).is_ok());
                }
            }
        }
    }
    assert!(read > 2000, "only {read} mutants were read: the mutation is too coarse to test anything");
}

/// A file of the shared data, or nothing, said loudly, where it is absent.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SIGMATAU_SHARED_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let path = root.join("timefreq").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn final_clocks_of_a_day_are_read() {
    let Some(path) = shared("rinex_clk/GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.gz") else { return };
    let imported = import_file(&path, None, &ImportOptions::default()).unwrap();
    let names = imported.table.texts("series").unwrap();
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match counts.last_mut() {
            Some((last, count)) if last == name => *count += 1,
            _ => counts.push((name, 1)),
        }
    }
    assert_eq!((names.len(), counts.len()), (75 * 2880 - 1, 75));
    let odd: Vec<&(&str, usize)> = counts.iter().filter(|(_, count)| *count != 2880).collect();
    assert_eq!(odd, [&("G21", 2879)]);
    let time = imported.table.integers("time").unwrap();
    assert_eq!((time[0], time[1] - time[0]), (1_593_043_200_000_000_000, 30_000_000_000));
    assert_eq!((imported.time_scale.as_deref(), imported.findings.len()), (Some("GPST"), 0));
}

#[test]
fn clocks_of_both_kinds_are_read() {
    let Some(path) = shared("rinex_clk/COD20352.CLK") else { return };
    let rows =
        |records| import_file(&path, None, &ImportOptions { records, ..Default::default() }).unwrap().table.rows();
    assert_eq!([Records::Satellites, Records::Receivers, Records::Both].map(rows), [423, 317, 740]);
}

#[test]
fn example_of_the_standard_is_read() {
    let Some(path) = shared("rinex_clk/USNO1.txt") else { return };
    let options = ImportOptions { records: Records::Both, ..Default::default() };
    let imported = import_file(&path, None, &options).unwrap();
    assert_eq!(imported.table.texts("series").unwrap(), ["AREQ", "G16"]);
    assert_eq!(numbers(&imported, "phase"), [Some(-0.123456789012); 2]);
}

#[test]
fn recorded_pulses_are_read() {
    let Some(path) = shared("gps_1pps/gps_1pps_phase_data.txt.gz") else { return };
    assert_eq!(import_file(&path, None, &phase("s")).unwrap().table.rows(), 241_218);
}

#[test]
fn reference_suite_is_read() {
    let Some(path) = shared("sp1065/PHASE.DAT") else { return };
    let imported = import_file(&path, None, &phase("s")).unwrap();
    assert_eq!(imported.table.rows(), 1001);
    assert_eq!(numbers(&imported, "phase")[1], Some(8.511601033439709e-2));
}

#[test]
fn scale_differences_over_decades_are_read() {
    let Some(path) = shared("bipm/gps2utc.clk") else { return };
    let imported = import_file(&path, None, &ImportOptions::default()).unwrap();
    let time = imported.table.integers("time").unwrap();
    assert!(imported.table.rows() > 12_000 && time.is_sorted());
    assert_eq!(codes(&imported), ["duplicate", "zeros"]);
}

#[test]
fn a_laboratory_over_decades_is_read() {
    let Some(path) = shared("bipm/nist2utc.clk") else { return };
    let imported = import_file(&path, None, &ImportOptions::default()).unwrap();
    let time = imported.table.integers("time").unwrap();
    let steps: Vec<i64> = time.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(imported.table.rows() > 1000 && steps.iter().any(|step| *step != steps[0]), "{}", imported.table.rows());
    assert!(numbers(&imported, "phase").iter().all(|x| x.is_some_and(|x| x.abs() < 1e-4)));
}

/// The rows of a CGGTTS file and the lines of tracks that were left out.
fn tracks(file: &str) -> Option<(usize, Vec<String>)> {
    let imported = import_file(&shared(&format!("cggtts/{file}"))?, None, &ImportOptions::default()).unwrap();
    let left_out = imported.findings.iter().filter(|finding| finding.code.starts_with("bad-"));
    Some((imported.table.rows(), left_out.map(|finding| finding.subject.clone()).collect()))
}

#[test]
fn tracks_of_real_receivers_are_read() {
    let expected = [("GZGTR560.258", 2097), ("GZSY8259.565", 88), ("GZSY8259.566", 88), ("GZSY8259.567", 88)];
    for (file, rows) in expected {
        let Some(found) = tracks(file) else { return };
        assert_eq!(found, (rows, Vec::new()), "{file}");
    }
}

#[test]
fn overrun_columns_of_a_real_receiver_are_left_out() {
    for (file, rows, line) in [("GZSY8259.506", 81, 75), ("GZSY8259.507", 86, 31)] {
        let Some(found) = tracks(file) else { return };
        assert_eq!(found, (rows, vec![format!("{file}, line {line}")]), "{file}");
    }
}

/// A published certificate, or nothing where the shared data are absent.
fn published(file: &str) -> Option<Imported> {
    Some(import_file(&shared(&format!("../dcc/examples/{file}"))?, Some("dcc"), &ImportOptions::default()).unwrap())
}

#[test]
fn published_certificates_are_read() {
    for file in
        ["dcclib_valid.xml", "dcc_gp_temperature_typical_v12.xml", "dcc_gp_temperature_typical_v12_v3.2.0_signed.xml"]
    {
        let Some(imported) = published(file) else { return };
        let table = &imported.table;
        let kinds = table.texts("ref_type").unwrap();
        let errors: Vec<usize> = (0..table.rows()).filter(|row| kinds[*row] == "basic_measurementError").collect();
        let rows = table.in_order(&errors);
        assert_eq!(rows.floats("value"), Some(&[0.072, 0.089, 0.107, -0.009, -0.084][..]), "{file}");
        assert_eq!(rows.floats("u"), Some(&[0.0305; 5][..]), "{file}");
        assert_eq!(rows.floats("k"), Some(&[2.0; 5][..]), "{file}");
        assert_eq!(rows.texts("unit").unwrap()[0], "K", "{file}");
    }
}

#[test]
fn published_examples_of_the_d_si_are_read() {
    let Some(lists) = published("2021-10-26-GOLD-examples-xmllists.xml") else { return };
    assert_eq!(
        (lists.table.rows(), lists.table.texts("unit").unwrap()[6..8].to_vec()),
        (20, vec!["N".into(), "A".into()])
    );
    let Some(acceleration) = published("SI-Accelaration-examples.xml") else { return };
    let units = acceleration.table.texts("unit").unwrap();
    assert!(
        units.iter().any(|unit| unit == "pC·s^2·m^-1") && units.iter().any(|unit| unit == "V·mV^-1·V"),
        "{units:?}"
    );
}
