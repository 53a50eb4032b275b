//! What stands on lines that were not excited.

use super::{Mean, Period, bins_between};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// Below this share of the largest response a line is rounding.
const ROUNDING: f64 = 1e-12;

/// What the lines between the excited ones, and beyond them, tell of even and of odd distortion.
///
/// A source that distorts excites those lines too; what it does there is taken off by the response interpolated
/// between its neighbours, Y − H X, and only the rest is tried against its own variance over periods.
pub(super) fn findings(periods: &[Period], excited: &[usize], period: usize, width: f64) -> Vec<Finding> {
    let Some(largest) = excited.iter().map(|bin| mean_response(periods, *bin).norm()).reduce(f64::max) else {
        return Vec::new();
    };
    let unexcited: Vec<usize> = bins_between(period).filter(|bin| excited.binary_search(bin).is_err()).collect();
    if unexcited.is_empty() {
        return vec![no_lines()];
    }
    let power: f64 = excited.iter().map(|bin| mean_response(periods, *bin).norm_sqr()).sum();
    let rest = |bin: &usize| (*bin, rest(periods, excited, *bin));
    let stands = |(_, rest): &(usize, Mean)| rest.value.norm() > ROUNDING * largest && rest.stands_out(unexcited.len());
    let seen: Vec<(usize, f64)> =
        unexcited.iter().map(rest).filter(stands).map(|(bin, rest)| (bin, rest.value.norm_sqr())).collect();
    let of_kind = |(word, remainder): (&'static str, usize)| {
        let own: Vec<(usize, f64)> = seen.iter().copied().filter(|(bin, _)| bin % 2 == remainder).collect();
        (!own.is_empty()).then(|| distortion(word, &own, power, width))
    };
    [("even-distortion", 0), ("odd-distortion", 1)].into_iter().filter_map(of_kind).collect()
}

fn mean_response(periods: &[Period], bin: usize) -> Complex64 {
    periods.iter().map(|period| period.response[bin]).sum::<Complex64>() / periods.len() as f64
}

/// The mean of Y − H X on a line that was not excited.
fn rest(periods: &[Period], excited: &[usize], bin: usize) -> Mean {
    let response = interpolated(periods, excited, bin);
    Mean::of(periods, |period| period.response[bin] - response * period.excitation[bin])
}

/// The response between the excited lines beside a line, or that of the last one beyond them.
fn interpolated(periods: &[Period], excited: &[usize], bin: usize) -> Complex64 {
    let ratio = |place: usize| {
        let sum = |phasor: &dyn Fn(&Period) -> Complex64| periods.iter().map(phasor).sum::<Complex64>();
        sum(&|period| period.response[excited[place]]) / sum(&|period| period.excitation[excited[place]])
    };
    match excited.partition_point(|other| *other < bin) {
        0 => ratio(0),
        after if after == excited.len() => ratio(after - 1),
        after => {
            let (left, right) = (excited[after - 1], excited[after]);
            let share = (bin - left) as f64 / (right - left) as f64;
            ratio(after - 1) * (1.0 - share) + ratio(after) * share
        }
    }
}

fn distortion(word: &'static str, lines: &[(usize, f64)], power: f64, width: f64) -> Finding {
    let level = (lines.iter().map(|(_, square)| square).sum::<f64>() / power).sqrt();
    let strongest = lines.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there is a line");
    let seen = format!(
        "{} lines that were not excited carry {:.2e} of the response, the strongest at {} Hz",
        lines.len(),
        level,
        strongest.0 as f64 * width
    );
    Finding::new(
        Severity::Warning,
        word,
        seen,
        "the sensor or its amplifier is not linear: the response is the best linear one at this level, and its \
         uncertainty does not hold this part",
        "repeat at a lower level, and state the level with the result",
    )
}

fn no_lines() -> Finding {
    Finding::new(
        Severity::Note,
        "no-detection-lines",
        "every line of the period is excited",
        "distortion can't be told from the linear response",
        "leave some even and some odd lines out of the excitation",
    )
}
