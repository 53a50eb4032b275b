//! Degrees of freedom of differences by the combined algorithm of Greenhall and Riley.

use super::Differences;

/// Terms of the sum beyond which the closed approximations are used (J_max of the paper).
const LONGEST_SUM: f64 = 100.0;

/// Degrees of freedom by the combined algorithm of C. A. Greenhall and W. J. Riley, "Uncertainty of
/// stability variances based on finite differences", PTTI 2003; NIST SP 1065, 5.4.
///
/// The mean of M = n terms, each a d-th difference of phase filtered over m/F points, at stride m/S:
/// 1/edf = (1/(s_z²(0) M)) Σ_j weight(j) s_z²(j/S), where s_z is the generalized autocovariance of
/// the terms under S_y ∝ f^α; for long sums the paper's fits take over. Needs α + 2d > 1. Time and
/// memory are constant.
pub fn greenhall_riley(alpha: i8, differences: Differences, m: usize, n: u64) -> Option<f64> {
    let d = differences.order;
    if n == 0
        || m == 0
        || !(1..=3).contains(&d)
        || !(-4..=2).contains(&alpha)
        || i16::from(alpha) + 2 * i16::from(d) <= 1
    {
        return None;
    }
    let sum =
        Sum { alpha, d, m: m as f64, terms: n as f64, stride: if differences.overlapping { m as f64 } else { 1.0 } };
    let inverse = if differences.averaged { sum.modified() } else { sum.unmodified() };
    (inverse > 0.0).then(|| 1.0 / inverse)
}

/// The quantities of the paper: exponent α, order d, factor m, number of terms M, stride factor S.
struct Sum {
    alpha: i8,
    d: u8,
    m: f64,
    terms: f64,
    stride: f64,
}

impl Sum {
    /// r = M/S.
    fn ratio(&self) -> f64 {
        self.terms / self.stride
    }

    /// J = min(M, (d+1) S).
    fn lags(&self) -> f64 {
        self.terms.min(f64::from(self.d + 1) * self.stride)
    }

    /// Case 1 of the paper: modified variances, F = 1, every α.
    fn modified(&self) -> f64 {
        if self.lags() <= LONGEST_SUM {
            return self.basic_sum(self.lags(), self.terms, self.stride, Filter::Points(1.0));
        }
        if self.ratio() > f64::from(self.d + 1) {
            return fit(TABLE_1[row(self.alpha)][column(self.d)], self.ratio());
        }
        self.basic_sum(LONGEST_SUM, LONGEST_SUM, LONGEST_SUM / self.ratio(), Filter::Points(1.0))
    }

    /// Cases 2 to 4: unmodified variances, F = m.
    fn unmodified(&self) -> f64 {
        match self.alpha {
            2 => self.white_phase(),
            1 => self.flicker_phase(),
            _ => self.frequency_noise(),
        }
    }

    /// Case 2: α ≤ 0.
    fn frequency_noise(&self) -> f64 {
        if self.lags() <= LONGEST_SUM {
            let short = self.m * f64::from(self.d + 1) <= LONGEST_SUM;
            let filter = if short { Filter::Points(self.m) } else { Filter::Continuous };
            return self.basic_sum(self.lags(), self.terms, self.stride, filter);
        }
        if self.ratio() > f64::from(self.d + 1) {
            return fit(TABLE_2[row(self.alpha)][column(self.d)], self.ratio());
        }
        self.basic_sum(LONGEST_SUM, LONGEST_SUM, LONGEST_SUM / self.ratio(), Filter::Continuous)
    }

    /// Case 3: α = 1. Beyond the direct sum, s_z(0) is fitted as b₀ + b₁ ln m.
    fn flicker_phase(&self) -> f64 {
        if self.lags() <= LONGEST_SUM {
            return self.basic_sum(self.lags(), self.terms, self.stride, Filter::Points(self.m.min(1e6)));
        }
        let (b0, b1) = TABLE_3[column(self.d)];
        let at_zero = (b0 + b1 * self.m.ln()).powi(2);
        if self.ratio() > f64::from(self.d + 1) {
            let (a0, a1) = TABLE_2[row(1)][column(self.d)];
            return (a0 - a1 / self.ratio()) / (at_zero * self.ratio());
        }
        let points = LONGEST_SUM / self.ratio();
        let squares = self.weighted_squares(LONGEST_SUM, LONGEST_SUM, points, Filter::Points(points));
        squares / (at_zero * LONGEST_SUM)
    }

    /// Case 4: α = 2.
    fn white_phase(&self) -> f64 {
        let (d, ratio) = (u64::from(self.d), self.ratio());
        let lags = ratio.ceil() as u64;
        if lags > d {
            let a0 = binomial(4 * d, 2 * d) / binomial(2 * d, d).powi(2);
            return (a0 - d as f64 / 2.0 / ratio) / self.terms;
        }
        let squares: f64 = (1..lags).map(|k| (1.0 - k as f64 / ratio) * binomial(2 * d, d - k).powi(2)).sum();
        (1.0 + 2.0 / binomial(2 * d, d).powi(2) * squares) / self.terms
    }

    fn basic_sum(&self, lags: f64, terms: f64, stride: f64, filter: Filter) -> f64 {
        let at_zero = self.covariance(0.0, filter).powi(2);
        self.weighted_squares(lags, terms, stride, filter) / (at_zero * terms)
    }

    /// BasicSum(J, M, S, F): s_z²(0) + (1 − J/M) s_z²(J/S) + 2 Σ_{j=1}^{J−1} (1 − j/M) s_z²(j/S).
    fn weighted_squares(&self, lags: f64, terms: f64, stride: f64, filter: Filter) -> f64 {
        let square = |j: f64| self.covariance(j / stride, filter).powi(2);
        let inner: f64 = (1..lags as u64).map(|j| j as f64).map(|j| (1.0 - j / terms) * square(j)).sum();
        square(0.0) + (1.0 - lags / terms) * square(lags) + 2.0 * inner
    }

    /// s_z(t): the 2d-th central difference of the filtered covariance, with alternating binomial weights.
    fn covariance(&self, t: f64, filter: Filter) -> f64 {
        let d = i32::from(self.d);
        let weight = |k: i32| binomial(2 * u64::from(self.d), (k + d) as u64) * if k % 2 == 0 { 1.0 } else { -1.0 };
        (-d..=d).map(|k| weight(k) * filter.covariance(t + f64::from(k), self.alpha)).sum()
    }
}

/// The averaging filter: F points per τ, or the limit of infinitely many.
#[derive(Clone, Copy)]
enum Filter {
    Points(f64),
    Continuous,
}

impl Filter {
    /// s_x(t, F, α).
    fn covariance(self, t: f64, alpha: i8) -> f64 {
        match self {
            Self::Points(f) => f * f * (2.0 * noise(t, alpha) - noise(t - 1.0 / f, alpha) - noise(t + 1.0 / f, alpha)),
            Self::Continuous => noise(t, alpha + 2),
        }
    }
}

/// s_w(t, α): the generalized autocovariance of the phase noise, up to a factor.
fn noise(t: f64, alpha: i8) -> f64 {
    let t = t.abs();
    let logarithm = if t > 0.0 { t.ln() } else { 0.0 };
    match alpha {
        2 => -t,
        1 => t.powi(2) * logarithm,
        0 => t.powi(3),
        -1 => -t.powi(4) * logarithm,
        -2 => -t.powi(5),
        -3 => t.powi(6) * logarithm,
        _ => t.powi(7),
    }
}

/// (a₀ − a₁/r) / r.
fn fit((a0, a1): (f64, f64), ratio: f64) -> f64 {
    (a0 - a1 / ratio) / ratio
}

fn row(alpha: i8) -> usize {
    usize::try_from(2 - alpha).expect("alpha is at most 2")
}

fn column(d: u8) -> usize {
    usize::from(d) - 1
}

fn binomial(n: u64, k: u64) -> f64 {
    (1..=k).fold(1.0, |product, i| product * (n - k + i) as f64 / i as f64)
}

const NONE: (f64, f64) = (f64::NAN, f64::NAN);

/// a₀, a₁ of the modified variances for α = 2 … −4 and d = 1, 2, 3 (table 1 of the paper).
const TABLE_1: [[(f64, f64); 3]; 7] = [
    [(2.0 / 3.0, 1.0 / 3.0), (7.0 / 9.0, 1.0 / 2.0), (22.0 / 25.0, 2.0 / 3.0)],
    [(0.840, 0.345), (0.997, 0.616), (1.141, 0.843)],
    [(1.079, 0.368), (1.033, 0.607), (1.184, 0.848)],
    [NONE, (1.048, 0.534), (1.180, 0.816)],
    [NONE, (1.302, 0.535), (1.175, 0.777)],
    [NONE, NONE, (1.194, 0.703)],
    [NONE, NONE, (1.489, 0.702)],
];

/// a₀, a₁ of the unmodified variances for α = 2 … −4 and d = 1, 2, 3 (table 2 of the paper).
const TABLE_2: [[(f64, f64); 3]; 7] = [
    [(3.0 / 2.0, 1.0 / 2.0), (35.0 / 18.0, 1.0), (231.0 / 100.0, 3.0 / 2.0)],
    [(78.6, 25.2), (790.0, 410.0), (9950.0, 6520.0)],
    [(2.0 / 3.0, 1.0 / 6.0), (2.0 / 3.0, 1.0 / 3.0), (7.0 / 9.0, 1.0 / 2.0)],
    [NONE, (0.852, 0.375), (0.997, 0.617)],
    [NONE, (1.079, 0.368), (1.033, 0.607)],
    [NONE, NONE, (1.053, 0.553)],
    [NONE, NONE, (1.302, 0.535)],
];

/// b₀, b₁ of flicker phase noise for d = 1, 2, 3 (table 3 of the paper).
const TABLE_3: [(f64, f64); 3] = [(6.0, 4.0), (15.23, 12.0), (47.8, 40.0)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greenhall_differs_from_the_closed_form_by_the_known_amount() {
        let edf = greenhall_riley(0, Differences::ALLAN, 10, 981).unwrap();
        assert!((edf - 135.07).abs() < 5e-3, "{edf}");
    }

    #[test]
    fn independent_terms_have_their_number_as_degrees_of_freedom() {
        // White FM at m = 1 through third differences spaced four apart would be independent; the
        // nearest that the statistics offer is a single term.
        for (order, averaged) in [(2, false), (2, true), (3, false), (3, true)] {
            for alpha in -2..=2 {
                let edf = greenhall_riley(alpha, Differences { order, averaged, overlapping: true }, 8, 1).unwrap();
                assert!((edf - 1.0).abs() < 1e-9, "alpha {alpha}, order {order}: {edf}");
            }
        }
    }

    #[test]
    fn noise_beyond_the_reach_of_the_difference_has_no_degrees_of_freedom() {
        assert_eq!(greenhall_riley(-3, Differences::ALLAN, 4, 100), None);
        assert!(greenhall_riley(-4, Differences { order: 3, ..Differences::ALLAN }, 4, 100).is_some());
    }

    #[test]
    fn more_terms_never_mean_fewer_degrees_of_freedom() {
        for alpha in -2..=2 {
            let edf = |n| greenhall_riley(alpha, Differences::ALLAN, 64, n).unwrap();
            let all: Vec<f64> = [50, 200, 1000, 10_000, 100_000].map(edf).into();
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "alpha {alpha}: {all:?}");
        }
    }
}
