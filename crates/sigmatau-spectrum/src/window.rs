//! The table of windows: how the points of a segment are weighted before their transform.
//!
//! One entry per file in the folder `window/`. Every window here is a sum of cosines,
//!
//! w(n) = Σ (−1)^k a(k) cos(2π k n / N), n = 0 … N−1,
//!
//! in the periodic form, which spectra want: the point after the last would equal the first. To add
//! one: write its file next to its nearest sibling, add it to [`WINDOWS`], and add its published
//! figures to the test.

use sigmatau_core::nearest::did_you_mean;
use std::f64::consts::{PI, TAU};

mod blackman;
mod blackman_harris;
mod flat_top;
mod hamming;
mod hann;
mod nuttall;
mod rectangular;

/// Every window, from the narrowest main lobe to the widest.
pub static WINDOWS: &[&Window] = &[
    &rectangular::WINDOW,
    &hann::WINDOW,
    &hamming::WINDOW,
    &blackman::WINDOW,
    &nuttall::WINDOW,
    &blackman_harris::WINDOW,
    &flat_top::WINDOW,
];

/// A window.
///
/// ```
/// use sigmatau_spectrum::Window;
/// let hann = Window::named("hann")?;
/// let near = |found: f64, known: f64| (found - known).abs() < 1e-12;
/// assert!(hann.samples(4).into_iter().zip([0.0, 0.5, 1.0, 0.5]).all(|(found, known)| near(found, known)));
/// assert!(near(hann.coherent_gain(64), 0.5) && near(hann.noise_bandwidth(64), 1.5));
/// # Ok::<(), sigmatau_spectrum::window::UnknownWindow>(())
/// ```
#[derive(Debug, PartialEq)]
pub struct Window {
    /// The short name, such as `hann`.
    pub name: &'static str,
    /// The full name, with what tells it from others of the same name.
    pub title: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The coefficients a(k) of the cosines.
    pub coefficients: &'static [f64],
}

/// A window's name that is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the window `{name}`: there is none of this name{hint}")]
pub struct UnknownWindow {
    /// The word that was given.
    pub name: String,
    /// The nearest known names.
    pub hint: String,
}

impl Window {
    /// Looks a window up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, UnknownWindow> {
        let names: Vec<&str> = WINDOWS.iter().map(|window| window.name).collect();
        let unknown = || UnknownWindow { name: name.to_owned(), hint: did_you_mean(name, &names) };
        WINDOWS.iter().find(|window| window.name == name).copied().ok_or_else(unknown)
    }

    /// The weights of a segment of `length` points.
    pub fn samples(&self, length: usize) -> Vec<f64> {
        let cosine = |k: usize, n: usize| (TAU * ((k * n) % length) as f64 / length as f64).cos();
        let term = |n: usize, (k, a): (usize, &f64)| if k % 2 == 0 { a * cosine(k, n) } else { -a * cosine(k, n) };
        (0..length).map(|n| self.coefficients.iter().enumerate().map(|term_of| term(n, term_of)).sum()).collect()
    }

    /// Half the width of the main lobe in bins: spectral lines nearer to each other, or to zero
    /// frequency, are not told apart.
    pub fn main_lobe(&self) -> usize {
        self.coefficients.len()
    }

    /// The coherent gain Σw / N: how much of the amplitude of a tone at the middle of a bin is left.
    pub fn coherent_gain(&self, length: usize) -> f64 {
        self.samples(length).iter().sum::<f64>() / length as f64
    }

    /// The equivalent noise bandwidth N Σw² / (Σw)² in bins: the width of the rectangular filter that
    /// passes as much white noise.
    pub fn noise_bandwidth(&self, length: usize) -> f64 {
        let samples = self.samples(length);
        let squares: f64 = samples.iter().map(|w| w * w).sum();
        length as f64 * squares / samples.iter().sum::<f64>().powi(2)
    }

    /// The scallop loss −20 lg |Σ w(n) e^(−iπn/N)| / Σw in dB: how much weaker a tone half-way between
    /// two bins appears than one at the middle of a bin.
    pub fn scallop_loss(&self, length: usize) -> f64 {
        let samples = self.samples(length);
        let turned = |turn: fn(f64) -> f64| -> f64 {
            samples.iter().enumerate().map(|(n, w)| w * turn(PI * n as f64 / length as f64)).sum()
        };
        -20.0 * (turned(f64::cos).hypot(turned(f64::sin)) / samples.iter().sum::<f64>()).log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Coherent gain, noise bandwidth in bins and scallop loss in dB as published: F. J. Harris,
    /// Proceedings of the IEEE 66(1), 1978, table 1, to its two decimals, but for the
    /// scallop loss of Hamming's window: Harris prints 1.78, its samples give 1.7514, and so do Heinzel,
    /// Rüdiger and Schilling (2002). Flat-top and Nuttall as SciPy 1.17's samples give them.
    const PUBLISHED: [(&str, f64, f64, f64); 7] = [
        ("rectangular", 1.0, 1.0, 3.92),
        ("hann", 0.5, 1.5, 1.42),
        ("hamming", 0.54, 1.36, 1.75),
        ("blackman", 0.42, 1.73, 1.10),
        ("nuttall", 0.36, 1.98, 0.85),
        ("blackman-harris", 0.36, 2.0, 0.83),
        ("flat-top", 0.22, 3.77, 0.01),
    ];

    #[test]
    fn every_window_has_its_published_figures() {
        assert_eq!(PUBLISHED.map(|row| row.0).to_vec(), WINDOWS.iter().map(|w| w.name).collect::<Vec<_>>());
        for (name, gain, bandwidth, loss) in PUBLISHED {
            let window = Window::named(name).unwrap();
            let found = [window.coherent_gain(4096), window.noise_bandwidth(4096), window.scallop_loss(4096)];
            for (found, published) in found.into_iter().zip([gain, bandwidth, loss]) {
                assert!((found - published).abs() < 0.0075, "{name}: {found} instead of {published}");
            }
        }
    }

    #[test]
    fn figures_follow_from_the_coefficients() {
        for window in WINDOWS {
            let squares: f64 = window.coefficients[1..].iter().map(|a| a * a / 2.0).sum();
            let first = window.coefficients[0];
            let bandwidth = 1.0 + squares / (first * first);
            assert!((window.coherent_gain(1000) - first).abs() < 1e-14, "{}", window.name);
            assert!((window.noise_bandwidth(1000) - bandwidth).abs() < 1e-13, "{}", window.name);
        }
    }

    #[test]
    fn unknown_name_is_told_the_nearest() {
        let message = Window::named("han").unwrap_err().to_string();
        assert_eq!(message, "find the window `han`: there is none of this name; did you mean `hann`?");
    }
}
