//! Runs that were stopped, and the bytes that a run gives. Those of sensors stand in `fleet.rs`.

use crate::workbench::{Said, Workbench};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// 200 clocks make 13 units of work.
const PIPELINE: &str = "[dataset.clocks]\npath = \"../demo/dataset.toml\"\n\
                        [[step]]\nname = \"s\"\nop = \"stability\"\ndataset = \"clocks\"\n\
                        [[publish]]\nformat = \"html\"\n";

/// A folder with 200 clocks.
fn bench(points: usize) -> Workbench {
    let bench = Workbench::new();
    bench.run(&format!("generate clocks -o demo --members 200 --points {points}")).exits(0);
    bench.put("pipelines/p.toml", PIPELINE);
    bench
}

/// What a run leaves for good: record, findings, report.
fn results(bench: &Workbench, run: &str) -> Vec<Vec<u8>> {
    ["records/s.parquet", "records/s.findings.parquet", "report.html"]
        .map(|file| bench.bytes(&format!("{run}/{file}")))
        .to_vec()
}

#[track_caller]
pub(crate) fn same_results(bench: &Workbench, run: &str, other: &str) {
    assert!(results(bench, run) == results(bench, other), "{run} and {other} differ");
}

pub(crate) fn reused(bench: &Workbench, run: &str) -> usize {
    bench.text(&format!("{run}/events.jsonl")).matches("\"reused\":true").count()
}

#[track_caller]
pub(crate) fn nothing_half_written(bench: &Workbench, run: &str) {
    let left: Vec<String> = bench.files().into_iter().filter(|name| name.starts_with(run)).collect();
    assert!(left.iter().all(|name| !name.ends_with(".part") && !name.contains("/parts/")), "{left:?}");
}

#[test]
fn records_do_not_depend_on_the_number_of_threads_nor_on_the_day() {
    let bench = bench(400);
    for (run, threads) in [("one", 1), ("two", 2), ("seven", 7), ("again", 7)] {
        bench.run(&format!("run pipelines/p.toml --out {run} --threads {threads} --quiet")).exits(0);
        same_results(&bench, run, "one");
    }
    assert!(results(&bench, "one")[1].len() > 1000, "there are findings");
}

/// Starts a run on one thread and waits until some of its units are done.
pub(crate) fn begun(bench: &Workbench) -> Child {
    let mut command: Command = bench.command("run pipelines/p.toml --out r --threads 1");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while parts(bench) < 2 {
        assert!(Instant::now() < deadline, "no unit was finished in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// Parts with their findings, half-written ones left out.
fn parts(bench: &Workbench) -> usize {
    let Ok(entries) = bench.path("r/parts/s").read_dir() else { return 0 };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with('.') && !name.contains("findings")).count()
}

#[cfg(unix)]
#[test]
fn a_killed_run_is_resumed_to_the_same_bytes() {
    let bench = bench(20_000);
    bench.run("run pipelines/p.toml --out whole").exits(0);
    let mut child = begun(&bench);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was still running");
    assert!(!bench.has("r/records/s.parquet"));
    bench.put("r/records/.s.parquet.abc.part", "half");

    bench.run("run pipelines/p.toml --out r --resume").exits(0);
    same_results(&bench, "r", "whole");
    let reused = reused(&bench, "r");
    assert!((2..13).contains(&reused), "{reused} parts were reused");
    nothing_half_written(&bench, "r");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_stops_with_3_and_is_resumed_to_the_same_bytes() {
    let bench = bench(20_000);
    bench.run("run pipelines/p.toml --out whole").exits(0);
    let child = begun(&bench);
    bench.shell(&format!("kill -INT {}", child.id())).exits(0);
    let said = Said::of("run", child.wait_with_output().unwrap()).exits(3).prints_nothing();
    said.says(&["finish step `s`: stopped after ", " of 13 units of work", "run again with --resume to go on"]);
    assert!(parts(&bench) >= 2);

    bench.run("run pipelines/p.toml --out r --resume").exits(0);
    same_results(&bench, "r", "whole");
    assert!(reused(&bench, "r") >= 2);
    nothing_half_written(&bench, "r");
}

/// Every averaging time of 200 000 points takes minutes.
#[cfg(unix)]
#[test]
fn an_interrupted_analysis_without_a_run_directory_stops_at_once_with_3() {
    let bench = Workbench::new();
    bench.run("generate clocks -o demo --members 1 --points 200000").exits(0);
    let mut command = bench.command("stability demo --tau all -o result.txt");
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let asked = Instant::now();
    bench.shell(&format!("kill -INT {}", child.id())).exits(0);
    let said = Said::of("stability", child.wait_with_output().unwrap()).exits(3).prints_nothing();
    said.says(&["failed to finish the analysis: interrupted"]);
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert!(!bench.has("result.txt"));
}

/// A limit on the size of files, inherited, stands for a full disk. The signal it sends is ignored.
#[cfg(unix)]
#[test]
fn a_run_on_a_full_disk_stops_with_3_and_is_resumed_to_the_same_bytes() {
    let bench = bench(1000);
    bench.run("run pipelines/p.toml --out whole").exits(0);
    let blocks = bench.bytes("whole/records/s.parquet").len() / 2 / 1024;
    let said = bench.shell(&format!("trap '' XFSZ; ulimit -f {blocks}; \"$SIGMATAU\" run pipelines/p.toml --out r"));
    said.exits(3).prints_nothing().says(&["write `r/records/s.parquet`: ", "run again with --resume to go on"]);
    assert!(!bench.has("r/records/s.parquet"));
    assert!(bench.files().iter().all(|name| !name.ends_with(".part")));

    bench.run("run pipelines/p.toml --out r --resume").exits(0);
    same_results(&bench, "r", "whole");
    assert_eq!(reused(&bench, "r"), 13);
    nothing_half_written(&bench, "r");
}

#[test]
fn a_finished_run_is_taken_over_as_it_is() {
    let bench = bench(400);
    bench.run("run pipelines/p.toml --out r").exits(0);
    let before = results(&bench, "r");
    let units = |bench: &Workbench| bench.text("r/events.jsonl").matches("unit-finished").count();
    let computed = units(&bench);
    bench.run("run pipelines/p.toml --out r --resume").exits(0);
    assert!(results(&bench, "r") == before);
    assert_eq!((computed, units(&bench)), (13, 13), "nothing was computed again");
}

#[test]
fn another_parameter_or_other_data_are_computed_anew() {
    let bench = bench(400);
    let run = |flags: &str| bench.run(&format!("run pipelines/p.toml {flags}")).exits(0);
    run("--out r");
    run("--out r --resume --set step.s.confidence=0.9");
    run("--out fresh --set step.s.confidence=0.9");
    same_results(&bench, "r", "fresh");
    bench.run("generate clocks -o demo --members 200 --points 400 --seed 5").exits(0);
    run("--out r --resume --set step.s.confidence=0.9");
    run("--out other --set step.s.confidence=0.9");
    same_results(&bench, "r", "other");
    assert!(results(&bench, "other") != results(&bench, "fresh"));
    assert_eq!(reused(&bench, "r"), 0);
}

#[test]
fn without_resume_a_run_begins_anew() {
    let bench = bench(400);
    bench.run("run pipelines/p.toml --out r").exits(0);
    bench.put("r/datasets/old.parquet", "old");
    bench.run("run pipelines/p.toml --out r").exits(0);
    assert!(!bench.has("r/datasets/old.parquet"));
    assert_eq!(reused(&bench, "r"), 0);
}
