//! From words to lines of terms.
//!
//! ```text
//! line  = ["let"] name ["[" unit "]"] "=" sum
//! sum   = product {("+" | "-") product}
//! product = sign {("*" | "/") sign}
//! sign  = ("-" | "+") sign | power
//! power = atom ["^" sign]
//! atom  = number ["[" unit "]"] | name ["(" sum {"," sum} ")"] | "(" sum ")"
//! ```

use super::error::{ModelError, Place, Problem};
use super::syntax::{Line, Operator, Term};
use super::token::{Token, Word, tokens};
use sigmatau_core::Unit;

/// The most levels of parentheses, signs and powers within each other.
const DEPTH: usize = 64;

/// Reads the lines of a model.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, ModelError> {
    let tokens = tokens(text)?;
    let mut lines = Vec::new();
    for tokens in tokens.split_inclusive(|(word, _)| *word == Word::End) {
        if tokens.len() > 1 {
            lines.push(Parser { tokens, next: 0, depth: 0, terms: Vec::new() }.line()?);
        }
    }
    Ok(lines)
}

struct Parser<'a> {
    /// The words of a line, of which the last is its end.
    tokens: &'a [Token<'a>],
    next: usize,
    depth: usize,
    terms: Vec<(Term, Place)>,
}

impl<'a> Parser<'a> {
    fn line(mut self) -> Result<Line, ModelError> {
        let is_output = !self.take_if(|word| *word == Word::Name("let"));
        let place = self.place();
        let name = self.name()?;
        let unit = self.unit()?;
        self.expect('=', "`=`")?;
        self.sum()?;
        match self.word() {
            Word::End => Ok(Line { is_output, name, place, unit, terms: self.terms }),
            _ => Err(self.unexpected("an operator or the end of the line")),
        }
    }

    fn name(&mut self) -> Result<String, ModelError> {
        match *self.word() {
            Word::Name(name) if name.contains('.') => Err(self.place().error(Problem::Dotted(name.to_owned()))),
            Word::Name(name) => {
                self.next += 1;
                Ok(name.to_owned())
            }
            _ => Err(self.unexpected("the name of a quantity")),
        }
    }

    fn unit(&mut self) -> Result<Option<(Unit, Place)>, ModelError> {
        let place = self.place();
        match *self.word() {
            Word::Unit(text) => {
                self.next += 1;
                Unit::parse(text).map(|unit| Some((unit, place))).map_err(|problem| place.error(problem.into()))
            }
            _ => Ok(None),
        }
    }

    fn sum(&mut self) -> Result<usize, ModelError> {
        self.chain(&['+', '-'], Self::product)
    }

    fn product(&mut self) -> Result<usize, ModelError> {
        self.chain(&['*', '/'], Self::sign)
    }

    /// Operands joined by operators of one precedence, from left to right.
    fn chain(
        &mut self,
        signs: &[char],
        operand: fn(&mut Self) -> Result<usize, ModelError>,
    ) -> Result<usize, ModelError> {
        let mut left = operand(self)?;
        while let Some(operator) = self.operator(signs) {
            let place = self.place();
            self.next += 1;
            let right = operand(self)?;
            left = self.push(Term::Binary { operator, left, right }, place);
        }
        Ok(left)
    }

    fn operator(&self, signs: &[char]) -> Option<Operator> {
        match self.word() {
            Word::Sign(sign) if signs.contains(sign) => Operator::of(*sign),
            _ => None,
        }
    }

    fn sign(&mut self) -> Result<usize, ModelError> {
        let place = self.place();
        match self.word() {
            Word::Sign('-') => {
                let term = self.deeper(Self::sign)?;
                Ok(self.push(Term::Negate(term), place))
            }
            Word::Sign('+') => self.deeper(Self::sign),
            _ => self.power(),
        }
    }

    fn power(&mut self) -> Result<usize, ModelError> {
        let left = self.atom()?;
        let place = self.place();
        match self.word() {
            Word::Sign('^') => {
                let right = self.deeper(Self::sign)?;
                Ok(self.push(Term::Binary { operator: Operator::Power, left, right }, place))
            }
            _ => Ok(left),
        }
    }

    fn atom(&mut self) -> Result<usize, ModelError> {
        let place = self.place();
        match *self.word() {
            Word::Number(text) => {
                self.next += 1;
                let value = text.parse().ok().filter(|value: &f64| value.is_finite());
                let value = value.ok_or_else(|| place.error(Problem::Number(text.to_owned())))?;
                let unit = self.unit()?.map(|(unit, _)| unit);
                Ok(self.push(Term::Number { value, unit }, place))
            }
            Word::Name(name) => {
                self.next += 1;
                match self.word() {
                    Word::Sign('(') => self.call(name, place),
                    _ => Ok(self.push(Term::Symbol(name.to_owned()), place)),
                }
            }
            Word::Sign('(') => {
                let inner = self.deeper(Self::sum)?;
                self.expect(')', "an operator or `)`")?;
                Ok(inner)
            }
            _ => Err(self.unexpected("a number, a symbol or `(`")),
        }
    }

    fn call(&mut self, function: &str, place: Place) -> Result<usize, ModelError> {
        let mut arguments = vec![self.deeper(Self::sum)?];
        while *self.word() == Word::Sign(',') {
            arguments.push(self.deeper(Self::sum)?);
        }
        self.expect(')', "an operator, `,` or `)`")?;
        Ok(self.push(Term::Call { function: function.to_owned(), arguments }, place))
    }

    /// What follows this word, one level deeper.
    fn deeper(&mut self, inner: fn(&mut Self) -> Result<usize, ModelError>) -> Result<usize, ModelError> {
        if self.depth == DEPTH {
            return Err(self.place().error(Problem::Depth(DEPTH)));
        }
        self.next += 1;
        self.depth += 1;
        let term = inner(self);
        self.depth -= 1;
        term
    }

    fn expect(&mut self, sign: char, wanted: &'static str) -> Result<(), ModelError> {
        match self.take_if(|word| *word == Word::Sign(sign)) {
            true => Ok(()),
            false => Err(self.unexpected(wanted)),
        }
    }

    fn take_if(&mut self, wanted: impl Fn(&Word<'a>) -> bool) -> bool {
        let is_wanted = wanted(self.word());
        self.next += usize::from(is_wanted);
        is_wanted
    }

    fn push(&mut self, term: Term, place: Place) -> usize {
        self.terms.push((term, place));
        self.terms.len() - 1
    }

    fn word(&self) -> &Word<'a> {
        &self.tokens[self.next].0
    }

    fn place(&self) -> Place {
        self.tokens[self.next].1
    }

    fn unexpected(&self, wanted: &'static str) -> ModelError {
        self.place().error(Problem::Grammar { found: self.word().cited(), wanted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expressions with few parentheses.
    fn expression() -> impl Strategy<Value = String> {
        let unit = prop::sample::select(vec!["", " [mm]", " [kg/m^3]", " [degC]", " [%]"]);
        let leaf = prop_oneof![
            prop::sample::select(vec!["x", "φ_1", "Z.re"]).prop_map(str::to_owned),
            (0.0..1e9_f64, unit).prop_map(|(number, unit)| format!("{number:e}{unit}")),
        ];
        leaf.prop_recursive(6, 40, 2, |inner| {
            let operator = prop::sample::select(vec!["+", "-", "*", "/", "^"]);
            prop_oneof![
                4 => (inner.clone(), operator, inner.clone()).prop_map(|(a, operator, b)| format!("{a}{operator}{b}")),
                1 => inner.clone().prop_map(|a| format!("-{a}")),
                1 => inner.clone().prop_map(|a| format!("({a})")),
                1 => (inner.clone(), inner).prop_map(|(a, b)| format!("f({a}, {b})")),
            ]
        })
    }

    fn terms(line: &Line) -> Vec<&Term> {
        line.terms.iter().map(|(term, _)| term).collect()
    }

    proptest! {
        #[test]
        fn printed_lines_read_back_as_themselves(text in expression(), head in "(let )?[a-z]_1( \\[mV\\])?") {
            let read = lines(&format!("{head} = {text}")).unwrap();
            let again = lines(&read[0].to_string()).unwrap();
            prop_assert_eq!(terms(&again[0]), terms(&read[0]));
            prop_assert_eq!((again[0].is_output, &again[0].name), (read[0].is_output, &read[0].name));
            prop_assert_eq!(again[0].unit.as_ref().map(|unit| &unit.0), read[0].unit.as_ref().map(|unit| &unit.0));
        }
    }
}
