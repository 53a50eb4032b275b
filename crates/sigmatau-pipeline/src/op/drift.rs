//! What changed between two calibrations.

use super::lines::{Results, results, shared};
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::import::day_of;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::compare::{at, own_share};
use sigmatau_dynamic::drift::{Dated, Drift, DriftError, extrapolate};
use sigmatau_dynamic::source::Source;
use sigmatau_dynamic::transducer::Transfer;
use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};

/// The change of every sensor between two `response` records.
pub(super) static OP: Op = Op {
    name: "drift",
    title: "change of sensors between two calibrations, its significance, and what to expect on a later day",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::response::SCHEMA),
    beside: &[Beside {
        key: Parameter::new("later", "the `response` record of the later calibration of the same sensors"),
        schema: &schema::response::SCHEMA,
    }],
    scope: Scope::Dataset,
    schema: &schema::drift::SCHEMA,
    parameters: &[&[
        Parameter::new("date", "when the dataset was measured: a day such as \"2025-03-01\", or a number of days"),
        Parameter::new("later_date", "when the record `later` was measured"),
        Parameter::new(
            "shared",
            "relative standard uncertainty that both calibrations have in common, as of a standard",
        )
        .or("0.0"),
        Parameter::new("expected_date", "a later day on which the response is to be foretold"),
        Parameter::new("walk", "relative standard deviation that a day adds at random, for `expected_date`").or("0.0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(change(section)?))
}

fn change(section: &Section<'_>) -> Result<Change, DocumentError> {
    let needed = |key| day(section, key)?.ok_or_else(|| section.missing(key));
    let (first, second, expected) = (needed("date")?, needed("later_date")?, day(section, "expected_date")?);
    let walk = section.number("walk")?.unwrap_or(0.0);
    if first.number >= second.number {
        return Err(section.refuse_key("later_date", &format!("{} is not after {}", second.typed, first.typed)));
    }
    if let Some(day) = expected.as_ref().filter(|day| day.number < second.number) {
        return Err(section.refuse_key("expected_date", &format!("{} is before {}", day.typed, second.typed)));
    }
    if walk < 0.0 {
        return Err(section.refuse_key("walk", &format!("the deviation {walk} must not be negative")));
    }
    Ok(Change { first, second, expected, shared: shared(section)?, walk })
}

/// A day, as TOML writes it and as a number.
struct Day {
    typed: String,
    number: f64,
}

fn day(section: &Section<'_>, key: &str) -> Result<Option<Day>, DocumentError> {
    if let Ok(Some(word)) = section.text(key) {
        let unknown = || section.refuse_key(key, &format!("`{word}` is no day such as 2025-03-01"));
        let number = day_of(&word).ok_or_else(unknown)?;
        return Ok(Some(Day { typed: format!("\"{word}\""), number }));
    }
    Ok(section.number(key)?.map(|number| Day { typed: format!("{number:?}"), number }))
}

struct Change {
    first: Day,
    second: Day,
    expected: Option<Day>,
    shared: f64,
    walk: f64,
}

impl Analysis for Change {
    fn parameters(&self) -> String {
        let Self { first, second, expected, shared, walk } = self;
        let expected = expected.as_ref().map(|day| format!("expected_date = {}\n", day.typed)).unwrap_or_default();
        format!(
            "date = {}\nlater_date = {}\nshared = {shared:?}\n{expected}walk = {walk:?}\n",
            first.typed, second.typed
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let Some(later) = input.beside[0] else {
            return Ok((OP.schema.empty(), vec![no_later()]));
        };
        let later = results(later, None);
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for sensor in results(&input.dataset.table()?, None) {
            let again = later.iter().find(|again| again.sensor == sensor.sensor);
            let remarks = self.assess(&sensor, again, &mut rows);
            findings.extend(remarks.into_iter().map(|finding| finding.about(&sensor.sensor)));
            findings.extend(again.and_then(|again| again.overstated(self.shared)));
            findings.extend(sensor.overstated(self.shared));
            findings.extend(sensor.findings);
        }
        Ok((rows.table(), findings))
    }
}

/// The probability of a change by chance below which it is significant.
const SIGNIFICANCE: f64 = 0.05;

impl Change {
    /// Puts the changes of a sensor into rows and returns what was remarked.
    fn assess(&self, sensor: &Results, again: Option<&Results>, rows: &mut Rows) -> Vec<Finding> {
        let (Some(first), Some(second)) = (only(sensor), again.and_then(only)) else {
            return vec![no_pair()];
        };
        if let Some(finding) = sensor.unlike("the later record", second) {
            return vec![finding];
        }
        let [first, second] = self.at_common_frequencies(first, second);
        if first.frequencies.is_empty() {
            return vec![no_pair()];
        }
        match self.push(rows, &sensor.sensor, &first, &second) {
            Ok(drift) => drift.overall.and_then(|all| drifted(&all)).into_iter().chain(drift.findings).collect(),
            Err(error) => vec![not_assessable(&error)],
        }
    }

    /// Both calibrations at the frequencies of the first at which the second can be known.
    fn at_common_frequencies(&self, first: &Response, second: &Response) -> [Transfer; 2] {
        let both = |line: &Line| Some((*line, at(second, line.frequency)?));
        let (first, second): (Vec<Line>, Vec<Line>) = first.lines.iter().filter_map(both).unzip();
        [("earlier", first), ("later", second)].map(|(name, lines)| self.transfer(name, lines))
    }

    /// A calibration whose errors are its own but for those of the standard.
    fn transfer(&self, name: &str, mut lines: Vec<Line>) -> Transfer {
        lines.iter_mut().for_each(|line| line.covariance = own_share(line, self.shared));
        Transfer::of_response(name, &Response { lines, ..Response::default() })
            .with_source(&Source::new("standard", "magnitude"), |_| Complex64::new(self.shared, 0.0))
            .with_source(&Source::new("standard", "argument"), |_| Complex64::new(0.0, self.shared))
    }

    fn push(&self, rows: &mut Rows, sensor: &str, first: &Transfer, second: &Transfer) -> Result<Drift, DriftError> {
        let dated = [(&self.first, first), (&self.second, second)];
        let [first, second] = dated.map(|(day, transfer)| Dated { day: day.number, transfer });
        let drift = Drift::between(&first, &second)?;
        let later =
            self.expected.as_ref().map(|day| extrapolate(&first, &second, day.number, self.walk)).transpose()?;
        let covariances = later.as_ref().map(|later| later.errors.covariances());
        for (place, line) in drift.changes.iter().enumerate() {
            let expected = later.as_ref().zip(covariances.as_ref());
            let expected = expected.map_or([f64::NAN; 4], |(later, u)| polar(later.values[place], &u[place]));
            push(rows, sensor, Some(line.frequency), line.change, &line.covariance, line.p_value, expected);
        }
        if let Some(all) = drift.overall {
            push(rows, sensor, None, all.change, &all.covariance, all.p_value, [f64::NAN; 4]);
        }
        Ok(drift)
    }
}

/// The one result of a sensor.
fn only(sensor: &Results) -> Option<&Response> {
    match sensor.methods.as_slice() {
        [(_, response)] => Some(response),
        _ => None,
    }
}

/// Magnitude and phase, each with its standard uncertainty, from the covariance of the relative errors.
fn polar(value: Complex64, relative: &Bivariate) -> [f64; 4] {
    let magnitude = value.norm();
    [magnitude, magnitude * relative.real.sqrt(), value.arg(), relative.imaginary.sqrt()]
}

fn push(
    rows: &mut Rows,
    sensor: &str,
    frequency: Option<f64>,
    change: Complex64,
    covariance: &Bivariate,
    p_value: f64,
    expected: [f64; 4],
) {
    let [u, phase_u] = [covariance.real.sqrt(), covariance.imaginary.sqrt()];
    let part = if frequency.is_some() { "line" } else { "overall" };
    let names = [sensor.into(), part.into(), Cell::from(frequency.unwrap_or(f64::NAN))];
    let (en, phase_en) = (change.re.abs() / (2.0 * u), change.im.abs() / (2.0 * phase_u));
    let changes = [change.re, u, en, change.im, phase_u, phase_en, p_value].map(Cell::from);
    let significant = Cell::from(if p_value < SIGNIFICANCE { "yes" } else { "no" });
    rows.push(names.into_iter().chain(changes).chain([significant]).chain(expected.map(Cell::from)));
}

fn drifted(all: &sigmatau_dynamic::drift::Overall) -> Option<Finding> {
    let (change, u) = (all.change, [all.covariance.real.sqrt(), all.covariance.imaginary.sqrt()]);
    let finding = Finding::new(
        Severity::Warning,
        "drifted",
        format!(
            "the magnitude changed by {:+.2e} ± {:.1e} of itself, the phase by {:+.2e} ± {:.1e} rad (p = {:.1e})",
            change.re, u[0], change.im, u[1], all.p_value
        ),
        "results between the two calibrations hold either of them no better than this",
        "take the response of the day, and calibrate at shorter intervals",
    );
    (all.p_value < SIGNIFICANCE).then_some(finding)
}

fn no_later() -> Finding {
    Finding::new(
        Severity::Failure,
        "no-later-record",
        "there is one calibration only",
        "no change can be told",
        "give the later calibration as `later`",
    )
}

fn no_pair() -> Finding {
    Finding::new(
        Severity::Failure,
        "no-pair",
        "the sensor does not have one result in each calibration with frequencies in common",
        "no change of it can be told",
        "merge results by several methods first, and name the sensor alike in both",
    )
}

fn not_assessable(error: &DriftError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-assessable",
        format!("failed to {error}"),
        "no change of this sensor can be told",
        "mend the responses, or leave the sensor out",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::lines::tests::table;
    use crate::op::planned;

    const DAYS: &str = "date = \"2024-03-01\"\nlater_date = \"2025-03-01\"\n";

    /// Two lines that change from 1 to `value`, both known to u.
    fn assessed(keys: &str, value: f64, u: f64) -> (Table, Vec<Finding>) {
        let record = |value| table(&[("a", 80.0, value, u, "h1"), ("a", 160.0, value, u, "h1")]);
        let [first, second] = [1.0, value].map(|value| results(&record(value), None));
        let mut rows = Rows::of(OP.schema);
        let findings =
            planned(&OP, &format!("{DAYS}{keys}"), change).unwrap().assess(&first[0], Some(&second[0]), &mut rows);
        (rows.table(), findings)
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let text = format!("{DAYS}shared = 0.0\nwalk = 0.0\n");
        assert_eq!(planned(&OP, DAYS, change).unwrap().parameters(), text);
        let text = "date = 0.0\nlater_date = 10.0\nshared = 0.001\nexpected_date = 20.5\nwalk = 1e-5\n";
        assert_eq!(planned(&OP, text, change).unwrap().parameters(), text);
    }

    #[test]
    fn days_out_of_order_are_refused() {
        for (text, reason) in [
            ("", "needs the key `date`"),
            ("date = \"soon\"", "`soon` is no day such as 2025-03-01"),
            ("date = 2\nlater_date = 1", "1.0 is not after 2.0"),
            ("date = 1\nlater_date = 2\nexpected_date = 1.5", "1.5 is before 2.0"),
            ("date = 1\nlater_date = 2\nwalk = -1", "must not be negative"),
        ] {
            let message = planned(&OP, text, change).err().unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    /// ln 1.01 with u = √2 · 0.001 (that of the later one relative to 1.01); both lines together u/√2.
    #[test]
    fn change_and_its_significance_are_those_by_hand() {
        let (table, findings) = assessed("", 1.01, 1e-3);
        let column = |name| table.floats(name).unwrap();
        assert_eq!(table.texts("part").unwrap(), ["line", "line", "overall"]);
        let u = 1e-3_f64.hypot(1e-3 / 1.01);
        assert!((column("change")[0] - 1.01f64.ln()).abs() < 1e-12 && (column("change_u")[0] / u - 1.0).abs() < 1e-9);
        assert!((column("change_en")[0] - 1.01f64.ln() / (2.0 * u)).abs() < 1e-9);
        assert!((column("change_u")[2] / (u / 2f64.sqrt()) - 1.0).abs() < 1e-9);
        assert_eq!(table.texts("significant").unwrap(), ["yes"; 3]);
        assert_eq!(&*findings[0].code, "drifted");
        let (table, findings) = assessed("", 1.001, 1e-3);
        assert!(table.texts("significant").unwrap().iter().all(|word| word == "no") && findings.is_empty());
    }

    /// 0.001 of the 0.00141 are the standard's: what is left is 0.001 of each.
    #[test]
    fn what_both_have_in_common_is_no_change() {
        let u = assessed("shared = 0.001", 1.0, 2f64.sqrt() * 1e-3).0.floats("change_u").unwrap()[0];
        assert!((u / (2f64.sqrt() * 1e-3) - 1.0).abs() < 1e-9, "{u}");
    }

    /// Another year on: 1.01², with √(2² + 1²) of the uncertainty.
    #[test]
    fn a_later_day_is_foretold_with_its_uncertainty() {
        let (table, _) = assessed("expected_date = \"2026-03-01\"", 1.01, 1e-3);
        let expected = |name| table.floats(name).unwrap()[0];
        assert!((expected("expected_magnitude") - 1.01f64.powi(2)).abs() < 1e-12);
        let relative = (2.0 * 1e-3 / 1.01_f64).hypot(1e-3);
        assert!((expected("expected_magnitude_u") / (1.01f64.powi(2) * relative) - 1.0).abs() < 1e-9);
        assert!(table.floats("expected_magnitude").unwrap()[2].is_nan());
    }

    #[test]
    fn a_sensor_without_its_like_is_a_finding() {
        let both = results(&table(&[("a", 80.0, 1.0, 0.1, "h1"), ("a", 80.0, 1.0, 0.1, "h2")]), None);
        let mut rows = Rows::of(OP.schema);
        let change = planned(&OP, DAYS, change).unwrap();
        for again in [None, Some(&both[0])] {
            assert_eq!(&*change.assess(&both[0], again, &mut rows)[0].code, "no-pair");
        }
    }
}
