//! Control charts: how long a process in control runs before a chart alarms, how unlikely the largest excursion of
//! a chart is, and where a record changes.
//!
//! Observations are deviates: (value − expected)/u, standard normal while all is well.

use crate::tail::Law;
use nalgebra::{DMatrix, DVector};

mod change;

pub use change::{Change, changes};

/// States of the Markov chain between the limits of a chart.
const STATES: usize = 161;
/// The excursions at which run lengths are tabulated start here,
const FIRST: f64 = 0.25;
/// are so far apart,
const STEP: f64 = 0.25;
/// and end where a run is about 1e11: beyond it the chain is singular to rounding and the last slope is carried on.
const LONGEST: f64 = 1e11;

/// A rule by which a run of deviates alarms.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Chart {
    /// |z| itself.
    Shewhart,
    /// |E|/σ_E of the exponentially weighted mean E ← (1−λ)E + λz, with the final σ_E = √(λ/(2−λ)).
    Ewma {
        /// The weight λ of the newest deviate.
        weight: f64,
    },
    /// The larger of the two sums S± ← max(0, S± ± z − k).
    Cusum {
        /// The allowance k: half of the shift that is to be found.
        allowance: f64,
    },
}

impl Chart {
    /// The mean number of deviates before the excursion first exceeds `limit` while all is well, from the centre on.
    ///
    /// The charts with memory are a Markov chain of 161 states between their limits.
    ///
    /// Reference: D. Brook, D. A. Evans, Biometrika 59 (1972) 539; J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990) 1.
    ///
    /// ```
    /// use sigmatau_uncertainty::chart::Chart;
    /// assert!((Chart::Shewhart.run_length(3.0) - 370.4).abs() < 0.05);
    /// assert!((Chart::Ewma { weight: 0.2 }.run_length(3.0) - 560.0).abs() < 1.0);
    /// assert!((Chart::Cusum { allowance: 0.5 }.run_length(5.0) - 465.0).abs() < 1.0);
    /// ```
    pub fn run_length(self, limit: f64) -> f64 {
        self.shifted_run_length(limit, 0.0)
    }

    /// The mean number of deviates before an alarm when each is larger by `shift`.
    pub fn shifted_run_length(self, limit: f64, shift: f64) -> f64 {
        let within = |low: f64, high: f64| Law::Normal.lower(high - shift) - Law::Normal.lower(low - shift);
        match self {
            Self::Shewhart => 1.0 / (1.0 - within(-limit, limit)),
            Self::Ewma { weight } => ewma(limit * ewma_deviation(weight), weight, within),
            Self::Cusum { allowance } => {
                let (above, below) = (cusum(limit, allowance - shift), cusum(limit, allowance + shift));
                1.0 / (1.0 / above + 1.0 / below)
            }
        }
    }

    /// The largest excursion of a run, and the place of the deviate that reached it; `NaN` deviates are passed over.
    pub fn excursion(self, deviates: &[f64]) -> Option<(f64, usize)> {
        let mut state = (0.0, 0.0);
        let excursions = deviates.iter().enumerate().filter(|(_, z)| !z.is_nan()).map(|(place, z)| {
            state = self.next(state, *z);
            (self.size(state), place)
        });
        excursions.fold(None, |best, found| match best {
            Some((size, _)) if size >= found.0 => best,
            _ => Some(found),
        })
    }

    fn next(self, state: (f64, f64), z: f64) -> (f64, f64) {
        match self {
            Self::Shewhart => (z, 0.0),
            Self::Ewma { weight } => ((1.0 - weight) * state.0 + weight * z, 0.0),
            Self::Cusum { allowance } => ((state.0 + z - allowance).max(0.0), (state.1 - z - allowance).max(0.0)),
        }
    }

    fn size(self, state: (f64, f64)) -> f64 {
        match self {
            Self::Shewhart => state.0.abs(),
            Self::Ewma { weight } => state.0.abs() / ewma_deviation(weight),
            Self::Cusum { .. } => state.0.max(state.1),
        }
    }
}

/// Run lengths of a chart against limits, so that excursions become p-values without solving the chain for each.
#[derive(Clone, Debug)]
pub struct RunLengths {
    chart: Chart,
    logarithms: Vec<f64>,
}

impl RunLengths {
    /// Tabulates a chart up to runs of 1e11.
    pub fn of(chart: Chart) -> Self {
        let limits = (0..).map(|place| FIRST + STEP * f64::from(place));
        let lengths = limits.map(|limit| chart.run_length(limit)).take_while(|length| *length < LONGEST);
        Self { chart, logarithms: lengths.map(f64::ln).collect() }
    }

    /// ln of the p-value of the largest excursion in a run of n deviates: 1 − (1 − 1/ARL)ⁿ, the run length being geometric.
    /// A chart starts at its centre, where an alarm is less likely than later, so that the p-value is rather too large.
    pub fn ln_p(&self, excursion: f64, deviates: usize) -> f64 {
        let per_step = match self.chart {
            Chart::Shewhart => Law::Normal.ln_two_sided(excursion),
            _ => -self.ln_length(excursion),
        };
        let survived = deviates as f64 * (-per_step.exp()).ln_1p();
        if survived < -1e-8 { (-survived.exp_m1()).ln() } else { (per_step + (deviates as f64).ln()).min(0.0) }
    }

    /// Between the tabulated limits linearly, beyond the last along the last slope, which is below the true one.
    fn ln_length(&self, excursion: f64) -> f64 {
        let place = ((excursion - FIRST) / STEP).max(0.0);
        let interval = (place as usize).min(self.logarithms.len() - 2);
        let (low, high) = (self.logarithms[interval], self.logarithms[interval + 1]);
        low + (high - low) * (place - interval as f64)
    }
}

fn ewma_deviation(weight: f64) -> f64 {
    (weight / (2.0 - weight)).sqrt()
}

/// The chain of E between ±`limit`.
fn ewma(limit: f64, weight: f64, within: impl Fn(f64, f64) -> f64) -> f64 {
    let width = 2.0 * limit / STATES as f64;
    let edge = |state: usize| -limit + width * state as f64;
    let move_to = |from: usize, to: usize| {
        let rest = (1.0 - weight) * (edge(from) + 0.5 * width);
        within((edge(to) - rest) / weight, (edge(to + 1) - rest) / weight)
    };
    absorbed(move_to, STATES / 2)
}

/// The chain of one sum between 0 and `limit`, the first state being 0 itself.
fn cusum(limit: f64, allowance: f64) -> f64 {
    let width = 2.0 * limit / (2.0 * STATES as f64 - 1.0);
    let move_to = |from: usize, to: usize| {
        let upper = |state: f64| Law::Normal.lower((state + 0.5) * width - from as f64 * width + allowance);
        if to == 0 { upper(0.0) } else { upper(to as f64) - upper(to as f64 - 1.0) }
    };
    absorbed(move_to, 0)
}

/// The mean number of steps until a chain is left: (I − Q) L = 1.
fn absorbed(move_to: impl Fn(usize, usize) -> f64, start: usize) -> f64 {
    let system = DMatrix::from_fn(STATES, STATES, |from, to| f64::from(u8::from(from == to)) - move_to(from, to));
    let lengths = system.lu().solve(&DVector::repeat(STATES, 1.0));
    lengths.map_or(f64::INFINITY, |lengths| lengths[start])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_lengths_are_the_published_ones() {
        let ewma = Chart::Ewma { weight: 0.2 };
        let cusum = Chart::Cusum { allowance: 0.5 };
        let rows = [
            (ewma.run_length(3.0), 560.0, 1.0),
            (ewma.run_length(2.859), 370.0, 1.0),
            (cusum.run_length(5.0), 465.0, 1.0),
            // The tables of Montgomery for h = 4 and 5.
            (cusum.run_length(4.0), 168.0, 1.0),
            (cusum.shifted_run_length(5.0, 1.0), 10.4, 0.05),
            (cusum.shifted_run_length(4.0, 2.0), 3.34, 0.01),
            (Chart::Shewhart.run_length(3.0), 370.398, 0.001),
        ];
        for (found, expected, tolerance) in rows {
            assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
        }
    }

    #[test]
    fn a_chart_with_all_weight_on_the_newest_is_that_of_shewhart() {
        let (ewma, shewhart) = (Chart::Ewma { weight: 1.0 }, Chart::Shewhart);
        assert!((ewma.run_length(2.5) / shewhart.run_length(2.5) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_table_is_the_chain_and_goes_on_beyond_it() {
        for chart in [Chart::Ewma { weight: 0.2 }, Chart::Cusum { allowance: 0.5 }] {
            let lengths = RunLengths::of(chart);
            let direct = chart.run_length(3.1).ln();
            assert!((lengths.ln_length(3.1) - direct).abs() < 0.05, "{chart:?}");
            assert!(lengths.ln_p(40.0, 30) < -30.0 && lengths.ln_p(40.0, 30) > lengths.ln_p(60.0, 30));
            assert!(lengths.ln_p(0.1, 1000) > -1e-3);
        }
    }

    #[test]
    fn the_excursion_is_that_of_the_sums_written_out() {
        let (size, place) = Chart::Cusum { allowance: 0.5 }.excursion(&[1.0, f64::NAN, 2.0, -0.2, 1.0]).unwrap();
        assert!((size - 2.0).abs() < 1e-15 && place == 2);
        assert_eq!(Chart::Shewhart.excursion(&[0.0, -3.0]), Some((3.0, 1)));
    }
}
