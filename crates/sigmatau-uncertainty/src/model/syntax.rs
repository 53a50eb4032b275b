//! The text of a model as lines of terms, and back.

use super::error::Place;
use sigmatau_core::Unit;
use std::fmt;

/// An operation between two terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Operator {
    pub(super) fn of(sign: char) -> Option<Self> {
        match sign {
            '+' => Some(Self::Add),
            '-' => Some(Self::Subtract),
            '*' => Some(Self::Multiply),
            '/' => Some(Self::Divide),
            '^' => Some(Self::Power),
            _ => None,
        }
    }

    fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
            Self::Power => '^',
        }
    }
}

/// A term of an expression; terms within it are named by their place in the list of the line, which is before it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Number { value: f64, unit: Option<Unit> },
    Symbol(String),
    Call { function: String, arguments: Vec<usize> },
    Negate(usize),
    Binary { operator: Operator, left: usize, right: usize },
}

/// `name [unit] = expression`, after `let` or not.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) is_output: bool,
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) unit: Option<(Unit, Place)>,
    /// Each term after those within it, so that the last is the whole.
    pub(super) terms: Vec<(Term, Place)>,
}

impl Line {
    /// The symbols in the order of their use.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(term, _)| match term {
            Term::Symbol(symbol) => Some(symbol.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for Line {
    /// The line with every operation in parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written: Vec<String> = Vec::with_capacity(self.terms.len());
        for (term, _) in &self.terms {
            let text = match term {
                Term::Number { value, unit: None } => format!("{value:?}"),
                Term::Number { value, unit: Some(unit) } => format!("{value:?} [{unit}]"),
                Term::Symbol(symbol) => symbol.clone(),
                Term::Call { function, arguments } => {
                    let arguments: Vec<_> = arguments.iter().map(|argument| written[*argument].as_str()).collect();
                    format!("{function}({})", arguments.join(", "))
                }
                Term::Negate(term) => format!("(-{})", written[*term]),
                Term::Binary { operator, left, right } => {
                    format!("({} {} {})", written[*left], operator.sign(), written[*right])
                }
            };
            written.push(text);
        }
        let kind = if self.is_output { "" } else { "let " };
        let unit = self.unit.as_ref().map(|(unit, _)| format!(" [{unit}]")).unwrap_or_default();
        write!(f, "{kind}{}{unit} = {}", self.name, written.last().map_or("", String::as_str))
    }
}
