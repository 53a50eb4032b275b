//! States of meters by a scheme of points.

mod scheme;

use super::grade::{Filed, lot_keys};
use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use scheme::SchemeFile;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::meters::instant;
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::verdict::{Reason, Verdict};
use std::collections::{HashMap, HashSet};

/// The state of every meter, and by which route it is replaced.
pub(super) static OP: Op = Op {
    name: "states",
    title: "states of meters in the words of a province: points taken by a scheme of your own, and the route of replacement",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Record(&schema::assessment::SCHEMA),
    beside: &[
        Beside {
            key: Parameter::new("meters", "table of the meters, which tells lots, limits and when each was installed"),
            schema: &schema::meters::SCHEMA,
        },
        Beside { key: Parameter::new("grades", "grades of their lots: lot_share"), schema: &schema::grade::SCHEMA },
        Beside {
            key: Parameter::new("lifetimes", "lifetimes of their lots: p_failing, of the first horizon"),
            schema: &schema::lifetime::SCHEMA,
        },
        Beside {
            key: Parameter::new("elements", "what else is known, such as clock_s or events"),
            schema: &schema::meter_elements::SCHEMA,
        },
    ],
    scope: Scope::Dataset,
    schema: &schema::states::SCHEMA,
    parameters: &[&[
        Parameter::new("scheme", "TOML file with elements, weights and states, from the directory of the pipeline"),
        Parameter::new("limit", "limit of the error in service in %, where the table of meters states none"),
        Parameter::new("date", "day for which the age counts, such as 2026-08-01"),
        Parameter::new("by", "what makes a lot: lot_id, manufacturer, model").or("[\"lot_id\"]"),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    let file = SchemeFile::read(section)?;
    let unclear = |word: &str| section.refuse_key("date", &format!("`{word}` is no day; write one such as 2026-08-01"));
    let date = section.text("date")?.map(|word| instant(&word).ok_or_else(|| unclear(&word)).map(|at| (word, at)));
    Ok(Box::new(Scored { file, limit: section.positive("limit")?, date: date.transpose()?, by: lot_keys(section)? }))
}

/// Seconds of a year.
const YEAR: f64 = 365.25 * 86_400.0;

/// What is known of an element without a table of elements.
const KNOWN: [&str; 7] =
    ["p_nonconforming", "error_of_limit", "fault", "information", "lot_share", "p_failing", "age_years"];

struct Scored {
    file: SchemeFile,
    /// The limit of the error in %.
    limit: Option<f64>,
    /// The day as it was typed, and in seconds.
    date: Option<(String, i64)>,
    by: Vec<&'static str>,
}

/// What is known beside the assessment.
struct Beyond<'a> {
    meters: Option<(&'a Table, Filed<'a>)>,
    /// Share and verdict of lots.
    grades: HashMap<&'a str, (f64, &'a str)>,
    failing: HashMap<&'a str, f64>,
    elements: HashMap<(&'a str, &'a str, &'a str), f64>,
}

impl Analysis for Scored {
    /// The scheme is named by its hash too, so that a changed one ends the reuse of results.
    fn parameters(&self) -> String {
        let SchemeFile { name, hash, .. } = &self.file;
        let limit = self.limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        let date = self.date.as_ref().map(|(word, _)| format!("date = \"{word}\"\n")).unwrap_or_default();
        let by = self.by.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
        format!("scheme = \"{name}\"\n# {name}: blake3 {hash}\n{limit}{date}by = [{by}]\n")
    }

    fn compute(&self, input: &Input<'_>, _: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let assessed = input.dataset.table()?;
        let beyond = Beyond::of(input.beside);
        let mut rows = Rows::of(OP.schema);
        let mut known: HashSet<&str> = HashSet::new();
        (0..assessed.rows()).for_each(|row| rows.push(self.row(&assessed, row, &beyond, &mut known)));
        let never = self.file.scheme.elements.iter().filter(|element| !known.contains(element.name.as_str()));
        let finding = |name: &str| never_known(name, &beyond.named());
        let findings = never.filter(|_| assessed.rows() > 0).map(|element| finding(&element.name)).collect();
        Ok((rows.table(), findings))
    }
}

impl Scored {
    /// The row of a meter; the elements of which something is known are noted.
    fn row<'a>(&'a self, assessed: &Table, row: usize, beyond: &Beyond<'_>, known: &mut HashSet<&'a str>) -> [Cell; 8] {
        let word = |name| assessed.texts(name).expect("the schema has it")[row].as_str();
        let (area, meter) = (word("area"), word("meter"));
        let place = beyond.meters.as_ref().and_then(|(_, filed)| filed.row(area, meter));
        let lot = beyond.meters.as_ref().map(|(_, filed)| filed.lot(place, &self.by)).unwrap_or_default();
        let grade = beyond.grades.get(lot.as_str());
        let value = |name: &str| match beyond.elements.get(&(area, meter, name)) {
            Some(value) => *value,
            None => match name {
                "lot_share" => grade.map_or(f64::NAN, |(share, _)| *share),
                "p_failing" => beyond.failing.get(lot.as_str()).copied().unwrap_or(f64::NAN),
                "age_years" => self.age(beyond, place),
                name => self.of_assessment(assessed, row, beyond, place, name),
            },
        };
        let scheme = &self.file.scheme;
        let score = scheme.score(value);
        let names = scheme.elements.iter().map(|element| element.name.as_str());
        known.extend(names.clone().filter(|name| !score.unknown.contains(name)));
        let taken = names.zip(&score.taken).filter(|(_, points)| **points > 0.0);
        let taken: Vec<String> = taken.map(|(name, points)| format!("{name} {points:.1}")).collect();
        let verdict = Verdict::from_word(word("verdict")).unwrap_or(Verdict::NotAssessable);
        let refused = grade.is_some_and(|(_, verdict)| *verdict == Verdict::Replace.word());
        [
            area.into(),
            meter.into(),
            lot.as_str().into(),
            score.points.into(),
            score.state.name.as_str().into(),
            scheme.route_of(verdict, refused).unwrap_or_default().into(),
            taken.join(", ").into(),
            score.unknown.join(", ").into(),
        ]
    }

    /// What the assessment itself says of an element.
    fn of_assessment(
        &self,
        assessed: &Table,
        row: usize,
        beyond: &Beyond<'_>,
        place: Option<usize>,
        name: &str,
    ) -> f64 {
        let number = |name| assessed.floats(name).expect("the schema has it")[row];
        let limit = || beyond.meters.as_ref().and_then(|(_, filed)| filed.limit(place)).or(self.limit);
        match name {
            "p_nonconforming" => 1.0 - number("p_conform"),
            "error_of_limit" => number("error_pct").abs() / limit().unwrap_or(f64::NAN),
            "information" => number("information"),
            "fault" => {
                let reason = &assessed.texts("reason").expect("the schema has it")[row];
                f64::from(u8::from(Reason::tells_of_a_fault(reason)))
            }
            _ => f64::NAN,
        }
    }

    /// Years since a meter was installed; an instant of 0 stands for none.
    fn age(&self, beyond: &Beyond<'_>, place: Option<usize>) -> f64 {
        let installed =
            beyond.meters.as_ref().zip(place).and_then(|((table, _), row)| Some(table.integers("installed")?[row]));
        match (installed.filter(|installed| *installed != 0), &self.date) {
            (Some(installed), Some((_, date))) => (date - installed.div_euclid(1_000_000_000)) as f64 / YEAR,
            _ => f64::NAN,
        }
    }
}

impl<'a> Beyond<'a> {
    fn of(beside: &[Option<&'a Table>]) -> Self {
        fn words<'a>(table: &'a Table, name: &str) -> &'a [String] {
            table.texts(name).expect("the schema has it")
        }
        let numbers = |table: &'a Table, name: &str| table.floats(name).expect("the schema has it");
        let grade = |table: &'a Table, row: usize| {
            let (lots, verdicts, shares) =
                (words(table, "lot"), words(table, "verdict"), numbers(table, "share_nonconforming"));
            (lots[row].as_str(), (shares[row], verdicts[row].as_str()))
        };
        let failing =
            |table: &'a Table, row: usize| (words(table, "lot")[row].as_str(), numbers(table, "p_failing")[row]);
        let element = |table: &'a Table, row: usize| {
            let name = |name| words(table, name)[row].as_str();
            ((name("area"), name("meter"), name("element")), numbers(table, "value")[row])
        };
        let rows = |table: Option<&'a Table>| {
            table.into_iter().flat_map(|table| (0..table.rows()).rev().map(move |row| (table, row)))
        };
        Self {
            meters: beside[0].map(|table| (table, Filed::of(table))),
            grades: rows(beside[1]).map(|(table, row)| grade(table, row)).collect(),
            failing: rows(beside[2]).map(|(table, row)| failing(table, row)).collect(),
            elements: rows(beside[3]).map(|(table, row)| element(table, row)).collect(),
        }
    }

    /// The names of all elements of which something may be known.
    fn named(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.elements.keys().map(|(.., name)| *name).collect();
        names.sort_unstable();
        names.dedup();
        KNOWN.into_iter().chain(names).collect()
    }
}

/// The remark that an element of the scheme took no points of any meter, because nothing is known of it.
fn never_known(name: &str, known: &[&str]) -> Finding {
    let hint = if known.contains(&name) { String::new() } else { did_you_mean(name, known) };
    Finding::new(
        Severity::Warning,
        "element-unknown",
        format!("nothing is known of the element `{name}` of any meter{hint}"),
        "it takes no points, and states look better than they may be",
        "give it in the table `elements`, or the records and keys that it comes from, or leave it out of the scheme",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::op::field_check::tests::assessment;
    use sigmatau_data::Column;
    use std::path::Path;

    fn scored() -> Scored {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/demo-meters/states.toml");
        let document = Document::parse(&format!("scheme = \"{path}\""), "a.toml").unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let file = SchemeFile::read(&section).unwrap();
        let date = Some(("2026-07-01".to_owned(), instant("2026-07-01").unwrap()));
        Scored { file, limit: Some(1.0), date, by: vec!["lot_id"] }
    }

    fn meters() -> Table {
        let words = |words: [&str; 3]| words.map(String::from).to_vec();
        let table = Table::new(vec![
            Column::text("area_id", words(["a"; 3])),
            Column::text("meter_id", words(["good", "bad", "dead"])),
            Column::text("role", words(["sub"; 3])),
            Column::text("lot_id", words(["x", "x", "y"])),
            Column::text("installed", words(["2014-07-01", "2024-07-01", ""])),
        ]);
        schema::meters::SCHEMA.select(&table.unwrap(), Path::new("m")).unwrap()
    }

    #[test]
    fn meters_get_states_and_routes_and_what_is_not_known_is_told() {
        let assessed = assessment(&[
            ("good", 0.2, 0.99, "keep", ""),
            ("bad", 3.0, 0.001, "replace", ""),
            ("dead", f64::NAN, f64::NAN, "replace", "it registers nothing, though its customer draws; replace it"),
        ]);
        let (meters, scored) = (meters(), scored());
        let beyond = Beyond::of(&[Some(&meters), None, None, None]);
        let mut known = HashSet::new();
        let mut rows = Rows::of(OP.schema);
        (0..3).for_each(|row| rows.push(scored.row(&assessed, row, &beyond, &mut known)));
        let table = rows.table();
        assert_eq!(table.texts("state").unwrap(), ["正常", "严重", "严重"]);
        assert_eq!(table.texts("route").unwrap(), ["", "失准更换", "失准更换"]);
        assert_eq!(table.texts("taken").unwrap()[0], "age_years 5.0", "twelve years of eight to sixteen");
        assert_eq!(table.texts("unknown").unwrap()[1], "lot_share, p_failing, clock_s, events");
        assert!(known.contains("fault") && !known.contains("clock_s"));
        let finding = never_known("clok_s", &["clock_s"]);
        assert!(finding.seen.contains("did you mean `clock_s`"), "{}", finding.seen);
    }

    #[test]
    fn a_refused_lot_goes_as_a_whole_and_facts_of_a_meter_count() {
        let assessed = assessment(&[("good", 0.2, 0.99, "keep", "")]);
        let (meters, scored) = (meters(), scored());
        let mut grades = Rows::of(&schema::grade::SCHEMA);
        let numbers = [0.2, 0.1, 0.3, 0.95, 0.25, 0.05];
        let whole = [100_i64, 90, 3, 0].map(Cell::from).into_iter();
        let cells = [Cell::from("x")].into_iter().chain(whole).chain(numbers.map(Cell::from));
        grades.push(cells.chain([Cell::from("replace"), Cell::from("")]));
        let mut elements = Rows::of(&schema::meter_elements::SCHEMA);
        elements.push([Cell::from("a"), "good".into(), "events".into(), 5.0.into()]);
        let (grades, elements) = (grades.table(), elements.table());
        let beyond = Beyond::of(&[Some(&meters), Some(&grades), None, Some(&elements)]);
        let row = scored.row(&assessed, 0, &beyond, &mut HashSet::new());
        assert_eq!(
            (row[5].clone(), row[6].clone()),
            ("状态更换".into(), "lot_share 15.0, age_years 5.0, events 5.0".into())
        );
        assert_eq!((row[3].clone(), row[4].clone()), (75.0.into(), "注意".into()));
    }

    #[test]
    fn parameters_name_the_scheme_by_its_hash() {
        let parameters = scored().parameters();
        assert!(
            parameters.contains("states.toml: blake3 ") && parameters.ends_with("by = [\"lot_id\"]\n"),
            "{parameters}"
        );
    }
}
