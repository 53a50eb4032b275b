//! One input of a measurand.

use super::shape::{SHAPES, Shape, Spread, given, is_of_a_shape};
use super::{Estimated, Given, MeasurandInput, term};
use crate::DocumentError;
use crate::document::{Parameter, Section};
use sigmatau_core::Unit;

const INPUT: &[Parameter] = &[
    Parameter::new("unit", "unit of all numbers of the input"),
    Parameter::new("value", "estimate"),
    Parameter::new("column", "column of estimates, row by row"),
    Parameter::new("observations", "indications whose mean is the estimate"),
    Parameter::new("distribution", "what is known about the estimate"),
    Parameter::new("standard_uncertainty", "of a normal distribution: its standard deviation"),
    Parameter::new("u_column", "column of standard uncertainties"),
    Parameter::new("expanded_uncertainty", "U of a certificate, with `coverage_factor`"),
    Parameter::new("expanded_column", "column of expanded uncertainties, with `coverage_factor`"),
    Parameter::new("coverage_factor", "k that an expanded uncertainty was stated with"),
    Parameter::new("scale", "of t and gamma distributions; not the standard deviation"),
    Parameter::new("half_width", "half of the width of a distribution with limits"),
    Parameter::new("inexactness", "of the limits of a ctrap distribution"),
    Parameter::new(
        "shape",
        "of a trapezoidal distribution: top over base; of a gamma distribution: its shape parameter",
    ),
    Parameter::new("samples", "deviations from the estimate"),
    Parameter::new("edges", "ends of the bins of a histogram of deviations from the estimate"),
    Parameter::new("weights", "weights of the bins of a histogram"),
    Parameter::new("dof", "degrees of freedom of the standard uncertainty"),
    Parameter::new("dof_column", "column of degrees of freedom"),
    Parameter::new("ensemble", "name of those that were estimated together"),
    Parameter::new("term", "independent statements, reckoned anew in each row"),
];

/// Reads an input.
pub(super) fn read(symbol: &str, section: Section<'_>) -> Result<MeasurandInput, DocumentError> {
    let what = format!("input.{symbol}");
    let bracketed = format!("[{what}]");
    let section = section.checked(bracketed.as_str(), &[INPUT])?;
    let unit = section.required("unit")?;
    let unit = Unit::parse(&unit).map_err(|error| section.refuse_key("unit", &format!("failed to {error}")))?;
    let spread = spread(&what, &bracketed, &section)?;
    Ok(MeasurandInput {
        symbol: symbol.to_owned(),
        unit,
        estimate: estimate(&section, &spread)?,
        dof: dof(&section, &spread)?,
        ensemble: section.text("ensemble")?,
        line: section.line(""),
        spread,
    })
}

fn spread(what: &str, bracketed: &str, section: &Section<'_>) -> Result<Spread, DocumentError> {
    if section.has("term") {
        alone(section, "term", "the terms say all that is known")?;
        let terms = section.subsections("term")?.into_iter().map(|term| term::read(what, term));
        return Ok(Spread::Terms(terms.collect::<Result<_, _>>()?));
    }
    if section.has("observations") {
        alone(section, "observations", "the observations tell the distribution")?;
        return Ok(Spread::Observed);
    }
    shape(bracketed, section)?.spread(bracketed, section)
}

/// Refuses what else says how an estimate is distributed.
fn alone(section: &Section<'_>, key: &str, why: &str) -> Result<(), DocumentError> {
    let says = |other: &&str| *other == "distribution" || is_of_a_shape(other) || (*other == "term" && key != "term");
    match section.keys().into_iter().find(says) {
        Some(other) => Err(section.refuse_key(other, &format!("{why}; drop `{other}`"))),
        None => Ok(()),
    }
}

/// The distribution that is named, or else the normal one where a standard or an expanded uncertainty is stated.
fn shape(bracketed: &str, section: &Section<'_>) -> Result<&'static Shape, DocumentError> {
    if section.has("distribution") {
        return Ok(&SHAPES[section.one_of("distribution", "distribution", SHAPES.iter().map(|shape| shape.word))?]);
    }
    let normal = SHAPES.iter().find(|shape| shape.word == "normal").expect("the table has it");
    let typed = section.keys().into_iter().find(|key| is_of_a_shape(key));
    match typed {
        Some(key) if normal.keys.contains(&key) => Ok(normal),
        Some(key) => {
            let fits = SHAPES.iter().filter(|shape| shape.keys.contains(&key));
            let fits: Vec<String> = fits.map(|shape| format!("`{}`", shape.word)).collect();
            let message = format!("{bracketed} has a `{key}` of what? State `distribution`: {}", fits.join(", "));
            Err(section.refuse_key(key, &message))
        }
        None => {
            let message = format!(
                "{bracketed} says nothing of its uncertainty; state `standard_uncertainty`, or \
                 `distribution = \"constant\"` if it is exact"
            );
            Err(section.refuse(section.line(""), &message))
        }
    }
}

/// The value, the column or the observations, of which there is one.
fn estimate(section: &Section<'_>, spread: &Spread) -> Result<Estimated, DocumentError> {
    let keys = ["value", "column", "observations"];
    let typed: Vec<&str> = keys.into_iter().filter(|key| section.has(key)).collect();
    match (spread, typed.as_slice()) {
        (Spread::Gamma { shape, scale }, []) => Ok(Estimated::Value(shape * scale)),
        (Spread::Gamma { .. }, [key, ..]) => {
            Err(section
                .refuse_key(key, &format!("the estimate of a gamma distribution is shape · scale; drop `{key}`")))
        }
        (_, []) => Err(section.missing("value")),
        (_, ["value"]) => Ok(Estimated::Value(value(section, spread)?)),
        (_, ["column"]) => Ok(Estimated::Column(section.required("column")?)),
        (_, ["observations"]) => observations(section),
        (_, [.., key]) => Err(section.refuse_key(key, &format!("an estimate is stated as well; drop `{key}`"))),
    }
}

fn value(section: &Section<'_>, spread: &Spread) -> Result<f64, DocumentError> {
    let value = section.number("value")?.expect("a key that is there");
    match spread {
        Spread::Exponential if value <= 0.0 => {
            Err(section.refuse_key("value", "the mean of an exponential distribution is above 0"))
        }
        _ => Ok(value),
    }
}

fn observations(section: &Section<'_>) -> Result<Estimated, DocumentError> {
    let observations = section.numbers("observations")?;
    match observations.len() {
        0 | 1 => Err(section.refuse_key("observations", "one observation tells no scatter; list two or more")),
        _ => Ok(Estimated::Observations(observations)),
    }
}

/// The degrees of freedom beside a distribution that has none of its own.
fn dof(section: &Section<'_>, spread: &Spread) -> Result<Option<Given>, DocumentError> {
    let own = match spread {
        Spread::Student { .. } => return refuse_column(section),
        Spread::Observed => Some("the degrees of freedom of observations are n - 1"),
        Spread::Constant => Some("what is known exactly has no degrees of freedom"),
        _ => None,
    };
    let typed = ["dof", "dof_column"].into_iter().find(|key| section.has(key));
    match (own, typed) {
        (Some(why), Some(key)) => Err(section.refuse_key(key, &format!("{why}; drop `{key}`"))),
        (_, None) => Ok(None),
        (None, Some(_)) => {
            section.positive("dof")?;
            given(section, "dof", "dof_column")
        }
    }
}

/// Those of a t distribution are its own.
fn refuse_column(section: &Section<'_>) -> Result<Option<Given>, DocumentError> {
    match section.has("dof_column") {
        true => Err(section.refuse_key("dof_column", "the `dof` of a t distribution is a number; drop `dof_column`")),
        false => Ok(None),
    }
}
