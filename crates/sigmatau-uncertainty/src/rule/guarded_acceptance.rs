//! Guarded acceptance: the limits of acceptance lie within those of tolerance.

use super::{Argument, Rule, Zones};

/// A result passes within the tolerance limits less a guard band w = r U on each side.
///
/// With k = 2: r = 1 leaves a specific risk of at most 2.3 % at one limit, 0.83 at most 5 %, 1.5 at most 0.14 %
/// ("three sigma"), 3 at most 10⁻⁹ ("six sigma").
pub(super) static RULE: Rule = Rule {
    name: "guarded-acceptance",
    title: "passes within the tolerance limits less r U on each side",
    reference: "JCGM 106:2012, 8.3; ILAC-G8:09/2019, binary statement with w = r U",
    argument: Some(Argument { meaning: "the guard band over U", usual: 1.0, above: 0.0, at_most: 10.0 }),
    zones: |limits, measured, r| Some(Zones::binary(limits.guarded(r * measured.expanded))),
};
