//! Every estimator against figures from elsewhere, and every estimator has such figures.

use sigmatau_core::PhaseSeries;
use sigmatau_stability::tau::Grid;
use sigmatau_stability::{ClockData, Convention, ESTIMATORS, Estimator, Noise, Point, Settings, TauList, analyse};
use std::collections::BTreeMap;
use std::path::PathBuf;

mod records;

/// Where figures come from, see [`settings`].
const TOOLS: [&str; 6] = ["definition", "corrected", "stable32", "stable32-all", "stable32-alpha0", "stable32-alpha2"];
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

/// Statistics for which Stable32 finds the noise type of few points in a way of its own: at m = 128 of the
/// suite, which is white FM by construction, it lists white FM for `mdev` but flicker PM for `htotdev`; ours
/// goes on as white FM. How the type is found is compared by the other statistics of the same records.
const TOTALS: &[&str] = &["totdev", "mtotdev", "ttotdev", "htotdev"];

/// The noise type that a row takes for granted, by its exponent.
///
/// Stable32 lists what it took, but in runs over all averaging times finds it by a rule that is not known,
/// often from fewer points than can tell; deviations are then compared for the type that it lists.
fn stated(estimator: &Estimator, row: &Row) -> Option<i8> {
    match row.tool.as_str() {
        "corrected" | "stable32-alpha0" => Some(0),
        "stable32-alpha2" => Some(2),
        "stable32-all" => row.alpha,
        "stable32" if TOTALS.contains(&estimator.name) => row.alpha,
        _ => None,
    }
}

/// How the rows of a tool came about.
///
/// `definition`: raw values; `corrected`: less their bias under white FM; `stable32`: runs over octaves
/// or decades, `stable32-all` over all averaging times, `stable32-alpha0` with white FM stated and
/// `stable32-alpha2` with white PM stated.
fn settings(tool: &str, estimator: &'static Estimator, stated: Option<i8>, taus: TauList) -> Settings {
    Settings {
        estimators: vec![estimator],
        taus: if tool == "stable32-all" { TauList::All } else { taus },
        confidence: 0.683,
        noise: stated.and_then(Noise::of),
        convention: if tool.starts_with("stable32") { Convention::Stable32 } else { Convention::Standard },
        ..Settings::default()
    }
}

/// The analysis of a record at the averaging factors of golden rows of one tool and one stated noise type.
fn analysed(estimator: &'static Estimator, x: &[f64], rows: &[&Row]) -> Vec<Point> {
    let phase = PhaseSeries::new(x, 1.0).unwrap();
    let taus = TauList::Explicit(rows.iter().map(|row| (estimator.grid.tau)(row.m, x.len())).collect());
    let settings = settings(&rows[0].tool, estimator, stated(estimator, rows[0]), taus);
    analyse(&ClockData::Phase(phase), &settings).points
}

fn near(what: &str, found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(off <= tolerance, "{what}: {found} instead of {expected}, {off:.1e} off");
}

/// Stable32's degrees of freedom of the windowed totals follow its own unpublished fits where these are in
/// use: their linear law for the modified total has a slope of 1.33 where 1.10 was published (white FM).
/// One end of its total deviation, over less than four averaging times of phase noise, is 2e-3 away.
fn same_degrees_of_freedom(estimator: &Estimator, row: &Row) -> bool {
    match estimator.name {
        "mtotdev" | "ttotdev" => row.m < 10,
        "htotdev" => row.m >= 10 && row.alpha == Some(0),
        "totdev" => row.m < 65_536,
        _ => true,
    }
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
    let ends = row.lower.zip(row.upper);
    if let Some((lower, upper)) = ends.filter(|_| same_degrees_of_freedom(estimator, row)) {
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
        for (name, x) in records::available() {
            let mut runs = BTreeMap::<_, Vec<&Row>>::new();
            for row in rows.iter().filter(|row| row.record == name) {
                runs.entry((&row.tool, stated(estimator, row))).or_default().push(row);
            }
            for rows in runs.values() {
                let points = analysed(estimator, &x, rows);
                for row in rows {
                    let point = points.iter().find(|point| point.m == row.m).expect("a point for every row");
                    failures.extend(std::panic::catch_unwind(|| compare(estimator, row, point)).err());
                }
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
