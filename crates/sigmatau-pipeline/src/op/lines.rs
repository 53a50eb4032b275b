//! What the ops on frequency responses share: the lines of each sensor, out of the rows of a record.

use super::Beside;
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity, Unit};
use sigmatau_data::{Table, schema};
use sigmatau_dynamic::response::Sharing;
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};
use std::collections::HashMap;
use std::hash::Hash;

/// The responses of a `response` table in the order in which their sensors first appear.
///
/// Lines of one sensor by several methods make one response; see [`results`] for keeping them apart.
pub(super) fn responses(table: &Table) -> Vec<(String, Response)> {
    let sensors = table.texts("sensor").expect("the schema has it");
    grouped(sensors.iter().cloned(), table)
}

/// The results of a sensor: one response for each method, and what was left out of them.
pub(super) struct Results {
    pub(super) sensor: String,
    /// The names of the methods with their responses.
    pub(super) methods: Vec<(String, Response)>,
    pub(super) findings: Vec<Finding>,
}

/// The results of every sensor of a `response` table, and of the same sensor in a second one, whose methods are named
/// `other h1` and the like.
///
/// Lines that can't be weighed, see [`can_be_weighed`], are left out.
pub(super) fn results(table: &Table, other: Option<&Table>) -> Vec<Results> {
    let mut sensors: Vec<Results> = Vec::new();
    for (table, mark) in [(Some(table), ""), (other, "other ")] {
        for ((sensor, method), response) in table.map(by_method).into_iter().flatten() {
            let place = sensors.iter().position(|known| known.sensor == sensor).unwrap_or_else(|| {
                sensors.push(Results { sensor: sensor.clone(), methods: Vec::new(), findings: Vec::new() });
                sensors.len() - 1
            });
            sensors[place].add(format!("{mark}{method}"), response);
        }
    }
    sensors
}

impl Results {
    fn add(&mut self, method: String, mut response: Response) {
        if let Some(finding) = self.unlike(&method, &response) {
            self.findings.push(finding.about(&self.sensor));
            return;
        }
        let all = response.lines.len();
        response.lines.retain(can_be_weighed);
        self.findings.extend(left_out(all - response.lines.len(), all, &method).map(|f| f.about(&self.sensor)));
        self.methods.push((method, response));
    }

    /// The remark that a result measures something else than those before.
    pub(super) fn unlike(&self, method: &str, response: &Response) -> Option<Finding> {
        let stated = self.methods.iter().find_map(|(name, known)| Some((name, known.unit.as_ref()?)));
        let ((known, before), unit) = (stated?, response.unit.as_ref()?);
        let finding = Finding::new(
            Severity::Failure,
            "unit",
            format!("the result by {method} is in {unit}, the one by {known} in {before}"),
            "they measure different quantities; the former is left out",
            "state the units of the channels, or take results of the same quantity",
        );
        (!unit.is_convertible_to(before)).then_some(finding)
    }

    /// The remark that a share which results are said to have in common is more than the uncertainty of one of them.
    pub(super) fn overstated(&self, shared: f64) -> Option<Finding> {
        let over = |line: &&Line| line.covariance.times(line.value.inv()).power() < 2.0 * shared * shared;
        let line = self.methods.iter().flat_map(|(_, response)| &response.lines).find(over)?;
        let finding = Finding::new(
            Severity::Warning,
            "shared-too-large",
            format!(
                "at {} Hz the relative uncertainty is below the {shared} that is said to be shared",
                line.frequency
            ),
            "what is left to the results of their own is taken as all but nothing",
            "state the uncertainty of the common standard alone, or budgets that hold it",
        );
        Some(finding.about(&self.sensor))
    }
}

/// A second record, whose results stand beside those of the first.
pub(super) const OTHER: Beside = Beside {
    key: Parameter::new("other", "a second `response` record of the same sensors"),
    schema: &schema::response::SCHEMA,
};

/// What [`shared`] understands.
pub(super) const SHARED: Parameter =
    Parameter::new("shared", "relative standard uncertainty that all results have in common, as of a reference")
        .or("0.0");

/// The relative standard uncertainty under the key `shared`.
///
/// # Errors
/// When it is negative.
pub(super) fn shared(section: &Section<'_>) -> Result<f64, DocumentError> {
    match section.number("shared")?.unwrap_or(0.0) {
        shared if shared >= 0.0 => Ok(shared),
        shared => Err(section.refuse_key("shared", &format!("the uncertainty {shared} must not be negative"))),
    }
}

/// Whether a line has a frequency above 0, a response other than 0 and a covariance that leaves no direction free.
pub(super) fn can_be_weighed(line: &Line) -> bool {
    let Bivariate { real, imaginary, cross } = line.covariance;
    let known = line.value.is_finite() && line.value != Complex64::ZERO;
    line.frequency > 0.0 && known && real > 0.0 && real * imaginary > cross * cross
}

fn left_out(lost: usize, all: usize, method: &str) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Note,
        "lines-left-out",
        format!("{lost} of {all} lines by {method} have no frequency above 0, no response or no uncertainty"),
        "they can't be weighed and are left out",
        "look at the record that they came from",
    );
    (lost > 0).then_some(finding)
}

fn by_method(table: &Table) -> Vec<((String, String), Response)> {
    let [sensors, methods] = ["sensor", "method"].map(|name| table.texts(name).expect("the schema has it"));
    grouped(sensors.iter().cloned().zip(methods.iter().cloned()), table)
}

/// The lines of the rows as one response for each key, in the order in which the keys first appear.
fn grouped<K: Clone + Eq + Hash>(keys: impl Iterator<Item = K>, table: &Table) -> Vec<(K, Response)> {
    let number = |name| table.floats(name).expect("the schema has it");
    let [frequency, real, imaginary] = ["frequency_hz", "real", "imag"].map(number);
    let [u_real, u_imaginary, cross] = ["u_real", "u_imag", "cov_real_imag"].map(number);
    let [coherence, dof] = ["coherence", "dof"].map(number);
    let line = |row: usize| Line {
        frequency: frequency[row],
        value: Complex64::new(real[row], imaginary[row]),
        covariance: Bivariate { real: u_real[row].powi(2), imaginary: u_imaginary[row].powi(2), cross: cross[row] },
        coherence: coherence[row],
        dof: dof[row],
    };
    let (spacing, sharing) = (number("sharing_hz"), table.texts("sharing").expect("the schema has it"));
    let (delay, mut units) = (number("common_delay_u"), Units::of(table));
    let mut responses: Vec<(K, Response)> = Vec::new();
    let mut places = HashMap::new();
    for (row, key) in keys.enumerate() {
        let place = *places.entry(key.clone()).or_insert_with(|| {
            responses.push((key, Response::default()));
            responses.len() - 1
        });
        let response = &mut responses[place].1;
        let (unit, factor) = units.at(row);
        response.lines.push(scaled(line(row), factor));
        response.unit = response.unit.take().or(unit);
        response.common_delay.0 = response.common_delay.0.max(delay[row]);
        response.sharing = std::mem::take(&mut response.sharing).wider(sharing_of(spacing[row], &sharing[row]));
    }
    for (_, response) in &mut responses {
        response.lines.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
    }
    responses
}

/// The units of the rows of a `response` table: what stands under `unit`, or else what the column states.
struct Units<'a> {
    words: &'a [String],
    column: Option<Unit>,
    /// The last word, with what it means.
    last: Option<(&'a str, (Option<Unit>, f64))>,
}

impl<'a> Units<'a> {
    fn of(table: &'a Table) -> Self {
        let words = table.texts("unit").expect("the schema has it");
        Self { words, column: table.column("real").and_then(|column| column.unit.clone()), last: None }
    }

    /// The coherent unit of a row, and the factor to it; a word that is no unit counts as none.
    fn at(&mut self, row: usize) -> (Option<Unit>, f64) {
        let word = self.words[row].as_str();
        if self.last.as_ref().is_none_or(|(known, _)| *known != word) {
            let unit = if word.is_empty() { self.column.clone() } else { Unit::parse(word).ok() };
            self.last = Some((word, coherent(unit)));
        }
        self.last.as_ref().map_or((None, 1.0), |(_, unit)| unit.clone())
    }
}

fn coherent(unit: Option<Unit>) -> (Option<Unit>, f64) {
    let Some(unit) = unit else { return (None, 1.0) };
    let to = unit.coherent();
    let factor = unit.conversion(&to).map_or(1.0, |conversion| conversion.apply_to_difference(1.0));
    (Some(if factor == 1.0 { unit } else { to }), factor)
}

fn scaled(line: Line, factor: f64) -> Line {
    let Bivariate { real, imaginary, cross } = line.covariance;
    let [real, imaginary, cross] = [real, imaginary, cross].map(|entry| entry * factor * factor);
    Line { value: line.value * factor, covariance: Bivariate { real, imaginary, cross }, ..line }
}

/// What lines share, from the cells of a row; a word that is no number ends the list.
fn sharing_of(spacing: f64, words: &str) -> Sharing {
    let correlations: Vec<f64> = words.split(' ').map_while(|word| word.parse().ok()).collect();
    if spacing > 0.0 { Sharing { spacing, correlations } } else { Sharing::default() }
}

/// The lines that have a value and an uncertainty, and a remark about the others.
pub(super) fn assessable(response: &Response) -> (Response, Option<Finding>) {
    let known = |line: &&Line| line.value.is_finite() && line.covariance.power().is_finite();
    let lines: Vec<Line> = response.lines.iter().filter(known).copied().collect();
    let (all, left) = (response.lines.len(), response.lines.len() - lines.len());
    let remark = (left > 0).then(|| {
        Finding::new(
            Severity::Warning,
            "unknown-lines",
            format!("{left} of {all} lines of the response have no value or no uncertainty"),
            "they are left out",
            "excite the sensor there, or leave those lines out of the response by `range`",
        )
    });
    (Response { lines, findings: Vec::new(), ..response.clone() }, remark)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::op::response;
    use sigmatau_data::schema::{Rows, response::SCHEMA};
    use sigmatau_dynamic::StandardUncertainty;

    /// A `response` table of lines (sensor, frequency in Hz, response, uncertainty of each part, method) whose
    /// uncertainties are known.
    pub(crate) fn table(rows: &[(&str, f64, f64, f64, &str)]) -> Table {
        let mut grown = Rows::of(&SCHEMA);
        for (sensor, frequency, value, u, method) in rows {
            let (value, covariance) = (Complex64::new(*value, 0.0), Bivariate::circular(u * u));
            let line = Line { frequency: *frequency, value, covariance, coherence: f64::NAN, dof: f64::INFINITY };
            response::push(&mut grown, sensor, &Response { lines: vec![line], ..Response::default() }, method);
        }
        grown.table()
    }

    #[test]
    fn what_lines_share_is_read_as_it_was_written() {
        let sharing = Sharing { spacing: 12.5, correlations: vec![0.4268, -0.0275] };
        let mut rows = Rows::of(&SCHEMA);
        let line = Line {
            frequency: 25.0,
            value: Complex64::ONE,
            covariance: Bivariate::circular(1e-4),
            coherence: 0.9,
            dof: 10.0,
        };
        let written = Response { lines: vec![line], sharing: sharing.clone(), ..Response::default() };
        response::push(&mut rows, "a", &written, "h1");
        response::push(&mut rows, "a", &Response { sharing: Sharing::default(), ..written }, "sine-fit");
        let table = rows.table();
        assert_eq!(responses(&table)[0].1.sharing, sharing);
        let by_method = results(&table, None);
        assert_eq!(by_method[0].methods[1].1.sharing, Sharing::default());
    }

    #[test]
    fn units_and_the_common_delay_are_read_as_they_were_written() {
        let line = Line {
            frequency: 25.0,
            value: Complex64::new(2.0, 0.0),
            covariance: Bivariate::circular(1e-4),
            coherence: 0.9,
            dof: 10.0,
        };
        let unit = |text| Some(Unit::parse(text).unwrap());
        let of = |text| Response { lines: vec![line], unit: unit(text), ..Response::default() };
        let mut rows = Rows::of(&SCHEMA);
        response::push(&mut rows, "a", &of("mV·s^2/m").late(StandardUncertainty(1e-5)), "h1");
        response::push(&mut rows, "a", &of("V/gn"), "h2");
        response::push(&mut rows, "a", &of("pC/Pa"), "h2, pressure");
        let table = rows.table();
        let read = results(&table, None);
        let [(_, first), (_, second)] = read[0].methods.as_slice() else { panic!("the third is something else") };
        assert_eq!((first.common_delay, first.lines[0].value.re), (StandardUncertainty(1e-5), 2e-3));
        assert!((first.lines[0].covariance.real / 1e-10 - 1.0).abs() < 1e-12);
        assert_eq!(first.unit, unit("V·s^2/m"));
        assert!((second.lines[0].value.re - 2.0 / 9.80665).abs() < 1e-15);
        let told = &read[0].findings[0];
        assert_eq!((&*told.code, told.severity), ("unit", Severity::Failure));
        assert!(told.seen.contains("by h2, pressure is in") && told.seen.contains("by h1 in"), "{told}");
    }

    #[test]
    fn methods_make_one_response_of_a_sensor_or_one_each() {
        let table = table(&[("b", 20.0, 1.0, 0.1, "h1"), ("a", 10.0, 1.0, 0.1, "h1"), ("b", 10.0, 2.0, 0.1, "h2")]);
        let whole = responses(&table);
        assert_eq!(
            whole.iter().map(|(name, response)| (name.as_str(), response.lines.len())).collect::<Vec<_>>(),
            [("b", 2), ("a", 1)]
        );
        assert_eq!(whole[0].1.lines[0].value.re, 2.0);
        assert_eq!(results(&table, None)[0].methods.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["h1", "h2"]);
    }
}
