//! Energy as a reference measured it, and the errors of master meters against it.

use super::{Analysis, Beside, Input, Op, Subject, lines};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use nalgebra::Matrix4;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_dynamic::Complex64;
use sigmatau_dynamic::power::{Harmonic, Phasors, PowerError, ReferenceEnergy, TimeBase, Wattmeter};
use sigmatau_dynamic::transducer::{Table as Corrections, TransducerError, Transfer};
use std::collections::{BTreeMap, BTreeSet};

/// Reference energies of the meters of a `phasor` table, with the meters' errors and their budgets.
pub(super) static OP: Op = Op {
    name: "reference-energy",
    title: "reference energy from phasors, corrected for the transducers; error of each master meter, with its budget",
    subject: Subject::Dynamic,
    revision: sigmatau_dynamic::REVISION,
    reads: Reads::Record(&schema::phasor::SCHEMA),
    beside: &[
        Beside {
            key: Parameter::new(
                "voltage_response",
                "responses of all that lies before the voltage phasors, one sensor behind the other; 1 if left out",
            ),
            schema: &schema::response::SCHEMA,
        },
        Beside {
            key: Parameter::new(
                "current_response",
                "the same of the current; sensors of one name are one calibration, and err together",
            ),
            schema: &schema::response::SCHEMA,
        },
        Beside {
            key: Parameter::new("time_base", "what the clock costs, as the analysis `energy` tells it"),
            schema: &schema::energy::SCHEMA,
        },
    ],
    scope: Scope::Dataset,
    schema: &schema::reference_energy::SCHEMA,
    parameters: &[&[
        Parameter::new("registered_kwh", "energies that the meters registered, in the order of the phasors").or("[]"),
        Parameter::new("resolution_kwh", "step of the meters' registers in kWh").or("0.0"),
        Parameter::new("standard_share", "share, 0 to 1, of the variance of all responses by one standard").or("0.0"),
        Parameter::new("time_base_rate", "fractional frequency of the time base, above 0 where it gains").or("0.0"),
        Parameter::new("time_base_u", "its standard uncertainty, besides that in `time_base`").or("0.0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(reference(section)?))
}

fn reference(section: &Section<'_>) -> Result<Reference, DocumentError> {
    let within = |key: &'static str, most: f64| match section.number(key)?.unwrap_or(0.0) {
        number if (0.0..=most).contains(&number) => Ok(number),
        number => Err(section.refuse_key(key, &format!("`{key}` is {number} and must lie from 0 to {most}"))),
    };
    Ok(Reference {
        registered: section.numbers("registered_kwh")?,
        resolution: within("resolution_kwh", f64::MAX)?,
        standard_share: within("standard_share", 1.0)?,
        rate: section.number("time_base_rate")?.unwrap_or(0.0),
        rate_u: within("time_base_u", 1.0)?,
    })
}

struct Reference {
    registered: Vec<f64>,
    resolution: f64,
    standard_share: f64,
    rate: f64,
    rate_u: f64,
}

impl Analysis for Reference {
    fn parameters(&self) -> String {
        format!(
            "registered_kwh = {:?}\nresolution_kwh = {:?}\nstandard_share = {:?}\ntime_base_rate = {:?}\n\
             time_base_u = {:?}\n",
            self.registered, self.resolution, self.standard_share, self.rate, self.rate_u
        )
    }

    fn compute(&self, input: &Input<'_>, _whole: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let masters = Master::all(&input.dataset.table()?);
        let mut rows = Rows::of(OP.schema);
        let mut findings: Vec<Finding> = self.misfit(masters.len()).into_iter().collect();
        let given = if findings.is_empty() { self.registered.as_slice() } else { &[] };
        for (place, master) in masters.iter().enumerate() {
            match self.energy(master, input.beside) {
                Ok(energy) => {
                    self.push(&mut rows, &master.name, &energy, given.get(place).copied());
                    findings.extend(energy.findings.into_iter().map(|finding| whose(finding, &master.name)));
                }
                Err(error) => findings.push(not_assessable(&error).about(&master.name)),
            }
        }
        Ok((rows.table(), findings))
    }
}

/// The finding as one about a meter, whatever part of its chain it names.
fn whose(finding: Finding, master: &str) -> Finding {
    let subject = if finding.subject.is_empty() { master.to_owned() } else { format!("{master}: {}", finding.subject) };
    finding.about(subject)
}

impl Reference {
    /// The remark that there are not as many registered energies as meters.
    fn misfit(&self, masters: usize) -> Option<Finding> {
        let given = self.registered.len();
        let finding = Finding::new(
            Severity::Failure,
            "registered",
            format!("there are {given} registered energies and {masters} meters"),
            "nobody can tell whose they are, and no error of a meter is given",
            "give one for each meter, in the order of the phasors, or none",
        );
        (given > 0 && given != masters).then_some(finding)
    }

    fn energy(&self, master: &Master, beside: &[Option<&Table>]) -> Result<ReferenceEnergy, PowerError> {
        let [voltage, current] = [0, 1].map(|which| self.channel(beside[which], &master.frequencies));
        let meter = Wattmeter::new(&voltage?, &current?)?;
        let mut register = meter.register();
        for (duration, harmonics, noise) in &master.intervals {
            register.push(&Phasors::independent(harmonics.clone(), noise)?, *duration)?;
        }
        let rate_u = self.rate_u.hypot(beside[2].map_or(0.0, cost_of_clock));
        Ok(register.finish(&TimeBase { name: "time base".to_owned(), rate: self.rate, rate_u }))
    }

    /// The chain of all sensors of a `response` table.
    fn channel(&self, responses: Option<&Table>, frequencies: &[f64]) -> Result<Transfer, TransducerError> {
        let sensors = responses.map(lines::responses).unwrap_or_default();
        sensors.iter().try_fold(Transfer::exact(frequencies, 1.0), |chain, (sensor, response)| {
            let corrections = Corrections::of_response(sensor, response)?.against("standard", self.standard_share);
            chain.then(&corrections.at(frequencies))
        })
    }

    /// The row of the whole, and one for each source. Without a registered energy the uncertainty in per cent is
    /// that of the reference.
    fn push(&self, rows: &mut Rows, master: &str, energy: &ReferenceEnergy, registered: Option<f64>) {
        let truth = energy.energy.value;
        let error = energy.error_of(master, registered.unwrap_or(truth), self.resolution);
        let missing = f64::NAN;
        let error_pct = registered.map_or(missing, |_| error.error_pct);
        let whole = [truth, energy.energy.standard_uncertainty, registered.unwrap_or(missing), error_pct, error.u_pct];
        push(rows, master, "total", whole, 1.0, error.correlated);
        let slope = 100.0 * registered.unwrap_or(truth) / (truth * truth);
        let common: BTreeSet<&str> = energy.effects.keys().map(|source| source.of.as_str()).collect();
        for part in &energy.budget {
            let (u, share) = (part.variance.max(0.0).sqrt(), part.variance * (slope / error.u_pct).powi(2));
            let correlated = f64::from(u8::from(common.contains(part.source.as_str())));
            push(rows, master, &part.source, [missing, u, missing, missing, u * slope.abs()], share, correlated);
        }
        if self.resolution > 0.0 {
            let u = self.resolution / 6f64.sqrt();
            let u_pct = (100.0 * u / truth).abs();
            let share = (u_pct / error.u_pct).powi(2);
            push(rows, master, "resolution", [missing, u, missing, missing, u_pct], share, 0.0);
        }
    }
}

fn push(rows: &mut Rows, master: &str, source: &str, numbers: [f64; 5], share: f64, correlated: f64) {
    let names: [Cell; 2] = [master.into(), source.into()];
    rows.push(names.into_iter().chain(numbers.into_iter().chain([share, correlated]).map(Cell::from)));
}

/// The relative standard uncertainty by which a clock may miscount an interval: that of the worst interval of an
/// `energy` table, an expected error, which is not corrected here, included.
fn cost_of_clock(energy: &Table) -> f64 {
    let [error, u] = ["error_pct", "u_pct"].map(|name| energy.floats(name).expect("the schema has it"));
    error.iter().zip(u).map(|(error, u)| error.hypot(*u) / 100.0).fold(0.0, f64::max)
}

/// The phasors of a meter.
struct Master {
    name: String,
    /// The frequency of each harmonic in Hz, the mean of all intervals.
    frequencies: Vec<f64>,
    /// The length of each interval in s, its harmonics, and the covariance of their noise.
    intervals: Vec<(f64, Vec<Harmonic>, Vec<Matrix4<f64>>)>,
}

impl Master {
    /// The meters of a `phasor` table in the order in which they first appear.
    fn all(table: &Table) -> Vec<Self> {
        let names = table.texts("master").expect("the schema has it");
        let mut rows: Vec<(&String, Vec<usize>)> = Vec::new();
        for (row, name) in names.iter().enumerate() {
            match rows.iter_mut().rfind(|(known, _)| *known == name) {
                Some((_, rows)) => rows.push(row),
                None => rows.push((name, vec![row])),
            }
        }
        let rows = rows.into_iter();
        rows.map(|(name, rows)| Self::of(name, &rows, table)).collect()
    }

    fn of(name: &str, rows: &[usize], table: &Table) -> Self {
        let column = |name| table.integers(name).expect("the schema has it");
        let (orders, intervals) = (column("harmonic"), column("interval"));
        let mut frequencies: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        let mut windows: BTreeMap<i64, BTreeMap<i64, usize>> = BTreeMap::new();
        for row in rows.iter().copied() {
            frequencies.entry(orders[row]).or_default().push(number(table, "frequency_hz", row));
            windows.entry(intervals[row]).or_default().insert(orders[row], row);
        }
        let window = |rows: &BTreeMap<i64, usize>| {
            let first = *rows.values().next().expect("an interval has a row");
            let (harmonics, noise): (Vec<_>, Vec<_>) =
                frequencies.keys().map(|order| phasor(table, rows.get(order).copied())).unzip();
            (number(table, "duration_s", first), harmonics, noise)
        };
        let intervals = windows.values().map(window).collect();
        let mean = |seen: &Vec<f64>| seen.iter().sum::<f64>() / seen.len() as f64;
        Self { name: name.to_owned(), frequencies: frequencies.values().map(mean).collect(), intervals }
    }
}

fn number(table: &Table, column: &str, row: usize) -> f64 {
    table.floats(column).expect("the schema has it")[row]
}

/// A harmonic with the covariance of its noise; one that is missing is not a number.
fn phasor(table: &Table, row: Option<usize>) -> (Harmonic, Matrix4<f64>) {
    let at = |name| row.map_or(f64::NAN, |row| number(table, name, row));
    let [voltage, current] = [["voltage_real", "voltage_imag"], ["current_real", "current_imag"]]
        .map(|parts| Complex64::new(at(parts[0]), at(parts[1])));
    let [voltage_u, current_u, correlation] = ["voltage_u", "current_u", "correlation"].map(at);
    let cross = correlation * voltage_u * current_u;
    let entry = |i: usize, j: usize| match (i, j) {
        (i, j) if i == j => {
            if i < 2 {
                voltage_u * voltage_u
            } else {
                current_u * current_u
            }
        }
        (i, j) if i.abs_diff(j) == 2 => cross,
        _ => 0.0,
    };
    (Harmonic { voltage, current }, Matrix4::from_fn(entry))
}

fn not_assessable(error: &PowerError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-assessable",
        format!("failed to {error}"),
        "there is no reference energy of this meter",
        "mend the phasors or the responses; merge results of one sensor by several methods first",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::lines::tests::table as responses;
    use crate::op::planned;

    /// 10 V and 1 A in phase for two intervals of 450 s at 50 Hz, with noise of `u` in each part.
    fn phasors(masters: &[&str], u: f64) -> Table {
        let mut rows = Rows::of(&schema::phasor::SCHEMA);
        for (master, interval) in masters.iter().flat_map(|master| [(master, 0_i64), (master, 1)]) {
            let names: [Cell; 4] = [(*master).into(), interval.into(), 450.0.into(), 1_i64.into()];
            let numbers = [50.0, 10.0, 0.0, u, 1.0, 0.0, u, 0.0].map(Cell::from);
            rows.push(names.into_iter().chain(numbers));
        }
        rows.table()
    }

    /// 1/100 known to 3e-4 and to 4e-4 in magnitude and in phase: 100 kW on the primary side, 25 kWh.
    fn energy(reference: &Reference, u: f64) -> ReferenceEnergy {
        let voltage = responses(&[("VT", 50.0, 0.01, 3e-6, "h1")]);
        let current = responses(&[("CT", 50.0, 0.01, 4e-6, "h1")]);
        let master = &Master::all(&phasors(&["m"], u))[0];
        reference.energy(master, &[Some(&voltage), Some(&current), None]).unwrap()
    }

    fn rows(reference: &Reference, registered: Option<f64>) -> Table {
        let mut rows = Rows::of(OP.schema);
        reference.push(&mut rows, "m", &energy(reference, 0.0), registered);
        rows.table()
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "", reference).unwrap().parameters();
        assert_eq!(planned(&OP, &parameters, reference).unwrap().parameters(), parameters);
        OP.parameters[0]
            .iter()
            .for_each(|key| assert!(parameters.contains(&format!("{} = ", key.name)), "{}", key.name));
        let message = planned(&OP, "standard_share = 2", reference).err().unwrap();
        assert!(message.contains("`standard_share` is 2 and must lie from 0 to 1"), "{message}");
    }

    /// 25.05 kWh against 25 kWh are 0.2 %; √(0.03² + 0.04²) · 1.002 are 0.0501 %.
    #[test]
    fn error_of_a_meter_is_that_by_hand() {
        let table = rows(&planned(&OP, "", reference).unwrap(), Some(25.05));
        let column = |name| table.floats(name).unwrap();
        assert!((column("energy_kwh")[0] - 25.0).abs() < 1e-10 && (column("u_kwh")[0] - 0.0125).abs() < 1e-10);
        assert!((column("error_pct")[0] - 0.2).abs() < 1e-9 && (column("u_pct")[0] - 0.0501).abs() < 1e-9);
        assert_eq!(&table.texts("source").unwrap()[..3], ["total", "CT", "VT"]);
        assert!((column("share")[1] - 0.64).abs() < 1e-9 && (column("u_pct")[2] - 0.03006).abs() < 1e-9);
        assert_eq!((column("correlated")[0], column("correlated")[1]), (1.0, 1.0));
    }

    #[test]
    fn shares_of_the_budget_add_up_to_one() {
        let reference = planned(&OP, "resolution_kwh = 0.01\ntime_base_u = 1e-4", reference).unwrap();
        for registered in [None, Some(20.0)] {
            let table = rows(&reference, registered);
            let share: f64 = table.floats("share").unwrap()[1..].iter().sum();
            assert!((share - 1.0).abs() < 1e-12, "{share}");
            assert_eq!(table.floats("error_pct").unwrap()[0].is_nan(), registered.is_none());
        }
    }

    /// Noise of u in all parts leaves u √(V² + I²) √(450² + 450²) J at the digitizers.
    #[test]
    fn noise_is_no_part_of_the_correlated_share() {
        let found = energy(&planned(&OP, "", reference).unwrap(), 1e-3);
        let joules = 1e4 * 1e-3 * 101f64.sqrt() * 450.0 * 2f64.sqrt();
        assert!((found.noise.sqrt() * 3.6e6 / joules - 1.0).abs() < 1e-9);
        let correlated = found.error_of("m", 25.0, 0.0).correlated;
        assert!((correlated - 0.0125f64.powi(2) / (0.0125f64.powi(2) + found.noise)).abs() < 1e-9);
    }

    /// Both ratios against one standard alone: their errors in magnitude add up, 0.03 % + 0.04 %.
    #[test]
    fn a_standard_in_common_adds_up() {
        let table = rows(&planned(&OP, "standard_share = 1", reference).unwrap(), None);
        assert!((table.floats("u_pct").unwrap()[0] - 0.07).abs() < 1e-9);
        assert_eq!(table.texts("source").unwrap()[1], "standard");
    }

    #[test]
    fn the_cost_of_a_clock_is_a_source() {
        let mut clock = schema::energy::SCHEMA.empty();
        let mut rows = Rows::of(&schema::energy::SCHEMA);
        let numbers = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.03, 0.04, 0.0, 0.0, 0.0].map(Cell::from);
        rows.push(["c", "pacing"].map(Cell::from).into_iter().chain(numbers));
        clock.append(rows.table()).unwrap();
        let master = &Master::all(&phasors(&["m"], 0.0))[0];
        let found = planned(&OP, "", reference).unwrap().energy(master, &[None, None, Some(&clock)]).unwrap();
        assert!((found.energy.standard_uncertainty / found.energy.value - 5e-4).abs() < 1e-12);
    }

    #[test]
    fn meters_and_registered_energies_go_together() {
        let reference = planned(&OP, "registered_kwh = [1, 2]", reference).unwrap();
        assert_eq!(Master::all(&phasors(&["a", "b"], 0.0)).len(), 2);
        assert!(reference.misfit(2).is_none());
        assert!(reference.misfit(3).unwrap().seen.contains("2 registered energies and 3 meters"));
    }

    #[test]
    fn a_harmonic_that_an_interval_lacks_is_missing_there() {
        let mut table = phasors(&["m"], 0.0);
        let mut rows = Rows::of(&schema::phasor::SCHEMA);
        let names: [Cell; 4] = ["m".into(), 0_i64.into(), 450.0.into(), 3_i64.into()];
        rows.push(names.into_iter().chain([150.0, 1.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0].map(Cell::from)));
        table.append(rows.table()).unwrap();
        let found = planned(&OP, "", reference).unwrap().energy(&Master::all(&table)[0], &[None; 3]).unwrap();
        assert_eq!(&*found.findings[0].code, "harmonic-missing");
        assert!((found.energy.value * 3.6e6 - 10.0 * 900.0 - 0.1 * 450.0).abs() < 1e-6);
    }
}
