//! Quantiles: from the probability of a value to the value, for distributions that are drawn together with others.

use crate::Distribution;
use crate::tail::Law;
use std::f64::consts::{FRAC_1_PI, FRAC_PI_2};

/// Steps that halve an interval until nothing is between its ends.
const HALVINGS: usize = 200;

/// The bins of a histogram with the probability below each edge.
#[derive(Clone, Debug)]
pub(super) struct Bins {
    edges: Vec<f64>,
    below: Vec<f64>,
}

impl Bins {
    pub(super) fn new(edges: &[f64], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let sums = weights.iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum / total)
        });
        Self { edges: edges.to_vec(), below: std::iter::once(0.0).chain(sums).collect() }
    }

    /// The value below which a quantity lies with probability p.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        let bin = self.below.partition_point(|below| *below <= p).clamp(1, self.edges.len() - 1) - 1;
        let (low, high) = (self.below[bin], self.below[bin + 1]);
        let within = if high > low { (p - low) / (high - low) } else { 0.0 };
        self.edges[bin] + within * (self.edges[bin + 1] - self.edges[bin])
    }
}

/// A value at most as large as all but the part p of the values, or at least as large: which part, and on which side.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tail {
    /// The probability p of lower values.
    Below(f64),
    /// The probability p of higher values.
    Above(f64),
}

impl Tail {
    /// The tail of a normal number, on the side where it is small.
    pub(super) fn of_normal(z: f64) -> Self {
        let small = Law::Normal.upper(z.abs());
        if z < 0.0 { Self::Below(small) } else { Self::Above(small) }
    }

    /// The tail of a number with Student's distribution.
    pub(super) fn of_student(t: f64, dof: f64) -> Self {
        let small = student_tail(t.abs(), dof);
        if t < 0.0 { Self::Below(small) } else { Self::Above(small) }
    }
}

/// The deviation from the estimate, or for exponential and gamma quantities the value, with a tail of that probability.
pub(super) fn quantile(distribution: &Distribution, tail: Tail) -> f64 {
    match distribution {
        Distribution::Exponential { mean } => match tail {
            Tail::Below(p) => -mean * (-p).ln_1p(),
            Tail::Above(p) => -mean * p.ln(),
        },
        Distribution::Gamma { shape, scale } => scale * gamma_quantile(*shape, tail),
        Distribution::Samples(values) => sample(values, tail),
        Distribution::Histogram { edges, weights } => Bins::new(edges, weights).quantile(match tail {
            Tail::Below(p) => p,
            Tail::Above(p) => 1.0 - p,
        }),
        symmetric => match tail {
            Tail::Below(p) => -upper_quantile(symmetric, p),
            Tail::Above(p) => upper_quantile(symmetric, p),
        },
    }
}

/// The deviation that is exceeded with probability p ≤ ½ where the distribution is symmetric about 0.
fn upper_quantile(distribution: &Distribution, p: f64) -> f64 {
    let within = 1.0 - 2.0 * p;
    match distribution {
        Distribution::Normal { standard_deviation } => standard_deviation * halved(|z| Law::Normal.upper(z), p, 40.0),
        Distribution::Student { scale, dof } => scale * halved_wide(|t| student_tail(t, *dof), p),
        Distribution::Rectangular { half_width } => half_width * within,
        Distribution::Triangular { half_width } => half_width * (1.0 - (2.0 * p).sqrt()),
        Distribution::Trapezoidal { half_width, shape } => half_width * trapezoid(*shape, p),
        Distribution::Arcsine { half_width } => half_width * (FRAC_PI_2 * within).sin(),
        Distribution::CurvilinearTrapezoid { half_width, inexactness } => {
            halved(|x| curvilinear_tail(*half_width, *inexactness, x), p, half_width + inexactness)
        }
        _ => 0.0,
    }
}

/// The probability that Student's number exceeds t ≥ 0.
fn student_tail(t: f64, dof: f64) -> f64 {
    match dof {
        1.0 => FRAC_1_PI * (1.0 / t).atan(),
        dof => Law::Student { dof }.upper(t),
    }
}

/// The place in a symmetric trapezoid from −1 to 1 that is exceeded with probability p ≤ ½.
fn trapezoid(shape: f64, p: f64) -> f64 {
    // The slope takes (1 − β)/(2 (1 + β)) of the probability on each side.
    let slope = 0.5 * (1.0 - shape) / (1.0 + shape);
    match p < slope {
        true => 1.0 - (2.0 * p * (1.0 - shape * shape)).sqrt(),
        false => shape - (p - slope) * (1.0 + shape),
    }
}

/// The probability that a curvilinear trapezoid exceeds x ≥ 0: the mean over limits a within a₀ ± d of (1 − x/a)⁺ / 2.
fn curvilinear_tail(half_width: f64, inexactness: f64, x: f64) -> f64 {
    if inexactness == 0.0 {
        return 0.5 * (1.0 - x / half_width).max(0.0);
    }
    let (low, high) = ((half_width - inexactness).max(x), half_width + inexactness);
    let log = if x > 0.0 { x * (high / low).ln() } else { 0.0 };
    if high <= low { 0.0 } else { 0.25 * (high - low - log) / inexactness }
}

/// The value of a gamma quantity of scale 1.
fn gamma_quantile(shape: f64, tail: Tail) -> f64 {
    let twice = Law::ChiSquared { dof: 2.0 * shape };
    match tail {
        Tail::Below(p) => halved_wide(|x| -twice.lower(2.0 * x), -p),
        Tail::Above(p) => halved_wide(|x| twice.upper(2.0 * x), p),
    }
}

/// The sample below which the part p of the samples lies.
fn sample(values: &[f64], tail: Tail) -> f64 {
    let p = match tail {
        Tail::Below(p) => p,
        Tail::Above(p) => 1.0 - p,
    };
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((p * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}

/// Where a falling function from 0 to `end` takes a value.
fn halved(tail: impl Fn(f64) -> f64, value: f64, end: f64) -> f64 {
    let mut ends = (0.0, end);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (ends.0 + ends.1);
        if middle <= ends.0 || middle >= ends.1 {
            break;
        }
        ends = if tail(middle) > value { (middle, ends.1) } else { (ends.0, middle) };
    }
    ends.0
}

/// The same where the end is not known.
fn halved_wide(tail: impl Fn(f64) -> f64, value: f64) -> f64 {
    let ends = std::iter::successors(Some(1.0), |end: &f64| Some(2.0 * end));
    let end = ends.take_while(|end| end.is_finite()).find(|end| tail(*end) <= value);
    halved(tail, value, end.unwrap_or(f64::MAX))
}
