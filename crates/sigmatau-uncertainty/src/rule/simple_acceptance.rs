//! Simple acceptance: what was measured is taken for what is.

use super::{Rule, Zones};

/// A result within the tolerance limits passes; at a limit the risk is 50 %.
pub(super) static RULE: Rule = Rule {
    name: "simple-acceptance",
    title: "passes within the tolerance limits, whatever the uncertainty",
    reference: "JCGM 106:2012, 8.2; ILAC-G8:09/2019, binary statement with w = 0",
    argument: None,
    zones: |limits, _, _| Some(Zones::binary(*limits)),
};
