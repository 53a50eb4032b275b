//! Acceptance at a wanted specific risk: the guard bands follow from the distribution itself.

use super::{Argument, Limits, Rule, Zones};
use crate::risk::specific_acceptance;

/// Nothing: the lower limit lies above the upper one.
const NOTHING: Limits = Limits { lower: f64::INFINITY, upper: f64::NEG_INFINITY };

/// A result passes where the probability that the item does not conform is at most the argument, both limits and the
/// distribution of the quantity taken as they are.
pub(super) static RULE: Rule = Rule {
    name: "specific-risk",
    title: "passes where the probability of not conforming is at most the argument",
    reference: "JCGM 106:2012, 8.3 and 9",
    argument: Some(Argument { meaning: "the largest risk", usual: 0.05, above: 0.0, at_most: 0.5 }),
    zones: |limits, measured, risk| {
        Some(Zones::binary(specific_acceptance(limits, measured.distribution, risk).unwrap_or(NOTHING)))
    },
};
