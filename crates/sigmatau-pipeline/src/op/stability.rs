//! Frequency stability of clocks.

use super::{Analysis, Input, Op, Subject, clock};
use crate::dataset::{Dataset, Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Unit as Measure};
use sigmatau_data::clock::{ClockKind, ClockSeries};
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::condition::{self, Quantity, Step, Treatment};
use sigmatau_stability::{ClockData, Estimator, Noise, Point, Settings, Stream, analyse, dead_time};
use std::str::FromStr;

/// What says how deviations are computed; [`settings`] understands it.
pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter::new("estimators", "statistics, see `list estimators`").or("[\"oadev\", \"mdev\", \"ohdev\"]"),
    Parameter::new("tau", "averaging times: octave, decade, all, log:N, or seconds such as \"1,10,100\"")
        .or("\"octave\""),
    Parameter::new("confidence", "level of the intervals, between 0 and 1").or("0.95"),
    Parameter::new("interval", "which ends are bounded: two-sided, upper or lower").or("\"two-sided\""),
    Parameter::new("edf", "degrees of freedom: greenhall-riley, exact-model or closed-form").or("\"greenhall-riley\""),
    Parameter::new("noise", "power-law noise: auto, or its name such as \"white FM\"").or("\"auto\""),
    Parameter::new("convention", "whose choices are followed: standard, exact or stable32").or("\"standard\""),
];

/// What happens to the data before, and to the deviations after.
const CONDITIONING: &[Parameter] = &[
    Parameter::new("condition", "steps before the analysis, in their order, see `list steps`").or("[]"),
    Parameter::new("dead_time", "T/τ of frequencies that were not measured back to back, at least 1").or("1"),
];

/// Deviations of the Allan family with intervals, for every series of the dataset.
pub(super) static OP: Op = Op {
    name: "stability",
    title: "frequency stability: Allan-family deviations with noise type, degrees of freedom and interval",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::stability::SCHEMA,
    parameters: &[PARAMETERS, CONDITIONING],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let (settings, condition) = (settings(section)?, condition(section)?);
    Ok(Box::new(Stability { settings, condition, dead_time: dead_time(section)? }))
}

pub(super) fn settings(section: &Section<'_>) -> Result<Settings, DocumentError> {
    Ok(Settings {
        estimators: estimators(section)?,
        taus: section.required("tau")?.parse().map_err(|error| section.refuse_key("tau", &format!("{error}")))?,
        confidence: clock::confidence(section)?,
        sides: word(section, "interval", "kind of interval")?,
        edf: word(section, "edf", "method for degrees of freedom")?,
        noise: noise(section)?,
        convention: word(section, "convention", "convention")?,
    })
}

pub(super) fn estimators(section: &Section<'_>) -> Result<Vec<&'static Estimator>, DocumentError> {
    let named = |(line, name): (Option<usize>, String)| {
        Estimator::named(&name).map_err(|error| section.refuse(line, &error.to_string()))
    };
    let estimators: Vec<_> = section.texts("estimators")?.into_iter().map(named).collect::<Result<_, _>>()?;
    match estimators.is_empty() {
        true => Err(section.refuse_key("estimators", "name at least one estimator")),
        false => Ok(estimators),
    }
}

/// The word of a key that has a fixed list of words.
pub(super) fn word<T: FromStr<Err = String>>(
    section: &Section<'_>,
    key: &'static str,
    what: &str,
) -> Result<T, DocumentError> {
    let name = section.required(key)?;
    name.parse().map_err(|hint| section.refuse_key(key, &format!("there is no {what} `{name}`{hint}")))
}

pub(super) fn noise(section: &Section<'_>) -> Result<Option<Noise>, DocumentError> {
    let name = section.required("noise")?;
    if name == "auto" {
        return Ok(None);
    }
    let all: Vec<Noise> = (-4..=2).filter_map(Noise::of).collect();
    let names: Vec<&str> = all.iter().map(|noise| noise.name()).chain(["auto"]).collect();
    let refused = || section.refuse_key("noise", &format!("there is no noise `{name}`{}", did_you_mean(&name, &names)));
    all.iter().find(|noise| noise.name() == name).copied().map(Some).ok_or_else(refused)
}

/// The settings as TOML, every key in the order of [`PARAMETERS`].
pub(super) fn written(settings: &Settings) -> String {
    let Settings { estimators, taus, confidence, sides, edf, noise, convention } = settings;
    let names: Vec<String> = estimators.iter().map(|estimator| format!("\"{}\"", estimator.name)).collect();
    let noise = noise.map_or("auto", Noise::name);
    format!(
        "estimators = [{}]\ntau = \"{taus}\"\nconfidence = {confidence}\ninterval = \"{sides}\"\nedf = \"{edf}\"\n\
         noise = \"{noise}\"\nconvention = \"{convention}\"\n",
        names.join(", ")
    )
}

fn condition(section: &Section<'_>) -> Result<Vec<Box<dyn Treatment>>, DocumentError> {
    let step = |(line, word): (Option<usize>, String)| {
        Step::read(&word).map_err(|error| section.refuse(line, &error.to_string()))
    };
    section.texts("condition")?.into_iter().map(step).collect()
}

fn dead_time(section: &Section<'_>) -> Result<f64, DocumentError> {
    let ratio = section.number("dead_time")?.unwrap_or(1.0);
    let refused = || section.refuse_key("dead_time", &format!("the dead-time ratio T/τ = {ratio} is below 1"));
    (ratio >= 1.0).then_some(ratio).ok_or_else(refused)
}

struct Stability {
    settings: Settings,
    /// The steps before the analysis.
    condition: Vec<Box<dyn Treatment>>,
    /// T/τ.
    dead_time: f64,
}

/// Rows and remarks.
type Part = (Table, Vec<Finding>);

impl Analysis for Stability {
    fn parameters(&self) -> String {
        let steps: Vec<String> = self.condition.iter().map(|step| format!("\"{step}\"")).collect();
        let (settings, steps) = (written(&self.settings), steps.join(", "));
        format!("{settings}condition = [{steps}]\ndead_time = {}\n", self.dead_time)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<Part, DataError> {
        if let Some(part) = self.streamed(input.dataset, unit, AT_ONCE)? {
            return Ok(part);
        }
        let clocks = input.dataset.read(unit)?;
        let results: Vec<_> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let mut rows = Rows::default();
        let mut findings = Vec::new();
        for (clock, (points, remarks)) in clocks.iter().zip(results) {
            points.iter().for_each(|point| rows.push(&clock.name, point, &self.settings));
            findings.extend(clock.findings.iter().cloned());
            findings.extend(remarks.into_iter().map(|finding| finding.about(&clock.name)));
        }
        Ok((rows.table(), findings))
    }
}

/// Points up to which a record is read at once, 8 bytes each.
const AT_ONCE: u64 = 1 << 24;
/// Bytes up to which a stream may take them instead of the record.
const STREAM_BYTES: usize = 512 << 20;

impl Stability {
    /// The result for a unit of one clock of more than `points` phases, read piece by piece; nothing where the
    /// record or an averaging time does not allow it. The digits are the same.
    fn streamed(&self, dataset: &Dataset, unit: &Unit, points: u64) -> Result<Option<Part>, DataError> {
        if !self.condition.is_empty() {
            return Ok(None);
        }
        let Some(clock) = dataset.steady(unit, points)?.filter(|clock| clock.kind == ClockKind::Phase) else {
            return Ok(None);
        };
        let small = Stream::memory(&self.settings, clock.tau0, clock.points) <= STREAM_BYTES;
        let stream = small.then(|| Stream::new(&self.settings, clock.tau0, clock.points));
        let Some(Ok(mut stream)) = stream else { return Ok(None) };
        let mut findings = dataset.stream(unit, |phases| stream.push(phases))?;
        let analysis = self.less_dead_time(stream.finish());
        let mut rows = Rows::default();
        analysis.points.iter().for_each(|point| rows.push(&clock.name, point, &self.settings));
        findings.extend(analysis.findings.into_iter().map(|finding| finding.about(&clock.name)));
        Ok(Some((rows.table(), findings)))
    }

    /// The points of one clock; none where its data were refused while they were read.
    fn assess(&self, clock: &ClockSeries) -> (Vec<Point>, Vec<Finding>) {
        match clock::data(clock) {
            Ok(_) if !self.condition.is_empty() => self.conditioned(clock),
            Ok(data) => self.analysed(&data),
            Err(findings) => (Vec::new(), findings),
        }
    }

    /// The points of a copy of the data after the steps, with what these did.
    fn conditioned(&self, clock: &ClockSeries) -> (Vec<Point>, Vec<Finding>) {
        let treated = condition::apply(series(clock), &self.condition);
        let (points, remarks) = match treated.series.as_ref().map(condition::Series::view) {
            Some(Ok(data)) => self.analysed(&data),
            Some(Err(error)) => (Vec::new(), vec![clock::not_a_series(&error)]),
            None => (Vec::new(), Vec::new()),
        };
        (points, treated.findings.into_iter().chain(remarks).collect())
    }

    fn analysed(&self, data: &ClockData<'_>) -> (Vec<Point>, Vec<Finding>) {
        let analysis = self.less_dead_time(analyse(data, &self.settings));
        (analysis.points, analysis.findings)
    }

    fn less_dead_time(&self, analysis: sigmatau_stability::Analysis) -> sigmatau_stability::Analysis {
        if self.dead_time > 1.0 { dead_time::corrected(analysis, self.dead_time) } else { analysis }
    }
}

fn series(clock: &ClockSeries) -> condition::Series {
    let quantity = match clock.kind {
        ClockKind::Phase => Quantity::Phase,
        ClockKind::Frequency => Quantity::Frequency,
    };
    condition::Series { quantity, tau0: clock.tau0, values: clock.values.clone() }
}

/// The columns of the stability schema, as they grow.
#[derive(Default)]
pub(super) struct Rows {
    texts: [Vec<String>; 5],
    floats: [Vec<f64>; 9],
    integers: [Vec<i64>; 2],
}

impl Rows {
    pub(super) fn push(&mut self, series: &str, point: &Point, settings: &Settings) {
        let noise = point.noise.map(|identified| identified.noise);
        let edf_method = point.edf.map(|edf| edf.method.to_string()).unwrap_or_default();
        let noise_name = noise.map_or("", Noise::name);
        let texts =
            [series.into(), point.estimator.name.into(), edf_method, noise_name.into(), point.flags().join(" ")];
        let missing = f64::NAN;
        let (lower, upper) = point.interval.map_or((missing, missing), |interval| (interval.lower, interval.upper));
        let upper = if upper.is_finite() { upper } else { missing };
        let alpha = noise.map_or(missing, |noise| f64::from(noise.alpha()));
        let edf = point.edf.map_or(missing, |edf| edf.value);
        let floats =
            [point.tau, point.deviation, lower, upper, settings.confidence, edf, alpha, point.bias, point.raw()];
        self.texts.iter_mut().zip(texts).for_each(|(column, value)| column.push(value));
        self.floats.iter_mut().zip(floats).for_each(|(column, value)| column.push(value));
        self.integers.iter_mut().zip([point.m as i64, point.n as i64]).for_each(|(column, value)| column.push(value));
    }

    pub(super) fn table(self) -> Table {
        let [series, estimator, edf_method, noise, flags] = self.texts;
        let [tau, deviation, lower, upper, confidence, edf, alpha, bias, raw] = self.floats;
        let [m, n] = self.integers;
        let bare = |name: &str, values| Column { unit: None, ..Column::float(name, Measure::ONE, values) };
        let columns = vec![
            Column::text("series", series),
            Column::text("estimator", estimator),
            Column::float("tau_s", Measure::SECOND, tau),
            Column::integer("m", Measure::ONE, m),
            bare("deviation", deviation),
            bare("lower", lower),
            bare("upper", upper),
            Column::float("confidence", Measure::ONE, confidence),
            Column::integer("n", Measure::ONE, n),
            Column::float("edf", Measure::ONE, edf),
            Column::text("edf_method", edf_method),
            Column::text("noise", noise),
            Column::float("alpha", Measure::ONE, alpha),
            Column::float("bias", Measure::ONE, bias),
            Column::text("flags", flags),
            bare("raw", raw),
        ];
        Table::new(columns).expect("every row fills every column")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Origin, Planned, Scope};
    use crate::document::Document;
    use sigmatau_core::Severity;
    use sigmatau_data::clock::ClockKind;
    use sigmatau_data::{Metadata, write_table};

    fn meant(text: &str) -> Result<String, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        plan(&section).map(|analysis| analysis.parameters()).map_err(|error| error.to_string())
    }

    fn stability(text: &str) -> Stability {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let (settings, condition) = (settings(&section).unwrap(), condition(&section).unwrap());
        Stability { settings, condition, dead_time: dead_time(&section).unwrap() }
    }

    fn clock(tau0: f64, values: Vec<f64>) -> ClockSeries {
        let (name, kind) = ("a".to_owned(), ClockKind::Phase);
        ClockSeries { name, kind, tau0, start_ns: None, values, findings: Vec::new() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = meant("").unwrap();
        assert_eq!(
            parameters,
            "estimators = [\"oadev\", \"mdev\", \"ohdev\"]\ntau = \"octave\"\nconfidence = 0.95\n\
             interval = \"two-sided\"\nedf = \"greenhall-riley\"\nnoise = \"auto\"\nconvention = \"standard\"\n\
             condition = []\ndead_time = 1\n"
        );
        assert_eq!(meant(&parameters).unwrap(), parameters);
        let stated = "estimators = [\"adev\"]\ntau = \"1,2.5\"\nconfidence = 0.683\ninterval = \"upper\"\n\
                      edf = \"closed-form\"\nnoise = \"white FM\"\nconvention = \"stable32\"\n\
                      condition = [\"outliers:5\", \"drift:frequency-linear\", \"average:10\"]\ndead_time = 1.5\n";
        assert_eq!(meant(stated).unwrap(), stated);
    }

    #[test]
    fn every_key_of_the_op_stands_in_its_parameters() {
        let parameters = meant("").unwrap();
        for key in OP.parameters.iter().copied().flatten() {
            assert!(parameters.contains(&format!("{} = ", key.name)), "{}", key.name);
        }
    }

    #[test]
    fn words_and_numbers_out_of_range_are_refused() {
        for (text, reason) in [
            ("estimators = []", "name at least one estimator"),
            ("estimators = [1]", "`estimators` lists words in quotes"),
            ("confidence = 1.0", "the confidence 1 must lie between 0 and 1"),
            ("confidence = nan", "must be a number"),
            ("noise = \"white\"", "there is no noise `white`; did you mean"),
            ("edf = \"riley\"", "there is no method for degrees of freedom `riley`"),
            ("convention = \"stable\"", "there is no convention `stable`; did you mean `stable32`"),
            ("interval = \"uper\"", "there is no kind of interval `uper`; did you mean `upper`"),
            ("tau = \"1,x\"", "read the averaging times `1,x`"),
            (
                "condition = [\"averages:2\"]",
                "find the step `averages`: there is none of this name; did you mean `average`",
            ),
            ("condition = [\"average:1\"]", "read the step `average:1`: write a whole number of at least 2"),
            ("dead_time = 0.5", "the dead-time ratio T/τ = 0.5 is below 1"),
        ] {
            let message = meant(text).unwrap_err();
            assert!(message.starts_with("a.toml, line 1: ") && message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn rows_have_the_columns_of_the_schema() {
        let stability =
            stability("estimators = [\"oadev\", \"tdev\"]\ntau = \"1,2\"\nconfidence = 0.9\nnoise = \"white FM\"\n");
        let (points, findings) = stability.assess(&clock(1.0, vec![0.0, 1.0, 0.0, 1.0, 0.5, 1.0]));
        assert_eq!((points.len(), findings.len()), (4, 0));
        let mut rows = Rows::default();
        points.iter().for_each(|point| rows.push("a", point, &stability.settings));
        let table = rows.table();
        schema::stability::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        assert_eq!(table.texts("noise").unwrap(), ["white FM"; 4]);
        assert_eq!(table.integers("m").unwrap(), [1, 2, 1, 2]);
        assert_eq!(table.floats("confidence").unwrap(), [0.9; 4]);
    }

    #[test]
    fn data_that_were_refused_are_not_screened_again() {
        let refused = Finding::new(Severity::Failure, "too-sparse", "", "", "");
        let clock = ClockSeries { findings: vec![refused], ..clock(1.0, Vec::new()) };
        assert_eq!(stability("").assess(&clock), (Vec::new(), Vec::new()));
    }

    #[test]
    fn steps_before_the_analysis_change_its_data_and_are_told() {
        let stability = stability("estimators = [\"oadev\"]\ntau = \"2\"\ncondition = [\"offset\", \"average:2\"]\n");
        let (points, findings) = stability.assess(&clock(1.0, vec![0.0, 1.0, 0.5, 1.5, 1.0, 3.0, 2.0]));
        let codes: Vec<&str> = findings.iter().map(|finding| &*finding.code).collect();
        assert_eq!((points.len(), points[0].m, codes), (1, 1, vec!["condition-offset", "condition-average"]));
    }

    #[test]
    fn a_step_that_can_not_be_applied_leaves_no_points() {
        let clock = ClockSeries { kind: ClockKind::Frequency, ..clock(1.0, vec![0.0, f64::NAN, 0.5, 1.5, 1.0, 3.0]) };
        let (points, findings) = stability("condition = \"to-phase\"").assess(&clock);
        assert_eq!((points.len(), findings.len(), findings[0].severity), (0, 1, Severity::Failure));
    }

    #[test]
    fn a_sampling_interval_of_nothing_is_a_finding() {
        let (points, findings) = stability("").assess(&clock(0.0, vec![0.0; 9]));
        assert_eq!((points.len(), findings[0].code.as_ref()), (0, "not-a-series"));
    }

    #[test]
    fn a_long_record_read_piece_by_piece_gives_the_same_part() {
        let folder = tempfile::tempdir().unwrap();
        let mut phases: Vec<f64> =
            (0..200_000_u64).map(|k| 1e-9 * (k.wrapping_mul(0x9e37_79b9) % 1009) as f64).collect();
        phases[70_000] = f64::NAN;
        let table = Table::new(vec![Column::float("phase", Measure::SECOND, phases)]).unwrap();
        write_table(&folder.path().join("a.parquet"), &table, Metadata::default()).unwrap();
        let document = Document::parse("tau0 = 1\npath = \"a.parquet\"\n", "a.toml").unwrap();
        let planned = Planned::read("d", document.section(), folder.path(), Reads::Clocks).unwrap();
        let Origin::Files(files) = &planned.origin else { panic!("no files") };
        let dataset = planned.open(files).unwrap();
        let unit = dataset.units(Scope::Series).remove(0);
        let stability = stability("tau = \"1,2,64,1000\"\n");
        let streamed = stability.streamed(&dataset, &unit, 0).unwrap().expect("the record allows it");
        assert_eq!(streamed, stability.compute(&Input { dataset: &dataset, beside: &[] }, &unit).unwrap());
        assert_eq!(streamed.0.rows(), 12);
    }
}
