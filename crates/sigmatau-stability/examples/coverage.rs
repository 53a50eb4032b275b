//! Simulates how often the intervals of every statistic hold the true value, and prints the tables of
//! `COVERAGE.md`. Run by `scripts/coverage`.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

#[path = "../tests/simulated/mod.rs"]
mod simulated;

use sigmatau_stability::Convention;
use simulated::{CONFIDENCE, Coverage, POINTS, Simulation};

const SIMULATION: Simulation = Simulation { records: 1000, taus: &[1.0, 9.0, 36.0, 129.0, 300.0] };
/// White PM to random run FM.
const ALPHAS: [i8; 7] = [2, 1, 0, -1, -2, -3, -4];
/// What is known of the noise, under which convention.
const CASES: [(&str, bool, Convention); 4] = [
    ("Noise stated, `--convention exact`", true, Convention::Exact),
    ("Noise stated, `--convention standard`", true, Convention::Standard),
    ("Noise identified on the record, `--convention exact`", false, Convention::Exact),
    ("Noise identified on the record, `--convention standard`", false, Convention::Standard),
];

fn main() {
    println!("{}", introduction());
    for (title, stated, convention) in CASES {
        let columns: Vec<_> = ALPHAS.map(|alpha| SIMULATION.coverage(alpha, stated, convention)).into();
        println!("\n## {title}\n\n{}\n", in_words(&columns));
        println!("| statistic | τ/τ₀ | α = 2 | 1 | 0 | −1 | −2 | −3 | −4 |\n|---|---|---|---|---|---|---|---|---|");
        columns[0].iter().for_each(|row| println!("{}", line(row, &columns)));
    }
}

fn introduction() -> String {
    format!(
        "# Coverage of the intervals\n\n\
         Made by `scripts/coverage`; a fast part of it is `tests/coverage.rs`. Each figure is the share, in per cent, of \
         {records} simulated records of {POINTS} phases with noise S_y(f) ∝ f^α whose {level} % interval holds the true \
         deviation; that share has itself a standard deviation of {deviation:.1} %.\n\n\
         **Bold**: further than 3.5 standard deviations from {level} %. An asterisk: every such point carries a flag in the \
         result (`noise-uncertain`, `noise-by-b1`, `noise-carried`, `bias-approximate`). A dash: no interval, or the statistic \
         does not converge. MTIE and TIErms have no intervals.",
        records = SIMULATION.records,
        level = 100.0 * CONFIDENCE,
        deviation = 100.0 * (CONFIDENCE * (1.0 - CONFIDENCE) / SIMULATION.records as f64).sqrt(),
    )
}

/// How many of the points without a flag cover as stated.
fn in_words(columns: &[Vec<Coverage>]) -> String {
    let plain = || columns.iter().flatten().filter(|cell| cell.share.is_some() && !cell.flagged);
    let (held, all) = (plain().filter(|cell| cell.as_stated).count(), plain().count());
    format!("Of the {all} points without a flag, {held} cover as stated.")
}

/// The row of one statistic at one averaging time, with a cell for each power law.
fn line(row: &Coverage, columns: &[Vec<Coverage>]) -> String {
    let same = |cell: &&Coverage| cell.estimator == row.estimator && cell.tau == row.tau;
    let cells = columns.iter().map(|column| column.iter().find(same).map_or("–".to_owned(), shown));
    format!("| {} | {} | {} |", row.estimator.name, row.tau, cells.collect::<Vec<_>>().join(" | "))
}

fn shown(cell: &Coverage) -> String {
    let Some(share) = cell.share.map(|share| format!("{:.1}", 100.0 * share)) else { return "–".to_owned() };
    let share = if cell.as_stated { share } else { format!("**{share}**") };
    if cell.flagged { share + "\\*" } else { share }
}
