//! Master meters that do not say what left the area.

use super::{Draft, Remark, Step};
use crate::area::Meter;
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "export",
    title: "intervals in which an area fed back and its master meter does not say how much are missing there",
    run,
};

const MASKED: Remark = Remark {
    severity: Severity::Warning,
    code: "master-export",
    what: "intervals fed back, and the master meter does not say how much",
    matters: "they take no part in the balance",
    advice: "read the export register of the master meter too",
};

fn run(draft: &mut Draft) {
    let surplus = surplus(draft);
    draft.each_line(&MASKED, |line| {
        let silent = line.about.is_master && !line.fed.iter().any(|fed| fed.is_finite());
        let masked = |(t, supplied): &(usize, &mut f64)| silent && surplus[*t] && **supplied <= 2.0 * line.resolution;
        line.consumed.iter_mut().enumerate().filter(masked).map(|(_, supplied)| *supplied = f64::NAN).count()
    });
}

/// Whether the meters together fed more than they took, in each interval.
fn surplus(draft: &Draft) -> Vec<bool> {
    let net = |line: &Meter, t: usize| {
        let at = |column: &[f64]| column.get(t).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
        at(&line.consumed) - at(&line.fed)
    };
    let subs = || draft.lines.iter().filter(|line| !line.about.is_master);
    (0..draft.intervals).map(|t| subs().map(|line| net(line, t)).sum::<f64>() < 0.0).collect()
}
