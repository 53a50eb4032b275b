//! The table of decision rules: from tolerance limits and an uncertainty to where a result passes and where it fails.
//!
//! One entry per file in the folder `rule/`. A rule is written as a word, `name` or `name:argument`:
//! `simple-acceptance`, `guarded-acceptance:0.83`, `specific-risk:0.05`. To add one: write its file next to its nearest
//! sibling and add it to [`RULES`].

use crate::Distribution;
use crate::risk::Conformity;
use sigmatau_core::nearest::did_you_mean;
use std::fmt::{Display, Formatter};

mod guarded_acceptance;
mod guarded_rejection;
mod non_binary;
mod shared_risk;
mod simple_acceptance;
mod specific_risk;

/// Every rule, from the plainest on.
pub static RULES: &[&Rule] = &[
    &simple_acceptance::RULE,
    &shared_risk::RULE,
    &guarded_acceptance::RULE,
    &guarded_rejection::RULE,
    &non_binary::RULE,
    &specific_risk::RULE,
];

/// An interval of permissible or of accepted values, both ends included; an end that there is not is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The lower limit.
    pub lower: f64,
    /// The upper limit; below the lower one where nothing is accepted.
    pub upper: f64,
}

impl Limits {
    /// Tolerance limits.
    ///
    /// # Errors
    /// When they do not ascend, one is not a number, or both are infinite.
    ///
    /// ```
    /// use sigmatau_uncertainty::rule::Limits;
    /// assert!(Limits::new(-0.5, 0.5)?.contain(0.5));
    /// assert!(Limits::new(0.5, -0.5).is_err());
    /// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
    /// ```
    pub fn new(lower: f64, upper: f64) -> Result<Self, RuleError> {
        match lower < upper && (lower.is_finite() || upper.is_finite()) {
            true => Ok(Self { lower, upper }),
            false => Err(RuleError::Limits { lower, upper }),
        }
    }

    /// Whether a value lies within, ends included.
    pub fn contain(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// The limits with each end moved inwards by a guard band, outwards where that is negative.
    pub fn guarded(&self, guard: f64) -> Self {
        Self { lower: self.lower + guard, upper: self.upper - guard }
    }

    /// Half of the width; infinite where there is one limit only.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.upper - self.lower)
    }
}

/// Where a result passes and where it fails; between the two it does so on a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zones {
    /// A result within these limits passes.
    pub pass: Limits,
    /// A result outside of these limits fails.
    pub fail: Limits,
}

impl Zones {
    /// Zones with nothing between them.
    pub fn binary(acceptance: Limits) -> Self {
        Self { pass: acceptance, fail: acceptance }
    }
}

/// A measured quantity, as rules see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured<'a> {
    /// The estimate y.
    pub estimate: f64,
    /// What is known of the quantity about the estimate.
    pub distribution: &'a Distribution,
    /// The expanded uncertainty U = k u.
    pub expanded: f64,
}

/// A decision rule that can be named.
pub struct Rule {
    /// The word before the colon.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub title: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// What may stand after the colon; nothing where nothing does.
    pub argument: Option<Argument>,
    /// The zones of a quantity, given the tolerance limits and the argument; nothing where the rule can't be applied.
    pub zones: fn(&Limits, &Measured<'_>, f64) -> Option<Zones>,
}

/// The number that a rule takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Argument {
    /// What it means.
    pub meaning: &'static str,
    /// What it is where it is not written.
    pub usual: f64,
    /// It lies above this.
    pub above: f64,
    /// It lies at or below this.
    pub at_most: f64,
}

/// A rule with its argument; it displays as the word that is read back.
#[derive(Clone, Copy)]
pub struct Decision {
    /// The rule.
    pub rule: &'static Rule,
    /// Its argument; 0 where it takes none.
    pub argument: f64,
}

/// What is said of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It conforms.
    Pass,
    /// It is taken to conform, but its uncertainty reaches over a limit.
    ConditionalPass,
    /// It is taken not to conform, but its uncertainty reaches over a limit.
    ConditionalFail,
    /// It does not conform.
    Fail,
    /// The rule can't be applied.
    Undecided,
}

/// A verdict with the probabilities behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statement {
    /// What is said.
    pub verdict: Verdict,
    /// The probabilities that the quantity lies within and beyond the tolerance limits.
    pub conformity: Conformity,
    /// Where results pass and fail; nothing where the rule can't be applied.
    pub zones: Option<Zones>,
}

/// Why a rule or its limits were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// There is no rule of this name.
    #[error("find the decision rule `{name}`: there is none of this name{hint}")]
    Unknown {
        /// The word before the colon.
        name: String,
        /// The nearest known names.
        hint: String,
    },
    /// What stands after the colon can't be understood.
    #[error("read the decision rule `{word}`: {reason}")]
    Argument {
        /// The whole word.
        word: String,
        /// Why, and what to write instead.
        reason: String,
    },
    /// The limits bound nothing.
    #[error("take the tolerance limits {lower} and {upper}: the lower one has to lie below, and one has to be finite")]
    Limits {
        /// The lower one.
        lower: f64,
        /// The upper one.
        upper: f64,
    },
}

impl Decision {
    /// Reads a rule as it is written, such as `guarded-acceptance:0.83`.
    ///
    /// # Errors
    /// When there is no rule of the name, or its argument is out of range or no number.
    ///
    /// ```
    /// use sigmatau_uncertainty::rule::Decision;
    /// assert_eq!(Decision::read("guarded-acceptance")?.to_string(), "guarded-acceptance:1");
    /// let error = Decision::read("guarded-aceptance").err().unwrap().to_string();
    /// assert!(error.contains("did you mean `guarded-acceptance`"), "{error}");
    /// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
    /// ```
    pub fn read(word: &str) -> Result<Self, RuleError> {
        let (name, written) = match word.trim().split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (word.trim(), None),
        };
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        let unknown = || RuleError::Unknown { name: name.to_owned(), hint: did_you_mean(name, &names) };
        let rule = *RULES.iter().find(|rule| rule.name == name).ok_or_else(unknown)?;
        let refused = |reason| RuleError::Argument { word: word.to_owned(), reason };
        Ok(Self { rule, argument: rule.understand(written).map_err(refused)? })
    }

    /// The verdict on a quantity with the probability that it conforms.
    ///
    /// ```
    /// use sigmatau_uncertainty::Distribution;
    /// use sigmatau_uncertainty::rule::{Decision, Limits, Measured, Verdict};
    /// let distribution = &Distribution::Normal { standard_deviation: 0.1 };
    /// let measured = Measured { estimate: 0.35, distribution, expanded: 0.2 };
    /// let limits = Limits::new(-0.5, 0.5)?;
    /// let statement = Decision::read("guarded-acceptance")?.judge(&limits, &measured);
    /// assert_eq!(statement.verdict, Verdict::Fail);
    /// assert!((statement.conformity.inside - 0.933_192_798_731_141_9).abs() < 1e-14);
    /// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
    /// ```
    pub fn judge(&self, limits: &Limits, measured: &Measured<'_>) -> Statement {
        let conformity = Conformity::of(limits, measured.estimate, measured.distribution);
        let zones = (self.rule.zones)(limits, measured, self.argument);
        let verdict = zones.map_or(Verdict::Undecided, |zones| zones.verdict(limits, measured.estimate));
        Statement { verdict, conformity, zones }
    }
}

impl Display for Decision {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self.rule.argument {
            Some(_) => write!(f, "{}:{}", self.rule.name, self.argument),
            None => f.write_str(self.rule.name),
        }
    }
}

impl Rule {
    fn understand(&self, written: Option<&str>) -> Result<f64, String> {
        match (self.argument, written) {
            (None, None) => Ok(0.0),
            (None, Some(_)) => Err(format!("nothing stands after `{}`", self.name)),
            (Some(argument), None) => Ok(argument.usual),
            (Some(argument), Some(written)) => argument.understand(written),
        }
    }
}

impl Argument {
    fn understand(&self, written: &str) -> Result<f64, String> {
        let Self { meaning, above, at_most, usual } = self;
        let wanted = || {
            format!("{meaning}, a number above {above} and at most {at_most}, stands after the colon; usual is {usual}")
        };
        let number: f64 = written.parse().map_err(|_| wanted())?;
        if number > *above && number <= *at_most { Ok(number) } else { Err(wanted()) }
    }
}

impl Zones {
    fn verdict(&self, limits: &Limits, estimate: f64) -> Verdict {
        match estimate {
            estimate if estimate.is_nan() => Verdict::Undecided,
            estimate if self.pass.contain(estimate) => Verdict::Pass,
            estimate if !self.fail.contain(estimate) => Verdict::Fail,
            estimate if limits.contain(estimate) => Verdict::ConditionalPass,
            _ => Verdict::ConditionalFail,
        }
    }
}

impl Verdict {
    /// Every verdict with its word, from the best to the worst.
    pub const ALL: [(&'static str, Self); 5] = [
        ("pass", Self::Pass),
        ("conditional-pass", Self::ConditionalPass),
        ("conditional-fail", Self::ConditionalFail),
        ("fail", Self::Fail),
        ("undecided", Self::Undecided),
    ];

    /// The word of the verdict.
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// Whether the item is taken to conform; nothing where the rule can't be applied.
    pub fn accepts(self) -> Option<bool> {
        match self {
            Self::Pass | Self::ConditionalPass => Some(true),
            Self::ConditionalFail | Self::Fail => Some(false),
            Self::Undecided => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { lower: -1.0, upper: 1.0 };

    fn verdict(rule: &str, estimate: f64, expanded: f64) -> Verdict {
        let distribution = &Distribution::Normal { standard_deviation: expanded / 2.0 };
        let measured = Measured { estimate, distribution, expanded };
        Decision::read(rule).unwrap().judge(&LIMITS, &measured).verdict
    }

    #[test]
    fn every_rule_reads_what_it_writes_and_passes_the_middle() {
        for rule in RULES {
            let decision = Decision::read(rule.name).unwrap();
            assert_eq!(Decision::read(&decision.to_string()).unwrap().to_string(), decision.to_string());
            assert_eq!(verdict(rule.name, 0.0, 0.2), Verdict::Pass, "{}", rule.name);
            assert_eq!(verdict(rule.name, -1.5, 0.2), Verdict::Fail, "{}", rule.name);
            assert_eq!(verdict(rule.name, f64::NAN, 0.2), Verdict::Undecided, "{}", rule.name);
        }
    }

    #[test]
    fn rules_differ_near_a_limit() {
        let near = |rule| [0.85, 0.95, 1.05, 1.15].map(|estimate| verdict(rule, estimate, 0.1).word());
        assert_eq!(near("simple-acceptance"), ["pass", "pass", "fail", "fail"]);
        assert_eq!(near("guarded-acceptance"), ["pass", "fail", "fail", "fail"]);
        assert_eq!(near("guarded-acceptance:2"), ["fail", "fail", "fail", "fail"]);
        assert_eq!(near("guarded-rejection"), ["pass", "pass", "pass", "fail"]);
        assert_eq!(near("non-binary"), ["pass", "conditional-pass", "conditional-fail", "fail"]);
        assert_eq!(near("specific-risk:0.05"), ["pass", "fail", "fail", "fail"]);
        assert_eq!(near("shared-risk"), ["pass", "pass", "fail", "fail"]);
    }

    #[test]
    fn risk_is_not_shared_when_the_uncertainty_is_large() {
        assert_eq!(verdict("shared-risk", 0.0, 0.33), Verdict::Pass);
        assert_eq!(verdict("shared-risk", 0.0, 0.34), Verdict::Undecided);
        assert_eq!(verdict("shared-risk:0.2", 0.0, 0.33), Verdict::Undecided);
    }

    #[test]
    fn guard_wider_than_the_tolerance_passes_nothing() {
        assert_eq!(verdict("guarded-acceptance", 0.0, 1.1), Verdict::Fail);
        assert_eq!(verdict("non-binary", 0.0, 1.1), Verdict::ConditionalPass);
    }

    /// One limit, w = 1.645 u leaves a specific risk of 5 %, w = U with k = 2 leaves 2.275 %.
    #[test]
    fn guard_bands_leave_their_risk_at_one_limit() {
        let limits = Limits::new(f64::NEG_INFINITY, 1.0).unwrap();
        let distribution = &Distribution::Normal { standard_deviation: 0.1 };
        for (rule, risk) in
            [("guarded-acceptance:0.8224268134757361", 0.05), ("guarded-acceptance", 0.022_750_131_948_179_2)]
        {
            let zones = |estimate| {
                let measured = Measured { estimate, distribution, expanded: 0.2 };
                Decision::read(rule).unwrap().judge(&limits, &measured)
            };
            let bound = zones(0.0).zones.unwrap().pass.upper;
            assert!((zones(bound).conformity.outside() - risk).abs() < 1e-14);
        }
    }

    #[test]
    fn arguments_out_of_range_are_refused_with_what_is_wanted() {
        let error = Decision::read("specific-risk:1.5").err().unwrap().to_string();
        assert!(error.contains("at most 0.5") && error.contains("usual is 0.05"), "{error}");
        assert!(Decision::read("simple-acceptance:1").is_err() && Decision::read("guarded-acceptance:x").is_err());
    }
}
