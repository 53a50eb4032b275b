//! Results of a sensor beside each other.

use super::lines::{OTHER, Results, SHARED, results, shared};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::compare::{Comparison, compare};

/// Every two results of a sensor, line by line.
pub(super) static OP: Op = Op {
    name: "compare",
    title: "results of a sensor by several methods, or of two records, beside each other: differences and E_n",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[OTHER],
    scope: Scope::Dataset,
    schema: &schema::comparison::SCHEMA,
    parameters: &[&[SHARED]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Compare { shared: shared(section)? }))
}

struct Compare {
    shared: f64,
}

impl Analysis for Compare {
    fn parameters(&self) -> String {
        format!("shared = {:?}\n", self.shared)
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for sensor in results(&input.dataset.table()?, input.beside[0]) {
            let pairs = self.pairs(&sensor);
            pairs.iter().for_each(|pair| pair.push(&mut rows, &sensor.sensor));
            let remarks = pairs.iter().filter_map(Pair::remark).chain(pairs.is_empty().then(alone));
            findings.extend(remarks.map(|finding| finding.about(&sensor.sensor)));
            findings.extend(sensor.overstated(self.shared));
            findings.extend(sensor.findings);
        }
        Ok((rows.table(), findings))
    }
}

/// Two results of a sensor.
struct Pair<'a> {
    names: [&'a str; 2],
    lines: Vec<Comparison>,
}

impl Compare {
    fn pairs<'a>(&self, sensor: &'a Results) -> Vec<Pair<'a>> {
        let later = |(place, (a, one)): (usize, &'a (String, _))| {
            let others = sensor.methods[place + 1..].iter();
            others.map(move |(b, other)| Pair { names: [a, b], lines: compare(one, other, self.shared) })
        };
        sensor.methods.iter().enumerate().flat_map(later).collect()
    }
}

/// Probability of a difference somewhere, by chance, below which results are said to disagree.
const SIGNIFICANCE: f64 = 0.05;

impl Pair<'_> {
    fn push(&self, rows: &mut Rows, sensor: &str) {
        for line in &self.lines {
            let row: [Cell; 11] = [
                sensor.into(),
                line.frequency.into(),
                self.names[0].into(),
                self.names[1].into(),
                line.difference.re.into(),
                line.difference.im.into(),
                line.en.into(),
                line.en_magnitude.into(),
                line.en_phase.into(),
                line.p_value.into(),
                if line.en <= 1.0 { "yes" } else { "no" }.into(),
            ];
            rows.push(row);
        }
    }

    /// That the results disagree by more than the largest of so many differences does by chance, or have no
    /// frequency in common.
    fn remark(&self) -> Option<Finding> {
        let Some(worst) = self.lines.iter().min_by(|a, b| a.p_value.total_cmp(&b.p_value)) else {
            return Some(apart(self.names));
        };
        let [a, b] = self.names;
        let disagree = self.lines.iter().filter(|line| line.en > 1.0).count();
        let finding = Finding::new(
            Severity::Warning,
            "disagree",
            format!(
                "{a} and {b} disagree at {disagree} of {} lines, most at {} Hz: E_n is {:.2} (p = {:.1e})",
                self.lines.len(),
                worst.frequency,
                worst.en,
                worst.p_value
            ),
            "one of the two budgets lacks a part",
            "look at mounting, delay, distortion, and at what the two have in common",
        );
        (worst.p_value * (self.lines.len() as f64) < SIGNIFICANCE).then_some(finding)
    }
}

fn apart([a, b]: [&str; 2]) -> Finding {
    Finding::new(
        Severity::Warning,
        "no-common-frequency",
        format!("{a} and {b} have no frequencies in common"),
        "they can't be compared",
        "take results whose ranges of frequency overlap",
    )
}

fn alone() -> Finding {
    Finding::new(
        Severity::Warning,
        "one-result",
        "there is one result only",
        "there is nothing that it can be compared with",
        "give results by several methods, or a second record as `other`",
    )
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
    }

    /// d = 0.04 with u(d) = √2 · 0.01: d²/u² = 8, so that p = exp(−4) and E_n = √8 / 2.4477.
    #[test]
    fn differences_are_told_with_their_chance() {
        let both = table(&[("a", 50.0, 1.04, 0.01, "h1"), ("a", 50.0, 1.00, 0.01, "h2")]);
        let sensors = results(&both, None);
        let pairs = Compare { shared: 0.0 }.pairs(&sensors[0]);
        let line = pairs[0].lines[0];
        assert!((line.p_value / (-4.0_f64).exp() - 1.0).abs() < 1e-9, "{}", line.p_value);
        assert!((line.en - 8f64.sqrt() / 2.447_747).abs() < 1e-6);
        let finding = pairs[0].remark().unwrap();
        assert!(finding.seen.starts_with("h1 and h2 disagree at 1 of 1 lines, most at 50 Hz"), "{finding}");
        let mut rows = Rows::of(OP.schema);
        pairs[0].push(&mut rows, "a");
        assert_eq!(rows.table().texts("agrees").unwrap(), ["no"]);
    }

    #[test]
    fn every_two_results_make_a_pair() {
        let rows = ["h1", "h2", "hv"].map(|method| ("a", 50.0, 1.0, 0.01, method));
        let sensors = results(&table(&rows), None);
        let names: Vec<_> = Compare { shared: 0.0 }.pairs(&sensors[0]).iter().map(|pair| pair.names).collect();
        assert_eq!(names, [["h1", "h2"], ["h1", "hv"], ["h2", "hv"]]);
    }

    #[test]
    fn results_without_a_common_frequency_are_remarked() {
        let rows = [("h1", 50.0), ("h2", 60.0)].map(|(method, frequency)| ("a", frequency, 1.0, 0.01, method));
        let sensors = results(&table(&rows), None);
        let finding = Compare { shared: 0.0 }.pairs(&sensors[0])[0].remark().unwrap();
        assert_eq!(&*finding.code, "no-common-frequency");
    }
}
