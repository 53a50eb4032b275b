//! Sampling plans for lots of meters.

use super::columns::{Numbers, Of, Words};
use super::grade::share;
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, RowSource, Table, schema};
use sigmatau_meter::plan::{Attribute, Lot, PlanError, Requirement, Variables};

/// Plans that do what is asked, with their operating characteristics.
pub(super) static OP: Op = Op {
    name: "plan",
    title: "sampling plans for lots from what they have to accept and to refuse, until the next inspection if asked, with OC curves",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Dataset,
    schema: &schema::sampling_plan::SCHEMA,
    parameters: &[&[
        Parameter::new("kinds", "attribute, which counts meters; variables, of normal errors with one limit")
            .or("[\"attribute\"]"),
        Parameter::new("good", "share of non-conforming meters of a lot that ought to be accepted").or("0.01"),
        Parameter::new("alpha", "largest probability of refusing it").or("0.05"),
        Parameter::new("bad", "share of a lot that ought to be refused").or("0.05"),
        Parameter::new("beta", "largest probability of accepting it").or("0.1"),
        Parameter::new("given", "a plan to judge instead: meters to draw and acceptance number, such as 56,5"),
        Parameter::new("lot", "column with the names of the lots; `lot` if left out and there"),
        Parameter::new("meters", "meters of a lot, a column or a number; `meters` if left out and there, else endless"),
        Parameter::new(
            "survival",
            "share of conforming meters that still conform at the next inspection, a column or a number; today if left out",
        ),
        Parameter::new("shares", "shares for the operating characteristic")
            .or("[0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2]"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let kind = |(line, word): &(Option<usize>, String)| match word.as_str() {
        "attribute" => Ok(Kind::Attribute),
        "variables" => Ok(Kind::Variables),
        word => Err(section.refuse(*line, &format!("plans are attribute or variables, not `{word}`"))),
    };
    let kinds: Vec<Kind> = section.texts("kinds")?.iter().map(kind).collect::<Result<_, _>>()?;
    let given = section.text("given")?.map(|word| given(section, &word)).transpose()?;
    let good = section.number("good")?.unwrap_or(f64::NAN);
    let (alpha, bad, beta) = (share(section, "alpha")?, share(section, "bad")?, share(section, "beta")?);
    let requirement = Requirement { good, alpha, bad, beta };
    let requirement =
        requirement.checked().map_err(|error| section.refuse_key("good", &format!("failed to {error}")))?;
    let shares = section.numbers("shares")?;
    if shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
        return Err(section.refuse_key("shares", "shares lie between 0 and 1"));
    }
    Ok(Box::new(Plans {
        kinds,
        requirement,
        given,
        lot: Words::read(section, "lot")?,
        meters: Numbers::read(section, "meters")?,
        survival: Numbers::read(section, "survival")?,
        shares,
    }))
}

/// A plan such as 56,5.
fn given(section: &Section<'_>, word: &str) -> Result<Attribute, DocumentError> {
    let parts =
        word.split_once(',').and_then(|(size, accept)| Some((size.trim().parse().ok()?, accept.trim().parse().ok()?)));
    let plan = parts.map(|(size, accept)| Attribute { size, accept }).filter(|plan| plan.accept < plan.size);
    plan.ok_or_else(|| section.refuse_key("given", &format!("`{word}` is no plan; write one such as 56,5")))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Attribute,
    Variables,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Variables => "variables",
        }
    }
}

struct Plans {
    kinds: Vec<Kind>,
    requirement: Requirement,
    given: Option<Attribute>,
    lot: Words,
    meters: Numbers,
    survival: Numbers,
    shares: Vec<f64>,
}

/// A lot for which a plan is wanted.
struct Wanted {
    name: String,
    /// Its meters; 0 where it is endless.
    meters: u64,
    /// `NaN` where today counts.
    survival: f64,
}

/// A plan that was found or given.
enum Found {
    Attribute(Attribute),
    Variables(Variables),
}

impl Analysis for Plans {
    fn parameters(&self) -> String {
        let Requirement { good, alpha, bad, beta } = self.requirement;
        let kinds = self.kinds.iter().map(|kind| format!("\"{}\"", kind.word())).collect::<Vec<_>>().join(", ");
        let given = self.given.map(|plan| format!("given = \"{},{}\"\n", plan.size, plan.accept)).unwrap_or_default();
        format!(
            "kinds = [{kinds}]\ngood = {good:?}\nalpha = {alpha:?}\nbad = {bad:?}\nbeta = {beta:?}\n{given}{}{}{}shares = {:?}\n",
            self.lot.toml(),
            self.meters.toml(),
            self.survival.toml(),
            self.shares
        )
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (source, group) in input.dataset.groups(unit) {
            for lot in self.lots(source, group)? {
                let refused = self.kinds.iter().filter_map(|kind| self.push(&mut rows, &lot, *kind).err());
                findings.extend(refused.map(|error| no_plan(&error).about(&lot.name)));
            }
        }
        Ok((rows.table(), findings))
    }
}

impl Plans {
    fn lots(&self, source: &RowSource, group: usize) -> Result<Vec<Wanted>, DataError> {
        let count = source.groups()[group].points as usize;
        let names = self.lot.of(source, group)?.unwrap_or_else(|| vec![String::new(); count]);
        let of = |numbers: &Numbers| numbers.of(source, group, &Measure::ONE, Of::Value);
        let (meters, survival) = (of(&self.meters)?, of(&self.survival)?);
        let number = |numbers: &Option<Vec<f64>>, row: usize| numbers.as_ref().map_or(f64::NAN, |numbers| numbers[row]);
        let lot = |(row, name)| Wanted { name, meters: number(&meters, row) as u64, survival: number(&survival, row) };
        Ok(names.into_iter().enumerate().map(lot).collect())
    }

    /// The rows of a lot for one kind of plan.
    fn push(&self, rows: &mut Rows, lot: &Wanted, kind: Kind) -> Result<(), PlanError> {
        let requirement = match lot.survival {
            survival if survival.is_nan() => self.requirement,
            survival => self.requirement.until_next(survival)?,
        };
        let size = if lot.meters == 0 { Lot::Endless } else { Lot::Of(lot.meters) };
        let found = match (kind, self.given) {
            (Kind::Attribute, Some(given)) => Found::Attribute(given),
            (Kind::Attribute, None) => Found::Attribute(Attribute::meeting(requirement, size)?),
            (Kind::Variables, _) => Found::Variables(Variables::meeting(requirement)?),
        };
        let Requirement { good, alpha, bad, beta } = requirement;
        for share in &self.shares {
            let [draw, accept, factor, chance, inspections] = found.at(*share, size);
            let row: [Cell; 14] = [
                lot.name.as_str().into(),
                kind.word().into(),
                (lot.meters as i64).into(),
                if lot.survival.is_nan() { 1.0 } else { lot.survival }.into(),
                good.into(),
                alpha.into(),
                bad.into(),
                beta.into(),
                (draw as i64).into(),
                (accept as i64).into(),
                factor.into(),
                (*share).into(),
                chance.into(),
                inspections.into(),
            ];
            rows.push(row);
        }
        Ok(())
    }
}

impl Found {
    /// The plan, its chance of accepting a share, and the inspections to expect.
    fn at(&self, share: f64, lot: Lot) -> [f64; 5] {
        match self {
            Self::Attribute(plan) => {
                let (size, accept) = (plan.size as f64, plan.accept as f64);
                [size, accept, f64::NAN, plan.acceptance(share, lot), plan.expected_inspections(share, lot)]
            }
            Self::Variables(plan) => {
                let chance = match share {
                    share if share <= 0.0 => 1.0,
                    share if share >= 1.0 => 0.0,
                    share => plan.acceptance(share),
                };
                [plan.size as f64, 0.0, plan.factor, chance, plan.size as f64]
            }
        }
    }
}

fn no_plan(error: &PlanError) -> Finding {
    Finding::new(
        Severity::Warning,
        "no-plan",
        format!("failed to {error}"),
        "the lot has no plan",
        "ask for less, inspect sooner, or inspect every meter",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::Column;

    fn planned(text: &str) -> Result<Plans, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        super::plan(&section).map_err(|error| error.to_string())?;
        let number = |key| section.number(key).unwrap().unwrap();
        Ok(Plans {
            kinds: vec![Kind::Attribute, Kind::Variables],
            requirement: Requirement { good: number("good"), alpha: 0.05, bad: 0.05, beta: 0.1 },
            given: section.text("given").unwrap().map(|word| given(&section, &word).unwrap()),
            lot: Words::read(&section, "lot").unwrap(),
            meters: Numbers::read(&section, "meters").unwrap(),
            survival: Numbers::read(&section, "survival").unwrap(),
            shares: vec![0.0, 0.05, 0.1],
        })
    }

    fn rows(text: &str) -> (Table, Vec<Finding>) {
        let plans = planned(text).unwrap();
        let table = Table::new(vec![
            Column::text("lot", vec!["x".into(), "y".into()]),
            Column::float("meters", Measure::ONE, vec![400.0, 0.0]),
        ]);
        let source = RowSource::from_table("t", table.unwrap());
        let (mut rows, mut findings) = (Rows::of(OP.schema), Vec::new());
        for lot in plans.lots(&source, 0).unwrap() {
            let refused = plans.kinds.iter().filter_map(|kind| plans.push(&mut rows, &lot, *kind).err());
            findings.extend(refused.map(|error| no_plan(&error)));
        }
        (rows.table(), findings)
    }

    #[test]
    fn plans_know_the_size_of_their_lot_and_their_curve() {
        let (table, findings) = rows("");
        let (sizes, accepts) = (table.integers("size").unwrap(), table.integers("accept").unwrap());
        assert_eq!(([sizes[0], accepts[0]], [sizes[6], accepts[6]]), ([97, 2], [132, 3]));
        let chances = table.floats("p_accept").unwrap();
        assert!(findings.is_empty() && chances[0] == 1.0 && chances[1] <= 0.1 && chances[2] < chances[1]);
        assert!((table.floats("factor").unwrap()[3] - 1.9).abs() < 0.2, "the s-method of one limit");
    }

    #[test]
    fn a_given_plan_is_judged_and_what_fails_until_the_next_inspection_is_told() {
        let (table, _) = rows("given = \"56,5\"\nmeters = 0\n");
        assert_eq!(format!("{:.2}", table.floats("p_accept").unwrap()[2]), "0.51");
        let (table, findings) = rows("survival = 0.94\n");
        assert!(table.rows() == 0 && findings.len() == 4 && findings[0].seen.contains("until the next inspection"));
        let (table, _) = rows("survival = 0.98\n");
        assert!((table.floats("bad").unwrap()[0] - 0.030_612_244_897_959).abs() < 1e-12);
    }

    #[test]
    fn parameters_show_every_default_and_what_cannot_be_meant_is_refused() {
        let document = Document::parse("", "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let parameters = super::plan(&section).unwrap().parameters();
        assert!(
            parameters
                .starts_with("kinds = [\"attribute\"]\ngood = 0.01\nalpha = 0.05\nbad = 0.05\nbeta = 0.1\nshares")
        );
        for (text, reason) in [
            ("good = 0.1", "0 ≤ good < bad < 1"),
            ("given = \"5,56\"", "is no plan"),
            ("shares = [2]", "between 0 and 1"),
        ] {
            assert!(planned(text).err().unwrap().contains(reason), "{text}");
        }
    }
}
