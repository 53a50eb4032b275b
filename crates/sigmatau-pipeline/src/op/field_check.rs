//! Where to check meters on site first.

use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::state::field_checks;
use sigmatau_meter::verdict::{Judgement, Reason, Verdict};
use std::collections::HashMap;

/// The meters that are worth a visit, the most probable hits first.
pub(super) static OP: Op = Op {
    name: "field-check",
    title: "checks on site: meters ranked by the probability of a hit, with the hits to expect, and how earlier visits kept to that",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Record(&schema::assessment::SCHEMA),
    beside: &[Beside {
        key: Parameter::new("checks", "what earlier checks found; these meters are not visited again"),
        schema: &schema::site_checks::SCHEMA,
    }],
    scope: Scope::Dataset,
    schema: &schema::field_check::SCHEMA,
    parameters: &[&[
        Parameter::new("visits", "the longest list that is wanted").or("100"),
        Parameter::new("limit", "limit of the error in service in %, by which earlier checks were hits"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    if section.has("checks") && !section.has("limit") {
        return Err(section.missing("limit"));
    }
    let visits = section.count("visits")?.expect("it has a default");
    Ok(Box::new(Visits { visits, limit: section.positive("limit")? }))
}

struct Visits {
    visits: usize,
    /// The limit of the error in %.
    limit: Option<f64>,
}

impl Analysis for Visits {
    fn parameters(&self) -> String {
        let limit = self.limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        format!("visits = {}\n{limit}", self.visits)
    }

    fn compute(&self, input: &Input<'_>, _: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let assessed = input.dataset.table()?;
        let visited = input.beside[0].map(visited).unwrap_or_default();
        let kept_to = self.kept_to(&assessed, &visited);
        Ok((self.ranked(&assessed, &visited), kept_to.into_iter().collect()))
    }
}

/// The errors in % that were found, by area and meter.
fn visited(checks: &Table) -> HashMap<(&str, &str), f64> {
    let words = |name| checks.texts(name).expect("the schema has it");
    let errors = checks.floats("error_pct").expect("the schema has it");
    let names = words("area").iter().zip(words("meter"));
    names.zip(errors).map(|((area, meter), error)| ((area.as_str(), meter.as_str()), *error)).collect()
}

impl Visits {
    fn ranked(&self, assessed: &Table, visited: &HashMap<(&str, &str), f64>) -> Table {
        let words = |name| assessed.texts(name).expect("the schema has it");
        let (areas, meters, reasons) = (words("area"), words("meter"), words("reason"));
        let open: Vec<usize> = (0..assessed.rows())
            .filter(|row| !visited.contains_key(&(areas[*row].as_str(), meters[*row].as_str())))
            .collect();
        let judgements: Vec<Judgement> = open.iter().map(|row| judgement(assessed, *row)).collect();
        let mut rows = Rows::of(OP.schema);
        for (place, check) in field_checks(&judgements).into_iter().take(self.visits).enumerate() {
            let row = open[check.meter];
            let visits = (place + 1) as f64;
            let cells: [Cell; 8] = [
                (place as i64 + 1).into(),
                areas[row].as_str().into(),
                meters[row].as_str().into(),
                check.hit.into(),
                (check.hit_rate * visits).into(),
                check.hit_rate.into(),
                words("verdict")[row].as_str().into(),
                reasons[row].as_str().into(),
            ];
            rows.push(cells);
        }
        rows.table()
    }

    /// How the hits of earlier visits kept to what the assessment says of these meters, which must not know their results.
    fn kept_to(&self, assessed: &Table, visited: &HashMap<(&str, &str), f64>) -> Option<Finding> {
        let words = |name| assessed.texts(name).expect("the schema has it");
        let chances = assessed.floats("p_conform").expect("the schema has it");
        let found = |row: usize| visited.get(&(words("area")[row].as_str(), words("meter")[row].as_str()));
        let seen: Vec<(f64, f64)> =
            (0..assessed.rows()).filter_map(|row| Some((1.0 - chances[row], *found(row)?))).collect();
        let seen: Vec<(f64, f64)> = seen.into_iter().filter(|(chance, _)| chance.is_finite()).collect();
        let limit = self.limit.filter(|_| !seen.is_empty())?;
        let hits = seen.iter().filter(|(_, error)| error.abs() > limit).count() as f64;
        let expected: f64 = seen.iter().map(|(chance, _)| chance).sum();
        let u = seen.iter().map(|(chance, _)| chance * (1.0 - chance)).sum::<f64>().sqrt();
        let is_far = (hits - expected).abs() > 3.0 * u.max(0.5);
        Some(Finding::new(
            if is_far { Severity::Warning } else { Severity::Note },
            "visits",
            format!(
                "of {} visited meters {hits} did not conform; {expected:.1} were to be expected, ± {u:.1}",
                seen.len()
            ),
            if is_far { "the probabilities do not hold in these areas" } else { "the probabilities held" },
            if is_far { "check master meters and topology, see `meters validate`" } else { "go on" },
        ))
    }
}

/// What a row says, as far as a visit depends on it.
fn judgement(assessed: &Table, row: usize) -> Judgement {
    let word = |name| assessed.texts(name).expect("the schema has it")[row].as_str();
    let number = |name| assessed.floats(name).expect("the schema has it")[row];
    let conform = number("p_conform");
    let verdict = Verdict::from_word(word("verdict")).unwrap_or(Verdict::NotAssessable);
    let is_dead = verdict == Verdict::Replace && conform.is_nan();
    Judgement {
        verdict,
        reason: if is_dead { Reason::Dead } else { Reason::Undecided { more: None } },
        error: number("error_pct") / 100.0,
        u: number("u_pct") / 100.0,
        limit: f64::NAN,
        conform,
        guard: f64::NAN,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use sigmatau_core::Unit as Measure;
    use sigmatau_data::Column;
    use std::path::Path;

    /// An assessment of meters with these names, errors in %, probabilities of conforming, verdicts and reasons.
    pub(in crate::op) fn assessment(meters: &[(&str, f64, f64, &str, &str)]) -> Table {
        let mut rows = Rows::of(&schema::assessment::SCHEMA);
        for (meter, error, conform, verdict, reason) in meters {
            let cells: [Cell; 12] = [
                "a".into(),
                (*meter).into(),
                (*error).into(),
                0.3.into(),
                0.6.into(),
                (*conform).into(),
                0.8.into(),
                (*verdict).into(),
                (*reason).into(),
                100.0.into(),
                100.into(),
                "".into(),
            ];
            rows.push(cells);
        }
        rows.table()
    }

    fn seen() -> Table {
        assessment(&[
            ("good", 0.0, 0.99, "keep", ""),
            ("bad", 1.5, 0.04, "replace", ""),
            ("dead", f64::NAN, f64::NAN, "replace", "it registers nothing, though its customer draws; replace it"),
            ("open", 0.9, 0.6, "watch", ""),
            ("idle", f64::NAN, f64::NAN, "not assessable", ""),
        ])
    }

    #[test]
    fn dead_meters_lead_and_kept_or_unknown_ones_are_not_visited() {
        let visits = Visits { visits: 100, limit: None };
        let table = visits.ranked(&seen(), &HashMap::new());
        assert_eq!(table.texts("meter").unwrap(), ["dead", "bad", "open"]);
        let expected = table.floats("expected_hits").unwrap();
        assert!((expected[2] - (1.0 + 0.96 + 0.4)).abs() < 1e-12);
        assert_eq!(Visits { visits: 1, limit: None }.ranked(&seen(), &HashMap::new()).rows(), 1);
    }

    #[test]
    fn visited_meters_are_left_out_and_compared_with_what_was_expected() {
        let checks = Table::new(vec![
            Column::text("area", vec!["a".into(); 2]),
            Column::text("meter", vec!["bad".into(), "open".into()]),
            Column::float("error_pct", Measure::parse("%").unwrap(), vec![1.4, 0.2]),
            Column::float("u_pct", Measure::parse("%").unwrap(), vec![0.1, 0.1]),
        ]);
        let checks = schema::site_checks::SCHEMA.select(&checks.unwrap(), Path::new("c")).unwrap();
        let visits = Visits { visits: 100, limit: Some(1.0) };
        let visited = visited(&checks);
        assert_eq!(visits.ranked(&seen(), &visited).texts("meter").unwrap(), ["dead"]);
        let finding = visits.kept_to(&seen(), &visited).unwrap();
        assert!(
            finding.severity == Severity::Note && finding.seen.contains("of 2 visited meters 1 did not conform; 1.4"),
            "{}",
            finding.seen
        );
    }
}
