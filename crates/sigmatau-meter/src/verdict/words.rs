//! Verdicts in words: what they rest on, and what would mend what cannot be assessed.

use super::{Judgement, Reason, Verdict};
use std::fmt;

/// More readings than this many times as many are not worth waiting for.
const PATIENCE: f64 = 50.0;

impl Verdict {
    /// Every verdict with its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("keep", Self::Keep),
        ("watch", Self::Watch),
        ("replace", Self::Replace),
        ("not assessable", Self::NotAssessable),
    ];

    /// The word: `keep`, `watch`, `replace` or `not assessable`.
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// Reads back [`Verdict::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, verdict)| *verdict)
    }
}

const DEAD: &str = "it registers nothing, though its customer draws";
const STUCK: &str = "it sends one and the same energy";
const TAMPERED: &str = "from some time on it registers a part only, as after tampering";

impl Reason {
    /// Whether words that were printed for a judgement tell of a fault: a dead or stuck meter, or one that was tampered with.
    ///
    /// ```
    /// use sigmatau_meter::verdict::Reason;
    /// assert!(Reason::tells_of_a_fault("it sends one and the same energy; compare its register"));
    /// assert!(!Reason::tells_of_a_fault("no limit of its error is known"));
    /// ```
    pub fn tells_of_a_fault(words: &str) -> bool {
        [DEAD, STUCK, TAMPERED].iter().any(|fault| words.starts_with(fault))
    }
}

impl Judgement {
    /// What could be done next; empty where nothing need be.
    pub fn remedy(&self) -> String {
        match &self.reason {
            Reason::Conforms => String::new(),
            Reason::Exceeds => "check it on site, then replace it".to_owned(),
            Reason::Undecided { more } => wait(*more, "check it on site, or calibrate the master meter"),
            Reason::LittleInformation { more, .. } => wait(*more, "read it every 15 minutes, or check it on site"),
            Reason::Dead => "replace it, and bill what it missed".to_owned(),
            Reason::Stuck => "compare its register on site with the readings that arrived".to_owned(),
            Reason::Tampered => "inspect the site and the seals before the meter is changed".to_owned(),
            Reason::Stranger { home: Some(home) } => format!("file it under the area {home}"),
            Reason::Stranger { home: None } => "look for its area among the neighbouring ones".to_owned(),
            Reason::Idle => "wait until its customer draws, or check it on site".to_owned(),
            Reason::BelowStart { .. } => "wait until its customer draws more, or check it on site".to_owned(),
            Reason::Group { .. } => "check one of the group on site, or wait until their customers differ".to_owned(),
            Reason::Unexplained { .. } => "look for a customer without a meter, or one filed elsewhere".to_owned(),
            Reason::NoBalance => "give readings of the master meter and of this one over the same days".to_owned(),
            Reason::NoLimit => "give the class of the meter or the limit of its error".to_owned(),
        }
    }
}

fn wait(more: Option<f64>, otherwise: &str) -> String {
    match more {
        Some(more) if more <= PATIENCE => {
            format!("wait for about {more:.1} times as many readings, or check it on site")
        }
        _ => otherwise.to_owned(),
    }
}

/// The reason, with the figures it rests on.
impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error, u, limit, conform, .. } = self;
        let [error, expanded, limit, conform] = [error, &(2.0 * u), limit, conform].map(|share| 100.0 * share);
        let lies = |f: &mut fmt::Formatter<'_>| {
            write!(
                f,
                "its error of {error:+.2} % ± {expanded:.2} % lies within ±{limit} % with a probability of {conform:.1} %"
            )
        };
        match &self.reason {
            Reason::Conforms | Reason::Exceeds | Reason::Undecided { .. } => lies(f),
            Reason::LittleInformation { information, .. } => {
                write!(f, "only {:.0} % of what is known comes from its readings", 100.0 * information)
            }
            Reason::Dead => f.write_str(DEAD),
            Reason::Stuck => f.write_str(STUCK),
            Reason::Tampered => f.write_str(TAMPERED),
            Reason::Stranger { .. } => f.write_str("its energy never passes this master meter"),
            Reason::Idle => f.write_str("no information: it hardly registers any energy"),
            Reason::BelowStart { power } => {
                write!(f, "its mean power of {power:.1} W is below that of its starting current")
            }
            Reason::Group { others } => {
                write!(f, "its energy cannot be told from that of {others} other meters; together, ")?;
                lies(f)
            }
            Reason::Unexplained { share } => {
                write!(f, "{:.1} % of the energy of the area is unexplained", 100.0 * share)
            }
            Reason::NoBalance => f.write_str("the balance of its area says nothing of it"),
            Reason::NoLimit => f.write_str("no limit of its error is known"),
        }
    }
}
