//! Recipes of transformer areas as they are typed; an example is `datasets/demo-meters/recipe.toml`.

use super::super::text::{Problem, positive};
use super::super::{Content, Recipe, Size};
use super::{Areas, FLOW, Kind, MINUTES};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    name: String,
    seed: u64,
    days: usize,
    areas: Option<usize>,
    area: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    name: String,
    meters: Spanned<usize>,
    #[serde(default = "quarter")]
    minutes: Spanned<usize>,
    #[serde(default = "one")]
    cable: Spanned<f64>,
    #[serde(default = "yes")]
    flow: bool,
    #[serde(default)]
    pv: f64,
    #[serde(default)]
    voltage: bool,
    #[serde(default)]
    swing: f64,
    #[serde(default)]
    registers: bool,
    #[serde(default)]
    missing: f64,
    #[serde(default)]
    clocks: f64,
    #[serde(default = "spread")]
    spread: f64,
    #[serde(default = "bad")]
    bad: f64,
    #[serde(default = "step")]
    resolution: Spanned<f64>,
    #[serde(default = "step")]
    master_resolution: Spanned<f64>,
    #[serde(default)]
    master_error: f64,
    #[serde(default)]
    dead: usize,
    #[serde(default)]
    tampered: usize,
    #[serde(default)]
    replaced: usize,
    #[serde(default)]
    strangers: usize,
    #[serde(default)]
    absent: usize,
}

fn quarter() -> Spanned<usize> {
    Spanned::new(0..0, 15)
}

fn one() -> Spanned<f64> {
    Spanned::new(0..0, 1.0)
}

fn step() -> Spanned<f64> {
    Spanned::new(0..0, 0.01)
}

fn yes() -> bool {
    true
}

fn spread() -> f64 {
    0.003
}

fn bad() -> f64 {
    0.05
}

pub(in crate::generate) fn parse(text: &str) -> Result<Recipe, Problem> {
    let Text { name, seed, days, areas, area } = toml::from_str(text)?;
    let kinds: Vec<Kind> = area.into_iter().map(kind).collect::<Result<_, _>>()?;
    let size = Size { points: days, members: areas.unwrap_or(kinds.len()), seed };
    Ok(Recipe { name, size, content: Content::Areas(Areas { kinds }), part: 0 })
}

fn kind(area: Area) -> Result<Kind, Problem> {
    let step = *area.minutes.get_ref();
    if step == 0 || !step.is_multiple_of(FLOW) || !MINUTES.is_multiple_of(step) {
        let problem = format!("intervals of {step} minutes: write a divisor of a day that is a multiple of {FLOW}");
        return Err(Problem(area.minutes.span(), problem));
    }
    let troubled = area.dead + area.tampered + area.replaced + area.absent;
    if troubled >= *area.meters.get_ref() {
        let problem = format!("{troubled} meters are dead, tampered with, replaced or absent; have more than that");
        return Err(Problem(area.meters.span(), problem));
    }
    if !area.flow && (area.voltage || area.swing != 0.0) {
        let problem = "voltages come from the power flow: write flow = true, or neither voltage nor swing";
        return Err(Problem(area.meters.span(), problem.to_owned()));
    }
    Ok(Kind {
        name: area.name,
        meters: *area.meters.get_ref(),
        step,
        cable: positive(&area.cable, "times the usual impedance")?,
        flow: area.flow,
        roofs: area.pv,
        voltage: area.voltage,
        swing: area.swing,
        registers: area.registers,
        missing: area.missing,
        clocks: area.clocks,
        spread: area.spread,
        bad: area.bad,
        resolution: positive(&area.resolution, "kWh")?,
        master_resolution: positive(&area.master_resolution, "kWh")?,
        master_error: area.master_error,
        dead: area.dead,
        tampered: area.tampered,
        replaced: area.replaced,
        strangers: area.strangers,
        absent: area.absent,
    })
}
