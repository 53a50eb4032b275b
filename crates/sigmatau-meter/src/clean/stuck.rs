//! Values that repeat themselves because nothing new arrived.

use super::{Draft, Remark, Step};
use crate::area::{Bridge, Meter};
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "stuck",
    title: "an energy that repeats itself is missing; zeros that end in their total are a bridge",
    run,
};

const REPEATED: Remark = Remark {
    severity: Severity::Warning,
    code: "stuck",
    what: "energies repeat the one before",
    matters: "they were taken as missing",
    advice: "look at what collects the readings",
};

const CAUGHT_UP: Remark = Remark {
    severity: Severity::Note,
    code: "caught-up",
    what: "intervals without energy end in one that holds more than the area was supplied with",
    matters: "the total is used for all of them together",
    advice: "look at what collects the readings",
};

/// So many equal energies do not come by chance, where each is so many steps of the register.
const EQUAL: usize = 8;
const STEPS: f64 = 50.0;
/// So many intervals without energy before a large one are one gap.
const ZEROS: usize = 4;

fn run(draft: &mut Draft) {
    draft.each_line(&REPEATED, repeated);
    let supply = supply(draft);
    draft.each_line(&CAUGHT_UP, |line| if line.about.is_master { 0 } else { caught_up(line, &supply) });
}

/// Takes away what repeats itself, the first one excepted.
fn repeated(line: &mut Meter) -> usize {
    let mut start = 0;
    let mut touched = Vec::new();
    for run in line.consumed.chunk_by(|one, other| one == other) {
        if run.len() >= EQUAL && run[0] > STEPS * line.resolution {
            touched.extend(start + 1..start + run.len());
        }
        start += run.len();
    }
    touched.iter().for_each(|interval| line.consumed[*interval] = f64::NAN);
    touched.len()
}

/// The most that a meter can have taken in each interval: what was supplied around it, and what others fed in.
pub(super) fn supply(draft: &Draft) -> Vec<f64> {
    let at = |column: &[f64], t: usize| column.get(t).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
    let sum = |t: usize| -> f64 {
        let part = |line: &Meter| if line.about.is_master { at(&line.consumed, t) } else { at(&line.fed, t) };
        draft.lines.iter().map(part).sum()
    };
    let sums: Vec<f64> = (0..draft.intervals).map(sum).collect();
    let around = |t: usize| sums[t.saturating_sub(1)..sums.len().min(t + 2)].iter().copied().fold(0.0, f64::max);
    (0..draft.intervals).map(around).collect()
}

fn caught_up(line: &mut Meter, supply: &[f64]) -> usize {
    let (mut zeros, mut touched) = (0, 0);
    for end in 0..line.consumed.len() {
        let energy = line.consumed[end];
        let total: f64 = supply[end - zeros..=end].iter().sum();
        if zeros >= ZEROS && energy > supply[end] && energy < total {
            let intervals = end - zeros..end + 1;
            touched += intervals.len();
            line.consumed[intervals.clone()].fill(f64::NAN);
            line.bridges.push(Bridge { intervals, consumed: energy });
        }
        zeros = if energy == 0.0 { zeros + 1 } else { 0 };
    }
    touched
}
