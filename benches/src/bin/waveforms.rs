//! Writes records of sensors to measure on: `waveforms FILE POINTS [SENSORS]`, 1000 Hz, gain 2.
//!
//! One sensor is a table of its two channels; several are a long table with their names, of which every thousandth
//! does not move. Memory: one row group.

use sigmatau_benches::noise;
use sigmatau_core::Unit;
use sigmatau_data::{Column, Metadata, Table, TableWriter};
use std::error::Error;
use std::path::Path;

/// Rows that are made at a time.
const CHUNK: usize = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (file, points, sensors) = match words.as_slice() {
        [file, points] => (file, points.parse()?, None),
        [file, points, sensors] => (file, points.parse()?, Some(sensors.parse::<u64>()?)),
        _ => return Err("usage: waveforms FILE POINTS [SENSORS]".into()),
    };
    let metadata = ["excitation", "response"]
        .into_iter()
        .fold(Metadata::default(), |metadata, channel| metadata.with_field(channel, "rate_hz", "1000"));
    let mut writer = TableWriter::create(Path::new(file), metadata)?;
    for sensor in 0..sensors.unwrap_or(1) {
        write(&mut writer, sensors.map(|_| sensor), points)?;
    }
    Ok(writer.finish()?)
}

/// Puts one sensor behind those that are written.
fn write(writer: &mut TableWriter, sensor: Option<u64>, points: usize) -> Result<(), Box<dyn Error>> {
    let gain = if sensor.is_some_and(|sensor| sensor % 1000 == 999) { 0.0 } else { 2.0 };
    for start in (0..points).step_by(CHUNK) {
        let stream = 2 * (sensor.unwrap_or(0) + (start / CHUNK) as u64);
        let length = CHUNK.min(points - start);
        let excitation: Vec<f64> = noise(length + 3, stream).windows(4).map(|four| four.iter().sum()).collect();
        let errors = noise(length, stream + 1);
        let response = excitation.iter().zip(errors).map(|(x, error)| gain * (x + 0.01 * error)).collect();
        let names = sensor.map(|sensor| Column::text("sensor", vec![format!("sensor-{sensor:05}"); length]));
        let channels = [
            Column::float("excitation", Unit::parse("m/s2")?, excitation),
            Column::float("response", Unit::parse("V")?, response),
        ];
        writer.write(&Table::new(names.into_iter().chain(channels).collect())?)?;
    }
    Ok(())
}
