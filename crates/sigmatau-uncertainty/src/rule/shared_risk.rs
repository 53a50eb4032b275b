//! Shared risk: simple acceptance where the uncertainty is small enough for both sides to bear it.

use super::{Argument, Rule, Zones};

/// Simple acceptance where U is at most a share of half of the tolerance; no decision where it is larger, or where
/// one limit gives nothing to compare U with.
pub(super) static RULE: Rule = Rule {
    name: "shared-risk",
    title: "passes within the tolerance limits if U is at most a share of half their distance",
    reference: "JCGM 106:2012, 8.2; OIML G 19:2017",
    argument: Some(Argument {
        meaning: "the largest U over half of the tolerance",
        usual: 1.0 / 3.0,
        above: 0.0,
        at_most: 1.0,
    }),
    zones: |limits, measured, ratio| {
        let small = limits.half_width().is_finite() && measured.expanded <= ratio * limits.half_width();
        small.then(|| Zones::binary(*limits))
    },
};
