//! Certificates: what goes out comes back, to the last digit.

use sigmatau_core::Unit;
use sigmatau_data::import::{ImportOptions, Imported, import};
use sigmatau_data::{Column, Header, Record, Table};
use sigmatau_publish::{Language, Profile, Publication, PublishError, format, publish};

const PROFILE: &str = r#"
[certificate]
identifier = "TEST-2026-{item}"
country = "DE"
begin = "2026-03-02"
end = "2026-03-03"

[laboratory]
name = "Laboratory & Sons"
city = "Teststadt"
country = "DE"

[customer]
name = "Customer <1>"
city = "Musterort"
country = "CN"

[[person]]
name = "A. Person"
role = "head"

[item]
name = "accelerometer"
model = "A1"

[[condition]]
name = "ambient temperature"
ref_type = "basic_temperature"
min = 22.5
max = 23.5
unit = "degC"

[[method]]
name = "h1"
norm = "ISO 16063-21"

[[equipment]]
name = "vibration exciter"
identification = "E-17"
"#;

/// Numbers with all their digits, the same ones at each run.
fn digits(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.5 + (state >> 12) as f64 / (1_u64 << 52) as f64
    };
    (0..count).map(|_| draw()).collect()
}

/// Two sensors by two methods; the degrees of freedom of one are infinite.
fn response(unit: Option<&str>) -> Record {
    let words = |words: [&str; 4]| words.iter().flat_map(|word| vec![(*word).to_owned(); 10]).collect::<Vec<_>>();
    let unit = unit.map(|unit| Unit::parse(unit).unwrap());
    let own = |name: &str, values: Vec<f64>| Column { unit: unit.clone(), ..Column::float(name, Unit::ONE, values) };
    let scaled = |seed, scale: f64| digits(seed, 40).into_iter().map(|x| x * scale).collect::<Vec<_>>();
    let signed = |seed, scale: f64| digits(seed, 40).into_iter().map(|x| (x - 1.0) * scale).collect::<Vec<_>>();
    let frequency = (0..40).map(|row| 10.0 * 1.3_f64.powi(row % 10)).collect();
    let coherence = digits(8, 40).into_iter().enumerate().map(|(row, x)| if row < 20 { x / 2.0 } else { f64::NAN });
    let dof = (0..40).map(|row| [17.0, f64::INFINITY, 36.5, 1e5][row / 10]).collect();
    let table = Table::new(vec![
        Column::text("sensor", words(["acc-1", "acc-1", "acc-2", "acc-2"])),
        Column::float("frequency_hz", Unit::HERTZ, frequency),
        own("magnitude", scaled(1, 0.1)),
        own("magnitude_u", scaled(2, 1e-4)),
        Column::float("phase_rad", Unit::RADIAN, signed(3, 3.0)),
        Column::float("phase_u", Unit::RADIAN, scaled(4, 1e-3)),
        own("real", signed(5, 0.1)),
        own("imag", signed(6, 0.1)),
        own("u_real", scaled(7, 1e-4)),
        own("u_imag", scaled(9, 2e-4)),
        own("cov_real_imag", signed(10, 1e-9)),
        Column::float("coherence", Unit::ONE, coherence.collect()),
        Column::float("dof", Unit::ONE, dof),
        Column::text("method", words(["h1", "sine-fit", "h1", "multisine"])),
    ]);
    record("response", "response/3", table.unwrap())
}

fn record(step: &str, schema: &str, table: Table) -> Record {
    let header = Header {
        schema: schema.into(),
        step: step.into(),
        analysis: step.into(),
        revision: 1,
        parameters: String::new(),
        inputs: Vec::new(),
        tool: "0.1.0".into(),
    };
    Record { header, table }
}

fn profile(more: &str) -> Profile {
    Profile::parse(&PROFILE.replace("[certificate]\n", &format!("[certificate]\n{more}")), "lab.toml").unwrap()
}

fn issue(records: &[Record], item: &str, profile: &Profile, language: Language) -> Result<String, PublishError> {
    let publication = Publication { item, profile: Some(profile), language, ..Publication::new("run", records) };
    let mut out = Vec::new();
    publish(format::named("dcc")?, &publication, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn read(certificate: &str) -> Imported {
    import(certificate.as_bytes(), "acc.xml", None, &ImportOptions::default()).unwrap()
}

/// The bits of a column of numbers.
fn bits(table: &Table, name: &str) -> Vec<u64> {
    table.floats(name).unwrap().iter().map(|x| x.to_bits()).collect()
}

const NUMBERS: [&str; 12] = [
    "frequency_hz",
    "magnitude",
    "magnitude_u",
    "phase_rad",
    "phase_u",
    "real",
    "imag",
    "u_real",
    "u_imag",
    "cov_real_imag",
    "coherence",
    "dof",
];

#[test]
fn responses_come_back_to_the_last_bit() {
    let whole = response(Some("mV·s^2/m"));
    for form in ["", "uncertainty = \"standard\"\n", "probability = 0.9545\n"] {
        for (item, rows) in [("acc-1", 0..20), ("acc-2", 20..40)] {
            let text = issue(std::slice::from_ref(&whole), item, &profile(form), Language::English).unwrap();
            let imported = read(&text);
            assert_eq!(imported.findings, [], "{form}");
            let sent = whole.table.in_order(&rows.collect::<Vec<_>>());
            for name in NUMBERS {
                assert_eq!(bits(&imported.table, name), bits(&sent, name), "{item} {form} {name}");
            }
            for name in ["sensor", "method"] {
                assert_eq!(imported.table.texts(name), sent.texts(name), "{name}");
            }
            for name in ["magnitude", "magnitude_u", "real", "u_imag"] {
                assert_eq!(imported.table.column(name).unwrap().unit, Unit::parse("mV·s^2/m").ok(), "{name}");
            }
            let square = imported.table.column("cov_real_imag").unwrap().unit.clone();
            assert_eq!(square, Unit::parse("mV^2·s^4/m^2").ok());
        }
    }
}

#[test]
fn the_unit_that_stands_beside_the_lines_is_certified() {
    let Record { header, table } = response(None);
    let beside = Column::text("unit", vec!["V·s^2/m".to_owned(); table.rows()]);
    let table = Table::new(table.columns().iter().cloned().chain([beside]).collect()).unwrap();
    let text = issue(&[Record { header, table }], "acc-1", &profile(""), Language::English).unwrap();
    assert_eq!(text, issue(&[response(Some("V·s^2/m"))], "acc-1", &profile(""), Language::English).unwrap());
    assert_eq!(read(&text).table.texts("unit").unwrap()[0], "V·s^2·m^-1");
}

#[test]
fn what_was_imported_is_issued_as_the_same_bytes() {
    let first = issue(&[response(Some("V·s^2/m"))], "acc-1", &profile(""), Language::English).unwrap();
    let again = record("response", "response/3", read(&first).table);
    assert_eq!(issue(&[again], "acc-1", &profile(""), Language::English).unwrap(), first);
}

/// Two-sided t of 17 degrees of freedom; √(2 F) with F = 3.5915, the 95 % point of F with 2 and 17.
#[test]
fn coverage_factors_are_those_of_the_degrees_of_freedom() {
    let text = issue(&[response(Some("V"))], "acc-1", &profile(""), Language::English).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let factors = document.descendants().filter(|node| node.tag_name().name() == "coverageFactorXMLList");
    let factors: Vec<&str> = factors.filter_map(|node| node.text()).collect();
    assert_eq!(factors, ["2.1098", "2.1098", "2.6801", "1.96", "1.96", "2.4477"]);
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let empty = Profile::parse("", "lab.toml").unwrap();
    let message = issue(&[response(None)], "acc-1", &empty, Language::English).unwrap_err().to_string();
    let missing = [
        "certificate.identifier",
        "certificate.country",
        "certificate.begin",
        "certificate.end",
        "laboratory.name",
        "laboratory.city",
        "laboratory.country",
        "customer.name",
        "customer.city",
        "customer.country",
        "item.name",
        "[[person]]",
        "[[condition]]",
        "item.unit",
    ];
    for key in missing {
        assert!(message.contains(&format!("`{key}`")), "{key}: {message}");
    }
    assert!(message.ends_with("add them to the profile `lab.toml`"), "{message}");
}

#[test]
fn a_wrong_key_of_the_profile_is_refused_with_its_line() {
    let message = Profile::parse("[laboratory]\ncitty = \"x\"\n", "lab.toml").unwrap_err().to_string();
    assert_eq!(message, "lab.toml, line 2: [laboratory] has no key `citty`; did you mean `city`?");
    let message = Profile::parse("[certificate]\nbegin = \"2.3.2026\"\n", "lab.toml").unwrap_err().to_string();
    assert_eq!(message, "lab.toml, line 2: `2.3.2026` is no day such as `2026-03-02`");
}

#[test]
fn one_identifier_for_several_items_is_refused() {
    let profile = Profile::parse(&PROFILE.replace("-{item}", ""), "lab.toml").unwrap();
    let message = issue(&[response(Some("V"))], "acc-1", &profile, Language::English).unwrap_err().to_string();
    assert!(message.contains("`{item} in certificate.identifier`"), "{message}");
}

#[test]
fn an_unknown_item_is_answered_with_the_known_ones() {
    let message = issue(&[response(Some("V"))], "acc-3", &profile(""), Language::English).unwrap_err().to_string();
    assert!(message.ends_with("known are `acc-1`, `acc-2`"), "{message}");
}

#[test]
fn what_no_record_calibrates_is_no_item() {
    let scale = Table::new(vec![Column::text("series", vec!["ensemble".into()])]).unwrap();
    let records = [response(Some("V")), record("scale", "ensemble/1", scale)];
    assert_eq!(sigmatau_publish::certificate::items(&records), ["acc-1", "acc-2"]);
}

#[test]
fn other_records_are_attached_with_their_hash() {
    let covariance = Table::new(vec![
        Column::text("sensor", vec!["acc-1".into(), "acc-2".into()]),
        Column::float("covariance", Unit::ONE, vec![1e-9, 2e-9]),
    ]);
    let records = [response(Some("V")), record("between-lines", "response-covariance/1", covariance.unwrap())];
    let text = issue(&records, "acc-2", &profile(""), Language::English).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let word =
        |name: &str| document.descendants().find(|node| node.tag_name().name() == name).and_then(|node| node.text());
    assert_eq!(word("fileName"), Some("between-lines.parquet"));
    let bytes =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, word("dataBase64").unwrap()).unwrap();
    assert!(text.contains(&format!("BLAKE3 {}", blake3::hash(&bytes).to_hex())));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("between-lines.parquet");
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(Record::read(&path).unwrap().table.floats("covariance"), Some(&[2e-9][..]));
}

/// One clock at two averaging times; the upper end of an interval and the degrees of freedom know no bounds.
fn stability() -> Record {
    let column = |name: &str, values: [f64; 2]| Column::float(name, Unit::ONE, values.to_vec());
    let table = Table::new(vec![
        Column::text("series", vec!["maser-1".into(); 2]),
        Column::text("estimator", vec!["oadev".into(); 2]),
        Column::float("tau_s", Unit::SECOND, vec![1.0, 2.0]),
        column("deviation", [1.25e-13, 9.1e-14]),
        column("lower", [1.2e-13, 8.5e-14]),
        column("upper", [1.3e-13, f64::NAN]),
        column("confidence", [0.95, 0.95]),
        column("edf", [812.5, f64::INFINITY]),
    ]);
    record("clocks", "stability/1", table.unwrap())
}

#[test]
fn stability_goes_out_with_its_intervals() {
    let text = issue(&[stability()], "", &profile(""), Language::Chinese).unwrap();
    let imported = read(&text);
    assert_eq!(imported.findings, []);
    let table = &imported.table;
    let deviations: Vec<usize> =
        (0..table.rows()).filter(|row| table.texts("ref_type").unwrap()[*row].ends_with("_deviation")).collect();
    let rows = table.in_order(&deviations);
    assert_eq!(rows.floats("value"), Some(&[1.25e-13, 9.1e-14][..]));
    assert_eq!(rows.floats("lower"), Some(&[1.2e-13, 8.5e-14][..]));
    assert_eq!((rows.floats("upper").unwrap()[0], rows.floats("p").unwrap()[0]), (1.3e-13, 0.95));
    assert_eq!(rows.texts("item").unwrap()[0], "maser-1");
}

/// Writes certificates of every kind into the folder that `SIGMATAU_CERTIFICATES` names, for
/// `scripts/validate-dcc`.
#[test]
fn certificates_can_be_kept_for_the_schema() {
    let Some(folder) = std::env::var_os("SIGMATAU_CERTIFICATES").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let extra =
        Table::new(vec![Column::text("sensor", vec!["acc-1".into()]), Column::float("x", Unit::ONE, vec![1.0])]);
    let records = [response(Some("mV·s^2/m")), record("extra", "extra/1", extra.unwrap())];
    let forms = [("expanded", "", Language::English), ("standard", "uncertainty = \"standard\"\n", Language::Chinese)];
    for (name, form, language) in forms {
        let text = issue(&records, "acc-1", &profile(form), language).unwrap();
        std::fs::write(folder.join(format!("{name}.xml")), text).unwrap();
    }
    let text = issue(&[stability()], "", &profile(""), Language::English).unwrap();
    std::fs::write(folder.join("stability.xml"), text).unwrap();
}
