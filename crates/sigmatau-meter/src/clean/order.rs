//! Rows in the order of time.

use super::{Draft, Remark, Rows, Step};
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step { name: "order", title: "rows are sorted by time", run };

const SHUFFLED: Remark = Remark {
    severity: Severity::Note,
    code: "shuffled",
    what: "readings stood before earlier ones",
    matters: "they were sorted by time",
    advice: "nothing, unless the order was meant to say something",
};

fn run(draft: &mut Draft) {
    draft.each_row(&SHUFFLED, sorted);
}

fn sorted(rows: &mut Rows) -> usize {
    let late = rows.raw.times.windows(2).filter(|pair| pair[1] < pair[0]).count();
    if late > 0 {
        let mut order: Vec<usize> = (0..rows.raw.times.len()).collect();
        order.sort_by_key(|row| rows.raw.times[*row]);
        rows.keep(&order);
    }
    late
}
