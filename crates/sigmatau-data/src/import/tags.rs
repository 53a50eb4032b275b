//! Time tags: what a column of times counts, and how it is told.

use super::epoch::{self, DAY_NS, SECOND_NS};
use super::number;
use sigmatau_core::{Finding, Severity};

/// What time tags count, in their own time scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// Modified Julian dates, with any number of decimals.
    Mjd,
    /// Seconds from 1970 or from any other beginning.
    Seconds,
    /// Nanoseconds from 1970 or from any other beginning.
    Nanoseconds,
    /// Dates and times such as `2026-01-31T12:00:00.5`.
    Civil,
}

impl Tags {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Mjd, Self::Seconds, Self::Nanoseconds, Self::Civil];

    /// The word that users type: `mjd`, `s`, `ns` or `civil`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mjd => "mjd",
            Self::Seconds => "s",
            Self::Nanoseconds => "ns",
            Self::Civil => "civil",
        }
    }

    /// Reads back [`Tags::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tags| tags.word() == word)
    }

    /// The instant in ns; nothing where the text is no such tag.
    pub(super) fn parse(self, text: &str) -> Option<i64> {
        match self {
            Self::Mjd => epoch::parse_mjd(text),
            Self::Seconds => epoch::decimal(text, SECOND_NS),
            Self::Nanoseconds => epoch::decimal(text, 1),
            Self::Civil => epoch::parse_civil(text),
        }
    }

    /// What a first tag most likely counts: a date, a day between 1968 and 2078, or else seconds.
    pub(super) fn guess(first: &str) -> Option<Self> {
        if epoch::parse_civil(first).is_some() {
            return Some(Self::Civil);
        }
        let day = epoch::decimal(first, DAY_NS).map(|ns| ns / DAY_NS);
        let days = day.is_some_and(|day| (40_000..80_000).contains(&day));
        number(first).map(|_| if days { Self::Mjd } else { Self::Seconds })
    }

    /// The note that says how the tags were taken where nobody stated it.
    pub(super) fn guessed(self, file: &str) -> Finding {
        let seen = match self {
            Self::Mjd => "time tags are taken as modified Julian dates",
            Self::Seconds => "time tags are taken as seconds",
            Self::Nanoseconds => "time tags are taken as nanoseconds",
            Self::Civil => "time tags are taken as dates and times",
        };
        let (matters, advice) = ("every averaging time follows from them", "state what the tags count");
        Finding::new(Severity::Note, "time-tags", seen, matters, advice).about(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_tag_tells_what_tags_count() {
        let cases = [
            ("58000.5", Some(Tags::Mjd)),
            ("0.5", Some(Tags::Seconds)),
            ("1.7e9", Some(Tags::Seconds)),
            ("2026-01-01T00:00:00", Some(Tags::Civil)),
            ("tag", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Tags::guess(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_read_back() {
        for tags in Tags::ALL {
            assert_eq!(Tags::from_word(tags.word()), Some(tags));
        }
    }
}
