//! What is measured, and on which records.
//!
//! Three views of the same kernels: `benches/` holds criterion benches for people at a quiet machine;
//! [`kernel`] holds fixed pieces of work whose instructions are counted, which tells a change of two
//! per cent on a busy one; the binaries `timing` and `response` time one estimator or one method on a record from a
//! file, for comparison with other software.
//!
//! The records here are cheap arithmetic rather than exact noise, so that making them is no part of
//! what is measured. What never lives here: tests.

pub mod kernel;
pub mod stopwatch;

use sigmatau_core::PhaseSeries;
use sigmatau_dynamic::Response;
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_stability::{Estimator, TauList};

/// Returns `points` phases in s, 1 s apart, of a clock with white frequency noise: the running sum of a
/// frequency offset of 1e-12 and even noise of σ_y(1 s) = 1e-11/√12.
pub fn clock(points: usize) -> Vec<f64> {
    clock_phases(points).collect()
}

/// The phases of [`clock`] one by one, for records that do not fit into memory.
pub fn clock_phases(points: usize) -> impl Iterator<Item = f64> {
    let mut phase = 0.0;
    (0..points as u64).map(move |index| {
        phase += 1e-12 + 1e-11 * even(index);
        phase
    })
}

/// Returns the record of [`clock`] without points 500 to 506 of every thousand.
pub fn clock_with_gaps(points: usize) -> Vec<f64> {
    let mut phases = clock(points);
    let missing = phases.iter_mut().enumerate().filter(|(index, _)| (500..507).contains(&(index % 1000)));
    missing.for_each(|(_, phase)| *phase = f64::NAN);
    phases
}

/// Returns the record of [`clock_with_gaps`] or of [`clock`].
pub fn clock_where(gaps: bool, points: usize) -> Vec<f64> {
    if gaps { clock_with_gaps(points) } else { clock(points) }
}

/// Returns the averaging factors 1, 2, 4, … that `estimator` offers for `phase`.
pub fn octaves(estimator: &Estimator, phase: &PhaseSeries<'_>) -> Vec<usize> {
    TauList::Octave.factors(phase.len(), phase.tau0(), &estimator.grid).m
}

/// Returns `points` even numbers between −1/2 and 1/2, others for each `stream`.
pub fn noise(points: usize, stream: u64) -> Vec<f64> {
    (0..points as u64).map(|index| even(index + (stream << 40))).collect()
}

/// Returns the response of a record whose sampling rate is 1 Hz.
///
/// # Panics
/// When the method refuses the settings.
pub fn respond(method: &Method, settings: &Settings, excitation: &[f64], response: &[f64]) -> Response {
    let mut estimation = (method.begin)(settings, 1.0).expect("the settings are sound");
    estimation.push(excitation, response);
    estimation.finish()
}

/// The `index`-th number between −1/2 and 1/2 (`SplitMix64`).
fn even(index: u64) -> f64 {
    let z = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}
