//! Propagation over the rows of a table.

use super::{Analysis, Input, Op, Subject, propagated};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use crate::measurand::{Given, RowMeasurement};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, NumberColumn, RowSource, Table, schema};
use sigmatau_uncertainty::propagation::{Flags, OutputColumns, RowResults, Settings, Worker};
use std::path::Path;

/// Value, uncertainty and coverage in every row.
pub(super) static OP: Op = Op {
    name: "propagate",
    title: "measurand in every row of a table: value, uncertainty, degrees of freedom, expanded uncertainty, flags",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Rows,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::estimates::SCHEMA,
    parameters: &[
        &[
            Parameter::new("measurand", "TOML file of the measurand, whose inputs name columns of the table"),
            Parameter::new(
                "id",
                "column with the names of the measurements; rows of each file are numbered if left out",
            ),
            Parameter::new("keep", "rows of the result: all, or those that are flagged").or("\"all\""),
        ],
        propagated::COVERAGE,
    ],
    plan,
};

/// Rows that are propagated between two looks at their flags; their results stay in a near cache.
const AT_ONCE: usize = 4096;

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(propagate(section)?))
}

fn propagate(section: &Section<'_>) -> Result<Propagate, DocumentError> {
    let file = section.required("measurand")?;
    let path = Path::new(section.origin()).parent().unwrap_or(Path::new("")).join(&file);
    let unread = |error| section.refuse_key("measurand", &format!("read the measurand `{file}`: {error}"));
    let text = std::fs::read_to_string(&path).map_err(unread)?;
    Ok(Propagate {
        measurement: RowMeasurement::read(&text, &path.display().to_string())?,
        hash: blake3::hash(text.as_bytes()).to_string(),
        file,
        id: section.text("id")?,
        keeps_all: section.one_of("keep", "choice", ["all", "flagged"])? == 0,
        settings: propagated::coverage(section)?,
    })
}

struct Propagate {
    measurement: RowMeasurement,
    /// The name of the file, as it was typed, and the hash of its content.
    file: String,
    hash: String,
    id: Option<String>,
    keeps_all: bool,
    settings: Settings,
}

impl Analysis for Propagate {
    /// The content of the file is named by its hash, so that a changed file ends the reuse of results.
    fn parameters(&self) -> String {
        let id = self.id.as_ref().map(|id| format!("id = {id:?}\n")).unwrap_or_default();
        format!(
            "measurand = {:?}\n# {}: blake3 {}\n{id}keep = \"{}\"\n{}",
            self.file,
            self.file,
            self.hash,
            if self.keeps_all { "all" } else { "flagged" },
            propagated::coverage_typed(&self.settings)
        )
    }

    /// Memory: a page of each column, and the rows of the result, some 200 bytes each.
    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let rows = self.measurement.rows(&self.settings).expect("the plan has tried it");
        let mut pass = Pass {
            whole: self,
            worker: rows.worker(),
            outputs: self.measurement.outputs(),
            results: RowResults::default(),
            rows: Rows::of(OP.schema),
            counts: vec![[0; Flags::ALL.len()]; self.measurement.outputs().len()],
            seen: 0,
        };
        input.dataset.groups(unit).try_for_each(|(table, group)| pass.group(table, group))?;
        let findings = pass.findings().into_iter().map(|finding| finding.about(&unit.label)).collect();
        Ok((pass.rows.table(), findings))
    }
}

/// Some groups of rows, one after another.
struct Pass<'a> {
    whole: &'a Propagate,
    worker: Worker<'a>,
    outputs: Vec<Given>,
    results: RowResults,
    rows: Rows,
    /// Of each output, how often each of [`Flags::ALL`] was found.
    counts: Vec<[usize; Flags::ALL.len()]>,
    seen: u64,
}

/// How the rows of a group are called.
enum Names {
    Words(Vec<String>, Vec<u32>),
    /// By their numbers, from this one on.
    Numbers(u64),
}

impl Names {
    fn of(&self, row: usize) -> String {
        match self {
            Self::Words(words, places) => words[places[row] as usize].clone(),
            Self::Numbers(first) => (first + row as u64).to_string(),
        }
    }
}

impl Pass<'_> {
    fn group(&mut self, table: &RowSource, group: usize) -> Result<(), DataError> {
        let names = match &self.whole.id {
            Some(id) => {
                let (words, places) = table.words(table.word(id)?, group)?;
                Names::Words(words, places)
            }
            None => Names::Numbers(table.first_row(group)),
        };
        let wanted = &self.whole.measurement.columns;
        let found: Vec<NumberColumn> = wanted.iter().map(|wanted| wanted.find(table)).collect::<Result<_, _>>()?;
        let rows = table.groups()[group].points as usize;
        self.seen += rows as u64;
        if self.whole.keeps_all {
            self.rows.reserve(rows * self.outputs.len());
        }
        table.numbers_beside(&found, group, AT_ONCE, |start, piece| {
            self.worker.propagate(piece, &mut self.results).expect("columns of one group are of one length");
            self.take(start, &names);
        })
    }

    /// Counts what is flagged and keeps the rows that are wanted.
    fn take(&mut self, start: usize, names: &Names) {
        let rows = self.results.outputs.first().map_or(0, |output| output.flags.len());
        let is_flagged = |row: usize| self.results.outputs.iter().any(|output| !output.flags[row].is_empty());
        let kept: Vec<usize> = (0..rows).filter(|row| self.whole.keeps_all || is_flagged(*row)).collect();
        for row in kept {
            for (place, (given, columns)) in self.outputs.iter().zip(&self.results.outputs).enumerate() {
                let flags = columns.flags[row];
                for (count, (flag, _)) in self.counts[place].iter_mut().zip(Flags::ALL) {
                    *count += usize::from(flags.contains(flag));
                }
                self.rows.push(cells(names.of(start + row), given, columns, row, self.whole.settings.probability));
            }
        }
    }

    /// One remark for each output and each flag.
    fn findings(&self) -> Vec<Finding> {
        let of_output = |(given, counts): (&Given, &[usize; Flags::ALL.len()])| {
            let flagged = Flags::ALL.into_iter().zip(*counts).filter(|(_, count)| *count > 0);
            flagged.map(|((flag, word), count)| self.finding(given, flag, word, count)).collect::<Vec<_>>()
        };
        self.outputs.iter().zip(&self.counts).flat_map(of_output).collect()
    }

    fn finding(&self, given: &Given, flag: Flags, word: &'static str, count: usize) -> Finding {
        let (severity, matters, advice) = meaning(flag);
        let seen = format!("{count} of {} rows are flagged `{word}` in `{}`", self.seen, given.symbol);
        Finding::new(severity, word, seen, matters, advice)
    }
}

fn meaning(flag: Flags) -> (Severity, &'static str, &'static str) {
    match flag {
        Flags::CURVED => (
            Severity::Warning,
            "the model is so curved there that its linear part is not the whole of it",
            "take such rows as measurands of their own, by `monte-carlo`",
        ),
        Flags::VALUE => (
            Severity::Failure,
            "these rows have no result",
            "look for missing values, divisions by zero and numbers out of the model's range",
        ),
        Flags::UNCERTAINTY => (
            Severity::Failure,
            "these rows have no uncertainty",
            "look for missing or negative uncertainties, and for points where the model has no derivative",
        ),
        Flags::EXACT => (
            Severity::Warning,
            "an uncertainty of 0 is claimed, as by relative terms at a reading of 0",
            "add an `absolute` part or `digits` to the terms",
        ),
        Flags::DOF => (
            Severity::Warning,
            "there are no effective degrees of freedom, and so no expanded uncertainty",
            "look for missing degrees of freedom; give inputs from the same observations an `ensemble`",
        ),
        _ => (
            Severity::Warning,
            "less than 1 degree of freedom is left, and there is no coverage factor",
            "use `dof = \"interpolate\"`, or more observations",
        ),
    }
}

fn cells(id: String, given: &Given, columns: &OutputColumns, row: usize, probability: f64) -> [Cell; 10] {
    [
        id.into(),
        given.symbol.as_str().into(),
        given.value(columns.value[row]).into(),
        given.difference(columns.standard_uncertainty[row]).into(),
        Some(columns.dof[row]).filter(|dof| dof.is_finite()).unwrap_or(f64::NAN).into(),
        columns.factor[row].into(),
        given.difference(columns.expanded[row]).into(),
        probability.into(),
        given.unit.symbol().into(),
        columns.flags[row].words().collect::<Vec<_>>().join(" ").into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Options, Plan, run};
    use sigmatau_core::Unit as Measure;
    use sigmatau_data::{Column, Metadata, TableWriter};
    use std::ops::Range;

    const RESISTANCE: &str = "model = \"\"\"\nR [kohm] = V / I\nP [mW] = V * I\n\"\"\"\n\
        [input.V]\nunit = \"V\"\ncolumn = \"v\"\nstandard_uncertainty = 0.01\ndof = 9\n\
        [input.I]\nunit = \"mA\"\ncolumn = \"i\"\nu_column = \"u\"\n\
        [[source]]\nname = \"meter\"\nstandard_uncertainty = 1e-3\nsensitivity = { V = 1, I = 0.5 }\n";

    /// Rows with names; in every hundredth the current is 0.
    fn rows(range: Range<usize>) -> Table {
        let drawn = |row: usize| (row * 7919 % 1009) as f64 / 1009.0 - 0.5;
        let of = |f: &dyn Fn(usize) -> f64| range.clone().map(f).collect::<Vec<f64>>();
        let current = |row: usize| if row % 100 == 7 { 0.0 } else { 20.0 + drawn(row) };
        let unit = |symbol: &str| Measure::parse(symbol).unwrap();
        Table::new(vec![
            Column::text("name", range.clone().map(|row| format!("r{row}")).collect()),
            Column::float("v", unit("mV"), of(&|row| 5000.0 + 1e3 * drawn(row + 1))),
            Column::float("i", unit("mA"), of(&current)),
            Column::float("u", unit("mA"), of(&|row| 0.05 + 0.01 * drawn(row + 2))),
        ])
        .unwrap()
    }

    /// Tables whose row groups end at these rows.
    fn bench(files: &[(&str, &[usize])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("m.toml"), RESISTANCE).unwrap();
        for (name, groups) in files {
            let mut writer = TableWriter::create(&folder.path().join(name), Metadata::default()).unwrap();
            groups.windows(2).for_each(|ends| writer.write(&rows(ends[0]..ends[1])).unwrap());
            writer.finish().unwrap();
        }
        folder
    }

    fn propagated(folder: &Path, files: &[&str], keys: &str, threads: usize) -> (Table, Vec<Finding>) {
        let text = format!(
            "[dataset.rows]\npath = {files:?}\n[[step]]\nname = \"p\"\nop = \"propagate\"\ndataset = \"rows\"\n\
             measurand = \"m.toml\"\n{keys}\n"
        );
        let origin = folder.join("p.toml");
        let document = Document::parse(&text, origin.to_str().unwrap()).unwrap();
        let plan = Plan::read(&document, folder).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let step = pool.install(|| run(&plan, &Options::default(), &())).unwrap().steps.remove(0);
        (step.record.table, step.findings)
    }

    /// The numbers of a table, bit by bit, with its words.
    fn bits(table: &Table) -> (Vec<u64>, Vec<&[String]>) {
        let floats = ["value", "u", "dof", "k", "expanded_u"].into_iter().flat_map(|name| table.floats(name).unwrap());
        let words = ["id", "output", "unit", "flags"].map(|name| table.texts(name).unwrap()).to_vec();
        (floats.map(|number| number.to_bits()).collect(), words)
    }

    #[test]
    fn rows_are_the_same_however_the_table_is_cut_and_by_any_number_of_threads() {
        let folder = bench(&[
            ("whole.parquet", &[0, 20_000]),
            ("groups.parquet", &[0, 1, 700, 7000, 20_000]),
            ("a.parquet", &[0, 11_111]),
            ("b.parquet", &[11_111, 20_000]),
        ]);
        let of = |files: &[&str], threads| propagated(folder.path(), files, "id = \"name\"", threads).0;
        let whole = of(&["whole.parquet"], 1);
        assert_eq!(whole.rows(), 2 * 20_000);
        for (files, threads) in
            [(&["groups.parquet"][..], 1), (&["groups.parquet"], 2), (&["a.parquet", "b.parquet"], 7)]
        {
            assert!(bits(&of(files, threads)) == bits(&whole), "{files:?} by {threads} threads");
        }
    }

    #[test]
    fn rows_are_what_a_measurand_of_each_would_be() {
        let folder = bench(&[("t.parquet", &[0, 5])]);
        let (table, _) = propagated(folder.path(), &["t.parquet"], "", 1);
        let row = rows(3..4);
        let number = |name: &str| row.floats(name).unwrap()[0];
        let text = RESISTANCE
            .replace("column = \"v\"", &format!("value = {}", number("v") * 1e-3))
            .replace("u_column = \"u\"", &format!("standard_uncertainty = {}", number("u")))
            .replace("column = \"i\"", &format!("value = {}", number("i")));
        let single = crate::measurand::Measurement::read("m", &text, "m.toml").unwrap();
        let law = propagated::results(&single, &Settings::default()).unwrap();
        for (place, (given, output)) in single.outputs().iter().zip(&law.outputs).enumerate() {
            let of = |name: &str| table.floats(name).unwrap()[6 + place];
            let near =
                |name: &str, wanted: f64| assert!((of(name) / wanted - 1.0).abs() < 1e-12, "{name}: {}", of(name));
            near("value", given.value(output.value));
            near("u", given.difference(output.standard_uncertainty));
            near("dof", output.dof.unwrap());
            near("expanded_u", given.difference(output.expanded_uncertainty()));
        }
        assert_eq!(table.texts("id").unwrap()[6..8], ["3", "3"]);
    }

    #[test]
    fn flagged_rows_are_kept_and_counted() {
        let folder = bench(&[("t.parquet", &[0, 300, 1000])]);
        let (table, findings) = propagated(folder.path(), &["t.parquet"], "keep = \"flagged\"", 2);
        let ids: Vec<&String> = table.texts("id").unwrap().iter().step_by(2).collect();
        assert_eq!(ids, ["7", "107", "207", "307", "407", "507", "607", "707", "807", "907"]);
        let finding = findings.iter().find(|finding| finding.code == "no-value").unwrap();
        assert_eq!(finding.seen, "10 of 1000 rows are flagged `no-value` in `R`");
        assert_eq!(finding.severity, Severity::Failure);
    }

    #[test]
    fn parameters_show_every_default_and_the_content_of_the_file() {
        let folder = bench(&[]);
        let origin = folder.path().join("p.toml");
        let document = Document::parse("measurand = \"m.toml\"", origin.to_str().unwrap()).unwrap();
        let section = document.section().checked("the step", OP.parameters).unwrap();
        let hash = blake3::hash(RESISTANCE.as_bytes());
        assert_eq!(
            propagate(&section).unwrap().parameters(),
            format!(
                "measurand = \"m.toml\"\n# m.toml: blake3 {hash}\nkeep = \"all\"\nprobability = 0.95\ndof = \"truncate\"\n"
            )
        );
    }
}
