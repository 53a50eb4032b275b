//! Why a model was refused, and where.

use sigmatau_core::UnitError;

/// Why a model was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("read the model at line {}, column {}: {problem}", place.line, place.column)]
pub struct ModelError {
    /// Where.
    pub place: Place,
    /// Why.
    pub problem: Problem,
}

/// A place in the text of a model, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Place {
    /// The place with what is wrong there.
    pub(super) fn error(self, problem: Problem) -> ModelError {
        ModelError { place: self, problem }
    }
}

/// What is wrong at a place of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The grammar wants something else.
    #[error("{found} where {wanted} is wanted")]
    Grammar {
        /// What stands there.
        found: String,
        /// What may stand there.
        wanted: &'static str,
    },
    /// A character has no meaning.
    #[error("`{0}` means nothing in a model")]
    Character(char),
    /// A bracket does not end.
    #[error("the unit that `[` begins has no `]`")]
    OpenUnit,
    /// Too many parentheses, signs or powers within each other.
    #[error("more than {0} levels of nesting; name a part of it with `let` in a line of its own")]
    Depth(usize),
    /// A number is out of the range of numbers.
    #[error("the number `{0}` is out of range")]
    Number(String),
    /// A unit is none.
    #[error("failed to {0}")]
    Unit(#[from] UnitError),
    /// Nothing is called that.
    #[error("`{word}` is neither an input, an earlier line nor a constant{hint}")]
    Symbol {
        /// The word.
        word: String,
        /// The nearest known ones.
        hint: String,
    },
    /// A line uses itself or a later one.
    #[error("`{word}` is used before line {line} gives it a value")]
    Order {
        /// The word.
        word: String,
        /// Where it gets its value.
        line: usize,
    },
    /// No function is called that.
    #[error("`{word}` is no function{hint}")]
    Function {
        /// The word.
        word: String,
        /// The nearest known ones.
        hint: String,
    },
    /// A function takes another number of arguments.
    #[error("`{function}` takes {wanted} and got {got}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// How many it got.
        got: usize,
    },
    /// A name has two meanings.
    #[error("`{0}` has a value already; take another name")]
    Twice(String),
    /// A name can't be assigned to.
    #[error("`{0}` has a dot, which is for the parts of complex quantities; take another name")]
    Dotted(String),
    /// Two quantities differ in dimension.
    #[error("{operation} wants quantities of one kind and got `{left}` and `{right}`")]
    Mismatch {
        /// What was to be done with them.
        operation: &'static str,
        /// The coherent unit of the first.
        left: String,
        /// The coherent unit of the second.
        right: String,
    },
    /// A quantity with a dimension stands where a number is wanted.
    #[error("{operation} wants a number and got a quantity in `{unit}`")]
    NotANumber {
        /// What was to be done with it.
        operation: &'static str,
        /// Its coherent unit.
        unit: String,
    },
    /// The unit that an output states is of another kind.
    #[error("`{name}` is stated in `{stated}`, but what it is made of gives `{found}`")]
    Stated {
        /// The output.
        name: String,
        /// The stated unit.
        stated: String,
        /// The coherent unit of its value.
        found: String,
    },
    /// The power of a quantity with a dimension isn't known exactly.
    #[error("the power of a quantity in `{0}` has to be a whole number or a ratio of such, such as 2, -1 or (3/2)")]
    Exponent(String),
    /// Exponents of units out of range.
    #[error("the exponents of its unit are out of range")]
    Range,
    /// A complex quantity stands where a real one is wanted.
    #[error("{0} wants a real quantity and got a complex one; take re, im, abs or arg of it")]
    Complex(&'static str),
    /// The unit of an output has broken exponents.
    #[error(
        "`{name}` would be in `{unit}`, and a column can't have such a unit; raise it to a power or keep it with `let`"
    )]
    Fractional {
        /// The output.
        name: String,
        /// The unit.
        unit: String,
    },
    /// There is no output.
    #[error("it has no output; write one such as `R = V / I`")]
    Empty,
}
