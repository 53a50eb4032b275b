//! Statistics of clocks held against masks.

mod file;

use super::{Analysis, Input, Op, Subject, clock};
use crate::dataset::{Reads, Scope, Unit};
use crate::document::{DocumentError, Parameter, Section};
use rayon::prelude::*;
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit as Measure};
use sigmatau_data::clock::ClockSeries;
use sigmatau_data::{Column, DataError, Table, schema};
use sigmatau_stability::mask::{Judgement, MASKS, Mark, Mask, Verdict};
use sigmatau_stability::{ClockData, Estimator, Settings, TauList, analyse};
use std::path::Path;

/// Margins to masks, for every series of the dataset.
pub(super) static OP: Op = Op {
    name: "mask",
    title: "limits such as those of ITU-T: margin at each averaging time, and verdict",
    subject: Subject::Clocks,
    revision: sigmatau_stability::REVISION,
    reads: Reads::Clocks,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::mask::SCHEMA,
    parameters: &[&[
        Parameter::new("masks", "names of masks, such as g811-tdev, or of those in `files`").or("[\"g811-tdev\"]"),
        Parameter::new("files", "TOML files with masks of your own, from the directory of the pipeline").or("[]"),
        Parameter::new("tau", "averaging times: octave, decade, all, log:N, or seconds such as \"1,10,100\"")
            .or("\"log:10\""),
    ]],
    plan,
};

fn plan(section: &Section<'_>) -> Result<Box<dyn Analysis>, DocumentError> {
    Ok(Box::new(masks(section)?))
}

fn masks(section: &Section<'_>) -> Result<Masks, DocumentError> {
    let files = files(section)?;
    let own = files.iter().flat_map(|file| &file.masks);
    let known: Vec<&Mask> = own.chain(MASKS.iter().copied()).collect();
    let named = |word: (Option<usize>, String)| limit(section, &known, &word);
    let limits: Vec<Limit> = section.texts("masks")?.into_iter().map(named).collect::<Result<_, _>>()?;
    if limits.is_empty() {
        return Err(section.refuse_key("masks", "name at least one mask"));
    }
    let taus = section.required("tau")?.parse().map_err(|error| section.refuse_key("tau", &format!("{error}")))?;
    Ok(Masks { limits, files, taus })
}

fn files(section: &Section<'_>) -> Result<Vec<file::MaskFile>, DocumentError> {
    let folder = Path::new(section.origin()).parent().unwrap_or(Path::new(""));
    let read = |(line, name): (Option<usize>, String)| {
        file::MaskFile::read(folder, &name, |message| section.refuse(line, message))
    };
    section.texts("files")?.into_iter().map(read).collect()
}

fn limit(section: &Section<'_>, known: &[&Mask], word: &(Option<usize>, String)) -> Result<Limit, DocumentError> {
    let (line, name) = word;
    let names: Vec<&str> = known.iter().map(|mask| &*mask.name).collect();
    let unknown = || section.refuse(*line, &format!("there is no mask `{name}`{}", did_you_mean(name, &names)));
    let mask = known.iter().find(|mask| mask.name == *name).copied().cloned().ok_or_else(unknown)?;
    let estimator = Estimator::named(&mask.statistic);
    let estimator = estimator.map_err(|error| section.refuse(*line, &format!("mask `{name}`: {error}")))?;
    Ok(Limit { mask, estimator })
}

/// A mask and the statistic that it limits.
struct Limit {
    mask: Mask,
    estimator: &'static Estimator,
}

struct Masks {
    limits: Vec<Limit>,
    files: Vec<file::MaskFile>,
    taus: TauList,
}

impl Analysis for Masks {
    /// The content of files is named by its hash, so that a changed file ends the reuse of results.
    fn parameters(&self) -> String {
        let list = |words: Vec<&str>| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let masks = list(self.limits.iter().map(|limit| &*limit.mask.name).collect());
        let files = list(self.files.iter().map(|file| &*file.name).collect());
        let hashes: String = self.files.iter().map(|file| format!("# {}: blake3 {}\n", file.name, file.hash)).collect();
        format!("masks = [{masks}]\nfiles = [{files}]\n{hashes}tau = \"{}\"\n", self.taus)
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let clocks = input.dataset.read(unit)?;
        let results: Vec<_> = clocks.par_iter().map(|clock| self.assess(clock)).collect();
        let mut rows = Vec::new();
        let mut findings = Vec::new();
        for (clock, (judgements, remarks)) in clocks.iter().zip(&results) {
            for (limit, judgement) in judgements {
                rows.extend(judgement.marks.iter().map(|mark| (clock.name.as_str(), *limit, mark)));
            }
            findings.extend(clock.findings.iter().cloned());
            findings.extend(remarks.iter().map(|finding| finding.clone().about(&clock.name)));
        }
        Ok((table(&rows), findings))
    }
}

impl Masks {
    /// One clock beside every mask; beside none where its data were refused while they were read.
    fn assess(&self, clock: &ClockSeries) -> (Vec<(&Limit, Judgement)>, Vec<Finding>) {
        let data = match clock::data(clock) {
            Ok(data) => data,
            Err(findings) => return (Vec::new(), findings),
        };
        let judgements: Vec<_> = self.limits.iter().map(|limit| (limit, self.judge(limit, &data))).collect();
        let findings = judgements.iter().filter_map(|(limit, judgement)| finding(&limit.mask, judgement)).collect();
        (judgements, findings)
    }

    fn judge(&self, limit: &Limit, data: &ClockData<'_>) -> Judgement {
        let settings = Settings { estimators: vec![limit.estimator], taus: self.taus.clone(), ..Settings::default() };
        let points = analyse(data, &settings).points;
        limit.mask.judge(&points.iter().map(|point| (point.tau, point.deviation)).collect::<Vec<_>>())
    }
}

fn finding(mask: &Mask, judgement: &Judgement) -> Option<Finding> {
    match judgement.verdict {
        Verdict::Conforms => None,
        Verdict::Exceeds => judgement.worst().map(|worst| exceeded(mask, worst)),
        Verdict::NotAssessable => Some(not_assessable(mask, judgement)),
    }
}

fn exceeded(mask: &Mask, worst: &Mark) -> Finding {
    let Mark { tau, value, limit, margin_db, .. } = worst;
    Finding::new(
        Severity::Failure,
        "mask-exceeded",
        format!("{} is {value:.3e} at τ = {tau} s, limit {limit:.3e}: a margin of {margin_db:.2} dB", mask.statistic),
        format!("the clock does not conform to {}, {} ({})", mask.name, mask.title, mask.reference),
        "look for steps, outliers and drift in the record, or take another reference",
    )
}

fn not_assessable(mask: &Mask, judgement: &Judgement) -> Finding {
    let first = judgement.marks.first().filter(|mark| mark.verdict != Verdict::NotAssessable).map(|mark| mark.tau);
    let seen = match first.zip(judgement.reach()) {
        Some((first, last)) => format!("{} has values from τ = {first} s to {last} s only", mask.statistic),
        None => format!("{} has no value in the range of the mask", mask.statistic),
    };
    Finding::new(
        Severity::Warning,
        "mask-not-assessable",
        seen,
        format!("conformity to the whole of {} is not assessable", mask.name),
        "record longer, and with a shorter sampling interval where the mask begins earlier",
    )
}

fn table(rows: &[(&str, &Limit, &Mark)]) -> Table {
    let text = |name: &str, of: fn(&(&str, &Limit, &Mark)) -> String| Column::text(name, rows.iter().map(of).collect());
    let float = |name: &str, unit: Option<Measure>, of: fn(&Mark) -> f64| Column {
        unit,
        ..Column::float(name, Measure::ONE, rows.iter().map(|(_, _, mark)| of(mark)).collect())
    };
    let columns = vec![
        text("series", |(series, _, _)| (*series).to_owned()),
        text("mask", |(_, limit, _)| limit.mask.name.to_string()),
        text("statistic", |(_, limit, _)| limit.mask.statistic.to_string()),
        float("tau_s", Some(Measure::SECOND), |mark| mark.tau),
        float("value", None, |mark| mark.value),
        float("limit", None, |mark| mark.limit),
        float("margin_db", None, |mark| mark.margin_db),
        text("verdict", |(_, _, mark)| mark.verdict.word().to_owned()),
    ];
    Table::new(columns).expect("every row fills every column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use sigmatau_data::clock::ClockKind;

    fn planned(text: &str, origin: &str) -> Result<Masks, String> {
        let document = Document::parse(text, origin).unwrap();
        masks(&document.section().checked("the step", OP.parameters).unwrap()).map_err(|error| error.to_string())
    }

    fn clock(scale: f64) -> ClockSeries {
        let values = (0..1000).map(|n| scale * f64::from(n * 7919 % 101)).collect();
        let (name, kind) = ("a".to_owned(), ClockKind::Phase);
        ClockSeries { name, kind, tau0: 1.0, start_ns: None, values, findings: Vec::new() }
    }

    #[test]
    fn parameters_show_every_default_and_are_read_back() {
        let parameters = planned("", "a.toml").unwrap().parameters();
        assert_eq!(parameters, "masks = [\"g811-tdev\"]\nfiles = []\ntau = \"log:10\"\n");
        assert_eq!(planned(&parameters, "a.toml").unwrap().parameters(), parameters);
    }

    #[test]
    fn words_that_are_not_known_are_refused() {
        for (text, reason) in [
            ("masks = []", "name at least one mask"),
            ("masks = [\"g811-tdef\"]", "there is no mask `g811-tdef`; did you mean `g811-tdev`"),
            ("files = [\"none.toml\"]", "read the masks in `none.toml`"),
            ("tau = \"x\"", "read the averaging times"),
        ] {
            let message = planned(text, "a.toml").err().expect(text);
            assert!(message.starts_with("a.toml, line 1: ") && message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn clock_above_the_mask_is_a_failure_with_its_worst_margin() {
        let (judgements, findings) = (planned("", "a.toml").unwrap().assess(&clock(1e-8)).1, 1);
        assert_eq!(
            (judgements.len(), judgements[0].severity, &*judgements[0].code),
            (findings, Severity::Failure, "mask-exceeded")
        );
    }

    #[test]
    fn short_record_below_the_mask_is_a_warning() {
        let masks = planned("", "a.toml").unwrap();
        let (_, findings) = masks.assess(&clock(1e-13));
        assert_eq!((findings[0].severity, &*findings[0].code), (Severity::Warning, "mask-not-assessable"));
    }

    #[test]
    fn rows_have_the_columns_of_the_schema() {
        let masks = planned("masks = [\"g811-tdev\", \"g813-1-tdev\"]", "a.toml").unwrap();
        let (judgements, _) = masks.assess(&clock(1e-13));
        let rows: Vec<_> =
            judgements.iter().flat_map(|(limit, found)| found.marks.iter().map(|mark| ("a", *limit, mark))).collect();
        let table = table(&rows);
        schema::mask::SCHEMA.empty().append(table.clone()).expect("the same columns in the same units");
        let reached = table.texts("verdict").unwrap().iter().filter(|verdict| *verdict == "conforms").count();
        assert!(reached > 20 && reached < table.rows());
    }

    #[test]
    fn mask_of_a_file_is_found_by_its_name_and_known_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "[[mask]]\nname = \"ours\"\ntitle = \"our clock\"\nstatistic = \"tdev\"\n[[mask.piece]]\nconstant = 1e-9\n";
        std::fs::write(folder.path().join("ours.toml"), text).unwrap();
        let origin = folder.path().join("a.toml");
        let masks = planned("masks = [\"ours\"]\nfiles = [\"ours.toml\"]", origin.to_str().unwrap()).unwrap();
        assert!(masks.parameters().contains(&format!("# ours.toml: blake3 {}", blake3::hash(text.as_bytes()))));
        assert_eq!(&*masks.assess(&clock(1e-8)).1[0].code, "mask-exceeded");
        assert_eq!(masks.assess(&clock(1e-13)).1, []);
    }
}
