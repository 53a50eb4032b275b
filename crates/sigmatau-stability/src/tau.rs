//! Which averaging times to compute.

use std::fmt;
use std::str::FromStr;

/// A list of averaging times, given by a rule or in seconds.
///
/// The rules stop at N divided by the estimator's stop ratio, N being the number of phase points;
/// an explicit list reaches as far as there is a single term.
#[derive(Clone, Debug, PartialEq)]
pub enum TauList {
    /// m = 1, 2, 4, 8, …
    Octave,
    /// m = 1, 2, 4, 10, 20, 40, 100, …
    Decade,
    /// Every m.
    All,
    /// This many per decade, evenly on a logarithmic axis.
    Log(u32),
    /// These averaging times in seconds.
    Explicit(Vec<f64>),
}

/// The averaging factors that a statistic has, and the averaging times that they stand for.
#[derive(Clone, Copy)]
pub struct Grid {
    /// The smallest averaging factor.
    pub least: usize,
    /// Averaging factors are multiples of this.
    pub step: usize,
    /// The largest averaging factor offered by a rule is N divided by this (Stable32's stop ratio).
    pub stop_ratio: usize,
    /// Points of the record that one term spans at averaging factor m, less one.
    pub reach: fn(usize) -> usize,
    /// The averaging time in units of τ₀, from m and the number of phase points.
    pub tau: fn(usize, usize) -> f64,
}

impl Grid {
    /// Every m from 1 on, which stands for τ = m τ₀.
    pub const EVERY: Self = Self { least: 1, step: 1, stop_ratio: 1, reach: |m| m, tau: |m, _| m as f64 };

    fn offers(&self, m: usize, points: usize) -> bool {
        m >= self.least && m.is_multiple_of(self.step) && (self.reach)(m) < points
    }

    /// The averaging factor that stands for an averaging time in units of τ₀.
    fn factor(&self, tau: f64, points: usize) -> Option<usize> {
        let per_factor = (self.tau)(self.step, points) / self.step as f64;
        let near = (tau / per_factor).round() as usize;
        let means = |m: &usize| ((self.tau)(*m, points) - tau).abs() <= SLACK * tau;
        (near >= 1 && near.is_multiple_of(self.step)).then_some(near).filter(means)
    }
}

/// Averaging factors for one record, and what of an explicit list did not fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors {
    /// The averaging factors m, rising.
    pub m: Vec<usize>,
    /// Averaging times, in seconds, that are no multiple of τ₀.
    pub off_grid: Vec<f64>,
    /// Averaging times, in seconds, for which the record is too short.
    pub too_long: Vec<f64>,
}

/// A word that is no list of averaging times.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the averaging times `{0}`: write octave, decade, all, log:10, or times in seconds such as 1,10,100")]
pub struct TauError(String);

/// How far, relative to τ₀, an averaging time may lie beside a multiple and still be meant as it.
const SLACK: f64 = 1e-6;

impl TauList {
    /// Returns the averaging factors for `points` phase points every `tau0` seconds.
    pub fn factors(&self, points: usize, tau0: f64, grid: &Grid) -> Factors {
        let limit = points / grid.stop_ratio;
        let rule = |m: &mut dyn Iterator<Item = usize>| Factors {
            m: m.take_while(|m| *m <= limit).filter(|m| grid.offers(*m, points)).collect(),
            ..Factors::default()
        };
        match self {
            Self::Octave => rule(&mut (0..usize::BITS).map(|octave| 1 << octave)),
            Self::Decade => rule(&mut (0..19).flat_map(|decade| [1, 2, 4].map(|m| m * 10_usize.pow(decade)))),
            Self::All => rule(&mut (1..)),
            Self::Log(per_decade) => {
                let nearest = |m: f64| (m / grid.step as f64).round() as usize * grid.step;
                let mut m: Vec<usize> =
                    (0..19 * per_decade).map(|k| nearest(10f64.powf(f64::from(k) / f64::from(*per_decade)))).collect();
                m.dedup();
                rule(&mut m.into_iter())
            }
            Self::Explicit(taus) => explicit(taus, points, tau0, grid),
        }
    }
}

fn explicit(taus: &[f64], points: usize, tau0: f64, grid: &Grid) -> Factors {
    let mut factors = Factors::default();
    for &tau in taus {
        match grid.factor(tau / tau0, points) {
            None => factors.off_grid.push(tau),
            Some(m) if grid.offers(m, points) => factors.m.push(m),
            Some(_) => factors.too_long.push(tau),
        }
    }
    factors.m.sort_unstable();
    factors.m.dedup();
    factors
}

impl FromStr for TauList {
    type Err = TauError;

    fn from_str(text: &str) -> Result<Self, TauError> {
        let refused = || TauError(text.to_owned());
        match text.trim() {
            "octave" => return Ok(Self::Octave),
            "decade" => return Ok(Self::Decade),
            "all" => return Ok(Self::All),
            _ => {}
        }
        if let Some(per_decade) = text.trim().strip_prefix("log:") {
            let per_decade = per_decade.parse().ok().filter(|n| (1..=1000).contains(n));
            return per_decade.map(Self::Log).ok_or_else(refused);
        }
        let tau = |word: &str| word.trim().parse().ok().filter(|tau: &f64| *tau > 0.0 && tau.is_finite());
        text.split(',').map(tau).collect::<Option<Vec<f64>>>().map(Self::Explicit).ok_or_else(refused)
    }
}

impl fmt::Display for TauList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Octave => f.write_str("octave"),
            Self::Decade => f.write_str("decade"),
            Self::All => f.write_str("all"),
            Self::Log(per_decade) => write!(f, "log:{per_decade}"),
            Self::Explicit(taus) => {
                let taus: Vec<String> = taus.iter().map(f64::to_string).collect();
                f.write_str(&taus.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(list: &str, points: usize, stop_ratio: usize) -> Factors {
        let grid = Grid { stop_ratio, reach: |m| 2 * m, ..Grid::EVERY };
        list.parse::<TauList>().unwrap().factors(points, 0.5, &grid)
    }

    #[test]
    fn rules_stop_at_the_stop_ratio() {
        assert_eq!(factors("octave", 1001, 4).m, [1, 2, 4, 8, 16, 32, 64, 128]);
        assert_eq!(factors("decade", 1001, 5).m, [1, 2, 4, 10, 20, 40, 100, 200]);
        assert_eq!(factors("all", 21, 4).m, [1, 2, 3, 4, 5]);
        assert_eq!(factors("log:4", 201, 2).m, [1, 2, 3, 6, 10, 18, 32, 56, 100]);
    }

    #[test]
    fn explicit_times_off_the_grid_are_told_not_rounded() {
        let found = factors("0.5, 0.7, 5, 1000", 101, 4);
        assert_eq!((found.m, found.off_grid, found.too_long), (vec![1, 10], vec![0.7], vec![1000.0]));
    }

    #[test]
    fn a_coarser_grid_has_its_own_averaging_times() {
        let grid = Grid { least: 10, step: 2, reach: |m| m, tau: |m, _| 0.75 * m as f64, ..Grid::EVERY };
        let factors = |list: &str| list.parse::<TauList>().unwrap().factors(41, 2.0, &grid);
        assert_eq!(factors("all").m, (10..=40).step_by(2).collect::<Vec<_>>());
        assert_eq!(factors("decade").m, [10, 20, 40]);
        let found = factors("3, 15, 16.5, 18, 150");
        assert_eq!((found.m, found.off_grid, found.too_long), (vec![10, 12], vec![16.5], vec![3.0, 150.0]));
    }

    #[test]
    fn lists_print_as_they_are_read() {
        for text in ["octave", "decade", "all", "log:10", "1,2.5,10"] {
            assert_eq!(text.parse::<TauList>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_the_ways_to_write_it() {
        for text in ["octaves", "", "1,-2", "log:0", "1;2", "nan"] {
            assert!(text.parse::<TauList>().unwrap_err().to_string().contains("octave, decade"), "{text}");
        }
    }
}
