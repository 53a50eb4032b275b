//! Youden's pairs of similar samples.

use super::laboratories::{COLUMNS, Columns, Laboratory, Point};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::score::{Pair, Youden, youden};

/// Where laboratories stand in the plane of two samples.
pub(super) static OP: Op = Op {
    name: "youden",
    title: "two similar samples at each laboratory: own offsets, repeatability, outliers and mix-ups",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::youden::SCHEMA,
    parameters: &[
        &[
            Parameter::new("samples", "the two points of a comparison that make the pair; the first two if left out")
                .or("[]"),
            Parameter::new("significance", "probability at which a laboratory stands apart").or("0.05"),
        ],
        COLUMNS,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let samples: Vec<String> = section.texts("samples")?.into_iter().map(|(_, word)| word).collect();
    if !samples.is_empty() && samples.len() != 2 {
        return Err(section.refuse_key("samples", "name two points, as [\"a\", \"b\"]"));
    }
    let significance = section.positive("significance")?.unwrap_or(0.05);
    Ok(Box::new(Pairs { samples, significance, columns: Columns::read(section)? }))
}

struct Pairs {
    samples: Vec<String>,
    significance: f64,
    columns: Columns,
}

impl Analysis for Pairs {
    fn parameters(&self) -> String {
        let samples: Vec<String> = self.samples.iter().map(|sample| format!("{sample:?}")).collect();
        let (samples, columns) = (samples.join(", "), self.columns.toml());
        format!("samples = [{samples}]\nsignificance = {:?}\n{columns}", self.significance)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.columns.points(input, unit)?;
        let mut rows = Rows::of(OP.schema);
        for comparison in comparisons(&points) {
            match self.pair(&comparison) {
                Some([a, b]) => findings.extend(self.assess(&mut rows, a, b)),
                None => findings.push(no_pair().about(&comparison[0].comparison)),
            }
        }
        Ok((rows.table(), findings))
    }
}

/// The points of each comparison.
fn comparisons(points: &[Point]) -> Vec<Vec<&Point>> {
    let mut comparisons: Vec<Vec<&Point>> = Vec::new();
    for point in points {
        match comparisons.iter_mut().find(|known| known[0].comparison == point.comparison) {
            Some(known) => known.push(point),
            None => comparisons.push(vec![point]),
        }
    }
    comparisons
}

impl Pairs {
    /// The two samples, in one unit.
    fn pair<'a>(&self, points: &[&'a Point]) -> Option<[&'a Point; 2]> {
        let named = |name: &String| points.iter().find(|point| point.point == *name).copied();
        let pair = match self.samples.as_slice() {
            [a, b] => [named(a)?, named(b)?],
            _ => [*points.first()?, *points.get(1)?],
        };
        (pair[0].unit == pair[1].unit).then_some(pair)
    }

    fn assess(&self, rows: &mut Rows, a: &Point, b: &Point) -> Vec<Finding> {
        let in_b = |first: &Laboratory| b.laboratories.iter().find(|second| second.name == first.name);
        let both: Vec<(&Laboratory, &Laboratory)> =
            a.laboratories.iter().filter_map(|first| Some((first, in_b(first)?))).collect();
        let [of_a, of_b]: [Vec<f64>; 2] =
            [both.iter().map(|(a, _)| a.value).collect(), both.iter().map(|(_, b)| b.value).collect()];
        let Some(found) = youden(&of_a, &of_b) else { return vec![too_few(both.len()).about(&a.comparison)] };
        let mut findings = Vec::new();
        for ((first, second), pair) in both.iter().zip(&found.laboratories) {
            push(rows, [a, b], [first, second], pair, &found);
            let finding = (pair.p_value < self.significance).then(|| apart(&first.name, pair));
            findings.extend(finding.map(|finding| finding.about(&a.comparison)));
        }
        findings
    }
}

fn push(rows: &mut Rows, [a, b]: [&Point; 2], [first, second]: [&Laboratory; 2], pair: &Pair, found: &Youden) {
    let row: [Cell; 14] = [
        a.comparison.as_str().into(),
        a.point.as_str().into(),
        b.point.as_str().into(),
        first.name.as_str().into(),
        first.value.into(),
        second.value.into(),
        a.unit.as_str().into(),
        pair.distance.into(),
        pair.p_value.into(),
        if pair.nearer_exchanged { "yes" } else { "no" }.into(),
        found.correlation.into(),
        found.rank_correlation.into(),
        found.repeatability.into(),
        found.between.into(),
    ];
    rows.push(row);
}

fn apart(laboratory: &str, pair: &Pair) -> Finding {
    let advice = match pair.nearer_exchanged {
        true => "ask whether the two samples were mixed up: exchanged they stand nearer to the others",
        false => "look for an offset where both samples are off alike, for a blunder where one is",
    };
    Finding::new(
        Severity::Warning,
        "stands-apart",
        format!(
            "{laboratory} lies at T² = {:.2} from the means of both samples (p = {:.1e})",
            pair.distance, pair.p_value
        ),
        "chance seldom brings a laboratory so far",
        advice,
    )
}

fn no_pair() -> Finding {
    Finding::new(
        Severity::Warning,
        "no-pair",
        "there are no two points in one unit that make a pair",
        "the comparison has no Youden plot",
        "name two points under `samples`",
    )
}

fn too_few(laboratories: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "too-few",
        format!("{laboratories} laboratories have results for both samples, or results that do not scatter"),
        "it takes four that differ",
        "wait for more results",
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
        let parameters = planned(&OP, "", plan).map(|analysis| analysis.parameters()).unwrap();
        assert_eq!(
            parameters,
            "samples = []\nsignificance = 0.05\nlaboratory = \"laboratory\"\nvalue = \"value\"\nleave_out = []\n"
        );
        assert_eq!(planned(&OP, &parameters, plan).map(|analysis| analysis.parameters()).unwrap(), parameters);
        assert!(
            planned(&OP, "samples = [\"a\"]", plan)
                .map(|analysis| analysis.parameters())
                .unwrap_err()
                .contains("name two points")
        );
    }

    /// Laboratories along the diagonal with one across it, whose samples were mixed up.
    #[test]
    fn exchanged_samples_stand_apart_and_are_asked_for() {
        let values = [0.0, 0.1, -0.1, 0.2, -0.2, 0.05, -0.15, 0.12, 0.01, -0.07];
        let sample = |centre: f64, mixed: f64, name: &str| {
            let results: Vec<(f64, f64)> =
                values.iter().map(|value| (centre + value, 0.1)).chain([(mixed, 0.1)]).collect();
            Point { point: name.into(), ..point(&results) }
        };
        let (a, b) = (sample(10.0, 12.0, "a"), sample(12.0, 10.0, "b"));
        let document = Document::parse("", "a.toml").unwrap();
        let columns = Columns::read(&document.section().checked("the step", OP.parameters).unwrap()).unwrap();
        let pairs = Pairs { samples: Vec::new(), significance: 0.05, columns };
        let points = [a, b];
        let [a, b] = pairs.pair(&comparisons(&points)[0]).unwrap();
        let mut rows = Rows::of(OP.schema);
        let findings = pairs.assess(&mut rows, a, b);
        assert_eq!((findings.len(), rows.table().rows()), (1, 11));
        assert!(findings[0].seen.starts_with("k lies") && findings[0].advice.contains("mixed up"), "{}", findings[0]);
    }
}
