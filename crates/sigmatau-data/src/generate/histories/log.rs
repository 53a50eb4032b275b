//! What one instrument sends from service.

use super::point::{Parts, rounded};
use super::{Histories, LOG, Tables, stream};
use crate::schema::Cell;
use sigmatau_spectrum::Gaussian;

/// The time between two readings.
const STEP_NS: i64 = 900_000_000_000;

/// The stated standard uncertainty of an instrument's clock in s.
const U_TIME: f64 = 1e-3;

/// The relative standard deviation of the load.
const LOAD: f64 = 0.05;

/// Puts the readings of an instrument behind those of the ones before.
pub(super) fn draw(histories: &Histories, instrument: usize, tables: &mut Tables) {
    let mut draws = Gaussian::new(histories.extent.seed, stream(instrument, LOG));
    let length = histories.course.log;
    let nominal = *histories.course.points.last().expect("a recipe has points");
    let resolution = Parts::of(&histories.course, nominal).resolution;
    let mut values: Vec<f64> =
        (0..length).map(|_| rounded(nominal * (1.0 + LOAD * draws.draw()), resolution)).collect();
    let offsets: Vec<f64> = (0..length).map(|_| U_TIME * draws.draw()).collect();
    copy_block(histories, instrument, &mut values);
    prefer_digits(histories, instrument, resolution, &mut values);
    let laboratory = histories.laboratory_name(histories.laboratory(instrument));
    for (sequence, (value, offset)) in values.into_iter().zip(offsets).enumerate() {
        let rate = nominal * LOAD / 3600.0;
        tables.logs.push([
            Cell::from(histories.instrument_name(instrument)),
            (sequence as i64).into(),
            time(histories, instrument, sequence).into(),
            value.into(),
            resolution.into(),
            histories.course.unit.as_str().into(),
            (offset + size_of(histories, instrument, "utc-sync").unwrap_or(0.0) * U_TIME).into(),
            U_TIME.into(),
            rate.into(),
            format!("{laboratory}-reader").into(),
        ]);
    }
}

fn size_of(histories: &Histories, instrument: usize, kind: &str) -> Option<f64> {
    histories.plan.of_instrument(instrument).filter(|plant| plant.kind.name == kind).map(|plant| plant.size)
}

/// The time of a reading by the clock of the instrument.
fn time(histories: &Histories, instrument: usize, sequence: usize) -> i64 {
    let course = &histories.course;
    let start = course.start_ns + histories.extent.recalibrations as i64 * course.interval_ns;
    let set = size_of(histories, instrument, "time-mono").filter(|_| 2 * sequence >= course.log);
    start + sequence as i64 * STEP_NS + (set.unwrap_or(0.0) * 1e9) as i64
}

/// Puts readings of the first half once more in the second.
fn copy_block(histories: &Histories, instrument: usize, values: &mut [f64]) {
    if let Some(size) = size_of(histories, instrument, "dup-block") {
        let half = values.len() / 2;
        values.copy_within(0..(size as usize).min(half), half);
    }
}

/// Ends a part of the readings of a laboratory with 0 or 5.
fn prefer_digits(histories: &Histories, instrument: usize, resolution: f64, values: &mut [f64]) {
    let planted = histories.plan.of_laboratory(histories.laboratory(instrument));
    let Some(plant) = planted.filter(|plant| plant.kind.name == "digit-pref") else { return };
    for (index, value) in values.iter_mut().enumerate() {
        let earlier = (index as f64 * plant.size).floor();
        if ((index + 1) as f64 * plant.size).floor() > earlier {
            *value = rounded((*value / (5.0 * resolution)).round() * 5.0 * resolution, resolution);
        }
    }
}
