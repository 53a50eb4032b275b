//! Guarded rejection: only what is surely beyond a limit fails.

use super::{Argument, Rule, Zones};

/// A result passes within the tolerance limits and r U beyond on each side: what fails does not conform, almost surely.
pub(super) static RULE: Rule = Rule {
    name: "guarded-rejection",
    title: "fails beyond the tolerance limits and r U more on each side",
    reference: "JCGM 106:2012, 8.3; ILAC-G8:09/2019, uncritical",
    argument: Some(Argument { meaning: "the guard band over U", usual: 1.0, above: 0.0, at_most: 10.0 }),
    zones: |limits, measured, r| Some(Zones::binary(limits.guarded(-r * measured.expanded))),
};
