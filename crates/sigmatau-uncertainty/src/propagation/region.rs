//! Regions that hold several quantities together with a stated probability.

use crate::tail::Law;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use sigmatau_core::Coverage;

/// Intervals of Simpson's rule along the correlation.
const INTERVALS: u32 = 512;

/// A coverage region of m quantities.
#[derive(Clone, Debug, PartialEq)]
pub enum Region {
    /// Where (η − y)ᵀ U⁻¹ (η − y) ≤ k².
    Ellipsoid {
        /// The estimates y.
        centre: DVector<f64>,
        /// The covariance matrix U.
        covariance: DMatrix<f64>,
        /// The coverage factor k.
        factor: f64,
    },
    /// Where |ηᵢ − yᵢ| ≤ k u(yᵢ) for every i.
    Rectangle {
        /// The estimates y.
        centre: DVector<f64>,
        /// k u(yᵢ).
        half_widths: DVector<f64>,
        /// The coverage factor k.
        factor: f64,
    },
}

/// Why there is no region.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError {
    /// The covariance is that of other quantities.
    #[error("bound {quantities} quantities: their covariance matrix is {rows} by {columns}")]
    Size {
        /// How many estimates there are.
        quantities: usize,
        /// The rows of the matrix.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// The quantities do not fill as many dimensions.
    #[error(
        "bound {quantities} quantities by an ellipsoid: their covariance is singular; leave out what others determine"
    )]
    Singular {
        /// How many there are.
        quantities: usize,
    },
    /// There is no such factor.
    #[error(
        "bound {quantities} quantities with probability {probability}: {dof} degrees of freedom give no coverage factor"
    )]
    Factor {
        /// How many there are.
        quantities: usize,
        /// The coverage probability.
        probability: f64,
        /// The degrees of freedom of the covariance.
        dof: f64,
    },
    /// The factor is known for two quantities only.
    #[error(
        "bound {0} quantities by the closest rectangle: it is known for two; the conservative one is for any number"
    )]
    NotTwo(usize),
}

impl Region {
    /// The ellipsoid of smallest volume about jointly normal quantities whose covariance has ν degrees of freedom, by
    /// [`ellipsoid_factor`].
    ///
    /// # Errors
    /// When the covariance is singular or of another size, or there is no factor.
    pub fn ellipsoid(
        centre: &[f64],
        covariance: &DMatrix<f64>,
        probability: f64,
        dof: f64,
    ) -> Result<Self, RegionError> {
        let quantities = fitting(centre, covariance)?;
        if covariance.clone().cholesky().is_none() {
            return Err(RegionError::Singular { quantities });
        }
        let factor = known(quantities, probability, dof, || ellipsoid_factor(quantities, probability, dof))?;
        Ok(Self::Ellipsoid { centre: DVector::from_column_slice(centre), covariance: covariance.clone(), factor })
    }

    /// The rectangle of Bonferroni: each of m quantities within its own interval of probability 1 − (1 − p)/m, so that
    /// together they are held at least with p, whatever their correlations.
    ///
    /// Reference: JCGM 102:2011, 6.5.
    ///
    /// # Errors
    /// When the covariance is of another size, or there is no factor.
    pub fn rectangle(
        centre: &[f64],
        covariance: &DMatrix<f64>,
        probability: f64,
        dof: f64,
    ) -> Result<Self, RegionError> {
        let quantities = fitting(centre, covariance)?;
        let each = 1.0 - (1.0 - probability) / quantities as f64;
        let factor = known(quantities, probability, dof, || Coverage::of_interval(each, dof).factor)?;
        Ok(Self::rectangular(centre, covariance, factor))
    }

    /// The rectangle about two jointly normal quantities that holds them with probability p and no more, by
    /// [`rectangle_factor`].
    ///
    /// # Errors
    /// When there are not two quantities, or there is no factor.
    pub fn closest_rectangle(centre: &[f64], covariance: &DMatrix<f64>, probability: f64) -> Result<Self, RegionError> {
        let quantities = fitting(centre, covariance)?;
        if quantities != 2 {
            return Err(RegionError::NotTwo(quantities));
        }
        let correlation = covariance[(0, 1)] / (covariance[(0, 0)] * covariance[(1, 1)]).sqrt();
        let factor = known(2, probability, f64::INFINITY, || rectangle_factor(correlation, probability))?;
        Ok(Self::rectangular(centre, covariance, factor))
    }

    fn rectangular(centre: &[f64], covariance: &DMatrix<f64>, factor: f64) -> Self {
        let half_widths = covariance.diagonal().map(|variance| factor * variance.sqrt());
        Self::Rectangle { centre: DVector::from_column_slice(centre), half_widths, factor }
    }

    /// The coverage factor.
    pub fn factor(&self) -> f64 {
        match self {
            Self::Ellipsoid { factor, .. } | Self::Rectangle { factor, .. } => *factor,
        }
    }

    /// Whether the region holds a point.
    ///
    /// # Panics
    /// When the point has another number of coordinates.
    pub fn contains(&self, point: &[f64]) -> bool {
        let point = DVector::from_column_slice(point);
        match self {
            Self::Ellipsoid { centre, covariance, factor } => {
                let away = point - centre;
                let whole = covariance.clone().cholesky().expect("checked when the region was made");
                away.dot(&whole.solve(&away)) <= factor * factor
            }
            Self::Rectangle { centre, half_widths, .. } => {
                (point - centre).iter().zip(half_widths.iter()).all(|(away, half)| away.abs() <= *half)
            }
        }
    }

    /// The halves of the axes, as vectors from the centre, the longest first.
    pub fn semi_axes(&self) -> Vec<DVector<f64>> {
        let mut axes = match self {
            Self::Ellipsoid { covariance, factor, .. } => {
                let eigen = SymmetricEigen::new(covariance.clone());
                let axis = |k: usize| eigen.eigenvectors.column(k) * (factor * eigen.eigenvalues[k].sqrt());
                (0..covariance.nrows()).map(axis).collect::<Vec<_>>()
            }
            Self::Rectangle { half_widths, .. } => {
                DMatrix::from_diagonal(half_widths).column_iter().map(|axis| axis.into_owned()).collect()
            }
        };
        axes.sort_by(|a, b| b.norm_squared().total_cmp(&a.norm_squared()));
        axes
    }
}

fn fitting(centre: &[f64], covariance: &DMatrix<f64>) -> Result<usize, RegionError> {
    let (quantities, rows, columns) = (centre.len(), covariance.nrows(), covariance.ncols());
    let fits = rows == quantities && columns == quantities;
    if fits { Ok(quantities) } else { Err(RegionError::Size { quantities, rows, columns }) }
}

/// The factor, where the probability is one and the factor finite.
fn known(quantities: usize, probability: f64, dof: f64, factor: impl FnOnce() -> f64) -> Result<f64, RegionError> {
    let factor = if probability > 0.0 && probability < 1.0 { factor() } else { f64::NAN };
    if factor.is_finite() { Ok(factor) } else { Err(RegionError::Factor { quantities, probability, dof }) }
}

/// The coverage factor k of the ellipsoid about m jointly normal quantities: k² is the quantile of χ² with m degrees of
/// freedom; where the covariance has ν of them itself, that of Hotelling's T², ν m/(ν − m + 1) F(m, ν − m + 1). `NaN` where
/// ν ≤ m − 1.
///
/// ```
/// use sigmatau_uncertainty::propagation::ellipsoid_factor;
/// assert!((ellipsoid_factor(2, 0.95, f64::INFINITY) - 2.447_746_831).abs() < 5e-10);
/// ```
///
/// Reference: JCGM 102:2011, 6.5.
pub fn ellipsoid_factor(quantities: usize, probability: f64, dof: f64) -> f64 {
    let m = quantities as f64;
    let (numerator, denominator) = (m, dof - m + 1.0);
    let square = match dof {
        f64::INFINITY => Law::ChiSquared { dof: m }.quantile(probability),
        dof if denominator > 0.0 => {
            dof * m / denominator * Law::Fisher { numerator, denominator }.quantile(probability)
        }
        _ => f64::NAN,
    };
    square.sqrt()
}

/// The coverage factor k of the rectangle ±k u about two jointly normal quantities with the correlation coefficient r:
///
/// P(|Z₁| ≤ k, |Z₂| ≤ k) = (2Φ(k) − 1)² + (1/π) ∫₀^arcsin r exp(−k²/(1 + sin θ)) − exp(−k²/(1 − sin θ)) dθ.
///
/// ```
/// use sigmatau_uncertainty::propagation::rectangle_factor;
/// assert!((rectangle_factor(0.5, 0.95) - 2.212_128).abs() < 5e-7);
/// ```
///
/// Reference: R. L. Plackett, A reduction formula for normal multivariate integrals, Biometrika 41 (1954) 351–360.
pub fn rectangle_factor(correlation: f64, probability: f64) -> f64 {
    let end = correlation.asin();
    let held = |k: f64| {
        let density = |theta: f64| (-k * k / (1.0 + theta.sin())).exp() - (-k * k / (1.0 - theta.sin())).exp();
        let alone = 1.0 - 2.0 * Law::Normal.upper(k);
        alone * alone + simpson(end, density) / std::f64::consts::PI
    };
    if end.is_nan() { f64::NAN } else { reaching(probability, held) }
}

/// ∫₀^end, by Simpson's rule.
fn simpson(end: f64, integrand: impl Fn(f64) -> f64) -> f64 {
    let weight = |place: u32| match place {
        0 | INTERVALS => 1.0,
        place if place % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let step = end / f64::from(INTERVALS);
    let sum: f64 = (0..=INTERVALS).map(|place| weight(place) * integrand(f64::from(place) * step)).sum();
    sum * step / 3.0
}

/// Where a rising function of k > 0 reaches a probability, by halving until neighbouring numbers are reached; `NaN` where
/// the probability does not lie between 0 and 1.
fn reaching(probability: f64, rising: impl Fn(f64) -> f64) -> f64 {
    if !(probability > 0.0 && probability < 1.0) {
        return f64::NAN;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while rising(high) < probability && high < f64::MAX / 4.0 {
        (low, high) = (high, 2.0 * high);
    }
    let mut middle = 0.5 * (low + high);
    while low < middle && middle < high {
        (low, high) = if rising(middle) < probability { (middle, high) } else { (low, middle) };
        middle = 0.5 * (low + high);
    }
    middle
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: [f64; 4] = [2.0, 1.0, 1.0, 2.0];

    #[test]
    fn factors_of_ellipses_are_those_of_the_core() {
        for dof in [1.5, 4.0, 17.0, 300.0, f64::INFINITY] {
            let (found, core) = (ellipsoid_factor(2, 0.95, dof), Coverage::of_estimated_ellipse(0.95, dof).factor);
            assert!((found / core - 1.0).abs() < 1e-10, "ν = {dof}: {found} {core}");
        }
        assert!(ellipsoid_factor(3, 0.95, 2.0).is_nan());
    }

    /// χ²₀.₉₅ with 1 and 3 degrees of freedom, as tables have it.
    #[test]
    fn one_and_three_quantities_have_the_quantiles_of_tables() {
        assert!((ellipsoid_factor(1, 0.95, f64::INFINITY) - 1.959_963_985).abs() < 1e-9);
        assert!((ellipsoid_factor(3, 0.95, f64::INFINITY).powi(2) - 7.814_727_903).abs() < 1e-8);
    }

    #[test]
    fn rectangles_tighten_with_the_correlation() {
        let independent = rectangle_factor(0.0, 0.95);
        assert!((independent - Coverage::of_interval(0.95_f64.sqrt(), f64::INFINITY).factor).abs() < 1e-9);
        assert!((rectangle_factor(1.0, 0.95) - 1.959_964).abs() < 1e-6);
        assert_eq!(rectangle_factor(0.9, 0.95), rectangle_factor(-0.9, 0.95));
        assert!(rectangle_factor(1.1, 0.95).is_nan());
    }

    #[test]
    fn ends_of_the_axes_lie_on_the_border() {
        let region = Region::ellipsoid(&[1.0, -1.0], &DMatrix::from_row_slice(2, 2, &PAIR), 0.95, 9.0).unwrap();
        let axes = region.semi_axes();
        assert!((axes[0].norm() / axes[1].norm() - 3.0_f64.sqrt()).abs() < 1e-12);
        for axis in axes {
            let at = |stretch: f64| [1.0 + stretch * axis[0], -1.0 + stretch * axis[1]];
            assert!(region.contains(&at(0.999_999)) && !region.contains(&at(1.000_001)));
        }
    }

    #[test]
    fn what_has_no_region_says_why() {
        let covariance = DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 1.0, 1.0]);
        assert_eq!(Region::ellipsoid(&[0.0; 2], &covariance, 0.95, 9.0), Err(RegionError::Singular { quantities: 2 }));
        assert!(Region::ellipsoid(&[0.0; 3], &covariance, 0.95, 9.0).is_err());
        let pair = DMatrix::from_row_slice(2, 2, &PAIR);
        assert!(Region::rectangle(&[0.0; 2], &pair, 1.5, 9.0).is_err());
        assert!(Region::ellipsoid(&[0.0; 2], &pair, 0.95, 1.0).is_err());
    }
}
