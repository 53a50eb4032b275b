//! Grades of lots, from the errors of their meters.

use super::{Analysis, Beside, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_meter::lot::{Grade, Observed};
use sigmatau_meter::verdict::{Reason, Verdict};
use std::collections::{BTreeMap, HashMap};

/// The share of non-conforming meters of every lot.
pub(super) static OP: Op = Op {
    name: "grade",
    title: "lots: the share of meters beyond their limit, by deconvolution of the estimated errors, with its interval",
    subject: Subject::Meters,
    revision: sigmatau_meter::REVISION,
    reads: Reads::Record(&schema::assessment::SCHEMA),
    beside: &[Beside {
        key: Parameter::new("meters", "table of the meters, which tells lots and limits"),
        schema: &schema::meters::SCHEMA,
    }],
    scope: Scope::Dataset,
    schema: &schema::grade::SCHEMA,
    parameters: &[&[
        Parameter::new("master_u", "relative standard uncertainty of the energy of the master meters, in %"),
        Parameter::new("limit", "limit of the error in service in %, where the table of meters states none"),
        Parameter::new("by", "what makes a lot: lot_id, manufacturer, model").or("[\"lot_id\"]"),
        Parameter::new("acceptable", "share of non-conforming meters up to which a lot is kept").or("0.05"),
        Parameter::new("information", "least information with which a meter is counted").or("0.1"),
        Parameter::new("least", "least number of such meters of a lot that is graded").or("30"),
        Parameter::new("confidence", "coverage probability of the interval").or("0.95"),
    ]],
    plan,
};

/// The columns of the table of meters that may make a lot.
const KEYS: [&str; 3] = ["lot_id", "manufacturer", "model"];

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    for key in ["meters", "master_u"] {
        if !section.has(key) {
            return Err(section.missing(key));
        }
    }
    Ok(Box::new(Lots {
        master: section.positive("master_u")?.expect("it is there") / 100.0,
        limit: section.positive("limit")?,
        by: lot_keys(section)?,
        acceptable: share(section, "acceptable")?,
        information: share(section, "information")?,
        least: section.count("least")?.expect("it has a default").max(1),
        confidence: super::clock::confidence(section)?,
    }))
}

/// The columns that make a lot, from the key `by`.
pub(super) fn lot_keys(section: &Section<'_>) -> Result<Vec<&'static str>, DocumentError> {
    let key = |(line, word): (Option<usize>, String)| {
        let unknown = || section.refuse(line, &format!("a lot is made of {}, not of `{word}`", KEYS.join(", ")));
        KEYS.iter().find(|key| **key == word).copied().ok_or_else(unknown)
    };
    section.texts("by")?.into_iter().map(key).collect()
}

/// A number between 0 and 1 of a key that has a default.
pub(super) fn share(section: &Section<'_>, key: &str) -> Result<f64, DocumentError> {
    match section.number(key)?.unwrap_or(f64::NAN) {
        share if share > 0.0 && share < 1.0 => Ok(share),
        share => Err(section.refuse_key(key, &format!("{share} does not lie between 0 and 1"))),
    }
}

struct Lots {
    /// The relative standard uncertainty of the master meters.
    master: f64,
    /// The limit of the error in %.
    limit: Option<f64>,
    by: Vec<&'static str>,
    acceptable: f64,
    information: f64,
    least: usize,
    confidence: f64,
}

/// The meters of a lot.
#[derive(Default)]
struct Lot {
    meters: usize,
    faults: usize,
    without_limit: usize,
    /// The errors that are known, in units of the limit of each.
    seen: Vec<Observed>,
    /// The area of each, and one over its limit.
    areas: Vec<usize>,
    scales: Vec<f64>,
}

impl Analysis for Lots {
    fn parameters(&self) -> String {
        let Self { limit, by, acceptable, information, least, confidence, .. } = self;
        let limit = limit.map(|limit| format!("limit = {limit:?}\n")).unwrap_or_default();
        let by = by.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
        format!(
            "master_u = {:?}\n{limit}by = [{by}]\nacceptable = {acceptable:?}\ninformation = {information:?}\n\
             least = {least}\nconfidence = {confidence:?}\n",
            100.0 * self.master
        )
    }

    fn compute(&self, input: &Input<'_>, _: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let assessed = input.dataset.table()?;
        let lots = self.lots(&assessed, input.beside[0].expect("the plan asks for it"));
        let lots: Vec<(String, Lot)> = lots.into_iter().collect();
        let graded: Vec<([Cell; 13], Option<Finding>)> =
            lots.par_iter().map(|(name, lot)| self.row(name, lot)).collect();
        let mut rows = Rows::of(OP.schema);
        let mut findings = Vec::new();
        for (row, finding) in graded {
            rows.push(row);
            findings.extend(finding);
        }
        Ok((rows.table(), findings))
    }
}

impl Lots {
    /// The lots by name.
    fn lots(&self, assessed: &Table, meters: &Table) -> BTreeMap<String, Lot> {
        let filed = Filed::of(meters);
        let words = |name| assessed.texts(name).expect("the schema has it");
        let numbers = |name| assessed.floats(name).expect("the schema has it");
        let (areas, names, reasons) = (words("area"), words("meter"), words("reason"));
        let (errors, u, information) = (numbers("error_pct"), numbers("u_pct"), numbers("information"));
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut lots: BTreeMap<String, Lot> = BTreeMap::new();
        for row in 0..assessed.rows() {
            let next = places.len();
            let area = *places.entry(&areas[row]).or_insert(next);
            let place = filed.row(&areas[row], &names[row]);
            let lot = lots.entry(filed.lot(place, &self.by)).or_default();
            lot.meters += 1;
            let limit = filed.limit(place).or(self.limit).unwrap_or(f64::NAN);
            let is_fault = Reason::tells_of_a_fault(&reasons[row]);
            let seen =
                Observed::estimated(errors[row] / limit, u[row] / limit, information[row], 0.0, self.information);
            match seen {
                _ if is_fault => lot.faults += 1,
                Some(seen) => lot.take(seen, area, 100.0 / limit),
                None => lot.without_limit += usize::from(limit.is_nan()),
            }
        }
        lots
    }

    fn row(&self, name: &str, lot: &Lot) -> ([Cell; 13], Option<Finding>) {
        let graded = (lot.seen.len() >= self.least).then(|| self.grade(lot)).flatten();
        let (verdict, reason) = graded.as_ref().map_or_else(|| self.too_few(lot), |grade| self.judge(grade));
        let of = |number: fn(&Grade) -> f64| Cell::from(graded.as_ref().map_or(f64::NAN, number));
        let mut areas = lot.areas.clone();
        areas.sort_unstable();
        areas.dedup();
        let finding = (verdict == Verdict::Replace).then(|| refused(&reason).about(name));
        let whole = |count: usize| Cell::from(count as i64);
        let row = [
            name.into(),
            whole(lot.meters),
            whole(lot.seen.len()),
            whole(areas.len()),
            whole(lot.faults),
            of(|grade| grade.share),
            of(|grade| grade.low),
            of(|grade| grade.high),
            self.confidence.into(),
            of(|grade| grade.counted),
            self.acceptable.into(),
            verdict.word().into(),
            reason.into(),
        ];
        (row, finding)
    }

    /// The grade of a lot, what the meters of an area share within its interval.
    fn grade(&self, lot: &Lot) -> Option<Grade> {
        let common = self.master * lot.scales.iter().sum::<f64>() / lot.scales.len() as f64;
        let grade = Grade::of(&lot.seen, 1.0, self.confidence)?;
        Some(grade.shared(&lot.seen, &lot.areas, 1.0, common, self.confidence))
    }

    fn judge(&self, grade: &Grade) -> (Verdict, String) {
        let Grade { share, low, high, .. } = grade;
        let [share, low, high, acceptable] = [share, low, high, &self.acceptable].map(|share| 100.0 * share);
        let seen = format!("{share:.1} % do not conform, {low:.1} to {high:.1} %, and {acceptable} % are acceptable");
        match () {
            () if high <= acceptable => (Verdict::Keep, seen),
            () if low > acceptable => {
                (Verdict::Replace, format!("{seen}; draw a sample to confirm it, see `meters plan`"))
            }
            () => (Verdict::Watch, format!("{seen}; wait for more readings, or draw a sample")),
        }
    }

    fn too_few(&self, lot: &Lot) -> (Verdict, String) {
        let Self { least, .. } = self;
        let reason = match lot.without_limit {
            0 => format!(
                "the errors of {} meters are known, and {least} are needed; wait for more readings, or join lots",
                lot.seen.len()
            ),
            without => format!("no limit is known of {without} meters; state `limit`, or file `limit_pct`"),
        };
        (Verdict::NotAssessable, reason)
    }
}

impl Lot {
    fn take(&mut self, seen: Observed, area: usize, scale: f64) {
        self.seen.push(seen);
        self.areas.push(area);
        self.scales.push(scale);
    }
}

/// The table of meters, by area and meter.
pub(super) struct Filed<'a> {
    table: &'a Table,
    rows: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Filed<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        let words = |name| table.texts(name).expect("the schema has it");
        let (areas, meters) = (words("area_id"), words("meter_id"));
        let rows = (0..table.rows()).map(|row| ((areas[row].as_str(), meters[row].as_str()), row)).collect();
        Self { table, rows }
    }

    pub(super) fn row(&self, area: &str, meter: &str) -> Option<usize> {
        self.rows.get(&(area, meter)).copied()
    }

    /// The words of some columns, of a meter that is filed.
    pub(super) fn lot(&self, row: Option<usize>, by: &[&str]) -> String {
        let word = |name: &&str| row.and_then(|row| Some(self.table.texts(name)?[row].as_str()));
        by.iter().filter_map(word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The limit of the error in %, where one is filed.
    pub(super) fn limit(&self, row: Option<usize>) -> Option<f64> {
        let limit = self.table.floats("limit_pct")?[row?];
        (limit > 0.0).then_some(limit)
    }
}

fn refused(reason: &str) -> Finding {
    let (seen, advice) = reason.split_once("; ").unwrap_or((reason, "draw a sample"));
    let (seen, advice) = (seen.to_owned(), advice.to_owned());
    Finding::new(Severity::Warning, "lot-refused", seen, "the lot does not conform as a whole", advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::Column;
    use std::path::Path;

    fn planned(text: &str) -> Result<Box<dyn Analysis>, String> {
        let document = Document::parse(text, "a.toml").unwrap();
        let keys = [OP.parameters[0], &[OP.beside[0].key]];
        plan(&document.section().checked("the step", &keys).unwrap()).map_err(|error| error.to_string())
    }

    fn lots() -> Lots {
        Lots {
            master: 1e-9,
            limit: Some(1.0),
            by: vec!["lot_id"],
            acceptable: 0.05,
            information: 0.1,
            least: 30,
            confidence: 0.95,
        }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned("meters = \"m\"\nmaster_u = 0.5\n").unwrap().parameters();
        let shown =
            "master_u = 0.5\nby = [\"lot_id\"]\nacceptable = 0.05\ninformation = 0.1\nleast = 30\nconfidence = 0.95\n";
        assert_eq!(parameters, shown);
        assert!(planned("meters = \"m\"\n").err().unwrap().contains("needs the key `master_u`"));
        let message = planned("meters = \"m\"\nmaster_u = 1\nby = \"lot\"\n").err().unwrap();
        assert!(message.contains("line 3") && message.contains("lot_id"), "{message}");
    }

    /// Of 60 meters every fifth reads 3 % high, by estimates that are nearly exact.
    #[test]
    fn lots_are_graded_by_their_names_and_the_bad_one_is_refused() {
        let words = |of: &dyn Fn(usize) -> String| (0..120).map(of).collect::<Vec<String>>();
        let name = |row: usize| format!("m{row}");
        let meters = Table::new(vec![
            Column::text("area_id", words(&|row| format!("a{}", row % 3))),
            Column::text("meter_id", words(&name)),
            Column::text("role", words(&|_| "sub".into())),
            Column::text("lot_id", words(&|row| if row < 60 { "bad".into() } else { "good".into() })),
        ]);
        let meters = schema::meters::SCHEMA.select(&meters.unwrap(), Path::new("m")).unwrap();
        let mut rows = Rows::of(&schema::assessment::SCHEMA);
        for row in 0..120 {
            let error = if row < 60 && row % 5 == 0 { 3.0 } else { 0.001 * (row % 7) as f64 };
            let cells: [Cell; 12] = [
                format!("a{}", row % 3).into(),
                name(row).into(),
                error.into(),
                0.1.into(),
                0.2.into(),
                0.5.into(),
                1.0.into(),
                "keep".into(),
                if row == 119 { "it sends one and the same energy; …" } else { "" }.into(),
                100.0.into(),
                100.into(),
                "".into(),
            ];
            rows.push(cells);
        }
        let lots = lots();
        let sorted = lots.lots(&rows.table(), &meters);
        let graded: Vec<_> = sorted.iter().map(|(name, lot)| (lots.row(name, lot), lot)).collect();
        let ((bad, finding), _) = &graded[0];
        let Cell::Float(share) = bad[5] else { panic!("no share") };
        assert!((share - 0.2).abs() < 0.01 && finding.as_ref().unwrap().code == "lot-refused", "{share}");
        let ((good, none), lot) = &graded[1];
        assert!(good[11] == "keep".into() && none.is_none() && lot.faults == 1 && lot.seen.len() == 59, "{good:?}");
        let few = Lots { least: 61, ..lots };
        let (row, _) = few.row("bad", &sorted["bad"]);
        assert_eq!(row[11], Cell::from("not assessable"));
    }
}
