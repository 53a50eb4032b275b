//! Robust means of comparisons.

use super::laboratories::{COLUMNS, Columns, methods};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::robust::{ROBUSTS, Robust};

/// Robust means and standard deviations, by every method that is asked for.
pub(super) static OP: Op = Op {
    name: "robust",
    title: "robust means and standard deviations of comparisons: Algorithm A with either constants, Q/Hampel, medians",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::robust::SCHEMA,
    parameters: &[
        &[Parameter::new("methods", "names of robust means, see `list consensus`, or all").or("[\"all\"]")],
        COLUMNS,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Means { methods: methods(section, ROBUSTS, Robust::named)?, columns: Columns::read(section)? }))
}

struct Means {
    methods: Vec<&'static Robust>,
    columns: Columns,
}

impl Analysis for Means {
    fn parameters(&self) -> String {
        let methods: Vec<String> = self.methods.iter().map(|method| format!("\"{}\"", method.name)).collect();
        format!("methods = [{}]\n{}", methods.join(", "), self.columns.toml())
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for point in &points {
            let values: Vec<f64> = point.laboratories.iter().map(|laboratory| laboratory.value).collect();
            for method in &self.methods {
                let Some(found) = method.of(&values) else { continue };
                let row: [Cell; 8] = [
                    point.comparison.as_str().into(),
                    point.point.as_str().into(),
                    method.name.into(),
                    found.value.into(),
                    found.u().into(),
                    found.standard_deviation.into(),
                    (found.laboratories as i64).into(),
                    point.unit.as_str().into(),
                ];
                rows.push(row);
            }
            findings.extend((values.len() < 2).then(|| alone().about(point.subject())));
        }
        Ok((rows.table(), findings))
    }
}

fn alone() -> Finding {
    Finding::new(
        Severity::Note,
        "one-laboratory",
        "there are fewer than two laboratories",
        "they have no robust mean",
        "wait for more results, or join points that belong together",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let of = |text: &str| {
            let document = Document::parse(text, "a.toml").unwrap();
            let section = document.section().checked("the step", OP.parameters).unwrap();
            plan(&section).map(|analysis| analysis.parameters()).map_err(|error| error.to_string())
        };
        let parameters = of("").unwrap();
        assert!(parameters.starts_with("methods = [\"algorithm-a\", "), "{parameters}");
        assert_eq!(of(&parameters).unwrap(), parameters);
        assert!(of("methods = \"algorithm-b\"").unwrap_err().contains("did you mean `algorithm-a`"));
    }
}
