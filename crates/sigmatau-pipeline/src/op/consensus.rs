//! Consensus values of comparisons.

use super::laboratories::{COLUMNS, CORRELATIONS, Columns, Point, methods};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::consensus::{CONSENSUSES, Comparison, Consensus, Reference, Settings};

/// What laboratories say together, by every method that is asked for.
pub(super) static OP: Op = Op {
    name: "consensus",
    title: "consensus values of comparisons by one method or all, with uncertainty, consistency and members",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[CORRELATIONS],
    scope: Scope::Dataset,
    schema: &schema::consensus::SCHEMA,
    parameters: &[
        &[Parameter::new("methods", "names of methods, see `list consensus`, or all").or("[\"all\"]")],
        COLUMNS,
        SETTINGS,
    ],
    plan,
};

/// What [`settings`] understands.
pub(super) const SETTINGS: &[Parameter] = &[
    Parameter::new("probability", "coverage probability of intervals").or("0.95"),
    Parameter::new("significance", "probability at which laboratories stop being consistent").or("0.05"),
    Parameter::new("seed", "seed of Monte Carlo, which the median takes").or("1"),
    Parameter::new("trials", "trials of Monte Carlo").or("1_000_000"),
];

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let (methods, columns) = (methods(section, CONSENSUSES, Consensus::named)?, Columns::read(section)?);
    Ok(Box::new(Agree { methods, columns, settings: settings(section)? }))
}

/// What may be chosen, from the keys of [`SETTINGS`].
///
/// # Errors
/// When a probability does not lie between 0 and 1.
pub(super) fn settings(section: &Section<'_>) -> Result<Settings, DocumentError> {
    let usual = Settings::default();
    let share = |key: &str, usual: f64| match section.number(key)?.unwrap_or(usual) {
        share if share > 0.0 && share < 1.0 => Ok(share),
        share => Err(section.refuse_key(key, &format!("{share} does not lie between 0 and 1"))),
    };
    Ok(Settings {
        confidence: share("probability", usual.confidence)?,
        significance: share("significance", usual.significance)?,
        seed: section.count("seed")?.map_or(usual.seed, |seed| seed as u64),
        trials: section.count("trials")?.unwrap_or(usual.trials).max(1),
    })
}

/// The keys of [`SETTINGS`] as they were meant.
pub(super) fn settings_toml(settings: &Settings) -> String {
    let Settings { confidence, significance, seed, trials } = settings;
    format!("probability = {confidence:?}\nsignificance = {significance:?}\nseed = {seed}\ntrials = {trials}\n")
}

struct Agree {
    methods: Vec<&'static Consensus>,
    columns: Columns,
    settings: Settings,
}

impl Analysis for Agree {
    fn parameters(&self) -> String {
        let methods: Vec<String> = self.methods.iter().map(|method| format!("\"{}\"", method.name)).collect();
        let (columns, settings) = (self.columns.toml(), settings_toml(&self.settings));
        format!("methods = [{}]\n{columns}{settings}", methods.join(", "))
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for point in &points {
            let (point, without) = point.weighed();
            findings.extend(without);
            match point.compared(input.beside[0]) {
                Ok(comparison) => findings.extend(self.agree(&mut rows, &point, &comparison)),
                Err(finding) => findings.push(finding),
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Agree {
    /// The rows of a point, and what is to be said of its laboratories.
    fn agree(&self, rows: &mut Rows, point: &Point, comparison: &Comparison) -> Vec<Finding> {
        let mut findings = Vec::new();
        for method in &self.methods {
            match method.of(comparison, &self.settings) {
                Ok(reference) => self.push(rows, point, method, &reference),
                Err(error) => findings.push(no_consensus(&error).about(point.subject())),
            }
        }
        findings.extend(self.inconsistent(comparison).map(|finding| finding.about(point.subject())));
        findings
    }

    fn push(&self, rows: &mut Rows, point: &Point, method: &Consensus, found: &Reference) {
        let members = point.laboratories.iter().zip(&found.members).filter(|(_, member)| **member);
        let members: Vec<&str> = members.map(|(laboratory, _)| laboratory.name.as_str()).collect();
        let knows_tau = found.tau > 0.0 || found.hartung_knapp.is_some();
        let [low_hk, high_hk] = found.hartung_knapp.unwrap_or([f64::NAN; 2]);
        let row: [Cell; 17] = [
            point.comparison.as_str().into(),
            point.point.as_str().into(),
            method.name.into(),
            found.value.into(),
            found.u.into(),
            point.unit.as_str().into(),
            if knows_tau { found.tau } else { f64::NAN }.into(),
            found.chi_squared.into(),
            (found.dof as f64).into(),
            found.p_value.into(),
            found.birge_ratio().into(),
            members.join(" ").into(),
            self.settings.confidence.into(),
            found.interval[0].into(),
            found.interval[1].into(),
            low_hk.into(),
            high_hk.into(),
        ];
        rows.push(row);
    }

    /// That the laboratories contradict each other.
    fn inconsistent(&self, comparison: &Comparison) -> Option<Finding> {
        let mean = Consensus::named("weighted-mean").expect("it is in the table");
        let found = mean.of(comparison, &self.settings).ok()?;
        let Reference { chi_squared, dof, p_value, .. } = found;
        let finding = Finding::new(
            Severity::Warning,
            "inconsistent",
            format!("χ² of all laboratories is {chi_squared:.2} at {dof} degrees of freedom (p = {p_value:.2e})"),
            "they differ by more than they state, and the uncertainty of the weighted mean is too small",
            "find which budget lacks a part; until then take a value that knows a spread between laboratories",
        );
        (p_value < self.settings.significance).then_some(finding)
    }
}

/// That a method has no value for a point.
pub(super) fn no_consensus(error: &dyn std::fmt::Display) -> Finding {
    Finding::new(
        Severity::Note,
        "no-consensus",
        format!("failed to {error}"),
        "there is no value by this method",
        "take another method, see `list consensus`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::op::laboratories::tests::point;
    use crate::op::planned;

    fn agree(methods: &[&str]) -> Agree {
        let document = Document::parse("", "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let methods = methods.iter().map(|name| Consensus::named(name).unwrap()).collect();
        Agree { methods, columns: Columns::read(&section).unwrap(), settings: settings(&section).unwrap() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "methods = \"median\"", plan).unwrap().parameters();
        assert_eq!(
            parameters,
            "methods = [\"median\"]\nlaboratory = \"laboratory\"\nvalue = \"value\"\nleave_out = []\nprobability = 0.95\n\
             significance = 0.05\nseed = 1\ntrials = 1000000\n"
        );
        assert_eq!(planned(&OP, &parameters, plan).unwrap().parameters(), parameters);
        assert!(planned(&OP, "", plan).unwrap().parameters().contains("\"hierarchical-bayes\""));
        assert!(
            planned(&OP, "methods = [\"mandel-paul\"]", plan).err().unwrap().contains("did you mean `mandel-paule`")
        );
        assert!(planned(&OP, "methods = []", plan).err().unwrap().contains("name at least one"));
        assert!(planned(&OP, "probability = 95", plan).err().unwrap().contains("does not lie between 0 and 1"));
    }

    #[test]
    fn members_are_named_and_contradictions_remarked() {
        let point = point(&[(1.0, 0.1), (1.05, 0.1), (3.0, 0.1)]);
        let mut rows = Rows::of(OP.schema);
        let agree = agree(&["largest-consistent-subset", "weighted-mean"]);
        let findings = agree.agree(&mut rows, &point, &point.compared(None).unwrap());
        let table = rows.table();
        assert_eq!(table.texts("members").unwrap(), ["a b", "a b c"]);
        assert!(table.floats("tau").unwrap().iter().all(|tau| tau.is_nan()));
        assert_eq!((findings.len(), &*findings[0].code, &*findings[0].subject), (1, "inconsistent", "c p"));
    }

    #[test]
    fn a_method_that_takes_more_laboratories_is_remarked() {
        let point = point(&[(1.0, 0.1)]);
        let mut rows = Rows::of(OP.schema);
        let findings = agree(&["mandel-paule"]).agree(&mut rows, &point, &point.compared(None).unwrap());
        assert_eq!((rows.table().rows(), &*findings[0].code), (0, "no-consensus"));
        assert!(findings[0].seen.contains("mandel-paule"), "{}", findings[0]);
    }
}
