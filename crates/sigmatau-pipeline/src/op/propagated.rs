//! What the ops that propagate uncertainties have in common.

use crate::document::{DocumentError, Parameter, Section};
use crate::measurand::Measurement;
use sigmatau_core::{Finding, Severity};
use sigmatau_uncertainty::propagation::{self, DofRule, Order, Results, Settings};

/// The coverage probability and what is done about fractional degrees of freedom.
pub(super) const COVERAGE: &[Parameter] = &[
    Parameter::new("probability", "coverage probability of expanded uncertainties").or("0.95"),
    Parameter::new("dof", "fractional degrees of freedom: truncate to the next lower integer, or interpolate")
        .or("\"truncate\""),
];

/// How far the model is expanded.
pub(super) const ORDER: &[Parameter] =
    &[Parameter::new("order", "first: the linear part of the model; second: its curvature as well").or("\"first\"")];

/// The coverage probability, between 0 and 1.
pub(super) fn probability(section: &Section<'_>) -> Result<f64, DocumentError> {
    let probability = section.number("probability")?.unwrap_or(f64::NAN);
    let refused = || section.refuse_key("probability", "a coverage probability lies between 0 and 1");
    Some(probability).filter(|p| *p > 0.0 && *p < 1.0).ok_or_else(refused)
}

/// Reads [`COVERAGE`].
pub(super) fn coverage(section: &Section<'_>) -> Result<Settings, DocumentError> {
    let rules = [DofRule::Truncate, DofRule::Fractional];
    let dof_rule = rules[section.one_of("dof", "rule", ["truncate", "interpolate"])?];
    Ok(Settings { probability: probability(section)?, dof_rule, ..Settings::default() })
}

/// Reads [`ORDER`].
pub(super) fn expansion(section: &Section<'_>) -> Result<Order, DocumentError> {
    Ok([Order::First, Order::Second][section.one_of("order", "order", ["first", "second"])?])
}

/// Reads [`COVERAGE`] and [`ORDER`].
pub(super) fn settings(section: &Section<'_>) -> Result<Settings, DocumentError> {
    Ok(Settings { order: expansion(section)?, ..coverage(section)? })
}

/// The keys of [`COVERAGE`], as TOML.
pub(super) fn coverage_typed(settings: &Settings) -> String {
    let dof = if settings.dof_rule == DofRule::Truncate { "truncate" } else { "interpolate" };
    format!("probability = {:?}\ndof = \"{dof}\"\n", settings.probability)
}

/// The keys of [`COVERAGE`] and [`ORDER`], as TOML.
pub(super) fn typed(settings: &Settings) -> String {
    format!("{}order = \"{}\"\n", coverage_typed(settings), order(settings))
}

pub(super) fn order(settings: &Settings) -> &'static str {
    if settings.order == Order::First { "first" } else { "second" }
}

/// Propagates a measurand; what stands in the way is a finding.
pub(super) fn results(measurement: &Measurement, settings: &Settings) -> Result<Results, Box<Finding>> {
    propagation::propagate(&measurement.function, &measurement.knowledge, settings).map_err(|error| {
        let finding = Finding::new(
            Severity::Failure,
            "not-propagated",
            format!("failed to {error}"),
            "there is no result of this measurand",
            "look for a division by zero, or take estimates where the model has a derivative; Monte Carlo needs none",
        );
        Box::new(finding.about(&measurement.name))
    })
}
