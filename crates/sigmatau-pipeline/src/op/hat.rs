//! The stability of each of several clocks from their differences.

use super::clock::confidence;
use super::stability::{estimators, noise, word};
use super::{Analysis, Input, Op, Subject, simultaneous};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::hat::{Corner, Hat, HatError, against_common_reference, from_pairs};
use sigmatau_stability::{ClockData, Noise, Settings};

/// N-cornered hat of all series of the dataset.
pub(super) static OP: Op = Op {
    name: "hat",
    title: "N-cornered hat: the stability of each clock alone from differences, with interval or upper bound",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::hat::SCHEMA,
    parameters: &[&[
        Parameter::new("estimators", "statistics, see `list estimators`").or("[\"oadev\"]"),
        Parameter::new("tau", "averaging times: octave, decade, all, log:N, or seconds such as \"1,10,100\"")
            .or("\"octave\""),
        Parameter::new("confidence", "level of the two-sided intervals, between 0 and 1").or("0.95"),
        Parameter::new("edf", "degrees of freedom: greenhall-riley, exact-model or closed-form")
            .or("\"greenhall-riley\""),
        Parameter::new("noise", "power-law noise of the differences: auto, or its name such as \"white FM\"")
            .or("\"auto\""),
        Parameter::new(
            "separator",
            "what stands between the two clocks in the names of series that are differences, such as \"/\" in \
             a/b; empty where every series is a clock against one common reference",
        )
        .or("\"\""),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let settings = Settings {
        estimators: estimators(section)?,
        taus: section.required("tau")?.parse().map_err(|error| section.refuse_key("tau", &format!("{error}")))?,
        confidence: confidence(section)?,
        edf: word(section, "edf", "method for degrees of freedom")?,
        noise: noise(section)?,
        ..Settings::default()
    };
    Ok(Box::new(Hats { settings, separator: section.required("separator")? }))
}

struct Hats {
    settings: Settings,
    /// Empty where every series is a clock against one common reference.
    separator: String,
}

impl Analysis for Hats {
    fn parameters(&self) -> String {
        let Settings { estimators, taus, confidence, edf, noise, .. } = &self.settings;
        let names: Vec<String> = estimators.iter().map(|estimator| format!("\"{}\"", estimator.name)).collect();
        format!(
            "estimators = [{}]\ntau = \"{taus}\"\nconfidence = {confidence}\nedf = \"{edf}\"\nnoise = \"{}\"\n\
             separator = \"{}\"\n",
            names.join(", "),
            noise.map_or("auto", Noise::name),
            self.separator.escape_default(),
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let mut findings: Vec<Finding> = clocks.iter().flat_map(|clock| clock.findings.iter().cloned()).collect();
        match self.assess(&clocks) {
            Ok((names, hat)) => {
                let about = |([k, l], finding): &([usize; 2], Finding)| {
                    finding.clone().about(format!("{} − {}", names[*k], names[*l]))
                };
                findings.extend(hat.findings.iter().map(about));
                Ok((table(&names, &hat.corners, self.settings.confidence), findings))
            }
            Err(finding) => {
                findings.push(*finding);
                Ok((OP.schema.empty(), findings))
            }
        }
    }
}

impl Hats {
    /// The names of the clocks and their hat.
    fn assess(&self, clocks: &[ClockSeries]) -> Result<(Vec<String>, Hat), Box<Finding>> {
        let cut = simultaneous::cut(clocks)?;
        let views = simultaneous::views(&cut)?;
        let series: Vec<&str> = cut.iter().map(|clock| clock.name.as_str()).collect();
        if !self.separator.is_empty() {
            return self.by_pairs(&series, views);
        }
        let hat = against_common_reference(&views, &self.settings).map_err(|error| no_hat(&error))?;
        Ok((series.into_iter().map(str::to_owned).collect(), hat))
    }

    /// The same from series that are named as differences of two clocks.
    fn by_pairs(&self, series: &[&str], views: Vec<ClockData<'_>>) -> Result<(Vec<String>, Hat), Box<Finding>> {
        let mut names: Vec<String> = Vec::new();
        let mut place = |name: &str| {
            names.iter().position(|known| known == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            })
        };
        let mut pairs = Vec::new();
        for (name, view) in series.iter().zip(views) {
            let Some((one, other)) = name.split_once(&self.separator) else {
                return Err(simultaneous::unfit(format!(
                    "`{name}` does not name two clocks with `{}` between",
                    self.separator
                )));
            };
            pairs.push(([place(one.trim()), place(other.trim())], view));
        }
        let hat = from_pairs(names.len(), &pairs, &self.settings).map_err(|error| no_hat(&error))?;
        Ok((names, hat))
    }
}

fn no_hat(error: &HatError) -> Box<Finding> {
    simultaneous::unfit(format!("failed to {error}"))
}

fn table(names: &[String], corners: &[Corner], confidence: f64) -> Table {
    let floats = |of: &dyn Fn(&Corner) -> Option<f64>| -> Vec<f64> {
        corners.iter().map(|corner| of(corner).filter(|number| number.is_finite()).unwrap_or(f64::NAN)).collect()
    };
    let bare = |name: &str, of: &dyn Fn(&Corner) -> Option<f64>| Column {
        unit: None,
        ..Column::float(name, Measure::ONE, floats(of))
    };
    let texts = |of: &dyn Fn(&Corner) -> String| corners.iter().map(of).collect();
    let columns = vec![
        Column::text("series", texts(&|corner| names[corner.clock].clone())),
        Column::text("estimator", texts(&|corner| corner.estimator.name.to_owned())),
        Column::float("tau_s", Measure::SECOND, floats(&|corner| Some(corner.tau))),
        Column::integer("m", Measure::ONE, corners.iter().map(|corner| corner.m as i64).collect()),
        bare("variance", &|corner| Some(corner.variance)),
        bare("variance_u", &|corner| corner.uncertainty),
        bare("deviation", &Corner::deviation),
        bare("lower", &|corner| corner.interval.map(|ends| ends.lower)),
        bare("upper", &|corner| corner.interval.map(|ends| ends.upper)),
        Column::float("confidence", Measure::ONE, floats(&|_| Some(confidence))),
        Column::integer("n", Measure::ONE, corners.iter().map(|corner| corner.n as i64).collect()),
        Column::float("edf", Measure::ONE, floats(&|corner| corner.edf)),
        Column::text("flags", texts(&|corner| corner.flags().join(" "))),
    ];
    Table::new(columns).expect("every corner fills every column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::clock::ClockKind;

    fn hats(text: &str) -> Hats {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let estimators = estimators(&section).unwrap();
        let settings = Settings { estimators, noise: Noise::of(0), ..Settings::default() };
        Hats { settings, separator: section.required("separator").unwrap() }
    }

    /// Phases whose second differences are those of a small generator.
    fn clock(name: &str, seed: u64) -> ClockSeries {
        let next = |n: &u64| Some(n * 16_807 % 2_147_483_647);
        let y = std::iter::successors(Some(seed), next).skip(1).map(|n| n as f64 / 2_147_483_647.0 - 0.5);
        let values = y.scan(0.0, |x, y| Some(std::mem::replace(x, *x + y))).take(200).collect();
        ClockSeries {
            name: name.into(),
            kind: ClockKind::Phase,
            tau0: 1.0,
            start_ns: None,
            values,
            findings: Vec::new(),
        }
    }

    fn less(name: &str, a: &ClockSeries, b: &ClockSeries) -> ClockSeries {
        let values = a.values.iter().zip(&b.values).map(|(a, b)| a - b).collect();
        ClockSeries { name: name.into(), values, ..a.clone() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let document = Document::parse("separator = \"/\"", "a.toml").unwrap();
        let meant = plan(&document.section().checked("the step", OP.parameters).unwrap()).unwrap().parameters();
        let document = Document::parse(&meant, "a.toml").unwrap();
        let again = plan(&document.section().checked("the step", OP.parameters).unwrap()).unwrap().parameters();
        assert_eq!(again, meant);
        assert!(
            OP.parameters.iter().copied().flatten().all(|key| meant.contains(&format!("{} = ", key.name))),
            "{meant}"
        );
    }

    #[test]
    fn clocks_and_their_differences_have_one_hat() {
        let clocks = [clock("a", 1), clock("b", 77), clock("c", 4242)];
        let [a, b, c] = &clocks;
        let pairs = [less("a/b", a, b), less("c/a", c, a), less("b/c", b, c)];
        let (names, hat) = hats("").assess(&clocks).unwrap();
        let (by_pairs, same) = hats("separator = \"/\"").assess(&pairs).unwrap();
        assert_eq!((&names, names.as_slice()), (&by_pairs, &["a", "b", "c"].map(String::from)[..]));
        for (one, other) in hat.corners.iter().zip(&same.corners) {
            assert!((one.variance - other.variance).abs() < 1e-12 * one.uncertainty.unwrap());
        }
        let table = table(&names, &hat.corners, 0.95);
        OP.schema.empty().append(table).expect("the same columns in the same units");
    }

    #[test]
    fn what_makes_no_hat_is_a_finding() {
        let clocks = [clock("a", 1), clock("b", 77)];
        assert!(hats("").assess(&clocks).unwrap_err().seen.contains("2 clocks are too few"));
        assert!(hats("separator = \"/\"").assess(&clocks).unwrap_err().seen.contains("`a` does not name two clocks"));
    }
}
