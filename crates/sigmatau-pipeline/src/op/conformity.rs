//! Measured items held against tolerance limits.

use super::columns::{Numbers, Of, Words, unit};
use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, RowSource, Table, schema};
use sigmatau_uncertainty::Distribution;
use sigmatau_uncertainty::rule::{Decision, Limits, Measured, Statement, Verdict};

/// A verdict on every row of a table, with the probability that it is wrong.
pub(super) static OP: Op = Op {
    name: "conformity",
    title: "measured items against tolerance limits: probability of conforming, verdict and its risk",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::conformity::SCHEMA,
    parameters: &[
        &[
            Parameter::new("rules", "decision rules, see `list rules`; one row for each").or("[\"simple-acceptance\"]"),
            Parameter::new("id", "column with the names of the items; `id` if left out and there, else row numbers"),
        ],
        MEASURED,
    ],
    plan,
};

/// What [`Items::read`] understands.
pub(super) const MEASURED: &[Parameter] = &[
    Parameter::new("value", "column with the measured values").or("\"value\""),
    Parameter::new("u", "column with the standard uncertainties, or one for all; `u` if left out and there"),
    Parameter::new("expanded_u", "column with expanded uncertainties, used where no standard one is stated"),
    Parameter::new("k", "column with coverage factors, or one for all; `k` if left out and there, else 2"),
    Parameter::new("dof", "column with degrees of freedom, or one for all; `dof` if left out and there, else infinite"),
    Parameter::new("lower", "lowest value that conforms, or a column with it; `lower` if left out and there"),
    Parameter::new("upper", "highest value that conforms, or a column with it; `upper` if left out and there"),
    Parameter::new("unit", "unit of the limits and of the result; that of the values if left out"),
];

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(Judge { rules: rules(section)?, id: Words::read(section, "id")?, items: Items::read(section)? }))
}

/// The decision rules under the key `rules`.
///
/// # Errors
/// When there is none, or one is not known.
pub(super) fn rules(section: &Section<'_>) -> Result<Vec<Decision>, DocumentError> {
    let decision = |(line, word): (Option<usize>, String)| {
        Decision::read(&word).map_err(|error| section.refuse(line, &format!("failed to {error}")))
    };
    let rules: Vec<Decision> = section.texts("rules")?.into_iter().map(decision).collect::<Result<_, _>>()?;
    match rules.is_empty() {
        true => Err(section.refuse_key("rules", "name at least one decision rule, see `list rules`")),
        false => Ok(rules),
    }
}

/// The key `rules` as it was meant.
pub(super) fn rules_toml(rules: &[Decision]) -> String {
    let words: Vec<String> = rules.iter().map(|rule| format!("\"{rule}\"")).collect();
    format!("rules = [{}]\n", words.join(", "))
}

struct Judge {
    rules: Vec<Decision>,
    id: Words,
    items: Items,
}

/// Where the measured items of a table and their limits stand.
pub(super) struct Items {
    numbers: [Numbers; 7],
    unit: Option<Measure>,
}

/// A measured item with its limits, in one unit.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) value: f64,
    pub(super) u: f64,
    expanded: f64,
    distribution: Distribution,
    pub(super) limits: Limits,
}

impl Items {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let [value, u, expanded, k] = ["value", "u", "expanded_u", "k"].map(|key| Numbers::read(section, key));
        let [dof, lower, upper] = ["dof", "lower", "upper"].map(|key| Numbers::read(section, key));
        Ok(Self { numbers: [value?, u?, expanded?, k?, dof?, lower?, upper?], unit: unit(section, "unit")? })
    }

    pub(super) fn toml(&self) -> String {
        let unit = self.unit.as_ref().map(|unit| format!("unit = \"{}\"\n", unit.symbol())).unwrap_or_default();
        self.numbers.iter().map(Numbers::toml).chain([unit]).collect()
    }

    /// The unit of the limits and of the result.
    pub(super) fn unit(&self, source: &RowSource) -> Result<Measure, DataError> {
        let stated = || self.numbers[0].unit(source);
        Ok(self.unit.clone().map_or_else(stated, |unit| Ok(Some(unit)))?.unwrap_or(Measure::ONE))
    }

    /// The items of a group of rows; nothing of one that is not measured or has no limits.
    pub(super) fn of(&self, source: &RowSource, group: usize) -> Result<Vec<Option<Item>>, DataError> {
        let rows = source.groups()[group].points as usize;
        let unit = self.unit(source)?;
        let of = |numbers: &Numbers, unit: &Measure, meaning: Of, missing: f64| {
            let column = numbers.of(source, group, unit, meaning);
            column.map(|column| column.unwrap_or_else(|| vec![missing; rows]))
        };
        let [value, u, expanded, k, dof, lower, upper] = &self.numbers;
        let [value, lower, upper] = [value, lower, upper].map(|numbers| of(numbers, &unit, Of::Value, f64::NAN));
        let [u, expanded] = [u, expanded].map(|numbers| of(numbers, &unit, Of::Difference, f64::NAN));
        let [k, dof] =
            [(k, 2.0), (dof, f64::INFINITY)].map(|(numbers, missing)| of(numbers, &Measure::ONE, Of::Value, missing));
        let columns: [Vec<f64>; 7] = [value?, u?, expanded?, k?, dof?, lower?, upper?];
        Ok((0..rows).map(|row| Item::of(std::array::from_fn(|column| columns[column][row]))).collect())
    }
}

impl Item {
    /// From the value, u, U, k, the degrees of freedom and the limits of a row.
    fn of([value, u, expanded, k, dof, lower, upper]: [f64; 7]) -> Option<Self> {
        let k = if k.is_nan() { 2.0 } else { k };
        let u = if u.is_nan() { expanded / k } else { u };
        let expanded = if expanded.is_nan() { k * u } else { expanded };
        let or = |limit: f64, none: f64| if limit.is_nan() { none } else { limit };
        let limits = Limits::new(or(lower, f64::NEG_INFINITY), or(upper, f64::INFINITY)).ok()?;
        let distribution = match dof {
            _ if u == 0.0 => Distribution::Constant,
            dof if dof.is_finite() => Distribution::Student { scale: u, dof },
            _ => Distribution::Normal { standard_deviation: u },
        };
        let known = value.is_finite() && u >= 0.0 && u.is_finite();
        known.then(|| distribution.checked().ok()).flatten().map(|distribution| Self {
            value,
            u,
            expanded,
            distribution,
            limits,
        })
    }

    /// What a rule says of it.
    pub(super) fn judged(&self, rule: &Decision) -> Statement {
        let measured = Measured { estimate: self.value, distribution: &self.distribution, expanded: self.expanded };
        rule.judge(&self.limits, &measured)
    }
}

impl Analysis for Judge {
    fn parameters(&self) -> String {
        format!("{}{}{}", rules_toml(&self.rules), self.id.toml(), self.items.toml())
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut rows = Rows::of(OP.schema);
        let mut unknown = Vec::new();
        let mut undecided = 0;
        for (source, group) in input.dataset.groups(unit) {
            let symbol = self.items.unit(source)?.symbol().to_owned();
            let first = source.first_row(group);
            let ids = self.id.of(source, group)?;
            let id = |row: usize| ids.as_ref().map_or_else(|| (first + row as u64).to_string(), |ids| ids[row].clone());
            for (row, item) in self.items.of(source, group)?.into_iter().enumerate() {
                let Some(item) = item else {
                    unknown.push(id(row));
                    continue;
                };
                for rule in &self.rules {
                    let statement = item.judged(rule);
                    undecided += usize::from(statement.verdict == Verdict::Undecided);
                    push(&mut rows, [id(row), symbol.clone(), rule.to_string()], &item, &statement);
                }
            }
        }
        Ok((rows.table(), not_judged(&unknown).into_iter().chain(not_decided(undecided)).collect()))
    }
}

fn push(rows: &mut Rows, [id, unit, rule]: [String; 3], item: &Item, statement: &Statement) {
    let known = |limit: f64| if limit.is_finite() { limit } else { f64::NAN };
    let acceptance = statement.zones.map(|zones| zones.pass);
    let row: [Cell; 12] = [
        id.into(),
        item.value.into(),
        item.u.into(),
        unit.into(),
        known(item.limits.lower).into(),
        known(item.limits.upper).into(),
        acceptance.map_or(f64::NAN, |limits| known(limits.lower)).into(),
        acceptance.map_or(f64::NAN, |limits| known(limits.upper)).into(),
        rule.into(),
        statement.conformity.inside.into(),
        statement.verdict.word().into(),
        risk(statement).into(),
    ];
    rows.push(row);
}

/// The probability that the verdict is wrong; none of an item that is not decided.
fn risk(statement: &Statement) -> f64 {
    match statement.verdict.accepts() {
        Some(true) => statement.conformity.outside(),
        Some(false) => statement.conformity.inside,
        None => f64::NAN,
    }
}

/// The remark that items have no value, no uncertainty or no limits.
pub(super) fn not_judged(unknown: &[String]) -> Option<Finding> {
    let first = unknown.first()?;
    Some(Finding::new(
        Severity::Warning,
        "not-measured",
        format!(
            "{} items, the first of them {first}, have no value, no uncertainty or no limits that ascend",
            unknown.len()
        ),
        "nothing is said of them",
        "name the columns under `value`, `u` or `expanded_u`, `lower` and `upper`, or mend the rows",
    ))
}

fn not_decided(undecided: usize) -> Option<Finding> {
    let finding = Finding::new(
        Severity::Note,
        "undecided",
        format!("{undecided} items are too uncertain for the rule"),
        "it says neither pass nor fail of them",
        "measure them with a smaller uncertainty, or agree on another rule",
    );
    (undecided > 0).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::planned;

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned(&OP, "", plan).unwrap().parameters();
        assert_eq!(parameters, "rules = [\"simple-acceptance\"]\nvalue = \"value\"\n");
        let all = "rules = [\"specific-risk:0.05\"]\nid = \"meter\"\nvalue = \"error\"\nu = 0.1\nlower = -0.5\n\
                   upper = \"limit\"\nunit = \"mV\"\n";
        assert_eq!(planned(&OP, all, plan).unwrap().parameters(), all);
        let error = planned(&OP, "rules = [\"simple-aceptance\"]", plan).err().unwrap();
        assert!(error.contains("did you mean `simple-acceptance`"), "{error}");
    }

    /// Φ(1.5) − Φ(−8.5) of y = 0.35, u = 0.1 within ±0.5.
    #[test]
    fn an_item_within_the_limits_passes_with_the_risk_of_its_tail() {
        let item = Item::of([0.35, f64::NAN, 0.2, 2.0, f64::INFINITY, -0.5, 0.5]).unwrap();
        let statement = item.judged(&Decision::read("simple-acceptance").unwrap());
        assert_eq!(statement.verdict, Verdict::Pass);
        assert!((risk(&statement) - 0.066_807_201_268_858).abs() < 1e-14);
        let guarded = item.judged(&Decision::read("guarded-acceptance").unwrap());
        assert!(guarded.verdict == Verdict::Fail && (risk(&guarded) - 0.933_192_798_731_142).abs() < 1e-14);
    }

    #[test]
    fn few_degrees_of_freedom_raise_the_risk() {
        let of = |dof| Item::of([0.3, 0.1, f64::NAN, f64::NAN, dof, f64::NAN, 0.5]).unwrap();
        let [few, many] =
            [3.0, f64::NAN].map(|dof| risk(&of(dof).judged(&Decision::read("simple-acceptance").unwrap())));
        assert!(few > 2.0 * many, "{few} {many}");
    }

    #[test]
    fn what_is_not_measured_is_left_out() {
        for row in [
            [f64::NAN, 0.1, 0.2, 2.0, f64::INFINITY, -0.5, 0.5],
            [0.3, -0.1, 0.2, 2.0, f64::INFINITY, -0.5, 0.5],
            [0.3, 0.1, 0.2, 2.0, f64::INFINITY, 0.5, -0.5],
            [0.3, 0.1, 0.2, 2.0, f64::INFINITY, f64::NAN, f64::NAN],
        ] {
            assert!(Item::of(row).is_none(), "{row:?}");
        }
        assert_eq!(Item::of([0.3, 0.0, 0.0, 2.0, 9.0, -0.5, 0.5]).unwrap().distribution, Distribution::Constant);
    }
}
