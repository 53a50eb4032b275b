//! Confidence intervals of a deviation from its degrees of freedom.
//!
//! How often they hold the true value, for every estimator and power law, is simulated in
//! [COVERAGE.md](https://github.com/sigmatau/sigmatau/blob/main/crates/sigmatau-stability/COVERAGE.md).

use statrs::function::erf::erfc_inv;
use statrs::function::gamma::{gamma_lr, gamma_ur, ln_gamma};

use std::fmt;
use std::str::FromStr;

/// A confidence interval of a deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end; 0 where only the upper one is bounded.
    pub lower: f64,
    /// The upper end; infinite where only the lower one is bounded.
    pub upper: f64,
}

/// Which ends of an interval the confidence is shared between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// Both, with equal probabilities beyond them.
    #[default]
    Two,
    /// The upper end alone, as a specification wants it.
    Upper,
    /// The lower end alone.
    Lower,
}

impl Sides {
    /// The sides with their names.
    pub const NAMES: [(&str, Self); 3] = [("two-sided", Self::Two), ("upper", Self::Upper), ("lower", Self::Lower)];

    /// Returns the interval of a deviation with `edf` degrees of freedom.
    ///
    /// One-sided, the upper end is σ √(ν/χ²_{1−p}) and the lower one σ √(ν/χ²_p); see [`two_sided`].
    ///
    /// ```
    /// use sigmatau_stability::interval::Sides;
    /// let upper = Sides::Upper.interval(1.0, 10.0, 0.95).unwrap();
    /// assert!((upper.upper - (10.0_f64 / 3.940_299).sqrt()).abs() < 1e-6);
    /// assert_eq!(upper.lower, 0.0);
    /// ```
    pub fn interval(self, deviation: f64, edf: f64, confidence: f64) -> Option<Interval> {
        match self {
            Self::Two => two_sided(deviation, edf, confidence),
            Self::Upper => Some(Interval { lower: 0.0, upper: end(deviation, edf, 1.0 - confidence)? }),
            Self::Lower => Some(Interval { lower: end(deviation, edf, confidence)?, upper: f64::INFINITY }),
        }
    }
}

impl fmt::Display for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, sides)| sides == self).map(|(name, _)| name);
        f.write_str(name.expect("every kind is listed"))
    }
}

impl FromStr for Sides {
    type Err = String;

    /// Reads a name; the error is the tail of a message with the nearest known names.
    fn from_str(word: &str) -> Result<Self, String> {
        let names = Self::NAMES.map(|(name, _)| name);
        let found = Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, sides)| *sides);
        found.ok_or_else(|| sigmatau_core::nearest::did_you_mean(word, &names))
    }
}

/// Returns the two-sided interval of a deviation: σ √(ν/χ²_{(1+p)/2}) … σ √(ν/χ²_{(1−p)/2}).
///
/// ν = `edf` degrees of freedom, p = `confidence`, χ² the quantiles of the chi-square distribution;
/// the squared deviation is taken as chi-square distributed (NIST SP 1065, 5.3). Nothing where `edf`
/// is not positive or `confidence` is not between 0 and 1.
///
/// ```
/// let interval = sigmatau_stability::interval::two_sided(9.159_953e-2, 146.177, 0.95).unwrap();
/// assert!((interval.lower - 8.219_49e-2).abs() < 1e-7);
/// assert!((interval.upper - 1.034_536e-1).abs() < 1e-7);
/// ```
pub fn two_sided(deviation: f64, edf: f64, confidence: f64) -> Option<Interval> {
    let lower = end(deviation, edf, 0.5 + 0.5 * confidence)?;
    Some(Interval { lower, upper: end(deviation, edf, 0.5 - 0.5 * confidence)? })
}

/// The deviation below which chi-square of this probability puts the true one.
fn end(deviation: f64, edf: f64, probability: f64) -> Option<f64> {
    Some(deviation * (edf / chi_squared_quantile(probability, edf)?).sqrt())
}

/// Returns the two-sided interval of a variance or a spectral density: S ν/χ²_{(1+p)/2} … S ν/χ²_{(1−p)/2}.
///
/// `density` times ν = `dof` over the true value is taken as chi-square distributed. Nothing where
/// `dof` is not positive or `confidence` is not between 0 and 1.
///
/// ```
/// // Ten averages of a periodogram know the density to a factor of about two.
/// let interval = sigmatau_stability::interval::of_density(1.0, 20.0, 0.95).unwrap();
/// assert!((interval.lower - 0.585).abs() < 1e-3 && (interval.upper - 2.085).abs() < 1e-3);
/// ```
pub fn of_density(density: f64, dof: f64, confidence: f64) -> Option<Interval> {
    let end = |probability: f64| Some(density * dof / chi_squared_quantile(probability, dof)?);
    Some(Interval { lower: end(0.5 + 0.5 * confidence)?, upper: end(0.5 - 0.5 * confidence)? })
}

/// Degrees of freedom from which on the asymptotic series is exact to 1e-12.
const MANY: f64 = 1e4;

/// Returns the quantile of the chi-square distribution with `nu` degrees of freedom, to about 1e-11
/// relative in both tails; nothing where `nu` is not positive or `probability` not between 0 and 1.
///
/// Newton's iteration in ln x on the logarithm of the smaller tail, P(ν/2, x/2) or Q(ν/2, x/2), which
/// is concave and hence safe from either side; for many degrees of freedom the series of Goldberg and
/// Levine. (The quantile of the statistics library stops at an absolute accuracy, 5e-4 relative in the
/// lower tail of few degrees of freedom.)
pub fn chi_squared_quantile(probability: f64, nu: f64) -> Option<f64> {
    let possible = nu > 0.0 && nu.is_finite() && probability > 0.0 && probability < 1.0;
    let z = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * probability);
    possible.then(|| if nu > MANY { asymptotic(z, nu) } else { newton(probability, z, 0.5 * nu) })
}

/// The series in 1/√ν about the normal quantile z (H. Goldberg and H. Levine, Annals of
/// Mathematical Statistics 17, 1946).
fn asymptotic(z: f64, nu: f64) -> f64 {
    let root = (2.0 * nu).sqrt();
    nu + root * z + (z * z - 1.0) * 2.0 / 3.0 + (z.powi(3) - 7.0 * z) / (9.0 * root)
        - (6.0 * z.powi(4) + 14.0 * z * z - 32.0) / (405.0 * nu)
        + (9.0 * z.powi(5) + 256.0 * z.powi(3) - 433.0 * z) / (4860.0 * nu * root)
}

fn newton(probability: f64, z: f64, a: f64) -> f64 {
    let lower = probability <= 0.5;
    let target = if lower { probability.ln() } else { (1.0 - probability).ln() };
    let mut ln_x = start(probability, z, a);
    for _ in 0..100 {
        let x = ln_x.exp();
        let tail = if lower { gamma_lr(a, x) } else { gamma_ur(a, x) };
        let ln_density_per_ln_x = a * ln_x - x - ln_gamma(a);
        let slope = (ln_density_per_ln_x - tail.ln()).exp() * if lower { 1.0 } else { -1.0 };
        let step = ((target - tail.ln()) / slope).clamp(-1.0, 1.0);
        ln_x += step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    2.0 * ln_x.exp()
}

/// ln(x/2) to start from: Wilson and Hilferty's cube, or the first term of the series at small x.
fn start(probability: f64, z: f64, a: f64) -> f64 {
    let series = (probability.ln() + ln_gamma(a + 1.0)) / a;
    let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    if a < 1.0 || cube <= 0.1 { series } else { a.ln() + 3.0 * cube.ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_scipy_1_17() {
        // scipy.stats.chi2.ppf(p, nu)
        for (nu, p, quantile) in CHI_SQUARED {
            let found = chi_squared_quantile(p, nu).unwrap();
            assert!((found / quantile - 1.0).abs() < 1e-10, "nu {nu}, p {p}: {found} instead of {quantile}");
        }
    }

    #[test]
    fn series_and_iteration_agree_where_they_meet() {
        for p in [1e-4, 0.025, 0.5, 0.975, 1.0 - 1e-4] {
            let z = -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p);
            let (series, iteration) = (asymptotic(z, MANY), newton(p, z, 0.5 * MANY));
            assert!((series / iteration - 1.0).abs() < 1e-11, "p {p}: {series} and {iteration}");
        }
    }

    #[test]
    fn interval_is_wider_for_more_confidence_and_fewer_degrees_of_freedom() {
        let narrow = two_sided(1.0, 100.0, 0.683).unwrap();
        let sure = two_sided(1.0, 100.0, 0.95).unwrap();
        let poor = two_sided(1.0, 5.0, 0.95).unwrap();
        assert!(sure.lower < narrow.lower && narrow.upper < sure.upper);
        assert!(poor.lower < sure.lower && sure.upper < poor.upper);
    }

    #[test]
    fn impossible_confidence_gives_no_interval() {
        assert_eq!(two_sided(1.0, 10.0, 1.0), None);
        assert_eq!(two_sided(1.0, f64::NAN, 0.95), None);
    }

    #[rustfmt::skip]
    const CHI_SQUARED: [(f64, f64, f64); 49] = [
        (0.7, 0.0013, 8.168798566453563e-09),
        (0.7, 0.025, 3.8082564519530825e-05),
        (0.7, 0.1585, 0.007474898208421998),
        (0.7, 0.5, 0.21473897172368658),
        (0.7, 0.8415, 1.3988447648027713),
        (0.7, 0.975, 4.136665825733002),
        (0.7, 0.9987, 9.208772316471196),
        (1.0, 0.0013, 2.654648141334175e-06),
        (1.0, 0.025, 0.0009820691171752555),
        (1.0, 0.1585, 0.03999006879561293),
        (1.0, 0.5, 0.454936423119572),
        (1.0, 0.8415, 1.9884790397914105),
        (1.0, 0.975, 5.023886187314888),
        (1.0, 0.9987, 10.342525821798777),
        (2.5, 0.0013, 0.010879756319752711),
        (2.5, 0.025, 0.11862294210006345),
        (2.5, 0.1585, 0.5737457546213888),
        (2.5, 0.5, 1.8738477677808791),
        (2.5, 0.8415, 4.451371293354079),
        (2.5, 0.975, 8.392295266912964),
        (2.5, 0.9987, 14.541220977472934),
        (7.0, 0.0013, 0.6486394217134198),
        (7.0, 0.025, 1.689869180677355),
        (7.0, 0.1585, 3.440374634186765),
        (7.0, 0.5, 6.345811195521515),
        (7.0, 0.8415, 10.570126767355863),
        (7.0, 0.975, 16.012764274629326),
        (7.0, 0.9987, 23.67360591473395),
        (135.07, 0.0013, 90.89952750477717),
        (135.07, 0.025, 104.79016066512797),
        (135.07, 0.1585, 118.66518439070799),
        (135.07, 0.5, 134.40392147300344),
        (135.07, 0.8415, 151.4769665519976),
        (135.07, 0.975, 169.13439622164898),
        (135.07, 0.9987, 189.97735451048402),
        (10000.0, 0.0013, 9579.490319651064),
        (10000.0, 0.025, 9724.718377389798),
        (10000.0, 0.1585, 9858.4934505555),
        (10000.0, 0.5, 9999.333341235144),
        (10000.0, 0.8415, 10141.508267446809),
        (10000.0, 0.975, 10279.07017988759),
        (10000.0, 0.9987, 10431.267861405633),
        (4200000.0, 0.0013, 4191277.3568030014),
        (4200000.0, 0.025, 4194321.379241359),
        (4200000.0, 0.1585, 4197099.865540455),
        (4200000.0, 0.5, 4199999.333333353),
        (4200000.0, 0.8415, 4202900.136171652),
        (4200000.0, 0.975, 4205682.409370272),
        (4200000.0, 0.9987, 4208733.40166796),
    ];
}
