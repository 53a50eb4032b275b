//! Independent indications of one quantity.

use super::mean;

/// The mean of indications and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeated {
    /// The number n of indications.
    pub count: usize,
    /// The mean.
    pub mean: f64,
    /// The experimental standard deviation s of an indication.
    pub standard_deviation: f64,
    /// The standard uncertainty of the mean.
    pub standard_uncertainty: f64,
    /// The degrees of freedom ν of the standard uncertainty.
    pub dof: f64,
}

impl Repeated {
    /// Of independent indications: u = s/√n with ν = n − 1. `None` for fewer than two.
    ///
    /// ```
    /// use sigmatau_uncertainty::propagation::type_a::Repeated;
    /// let voltage = Repeated::of(&[5.007, 4.994, 5.005, 4.990, 4.999]).expect("there are five");
    /// assert!((voltage.mean - 4.999).abs() < 1e-12 && (voltage.standard_uncertainty - 0.0032).abs() < 5e-5);
    /// ```
    ///
    /// Reference: JCGM 100:2008, 4.2.
    pub fn of(indications: &[f64]) -> Option<Self> {
        let (count, mean) = (indications.len(), mean(indications));
        let squares: f64 = indications.iter().map(|indication| (indication - mean).powi(2)).sum();
        let dof = count.checked_sub(1).filter(|dof| *dof > 0)? as f64;
        let standard_deviation = (squares / dof).sqrt();
        let standard_uncertainty = standard_deviation / (count as f64).sqrt();
        Some(Self { count, mean, standard_deviation, standard_uncertainty, dof })
    }
}
