//! The levels h_α of power laws, S_y(f) = Σ h_α f^α, in a density or in deviations.
//!
//! Both fits are weighted least squares with h_α ≥ 0. The variance of an observation is 2/ν times the
//! square of its expected value, ν being its degrees of freedom; since the expected values follow from
//! the fit, weights and fit are found in turns, which ends at the maximum of the chi-square likelihood.
//!
//! Sampled clocks do not show f^α up to the Nyquist frequency: the density of their time errors is
//! h_α / (4π²) · (sin(πfτ₀) / (πτ₀))^(α−2) (see [`sigmatau_spectrum::noise`]), and this is what is fitted.
//!
//! The covariance of the levels takes into account that neighbouring bins, and deviations at different
//! averaging times, tell partly the same. It is that of the fit without the condition h_α ≥ 0, which can
//! only bring the levels nearer to the truth: for a level at or near 0 it is on the safe side.

use super::normal::{self, Matrix};
use super::{Density, Quantity, Variance};
use sigmatau_spectrum::PowerLaw;
use std::f64::consts::PI;

/// Levels of power laws with their uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerLaws {
    /// The exponents α.
    pub alphas: Vec<i8>,
    /// The levels h_α in Hz^(−1−α).
    pub levels: Vec<f64>,
    /// The covariance of the levels.
    pub covariance: Vec<Vec<f64>>,
    /// The weighted sum of squared residuals over its expectation, near 1 where the power laws describe
    /// the observations.
    pub reduced_chi_squared: f64,
}

/// Why power laws were not fitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is no such noise type.
    #[error("fit power laws: the exponent α = {0} is not one of 2, 1, 0, -1, -2, -3, -4")]
    Exponent(i8),
    /// The exponents are none, or one stands twice.
    #[error("fit power laws: name each exponent once, and at least one")]
    Exponents,
    /// There are not more observations than levels.
    #[error("fit power laws: {observations} observations do not determine {levels} levels; take a longer record")]
    TooFew {
        /// The observations with degrees of freedom.
        observations: usize,
        /// The levels asked for.
        levels: usize,
    },
    /// The observations can't tell the power laws apart.
    #[error("fit power laws: the observations do not tell the exponents apart; name fewer")]
    Undetermined,
}

/// A deviation at one averaging time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviation {
    /// The kind of its variance.
    pub variance: Variance,
    /// The averaging factor.
    pub m: u64,
    /// The deviation.
    pub deviation: f64,
    /// Its degrees of freedom.
    pub edf: f64,
}

/// f² (sin(πfτ₀) / (πτ₀))^(α−2): the density S_y of a sampled clock with h_α = 1.
pub(super) fn shape(alpha: i8, frequency: f64, tau0: f64) -> f64 {
    let sine = (PI * frequency * tau0).sin() / (PI * tau0);
    frequency * frequency * sine.powi(i32::from(alpha) - 2)
}

impl PowerLaws {
    /// Fits the levels to densities S_y of a clock sampled every `tau0` seconds; other quantities among
    /// them are left out. O(n p²) steps for n densities and p exponents, some tens of times.
    ///
    /// # Errors
    /// When an exponent is not known or stands twice, or the densities do not determine the levels.
    pub fn of_density(densities: &[Density], tau0: f64, alphas: &[i8]) -> Result<Self, FitError> {
        let usable = |density: &&Density| density.quantity == Quantity::Frequency && density.density > 0.0;
        let used: Vec<&Density> = densities.iter().filter(usable).collect();
        let observation = |density: &&Density| Observation {
            bases: alphas.iter().map(|alpha| shape(*alpha, density.frequency, tau0)).collect(),
            value: density.density,
            dof: density.dof,
        };
        let observations: Vec<Observation> = used.iter().map(observation).collect();
        let fit = Fit::of(&observations, alphas)?;
        let shared: Matrix = fit.scatter(|place, row| row.iter().map(|a| a * used[place].shared).collect());
        fit.with_scatter(alphas, &shared)
    }

    /// Fits the levels to deviations of a clock sampled every `tau0` seconds.
    ///
    /// How far deviations at τ and τ′ tell the same follows from the fit by ∫ |H|² |H′|² S² df, which
    /// takes O(n m) steps for n deviations up to averaging factor m, besides O(n² m) products.
    ///
    /// ```
    /// use sigmatau_spectrum::PowerLaw;
    /// use sigmatau_stability::domain::power_law::{Deviation, PowerLaws};
    /// use sigmatau_stability::domain::Variance::Allan;
    /// let noise = PowerLaw::new(0, 2e-24)?;
    /// let at = |m| Deviation { variance: Allan, m, deviation: noise.theoretical_adev(m, 1.0), edf: 100.0 };
    /// let fit = PowerLaws::of_deviations(&[1, 2, 4, 8].map(at), 1.0, &[0, -2])?;
    /// assert!((fit.levels[0] / 2e-24 - 1.0).abs() < 1e-9 && fit.levels[1] < 1e-30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When an exponent is not known or stands twice, or the deviations do not determine the levels.
    pub fn of_deviations(deviations: &[Deviation], tau0: f64, alphas: &[i8]) -> Result<Self, FitError> {
        let usable = |found: &&Deviation| found.deviation > 0.0 && found.edf > 0.0;
        let used: Vec<&Deviation> = deviations.iter().filter(usable).collect();
        let observation = |found: &&Deviation| Observation {
            bases: alphas.iter().map(|alpha| expected(found, *alpha, tau0)).collect(),
            value: found.deviation.powi(2),
            dof: found.edf,
        };
        let observations: Vec<Observation> = used.iter().map(observation).collect();
        let fit = Fit::of(&observations, alphas)?;
        let density =
            |f: f64| alphas.iter().zip(&fit.levels).map(|(alpha, level)| level * shape(*alpha, f, tau0)).sum();
        let correlation = correlation(&used, density, tau0);
        let shared = fit.scatter(|place, _| {
            let column = |k: usize| correlation[place].iter().zip(&fit.rows).map(|(r, row)| r * row[k]).sum();
            (0..alphas.len()).map(column).collect()
        });
        fit.with_scatter(alphas, &shared)
    }

    /// The level of an exponent and its standard uncertainty; nothing where it was not asked for.
    pub fn level(&self, alpha: i8) -> Option<(f64, f64)> {
        let place = self.alphas.iter().position(|known| *known == alpha)?;
        Some((self.levels[place], self.covariance[place][place].sqrt()))
    }
}

/// The variance that h_α = 1 stands for.
fn expected(found: &Deviation, alpha: i8, tau0: f64) -> f64 {
    let Ok(unit) = PowerLaw::new(alpha, 1.0) else { return f64::NAN };
    let deviation = match found.variance {
        Variance::Allan => unit.theoretical_adev(found.m, tau0),
        Variance::Modified => unit.theoretical_mdev(found.m, tau0),
        Variance::Hadamard => unit.theoretical_hdev(found.m, tau0),
    };
    deviation * deviation
}

/// The correlation of the variances of overlapping terms in a long record: C_ij / √(C_ii C_jj) with
/// C_ij = ∫ |H_i|² |H_j|² S² df up to the Nyquist frequency.
fn correlation(used: &[&Deviation], density: impl Fn(f64) -> f64, tau0: f64) -> Matrix {
    let cells = 8 * used.iter().map(|found| found.m).max().unwrap_or(1);
    let mut sums = vec![vec![0.0; used.len()]; used.len()];
    for cell in 0..cells {
        let frequency = (cell as f64 + 0.5) / (2.0 * cells as f64 * tau0);
        let level = density(frequency);
        let parts: Vec<f64> =
            used.iter().map(|found| level * found.variance.transfer(frequency, found.m, tau0)).collect();
        for (line, part) in sums.iter_mut().zip(&parts) {
            line.iter_mut().zip(&parts).for_each(|(sum, other)| *sum += part * other);
        }
    }
    let norm = |i: usize, j: usize| (sums[i][i] * sums[j][j]).sqrt();
    (0..used.len()).map(|i| (0..used.len()).map(|j| sums[i][j] / norm(i, j)).collect()).collect()
}

/// A value whose expectation is a sum of levels times bases, with ν degrees of freedom.
struct Observation {
    bases: Vec<f64>,
    value: f64,
    dof: f64,
}

/// Levels, with every observation in units of its standard deviation.
struct Fit {
    levels: Vec<f64>,
    rows: Matrix,
    values: Vec<f64>,
}

impl Fit {
    fn of(observations: &[Observation], alphas: &[i8]) -> Result<Self, FitError> {
        if let Some(alpha) = alphas.iter().find(|alpha| !(-4..=2).contains(*alpha)) {
            return Err(FitError::Exponent(*alpha));
        }
        if alphas.is_empty() || (1..alphas.len()).any(|place| alphas[..place].contains(&alphas[place])) {
            return Err(FitError::Exponents);
        }
        if observations.len() <= alphas.len() {
            return Err(FitError::TooFew { observations: observations.len(), levels: alphas.len() });
        }
        let least = |k: usize| observations.iter().map(|o| o.value / o.bases[k]).fold(f64::INFINITY, f64::min);
        let mut fit = Self::weighted(observations, (0..alphas.len()).map(least).collect());
        for _ in 0..200 {
            let levels = normal::non_negative(&fit.rows, &fit.values);
            let settled = levels.iter().zip(&fit.levels).all(|(new, old)| (new - old).abs() <= 1e-10 * new.abs());
            fit = Self::weighted(observations, levels);
            if settled {
                break;
            }
        }
        Ok(fit)
    }

    /// The observations in units of the standard deviations that these levels give them.
    fn weighted(observations: &[Observation], levels: Vec<f64>) -> Self {
        let weight = |o: &Observation| {
            let expected: f64 = o.bases.iter().zip(&levels).map(|(base, level)| base * level).sum();
            (0.5 * o.dof).sqrt() / expected
        };
        let weights: Vec<f64> = observations.iter().map(weight).collect();
        let pairs = || observations.iter().zip(&weights);
        let rows = pairs().map(|(o, weight)| o.bases.iter().map(|base| base * weight).collect()).collect();
        let values = pairs().map(|(o, weight)| o.value * weight).collect();
        Self { levels, rows, values }
    }

    /// AᵀRA, where `correlated` gives the rows of RA.
    fn scatter(&self, correlated: impl Fn(usize, &[f64]) -> Vec<f64>) -> Matrix {
        let mut sums = vec![vec![0.0; self.levels.len()]; self.levels.len()];
        for (place, row) in self.rows.iter().enumerate() {
            let other = correlated(place, row);
            for (line, a) in sums.iter_mut().zip(row) {
                line.iter_mut().zip(&other).for_each(|(sum, b)| *sum += a * b);
            }
        }
        sums
    }

    /// The result, with the covariance (AᵀA)⁻¹ AᵀRA (AᵀA)⁻¹.
    fn with_scatter(self, alphas: &[i8], scatter: &Matrix) -> Result<PowerLaws, FitError> {
        let inverse = normal::inverse(&normal::gram(&self.rows)).ok_or(FitError::Undetermined)?;
        let fitted = |row: &[f64]| -> f64 { row.iter().zip(&self.levels).map(|(a, level)| a * level).sum() };
        let squares: f64 = self.rows.iter().zip(&self.values).map(|(row, value)| (value - fitted(row)).powi(2)).sum();
        Ok(PowerLaws {
            alphas: alphas.to_vec(),
            covariance: normal::between(&inverse, scatter),
            reduced_chi_squared: squares / (self.rows.len() - alphas.len()) as f64,
            levels: self.levels,
        })
    }
}

#[cfg(test)]
mod tests;
