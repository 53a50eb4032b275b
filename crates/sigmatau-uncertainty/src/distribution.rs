//! What is known of a quantity about its estimate: the distributions of the GUM and its Supplement 1.

use std::sync::Arc;

/// The distribution of a quantity about its estimate.
///
/// Every parameter is in the unit of the quantity and named for what it is, so that a scale can't be taken for
/// a standard deviation: Student's distribution has a `scale`, and what the GUM calls its standard uncertainty is that
/// scale, while its standard deviation is larger by √(ν/(ν−2)).
///
/// ```
/// use sigmatau_uncertainty::Distribution;
/// let standard = Distribution::Student { scale: 25e-9, dof: 18.0 };
/// assert_eq!(standard.standard_uncertainty(), 25e-9);
/// assert!((standard.standard_deviation() / 25e-9 - (18.0_f64 / 16.0).sqrt()).abs() < 1e-15);
/// ```
///
/// Reference: JCGM 101:2008, 6.4.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Distribution {
    /// Known exactly.
    Constant,
    /// Normal.
    Normal {
        /// The standard deviation.
        standard_deviation: f64,
    },
    /// Scaled and shifted t: what n indications of a normal quantity tell, with scale s/√n and ν = n − 1.
    Student {
        /// The scale, not the standard deviation.
        scale: f64,
        /// The degrees of freedom ν.
        dof: f64,
    },
    /// Uniform within ± the half width.
    Rectangular {
        /// Half of the width.
        half_width: f64,
    },
    /// Rectangular with limits that are known inexactly, each within ±d: CTrap.
    CurvilinearTrapezoid {
        /// Half of the width between the estimated limits.
        half_width: f64,
        /// The inexactness d of each limit, at most the half width.
        inexactness: f64,
    },
    /// Symmetric triangular.
    Triangular {
        /// Half of the width of the base.
        half_width: f64,
    },
    /// Symmetric trapezoidal.
    Trapezoidal {
        /// Half of the width of the base.
        half_width: f64,
        /// The width of the top over that of the base, from 0 (triangular) to 1 (rectangular).
        shape: f64,
    },
    /// U-shaped: the value of a sine at a random phase.
    Arcsine {
        /// The amplitude.
        half_width: f64,
    },
    /// Exponential, the estimate being the mean: the quantity is positive and nothing else is known of it.
    Exponential {
        /// The mean, and so the estimate.
        mean: f64,
    },
    /// Gamma, the estimate being the mean shape · scale: a count has shape q + 1 and scale 1.
    Gamma {
        /// The shape parameter.
        shape: f64,
        /// The scale parameter, not the standard deviation.
        scale: f64,
    },
    /// Drawn from samples of the quantity's deviation from its estimate.
    Samples(Arc<[f64]>),
    /// A histogram of the quantity's deviation from its estimate: uniform within each bin.
    Histogram {
        /// The ends of the bins, ascending; one more than there are bins.
        edges: Arc<[f64]>,
        /// The weights of the bins, with any positive sum.
        weights: Arc<[f64]>,
    },
}

/// Why a distribution was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DistributionError {
    /// A parameter is out of its range.
    #[error("take a {distribution} distribution with {parameter} {value}: it has to be {wanted}")]
    Parameter {
        /// The distribution.
        distribution: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What was given.
        value: f64,
        /// What may be given.
        wanted: &'static str,
    },
    /// Samples or bins are too few or not in order.
    #[error("take a distribution of {what}: {problem}")]
    Table {
        /// What it was made from.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl Distribution {
    /// The word for it in documents: `normal`, `t`, `rectangular`, `ctrap`, `triangular`, `trapezoidal`, `arcsine`,
    /// `exponential`, `gamma`, `samples`, `histogram`, `constant`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Normal { .. } => "normal",
            Self::Student { .. } => "t",
            Self::Rectangular { .. } => "rectangular",
            Self::CurvilinearTrapezoid { .. } => "ctrap",
            Self::Triangular { .. } => "triangular",
            Self::Trapezoidal { .. } => "trapezoidal",
            Self::Arcsine { .. } => "arcsine",
            Self::Exponential { .. } => "exponential",
            Self::Gamma { .. } => "gamma",
            Self::Samples(_) => "samples",
            Self::Histogram { .. } => "histogram",
        }
    }

    /// The same distribution, if its parameters make one.
    ///
    /// # Errors
    /// When a parameter is not finite or out of its range, naming it; when samples are fewer than two or not finite;
    /// when the edges of a histogram do not ascend, or a weight is negative.
    pub fn checked(self) -> Result<Self, DistributionError> {
        let distribution = self.word();
        let at_least_zero = |parameter, value: f64| within(distribution, parameter, value, 0.0, f64::MAX, "at least 0");
        match &self {
            Self::Constant => {}
            Self::Normal { standard_deviation } => at_least_zero("standard deviation", *standard_deviation)?,
            Self::Student { scale, dof } => {
                at_least_zero("scale", *scale)?;
                within(distribution, "degrees of freedom", *dof, f64::MIN_POSITIVE, f64::INFINITY, "above 0")?;
            }
            Self::Rectangular { half_width } | Self::Triangular { half_width } | Self::Arcsine { half_width } => {
                at_least_zero("half width", *half_width)?;
            }
            Self::CurvilinearTrapezoid { half_width, inexactness } => {
                at_least_zero("half width", *half_width)?;
                within(distribution, "inexactness", *inexactness, 0.0, *half_width, "from 0 to the half width")?;
            }
            Self::Trapezoidal { half_width, shape } => {
                at_least_zero("half width", *half_width)?;
                within(distribution, "shape", *shape, 0.0, 1.0, "from 0 to 1")?;
            }
            Self::Exponential { mean } => {
                within(distribution, "mean", *mean, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
            }
            Self::Gamma { shape, scale } => {
                within(distribution, "shape", *shape, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
                within(distribution, "scale", *scale, f64::MIN_POSITIVE, f64::MAX, "above 0")?;
            }
            Self::Samples(samples) => check_samples(samples)?,
            Self::Histogram { edges, weights } => check_histogram(edges, weights)?,
        }
        Ok(self)
    }

    /// The standard uncertainty of the GUM: the standard deviation, and the scale of Student's distribution.
    pub fn standard_uncertainty(&self) -> f64 {
        match self {
            Self::Student { scale, .. } => *scale,
            other => other.standard_deviation(),
        }
    }

    /// The standard deviation of the distribution; infinite for Student's with ν ≤ 2.
    pub fn standard_deviation(&self) -> f64 {
        match self {
            Self::Constant => 0.0,
            Self::Normal { standard_deviation } => *standard_deviation,
            Self::Student { scale, .. } if *scale == 0.0 => 0.0,
            Self::Student { dof, .. } if *dof <= 2.0 => f64::INFINITY,
            Self::Student { scale, dof: f64::INFINITY } => *scale,
            Self::Student { scale, dof } => scale * (dof / (dof - 2.0)).sqrt(),
            Self::Rectangular { half_width } => half_width / 3.0_f64.sqrt(),
            Self::CurvilinearTrapezoid { half_width, inexactness } => {
                (half_width * half_width / 3.0 + inexactness * inexactness / 9.0).sqrt()
            }
            Self::Triangular { half_width } => half_width / 6.0_f64.sqrt(),
            Self::Trapezoidal { half_width, shape } => half_width * ((1.0 + shape * shape) / 6.0).sqrt(),
            Self::Arcsine { half_width } => half_width / 2.0_f64.sqrt(),
            Self::Exponential { mean } => *mean,
            Self::Gamma { shape, scale } => shape.sqrt() * scale,
            Self::Samples(samples) => standard_deviation_of(samples),
            Self::Histogram { edges, weights } => standard_deviation_of_bins(edges, weights),
        }
    }

    /// The degrees of freedom ν that the distribution itself carries: those of Student's, else infinite.
    pub fn dof(&self) -> f64 {
        match self {
            Self::Student { dof, .. } => *dof,
            _ => f64::INFINITY,
        }
    }
}

fn within(
    distribution: &'static str,
    parameter: &'static str,
    value: f64,
    low: f64,
    high: f64,
    wanted: &'static str,
) -> Result<(), DistributionError> {
    match value {
        value if (low..=high).contains(&value) => Ok(()),
        value => Err(DistributionError::Parameter { distribution, parameter, value, wanted }),
    }
}

fn check_samples(samples: &[f64]) -> Result<(), DistributionError> {
    let refused = |problem: String| Err(DistributionError::Table { what: "samples", problem });
    match samples.iter().position(|sample| !sample.is_finite()) {
        _ if samples.len() < 2 => refused(format!("there are {}, and two are the fewest", samples.len())),
        Some(place) => refused(format!("number {} is {}", place + 1, samples[place])),
        None => Ok(()),
    }
}

fn check_histogram(edges: &[f64], weights: &[f64]) -> Result<(), DistributionError> {
    let refused = |problem: String| Err(DistributionError::Table { what: "bins", problem });
    if weights.is_empty() || edges.len() != weights.len() + 1 {
        return refused(format!("{} edges do not bound {} bins", edges.len(), weights.len()));
    }
    if let Some(bin) = (0..weights.len()).find(|bin| edges[*bin] >= edges[bin + 1]) {
        return refused(format!("the edges {} and {} do not ascend", edges[bin], edges[bin + 1]));
    }
    let sound = |weight: &&f64| weight.is_finite() && **weight >= 0.0;
    match weights.iter().find(|weight| !sound(weight)) {
        Some(weight) => refused(format!("a bin has the weight {weight}")),
        None if weights.iter().sum::<f64>() <= 0.0 => refused("no bin has any weight".to_owned()),
        None if !edges.iter().all(|edge| edge.is_finite()) => refused("an edge is not finite".to_owned()),
        None => Ok(()),
    }
}

fn standard_deviation_of(samples: &[f64]) -> f64 {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}

fn standard_deviation_of_bins(edges: &[f64], weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    let bins = || edges.windows(2).zip(weights).map(|(ends, weight)| (ends[0], ends[1], weight / total));
    let mean: f64 = bins().map(|(low, high, weight)| weight * 0.5 * (low + high)).sum();
    let spread = |low: f64, high: f64| (0.5 * (low + high) - mean).powi(2) + (high - low).powi(2) / 12.0;
    bins().map(|(low, high, weight)| weight * spread(low, high)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trapezoid_lies_between_triangle_and_rectangle() {
        let of = |shape| Distribution::Trapezoidal { half_width: 2.0, shape }.standard_deviation();
        assert!((of(0.0) - Distribution::Triangular { half_width: 2.0 }.standard_deviation()).abs() < 1e-15);
        assert!((of(1.0) - Distribution::Rectangular { half_width: 2.0 }.standard_deviation()).abs() < 1e-15);
    }

    #[test]
    fn histogram_of_one_bin_is_rectangular() {
        let one = Distribution::Histogram { edges: [1.0, 3.0].into(), weights: [7.0].into() }.checked().unwrap();
        assert!((one.standard_deviation() - 1.0 / 3.0_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn what_makes_no_distribution_is_refused_with_its_value() {
        let bad = [
            Distribution::Normal { standard_deviation: -1.0 },
            Distribution::Normal { standard_deviation: f64::NAN },
            Distribution::Student { scale: 1.0, dof: 0.0 },
            Distribution::CurvilinearTrapezoid { half_width: 1.0, inexactness: 2.0 },
            Distribution::Trapezoidal { half_width: 1.0, shape: 1.5 },
            Distribution::Samples([1.0].into()),
            Distribution::Histogram { edges: [0.0, 0.0].into(), weights: [1.0].into() },
        ];
        for distribution in bad {
            assert!(distribution.clone().checked().is_err(), "{distribution:?}");
        }
        let error = Distribution::Student { scale: 1.0, dof: -3.0 }.checked().unwrap_err();
        assert_eq!(error.to_string(), "take a t distribution with degrees of freedom -3: it has to be above 0");
    }
}
