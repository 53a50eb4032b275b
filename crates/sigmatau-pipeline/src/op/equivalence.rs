//! Degrees of equivalence of laboratories.

use super::consensus::{SETTINGS, no_consensus, settings, settings_toml};
use super::laboratories::{COLUMNS, CORRELATIONS, Columns, Point};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::consensus::{CONSENSUSES, Comparison, Consensus, Degree, Reference, Settings, bilateral};

/// How far every laboratory is from the consensus value, and on request from every other one.
pub(super) static OP: Op = Op {
    name: "equivalence",
    title: "degrees of equivalence with their uncertainties: of laboratories with the consensus value, or with each other",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[CORRELATIONS],
    scope: Scope::Dataset,
    schema: &schema::equivalence::SCHEMA,
    parameters: &[
        &[
            Parameter::new("method", "method of the consensus value, see `list consensus`")
                .or("\"largest-consistent-subset\""),
            Parameter::new("bilateral", "yes or no: whether laboratories are compared with each other too")
                .or("\"no\""),
            COVERAGE,
        ],
        COLUMNS,
        SETTINGS,
    ],
    plan,
};

/// The coverage factor of expanded uncertainties.
pub(super) const COVERAGE: Parameter =
    Parameter::new("coverage_factor", "coverage factor of expanded uncertainties in the result").or("2.0");

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Equivalence {
        method: CONSENSUSES[section.one_of("method", "method", CONSENSUSES.iter().map(|method| method.name))?],
        bilateral: section.one_of("bilateral", "answer", ["no", "yes"])? == 1,
        coverage: coverage(section)?,
        columns: Columns::read(section)?,
        settings: settings(section)?,
    }))
}

/// The coverage factor under its key.
///
/// # Errors
/// When it is not above 0.
pub(super) fn coverage(section: &Section<'_>) -> Result<f64, DocumentError> {
    section.positive(COVERAGE.name)?.ok_or_else(|| section.missing(COVERAGE.name))
}

struct Equivalence {
    method: &'static Consensus,
    bilateral: bool,
    coverage: f64,
    columns: Columns,
    settings: Settings,
}

impl Analysis for Equivalence {
    fn parameters(&self) -> String {
        let Self { method, bilateral, coverage, columns, settings } = self;
        let bilateral = if *bilateral { "yes" } else { "no" };
        format!(
            "method = \"{}\"\nbilateral = \"{bilateral}\"\ncoverage_factor = {coverage:?}\n{}{}",
            method.name,
            columns.toml(),
            settings_toml(settings)
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        self.columns.compared(input, unit, OP.schema, |rows, point, comparison| self.degrees(rows, point, comparison))
    }
}

impl Equivalence {
    /// The rows of a point; nothing but the finding where it has no consensus value.
    fn degrees(&self, rows: &mut Rows, point: &Point, comparison: &Comparison) -> Vec<Finding> {
        let reference = match self.method.of(comparison, &self.settings) {
            Ok(reference) => reference,
            Err(error) => return vec![no_consensus(&error).about(point.subject())],
        };
        let degrees = reference.degrees(comparison);
        for (place, degree) in degrees.iter().enumerate() {
            self.push(rows, point, &reference, [place, place], degree);
        }
        if self.bilateral {
            for (first, others) in bilateral(comparison).iter().enumerate() {
                let others = others.iter().enumerate().filter(|(second, _)| *second != first);
                others.for_each(|(second, degree)| self.push(rows, point, &reference, [first, second], degree));
            }
        }
        let far = degrees.iter().enumerate().filter(|(_, degree)| degree.e_n(self.coverage).abs() > 1.0);
        far.map(|(place, degree)| self.not_equivalent(point, place, degree)).collect()
    }

    /// The degree of a pair of laboratories; of one with itself that with the consensus value.
    fn push(&self, rows: &mut Rows, point: &Point, found: &Reference, [first, second]: [usize; 2], degree: &Degree) {
        let name = |place: usize| point.laboratories[place].name.as_str();
        let row: [Cell; 11] = [
            point.comparison.as_str().into(),
            point.point.as_str().into(),
            self.method.name.into(),
            name(first).into(),
            if first == second { "" } else { name(second) }.into(),
            degree.difference.into(),
            degree.u.into(),
            (self.coverage * degree.u).into(),
            point.unit.as_str().into(),
            degree.e_n(self.coverage).into(),
            if found.members[first] { "yes" } else { "no" }.into(),
        ];
        rows.push(row);
    }

    fn not_equivalent(&self, point: &Point, place: usize, degree: &Degree) -> Finding {
        let (name, unit) = (&point.laboratories[place].name, &point.unit);
        let finding = Finding::new(
            Severity::Warning,
            "not-equivalent",
            format!(
                "{name} is {:.4e} {unit} from the consensus value, with an expanded uncertainty of {:.2e} {unit} \
                 (E_n {:.2})",
                degree.difference,
                self.coverage * degree.u,
                degree.e_n(self.coverage)
            ),
            "it differs by more than is stated",
            "look for an offset, or for what its budget lacks",
        );
        finding.about(point.subject())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::op::laboratories::tests::point;

    fn planned(text: &str) -> Equivalence {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        Equivalence {
            method: Consensus::named("weighted-mean").unwrap(),
            bilateral: section.one_of("bilateral", "answer", ["no", "yes"]).unwrap() == 1,
            coverage: coverage(&section).unwrap(),
            columns: Columns::read(&section).unwrap(),
            settings: settings(&section).unwrap(),
        }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let of = |text: &str| {
            let document = Document::parse(text, "a.toml").unwrap();
            plan(&document.section().checked("the step", OP.parameters).unwrap()).unwrap().parameters()
        };
        let parameters = of("");
        assert!(
            parameters
                .starts_with("method = \"largest-consistent-subset\"\nbilateral = \"no\"\ncoverage_factor = 2.0\n")
        );
        assert_eq!(of(&parameters), parameters);
    }

    /// u² of a member is u_i² − u_ref², that of a pair u_i² + u_j².
    #[test]
    fn members_share_their_uncertainty_with_the_value_and_pairs_share_nothing() {
        let point = point(&[(1.0, 0.3), (1.5, 0.4)]);
        let mut rows = Rows::of(OP.schema);
        let findings = planned("bilateral = \"yes\"").degrees(&mut rows, &point, &point.compared(None).unwrap());
        let table = rows.table();
        let (u, d) = (table.floats("u").unwrap(), table.floats("d").unwrap());
        let mean = 1.0_f64 / (1.0 / 0.09 + 1.0 / 0.16);
        assert!((u[0] - (0.09 - mean).sqrt()).abs() < 1e-15 && (u[2] - 0.5).abs() < 1e-15);
        assert_eq!((d[2], d[3], table.texts("other").unwrap()[2].as_str()), (-0.5, 0.5, "b"));
        assert_eq!((table.rows(), findings.len()), (4, 0));
    }

    #[test]
    fn a_laboratory_beyond_its_expanded_uncertainty_is_remarked() {
        let point = point(&[(1.0, 0.1), (1.1, 0.1), (2.0, 0.1)]);
        let findings = planned("").degrees(&mut Rows::of(OP.schema), &point, &point.compared(None).unwrap());
        assert!(findings.iter().any(|finding| finding.seen.starts_with("c is ")), "{findings:?}");
    }
}
