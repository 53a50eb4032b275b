//! Second moments of weighted sums of phases, exact for every power law.
//!
//! A sum Σ w x̄ over means of consecutive phases that does not see a polynomial of degree k − 1 (k running
//! sums, see [`super`]) is stationary, and the covariance of two such sums is ΣΣ w w′ K̄, K̄ being the
//! mean of the generalised covariance K over all pairs of points. Averaging once is differencing one running
//! sum more: between blocks [a, a′) and [c, c′) the sum of K over all pairs is
//!
//! K₊(a′ − c′) − K₊(a′ − c) − K₊(a − c′) + K₊(a − c), with K₊ of one sum more.
//!
//! That loses digits where blocks are short and far apart, so that short blocks are summed pair by pair.
//! The two ways differ by a polynomial that the sums do not see: one pair of sums goes one way throughout.

use super::{PowerLaw, generalised_covariance};

/// The mean of `points` consecutive phases, the first at place `start`, times `weight`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedMean {
    /// The place of the first point on the grid; any origin will do.
    pub start: i64,
    /// The number of points, at least 1.
    pub points: u32,
    /// The weight of the mean.
    pub weight: f64,
}

/// Points of a block up to which pairs are summed one by one.
const FEW: u32 = 16;
/// How much of the sum of its magnitudes a moment may leave, to count as annihilated.
const ROUNDING: f64 = 1e-9;

impl PowerLaw {
    /// Returns the covariance, in s², of two weighted sums of phases that are sampled every `tau0` seconds.
    ///
    /// Infinite where one of them sees what the noise leaves undetermined: a constant for flicker PM
    /// and white FM, a line for flicker and random-walk FM, a parabola for what lies below.
    ///
    /// ```
    /// use sigmatau_spectrum::{PowerLaw, WeightedMean};
    /// let white_fm = PowerLaw::from_deviation(0, 1e-11, 1.0)?;
    /// let phase = |start, weight| WeightedMean { start, points: 1, weight };
    /// let step = [phase(100, 1.0), phase(0, -1.0)];
    /// assert!((white_fm.covariance(&step, &step, 1.0).sqrt() / 1e-10 - 1.0).abs() < 1e-12);
    /// assert!(white_fm.covariance(&step[..1], &step, 1.0).is_infinite());
    /// # Ok::<(), sigmatau_spectrum::NoiseError>(())
    /// ```
    pub fn covariance(&self, a: &[WeightedMean], b: &[WeightedMean], tau0: f64) -> f64 {
        if !(annihilates(a, self.sums()) && annihilates(b, self.sums())) {
            return f64::INFINITY;
        }
        let few = a.iter().chain(b).all(|mean| mean.points <= FEW);
        let over_pairs = if few { by_pairs } else { by_corners };
        let term = |a: &WeightedMean, b: &WeightedMean| {
            a.weight * b.weight * over_pairs(self.twice_order(), a, b) / (f64::from(a.points) * f64::from(b.points))
        };
        let sum: f64 = a.iter().map(|a| b.iter().map(|b| term(a, b)).sum::<f64>()).sum();
        sum * self.base_variance(tau0)
    }
}

/// Tells whether the sum vanishes for every polynomial of degree below `order`, of at most 3.
fn annihilates(sum: &[WeightedMean], order: u32) -> bool {
    let Some(origin) = sum.first().map(|mean| mean.start) else { return true };
    (0..order).all(|degree| {
        let moments = sum.iter().map(|mean| mean.weight * moment(mean, origin, degree));
        let (total, magnitude) = moments.fold((0.0, 0.0), |(t, m), x: f64| (t + x, m + x.abs()));
        total.abs() <= ROUNDING * magnitude
    })
}

/// The mean of (t − origin)^degree over the points of a block.
fn moment(mean: &WeightedMean, origin: i64, degree: u32) -> f64 {
    let points = f64::from(mean.points);
    let centre = (mean.start - origin) as f64 + (points - 1.0) / 2.0;
    let spread = if degree == 2 { (points * points - 1.0) / 12.0 } else { 0.0 };
    centre.powi(degree as i32) + spread
}

/// The sum of K over all pairs of points of two blocks, in units of σ², one lag after the other.
fn by_pairs(twice_order: u32, a: &WeightedMean, b: &WeightedMean) -> f64 {
    let (first, second) = (i64::from(a.points), i64::from(b.points));
    let pairs_at = |shift: i64| first.min(second + shift) - shift.max(0);
    let k = |shift: i64| generalised_covariance(twice_order, (a.start - b.start + shift).unsigned_abs() as f64);
    (1 - second..first).map(|shift| pairs_at(shift) as f64 * k(shift)).sum()
}

/// The same from the K of one sum more, up to a polynomial.
fn by_corners(twice_order: u32, a: &WeightedMean, b: &WeightedMean) -> f64 {
    let k = |shift: i64| generalised_covariance(twice_order + 2, shift.unsigned_abs() as f64);
    let (a_end, b_end) = (a.start + i64::from(a.points), b.start + i64::from(b.points));
    (k(a_end - b_end) - k(a_end - b.start)) - (k(a.start - b_end) - k(a.start - b.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALPHAS: [i8; 7] = [2, 1, 0, -1, -2, -3, -4];

    fn mean(start: i64, points: u32, weight: f64) -> WeightedMean {
        WeightedMean { start, points, weight }
    }

    #[test]
    fn differences_have_the_variance_of_their_deviation() {
        for (alpha, m) in ALPHAS.into_iter().flat_map(|alpha| [1, 7, 300].map(|m| (alpha, m))) {
            let law = PowerLaw::from_deviation(alpha, 1e-12, 2.0).unwrap();
            let third: Vec<_> = [-1.0, 3.0, -3.0, 1.0].iter().zip(0..).map(|(w, i)| mean(i * m, 1, *w)).collect();
            let variance = 6.0 * (law.theoretical_hdev(m as u64, 2.0) * m as f64 * 2.0).powi(2);
            assert!((law.covariance(&third, &third, 2.0) / variance - 1.0).abs() < 1e-9, "α = {alpha}, m = {m}");
        }
    }

    #[test]
    fn differences_of_means_have_the_variance_of_the_modified_deviation() {
        for (alpha, m) in ALPHAS[..5].iter().flat_map(|alpha| [1_u32, 5, 64, 65, 4096].map(|m| (*alpha, m))) {
            let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
            let second: Vec<_> = [1.0, -2.0, 1.0].iter().zip(0..).map(|(w, i)| mean(i * i64::from(m), m, *w)).collect();
            let variance = 2.0 * (law.theoretical_mdev(u64::from(m), 1.0) * f64::from(m)).powi(2);
            assert!((law.covariance(&second, &second, 1.0) / variance - 1.0).abs() < 1e-8, "α = {alpha}, m = {m}");
        }
    }

    #[test]
    fn a_mean_cut_in_two_has_the_same_covariance() {
        for alpha in ALPHAS {
            let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
            let halves = |start, weight: f64| [mean(start, 12, weight / 2.0), mean(start + 12, 12, weight / 2.0)];
            let whole = |start, weight| [mean(start, 24, weight)];
            let cut = [halves(600, 1.0), halves(400, -3.0), halves(200, 3.0), halves(0, -1.0)].concat();
            let uncut = [whole(600, 1.0), whole(400, -3.0), whole(200, 3.0), whole(0, -1.0)].concat();
            let (by_pairs, by_corners) = (law.covariance(&cut, &cut, 1.0), law.covariance(&uncut, &uncut, 1.0));
            assert!((by_pairs / by_corners - 1.0).abs() < 1e-7, "α = {alpha}: {by_pairs} and {by_corners}");
        }
    }

    #[test]
    fn noise_that_wanders_has_no_covariance_where_its_course_is_seen() {
        let slope = [mean(10, 1, 1.0), mean(0, 1, -1.0)];
        let finite = |alpha| PowerLaw::new(alpha, 1.0).unwrap().covariance(&slope, &slope, 1.0).is_finite();
        assert_eq!(ALPHAS.map(finite), [true, true, true, false, false, false, false]);
    }
}
