//! What clocks cost the meters that they stamp.

use super::phase::{Phase, TRENDS, phase_of, unpredictable, unusable};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, PhaseSeries, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::energy::{Boundaries, EnergyError, Influence, Load};
use sigmatau_stability::levels::Levels;
use sigmatau_stability::predict::{Forecast, Trend};

/// Time error to energy, for every interval between two settings of the clock.
pub(super) static OP: Op = Op {
    name: "energy",
    title: "time error to energy: what a clock costs a meter that it stamps, in kWh and per cent of an interval",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::energy::SCHEMA,
    parameters: &[&[
        Parameter::new(
            "load_kw",
            "constant load \"100\", a ramp \"100 to 150\", or mean powers that repeat \"90,120,100\"",
        )
        .or("\"100\""),
        Parameter::new("slope_kw_per_h", "steepest course of the load, for its power at the boundaries").or("0.0"),
        Parameter::new("period_s", "length of an interval, in s").or("900.0"),
        Parameter::new("setting_every_s", "time between two settings of the clock, in s").or("86400.0"),
        Parameter::new("setting_u_s", "standard uncertainty of a setting, in s").or("0.001"),
        Parameter::new("influence", "what the clock does: boundaries, or pacing").or("\"boundaries\""),
        Parameter::new("trend", "what of the clock's course is drawn out: frequency, or drift").or("\"frequency\""),
    ]],
    plan,
};

/// The most intervals between two settings.
const MOST_INTERVALS: f64 = 10_000.0;

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let positive = |key| Ok(section.positive(key)?.unwrap_or(f64::NAN));
    let not_negative = |key| {
        let number = section.number(key)?.unwrap_or(f64::NAN);
        let refused = || section.refuse_key(key, &format!("`{key}` {number} must not be negative"));
        (number >= 0.0).then_some(number).ok_or_else(refused)
    };
    let (period, cycle) = (positive("period_s")?, positive("setting_every_s")?);
    if !(1.0..=MOST_INTERVALS).contains(&(cycle / period)) {
        let message = format!("{cycle} s must hold 1 to {MOST_INTERVALS} intervals of {period} s");
        return Err(section.refuse_key("setting_every_s", &message));
    }
    Ok(Box::new(Energy {
        course: course(section)?,
        slope: not_negative("slope_kw_per_h")?,
        period,
        cycle,
        setting: not_negative("setting_u_s")?,
        influence: Influence::ALL[section.one_of("influence", "influence", Influence::ALL.map(Influence::word))?],
        trend: TRENDS[section.one_of("trend", "trend", TRENDS.map(Trend::word))?],
    }))
}

/// How the load runs, in kW.
enum Course {
    Ramp(f64, f64),
    /// Mean powers of successive intervals, which repeat; a single one is a constant load.
    Means(Vec<f64>),
}

fn course(section: &Section<'_>) -> Result<Course, DocumentError> {
    let text = section.required("load_kw")?;
    let number = |word: &str| word.trim().parse::<f64>().ok().filter(|power| power.is_finite() && *power > 0.0);
    let course = match text.split_once(" to ") {
        Some((start, end)) => number(start).zip(number(end)).map(|(start, end)| Course::Ramp(start, end)),
        None => text.split(',').map(number).collect::<Option<_>>().map(Course::Means),
    };
    let refused = || {
        let message =
            format!("the load `{text}` is none of \"100\", \"100 to 150\", \"90,120,100\", in kW and above 0");
        section.refuse_key("load_kw", &message)
    };
    course.ok_or_else(refused)
}

struct Energy {
    course: Course,
    slope: f64,
    period: f64,
    cycle: f64,
    setting: f64,
    influence: Influence,
    trend: Trend,
}

/// Watts in a kilowatt.
const WATTS: f64 = 1e3;

impl Energy {
    /// The load of an interval in W.
    fn load(&self, interval: usize) -> Load {
        let slope = self.slope * WATTS / 3600.0;
        let load = match &self.course {
            Course::Ramp(start, end) => Load::ramp(start * WATTS, end * WATTS),
            Course::Means(means) => {
                let watts: Vec<f64> = means.iter().map(|mean| mean * WATTS).collect();
                return Load::of_profile(&watts, interval, self.period, slope);
            }
        };
        Load { uncertainty: slope * self.period / 12f64.sqrt(), ..load }
    }

    fn assess(&self, clock: &ClockSeries) -> (Vec<Row>, Vec<Finding>) {
        let (phase, mut findings) = match phase_of(clock) {
            None => return (Vec::new(), Vec::new()),
            Some(Err(finding)) => return (Vec::new(), vec![finding]),
            Some(Ok(Phase { values, remark })) => (values, Vec::from_iter(remark)),
        };
        let Some(step) = whole(self.period, clock.tau0) else {
            let seen =
                format!("the interval of {} s is no multiple of the sampling interval {} s", self.period, clock.tau0);
            return (Vec::new(), vec![unusable(&seen)]);
        };
        let phase = PhaseSeries::new(&phase, clock.tau0).expect("the phases were checked");
        let intervals = (self.cycle / self.period) as u32;
        let levels = Levels::fit(&phase);
        let forecast = levels.as_ref().and_then(|levels| Forecast::new(&phase, levels, self.trend, intervals * step));
        let Some(forecast) = forecast else {
            findings.push(unpredictable());
            return (Vec::new(), findings);
        };
        let row = |interval: u32| {
            let boundaries = Boundaries::forecast(&forecast, self.setting, interval * step, step);
            let load = self.load(interval as usize);
            let error = EnergyError::of(&boundaries, &load, self.influence, self.period);
            let (series, elapsed) = (clock.name.clone(), f64::from(interval) * self.period);
            Row { series, elapsed, energy: load.mean * self.period / 3.6e6, boundaries, error }
        };
        ((0..intervals).into_par_iter().map(row).collect(), findings)
    }

    fn table(&self, rows: &[Row]) -> Table {
        let unit = |symbol: &str| Measure::parse(symbol).expect("a known unit");
        let column = |name: &str, symbol: &str, of: &dyn Fn(&Row) -> f64| {
            Column::float(name, unit(symbol), rows.iter().map(of).collect())
        };
        let columns = vec![
            Column::text("series", rows.iter().map(|row| row.series.clone()).collect()),
            Column::text("influence", vec![self.influence.word().to_owned(); rows.len()]),
            column("elapsed_s", "s", &|row| row.elapsed),
            column("time_error_s", "s", &|row| row.boundaries.mean[1]),
            column("u_s", "s", &|row| row.boundaries.covariance[1][1].sqrt()),
            column("energy_kwh", "kWh", &|row| row.energy),
            column("error_kwh", "kWh", &|row| row.error.energy.value),
            column("u_kwh", "kWh", &|row| row.error.energy.standard_uncertainty),
            column("error_pct", "%", &|row| row.error.relative.value),
            column("u_pct", "%", &|row| row.error.relative.standard_uncertainty),
            column("dof", "1", &|row| row.boundaries.degrees_of_freedom),
            column("register_error_pct", "%", &|row| row.error.register.value),
            column("register_u_pct", "%", &|row| row.error.register.standard_uncertainty),
        ];
        Table::new(columns).expect("every row fills every column")
    }
}

impl Analysis for Energy {
    fn parameters(&self) -> String {
        let load = match &self.course {
            Course::Ramp(start, end) => format!("{start} to {end}"),
            Course::Means(means) => means.iter().map(f64::to_string).collect::<Vec<_>>().join(","),
        };
        let Self { slope, period, cycle, setting, influence, trend, .. } = self;
        format!(
            "load_kw = \"{load}\"\nslope_kw_per_h = {slope:?}\nperiod_s = {period:?}\nsetting_every_s = {cycle:?}\n\
             setting_u_s = {setting:?}\ninfluence = \"{}\"\ntrend = \"{}\"\n",
            influence.word(),
            trend.word(),
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let results: Vec<_> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let (mut all, mut findings) = (Vec::new(), Vec::new());
        for (clock, (rows, remarks)) in clocks.iter().zip(results) {
            all.extend(rows);
            findings.extend(clock.findings.iter().cloned());
            findings.extend(remarks.into_iter().map(|finding| finding.about(&clock.name)));
        }
        Ok((self.table(&all), findings))
    }
}

/// One interval of one clock.
struct Row {
    series: String,
    elapsed: f64,
    energy: f64,
    boundaries: Boundaries,
    error: EnergyError,
}

/// How many sampling intervals make up the period, where that is a whole number.
fn whole(period: f64, tau0: f64) -> Option<u32> {
    let points = (period / tau0).round();
    let on_grid = (1.0..1e6).contains(&points) && (period / tau0 - points).abs() < 1e-6 * points;
    on_grid.then_some(points as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use sigmatau_data::clock::ClockKind;
    use sigmatau_spectrum::PowerLaw;

    fn energy(course: Course) -> Energy {
        let (influence, trend) = (Influence::Boundaries, Trend::Frequency);
        Energy { course, slope: 0.0, period: 900.0, cycle: 3600.0, setting: 0.0, influence, trend }
    }

    /// A quartz that gains 1 ppm, with white FM.
    fn clock(tau0: f64) -> ClockSeries {
        let noise = PowerLaw::from_deviation(0, 1e-10, tau0).unwrap().phase(500, tau0, 1, 0);
        let values = noise.iter().zip(0..).map(|(x, i)| x + 1e-6 * tau0 * f64::from(i)).collect();
        ClockSeries { name: "a".into(), kind: ClockKind::Phase, tau0, start_ns: None, values, findings: Vec::new() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "", plan).unwrap().parameters();
        assert_eq!(planned(&OP, &parameters, plan).unwrap().parameters(), parameters);
        OP.parameters
            .iter()
            .copied()
            .flatten()
            .for_each(|key| assert!(parameters.contains(&format!("{} = ", key.name)), "{}", key.name));
        for load in ["100 to 150", "90,120.5,100"] {
            let text = format!("load_kw = \"{load}\"\n");
            assert!(planned(&OP, &text, plan).unwrap().parameters().starts_with(&text), "{load}");
        }
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        for (text, reason) in [
            ("load_kw = \"much\"", "the load `much` is none of"),
            ("load_kw = \"0\"", "above 0"),
            ("influence = \"pace\"", "there is no influence `pace`; did you mean `pacing`"),
            ("setting_every_s = 60", "60 s must hold 1 to 10000 intervals of 900 s"),
            ("setting_u_s = -1", "must not be negative"),
        ] {
            let message = planned(&OP, text, plan).err().unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn a_fast_clock_at_constant_load_reads_its_rate_too_low() {
        let energy = energy(Course::Means(vec![100.0]));
        let (rows, findings) = energy.assess(&clock(100.0));
        assert_eq!((rows.len(), findings.len()), (4, 0));
        let table = energy.table(&rows);
        schema::energy::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        for error in table.floats("error_pct").unwrap() {
            assert!((error + 1e-4).abs() < 1e-7, "{error}");
        }
        assert_eq!(table.floats("energy_kwh").unwrap(), [25.0; 4]);
        assert!((table.floats("time_error_s").unwrap()[3] - 3.6e-3).abs() < 1e-5);
    }

    #[test]
    fn an_interval_off_the_grid_is_a_finding() {
        let (rows, findings) = energy(Course::Ramp(1.0, 2.0)).assess(&clock(700.0));
        assert_eq!((rows.len(), &*findings[0].code), (0, "not-assessable"));
    }
}
