//! Drawing one distribution.

use super::super::lanes::{LANES, Lanes, Wide, centred, unit};
use super::super::round;
use super::marginal::Bins;
use crate::{Block, Distribution, Input, elementary};
use std::sync::Arc;

/// Degrees of freedom from which on Student's numbers are drawn as normal ones: their quantiles differ by less
/// than 1e-6 of themselves.
const MANY: f64 = 1e7;
/// Bound on −2/ν ln U, so that the square of Student's number stays finite; with ν ≥ 0.11 it is never met.
const LARGEST_EXPONENT: f64 = 700.0;

/// A distribution with its place and scale, ready to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Law {
    /// What is added to what the form draws.
    origin: f64,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    Constant,
    Normal {
        deviation: f64,
    },
    Student {
        scale: f64,
        dof: f64,
    },
    Rectangular {
        half_width: f64,
    },
    /// The sum of two rectangular numbers.
    Sum {
        half_widths: [f64; 2],
    },
    CurvilinearTrapezoid {
        half_width: f64,
        inexactness: f64,
    },
    Arcsine {
        half_width: f64,
    },
    Exponential {
        mean: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Samples {
        values: Arc<[f64]>,
        slope: f64,
    },
    Histogram {
        bins: Bins,
        slope: f64,
    },
}

impl Law {
    /// The distribution of an input in coherent SI units.
    pub(super) fn of(input: &Input) -> Self {
        let conversion =
            input.unit.conversion(&input.unit.coherent()).expect("a unit converts to its own coherent one");
        let slope = conversion.apply(1.0) - conversion.apply(0.0);
        let centre = conversion.apply(input.estimate);
        let mean = match input.distribution {
            Distribution::Exponential { mean } => mean,
            Distribution::Gamma { shape, scale } => shape * scale,
            _ => 0.0,
        };
        let origin = if input.estimate == mean { conversion.apply(0.0) } else { centre - slope * mean };
        Self { origin, form: Form::of(&input.distribution, slope) }
    }

    /// Draws a column of [`Block::POINTS`] values.
    pub(super) fn fill(&self, lanes: &mut Lanes, column: &mut [f64]) {
        debug_assert_eq!(column.len(), Block::POINTS);
        pulp::Arch::new().dispatch(Fill { law: self, lanes, column });
    }
}

impl Form {
    fn of(distribution: &Distribution, slope: f64) -> Self {
        match distribution {
            Distribution::Constant => Self::Constant,
            Distribution::Normal { standard_deviation } => Self::Normal { deviation: slope * standard_deviation },
            Distribution::Student { scale, dof } if *dof >= MANY => Self::Normal { deviation: slope * scale },
            Distribution::Student { scale, dof } => Self::Student { scale: slope * scale, dof: *dof },
            Distribution::Rectangular { half_width } => Self::Rectangular { half_width: slope * half_width },
            Distribution::Triangular { half_width } => Self::Sum { half_widths: [0.5 * slope * half_width; 2] },
            Distribution::Trapezoidal { half_width, shape } => Self::Sum {
                half_widths: [0.5 * (1.0 + shape), 0.5 * (1.0 - shape)].map(|part| slope * half_width * part),
            },
            Distribution::CurvilinearTrapezoid { half_width, inexactness } => {
                Self::CurvilinearTrapezoid { half_width: slope * half_width, inexactness: slope * inexactness }
            }
            Distribution::Arcsine { half_width } => Self::Arcsine { half_width: slope * half_width },
            Distribution::Exponential { mean } => Self::Exponential { mean: slope * mean },
            Distribution::Gamma { shape, scale } => Self::Gamma { shape: *shape, scale: slope * scale },
            Distribution::Samples(values) => Self::Samples { values: values.clone(), slope },
            Distribution::Histogram { edges, weights } => Self::Histogram { bins: Bins::new(edges, weights), slope },
        }
    }
}

struct Fill<'a> {
    law: &'a Law,
    lanes: &'a mut Lanes,
    column: &'a mut [f64],
}

impl pulp::WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { law, lanes, column } = self;
        let origin = law.origin;
        match &law.form {
            Form::Constant => column.fill(origin),
            Form::Normal { deviation } => in_pairs(lanes, column, |z| origin + deviation * z),
            Form::Student { scale, dof } => {
                let (scale, power) = (scale * dof.sqrt(), -2.0 / dof);
                by_two(lanes, column, |u, angle| origin + scale * student(u, power) * angle, round::sine);
            }
            Form::Rectangular { half_width } => {
                let width = 2.0 * half_width;
                by_one(lanes, column, |bits| origin + width * centred(bits));
            }
            Form::Sum { half_widths } => {
                let [first, second] = half_widths.map(|half| 2.0 * half);
                by_two(lanes, column, |u, v| origin + (first * (u - 0.5) + second * v), centred);
            }
            Form::CurvilinearTrapezoid { half_width, inexactness } => {
                let (width, spread) = (2.0 * (half_width - inexactness), 4.0 * inexactness);
                by_two(lanes, column, |u, v| origin + (width + spread * u) * v, centred);
            }
            Form::Arcsine { half_width } => by_one(lanes, column, |bits| origin + half_width * round::sine(bits)),
            Form::Exponential { mean } => {
                by_one(lanes, column, |bits| origin - mean * elementary::ln(unit(bits)));
            }
            Form::Gamma { shape, scale } => {
                gamma(lanes, column, *shape);
                column.iter_mut().for_each(|value| *value = origin + scale * *value);
            }
            Form::Samples { values, slope } => {
                let count = values.len() as f64;
                by_one(lanes, column, |bits| (unit(bits) * count).floor());
                column.iter_mut().for_each(|place| *place = origin + slope * values[*place as usize]);
            }
            Form::Histogram { bins, slope } => {
                by_one(lanes, column, unit);
                column.iter_mut().for_each(|p| *p = origin + slope * bins.quantile(*p));
            }
        }
    }
}

/// √(U^(−2/ν) − 1): √ν times it, times the sine of a random angle, has Student's distribution.
///
/// Reference: R. W. Bailey, Polar generation of random variates with the t-distribution, Math. Comp. 62 (1994).
#[inline(always)]
fn student(u: f64, power: f64) -> f64 {
    let exponent = power * elementary::ln(u);
    let exponent = if exponent > LARGEST_EXPONENT { LARGEST_EXPONENT } else { exponent };
    (elementary::exp(exponent) - 1.0).sqrt()
}

/// Values that take 64 bits each.
#[inline(always)]
fn by_one(lanes: &mut Lanes, column: &mut [f64], value: impl Fn(u64) -> f64) {
    let mut state = lanes.clone();
    for chunk in column.chunks_exact_mut(LANES) {
        let bits = state.bits();
        (0..LANES).for_each(|lane| chunk[lane] = value(bits[lane]));
    }
    *lanes = state;
}

/// Values that take a uniform number and what `shape` makes of 64 bits.
#[inline(always)]
fn by_two(lanes: &mut Lanes, column: &mut [f64], value: impl Fn(f64, f64) -> f64, shape: impl Fn(u64) -> f64) {
    let mut state = lanes.clone();
    for chunk in column.chunks_exact_mut(LANES) {
        let (first, second) = (state.uniform(), state.bits());
        (0..LANES).for_each(|lane| chunk[lane] = value(first[lane], shape(second[lane])));
    }
    *lanes = state;
}

/// Values that take a normal number each.
#[inline(always)]
pub(super) fn in_pairs(lanes: &mut Lanes, column: &mut [f64], value: impl Fn(f64) -> f64) {
    let mut state = lanes.clone();
    for chunk in column.chunks_exact_mut(2 * LANES) {
        let [first, second] = state.normal();
        (0..LANES).for_each(|lane| {
            chunk[lane] = value(first[lane]);
            chunk[LANES + lane] = value(second[lane]);
        });
    }
    *lanes = state;
}

/// Gamma numbers of scale 1. A shape below 1 takes one more, times U^(1/shape).
#[inline(always)]
pub(super) fn gamma(lanes: &mut Lanes, column: &mut [f64], shape: f64) {
    let raised = if shape < 1.0 { shape + 1.0 } else { shape };
    let mut filled = 0;
    while filled < column.len() {
        let (candidates, accepted) = candidates(lanes, raised);
        for (candidate, _) in candidates.iter().zip(accepted).filter(|(_, accepted)| *accepted) {
            if let Some(place) = column.get_mut(filled) {
                *place = *candidate;
                filled += 1;
            }
        }
    }
    if shape < 1.0 {
        let power = 1.0 / shape;
        for chunk in column.chunks_exact_mut(LANES) {
            let uniform = lanes.uniform();
            (0..LANES).for_each(|lane| {
                chunk[lane] *= elementary::exp((power * elementary::ln(uniform[lane])).max(-LARGEST_EXPONENT));
            });
        }
    }
}

/// d (1 + c z)³ with d = a − ⅓ and c = 1/√(9d), and whether each is to be taken.
///
/// Reference: G. Marsaglia, W. W. Tsang, A simple method for generating gamma variables, ACM Trans. Math. Softw. 26 (2000).
#[inline(always)]
fn candidates(lanes: &mut Lanes, shape: f64) -> (Wide<f64>, Wide<bool>) {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let ([normal, _], uniform) = (lanes.normal(), lanes.uniform());
    let (mut values, mut accepted) = ([0.0; LANES], [false; LANES]);
    for lane in 0..LANES {
        let z = normal[lane];
        let root = 1.0 + c * z;
        let cube = root * root * root;
        let bound = 0.5 * z * z + d * (1.0 - cube + elementary::ln(cube.max(f64::MIN_POSITIVE)));
        values[lane] = d * cube;
        accepted[lane] = root > 0.0 && elementary::ln(uniform[lane]) < bound;
    }
    (values, accepted)
}
