//! What two series share: the Allan covariance of every pair.

use super::clock::confidence;
use super::stability::{noise, word};
use super::{Analysis, Input, Op, Subject, simultaneous};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::covariance::{Covariance, covariances, signed_root};
use sigmatau_stability::{Noise, Settings, Together};

/// Groslambert's covariance of every pair of series of the dataset.
pub(super) static OP: Op = Op {
    name: "covariance",
    title: "Allan covariance of every two series, signed: the variance of the clock that both share",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::covariance::SCHEMA,
    parameters: &[&[
        Parameter::new("tau", "averaging times: octave, decade, all, log:N, or seconds such as \"1,10,100\"")
            .or("\"octave\""),
        Parameter::new("confidence", "level of the two-sided intervals, between 0 and 1").or("0.95"),
        Parameter::new("edf", "degrees of freedom: greenhall-riley, or closed-form").or("\"greenhall-riley\""),
        Parameter::new("noise", "power-law noise of the series: auto, or its name such as \"white FM\"").or("\"auto\""),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Covariances(Settings {
        taus: section.required("tau")?.parse().map_err(|error| section.refuse_key("tau", &format!("{error}")))?,
        confidence: confidence(section)?,
        edf: word(section, "edf", "method for degrees of freedom")?,
        noise: noise(section)?,
        ..Settings::default()
    })))
}

struct Covariances(Settings);

impl Analysis for Covariances {
    fn parameters(&self) -> String {
        let Settings { taus, confidence, edf, noise, .. } = &self.0;
        let noise = noise.map_or("auto", Noise::name);
        format!("tau = \"{taus}\"\nconfidence = {confidence}\nedf = \"{edf}\"\nnoise = \"{noise}\"\n")
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let mut findings: Vec<Finding> = clocks.iter().flat_map(|clock| clock.findings.iter().cloned()).collect();
        let (rows, remarks) = self.assess(&clocks).unwrap_or_else(|finding| (Vec::new(), vec![*finding]));
        for remark in remarks {
            if !findings.contains(&remark) {
                findings.push(remark);
            }
        }
        Ok((table(&clocks, &rows, self.0.confidence), findings))
    }
}

/// The places of two series and their covariance at one averaging time.
type Row = ([usize; 2], Covariance);

impl Covariances {
    fn assess(&self, clocks: &[ClockSeries]) -> Result<(Vec<Row>, Vec<Finding>), Box<Finding>> {
        if clocks.len() < 2 {
            return Err(simultaneous::unfit(format!("the dataset has {} series", clocks.len())));
        }
        let cut = simultaneous::cut(clocks)?;
        let together = Together::new(&simultaneous::views(&cut)?);
        let together = together.map_err(|error| simultaneous::unfit(format!("failed to {error}")))?;
        let (mut rows, mut findings) = (Vec::new(), Vec::new());
        for (k, l) in (0..clocks.len()).flat_map(|k| (k + 1..clocks.len()).map(move |l| (k, l))) {
            let (points, remarks) = covariances(&together, k, l, &self.0);
            rows.extend(points.into_iter().map(|point| ([k, l], point)));
            findings
                .extend(remarks.into_iter().map(|remark| remark.about(format!("{}, {}", cut[k].name, cut[l].name))));
        }
        Ok((rows, findings))
    }
}

fn table(clocks: &[ClockSeries], rows: &[Row], confidence: f64) -> Table {
    let name = |side: usize| rows.iter().map(|(pair, _)| clocks[pair[side]].name.clone()).collect();
    let floats = |of: &dyn Fn(&Covariance) -> Option<f64>| -> Vec<f64> {
        rows.iter().map(|(_, point)| of(point).filter(|number| number.is_finite()).unwrap_or(f64::NAN)).collect()
    };
    let float = |name: &str, of: &dyn Fn(&Covariance) -> Option<f64>| Column::float(name, Measure::ONE, floats(of));
    let columns = vec![
        Column::text("series", name(0)),
        Column::text("other", name(1)),
        Column::float("tau_s", Measure::SECOND, floats(&|point| Some(point.tau))),
        Column::integer("m", Measure::ONE, rows.iter().map(|(_, point)| point.m as i64).collect()),
        float("covariance", &|point| Some(point.covariance)),
        float("covariance_u", &|point| point.uncertainty),
        float("codeviation", &|point| Some(point.codeviation())),
        float("lower", &|point| point.interval.map(|ends| signed_root(ends.lower))),
        float("upper", &|point| point.interval.map(|ends| signed_root(ends.upper))),
        float("confidence", &|_| Some(confidence)),
        Column::integer("n", Measure::ONE, rows.iter().map(|(_, point)| point.n as i64).collect()),
        float("edf", &|point| point.edf),
        Column::text("flags", rows.iter().map(|(_, point)| point.flags().join(" ")).collect()),
    ];
    Table::new(columns).expect("every row fills every column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::clock::ClockKind;

    fn meant(text: &str) -> String {
        let document = Document::parse(text, "a.toml").unwrap();
        plan(&document.section().checked("the step", OP.parameters).unwrap()).unwrap().parameters()
    }

    fn clock(name: &str, values: &[f64]) -> ClockSeries {
        let (name, kind) = (name.to_owned(), ClockKind::Phase);
        ClockSeries { name, kind, tau0: 1.0, start_ns: None, values: values.to_vec(), findings: Vec::new() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = meant("noise = \"white FM\"");
        assert_eq!(meant(&parameters), parameters);
        assert!(
            OP.parameters.iter().copied().flatten().all(|key| parameters.contains(&format!("{} = ", key.name))),
            "{parameters}"
        );
    }

    #[test]
    fn opposite_series_have_a_negative_codeviation_in_the_columns_of_the_schema() {
        let x = [0.0, 1.0, 0.0, 1.0, 0.5, 1.0, 0.0];
        let clocks = [clock("a", &x), clock("b", &x.map(|x| -x))];
        let settings = Settings { taus: "1".parse().unwrap(), noise: Noise::of(0), ..Settings::default() };
        let (rows, _) = Covariances(settings).assess(&clocks).unwrap();
        let table = table(&clocks, &rows, 0.95);
        assert!(table.floats("codeviation").unwrap()[0] < 0.0);
        OP.schema.empty().append(table).expect("the same columns in the same units");
    }

    #[test]
    fn one_series_shares_nothing() {
        assert!(
            Covariances(Settings::default()).assess(&[clock("a", &[0.0; 9])]).unwrap_err().seen.contains("1 series")
        );
    }
}
