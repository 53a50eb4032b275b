//! Many sensors calibrated at once against a few references.

use super::lines::{Results, results, shared};
use super::{Analysis, Beside, Input, Op, Subject, response};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::compare::{at, own_share};
use sigmatau_dynamic::network::{CoCalibration, NetworkError, Reading, Reference, co_calibrate};
use sigmatau_dynamic::source::{Errors, Source};
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};
use std::collections::{BTreeMap, BTreeSet};

/// Responses of all sensors of a `reading` table, frequency by frequency.
pub(super) static OP: Op = Op {
    name: "network",
    title: "many sensors calibrated at once: responses from readings in common runs with references",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::reading::SCHEMA),
    beside: &[Beside {
        key: Parameter::new("references", "`response` record of the instruments that are references"),
        schema: &schema::response::SCHEMA,
    }],
    scope: Scope::Dataset,
    schema: &schema::response::SCHEMA,
    parameters: &[&[Parameter::new(
        "shared",
        "relative standard uncertainty that all references have in common, as of a standard",
    )
    .or("0.0")]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Network { shared: shared(section)? }))
}

struct Network {
    shared: f64,
}

impl Analysis for Network {
    fn parameters(&self) -> String {
        format!("shared = {:?}\n", self.shared)
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let references = input.beside[0].map(|table| results(table, None)).unwrap_or_default();
        let mut findings: Vec<Finding> = references.iter().flat_map(|known| known.findings.clone()).collect();
        findings.extend(references.iter().filter_map(|known| known.overstated(self.shared)));
        let (single, several): (Vec<Results>, _) = references.into_iter().partition(|known| known.methods.len() == 1);
        findings.extend(several.iter().map(|known: &Results| not_single().about(&known.sensor)));
        let known = single.into_iter().flat_map(|known| {
            let Results { sensor, methods, .. } = known;
            methods.into_iter().map(move |(_, response)| (sensor.clone(), response))
        });
        let (table, remarks) = self.assess(&input.dataset.table()?, &known.collect());
        Ok((table, findings.into_iter().chain(remarks).collect()))
    }
}

fn not_single() -> Finding {
    Finding::new(
        Severity::Warning,
        "several-results",
        "there are results of the reference by several methods",
        "none is to be preferred, and it is calibrated as if it were a sensor",
        "merge them first",
    )
}

/// What is known of the references, by name.
type Known = BTreeMap<String, Response>;

impl Network {
    fn assess(&self, readings: &Table, known: &Known) -> (Table, Vec<Finding>) {
        let stages = Stage::all(readings);
        let found: Vec<_> = stages.par_iter().map(|stage| self.calibrate(stage, known)).collect();
        let mut lines: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
        let mut findings = Vec::new();
        for (stage, found) in stages.iter().zip(found) {
            findings.extend(stage.beyond(known));
            match found {
                Ok((sensors, calibration)) => {
                    for (sensor, line) in sensors.iter().zip(calibration.lines(stage.frequency)) {
                        lines.entry(sensor).or_default().extend(line.value.is_finite().then_some(line));
                    }
                    findings.extend(calibration.findings.into_iter().map(|finding| stage.whose(finding, &sensors)));
                }
                Err(error) => findings.push(stage.not_assessable(&error)),
            }
        }
        let mut rows = Rows::of(OP.schema);
        for (sensor, lines) in lines {
            response::push(&mut rows, sensor, &Response { lines, ..Response::default() }, "network");
        }
        (rows.table(), findings)
    }

    /// The sensors of one frequency with their calibration.
    fn calibrate<'a>(&self, stage: &'a Stage, known: &Known) -> Result<(Vec<&'a str>, CoCalibration), NetworkError> {
        let mut references = Vec::new();
        let mut own = Vec::new();
        let mut sensors = Vec::new();
        for (name, readings) in &stage.instruments {
            match known.get(name).map(|response| at(response, stage.frequency)) {
                Some(Some(line)) => {
                    own.push(own_share(&line, self.shared).times(line.value.inv()));
                    references.push(Reference { name: name.clone(), response: line.value, readings: readings.clone() });
                }
                Some(None) => {} // told by `Stage::beyond`
                None => sensors.push((name.as_str(), readings.clone())),
            }
        }
        let (names, readings): (Vec<&str>, Vec<Vec<Reading>>) = sensors.into_iter().unzip();
        Ok((names, co_calibrate("network", &references, &self.errors(&own), &readings)?))
    }

    /// The errors of the references: their own, and those of the standard that they have in common.
    fn errors(&self, own: &[Bivariate]) -> Errors {
        let mut errors = Errors::independent("references", own);
        let parts = [("magnitude", Complex64::new(self.shared, 0.0)), ("argument", Complex64::new(0.0, self.shared))];
        for (axis, part) in parts {
            errors.add_source(Source::new("standard", axis), (0..own.len()).map(|place| (place, part)));
        }
        errors
    }
}

/// The readings at one frequency.
struct Stage {
    frequency: f64,
    /// The runs as they are numbered in the table.
    runs: Vec<i64>,
    instruments: BTreeMap<String, Vec<Reading>>,
}

impl Stage {
    /// The readings of every frequency, from low to high.
    fn all(table: &Table) -> Vec<Self> {
        let frequencies = table.floats("frequency_hz").expect("the schema has it");
        let mut rows: Vec<usize> = (0..table.rows()).collect();
        rows.sort_by(|a, b| frequencies[*a].total_cmp(&frequencies[*b]));
        let same = rows.chunk_by(|a, b| frequencies[*a] == frequencies[*b]);
        same.map(|rows| Self::of(frequencies[rows[0]], rows, table)).collect()
    }

    fn of(frequency: f64, rows: &[usize], table: &Table) -> Self {
        let number = |name| table.floats(name).expect("the schema has it");
        let [real, imaginary, u] = ["real", "imag", "u"].map(number);
        let run = table.integers("run").expect("the schema has it");
        let names = table.texts("instrument").expect("the schema has it");
        let distinct: BTreeSet<i64> = rows.iter().map(|row| run[*row]).collect();
        let runs: Vec<i64> = distinct.into_iter().collect();
        let mut instruments: BTreeMap<String, Vec<Reading>> = BTreeMap::new();
        for row in rows.iter().copied() {
            let value = Complex64::new(real[row], imaginary[row]);
            let place = runs.partition_point(|known| *known < run[row]);
            let reading = Reading { run: place, value, covariance: Bivariate::circular(u[row] * u[row]) };
            instruments.entry(names[row].clone()).or_default().push(reading);
        }
        Self { frequency, runs, instruments }
    }

    /// The finding with the frequency, about a sensor by its name.
    fn whose(&self, finding: Finding, sensors: &[&str]) -> Finding {
        let place = finding.subject.strip_prefix("sensor ").and_then(|place| place.parse::<usize>().ok());
        let subject = place.and_then(|place| sensors.get(place)).map_or(finding.subject.as_str(), |name| *name);
        let subject = format!("{subject} at {} Hz", self.frequency).trim_start().to_owned();
        finding.about(subject)
    }

    /// The remark that a reference is not known at this frequency.
    fn beyond(&self, known: &Known) -> Option<Finding> {
        let unknown = |name: &&String| known.get(*name).is_some_and(|response| at(response, self.frequency).is_none());
        let name = self.instruments.keys().find(unknown)?;
        let finding = Finding::new(
            Severity::Warning,
            "reference-not-known",
            "the response of the reference does not reach to this frequency",
            "its readings are left out",
            "calibrate it there, or leave the frequency out",
        );
        Some(finding.about(format!("{name} at {} Hz", self.frequency)))
    }

    fn not_assessable(&self, error: &NetworkError) -> Finding {
        let seen = match error {
            NetworkError::Run(place) => format!("no reference has a usable reading in run {}", self.runs[*place]),
            error => format!("failed to {error}"),
        };
        let finding = Finding::new(
            Severity::Failure,
            "not-assessable",
            seen,
            "there are no responses at this frequency",
            "give each run a reference with one result at this frequency and a noise above 0",
        );
        finding.about(format!("{} Hz", self.frequency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::lines::tests::table as responses;
    use crate::op::planned;
    use sigmatau_data::schema::Cell;

    /// Readings of (run, instrument, value) at 50 Hz with a noise of 1e-6.
    fn readings(rows: &[(i64, &str, f64)]) -> Table {
        let mut grown = Rows::of(&schema::reading::SCHEMA);
        for (run, instrument, value) in rows {
            let row: [Cell; 6] =
                [50.0.into(), (*run).into(), (*instrument).into(), (*value).into(), 0.0.into(), 1e-6.into()];
            grown.push(row);
        }
        grown.table()
    }

    fn known(rows: &[(&str, f64, f64)]) -> Known {
        let rows: Vec<_> = rows.iter().map(|(name, value, u)| (*name, 50.0, *value, *u, "h1")).collect();
        let known = results(&responses(&rows), None).into_iter();
        known.map(|mut one| (one.sensor, one.methods.remove(0).1)).collect()
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        assert_eq!(planned(&OP, "", plan).unwrap().parameters(), "shared = 0.0\n");
        assert_eq!(planned(&OP, "shared = 1e-3", plan).unwrap().parameters(), "shared = 0.001\n");
    }

    /// A reference of 2 ± 0.002 reads 4: the excitation is 2, and a sensor that reads 6 has 3 ± 0.003.
    #[test]
    fn a_sensor_takes_over_the_error_of_its_reference() {
        let table = readings(&[(1, "R", 4.0), (1, "s", 6.0)]);
        let (table, findings) = Network { shared: 0.0 }.assess(&table, &known(&[("R", 2.0, 0.002)]));
        let column = |name| table.floats(name).unwrap()[0];
        assert!((column("real") - 3.0).abs() < 1e-12 && (column("u_real") / 0.003 - 1.0).abs() < 1e-5);
        assert_eq!((table.texts("sensor").unwrap(), findings.len()), (&["s".to_owned()][..], 0));
    }

    /// Two references of independent errors halve the variance, but not that of their standard.
    #[test]
    fn a_standard_in_common_does_not_average_out() {
        let table = readings(&[(0, "R", 1.0), (0, "S", 1.0), (0, "s", 1.0)]);
        let known = known(&[("R", 1.0, 0.002), ("S", 1.0, 0.002)]);
        let u = |shared| Network { shared }.assess(&table, &known).0.floats("u_real").unwrap()[0];
        assert!((u(0.0) / (0.002 / 2f64.sqrt()) - 1.0).abs() < 1e-5);
        let own: f64 = 0.002f64.powi(2) - 0.001f64.powi(2);
        assert!((u(0.001) / (0.5 * own + 0.001f64.powi(2)).sqrt() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn an_outlying_reference_is_named() {
        let table = readings(&[(0, "R", 1.0), (0, "S", 1.0), (0, "T", 1.01), (0, "s", 1.0)]);
        let known = known(&[("R", 1.0, 0.001), ("S", 1.0, 0.001), ("T", 1.0, 0.001)]);
        let findings = Network { shared: 0.0 }.assess(&table, &known).1;
        assert_eq!((&*findings[0].code, findings[0].subject.as_str()), ("reference-deviates", "T at 50 Hz"));
    }

    #[test]
    fn a_reference_that_is_not_known_at_the_frequency_is_left_out() {
        let mut known = known(&[("R", 1.0, 0.001), ("S", 1.0, 0.001)]);
        known.get_mut("S").unwrap().lines[0].frequency = 60.0;
        let table = readings(&[(0, "R", 1.0), (0, "S", 7.0), (0, "s", 1.0)]);
        let (table, findings) = Network { shared: 0.0 }.assess(&table, &known);
        assert_eq!((table.rows(), findings[0].subject.as_str()), (1, "S at 50 Hz"));
    }

    #[test]
    fn a_run_without_reference_and_a_lost_sensor_are_named_as_in_the_table() {
        let network = Network { shared: 0.0 };
        let known = known(&[("R", 1.0, 0.001)]);
        let findings = network.assess(&readings(&[(3, "R", 1.0), (7, "s", 1.0)]), &known).1;
        assert!(findings[0].seen.contains("in run 7"), "{}", findings[0]);
        let (table, findings) = network.assess(&readings(&[(3, "R", 1.0), (3, "s", 0.0)]), &known);
        assert_eq!((table.rows(), &*findings[0].code, findings[0].subject.as_str()), (0, "no-signal", "s at 50 Hz"));
    }
}
