//! How much of each power law a clock's noise holds.

use crate::Estimator;
use crate::symmetric;
use crate::tau::TauList;
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::{PowerLaw, WeightedMean};

/// The power laws from white PM to random-walk FM: those that modified Allan variances tell apart.
const ALPHAS: [i8; 5] = [2, 1, 0, -1, -2];
/// Steps of the fit; each raises the likelihood.
const STEPS: usize = 2000;
/// The share of every variance below which a law is left out.
const NEGLIGIBLE: f64 = 1e-6;

/// Independent power laws that make up a clock's noise, and how well their levels are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    laws: Vec<PowerLaw>,
    /// The relative covariance of the levels: that of ln h; zero where they are exact.
    covariance: Vec<Vec<f64>>,
}

impl Levels {
    /// Levels that are exactly known.
    pub fn exact(laws: Vec<PowerLaw>) -> Self {
        let covariance = vec![vec![0.0; laws.len()]; laws.len()];
        Self { laws, covariance }
    }

    /// Fits levels h ≥ 0 to the modified Allan variances v of a record at octave averaging times.
    ///
    /// With the model M = Σ h M₁ + D² τ²/2, M₁ the exact variance of each law at h = 1 and D a frequency
    /// drift that shall not pass for noise, it maximises the likelihood of v as multiples ν v / M of
    /// chi-square, ν = n/m, by steps h ← h Σ(ν M₁ v / M²) / Σ(ν M₁ / M), which never turn negative.
    /// Nothing where the record has fewer than three averaging times or no noise. Time O(N log N).
    ///
    /// ```
    /// use sigmatau_core::PhaseSeries;
    /// use sigmatau_spectrum::PowerLaw;
    /// use sigmatau_stability::levels::Levels;
    /// let x = PowerLaw::from_deviation(0, 1e-11, 1.0)?.phase(10_000, 1.0, 1, 0);
    /// let levels = Levels::fit(&PhaseSeries::new(&x, 1.0)?).unwrap();
    /// let white_fm = levels.laws().iter().find(|law| law.alpha() == 0).unwrap();
    /// assert!((white_fm.theoretical_adev(1, 1.0) / 1e-11 - 1.0).abs() < 0.05);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fit(phase: &PhaseSeries<'_>) -> Option<Self> {
        let points = measured(phase);
        let enough = points.len() >= 3 && points.iter().all(|point| point.variance > 0.0);
        enough.then(|| {
            let heights = heights(&points);
            let share = |law: usize, point: &Point| heights[law] * point.of_unit[law] / point.variance;
            let matters = |law: &usize| points.iter().any(|point| share(*law, point) > NEGLIGIBLE);
            let kept: Vec<usize> = (0..heights.len()).filter(matters).collect();
            let covariance = symmetric::inverse(&information(&points, &heights, &kept));
            let law = |law: &usize| {
                let alpha = ALPHAS.get(*law)?;
                Some(PowerLaw::new(*alpha, heights[*law]).expect("a level from a fit is a finite number"))
            };
            Self { laws: kept.iter().filter_map(law).collect(), covariance }
        })
    }

    /// The power laws.
    pub fn laws(&self) -> &[PowerLaw] {
        &self.laws
    }

    /// The covariance, in s², of two weighted sums of phases, see [`PowerLaw::covariance`].
    pub fn covariance(&self, a: &[WeightedMean], b: &[WeightedMean], tau0: f64) -> f64 {
        self.laws.iter().map(|law| law.covariance(a, b, tau0)).sum()
    }

    /// The degrees of freedom with which the variance of a weighted sum is known (GUM G.6.4):
    /// ν = 2 V² / u²(V), where V = Σ V_α and u²(V) = ΣΣ V_α V_β cov(ln h_α, ln h_β), at least 1.
    pub fn degrees_of_freedom(&self, sum: &[WeightedMean], tau0: f64) -> f64 {
        let parts: Vec<f64> = self.laws.iter().map(|law| law.covariance(sum, sum, tau0)).collect();
        let row = |row: &Vec<f64>| parts.iter().zip(row).map(|(part, c)| part * c).sum::<f64>();
        let square: f64 = parts.iter().zip(&self.covariance).map(|(part, c)| part * row(c)).sum();
        (2.0 * parts.iter().sum::<f64>().powi(2) / square).max(1.0)
    }
}

/// Fisher's information about the logarithms of the kept levels: Σ ν/2 (∂ln M/∂ln h)(∂ln M/∂ln h′).
fn information(points: &[Point], heights: &[f64; ALPHAS.len() + 1], kept: &[usize]) -> Vec<Vec<f64>> {
    let shares = |point: &Point| {
        let model: f64 = point.of_unit.iter().zip(heights).map(|(unit, height)| unit * height).sum();
        kept.iter().map(|law| heights[*law] * point.of_unit[*law] / model).collect::<Vec<f64>>()
    };
    let all: Vec<(f64, Vec<f64>)> = points.iter().map(|point| (point.freedom / 2.0, shares(point))).collect();
    let entry = |i: usize, j: usize| all.iter().map(|(weight, shares)| weight * shares[i] * shares[j]).sum();
    (0..kept.len()).map(|i| (0..kept.len()).map(|j| entry(i, j)).collect()).collect()
}

/// A modified Allan variance with what each law and a drift would give at level one.
struct Point {
    variance: f64,
    freedom: f64,
    of_unit: [f64; ALPHAS.len() + 1],
}

fn measured(phase: &PhaseSeries<'_>) -> Vec<Point> {
    let mdev = Estimator::named("mdev").expect("the table of estimators has it");
    let factors = TauList::Octave.factors(phase.len(), phase.tau0(), &mdev.grid).m;
    let terms = (mdev.terms)(phase, &factors);
    let point = |(m, terms): (&usize, &crate::Terms)| {
        let variance = mdev.deviation(*terms, *m, phase.tau0())?.powi(2);
        let freedom = (terms.n as f64 / *m as f64).max(1.0);
        Some(Point { variance, freedom, of_unit: of_unit(*m, phase.tau0()) })
    };
    factors.iter().zip(&terms).filter_map(point).collect()
}

fn of_unit(m: usize, tau0: f64) -> [f64; ALPHAS.len() + 1] {
    let mut of_unit = [0.5 * (m as f64 * tau0).powi(2); ALPHAS.len() + 1];
    for alpha in ALPHAS {
        let unit = PowerLaw::new(alpha, 1.0).expect("α is one of the known");
        of_unit[place(alpha)] = unit.theoretical_mdev(m as u64, tau0).powi(2);
    }
    of_unit
}

fn place(alpha: i8) -> usize {
    usize::try_from(2 - alpha).expect("α is at most 2")
}

fn heights(points: &[Point]) -> [f64; ALPHAS.len() + 1] {
    let share = (ALPHAS.len() + 1) as f64;
    let mut heights = std::array::from_fn(|law| {
        points.iter().map(|point| point.variance / point.of_unit[law]).fold(f64::INFINITY, f64::min) / share
    });
    for _ in 0..STEPS {
        heights = step(points, &heights);
    }
    heights
}

fn step(points: &[Point], heights: &[f64; ALPHAS.len() + 1]) -> [f64; ALPHAS.len() + 1] {
    let model = |point: &Point| point.of_unit.iter().zip(heights).map(|(unit, height)| unit * height).sum::<f64>();
    let models: Vec<f64> = points.iter().map(model).collect();
    std::array::from_fn(|law| {
        let sums = points.iter().zip(&models).map(|(point, model)| {
            let pull = point.freedom * point.of_unit[law] / model;
            (pull * point.variance / model, pull)
        });
        let (up, down) = sums.fold((0.0, 0.0), |(up, down), (u, d)| (up + u, down + d));
        heights[law] * up / down
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_is_fitted_over_all_averaging_times() {
        let truth = [(2, 1e-11), (0, 1e-12), (-2, 3e-14)].map(|(a, d)| PowerLaw::from_deviation(a, d, 1.0).unwrap());
        let parts = truth.iter().zip(0..).map(|(law, stream)| law.phase(100_000, 1.0, 5, stream));
        let x = parts.reduce(|a, b| a.iter().zip(b).map(|(a, b)| a + b).collect()).unwrap();
        let levels = Levels::fit(&PhaseSeries::new(&x, 1.0).unwrap()).unwrap();
        for m in [1, 8, 64, 512, 4096] {
            let variance = |laws: &[PowerLaw]| laws.iter().map(|law| law.theoretical_mdev(m, 1.0).powi(2)).sum::<f64>();
            let ratio = (variance(levels.laws()) / variance(&truth)).sqrt();
            assert!((ratio - 1.0).abs() < 0.1, "the fitted deviation at m = {m} is {ratio} of the true one");
        }
    }

    #[test]
    fn a_drift_does_not_pass_for_noise() {
        let law = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap();
        let x = law.phase(20_000, 1.0, 5, 1);
        let drifting: Vec<f64> = x.iter().zip(0..).map(|(x, i)| x + 5e-17 * f64::from(i).powi(2)).collect();
        let level = |x: &[f64], alpha| {
            let levels = Levels::fit(&PhaseSeries::new(x, 1.0).unwrap()).unwrap();
            levels.laws().iter().find(|law| law.alpha() == alpha).map_or(0.0, PowerLaw::level)
        };
        assert!((level(&drifting, 0) / level(&x, 0) - 1.0).abs() < 0.05);
        let random_walk = PowerLaw::new(-2, level(&drifting, -2)).unwrap().theoretical_adev(4096, 1.0);
        assert!(random_walk < 0.5 * 1e-16 * 4096.0, "a drift of 4e-13 at 4096 s left {random_walk}");
    }

    #[test]
    fn scale_of_the_phase_scales_every_level() {
        let x = PowerLaw::from_deviation(-1, 1e-12, 1.0).unwrap().phase(3000, 1.0, 5, 2);
        let scaled: Vec<f64> = x.iter().map(|x| 16.0 * x).collect();
        let fit = |x: &[f64]| Levels::fit(&PhaseSeries::new(x, 1.0).unwrap()).unwrap();
        for (plain, scaled) in fit(&x).laws().iter().zip(fit(&scaled).laws()) {
            assert!((scaled.level() / plain.level() / 256.0 - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_record_without_noise_has_no_levels() {
        assert_eq!(Levels::fit(&PhaseSeries::new(&[0.0; 100], 1.0).unwrap()), None);
        assert_eq!(Levels::fit(&PhaseSeries::new(&[0.0, 1.0, 5.0], 1.0).unwrap()), None);
    }
}
