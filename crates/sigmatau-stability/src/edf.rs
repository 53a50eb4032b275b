//! Equivalent degrees of freedom of a mean square of overlapping, correlated terms.
//!
//! One method per file in the folder `edf/`; the one that gave a figure is named in every result.

mod closed_form;
mod exact;
mod form;
mod greenhall_riley;
mod stationary;

pub use closed_form::closed_form;
pub use exact::{WHOLE, bias, exact};
pub use greenhall_riley::greenhall_riley;

use std::fmt;
use std::str::FromStr;

/// How the terms of a statistic are made of phase points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Differences {
    /// The order d of the phase difference: 2 for Allan, 3 for Hadamard statistics.
    pub order: u8,
    /// Whether the phases are averaged over m points first (the modified statistics).
    pub averaged: bool,
    /// Whether terms start at every point or at every m-th.
    pub overlapping: bool,
}

impl Differences {
    /// Second differences at every point.
    pub const ALLAN: Self = Self { order: 2, averaged: false, overlapping: true };
    /// Second differences of averaged phases.
    pub const MODIFIED: Self = Self { order: 2, averaged: true, overlapping: true };
    /// Third differences at every point.
    pub const HADAMARD: Self = Self { order: 3, averaged: false, overlapping: true };

    /// Averaging times that a term spans.
    fn spans(self) -> usize {
        usize::from(self.order) + usize::from(self.averaged)
    }

    /// Points that a term spans at averaging factor m, less one.
    fn reach(self, m: usize) -> usize {
        self.spans() * m - usize::from(self.averaged)
    }
}

/// How a statistic is made, as noise identification and degrees of freedom see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// The mean square of differences of the record as it is.
    Differences(Differences),
    /// Second differences of the record continued by inverted mirror images.
    Total,
    /// Second differences of averages in windows continued by mirror images.
    ModifiedTotal,
    /// The same of frequencies.
    HadamardTotal,
    /// Sampled second differences of every width.
    Theo1,
    /// Differences of fitted slopes.
    Parabolic,
    /// Second differences up to a fifth of the record, sampled ones of every width beyond.
    Hybrid,
    /// Nothing that is chi-square distributed; only the order of the differences is known.
    Order(u8),
}

impl Model {
    /// The order of the phase differences: 2 for Allan, 3 for Hadamard statistics, 1 for those that keep a
    /// frequency offset.
    pub fn order(self) -> u8 {
        match self {
            Self::Differences(Differences { order, .. }) | Self::Order(order) => order,
            Self::HadamardTotal => 3,
            Self::Total | Self::ModifiedTotal | Self::Theo1 | Self::Parabolic | Self::Hybrid => 2,
        }
    }

    /// The number of terms of a record without gaps.
    pub(crate) fn terms(self, points: usize, m: usize) -> usize {
        match self {
            Self::Differences(differences) => {
                let starts = points.saturating_sub(differences.reach(m));
                if differences.overlapping { starts } else { starts.div_ceil(m) }
            }
            Self::Total => points.saturating_sub(2),
            Self::HadamardTotal if m == 1 => points.saturating_sub(3),
            Self::ModifiedTotal => (points + 1).saturating_sub(3 * m),
            Self::HadamardTotal => points.saturating_sub(3 * m),
            Self::Theo1 => points.saturating_sub(m) * (m / 2),
            Self::Parabolic if m == 1 => points.saturating_sub(2),
            Self::Parabolic => (points + 1).saturating_sub(2 * m),
            Self::Order(_) | Self::Hybrid => 0,
        }
    }

    /// The part of a statistic of two parts that serves this averaging factor.
    fn part(self, case: &Case) -> Self {
        match self {
            Self::Hybrid if case.m <= hybrid_switch(case.points) => Self::Differences(Differences::ALLAN),
            Self::Hybrid => Self::Theo1,
            whole => whole,
        }
    }

    /// Whether terms start at every point of the record.
    pub fn overlapping(self) -> bool {
        !matches!(self, Self::Differences(Differences { overlapping: false, .. }))
    }
}

/// The largest averaging factor at which ThêoH is an Allan deviation: a fifth of the record.
pub(crate) fn hybrid_switch(points: usize) -> usize {
    points.saturating_sub(1) / 5
}

/// Equivalent degrees of freedom and the name of the method that gave them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edf {
    /// The degrees of freedom.
    pub value: f64,
    /// The method.
    pub method: EdfMethod,
}

/// One mean square whose degrees of freedom are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// The noise exponent α.
    pub alpha: i8,
    /// The averaging factor.
    pub m: usize,
    /// The number of terms.
    pub n: u64,
    /// The number of phase points.
    pub points: usize,
}

/// How degrees of freedom are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdfMethod {
    /// The combined algorithm of Greenhall and Riley (2003) for difference statistics; the exact model for
    /// the others.
    #[default]
    GreenhallRiley,
    /// The exact model for every statistic.
    Exact,
    /// The closed forms of NIST SP 1065, for the statistics that have them.
    ClosedForm,
}

impl EdfMethod {
    /// The methods with their names.
    pub const NAMES: [(&str, Self); 3] =
        [("greenhall-riley", Self::GreenhallRiley), ("exact-model", Self::Exact), ("closed-form", Self::ClosedForm)];

    /// Returns the degrees of freedom of a statistic, or nothing where the method does not reach.
    pub fn degrees_of_freedom(self, model: Model, case: &Case) -> Option<Edf> {
        let model = model.part(case);
        let (value, method) = match (self, model) {
            (Self::GreenhallRiley, Model::Differences(differences)) => {
                (greenhall_riley(case.alpha, differences, case.m, case.n), self)
            }
            (Self::ClosedForm, _) => (closed_form(model, case), self),
            _ => (exact(model, case), Self::Exact),
        };
        value.filter(|value| *value > 0.0).map(|value| Edf { value, method })
    }
}

impl fmt::Display for EdfMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, method)| method == self).map(|(name, _)| name);
        f.write_str(name.expect("every method is listed"))
    }
}

impl FromStr for EdfMethod {
    type Err = String;

    /// Reads a name; the error is the tail of a message with the nearest known names.
    fn from_str(word: &str) -> Result<Self, String> {
        let names = Self::NAMES.map(|(name, _)| name);
        let found = Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, method)| *method);
        found.ok_or_else(|| sigmatau_core::nearest::did_you_mean(word, &names))
    }
}
