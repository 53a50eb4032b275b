//! Expectations over what is known of a quantity, by quadrature.

use crate::Distribution;
use crate::tail::normal;
use statrs::function::gamma::ln_gamma;
use std::f64::consts::{FRAC_PI_2, PI};

/// The positive nodes of Kronrod's rule of 15 points; every second is one of Gauss's rule of 7.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_5,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_48,
    0.0,
];

/// The weights of Kronrod's rule.
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_19,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_42,
    0.204_432_940_075_298_89,
    0.209_482_141_084_727_82,
];

/// The weights of Gauss's rule at every second node.
const GAUSS: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// How near the two rules have to come on each piece; the better one is then some orders better.
const NEARNESS: f64 = 1e-9;

/// What is nothing beside the whole.
const NOTHING: f64 = 1e-13;

/// How often a piece is halved at most.
const HALVINGS: u32 = 30;

/// ∫ f over consecutive pieces between ascending places.
pub(crate) fn integral(places: &[f64], f: &dyn Fn(f64) -> f64) -> f64 {
    let whole: f64 = places.windows(2).map(|ends| rules(ends[0], ends[1], f).0.abs()).sum();
    let nothing = NOTHING * whole + f64::MIN_POSITIVE;
    places.windows(2).map(|ends| piece(ends[0], ends[1], f, nothing, HALVINGS)).sum()
}

fn piece(low: f64, high: f64, f: &dyn Fn(f64) -> f64, nothing: f64, halvings: u32) -> f64 {
    let (kronrod, gauss) = rules(low, high, f);
    if halvings == 0 || (kronrod - gauss).abs() <= NEARNESS * kronrod.abs() + nothing {
        return kronrod;
    }
    let middle = 0.5 * (low + high);
    piece(low, middle, f, nothing, halvings - 1) + piece(middle, high, f, nothing, halvings - 1)
}

fn rules(low: f64, high: f64, f: &dyn Fn(f64) -> f64) -> (f64, f64) {
    let (mut kronrod, mut gauss) = (0.0, 0.0);
    for (place, weight, value) in nodes(low, high).map(|(place, x, weight)| (place, weight, f(x))) {
        kronrod += weight * value;
        gauss += if place % 2 == 1 { 0.5 * (high - low) * GAUSS[place / 2] * value } else { 0.0 };
    }
    (kronrod, gauss)
}

/// The nodes of Kronrod's rule between two places: number from the outside, place, weight.
pub(crate) fn nodes(low: f64, high: f64) -> impl Iterator<Item = (usize, f64, f64)> {
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    let node = move |n: usize, side: f64| (n, middle + side * half * NODES[n], half * KRONROD[n]);
    (0..7).map(move |n| node(n, -1.0)).chain((0..8).rev().map(move |n| node(n, 1.0)))
}

impl Distribution {
    /// E f(deviation) for an f that is smooth between `breaks`.
    ///
    /// Infinite ranges and infinite densities are mapped to finite ones: t = √ν tan θ, arcsine = a sin θ, a gamma
    /// variable of shape below 1 by its power.
    pub(crate) fn expectation(&self, breaks: &[f64], f: &dyn Fn(f64) -> f64) -> f64 {
        match self {
            certain if certain.standard_uncertainty() == 0.0 => f(0.0),
            Self::Constant => f(0.0),
            Self::Normal { standard_deviation: s } => {
                over(&[-39.0, -8.0, -3.0, 0.0, 3.0, 8.0, 39.0], breaks, |x| x / s, &|z| normal::density(z) * f(s * z))
            }
            Self::Student { scale, dof: f64::INFINITY } => {
                Self::Normal { standard_deviation: *scale }.expectation(breaks, f)
            }
            Self::Student { scale, dof } => expectation_of_student(*scale, *dof, breaks, f),
            Self::Rectangular { half_width: a } => over(&[-1.0, 1.0], breaks, |x| x / a, &|t| 0.5 * f(a * t)),
            Self::Triangular { half_width: a } => {
                over(&[-1.0, 0.0, 1.0], breaks, |x| x / a, &|t| (1.0 - t.abs()) * f(a * t))
            }
            Self::Trapezoidal { half_width: a, shape } => {
                let density = |t: f64| if t.abs() <= *shape { 1.0 } else { (1.0 - t.abs()) / (1.0 - shape) };
                over(&[-1.0, -shape, *shape, 1.0], breaks, |x| x / a, &|t| density(t) * f(a * t) / (1.0 + shape))
            }
            Self::CurvilinearTrapezoid { half_width, inexactness: 0.0 } => {
                Self::Rectangular { half_width: *half_width }.expectation(breaks, f)
            }
            Self::CurvilinearTrapezoid { half_width: a, inexactness: d } => {
                let density = |x: f64| ((a + d) / (a - d).max(x.abs())).ln() / (4.0 * d);
                over(&[-a - d, d - a, 0.0, a - d, a + d], breaks, |x| x, &|x| density(x) * f(x))
            }
            Self::Arcsine { half_width: a } => {
                let angle = |x: f64| (x / a).clamp(-1.0, 1.0).asin();
                over(&[-FRAC_PI_2, FRAC_PI_2], breaks, angle, &|angle| f(a * angle.sin()) / PI)
            }
            Self::Exponential { mean } => {
                over(&[0.0, 1.0, 8.0, 40.0, 745.0], breaks, |x| x / mean + 1.0, &|t| (-t).exp() * f(mean * (t - 1.0)))
            }
            Self::Gamma { shape, scale } => expectation_of_gamma(*shape, *scale, breaks, f),
            Self::Samples(samples) => samples.iter().map(|sample| f(*sample)).sum::<f64>() / samples.len() as f64,
            Self::Histogram { edges, weights } => {
                let bin = |ends: &[f64], weight: f64| weight / (ends[1] - ends[0]) * over(ends, breaks, |x| x, f);
                let sum: f64 = edges.windows(2).zip(weights.iter()).map(|(ends, weight)| bin(ends, *weight)).sum();
                sum / weights.iter().sum::<f64>()
            }
        }
    }
}

/// ∫ f between the first and the last of `own` places, broken there and where `map` takes the breaks.
fn over(own: &[f64], breaks: &[f64], map: impl Fn(f64) -> f64, f: &dyn Fn(f64) -> f64) -> f64 {
    let (first, last) = (own[0], own[own.len() - 1]);
    let inside = breaks.iter().map(|place| map(*place)).filter(|place| first < *place && *place < last);
    let mut places: Vec<f64> = own.iter().copied().chain(inside).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    integral(&places, f)
}

/// With t = √ν tan θ the density is cos^(ν−1) θ Γ((ν+1)/2) / (√π Γ(ν/2)).
fn expectation_of_student(scale: f64, dof: f64, breaks: &[f64], f: &dyn Fn(f64) -> f64) -> f64 {
    let root = dof.sqrt();
    let constant = (ln_gamma(0.5 * dof + 0.5) - ln_gamma(0.5 * dof)).exp() / PI.sqrt();
    let density = |angle: f64| constant * angle.cos().powf(dof - 1.0);
    let angle = |x: f64| (x / (scale * root)).atan();
    let [near, far] = [2.0, 8.0].map(|t: f64| (t / root).atan());
    let own = [-FRAC_PI_2, -far, -near, 0.0, near, far, FRAC_PI_2];
    over(&own, breaks, angle, &|angle| density(angle) * f(scale * root * angle.tan()))
}

fn expectation_of_gamma(shape: f64, scale: f64, breaks: &[f64], f: &dyn Fn(f64) -> f64) -> f64 {
    let ratio = |x: f64| (x / scale + shape).max(0.0);
    let [near, far, end] = [2.0, 10.0, 60.0].map(|deviations| shape + deviations * shape.sqrt() + deviations);
    if shape >= 1.0 {
        let density = |t: f64| ((shape - 1.0) * t.ln() - t - ln_gamma(shape)).exp();
        let low = (shape - 4.0 * shape.sqrt()).max(0.0);
        return over(&[0.0, low, shape, near, far, end], breaks, ratio, &|t| density(t) * f(scale * (t - shape)));
    }
    // With s = t^shape the density t^(shape−1) e^(−t) / Γ(shape) is e^(−t) / Γ(shape + 1), which is finite at 0.
    let density = |t: f64| (-t - ln_gamma(shape + 1.0)).exp();
    let own = [0.0, shape, near, far, end].map(|t: f64| t.powf(shape));
    let power = |s: f64| s.powf(shape.recip());
    over(&own, breaks, |x| ratio(x).powf(shape), &|s| density(power(s)) * f(scale * (power(s) - shape)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Distribution> {
        vec![
            Distribution::Normal { standard_deviation: 0.7 },
            Distribution::Student { scale: 0.5, dof: 5.0 },
            Distribution::Student { scale: 0.5, dof: 400.0 },
            Distribution::Rectangular { half_width: 1.0 },
            Distribution::CurvilinearTrapezoid { half_width: 1.0, inexactness: 0.3 },
            Distribution::Triangular { half_width: 1.5 },
            Distribution::Trapezoidal { half_width: 1.5, shape: 0.4 },
            Distribution::Arcsine { half_width: 1.0 },
            Distribution::Exponential { mean: 0.8 },
            Distribution::Gamma { shape: 2.5, scale: 0.4 },
            Distribution::Gamma { shape: 0.3, scale: 0.4 },
            Distribution::Gamma { shape: 900.0, scale: 0.1 },
            Distribution::Histogram { edges: [-1.0, 0.25, 1.0].into(), weights: [3.0, 5.0].into() },
        ]
    }

    #[test]
    fn expectation_of_one_is_one_and_of_the_square_the_variance() {
        for distribution in all() {
            let of = |f: &dyn Fn(f64) -> f64| distribution.expectation(&[], f);
            let (one, mean) = (of(&|_| 1.0), of(&|x| x));
            assert!((one - 1.0).abs() < 1e-12, "{distribution:?}: {one}");
            let deviation = of(&|x| (x - mean).powi(2)).sqrt();
            let expected = distribution.standard_deviation();
            assert!((deviation / expected - 1.0).abs() < 1e-9, "{distribution:?}: {deviation} instead of {expected}");
        }
    }

    #[test]
    fn expectation_of_a_step_is_the_tail() {
        for distribution in all() {
            for place in [-0.6, 0.1, 0.9] {
                let found = distribution.expectation(&[place], &|x| f64::from(x > place));
                let expected = distribution.probability_above(place);
                assert!((found - expected).abs() < 1e-11, "{distribution:?} at {place}: {found} instead of {expected}");
            }
        }
    }
}
