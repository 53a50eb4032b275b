//! Readings do not depend on the one before.

use super::table::Instrument;
use super::watch::{Observation, Whole};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;

pub(super) static CHECK: Check = Check {
    name: "readings-independent",
    code: "AUTOCORR",
    title: "readings do not depend on the one before",
    statistic: "z = Σ(r₁ + 1/n)/√(Σ(n − 2)²/(n²(n − 1))) over the records of an instrument, r₁ being the correlation \
        of successive readings",
    threshold: 0.01,
    because: "two-sided, at the rate of false discoveries; mean and variance of r₁ are those of readings in random \
        order",
    unit: Subject::Instrument,
    severity: Severity::Medium,
    remedy: "use the scatter of block means, or of the plateau of the Allan deviation; a mean of n readings is worse \
        by √((1+r)/(1−r))",
    reference: "J.-M. Dufour, R. Roy, Communications in Statistics 14 (1985) 2953",
    decision: Decision::Family { sides: Sides::Both, effect: 0.0, share: 1.0 },
    wants: &[&["repeats.value"]],
    start: |_| Whole::judged(successive),
    seen: |seen| format!("successive readings correlate by {:.2}", seen.effect),
};

/// Fewer readings than this say nothing of their order.
const FEWEST: usize = 4;

fn successive(instrument: &Instrument<'_>) -> Option<Observation> {
    let records = (0..instrument.len()).map(|row| instrument.repeats(row));
    let correlations = records.filter_map(|readings| Some((readings.len() as f64, lag_one(readings)?)));
    let sum = |(excess, variance, count): (f64, f64, f64), (n, r): (f64, f64)| {
        (excess + r + 1.0 / n, variance + (n - 2.0).powi(2) / (n * n * (n - 1.0)), count + 1.0)
    };
    let (excess, variance, count) = correlations.fold((0.0, 0.0, 0.0), sum);
    let z = excess / variance.sqrt();
    let seen = Observation::about(instrument.id());
    (count > 0.0).then(|| Observation {
        row: instrument.row(0),
        rows: count as u32,
        statistic: z,
        score: z,
        effect: excess / count,
        ..seen
    })
}

/// The correlation of successive readings, unless they are too few or all the same.
fn lag_one(readings: &[f64]) -> Option<f64> {
    let mean = readings.iter().sum::<f64>() / readings.len() as f64;
    let squares: f64 = readings.iter().map(|x| (x - mean).powi(2)).sum();
    let products: f64 = readings.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    (readings.len() >= FEWEST && squares > 0.0).then(|| products / squares)
}
