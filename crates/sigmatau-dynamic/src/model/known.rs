//! A model whose parameters have values and a covariance.

use super::{Evaluated, Model, ModelError, Settings, Structure};
use crate::covariance::{Bivariate, Covariance};
use crate::response::{Line, Response};
use nalgebra::DMatrix;
use sigmatau_spectrum::fft::Complex64;

/// A model with the values of its parameters and their covariance.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub(super) structure: Structure,
    pub(super) values: Vec<f64>,
    pub(super) covariance: DMatrix<f64>,
    pub(super) dof: f64,
}

impl Known {
    /// A continuous fraction from all coefficients by rising powers of s, b0, b1, … and a0, a1, …, and the
    /// covariance of them all in this order, divided by a0 with its share of the covariance.
    ///
    /// This is how a transfer function comes from a certificate, where every coefficient has an uncertainty.
    /// The response that it gives has, to first order, the uncertainty that the coefficients before the division give.
    ///
    /// ```
    /// use nalgebra::DMatrix;
    /// use sigmatau_dynamic::model::Known;
    /// let covariance = DMatrix::from_diagonal_element(3, 3, 1e-4);
    /// let known = Known::from_coefficients(&[4.0], &[2.0, 2.0], &covariance)?; // 4/(2 + 2s)
    /// assert_eq!(known.values(), [2.0, 1.0]);
    /// assert!((known.uncertainty(0) - 0.01 / 2.0 * 5_f64.sqrt()).abs() < 1e-15); // u(b0)/a0 and 2 u(a0)/a0
    /// # Ok::<(), sigmatau_dynamic::model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// When a0 is zero or not finite, or the sizes do not agree.
    pub fn from_coefficients(
        numerator: &[f64],
        denominator: &[f64],
        covariance: &DMatrix<f64>,
    ) -> Result<Self, ModelError> {
        let constant = denominator.first().copied().unwrap_or(0.0);
        if constant == 0.0 || !constant.is_finite() || numerator.is_empty() {
            return Err(ModelError::Constant(constant));
        }
        let orders =
            Settings { numerator: numerator.len() - 1, denominator: denominator.len() - 1, ..Settings::default() };
        let structure = Model::named("rational").expect("the table has it").structure(&orders)?;
        let (pivot, count) = (numerator.len(), numerator.len() + denominator.len());
        let (rows, columns) = covariance.shape();
        if (rows, columns) != (count, count) {
            let model = structure.model().name;
            return Err(ModelError::Count { model, wanted: count, given: count, rows, columns });
        }
        let all = [numerator, denominator].concat();
        let values: Vec<f64> = (0..count).filter(|k| *k != pivot).map(|k| all[k] / constant).collect();
        let slopes = DMatrix::from_fn(count - 1, count, |row, column| match column {
            column if column == pivot => -values[row] / constant,
            column => f64::from(u8::from(column == row + usize::from(row >= pivot))) / constant,
        });
        structure.known(values, &slopes * covariance * slopes.transpose(), f64::INFINITY)
    }

    /// The model, its orders and its rate.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// The values of the parameters, in the order of [`Structure::parameters`].
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The covariance of the parameters.
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }

    /// The standard uncertainty of a parameter.
    ///
    /// # Panics
    /// When there is no parameter of this index.
    pub fn uncertainty(&self, parameter: usize) -> f64 {
        self.covariance[(parameter, parameter)].sqrt()
    }

    /// Degrees of freedom of the covariance.
    pub fn dof(&self) -> f64 {
        self.dof
    }

    /// The model at its values: response, derivatives, poles, stability.
    pub fn at_values(&self) -> Evaluated {
        self.structure.at(&self.values)
    }

    /// The response at frequencies in Hz, each line with its covariance J C Jᵀ, where J holds the derivatives of
    /// Re H and Im H by the parameters and C is their covariance.
    ///
    /// The lines are correlated, see [`Known::covariance_of`]. Takes O(P²) steps a line for P parameters.
    pub fn response(&self, frequencies: &[f64]) -> Response {
        let evaluated = self.at_values();
        let mut slopes = vec![Complex64::ZERO; self.values.len()];
        let mut line = |frequency: f64| {
            let value = evaluated.value_and_slopes(frequency, &mut slopes);
            let covariance = propagated(&self.covariance, &slopes);
            Line { frequency, value, covariance, coherence: f64::NAN, dof: self.dof }
        };
        Response { lines: frequencies.iter().map(|frequency| line(*frequency)).collect(), ..Response::default() }
    }

    /// The covariance between all lines of [`Known::response`], of Re H at every frequency followed by Im H at every
    /// frequency: common sources, as many as there are parameters. Takes 2N·P numbers.
    pub fn covariance_of(&self, frequencies: &[f64]) -> Covariance {
        let (lines, count, evaluated) = (frequencies.len(), self.values.len(), self.at_values());
        let mut slopes = vec![Complex64::ZERO; count];
        let mut jacobian = DMatrix::zeros(2 * lines, count);
        for (row, frequency) in frequencies.iter().enumerate() {
            evaluated.value_and_slopes(*frequency, &mut slopes);
            for (column, slope) in slopes.iter().enumerate() {
                (jacobian[(row, column)], jacobian[(lines + row, column)]) = (slope.re, slope.im);
            }
        }
        Covariance::LowRank { sources: jacobian * root(&self.covariance) }
    }
}

/// The covariance of Σ slope·δ for errors δ of this covariance.
fn propagated(covariance: &DMatrix<f64>, slopes: &[Complex64]) -> Bivariate {
    let mut parts = Bivariate::default();
    for (row, left) in slopes.iter().enumerate() {
        let right: Complex64 = slopes.iter().enumerate().map(|(column, slope)| slope * covariance[(row, column)]).sum();
        parts.real += left.re * right.re;
        parts.imaginary += left.im * right.im;
        parts.cross += left.re * right.im;
    }
    Bivariate { real: parts.real.max(0.0), imaginary: parts.imaginary.max(0.0), ..parts }
}

/// R with R Rᵀ = C, for C of any scale and of any rank: the eigenvectors of the correlations times their roots.
fn root(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let u: Vec<f64> = covariance.diagonal().iter().map(|variance| variance.sqrt()).collect();
    let correlation = DMatrix::from_fn(u.len(), u.len(), |i, j| {
        let product = u[i] * u[j];
        if product > 0.0 { covariance[(i, j)] / product } else { 0.0 }
    });
    let eigen = correlation.symmetric_eigen();
    DMatrix::from_fn(u.len(), u.len(), |i, j| u[i] * eigen.eigenvectors[(i, j)] * eigen.eigenvalues[j].max(0.0).sqrt())
}
