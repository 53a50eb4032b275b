//! A scale by filtered rates and prediction errors, of the AT1 type (M. A. Weiss, D. W. Allan and T. K.
//! Peppler, IEEE Trans. Instrum. Meas. 38(2), 1989).
//!
//! At each point, with τ the time since the clock was last read,
//!
//! 1. x̂_i = x_i + y_i τ foretells each clock against the scale;
//! 2. e = Σ w_i (z_i − x̂_i) is the new scale, x_i = z_i − e the new time of each clock;
//! 3. the squared error (x_i − x̂_i)² / (1 − w_i) goes into the clock's variance σ_i² by an exponential filter;
//!    the clock's own weight made the error smaller, by just that factor where w ∝ 1/σ²;
//! 4. the rate (x_i − x_i(before)) / τ goes into y_i by an exponential filter;
//! 5. w_i ∝ 1/σ_i², none above the limit.

use super::{Collected, Ensemble, EnsembleError, Readings, limited_weights, step_finding, weighed};
use sigmatau_core::PhaseSeries;

/// How clocks are foretold and weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The time constant of the filter of rates, in s. Best near the averaging time at which the clocks'
    /// white FM meets their random walk; a longer one ages with clocks that drift.
    pub rate_constant: f64,
    /// The time constant of the filter of squared errors, in s: some thirty times as long as the interval, or
    /// the weights follow chance.
    pub error_constant: f64,
    /// The largest weight of a clock.
    pub most_weight: f64,
    /// How many standard deviations off a clock has no say.
    pub step_limit: f64,
}

/// What is known of a clock against the scale.
#[derive(Clone, Copy, Debug)]
struct Clock {
    /// Its time when it was last read; `NaN` before it was.
    time: f64,
    rate: f64,
    variance: f64,
    /// Points since it was last read.
    age: usize,
}

/// Returns the scale. Its first point is the weighted mean of the clocks that are there; the first rates are mean
/// rates over `rate_constant`, against the mean of all clocks; the first variances are those of second
/// differences within `error_constant`. Takes O(N) steps for each clock, and 24 N bytes of result.
///
/// ```
/// use sigmatau_core::PhaseSeries;
/// use sigmatau_spectrum::PowerLaw;
/// use sigmatau_stability::ensemble::at1::{Settings, scale};
/// let noise = PowerLaw::from_deviation(0, 1e-12, 1.0)?;
/// let clocks: Vec<Vec<f64>> = (0..4).map(|clock| noise.phase(1000, 1.0, 1, clock)).collect();
/// let views = clocks.iter().map(|x| PhaseSeries::new(x, 1.0)).collect::<Result<Vec<_>, _>>()?;
/// let settings = Settings { rate_constant: 300.0, error_constant: 100.0, most_weight: 0.4, step_limit: 5.0 };
/// let ensemble = scale(&views, &settings)?;
/// assert!((ensemble.weights.iter().map(|weights| weights[999]).sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is no clock, or the clocks do not stand on one grid.
pub fn scale(clocks: &[PhaseSeries<'_>], settings: &Settings) -> Result<Ensemble, EnsembleError> {
    let readings = Readings::new(clocks)?;
    let mut clocks = first_clocks(&readings, settings);
    let mut collected = Collected::new(clocks.len());
    for point in 0..readings.points() {
        advance(&mut clocks, &readings.at(point), point, readings.tau0, settings, &mut collected);
    }
    Ok(collected.finish(&readings))
}

fn first_clocks(readings: &Readings<'_>, settings: &Settings) -> Vec<Clock> {
    let within = |constant: f64| (constant / readings.tau0).ceil().clamp(3.0, 1e9) as usize + 1;
    let rates = readings.first_rates(within(settings.rate_constant));
    let variances = first_variances(readings, within(settings.error_constant));
    let clock = |(rate, variance)| Clock { time: f64::NAN, rate, variance, age: 0 };
    rates.into_iter().zip(variances).map(clock).collect()
}

/// First variances from half the mean squares v_ij of second differences of clock i less clock j: the closest
/// pair shares its v evenly, and each other clock has what it differs by from those two beyond that. A mean over all
/// clocks would show the noisiest one in each of them.
fn first_variances(readings: &Readings<'_>, points: usize) -> Vec<f64> {
    let clocks = readings.clocks();
    let between = |i: usize, j: usize| half_mean_square(readings.clocks[i], readings.clocks[j], points);
    let pairs = (0..clocks).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| (i, j, between(i, j)));
    let closest = pairs.filter(|(_, _, v)| *v > 0.0).min_by(|a, b| a.2.total_cmp(&b.2));
    let Some((a, b, v)) = closest else { return vec![f64::MIN_POSITIVE; clocks] };
    let variance = |clock: usize| {
        let beyond = 0.5 * (between(clock, a) + between(clock, b) - v);
        if clock == a || clock == b || beyond.is_nan() { v / 2.0 } else { beyond.max(v / 2.0) }
    };
    (0..clocks).map(variance).collect()
}

fn half_mean_square(a: &[f64], b: &[f64], points: usize) -> f64 {
    let difference: Vec<f64> = a.iter().zip(b).take(points).map(|(a, b)| a - b).collect();
    let squares = difference.windows(3).map(|w| (w[2] - 2.0 * w[1] + w[0]).powi(2));
    let present: Vec<f64> = squares.filter(|square| !square.is_nan()).collect();
    0.5 * present.iter().sum::<f64>() / present.len() as f64
}

fn advance(
    clocks: &mut [Clock],
    readings: &[f64],
    point: usize,
    tau0: f64,
    settings: &Settings,
    collected: &mut Collected,
) {
    clocks.iter_mut().for_each(|clock| clock.age += 1);
    let there = |clock: usize| !readings[clock].is_nan();
    if !(0..clocks.len()).any(there) {
        return collected.push(readings, f64::NAN, &vec![0.0; clocks.len()]);
    }
    let known = voters(clocks, readings);
    let innovations: Vec<f64> = match known {
        Some(_) => clocks.iter().zip(readings).map(|(clock, z)| z - clock.foretold(tau0)).collect(),
        None => readings.to_vec(),
    };
    let step_limit = if known.is_some() { settings.step_limit } else { f64::INFINITY };
    let has_say = known.unwrap_or_else(|| (0..clocks.len()).map(there).collect());
    let sigmas: Vec<f64> = clocks.iter().map(Clock::sigma).collect();
    let weights = |taking_part: &[bool]| {
        let precision = |clock: usize| match has_say[clock] && taking_part[clock] {
            true => sigmas[clock].powi(-2),
            false => 0.0,
        };
        limited_weights(&(0..clocks.len()).map(precision).collect::<Vec<_>>(), settings.most_weight)
    };
    let verdicts = weighed(&innovations, &sigmas, weights, step_limit);
    for clock in verdicts.stepped {
        let (off, sigma) = (innovations[clock] - verdicts.scale, sigmas[clock]);
        collected.0.findings.push((clock, step_finding(point, off, off.abs() / sigma)));
    }
    for (clock, z) in (0..clocks.len()).zip(readings).filter(|(_, z)| !z.is_nan()) {
        clocks[clock].read(z - verdicts.scale, verdicts.weights[clock], tau0, settings);
    }
    collected.push(readings, verdicts.scale, &verdicts.weights);
}

/// Who foretells the scale: the clocks that were read here and at the last point; where there are none, all
/// that were read here and ever before; nobody where there are none either.
fn voters(clocks: &[Clock], readings: &[f64]) -> Option<Vec<bool>> {
    let known = |age: usize| {
        let voter = |(clock, z): (&Clock, &f64)| !z.is_nan() && !clock.time.is_nan() && clock.age <= age;
        clocks.iter().zip(readings).map(voter).collect::<Vec<bool>>()
    };
    [1, usize::MAX].into_iter().map(known).find(|voters| voters.contains(&true))
}

impl Clock {
    fn foretold(&self, tau0: f64) -> f64 {
        self.time + self.rate * self.age as f64 * tau0
    }

    /// The standard deviation of an error over the time since the last reading, which grows as white FM.
    fn sigma(&self) -> f64 {
        (self.variance * self.age as f64).sqrt()
    }

    /// Takes a reading against the scale. An error beyond the limit leaves the rate, and counts as one at the limit.
    fn read(&mut self, time: f64, weight: f64, tau0: f64, settings: &Settings) {
        let (error, interval) = (time - self.foretold(tau0), self.age as f64 * tau0);
        if !self.time.is_nan() {
            let square = (error / self.sigma()).powi(2);
            if square < settings.step_limit.powi(2) {
                let gain = interval / (interval + settings.rate_constant);
                self.rate += gain * ((time - self.time) / interval - self.rate);
            }
            let corrected = if weight < 1.0 { square.min(settings.step_limit.powi(2)) / (1.0 - weight) } else { 1.0 };
            let gain = tau0 / (tau0 + settings.error_constant);
            self.variance *= 1.0 + gain * (corrected - 1.0);
        }
        (self.time, self.age) = (time, 0);
    }
}
