use crate::import::{ImportOptions, Imported, import};
use sigmatau_core::Unit;

const SAMPLE: &str = include_str!("../../../tests/samples/dcc/accelerometer.xml");
const RESISTOR: &str = include_str!("../../../tests/samples/dcc/resistor.xml");

fn read(text: &str) -> Result<Imported, String> {
    import(text.as_bytes(), "a.xml", None, &ImportOptions::default()).map_err(|error| error.to_string())
}

/// The refusal of the sample with `old` written as `new`.
fn broken(old: &str, new: &str) -> String {
    assert!(SAMPLE.contains(old), "the sample has no `{old}`");
    read(&SAMPLE.replacen(old, new, 1)).unwrap_err()
}

#[test]
fn a_response_is_read_with_units_and_covariance() {
    let imported = read(SAMPLE).unwrap();
    assert_eq!(imported.findings, []);
    let table = &imported.table;
    let floats = |name: &str| table.floats(name).unwrap().to_vec();
    assert_eq!(table.texts("sensor").unwrap(), ["acc-1", "acc-1", "acc-1"]);
    assert_eq!(floats("frequency_hz"), [10.0, 100.0, 1000.0]);
    assert_eq!(floats("magnitude_u"), [0.0005, 0.0006, 0.0008]);
    assert_eq!(floats("u_imag"), [0.0005, 0.0006, 0.0008]);
    assert_eq!(floats("cov_real_imag"), [0.0, 1e-8, -2e-8]);
    assert_eq!(table.column("real").unwrap().unit, Unit::parse("mV·s^2/m").ok());
    assert_eq!(table.texts("method").unwrap()[0], "sine-fit");
}

#[test]
fn broken_certificates_are_refused_with_place_and_reason() {
    let cases = [
        ("</dcc:results>", "", "no well-formed XML"),
        ("schemaVersion=\"3.3.0\"", "schemaVersion=\"2.4.0\"", "its schema version is `2.4.0`; 3.1 to 3.3 are read"),
        (">0.00098 0.001176 0.001568<", ">0.00098 0.001176<", "it has 2 entries for 3 values"),
        (">0.00098 0.001176", ">-0.00098 0.001176", "the uncertainty -0.00098 is negative"),
        (r">\milli\volt\second\tothe{2}\metre\tothe{-1}<", ">mV/(m/s^2)<", r"it begins with no `\`"),
        (">1.96<", ">1<", "k = 1 covers 0.6827 of a normal distribution, not 0.95"),
        (">2.4477<", ">2<", "k = 2 covers 0.8647 in two dimensions, not 0.95, which needs 2.4477"),
        (">10.0 100.0 1000.0<", ">10.0 1000.0 100.0<", "the frequencies do not rise: 1000 Hz is followed by 100 Hz"),
        ("refId=\"method-1\"", "refId=\"method-2\"", "its refId `method-2` is the id of no element"),
        (
            "<dcc:influenceCondition ",
            "<dcc:influenceCondition id=\"method-1\" ",
            "the id `method-1` stands at an earlier element too",
        ),
        (">0.0 1e-8 -2e-8<", ">0.0 1e-6 -2e-8<", "matrix 2 has the covariance"),
        (">2.5e-7 3.6e-7 6.4e-7<", ">2.5e-7 -3.6e-7 6.4e-7<", "matrix 2 has the variances -0.00000036"),
        (">2026-03-03<", ">2026-03-01<", "the calibration ends on 2026-03-01 before it begins on 2026-03-02"),
        (">0.95<", ">95<", "the coverage probability 95 is not between 0 and 1"),
        (">10.0 100.0", ">10,0 100.0", "entry 1 is `10,0`, which is no finite number"),
        (">10.0 100.0 1000.0<", ">10.0 100.0<", "values for 2 frequencies"),
    ];
    for (old, new, reason) in cases {
        let message = broken(old, new);
        assert!(message.starts_with("import `a.xml`, line "), "{message}");
        assert!(message.contains(reason), "{reason}: {message}");
    }
}

#[test]
fn a_refusal_names_its_place_as_an_xpath() {
    let message = broken(">2.4477<", ">2<");
    let place = "/dcc:result/dcc:data/dcc:list/dcc:quantity[4]/si:complexListXMLList/\
                 si:measurementUncertaintyBivariateXMLList/si:ellipsoidalRegionMUXMLList`";
    assert!(message.contains(place), "{message}");
    assert!(message.contains("line 14"), "{message}");
}

#[test]
fn expanded_uncertainty_without_its_wrapper_is_refused() {
    let bare = SAMPLE
        .replace("<si:measurementUncertaintyUnivariateXMLList>", "")
        .replace("</si:measurementUncertaintyUnivariateXMLList>", "");
    let message = read(&bare).unwrap_err();
    assert!(message.contains("it stands outside of `measurementUncertaintyUnivariate`"), "{message}");
}

#[test]
fn a_factor_that_the_degrees_of_freedom_do_not_allow_is_refused() {
    let message = broken(">INF INF INF<", ">4 INF INF<");
    assert!(message.contains("with 4 degrees of freedom, not 0.95"), "{message}");
}

#[test]
fn degrees_labelled_as_radian_are_remarked() {
    let imported = read(&SAMPLE.replace(">-0.01 -0.1 -0.9<", ">-0.57 -5.7 -51.6<")).unwrap();
    assert_eq!(imported.findings[0].code, "degrees");
    let degrees = SAMPLE.replace(">-0.01 -0.1 -0.9<", ">-0.57 -5.7 -51.6<").replace(r">\radian<", r">\degree<");
    assert_eq!(read(&degrees).unwrap().findings, []);
}

#[test]
fn what_is_missing_is_a_finding() {
    let text = SAMPLE.replace("dcc:influenceConditions>", "dcc:other>").replace(" refId=\"method-1\"", "");
    let codes: Vec<String> =
        read(&text).unwrap().findings.into_iter().map(|finding| finding.code.into_owned()).collect();
    assert_eq!(codes, ["unlinked-id", "undeclared"]);
    let foreign = read(&SAMPLE.replacen("lang=\"en\"", "lang=\"de\"", 1)).unwrap();
    assert_eq!(foreign.findings[0].code, "language");
}

#[test]
fn other_certificates_are_read_value_by_value() {
    let imported = read(RESISTOR).unwrap();
    let table = &imported.table;
    let floats = |name: &str| table.floats(name).unwrap().to_vec();
    assert_eq!(table.texts("section").unwrap(), ["influenceCondition", "result", "result"]);
    assert_eq!(table.texts("unit").unwrap(), ["degC", "kΩ", "kΩ"]);
    assert_eq!((floats("value")[1], floats("u")[1], floats("expanded")[1]), (9.99987, 0.00015, 0.0003));
    assert_eq!((floats("k")[2], floats("p")[2]), (2.0, 0.95));
    assert_eq!(table.texts("quantity").unwrap()[2], "resistance");
}
