//! Correction tables of a real shunt and a real digitizer (EMPIR project TracePQM): what is said between their points
//! holds where a point is taken out.

use sigmatau_dynamic::transducer::{Point, Table};
use std::path::PathBuf;

/// The rows of numbers of a table: frequency, value, and where it is given the uncertainty.
#[expect(clippy::print_stderr, reason = "a comparison that is skipped is said aloud")]
fn rows(file: &str) -> Option<Vec<(f64, f64, f64)>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path =
        std::env::var_os("SIGMATAU_SHARED_DATA").map_or_else(beside, PathBuf::from).join("dyncal/energy").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no shared data at {}; corrections of real transducers are not tried", path.display());
        return None;
    };
    let row = |line: &str| {
        let mut cells = line.split(';').map(|cell| cell.trim().parse());
        let (frequency, value) = (cells.next()?.ok()?, cells.next()?.ok()?);
        Some((frequency, value, cells.next().and_then(Result::ok).unwrap_or(0.0)))
    };
    Some(text.lines().filter_map(row).collect())
}

const SHUNT_GAIN: &str = "transducers__shunt_100mA113__csv__tfer_gain.csv";
const SHUNT_PHASE: &str = "transducers__shunt_100mA113__csv__phi.csv";
const RATES: [&str; 4] = ["50k", "500k", "1M", "10M"];

fn digitizer(rate: &str) -> String {
    format!("digitizer__PXI5922_test__chn1__csv__tfer_gain_{rate}.csv")
}

/// For each point between the ends, how far off the table is without it, in standard uncertainties.
fn left_out(points: &[Point]) -> Vec<f64> {
    let off = |place: usize| {
        let rest: Vec<Point> =
            points.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, point)| *point).collect();
        let (found, point) = (Table::new("rest", rest).unwrap().at(&[points[place].frequency]), points[place]);
        let covariance = found.errors.at(0) + point.covariance;
        let off = (found.values[0] / sigmatau_dynamic::Complex64::from_polar(point.gain, point.phase)).ln();
        (off.re.abs() / covariance.real.sqrt()).max(if covariance.imaginary > 0.0 {
            off.im.abs() / covariance.imaginary.sqrt()
        } else {
            0.0
        })
    };
    (1..points.len() - 1).map(off).collect()
}

#[test]
fn a_shunt_without_one_of_its_points_is_still_covered() {
    let (Some(gains), Some(phases)) = (rows(SHUNT_GAIN), rows(SHUNT_PHASE)) else { return };
    assert_eq!((gains.len(), phases.len()), (8, 6));
    for table in [Table::gain("shunt", &gains), Table::phase("shunt", &phases)] {
        let ratios = left_out(table.unwrap().points());
        assert!(ratios.iter().all(|ratio| *ratio < 1.96), "{ratios:?}");
    }
}

#[test]
fn a_digitizer_without_one_of_its_points_is_covered() {
    for rate in RATES {
        let Some(gains) = rows(&digitizer(rate)) else { return };
        let ratios = left_out(Table::gain("digitizer", &gains).unwrap().points());
        let held = ratios.iter().filter(|ratio| **ratio < 1.96).count() as f64;
        // A gap is twice as wide without its middle: harder than what the table is used for.
        assert!(held / ratios.len() as f64 >= 0.9, "{rate}: {held} of {}", ratios.len());
    }
}
