//! Statements of makers: fractions of the reading or the span, digits, absolute parts, and what their sum is.

use super::shape::{number, positive};
use crate::DocumentError;
use crate::document::{Parameter, Section};

/// One statement, such as ±(0.02 % of reading + 2 digits): the size is
/// `of_reading` · |reading| + `of_span` · `span` + `digits` · `resolution` + `absolute`.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The fraction of the reading's magnitude; 0 where nothing is stated.
    pub of_reading: f64,
    /// The fraction of the span; 0 where nothing is stated.
    pub of_span: f64,
    /// The span; 0 where nothing is stated of it.
    pub span: f64,
    /// The number of digits; 0 where nothing is stated.
    pub digits: f64,
    /// What one digit is worth; 0 where nothing is stated of them.
    pub resolution: f64,
    /// The part that depends on nothing.
    pub absolute: f64,
    /// What the sum is.
    pub means: Meaning,
}

/// What the size of a statement is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// The standard uncertainty.
    StandardUncertainty,
    /// The expanded uncertainty, with the coverage factor that it was stated with.
    ExpandedUncertainty {
        /// k.
        coverage_factor: f64,
    },
    /// The limits of a rectangular distribution.
    Rectangular,
    /// The limits of a triangular distribution.
    Triangular,
    /// The limits of an arcsine distribution.
    Arcsine,
}

const TERM: &[Parameter] = &[
    Parameter::new("of_reading", "fraction of the reading: 1e-4 for 0.01 %").or("0"),
    Parameter::new("of_span", "fraction of `span`").or("0"),
    Parameter::new("span", "the span, in the unit of the input"),
    Parameter::new("digits", "number of digits of `resolution` each").or("0"),
    Parameter::new("resolution", "what one digit is worth, in the unit of the input"),
    Parameter::new("absolute", "a part that depends on nothing, in the unit of the input").or("0"),
    Parameter::new("means", "what the sum is: standard_uncertainty, expanded_uncertainty or half_width"),
    Parameter::new("coverage_factor", "that an expanded uncertainty was stated with"),
    Parameter::new("distribution", "of a half width: rectangular, triangular or arcsine"),
];

/// Reads a statement.
pub(super) fn read(what: &str, section: Section<'_>) -> Result<Term, DocumentError> {
    let section = section.checked(format!("[[{what}.term]]"), &[TERM])?;
    let sizes = ["of_reading", "of_span", "digits", "absolute"];
    if !sizes.iter().any(|key| section.has(key)) {
        return Err(section.missing("of_reading"));
    }
    let size = |key: &str| number(&section, key, 0.0, f64::MAX);
    Ok(Term {
        of_reading: size("of_reading")?,
        of_span: size("of_span")?,
        span: beside(&section, "of_span", "span")?,
        digits: size("digits")?,
        resolution: beside(&section, "digits", "resolution")?,
        absolute: size("absolute")?,
        means: meaning(&section)?,
    })
}

/// The positive number under `key`, which goes with `of`; 0 where there is neither.
fn beside(section: &Section<'_>, of: &str, key: &str) -> Result<f64, DocumentError> {
    match (section.has(of), section.has(key)) {
        (false, false) => Ok(0.0),
        (false, true) => Err(section.refuse_key(key, &format!("`{key}` says nothing without `{of}`"))),
        (true, _) => positive(section, key),
    }
}

fn meaning(section: &Section<'_>) -> Result<Meaning, DocumentError> {
    let meanings = ["standard_uncertainty", "expanded_uncertainty", "half_width"];
    let meaning = section.one_of("means", "meaning", meanings)?;
    let strange = [("coverage_factor", 1), ("distribution", 2)];
    if let Some((key, _)) = strange.into_iter().find(|(key, place)| section.has(key) && *place != meaning) {
        let message = format!("`{key}` does not belong to a {}", meanings[meaning].replace('_', " "));
        return Err(section.refuse_key(key, &message));
    }
    match meaning {
        0 => Ok(Meaning::StandardUncertainty),
        1 => Ok(Meaning::ExpandedUncertainty { coverage_factor: positive(section, "coverage_factor")? }),
        _ => limits(section),
    }
}

fn limits(section: &Section<'_>) -> Result<Meaning, DocumentError> {
    let kinds = [Meaning::Rectangular, Meaning::Triangular, Meaning::Arcsine];
    Ok(kinds
        [section.one_of("distribution", "distribution of a half width", ["rectangular", "triangular", "arcsine"])?])
}
