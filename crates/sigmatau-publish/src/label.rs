//! What documents say, in English and Chinese.

mod names;
mod texts;

use crate::PublishError;
use names::NAMES;
use sigmatau_core::nearest::did_you_mean;
use texts::TEXTS;

/// A language that documents can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language tag: `en` or `zh`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// Reads back [`Language::tag`].
    ///
    /// # Errors
    /// When no labels are written in the language; the known tags are named.
    pub fn named(tag: &str) -> Result<Self, PublishError> {
        let known = Self::ALL.map(Self::tag);
        let found = Self::ALL.into_iter().find(|language| language.tag() == tag);
        found.ok_or_else(|| PublishError::UnknownLanguage { tag: tag.to_owned(), hint: did_you_mean(tag, &known) })
    }

    /// The label of a name that data bring along, or the name itself where it has none, such as a
    /// column of another laboratory.
    ///
    /// ```
    /// use sigmatau_publish::Language;
    /// assert_eq!(Language::English.name("oadev"), "overlapping Allan deviation");
    /// assert_eq!(Language::Chinese.name("oadev"), "重叠阿伦偏差");
    /// assert_eq!(Language::English.name("hall"), "hall");
    /// ```
    pub fn name(self, name: &str) -> &str {
        find(NAMES, name).map_or(name, |label| label.words(self))
    }

    /// What the page says under this key, one of those in `label/texts.rs`.
    pub(crate) fn text(self, key: &str) -> &'static str {
        find(TEXTS, key).map(|label| label.words(self)).expect("the page only says what is in the table of texts")
    }

    /// The text of this key with each `{name}` replaced.
    pub(crate) fn sentence(self, key: &str, texts: &[(&str, &str)]) -> String {
        let mut sentence = String::new();
        let mut rest = self.text(key);
        while let Some((before, (name, after))) = next_place(rest) {
            let text = texts.iter().find(|(known, _)| *known == name).map_or(name, |(_, text)| text);
            sentence.extend([before, text]);
            rest = after;
        }
        sentence + rest
    }
}

/// Splits at the first `{name}`: what stands before it, the name, what stands behind.
fn next_place(sentence: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = sentence.split_once('{')?;
    Some((before, rest.split_once('}')?))
}

/// A key with its words in every language.
struct Label {
    key: &'static str,
    english: &'static str,
    chinese: &'static str,
}

impl Label {
    fn words(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }
}

fn find(labels: &'static [Label], key: &str) -> Option<&'static Label> {
    labels.iter().find(|label| label.key == key)
}

const fn pair(key: &'static str, english: &'static str, chinese: &'static str) -> Label {
    Label { key, english, chinese }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_both_languages_and_stands_once() {
        for table in [NAMES, TEXTS] {
            for (place, label) in table.iter().enumerate() {
                // Chinese puts no space between sentences.
                let complete = !label.english.is_empty() && (!label.chinese.is_empty() || label.key == "space");
                assert!(complete, "{}", label.key);
                assert!(table[..place].iter().all(|earlier| earlier.key != label.key), "{} stands twice", label.key);
            }
        }
    }

    #[test]
    fn columns_of_every_record_have_labels() {
        for schema in sigmatau_data::schema::SCHEMAS.iter().filter(|schema| schema.name != "clock") {
            schema.fields.iter().for_each(|field| assert!(find(NAMES, field.name).is_some(), "{}", field.name));
        }
    }

    #[test]
    fn both_languages_leave_the_same_places_to_fill() {
        let places = |mut sentence: &'static str| {
            let mut names = Vec::new();
            while let Some((_, (name, rest))) = next_place(sentence) {
                names.push(name);
                sentence = rest;
            }
            names.sort_unstable();
            names
        };
        for label in TEXTS {
            assert_eq!(places(label.english), places(label.chinese), "{}", label.key);
        }
    }

    #[test]
    fn filled_in_text_is_not_filled_in_again() {
        let sentence = Language::English.sentence("selection", &[("shown", "{total}"), ("total", "7")]);
        assert_eq!(sentence, "{total} of 7 rows are shown.");
    }

    #[test]
    fn unknown_language_names_the_known_ones() {
        let message = Language::named("de").unwrap_err().to_string();
        assert_eq!(message, "publish in `de`: there are no labels in this language; known are `en`, `zh`");
    }
}
