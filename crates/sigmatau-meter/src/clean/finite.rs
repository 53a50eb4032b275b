//! Values that are no numbers.

use super::{Draft, Remark, Step};
use sigmatau_core::Severity;

pub(super) static STEP: Step =
    Step { name: "finite", title: "rows without an instant are left out; infinite values are missing", run };

const UNTIMED: Remark = Remark {
    severity: Severity::Warning,
    code: "time-missing",
    what: "readings have no instant that can be read",
    matters: "they were left out",
    advice: "look at the column of instants",
};

const INFINITE: Remark = Remark {
    severity: Severity::Warning,
    code: "infinite",
    what: "values are infinite",
    matters: "they were taken as missing",
    advice: "look for a mark of missing values",
};

fn run(draft: &mut Draft) {
    draft.each_row(&UNTIMED, |rows| rows.retain(|rows, row| rows.raw.times[row] != i64::MIN));
    draft.each_row(&INFINITE, |rows| rows.columns().into_iter().map(|column| finite(column)).sum());
}

fn finite(column: &mut [f64]) -> usize {
    column.iter_mut().filter(|value| value.is_infinite()).map(|value| *value = f64::NAN).count()
}
