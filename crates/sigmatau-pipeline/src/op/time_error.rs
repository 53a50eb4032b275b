//! Prediction of time errors, and the record's verdict against limits.

use super::phase::{Phase, TRENDS, phase_of, unpredictable};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, PhaseSeries, Severity, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::TauList;
use sigmatau_stability::levels::Levels;
use sigmatau_stability::predict::{Forecast, Trend};
use sigmatau_stability::steering::{Evaluation, Limits, Verdict};

/// Where every clock will be, and whether it kept its limits.
pub(super) static OP: Op = Op {
    name: "time-error",
    title: "time error of clocks: prediction with uncertainty, and the verdict against limits such as those of UTC(k)",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::time_error::SCHEMA,
    parameters: &[&[
        Parameter::new("horizons", "times to predict for, in s, such as \"3600,86400\"").or("\"3600,86400\""),
        Parameter::new("trend", "what is drawn out: frequency, or drift").or("\"frequency\""),
        Parameter::new("confidence", "level of the two-sided intervals, between 0 and 1").or("0.95"),
        Parameter::new("limit_s", "largest time error that is allowed, in s").or("1e-7"),
        Parameter::new("share", "share of time for which it has to be kept, up to 1").or("1.0"),
        Parameter::new("duration_s", "time that a record has to cover, in s").or("2592000.0"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let share_of = |key: &str, highest: f64| {
        let share = section.number(key)?.unwrap_or(f64::NAN);
        let refused = || section.refuse_key(key, &format!("`{key}` {share} must lie between 0 and 1"));
        (share > 0.0 && share <= highest).then_some(share).ok_or_else(refused)
    };
    let positive = |key| Ok(section.positive(key)?.unwrap_or(f64::NAN));
    Ok(Box::new(TimeError {
        horizons: horizons(section)?,
        trend: TRENDS[section.one_of("trend", "trend", TRENDS.map(Trend::word))?],
        confidence: share_of("confidence", 1.0 - f64::EPSILON)?,
        limits: Limits {
            offset: positive("limit_s")?,
            share: share_of("share", 1.0)?,
            duration: positive("duration_s")?,
        },
    }))
}

fn horizons(section: &Section<'_>) -> Result<Vec<f64>, DocumentError> {
    match section.required("horizons")?.parse() {
        Ok(TauList::Explicit(horizons)) => Ok(horizons),
        _ => Err(section.refuse_key("horizons", "state the horizons in seconds, such as \"3600,86400\"")),
    }
}

struct TimeError {
    horizons: Vec<f64>,
    trend: Trend,
    confidence: f64,
    limits: Limits,
}

/// How far ahead the end of a holdover is looked for, in sampling intervals.
const FARTHEST: u32 = 1 << 24;

impl Analysis for TimeError {
    fn parameters(&self) -> String {
        let Limits { offset, share, duration } = self.limits;
        format!(
            "horizons = \"{}\"\ntrend = \"{}\"\nconfidence = {}\nlimit_s = {offset:e}\nshare = {share:?}\nduration_s = {duration:?}\n",
            TauList::Explicit(self.horizons.clone()),
            self.trend.word(),
            self.confidence,
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let results: Vec<_> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let findings = clocks.iter().zip(&results).flat_map(|(clock, (_, findings))| {
            let own = findings.iter().map(|finding| finding.clone().about(&clock.name));
            clock.findings.iter().cloned().chain(own)
        });
        let findings = findings.collect();
        let rows: Vec<Row> = results.into_iter().flat_map(|(rows, _)| rows).collect();
        Ok((self.table(&rows), findings))
    }
}

/// One horizon of one clock; what can't be predicted is missing.
struct Row {
    series: String,
    evaluation: Evaluation,
    /// x, u, degrees of freedom, lower, upper.
    prediction: [f64; 5],
    horizon: f64,
    frequency: f64,
    holdover: f64,
}

impl TimeError {
    fn assess(&self, clock: &ClockSeries) -> (Vec<Row>, Vec<Finding>) {
        let (phase, mut findings) = match phase_of(clock) {
            None => return (Vec::new(), Vec::new()),
            Some(Err(finding)) => return (Vec::new(), vec![finding]),
            Some(Ok(Phase { values, remark })) => (values, Vec::from_iter(remark)),
        };
        let phase = PhaseSeries::new(&phase, clock.tau0).expect("the phases were checked");
        let evaluation = self.limits.judge(&phase);
        findings.extend(self.remark(&evaluation));
        let levels = Levels::fit(&phase).unwrap_or_else(|| Levels::exact(Vec::new()));
        let farthest = points(self.horizons.iter().copied().fold(0.0, f64::max), clock.tau0);
        let forecast =
            (!levels.laws().is_empty()).then(|| Forecast::new(&phase, &levels, self.trend, farthest)).flatten();
        findings.extend(forecast.is_none().then(unpredictable));
        let row = |horizon: &f64| self.row(clock, evaluation, forecast.as_ref(), *horizon);
        (self.horizons.iter().map(row).collect(), findings)
    }

    fn row(&self, clock: &ClockSeries, evaluation: Evaluation, forecast: Option<&Forecast<'_>>, horizon: f64) -> Row {
        let points = points(horizon, clock.tau0);
        let horizon = f64::from(points) * clock.tau0;
        let numbers = |forecast: &Forecast<'_>| {
            let prediction = forecast.at(points);
            let ((lower, upper), x) = (prediction.interval(self.confidence), prediction.time_error);
            [x.value, x.standard_uncertainty, x.degrees_of_freedom, lower, upper]
        };
        let holdover = |forecast: &Forecast<'_>| {
            forecast
                .holdover(self.limits.offset, self.confidence, FARTHEST)
                .map(|points| f64::from(points) * clock.tau0)
        };
        Row {
            series: clock.name.clone(),
            evaluation,
            prediction: forecast.map_or([f64::NAN; 5], numbers),
            horizon,
            frequency: forecast.map_or(f64::NAN, Forecast::frequency),
            holdover: forecast.and_then(holdover).unwrap_or(f64::NAN),
        }
    }

    fn remark(&self, evaluation: &Evaluation) -> Option<Finding> {
        let limit = self.limits.offset;
        match evaluation.verdict {
            Verdict::Within => None,
            Verdict::Exceeded => Some(Finding::new(
                Severity::Failure,
                "limit-exceeded",
                format!("the time error reached {:e} s, beyond ±{limit:e} s", evaluation.largest.unwrap_or(f64::NAN)),
                "the clock does not conform",
                "steer it, or state the limits that apply to it",
            )),
            Verdict::NotAssessable => Some(Finding::new(
                Severity::Warning,
                "limit-not-assessable",
                format!("the record covers less than {} s", self.limits.duration),
                "whether the limits are kept can't be said yet",
                "record longer, or state the time that has to be covered",
            )),
        }
    }

    fn table(&self, rows: &[Row]) -> Table {
        let seconds =
            |name: &str, of: &dyn Fn(&Row) -> f64| Column::float(name, Measure::SECOND, rows.iter().map(of).collect());
        let ratio =
            |name: &str, of: &dyn Fn(&Row) -> f64| Column::float(name, Measure::ONE, rows.iter().map(of).collect());
        let or_missing = |number: Option<f64>| number.unwrap_or(f64::NAN);
        let columns = vec![
            Column::text("series", rows.iter().map(|row| row.series.clone()).collect()),
            Column::text("trend", vec![self.trend.word().to_owned(); rows.len()]),
            seconds("horizon_s", &|row| row.horizon),
            seconds("time_error_s", &|row| row.prediction[0]),
            seconds("u_s", &|row| row.prediction[1]),
            ratio("dof", &|row| row.prediction[2]),
            seconds("lower_s", &|row| row.prediction[3]),
            seconds("upper_s", &|row| row.prediction[4]),
            ratio("confidence", &|_| self.confidence),
            ratio("frequency", &|row| row.frequency),
            seconds("limit_s", &|_| self.limits.offset),
            ratio("share_within", &|row| or_missing(row.evaluation.share)),
            seconds("largest_s", &|row| or_missing(row.evaluation.largest)),
            seconds("exceeded_after_s", &|row| or_missing(row.evaluation.exceeded_after)),
            seconds("holdover_s", &|row| row.holdover),
            Column::text("verdict", rows.iter().map(|row| row.evaluation.verdict.word().to_owned()).collect()),
        ];
        Table::new(columns).expect("every row fills every column")
    }
}

/// The nearest whole number of sampling intervals, at least one.
fn points(seconds: f64, tau0: f64) -> u32 {
    (seconds / tau0).round().clamp(1.0, f64::from(FARTHEST)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use sigmatau_data::clock::ClockKind;
    use sigmatau_spectrum::PowerLaw;

    fn time_error() -> TimeError {
        let limits = Limits { offset: 1e-9, share: 1.0, duration: 1000.0 };
        TimeError { horizons: vec![10.0, 100.0], trend: Trend::Frequency, confidence: 0.95, limits }
    }

    fn clock(values: Vec<f64>) -> ClockSeries {
        ClockSeries {
            name: "a".into(),
            kind: ClockKind::Phase,
            tau0: 1.0,
            start_ns: None,
            values,
            findings: Vec::new(),
        }
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
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        for (text, reason) in [
            ("horizons = \"octave\"", "state the horizons in seconds"),
            ("trend = \"drifts\"", "there is no trend `drifts`; did you mean `drift`"),
            ("confidence = 1.0", "must lie between 0 and 1"),
            ("share = 1.5", "must lie between 0 and 1"),
            ("limit_s = 0", "must be a positive number"),
        ] {
            let message = planned(&OP, text, plan).err().unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn rows_have_the_columns_of_the_schema() {
        let x = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(2000, 1.0, 1, 0);
        let (rows, findings) = time_error().assess(&clock(x));
        assert_eq!((rows.len(), findings.len()), (2, 0));
        let table = time_error().table(&rows);
        schema::time_error::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        assert_eq!(table.texts("verdict").unwrap(), ["within"; 2]);
        let u = table.floats("u_s").unwrap();
        assert!((u[0] / (1e-12 * 10f64.sqrt()) - 1.0).abs() < 0.1, "{u:?}");
    }

    #[test]
    fn a_record_that_exceeds_or_ends_early_is_a_finding() {
        let codes = |values: Vec<f64>| {
            let (_, findings) = time_error().assess(&clock(values));
            findings.iter().map(|finding| finding.code.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(codes(vec![2e-9; 2000]), ["limit-exceeded", "no-prediction"]);
        assert_eq!(
            codes(PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(200, 1.0, 1, 0)),
            ["limit-not-assessable"]
        );
    }
}
