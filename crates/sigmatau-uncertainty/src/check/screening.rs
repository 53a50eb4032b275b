//! A dataset passes by all checks at once; at the end each reports what it flags.

use super::table::{Block, CheckStandards, Comparisons, Instrument, Logs, NO_WORD, number};
use super::{CHECKS, Check, Decision, Evidence, Observation, Severity, Start, Watch, Words};
use crate::fdr::{Null, Sides, benjamini_hochberg, benjamini_yekutieli};
use crate::tail::student_score;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Below this many degrees of freedom errors are Student's.
const MANY: f64 = 1e4;

/// All checks over a dataset that comes in blocks of whole groups: configuration plus state, with a push for each table
/// and [`Screening::finish`].
///
/// What is held: of each check in a family 48 bytes per subject, of a deterministic one 48 bytes per subject with a fault, of
/// the search for copied blocks at most 300 MB; of the rows nothing. The result does not depend on how rows are cut
/// into blocks, nor on the number of threads: each check takes every group in the order of the data.
pub struct Screening {
    start: Start,
    running: Vec<(&'static Check, Box<dyn Watch>)>,
    seen: BTreeSet<&'static str>,
}

/// What a check reports of a dataset.
#[derive(Clone, Debug)]
pub struct Report {
    /// The check.
    pub check: &'static Check,
    /// How many subjects it assessed.
    pub assessed: u64,
    /// The columns that it lacked, one of the sets; empty where it was assessable.
    pub wanted: Vec<&'static str>,
    /// How many would be flagged against the theoretical null, and against the one that each group shows.
    pub counts: Counts,
    /// What it flags, the most telling first.
    pub flags: Vec<Flag>,
}

/// Flags by either null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Against the standard normal distribution.
    pub theoretical: usize,
    /// Against median and median absolute deviation of the scores of each group.
    pub empirical: usize,
}

/// A subject that a check flags.
#[derive(Clone, Debug)]
pub struct Flag {
    /// What was observed.
    pub observation: Observation,
    /// How much it weighs.
    pub severity: Severity,
    /// ln of the p-value; `NaN` where the check is deterministic.
    pub ln_p: f64,
    /// ln of the q-value against the theoretical null.
    pub ln_q: f64,
    /// ln of the q-value against the null that its group shows.
    pub ln_q_empirical: f64,
    /// The name of the subject and what was seen.
    pub message: String,
}

impl Flag {
    /// The p-value, 0 below 5e-324.
    pub fn p_value(&self) -> f64 {
        self.ln_p.exp()
    }

    /// The q-value, 0 below 5e-324.
    pub fn q_value(&self) -> f64 {
        self.ln_q.exp()
    }
}

impl Report {
    /// Tells whether the dataset had the columns that the check wants.
    pub fn is_assessable(&self) -> bool {
        self.wanted.is_empty()
    }
}

impl Screening {
    /// Begins every check.
    pub fn new(start: Start) -> Self {
        Self::of(CHECKS, start)
    }

    /// Begins some checks.
    pub fn of(checks: &[&'static Check], start: Start) -> Self {
        let running = checks.iter().map(|check| (*check, (check.start)(&start))).collect();
        let seen = start.chain.iter().map(|_| "chain").collect();
        Self { start, running, seen }
    }

    /// Takes calibrations of whole instruments.
    pub fn calibrations(&mut self, block: &Block<'_>) {
        let deviates = deviates(block);
        let instruments = Instrument::of_block(block, &deviates);
        let present = block.present();
        self.pass(&present, |watch| instruments.iter().for_each(|instrument| watch.instrument(instrument)));
    }

    /// Takes checks of standards, whole runs of them, from the row `first` of their table.
    pub fn check_standards(&mut self, block: &CheckStandards<'_>, first: u64) {
        let keys = |row: usize| (block.laboratory.get(row), block.standard.get(row), block.point.get(row));
        let runs = runs(block.len(), |one, other| keys(one) == keys(other));
        let present = block.present();
        self.pass(&present, |watch| {
            runs.iter().for_each(|run| watch.check_standard(&block.rows(run.clone()), first + run.start as u64));
        });
    }

    /// Takes results of comparisons, each of them whole.
    pub fn comparisons(&mut self, block: &Comparisons<'_>, first: u64) {
        let runs = runs(block.len(), |one, other| block.comparison.get(one) == block.comparison.get(other));
        let present = block.present();
        self.pass(&present, |watch| {
            runs.iter().for_each(|run| watch.comparison(&block.rows(run.clone()), first + run.start as u64));
        });
    }

    /// Takes what instruments sent, of each of them all.
    pub fn logs(&mut self, block: &Logs<'_>, first: u64) {
        let runs = runs(block.len(), |one, other| block.instrument.get(one) == block.instrument.get(other));
        let present = block.present();
        self.pass(&present, |watch| {
            runs.iter().for_each(|run| watch.log(&block.rows(run.clone()), first + run.start as u64));
        });
    }

    /// What each check reports, in the order of the table; `words` tells interned words.
    pub fn finish(self, words: &Words<'_>) -> Vec<Report> {
        let Self { start, running, seen } = self;
        let report = |(check, watch): (&'static Check, Box<dyn Watch>)| report(check, watch, &start, &seen, words);
        running.into_par_iter().map(report).collect()
    }

    /// Shows something to each check that finds the columns it wants.
    fn pass(&mut self, present: &[&'static str], show: impl Fn(&mut dyn Watch) + Sync) {
        self.seen.extend(present);
        let there = |column: &&str| present.contains(column) || *column == "chain";
        let ready =
            self.running.par_iter_mut().filter(|(check, _)| check.wants.iter().any(|set| set.iter().all(there)));
        ready.for_each(|(_, watch)| show(watch.as_mut()));
    }
}

fn runs(rows: usize, same: impl Fn(usize, usize) -> bool) -> Vec<std::ops::Range<usize>> {
    let starts: Vec<usize> = (0..rows).filter(|row| *row == 0 || !same(row - 1, *row)).chain([rows]).collect();
    starts.windows(2).map(|ends| ends[0]..ends[1]).collect()
}

/// The normal deviates of the errors: those of Student's distribution where the degrees of freedom are stated.
fn deviates(block: &Block<'_>) -> Vec<f64> {
    let rows = &block.calibrations;
    if rows.value.is_empty() || rows.reference.is_empty() || rows.u.is_empty() {
        return Vec::new();
    }
    let deviate = |row: usize| {
        let (u, reference) = (rows.u[row], number(rows.u_reference, row, 0.0));
        let variance = u * u + reference * reference - 2.0 * number(rows.covariance, row, 0.0);
        let ratio = (rows.value[row] - rows.reference[row]) / variance.sqrt();
        match number(rows.dof, row, f64::INFINITY) {
            dof if dof < MANY && variance > 0.0 => student_score(ratio, dof),
            _ if variance > 0.0 => ratio,
            _ => f64::NAN,
        }
    };
    (0..rows.value.len()).into_par_iter().with_min_len(4096).map(deviate).collect()
}

fn report(
    check: &'static Check,
    watch: Box<dyn Watch>,
    start: &Start,
    seen: &BTreeSet<&'static str>,
    words: &Words<'_>,
) -> Report {
    let lacking =
        |set: &&[&'static str]| set.iter().copied().filter(|column| !seen.contains(column)).collect::<Vec<_>>();
    let wanted = check.wants.iter().map(lacking).min_by_key(Vec::len).unwrap_or_default();
    if !wanted.is_empty() {
        return Report { check, assessed: 0, wanted, counts: Counts::default(), flags: Vec::new() };
    }
    let evidence = watch.finish(words);
    let assessed = evidence.assessed;
    let (counts, mut flags) = match check.decision {
        Decision::Deterministic => deterministic(evidence),
        Decision::Family { sides, effect, share } => family(evidence, start, sides, effect, share),
    };
    flags.sort_by(|one, other| by_weight(one).partial_cmp(&by_weight(other)).expect("keys are numbers"));
    for flag in &mut flags {
        let name = Some(words(flag.observation.subject)).filter(|name| !name.is_empty()).unwrap_or("the dataset");
        flag.severity = check.severity;
        flag.message = format!("{name}: {}", (check.seen)(&flag.observation));
    }
    Report { check, assessed, wanted, counts, flags }
}

/// The most telling first, then the largest, then in the order of subjects.
fn by_weight(flag: &Flag) -> (f64, f64, u32) {
    let key = |value: f64| if value.is_nan() { 0.0 } else { value };
    (key(flag.ln_p), -key(flag.observation.statistic.abs()), flag.observation.subject)
}

fn deterministic(evidence: Evidence) -> (Counts, Vec<Flag>) {
    let flags: Vec<Flag> =
        evidence.observations.into_iter().map(|seen| flag(seen, f64::NAN, f64::NAN, f64::NAN)).collect();
    (Counts { theoretical: flags.len(), empirical: flags.len() }, flags)
}

fn flag(observation: Observation, ln_p: f64, ln_q: f64, ln_q_empirical: f64) -> Flag {
    Flag { observation, severity: Severity::Low, ln_p, ln_q, ln_q_empirical, message: String::new() }
}

fn family(evidence: Evidence, start: &Start, sides: Sides, effect: f64, share: f64) -> (Counts, Vec<Flag>) {
    let seen = evidence.observations;
    let nulls = nulls(&seen);
    let q = |ln_p: &[f64]| if start.settings.dependent { benjamini_yekutieli(ln_p) } else { benjamini_hochberg(ln_p) };
    let ln_p: Vec<f64> = seen.par_iter().map(|seen| sides.ln_p(seen.score)).collect();
    let own = |seen: &Observation| nulls.get(&seen.group).map_or(seen.score, |null| null.standardised(seen.score));
    let empirical: Vec<f64> = seen.par_iter().map(|seen| sides.ln_p(own(seen))).collect();
    let (ln_q, ln_q_empirical) = (q(&ln_p), q(&empirical));
    let ln_rate = (start.settings.rate * share).ln();
    let matters = |place: usize| seen[place].effect.is_nan() || seen[place].effect.abs() >= effect;
    let flagged =
        |ln_q: &[f64]| (0..seen.len()).filter(|place| ln_q[*place] <= ln_rate && matters(*place)).collect::<Vec<_>>();
    let (by_theory, by_group) = (flagged(&ln_q), flagged(&ln_q_empirical));
    let counts = Counts { theoretical: by_theory.len(), empirical: by_group.len() };
    let chosen = if start.settings.empirical { by_group } else { by_theory };
    let flags = chosen.into_iter().map(|place| flag(seen[place], ln_p[place], ln_q[place], ln_q_empirical[place]));
    (counts, flags.collect())
}

/// The null that each group shows, of those that are large enough to show one.
fn nulls(seen: &[Observation]) -> BTreeMap<u32, Null> {
    let mut scores: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    let grouped = seen.iter().filter(|seen| seen.group != NO_WORD);
    grouped.for_each(|seen| scores.entry(seen.group).or_default().push(seen.score));
    scores.into_iter().filter_map(|(group, scores)| Some((group, Null::of_scores(&scores)?))).collect()
}
