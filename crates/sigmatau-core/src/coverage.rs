//! Coverage: which factor belongs to which probability, for one quantity and for two together.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Degrees of freedom above which expansions in 1/ν stand for the quantile of `statrs`: it loses digits beyond
/// 3e4 and does not end beyond 1e7.
const MANY: f64 = 1e4;

/// How an interval or a region was stated: coverage factor and coverage probability (VIM 2.37, 2.38).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// The coverage factor *k*.
    pub factor: f64,
    /// The coverage probability *p*, between 0 and 1.
    pub probability: f64,
}

impl Coverage {
    /// The coverage of an interval of one quantity: k is the two-sided quantile of Student's distribution
    /// with ν degrees of freedom, of the normal one where ν is infinite. `NaN` where ν is not positive.
    ///
    /// Reference: JCGM 100:2008 (GUM), annex G.
    ///
    /// ```
    /// use sigmatau_core::Coverage;
    /// assert!((Coverage::of_interval(0.95, f64::INFINITY).factor - 1.959_964).abs() < 1e-6);
    /// assert!((Coverage::of_interval(0.95, 10.0).factor - 2.228_139).abs() < 1e-6);
    /// ```
    pub fn of_interval(probability: f64, dof: f64) -> Self {
        let upper = 0.5 + 0.5 * probability;
        let factor = match dof {
            dof if dof >= MANY => student_of_normal(Normal::standard().inverse_cdf(upper), dof),
            dof => StudentsT::new(0.0, 1.0, dof).map_or(f64::NAN, |student| student.inverse_cdf(upper)),
        };
        Self { factor, probability }
    }

    /// The coverage of an ellipse around two quantities together, such as the parts of a complex one, whose covariance is
    /// known but for a common scale with ν degrees of freedom: k² = ν ((1−p)^(−2/ν) − 1) is twice the quantile of Fisher's
    /// F(2, ν), and −2 ln(1−p) where ν is infinite. `NaN` where ν is not positive.
    ///
    /// Fits, and spectra whose errors are circular, pool all residuals into such a scale. Where variances and covariance
    /// were each estimated from the same observations, [`Coverage::of_estimated_ellipse`] is the wider one that holds p.
    ///
    /// Reference: JCGM 102:2011 (GUM supplement 2), 6.5; M. L. Eaton, Multivariate Statistics (1983), chapter 8.
    ///
    /// ```
    /// use sigmatau_core::Coverage;
    /// assert!((Coverage::of_ellipse(0.95, f64::INFINITY).factor - 2.447_747).abs() < 1e-6);
    /// // F(2, 10) is exceeded by 4.102_821 with probability 0.05.
    /// assert!((Coverage::of_ellipse(0.95, 10.0).factor.powi(2) / 2.0 - 4.102_821).abs() < 1e-6);
    /// ```
    pub fn of_ellipse(probability: f64, dof: f64) -> Self {
        let missed = (1.0 - probability).ln();
        let square = match dof {
            f64::INFINITY => -2.0 * missed,
            dof if dof > 0.0 => dof * (-2.0 * missed / dof).exp_m1(),
            _ => f64::NAN,
        };
        Self { factor: square.sqrt(), probability }
    }

    /// The coverage of an ellipse around two quantities whose whole covariance was estimated with ν degrees of freedom:
    /// k² = ν ((1−p)^(−2/(ν−1)) − 1) is the quantile of Hotelling's T², and −2 ln(1−p) where ν is infinite. `NaN` where ν
    /// is at most 1.
    ///
    /// Reference: R. Willink, B. D. Hall, Metrologia 39 (2002) 361, section 2.
    ///
    /// ```
    /// use sigmatau_core::Coverage;
    /// // T² = 2 · 10/9 · F(2, 9), and F(2, 9) is exceeded by 4.256_495 with probability 0.05.
    /// assert!((Coverage::of_estimated_ellipse(0.95, 10.0).factor.powi(2) * 9.0 / 20.0 - 4.256_495).abs() < 1e-6);
    /// ```
    pub fn of_estimated_ellipse(probability: f64, dof: f64) -> Self {
        let widened = if dof < f64::INFINITY { (dof / (dof - 1.0)).sqrt() } else { 1.0 };
        Self { factor: widened * Self::of_ellipse(probability, dof - 1.0).factor, probability }
    }

    /// The coverage of an interval of ±k standard uncertainties; the inverse of [`Coverage::of_interval`]. `NaN`
    /// where k or ν is.
    pub fn within_interval(factor: f64, dof: f64) -> Self {
        let below = match dof {
            _ if factor.is_nan() => f64::NAN,
            dof if dof >= MANY => Normal::standard().cdf(normal_of_student(factor, dof)),
            dof => StudentsT::new(0.0, 1.0, dof).map_or(f64::NAN, |student| student.cdf(factor)),
        };
        Self { factor, probability: 2.0 * below - 1.0 }
    }

    /// The coverage of the ellipse of factor k; the inverse of [`Coverage::of_ellipse`].
    pub fn within_ellipse(factor: f64, dof: f64) -> Self {
        let square = factor * factor;
        let missed = match dof {
            f64::INFINITY => -0.5 * square,
            dof if dof > 0.0 => -0.5 * dof * (square / dof).ln_1p(),
            _ => f64::NAN,
        };
        Self { factor, probability: -missed.exp_m1() }
    }

    /// The coverage of the ellipse of factor k; the inverse of [`Coverage::of_estimated_ellipse`].
    pub fn within_estimated_ellipse(factor: f64, dof: f64) -> Self {
        let narrowed = if dof < f64::INFINITY { ((dof - 1.0) / dof).sqrt() } else { 1.0 };
        Self { factor, ..Self::within_ellipse(narrowed * factor, dof - 1.0) }
    }

    /// The same coverage with the factor rounded to four decimals, as certificates print it.
    #[must_use]
    pub fn printed(self) -> Self {
        Self { factor: (self.factor * 1e4).round() / 1e4, ..self }
    }
}

/// Student's quantile from the normal one z, by the expansion of Cornish and Fisher to 1/ν³.
///
/// Reference: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.7.5.
fn student_of_normal(z: f64, dof: f64) -> f64 {
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    z + (first + (second + third / dof) / dof) / dof
}

/// The normal quantile of the same probability as Student's t, to 1/ν.
///
/// Reference: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.7.8.
fn normal_of_student(t: f64, dof: f64) -> f64 {
    t * (1.0 - 0.25 / dof) / (1.0 + 0.5 * t * t / dof).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table G.2 of the GUM, for p = 95 %, with the digits that are printed there.
    #[test]
    fn factors_agree_with_the_table_of_the_gum() {
        let rows = [(1.0, 12.71), (2.0, 4.30), (5.0, 2.57), (10.0, 2.23), (20.0, 2.09), (50.0, 2.01), (100.0, 1.984)];
        for (dof, factor) in rows {
            let found = Coverage::of_interval(0.95, dof).factor;
            assert!((found - factor).abs() <= 0.005, "ν = {dof}: {found}");
        }
    }

    #[test]
    fn factor_and_probability_are_inverses() {
        for dof in [2.0, 3.5, 17.0, 400.0, 3e4, 1e7, f64::INFINITY] {
            for probability in [0.5, 0.683, 0.95, 0.9545, 0.99] {
                let interval = Coverage::of_interval(probability, dof);
                let ellipse = Coverage::of_ellipse(probability, dof);
                let back = Coverage::within_interval(interval.factor, dof).probability;
                assert!((back - probability).abs() < 1e-9, "ν = {dof}: {back}");
                let back = Coverage::within_ellipse(ellipse.factor, dof).probability;
                assert!((back - probability).abs() < 1e-12, "ν = {dof}: {back}");
                let estimated = Coverage::of_estimated_ellipse(probability, dof);
                let back = Coverage::within_estimated_ellipse(estimated.factor, dof).probability;
                assert!((back - probability).abs() < 1e-12, "ν = {dof}: {back}");
            }
        }
    }

    #[test]
    fn many_degrees_of_freedom_approach_the_normal_factor() {
        for of in [Coverage::of_interval, Coverage::of_ellipse, Coverage::of_estimated_ellipse] {
            let (many, infinite) = (of(0.95, 9e6).factor, of(0.95, f64::INFINITY).factor);
            assert!((many - infinite).abs() < 1e-6 && many > infinite, "{many} {infinite}");
        }
    }

    #[test]
    fn the_expansion_continues_the_exact_quantile() {
        let exact = Coverage::of_interval(0.95, 9999.0).factor;
        let expanded = student_of_normal(Normal::standard().inverse_cdf(0.975), 9999.0);
        assert!((exact - expanded).abs() < 1e-10, "{exact} {expanded}");
    }

    #[test]
    fn without_degrees_of_freedom_there_is_no_factor() {
        assert!(Coverage::of_interval(0.95, 0.0).factor.is_nan());
        assert!(Coverage::of_ellipse(0.95, 0.0).factor.is_nan());
        assert!(Coverage::of_estimated_ellipse(0.95, 1.0).factor.is_nan());
        assert!(Coverage::within_interval(f64::NAN, 3.0).probability.is_nan());
        assert!(Coverage::within_interval(2.0, f64::NAN).probability.is_nan());
    }
}
