//! Words numbered by their first appearance.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// The number of a word that is missing.
pub const NO_WORD: u32 = u32::MAX;

/// Words and their numbers: the words stand behind one another, and a table of places finds them.
///
/// A word costs its bytes, 8 for its end and at most 11 in the table: ten million certificates fit in 350 MB.
///
/// ```
/// use sigmatau_data::calibration::{NO_WORD, Vocabulary};
/// let mut vocabulary = Vocabulary::default();
/// assert_eq!(["V", "A", "V", ""].map(|word| vocabulary.number(word)), [0, 1, 0, NO_WORD]);
/// assert_eq!((vocabulary.word(1), vocabulary.word(NO_WORD)), ("A", ""));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    text: String,
    ends: Vec<usize>,
    /// Numbers plus one by hash, 0 where nothing is; the length is a power of two.
    places: Vec<u32>,
}

impl Vocabulary {
    /// The number of a word, a new one where it was not seen before; [`NO_WORD`] of the empty word.
    ///
    /// # Panics
    /// When there are more than 2³² − 2 words.
    pub fn number(&mut self, word: &str) -> u32 {
        if word.is_empty() {
            return NO_WORD;
        }
        if 8 * (self.ends.len() + 1) > 3 * self.places.len() {
            self.grow();
        }
        let place = self.place(word);
        if self.places[place] == 0 {
            self.text.push_str(word);
            self.ends.push(self.text.len());
            self.places[place] = u32::try_from(self.ends.len()).expect("fewer than 2^32 words");
        }
        self.places[place] - 1
    }

    /// The word of a number; empty for [`NO_WORD`].
    ///
    /// # Panics
    /// When no word has the number.
    pub fn word(&self, number: u32) -> &str {
        if number == NO_WORD {
            return "";
        }
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Where a word stands in the table, or where it would.
    fn place(&self, word: &str) -> usize {
        let mask = self.places.len() - 1;
        let mut place = BuildHasherDefault::<DefaultHasher>::default().hash_one(word) as usize & mask;
        while self.places[place] != 0 && self.word(self.places[place] - 1) != word {
            place = (place + 1) & mask;
        }
        place
    }

    fn grow(&mut self) {
        self.places = vec![0; (2 * self.places.len()).max(64)];
        for number in 0..self.ends.len() as u32 {
            let place = self.place(self.word(number));
            self.places[place] = number + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_numbers_as_the_vocabulary_grows() {
        let mut vocabulary = Vocabulary::default();
        let words: Vec<String> = (0..10_000).map(|k| format!("certificate-{k}")).collect();
        let numbers: Vec<u32> = words.iter().map(|word| vocabulary.number(word)).collect();
        assert_eq!(numbers, (0..10_000).collect::<Vec<u32>>());
        assert!(words.iter().zip(&numbers).all(|(word, number)| vocabulary.word(*number) == word));
        assert!(words.iter().zip(&numbers).all(|(word, number)| vocabulary.number(word) == *number));
        assert_eq!(vocabulary.len(), 10_000);
    }
}
