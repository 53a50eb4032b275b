//! The weather that the customers of an area share: temperature and clouds, minute by minute.

use super::MINUTES;
use sigmatau_spectrum::Gaussian;
use std::f64::consts::TAU;

/// How long temperature and clouds remember themselves, in minutes.
const FRONT: f64 = 2.0 * MINUTES as f64;
const CLOUD: f64 = 20.0;

/// The weather of some days.
pub(super) struct Weather {
    /// Temperature in °C.
    pub(super) temperature: Vec<f32>,
    /// Irradiance as a share of the strongest, from 0 to 1.
    pub(super) sun: Vec<f32>,
}

impl Weather {
    /// A warm season: 27 °C on the mean, warmest in mid-afternoon, with fronts that pass and clouds that drift.
    pub(super) fn draw(days: usize, draws: &mut Gaussian) -> Self {
        let (mut front, mut cloud) = (draws.draw(), draws.draw());
        let mut weather = Self { temperature: Vec::new(), sun: Vec::new() };
        for minute in 0..days * MINUTES {
            let hour = (minute % MINUTES) as f64 / 60.0;
            front = recalled(front, FRONT, draws);
            cloud = recalled(cloud, CLOUD, draws);
            let height = (TAU * (hour - 6.0) / 24.0).sin().max(0.0);
            let clear = 1.0 / (1.0 + (-1.5 - 1.5 * cloud + front).exp());
            weather.temperature.push((27.0 + 3.0 * front + 4.0 * (TAU * (hour - 9.5) / 24.0).sin()) as f32);
            weather.sun.push((height * clear) as f32);
        }
        weather
    }
}

/// The next value of a process of variance 1 that remembers itself for so many minutes.
fn recalled(value: f64, minutes: f64, draws: &mut Gaussian) -> f64 {
    let kept = (-1.0 / minutes).exp();
    kept * value + (1.0 - kept * kept).sqrt() * draws.draw()
}
