//! Phases from frequencies.

use super::{Quantity, Series, Step, Treated, Treatment, no_argument};
use sigmatau_core::{Finding, Severity};
use std::fmt;

/// Integrates frequencies to phases, x(0) = 0, x(n+1) = x(n) + τ₀ y(n), by a compensated sum.
///
/// Across a missing frequency the phase step is unknown, so that a gap between frequencies refuses the
/// step; the analysis itself takes frequencies with gaps. Missing points at the ends stay missing.
pub(super) static STEP: Step = Step {
    name: "to-phase",
    title: "phases integrated from frequencies",
    parameter: "",
    reference: "IEEE 1139",
    understand: |argument| Ok(Box::new(no_argument(argument, ToPhase)?)),
};

#[derive(Debug)]
struct ToPhase;

impl fmt::Display for ToPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("to-phase")
    }
}

impl Treatment for ToPhase {
    fn apply(&self, series: Series) -> Treated {
        let Some(values) = series.phases() else { return unknown_steps() };
        let seen = match series.quantity {
            Quantity::Phase => "the data are phases already".to_owned(),
            Quantity::Frequency => {
                format!("{} frequencies were integrated to {} phases", series.values.len(), values.len())
            }
        };
        let finding = Finding::new(
            Severity::Note,
            "condition-to-phase",
            seen,
            "time error begins at 0 s; an offset in time is not known from frequencies",
            "leave the step out where only frequency statistics are wanted",
        );
        Treated::done(Series { quantity: Quantity::Phase, values, ..series }, finding)
    }
}

/// Phases are wanted where frequencies are missing.
pub(super) fn unknown_steps() -> Treated {
    Treated::refused(
        "condition-gap",
        "frequencies are missing between others, so that the phase step across them is unknown",
        "use a step that acts on frequencies, or cut the record at the gap",
    )
}
