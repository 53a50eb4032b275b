//! Last digits are uniform.

use super::table::{Instrument, Logs, NO_WORD};
use super::watch::{Evidence, Observation, Watch, Words};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::Law;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "digit-preference",
    code: "DIGIT-PREF",
    title: "last digits are uniform",
    statistic: "χ² with 9 degrees of freedom of the counts of the last digits of an operator, where readings scatter \
        by more than a step",
    threshold: 0.01,
    because: "upper tail, at the rate of false discoveries; 1000 readings show one digit at 15 % with a power of 77 \
        % at p < 0.001",
    unit: Subject::Operator,
    severity: Severity::Medium,
    remedy: "let the instrument write down its readings",
    reference: "A. Diekmann, Journal of Applied Statistics 34 (2007) 321",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[
        &["logs.value", "logs.resolution", "logs.operator"],
        &["repeats.value", "calibrations.resolution", "calibrations.operator"],
    ],
    start: |_| Box::new(Digits::default()),
    seen: |seen| format!("of its {} last digits {:.0} % are the most frequent one", seen.rows, 100.0 * seen.effect),
};

/// Fewer readings than this show no preference.
const FEWEST: u32 = 100;

/// The counts of the last digits of each operator.
#[derive(Debug, Default)]
struct Digits(BTreeMap<u32, [u32; 10]>);

impl Digits {
    fn take(&mut self, operator: u32, readings: &[f64], resolution: f64) {
        if operator != NO_WORD && resolution > 0.0 && scatter(readings) > resolution {
            let counts = self.0.entry(operator).or_default();
            for reading in readings.iter().filter(|reading| reading.is_finite()) {
                counts[((reading / resolution).round().abs() % 10.0) as usize] += 1;
            }
        }
    }
}

impl Watch for Digits {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        if instrument.rows.operator.is_empty() || instrument.rows.resolution.is_empty() {
            return;
        }
        for row in 0..instrument.len() {
            self.take(instrument.rows.operator[row], instrument.repeats(row), instrument.rows.resolution[row]);
        }
    }

    fn log(&mut self, log: &Logs<'_>, _first: u64) {
        if log.operator.is_empty() || log.resolution.is_empty() {
            return;
        }
        let mut start = 0;
        for run in log.operator.chunk_by(|one, other| one == other) {
            self.take(run[0], &log.value[start..start + run.len()], log.resolution[start]);
            start += run.len();
        }
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        let many = self.0.into_iter().filter(|(_, counts)| counts.iter().sum::<u32>() >= FEWEST);
        Evidence::of_family(many.map(|(operator, counts)| observed(operator, counts)).collect())
    }
}

fn observed(operator: u32, counts: [u32; 10]) -> Observation {
    let rows: u32 = counts.iter().sum();
    let expected = f64::from(rows) / 10.0;
    let statistic = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    let most = f64::from(counts.into_iter().max().unwrap_or(0));
    let score = Law::ChiSquared { dof: 9.0 }.score(statistic);
    Observation { rows, statistic, score, effect: most / f64::from(rows), ..Observation::about(operator) }
}

fn scatter(readings: &[f64]) -> f64 {
    let n = readings.len() as f64;
    let mean = readings.iter().sum::<f64>() / n;
    (readings.iter().map(|reading| (reading - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, Uniform};

    /// One digit at 15 %, the others sharing the rest: power 77 % at n = 1000 and 99.8 % at n = 2000, p < 0.001.
    #[test]
    fn the_power_is_the_stated_one() {
        let mut draws = ChaCha8Rng::seed_from_u64(1);
        let uniform = Uniform::new(0.0, 1.0).unwrap();
        for (n, power) in [(1000, 0.77), (2000, 0.998)] {
            let found = (0..1000).filter(|_| {
                let mut counts = [0; 10];
                for _ in 0..n {
                    let draw: f64 = uniform.sample(&mut draws);
                    counts[if draw < 0.15 { 0 } else { 1 + ((draw - 0.15) / 0.85 * 9.0) as usize }] += 1;
                }
                Sides::Upper.ln_p(observed(0, counts).score) < f64::ln(0.001)
            });
            let share = found.count() as f64 / 1000.0;
            assert!((share - power).abs() < 0.045, "n = {n}: {share}");
        }
    }
}
