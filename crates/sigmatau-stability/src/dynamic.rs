//! Stability that changes with time: the dynamic Allan deviation, a surface over time and averaging time.
//!
//! A window of fixed length slides along the record; in each position every statistic is computed as for
//! a whole record, with its own noise type, degrees of freedom and interval (L. Galleani and P. Tavella, "The
//! dynamic Allan variance", IEEE Transactions on UFFC 56, 2009). What lies in two overlapping windows is
//! counted in both, so neighbouring points are correlated.

use crate::analysis::{Analysis, ClockData, Point, Settings, analyse};
use rayon::prelude::*;
use sigmatau_core::{Finding, FrequencySeries, PhaseSeries, Severity};
use std::ops::Range;

/// Windows along a record, in sampling intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    length: usize,
    step: usize,
}

/// Why windows were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// A length is no whole multiple of the sampling interval.
    #[error("place windows: {what} {seconds} s is no whole multiple of the sampling interval {tau0} s")]
    OffGrid {
        /// Which length.
        what: &'static str,
        /// Its value in seconds.
        seconds: f64,
        /// The sampling interval in seconds.
        tau0: f64,
    },
    /// A window holds no second difference.
    #[error("place windows: a window of {seconds} s is shorter than two sampling intervals of {tau0} s")]
    TooShort {
        /// The length in seconds.
        seconds: f64,
        /// The sampling interval in seconds.
        tau0: f64,
    },
}

/// How far, relative to the length, a length may lie beside a multiple and still be meant as it.
const SLACK: f64 = 1e-6;

impl Windows {
    /// Windows of `length` seconds, each `step` seconds after the one before, on records with a point every `tau0` seconds.
    ///
    /// # Errors
    /// When a length is no whole multiple of `tau0`, or a window is shorter than 2 `tau0`.
    pub fn new(length: f64, step: f64, tau0: f64) -> Result<Self, WindowError> {
        let intervals = |what, seconds: f64| {
            let count = (seconds / tau0).round();
            let fits = count >= 1.0 && (seconds / tau0 - count).abs() <= SLACK * count;
            if fits { Ok(count as usize) } else { Err(WindowError::OffGrid { what, seconds, tau0 }) }
        };
        let windows = Self { length: intervals("the window", length)?, step: intervals("the step", step)? };
        if windows.length < 2 { Err(WindowError::TooShort { seconds: length, tau0 }) } else { Ok(windows) }
    }

    /// The first interval of every window that fits into a record of `intervals` sampling intervals.
    fn starts(&self, intervals: usize) -> Vec<usize> {
        let end = (intervals + 1).saturating_sub(self.length);
        (0..end).step_by(self.step).collect()
    }
}

/// The statistics in one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The time of the centre of the window after the first epoch of the record, in seconds.
    pub time: f64,
    /// The points, estimator by estimator, with rising τ.
    pub points: Vec<Point>,
}

/// What was found in all windows of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surface {
    /// The windows by rising time; those without any data have no points.
    pub slices: Vec<Slice>,
    /// Remarks about the windows, each kind once.
    pub findings: Vec<Finding>,
}

/// Computes every statistic of `settings` in every window.
///
/// Windows run in parallel and do not depend on one another, so neither do the digits on the number of threads.
/// Time as [`analyse`] for each window.
///
/// ```
/// use sigmatau_core::PhaseSeries;
/// use sigmatau_stability::dynamic::{Windows, surface};
/// use sigmatau_stability::{ClockData, Settings, TauList};
/// // Second differences of ±2 in the first half, of ±4 in the second.
/// let x: Vec<f64> = (0..80).map(|i| if i % 2 == 0 { 0.0 } else if i < 40 { 1.0 } else { 2.0 }).collect();
/// let settings = Settings { taus: TauList::Explicit(vec![1.0]), ..Settings::default() };
/// let surface = surface(&ClockData::Phase(PhaseSeries::new(&x, 1.0)?), Windows::new(20.0, 50.0, 1.0)?, &settings);
/// let found: Vec<_> = surface.slices.iter().map(|slice| (slice.time, slice.points[0].deviation)).collect();
/// assert_eq!(found, [(10.0, 2f64.sqrt()), (60.0, 8f64.sqrt())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn surface(data: &ClockData<'_>, windows: Windows, settings: &Settings) -> Surface {
    let (intervals, tau0) = match data {
        ClockData::Phase(phase) => (phase.len().saturating_sub(1), phase.tau0()),
        ClockData::Frequency(frequency) => (frequency.len(), frequency.tau0()),
    };
    let starts = windows.starts(intervals);
    if starts.is_empty() {
        return Surface { slices: Vec::new(), findings: vec![record_too_short(intervals, windows, tau0)] };
    }
    let analysed = |start: &usize| analyse(&within(data, *start..*start + windows.length), settings);
    let analyses: Vec<Analysis> = starts.par_iter().map(analysed).collect();
    let times: Vec<f64> = starts.iter().map(|start| (*start as f64 + 0.5 * windows.length as f64) * tau0).collect();
    let findings = remarks(&times, &analyses);
    let slices = times.into_iter().zip(analyses).map(|(time, found)| Slice { time, points: found.points });
    Surface { slices: slices.collect(), findings }
}

/// The data of some sampling intervals: of phase with the points at both ends.
fn within<'a>(data: &ClockData<'a>, intervals: Range<usize>) -> ClockData<'a> {
    let checked = "a part of a checked series";
    match data {
        ClockData::Phase(phase) => {
            let values = &phase.values()[intervals.start..=intervals.end];
            ClockData::Phase(PhaseSeries::new(values, phase.tau0()).expect(checked))
        }
        ClockData::Frequency(frequency) => {
            let values = &frequency.values()[intervals];
            ClockData::Frequency(FrequencySeries::new(values, frequency.tau0()).expect(checked))
        }
    }
}

/// The first remark of each kind with the number of windows that have it. What only some windows lack is
/// no failure of the whole.
fn remarks(times: &[f64], analyses: &[Analysis]) -> Vec<Finding> {
    let all =
        times.iter().zip(analyses).flat_map(|(time, found)| found.findings.iter().map(move |finding| (*time, finding)));
    let mut kinds: Vec<(f64, &Finding, usize)> = Vec::new();
    for (time, finding) in all {
        match kinds.iter_mut().find(|(_, first, _)| first.code == finding.code) {
            Some((_, _, count)) => *count += 1,
            None => kinds.push((time, finding, 1)),
        }
    }
    let windows = times.len();
    let remark = |(time, first, count): (f64, &Finding, usize)| Finding {
        severity: if count < windows { first.severity.min(Severity::Warning) } else { first.severity },
        seen: format!("in {count} of {windows} windows, first around {time} s: {}", first.seen),
        ..first.clone()
    };
    kinds.into_iter().map(remark).collect()
}

fn record_too_short(intervals: usize, windows: Windows, tau0: f64) -> Finding {
    Finding::new(
        Severity::Failure,
        "too-short",
        format!("the record lasts {} s, the window {} s", intervals as f64 * tau0, windows.length as f64 * tau0),
        "no window fits in, so that nothing can be said about changes",
        "take a shorter window, or record longer",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_fit_are_all_there_is() {
        let windows = Windows::new(5.0, 2.0, 0.5).unwrap();
        assert_eq!(windows.starts(18), [0, 4, 8]);
        assert_eq!(windows.starts(10), [0]);
        assert_eq!(windows.starts(9), [0; 0]);
    }

    #[test]
    fn lengths_off_the_grid_are_refused_not_rounded() {
        let refused = |length, step| Windows::new(length, step, 0.5).unwrap_err().to_string();
        assert_eq!(
            refused(10.2, 1.0),
            "place windows: the window 10.2 s is no whole multiple of the sampling interval 0.5 s"
        );
        assert!(refused(10.0, 0.0).contains("the step 0 s"));
        assert!(refused(0.5, 0.5).contains("shorter than two"));
        assert!(refused(f64::NAN, 0.5).contains("NaN"));
    }
}
