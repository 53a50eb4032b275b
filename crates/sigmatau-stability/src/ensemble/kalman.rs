//! A scale by a Kalman filter over clocks of two or three states.
//!
//! The state holds time, rate and drift of every clock against the scale, see [`crate::state`]. Only differences
//! of readings are used: m_k = z_k − mean(z_1 … z_{k−1}) for k = 2 … N, whose noises, r² k/(k − 1), are
//! independent, so that each is a scalar update, in Joseph's form P ← (1 − K h) P (1 − K h)ᵀ + K r² Kᵀ.
//!
//! **What no difference shows**, a time, a rate and a drift common to all clocks, is not left to grow in the
//! covariance. Before the updates it is taken out of the foretold covariance, P ← S P Sᵀ with
//! S = 1 − Σ 1 wᵀ, one pair of vectors for times, rates and drifts: w weighs the clocks by how well they keep
//! their time over an interval, and their rate and drift over a long time. Then
//! wᵀP = 0, every gain obeys wᵀK = 0, and the updated state keeps Σ w_i (x_i − x̂_i) = 0: the scale is the
//! weighted mean of the foretold clocks, with the weights of white FM at short and of random walk at long times.
//! Differences of clocks are estimated exactly as without it, since S leaves them as they are.

use super::{Collected, Ensemble, EnsembleError, Readings, Verdicts, limited_weights, step_finding, weighed};
use crate::levels::Levels;
use crate::state::{Process, transition};
use sigmatau_core::PhaseSeries;

/// The states of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// Time and rate.
    Two,
    /// Time, rate and drift.
    Three,
}

/// What is known of the clocks beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The states of each clock.
    pub states: States,
    /// The process noise of each clock.
    pub processes: Vec<Process>,
    /// The standard deviation of a reading's noise (white PM), in s.
    pub reading_noise: f64,
    /// The time, in s, over which first rates are taken.
    pub first_rates_over: f64,
    /// The largest weight of a clock.
    pub most_weight: f64,
    /// How many standard deviations off a clock has no say.
    pub step_limit: f64,
}

impl States {
    fn count(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// Returns the scale. Takes O(N n³) steps for n clocks and N points, and 24 N bytes of result for each clock.
///
/// ```
/// use sigmatau_core::PhaseSeries;
/// use sigmatau_spectrum::PowerLaw;
/// use sigmatau_stability::ensemble::kalman::{Settings, States, scale};
/// use sigmatau_stability::state::Process;
/// let noise = PowerLaw::from_deviation(0, 1e-12, 1.0)?;
/// let clocks: Vec<Vec<f64>> = (0..4).map(|clock| noise.phase(1000, 1.0, 1, clock)).collect();
/// let views = clocks.iter().map(|x| PhaseSeries::new(x, 1.0)).collect::<Result<Vec<_>, _>>()?;
/// let settings = Settings {
///     states: States::Two,
///     processes: vec![Process { white: 1e-24, walk: 1e-34, run: 0.0 }; 4],
///     reading_noise: 0.0,
///     first_rates_over: 300.0,
///     most_weight: 1.0,
///     step_limit: 6.0,
/// };
/// let ensemble = scale(&views, &settings)?;
/// assert!((ensemble.weights[0][999] - 0.25).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is no clock, the clocks do not stand on one grid, or there is not one process noise for each.
pub fn scale(clocks: &[PhaseSeries<'_>], settings: &Settings) -> Result<Ensemble, EnsembleError> {
    let readings = Readings::new(clocks)?;
    let (given, clocks) = (settings.processes.len(), readings.clocks());
    if given != clocks {
        return Err(EnsembleError::Processes { given, clocks });
    }
    let mut filter = Filter::new(&readings, settings);
    let mut collected = Collected::new(clocks);
    for point in 0..readings.points() {
        filter.advance(&readings.at(point), point, &mut collected);
    }
    Ok(collected.finish(&readings))
}

/// The process noise of each clock, from its deviations from another scale: their fitted levels (see
/// [`Levels::fit`]) over 1 − w, since the clock's own mean weight w made its deviations smaller; flicker FM is
/// replaced about the averaging time `tau`, see [`Process::of`], and phase noise by the white FM of equal Allan
/// variance at `tau0`, so that a clock with noisy readings is expected to scatter. No noise where nothing can be
/// fitted.
pub fn fitted(ensemble: &Ensemble, tau0: f64, tau: f64) -> Vec<Process> {
    let process = |(deviations, weights): (&Vec<f64>, &Vec<f64>)| {
        let levels = PhaseSeries::new(deviations, tau0).ok().and_then(|phase| Levels::fit(&phase));
        let own = weights.iter().sum::<f64>() / weights.len() as f64;
        let laws = levels.as_ref().map_or(&[][..], Levels::laws);
        let Process { white, walk, run } = Process::of(laws, tau);
        let phase_noise = laws.iter().filter(|law| law.alpha() > 0);
        let white = white + phase_noise.map(|law| law.theoretical_adev(1, tau0).powi(2) * tau0).sum::<f64>();
        let more = if own < 1.0 { 1.0 / (1.0 - own) } else { 1.0 };
        Process { white: white * more, walk: walk * more, run: run * more }
    };
    ensemble.deviations.iter().zip(&ensemble.weights).map(process).collect()
}

/// The state of all clocks: clock i has places i s … i s + s − 1 for s states.
struct Filter<'a> {
    settings: &'a Settings,
    states: usize,
    tau0: f64,
    mean: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    /// Points since each clock was last read; nothing before it was.
    ages: Vec<Option<usize>>,
}

impl<'a> Filter<'a> {
    fn new(readings: &Readings<'_>, settings: &'a Settings) -> Self {
        let (states, clocks) = (settings.states.count(), readings.clocks());
        let span = settings.first_rates_over.max(readings.tau0);
        let rates = readings.first_rates((span / readings.tau0) as usize + 1);
        let mut mean = vec![0.0; clocks * states];
        let mut covariance = vec![vec![0.0; clocks * states]; clocks * states];
        for clock in 0..clocks {
            let gathered = settings.processes[clock].covariance(span);
            let place = clock * states;
            mean[place + 1] = rates[clock];
            let rate = (2.0 * settings.reading_noise.powi(2) + gathered[0][0]) / (span * span);
            let diagonal = [0.0, rate + gathered[1][1], 4.0 * rate / (span * span) + gathered[2][2]];
            (0..states).for_each(|state| covariance[place + state][place + state] = diagonal[state]);
        }
        let (tau0, ages) = (readings.tau0, vec![None; clocks]);
        Self { settings, states, tau0, mean, covariance, ages }
    }

    fn advance(&mut self, readings: &[f64], point: usize, collected: &mut Collected) {
        if point > 0 {
            self.foretell();
        }
        let there: Vec<usize> = (0..readings.len()).filter(|clock| !readings[*clock].is_nan()).collect();
        if there.is_empty() {
            return collected.push(readings, f64::NAN, &vec![0.0; readings.len()]);
        }
        let verdicts = self.verdicts(readings);
        for clock in &verdicts.stepped {
            let off = readings[*clock] - self.time(*clock) - verdicts.scale;
            collected.0.findings.push((*clock, step_finding(point, off, off.abs() / self.sigma(*clock))));
        }
        let known = |clock: &usize| self.ages[*clock].is_some() && !verdicts.stepped.contains(clock);
        let (known, anew): (Vec<usize>, Vec<usize>) = there.iter().partition(|clock| known(clock));
        anew.iter().for_each(|clock| self.set(*clock, readings[*clock] - verdicts.scale));
        self.take_out_the_common(&verdicts.weights);
        (1..known.len()).for_each(|last| self.compare(&known[..=last], readings));
        there.iter().for_each(|clock| self.ages[*clock] = Some(0));
        let weighed = verdicts.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
        let scale = weighed.map(|(clock, weight)| weight * (readings[clock] - self.time(clock))).sum();
        collected.push(readings, scale, &verdicts.weights);
    }

    fn time(&self, clock: usize) -> f64 {
        self.mean[clock * self.states]
    }

    /// Φ m, and Φ P Φᵀ + Q clock by clock.
    fn foretell(&mut self) {
        let states = self.states;
        let phi = transition(self.tau0);
        let carry = |numbers: &mut [f64]| {
            for clock in numbers.chunks_exact_mut(states) {
                (0..states).for_each(|i| clock[i] += (i + 1..states).map(|j| phi[i][j] * clock[j]).sum::<f64>());
            }
        };
        carry(&mut self.mean);
        for _ in 0..2 {
            self.covariance.iter_mut().for_each(|row| carry(row));
            transpose(&mut self.covariance);
        }
        for (clock, process) in self.settings.processes.iter().enumerate() {
            let gathered = process.covariance(self.tau0);
            for (i, j) in (0..states).flat_map(|i| (0..states).map(move |j| (i, j))) {
                self.covariance[clock * states + i][clock * states + j] += gathered[i][j];
            }
        }
        self.ages.iter_mut().for_each(|age| *age = age.map(|age| age + 1));
    }

    /// The scale that the foretold clocks give, and who stepped. At the first point, and where no clock was
    /// read before, the scale is the weighted mean of the readings.
    fn verdicts(&self, readings: &[f64]) -> Verdicts {
        let known = self.voters(readings);
        let step_limit = if known.is_some() { self.settings.step_limit } else { f64::INFINITY };
        let voters = known.unwrap_or_else(|| readings.iter().map(|z| !z.is_nan()).collect());
        let innovation = |clock: usize| readings[clock] - self.time(clock);
        let innovations: Vec<f64> = (0..readings.len()).map(innovation).collect();
        let sigmas: Vec<f64> = (0..readings.len()).map(|clock| self.sigma(clock)).collect();
        let weights = |taking_part: &[bool]| {
            let precision =
                |clock: usize| if voters[clock] && taking_part[clock] { self.precision(clock, 0) } else { 0.0 };
            limited_weights(&(0..readings.len()).map(precision).collect::<Vec<_>>(), self.settings.most_weight)
        };
        weighed(&innovations, &sigmas, weights, step_limit)
    }

    /// As for the other scale: who was read here and at the last point, else here and ever before, else nobody.
    fn voters(&self, readings: &[f64]) -> Option<Vec<bool>> {
        let known = |most: usize| -> Vec<bool> {
            let voter = |(z, age): (&f64, &Option<usize>)| !z.is_nan() && age.is_some_and(|age| age <= most);
            readings.iter().zip(&self.ages).map(voter).collect()
        };
        [1, usize::MAX].into_iter().map(known).find(|voters| voters.contains(&true))
    }

    /// 1 over the variance by which a state of a clock is foretold: its time over one interval; its rate and drift over
    /// the time T of first rates, where lower noises count as well: Q₁₁/T² + Q₂₂, Q₁₁/T⁴ + Q₂₂/T² + Q₃₃.
    fn precision(&self, clock: usize, state: usize) -> f64 {
        let span = if state == 0 { self.tau0 } else { self.settings.first_rates_over };
        let gathered = self.settings.processes[clock].covariance(span);
        let over_span = |lower: usize| gathered[lower][lower] / span.powi(2 * (state - lower) as i32);
        let noise = if state == 0 { self.settings.reading_noise.powi(2) } else { 0.0 };
        1.0 / ((0..=state).map(over_span).sum::<f64>() + noise).max(f64::MIN_POSITIVE)
    }

    /// The standard deviation of a clock's innovation.
    fn sigma(&self, clock: usize) -> f64 {
        let place = clock * self.states;
        (self.covariance[place][place] + self.settings.reading_noise.powi(2)).max(f64::MIN_POSITIVE).sqrt()
    }

    /// Takes a clock's time anew; its rate and drift stay, and are no longer tied to its time.
    fn set(&mut self, clock: usize, time: f64) {
        let place = clock * self.states;
        self.mean[place] = time;
        for other in 0..self.mean.len() {
            (self.covariance[place][other], self.covariance[other][place]) = (0.0, 0.0);
        }
        self.covariance[place][place] = self.settings.reading_noise.powi(2);
    }

    /// P ← S P Sᵀ. Where no clock has process noise, all weigh alike.
    fn take_out_the_common(&mut self, time_weights: &[f64]) {
        for state in 0..self.states {
            let precisions = || {
                time_weights.iter().enumerate().map(|(clock, weight)| match *weight > 0.0 {
                    true => self.precision(clock, state),
                    false => 0.0,
                })
            };
            let least = precisions().fold(f64::INFINITY, |least, p| if p > 0.0 { least.min(p) } else { least });
            let relative: Vec<f64> = precisions().map(|precision| (precision / least).min(1e12)).collect();
            let weights = if state == 0 { time_weights.to_vec() } else { limited_weights(&relative, 1.0) };
            for _ in 0..2 {
                self.covariance.iter_mut().for_each(|row| subtract_common(row, &weights, self.states, state));
                transpose(&mut self.covariance);
            }
        }
    }

    /// Updates by the last clock's reading less the mean of those before it.
    fn compare(&mut self, clocks: &[usize], readings: &[f64]) {
        let (last, before) = clocks.split_last().expect("at least two clocks are compared");
        let share = 1.0 / before.len() as f64;
        let observe = |numbers: &[f64]| {
            numbers[last * self.states] - share * before.iter().map(|clock| numbers[clock * self.states]).sum::<f64>()
        };
        let reading = readings[*last] - share * before.iter().map(|clock| readings[*clock]).sum::<f64>();
        let noise = self.settings.reading_noise.powi(2) * (1.0 + share);
        let covariances: Vec<f64> = self.covariance.iter().map(|row| observe(row)).collect();
        let variance = observe(&covariances) + noise;
        if variance <= 0.0 {
            return;
        }
        let gain: Vec<f64> = covariances.iter().map(|covariance| covariance / variance).collect();
        let innovation = reading - observe(&self.mean);
        // (1 − K h) P, then that (1 − K h)ᵀ + K r² Kᵀ: Joseph's form, one factor after the other.
        for (row, k) in self.covariance.iter_mut().zip(&gain) {
            row.iter_mut().zip(&covariances).for_each(|(entry, covariance)| *entry -= k * covariance);
        }
        let left: Vec<f64> = self.covariance.iter().map(|row| observe(row)).collect();
        for ((row, left), k) in self.covariance.iter_mut().zip(&left).zip(&gain) {
            row.iter_mut().zip(&gain).for_each(|(entry, gain)| *entry += (k * noise - left) * gain);
        }
        self.mean.iter_mut().zip(&gain).for_each(|(mean, gain)| *mean += gain * innovation);
        symmetrise(&mut self.covariance);
    }
}

/// Takes the weighted mean of one state over all clocks out of that state of every clock.
fn subtract_common(numbers: &mut [f64], weights: &[f64], states: usize, state: usize) {
    let common: f64 = numbers.chunks_exact(states).zip(weights).map(|(clock, weight)| weight * clock[state]).sum();
    numbers.chunks_exact_mut(states).for_each(|clock| clock[state] -= common);
}

fn transpose(matrix: &mut [Vec<f64>]) {
    for i in 0..matrix.len() {
        let (above, below) = matrix.split_at_mut(i);
        let row = &mut below[0];
        above.iter_mut().enumerate().for_each(|(j, other)| std::mem::swap(&mut other[i], &mut row[j]));
    }
}

fn symmetrise(matrix: &mut [Vec<f64>]) {
    for i in 0..matrix.len() {
        let (above, below) = matrix.split_at_mut(i);
        for (j, other) in above.iter_mut().enumerate() {
            let mean = 0.5 * (other[i] + below[0][j]);
            (other[i], below[0][j]) = (mean, mean);
        }
    }
}
