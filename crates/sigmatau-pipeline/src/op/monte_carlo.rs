//! Measurands by Monte Carlo.

use super::{Analysis, Input, Op, Subject, propagated};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use crate::measurand::{Given, Measurement};
use sigmatau_core::{Cancel, Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::montecarlo::adaptive::{self, Rule, adapt, tolerance};
use sigmatau_uncertainty::montecarlo::validation::{Validation, Validity};
use sigmatau_uncertainty::montecarlo::{self as trials, Interval, Numerical, Outcome, Output, Settings, Shape};
use sigmatau_uncertainty::propagation;

/// The distributions of the outputs from draws of the inputs and shared sources.
pub(super) static OP: Op = Op {
    name: "monte-carlo",
    title: "measurand by Monte Carlo: estimate, uncertainty, coverage intervals, and whether propagation would have done",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Measurands,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::montecarlo::SCHEMA,
    parameters: &[
        &[
            Parameter::new("seed", "seed of the random numbers").or("1"),
            Parameter::new("trials", "number of trials, or the most of them where `digits` are asked for").or("1e6"),
            Parameter::new(
                "digits",
                "significant digits of u that are to be settled, 1 to 4; 0: a fixed number of trials",
            )
            .or("0"),
            Parameter::new("rule", "when digits are settled: two-stage, or sequential as in JCGM 101")
                .or("\"two-stage\""),
            Parameter::new(
                "intervals",
                "coverage intervals: symmetric, smoothed (the shortest), shortest (its raw form)",
            )
            .or("[\"symmetric\", \"smoothed\"]"),
            Parameter::new(
                "validation",
                "digits of u to which propagation is held against the symmetric interval; 0: none",
            )
            .or("2"),
        ],
        propagated::ORDER,
        propagated::COVERAGE,
    ],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(monte_carlo(section)?))
}

const SHAPES: [(&str, Shape); 3] =
    [("symmetric", Shape::Symmetric), ("smoothed", Shape::Smoothed), ("shortest", Shape::Shortest)];

fn monte_carlo(section: &Section<'_>) -> Result<MonteCarlo, DocumentError> {
    let propagation = propagated::settings(section)?;
    let count = |key: &str| section.count(key).map(Option::unwrap_or_default);
    let digits = |key: &str| match count(key)? {
        digits @ 0..=4 => Ok(digits as u32),
        digits => Err(section.refuse_key(key, &format!("`{key}` is {digits}; 1 to 4 digits can be asked for, or 0"))),
    };
    let rule = [Rule::default(), Rule::Sequential][section.one_of("rule", "rule", ["two-stage", "sequential"])?];
    let settings = Settings {
        seed: count("seed")? as u64,
        row: 0,
        trials: count("trials")? as u64,
        probability: propagation.probability,
        shapes: shapes(section)?,
    };
    if settings.trials == 0 {
        return Err(section.refuse_key("trials", "without trials there is nothing to tell; ask for a million"));
    }
    if settings.probability < 0.5 {
        return Err(
            section.refuse_key("probability", "intervals from draws have a coverage probability of 0.5 or more")
        );
    }
    let (digits, validation) = (digits("digits")?, digits("validation")?);
    if validation > 0 && !settings.shapes.contains(&Shape::Symmetric) {
        let message = "propagation is held against the symmetric interval; ask for it, or for `validation = 0`";
        return Err(section.refuse_key("intervals", message));
    }
    Ok(MonteCarlo { settings, digits, rule, validation, propagation })
}

fn shapes(section: &Section<'_>) -> Result<Vec<Shape>, DocumentError> {
    let known = SHAPES.map(|(word, _)| word);
    let one = |(line, word): (Option<usize>, String)| {
        let hint = sigmatau_core::nearest::did_you_mean(&word, &known);
        let unknown = || section.refuse(line, &format!("there is no interval `{word}`{hint}"));
        SHAPES.iter().find(|(name, _)| *name == word).map(|(_, shape)| *shape).ok_or_else(unknown)
    };
    section.texts("intervals")?.into_iter().map(one).collect()
}

struct MonteCarlo {
    settings: Settings,
    /// 0 where the number of trials is fixed.
    digits: u32,
    rule: Rule,
    /// 0 where propagation is not looked at.
    validation: u32,
    propagation: propagation::Settings,
}

impl Analysis for MonteCarlo {
    fn parameters(&self) -> String {
        let Settings { seed, trials, shapes, .. } = &self.settings;
        let rule = if self.rule == Rule::Sequential { "sequential" } else { "two-stage" };
        let is_asked = |(_, shape): &&(&str, Shape)| shapes.contains(shape);
        let words = SHAPES.iter().filter(is_asked).map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>();
        format!(
            "seed = {seed}\ntrials = {trials}\ndigits = {}\nrule = \"{rule}\"\nintervals = [{}]\nvalidation = {}\n{}",
            self.digits,
            words.join(", "),
            self.validation,
            propagated::typed(&self.propagation)
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let (mut rows, mut findings) = (Rows::of(OP.schema), Vec::new());
        for measurement in input.dataset.measurands(unit) {
            findings.extend(measurement.findings());
            match self.run(measurement) {
                Ok(run) => self.push(&mut rows, &mut findings, measurement, &run),
                Err(message) => findings.push(not_drawn(&message).about(&measurement.name)),
            }
        }
        Ok((rows.table(), findings))
    }
}

/// A run, with what was achieved where digits were to be settled.
struct Run {
    outcome: Outcome,
    /// For each output.
    achieved: Option<Vec<f64>>,
    converged: bool,
}

impl MonteCarlo {
    fn run(&self, measurement: &Measurement) -> Result<Run, String> {
        let draws = measurement.draws().map_err(|error| format!("failed to {error}"))?;
        let (function, cancel) = (&measurement.function, Cancel::new());
        let run = match self.digits {
            0 => trials::run(function, &draws, &self.settings, &cancel).map(|outcome| Run {
                outcome,
                achieved: None,
                converged: true,
            }),
            digits => adapt(function, &draws, &self.settings, digits, self.rule, &cancel).map(
                |adaptive::Adapted { outcome, achieved, converged, .. }| Run {
                    outcome,
                    achieved: Some(achieved),
                    converged,
                },
            ),
        };
        run.map_err(|error| format!("failed to {error}"))
    }

    fn push(&self, rows: &mut Rows, findings: &mut Vec<Finding>, measurement: &Measurement, run: &Run) {
        findings.extend(run.outcome.findings.iter().map(|finding| finding.clone().about(&measurement.name)));
        let results = (self.validation > 0).then(|| propagated::results(measurement, &self.propagation)).transpose();
        let results = results.unwrap_or_else(|finding| {
            findings.push(*finding);
            None
        });
        for (place, given) in measurement.outputs().iter().enumerate() {
            let propagated = results.as_ref().map(|results| &results.outputs[place]);
            let validation = propagated.and_then(|law| self.validation(law, &run.outcome.outputs[place]));
            rows.push(self.row(measurement, given, run, place, validation.as_ref()));
            let subject = format!("{}: {}", measurement.name, given.symbol);
            findings.extend(validation.and_then(|found| remark(&found, given)).map(|finding| finding.about(subject)));
        }
    }

    /// Nothing where propagation has no interval.
    fn validation(&self, law: &propagation::Output, found: &Output) -> Option<Validation> {
        let (expanded, interval) = (law.expanded_uncertainty(), found.interval(Shape::Symmetric)?);
        // Where the linear part vanishes, as x² does at 0, the draws tell the size of the uncertainty.
        let is_flat = law.standard_uncertainty == 0.0;
        let u = if is_flat { found.standard_uncertainty.value } else { law.standard_uncertainty };
        let tolerance = tolerance(u, self.validation);
        expanded.is_finite().then(|| Validation::new(law.value, expanded, interval, tolerance))
    }

    fn row(
        &self,
        measurement: &Measurement,
        given: &Given,
        run: &Run,
        place: usize,
        validation: Option<&Validation>,
    ) -> [Cell; 29] {
        let output = &run.outcome.outputs[place];
        let value = |found: Numerical| [given.value(found.value), given.difference(found.uncertainty)].map(Cell::from);
        let ends = |shape: Shape| match output.interval(shape) {
            Some(Interval { low, high, .. }) => [value(*low), value(*high)],
            None => std::array::from_fn(|_| [f64::NAN; 2].map(Cell::from)),
        };
        let [[sl, sl_mc], [sh, sh_mc]] = ends(Shape::Symmetric);
        let [[rl, rl_mc], [rh, rh_mc]] = ends(Shape::Shortest);
        let [[ml, ml_mc], [mh, mh_mc]] = ends(Shape::Smoothed);
        let [y, y_mc] = value(output.estimate);
        let Numerical { value: u, uncertainty: u_mc } = output.standard_uncertainty;
        let difference = |of: fn(&Validation) -> f64| given.difference(validation.map_or(f64::NAN, of)).into();
        let reached = run.achieved.as_ref().map_or_else(|| scatter(output), |achieved| achieved[place]);
        [
            measurement.name.as_str().into(),
            given.symbol.as_str().into(),
            given.unit.symbol().into(),
            y,
            y_mc,
            given.difference(u).into(),
            given.difference(u_mc).into(),
            self.settings.probability.into(),
            sl,
            sl_mc,
            sh,
            sh_mc,
            rl,
            rl_mc,
            rh,
            rh_mc,
            ml,
            ml_mc,
            mh,
            mh_mc,
            (run.outcome.trials as i64).into(),
            (run.outcome.non_finite as i64).into(),
            run.stopped().into(),
            given.difference(reached).into(),
            validation.map_or("", |found| word(found.validity)).into(),
            difference(|found| found.low.value),
            difference(|found| found.high.value),
            difference(|found| found.tolerance),
            run.flags(validation).into(),
        ]
    }
}

impl Run {
    fn stopped(&self) -> &'static str {
        match (&self.achieved, self.converged) {
            (None, _) => "trials",
            (Some(_), true) => "tolerance",
            (Some(_), false) => "most",
        }
    }

    fn flags(&self, validation: Option<&Validation>) -> String {
        let is_invalid = validation.is_some_and(|found| found.validity == Validity::NotValid);
        let flags = [
            ("non-finite", self.outcome.non_finite > 0),
            ("not-converged", !self.converged),
            ("not-validated", is_invalid),
        ];
        flags.into_iter().filter(|(_, holds)| *holds).map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    }
}

/// Twice the largest numerical uncertainty of the estimate, the uncertainty and the ends of the intervals.
fn scatter(output: &Output) -> f64 {
    let ends = output.intervals.iter().flat_map(|interval| [interval.low, interval.high]);
    let all = ends.chain([output.estimate, output.standard_uncertainty]).map(|found| found.uncertainty);
    2.0 * all.fold(0.0, |worst: f64, next| if next <= worst { worst } else { next })
}

fn word(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "yes",
        Validity::NotValid => "no",
        Validity::Undecided => "unclear",
    }
}

/// The remark that propagation is not good enough, or that it can't be told.
fn remark(found: &Validation, given: &Given) -> Option<Finding> {
    let [low, high, delta] = [found.low.value, found.high.value, found.tolerance].map(|d| given.difference(d));
    let unit =
        Some(given.unit.symbol()).filter(|symbol| *symbol != "1").map_or(String::new(), |symbol| format!(" {symbol}"));
    let seen = format!(
        "the ends of the interval of propagation differ by {low:.3e}{unit} and {high:.3e}{unit}, the tolerance is \
         {delta:.1e}{unit}"
    );
    match found.validity {
        Validity::Valid => None,
        Validity::NotValid => Some(Finding::new(
            Severity::Warning,
            "not-validated",
            seen,
            "propagation is not good enough for this measurand, to the digits that were asked for",
            "state the interval of Monte Carlo; the second order may bring propagation nearer",
        )),
        Validity::Undecided => Some(Finding::new(
            Severity::Note,
            "validation-unclear",
            seen,
            "the scatter of the draws hides whether propagation is good enough",
            "draw more trials",
        )),
    }
}

fn not_drawn(message: &str) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-drawn",
        message,
        "there is no result of this measurand",
        "mend the measurand as it says",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;

    fn row(keys: &str, measurand: &str) -> (Table, Vec<Finding>) {
        let (asked, mut rows, mut findings) =
            (planned(&OP, keys, monte_carlo).unwrap(), Rows::of(OP.schema), Vec::new());
        let measurement = Measurement::read("m", measurand, "m.toml").unwrap();
        asked.push(&mut rows, &mut findings, &measurement, &asked.run(&measurement).unwrap());
        (rows.table(), findings)
    }

    fn of(model: &str, half_width: f64) -> String {
        format!(
            "model = \"{model}\"\n[input.x]\nunit = \"mV\"\nvalue = 1\ndistribution = \"rectangular\"\nhalf_width = {half_width}"
        )
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "", monte_carlo).unwrap().parameters();
        assert_eq!(
            parameters,
            "seed = 1\ntrials = 1000000\ndigits = 0\nrule = \"two-stage\"\nintervals = [\"symmetric\", \"smoothed\"]\n\
             validation = 2\nprobability = 0.95\ndof = \"truncate\"\norder = \"first\"\n"
        );
        assert_eq!(planned(&OP, &parameters, monte_carlo).unwrap().parameters(), parameters);
    }

    #[test]
    fn what_can_not_be_asked_for_is_refused() {
        for (keys, reason) in [
            ("trials = 0", "without trials there is nothing to tell"),
            ("digits = 5", "`digits` is 5; 1 to 4 digits"),
            ("probability = 0.4", "0.5 or more"),
            ("intervals = [\"smooth\"]", "there is no interval `smooth`; did you mean `smoothed`"),
            ("intervals = [\"smoothed\"]", "propagation is held against the symmetric interval"),
        ] {
            let message = planned(&OP, keys, monte_carlo).err().expect(keys);
            assert!(message.starts_with("a.toml, line 1: ") && message.contains(reason), "{keys}: {message}");
        }
    }

    #[test]
    fn results_are_in_the_unit_of_the_output() {
        let (table, findings) = row("trials = 1e5", &of("y [uV] = x", 0.5));
        let of = |column: &str| table.floats(column).unwrap()[0];
        assert!((of("u") - 500.0 / 3.0_f64.sqrt()).abs() < 4.0 * of("u_mc") && of("u_mc") > 0.0);
        assert!((of("symmetric_low") - 525.0).abs() < 4.0 * of("symmetric_low_mc"));
        assert!(of("shortest_low").is_nan() && of("tolerance") < 10.0);
        assert_eq!(
            (table.texts("stopped").unwrap()[0].as_str(), table.texts("validated").unwrap()[0].as_str()),
            ("trials", "no")
        );
        assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["not-validated"]);
    }

    #[test]
    fn trials_without_a_value_are_counted_and_told() {
        let (table, findings) = row("trials = 1e5\nvalidation = 0", &of("y = ln(x / (1 [mV]))", 2.0));
        let (trials, lost) = (table.integers("trials").unwrap()[0], table.integers("non_finite").unwrap()[0]);
        assert!((lost as f64 / trials as f64 - 0.25).abs() < 0.01);
        assert_eq!(
            (table.texts("flags").unwrap()[0].as_str(), &*findings[0].code),
            ("non-finite", "non-finite-trials")
        );
    }

    #[test]
    fn propagation_that_sees_no_uncertainty_is_not_validated() {
        let (table, findings) = row("trials = 1e5", &of("y = x^2", 1.0).replace("value = 1", "value = 0"));
        assert_eq!((table.texts("validated").unwrap()[0].as_str(), &*findings[0].code), ("no", "not-validated"));
    }

    #[test]
    fn digits_that_are_not_settled_are_said_to_be_so() {
        let (table, findings) = row("digits = 4\ntrials = 2e5\nvalidation = 0", &of("y = x", 0.5));
        assert_eq!((table.texts("stopped").unwrap()[0].as_str(), &*findings[0].code), ("most", "not-converged"));
        let (table, findings) = row("digits = 1\nvalidation = 0", &of("y = x", 0.5));
        assert_eq!((table.texts("stopped").unwrap()[0].as_str(), findings.len()), ("tolerance", 0));
    }
}
