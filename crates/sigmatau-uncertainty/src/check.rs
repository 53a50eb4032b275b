//! The table of checks: what each asks of a dataset, when it answers no, how much that weighs and what helps.
//!
//! One entry per file in the folder `check/`. To add one: write its file next to its nearest sibling, add it to `CHECKS`,
//! and plant a fault for it in `tests/planted/`. Plain rules of data quality (null, range, unique, referential) are no
//! checks: database engines do them.

use crate::chain::Chain;
use crate::fdr::Sides;
use sigmatau_core::nearest;
use std::sync::Arc;

mod budget_recomputes;
mod capability_floor;
mod chain_complete;
mod chain_in_date;
mod chain_monotone;
mod control_chart;
mod correlation_possible;
mod coverage_factor;
mod coverage_held;
mod degrees_of_freedom;
mod digit_preference;
mod drift;
mod duplicate_block;
mod en_score;
mod framework_valid;
mod laboratory_effect;
mod missing_at_limits;
mod outlier;
mod readings_independent;
mod repeatability;
mod screening;
mod shared_standard;
mod statement_complete;
pub mod table;
mod time_offset;
mod time_order;
mod too_good;
mod uncertainty_rounded;
mod uncertainty_scale;
mod unit_dimension;
mod unit_slip;
mod verdict_recomputes;
mod watch;

pub use duplicate_block::length_of_block;
pub use screening::{Counts, Flag, Report, Screening};
pub use watch::{Evidence, NO_ROW, Observation, Watch, Words};

/// Every check, in the order in which help and reports list them.
pub static CHECKS: &[&Check] = &[
    &statement_complete::CHECK,
    &unit_dimension::CHECK,
    &unit_slip::CHECK,
    &budget_recomputes::CHECK,
    &uncertainty_rounded::CHECK,
    &coverage_factor::CHECK,
    &capability_floor::CHECK,
    &correlation_possible::CHECK,
    &framework_valid::CHECK,
    &repeatability::CHECK,
    &coverage_held::CHECK,
    &uncertainty_scale::CHECK,
    &en_score::CHECK,
    &degrees_of_freedom::CHECK,
    &readings_independent::CHECK,
    &drift::CHECK,
    &control_chart::CHECK,
    &outlier::CHECK,
    &laboratory_effect::CHECK,
    &shared_standard::CHECK,
    &chain_complete::CHECK,
    &chain_in_date::CHECK,
    &chain_monotone::CHECK,
    &time_order::CHECK,
    &time_offset::CHECK,
    &duplicate_block::CHECK,
    &digit_preference::CHECK,
    &too_good::CHECK,
    &verdict_recomputes::CHECK,
    &missing_at_limits::CHECK,
];

/// A question to a dataset.
pub struct Check {
    /// The short name, such as `en-score`.
    pub name: &'static str,
    /// The name in the literature of this program, such as `EN-PEER`.
    pub code: &'static str,
    /// What is asked, as a statement that holds for sound data.
    pub title: &'static str,
    /// The statistic, with its symbols.
    pub statistic: &'static str,
    /// Where the statistic becomes a fault.
    pub threshold: f64,
    /// Why there.
    pub because: &'static str,
    /// What one answer is about.
    pub unit: Subject,
    /// How much a fault weighs.
    pub severity: Severity,
    /// What to do about a fault.
    pub remedy: &'static str,
    /// Where it comes from.
    pub reference: &'static str,
    /// How answers become flags.
    pub decision: Decision,
    /// The columns that have to be there, named with their table; any one of the sets will do.
    pub wants: &'static [&'static [&'static str]],
    /// Begins to watch a dataset.
    pub start: fn(&Start) -> Box<dyn Watch>,
    /// Says what was seen, after the name of the subject.
    pub seen: fn(&Observation) -> String,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// An instrument, or a row of it.
    Instrument,
    /// A laboratory.
    Laboratory,
    /// A person.
    Operator,
    /// A standard, or its certificate.
    Certificate,
    /// A kind of unit or quantity.
    Unit,
    /// All of it.
    Dataset,
}

impl Subject {
    /// The word written to records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Instrument => "instrument",
            Self::Laboratory => "laboratory",
            Self::Operator => "operator",
            Self::Certificate => "certificate",
            Self::Unit => "unit",
            Self::Dataset => "dataset",
        }
    }
}

/// How much a fault weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Untidy; nothing is wrong by it.
    Low,
    /// A statement is not what it seems.
    Medium,
    /// A result may not be relied on.
    High,
    /// The data may not be what was measured.
    Critical,
    /// Nothing can be said before it is mended.
    Blocker,
}

impl Severity {
    /// Every severity, the lightest first.
    pub const ALL: [Self; 5] = [Self::Low, Self::Medium, Self::High, Self::Critical, Self::Blocker];

    /// The word written to records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Blocker => "blocker",
        }
    }

    /// Reads back [`Severity::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.word() == word)
    }

    /// Tells whether one fault of this weight is enough to refuse the dataset.
    pub fn refuses(self) -> bool {
        self >= Self::Critical
    }
}

/// How answers become flags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// A fault is a fault: what is observed is flagged.
    Deterministic,
    /// Scores are p-values of a family, flagged where the rate of false discoveries is kept, and the effect is at
    /// least `effect` in size.
    Family {
        /// Which deviations count.
        sides: Sides,
        /// The least |effect| that matters.
        effect: f64,
        /// The rate of false discoveries over that of the settings.
        share: f64,
    },
}

/// What a screening is told before it begins.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rate q of false discoveries that is kept.
    pub rate: f64,
    /// Whether p-values depend on each other with unknown sign, so that the procedure of Benjamini and Yekutieli is used.
    pub dependent: bool,
    /// Whether flags are set against the null that a group shows instead of the theoretical one.
    pub empirical: bool,
    /// The number of consecutive readings that no two records share by chance; see [`length_of_block`].
    pub block: usize,
    /// The largest share of falsely accepted items, where one is declared for conformity.
    pub false_acceptance: Option<f64>,
}

impl Default for Settings {
    /// 1 % false discoveries, theoretical null, blocks of 24 readings, no declared risk.
    fn default() -> Self {
        Self { rate: 0.01, dependent: false, empirical: false, block: 24, false_acceptance: None }
    }
}

/// What a check begins with.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The settings.
    pub settings: Settings,
    /// The traceability graph, where there is one.
    pub chain: Option<Arc<Chain>>,
}

/// A check's name that is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the check `{name}`: there is none of this name{hint}")]
pub struct UnknownCheck {
    /// The word that was given.
    pub name: String,
    /// The nearest known names.
    pub hint: String,
}

impl Check {
    /// Looks a check up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, UnknownCheck> {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        let unknown = || UnknownCheck { name: name.to_owned(), hint: nearest::did_you_mean(name, &names) };
        CHECKS.iter().find(|check| check.name == name).copied().ok_or_else(unknown)
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_unknown_ones_are_answered() {
        let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 30);
        assert!(Check::named("en-scor").unwrap_err().hint.contains("`en-score`"));
    }

    #[test]
    fn every_wanted_column_is_one_of_a_table() {
        use table::{Budgets, Calibrations, CheckStandards, Comparisons, Correlations, Logs, Repeats};
        let tables = [
            Calibrations::COLUMNS,
            Repeats::COLUMNS,
            Budgets::COLUMNS,
            Correlations::COLUMNS,
            CheckStandards::COLUMNS,
            Comparisons::COLUMNS,
            Logs::COLUMNS,
            &["chain"],
        ];
        for check in CHECKS {
            for column in check.wants.iter().copied().flatten() {
                assert!(tables.iter().any(|table| table.contains(column)), "{}: {column}", check.name);
            }
        }
    }
}
