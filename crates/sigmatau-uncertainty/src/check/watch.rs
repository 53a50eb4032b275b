//! What a check does with a dataset that passes by: it takes whole groups of rows and in the end says what it saw.

use super::Start;
use super::table::{CheckStandards, Comparisons, Instrument, Logs, NO_WORD, word};
use crate::tail::ln_complement;
use std::collections::BTreeMap;

/// The row of an observation that no row shows.
pub const NO_ROW: u64 = u64::MAX;

/// The word of a number; empty of [`NO_WORD`].
pub type Words<'a> = dyn Fn(u32) -> &'a str + Sync + 'a;

/// State of a check over a dataset. Each table comes in groups; a check takes those it needs.
pub trait Watch: Send {
    /// Takes an instrument with all its calibrations.
    fn instrument(&mut self, _instrument: &Instrument<'_>) {}

    /// Takes all checks of a standard at a point, from the row `_first` of the table.
    fn check_standard(&mut self, _checks: &CheckStandards<'_>, _first: u64) {}

    /// Takes all results of a comparison.
    fn comparison(&mut self, _results: &Comparisons<'_>, _first: u64) {}

    /// Takes all that an instrument sent.
    fn log(&mut self, _log: &Logs<'_>, _first: u64) {}

    /// Says what was seen; `words` tells interned words.
    fn finish(self: Box<Self>, words: &Words<'_>) -> Evidence;
}

/// What a check saw.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// How many subjects were assessed.
    pub assessed: u64,
    /// What was observed: of a family each subject, else the faults alone.
    pub observations: Vec<Observation>,
}

/// An answer of a check about one subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Whom it is about, an interned word.
    pub subject: u32,
    /// Whose null it is set against: its laboratory or class, or [`NO_WORD`].
    pub group: u32,
    /// The row that shows it most, in its table; [`NO_ROW`] where none does.
    pub row: u64,
    /// How many rows show it.
    pub rows: u32,
    /// The statistic.
    pub statistic: f64,
    /// The standard normal deviate with the same tail; `NaN` where the check is deterministic.
    pub score: f64,
    /// How large it is, as the check says.
    pub effect: f64,
}

impl Observation {
    /// About a subject, with nothing seen.
    pub fn about(subject: u32) -> Self {
        let nan = f64::NAN;
        Self { subject, group: NO_WORD, row: NO_ROW, rows: 0, statistic: nan, score: nan, effect: nan }
    }
}

/// A check that judges each row of an instrument by itself: by how much it exceeds what is allowed; `NaN` where it can't be
/// judged. An instrument with excesses above 0 is one observation.
pub(super) struct Rows<F>(Evidence, F);

impl<F: FnMut(&Instrument<'_>, usize) -> f64 + Send + 'static> Rows<F> {
    pub(super) fn judged(judge: F) -> Box<dyn Watch> {
        Box::new(Self(Evidence::default(), judge))
    }
}

impl<F: FnMut(&Instrument<'_>, usize) -> f64 + Send> Watch for Rows<F> {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        let mut seen = Observation { statistic: 0.0, ..Observation::about(instrument.id()) };
        let mut judged = false;
        for row in 0..instrument.len() {
            let excess = (self.1)(instrument, row);
            judged |= !excess.is_nan();
            seen.rows += u32::from(excess > 0.0);
            if excess > seen.statistic {
                (seen.statistic, seen.row) = (excess, instrument.row(row));
            }
        }
        self.0.assessed += u64::from(judged);
        if seen.rows > 0 {
            self.0.observations.push(Observation { group: instrument.laboratory(), effect: seen.statistic, ..seen });
        }
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        self.0
    }
}

/// A check that judges each instrument as a whole, or can't.
pub(super) struct Whole<F>(Vec<Observation>, F);

impl<F: FnMut(&Instrument<'_>) -> Option<Observation> + Send + 'static> Whole<F> {
    pub(super) fn judged(judge: F) -> Box<dyn Watch> {
        Box::new(Self(Vec::new(), judge))
    }
}

impl<F: FnMut(&Instrument<'_>) -> Option<Observation> + Send> Watch for Whole<F> {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        let seen = (self.1)(instrument).filter(|seen| !seen.score.is_nan());
        self.0.extend(seen.map(|seen| Observation {
            subject: instrument.id(),
            group: instrument.laboratory(),
            ..seen
        }));
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        Evidence::of_family(self.0)
    }
}

/// A check that gathers the rows of each laboratory, and judges what was gathered, or can't.
pub(super) struct Laboratories<A> {
    add: fn(&mut A, &Instrument<'_>, usize),
    judge: fn(A) -> Option<Observation>,
    gathered: BTreeMap<u32, A>,
}

impl<A: Default + Send + 'static> Laboratories<A> {
    pub(super) fn judged(
        add: fn(&mut A, &Instrument<'_>, usize),
        judge: fn(A) -> Option<Observation>,
    ) -> Box<dyn Watch> {
        Box::new(Self { add, judge, gathered: BTreeMap::new() })
    }
}

impl<A: Default + Send> Watch for Laboratories<A> {
    fn instrument(&mut self, instrument: &Instrument<'_>) {
        let mut row = 0;
        for run in instrument.rows.laboratory.chunk_by(|one, other| one == other) {
            let gathered = self.gathered.entry(run[0]).or_default();
            for _ in run {
                (self.add)(gathered, instrument, row);
                row += 1;
            }
        }
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        let known = self.gathered.into_iter().filter(|(key, _)| *key != NO_WORD);
        let judge = self.judge;
        let judged = known.filter_map(|(subject, gathered)| Some(Observation { subject, ..judge(gathered)? }));
        Evidence::of_family(judged.filter(|seen| !seen.score.is_nan()).collect())
    }
}

impl Evidence {
    /// The observations of a family, each subject being assessed.
    pub(super) fn of_family(observations: Vec<Observation>) -> Self {
        Self { assessed: observations.len() as u64, observations }
    }
}

/// The faults of the chain that a check asks for, and the calibrations whose standard has one.
pub(super) fn of_chain(
    start: &Start,
    fault: fn(&crate::chain::Found) -> Option<f64>,
    calibration: fn(&crate::chain::Chain, &Instrument<'_>, usize) -> f64,
) -> Box<dyn Watch> {
    let chain = start.chain.clone().unwrap_or_default();
    let of_certificate = |found: &crate::chain::Found| {
        let statistic = fault(found)?;
        let seen = Observation::about(found.certificate);
        Some(Observation { row: found.row as u64, rows: 1, statistic, effect: statistic, ..seen })
    };
    let observations = chain.faults().iter().filter_map(of_certificate).collect();
    let assessed = chain.len() as u64;
    let judge = move |instrument: &Instrument<'_>, row: usize| calibration(&chain, instrument, row);
    Box::new(Rows(Evidence { assessed, observations }, judge))
}

/// ln of the p-value of the smallest of n independent ones: 1 − (1 − p)ⁿ.
pub(super) fn sidak(ln_p: f64, tests: f64) -> f64 {
    let survived = tests * ln_complement(ln_p);
    if survived > -1e-12 { (ln_p + tests.ln()).min(0.0) } else { ln_complement(survived) }
}

/// How much errors share through their standards: of each standard, how many errors, and which part of their variance is common.
#[derive(Debug, Default)]
pub(super) struct Shares(BTreeMap<u32, (f64, f64)>);

impl Shares {
    pub(super) fn add(&mut self, instrument: &Instrument<'_>, row: usize) {
        let standard = word(instrument.rows.standard, row);
        if standard != NO_WORD {
            let (count, share) = self.0.entry(standard).or_default();
            *count += 1.0;
            *share += instrument.shared(row);
        }
    }

    /// By how much the variance of a mean of errors exceeds that of independent ones: Σ m (1 + m ρ)/Σ m.
    pub(super) fn inflation_of_mean(&self) -> f64 {
        self.inflation(|count, share| count * share)
    }

    /// The same of a mean of squared errors, which correlate by ρ².
    pub(super) fn inflation_of_squares(&self) -> f64 {
        self.inflation(|_, share| share * share)
    }

    fn inflation(&self, common: impl Fn(f64, f64) -> f64) -> f64 {
        let all: f64 = self.0.values().map(|(count, _)| count).sum();
        let shared: f64 = self.0.values().map(|(count, share)| common(*count, *share)).sum();
        if all > 0.0 { 1.0 + shared / all } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_inflations_are_those_of_simulated_errors_that_share_a_standard() {
        let (count, share) = (40, 0.3_f64);
        let shares = Shares(BTreeMap::from([(1, (f64::from(count), f64::from(count) * share))]));
        let mut draws = ChaCha8Rng::seed_from_u64(3);
        let mut normal = || -> f64 { StandardNormal.sample(&mut draws) };
        let (mut of_mean, mut of_squares, records) = (0.0, 0.0, 20_000);
        for _ in 0..records {
            let common = share.sqrt() * normal();
            let errors: Vec<f64> = (0..count).map(|_| common + (1.0 - share).sqrt() * normal()).collect();
            of_mean += errors.iter().sum::<f64>().powi(2) / f64::from(count);
            of_squares += errors.iter().map(|z| z * z - 1.0).sum::<f64>().powi(2) / (2.0 * f64::from(count));
        }
        // Σ m (1 + m ρ) counts the error itself among those it correlates with: ρ too much, which is on the safe side.
        let found = [of_mean, of_squares].map(|sum| sum / f64::from(records));
        let expected = [shares.inflation_of_mean() - share, shares.inflation_of_squares() - share * share];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 0.06, "{found} instead of {expected}");
        }
    }

    #[test]
    fn the_smallest_of_many_p_values_is_uniform() {
        assert!((sidak(0.01_f64.ln(), 10.0).exp() - (1.0 - 0.99_f64.powi(10))).abs() < 1e-15);
        assert!((sidak(-500.0, 10.0) - (10.0_f64.ln() - 500.0)).abs() < 1e-12);
        assert_eq!(sidak(0.0, 3.0), 0.0);
    }
}
