//! No value is another unit's.

use super::table::Instrument;
use super::watch::{Observation, Whole, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::fdr::{NORMAL_MAD, median};

pub(super) static CHECK: Check = Check {
    name: "unit-slip",
    code: "UNIT-SLIP",
    title: "no value is another unit's",
    statistic: "the posterior odds that log10(value/reference) is a ratio of units (1000, 60, 3600, √2, √3, 2π, 10, \
        100 and their inverses) rather than anything else within six decades",
    threshold: 100.0,
    because: "a slip is said of a row where it is a hundred times as likely as an outlier",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "look up the unit in which the value was taken; convert it",
    reference: "the Bayes factor of R. E. Kass, A. E. Raftery, JASA 90 (1995) 773",
    decision: Decision::Family { sides: Sides::Upper, effect: 100.0, share: 0.1 },
    wants: &[&["calibrations.value", "calibrations.reference"]],
    start: |_| Whole::judged(slip),
    seen: |seen| {
        format!(
            "a value is {:.4} times its reference, as by a slip of the unit; odds {:.0}",
            seen.statistic, seen.effect
        )
    },
};

const RATIOS: [f64; 8] =
    [1000.0, 60.0, 3600.0, std::f64::consts::SQRT_2, 1.732_050_807_568_877_2, std::f64::consts::TAU, 10.0, 100.0];
/// The decades within which an outlier may lie, either way.
const DECADES: f64 = 6.0;
/// The least scatter of log10(value/reference) where no uncertainty is stated.
const FINEST: f64 = 1e-4;
/// A ratio further than this from that of units is no slip.
const REACH: f64 = 0.02;

/// The row that lies furthest from its reference, in scatters of the instrument, and its odds.
fn slip(instrument: &Instrument<'_>) -> Option<Observation> {
    let logarithm = |row: usize| (instrument.rows.value[row] / instrument.rows.reference[row]).log10();
    let mut ratios: Vec<f64> = (0..instrument.len()).map(logarithm).filter(|ratio| ratio.is_finite()).collect();
    let tests = ratios.len() as f64;
    let centre = median(&mut ratios)?;
    ratios.iter_mut().for_each(|ratio| *ratio = (*ratio - centre).abs());
    let found = NORMAL_MAD * median(&mut ratios)?;
    let finite = (0..instrument.len()).map(|row| (row, logarithm(row))).filter(|(_, ratio)| ratio.is_finite());
    let (row, ratio) = finite.max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()))?;
    // A few rows may agree by chance better than they can.
    let scatter = found.max(stated(instrument, row));
    let ln_p = sidak(Sides::Both.ln_p(ratio / scatter), tests);
    let seen = Observation::about(instrument.id());
    let (score, effect) = (Sides::Upper.score(ln_p), odds(ratio, scatter));
    Some(Observation { row: instrument.row(row), rows: 1, statistic: 10_f64.powf(ratio), score, effect, ..seen })
}

/// The stated relative uncertainty of the error, in decades.
fn stated(instrument: &Instrument<'_>, row: usize) -> f64 {
    match instrument.rows.u.is_empty() {
        true => FINEST,
        false => instrument.variance(row).sqrt() / (instrument.rows.reference[row].abs() * std::f64::consts::LN_10),
    }
}

/// A normal density of the scatter about each of the ratios, against a flat one over the decades.
fn odds(ratio: f64, scatter: f64) -> f64 {
    let distances = RATIOS.iter().flat_map(|unit| [ratio - unit.log10(), ratio + unit.log10()]);
    let near = distances.filter(|distance| distance.abs() < REACH);
    let density =
        |distance: f64| (-0.5 * (distance / scatter).powi(2)).exp() / (scatter * std::f64::consts::TAU.sqrt());
    near.map(density).sum::<f64>() / (2 * RATIOS.len()) as f64 * 2.0 * DECADES
}
