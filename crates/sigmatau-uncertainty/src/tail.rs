//! Tails of distributions and their logarithms, far beyond where 1 − F(x) is 0: what p-values are made of.
//!
//! A p-value of a false-discovery procedure has to be right in its leading digits however small it is. Each tail is
//! the product of a prefactor, whose logarithm is taken without cancellation, and a continued fraction near 1.

use std::f64::consts::{LN_2, PI};

mod beta;
mod gamma;
pub(crate) mod normal;

/// Above this many degrees of freedom Student's distribution is the normal one to all digits of a double.
const NORMAL_DOF: f64 = 1e17;
/// The degrees of freedom from which Hill's transformation is used,
const HILL: f64 = 20.0;
/// and the scales up to which.
const HILL_REACH: f64 = 8.0;
/// Steps of Newton's method after which a score is exact to rounding.
const STEPS: usize = 60;

/// A distribution of a test statistic.
///
/// ```
/// use sigmatau_uncertainty::tail::Law;
/// let tail = Law::ChiSquared { dof: 9.0 }.ln_upper(27.88).exp();
/// assert!((tail - 1e-3).abs() < 2e-6);
/// assert!((Law::Normal.ln_upper(40.0) + 804.608_442_013_754).abs() < 1e-11);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Law {
    /// The standard normal distribution.
    Normal,
    /// Student's t.
    Student {
        /// The degrees of freedom ν > 0; infinite for the normal distribution.
        dof: f64,
    },
    /// χ².
    ChiSquared {
        /// The degrees of freedom ν > 0.
        dof: f64,
    },
    /// Fisher's F, the ratio of two mean squares.
    Fisher {
        /// The degrees of freedom of the numerator.
        numerator: f64,
        /// The degrees of freedom of the denominator.
        denominator: f64,
    },
    /// Beta on 0 to 1: of a binomial count k out of n, P(K ≥ k) is the lower tail of Beta(k, n−k+1) at the probability.
    Beta {
        /// The first shape parameter.
        a: f64,
        /// The second.
        b: f64,
    },
}

impl Law {
    /// ln P(X ≥ x); `NaN` where x or a parameter is no number.
    pub fn ln_upper(self, x: f64) -> f64 {
        match self {
            Self::Normal => normal::ln_upper(x),
            Self::Student { dof } => ln_student(x, dof),
            Self::ChiSquared { dof } => gamma::ln_tails(0.5 * dof, 0.5 * x).1,
            Self::Fisher { numerator, denominator } => fisher(x, numerator, denominator).1,
            Self::Beta { a, b } => beta::ln_tails(a, b, x, 1.0 - x).1,
        }
    }

    /// ln P(X ≤ x); `NaN` where x or a parameter is no number.
    pub fn ln_lower(self, x: f64) -> f64 {
        match self {
            Self::Normal => normal::ln_upper(-x),
            Self::Student { dof } => ln_student(-x, dof),
            Self::ChiSquared { dof } => gamma::ln_tails(0.5 * dof, 0.5 * x).0,
            Self::Fisher { numerator, denominator } => fisher(x, numerator, denominator).0,
            Self::Beta { a, b } => beta::ln_tails(a, b, x, 1.0 - x).0,
        }
    }

    /// The logarithm of the two-sided p-value, twice the smaller tail and at most 1.
    pub fn ln_two_sided(self, x: f64) -> f64 {
        two_sided(self.ln_upper(x).min(self.ln_lower(x)))
    }

    /// The deviate of the standard normal distribution that has the same tails as x.
    ///
    /// ```
    /// use sigmatau_uncertainty::tail::Law;
    /// assert!((Law::Normal.score(-7.5) + 7.5).abs() < 1e-13);
    /// assert!((Law::Student { dof: 4.0 }.score(2.776_445_105_198) - 1.959_963_984_54).abs() < 1e-10);
    /// ```
    pub fn score(self, x: f64) -> f64 {
        let (upper, lower) = (self.ln_upper(x), self.ln_lower(x));
        if upper <= lower { normal_score(upper) } else { -normal_score(lower) }
    }

    /// P(X ≥ x).
    ///
    /// ```
    /// use sigmatau_uncertainty::tail::Law;
    /// assert!((Law::Normal.upper(1.0) - 0.158_655_253_931_457_05).abs() < 1e-16);
    /// ```
    pub fn upper(self, x: f64) -> f64 {
        match self {
            Self::Normal => normal::upper(x),
            Self::Student { dof } if dof >= NORMAL_DOF => normal::upper(x),
            law => law.ln_upper(x).exp(),
        }
    }

    /// P(X ≤ x).
    pub fn lower(self, x: f64) -> f64 {
        match self {
            Self::Normal | Self::Student { .. } => self.upper(-x),
            law => law.ln_lower(x).exp(),
        }
    }

    /// The value whose lower tail is `probability`, by bisection between values that enclose it; `NaN` outside of 0 to 1.
    pub fn quantile(self, probability: f64) -> f64 {
        self.at(probability.ln(), (-probability).ln_1p())
    }

    /// The value whose upper tail is `probability`, however small, as [`Law::quantile`] finds it.
    ///
    /// ```
    /// use sigmatau_uncertainty::tail::Law;
    /// assert!((Law::Normal.exceeded(1e-300) - 37.047_096).abs() < 1e-6);
    /// ```
    pub fn exceeded(self, probability: f64) -> f64 {
        self.at((-probability).ln_1p(), probability.ln())
    }

    /// The value that has these logarithms of tails, of which the smaller tail is looked at.
    fn at(self, ln_lower: f64, ln_upper: f64) -> f64 {
        if !(ln_lower < 0.0 && ln_upper < 0.0 && ln_lower.max(ln_upper).is_finite()) {
            return f64::NAN;
        }
        let below = |x: f64| match ln_lower < ln_upper {
            true => self.ln_lower(x) < ln_lower,
            false => self.ln_upper(x) > ln_upper,
        };
        let mirrored = |x: f64| self.ln_upper(x) > ln_lower;
        match self {
            Self::Beta { .. } => bisect(0.0, 1.0, below),
            Self::Normal | Self::Student { .. } if ln_lower < ln_upper => -bisect(0.0, enclose(&mirrored), mirrored),
            _ => bisect(0.0, enclose(&below), below),
        }
    }
}

/// ln of a two-sided p-value from ln of the smaller tail.
pub fn two_sided(ln_tail: f64) -> f64 {
    (LN_2 + ln_tail).min(0.0)
}

/// The normal deviate z with ln P(Z ≥ z) = `ln_tail`, by Newton's method on the logarithm.
///
/// ```
/// let z = sigmatau_uncertainty::tail::normal_score(-690.775_527_898_213_7);
/// assert!((z - 37.047_096).abs() < 1e-6); // P = 1e-300
/// ```
pub fn normal_score(ln_tail: f64) -> f64 {
    match ln_tail {
        ln_tail if ln_tail.is_nan() || ln_tail > 0.0 => f64::NAN,
        f64::NEG_INFINITY => f64::INFINITY,
        0.0 => f64::NEG_INFINITY,
        ln_tail if ln_tail > -LN_2 => -normal_score(ln_complement(ln_tail)),
        ln_tail => newton(ln_tail),
    }
}

/// The score of Student's t to seven digits: by Hill's normalising transformation from 20 degrees of freedom on and up to
/// 8 scales, which is where most errors of a dataset lie, else exactly.
///
/// Reference: G. W. Hill, Communications of the ACM 13 (1970) 617.
///
/// ```
/// use sigmatau_uncertainty::tail::{Law, student_score};
/// let exact = Law::Student { dof: 25.0 }.score(4.0);
/// assert!((student_score(4.0, 25.0) / exact - 1.0).abs() < 1e-7);
/// ```
pub fn student_score(t: f64, dof: f64) -> f64 {
    if dof < HILL || t.abs() > HILL_REACH {
        return Law::Student { dof }.score(t);
    }
    let (a, b) = (dof - 0.5, 48.0 * (dof - 0.5) * (dof - 0.5));
    let square = a * (t * t / dof).ln_1p();
    let second = ((4.0 * square + 33.0) * square + 240.0) * square + 855.0;
    let correction = (square + 3.0) / b - second / (10.0 * b * (b + 0.8 * square * square + 100.0));
    t.signum() * square.sqrt() * (1.0 + correction)
}

/// ln(1 − eˣ) for x < 0.
pub(crate) fn ln_complement(x: f64) -> f64 {
    if x > -LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

fn newton(ln_tail: f64) -> f64 {
    let square = -2.0 * ln_tail;
    let mut z = (square - (1.0 + 2.0 * PI * square).ln()).max(0.0).sqrt();
    for _ in 0..STEPS {
        let tail = normal::ln_upper(z);
        // The slope of ln P is minus the hazard φ(z)/P.
        let hazard = (-0.5 * z * z - 0.5 * (2.0 * PI).ln() - tail).exp();
        let step = (tail - ln_tail) / hazard;
        z += step;
        if step.abs() <= 4.0 * f64::EPSILON * z.abs() {
            break;
        }
    }
    z
}

/// P(T ≥ t) = ½ I(ν/2, ½) at ν/(ν+t²) for t ≥ 0.
fn ln_student(t: f64, dof: f64) -> f64 {
    if dof >= NORMAL_DOF {
        return normal::ln_upper(t);
    }
    let ratio = t * t / dof;
    let outer = match ratio {
        f64::INFINITY => f64::NEG_INFINITY,
        ratio => beta::ln_tails(0.5 * dof, 0.5, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio)).0 - LN_2,
    };
    if t < 0.0 { ln_complement(outer) } else { outer }
}

/// ln of the lower and the upper tail of F.
fn fisher(x: f64, numerator: f64, denominator: f64) -> (f64, f64) {
    let ratio = numerator * x.clamp(0.0, f64::INFINITY) / denominator;
    if ratio == f64::INFINITY {
        return (0.0, f64::NEG_INFINITY);
    }
    beta::ln_tails(0.5 * numerator, 0.5 * denominator, ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
}

/// A value that is above what is sought.
fn enclose(below: &impl Fn(f64) -> bool) -> f64 {
    let mut upper = 1.0;
    while below(upper) && upper < f64::MAX {
        upper *= 2.0;
    }
    upper
}

/// The place where `below` ceases to hold, to rounding.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// lnΓ(x) − (x−½) ln x + x − ½ ln 2π, which is 1/(12x) − 1/(360x³) + … for large x.
fn stirling(x: f64) -> f64 {
    if x < 12.0 {
        return statrs::function::gamma::ln_gamma(x) - (x - 0.5) * x.ln() + x - 0.5 * (2.0 * PI).ln();
    }
    let inverse = 1.0 / (x * x);
    let series = 1.0 / 1260.0 - inverse * (1.0 / 1680.0 - inverse * (1.0 / 1188.0 - inverse * 691.0 / 360_360.0));
    (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * series)) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_has_the_tail_it_was_made_from() {
        for ln_tail in [-1e-9, -0.1, -0.7, -3.0, -40.0, -690.0, -1e5] {
            let found = Law::Normal.ln_upper(normal_score(ln_tail));
            assert!((found / ln_tail - 1.0).abs() < 1e-12, "{ln_tail}: {found}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let rows = [
            (Law::ChiSquared { dof: 9.0 }, 0.999, 27.877_164_871_256_57),
            (Law::Student { dof: 4.0 }, 0.977_25, 2.869_315_169_696_386),
            (Law::Normal, 0.025, -1.959_963_984_540_054),
            (Law::Fisher { numerator: 9.0, denominator: 40.0 }, 0.95, 2.124_029_264),
            (Law::Beta { a: 1.0, b: 10.0 }, 0.05, 0.005_116_196_891_823_735),
        ];
        for (law, probability, expected) in rows {
            let found = law.quantile(probability);
            assert!((found / expected - 1.0).abs() < 1e-8, "{law:?}: {found} instead of {expected}");
        }
    }

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e} instead of {expected:e}");
    }

    /// `scipy.stats`: norm.isf, t.isf, chi2.isf, f.isf, SciPy 1.17.1.
    #[test]
    fn quantiles_are_those_of_scipy() {
        near(Law::Normal.exceeded(0.05), 1.6448536269514729, 1e-14);
        near(Law::Student { dof: 16.0 }.exceeded(0.005), 2.920_781_622_425_1, 1e-12);
        near(Law::ChiSquared { dof: 9.0 }.exceeded(0.05), 16.918977604620448, 1e-13);
        near(Law::Fisher { numerator: 9.0, denominator: 10.0 }.exceeded(0.05), 3.020382947021374, 1e-12);
    }

    /// Normal: mpmath 1.4.1, 30 digits; `t.sf(1e6, 3)`, `chi2.sf(912.474034, 10)`, SciPy 1.17.1.
    #[test]
    fn far_tails_keep_their_digits() {
        near(Law::Normal.upper(-0.3), 0.6179114221889527, 1e-15);
        near(Law::Normal.upper(1.0), 0.15865525393145705, 1e-15);
        near(Law::Normal.upper(2.999), 0.0013543365337271066, 1e-12);
        near(Law::Normal.upper(3.0), 0.0013498980316300946, 1e-14);
        near(Law::Normal.upper(4.5), 3.3976731247300603e-06, 1e-14);
        near(Law::Normal.upper(9.0), 1.1285884059538405e-19, 1e-13);
        near(Law::Normal.upper(30.0), 4.906713927148187e-198, 1e-12);
        near(Law::Student { dof: 3.0 }.upper(1e6), 1.1026577908396144e-18, 1e-10);
        assert_eq!(format!("{:.1e}", Law::ChiSquared { dof: 10.0 }.upper(912.474034)), "1.3e-189");
    }

    #[test]
    fn the_fast_score_of_student_is_the_exact_one() {
        for dof in [20.0, 33.3, 150.0, 1e5] {
            for t in [-7.9, -0.3, 0.0, 1e-9, 2.0, 5.0] {
                let exact = Law::Student { dof }.score(t);
                assert!((student_score(t, dof) - exact).abs() < 1e-7 * exact.abs().max(1e-3), "{t} {dof}");
            }
        }
        assert!(student_score(f64::NAN, 30.0).is_nan());
    }

    #[test]
    fn the_tails_sum_to_one() {
        for law in [Law::Student { dof: 2.5 }, Law::ChiSquared { dof: 7.0 }, Law::Beta { a: 2.0, b: 0.7 }] {
            for x in [0.01, 0.3, 0.9] {
                assert!((law.ln_upper(x).exp() + law.ln_lower(x).exp() - 1.0).abs() < 1e-14, "{law:?} {x}");
            }
        }
    }

    #[test]
    fn what_is_no_number_has_no_tail() {
        for law in [Law::Normal, Law::Student { dof: 3.0 }, Law::ChiSquared { dof: 3.0 }, Law::ChiSquared { dof: -1.0 }]
        {
            assert!(law.ln_upper(f64::NAN).is_nan(), "{law:?}");
        }
        assert!(Law::Student { dof: f64::NAN }.ln_upper(1.0).is_nan());
        assert!(normal_score(f64::NAN).is_nan());
        assert!([-0.1, 0.0, 1.0, 1.1, f64::NAN].iter().all(|p| Law::Normal.exceeded(*p).is_nan()));
        assert_eq!(Law::Fisher { numerator: 2.0, denominator: 3.0 }.upper(f64::INFINITY), 0.0);
    }
}
