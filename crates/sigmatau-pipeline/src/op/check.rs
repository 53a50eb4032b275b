//! Calibrations held against every check of datasets.

mod derived;
mod tables;

use super::{Analysis, Input, Op, Subject, chain};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::Finding;
use sigmatau_core::Severity as Weight;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::chain::Chain;
use sigmatau_uncertainty::check::{
    CHECKS, Check, Decision, Flag, NO_ROW, Report, Screening, Settings, Severity, Start, Words,
};
use sigmatau_uncertainty::verdict::Verdict;
use std::sync::Arc;

/// Every check over a dataset of calibrations, in one pass.
pub(super) static OP: Op = Op {
    name: "check",
    title: "checks of calibrations and what belongs to them: what is wrong, where, how surely, and what to do about it",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Calibrations,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::checks::SCHEMA,
    parameters: &[&[
        Parameter::new("checks", "names of checks, see `list checks`; all of them if left out").or("[]"),
        Parameter::new("rate", "rate of false discoveries that is kept").or("0.01"),
        Parameter::new("dependent", "yes or no: whether p-values depend on each other with unknown sign").or("\"no\""),
        Parameter::new("null", "what scores are set against: theoretical, or empirical for what each group shows")
            .or("\"theoretical\""),
        Parameter::new("block", "consecutive readings that no two records share by chance").or("24"),
        Parameter::new("false_acceptance", "largest share of falsely accepted items, where one is declared"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(checks(section)?))
}

fn checks(section: &Section<'_>) -> Result<Checks, DocumentError> {
    let named = |(line, name): (Option<usize>, String)| {
        Check::named(&name).map_err(|error| section.refuse(line, &error.to_string()))
    };
    let named: Vec<&'static Check> = section.texts("checks")?.into_iter().map(named).collect::<Result<_, _>>()?;
    let settings = Settings {
        rate: share(section, "rate")?.unwrap_or(Settings::default().rate),
        dependent: section.one_of("dependent", "answer", ["no", "yes"])? == 1,
        empirical: section.one_of("null", "null", NULLS)? == 1,
        block: section.count("block")?.unwrap_or(Settings::default().block),
        false_acceptance: share(section, "false_acceptance")?,
    };
    if settings.block < 2 {
        return Err(section.refuse_key("block", "a block has two readings or more"));
    }
    Ok(Checks { checks: if named.is_empty() { CHECKS.to_vec() } else { named }, settings })
}

const NULLS: [&str; 2] = ["theoretical", "empirical"];

fn share(section: &Section<'_>, key: &str) -> Result<Option<f64>, DocumentError> {
    let share = section.positive(key)?;
    let refused = || section.refuse_key(key, &format!("`{key}` lies between 0 and 1"));
    if share.is_some_and(|share| share >= 1.0) { Err(refused()) } else { Ok(share) }
}

struct Checks {
    checks: Vec<&'static Check>,
    settings: Settings,
}

impl Analysis for Checks {
    fn parameters(&self) -> String {
        let Settings { rate, dependent, empirical, block, false_acceptance } = self.settings;
        let names: Vec<String> = self.checks.iter().map(|check| format!("\"{}\"", check.name)).collect();
        let declared = false_acceptance.map(|share| format!("false_acceptance = {share:?}\n")).unwrap_or_default();
        format!(
            "checks = [{}]\nrate = {rate:?}\ndependent = \"{}\"\nnull = \"{}\"\nblock = {block}\n{declared}",
            names.join(", "),
            if dependent { "yes" } else { "no" },
            NULLS[usize::from(empirical)],
        )
    }

    /// One pass over every table; memory as [`Screening`] says, with the words of the dataset and one block of rows.
    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut calibrations = input.dataset.calibrations(unit)?;
        let chain = chain::read(&mut calibrations)?.map(Arc::new);
        let start = Start { settings: self.settings.clone(), chain: chain.clone() };
        let mut screening = Screening::of(&self.checks, start);
        tables::pass(&mut calibrations, &mut screening, &self.checks)?;
        let vocabulary = calibrations.vocabulary();
        let words = |word| vocabulary.word(word);
        let reports = screening.finish(&words);
        let table = table(&reports, chain.as_deref(), &words);
        Ok((table, findings(&reports, self.settings.rate).into_iter().chain(calibrations.findings()).collect()))
    }
}

/// What is said of the whole, which checks were made, then of each check that flags something, then of those that can't be made.
fn findings(reports: &[Report], rate: f64) -> Vec<Finding> {
    let (lacking, assessed): (Vec<&Report>, Vec<&Report>) = reports.iter().partition(|report| !report.is_assessable());
    let mut flagged: Vec<&Report> = assessed.into_iter().filter(|report| !report.flags.is_empty()).collect();
    flagged.sort_by_key(|report| std::cmp::Reverse(report.check.severity));
    let flagged = flagged.into_iter().map(flagged_by);
    [verdict(&Verdict::of(reports, rate)), checks_made(reports)]
        .into_iter()
        .chain(flagged)
        .chain(lacking.into_iter().map(not_assessable))
        .collect()
}

fn verdict(verdict: &Verdict) -> Finding {
    let counts = verdict.counts.iter().rev().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(severity, count)| format!("{count} {}", severity.word())).collect();
    let (weight, matters, advice) = match (verdict.refuses(), counts.is_empty()) {
        (true, _) => (Weight::Failure, "a blocker or critical fault stands", "do not use the data before it is mended"),
        (false, false) => (Weight::Warning, "no blocker or critical fault stands", "see what each check advises"),
        (false, true) => (Weight::Note, "no check that could be made found anything", "see which could not be made"),
    };
    let counted = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
    Finding::new(weight, "verdict", format!("{verdict}{counted}"), matters, advice)
}

/// Which checks found nothing, over how much: a record without rows says neither.
fn checks_made(reports: &[Report]) -> Finding {
    let made: Vec<&Report> = reports.iter().filter(|report| report.is_assessable()).collect();
    let silent = made.iter().filter(|report| report.flags.is_empty());
    let silent: Vec<String> = silent
        .map(|Report { check, assessed, .. }| format!("{} ({assessed} × {})", check.name, check.unit.word()))
        .collect();
    let found = if silent.is_empty() { "none".to_owned() } else { silent.join(", ") };
    Finding::new(
        Weight::Note,
        "checks-made",
        format!("{} of {} checks were made; nothing was flagged by {found}", made.len(), reports.len()),
        "what no check looked at is not known to hold",
        "see `not-assessable` for the columns that the other checks want",
    )
}

fn flagged_by(report: &Report) -> Finding {
    let Report { check, assessed, flags, .. } = report;
    let weight = match check.severity {
        severity if severity.refuses() => Weight::Failure,
        Severity::Low => Weight::Note,
        _ => Weight::Warning,
    };
    let seen = format!("{} of {assessed} do not keep it; {}", flags.len(), flags[0].message);
    let matters = format!("it does not hold that {}", check.title);
    Finding::new(weight, check.name, seen, matters, check.remedy)
}

fn not_assessable(report: &Report) -> Finding {
    let wanted = report.wanted.join(", ");
    let seen = format!("the dataset lacks {wanted}");
    let matters = format!("whether {} is not assessable", report.check.title);
    Finding::new(Weight::Note, "not-assessable", seen, matters, "add these columns where they are known")
        .about(report.check.name)
}

/// One row for each flag, the heaviest first, then in the order of checks, then the most telling first.
fn table(reports: &[Report], chain: Option<&Chain>, words: &Words<'_>) -> Table {
    let mut sorted: Vec<&Report> = reports.iter().collect();
    sorted.sort_by_key(|report| std::cmp::Reverse(report.check.severity));
    let mut rows = Rows::of(OP.schema);
    for Report { check, flags, .. } in sorted {
        for flag in flags {
            rows.push(row(check, flag, chain, words));
        }
    }
    rows.table()
}

fn row(check: &Check, flag: &Flag, chain: Option<&Chain>, words: &Words<'_>) -> [Cell; 13] {
    let Flag { observation: seen, severity, message, .. } = flag;
    let of_family = matches!(check.decision, Decision::Family { .. });
    let probability = |value: f64| if of_family { value } else { f64::NAN };
    [
        tables::of(check, chain.is_some_and(|chain| chain.contains(seen.subject))).into(),
        if seen.row == NO_ROW { -1 } else { seen.row as i64 }.into(),
        check.name.into(),
        severity.word().into(),
        seen.statistic.into(),
        check.threshold.into(),
        probability(flag.p_value()).into(),
        probability(flag.q_value()).into(),
        message.clone().into(),
        words(seen.subject).into(),
        check.unit.word().into(),
        seen.effect.into(),
        check.remedy.into(),
    ]
}

#[cfg(test)]
mod tests;
