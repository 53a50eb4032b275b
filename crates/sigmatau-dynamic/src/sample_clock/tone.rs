//! A clock from a tone that the sensor and a reference channel both recorded.

use super::design::Design;
use super::{ClockError, SampleClock, Terms, finite, positive};
use crate::covariance::StandardUncertainty;
use nalgebra::{DVector, Matrix3, Vector3};
use std::f64::consts::TAU;

/// One tone in two records that begin at the same time, to within half a period of the tone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone<'a> {
    /// What the sensor recorded.
    pub sensor: &'a [f64],
    /// The nominal rate of the sensor in Hz.
    pub sensor_rate: f64,
    /// What the reference channel recorded.
    pub reference: &'a [f64],
    /// The rate of the reference channel in Hz.
    pub reference_rate: f64,
    /// The frequency of the tone in Hz.
    pub frequency: f64,
    /// The length in s of the blocks whose phases are compared.
    pub block: f64,
    /// The time error of the reference clock, and of delays between the channels.
    pub time_error: StandardUncertainty,
    /// How much is asked of the clock.
    pub terms: Terms,
}

impl SampleClock {
    /// The clock from the phases of a tone, block by block: c = (φ_sensor − φ_reference)/ω at the middle of each.
    ///
    /// The covariance comes from the scatter of the blocks about the fit, with as many degrees of freedom as there
    /// are blocks beyond coefficients. From block to block the clocks must part by less than half a period, and the
    /// offset is told up to whole periods.
    ///
    /// # Errors
    /// When a record holds what is no number, a rate or the length of a block is not positive, a block has fewer
    /// than two periods, the tone lies above half a rate, or there are not more blocks than coefficients.
    pub fn from_tone(tone: &Tone<'_>) -> Result<Self, ClockError> {
        finite("sensor", tone.sensor)?;
        finite("reference", tone.reference)?;
        let length = block_length(tone)?;
        let duration = |record: &[f64], rate: f64| record.len() as f64 / rate;
        let common = duration(tone.sensor, tone.sensor_rate).min(duration(tone.reference, tone.reference_rate));
        let blocks = (common / length) as usize;
        let middles: Vec<f64> = (0..blocks).map(|block| (block as f64 + 0.5) * length).collect();
        let design = Design::new(&middles, tone.terms, "blocks")?;
        let apart = |middle: &f64| {
            let own = phase(tone.sensor, tone.sensor_rate, tone.frequency, *middle, length);
            own - phase(tone.reference, tone.reference_rate, tone.frequency, *middle, length)
        };
        let phases = middles.iter().map(apart).scan(0.0, |last: &mut f64, phase| {
            *last += phase - *last - TAU * ((phase - *last) / TAU).round();
            Some(*last)
        });
        let values = DVector::from_iterator(blocks, phases.map(|phase| phase / (TAU * tone.frequency)));
        let coefficients = design.fit(&values);
        let dof = (blocks - design.count()) as f64;
        let variance = design.residuals(&values, &coefficients).norm_squared() / dof;
        let clock = design.clock(&coefficients, &(&design.inverse * variance), 1.0);
        Ok(Self { dof, reference: tone.time_error, ..clock })
    }
}

/// The length of a block in s, if the tone can be seen in it.
fn block_length(tone: &Tone<'_>) -> Result<f64, ClockError> {
    let block = positive("length of a block", tone.block)?;
    let frequency = positive("frequency", tone.frequency)?;
    let (one, other) = (positive("rate", tone.sensor_rate)?, positive("rate", tone.reference_rate)?);
    let rate = one.min(other);
    let seen = 2.0 * frequency < rate && frequency * block >= 2.0;
    if seen { Ok(block) } else { Err(ClockError::Tone { frequency, rate, block }) }
}

/// The phase that a tone has at `middle` by least squares of cosine, sine and constant over the block about it.
fn phase(record: &[f64], rate: f64, frequency: f64, middle: f64, length: f64) -> f64 {
    let first = ((middle - 0.5 * length) * rate).ceil().max(0.0) as usize;
    let last = (((middle + 0.5 * length) * rate).ceil() as usize).min(record.len());
    let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
    for (sample, value) in (first..last).zip(&record[first..last]) {
        let angle = TAU * frequency * (sample as f64 / rate - middle);
        let row = Vector3::new(angle.cos(), angle.sin(), 1.0);
        normal += row * row.transpose();
        right += row * *value;
    }
    let solved = normal.cholesky().map_or(Vector3::zeros(), |normal| normal.solve(&right));
    (-solved[1]).atan2(solved[0])
}
