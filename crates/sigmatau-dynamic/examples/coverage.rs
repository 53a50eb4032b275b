//! Simulates how often every stated interval holds the true value, and prints the table of `COVERAGE.md`. Run by
//! `scripts/coverage`.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

#[path = "../tests/simulated/mod.rs"]
mod simulated;

use simulated::{CONFIDENCE, Case, Claim, Row};

const TRIALS: u64 = 2000;

fn main() {
    let cases: Vec<(Case, Vec<Row>)> = simulated::cases().into_iter().map(rows).collect();
    println!("{}\n", introduction());
    println!("{}\n", in_words(&cases));
    println!("| part | case | interval of | nominal, % | found, % | trials |\n|---|---|---|---|---|---|");
    cases.iter().flat_map(|(case, rows)| rows.iter().map(|row| line(case, row))).for_each(|line| println!("{line}"));
}

fn rows(case: Case) -> (Case, Vec<Row>) {
    let rows = case.rows(TRIALS);
    (case, rows)
}

fn introduction() -> String {
    format!(
        "# Coverage of the intervals\n\n\
         Made by `scripts/coverage`; a fast part of it is `tests/coverage.rs`. Each figure is the share, in per cent, of \
         intervals that hold the truth over {TRIALS} simulated calibrations. Where one calibration has several intervals of a \
         kind, such as the lines of a response, each counts by its share; the standard deviation of the figure is {:.1} % at most.\n\n\
         **Bold**: further than four such standard deviations from what is claimed. ≥: at least as often is claimed, since a \
         bound stands in the budget. ≠: an interval that is not claimed, to show what its neighbour adds.",
        100.0 * simulated::deviation(TRIALS)
    )
}

fn in_words(cases: &[(Case, Vec<Row>)]) -> String {
    let rows = || cases.iter().flat_map(|(_, rows)| rows);
    let held = rows().filter(|row| row.as_claimed).count();
    format!("Of {} intervals, {held} cover as claimed.", rows().count())
}

fn line(case: &Case, row: &Row) -> String {
    let sign = match case.claim {
        Claim::Stated => "",
        Claim::AtLeast => "≥ ",
        Claim::Broken => "≠ ",
    };
    let found = format!("{:.1}", 100.0 * row.found);
    let found = if row.as_claimed { found } else { format!("**{found}**") };
    format!(
        "| {} | {} | {} | {sign}{:.0} | {found} | {} |",
        case.part,
        case.name,
        row.of,
        100.0 * CONFIDENCE,
        row.trials
    )
}
