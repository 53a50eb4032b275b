//! Drawing correlated inputs together.

use super::super::lanes::Lanes;
use super::DrawError;
use super::law::{gamma, in_pairs};
use super::marginal::{Bins, Tail, quantile};
use crate::{Block, Correlation, Distribution, Input};
use nalgebra::DMatrix;
use sigmatau_core::unit::Conversion;
use std::f64::consts::PI;

/// The scores beyond which no number is drawn, nearly.
const WIDEST: f64 = 8.6;
/// Nodes of a table of values over scores.
const NODES: usize = 2049;
/// Terms of the expansion of a value in Hermite polynomials of its normal score.
const TERMS: usize = 60;
/// Steps that find a correlation of scores to the last digit.
const HALVINGS: usize = 60;
/// How near to the ends of what can be reached a correlation is taken for the end.
const AT_END: f64 = 1e-6;
/// Pivots below this part of 1 belong to inputs that follow from those before.
const DEPENDENT: f64 = 1e-12;

/// How correlated inputs depend on each other, apart from their correlations.
///
/// Each input keeps its own distribution under either. (Linear combinations of independent numbers would not leave it.)
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Copula {
    /// As the components of a multivariate normal distribution. The correlations are Pearson's, of the inputs
    /// themselves: those of the underlying normal numbers are found from them.
    #[default]
    Gaussian,
    /// As the components of a multivariate t distribution: extremes come together even without correlation. The
    /// coefficients are those of the underlying t distribution, sin(½πτ) of Kendall's τ of the inputs; where every input
    /// has Student's distribution with the same ν this is the multivariate t distribution of JCGM 102.
    Student {
        /// The degrees of freedom ν.
        dof: f64,
    },
}

/// Inputs that are drawn together.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    places: Vec<usize>,
    /// L with L·Lᵀ the correlation of the scores.
    factor: DMatrix<f64>,
    dof: Option<f64>,
    marginals: Vec<Marginal>,
}

/// From the score of an input to its value.
#[derive(Clone, Debug)]
enum Marginal {
    /// origin + slope · score.
    Linear { origin: f64, slope: f64 },
    /// The values at even steps of the score, which is taken as asinh for a t copula.
    Table(Vec<f64>),
    /// By the probability: samples are not to be interpolated.
    Steps { origin: f64, slope: f64, bins: Bins, values: Option<Vec<f64>> },
}

impl Joint {
    pub(super) fn new(
        inputs: &[Input],
        correlation: &Correlation,
        places: Vec<usize>,
        copula: Copula,
    ) -> Result<Self, DrawError> {
        let dof = match copula {
            Copula::Gaussian => None,
            Copula::Student { dof } if dof > 0.0 => dof.is_finite().then_some(dof),
            Copula::Student { dof } => return Err(DrawError::DegreesOfFreedom(dof)),
        };
        let together: Vec<&Input> = places.iter().map(|place| &inputs[*place]).collect();
        let coefficients =
            DMatrix::from_fn(places.len(), places.len(), |a, b| correlation.between(places[a], places[b]));
        let scores = match copula {
            Copula::Gaussian => of_scores(&together, &coefficients)?,
            Copula::Student { .. } => Correlation::of_matrix(coefficients)?,
        };
        let marginals = together.iter().map(|input| Marginal::new(input, dof)).collect();
        Ok(Self { factor: factor(scores.matrix()), places, dof, marginals })
    }

    /// Draws the columns of the inputs.
    pub(super) fn fill(&self, lanes: &mut Lanes, values: &mut Block) {
        pulp::Arch::new().dispatch(Fill { joint: self, lanes, values });
    }
}

struct Fill<'a> {
    joint: &'a Joint,
    lanes: &'a mut Lanes,
    values: &'a mut Block,
}

impl pulp::WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { joint, lanes, values } = self;
        let mut scores = Block::new(joint.places.len() + 1, Block::POINTS);
        (0..joint.places.len()).for_each(|column| in_pairs(lanes, scores.column_mut(column), |z| z));
        let widening = scores.column_mut(joint.places.len());
        match joint.dof {
            None => widening.fill(1.0),
            Some(dof) => {
                gamma(lanes, widening, 0.5 * dof);
                widening.iter_mut().for_each(|half_square| *half_square = (0.5 * dof / *half_square).sqrt());
            }
        }
        for (row, place) in joint.places.iter().enumerate() {
            let column = values.column_mut(*place);
            column.fill(0.0);
            for source in 0..=row {
                let weight = joint.factor[(row, source)];
                column.iter_mut().zip(scores.column(source)).for_each(|(value, score)| *value += weight * score);
            }
            let widening = scores.column(joint.places.len());
            column.iter_mut().zip(widening).for_each(|(value, widening)| *value *= widening);
            joint.marginals[row].apply(column, joint.dof);
        }
    }
}

impl Marginal {
    fn new(input: &Input, dof: Option<f64>) -> Self {
        let conversion =
            input.unit.conversion(&input.unit.coherent()).expect("a unit converts to its own coherent one");
        let slope = conversion.apply(1.0) - conversion.apply(0.0);
        let origin = conversion.apply(input.estimate);
        match (&input.distribution, dof) {
            (Distribution::Normal { standard_deviation }, None) => {
                Self::Linear { origin, slope: slope * standard_deviation }
            }
            (Distribution::Student { scale, dof }, Some(common)) if *dof == common => {
                Self::Linear { origin, slope: slope * scale }
            }
            (Distribution::Samples(samples), _) => {
                let mut sorted = samples.to_vec();
                sorted.sort_by(f64::total_cmp);
                let places: Vec<f64> = (0..=sorted.len()).map(|place| place as f64).collect();
                let bins = Bins::new(&places, &vec![1.0; sorted.len()]);
                Self::Steps { origin, slope, bins, values: Some(sorted) }
            }
            (Distribution::Histogram { edges, weights }, _) => {
                Self::Steps { origin, slope, bins: Bins::new(edges, weights), values: None }
            }
            _ => Self::Table(table(input, &conversion, dof)),
        }
    }

    #[inline(always)]
    fn apply(&self, scores: &mut [f64], dof: Option<f64>) {
        match self {
            Self::Linear { origin, slope } => scores.iter_mut().for_each(|score| *score = origin + slope * *score),
            Self::Table(values) => {
                let widest = widest(dof);
                let node = |score: f64| if dof.is_some() { score.asinh() } else { score };
                scores.iter_mut().for_each(|score| *score = interpolated(values, node(*score) / widest));
            }
            Self::Steps { origin, slope, bins, values } => scores.iter_mut().for_each(|score| {
                let place = bins.quantile(below(*score, dof));
                let value = values.as_ref().map_or(place, |values| values[(place as usize).min(values.len() - 1)]);
                *score = origin + slope * value;
            }),
        }
    }
}

/// The probability of lower scores.
fn below(score: f64, dof: Option<f64>) -> f64 {
    match tail(score, dof) {
        Tail::Below(p) => p,
        Tail::Above(p) => 1.0 - p,
    }
}

fn tail(score: f64, dof: Option<f64>) -> Tail {
    dof.map_or_else(|| Tail::of_normal(score), |dof| Tail::of_student(score, dof))
}

/// The end of the table: for a t copula the asinh of a score with as small a tail as that of [`WIDEST`], about.
fn widest(dof: Option<f64>) -> f64 {
    dof.map_or(WIDEST, |dof| WIDEST.max(36.0 / dof + 4.0))
}

fn nodes(dof: Option<f64>) -> impl Iterator<Item = f64> {
    let (widest, half) = (widest(dof), (NODES / 2) as f64);
    (0..NODES).map(move |node| widest * (node as f64 - half) / half)
}

/// The values of an input at the nodes, in coherent SI units.
fn table(input: &Input, conversion: &Conversion, dof: Option<f64>) -> Vec<f64> {
    let score = |node: f64| if dof.is_some() { node.sinh() } else { node };
    let mean = match input.distribution {
        Distribution::Exponential { mean } => mean,
        Distribution::Gamma { shape, scale } => shape * scale,
        _ => 0.0,
    };
    let value = |score: f64| quantile(&input.distribution, tail(score, dof)) + (input.estimate - mean);
    nodes(dof).map(|node| conversion.apply(value(score(node)))).collect()
}

/// The value at a place from −1 to 1 in a table, by cubics through four nodes.
#[inline(always)]
fn interpolated(values: &[f64], place: f64) -> f64 {
    let half = (NODES / 2) as f64;
    let position = ((place + 1.0) * half).clamp(1.0, (NODES - 3) as f64);
    let node = position as usize;
    let t = (position - node as f64).min(1.0);
    let [a, b, c, d] = [values[node - 1], values[node], values[node + 1], values[node + 2]];
    let (rise, first, last) = (c - b, 0.5 * (c - a), 0.5 * (d - b));
    b + t * (first + t * ((3.0 * rise - 2.0 * first - last) + t * (first + last - 2.0 * rise)))
}

/// L with L·Lᵀ the matrix, a column of zeros for an input that follows from those before.
fn factor(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let size = matrix.nrows();
    let mut factor = DMatrix::zeros(size, size);
    for column in 0..size {
        let known: f64 = (0..column).map(|k| f64::powi(factor[(column, k)], 2)).sum();
        let pivot = matrix[(column, column)] - known;
        if pivot <= DEPENDENT {
            continue;
        }
        factor[(column, column)] = pivot.sqrt();
        for row in column + 1..size {
            let known: f64 = (0..column).map(|k| factor[(row, k)] * factor[(column, k)]).sum();
            factor[(row, column)] = (matrix[(row, column)] - known) / factor[(column, column)];
        }
    }
    factor
}

/// An input as a series of Hermite polynomials of its normal score z: aₖ = E[x Heₖ(z)] / √k!.
struct Series {
    /// a₁ … over the standard deviation.
    terms: Vec<f64>,
    /// The standardised values at the nodes.
    values: Vec<f64>,
}

impl Series {
    fn of(input: &Input) -> Result<Self, DrawError> {
        let deviation = input.distribution.standard_deviation();
        if !(deviation > 0.0 && deviation.is_finite()) {
            return Err(DrawError::Deviation { symbol: input.symbol.clone(), deviation });
        }
        let values: Vec<f64> = nodes(None).map(|z| quantile(&input.distribution, tail(z, None))).collect();
        let mean = expectation(|node, _| values[node]);
        let variance = expectation(|node, _| (values[node] - mean).powi(2));
        let values: Vec<f64> = values.iter().map(|value| (value - mean) / variance.sqrt()).collect();
        let terms = (1..=TERMS).map(|k| expectation(|node, z| values[node] * hermite(k, z))).collect();
        Ok(Self { terms, values })
    }

    /// The correlation of the inputs whose scores correlate by ρ: Σ aₖ bₖ ρᵏ.
    fn correlation(&self, other: &Self, scores: f64) -> f64 {
        self.terms.iter().zip(&other.terms).rev().fold(0.0, |sum, (a, b)| (sum + a * b) * scores)
    }

    /// The correlations for scores that are opposed and that are equal.
    fn reach(&self, other: &Self) -> (f64, f64) {
        let product = |sign: bool| {
            expectation(|node, _| self.values[node] * other.values[if sign { node } else { NODES - 1 - node }])
        };
        (product(false), product(true))
    }

    /// The correlation of the scores for that of the inputs, if there is one.
    fn scores(&self, other: &Self, wanted: f64) -> Option<f64> {
        let (low, high) = self.reach(other);
        if !(low - AT_END..=high + AT_END).contains(&wanted) {
            return None;
        }
        if wanted >= high - AT_END || wanted <= low + AT_END {
            return Some(if wanted > 0.0 { 1.0 } else { -1.0 });
        }
        let mut ends = (-1.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (ends.0 + ends.1);
            ends = if self.correlation(other, middle) < wanted { (middle, ends.1) } else { (ends.0, middle) };
        }
        Some(0.5 * (ends.0 + ends.1))
    }
}

/// The expectation of a function of a node and its normal score, by the sum over the nodes.
fn expectation(f: impl Fn(usize, f64) -> f64) -> f64 {
    let step = 2.0 * WIDEST / (NODES - 1) as f64;
    let density = |z: f64| (-0.5 * z * z).exp() * step / (2.0 * PI).sqrt();
    nodes(None).enumerate().map(|(node, z)| density(z) * f(node, z)).sum()
}

/// Heₖ(z) / √k!.
fn hermite(order: usize, z: f64) -> f64 {
    let next = |(before, last): (f64, f64), k: usize| {
        (last, (z * last - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt())
    };
    (0..order).fold((0.0, 1.0), next).1
}

/// The correlations of the normal scores of inputs with Pearson's correlations `wanted`.
///
/// Reference: P.-L. Liu, A. Der Kiureghian, Multivariate distribution models with prescribed marginals and
/// covariances, Probab. Eng. Mech. 1 (1986).
fn of_scores(inputs: &[&Input], wanted: &DMatrix<f64>) -> Result<Correlation, DrawError> {
    let series: Vec<Series> = inputs.iter().map(|input| Series::of(input)).collect::<Result<_, _>>()?;
    let mut scores = DMatrix::identity(inputs.len(), inputs.len());
    for (first, second) in (0..inputs.len()).flat_map(|second| (0..second).map(move |first| (first, second))) {
        let coefficient = wanted[(first, second)];
        let Some(found) = series[first].scores(&series[second], coefficient) else {
            let (low, high) = series[first].reach(&series[second]);
            let [first, second] = [first, second].map(|place| inputs[place].symbol.clone());
            return Err(DrawError::Unreachable { first, second, coefficient, low, high });
        };
        let both_normal =
            [first, second].map(|place| matches!(inputs[place].distribution, Distribution::Normal { .. }));
        let found = if both_normal == [true, true] { coefficient } else { found };
        (scores[(first, second)], scores[(second, first)]) = (found, found);
    }
    Ok(Correlation::of_matrix(scores)?)
}
