//! Several results of a sensor as one.

use super::lines::{OTHER, Results, SHARED, results, shared};
use super::{Analysis, Input, Op, Subject, response};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::Response;
use sigmatau_dynamic::merge::{Merged, merge};

/// Results of every sensor by several methods, or of two records, as one response.
pub(super) static OP: Op = Op {
    name: "merge",
    title: "results of a sensor by several methods as one response, weighted by covariance, where they agree",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[OTHER],
    scope: Scope::Dataset,
    schema: &schema::response::SCHEMA,
    parameters: &[&[SHARED]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Merge { shared: shared(section)? }))
}

struct Merge {
    shared: f64,
}

impl Analysis for Merge {
    fn parameters(&self) -> String {
        format!("shared = {:?}\n", self.shared)
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for sensor in results(&input.dataset.table()?, input.beside[0]) {
            let merged = self.merged(&sensor);
            response::push(&mut rows, &sensor.sensor, &merged.response, "merged");
            findings.extend(remarks(&sensor, &merged));
            findings.extend(sensor.overstated(self.shared));
            findings.extend(sensor.findings);
        }
        Ok((rows.table(), findings))
    }
}

impl Merge {
    fn merged(&self, sensor: &Results) -> Merged {
        let named: Vec<(&str, &Response)> = sensor.methods.iter().map(|(name, result)| (&**name, result)).collect();
        merge(&named, self.shared)
    }
}

fn remarks(sensor: &Results, merged: &Merged) -> Option<Finding> {
    let finding = if sensor.methods.len() == 1 { Some(alone(sensor)) } else { inconsistent(merged) };
    finding.map(|finding| finding.about(&sensor.sensor))
}

fn alone(sensor: &Results) -> Finding {
    Finding::new(
        Severity::Note,
        "one-result",
        format!("there is one result, by {}", sensor.methods[0].0),
        "it stands in the record as it is",
        "give results by several methods, or a second record as `other`",
    )
}

/// That results contradict each other, with the frequency where they do most.
fn inconsistent(merged: &Merged) -> Option<Finding> {
    let worst = merged.consistency.iter().min_by(|a, b| a.probability.total_cmp(&b.probability))?;
    let (lost, all) = (merged.consistency.len() - merged.response.lines.len(), merged.consistency.len());
    let finding = Finding::new(
        Severity::Warning,
        "inconsistent",
        format!(
            "{lost} of {all} lines, most at {} Hz: {} give a chi-square of {:.1} at {} degrees of freedom (p = {:.1e}, of {all} frequencies q = {:.1e})",
            worst.frequency,
            worst.results.join(", "),
            worst.chi_squared,
            worst.dof,
            worst.probability,
            worst.q_value
        ),
        "there the results contradict each other by more than their uncertainties, and no merged line is given",
        "find the method whose budget lacks a part: mounting, transverse motion, delay, distortion",
    );
    (lost > 0).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::lines::tests::table;
    use crate::op::planned;

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        assert_eq!(planned(&OP, "", plan).unwrap().parameters(), "shared = 0.0\n");
        assert_eq!(planned(&OP, "shared = 1e-3", plan).unwrap().parameters(), "shared = 0.001\n");
        assert!(planned(&OP, "shared = -1", plan).err().unwrap().contains("must not be negative"));
    }

    /// (1.00/0.01² + 1.05/0.02²)/(1/0.01² + 1/0.02²) = 1.01, u² = 8e-5.
    #[test]
    fn two_methods_make_their_weighted_mean() {
        let both = table(&[("a", 50.0, 1.00, 0.01, "sine-fit"), ("a", 50.0, 1.05, 0.02, "h1")]);
        let merged = Merge { shared: 0.0 }.merged(&results(&both, None)[0]);
        let line = merged.response.lines[0];
        assert!((line.value.re - 1.01).abs() < 1e-12 && (line.covariance.real - 8e-5).abs() < 1e-12);
    }

    #[test]
    fn a_second_record_is_merged_under_a_name_of_its_own() {
        let [mine, theirs] = [1.0, 1.01].map(|value| table(&[("a", 50.0, value, 0.01, "h1")]));
        let sensors = results(&mine, Some(&theirs));
        let names: Vec<&str> = sensors[0].methods.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["h1", "other h1"]);
        assert!((Merge { shared: 0.0 }.merged(&sensors[0]).response.lines[0].value.re - 1.005).abs() < 1e-12);
    }

    #[test]
    fn contradicting_lines_are_left_out_with_a_warning() {
        let rows = [("h1", 1.0), ("h2", 1.2)].map(|(method, value)| ("a", 50.0, value, 0.01, method));
        let sensor = &results(&table(&rows), None)[0];
        let merged = Merge { shared: 0.0 }.merged(sensor);
        let finding = remarks(sensor, &merged).unwrap();
        assert_eq!((merged.response.lines.len(), &*finding.code), (0, "inconsistent"));
        assert_eq!((finding.severity, finding.subject.as_str()), (Severity::Warning, "a"));
        assert!(
            finding.seen.starts_with("1 of 1 lines, most at 50 Hz: h1, h2 give a chi-square of 200.0"),
            "{finding}"
        );
    }

    #[test]
    fn lines_without_weight_and_too_large_a_share_are_remarked() {
        let rows = [("a", 0.0, 1.0, 0.01, "h1"), ("a", 50.0, 1.0, 0.01, "h1"), ("a", 60.0, 1.0, 0.0, "h1")];
        let sensor = &results(&table(&rows), None)[0];
        assert_eq!(sensor.methods[0].1.lines.len(), 1);
        assert!(sensor.findings[0].seen.starts_with("2 of 3 lines by h1"), "{}", sensor.findings[0]);
        assert!(sensor.overstated(0.0099).is_none() && sensor.overstated(0.0101).is_some());
    }
}
