//! An ensemble time scale from all clocks of a dataset.

use super::phase::{phase_of, unusable};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, PhaseSeries, Unit as Measure};
use sigmatau_data::clock::{ClockKind, ClockSeries};
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::ensemble::{Ensemble, EnsembleError, at1, kalman};

/// A scale, and every clock's deviation from it.
pub(super) static OP: Op = Op {
    name: "ensemble",
    title: "ensemble time scale: every clock's deviation from the weighted ensemble, and the weights",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::ensemble::SCHEMA,
    parameters: &[&[
        Parameter::new("method", "at1, or kalman over clocks of two or three states: kalman-2, kalman-3").or("\"at1\""),
        Parameter::new("rate_constant_s", "time constant of the filter of rates, and span of the first rates, in s")
            .or("10000.0"),
        Parameter::new("error_constant_s", "time constant of the filter of squared errors, in s").or("5000.0"),
        Parameter::new("most_weight", "largest weight of a clock, up to 1").or("0.5"),
        Parameter::new("step_limit", "standard deviations beyond which a clock has no say").or("6.0"),
        Parameter::new("reading_noise_s", "standard deviation of a reading's noise for kalman, in s").or("0.0"),
    ]],
    plan,
};

/// How a scale is made.
#[derive(Clone, Copy)]
enum Method {
    At1,
    Kalman(kalman::States),
}

const METHODS: [(&str, Method); 3] = [
    ("at1", Method::At1),
    ("kalman-2", Method::Kalman(kalman::States::Two)),
    ("kalman-3", Method::Kalman(kalman::States::Three)),
];

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let positive = |key| Ok(section.positive(key)?.unwrap_or(f64::NAN));
    let most_weight = positive("most_weight")?;
    if most_weight > 1.0 {
        return Err(section.refuse_key("most_weight", &format!("a weight of {most_weight} is more than 1")));
    }
    let reading_noise = section.number("reading_noise_s")?.unwrap_or(f64::NAN);
    if reading_noise < 0.0 {
        return Err(section.refuse_key("reading_noise_s", &format!("a noise of {reading_noise} s is negative")));
    }
    let settings = at1::Settings {
        rate_constant: positive("rate_constant_s")?,
        error_constant: positive("error_constant_s")?,
        most_weight,
        step_limit: positive("step_limit")?,
    };
    let method = section.one_of("method", "method", METHODS.map(|(name, _)| name))?;
    Ok(Box::new(Scale { method, settings, reading_noise }))
}

struct Scale {
    /// The place among [`METHODS`].
    method: usize,
    settings: at1::Settings,
    reading_noise: f64,
}

impl Analysis for Scale {
    fn parameters(&self) -> String {
        let at1::Settings { rate_constant, error_constant, most_weight, step_limit } = self.settings;
        format!(
            "method = \"{}\"\nrate_constant_s = {rate_constant:?}\nerror_constant_s = {error_constant:?}\n\
             most_weight = {most_weight:?}\nstep_limit = {step_limit:?}\nreading_noise_s = {:e}\n",
            METHODS[self.method].0, self.reading_noise,
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        Ok(self.assess(&clocks))
    }
}

impl Scale {
    fn assess(&self, clocks: &[ClockSeries]) -> (Table, Vec<Finding>) {
        let mut findings: Vec<Finding> = clocks.iter().flat_map(|clock| clock.findings.iter().cloned()).collect();
        let (taken, refused) = on_one_grid(clocks);
        findings.extend(refused);
        let views: Vec<PhaseSeries<'_>> = taken.iter().map(Taken::view).collect();
        match self.scale(&views) {
            Ok(ensemble) => {
                let about = |(clock, finding): &(usize, Finding)| finding.clone().about(taken[*clock].name);
                findings.extend(ensemble.findings.iter().map(about));
                (table(&taken, &ensemble), findings)
            }
            Err(error) => {
                findings.push(unusable(&error.to_string()));
                (schema::ensemble::SCHEMA.empty(), findings)
            }
        }
    }

    /// The scale; process noises for a filter are fitted to the deviations from an AT1 scale, with flicker FM
    /// replaced midway, on a logarithmic axis, between the sampling interval and the time constant of rates.
    fn scale(&self, views: &[PhaseSeries<'_>]) -> Result<Ensemble, EnsembleError> {
        let by_errors = at1::scale(views, &self.settings)?;
        let Method::Kalman(states) = METHODS[self.method].1 else { return Ok(by_errors) };
        let at1::Settings { rate_constant, most_weight, step_limit, .. } = self.settings;
        let tau0 = views[0].tau0();
        let processes = kalman::fitted(&by_errors, tau0, (tau0 * rate_constant).sqrt());
        let (reading_noise, first_rates_over) = (self.reading_noise, rate_constant);
        kalman::scale(
            views,
            &kalman::Settings { states, processes, reading_noise, first_rates_over, most_weight, step_limit },
        )
    }
}

/// A clock on the grid of all.
struct Taken<'a> {
    name: &'a str,
    tau0: f64,
    values: Vec<f64>,
}

impl Taken<'_> {
    fn view(&self) -> PhaseSeries<'_> {
        PhaseSeries::new(&self.values, self.tau0).expect("the phases were checked")
    }
}

/// The clocks on the grid that begins with the earliest and ends with the latest of them. What has another
/// sampling interval, lies between the points, or has a gap in frequency, is refused with a remark.
fn on_one_grid(clocks: &[ClockSeries]) -> (Vec<Taken<'_>>, Vec<Finding>) {
    let (mut phases, mut refused) = (Vec::new(), Vec::new());
    let earliest = clocks.iter().filter_map(|clock| clock.start_ns).min();
    let tau0 = clocks.first().map_or(1.0, |clock| clock.tau0);
    for clock in clocks {
        match phase_of(clock) {
            None => {}
            Some(Err(finding)) => refused.push(finding.about(&clock.name)),
            Some(Ok(phase)) => match place(clock, earliest, tau0) {
                Ok(place) => phases.push((clock, place, phase.values)),
                Err(seen) => refused.push(unusable(&seen).about(&clock.name)),
            },
        }
    }
    let points = phases.iter().map(|(_, place, phase)| place + phase.len()).max().unwrap_or(0);
    let taken = phases.into_iter().map(|(clock, place, phase)| {
        let mut values = vec![f64::NAN; points];
        values[place..place + phase.len()].copy_from_slice(&phase);
        Taken { name: &clock.name, tau0, values }
    });
    (taken.collect(), refused)
}

/// How many points a clock begins after the earliest.
fn place(clock: &ClockSeries, earliest: Option<i64>, tau0: f64) -> Result<usize, String> {
    if clock.tau0 != tau0 {
        return Err(format!("the sampling interval is {} s, that of the first clock {tau0} s", clock.tau0));
    }
    if clock.kind == ClockKind::Frequency && clock.values.iter().any(|y| y.is_nan()) {
        return Err("the data are frequencies with a gap, across which the time error is unknown".to_owned());
    }
    let late = clock.start_ns.zip(earliest).map_or(0.0, |(start, earliest)| (start - earliest) as f64 * 1e-9 / tau0);
    let on_grid = (late - late.round()).abs() < 1e-6;
    on_grid
        .then_some(late.round() as usize)
        .ok_or_else(|| format!("it begins {late} sampling intervals after the first"))
}

fn table(taken: &[Taken<'_>], ensemble: &Ensemble) -> Table {
    let (points, rows) = (ensemble.scale.len(), ensemble.scale.len() * (taken.len() + 1));
    let tau0 = taken[0].tau0;
    let names = taken.iter().map(|clock| clock.name).chain(["ensemble"]);
    let names = names.flat_map(|name| std::iter::repeat_n(name.to_owned(), points)).collect();
    let times = (0..rows).map(|row| (row % points) as f64 * tau0).collect();
    let offsets = ensemble.deviations.iter().chain([&ensemble.scale]).flatten().copied().collect();
    let of_scale = ensemble.scale.iter().map(|x| if x.is_nan() { 0.0 } else { 1.0 });
    let weights = ensemble.weights.iter().flatten().copied().chain(of_scale).collect();
    let columns = vec![
        Column::text("series", names),
        Column::float("time_s", Measure::SECOND, times),
        Column::float("offset_s", Measure::SECOND, offsets),
        Column::float("weight", Measure::ONE, weights),
    ];
    Table::new(columns).expect("every row fills every column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;
    use sigmatau_core::Severity;
    use sigmatau_spectrum::PowerLaw;

    fn scale(method: usize) -> Scale {
        let settings = at1::Settings { rate_constant: 100.0, error_constant: 50.0, most_weight: 0.5, step_limit: 6.0 };
        Scale { method, settings, reading_noise: 0.0 }
    }

    fn clock(name: &str, start_ns: i64, points: usize, stream: u64) -> ClockSeries {
        let values = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(points, 1.0, 5, stream);
        let (name, kind, start_ns) = (name.to_owned(), ClockKind::Phase, Some(start_ns));
        ClockSeries { name, kind, tau0: 1.0, start_ns, values, findings: Vec::new() }
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
            ("method = \"kalman\"", "there is no method `kalman`; did you mean `kalman-2`"),
            ("most_weight = 2", "a weight of 2 is more than 1"),
            ("reading_noise_s = -1e-9", "is negative"),
            ("rate_constant_s = 0", "must be a positive number"),
        ] {
            let message = planned(&OP, text, plan).err().unwrap();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn clocks_are_put_on_one_grid_and_the_scale_stands_last() {
        let clocks = [clock("a", 0, 500, 1), clock("b", 10_000_000_000, 480, 2), clock("c", 0, 500, 3)];
        for method in 0..METHODS.len() {
            let (table, findings) = scale(method).assess(&clocks);
            schema::ensemble::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
            assert_eq!(table.rows(), 4 * 500);
            assert_eq!(
                (table.texts("series").unwrap()[1999].as_str(), table.floats("time_s").unwrap()[1999]),
                ("ensemble", 499.0)
            );
            let offsets = table.floats("offset_s").unwrap();
            assert!(offsets[509].is_nan() && !offsets[510].is_nan() && offsets[990].is_nan());
            assert_eq!(
                findings.iter().map(|finding| (&*finding.subject, &*finding.code)).collect::<Vec<_>>(),
                [("b", "clock-away")]
            );
        }
    }

    #[test]
    fn a_clock_that_fits_no_grid_is_left_out_with_a_remark() {
        let clocks = [clock("a", 0, 300, 1), clock("b", 500_000_000, 300, 2), clock("c", 0, 300, 3)];
        let (table, findings) = scale(0).assess(&clocks);
        assert_eq!(
            (table.rows(), findings[0].severity, findings[0].subject.as_str()),
            (3 * 300, Severity::Failure, "b")
        );
        assert_eq!(scale(0).assess(&[]).0.rows(), 0);
    }
}
