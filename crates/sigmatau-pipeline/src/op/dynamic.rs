//! Stability that changes with time: windows along every series.

use super::stability::{self, Rows, settings, written};
use super::{Analysis, Input, Op, Subject, clock};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::Settings;
use sigmatau_stability::dynamic::{Slice, Surface, WindowError, Windows, surface};

/// The dynamic Allan deviation and its kin, for every series of the dataset.
pub(super) static OP: Op = Op {
    name: "dynamic-stability",
    title: "dynamic stability: deviations with interval in windows along the record, over time and averaging time",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::dynamic::SCHEMA,
    parameters: &[
        stability::PARAMETERS,
        &[
            Parameter::new("window", "length of a window in s"),
            Parameter::new("step", "from one window to the next in s"),
        ],
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let seconds = |key| section.positive(key)?.ok_or_else(|| section.missing(key));
    Ok(Box::new(Dynamic { settings: settings(section)?, window: seconds("window")?, step: seconds("step")? }))
}

struct Dynamic {
    settings: Settings,
    window: f64,
    step: f64,
}

impl Analysis for Dynamic {
    fn parameters(&self) -> String {
        format!("{}window = {}\nstep = {}\n", written(&self.settings), self.window, self.step)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let surfaces: Vec<Surface> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let mut findings = Vec::new();
        for (clock, surface) in clocks.iter().zip(&surfaces) {
            findings.extend(clock.findings.iter().cloned());
            findings.extend(surface.findings.iter().map(|finding| finding.clone().about(&clock.name)));
        }
        Ok((self.table(&clocks, &surfaces), findings))
    }
}

impl Dynamic {
    /// The surface of one clock; none where its data were refused while they were read.
    fn assess(&self, clock: &ClockSeries) -> Surface {
        let only = |findings| Surface { slices: Vec::new(), findings };
        let data = match clock::data(clock) {
            Ok(data) => data,
            Err(findings) => return only(findings),
        };
        match Windows::new(self.window, self.step, clock.tau0) {
            Ok(windows) => surface(&data, windows, &self.settings),
            Err(error) => only(vec![no_windows(&error)]),
        }
    }

    fn table(&self, clocks: &[ClockSeries], surfaces: &[Surface]) -> Table {
        let (mut rows, mut times) = (Rows::default(), Vec::new());
        let named = clocks.iter().zip(surfaces);
        for (clock, Slice { time, points }) in
            named.flat_map(|(clock, all)| all.slices.iter().map(move |one| (clock, one)))
        {
            points.iter().for_each(|point| rows.push(&clock.name, point, &self.settings));
            times.extend(std::iter::repeat_n(*time, points.len()));
        }
        let mut columns = rows.table().columns().to_vec();
        columns.push(Column::float("time_s", Measure::SECOND, times));
        Table::new(columns).expect("every point has a time")
    }
}

fn no_windows(error: &WindowError) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-windows",
        format!("failed to {error}"),
        "the stability of this series over time is not assessable",
        "state a window and a step that are multiples of the sampling interval",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use sigmatau_data::clock::ClockKind;

    fn dynamic(window: f64) -> Dynamic {
        Dynamic { settings: Settings { taus: "1,2".parse().unwrap(), ..Settings::default() }, window, step: 5.0 }
    }

    fn clock() -> ClockSeries {
        let values = (0..31).map(|i| f64::from(i * i * 7 % 13)).collect();
        let (name, kind) = ("a".to_owned(), ClockKind::Phase);
        ClockSeries { name, kind, tau0: 1.0, start_ns: None, values, findings: Vec::new() }
    }

    #[test]
    fn parameters_are_read_back_and_the_windows_must_be_stated() {
        let parameters = planned(&OP, "window = 100\nstep = 10.5", plan).map(|analysis| analysis.parameters()).unwrap();
        assert_eq!(planned(&OP, &parameters, plan).map(|analysis| analysis.parameters()).unwrap(), parameters);
        assert!(
            OP.parameters.iter().copied().flatten().all(|key| parameters.contains(&format!("{} = ", key.name))),
            "{parameters}"
        );
        assert!(planned(&OP, "window = 100", plan).map(|analysis| analysis.parameters()).unwrap_err().contains("step"));
    }

    #[test]
    fn every_row_has_its_time_in_the_columns_of_the_schema() {
        let dynamic = dynamic(20.0);
        let surface = dynamic.assess(&clock());
        let table = dynamic.table(&[clock()], &[surface]);
        assert_eq!(table.floats("time_s").unwrap(), [10.0, 10.0, 15.0, 15.0, 20.0, 20.0]);
        OP.schema.empty().append(table).expect("the same columns in the same units");
    }

    #[test]
    fn windows_off_the_grid_are_a_finding() {
        assert_eq!(dynamic(20.5).assess(&clock()).findings[0].code, "no-windows");
    }
}
