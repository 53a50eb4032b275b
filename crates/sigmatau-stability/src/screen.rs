//! What a record shows before any statistic is computed: too short, constant, coarser than its
//! noise, with outliers. Nothing is removed; each remark is a [`Finding`].

use crate::kernel::LANES;
use crate::kernel::line::spacing;
use sigmatau_core::{Finding, PhaseSeries, Severity};

/// Second differences per group whose mean squares give the robust scale.
const GROUP: usize = 64;
/// A second difference is called an outlier beyond this many robust standard deviations.
const OUTLIER_SIGMAS: f64 = 8.0;
/// Share of the mean square that the spacing of `f64` values may cause before it is remarked.
const RESOLUTION_SHARE: f64 = 0.01;

/// Returns what is remarkable about a phase record. Time O(N), memory N/64 numbers.
pub fn screen(phase: &PhaseSeries<'_>) -> Vec<Finding> {
    let present = phase.len() - phase.missing();
    if present == 0 {
        return vec![nothing_there(phase.len())];
    }
    if present < 3 {
        return vec![too_short(present)];
    }
    let groups = Groups::of(phase.values());
    match groups.robust_mean_square() {
        None => vec![no_three_in_a_row(present)],
        Some(_) if groups.largest == 0.0 => vec![constant(phase)],
        Some(typical) => {
            [coarse(phase, &groups), outliers(phase.values(), &groups, typical)].into_iter().flatten().collect()
        }
    }
}

/// Mean squares and largest squares of second differences in groups.
struct Groups {
    mean_squares: Vec<f64>,
    peaks: Vec<f64>,
    largest: f64,
    mean: f64,
}

impl Groups {
    fn of(x: &[f64]) -> Self {
        let starts = (0..x.len() - 2).step_by(GROUP);
        let groups = starts.map(|start| group(&x[start..(start + GROUP + 2).min(x.len())]));
        let (mut mean_squares, mut peaks) = (Vec::new(), Vec::new());
        let (mut sum, mut count, mut largest) = (0.0, 0.0, 0.0_f64);
        for (squares, n, peak) in groups {
            sum += squares;
            count += n;
            largest = largest.max(peak);
            mean_squares.push(squares / n);
            peaks.push(peak);
        }
        Self { mean_squares, peaks, largest, mean: sum / count }
    }

    /// The median of the groups' mean squares; nothing where no group has a difference.
    fn robust_mean_square(&self) -> Option<f64> {
        let mut present: Vec<f64> = self.mean_squares.iter().copied().filter(|square| !square.is_nan()).collect();
        let middle = present.len() / 2;
        (!present.is_empty()).then(|| *present.select_nth_unstable_by(middle, f64::total_cmp).1)
    }
}

/// Sum of squares, count and largest square of the second differences of a few points.
fn group(x: &[f64]) -> (f64, f64, f64) {
    let (mut sums, mut counts, mut peaks) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let mut add = |lane: usize, w: &[f64]| {
        let square = second_difference(w).powi(2);
        let there = !square.is_nan();
        sums[lane] += if there { square } else { 0.0 };
        counts[lane] += if there { 1.0 } else { 0.0 };
        peaks[lane] = if square > peaks[lane] { square } else { peaks[lane] };
    };
    let differences = x.len() - 2;
    let whole = differences / LANES * LANES;
    for start in (0..whole).step_by(LANES) {
        let x = &x[start..start + LANES + 2];
        (0..LANES).for_each(|lane| add(lane, &x[lane..lane + 3]));
    }
    (whole..differences).for_each(|i| add(0, &x[i..i + 3]));
    (sums.iter().sum(), counts.iter().sum(), peaks.iter().fold(0.0, |largest, peak| peak.max(largest)))
}

fn second_difference(w: &[f64]) -> f64 {
    (w[2] - w[1]) - (w[1] - w[0])
}

fn nothing_there(points: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-data",
        format!("all {points} points are missing"),
        "the stability is not assessable",
        "check the column, its unit and the time range",
    )
}

fn too_short(points: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "too-short",
        format!("the record has {points} phase points"),
        "the stability is not assessable: a second difference needs 3 points",
        "record longer, or check the series key",
    )
}

fn no_three_in_a_row(points: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "sparse",
        format!("none of the {points} phase points has two neighbours"),
        "the stability at τ₀ is not assessable, and outliers are not looked for",
        "look at longer averaging times, or check the time tags",
    )
}

fn constant(phase: &PhaseSeries<'_>) -> Finding {
    let largest = phase.values().iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    Finding::new(
        Severity::Failure,
        "constant",
        format!(
            "every second difference is exactly 0; the largest value is {largest:e} s, where f64 values lie {:.1e} s apart",
            spacing(largest)
        ),
        "the deviations of 0 say nothing about the clock, and have no interval",
        "store the phase as a difference to its reference, not as a time of day, and check for a stuck counter",
    )
}

/// Remarks that neighbouring `f64` values lie too far apart for the noise.
fn coarse(phase: &PhaseSeries<'_>, groups: &Groups) -> Option<Finding> {
    let largest = phase.values().iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let step = spacing(largest);
    // Rounding to a step q adds q²/12 to each phase, hence q²/2 to the square of a second difference.
    let share = 0.5 * step * step / groups.mean;
    (share > RESOLUTION_SHARE).then(|| {
        Finding::new(
            Severity::Warning,
            "resolution",
            format!("near the largest value, {largest:e} s, f64 values lie {step:.1e} s apart, which makes up {:.0} % of the variance at τ₀", 100.0 * share.min(1.0)),
            "short-time deviations show the rounding of the numbers, not the clock",
            "subtract a constant or a nominal frequency before storing, or store the phase as scaled integers",
        )
    })
}

fn outliers(x: &[f64], groups: &Groups, typical: f64) -> Option<Finding> {
    let limit = OUTLIER_SIGMAS * OUTLIER_SIGMAS * typical;
    let suspect = groups.peaks.iter().enumerate().filter(|(_, peak)| **peak > limit).map(|(group, _)| group * GROUP);
    let squares = suspect.flat_map(|start| {
        let end = (start + GROUP).min(x.len() - 2);
        (start..end).map(|i| (i + 1, second_difference(&x[i..i + 3]).powi(2)))
    });
    let beyond: Vec<(usize, f64)> = squares.filter(|(_, square)| *square > limit).collect();
    let (place, square) = beyond.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Finding::new(
        Severity::Warning,
        "outlier",
        format!(
            "{} second differences exceed {OUTLIER_SIGMAS} σ; the largest, {:.2e} s, is at point {place}",
            beyond.len(),
            square.sqrt()
        ),
        "outliers, phase and frequency steps raise every deviation and widen none of the intervals",
        "look at the record near that point, and mark what is no clock signal as missing",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(x: &[f64]) -> Vec<String> {
        screen(&PhaseSeries::new(x, 1.0).unwrap()).iter().map(|finding| finding.code.to_string()).collect()
    }

    /// White phase noise of 1 ns, from a small generator of its own.
    fn noise(points: usize) -> Vec<f64> {
        let mut n: u64 = 88_172_645_463_325_252;
        let mut uniform = || {
            n ^= n << 13;
            n ^= n >> 7;
            n ^= n << 17;
            (n >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..points).map(|_| 1e-9 * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0)).collect()
    }

    #[test]
    fn a_clean_record_has_no_remark() {
        assert!(codes(&noise(5000)).is_empty());
    }

    #[test]
    fn time_of_day_instead_of_phase_is_remarked() {
        let shifted: Vec<f64> = noise(500).iter().map(|x| x + 1.7e9).collect();
        assert_eq!(codes(&shifted), ["constant"]);
        let coarse: Vec<f64> = noise(500).iter().map(|x| x + 1e7).collect();
        assert_eq!(codes(&coarse), ["resolution"]);
    }

    #[test]
    fn an_outlier_is_found_with_its_place() {
        let mut x = noise(5000);
        x[1234] += 50e-9;
        let found = screen(&PhaseSeries::new(&x, 1.0).unwrap());
        assert_eq!(found.len(), 1);
        assert!(found[0].seen.contains("at point 1234"), "{}", found[0].seen);
    }

    #[test]
    fn records_that_cannot_be_assessed_say_why() {
        assert_eq!(codes(&[]), ["no-data"]);
        assert_eq!(codes(&[f64::NAN; 9]), ["no-data"]);
        assert_eq!(codes(&[1.0]), ["too-short"]);
        assert_eq!(codes(&[1.0, f64::NAN, 2.0, f64::NAN, 1.0, f64::NAN]), ["sparse"]);
        assert_eq!(codes(&[2.0; 100]), ["constant"]);
    }
}
