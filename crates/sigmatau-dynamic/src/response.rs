//! A frequency response: the result that every method shares.

use crate::covariance::Bivariate;
use sigmatau_core::Finding;
use sigmatau_spectrum::fft::Complex64;

/// The complex response at one frequency, with its covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The response H: unit of the response over unit of the excitation. A positive argument means that the
    /// response leads.
    pub value: Complex64,
    /// The covariance of Re H and Im H.
    pub covariance: Bivariate,
    /// The coherence γ² between excitation and response, freed of its bias; `NaN` where the method has none.
    pub coherence: f64,
    /// Degrees of freedom of the covariance.
    pub dof: f64,
}

impl Line {
    /// The standard uncertainty of |H|, to first order: u² = eᵀ C e with e = (Re H, Im H) / |H|.
    ///
    /// At H = 0, where the magnitude has no derivative, the larger axis of the covariance.
    pub fn magnitude_u(&self) -> f64 {
        self.covariance.along(self.value)
    }

    /// The standard uncertainty of arg H in rad, to first order: u² = eᵀ C e / |H|² with e = (−Im H, Re H) / |H|.
    ///
    /// Infinite at H = 0. First order holds for |H| above about five times its uncertainty (JCGM 102).
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line};
    /// let covariance = Bivariate::circular(4e-4);
    /// let line = Line { frequency: 50.0, value: Complex64::new(0.0, 2.0), covariance, coherence: 1.0, dof: 10.0 };
    /// assert_eq!((line.magnitude_u(), line.phase_u()), (0.02, 0.01));
    /// ```
    pub fn phase_u(&self) -> f64 {
        self.covariance.along(self.value * Complex64::I) / self.value.norm()
    }
}

/// A frequency response in the order of rising frequencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The lines.
    pub lines: Vec<Line>,
    /// What was seen in the data on the way.
    pub findings: Vec<Finding>,
}
