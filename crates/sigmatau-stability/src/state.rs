//! A clock as a state with process noise: time error x, frequency y, frequency drift d.
//!
//! dx = y dt + dW₁, dy = d dt + dW₂, dd = dW₃, the Wiener processes of intensity q₁ (white FM), q₂
//! (random-walk FM) and q₃ (random run). The Allan variance is q₁/τ + q₂ τ/3 + q₃ τ³/20 (C. Zucca and
//! P. Tavella, IEEE Trans. UFFC 52(2), 2005). A clock of two states has no drift and q₃ = 0.

use sigmatau_core::{Estimate, Unit};
use sigmatau_spectrum::PowerLaw;
use std::f64::consts::PI;

/// A matrix over (x, y, d).
pub type Matrix = [[f64; 3]; 3];

/// The intensities of a clock's process noise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Process {
    /// q₁ in s: white FM.
    pub white: f64,
    /// q₂ in 1/s: random-walk FM.
    pub walk: f64,
    /// q₃ in 1/s³: random run.
    pub run: f64,
}

impl Process {
    /// The process noise of power laws: q₁ = h₀/2, q₂ = 2π² h₋₂, q₃ = 8π⁴ h₋₄. Phase noise is no process
    /// but noise of the readings; flicker FM, which no finite state has, is replaced by the white and
    /// random-walk FM that together have its Allan variance 2 ln 2 h₋₁ at `tau` and the least elsewhere:
    /// each half of it there.
    pub fn of(laws: &[PowerLaw], tau: f64) -> Self {
        laws.iter().fold(Self::default(), |all, law| match (law.alpha(), law.level()) {
            (0, h) => Self { white: all.white + h / 2.0, ..all },
            (-1, h) => {
                let half = 2f64.ln() * h;
                Self { white: all.white + half * tau, walk: all.walk + 3.0 * half / tau, ..all }
            }
            (-2, h) => Self { walk: all.walk + 2.0 * PI.powi(2) * h, ..all },
            (-4, h) => Self { run: all.run + 8.0 * PI.powi(4) * h, ..all },
            _ => all,
        })
    }

    /// The Allan variance at averaging time `tau`.
    ///
    /// ```
    /// use sigmatau_stability::state::Process;
    /// let process = Process { white: 1e-24, walk: 3e-30, run: 0.0 };
    /// assert!((process.allan_variance(1000.0) / 2e-27 - 1.0).abs() < 1e-15);
    /// ```
    pub fn allan_variance(&self, tau: f64) -> f64 {
        self.white / tau + self.walk * tau / 3.0 + self.run * tau.powi(3) / 20.0
    }

    /// The covariance Q that the state gathers in a time `t`.
    pub fn covariance(&self, t: f64) -> Matrix {
        let Self { white, walk, run } = *self;
        let xx = white * t + walk * t.powi(3) / 3.0 + run * t.powi(5) / 20.0;
        let xy = walk * t * t / 2.0 + run * t.powi(4) / 8.0;
        let (xd, yd) = (run * t.powi(3) / 6.0, run * t * t / 2.0);
        [[xx, xy, xd], [xy, walk * t + run * t.powi(3) / 3.0, yd], [xd, yd, run * t]]
    }
}

/// What is known of a clock at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct State {
    /// x in s, y in 1, d in 1/s.
    pub mean: [f64; 3],
    /// Their covariance.
    pub covariance: Matrix,
}

impl State {
    /// The state a time `t` later: Φ m and Φ P Φᵀ + Q, with Φ = [1, t, t²/2; 0, 1, t; 0, 0, 1].
    ///
    /// ```
    /// use sigmatau_stability::state::{Process, State};
    /// let now = State { mean: [1e-9, 1e-12, 0.0], ..State::default() };
    /// let later = now.after(1000.0, &Process { white: 1e-24, ..Process::default() });
    /// assert!((later.mean[0] - 2e-9).abs() < 1e-21);
    /// assert!((later.time_error().standard_uncertainty - 1e-24_f64.sqrt() * 1000_f64.sqrt()).abs() < 1e-20);
    /// ```
    #[must_use]
    pub fn after(&self, t: f64, process: &Process) -> Self {
        let (transition, noise) = (transition(t), process.covariance(t));
        let carried = product(&self.covariance_with_later(t), &transposed(&transition));
        let mean = std::array::from_fn(|i| (0..3).map(|j| transition[i][j] * self.mean[j]).sum());
        let covariance = std::array::from_fn(|i| std::array::from_fn(|j| carried[i][j] + noise[i][j]));
        Self { mean, covariance }
    }

    /// Φ P: the covariance of the state a time `t` later with the state now.
    pub fn covariance_with_later(&self, t: f64) -> Matrix {
        product(&transition(t), &self.covariance)
    }

    /// The time error with its standard uncertainty.
    pub fn time_error(&self) -> Estimate {
        let uncertainty = self.covariance[0][0].max(0.0).sqrt();
        Estimate::new(self.mean[0], uncertainty, Unit::SECOND).expect("a state is finite")
    }
}

/// Φ for a time `t`.
pub(crate) fn transition(t: f64) -> Matrix {
    [[1.0, t, 0.5 * t * t], [0.0, 1.0, t], [0.0, 0.0, 1.0]]
}

fn transposed(a: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i]))
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn two_steps_are_one_long_step() {
        let process = Process { white: 1.0, walk: 0.3, run: 0.02 };
        let start = State { mean: [1.0, -2.0, 0.5], covariance: process.covariance(2.0) };
        let (once, twice) = (start.after(5.0, &process), start.after(2.0, &process).after(3.0, &process));
        for i in 0..3 {
            assert!((once.mean[i] - twice.mean[i]).abs() < 1e-12);
            (0..3).for_each(|j| assert!((once.covariance[i][j] / twice.covariance[i][j] - 1.0).abs() < 1e-12));
        }
    }

    #[test]
    fn process_noise_has_the_allan_variance_of_its_power_laws() {
        for alpha in [0, -2] {
            let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
            let variance = Process::of(&[law], 1.0).allan_variance(1000.0);
            assert!((variance / law.theoretical_adev(1000, 1.0).powi(2) - 1.0).abs() < 1e-5, "α = {alpha}");
        }
        let flicker = PowerLaw::new(-1, 1e-26).unwrap();
        let variance = Process::of(&[flicker], 300.0).allan_variance(300.0);
        assert!((variance / (2.0 * 2f64.ln() * 1e-26) - 1.0).abs() < 1e-12);
    }

    /// Draws a path in steps of a hundredth of the time, and counts how often x ends within 1.96 u.
    #[test]
    fn predicted_intervals_cover() {
        let process = Process { white: 1.0, walk: 0.5, run: 0.1 };
        let (paths, steps, time) = (1000, 100, 3.0_f64);
        let root = (time / f64::from(steps)).sqrt();
        let predicted = State::default().after(time, &process).time_error();
        let ends_within = |stream: u64| {
            let mut noise = Gaussian::new(3, stream);
            let [mut x, mut y, mut d] = [0.0; 3];
            for _ in 0..steps {
                let (dx, dy) = (y * root * root, d * root * root);
                x += dx + dy * root * root / 2.0 + process.white.sqrt() * root * noise.draw();
                y += dy + process.walk.sqrt() * root * noise.draw();
                d += process.run.sqrt() * root * noise.draw();
            }
            x.abs() < 1.96 * predicted.standard_uncertainty
        };
        let share = (0..paths).filter(|stream| ends_within(*stream)).count() as f64 / paths as f64;
        assert!((share - 0.95).abs() < 3.5 * (0.95 * 0.05 / paths as f64).sqrt(), "{share}");
    }
}
