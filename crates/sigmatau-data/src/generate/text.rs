//! What recipes of every kind have in common as they are typed: TOML, every error with its line.

use super::{Content, Histories, Recipe, RecipeError, Size, areas, bench, fleet};
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

/// What tells recipes of sensors, of areas and of histories from those of clocks.
#[derive(Deserialize)]
struct Kind {
    sensor: Option<IgnoredAny>,
    area: Option<IgnoredAny>,
    laboratories: Option<IgnoredAny>,
}

/// Reads and checks a recipe.
pub(super) fn read(text: &str, origin: &str) -> Result<Recipe, RecipeError> {
    if let Ok(Kind { laboratories: Some(_), .. }) = toml::from_str(text) {
        return histories(text, origin);
    }
    parse(text).map_err(|Problem(span, problem)| {
        let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
        RecipeError::Text { origin: origin.to_owned(), line, problem }
    })
}

fn histories(text: &str, origin: &str) -> Result<Recipe, RecipeError> {
    let histories = Histories::from_toml(text, origin).map_err(|refused| RecipeError::Text {
        origin: refused.origin,
        line: refused.line.unwrap_or(1),
        problem: refused.message,
    })?;
    let (name, extent) = (histories.name().to_owned(), histories.extent());
    let size = Size { points: extent.recalibrations, members: extent.instruments, seed: extent.seed };
    Ok(Recipe { name, size, content: Content::Histories(Box::new(histories)), part: 0 })
}

fn parse(text: &str) -> Result<Recipe, Problem> {
    match toml::from_str::<Kind>(text)? {
        Kind { sensor: Some(_), .. } => bench::text::parse(text),
        Kind { area: Some(_), .. } => areas::text::parse(text),
        Kind { .. } => fleet::text::parse(text),
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
