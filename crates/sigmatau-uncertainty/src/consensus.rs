//! The table of consensus values: what laboratories that measured the same thing say together.
//!
//! One entry per file in the folder `consensus/`. To add one: write its file next to its nearest sibling, add it to
//! [`CONSENSUSES`], and its figures to `tests/golden/consensus.csv`.
//!
//! Which interval can be believed? Under laboratories that differ by more than they state, those of the weighted mean
//! are far too short at any number of laboratories, and those of the random-effects values are honest from some twenty
//! laboratories on; at few, take the interval of Hartung and Knapp, which comes with them, or that of the hierarchical
//! model. `tests/comparisons.rs` simulates it.

use crate::Correlation;
use crate::tail::Law;
use nalgebra::{DMatrix, DVector};
use sigmatau_core::nearest::did_you_mean;

mod arithmetic_mean;
mod between;
mod birge;
mod der_simonian_laird;
mod hierarchical_bayes;
mod largest_consistent_subset;
mod linear_pool;
mod mandel_paule;
mod median;
mod mixture;
mod restricted_likelihood;
mod weighted_mean;

pub(crate) use between::restricted_likelihood;

/// Every consensus value, from the plainest on.
pub static CONSENSUSES: &[&Consensus] = &[
    &arithmetic_mean::CONSENSUS,
    &weighted_mean::CONSENSUS,
    &birge::CONSENSUS,
    &median::CONSENSUS,
    &largest_consistent_subset::CONSENSUS,
    &der_simonian_laird::CONSENSUS,
    &mandel_paule::CONSENSUS,
    &restricted_likelihood::CONSENSUS,
    &hierarchical_bayes::CONSENSUS,
    &linear_pool::CONSENSUS,
];

/// A way to a consensus value.
pub struct Consensus {
    /// The short name, such as `weighted-mean`.
    pub name: &'static str,
    /// The full name, with what it assumes.
    pub title: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The fewest laboratories it takes.
    pub fewest: usize,
    /// Whether it is defined for laboratories whose results are correlated.
    pub correlated: bool,
    /// The value of a comparison that has enough laboratories.
    reckon: fn(&Comparison, &Settings) -> Reference,
}

/// What may be chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The confidence of intervals.
    pub confidence: f64,
    /// The significance at which a subset stops being consistent.
    pub significance: f64,
    /// The seed of Monte Carlo.
    pub seed: u64,
    /// The trials of Monte Carlo, rounded up to whole thousands.
    pub trials: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { confidence: 0.95, significance: 0.05, seed: 1, trials: 1_000_000 }
    }
}

/// The results of laboratories for one quantity, in one unit.
#[derive(Clone, Debug)]
pub struct Comparison {
    values: Vec<f64>,
    uncertainties: Vec<f64>,
    correlation: Option<Correlation>,
}

/// A consensus value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The value.
    pub value: f64,
    /// Its standard uncertainty.
    pub u: f64,
    /// Its interval at the confidence of the settings.
    pub interval: [f64; 2],
    /// The interval of Hartung and Knapp, of random-effects values: μ ± t(n − 1) √q with
    /// q = Σw(x − μ)²/((n − 1) Σw). It holds its confidence at few laboratories too.
    pub hartung_knapp: Option<[f64; 2]>,
    /// The standard deviation τ between laboratories beyond what they state; 0 where the way knows none.
    pub tau: f64,
    /// χ² of the members about their weighted mean.
    pub chi_squared: f64,
    /// The degrees of freedom of χ².
    pub dof: usize,
    /// The probability of so large a χ² of consistent laboratories: their consistency is refused where it is small.
    pub p_value: f64,
    /// Which laboratories the value is made of.
    pub members: Vec<bool>,
    /// The covariance of each laboratory's result with the value, by what the laboratories state.
    pub covariances: Vec<f64>,
}

/// A difference with its standard uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degree {
    /// The difference.
    pub difference: f64,
    /// Its standard uncertainty.
    pub u: f64,
}

/// Why results can't be compared so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ComparisonError {
    /// There is no way of this name.
    #[error("find the consensus value `{name}`: there is none of this name{hint}")]
    Unknown {
        /// The word that was given.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// Two columns are not of one length.
    #[error("compare {values} values with {uncertainties} uncertainties: there has to be one for each")]
    Lengths {
        /// How many values.
        values: usize,
        /// How many uncertainties.
        uncertainties: usize,
    },
    /// A value or its uncertainty is none.
    #[error(
        "compare laboratory {laboratory}: its value {value} with the standard uncertainty {u}; both have to be finite, the latter above 0"
    )]
    Laboratory {
        /// The place of the laboratory, from 1.
        laboratory: usize,
        /// Its value.
        value: f64,
        /// Its standard uncertainty.
        u: f64,
    },
    /// There are too few laboratories.
    #[error("take the {name} of {laboratories} laboratories: it takes at least {fewest}")]
    TooFew {
        /// The way.
        name: &'static str,
        /// How many there are.
        laboratories: usize,
        /// How many it takes.
        fewest: usize,
    },
    /// The way is not defined for correlated laboratories.
    #[error("take the {name} of correlated laboratories: it is not defined for them; the weighted mean is")]
    Correlated {
        /// The way.
        name: &'static str,
    },
    /// Laboratories share everything.
    #[error(
        "compare laboratories whose results are fully correlated: one of them says nothing of its own; leave it out"
    )]
    Singular,
}

impl Comparison {
    /// The results of laboratories with their standard uncertainties.
    ///
    /// # Errors
    /// When there are none, not as many of one as of the other, or a value or an uncertainty is none.
    pub fn new(values: &[f64], uncertainties: &[f64]) -> Result<Self, ComparisonError> {
        if values.len() != uncertainties.len() || values.is_empty() {
            return Err(ComparisonError::Lengths { values: values.len(), uncertainties: uncertainties.len() });
        }
        let mut pairs = values.iter().zip(uncertainties);
        match pairs.position(|(value, u)| !(value.is_finite() && u.is_finite() && *u > 0.0)) {
            Some(place) => {
                let (value, u) = (values[place], uncertainties[place]);
                Err(ComparisonError::Laboratory { laboratory: place + 1, value, u })
            }
            None => Ok(Self { values: values.to_vec(), uncertainties: uncertainties.to_vec(), correlation: None }),
        }
    }

    /// The same results with correlations, as through a standard that laboratories share.
    ///
    /// # Errors
    /// When the correlations are of another number of laboratories, or some are full.
    pub fn with_correlation(self, correlation: Correlation) -> Result<Self, ComparisonError> {
        if correlation.inputs() != self.len() {
            return Err(ComparisonError::Lengths { values: self.len(), uncertainties: correlation.inputs() });
        }
        let correlated = Self { correlation: (!correlation.pairs().is_empty()).then_some(correlation), ..self };
        let whole: Vec<usize> = (0..correlated.len()).collect();
        correlated.covariance_of(&whole).cholesky().map(|_| correlated).ok_or(ComparisonError::Singular)
    }

    /// How many laboratories there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none, which there never are.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The standard uncertainties.
    pub fn uncertainties(&self) -> &[f64] {
        &self.uncertainties
    }

    /// The covariance of two laboratories.
    pub fn covariance(&self, first: usize, second: usize) -> f64 {
        let shared = match &self.correlation {
            Some(correlation) => correlation.between(first, second),
            None => f64::from(first == second),
        };
        shared * self.uncertainties[first] * self.uncertainties[second]
    }

    fn variances(&self) -> Vec<f64> {
        self.uncertainties.iter().map(|u| u * u).collect()
    }

    fn covariance_of(&self, places: &[usize]) -> DMatrix<f64> {
        DMatrix::from_fn(places.len(), places.len(), |row, column| self.covariance(places[row], places[column]))
    }

    /// The covariances of every laboratory with a sum of results of these weights.
    fn covariances_with(&self, weights: &[f64]) -> Vec<f64> {
        match &self.correlation {
            None => weights.iter().zip(&self.uncertainties).map(|(weight, u)| weight * u * u).collect(),
            Some(_) => {
                let row = |i: usize| (0..self.len()).map(|j| weights[j] * self.covariance(i, j)).sum();
                (0..self.len()).map(row).collect()
            }
        }
    }
}

impl Consensus {
    /// Looks a way up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, ComparisonError> {
        let names: Vec<&str> = CONSENSUSES.iter().map(|consensus| consensus.name).collect();
        let unknown = || ComparisonError::Unknown { name: name.to_owned(), hint: did_you_mean(name, &names) };
        CONSENSUSES.iter().find(|consensus| consensus.name == name).copied().ok_or_else(unknown)
    }

    /// The consensus value of a comparison.
    ///
    /// # Errors
    /// When there are too few laboratories, or they are correlated and the way is not defined for that.
    ///
    /// ```
    /// use sigmatau_uncertainty::consensus::{Comparison, Consensus, Settings};
    /// let cadmium = [27.044, 26.022, 26.340, 26.787, 26.796];
    /// let comparison = Comparison::new(&cadmium, &[0.003, 0.076, 0.464, 0.003, 0.014_f64].map(f64::sqrt))?;
    /// let found = Consensus::named("mandel-paule")?.of(&comparison, &Settings::default())?;
    /// assert!((found.value - 26.712_128_748_259).abs() < 1e-11 && (found.u - 0.171_136_963_619).abs() < 1e-11);
    /// # Ok::<(), sigmatau_uncertainty::consensus::ComparisonError>(())
    /// ```
    pub fn of(&self, comparison: &Comparison, settings: &Settings) -> Result<Reference, ComparisonError> {
        let Self { name, fewest, .. } = *self;
        match comparison {
            few if few.len() < fewest => Err(ComparisonError::TooFew { name, laboratories: few.len(), fewest }),
            shared if shared.correlation.is_some() && !self.correlated => Err(ComparisonError::Correlated { name }),
            comparison => Ok((self.reckon)(comparison, settings)),
        }
    }
}

impl Reference {
    /// Birge's ratio √(χ²/ν): by how much laboratories would understate their uncertainties, were all alike in that.
    pub fn birge_ratio(&self) -> f64 {
        (self.chi_squared / self.dof as f64).sqrt()
    }

    /// The degree of equivalence of each laboratory, x_i − x_ref with u² = u_i² + u_ref² − 2 u(x_i, x_ref).
    ///
    /// Of a weighted mean that is u_i² − u_ref² for its members and u_i² + u_ref² for others. Where the value knows a τ
    /// it is in u_ref alone: the difference is what the laboratory is on its own, judged by what it states.
    pub fn degrees(&self, comparison: &Comparison) -> Vec<Degree> {
        let degree = |i: usize| {
            let variance = comparison.covariance(i, i) + self.u * self.u - 2.0 * self.covariances[i];
            Degree { difference: comparison.values[i] - self.value, u: variance.max(0.0).sqrt() }
        };
        (0..comparison.len()).map(degree).collect()
    }
}

/// The degrees of equivalence of every two laboratories, row by row: x_i − x_j with u² = u_i² + u_j² − 2 u(x_i, x_j).
pub fn bilateral(comparison: &Comparison) -> Vec<Vec<Degree>> {
    let degree = |i: usize, j: usize| {
        let variance = comparison.covariance(i, i) + comparison.covariance(j, j) - 2.0 * comparison.covariance(i, j);
        Degree { difference: comparison.values[i] - comparison.values[j], u: variance.max(0.0).sqrt() }
    };
    (0..comparison.len()).map(|i| (0..comparison.len()).map(|j| degree(i, j)).collect()).collect()
}

impl Degree {
    /// E_n: the difference over its expanded uncertainty k u.
    pub fn e_n(&self, k: f64) -> f64 {
        self.difference / (k * self.u)
    }
}

/// A weighted mean: its value and standard uncertainty, χ² about it, and its weights with the sum 1.
#[derive(Clone, Debug)]
struct Weighted {
    value: f64,
    u: f64,
    chi_squared: f64,
    weights: Vec<f64>,
}

impl Weighted {
    /// By weights 1/variance.
    fn of(values: &[f64], variances: &[f64]) -> Self {
        let sum: f64 = variances.iter().map(|variance| variance.recip()).sum();
        let weights: Vec<f64> = variances.iter().map(|variance| 1.0 / (variance * sum)).collect();
        // About the first value, so that near values keep their digits.
        let excess: f64 = weights.iter().zip(values).map(|(weight, x)| weight * (x - values[0])).sum();
        let value = values[0] + excess;
        let chi_squared = variances.iter().zip(values).map(|(variance, x)| (x - value).powi(2) / variance).sum();
        Self { value, u: sum.sqrt().recip(), chi_squared, weights }
    }

    /// Of some laboratories, by generalised least squares where they are correlated: w = V⁻¹1 / (1ᵀV⁻¹1).
    fn of_places(comparison: &Comparison, places: &[usize]) -> Self {
        let values: Vec<f64> = places.iter().map(|place| comparison.values[*place]).collect();
        let variances: Vec<f64> = places.iter().map(|place| comparison.uncertainties[*place].powi(2)).collect();
        if comparison.correlation.is_none() {
            return Self::of(&values, &variances);
        }
        let cholesky = comparison.covariance_of(places).cholesky().expect("a part of a positive definite matrix");
        let solved = cholesky.solve(&DVector::from_element(places.len(), 1.0));
        let sum = solved.sum();
        let about = |origin: f64| DVector::from_iterator(values.len(), values.iter().map(|x| x - origin));
        let value = values[0] + about(values[0]).dot(&solved) / sum;
        let residuals = about(value);
        let chi_squared = residuals.dot(&cholesky.solve(&residuals));
        Self { value, u: sum.sqrt().recip(), chi_squared, weights: solved.iter().map(|weight| weight / sum).collect() }
    }

    fn of_all(comparison: &Comparison) -> Self {
        Self::of_places(comparison, &(0..comparison.len()).collect::<Vec<_>>())
    }
}

/// What a way found on its own; the rest of a reference follows.
struct Found {
    value: f64,
    u: f64,
    interval: [f64; 2],
    tau: f64,
    covariances: Vec<f64>,
}

impl Found {
    /// With the consistency of all laboratories.
    fn of_all(self, comparison: &Comparison) -> Reference {
        let consistency = Weighted::of_all(comparison).chi_squared;
        self.of_members(consistency, vec![true; comparison.len()])
    }

    /// With the consistency of some laboratories.
    fn of_members(self, chi_squared: f64, members: Vec<bool>) -> Reference {
        let dof = members.iter().filter(|member| **member).count() - 1;
        let p_value = if dof == 0 { 1.0 } else { Law::ChiSquared { dof: dof as f64 }.upper(chi_squared) };
        let Self { value, u, interval, tau, covariances } = self;
        Reference { value, u, interval, hartung_knapp: None, tau, chi_squared, dof, p_value, members, covariances }
    }
}

/// A random-effects value with τ²: weights 1/(u² + τ²), its normal interval and that of Hartung and Knapp.
fn random_effects(comparison: &Comparison, settings: &Settings, variance: f64) -> Reference {
    let variances: Vec<f64> = comparison.variances().iter().map(|own| own + variance).collect();
    let Weighted { value, u, chi_squared, weights } = Weighted::of(comparison.values(), &variances);
    let covariances = comparison.covariances_with(&weights);
    let found = Found { value, u, interval: normal(value, u, settings), tau: variance.sqrt(), covariances };
    let dof = (comparison.len() - 1) as f64;
    let spread = u * (chi_squared / dof).sqrt();
    let hartung_knapp = Some(student(value, spread, dof, settings));
    Reference { hartung_knapp, ..found.of_all(comparison) }
}

fn normal(value: f64, u: f64, settings: &Settings) -> [f64; 2] {
    let k = Law::Normal.exceeded(0.5 - 0.5 * settings.confidence);
    [value - k * u, value + k * u]
}

fn student(value: f64, u: f64, dof: f64, settings: &Settings) -> [f64; 2] {
    let k = Law::Student { dof }.exceeded(0.5 - 0.5 * settings.confidence);
    [value - k * u, value + k * u]
}
