//! Periods at the beginning that still settle.

use super::Period;
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// Periods that the end of the record must have to be a measure of the others.
const FEWEST: usize = 4;

/// A period differs if its distance exceeds the mean by so many standard deviations.
const EXCESS: f64 = 6.0;

/// The periods from the first settled one on, and what was seen.
///
/// The distance of a period from the later half of the record is the mean over the excited lines of
/// |Y(m) − Ȳ|² / (s² (1 + 1/T)), where Ȳ and s² are the mean and the variance of the T later periods. Of a settled
/// period each term is distributed as F(2, ν), ν = 2(T − 1), whatever the colour of the noise. Periods are left out
/// from the first on as long as their distance is too large, at most half of them.
pub(super) fn settled<'a>(periods: &'a [Period], excited: &[usize]) -> (&'a [Period], Option<Finding>) {
    let (early, late) = periods.split_at(periods.len() / 2);
    if late.len() < FEWEST || excited.is_empty() {
        return (periods, (!excited.is_empty()).then(|| untested(periods.len())));
    }
    let limit = limit(late.len(), excited.len());
    let unsettled = |period: &&Period| {
        let apart = |phasors: fn(&Period) -> &[Complex64]| distance(period, late, excited, phasors) > limit;
        apart(|period| &period.excitation) || apart(|period| &period.response)
    };
    let count = early.iter().take_while(unsettled).count();
    (&periods[count..], (count > 0).then(|| left_out(count, early.len())))
}

fn distance(period: &Period, late: &[Period], excited: &[usize], phasors: fn(&Period) -> &[Complex64]) -> f64 {
    let count = late.len() as f64;
    let of_line = |bin: &usize| {
        let mean = late.iter().map(|period| phasors(period)[*bin]).sum::<Complex64>() / count;
        let squares: f64 = late.iter().map(|period| (phasors(period)[*bin] - mean).norm_sqr()).sum();
        let rounding = (f64::EPSILON * mean.norm()).powi(2) + f64::MIN_POSITIVE;
        (phasors(period)[*bin] - mean).norm_sqr() / ((squares / (count - 1.0) + rounding) * (1.0 + 1.0 / count))
    };
    excited.iter().map(of_line).sum::<f64>() / excited.len() as f64
}

/// What the mean of so many F(2, ν) hardly exceeds.
fn limit(late: usize, lines: usize) -> f64 {
    let dof = 2.0 * (late as f64 - 1.0);
    let variance = dof.powi(3) / ((dof - 2.0).powi(2) * (dof - 4.0));
    dof / (dof - 2.0) + EXCESS * (variance / lines as f64).sqrt()
}

fn untested(periods: usize) -> Finding {
    Finding::new(
        Severity::Note,
        "transient-untested",
        format!("{periods} periods are too few to see whether the first ones still settle"),
        "a transient would be part of the response",
        "record at least 7 periods",
    )
}

fn left_out(count: usize, most: usize) -> Finding {
    let (severity, advice) = if count == most {
        (Severity::Warning, "let the sensor settle before the record begins: it may still settle in what was used")
    } else {
        (Severity::Note, "nothing, or let the sensor settle before the record begins")
    };
    let seen = format!("the first {count} periods differ from the later ones by more than noise");
    Finding::new(severity, "transient", seen, "they are left out", advice)
}
