//! Every estimator against figures from elsewhere, and every estimator has such figures.

use sigmatau_core::PhaseSeries;
use sigmatau_stability::tau::Grid;
use sigmatau_stability::{ClockData, Convention, ESTIMATORS, Estimator, Noise, Point, Settings, TauList, analyse};
use std::path::PathBuf;

mod records;

/// Where figures come from, see [`settings`].
const TOOLS: [&str; 5] = ["definition", "corrected", "stable32", "stable32-all", "stable32-alpha0"];

/// A row of a golden file.
struct Row {
    tool: String,
    record: String,
    m: usize,
    n: Option<u64>,
    alpha: Option<i8>,
    lower: Option<f64>,
    deviation: f64,
    upper: Option<f64>,
}

fn golden(estimator: &Estimator) -> Vec<Row> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{}.csv", estimator.name));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("the estimator `{}` has no golden file {}: {error}", estimator.name, path.display())
    });
    let rows: Vec<Row> = text.lines().filter(|line| !line.starts_with(['#', 't'])).map(row).collect();
    let stranger = rows.iter().find(|row| !TOOLS.contains(&row.tool.as_str()));
    assert!(stranger.is_none(), "{}: the tool `{}` is not known", path.display(), stranger.unwrap().tool);
    rows
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.split(',').collect();
    let [tool, record, m, n, alpha, lower, deviation, upper] = cells[..] else { panic!("eight cells in `{line}`") };
    Row {
        tool: tool.to_owned(),
        record: record.to_owned(),
        m: m.parse().unwrap(),
        n: n.parse().ok(),
        alpha: alpha.parse().ok(),
        lower: lower.parse().ok(),
        deviation: deviation.parse().unwrap(),
        upper: upper.parse().ok(),
    }
}

/// How the rows of a tool came about.
///
/// `definition`: raw values; `corrected`: less their bias under white FM; `stable32`: runs over octaves
/// or decades, `stable32-all` over all averaging times, `stable32-alpha0` with white FM stated.
fn settings(tool: &str, estimator: &'static Estimator, taus: TauList) -> Settings {
    let stated = matches!(tool, "corrected" | "stable32-alpha0");
    Settings {
        estimators: vec![estimator],
        taus: if tool == "stable32-all" { TauList::All } else { taus },
        confidence: 0.683,
        noise: stated.then(|| Noise::of(0).unwrap()),
        convention: if tool.starts_with("stable32") { Convention::Stable32 } else { Convention::Standard },
        ..Settings::default()
    }
}

/// The analysis of a record at the averaging factors of the golden rows of one tool.
fn analysed(estimator: &'static Estimator, x: &[f64], rows: &[&Row]) -> Vec<Point> {
    let Some(first) = rows.first() else { return Vec::new() };
    let phase = PhaseSeries::new(x, 1.0).unwrap();
    let taus = TauList::Explicit(rows.iter().map(|row| (estimator.grid.tau)(row.m, x.len())).collect());
    analyse(&ClockData::Phase(phase), &settings(&first.tool, estimator, taus)).points
}

fn near(what: &str, found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(off <= tolerance, "{what}: {found} instead of {expected}, {off:.1e} off");
}

fn compare(estimator: &Estimator, row: &Row, point: &Point) {
    let what = format!("{} of {} at m = {} against {}", estimator.name, row.record, row.m, row.tool);
    match row.tool.as_str() {
        "definition" => near(&what, point.raw(), row.deviation, 1e-12),
        "corrected" => near(&what, point.deviation, row.deviation, 1e-12),
        _ => near(&what, point.deviation, row.deviation, 5e-5),
    }
    if let Some(n) = row.n {
        assert_eq!(point.n, n, "{what}: number of terms");
    }
    if let Some(alpha) = row.alpha {
        assert_eq!(point.noise.map(|id| id.noise.alpha()), Some(alpha), "{what}: noise type");
    }
    if let (Some(lower), Some(upper)) = (row.lower, row.upper) {
        let interval = point.interval.unwrap_or_else(|| panic!("{what}: no interval"));
        near(&format!("{what}: lower end"), interval.lower, lower, 1e-3);
        near(&format!("{what}: upper end"), interval.upper, upper, 1e-3);
    }
}

#[test]
fn every_estimator_agrees_with_its_golden_file() {
    let mut failures = Vec::new();
    for estimator in ESTIMATORS {
        let rows = golden(estimator);
        for ((name, x), tool) in records::available().iter().flat_map(|record| TOOLS.map(|tool| (record, tool))) {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.record == *name && row.tool == tool).collect();
            let points = analysed(estimator, x, &rows);
            for row in rows {
                let point = points.iter().find(|point| point.m == row.m).expect("a point for every row");
                failures.extend(std::panic::catch_unwind(|| compare(estimator, row, point)).err());
            }
        }
    }
    assert!(failures.is_empty(), "{} golden rows disagree, see above", failures.len());
}

#[test]
fn fast_forms_agree_with_the_definitions() {
    for (name, x) in records::available().into_iter().filter(|(name, _)| name != "gps_1pps") {
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        for estimator in ESTIMATORS {
            let factors = TauList::All.factors(x.len(), 1.0, &Grid { stop_ratio: 2, ..estimator.grid }).m;
            for (m, fast) in factors.iter().zip((estimator.terms)(&phase, &factors)) {
                let slow = (estimator.definition)(&x, *m);
                assert_eq!(fast.n, slow.n, "{} of {name} at m = {m}", estimator.name);
                near(&format!("{} of {name} at m = {m}", estimator.name), fast.sum, slow.sum, 1e-11);
            }
        }
    }
}
