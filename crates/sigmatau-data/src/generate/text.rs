//! What recipes of every kind have in common as they are typed: TOML, every error with its line.

use super::{Recipe, RecipeError, bench, fleet};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::ops::Range;
use toml::Spanned;

/// A problem and the bytes of the text that it is about.
pub(super) struct Problem(pub(super) Range<usize>, pub(super) String);

impl From<toml::de::Error> for Problem {
    fn from(error: toml::de::Error) -> Self {
        Self(error.span().unwrap_or(0..0), error.message().to_owned())
    }
}

/// What tells a recipe of sensors from one of clocks.
#[derive(Deserialize)]
struct Kind {
    sensor: Option<IgnoredAny>,
}

/// Reads and checks a recipe.
pub(super) fn read(text: &str, origin: &str) -> Result<Recipe, RecipeError> {
    parse(text).map_err(|Problem(span, problem)| {
        let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
        RecipeError::Text { origin: origin.to_owned(), line, problem }
    })
}

fn parse(text: &str) -> Result<Recipe, Problem> {
    match toml::from_str::<Kind>(text)?.sensor {
        Some(_) => bench::text::parse(text),
        None => fleet::text::parse(text),
    }
}

/// The number, which must be positive.
pub(super) fn positive(number: &Spanned<f64>, unit: &str) -> Result<f64, Problem> {
    let value = *number.get_ref();
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Problem(number.span(), format!("{value} {unit} is not a positive number")))
}
