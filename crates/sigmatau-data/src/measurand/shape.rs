//! The distributions that a document may name: a table of their keys, and how each is read.

use super::{Given, Term};
use crate::DocumentError;
use crate::document::Section;

/// What is known about an estimate, in the unit of the input.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Known exactly.
    Constant,
    /// Normal.
    Normal {
        /// The standard uncertainty, which is its standard deviation.
        standard_uncertainty: Given,
    },
    /// Normal, as a certificate states it.
    Expanded {
        /// The expanded uncertainty U.
        expanded_uncertainty: Given,
        /// The coverage factor k that it was stated with.
        coverage_factor: f64,
    },
    /// Scaled and shifted t.
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
    /// Rectangular with limits that are known inexactly.
    CurvilinearTrapezoid {
        /// Half of the width between the estimated limits.
        half_width: f64,
        /// The inexactness of each limit.
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
        /// The width of the top over that of the base.
        shape: f64,
    },
    /// U-shaped.
    Arcsine {
        /// The amplitude.
        half_width: f64,
    },
    /// Exponential, the estimate being the mean.
    Exponential,
    /// Gamma, the estimate being shape · scale.
    Gamma {
        /// The shape parameter.
        shape: f64,
        /// The scale parameter, not the standard deviation.
        scale: f64,
    },
    /// Samples of the deviation from the estimate.
    Samples(Vec<f64>),
    /// A histogram of the deviation from the estimate.
    Histogram {
        /// The ends of the bins, ascending.
        edges: Vec<f64>,
        /// The weights of the bins.
        weights: Vec<f64>,
    },
    /// What the observations tell: t with scale s/√n and n − 1 degrees of freedom.
    Observed,
    /// Independent statements, reckoned anew in each row.
    Terms(Vec<Term>),
}

impl Spread {
    /// The numbers that may stand in columns.
    pub(super) fn given(&self) -> Option<&Given> {
        match self {
            Self::Normal { standard_uncertainty } => Some(standard_uncertainty),
            Self::Expanded { expanded_uncertainty, .. } => Some(expanded_uncertainty),
            _ => None,
        }
    }
}

/// A distribution as documents name it.
pub(super) struct Shape {
    pub(super) word: &'static str,
    /// The keys that belong to it.
    pub(super) keys: &'static [&'static str],
    /// What to write, in a message.
    remedy: &'static str,
    read: fn(&Section<'_>) -> Result<Spread, DocumentError>,
}

/// Every distribution.
pub(super) static SHAPES: &[Shape] = &[
    Shape { word: "constant", keys: &[], remedy: "nothing: it is known exactly", read: |_| Ok(Spread::Constant) },
    Shape {
        word: "normal",
        keys: &["standard_uncertainty", "u_column", "expanded_uncertainty", "expanded_column", "coverage_factor"],
        remedy: "`standard_uncertainty`, or `expanded_uncertainty` with `coverage_factor`",
        read: normal,
    },
    Shape {
        word: "t",
        keys: &["scale"],
        remedy: "`scale`, which is not its standard deviation, and `dof`",
        read: student,
    },
    Shape { word: "rectangular", keys: &["half_width"], remedy: "`half_width`", read: rectangular },
    Shape {
        word: "ctrap",
        keys: &["half_width", "inexactness"],
        remedy: "`half_width` and `inexactness`",
        read: ctrap,
    },
    Shape { word: "triangular", keys: &["half_width"], remedy: "`half_width`", read: triangular },
    Shape {
        word: "trapezoidal",
        keys: &["half_width", "shape"],
        remedy: "`half_width` and `shape`",
        read: trapezoidal,
    },
    Shape { word: "arcsine", keys: &["half_width"], remedy: "`half_width`", read: arcsine },
    Shape {
        word: "exponential",
        keys: &[],
        remedy: "nothing: its mean is the value",
        read: |_| Ok(Spread::Exponential),
    },
    Shape { word: "gamma", keys: &["shape", "scale"], remedy: "`shape` and `scale`", read: gamma },
    Shape { word: "samples", keys: &["samples"], remedy: "`samples`", read: samples },
    Shape { word: "histogram", keys: &["edges", "weights"], remedy: "`edges` and `weights`", read: histogram },
];

impl Shape {
    /// Reads the keys of the distribution; `what` names the input.
    pub(super) fn spread(&self, what: &str, section: &Section<'_>) -> Result<Spread, DocumentError> {
        let belongs = |key: &&str| self.keys.contains(key) || !is_of_a_shape(key);
        match section.keys().into_iter().find(|key| !belongs(key)) {
            Some(key) => Err(self.refuse(what, section, key)),
            None => (self.read)(section),
        }
    }

    /// The error that a key belongs to another distribution.
    fn refuse(&self, what: &str, section: &Section<'_>, key: &str) -> DocumentError {
        let article = if self.word.starts_with(['a', 'e']) { "an" } else { "a" };
        let (word, remedy) = (self.word, self.remedy);
        let message =
            format!("{what} has {article} {word} distribution, to which `{key}` does not belong; write {remedy}");
        section.refuse_key(key, &message)
    }
}

/// Whether a key belongs to some distribution.
pub(super) fn is_of_a_shape(key: &str) -> bool {
    SHAPES.iter().any(|shape| shape.keys.contains(&key))
}

/// The number under a key that has to be there, from `low` to `high`.
pub(super) fn number(section: &Section<'_>, key: &str, low: f64, high: f64) -> Result<f64, DocumentError> {
    let value = section.number(key)?.ok_or_else(|| section.missing(key))?;
    let wanted = if high == f64::MAX { format!("at least {low}") } else { format!("from {low} to {high}") };
    let refused = || section.refuse_key(key, &format!("`{key}` is {value}; it has to be {wanted}"));
    Some(value).filter(|value| (low..=high).contains(value)).ok_or_else(refused)
}

/// The number under a key that has to be there and above 0.
pub(super) fn positive(section: &Section<'_>, key: &str) -> Result<f64, DocumentError> {
    section.positive(key)?.ok_or_else(|| section.missing(key))
}

/// The number under one key, or the column under another.
pub(super) fn given(section: &Section<'_>, key: &str, column: &str) -> Result<Option<Given>, DocumentError> {
    match (section.has(key), section.text(column)?) {
        (true, Some(_)) => Err(section.refuse_key(column, &format!("state either `{key}` or `{column}`; drop one"))),
        (true, None) => Ok(Some(Given::Number(number(section, key, 0.0, f64::MAX)?))),
        (false, column) => Ok(column.map(Given::Column)),
    }
}

fn normal(section: &Section<'_>) -> Result<Spread, DocumentError> {
    let standard = given(section, "standard_uncertainty", "u_column")?;
    let expanded = given(section, "expanded_uncertainty", "expanded_column")?;
    match (standard, expanded) {
        (Some(_), Some(_)) => {
            let key = if section.has("expanded_uncertainty") { "expanded_uncertainty" } else { "expanded_column" };
            Err(section.refuse_key(key, "a standard uncertainty is stated as well; drop one of the two"))
        }
        (None, Some(expanded_uncertainty)) => {
            Ok(Spread::Expanded { expanded_uncertainty, coverage_factor: positive(section, "coverage_factor")? })
        }
        (Some(_), None) if section.has("coverage_factor") => Err(section.refuse_key(
            "coverage_factor",
            "a standard uncertainty has no coverage factor; write `expanded_uncertainty`",
        )),
        (Some(standard_uncertainty), None) => Ok(Spread::Normal { standard_uncertainty }),
        (None, None) => Err(section.missing("standard_uncertainty")),
    }
}

fn student(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Student { scale: number(section, "scale", 0.0, f64::MAX)?, dof: positive(section, "dof")? })
}

fn half_width(section: &Section<'_>) -> Result<f64, DocumentError> {
    number(section, "half_width", 0.0, f64::MAX)
}

fn rectangular(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Rectangular { half_width: half_width(section)? })
}

fn ctrap(section: &Section<'_>) -> Result<Spread, DocumentError> {
    let half_width = half_width(section)?;
    Ok(Spread::CurvilinearTrapezoid { half_width, inexactness: number(section, "inexactness", 0.0, half_width)? })
}

fn triangular(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Triangular { half_width: half_width(section)? })
}

fn trapezoidal(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Trapezoidal { half_width: half_width(section)?, shape: number(section, "shape", 0.0, 1.0)? })
}

fn arcsine(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Arcsine { half_width: half_width(section)? })
}

fn gamma(section: &Section<'_>) -> Result<Spread, DocumentError> {
    Ok(Spread::Gamma { shape: positive(section, "shape")?, scale: positive(section, "scale")? })
}

fn samples(section: &Section<'_>) -> Result<Spread, DocumentError> {
    let samples = section.numbers("samples")?;
    match samples.len() {
        0 | 1 => Err(section.refuse_key("samples", "`samples` lists two deviations from the value or more")),
        _ => Ok(Spread::Samples(samples)),
    }
}

fn histogram(section: &Section<'_>) -> Result<Spread, DocumentError> {
    let (edges, weights) = (section.numbers("edges")?, section.numbers("weights")?);
    if edges.len() < 2 || edges.windows(2).any(|pair| pair[1] <= pair[0]) {
        return Err(section.refuse_key("edges", "`edges` lists the ends of the bins, two or more, ascending"));
    }
    if weights.len() + 1 != edges.len() {
        let message = format!("there are {} weights for {} bins", weights.len(), edges.len() - 1);
        return Err(section.refuse_key("weights", &message));
    }
    if weights.iter().any(|weight| *weight < 0.0) || weights.iter().sum::<f64>() <= 0.0 {
        return Err(section.refuse_key("weights", "weights are not negative, and not all 0"));
    }
    Ok(Spread::Histogram { edges, weights })
}
