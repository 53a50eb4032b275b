//! Homogeneity of the items of comparisons.

use super::laboratories::{COLUMNS, Columns, Point};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::score::{Homogeneity, homogeneity};

/// Whether the items of every comparison are alike.
pub(super) static OP: Op = Op {
    name: "homogeneity",
    title: "replicates of several items: whether the items are alike enough for a comparison",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::homogeneity::SCHEMA,
    parameters: &[
        &[
            Parameter::new("item", "column with the names of the items").or("\"item\""),
            Parameter::new("sigma", "standard deviation for proficiency assessment, in the unit of the values"),
        ],
        // Items have results where laboratories have them in other ops.
        COLUMNS.split_at(1).1,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let sigma = section.positive("sigma")?.ok_or_else(|| section.missing("sigma"))?;
    Ok(Box::new(Items { sigma, columns: Columns::by(section, "item")? }))
}

struct Items {
    sigma: f64,
    columns: Columns,
}

impl Analysis for Items {
    fn parameters(&self) -> String {
        format!("{}sigma = {:?}\n", self.columns.toml(), self.sigma)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for point in &points {
            let remark = self.assess(&mut rows, point);
            findings.extend(remark.map(|finding| finding.about(point.subject())));
        }
        Ok((rows.table(), findings))
    }
}

impl Items {
    fn assess(&self, rows: &mut Rows, point: &Point) -> Option<Finding> {
        let replicates = point.replicates();
        let values: Vec<&[f64]> = replicates.iter().map(|(_, values)| values.as_slice()).collect();
        let Some(found) = homogeneity(&values, self.sigma) else { return Some(unequal()) };
        let answer = |yes: bool| if yes { "yes" } else { "no" };
        let row: [Cell; 14] = [
            point.comparison.as_str().into(),
            point.point.as_str().into(),
            (values.len() as i64).into(),
            (values[0].len() as i64).into(),
            found.mean.into(),
            point.unit.as_str().into(),
            found.within.into(),
            found.between.into(),
            found.hidden.into(),
            found.f.into(),
            found.p_value.into(),
            self.sigma.into(),
            answer(found.sufficient).into(),
            answer(found.sufficient_by_test).into(),
        ];
        rows.push(row);
        (!found.sufficient_by_test).then(|| not_homogeneous(&found, self.sigma))
    }
}

fn not_homogeneous(found: &Homogeneity, sigma: f64) -> Finding {
    Finding::new(
        Severity::Warning,
        "not-homogeneous",
        format!("items differ by a standard deviation of {:.3e}, over 0.3 times {sigma:.3e}", found.between),
        "scores of laboratories tell the items apart as much as the laboratories",
        "prepare the items anew, or add their standard deviation to that for proficiency assessment",
    )
}

fn unequal() -> Finding {
    Finding::new(
        Severity::Warning,
        "unequal-replicates",
        "there are fewer than two items, fewer than two results of each, or not as many of each",
        "nothing is said of their homogeneity",
        "leave out what makes them unequal",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::op::laboratories::tests::point;
    use crate::op::planned;

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "sigma = 0.5", plan).map(|analysis| analysis.parameters()).unwrap();
        assert_eq!(parameters, "item = \"item\"\nvalue = \"value\"\nleave_out = []\nsigma = 0.5\n");
        assert_eq!(planned(&OP, &parameters, plan).map(|analysis| analysis.parameters()).unwrap(), parameters);
        assert!(
            planned(&OP, "", plan).map(|analysis| analysis.parameters()).unwrap_err().contains("needs the key `sigma`")
        );
        assert!(
            planned(&OP, "sigma = 1\nlaboratory = \"x\"", plan)
                .map(|analysis| analysis.parameters())
                .unwrap_err()
                .contains("has no key `laboratory`")
        );
    }

    #[test]
    fn items_that_differ_beyond_the_allowed_share_are_remarked() {
        let mut twice = point(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1), (1.01, 0.1), (2.01, 0.1), (3.01, 0.1)]);
        for (place, name) in ["d", "e", "f"].iter().enumerate() {
            assert_eq!(twice.laboratories[place + 3].name, *name);
            twice.laboratories[place + 3].name = twice.laboratories[place].name.clone();
        }
        let document = Document::parse("", "a.toml").unwrap();
        let columns = || Columns::by(&document.section().checked("the step", OP.parameters).unwrap(), "item").unwrap();
        let assess = |sigma| Items { sigma, columns: columns() }.assess(&mut Rows::of(OP.schema), &twice);
        assert_eq!(&*assess(1.0).unwrap().code, "not-homogeneous");
        assert!(assess(10.0).is_none());
    }
}
