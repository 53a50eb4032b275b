//! What the ops on comparisons share: the results of laboratories, out of the rows of a table.

use super::columns::{Numbers, Of, Words};
use super::{Beside, Input};
use crate::dataset::Unit;
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::schema::Rows;
use sigmatau_data::{DataError, RowSource, Schema, Table, schema};
use sigmatau_uncertainty::Correlation;
use sigmatau_uncertainty::consensus::Comparison;
use std::collections::HashMap;

/// What [`Columns::read`] understands.
pub(super) const COLUMNS: &[Parameter] = &[
    Parameter::new("laboratory", "column with the names of the laboratories").or("\"laboratory\""),
    Parameter::new("value", "column with the results").or("\"value\""),
    Parameter::new("u", "column with the standard uncertainties; `u` if left out and there"),
    Parameter::new("expanded_u", "column with expanded uncertainties, over k where no standard one is stated"),
    Parameter::new("k", "column with the stated coverage factors, or one for all; `k` if left out and there"),
    Parameter::new("comparison", "column with the names of comparisons; `comparison` if left out and there"),
    Parameter::new("point", "column with the names of points; `point` if left out and there"),
    Parameter::new("leave_out", "names in the first of these columns whose rows are left out").or("[]"),
];

/// Correlations of laboratories, as through a standard that they share.
pub(super) const CORRELATIONS: Beside = Beside {
    key: Parameter::new("correlations", "a `laboratory_correlations` record: what pairs of laboratories share"),
    schema: &schema::laboratory_correlations::SCHEMA,
};

/// Where the results of laboratories stand.
pub(super) struct Columns {
    comparison: Words,
    point: Words,
    laboratory: Words,
    numbers: [Numbers; 4],
    besides: Vec<(Numbers, Of)>,
    left_out: Vec<String>,
}

/// The results for one quantity, in one unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) comparison: String,
    pub(super) point: String,
    pub(super) unit: String,
    pub(super) laboratories: Vec<Laboratory>,
}

/// What a laboratory states.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Laboratory {
    pub(super) name: String,
    pub(super) value: f64,
    /// The standard uncertainty; `NaN` where none is stated.
    pub(super) u: f64,
    /// The coverage factor; `NaN` where none is stated.
    pub(super) k: f64,
    /// The numbers that an op wants besides.
    pub(super) besides: Vec<f64>,
}

/// The entries of a table of methods that are named under the key `methods`; every one where that is `all`.
///
/// # Errors
/// When there is none, or one is not known.
pub(super) fn methods<T: Copy, E: std::fmt::Display>(
    section: &Section<'_>,
    all: &[T],
    named: fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, DocumentError> {
    let words = section.texts("methods")?;
    let method = |(line, word): &(Option<usize>, String)| {
        named(word).map_err(|error| section.refuse(*line, &format!("failed to {error}")))
    };
    match words.as_slice() {
        [] => Err(section.refuse_key("methods", "name at least one method, see `list consensus`, or write \"all\"")),
        [(_, word)] if word == "all" => Ok(all.to_vec()),
        words => words.iter().map(method).collect(),
    }
}

impl Columns {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        Self::by(section, "laboratory")
    }

    /// The same where something else than a laboratory has results, named by the column under a key.
    pub(super) fn by(section: &Section<'_>, key: &'static str) -> Result<Self, DocumentError> {
        let [value, u, expanded, k] = ["value", "u", "expanded_u", "k"].map(|key| Numbers::read(section, key));
        Ok(Self {
            comparison: Words::read(section, "comparison")?,
            point: Words::read(section, "point")?,
            laboratory: Words::read(section, key)?,
            numbers: [value?, u?, expanded?, k?],
            besides: Vec::new(),
            left_out: section.texts("leave_out")?.into_iter().map(|(_, name)| name).collect(),
        })
    }

    /// With further numbers of every row, in the unit of the values.
    pub(super) fn with(self, besides: impl IntoIterator<Item = (Numbers, Of)>) -> Self {
        Self { besides: besides.into_iter().collect(), ..self }
    }

    pub(super) fn toml(&self) -> String {
        let words = [&self.laboratory, &self.comparison, &self.point].into_iter().map(Words::toml);
        let besides = self.besides.iter().map(|(numbers, _)| numbers.toml());
        let left_out: Vec<String> = self.left_out.iter().map(|name| format!("{name:?}")).collect();
        let left_out = format!("leave_out = [{}]\n", left_out.join(", "));
        words.chain(self.numbers.iter().map(Numbers::toml)).chain(besides).chain([left_out]).collect()
    }

    /// The points in the order in which they first appear, with what was left out of them.
    ///
    /// # Errors
    /// When a column is missing or holds something else.
    pub(super) fn points(&self, input: &Input<'_>, unit: &Unit) -> Result<(Vec<Point>, Vec<Finding>), DataError> {
        let mut gathered = Gathered::default();
        for (source, group) in input.dataset.groups(unit) {
            self.gather(source, group, &mut gathered)?;
        }
        Ok((gathered.points, gathered.findings))
    }

    /// The rows of a result, which `each` makes of the comparison at every point that has one.
    ///
    /// # Errors
    /// As [`Columns::points`].
    pub(super) fn compared(
        &self,
        input: &Input<'_>,
        unit: &Unit,
        schema: &'static Schema,
        each: impl Fn(&mut Rows, &Point, &Comparison) -> Vec<Finding>,
    ) -> Result<(Table, Vec<Finding>), DataError> {
        let (points, mut findings) = self.points(input, unit)?;
        let mut rows = Rows::of(schema);
        for point in &points {
            let (point, without) = point.weighed();
            findings.extend(without);
            match point.compared(input.beside[0]) {
                Ok(comparison) => findings.extend(each(&mut rows, &point, &comparison)),
                Err(finding) => findings.push(finding),
            }
        }
        Ok((rows.table(), findings))
    }

    fn gather(&self, source: &RowSource, group: usize, gathered: &mut Gathered) -> Result<(), DataError> {
        let rows = source.groups()[group].points as usize;
        let stated = self.numbers[0].unit(source)?;
        let units = if stated.is_none() { Words::where_there("unit").of(source, group)? } else { None };
        let unit = stated.unwrap_or(Measure::ONE);
        let words = |words: &Words| {
            let column = words.of(source, group);
            column.map(|column| column.unwrap_or_else(|| vec![String::new(); rows]))
        };
        let [comparison, point, name] = [&self.comparison, &self.point, &self.laboratory].map(words);
        let [comparison, point, name]: [Vec<String>; 3] = [comparison?, point?, name?];
        let numbers = |numbers: &Numbers, unit: &Measure, of: Of| {
            let column = numbers.of(source, group, unit, of);
            column.map(|column| column.unwrap_or_else(|| vec![f64::NAN; rows]))
        };
        let [value, u, expanded, k] = &self.numbers;
        let (value, k) = (numbers(value, &unit, Of::Value)?, numbers(k, &Measure::ONE, Of::Value)?);
        let (u, expanded) = (numbers(u, &unit, Of::Difference)?, numbers(expanded, &unit, Of::Difference)?);
        let besides = self.besides.iter().map(|(column, of)| numbers(column, &unit, *of));
        let besides: Vec<Vec<f64>> = besides.collect::<Result<_, DataError>>()?;
        for row in (0..rows).filter(|row| !self.left_out.contains(&name[*row])) {
            let laboratory = Laboratory {
                name: name[row].clone(),
                value: value[row],
                u: if u[row].is_nan() { expanded[row] / k[row] } else { u[row] },
                k: k[row],
                besides: besides.iter().map(|column| column[row]).collect(),
            };
            let unit = units.as_ref().map_or_else(|| unit.symbol(), |units| &units[row]);
            gathered.push([&comparison[row], &point[row], unit], laboratory);
        }
        Ok(())
    }
}

/// Points as they grow row by row.
#[derive(Default)]
struct Gathered {
    points: Vec<Point>,
    places: HashMap<[String; 2], usize>,
    findings: Vec<Finding>,
}

impl Gathered {
    fn push(&mut self, [comparison, point, unit]: [&str; 3], laboratory: Laboratory) {
        let place = *self.places.entry([comparison.to_owned(), point.to_owned()]).or_insert_with(|| {
            let [comparison, point, unit] = [comparison, point, unit].map(str::to_owned);
            self.points.push(Point { comparison, point, unit, laboratories: Vec::new() });
            self.points.len() - 1
        });
        let known = &mut self.points[place];
        match () {
            () if known.unit != unit => self.findings.push(another_unit(known, &laboratory, unit)),
            () if !laboratory.value.is_finite() => self.findings.push(no_value(known, &laboratory)),
            () => known.laboratories.push(laboratory),
        }
    }
}

impl Point {
    /// What the point is called in findings.
    pub(super) fn subject(&self) -> String {
        let parts = [&self.comparison, &self.point].into_iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The point without the laboratories that state no uncertainty above 0, which are remarked.
    pub(super) fn weighed(&self) -> (Self, Vec<Finding>) {
        let states = |laboratory: &&Laboratory| laboratory.u.is_finite() && laboratory.u > 0.0;
        let (with, without): (Vec<&Laboratory>, Vec<&Laboratory>) = self.laboratories.iter().partition(states);
        let findings = without.into_iter().map(|laboratory| no_uncertainty(self, laboratory)).collect();
        (Self { laboratories: with.into_iter().cloned().collect(), ..self.clone() }, findings)
    }

    /// The results beside each other, with what they share; nothing but the finding where they can't be.
    pub(super) fn compared(&self, correlations: Option<&Table>) -> Result<Comparison, Finding> {
        let of = |number: fn(&Laboratory) -> f64| self.laboratories.iter().map(number).collect::<Vec<f64>>();
        let refused = |reason: &dyn std::fmt::Display| not_compared(self, reason);
        let comparison = Comparison::new(&of(|lab| lab.value), &of(|lab| lab.u)).map_err(|error| refused(&error))?;
        let pairs = correlations.map(|table| self.pairs(table)).unwrap_or_default();
        if pairs.is_empty() {
            return Ok(comparison);
        }
        let correlation = Correlation::of_pairs(comparison.len(), &pairs).map_err(|error| refused(&error))?;
        comparison.with_correlation(correlation).map_err(|error| refused(&error))
    }

    /// The places of the pairs of this point with their coefficients.
    fn pairs(&self, table: &Table) -> Vec<(usize, usize, f64)> {
        let words = |name| table.texts(name).expect("the schema has it");
        let [comparisons, points, first, second] = ["comparison", "point", "first", "second"].map(words);
        let coefficients = table.floats("coefficient").expect("the schema has it");
        let is = |word: &str, own: &str| word.is_empty() || word == own;
        let place = |name: &str| self.laboratories.iter().position(|laboratory| laboratory.name == name);
        let here = |row: &usize| is(&comparisons[*row], &self.comparison) && is(&points[*row], &self.point);
        let pair = |row: usize| Some((place(&first[row])?, place(&second[row])?, coefficients[row]));
        (0..table.rows()).filter(here).filter_map(pair).collect()
    }

    /// The values of each laboratory, in the order in which they first appear.
    pub(super) fn replicates(&self) -> Vec<(&str, Vec<f64>)> {
        let mut replicates: Vec<(&str, Vec<f64>)> = Vec::new();
        for Laboratory { name, value, .. } in &self.laboratories {
            match replicates.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) => values.push(*value),
                None => replicates.push((name, vec![*value])),
            }
        }
        replicates
    }
}

fn another_unit(point: &Point, laboratory: &Laboratory, unit: &str) -> Finding {
    let finding = Finding::new(
        Severity::Warning,
        "another-unit",
        format!("{} states its result in `{unit}`, the first laboratory in `{}`", laboratory.name, point.unit),
        "it is left out",
        "convert the results to one unit",
    );
    finding.about(point.subject())
}

fn no_value(point: &Point, laboratory: &Laboratory) -> Finding {
    let finding = Finding::new(
        Severity::Warning,
        "no-value",
        format!("{} has no result", laboratory.name),
        "it is left out",
        "find its report",
    );
    finding.about(point.subject())
}

fn no_uncertainty(point: &Point, laboratory: &Laboratory) -> Finding {
    let finding = Finding::new(
        Severity::Warning,
        "no-uncertainty",
        format!("{} states no standard uncertainty above 0, nor an expanded one with its factor", laboratory.name),
        "it can't be weighed and is left out",
        "name the columns under `u`, or `expanded_u` and `k`, or ask the laboratory",
    );
    finding.about(point.subject())
}

fn not_compared(point: &Point, reason: &dyn std::fmt::Display) -> Finding {
    let finding = Finding::new(
        Severity::Failure,
        "not-compared",
        format!("failed to {reason}"),
        "there is no result for this point",
        "look at the results and correlations of its laboratories",
    );
    finding.about(point.subject())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use sigmatau_data::schema::Cell;

    /// A point of laboratories `a`, `b`, … with values and standard uncertainties.
    pub(in crate::op) fn point(results: &[(f64, f64)]) -> Point {
        let laboratory = |(place, (value, u)): (usize, &(f64, f64))| Laboratory {
            name: char::from(b'a' + place as u8).to_string(),
            value: *value,
            u: *u,
            k: f64::NAN,
            besides: Vec::new(),
        };
        let laboratories = results.iter().enumerate().map(laboratory).collect();
        Point { comparison: "c".into(), point: "p".into(), unit: "mg".into(), laboratories }
    }

    #[test]
    fn rows_of_one_comparison_and_point_stand_together_in_one_unit() {
        let [a, b] = [point(&[(1.0, 0.1)]), point(&[(f64::NAN, 0.1)])].map(|point| point.laboratories[0].clone());
        let mut gathered = Gathered::default();
        gathered.push(["c", "p", "mg"], a.clone());
        gathered.push(["c", "q", "g"], a.clone());
        gathered.push(["c", "p", "g"], a);
        gathered.push(["c", "p", "mg"], b);
        assert_eq!(gathered.points.iter().map(|point| point.laboratories.len()).collect::<Vec<_>>(), [1, 1]);
        let codes: Vec<_> = gathered.findings.iter().map(|finding| (&*finding.code, &*finding.subject)).collect();
        assert_eq!(codes, [("another-unit", "c p"), ("no-value", "c p")]);
    }

    #[test]
    fn laboratories_without_an_uncertainty_are_not_weighed() {
        let (weighed, findings) = point(&[(1.0, 0.1), (2.0, f64::NAN), (3.0, 0.0)]).weighed();
        assert_eq!((weighed.laboratories.len(), findings.len()), (1, 2));
        assert!(findings[0].seen.starts_with("b states no standard uncertainty"));
    }

    #[test]
    fn correlations_are_those_of_the_point_or_of_all() {
        let mut rows = Rows::of(&schema::laboratory_correlations::SCHEMA);
        for (point, coefficient) in [("", 0.5), ("other", 0.9)] {
            let row: [Cell; 5] = ["c".into(), point.into(), "b".into(), "a".into(), coefficient.into()];
            rows.push(row);
        }
        let comparison = point(&[(1.0, 0.1), (2.0, 0.2)]).compared(Some(&rows.table())).unwrap();
        assert!((comparison.covariance(0, 1) - 0.5 * 0.1 * 0.2).abs() < 1e-15);
    }

    #[test]
    fn replicates_gather_under_the_name_of_their_laboratory() {
        let mut twice = point(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1)]);
        twice.laboratories[2].name = "a".into();
        assert_eq!(twice.replicates(), [("a", vec![1.0, 3.0]), ("b", vec![2.0])]);
    }
}
