//! Mandel's statistics of laboratories with replicates.

use super::laboratories::{COLUMNS, Columns, Point};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::score::{consistency, critical_h, critical_k};

/// h and k of every laboratory with their critical values.
pub(super) static OP: Op = Op {
    name: "consistency",
    title: "Mandel's h and k of laboratories with replicates: which lies apart, which repeats worse",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::consistency::SCHEMA,
    parameters: &[
        &[Parameter::new("significance", "probability at which chance exceeds the critical values").or("0.01")],
        COLUMNS,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let significance = section.positive("significance")?.unwrap_or(0.01);
    Ok(Box::new(Mandel { significance, columns: Columns::read(section)? }))
}

struct Mandel {
    significance: f64,
    columns: Columns,
}

impl Analysis for Mandel {
    fn parameters(&self) -> String {
        format!("significance = {:?}\n{}", self.significance, self.columns.toml())
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for point in &points {
            let remarks = self.assess(&mut rows, point).into_iter();
            findings.extend(remarks.map(|finding| finding.about(point.subject())));
        }
        Ok((rows.table(), findings))
    }
}

impl Mandel {
    fn assess(&self, rows: &mut Rows, point: &Point) -> Vec<Finding> {
        let replicates = point.replicates();
        let values: Vec<&[f64]> = replicates.iter().map(|(_, values)| values.as_slice()).collect();
        let Some(found) = consistency(&values) else { return vec![unequal()] };
        let count = values[0].len();
        let (most_h, most_k) =
            (critical_h(values.len(), self.significance), critical_k(values.len(), count, self.significance));
        let mut findings = Vec::new();
        for ((name, values), (h, k)) in replicates.iter().zip(found.h.iter().zip(&found.k)) {
            let row: [Cell; 11] = [
                point.comparison.as_str().into(),
                point.point.as_str().into(),
                (*name).into(),
                (count as i64).into(),
                (values.iter().sum::<f64>() / count as f64).into(),
                point.unit.as_str().into(),
                (*h).into(),
                most_h.into(),
                (*k).into(),
                most_k.into(),
                self.significance.into(),
            ];
            rows.push(row);
            findings.extend((h.abs() > most_h).then(|| lies_apart(name, *h, most_h)));
            findings.extend((*k > most_k).then(|| repeats_worse(name, *k, most_k)));
        }
        findings
    }
}

fn lies_apart(laboratory: &str, h: f64, most: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "lies-apart",
        format!("{laboratory} has h = {h:.2}, critical is {most:.2}"),
        "its mean lies apart from those of the others",
        "look for an offset of the laboratory",
    )
}

fn repeats_worse(laboratory: &str, k: f64, most: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "repeats-worse",
        format!("{laboratory} has k = {k:.2}, critical is {most:.2}"),
        "its results scatter more than those of the others",
        "look for a blunder in one result, or for what disturbs the laboratory",
    )
}

fn unequal() -> Finding {
    Finding::new(
        Severity::Warning,
        "unequal-replicates",
        "there are fewer than three laboratories, fewer than two results of each, or not as many of each",
        "h and k are not defined",
        "leave out what makes them unequal",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::op::laboratories::tests::point;

    fn mandel(text: &str) -> Mandel {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let significance = section.positive("significance").unwrap().unwrap();
        Mandel { significance, columns: Columns::read(&section).unwrap() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = mandel("").parameters();
        assert_eq!(parameters, "significance = 0.01\nlaboratory = \"laboratory\"\nvalue = \"value\"\nleave_out = []\n");
        assert_eq!(mandel(&parameters).parameters(), parameters);
    }

    #[test]
    fn a_laboratory_apart_and_one_that_scatters_are_remarked() {
        let values = [(1.0, 1.1), (1.1, 1.0), (1.0, 0.9), (0.9, 1.0), (1.05, 1.0), (1.0, 1.08), (4.0, 4.1), (0.0, 2.0)];
        let mut point = point(&values.map(|(first, _)| (first, 0.1)));
        let second = point.laboratories.iter().cloned().zip(values);
        let second: Vec<_> =
            second.map(|(lab, (_, value))| super::super::laboratories::Laboratory { value, ..lab }).collect();
        point.laboratories.extend(second);
        let findings = mandel("").assess(&mut Rows::of(OP.schema), &point);
        let codes: Vec<_> = findings.iter().map(|finding| (&*finding.code, &finding.seen[..1])).collect();
        assert_eq!(codes, [("lies-apart", "g"), ("repeats-worse", "h")]);
        point.laboratories.pop();
        assert_eq!(&*mandel("").assess(&mut Rows::of(OP.schema), &point)[0].code, "unequal-replicates");
    }
}
