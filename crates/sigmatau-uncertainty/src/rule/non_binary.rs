//! The non-binary statement: pass, fail, and two answers on a condition between them.

use super::{Argument, Rule, Zones};

/// A result passes r U within the tolerance limits, fails r U beyond them; between, it does so conditionally, on the
/// side of the limit on which it lies.
pub(super) static RULE: Rule = Rule {
    name: "non-binary",
    title: "passes r U within the tolerance limits, fails r U beyond, conditional between",
    reference: "ILAC-G8:09/2019, non-binary statement with a guard band",
    argument: Some(Argument { meaning: "the guard band over U", usual: 1.0, above: 0.0, at_most: 10.0 }),
    zones: |limits, measured, r| {
        let guard = r * measured.expanded;
        Some(Zones { pass: limits.guarded(guard), fail: limits.guarded(-guard) })
    },
};
