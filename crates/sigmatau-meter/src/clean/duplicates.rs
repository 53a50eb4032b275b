//! Readings of one meter and one instant.

use super::{Draft, Remark, Rows, Step};
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "duplicates",
    title: "equal readings of one instant are one; of different ones the last stays that goes with the register",
    run,
};

const EQUAL: Remark = Remark {
    severity: Severity::Note,
    code: "duplicate",
    what: "readings came twice",
    matters: "each was counted once",
    advice: "nothing",
};

const CONFLICTING: Remark = Remark {
    severity: Severity::Warning,
    code: "conflict",
    what: "readings contradict another of the same instant",
    matters: "the last to arrive was taken, among those that go with the register",
    advice: "find out which source is right, and send it alone",
};

fn run(draft: &mut Draft) {
    draft.each_row(&EQUAL, |rows| rows.retain(|rows, row| !is_repeated(rows, row)));
    draft.each_row(&CONFLICTING, |rows| {
        let wins = winners(rows);
        rows.retain(|_, row| wins[row])
    });
}

/// Tells whether an earlier row of the same instant says the same.
fn is_repeated(rows: &Rows, row: usize) -> bool {
    let raw = &rows.raw;
    let columns = [&raw.energy, &raw.exported, &raw.register, &raw.voltage, &raw.current];
    let same = |column: &Vec<f64>, other: usize| {
        Rows::value(column, row).to_bits() == Rows::value(column, other).to_bits() || column.is_empty()
    };
    let earlier = (0..row).rev().take_while(|other| raw.times[*other] == raw.times[row]);
    earlier.into_iter().any(|other| columns.iter().all(|column| same(column, other)))
}

/// Which row of each instant stays.
fn winners(rows: &Rows) -> Vec<bool> {
    let times = &rows.raw.times;
    let mut wins = vec![true; times.len()];
    let mut start = 0;
    for group in times.chunk_by(|one, other| one == other) {
        let end = start + group.len();
        if group.len() > 1 {
            let winner = (start..end).rev().find(|row| fits(rows, *row, start, end)).unwrap_or(end - 1);
            (start..end).for_each(|row| wins[row] = row == winner);
        }
        start = end;
    }
    wins
}

/// Tells whether the register of a row lies between those before and behind the rows of its instant.
fn fits(rows: &Rows, row: usize, start: usize, end: usize) -> bool {
    let register = |row: usize| Rows::value(&rows.raw.register, row);
    let before = start.checked_sub(1).map_or(f64::NEG_INFINITY, register);
    let behind = if end < rows.raw.times.len() { register(end) } else { f64::INFINITY };
    register(row) >= before && register(row) <= behind
}
