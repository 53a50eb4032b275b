//! Points that do not belong to the rest.

use super::{Quantity, Series, Step, Treated, Treatment, counted, robust_spread};
use sigmatau_core::{Finding, Severity};
use std::fmt;
use std::ops::Range;

/// Removes outliers of the frequency: |y − median| > K · MAD/0.6745.
///
/// MAD is the median absolute deviation from the median. Of phase data the frequencies are the first
/// differences, and points are removed where the phase leaves by an outlying difference and comes back
/// by another of opposite sign within [`LONGEST`] points, or where the first or last point of a run lies
/// off. An outlying difference that does not come back is a step of the phase: no point of it is wrong, so
/// it is counted and left to `jumps`. Removed points become missing, and each is told. One pass; the time
/// is O(N).
///
/// Drift that is larger than the noise widens the limit: take it off first.
pub(super) static STEP: Step = Step {
    name: "outliers",
    title: "frequencies beyond K robust standard deviations of their median become missing",
    parameter: "K, robust standard deviations, from 1 on; 5 if left out",
    reference: "NIST SP 1065, outliers (median absolute deviation)",
    understand: |argument| Ok(Box::new(Outliers { sigmas: sigmas(argument)? })),
};

/// The longest excursion of the phase, in points, that is taken as outliers.
const LONGEST: usize = 10;
/// The most points that a finding lists one by one.
const LISTED: usize = 100;

fn sigmas(argument: Option<&str>) -> Result<f64, String> {
    let refused =
        || "write the limit in robust standard deviations, a number from 1 on, such as `outliers:5`".to_owned();
    let sigmas = argument.map_or(Some(5.0), |argument| argument.parse().ok());
    sigmas.filter(|sigmas: &f64| *sigmas >= 1.0 && sigmas.is_finite()).ok_or_else(refused)
}

#[derive(Debug)]
struct Outliers {
    sigmas: f64,
}

impl fmt::Display for Outliers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outliers:{}", self.sigmas)
    }
}

impl Treatment for Outliers {
    fn apply(&self, mut series: Series) -> Treated {
        let frequencies = series.frequencies();
        let present = frequencies.iter().copied().filter(|y| !y.is_nan()).collect();
        let Some((middle, spread)) = robust_spread(present).filter(|(_, spread)| *spread > 0.0) else {
            return Treated::done(series, no_spread());
        };
        let limit = self.sigmas * spread;
        let beyond = |place: &usize| (frequencies[*place] - middle).abs() > limit;
        let places: Vec<usize> = (0..frequencies.len()).filter(beyond).collect();
        let (removed, steps) = match series.quantity {
            Quantity::Frequency => (places, 0),
            Quantity::Phase => excursions(&frequencies, middle, limit, &places),
        };
        let list = listed(&series, &removed);
        removed.iter().for_each(|place| series.values[*place] = f64::NAN);
        let findings = [Some(told(&removed, list, middle, limit)), left(steps)];
        Treated { series: Some(series), findings: findings.into_iter().flatten().collect() }
    }
}

/// The phase points that lie off, and how many outlying differences are steps instead.
fn excursions(frequencies: &[f64], middle: f64, limit: f64, places: &[usize]) -> (Vec<usize>, usize) {
    let (mut removed, mut steps, mut next) = (Vec::new(), 0, 0);
    while next < places.len() {
        let back = places.get(next + 1).filter(|back| comes_back(frequencies, middle, limit, places[next], **back));
        let off = back.map(|back| places[next] + 1..back + 1).or_else(|| edge(frequencies, places[next]));
        steps += usize::from(off.is_none());
        removed.extend(off.unwrap_or(0..0));
        next += if back.is_some() { 2 } else { 1 };
    }
    removed.dedup();
    (removed, steps)
}

/// Whether the difference at `back` undoes the one at `out`.
fn comes_back(frequencies: &[f64], middle: f64, limit: f64, out: usize, back: usize) -> bool {
    let left = |place: usize| frequencies[place] - middle;
    let unbroken = || frequencies[out..=back].iter().all(|y| !y.is_nan());
    let remainder = || frequencies[out..=back].iter().map(|y| y - middle).sum::<f64>();
    back - out <= LONGEST
        && left(out) * left(back) < 0.0
        && unbroken()
        && remainder().abs() <= limit.max(0.5 * left(out).abs())
}

/// The end point of a run that an outlying difference at `place` parts from it.
fn edge(frequencies: &[f64], place: usize) -> Option<Range<usize>> {
    let missing = |place: Option<usize>| place.and_then(|place| frequencies.get(place)).is_none_or(|y| y.is_nan());
    match (missing(place.checked_sub(1)), missing(Some(place + 1))) {
        (true, _) => Some(place..place + 1),
        (_, true) => Some(place + 1..place + 2),
        _ => None,
    }
}

fn listed(series: &Series, removed: &[usize]) -> String {
    let symbol = if series.quantity == Quantity::Phase { "x" } else { "y" };
    let entry = |place: &usize| {
        format!("point {place} at {} s ({symbol} = {:.6e})", series.time(*place), series.values[*place])
    };
    let list: Vec<String> = removed.iter().take(LISTED).map(entry).collect();
    let more = removed.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", list.join(", "))
}

fn told(removed: &[usize], list: String, middle: f64, limit: f64) -> Finding {
    let range = format!("the frequency lies farther than {limit:.6e} from its median {middle:.6e}");
    let seen = match removed.len() {
        0 => format!("no point was removed; none where {range}"),
        count => format!("{} where {range}: {list}", counted(count, "point was removed", "points were removed")),
    };
    Finding::new(
        if removed.is_empty() { Severity::Note } else { Severity::Warning },
        "condition-outliers",
        seen,
        "what was removed is missing; terms that touch it are left out",
        "look for the cause at these times before relying on the rest",
    )
}

fn left(steps: usize) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Warning,
        "condition-outliers-step",
        format!(
            "{} off without coming back",
            counted(steps, "difference of the phase lies", "differences of the phase lie")
        ),
        "the phase steps there; removing a point would not mend it",
        "look at it with jumps, or correct it with jumps:remove",
    );
    (steps > 0).then_some(finding)
}

fn no_spread() -> Finding {
    Finding::new(
        Severity::Warning,
        "condition-outliers",
        "no point was removed: more than half of the frequencies are the same, or there are none",
        "no spread tells an outlier from the rest",
        "average first where the resolution of the counter is coarse",
    )
}
