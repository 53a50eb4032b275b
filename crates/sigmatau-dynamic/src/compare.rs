//! Results of the same sensor beside each other: regions, interpolation to a common frequency, E_n.

use crate::covariance::Bivariate;
use crate::response::{Line, Response};
use sigmatau_core::Coverage;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::{PI, TAU};

/// The probability of the expanded uncertainties in E_n.
pub const CONFIDENCE: f64 = 0.95;

/// Frequencies that differ by less than this share are one.
const SAME: f64 = 1e-9;

/// No result shares more of its variance with others than all but this.
const OWN: f64 = 1e-3;

/// Degrees of freedom from which on a covariance counts as known.
const MANY: f64 = 1e6;

/// The difference of two results at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The first value less the second.
    pub difference: Complex64,
    /// E_n of the complex value: the distance of both in units of the region that holds `CONFIDENCE`.
    pub en: f64,
    /// The probability that chance makes the complex values differ as much: 1 − `CONFIDENCE` where E_n is 1.
    pub p_value: f64,
    /// E_n of the magnitudes, with the sign of their difference.
    pub en_magnitude: f64,
    /// E_n of the phases, with the sign of their difference.
    pub en_phase: f64,
}

/// Compares two results at every frequency of the first at which the second can be known, see [`at`].
///
/// E_n = d / U(d), with the covariance C₁ + C₂ − 2 C_s of the difference d (ISO 13528; ISO/IEC 17043): |E_n| ≤ 1
/// agrees. For the complex value E_n = √(dᵀ C⁻¹ d) / k, where k is the factor of a region of two dimensions. U has
/// the coverage factor of the effective degrees of freedom. C_s is what both have in common, such as the
/// reference sensor: a relative standard uncertainty `shared` of each part of H, which the difference does not see.
///
/// ```
/// use sigmatau_dynamic::{Bivariate, Complex64, Line, Response, compare};
/// let result = |value: f64| {
///     let covariance = Bivariate::circular(1e-4);
///     let value = Complex64::new(value, 0.0);
///     let line = Line { frequency: 50.0, value, covariance, coherence: f64::NAN, dof: f64::INFINITY };
///     Response { lines: vec![line], ..Response::default() }
/// };
/// let compared = compare::compare(&result(1.04), &result(1.00), 0.0);
/// let expanded = 1.959964 * 2.0_f64.sqrt() * 0.01;
/// assert!((compared[0].en_magnitude - 0.04 / expanded).abs() < 1e-6); // 1.44: they do not agree
/// ```
pub fn compare(first: &Response, second: &Response, shared: f64) -> Vec<Comparison> {
    let both = |one: &Line| at(second, one.frequency).map(|other| Comparison::of(one, &other, shared));
    first.lines.iter().filter_map(both).collect()
}

impl Comparison {
    fn of(one: &Line, other: &Line, shared: f64) -> Self {
        let difference = one.value - other.value;
        let [mine, theirs] = [one, other].map(|line| own_share(line, shared));
        let (covariance, dof) = (mine + theirs, effective([(mine, one.dof), (theirs, other.dof)]));
        let (factor, distance) = (Coverage::of_interval(CONFIDENCE, dof).factor, distance(difference, &covariance));
        let along =
            |direction: fn(&Line) -> Complex64| mine.along(direction(one)).hypot(theirs.along(direction(other)));
        let phases = (mine.along(one.value * Complex64::I) / one.value.norm())
            .hypot(theirs.along(other.value * Complex64::I) / other.value.norm());
        Self {
            frequency: one.frequency,
            difference,
            en: distance / Coverage::of_ellipse(CONFIDENCE, dof).factor,
            p_value: outside(distance, dof),
            en_magnitude: (one.value.norm() - other.value.norm()) / (factor * along(|line| line.value)),
            en_phase: (one.value * other.value.conj()).arg() / (factor * phases),
        }
    }
}

/// The covariance of a line without what it has in common with others; and at least a thousandth of it.
pub fn own_share(line: &Line, shared: f64) -> Bivariate {
    let common = shared * shared * line.value.norm_sqr();
    let Bivariate { real, imaginary, cross } = line.covariance;
    Bivariate { real: (real - common).max(OWN * real), imaginary: (imaginary - common).max(OWN * imaginary), cross }
}

/// The effective degrees of freedom of a sum of covariances, by the sums of their variances (Welch and Satterthwaite).
pub(crate) fn effective(parts: impl IntoIterator<Item = (Bivariate, f64)>) -> f64 {
    let (mut sum, mut spread) = (0.0, 0.0);
    for (covariance, dof) in parts {
        sum += covariance.power();
        spread += covariance.power().powi(2) / dof;
    }
    sum * sum / spread
}

/// The probability outside the ellipse of the factor k, see [`Coverage::of_ellipse`]: (1 + k²/ν)^(−ν/2), and exp(−k²/2) where
/// the covariance is known.
fn outside(factor: f64, dof: f64) -> f64 {
    let square = factor * factor;
    let logarithm = if dof < MANY { dof * (square / dof).ln_1p() } else { square };
    (-0.5 * logarithm).exp()
}

/// Whether the region of a line that holds a probability holds a value.
pub fn covers(line: &Line, value: Complex64, probability: f64) -> bool {
    distance(value - line.value, &line.covariance) <= Coverage::of_ellipse(probability, line.dof).factor
}

/// √(dᵀ C⁻¹ d); infinite where C has no width in the direction of d.
pub(crate) fn distance(difference: Complex64, covariance: &Bivariate) -> f64 {
    if difference.norm() == 0.0 {
        return 0.0;
    }
    let Bivariate { real, imaginary, cross } = *covariance;
    let determinant = real * imaginary - cross * cross;
    let Complex64 { re, im } = difference;
    let square = re * re * imaginary + im * im * real - 2.0 * re * im * cross;
    if determinant > 0.0 { (square / determinant).sqrt() } else { f64::INFINITY }
}

/// A result at a frequency at which it may have no line, or nothing outside its lines.
///
/// Between two lines, with the share w of the way from one to the other, ln H runs straight: magnitude and phase
/// turn evenly, the phase by the shorter way. The covariance runs straight, which is what fully correlated errors
/// would have, and holds the interpolation itself: if the slope changes by no more than itself from line to line, it
/// is at most w(1−w)|H₂−H₁|/2 off, taken as even to either side. The fewer degrees of freedom of both are kept.
pub fn at(response: &Response, frequency: f64) -> Option<Line> {
    if let Some(line) = response.lines.iter().find(|line| same(line.frequency, frequency)) {
        return Some(*line);
    }
    let after = response.lines.partition_point(|line| line.frequency < frequency);
    let [left, right] = [response.lines.get(after.checked_sub(1)?)?, response.lines.get(after)?];
    Some(between(left, right, (frequency - left.frequency) / (right.frequency - left.frequency)))
}

/// Whether two frequencies are one, also at 0 Hz.
pub(crate) fn same(one: f64, other: f64) -> bool {
    (one - other).abs() <= SAME * one.abs().max(other.abs())
}

fn between(left: &Line, right: &Line, share: f64) -> Line {
    let ratio = right.value / left.value;
    let value = left.value * Complex64::from_polar(ratio.norm().powf(share), share * wrapped(ratio.arg()));
    let off = 0.5 * share * (1.0 - share) * (right.value - left.value).norm();
    let part =
        |line: &Line, weight: f64| line.covariance.times(value / line.value).times(Complex64::new(weight.sqrt(), 0.0));
    Line {
        frequency: left.frequency + share * (right.frequency - left.frequency),
        value,
        covariance: part(left, 1.0 - share) + part(right, share) + Bivariate::circular(off * off / 3.0),
        coherence: f64::NAN,
        dof: left.dof.min(right.dof),
    }
}

fn wrapped(phase: f64) -> f64 {
    (phase + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    fn line(frequency: f64, value: Complex64, u: f64) -> Line {
        Line { frequency, value, covariance: Bivariate::circular(u * u), coherence: f64::NAN, dof: f64::INFINITY }
    }

    fn result(lines: Vec<Line>) -> Response {
        Response { lines, ..Response::default() }
    }

    #[test]
    fn interpolation_follows_a_delay() {
        let delayed = |frequency: f64| line(frequency, Complex64::from_polar(2.0, -0.01 * frequency), 1e-3);
        let found = at(&result(vec![delayed(100.0), delayed(200.0)]), 130.0).unwrap();
        assert!((found.value - delayed(130.0).value).norm() < 1e-12);
        assert!(found.covariance.real >= 1e-6);
    }

    #[test]
    fn nothing_is_known_outside_the_lines() {
        let response = result(vec![line(100.0, Complex64::ONE, 0.1), line(200.0, Complex64::ONE, 0.1)]);
        assert_eq!([50.0, 100.0, 150.0, 300.0].map(|f| at(&response, f).is_some()), [false, true, true, false]);
    }

    #[test]
    fn e_n_of_one_has_a_chance_of_one_in_twenty() {
        for dof in [5.0, 100.0, f64::INFINITY] {
            assert!((outside(Coverage::of_ellipse(CONFIDENCE, dof).factor, dof) - 0.05).abs() < 1e-12, "{dof}");
        }
    }

    #[test]
    fn what_both_share_does_not_excuse_a_difference() {
        let [one, other] = [1.0, 1.05].map(|value| result(vec![line(80.0, Complex64::new(value, 0.0), 0.02)]));
        let en = |shared: f64| compare(&one, &other, shared)[0].en_magnitude.abs();
        assert!(en(0.0) < 1.0 && en(0.015) > 1.0, "{} {}", en(0.0), en(0.015));
    }

    #[test]
    fn agreeing_results_exceed_one_in_five_of_a_hundred() {
        let mut noise = Gaussian::new(61, 1);
        let mut draw = |u: f64| Complex64::new(0.0, 0.7) + Complex64::new(u * noise.draw(), u * noise.draw());
        let mut counts = [0; 3];
        for _ in 0..2000 {
            let pair = [0.01, 0.02].map(|u| result(vec![line(1.0, draw(u), u)]));
            let found = compare(&pair[0], &pair[1], 0.0)[0];
            let all = [found.en, found.en_magnitude, found.en_phase];
            (0..3).for_each(|place| counts[place] += i32::from(all[place].abs() > 1.0));
        }
        // 5 % of 2000 with a standard deviation of 9.7.
        assert!(counts.iter().all(|count| (71..=129).contains(count)), "{counts:?}");
    }

    /// The covariance of 5 observations is pooled into one scale, or taken as it is.
    #[test]
    fn ellipses_hold_their_share_whichever_way_the_covariance_was_estimated() {
        let mut noise = Gaussian::new(62, 1);
        let mut draw = || Complex64::new(noise.draw(), noise.draw());
        let dof = 5.0;
        let pooled = Coverage::of_ellipse(CONFIDENCE, 2.0 * dof).factor;
        let estimated = Coverage::of_estimated_ellipse(CONFIDENCE, dof).factor;
        let mut held = [0; 3];
        for _ in 0..4000 {
            let (error, residuals) = (draw(), [(); 5].map(|()| draw()));
            let mean = |of: fn(&Complex64) -> f64| residuals.iter().map(of).sum::<f64>() / dof;
            let whole = Bivariate {
                real: mean(|z| z.re * z.re),
                imaginary: mean(|z| z.im * z.im),
                cross: mean(|z| z.re * z.im),
            };
            let scale = Bivariate::circular(0.5 * (whole.real + whole.imaginary));
            let distances = [distance(error, &scale), distance(error, &whole)];
            held[0] += i32::from(distances[0] <= pooled);
            held[1] += i32::from(distances[1] <= estimated);
            held[2] += i32::from(distances[1] <= Coverage::of_ellipse(CONFIDENCE, dof).factor);
        }
        // 95 % of 4000 with a standard deviation of 13.8; the pooled factor is too small for the whole covariance.
        assert!(held[..2].iter().all(|held| (3758..=3842).contains(held)) && held[2] < 3700, "{held:?}");
    }
}
