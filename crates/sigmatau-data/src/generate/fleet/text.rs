//! Recipes of clocks as they are typed: TOML, every key known, every error with its line.
//!
//! ```toml
//! name = "pair"                       # name of the data
//! seed = 1                            # of the noise
//! points = 100_000                    # of each clock
//! tau0 = 1.0                          # s, whole nanoseconds
//! start = "2026-01-01T00:00:00"       # epoch of point 0 in `time_scale`
//! time_scale = "UTC"
//! resolution = 1e-12                  # s; left out: phase is stored as it is
//!
//! [[clock]]
//! name = "maser"                      # maser-1, maser-2 where `count` is above 1
//! count = 2                           # left out: 1
//! noise = [                           # `type` or `alpha`, `deviation` at tau0 or level `h`
//!     { type = "white PM", deviation = 1.5e-13 },
//!     { alpha = 0, h = 5e-27 },
//! ]
//! time_offset = 1e-6                  # s
//! frequency_offset = 1e-12
//! drift_per_day = 1e-16
//! phase_steps = [{ at = 500, size = 1e-9 }]        # at: point, counted from 0; size in s
//! frequency_steps = [{ at = 500, size = 1e-13 }]
//! outliers = [{ at = 700, size = 1e-6 }]           # s
//! gaps = [{ at = 900, points = 60 }]
//! ```

use super::Fleet;
use super::clock::{Change, Clock};
use crate::generate::text::{Problem, positive};
use crate::generate::{Content, Recipe, Size};
use crate::import::epoch;
use serde::Deserialize;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_spectrum::{PowerLaw, noise};
use std::ops::Range;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeText {
    name: String,
    seed: u64,
    points: usize,
    tau0: Spanned<f64>,
    start: Spanned<String>,
    time_scale: String,
    resolution: Option<Spanned<f64>>,
    clock: Vec<Spanned<ClockText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockText {
    name: String,
    #[serde(default = "one")]
    count: usize,
    noise: Vec<Spanned<NoiseText>>,
    #[serde(default)]
    time_offset: f64,
    #[serde(default)]
    frequency_offset: f64,
    #[serde(default)]
    drift_per_day: f64,
    #[serde(default)]
    phase_steps: Vec<Spanned<ChangeText>>,
    #[serde(default)]
    frequency_steps: Vec<Spanned<ChangeText>>,
    #[serde(default)]
    outliers: Vec<Spanned<ChangeText>>,
    #[serde(default)]
    gaps: Vec<Spanned<GapText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoiseText {
    r#type: Option<String>,
    alpha: Option<i8>,
    deviation: Option<f64>,
    h: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeText {
    at: usize,
    size: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GapText {
    at: usize,
    points: usize,
}

fn one() -> usize {
    1
}

/// Reads and checks a recipe.
pub(in crate::generate) fn parse(text: &str) -> Result<Recipe, Problem> {
    let typed: RecipeText = toml::from_str(text)?;
    let (tau0_ns, start_ns) = (whole_ns(&typed.tau0)?, instant(&typed.start)?);
    let resolution = typed.resolution.as_ref().map(|step| positive(step, "s")).transpose()?;
    let clocks = fleet(&typed)?;
    let size = Size { points: typed.points, members: clocks.len(), seed: typed.seed };
    let fleet = Fleet { tau0_ns, start_ns, time_scale: typed.time_scale, resolution, clocks };
    Ok(Recipe { name: typed.name, size, content: Content::Clocks(fleet), part: 0 })
}

fn whole_ns(tau0: &Spanned<f64>) -> Result<i64, Problem> {
    let ns = (positive(tau0, "s")? * epoch::SECOND_NS as f64).round();
    if ns / epoch::SECOND_NS as f64 == *tau0.get_ref() && ns < 2_f64.powi(53) {
        return Ok(ns as i64);
    }
    Err(Problem(
        tau0.span(),
        format!("the sampling interval {} s is not a whole number of nanoseconds", tau0.get_ref()),
    ))
}

fn instant(start: &Spanned<String>) -> Result<i64, Problem> {
    epoch::parse_civil(start.get_ref()).ok_or_else(|| {
        let problem = format!("`{}` is not a date and time such as 2026-01-01T00:00:00", start.get_ref());
        Problem(start.span(), problem)
    })
}

/// Every clock of the recipe, each under its own name.
fn fleet(typed: &RecipeText) -> Result<Vec<Clock>, Problem> {
    let mut fleet: Vec<Clock> = Vec::new();
    for entry in &typed.clock {
        let clock = clock(entry, typed)?;
        for number in 1..=entry.get_ref().count {
            let name = if entry.get_ref().count == 1 { clock.name.clone() } else { format!("{}-{number}", clock.name) };
            if fleet.iter().any(|earlier| earlier.name == name) {
                return Err(Problem(entry.span(), format!("two clocks are named `{name}`")));
            }
            fleet.push(Clock { name, ..clock.clone() });
        }
    }
    Ok(fleet)
}

fn clock(spanned: &Spanned<ClockText>, typed: &RecipeText) -> Result<Clock, Problem> {
    let entry = spanned.get_ref();
    if ![entry.time_offset, entry.frequency_offset, entry.drift_per_day].iter().all(|value| value.is_finite()) {
        return Err(Problem(
            spanned.span(),
            format!("the offsets and the drift of `{}` are not all finite", entry.name),
        ));
    }
    let changes = |list: &[Spanned<ChangeText>]| -> Result<Vec<Change>, Problem> {
        list.iter().map(|item| change(item, typed.points)).collect()
    };
    Ok(Clock {
        name: entry.name.clone(),
        noise: entry.noise.iter().map(|item| power_law(item, *typed.tau0.get_ref())).collect::<Result<_, _>>()?,
        time_offset: entry.time_offset,
        frequency_offset: entry.frequency_offset,
        drift: entry.drift_per_day / 86_400.0,
        phase_steps: changes(&entry.phase_steps)?,
        frequency_steps: changes(&entry.frequency_steps)?,
        outliers: changes(&entry.outliers)?,
        gaps: entry.gaps.iter().map(|item| gap(item, typed.points)).collect::<Result<_, _>>()?,
    })
}

fn change(item: &Spanned<ChangeText>, points: usize) -> Result<Change, Problem> {
    let &ChangeText { at, size } = item.get_ref();
    if at < points && size.is_finite() {
        return Ok(Change { at, size });
    }
    Err(Problem(item.span(), format!("a change of {size} at point {at} does not fit into {points} points")))
}

fn gap(item: &Spanned<GapText>, points: usize) -> Result<Range<usize>, Problem> {
    let &GapText { at, points: length } = item.get_ref();
    match at.checked_add(length) {
        Some(end) if length > 0 && end <= points => Ok(at..end),
        _ => Err(Problem(
            item.span(),
            format!("a gap of {length} points at point {at} does not fit into {points} points"),
        )),
    }
}

fn power_law(item: &Spanned<NoiseText>, tau0: f64) -> Result<PowerLaw, Problem> {
    let problem = |text: String| Problem(item.span(), text);
    let noise = item.get_ref();
    let alpha = match (&noise.r#type, noise.alpha) {
        (Some(name), None) => exponent(name).map_err(problem)?,
        (None, Some(alpha)) => alpha,
        _ => return Err(problem("noise has either a `type` or an `alpha`".to_owned())),
    };
    match (noise.deviation, noise.h) {
        (Some(deviation), None) => PowerLaw::from_deviation(alpha, deviation, tau0),
        (None, Some(level)) => PowerLaw::new(alpha, level),
        _ => return Err(problem("noise has either a `deviation` or a level `h`".to_owned())),
    }
    .map_err(|error| problem(error.to_string()))
}

fn exponent(name: &str) -> Result<i8, String> {
    let known: Vec<&str> = noise::NAMES.iter().map(|(_, name)| *name).collect();
    let found = noise::NAMES.iter().find(|(_, known)| *known == name).map(|(alpha, _)| *alpha);
    found.ok_or_else(|| format!("`{name}` is not a noise type{}", did_you_mean(name, &known)))
}
