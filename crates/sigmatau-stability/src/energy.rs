//! What a clock's time error costs a meter that it stamps.
//!
//! The clock reads h(t) = t + x(t): x > 0 is ahead (IEEE 1139). A boundary that is due at T happens when the
//! clock reads T, at the true time T + δ with δ = −x to first order. With the load P, the energy that the
//! interval from s to e registers differs from the energy of the true interval by
//!
//! **boundaries only** (the meter integrates energy rightly, the clock only closes intervals):
//! ΔE = P(e) δ(e) − P(s) δ(s) = P(s) x(s) − P(e) x(e). At constant load a rate y of the clock makes
//! ΔE / E = −y: a fast clock closes early. What one interval lacks its neighbour has; the running register
//! is right, but read early.
//!
//! **pacing** (the clock paces the sampling too, so that each sample counts for a nominal time): the register
//! gains P (1 + y) dt, ΔE = −∫ P′ x dt = −(P(e) − P(s)) (x(s) + x(e)) / 2 for a load and a time error that run
//! evenly. At constant load the two effects cancel in the interval, and the running register reads
//! high by +y.

use crate::predict::Forecast;
use crate::state::{Process, State};
use sigmatau_core::{Estimate, Unit};

/// What the clock does to the meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Influence {
    /// It closes intervals.
    Boundaries,
    /// It closes intervals and paces the sampling.
    Pacing,
}

impl Influence {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Boundaries, Self::Pacing];

    /// The word in records and options: `boundaries` or `pacing`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Boundaries => "boundaries",
            Self::Pacing => "pacing",
        }
    }
}

/// The load at the two boundaries of an interval, in W.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// The power at the start.
    pub start: f64,
    /// The power at the end.
    pub end: f64,
    /// The standard uncertainty of each of the two.
    pub uncertainty: f64,
    /// The mean power over the interval.
    pub mean: f64,
}

impl Load {
    /// A load that stays as it is.
    pub fn constant(power: f64) -> Self {
        Self::ramp(power, power)
    }

    /// A load that runs evenly from one power to the other.
    pub fn ramp(start: f64, end: f64) -> Self {
        Self { start, end, uncertainty: 0.0, mean: 0.5 * (start + end) }
    }

    /// Interval `place` of a profile of mean powers over `period` seconds each, which repeats. The power at
    /// a boundary is the mean of its two neighbours, and lies within ± `slope` `period`/2 of it, `slope` being
    /// the steepest course in W/s: u = slope period / (2√3) (GUM 4.3.7).
    ///
    /// ```
    /// use sigmatau_stability::energy::Load;
    /// let load = Load::of_profile(&[100.0, 300.0, 200.0], 0, 900.0, 0.0);
    /// assert_eq!((load.start, load.end, load.mean), (150.0, 200.0, 100.0));
    /// ```
    pub fn of_profile(means: &[f64], place: usize, period: f64, slope: f64) -> Self {
        let mean_of = |place: usize| means[place % means.len()];
        let (before, here, behind) = (mean_of(place + means.len() - 1), mean_of(place), mean_of(place + 1));
        let uncertainty = slope * period / 12f64.sqrt();
        Self { start: 0.5 * (before + here), end: 0.5 * (here + behind), uncertainty, mean: here }
    }
}

/// The time errors at the two boundaries of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundaries {
    /// The expected time errors at start and end, in s.
    pub mean: [f64; 2],
    /// Their covariance in s².
    pub covariance: [[f64; 2]; 2],
    /// The degrees of freedom with which the variances are known.
    pub degrees_of_freedom: f64,
}

impl Boundaries {
    /// A clock that was set right at `elapsed` = 0 to within the standard uncertainty `setting` s, and has
    /// since run on as its record foretells: `elapsed` and `period` in sampling intervals of the record.
    ///
    /// The time error is the predicted increment since the last reading, x(t) − x(0), with the prediction's
    /// error. What one reading scatters is part of it.
    pub fn forecast(forecast: &Forecast<'_>, setting: f64, elapsed: u32, period: u32) -> Self {
        let horizons = [elapsed, elapsed + period];
        let predictions = horizons.map(|horizon| (horizon > 0).then(|| forecast.at(horizon).time_error));
        let increment = |x: &Option<Estimate>| x.as_ref().map_or(0.0, |x| x.value - forecast.last_reading());
        let variance = |x: &Option<Estimate>| x.as_ref().map_or(0.0, |x| x.standard_uncertainty.powi(2));
        let mean = [increment(&predictions[0]), increment(&predictions[1])];
        let shared = setting * setting;
        let cross = shared + if elapsed > 0 { forecast.covariance(horizons) } else { 0.0 };
        let [start, end] = [variance(&predictions[0]) + shared, variance(&predictions[1]) + shared];
        // Welch and Satterthwaite (GUM G.4.1), the uncertainty of the setting being exactly known.
        let foretold = predictions[1].as_ref().map_or(f64::INFINITY, |x| x.degrees_of_freedom);
        let degrees_of_freedom = foretold * (end / (end - shared)).powi(2);
        Self { mean, covariance: [[start, cross], [cross, end]], degrees_of_freedom }
    }

    /// A clock whose state was known at `elapsed` = 0, with process noise since; `elapsed` and `period` in s.
    pub fn of_state(state: &State, process: &Process, elapsed: f64, period: f64) -> Self {
        let start = state.after(elapsed, process);
        let (end, cross) = (start.after(period, process), start.covariance_with_later(period)[0][0]);
        let covariance = [[start.covariance[0][0], cross], [cross, end.covariance[0][0]]];
        Self { mean: [start.mean[0], end.mean[0]], covariance, degrees_of_freedom: f64::INFINITY }
    }

    /// The expected value and the variance of a x(s) + b x(e).
    fn combined(&self, [a, b]: [f64; 2]) -> (f64, f64) {
        let [[ss, se], [_, ee]] = self.covariance;
        (a * self.mean[0] + b * self.mean[1], a * a * ss + 2.0 * a * b * se + b * b * ee)
    }

    /// E x(s)² + E x(e)².
    fn square(&self) -> f64 {
        (0..2).map(|i| self.mean[i].powi(2) + self.covariance[i][i]).sum()
    }
}

/// What the time error does to the energy of one interval.
///
/// The value of each estimate is the expected error, registered less true, which can be corrected; the
/// standard uncertainty is what then remains, one component of the uncertainty of the meter.
#[derive(Clone, Debug, PartialEq)]
pub struct EnergyError {
    /// The error of the interval's energy in kWh.
    pub energy: Estimate,
    /// The same in per cent of the energy of the interval.
    pub relative: Estimate,
    /// The error of the running register in per cent, over the same interval.
    pub register: Estimate,
}

/// Joules in a kilowatt-hour.
const JOULES_PER_KWH: f64 = 3.6e6;

impl EnergyError {
    /// The error of the interval of `period` s with these boundaries under this load.
    ///
    /// ```
    /// use sigmatau_stability::energy::{Boundaries, EnergyError, Influence, Load};
    /// use sigmatau_stability::state::{Process, State};
    /// // A quartz that gains 10 ppm, a load of 100 kW, 15 min: −0.001 %, 0.25 W h of 25 kW h.
    /// let clock = State { mean: [0.0, 1e-5, 0.0], ..State::default() };
    /// let boundaries = Boundaries::of_state(&clock, &Process::default(), 3600.0, 900.0);
    /// let error = EnergyError::of(&boundaries, &Load::constant(1e5), Influence::Boundaries, 900.0);
    /// assert!((error.relative.value + 1e-3).abs() < 1e-12 && (error.energy.value + 0.25e-3).abs() < 1e-12);
    /// let paced = EnergyError::of(&boundaries, &Load::constant(1e5), Influence::Pacing, 900.0);
    /// assert!(paced.relative.value == 0.0 && (paced.register.value - 1e-3).abs() < 1e-12);
    /// ```
    pub fn of(boundaries: &Boundaries, load: &Load, influence: Influence, period: f64) -> Self {
        let (mean, variance) = match influence {
            Influence::Boundaries => {
                let (mean, variance) = boundaries.combined([load.start, -load.end]);
                (mean, variance + load.uncertainty.powi(2) * boundaries.square())
            }
            Influence::Pacing => {
                let half = 0.5 * (load.end - load.start);
                let (mean, variance) = boundaries.combined([-half, -half]);
                (mean, variance + 0.5 * load.uncertainty.powi(2) * boundaries.square())
            }
        };
        let rate = match influence {
            Influence::Boundaries => (0.0, 0.0),
            Influence::Pacing => boundaries.combined([-1.0 / period, 1.0 / period]),
        };
        let estimate = |(mean, variance): (f64, f64), scale: f64, unit: &str| {
            let unit = Unit::parse(unit).expect("a known unit");
            let known = Estimate::new(mean * scale, variance.max(0.0).sqrt() * scale, unit);
            let degrees_of_freedom = boundaries.degrees_of_freedom;
            Estimate { degrees_of_freedom, ..known.expect("time errors and powers are finite") }
        };
        Self {
            energy: estimate((mean, variance), 1.0 / JOULES_PER_KWH, "kWh"),
            relative: estimate((mean, variance), 100.0 / (load.mean * period), "%"),
            register: estimate(rate, 100.0, "%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::Levels;
    use crate::predict::Trend;
    use rayon::prelude::*;
    use sigmatau_core::PhaseSeries;
    use sigmatau_spectrum::{Gaussian, PowerLaw};

    const PERIOD: f64 = 900.0;

    /// The true time at which a clock with time error x(t) reads `due`, by Newton's fixed point.
    fn reached(due: f64, x: &dyn Fn(f64) -> f64) -> f64 {
        (0..50).fold(due, |t, _| due - x(t))
    }

    /// ∫ P (1 + g y) dt from a to b by many trapezoids: what the meter registers, g = 1 where the clock paces.
    fn registered(power: &dyn Fn(f64) -> f64, gain: &dyn Fn(f64) -> f64, a: f64, b: f64) -> f64 {
        let steps = 2000;
        let at = |i: i32| a + (b - a) * f64::from(i) / f64::from(steps);
        let value = |i: i32| power(at(i)) * gain(at(i));
        let inner: f64 = (1..steps).map(value).sum();
        (inner + 0.5 * (value(0) + value(steps))) * (b - a) / f64::from(steps)
    }

    #[test]
    fn signs_and_sizes_are_those_of_the_integral() {
        let (x, y) = (|t: f64| 0.02 + 3e-5 * t + 1e-9 * t * t, |t: f64| 3e-5 + 2e-9 * t);
        let power = |t: f64| 1e5 + 40.0 * t;
        let state = State { mean: [0.02, 3e-5, 2e-9], ..State::default() };
        let boundaries = Boundaries::of_state(&state, &Process::default(), 1800.0, PERIOD);
        let load = Load::ramp(power(1800.0), power(2700.0));
        let (from, to) = (reached(1800.0, &x), reached(2700.0, &x));
        let truth = registered(&power, &|_| 1.0, 1800.0, 2700.0);
        for influence in Influence::ALL {
            let gain = |t: f64| if influence == Influence::Pacing { 1.0 + y(t) } else { 1.0 };
            let error = (registered(&power, &gain, from, to) - truth) / JOULES_PER_KWH;
            let found = EnergyError::of(&boundaries, &load, influence, PERIOD).energy.value;
            assert!((found / error - 1.0).abs() < 2e-3, "{}: {found} kWh, by integration {error}", influence.word());
        }
    }

    /// Draws clocks, lets them close an interval of a ramp at the wrong times, and counts how often the
    /// integrated error lies within 1.96 u of the expected one.
    #[test]
    fn intervals_from_a_state_cover() {
        let process = Process { white: 1e-12, walk: 1e-18, run: 0.0 };
        let mut start = State { mean: [0.0, 2e-6, 0.0], ..State::default() };
        (start.covariance[0][0], start.covariance[1][1]) = (1e-6, 1e-14);
        let (elapsed, draws) = (36_000.0, 1000);
        let load = Load::ramp(2e5, 3e5);
        let error = EnergyError::of(
            &Boundaries::of_state(&start, &process, elapsed, PERIOD),
            &load,
            Influence::Boundaries,
            PERIOD,
        );
        let held = |stream: u64| {
            let mut noise = Gaussian::new(11, stream);
            let mut x = 1e-3 * noise.draw();
            let mut y = 2e-6 + 1e-7 * noise.draw();
            let mut run = |seconds: f64| {
                for _ in 0..400 {
                    let dt = seconds / 400.0;
                    x += y * dt + (process.white * dt).sqrt() * noise.draw();
                    y += (process.walk * dt).sqrt() * noise.draw();
                }
                x
            };
            let (from, to) = (run(elapsed), run(PERIOD));
            let power = |t: f64| 2e5 + 1e5 * t / PERIOD;
            let energy = |a: f64, b: f64| registered(&power, &|_| 1.0, a, b);
            let found = (energy(-from, PERIOD - to) - energy(0.0, PERIOD)) / JOULES_PER_KWH;
            (found - error.energy.value).abs() < 1.96 * error.energy.standard_uncertainty
        };
        let share = (0..draws).into_par_iter().filter(|stream| held(*stream)).count() as f64 / draws as f64;
        assert!((share - 0.95).abs() < 3.5 * (0.95 * 0.05 / draws as f64).sqrt(), "{share}");
    }

    /// The same from records: what the next interval of the same noise does is foretold by the past.
    #[test]
    fn intervals_from_a_record_cover() {
        const RECORDS: u64 = 400;
        let (points, elapsed, period) = (1025, 40, 10);
        let load = Load::ramp(1e5, 4e5);
        for alpha in -2..=2 {
            let law = PowerLaw::from_deviation(alpha, 1e-9, 90.0).unwrap();
            let held = |stream: u64| {
                let x = law.phase(points + 50, 90.0, 77, stream);
                let levels = Levels::fit(&PhaseSeries::new(&x[..points], 90.0).unwrap()).unwrap();
                let past = PhaseSeries::new(&x[..points], 90.0).unwrap();
                let forecast = Forecast::new(&past, &levels, Trend::Frequency, elapsed).unwrap();
                let boundaries = Boundaries::forecast(&forecast, 0.0, elapsed, period);
                let error = EnergyError::of(&boundaries, &load, Influence::Boundaries, 900.0).energy;
                let since = |place: usize| x[points - 1 + place] - x[points - 1];
                let found = (load.start * since(40) - load.end * since(50)) / JOULES_PER_KWH;
                let k = crate::predict::factor(error.degrees_of_freedom, 0.95);
                (found - error.value).abs() < k * error.standard_uncertainty
            };
            let share = (0..RECORDS).into_par_iter().filter(|stream| held(*stream)).count() as f64 / RECORDS as f64;
            assert!((share - 0.95).abs() < 3.5 * (0.95 * 0.05 / RECORDS as f64).sqrt(), "α = {alpha}: {share}");
        }
    }

    #[test]
    fn uncertainty_of_the_setting_cancels_at_constant_load() {
        let mut start = State::default();
        start.covariance[0][0] = 1.0;
        let boundaries = Boundaries::of_state(&start, &Process::default(), 0.0, PERIOD);
        let error = |load| EnergyError::of(&boundaries, &load, Influence::Boundaries, PERIOD).energy;
        assert_eq!(error(Load::constant(3.6e6)).standard_uncertainty, 0.0);
        // 1 s at a step of 3.6 MW is 1 kW h.
        assert!((error(Load::ramp(0.0, 3.6e6)).standard_uncertainty - 1.0).abs() < 1e-12);
    }

    #[test]
    fn scale_of_the_load_scales_the_energy_and_leaves_the_share() {
        let state = State { mean: [1e-3, 1e-6, 0.0], ..State::default() };
        let boundaries = Boundaries::of_state(&state, &Process { white: 1e-10, ..Process::default() }, 100.0, PERIOD);
        let of =
            |scale: f64| EnergyError::of(&boundaries, &Load::ramp(scale, 2.0 * scale), Influence::Boundaries, PERIOD);
        let (one, ten) = (of(1e3), of(1e4));
        assert!((ten.energy.value / one.energy.value - 10.0).abs() < 1e-12);
        assert!((ten.relative.standard_uncertainty / one.relative.standard_uncertainty - 1.0).abs() < 1e-12);
    }
}
