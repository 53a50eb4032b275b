//! A bench of sensors: each is excited, and its response recorded by the same digitizer.

mod excitation;
mod sensor;
pub(super) mod text;

use super::{Planted, Size};
use crate::schema::response;
use crate::{Column, Table, Values};
use excitation::Excitation;
use sensor::Sensor;
use sigmatau_core::Unit;
use sigmatau_spectrum::Gaussian;

/// Sensors of one kind under one excitation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bench {
    /// The sampling rate in Hz.
    pub(super) rate: f64,
    excitation: Excitation,
    /// How the excitation is recorded.
    input: Recorder,
    /// How the responses are recorded.
    output: Recorder,
    sensors: Vec<Sensor>,
}

/// A channel of the digitizer, in its unit.
#[derive(Clone, Debug, PartialEq)]
struct Recorder {
    unit: Unit,
    /// The standard deviation of its white noise.
    noise: f64,
    /// The step between codes.
    step: f64,
    /// The largest magnitude that it can record.
    range: f64,
}

/// The streams of random numbers of one sensor.
const EXCITATION: u64 = 0;
const INPUT: u64 = 1;
const OUTPUT: u64 = 2;
const SPREAD: u64 = 3;

fn stream(index: usize, component: u64) -> u64 {
    (index as u64) << 16 | component
}

impl Bench {
    /// Draws the sensors one after the other, sorted by name.
    pub(super) fn tables(&self, size: Size) -> impl Iterator<Item = Table> {
        self.members(size).into_iter().map(move |(index, sensor)| self.table(&sensor, size, index))
    }

    /// The true response of each sensor at the given frequencies.
    pub(super) fn truth(&self, size: Size, frequencies: &[f64]) -> Table {
        let mut truth = response::SCHEMA.empty();
        let unit = self.output.unit.over_unit(&self.input.unit).map_or_else(String::new, |unit| unit.to_string());
        for (_, sensor) in self.members(size) {
            truth.append(sensor.truth(frequencies, &unit)).expect("the columns of one schema");
        }
        truth
    }

    pub(super) fn planted(&self, size: Size) -> Vec<Planted> {
        let clipping = |(_, sensor): (usize, Sensor)| {
            let (series, unit) = (sensor.name, self.output.unit.to_string());
            sensor.range.map(|size| Planted { series, kind: "clipping", at: None, size, unit })
        };
        self.members(size).into_iter().filter_map(clipping).collect()
    }

    /// The sensors with their place in the recipe, sorted by name. The place is the key of the noise and of what
    /// makes a sensor differ from its kind, so that a larger bench begins with the same sensors.
    fn members(&self, size: Size) -> Vec<(usize, Sensor)> {
        let sensors = self.sensors.len();
        let member = |index: usize| {
            let mut differences = Gaussian::new(size.seed, stream(index, SPREAD));
            (index, self.sensors[index % sensors].in_round(index / sensors).spread(&mut differences))
        };
        let mut members: Vec<(usize, Sensor)> = (0..size.members).map(member).collect();
        members.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        members
    }

    fn table(&self, sensor: &Sensor, size: Size, index: usize) -> Table {
        let numbers = |component| Gaussian::new(size.seed, stream(index, component));
        let response = |frequency: f64| sensor.response(frequency);
        let (input, output) = self.excitation.drawn(size.points, self.rate, response, &mut numbers(EXCITATION));
        let recorder = Recorder { range: sensor.range.unwrap_or(self.output.range), ..self.output.clone() };
        Table::new(vec![
            Column::text("sensor", vec![sensor.name.clone(); size.points]),
            self.input.recorded("excitation", input, numbers(INPUT)),
            recorder.recorded("response", output, numbers(OUTPUT)),
        ])
        .expect("the columns have one length and distinct names")
    }
}

impl Recorder {
    /// A signal with the noise of the channel, in whole steps, cut off at the range.
    fn recorded(&self, name: &str, signal: Vec<f64>, noise: Gaussian) -> Column {
        let code = |(value, noise): (f64, f64)| {
            ((value + self.noise * noise).clamp(-self.range, self.range) / self.step).round() as i64
        };
        let steps = signal.into_iter().zip(noise).map(code).collect();
        let values = Values::Scaled { steps, scale: self.step, offset: 0.0 };
        Column { name: name.to_owned(), unit: Some(self.unit.clone()), values }
    }
}

#[cfg(test)]
mod tests;
