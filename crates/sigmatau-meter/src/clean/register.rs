//! Registers that run over, start anew, or show one wrong value.

use super::{Draft, Remark, Rows, Step};
use sigmatau_core::Severity;

pub(super) static STEP: Step = Step {
    name: "register",
    title: "single wrong registers are missing; a register that ran over goes on; one that was reset starts a new run",
    run,
};

const WRONG: Remark = Remark {
    severity: Severity::Warning,
    code: "register-spike",
    what: "registers lie outside of their neighbours",
    matters: "they were taken as missing",
    advice: "look for faults of transmission",
};

const OVER: Remark = Remark {
    severity: Severity::Note,
    code: "rollover",
    what: "registers ran over",
    matters: "the energy goes on by the number of digits",
    advice: "nothing",
};

const RESET: Remark = Remark {
    severity: Severity::Warning,
    code: "reset",
    what: "registers went back",
    matters: "the energy of the interval is missing",
    advice: "check whether the meter was replaced or reset, and file it",
};

/// The share of its range below and above which a register has run over.
const HEADROOM: f64 = 0.1;
/// The same where the number of digits is not known and has to be guessed from the register.
const GUESSED: f64 = 0.01;

fn run(draft: &mut Draft) {
    draft.each_row(&WRONG, smoothed);
    draft.each_row(&OVER, unrolled);
    draft.each_row(&RESET, divided);
}

/// The places of the registers that are there.
fn known(rows: &Rows) -> Vec<usize> {
    (0..rows.raw.register.len()).filter(|row| rows.raw.register[*row].is_finite()).collect()
}

/// Takes away single registers that lie outside of neighbours which go together.
fn smoothed(rows: &mut Rows) -> usize {
    let known = known(rows);
    let wrong = |three: &&[usize]| {
        let [before, here, behind] = [0, 1, 2].map(|place| rows.raw.register[three[place]]);
        behind >= before && !(before..=behind).contains(&here)
    };
    let wrong: Vec<usize> = known.windows(3).filter(wrong).map(|three| three[1]).collect();
    wrong.iter().for_each(|row| rows.raw.register[*row] = f64::NAN);
    wrong.len()
}

/// Lets registers that ran over go on.
fn unrolled(rows: &mut Rows) -> usize {
    let known = known(rows);
    let (mut offset, mut count, mut last) = (0.0, 0, f64::NAN);
    for row in known {
        let shown = rows.raw.register[row];
        if let Some(modulus) = modulus(rows, last, shown) {
            offset += modulus;
            count += 1;
        }
        rows.raw.register[row] = shown + offset;
        last = shown;
    }
    count
}

/// What a register lost when it went from near its end to near its beginning.
fn modulus(rows: &Rows, last: f64, shown: f64) -> Option<f64> {
    let about = &rows.raw.about;
    let (modulus, headroom) = match about.register_digits {
        0 => ((3..9).map(|digits| 10f64.powi(digits)).find(|modulus| last < *modulus)?, GUESSED),
        digits => (10f64.powi(digits as i32) * about.multiplier, HEADROOM),
    };
    (last >= modulus * (1.0 - headroom) && last < modulus && shown <= modulus * headroom && shown < last)
        .then_some(modulus)
}

/// Numbers the runs within which a register does not go back.
fn divided(rows: &mut Rows) -> usize {
    let (mut run, mut last) = (0, f64::NEG_INFINITY);
    let runs = rows.raw.register.iter().map(|shown| {
        if shown.is_finite() {
            run += u32::from(*shown < last);
            last = *shown;
        }
        run
    });
    rows.runs = runs.collect();
    run as usize
}
