//! Meters that were replaced.

use super::{Draft, Remark, Rows, Step};
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "service",
    title: "readings outside the time in service are left out; a meter that was replaced and its successor are two",
    run,
};

const OUTSIDE: Remark = Remark {
    severity: Severity::Note,
    code: "out-of-service",
    what: "readings lie outside the time in service",
    matters: "they were left out, and the interval of the change is missing",
    advice: "check when the meter was replaced, if the count surprises",
};

fn run(draft: &mut Draft) {
    succession(&mut draft.rows);
    draft.each_row(&OUTSIDE, |rows| {
        let (from, until) = (rows.raw.about.from, rows.raw.about.until);
        rows.retain(|rows, row| (from..=until).contains(&rows.raw.times[row]))
    });
}

/// Where a meter names the one that it replaced and nobody stated when, its first reading tells: the one ends and the other
/// begins there, or the energy of both would be looked for all the time.
fn succession(rows: &mut [Rows]) {
    for new in 0..rows.len() {
        let about = &rows[new].raw.about;
        let Some(old) = rows.iter().position(|old| old.raw.about.id == about.replaces) else { continue };
        let from = if about.from > i64::MIN { Some(about.from) } else { rows[new].raw.times.first().copied() };
        let Some(from) = from.filter(|_| old != new) else { continue };
        rows[new].raw.about.from = from;
        let until = &mut rows[old].raw.about.until;
        *until = if *until == i64::MAX { from } else { *until };
    }
}
