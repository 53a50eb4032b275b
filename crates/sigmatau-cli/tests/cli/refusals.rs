//! Requests that can't be meant: refused before anything runs, with file, line, word and the nearest
//! known words; exit code 2.

use crate::workbench::{Workbench, lines, phase};

const PIPELINE: &str = r#"title = "Clocks"

[dataset.clocks]
path = "maser.phd"
kind = "phase"
unit = "s"
tau0 = 1

[[step]]
name = "stability"
op = "stability"
dataset = "clocks"
estimators = ["oadev"]
tau = "octave"
confidence = 0.95
edf = "greenhall-riley"
noise = "auto"

[[publish]]
format = "html"
language = "en"
file = "report.html"

[[expect]]
step = "stability"
rows = { estimator = "oadev", tau_s = 1 }
column = "m"
value = 1
"#;

fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("maser.phd", lines(&phase(0, 100)));
    bench
}

/// The pipeline with one change is refused with these words, and leaves nothing behind.
#[track_caller]
fn refused(from: &str, to: &str, line: usize, expected: &[&str]) {
    assert!(PIPELINE.contains(from), "{from}");
    let bench = bench();
    bench.put("p.toml", PIPELINE.replacen(from, to, 1));
    let place = format!("p.toml, line {line}: ");
    let said =
        bench.run("run p.toml").exits(2).prints_nothing().says(&[&place, "error: failed to plan the pipeline: "]);
    said.says(expected);
    assert_eq!(bench.files(), ["maser.phd", "p.toml"]);
    bench.run("check p.toml").exits(2).says(&[&place]).says(expected);
}

#[test]
fn the_pipeline_itself_is_fine() {
    let bench = bench();
    bench.put("p.toml", PIPELINE);
    bench.run("run p.toml").exits(0).prints(&["1 of 1 met"]);
}

#[test]
fn unknown_keys() {
    refused("title", "titel", 1, &["no key `titel`; did you mean `title`?"]);
    refused("tau0 = 1", "tau_0 = 1", 7, &["dataset `clocks` has no key `tau_0`; did you mean `tau0`?"]);
    refused("confidence", "confidance", 15, &["step `stability` has no key `confidance`; did you mean `confidence`?"]);
    refused("language", "langauge", 21, &["no key `langauge`; did you mean `language`?"]);
    refused("column", "colum", 27, &["no key `colum`; did you mean `column`?"]);
    refused("[[publish]]", "[[publsh]]", 19, &["no key `publsh`; did you mean `publish`?"]);
}

#[test]
fn unknown_words() {
    refused("[\"oadev\"]", "[\"oadv\"]", 13, &["`oadv`", "`oadev`"]);
    refused("\"s\"", "\"sec\"", 6, &["`sec`"]);
    refused("\"phase\"", "\"phas\"", 5, &["there is no kind `phas`; did you mean `phase`?"]);
    refused("op = \"stability\"", "op = \"stabilty\"", 11, &["no op `stabilty`; did you mean `stability`?"]);
    refused(
        "dataset = \"clocks\"",
        "dataset = \"clock\"",
        12,
        &["no dataset or earlier step `clock`; did you mean `clocks`?"],
    );
    refused("\"octave\"", "\"octaves\"", 14, &["`octaves`", "octave, decade"]);
    refused("\"greenhall-riley\"", "\"greenhall\"", 16, &["`greenhall`", "`greenhall-riley`"]);
    refused("\"auto\"", "\"white fm\"", 17, &["there is no noise `white fm`; did you mean `white FM`"]);
    refused("\"html\"", "\"htm\"", 20, &["`htm`", "did you mean `html`?"]);
    refused("\"en\"", "\"de\"", 21, &["`de`"]);
    refused("\"report.html\"", "\"../report.html\"", 22, &["`../report.html` is no name for a document"]);
    refused("step = \"stability\"", "step = \"stabilty\"", 25, &["no step `stabilty`; did you mean `stability`?"]);
    refused("estimator =", "estimater =", 26, &["no column `estimater`; did you mean `estimator`"]);
    refused("\"m\"", "\"deviaton\"", 27, &["no column `deviaton`; did you mean `deviation`?"]);
    refused("tau0 = 1", "tau0 = 1\nimport = \"stable\"", 8, &["`stable`", "`stable32`"]);
    refused("path = \"maser.phd\"", "recipe = \"clock\"", 4, &["find the recipe `clock`; did you mean `clocks`?"]);
}

#[test]
fn values_of_another_kind() {
    refused("0.95", "1.5", 15, &["the confidence 1.5 must lie between 0 and 1"]);
    refused("0.95", "\"high\"", 15, &["`confidence` of step `stability` must be a number"]);
    refused("tau0 = 1", "tau0 = \"1 s\"", 7, &["`tau0` of dataset `clocks` must be a number"]);
    refused("tau0 = 1", "tau0 = -1", 7, &["`tau0` of dataset `clocks` must be a positive number"]);
    refused("\"octave\"", "10", 14, &["`tau` of step `stability` must be a word in quotes"]);
    refused("title = \"Clocks\"", "title = ", 1, &[]);
    refused("tau0 = 1", "tau0 = 1\npoints = 3", 8, &["`points` goes with `recipe` only"]);
    refused("path = \"maser.phd\"", "path = \"mazer.phd\"", 4, &["open `mazer.phd`: there is no such file"]);
}

/// The first data file is opened while planning: what its columns and units make impossible is told.
#[test]
fn columns_and_units_that_do_not_fit() {
    let bench = bench();
    bench.run("import auto maser.phd --tau0 1 -o maser.parquet").exits(0);
    for (key, expected) in [
        ("value = \"fase\"", "read column `fase` of `maser.parquet`: there is no such column; did you mean `phase`"),
        ("series = \"clock\"", "`clock`"),
        ("unit = \"V\"", "it is in `s` by its field metadata, but `unit = \"V\"` was stated"),
        ("kind = \"frequency\"", "read column `phase` of `maser.parquet`"),
    ] {
        let dataset = format!("[dataset.c]\npath = \"maser.parquet\"\n{key}\n");
        bench.put("p.toml", format!("{dataset}[[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"c\"\n"));
        let said = bench.run("run p.toml").exits(2).prints_nothing();
        said.says(&["error: failed to plan the pipeline: open dataset `c`: ", expected]);
        assert!(!bench.has("runs"), "{key}");
    }
}

#[test]
fn the_columns_of_a_recipe_are_checked_before_it_is_drawn() {
    let bench = Workbench::new();
    let step = "[[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"c\"\n";
    bench.put("p.toml", format!("[dataset.c]\nrecipe = \"clocks\"\nvalue = \"fase\"\n{step}"));
    bench.run("run p.toml").exits(2).says(&["`fase`", "did you mean `phase`"]);
    assert_eq!(bench.files(), ["p.toml"]);
}

#[test]
fn two_documents_of_one_name() {
    let bench = bench();
    let second = "[[publish]]\nformat = \"html\"\nlanguage = \"zh\"\nfile = \"report.html\"\n";
    bench.put("p.toml", format!("{PIPELINE}\n{second}"));
    bench.run("run p.toml").exits(2).says(&["p.toml, line 33: ", "two documents have the name `report.html`"]);
    assert!(!bench.has("runs"));
}

#[test]
fn flags_are_refused_in_the_same_words_without_a_line() {
    let bench = bench();
    for (flags, expected) in [
        (
            "--estimator oadv",
            "failed to plan the analysis: find the estimator `oadv`: there is none of this name; did you mean `oadev`",
        ),
        ("--unit sec", "`sec`"),
        ("--kind phas", "there is no kind `phas`; did you mean `phase`?"),
        ("--tau octaves", "read the averaging times `octaves`"),
        ("--edf greenhall", "there is no method for degrees of freedom `greenhall`; did you mean `greenhall-riley`?"),
        ("--noise white", "there is no noise `white`"),
        ("--confidence 2", "the confidence 2 must lie between 0 and 1"),
        ("--confidence high", "`confidence` of step `stability` must be a number"),
        ("--import stable", "`stable32`"),
        ("--format cvs", "publish as `cvs`: there is no such format; did you mean `csv`?"),
        ("--frmat csv", "--format"),
        ("--threads 0", "--threads"),
    ] {
        let said = bench.run(&format!("stability maser.phd {flags}")).exits(2).prints_nothing().says(&[expected]);
        assert!(!said.err.contains("line"), "{}", said.err);
    }
    bench.run("stability").exits(2).says(&["<FILE>"]);
    bench.run("stabilty maser.phd").exits(2).says(&["'stability'"]);
    bench.run("stability mazer.phd").exits(2).says(&["open `mazer.phd`: there is no such file"]);
}

#[test]
fn other_verbs_refuse_as_well() {
    let bench = bench();
    for (words, expected) in [
        ("run nowhere.toml", "error: failed to read the pipeline `nowhere.toml`"),
        ("check nowhere.toml", "error: failed to read the pipeline `nowhere.toml`"),
        ("import rinex maser.phd -o x.parquet", "did you mean `rinex-clk`?"),
        ("import auto maser.phd --kind phas -o x.parquet", "did you mean `phase`?"),
        ("import auto maser.phd --unit V -o x.parquet", "`V`"),
        ("import auto mazer.phd -o x.parquet", "mazer.phd"),
        ("import auto maser.phd -o nowhere/x.parquet", "directories are not created on the way"),
        ("generate clock -o x", "did you mean `clocks`?"),
        ("generate clocks -o x --members 0", "at least one of each"),
        ("generate clocks -o maser.phd", "maser.phd"),
        ("inspect maser.phd", "it is not a Parquet file"),
        ("inspect nowhere.parquet", "open `nowhere.parquet`"),
        ("publish .", "failed to read the run in `.`: run.json: No such file"),
        ("publish . --format htm", "did you mean `html`?"),
        ("publish . --language de", "publish in `de`"),
        ("list estimator", "estimators"),
        ("completions tcsh", "tcsh"),
    ] {
        let said = bench.run(words).exits(2).prints_nothing().says(&[expected]);
        assert!(said.err.starts_with("error: "), "{words}: {}", said.err);
    }
    assert_eq!(bench.files(), ["maser.phd"]);
}

#[test]
fn a_wrong_set_is_refused_with_its_place() {
    let bench = bench();
    bench.put("p.toml", PIPELINE);
    bench.run("run p.toml --set step.stability.taus=all").exits(2).says(&["no key `taus`; did you mean `tau`?"]);
    bench
        .run("run p.toml --set step.stabilty.tau=all")
        .exits(2)
        .says(&["set `step.stabilty.tau`: there is no such place"]);
    bench.run("run p.toml --set step.stability.tau").exits(2).says(&["write KEY=VALUE"]);
    assert!(!bench.has("runs"));
}

#[test]
fn a_place_that_is_no_run_directory_is_refused_and_left_as_it_is() {
    let bench = bench();
    bench.put("p.toml", PIPELINE).put("mine/letter.txt", "dear").put("file", "x").put("odd/run.json", "{}");
    let said = bench.run("run p.toml --out mine").exits(2).prints_nothing();
    said.says(&["`mine`", "it is not empty and no run of sigmatau", "--out"]);
    bench.run("run p.toml --out file").exits(2).says(&["use `file` as run directory: ", "--out"]);
    bench.run("run p.toml --out file/below").exits(2).says(&["use `file/below` as run directory: ", "--out"]);
    bench.run("run p.toml --out odd").exits(2).says(&["`odd`", "run.json"]);
    bench.run("run p.toml --out new --resume").exits(2).says(&["there is none; run without --resume"]);
    let files = ["file", "maser.phd", "mine/letter.txt", "odd/run.json", "p.toml"];
    assert_eq!(bench.files(), files);
}

#[cfg(target_os = "linux")]
#[test]
fn places_that_cannot_be_written() {
    let bench = bench();
    bench.put("p.toml", PIPELINE);
    bench.run("run p.toml --out /proc/none").exits(2).says(&["use `/proc/none` as run directory: "]);
    bench.run("stability maser.phd --tau0 1 -o /proc/none").exits(2).says(&["create `/proc/none`: "]);
    bench.run("generate clocks -o /proc/none").exits(2).says(&["make the folder `/proc/none`: "]);
}
