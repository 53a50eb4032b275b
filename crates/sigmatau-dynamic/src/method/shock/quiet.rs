//! The record before the pulse: its level and its noise.

use super::super::pair::Pair;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::Window;
use sigmatau_spectrum::fft::Complex64;
use sigmatau_spectrum::sine::fourier_sums;

/// The pulse begins at this share of its peak.
const BEGIN: f64 = 0.05;

/// Points that are enough for a level and a noise.
const FEWEST: usize = 16;

/// The points whose mean is the first guess of the level, as a share of the record.
const FIRST: f64 = 0.01;

/// Lines of the quiet part over which its spectrum is averaged.
const LINES: usize = 8;

/// What is known from before the pulse.
pub(super) struct Quiet {
    /// The levels of excitation and response.
    levels: [f64; 2],
    /// Both channels there, less their levels, weighted by a window of mean square 1.
    weighted: [Vec<f64>; 2],
    points: usize,
    rate: f64,
}

/// The noise in a line of the transform of the whole record.
pub(super) struct Noise {
    /// E|ε|² of X.
    pub(super) excitation: f64,
    /// E|ε|² of Y − H X.
    pub(super) rest: f64,
}

impl Quiet {
    /// The first half of what comes before the excitation first reaches a twentieth of its peak.
    pub(super) fn before_pulse(pair: &Pair, rate: f64) -> Self {
        let length = (onset(&pair.excitation) / 2).max(1);
        let parts = [&pair.excitation[..length], &pair.response[..length]];
        let levels = parts.map(mean);
        let window = Window::named("hann").expect("the table has it");
        let scale = 1.0 / window.noise_bandwidth(length).sqrt() / window.coherent_gain(length);
        let weight = |part: &[f64], level: f64| {
            part.iter().zip(window.samples(length)).map(|(value, weight)| scale * weight * (value - level)).collect()
        };
        let weighted = [weight(parts[0], levels[0]), weight(parts[1], levels[1])];
        Self { levels, weighted, points: pair.len(), rate }
    }

    /// Both channels of the whole record less their levels.
    pub(super) fn reduced(&self, pair: &Pair) -> [Vec<f64>; 2] {
        let reduced = |series: &[f64], level: f64| series.iter().map(|value| value - level).collect();
        [reduced(&pair.excitation, self.levels[0]), reduced(&pair.response, self.levels[1])]
    }

    fn length(&self) -> usize {
        self.weighted[0].len()
    }

    /// The noise at a frequency where the response is `value`, averaged over the nearest lines of the quiet part; none
    /// where that is too short.
    pub(super) fn noise(&self, frequency: f64, value: Complex64) -> Noise {
        if self.length() < FEWEST {
            return Noise { excitation: 0.0, rest: 0.0 };
        }
        let width = self.rate / self.length() as f64;
        let first =
            (frequency - 0.5 * LINES as f64 * width).clamp(width, (0.5 * self.rate - LINES as f64 * width).max(width));
        let lines: Vec<f64> = (0..LINES).map(|line| first + line as f64 * width).collect();
        let [x, y] = [0, 1].map(|channel| fourier_sums(&self.weighted[channel], 0.0, self.rate, &lines));
        let scale = self.points as f64 / self.length() as f64 / LINES as f64;
        let rest = x.iter().zip(&y).map(|(x, y)| (y - value * x).norm_sqr()).sum::<f64>();
        Noise { excitation: scale * x.iter().map(|x| x.norm_sqr()).sum::<f64>(), rest: scale * rest }
    }

    /// The mean square of y − H x before the pulse.
    pub(super) fn rest(&self, value: Complex64) -> f64 {
        let [x, y] = &self.weighted;
        mean_rest(value, x, y)
    }

    /// The relative standard deviation by which the mean square of `points` points of the same noise differs from
    /// [`Quiet::rest`]. A Hann window leaves 18/35 of the points.
    pub(super) fn chance(&self, points: usize) -> f64 {
        (2.0 / points as f64 + 2.0 * 35.0 / 18.0 / self.length() as f64).sqrt()
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let tell = || {
            Finding::new(
                Severity::Warning,
                "no-quiet-begin",
                format!("{} points before the pulse are fewer than {FEWEST}", self.length()),
                "neither the level nor the noise of the channels is known from before the pulse",
                "trigger later, so that the record begins well before the pulse",
            )
        };
        (self.length() < FEWEST).then(tell).into_iter().collect()
    }
}

/// The mean square of y − H x, where the part across H stands for a signal a quarter of a period apart.
pub(super) fn mean_rest(value: Complex64, x: &[f64], y: &[f64]) -> f64 {
    let rest = |(x, y): (&f64, &f64)| (y - value.re * x).powi(2) + (value.im * x).powi(2);
    x.iter().zip(y).map(rest).sum::<f64>() / x.len() as f64
}

/// The first point that reaches a twentieth of the largest distance from the first points.
fn onset(excitation: &[f64]) -> usize {
    let first = &excitation[..((FIRST * excitation.len() as f64) as usize).max(1)];
    let level = mean(first);
    let peak = excitation.iter().map(|x| (x - level).abs()).fold(0.0, f64::max);
    excitation.iter().position(|x| (x - level).abs() >= BEGIN * peak).unwrap_or(0)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
