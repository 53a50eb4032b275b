//! Remarks about data: what was seen, why it matters, what to try.

use std::borrow::Cow;
use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the result stands.
    Note,
    /// The result stands, but a reader should look before relying on it.
    Warning,
    /// Something could not be assessed or does not conform; the command exits with 1.
    Failure,
}

impl Severity {
    /// The word written to records: `note`, `warning` or `failure`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }

    /// Reads back [`Severity::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Failure].into_iter().find(|severity| severity.word() == word)
    }
}

/// A remark about data, which flows into the record and the report instead of stopping the work.
///
/// ```
/// use sigmatau_core::{Finding, Severity};
/// let finding = Finding::new(
///     Severity::Warning, "gap", "3 of 100 points are missing",
///     "terms that touch a missing point are dropped", "look for outages of the counter",
/// ).about("maser-1");
/// assert_eq!(
///     finding.to_string(),
///     "warning [gap] maser-1: 3 of 100 points are missing; terms that touch a missing point are \
///      dropped; try: look for outages of the counter"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A stable word for the kind of remark, such as `gap` or `constant`.
    pub code: Cow<'static, str>,
    /// What it is about: a series, a file with its line, a column; empty for the whole input.
    pub subject: String,
    /// What was seen, with the values that show it.
    pub seen: String,
    /// Why it matters for the result.
    pub matters: Cow<'static, str>,
    /// What the reader can try.
    pub advice: Cow<'static, str>,
}

impl Finding {
    /// A remark about the whole input; [`Finding::about`] names a narrower subject.
    pub fn new(
        severity: Severity,
        code: impl Into<Cow<'static, str>>,
        seen: impl Into<String>,
        matters: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, matters, advice) = (code.into(), matters.into(), advice.into());
        Self { severity, code, subject: String::new(), seen: seen.into(), matters, advice }
    }

    /// The same remark about `subject`.
    #[must_use]
    pub fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] ", self.severity.word(), self.code)?;
        if !self.subject.is_empty() {
            write!(f, "{}: ", self.subject)?;
        }
        write!(f, "{}; {}; try: {}", self.seen, self.matters, self.advice)
    }
}
