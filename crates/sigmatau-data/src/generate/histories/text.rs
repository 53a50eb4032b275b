//! Recipes of histories as they are typed; an example is `datasets/demo-calibrations/recipe.toml`.

use super::fault::{KINDS, Plan, Plant};
use super::{Course, Extent, Histories};
use crate::document::{Parameter, Section};
use crate::import::epoch;
use crate::{Document, DocumentError};
use sigmatau_core::Unit;

/// The keys of a recipe.
const RECIPE: &[Parameter] = &[
    Parameter::new("name", "name of the data"),
    Parameter::new("seed", "seed of everything that is drawn"),
    Parameter::new("instruments", "number of instruments"),
    Parameter::new("laboratories", "number of laboratories"),
    Parameter::new("recalibrations", "certificates of each instrument"),
    Parameter::new("interval_days", "days between two certificates").or("365"),
    Parameter::new("start", "first instant, in UTC"),
    Parameter::new("detail", "budgets, repeats and logs of every so many-th instrument").or("1"),
    Parameter::new("repeats", "readings behind a value, at least 2").or("10"),
    Parameter::new("log", "readings in service of each instrument").or("256"),
    Parameter::new("checks", "entries in the history of each laboratory's check standard").or("200"),
    Parameter::new("quantity", "kind of quantity"),
    Parameter::new("unit", "its unit"),
    Parameter::new("points", "nominal values, in `unit`"),
    Parameter::new("spread", "relative standard uncertainty of an instrument as found"),
    Parameter::new("repeatability", "relative standard deviation of a reading"),
    Parameter::new("source", "relative standard uncertainty of a laboratory's source"),
    Parameter::new("standard", "relative standard uncertainty of its standard"),
    Parameter::new("limit", "limits of the error over its standard uncertainty").or("2.5"),
    Parameter::new("plant", "faults"),
];

/// The keys of a fault.
const PLANT: &[Parameter] = &[
    Parameter::new("kind", "the check that ought to find it"),
    Parameter::new(
        "share",
        "part of the laboratories, or of the detailed instruments, from 0 to 1; at least one of them",
    ),
    Parameter::new("size", "how large it is; the usual size where it is left out"),
];

/// Days that a recipe may spread over: up to 2262 in ns.
const LAST_NS: f64 = 9.2e18;

/// Reads and checks a recipe.
pub(super) fn read(text: &str, origin: &str) -> Result<Histories, DocumentError> {
    let document = Document::parse(text, origin)?;
    let top = document.section().checked("the recipe", &[RECIPE])?;
    let extent = Extent {
        instruments: needed(&top, "instruments", 1)?,
        recalibrations: needed(&top, "recalibrations", 1)?,
        detail: needed(&top, "detail", 1)?,
        seed: top.count("seed")?.ok_or_else(|| top.missing("seed"))? as u64,
    };
    let laboratories = needed(&top, "laboratories", 1)?;
    let plants: Vec<Plant> = top.subsections("plant")?.into_iter().map(plant).collect::<Result<_, _>>()?;
    let course = course(&top, laboratories)?;
    ends(&top, &course, extent.recalibrations)?;
    let plan = Plan::of(&plants, extent.instruments, extent.detail, laboratories);
    let plan = plan.ok_or_else(|| top.refuse_key("plant", "there are more faults than instruments or laboratories"))?;
    Ok(Histories { name: top.required("name")?, extent, course, plants, plan })
}

fn course(top: &Section<'_>, laboratories: usize) -> Result<Course, DocumentError> {
    let positive = |key: &str| top.positive(key)?.ok_or_else(|| top.missing(key));
    let days = positive("interval_days")?;
    let start = top.required("start")?;
    let no_instant = || top.refuse_key("start", &format!("`{start}` is no instant such as `2020-01-01T00:00:00`"));
    let start_ns = epoch::parse_civil(&start).ok_or_else(no_instant)?;
    let unit = top.required("unit")?;
    Unit::parse(&unit).map_err(|error| top.refuse_key("unit", &format!("failed to {error}")))?;
    let points = top.numbers("points")?;
    if points.is_empty() || points.iter().any(|point| *point <= 0.0) {
        return Err(top.refuse_key("points", "`points` lists one positive number or more"));
    }
    Ok(Course {
        laboratories,
        interval_ns: (days * 86_400.0) as i64 * epoch::SECOND_NS,
        start_ns,
        repeats: needed(top, "repeats", 2)?,
        log: needed(top, "log", 0)?,
        checks: needed(top, "checks", 0)?,
        quantity: top.required("quantity")?,
        unit,
        points,
        spread: positive("spread")?,
        repeatability: positive("repeatability")?,
        source: positive("source")?,
        standard: positive("standard")?,
        limit: positive("limit")?,
    })
}

/// The whole number under a key, which is at least `least`.
fn needed(top: &Section<'_>, key: &str, least: usize) -> Result<usize, DocumentError> {
    let number = top.count(key)?.ok_or_else(|| top.missing(key))?;
    let refused = || top.refuse_key(key, &format!("`{key}` is {number}; at least {least} is wanted"));
    Some(number).filter(|number| *number >= least).ok_or_else(refused)
}

fn plant(section: Section<'_>) -> Result<Plant, DocumentError> {
    let section = section.checked("[[plant]]", &[PLANT])?;
    let kind = &KINDS[section.one_of("kind", "kind of fault", KINDS.iter().map(|kind| kind.name))?];
    let share = section.number("share")?.ok_or_else(|| section.missing("share"))?;
    if !(0.0..=1.0).contains(&share) {
        return Err(section.refuse_key("share", "`share` lies between 0 and 1"));
    }
    Ok(Plant { kind, share, size: section.number("size")?.unwrap_or(kind.size) })
}

/// Refuses a course that ends after 2262.
fn ends(top: &Section<'_>, course: &Course, recalibrations: usize) -> Result<(), DocumentError> {
    let end = course.start_ns as f64 + (recalibrations as f64 + 2.0) * course.interval_ns as f64;
    match end < LAST_NS {
        true => Ok(()),
        false => Err(top.refuse_key("recalibrations", "the last certificate would be issued after 2262")),
    }
}
