//! The text of a model as words.

use super::error::{ModelError, Place, Problem};

/// A word of a model.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word<'a> {
    Number(&'a str),
    Name(&'a str),
    /// What stands between brackets.
    Unit(&'a str),
    /// One of `+ - * / ^ ( ) , =`.
    Sign(char),
    /// The end of a line outside of parentheses, `;`, or the end of the text.
    End,
}

/// A word with its place.
pub(super) type Token<'a> = (Word<'a>, Place);

impl Word<'_> {
    /// The word as a message cites it.
    pub(super) fn cited(&self) -> String {
        match self {
            Self::Number(text) | Self::Name(text) => format!("`{text}`"),
            Self::Unit(text) => format!("`[{text}]`"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::End => "the end of the line".to_owned(),
        }
    }
}

/// Splits a text into words, of which the last is an end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ModelError> {
    let mut reader = Reader { text, start: 0, place: Place { line: 1, column: 1 }, open: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = reader.next()? {
        tokens.push(token);
    }
    tokens.push((Word::End, reader.place));
    Ok(tokens)
}

struct Reader<'a> {
    text: &'a str,
    start: usize,
    place: Place,
    /// The parentheses that are open.
    open: usize,
}

impl<'a> Reader<'a> {
    /// The next word, nothing at the end of the text.
    fn next(&mut self) -> Result<Option<Token<'a>>, ModelError> {
        while let Some(first) = self.rest().chars().next() {
            let place = self.place;
            match first {
                '#' => drop(self.take_while(|c| c != '\n')),
                '\n' if self.open == 0 => return Ok(Some((self.sign(first, Word::End), place))),
                ';' => return Ok(Some((self.sign(first, Word::End), place))),
                c if c.is_whitespace() => drop(self.take(c.len_utf8())),
                _ => return self.word(first).map(|word| Some((word, place))),
            }
        }
        Ok(None)
    }

    fn word(&mut self, first: char) -> Result<Word<'a>, ModelError> {
        match first {
            '0'..='9' | '.' => Ok(self.number()),
            '[' => self.unit(),
            c if is_letter(c) => Ok(Word::Name(self.take_while(|c| is_letter(c) || c.is_numeric() || c == '.'))),
            '+' | '-' | '*' | '/' | '^' | ',' | '=' => Ok(self.sign(first, Word::Sign(first))),
            '−' => Ok(self.sign(first, Word::Sign('-'))),
            '·' | '×' => Ok(self.sign(first, Word::Sign('*'))),
            '(' => {
                self.open += 1;
                Ok(self.sign(first, Word::Sign(first)))
            }
            ')' => {
                self.open = self.open.saturating_sub(1);
                Ok(self.sign(first, Word::Sign(first)))
            }
            _ => Err(self.place.error(Problem::Character(first))),
        }
    }

    /// Digits, with decimals and an exponent or not.
    fn number(&mut self) -> Word<'a> {
        let rest = self.rest();
        let digits = |from: usize| from + rest[from..].bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(0);
        let mantissa = if rest[whole..].starts_with('.') { digits(whole + 1) } else { whole };
        let signed =
            rest[mantissa..].strip_prefix(['e', 'E']).map(|power| power.strip_prefix(['+', '-']).unwrap_or(power));
        let power = signed.filter(|power| power.starts_with(|c: char| c.is_ascii_digit()));
        Word::Number(self.take(power.map_or(mantissa, |power| digits(rest.len() - power.len()))))
    }

    fn unit(&mut self) -> Result<Word<'a>, ModelError> {
        let place = self.place;
        let bracketed = self.take_while(|c| c != ']' && c != '\n');
        match self.rest().starts_with(']') {
            true => Ok(self.sign(']', Word::Unit(bracketed[1..].trim()))),
            false => Err(place.error(Problem::OpenUnit)),
        }
    }

    fn sign(&mut self, sign: char, word: Word<'a>) -> Word<'a> {
        self.take(sign.len_utf8());
        word
    }

    fn rest(&self) -> &'a str {
        &self.text[self.start..]
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.find(|c| !wanted(c)).unwrap_or(rest.len()))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let taken = &self.rest()[..length];
        self.start += length;
        for c in taken.chars() {
            self.place = match c {
                '\n' => Place { line: self.place.line + 1, column: 1 },
                _ => Place { column: self.place.column + 1, ..self.place },
            };
        }
        taken
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}
