//! The coverage factor belongs to the degrees of freedom.

use super::table::{Instrument, number};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};
use sigmatau_core::Coverage;
use std::collections::HashMap;

pub(super) static CHECK: Check = Check {
    name: "coverage-factor",
    code: "K-CONSISTENT",
    title: "the coverage factor belongs to the degrees of freedom",
    statistic: "the least |k − t_p(ν)| over p = 95 %, 95.45 % and the stated p, ν as stated and truncated, less \
        0.005; k = 2 and 1.96 also pass from ν = 10 on",
    threshold: 0.0,
    because: "k is stated to two decimals; below ν = 10 the factor 2 covers less than 92.7 %",
    unit: Subject::Instrument,
    severity: Severity::Medium,
    remedy: "take k from Student's distribution with ν_eff: t₉₅.₄₅(4) is 2.87",
    reference: "JCGM 100:2008, G.4 and table G.2",
    decision: Decision::Deterministic,
    wants: &[&["calibrations.k", "calibrations.dof"]],
    start: |_| {
        let mut factors = Factors::default();
        Rows::judged(move |instrument, row| factors.excess(instrument, row))
    },
    seen: |seen| {
        format!(
            "in {} rows k is not that of the degrees of freedom; at worst by {:.2}",
            seen.rows,
            seen.statistic + ROUNDING
        )
    },
};

/// Half of the last decimal of a factor.
const ROUNDING: f64 = 0.005;
/// From so many degrees of freedom on the customary factors pass.
const CUSTOMARY: f64 = 10.0;
const PROBABILITIES: [f64; 2] = [0.95, 0.954_499_736_103_642];

/// Factors that were found before, by degrees of freedom and probability.
#[derive(Debug, Default)]
struct Factors(HashMap<(u64, u64), f64>);

impl Factors {
    fn excess(&mut self, instrument: &Instrument<'_>, row: usize) -> f64 {
        let (k, dof) = (instrument.rows.k[row], instrument.rows.dof[row]);
        if k.is_nan() || dof.is_nan() || dof <= 0.0 {
            return f64::NAN;
        }
        if dof >= CUSTOMARY && [2.0, 1.96].contains(&k) {
            return 0.0;
        }
        let stated = number(instrument.rows.probability, row, PROBABILITIES[0]);
        let probabilities = [PROBABILITIES[0], PROBABILITIES[1], stated];
        let misses = probabilities.map(|probability| {
            let misses = [dof, dof.floor().max(1.0)].map(|dof| (k - self.factor(probability, dof)).abs());
            misses[0].min(misses[1])
        });
        misses.into_iter().fold(f64::INFINITY, f64::min) - ROUNDING
    }

    fn factor(&mut self, probability: f64, dof: f64) -> f64 {
        let found = || Coverage::of_interval(probability, dof).factor;
        *self.0.entry((dof.to_bits(), probability.to_bits())).or_insert_with(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_degrees_of_freedom_want_2_87() {
        let factor = Factors::default().factor(PROBABILITIES[1], 4.0);
        assert!((factor - 2.869).abs() < 5e-4, "{factor}");
    }
}
