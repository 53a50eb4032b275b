//! Recipes of sensors as they are typed: TOML, every key known, every error with its line.
//!
//! ```toml
//! name = "bench"                      # name of the data
//! seed = 1                            # of the noise
//! points = 65_536                     # of each sensor
//! rate = 51_200.0                     # Hz
//!
//! # One of:
//! excitation = { kind = "random", rms = 10.0, band = [5.0, 20_000.0] }
//! # excitation = { kind = "multisine", rms = 10.0, band = [10.0, 20_000.0], period = 4096, slope = -1.0 }
//! # excitation = { kind = "stepped-sine", amplitude = 10.0, frequencies = [80.0, 160.0] }
//! # excitation = { kind = "shock", peak = 5000.0, duration = 1e-4, pulses = 3 }
//!
//! input = { unit = "m/s^2", noise = 1e-3, step = 1e-3 }           # noise: standard deviation
//! output = { unit = "V", noise = 1e-5, step = 1e-5, range = 5.0 } # range left out: nothing is clipped
//!
//! [[sensor]]
//! name = "accelerometer"              # accelerometer-1, accelerometer-2 where `count` is above 1
//! count = 2                           # left out: 1
//! gain = 0.01                         # unit of the output over unit of the input
//! resonance = 25_000.0                # Hz, together with `damping`
//! damping = 0.02
//! high_pass = 0.5                     # Hz, first order
//! low_pass = 40_000.0                 # Hz, first order
//! delay = 1e-5                        # s
//! spread = 0.02                       # relative standard deviation of all these but the delay
//! range = 0.5                         # planted: the channel of this sensor clips there
//! ```

use super::excitation::Excitation;
use super::sensor::{Resonance, Sensor};
use super::{Bench, Recorder};
use crate::generate::text::{Problem, positive};
use crate::generate::{Content, Recipe, Size};
use serde::Deserialize;
use sigmatau_core::Unit;
use std::ops::Range;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeText {
    name: String,
    seed: u64,
    points: usize,
    rate: Spanned<f64>,
    excitation: Spanned<ExcitationText>,
    input: Spanned<RecorderText>,
    output: Spanned<RecorderText>,
    sensor: Vec<Spanned<SensorText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "kebab-case")]
enum ExcitationText {
    Random {
        rms: f64,
        band: [f64; 2],
    },
    Multisine {
        rms: f64,
        band: [f64; 2],
        period: usize,
        #[serde(default)]
        slope: f64,
    },
    SteppedSine {
        amplitude: f64,
        frequencies: Vec<f64>,
    },
    Shock {
        peak: f64,
        duration: f64,
        pulses: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecorderText {
    unit: String,
    #[serde(default)]
    noise: f64,
    step: f64,
    range: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SensorText {
    name: String,
    #[serde(default = "one")]
    count: usize,
    gain: f64,
    resonance: Option<f64>,
    damping: Option<f64>,
    high_pass: Option<f64>,
    low_pass: Option<f64>,
    #[serde(default)]
    delay: f64,
    #[serde(default)]
    spread: f64,
    range: Option<f64>,
}

fn one() -> usize {
    1
}

/// Reads and checks a recipe.
pub(in crate::generate) fn parse(text: &str) -> Result<Recipe, Problem> {
    let typed: RecipeText = toml::from_str(text)?;
    let rate = positive(&typed.rate, "Hz")?;
    let bench = Bench {
        rate,
        excitation: excitation(&typed.excitation, rate)?,
        input: recorder(&typed.input)?,
        output: recorder(&typed.output)?,
        sensors: sensors(&typed.sensor)?,
    };
    let size = Size { points: typed.points, members: bench.sensors.len(), seed: typed.seed };
    Ok(Recipe { name: typed.name, size, content: Content::Sensors(Box::new(bench)), part: 0 })
}

/// Refuses a number that must be positive.
fn above_zero(span: &Range<usize>, what: &str, value: f64) -> Result<f64, Problem> {
    let refused = || Problem(span.clone(), format!("the {what} {value} is not a positive number"));
    Some(value).filter(|value| *value > 0.0 && value.is_finite()).ok_or_else(refused)
}

fn excitation(typed: &Spanned<ExcitationText>, rate: f64) -> Result<Excitation, Problem> {
    let span = typed.span();
    let positive = |what, value| above_zero(&span, what, value);
    let excitation = match typed.get_ref() {
        &ExcitationText::Random { rms, band } => Excitation::Random { rms: positive("rms", rms)?, band },
        &ExcitationText::Multisine { rms, band, period, slope } => {
            let period = positive("period", period as f64)? as usize;
            Excitation::Multisine { rms: positive("rms", rms)?, band, period, slope }
        }
        ExcitationText::SteppedSine { amplitude, frequencies } => {
            positive("number of frequencies", frequencies.len() as f64)?;
            let amplitude = positive("amplitude", *amplitude)?;
            Excitation::SteppedSine { amplitude, frequencies: frequencies.clone() }
        }
        &ExcitationText::Shock { peak, duration, pulses } => {
            positive("number of pulses", pulses as f64)?;
            Excitation::Shock { peak, duration: positive("duration", duration)?, pulses }
        }
    };
    let highest = excitation.highest();
    if highest > 0.0 && highest < rate / 2.0 {
        return Ok(excitation);
    }
    let problem = format!("the excitation reaches {highest} Hz; it must end above 0 and below {} Hz", rate / 2.0);
    Err(Problem(span, problem))
}

fn recorder(typed: &Spanned<RecorderText>) -> Result<Recorder, Problem> {
    let (span, text) = (typed.span(), typed.get_ref());
    let unit = Unit::parse(&text.unit).map_err(|error| Problem(span.clone(), error.to_string()))?;
    let range = text.range.map(|range| above_zero(&span, "range", range)).transpose()?;
    if !(text.noise >= 0.0 && text.noise.is_finite()) {
        return Err(Problem(span, format!("the noise {} is not a standard deviation", text.noise)));
    }
    let step = above_zero(&span, "step", text.step)?;
    Ok(Recorder { unit, noise: text.noise, step, range: range.unwrap_or(f64::INFINITY) })
}

/// Every sensor of the recipe, each under its own name.
fn sensors(typed: &[Spanned<SensorText>]) -> Result<Vec<Sensor>, Problem> {
    let mut sensors: Vec<Sensor> = Vec::new();
    for entry in typed {
        let sensor = sensor(entry)?;
        for number in 1..=entry.get_ref().count {
            let name =
                if entry.get_ref().count == 1 { sensor.name.clone() } else { format!("{}-{number}", sensor.name) };
            if sensors.iter().any(|earlier| earlier.name == name) {
                return Err(Problem(entry.span(), format!("two sensors are named `{name}`")));
            }
            sensors.push(Sensor { name, ..sensor.clone() });
        }
    }
    Ok(sensors)
}

fn sensor(entry: &Spanned<SensorText>) -> Result<Sensor, Problem> {
    let (span, text) = (entry.span(), entry.get_ref());
    let optional = |what, value: Option<f64>| value.map(|value| above_zero(&span, what, value)).transpose();
    let resonance = match (optional("resonance", text.resonance)?, optional("damping", text.damping)?) {
        (Some(frequency), Some(damping)) => Some(Resonance { frequency, damping }),
        (None, None) => None,
        _ => return Err(Problem(span, format!("`{}` has either both `resonance` and `damping` or none", text.name))),
    };
    if ![text.gain, text.delay, text.spread].iter().all(|value| value.is_finite()) {
        return Err(Problem(span, format!("gain, delay and spread of `{}` are not all finite", text.name)));
    }
    Ok(Sensor {
        name: text.name.clone(),
        gain: text.gain,
        resonance,
        high_pass: optional("high_pass", text.high_pass)?,
        low_pass: optional("low_pass", text.low_pass)?,
        delay: text.delay,
        spread: text.spread,
        range: optional("range", text.range)?,
    })
}
