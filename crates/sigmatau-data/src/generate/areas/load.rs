//! What customers draw and feed in, minute by minute, appliance by appliance.

use super::MINUTES;
use super::weather::Weather;
use sigmatau_spectrum::Gaussian;

/// The active power in W that a customer draws in each minute, and what the roof feeds in.
pub(super) struct Load {
    pub(super) drawn: Vec<f32>,
    pub(super) roof: Vec<f32>,
    /// Reactive over active power.
    pub(super) tangent: f64,
}

/// An appliance that somebody switches on: how often a day, for how long, with what power, at which hours.
struct Appliance {
    daily: f64,
    minutes: f64,
    watts: f64,
    /// The hours about which it is used, and how closely.
    hours: &'static [f64],
    spread: f64,
}

const APPLIANCES: &[Appliance] = &[
    Appliance { daily: 4.0, minutes: 4.0, watts: 1800.0, hours: &[7.0, 12.0, 18.5, 21.0], spread: 1.2 },
    Appliance { daily: 2.2, minutes: 25.0, watts: 1300.0, hours: &[7.2, 11.8, 18.3], spread: 0.6 },
    Appliance { daily: 1.2, minutes: 20.0, watts: 2000.0, hours: &[7.0, 21.5], spread: 1.0 },
    Appliance { daily: 0.5, minutes: 45.0, watts: 900.0, hours: &[10.0, 20.0], spread: 2.5 },
    Appliance { daily: 1.5, minutes: 150.0, watts: 110.0, hours: &[13.0, 20.0], spread: 1.5 },
    Appliance { daily: 2.0, minutes: 200.0, watts: 70.0, hours: &[19.5], spread: 1.3 },
];

/// Who lives or works there.
#[derive(Clone, Copy, PartialEq)]
enum Customer {
    Household,
    Vacant,
    Business,
}

impl Load {
    /// Somebody's load; one in sixteen flats is vacant, one customer in twelve a business. A share `roofs` has a roof.
    pub(super) fn draw(days: usize, weather: &Weather, roofs: f64, draws: &mut Gaussian) -> Self {
        let customer = match draws.uniform() {
            kind if kind < 1.0 / 16.0 => Customer::Vacant,
            kind if kind < 1.0 / 16.0 + 1.0 / 12.0 => Customer::Business,
            _ => Customer::Household,
        };
        let mut drawn = vec![0.0; days * MINUTES];
        match customer {
            Customer::Household => household(&mut drawn, weather, draws),
            Customer::Vacant => drawn.fill((2.0 * draws.uniform()) as f32),
            Customer::Business => business(&mut drawn, weather, draws),
        }
        let size = if draws.uniform() < roofs { 3000.0 + 5000.0 * draws.uniform() } else { 0.0 };
        let roof = weather.sun.iter().map(|sun| (size * f64::from(*sun)) as f32).collect();
        Self { drawn, roof, tangent: 0.15 + 0.25 * draws.uniform() }
    }
}

fn household(drawn: &mut [f32], weather: &Weather, draws: &mut Gaussian) {
    let habits = (0.35 * draws.draw()).exp();
    standby(drawn, 25.0 + 60.0 * draws.uniform());
    fridge(drawn, draws);
    APPLIANCES.iter().for_each(|appliance| switch(drawn, appliance, habits, draws));
    if draws.uniform() < 0.7 {
        cool(drawn, weather, 700.0 + 900.0 * draws.uniform(), draws);
    }
    if draws.uniform() < 0.08 {
        let power = if draws.uniform() < 0.5 { 3500.0 } else { 7000.0 };
        let car = Appliance { daily: 0.6, minutes: 150.0, watts: power, hours: &[23.0], spread: 1.0 };
        switch(drawn, &car, 1.0, draws);
    }
}

fn business(drawn: &mut [f32], weather: &Weather, draws: &mut Gaussian) {
    let (size, opens, closes) =
        (400.0 + 2500.0 * draws.uniform(), 7.0 + 2.0 * draws.uniform(), 18.0 + 3.0 * draws.uniform());
    standby(drawn, 0.1 * size);
    let mut level = 1.0;
    for (minute, power) in drawn.iter_mut().enumerate() {
        let hour = (minute % MINUTES) as f64 / 60.0;
        level += -0.02 * (level - 1.0) + 0.03 * draws.draw();
        let cooling = 0.03 * (f64::from(weather.temperature[minute]) - 24.0).max(0.0);
        if (opens..closes).contains(&hour) {
            *power += (size * (level + cooling).max(0.1)) as f32;
        }
    }
    fridge(drawn, draws);
}

fn standby(drawn: &mut [f32], watts: f64) {
    drawn.iter_mut().for_each(|power| *power += watts as f32);
}

/// A compressor that runs for a third of the time.
fn fridge(drawn: &mut [f32], draws: &mut Gaussian) {
    let (watts, period) = (70.0 + 60.0 * draws.uniform(), 40.0 + 30.0 * draws.uniform());
    let mut start = -period * draws.uniform();
    while start < drawn.len() as f64 {
        add(drawn, start, 0.35 * period, watts);
        start += period * (1.0 + 0.1 * draws.draw()).max(0.5);
    }
}

fn switch(drawn: &mut [f32], appliance: &Appliance, habits: f64, draws: &mut Gaussian) {
    let days = drawn.len() / MINUTES;
    for day in 0..days {
        let mut left = appliance.daily * habits;
        while draws.uniform() < left {
            let hour = appliance.hours[(draws.uniform() * appliance.hours.len() as f64) as usize];
            let start = day as f64 * MINUTES as f64 + 60.0 * (hour + appliance.spread * draws.draw());
            let minutes = appliance.minutes * (0.4 * draws.draw()).exp();
            add(drawn, start, minutes, appliance.watts * (0.9 + 0.2 * draws.uniform()));
            left -= 1.0;
        }
    }
}

/// An air conditioner that somebody runs when it is warm, the longer the warmer.
fn cool(drawn: &mut [f32], weather: &Weather, watts: f64, draws: &mut Gaussian) {
    let (comfort, period) = (25.5 + 1.5 * draws.uniform(), 12.0 + 8.0 * draws.uniform());
    let mut minute = period * draws.uniform();
    while minute < drawn.len() as f64 {
        let warmth = f64::from(weather.temperature[minute as usize]) - comfort;
        let home =
            if (MINUTES as f64 * 0.3..MINUTES as f64 * 0.7).contains(&(minute % MINUTES as f64)) { 0.4 } else { 0.9 };
        if draws.uniform() < home {
            add(drawn, minute, period * (0.12 * warmth).clamp(0.0, 1.0), watts);
        }
        minute += period;
    }
}

/// Adds a stretch of constant power, its first and last minute in part.
fn add(drawn: &mut [f32], start: f64, minutes: f64, watts: f64) {
    let (start, end) = (start.max(0.0), (start + minutes).min(drawn.len() as f64));
    let mut minute = start as usize;
    while (minute as f64) < end && minute < drawn.len() {
        let part = (minute as f64 + 1.0).min(end) - (minute as f64).max(start);
        drawn[minute] += (watts * part.max(0.0)) as f32;
        minute += 1;
    }
}
