//! Lifetimes of lots of meters.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::lifetime::{Fit, Forecast, Life, LifetimeError};
use std::collections::BTreeMap;

/// How long the meters of lots live, and what will fail.
pub(super) static OP: Op = Op {
    name: "lifetime",
    title: "lives of meters by lot: Weibull wear beside early failures, failures to expect with intervals, what to replace first",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Record(&schema::lives::SCHEMA),
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::lifetime::SCHEMA,
    parameters: &[&[
        Parameter::new("law", "weibull, weibull-early, or auto, the one with the smaller criterion of Akaike")
            .or("\"auto\""),
        Parameter::new("together", "yes where all lots share one law").or("\"no\""),
        Parameter::new("years", "horizons of the forecast in years").or("[4]"),
        Parameter::new("cost_ratio", "cost of a failure over that of a planned replacement, for the optimal age")
            .or("5"),
        Parameter::new("confidence", "coverage probability of prediction intervals").or("0.95"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let law = LAWS[section.one_of("law", "law", LAWS)?];
    let together = section.one_of("together", "answer", ["no", "yes"])? == 1;
    let years = section.numbers("years")?;
    if years.is_empty() || years.iter().any(|years| !(*years > 0.0 && years.is_finite())) {
        return Err(section.refuse_key("years", "name at least one horizon above 0"));
    }
    let cost_ratio = section.positive("cost_ratio")?.expect("it has a default");
    Ok(Box::new(Lots { law, together, years, cost_ratio, confidence: super::clock::confidence(section)? }))
}

const LAWS: [&str; 3] = ["auto", "weibull", "weibull-early"];

struct Lots {
    law: &'static str,
    together: bool,
    years: Vec<f64>,
    cost_ratio: f64,
    confidence: f64,
}

/// A lot with its fit.
struct Fitted {
    name: String,
    fit: Fit,
    failures: f64,
    /// Ages of those that work, and how many.
    working: Vec<(f64, f64)>,
}

impl Analysis for Lots {
    fn parameters(&self) -> String {
        let Self { law, together, years, cost_ratio, confidence } = self;
        let together = if *together { "yes" } else { "no" };
        format!(
            "law = \"{law}\"\ntogether = \"{together}\"\nyears = {years:?}\ncost_ratio = {cost_ratio:?}\n\
             confidence = {confidence:?}\n"
        )
    }

    fn compute(&self, input: &Input<'_>, _: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let table = input.dataset.table()?;
        let (lots, mut findings) = lots(&table);
        let all: Vec<Life> = lots.values().flatten().copied().collect();
        let shared = self.together.then(|| self.fit(&all));
        let mut fitted = Vec::new();
        for (name, lives) in &lots {
            match shared.clone().unwrap_or_else(|| self.fit(lives)) {
                Ok(fit) => fitted.push(Fitted::of(name, fit, lives)),
                Err(error) => findings.push(no_law(&error).about(name)),
            }
        }
        let mut rows = Rows::of(OP.schema);
        self.years.iter().for_each(|years| self.push(&mut rows, &fitted, *years));
        Ok((rows.table(), findings))
    }
}

/// The lives of each lot, and what was left out.
fn lots(table: &Table) -> (BTreeMap<String, Vec<Life>>, Vec<Finding>) {
    let words = |name| table.texts(name).expect("the schema has it");
    let numbers = |name| table.floats(name).expect("the schema has it");
    let (names, failed) = (words("lot"), words("failed"));
    let (from, until, meters) = (numbers("from_years"), numbers("until_years"), numbers("meters"));
    let mut lots: BTreeMap<String, Vec<Life>> = BTreeMap::new();
    let mut unclear = Vec::new();
    for row in 0..table.rows() {
        let or = |number: f64, usual: f64| if number.is_nan() { usual } else { number };
        let (from, until, meters) = (or(from[row], 0.0), until[row], or(meters[row], 1.0));
        match answer(&failed[row]).filter(|_| 0.0 <= from && from < until && until.is_finite() && meters > 0.0) {
            Some(failed) => lots.entry(names[row].clone()).or_default().push(Life { from, until, failed, meters }),
            None => unclear.push(row + 1),
        }
    }
    (lots, left_out(&unclear).into_iter().collect())
}

fn answer(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

impl Lots {
    fn fit(&self, lives: &[Life]) -> Result<Fit, LifetimeError> {
        match self.law {
            "weibull" => Fit::weibull(lives),
            "weibull-early" => Fit::with_early(lives),
            _ => {
                let plain = Fit::weibull(lives);
                let mixture = Fit::with_early(lives).ok();
                let better = |mixture: &Fit| plain.as_ref().map_or(true, |plain| mixture.aic() < plain.aic());
                mixture.filter(better).map_or(plain.clone(), Ok)
            }
        }
    }

    /// A row for each lot, ranked for one horizon.
    fn push(&self, rows: &mut Rows, lots: &[Fitted], years: f64) {
        let forecasts: Vec<Forecast> =
            lots.iter().map(|lot| lot.fit.failures(&lot.working, years, self.confidence)).collect();
        let chance = |place: &usize| forecasts[*place].failures / lots[*place].count();
        let mut order: Vec<usize> = (0..lots.len()).collect();
        order.sort_by(|one, other| chance(other).total_cmp(&chance(one)));
        for (place, (lot, forecast)) in lots.iter().zip(&forecasts).enumerate() {
            let rank = order.iter().position(|other| *other == place).expect("every lot has a place");
            let (wear, early) = (lot.fit.law.wear, lot.fit.law.early);
            let row: [Cell; 18] = [
                lot.name.as_str().into(),
                if early.is_some() { "weibull-early" } else { "weibull" }.into(),
                wear.shape.into(),
                wear.scale.into(),
                early.map_or(f64::NAN, |early| early.share).into(),
                early.map_or(f64::NAN, |early| early.mean).into(),
                lot.failures.into(),
                lot.count().into(),
                years.into(),
                forecast.failures.into(),
                forecast.u.into(),
                forecast.low.into(),
                forecast.high.into(),
                self.confidence.into(),
                chance(&place).into(),
                (1.0 - forecast.high / lot.count()).max(0.0).into(),
                wear.optimal_age(1.0, self.cost_ratio).unwrap_or(f64::NAN).into(),
                (rank as i64 + 1).into(),
            ];
            rows.push(row);
        }
    }
}

impl Fitted {
    fn of(name: &str, fit: Fit, lives: &[Life]) -> Self {
        let working = lives.iter().filter(|life| !life.failed).map(|life| (life.until, life.meters)).collect();
        let failures = lives.iter().filter(|life| life.failed).fold(0.0, |sum, life| sum + life.meters);
        Self { name: name.to_owned(), fit, failures, working }
    }

    /// How many work.
    fn count(&self) -> f64 {
        self.working.iter().map(|(_, meters)| meters).sum()
    }
}

fn left_out(rows: &[usize]) -> Option<Finding> {
    let first = rows.first()?;
    Some(Finding::new(
        Severity::Warning,
        "no-life",
        format!("{} rows are no lives, the first is row {first}", rows.len()),
        "they are left out",
        "give 0 ≤ from_years < until_years, failed as yes or no, and meters above 0",
    ))
}

fn no_law(error: &LifetimeError) -> Finding {
    Finding::new(
        Severity::Warning,
        "no-law",
        format!("failed to {error}"),
        "nothing is foretold for the lot",
        "give `together = \"yes\"`, or wait until more meters have failed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_core::Unit as Measure;
    use sigmatau_data::Column;
    use std::path::Path;

    fn op(law: &'static str, together: bool) -> Lots {
        Lots { law, together, years: vec![4.0], cost_ratio: 5.0, confidence: 0.95 }
    }

    /// Lives at the quantiles of two Weibull distributions, all seen up to 9 years.
    fn table() -> Table {
        let mut rows: Vec<(&str, f64, &str, f64)> = Vec::new();
        for (lot, scale) in [("old", 20.0), ("young", 40.0)] {
            let lives = (0..400).map(|k| scale * (-(1.0 - (k as f64 + 0.5) / 400.0_f64).ln()).powf(1.0 / 3.0));
            let failed: Vec<f64> = lives.filter(|life| *life < 9.0).collect();
            let left = 400.0 - failed.len() as f64;
            rows.extend(failed.iter().map(|life| (lot, *life, "yes", f64::NAN)));
            rows.push((lot, 9.0, "no", left));
        }
        rows.push(("old", -1.0, "yes", 1.0));
        let text = |of: fn(&(&'static str, f64, &'static str, f64)) -> &'static str| {
            rows.iter().map(|row| of(row).to_owned()).collect()
        };
        let table = Table::new(vec![
            Column::text("lot", text(|row| row.0)),
            Column { unit: None, ..Column::float("until_years", Measure::ONE, rows.iter().map(|row| row.1).collect()) },
            Column::text("failed", text(|row| row.2)),
            Column::float("meters", Measure::ONE, rows.iter().map(|row| row.3).collect()),
        ]);
        schema::lives::SCHEMA.select(&table.unwrap(), Path::new("t")).unwrap()
    }

    #[test]
    fn lots_that_wear_sooner_are_replaced_first() {
        let (lots, findings) = lots(&table());
        assert_eq!((lots.len(), &*findings[0].code), (2, "no-life"));
        let op = op("weibull", false);
        let fitted: Vec<Fitted> =
            lots.iter().map(|(name, lives)| Fitted::of(name, op.fit(lives).unwrap(), lives)).collect();
        let mut rows = Rows::of(OP.schema);
        op.push(&mut rows, &fitted, 4.0);
        let table = rows.table();
        let scales = table.floats("scale_years").unwrap();
        assert!((scales[0] - 20.0).abs() < 1.0 && scales[1] > 30.0, "{scales:?}");
        assert_eq!(table.integers("priority").unwrap(), [1, 2]);
        // S(13)/S(9) of β = 3, η = 20.
        let expected = 1.0 - ((9.0_f64 / 20.0).powi(3) - (13.0_f64 / 20.0).powi(3)).exp();
        assert!((table.floats("p_failing").unwrap()[0] - expected).abs() < 0.03);
    }

    #[test]
    fn the_law_is_chosen_by_its_criterion_and_too_few_failures_are_told() {
        let (lots, _) = lots(&table());
        assert!(op("auto", false).fit(&lots["old"]).unwrap().law.early.is_none());
        let working = [Life { from: 0.0, until: 5.0, failed: false, meters: 10.0 }];
        assert!(op("auto", false).fit(&working).unwrap_err().to_string().contains("0 failures"));
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let planned = |text: &str| {
            let document = Document::parse(text, "a.toml").unwrap();
            let section = document.section().checked("the step", OP.parameters).unwrap();
            plan(&section).map(|analysis| analysis.parameters()).map_err(|error| error.to_string())
        };
        let parameters = planned("").unwrap();
        assert_eq!(
            parameters,
            "law = \"auto\"\ntogether = \"no\"\nyears = [4.0]\ncost_ratio = 5.0\nconfidence = 0.95\n"
        );
        assert_eq!(planned(&parameters).unwrap(), parameters);
        assert!(planned("years = [0]").unwrap_err().contains("horizon above 0"));
        assert!(planned("law = \"weibul\"").unwrap_err().contains("did you mean `weibull`"));
    }
}
