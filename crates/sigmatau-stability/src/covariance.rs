//! The Allan covariance of two records and its signed root, the Groslambert codeviation.
//!
//! For records z₁, z₂ of second differences over m points, GCOV(τ) = 1/(2 τ² n) Σ z₁(i) z₂(i) over every i,
//! so that GCOV of a record with itself is the overlapping Allan variance. Of two clocks read against one
//! common clock, x_ab = x_a − x_b and x_cb = x_c − x_b, it is the variance of the common clock b, and the
//! noise of two separate counters averages out. Where the common clock stands once in front and once
//! behind, x_ab and x_bc, the sign turns. The sign is always kept: GCODEV = sgn(GCOV) √|GCOV|.
//!
//! References: F. Vernotte, C. E. Calosso and E. Rubiola, "Three-cornered hat versus Allan covariance",
//! IFCS 2016; E. Lantz et al., "KLTS: a rigorous method to compute the confidence intervals for the
//! three-cornered hat and for Groslambert covariance", IEEE Transactions on UFFC 66, 2019.

use crate::analysis::{Point, Settings, analyse};
use crate::estimator::{Estimator, Gather};
use crate::interval::Interval;
use crate::kernel::{Terms, products};
use crate::quadratic::QuadraticForm;
use crate::together::Together;
use sigmatau_core::Finding;

/// The Allan covariance of two records at one averaging time.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariance {
    /// The averaging time τ = m τ₀ in seconds.
    pub tau: f64,
    /// The averaging factor.
    pub m: usize,
    /// GCOV, with its sign; a product of fractional frequencies.
    pub covariance: f64,
    /// Its standard uncertainty √((σ₁² σ₂² + GCOV²)/ν), where there are degrees of freedom.
    pub uncertainty: Option<f64>,
    /// The number of terms.
    pub n: u64,
    /// The degrees of freedom ν: the geometric mean of those of the two records.
    pub edf: Option<f64>,
    /// The confidence interval of GCOV, where there are degrees of freedom.
    pub interval: Option<Interval>,
    /// Whether the sign is not certain: the interval holds 0.
    pub insignificant: bool,
    /// Whether terms were dropped because they touch a missing point.
    pub gaps: bool,
}

impl Covariance {
    /// The Groslambert codeviation sgn(GCOV) √|GCOV|.
    ///
    /// ```
    /// use sigmatau_stability::covariance::signed_root;
    /// assert_eq!((signed_root(4e-26), signed_root(-4e-26)), (2e-13, -2e-13));
    /// ```
    pub fn codeviation(&self) -> f64 {
        signed_root(self.covariance)
    }

    /// Remarks as words for the `flags` column: `gaps`, `insignificant`, `no-interval`.
    pub fn flags(&self) -> Vec<&'static str> {
        let insignificant = self.insignificant.then_some("insignificant");
        let interval = self.interval.is_none().then_some("no-interval");
        [self.gaps.then_some("gaps"), insignificant, interval].into_iter().flatten().collect()
    }
}

/// Returns sgn(x) √|x|.
pub fn signed_root(x: f64) -> f64 {
    x.abs().sqrt().copysign(x)
}

/// Returns the Allan covariance of records `k` and `l` with rising τ, and what is remarkable about each record.
///
/// The averaging times, the noise type, the method for degrees of freedom and the confidence are those of
/// `settings`; its estimators are not asked, and the intervals are two-sided. Terms that touch a missing point of any record are dropped. A
/// frequency offset of either record changes nothing. Time O(N) per factor.
pub fn covariances(records: &Together, k: usize, l: usize, settings: &Settings) -> (Vec<Covariance>, Vec<Finding>) {
    let overlapping = Estimator::named("oadev").expect("the table has the overlapping Allan deviation");
    let settings = Settings { estimators: vec![overlapping], ..settings.clone() };
    let (one, other) =
        rayon::join(|| analyse(&records.record(k), &settings), || analyse(&records.record(l), &settings));
    let factors: Vec<usize> = one.points.iter().map(|point| point.m).collect();
    let terms = pooled_products(&records.arcs(k), &records.arcs(l), &factors);
    let pairs = one.points.iter().zip(&other.points).zip(terms);
    let points = pairs.map(|((one, other), terms)| covariance([one, other], terms, overlapping, records, &settings));
    let findings = one.findings.into_iter().chain(other.findings).collect();
    (points.collect(), findings)
}

fn pooled_products(one: &[Vec<f64>], other: &[Vec<f64>], factors: &[usize]) -> Vec<Terms> {
    let none = vec![Terms::default(); factors.len()];
    let arcs = one.iter().zip(other).map(|(one, other)| products::second_differences(one, other, factors));
    arcs.fold(none, |all, arc| all.into_iter().zip(arc).map(|(all, arc)| Gather::MeanSquare.pool(all, arc)).collect())
}

fn covariance(
    [one, other]: [&Point; 2],
    terms: Terms,
    scaled_as: &Estimator,
    records: &Together,
    settings: &Settings,
) -> Covariance {
    let covariance = terms.sum / terms.n as f64 * (scaled_as.scale)(one.m as f64, records.tau0());
    let variances = [one, other].map(|point| point.deviation * point.deviation);
    let edf = one.edf.zip(other.edf).map(|(one, other)| (one.value * other.value).sqrt());
    let uncertainty = edf.map(|nu| ((variances[0] * variances[1] + covariance * covariance) / nu).sqrt());
    let interval = edf.and_then(|nu| interval(covariance, variances, nu, settings.confidence));
    let insignificant = interval.is_some_and(|ends| ends.lower <= 0.0 && ends.upper >= 0.0);
    let (tau, m, n, gaps) = (one.tau, one.m, terms.n, records.has_gaps());
    Covariance { tau, m, covariance, uncertainty, n, edf, interval, insignificant, gaps }
}

/// Returns the two-sided interval of a covariance of Gaussian numbers from `nu` degrees of freedom, given
/// the two sample variances.
///
/// It covers as stated from about ten degrees of freedom on, and more with fewer: 97 % to 100 % of simulated
/// pairs at 95 % with two. A value θ lies within when the sample covariance is not beyond the (1−p)/2 quantile on either side of
/// its distribution under θ, p being `confidence`. This is the distribution of the mean of products, with
/// the two variances that are most likely given θ. Nothing where `nu`, a variance or `confidence` is not
/// positive, or `confidence` not below 1.
///
/// ```
/// let interval = sigmatau_stability::covariance::interval(1.0, [1.0, 1.0], 30.0, 0.95).unwrap();
/// // Equal records: the chi-square interval of a variance, 30/46.98 … 30/16.79.
/// assert!((interval.lower - 0.6386).abs() < 1e-3 && (interval.upper - 1.7867).abs() < 2e-3);
/// ```
pub fn interval(covariance: f64, variances: [f64; 2], nu: f64, confidence: f64) -> Option<Interval> {
    let scale = (variances[0] * variances[1]).sqrt();
    if !(scale > 0.0 && nu > 0.0 && confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let correlation = (covariance / scale).clamp(-1.0, 1.0);
    let tail = 0.5 - 0.5 * confidence;
    let lower = crossing(correlation, -1.0, |t| probability_below(correlation, t, nu) < 1.0 - tail);
    let upper = crossing(correlation, 1.0, |t| probability_below(correlation, t, nu) > tail);
    Some(Interval { lower: scale * lower, upper: scale * upper })
}

/// Where `holds` ends on the way from `start` in the given direction, by doubling and bisection.
fn crossing(start: f64, direction: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let beyond = (0..60).map(|octave| 1e-6 * 2f64.powi(octave)).find(|step| !holds(start + direction * step));
    let mut far = beyond.unwrap_or(f64::INFINITY);
    let mut near = 0.5 * far;
    while far - near > 1e-9 * far {
        let middle = 0.5 * (near + far);
        if holds(start + direction * middle) { near = middle } else { far = middle }
    }
    start + direction * far
}

/// The probability of a sample correlation, at fixed sample variances of 1, below `r` when the covariance is `t`.
///
/// The mean of products with variances v and covariance t is ½(t + v) χ²(ν)/ν + ½(t − v) χ²(ν)/ν.
fn probability_below(r: f64, t: f64, nu: f64) -> f64 {
    let v = likely_variance(r, t);
    QuadraticForm::new(vec![0.5 * (t + v), 0.5 * (t - v)], nu).probability_below(r)
}

/// The variance, common to both by symmetry, that is most likely when sample variances are 1, the sample
/// covariance is r and the true one is t: the root v ≥ |t| of v³ − v² − (t² − 2tr) v − t² = 0.
fn likely_variance(r: f64, t: f64) -> f64 {
    let linear = t * t - 2.0 * t * r;
    let cubic = |v: f64| ((v - 1.0) * v - linear) * v - t * t;
    let (mut low, mut high) = (t.abs(), 1.0 + linear.abs().max(t * t).max(1.0));
    while high - low > 1e-14 * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if cubic(middle) < 0.0 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn opposite_covariance_has_the_opposite_interval() {
        let (plus, minus) =
            (interval(0.3, [2.0, 0.5], 9.0, 0.95).unwrap(), interval(-0.3, [2.0, 0.5], 9.0, 0.95).unwrap());
        assert!((plus.lower + minus.upper).abs() < 1e-7 && (plus.upper + minus.lower).abs() < 1e-7);
    }

    #[test]
    fn unit_of_a_record_scales_the_interval() {
        let (plain, scaled) =
            (interval(0.3, [1.0, 1.0], 9.0, 0.9).unwrap(), interval(0.6e-20, [4e-20, 1e-20], 9.0, 0.9).unwrap());
        assert!((scaled.upper / plain.upper / 2e-20 - 1.0).abs() < 1e-7, "{plain:?} {scaled:?}");
    }

    #[test]
    fn impossible_requests_have_no_interval() {
        assert_eq!(interval(0.0, [0.0, 1.0], 5.0, 0.95), None);
        assert_eq!(interval(0.0, [1.0, 1.0], f64::NAN, 0.95), None);
        assert_eq!(interval(0.0, [1.0, 1.0], 5.0, 1.0), None);
    }

    #[test]
    fn the_most_likely_variance_is_the_sample_variance_at_the_sample_covariance() {
        for r in [-0.9, -0.2, 0.0, 0.5, 0.99] {
            assert!((likely_variance(r, r) - 1.0).abs() < 1e-12);
        }
    }

    /// Share of 2000 samples of `nu` pairs with correlation `rho` whose interval holds it.
    fn coverage(nu: usize, rho: f64) -> f64 {
        let holds = |stream: u64| {
            let mut draw = Gaussian::new(5, stream);
            let mut sums = [0.0; 3];
            for _ in 0..nu {
                let x = draw.draw();
                let y = rho * x + (1.0 - rho * rho).sqrt() * draw.draw();
                [x * x, y * y, x * y].into_iter().zip(&mut sums).for_each(|(term, sum)| *sum += term / nu as f64);
            }
            let ends = interval(sums[2], [sums[0], sums[1]], nu as f64, 0.95).unwrap();
            (ends.lower..=ends.upper).contains(&rho)
        };
        (0..2000).filter(|stream| holds(*stream)).count() as f64 / 2000.0
    }

    #[test]
    fn intervals_of_independent_pairs_cover_as_stated_and_more_with_few_degrees_of_freedom() {
        for (nu, range) in [(2, 0.95..=1.0), (4, 0.95..=1.0), (10, 0.935..=0.975), (100, 0.935..=0.965)] {
            for rho in [0.0, 0.1, -0.5, 0.9] {
                let share = coverage(nu, rho);
                assert!(range.contains(&share), "ν = {nu}, correlation {rho}: {share}");
            }
        }
    }
}
