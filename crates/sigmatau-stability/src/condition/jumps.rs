//! Steps of the phase and of the frequency, with time, size and uncertainty.

use super::{Quantity, Series, Step, Treated, Treatment, counted, integral, robust_spread};
use sigmatau_core::{Finding, Severity};
use statrs::function::erf::erfc_inv;
use std::fmt;

/// Finds steps; `jumps:remove` corrects them.
///
/// With w from 1 up by fours to a 32nd of the record, every point i is asked for
///
/// - a frequency step, f = (x(i+w) − 2x(i) + x(i−w))/(w τ₀), the difference of the mean frequencies on
///   both sides;
/// - a phase step between i and i + 1, p = (−B′ + 3B − 3A + A′)/2, with A the mean phase of the w points
///   up to i, A′ of the w points before these, B and B′ likewise after it; a frequency step at i does
///   not move it.
///
/// Either has, for any power-law noise down to random walk FM, one and the same distribution at all i, so
/// that its own median and median absolute deviation over the record give its spread: the noise need not
/// be known. The largest |f − median| or |p − median| in units of its spread is a jump where a normal
/// number in as many places as were asked exceeds it with a probability below [`FALSE_ALARM`]. It is
/// corrected in a copy and the search begins anew, up to [`MOST`] jumps. The size is f or p less the
/// median, its standard uncertainty the spread.
///
/// In simulated records of 4096 phases without a jump, 500 for each noise from white PM to random walk FM,
/// between 1 and 4 raised a false alarm.
///
/// Runs without a missing point are searched by themselves: a step within a gap is not told. A single
/// phase that lies off appears as two phase steps, there and back; let `outliers` go first. Correcting is
/// a change of the data: of phases by a constant or a ramp after the jump, of frequencies in one value or
/// in all that follow. Time O(N log N) for each jump, memory a few times the record.
///
/// Reference: the frequency step is sought in the terms of the Allan variance (W. J. Riley and D. A. Howe,
/// NIST SP 1065, analysis of frequency jumps by block averages), the phase step in those of the modified
/// Hadamard variance.
pub(super) static STEP: Step = Step {
    name: "jumps",
    title: "steps of phase and frequency, told or corrected",
    parameter: "nothing to tell them, `remove` to correct them",
    reference: "NIST SP 1065, frequency jumps",
    understand: |argument| match argument {
        None => Ok(Box::new(Jumps { remove: false })),
        Some("remove") => Ok(Box::new(Jumps { remove: true })),
        Some(_) => Err("write `jumps` to tell them or `jumps:remove` to correct them".to_owned()),
    },
};

/// The probability of a false alarm in a record without a jump, for normal noise.
const FALSE_ALARM: f64 = 0.005;
/// The most jumps that are sought in one record.
const MOST: usize = 50;
/// The widest window is this part of the record, so that its spread is known to a fifth.
const WIDEST: usize = 32;

#[derive(Debug)]
struct Jumps {
    remove: bool,
}

/// A step between the phases `at` and `at` + 1 of a run, or of the frequency from `at` on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Jump {
    quantity: Quantity,
    run: usize,
    at: usize,
    size: f64,
    u: f64,
}

/// Phases without a missing point; `start` is the place of the first in the data.
struct Run {
    start: usize,
    phases: Vec<f64>,
}

impl fmt::Display for Jumps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.remove { "jumps:remove" } else { "jumps" })
    }
}

impl Treatment for Jumps {
    fn apply(&self, mut series: Series) -> Treated {
        let mut runs = runs(&series);
        let mut found = Vec::new();
        while found.len() < MOST {
            let Some(jump) = largest(&runs, series.tau0) else { break };
            correct_phases(&mut runs[jump.run].phases, jump, series.tau0);
            found.push(jump);
        }
        found.sort_by_key(|jump| (jump.run, jump.at));
        let finding = told(&found, &runs, series.tau0, self.remove);
        if self.remove {
            found.iter().for_each(|jump| correct(&mut series, runs[jump.run].start, *jump));
        }
        Treated::done(series, finding)
    }
}

/// The runs of the data as phases, less the line through their ends, which keeps later sums small.
fn runs(series: &Series) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut start = 0;
    for values in series.values.split(|value| value.is_nan()) {
        let phases = match series.quantity {
            Quantity::Phase => values.to_vec(),
            Quantity::Frequency => integral(values, series.tau0),
        };
        runs.push(Run { start, phases: less_line(phases) });
        start += values.len() + 1;
    }
    runs
}

fn less_line(phases: Vec<f64>) -> Vec<f64> {
    let (Some(first), Some(last)) = (phases.first().copied(), phases.last().copied()) else { return phases };
    let slope = (last - first) / (phases.len() as f64 - 1.0).max(1.0);
    phases.iter().enumerate().map(|(place, x)| x - first - slope * place as f64).collect()
}

/// The jump that stands out most from the noise, if any stands out enough.
fn largest(runs: &[Run], tau0: f64) -> Option<Jump> {
    let points = runs.iter().map(|run| run.phases.len()).sum::<usize>();
    let windows: Vec<usize> =
        std::iter::successors(Some(1), |w| Some(4 * w)).take_while(|w| w * WIDEST <= points).collect();
    let asked = (2 * windows.len() * points) as f64;
    let limit = std::f64::consts::SQRT_2 * erfc_inv(FALSE_ALARM / asked.max(1.0));
    let kinds = windows.iter().flat_map(|w| [Quantity::Frequency, Quantity::Phase].map(|quantity| (quantity, *w)));
    let best = kinds.filter_map(|(quantity, w)| standing_out(runs, quantity, w, tau0));
    best.max_by(|one, other| score(one).total_cmp(&score(other))).filter(|jump| score(jump) > limit)
}

fn score(jump: &Jump) -> f64 {
    jump.size.abs() / jump.u
}

/// The jump of one kind and window that stands out most.
fn standing_out(runs: &[Run], quantity: Quantity, w: usize, tau0: f64) -> Option<Jump> {
    let terms: Vec<(usize, Vec<f64>)> = runs
        .iter()
        .map(|run| match quantity {
            Quantity::Frequency => (w, frequency_steps(&run.phases, w, tau0)),
            Quantity::Phase => (2 * w - 1, phase_steps(&run.phases, w)),
        })
        .collect();
    let all = terms.iter().flat_map(|(_, terms)| terms.iter().copied()).collect();
    let (middle, u) = robust_spread(all).filter(|(_, spread)| *spread > 0.0)?;
    let jump = |run: usize, at: usize, term: f64| Jump { quantity, run, at, size: term - middle, u };
    let places = terms.iter().enumerate().flat_map(|(run, (first, terms))| {
        terms.iter().enumerate().map(move |(place, term)| jump(run, first + place, *term))
    });
    places.max_by(|one, other| one.size.abs().total_cmp(&other.size.abs()))
}

/// f at every point that has w points on either side.
fn frequency_steps(x: &[f64], w: usize, tau0: f64) -> Vec<f64> {
    let first = x.iter().zip(x.iter().skip(w)).zip(x.iter().skip(2 * w));
    first.map(|((before, at), after)| ((after - at) - (at - before)) / (w as f64 * tau0)).collect()
}

/// p between every two points that have 2w points on either side, from running sums of the phase.
fn phase_steps(x: &[f64], w: usize) -> Vec<f64> {
    let sums = integral(x, 1.0);
    let mean = |end: usize| (sums[end] - sums[end - w]) / w as f64;
    let ends = 2 * w..(x.len() + 1).saturating_sub(2 * w);
    ends.map(|end| 1.5 * (mean(end + w) - mean(end)) - 0.5 * (mean(end + 2 * w) - mean(end - w))).collect()
}

/// The share of a jump in a phase that lies `after` points behind the place `at`.
fn share(jump: Jump, after: usize, tau0: f64) -> f64 {
    match jump.quantity {
        Quantity::Phase => jump.size,
        Quantity::Frequency => jump.size * (after as f64 * tau0),
    }
}

fn correct_phases(phases: &mut [f64], jump: Jump, tau0: f64) {
    let behind = phases.iter_mut().skip(jump.at + 1).enumerate();
    behind.for_each(|(after, x)| *x -= share(jump, after + 1, tau0));
}

/// Corrects the data themselves; `start` is the place of the jump's run.
fn correct(series: &mut Series, start: usize, jump: Jump) {
    let (place, tau0) = (start + jump.at, series.tau0);
    match (series.quantity, jump.quantity) {
        (Quantity::Phase, _) => correct_phases(&mut series.values[start..], jump, tau0),
        (Quantity::Frequency, Quantity::Phase) => series.values[place] -= jump.size / tau0,
        (Quantity::Frequency, Quantity::Frequency) => series.values[place..].iter_mut().for_each(|y| *y -= jump.size),
    }
}

fn told(found: &[Jump], runs: &[Run], tau0: f64, removed: bool) -> Finding {
    let describe = |jump: &Jump| {
        let time = (runs[jump.run].start + jump.at) as f64 * tau0;
        let (size, u) = (jump.size, jump.u);
        match jump.quantity {
            Quantity::Phase => {
                format!("a phase step of {size:.6e} s (u = {u:.2e} s) within the {tau0} s after {time} s")
            }
            Quantity::Frequency => format!("a frequency step of {size:.6e} (u = {u:.2e}) at {time} s"),
        }
    };
    let list: Vec<String> = found.iter().map(describe).collect();
    if list.is_empty() {
        let seen = "no step of phase or frequency stands out from the noise";
        return Finding::new(
            Severity::Note,
            "condition-jumps",
            seen,
            "the data are unchanged",
            "nothing needs to be done",
        );
    }
    let (matters, advice) = match removed {
        true => {
            ("the steps were corrected, so that the result is that of a clock without them", "look for their cause")
        }
        false => (
            "the data are unchanged; long averaging times show the steps, not the noise",
            "correct them with jumps:remove, or cut the record there",
        ),
    };
    let most = if found.len() == MOST { "; the search ended there" } else { "" };
    let seen = format!("{}: {}{most}", counted(list.len(), "step", "steps"), list.join(", "));
    Finding::new(Severity::Warning, "condition-jumps", seen, matters, advice)
}

#[cfg(test)]
mod tests;
