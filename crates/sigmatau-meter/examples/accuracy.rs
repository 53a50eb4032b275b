//! How true the solvers are on generated areas: writes `ACCURACY.md`, see `scripts/accuracy`.
//!
//! Arguments: the number of seeds, then the kinds of areas; all of them where none is named.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is what the script keeps and shows")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Case, KINDS};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal};
use sigmatau_meter::prior::Prior;
use sigmatau_meter::solver::{Estimate, SOLVERS, Solution};
use sigmatau_meter::verdict::{Circumstances, Settings, Verdict};

const DAYS: usize = 30;
/// The limit of the error.
const LIMIT: f64 = 0.01;
/// Energy per day in kWh below which a meter is not judged.
const LEAST: f64 = 1.0;

fn main() {
    let mut args = std::env::args().skip(1);
    let seeds: u64 = args.next().map_or(2, |seeds| seeds.parse().expect("a number of seeds"));
    let wanted: Vec<String> = args.collect();
    println!("{}", preamble(seeds));
    let mut replaced = vec![(0, 0); SOLVERS.len()];
    for kind in KINDS.iter().filter(|kind| wanted.is_empty() || wanted.iter().any(|name| name == *kind)) {
        let scores = scores(kind, seeds);
        println!("| {kind} | {} |", scores.iter().map(Score::shown).collect::<Vec<_>>().join(" | "));
        eprintln!("{kind}: {}", scores[0].remarks.join("; "));
        replaced.iter_mut().zip(&scores).for_each(|(sum, score)| *sum = (sum.0 + score.wrong, sum.1 + score.right));
    }
    let sums = replaced.iter().map(|(wrong, right)| format!("{wrong} / {right}"));
    println!("| replaced | {} |", sums.collect::<Vec<_>>().join(" | "));
}

fn preamble(seeds: u64) -> String {
    let names: Vec<&str> = SOLVERS.iter().map(|solver| solver.name).collect();
    format!(
        "# Accuracy of the solvers\n\n\
         Made by `scripts/accuracy` from the recipe `datasets/demo-meters/recipe.toml`: {seeds} areas of each kind, {DAYS} days, \
         the error of the master meter drawn with the {} % to which it is known, that of the batch of meters with {} %. Each cell: root mean square of the error of the errors in % points / share of \
         intervals e ± 1.96 u that hold the truth in % / meters that are to be replaced, wrongly + rightly at ±{} %. \
         Meters of less than {LEAST} kWh a day and strangers are left out; estimates are clipped to ±100 %.\n\n\
         | kind | {} |\n|---|{}",
        100.0 * common::MASTER,
        100.0 * Prior::default().mean,
        100.0 * LIMIT,
        names.join(" | "),
        "---|".repeat(names.len()),
    )
}

/// How well a solver did on areas of one kind.
#[derive(Default)]
struct Score {
    count: f64,
    squares: f64,
    covered: f64,
    wrong: usize,
    right: usize,
    remarks: Vec<String>,
}

fn scores(kind: &str, seeds: u64) -> Vec<Score> {
    let mut scores: Vec<Score> = SOLVERS.iter().map(|_| Score::default()).collect();
    for case in (0..seeds).map(|seed| drawn(kind, seed)) {
        for (score, solver) in scores.iter_mut().zip(SOLVERS) {
            score.add(&case, &(solver.solve)(&case.area, &Prior::default()));
        }
    }
    scores
}

/// An area of a kind whose meters and master meter have errors in common, as large as they are taken to be.
fn drawn(kind: &str, seed: u64) -> Case {
    let mut case = common::case(kind, seed, DAYS);
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let mut gain = |u: f64| 1.0 + Normal::new(0.0, u).expect("a standard deviation").sample(&mut draws);
    let (master, batch) = (gain(common::MASTER), gain(Prior::default().mean));
    let scale = |energies: &mut Vec<f64>, gain: f64| energies.iter_mut().for_each(|energy| *energy *= gain);
    scale(&mut case.area.master.supplied, master);
    scale(&mut case.area.master.returned, master);
    for meter in &mut case.area.meters {
        scale(&mut meter.consumed, batch);
        scale(&mut meter.fed, batch);
    }
    case.errors.iter_mut().for_each(|error| *error = (1.0 + *error) * batch - 1.0);
    case
}

impl Score {
    fn add(&mut self, case: &Case, solution: &Solution) {
        let supplied: f64 = case.area.master.supplied.iter().filter(|energy| energy.is_finite()).sum();
        let (step, unexplained) = (case.area.step, solution.unexplained.abs() / supplied);
        let circumstances = Circumstances { limit: LIMIT, step, master: common::MASTER, unexplained };
        for (place, estimate) in solution.estimates.iter().enumerate() {
            self.remark(case, solution, place);
            let is_judged = case.energies[place] >= LEAST * DAYS as f64 && case.plights[place] != "stranger";
            if is_judged && estimate.error.is_finite() {
                self.judge(case.errors[place], estimate, &circumstances);
            }
        }
    }

    fn judge(&mut self, truth: f64, estimate: &Estimate, circumstances: &Circumstances) {
        let wrong = estimate.error.clamp(-1.0, 1.0) - truth;
        self.count += 1.0;
        self.squares += wrong.powi(2);
        self.covered += f64::from(u8::from(wrong.abs() <= 1.96 * estimate.u));
        if Settings::default().judge(estimate, circumstances).verdict == Verdict::Replace {
            *(if truth.abs() > LIMIT { &mut self.right } else { &mut self.wrong }) += 1;
        }
    }

    /// What was said of a meter with a fault, or of one without.
    fn remark(&mut self, case: &Case, solution: &Solution, place: usize) {
        let (truth, estimate) = (case.plights[place].as_str(), &solution.estimates[place]);
        let is_faulty = !matches!(truth, "sound" | "bad");
        if is_faulty || !matches!(estimate.plight.word(), "sound" | "idle") {
            let hours = estimate.onset.zip(case.onsets[place]).map(|(found, onset)| (found - onset) / 3600);
            let late = hours.map_or(String::new(), |hours| format!(" ({hours:+} h)"));
            self.remarks.push(format!("{truth} as {}{late}", estimate.plight.word()));
        }
    }

    fn shown(&self) -> String {
        let (rms, covered) = ((self.squares / self.count).sqrt(), self.covered / self.count);
        format!("{:.2} / {:.0} / {}+{}", 100.0 * rms, 100.0 * covered, self.wrong, self.right)
    }
}
