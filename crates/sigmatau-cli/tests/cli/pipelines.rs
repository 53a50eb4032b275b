//! The pipelines that people copy: each one plans, and those that expect something find it.

use crate::workbench::{Workbench, lines, phase};
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_pipeline::Document;
use sigmatau_pipeline::document::Section;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn pipelines(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { pipelines(&path) } else { vec![path] }).collect()
}

/// A folder with the pipelines and datasets of the project, and what a user would put beside them.
fn bench() -> Workbench {
    let bench = Workbench::new();
    for folder in ["pipelines", "datasets"] {
        for path in pipelines(&Path::new(ROOT).join(folder)) {
            let name = path.strip_prefix(ROOT).unwrap().display().to_string();
            bench.put(&name, std::fs::read(&path).unwrap());
        }
    }
    let satellite = |k: usize| {
        let (minute, second) = (k / 2, k % 2 * 30);
        format!("AS G01  2020 06 25 00 {minute:02} {second:2}.000000  1   {:.12e}\n", phase(0, 40)[k])
    };
    let header = "     3.00           C                   G                   RINEX VERSION / TYPE\n\
                  \x20                                                           END OF HEADER\n";
    bench.put("pipelines/clocks/clocks.clk.gz", format!("{header}{}", (0..40).map(satellite).collect::<String>()));
    for (name, sample) in [("aaa.cggtts", "GMAAA060.258"), ("bbb.cggtts", "GMBBB060.258")] {
        let sample = Path::new(ROOT).join("crates/sigmatau-data/tests/samples/cggtts").join(sample);
        bench.put(&format!("pipelines/clocks/{name}"), std::fs::read(sample).unwrap());
    }
    bench.put("pipelines/clocks/counter.txt", lines(&phase(0, 2000)));
    bench
}

#[test]
fn every_pipeline_plans_and_runs_and_meets_what_it_expects() {
    let bench = bench();
    let names: Vec<String> = bench.files().into_iter().filter(|name| name.starts_with("pipelines/")).collect();
    let is_pipeline = |name: &&String| name.ends_with(".toml") && bench.text(name).contains("[[step]]");
    let pipelines: Vec<&String> = names.iter().filter(is_pipeline).collect();
    assert!(pipelines.len() >= 4, "{pipelines:?}");
    for (number, name) in pipelines.into_iter().enumerate() {
        bench.run(&format!("check {name}")).exits(0);
        let smaller = match name.rsplit('/').next() {
            Some("quickstart.toml") => {
                "--set dataset.clocks.points=2000 --set dataset.standards.points=2000 --set dataset.readings.points=4 \
                 --set dataset.meters.points=4 --set dataset.readings.members=1 --set dataset.meters.members=1"
            }
            Some("accelerometers.toml") => {
                "--set dataset.noise.members=1 --set dataset.periods.members=1 --set dataset.tones.members=1"
            }
            _ => "",
        };
        let said = bench.run(&format!("run {name} --out run-{number} {smaller}")).exits(0);
        assert!(!bench.text(name).contains("[[expect]]") || said.out().contains("expected"), "{name}");
    }
}

#[test]
fn a_wrong_expectation_says_what_was_found_and_ends_with_1() {
    let bench = bench();
    let name = "pipelines/validation/sp1065.toml";
    bench.put(name, bench.text(name).replacen("value = 0.29", "value = 0.28", 1));
    let said = bench.run(&format!("run {name} --out r")).exits(1).prints(&["52 of 53 met"]);
    said.says(&["not met: estimator=adev tau_s=1 deviation = 2.8", "found 2.9223187810675"]);
}

#[test]
fn data_that_are_not_there_yet_are_named() {
    let bench = bench();
    for (name, file) in [("gnss-satellites", "clocks.clk.gz"), ("counter-text", "counter.txt")] {
        std::fs::remove_file(bench.path(&format!("pipelines/clocks/{file}"))).unwrap();
        let said = bench.run(&format!("check pipelines/clocks/{name}.toml")).exits(2).prints_nothing();
        said.says(&[&format!("open `pipelines/clocks/{file}`: there is no such file"), ", line "]);
    }
}

#[test]
fn the_reference_data_are_those_of_the_formula() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("datasets/reference/sp1065/nist1000.frd")).unwrap();
    let values: Vec<f64> =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.parse().unwrap()).collect();
    let mut n: u64 = 1_234_567_890;
    for (place, value) in values.iter().enumerate() {
        assert_eq!(*value, n as f64 / 2_147_483_647.0, "{place}");
        n = 16_807 * n % 2_147_483_647;
    }
    assert_eq!(values.len(), 1000);
}

#[test]
fn the_expected_responses_are_those_of_the_recipes() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("pipelines/validation/sensors.toml")).unwrap();
    let document = Document::parse(&text, "sensors.toml").unwrap();
    let expected = document.section().subsections("expect").unwrap();
    assert!(expected.len() >= 40, "{}", expected.len());
    for expectation in expected {
        let (word, number) =
            (|key| expectation.required(key).unwrap(), |key| expectation.number(key).unwrap().unwrap());
        let rows = expectation.subsection("rows").unwrap();
        let (sensor, frequency) = (rows.required("sensor").unwrap(), rows.number("frequency_hz").unwrap().unwrap());
        let truth = recipe(&document.section(), &word("step")).truth(&[frequency]).unwrap();
        let place = truth.texts("sensor").unwrap().iter().position(|name| *name == sensor).unwrap();
        let known = truth.floats(&word("column")).unwrap()[place];
        assert_eq!(number("value"), known, "{} {sensor} {frequency} {}", word("step"), word("column"));
        assert_eq!(word("uncertainty"), format!("u_{}", word("column")));
    }
}

/// The recipe that a step of a pipeline works on.
fn recipe(pipeline: &Section<'_>, step: &str) -> Recipe {
    let steps = pipeline.subsections("step").unwrap();
    let step = steps.into_iter().find(|section| section.required("name").unwrap() == step).unwrap();
    let dataset = pipeline.subsection("dataset").unwrap().subsection(&step.required("dataset").unwrap()).unwrap();
    let overrides = Overrides { members: dataset.count("members").unwrap(), ..Default::default() };
    Recipe::builtin(&dataset.required("recipe").unwrap()).unwrap().with(overrides).unwrap()
}
