//! Simulations of every interval that the crate states: one set, for the tests and for `COVERAGE.md`.

mod clock;
mod filter;
mod fitted;
mod model;
mod network;
mod power;
mod random;
mod signal;
mod tone;

use rayon::prelude::*;

/// The confidence of the intervals.
pub(crate) const CONFIDENCE: f64 = 0.95;
/// Half the width of such an interval in standard uncertainties, where these are certain.
const NORMAL: f64 = 1.959_964;
/// The standard deviations by which a share may be off.
const ALLOWED: f64 = 4.0;

/// Intervals of one simulated calibration.
pub(crate) struct Case {
    /// The part of the crate that states them.
    pub(crate) part: &'static str,
    pub(crate) name: String,
    /// What the intervals are of.
    pub(crate) of: Vec<String>,
    pub(crate) claim: Claim,
    /// The share of the intervals of each quantity that hold the truth in the record of this number; `NaN` where it
    /// has none.
    pub(crate) trial: Box<dyn Fn(u64) -> Vec<f64> + Sync>,
}

/// What is claimed of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It holds the truth as often as the confidence says.
    Stated,
    /// It holds the truth at least as often.
    AtLeast,
    /// It does not, as the case is meant to show.
    Broken,
}

/// How often the intervals of one quantity held the truth.
pub(crate) struct Row {
    pub(crate) of: String,
    pub(crate) found: f64,
    /// The records that had one.
    pub(crate) trials: u64,
    /// Whether that is as claimed.
    pub(crate) as_claimed: bool,
}

/// Every case, part by part.
pub(crate) fn cases() -> Vec<Case> {
    [
        random::cases(),
        tone::cases(),
        model::cases(),
        fitted::cases(),
        filter::cases(),
        signal::cases(),
        power::cases(),
        network::cases(),
        clock::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Case {
    /// The coverages over so many records.
    pub(crate) fn rows(&self, trials: u64) -> Vec<Row> {
        let shares: Vec<Vec<f64>> = (0..trials).into_par_iter().map(&self.trial).collect();
        let row = |(place, of): (usize, &String)| {
            let there: Vec<f64> = shares.iter().map(|share| share[place]).filter(|share| !share.is_nan()).collect();
            let (found, trials) = (there.iter().sum::<f64>() / there.len() as f64, there.len() as u64);
            Row { of: of.clone(), found, trials, as_claimed: self.claim.allows(found, trials) }
        };
        self.of.iter().enumerate().map(row).collect()
    }
}

impl Claim {
    /// Whether a share of so many independent records is within chance of the claim. Intervals of one record depend on
    /// each other: their share scatters like that of one interval at most.
    fn allows(self, found: f64, trials: u64) -> bool {
        let off = (found - CONFIDENCE) / deviation(trials);
        match self {
            Self::Stated => off.abs() < ALLOWED,
            Self::AtLeast => off > -ALLOWED,
            Self::Broken => off < -ALLOWED,
        }
    }
}

/// The standard deviation of the share of so many intervals.
pub(crate) fn deviation(trials: u64) -> f64 {
    (CONFIDENCE * (1.0 - CONFIDENCE) / trials as f64).sqrt()
}

/// 1 where an error lies within the interval of 95 % of this standard uncertainty, else 0.
fn within(error: f64, u: f64) -> f64 {
    f64::from(error.abs() <= NORMAL * u)
}
