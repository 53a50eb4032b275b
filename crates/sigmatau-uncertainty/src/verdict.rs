//! What may be said of a whole dataset, and whether anything stands against using it.

use crate::check::{Report, Severity, Subject};
use crate::tail::Law;
use std::fmt;

/// By how much uncertainties are too small, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// √(χ²/ν): above 1 they are too small.
    pub ratio: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Scale {
    /// The ratio of Birge from a mean square of normalised errors with ν degrees of freedom: √(χ²/q) for the quantiles q of
    /// χ² that leave the probability between them.
    ///
    /// ```
    /// let scale = sigmatau_uncertainty::verdict::Scale::of(1.38 * 1.38, 665.0, 0.95);
    /// assert_eq!(format!("{:.2} ({:.2}–{:.2})", scale.ratio, scale.low, scale.high), "1.38 (1.31–1.46)");
    /// ```
    pub fn of(mean_square: f64, dof: f64, probability: f64) -> Self {
        let quantile = |probability: f64| Law::ChiSquared { dof }.quantile(probability);
        let bound = |quantile: f64| (dof * mean_square / quantile).sqrt();
        let (upper, lower) = (0.5 + 0.5 * probability, 0.5 - 0.5 * probability);
        Self { ratio: mean_square.sqrt(), low: bound(quantile(upper)), high: bound(quantile(lower)) }
    }
}

/// What all checks together say of a dataset.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The rate of false discoveries that was kept.
    pub rate: f64,
    /// How many instruments were assessed by any check.
    pub instruments: u64,
    /// How many of them are flagged.
    pub flagged: usize,
    /// The flags of each severity, the lightest first.
    pub counts: [(Severity, usize); 5],
    /// What is said of single laboratories.
    pub laboratories: Vec<String>,
    /// The checks that could not be made, with the columns they want.
    pub not_assessable: Vec<(&'static str, Vec<&'static str>)>,
}

impl Verdict {
    /// The verdict that reports amount to.
    pub fn of(reports: &[Report], rate: f64) -> Self {
        let of_instruments = || reports.iter().filter(|report| report.check.unit == Subject::Instrument);
        let mut flagged: Vec<u32> =
            of_instruments().flat_map(|report| report.flags.iter().map(|flag| flag.observation.subject)).collect();
        flagged.sort_unstable();
        flagged.dedup();
        let flags = || reports.iter().flat_map(|report| &report.flags);
        let of_laboratories = reports.iter().filter(|report| report.check.unit == Subject::Laboratory);
        let lacking = reports.iter().filter(|report| !report.is_assessable());
        Self {
            rate,
            instruments: of_instruments().map(|report| report.assessed).max().unwrap_or(0),
            flagged: flagged.len(),
            counts: Severity::ALL.map(|severity| (severity, flags().filter(|flag| flag.severity == severity).count())),
            laboratories: of_laboratories
                .flat_map(|report| report.flags.iter().map(|flag| flag.message.clone()))
                .collect(),
            not_assessable: lacking.map(|report| (report.check.name, report.wanted.clone())).collect(),
        }
    }

    /// Tells whether a critical fault or a blocker stands, so that the dataset may not be used.
    pub fn refuses(&self) -> bool {
        self.counts.iter().any(|(severity, count)| severity.refuses() && *count > 0)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instruments, flagged, rate, .. } = self;
        write!(f, "of {instruments} instruments, {flagged} flagged at FDR ≤ {} %", 100.0 * rate)?;
        self.laboratories.iter().try_for_each(|said| write!(f, "; {}", said.replacen(": ", " ", 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_interval_of_a_scale_holds_the_truth_as_often_as_it_says() {
        let mut draws = ChaCha8Rng::seed_from_u64(17);
        let held = (0..2000).filter(|_| {
            let squares =
                (0..30).map(|_| 1.38_f64 * Distribution::<f64>::sample(&StandardNormal, &mut draws)).map(|z| z * z);
            let scale = Scale::of(squares.sum::<f64>() / 30.0, 30.0, 0.95);
            (scale.low..=scale.high).contains(&1.38)
        });
        let share = held.count() as f64 / 2000.0;
        assert!((share - 0.95).abs() < 0.015, "{share}");
    }
}
