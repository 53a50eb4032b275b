//! `sigmatau import`: laboratory files into a Parquet table.

use crate::args::{ImportArguments, Records};
use crate::exit::{Exit, told};
use crate::output::{deliver, remark};
use anyhow::{Context, bail};
use sigmatau_core::nearest::did_you_mean;
use sigmatau_core::{Finding, Severity, Unit};
use sigmatau_data::import::{self, ImportOptions, Imported};
use sigmatau_data::{ClockKind, Hertz, TableWriter};
use std::path::Path;

pub(crate) fn import(asked: ImportArguments) -> anyhow::Result<Exit> {
    let options = options(&asked)?;
    let importer = (asked.format != "auto").then_some(asked.format.as_str());
    importer.map(import::importer).transpose()?;
    let mut whole: Option<Imported> = None;
    let mut findings = Vec::new();
    for path in &asked.files {
        let added = import::import_file(path, importer, &options)
            .map_err(anyhow::Error::from)
            .and_then(|imported| join(&mut whole, imported, &mut findings));
        match added {
            Err(error) if asked.files.len() == 1 => return Err(error),
            Err(error) => findings.push(left_out(path, &error)),
            Ok(()) => {}
        }
    }
    remark(findings.iter(), true);
    let whole = whole.context("import the files: none of them could be read")?.sorted();
    write(&whole, &asked.output)?;
    deliver(format!("{} rows in {}\n", whole.table.rows(), asked.output.display()).as_bytes(), None)?;
    Ok(Exit::done(findings.iter().all(|finding| finding.severity < Severity::Failure)))
}

fn options(asked: &ImportArguments) -> anyhow::Result<ImportOptions> {
    let kind = |word: &String| {
        let hint = did_you_mean(word, &["phase", "frequency"]);
        ClockKind::from_word(word).with_context(|| format!("read `--kind {word}`: there is no such kind{hint}"))
    };
    let hertz = |word: &String| {
        let hint = did_you_mean(word, &Hertz::WORDS);
        Hertz::from_word(word).with_context(|| format!("read `--hertz {word}`: there is no such word{hint}"))
    };
    let records = match asked.records {
        Records::Satellites => import::Records::Satellites,
        Records::Receivers => import::Records::Receivers,
        Records::Both => import::Records::Both,
    };
    let clock = &asked.clock;
    Ok(ImportOptions {
        kind: clock.kind.as_ref().map(kind).transpose()?,
        unit: clock.unit.as_deref().map(Unit::parse).transpose()?,
        tau0: clock.tau0,
        nominal: clock.nominal,
        hertz: clock.hertz.as_ref().map(hertz).transpose()?,
        series: clock.series.clone(),
        time: clock.time.clone(),
        value: asked.value.clone(),
        records,
        ..Default::default()
    })
}

/// Puts the rows of a file behind those of the files before it.
fn join(whole: &mut Option<Imported>, next: Imported, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    match whole {
        None => *whole = Some(Imported { findings: Vec::new(), table: next.table, ..next }),
        Some(whole) if whole.rate != next.rate => bail!(
            "join it to the files before it: its sampling rate is {:?} Hz, theirs {:?} Hz; import it on its own",
            next.rate,
            whole.rate
        ),
        Some(whole) => whole.table.append(next.table).context("join it to the files before it")?,
    }
    findings.extend(next.findings);
    Ok(())
}

fn write(imported: &Imported, path: &Path) -> anyhow::Result<()> {
    let mut writer = TableWriter::create(path, imported.metadata())?;
    writer.write(&imported.table)?;
    Ok(writer.finish()?)
}

fn left_out(path: &Path, error: &anyhow::Error) -> Finding {
    Finding::new(
        Severity::Failure,
        "unreadable",
        format!("failed to {}", told(error)),
        "its rows are not in the table",
        "mend the file and import again",
    )
    .about(path.display().to_string())
}
