//! Frequencies from phases.

use super::{Quantity, Series, Step, Treated, Treatment, no_argument};
use sigmatau_core::{Finding, Severity};
use std::fmt;

/// Differences of neighbouring phases over τ₀, y(n) = (x(n+1) − x(n))/τ₀; missing where either is.
///
/// What phases on both sides of a gap say about the mean frequency across it is lost.
pub(super) static STEP: Step = Step {
    name: "to-frequency",
    title: "frequencies differenced from phases",
    parameter: "",
    reference: "IEEE 1139",
    understand: |argument| Ok(Box::new(no_argument(argument, ToFrequency)?)),
};

#[derive(Debug)]
struct ToFrequency;

impl fmt::Display for ToFrequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("to-frequency")
    }
}

impl Treatment for ToFrequency {
    fn apply(&self, series: Series) -> Treated {
        let values = series.frequencies();
        let missing = values.iter().filter(|y| y.is_nan()).count();
        let seen = match series.quantity {
            Quantity::Frequency => "the data are frequencies already".to_owned(),
            Quantity::Phase => {
                let phases = series.values.len();
                format!("{phases} phases were differenced to {} frequencies, {missing} of them missing", values.len())
            }
        };
        let finding = Finding::new(
            Severity::Note,
            "condition-to-frequency",
            seen,
            "the phase step across a gap is given up",
            "leave the step out where phases have gaps",
        );
        Treated::done(Series { quantity: Quantity::Frequency, values, ..series }, finding)
    }
}
