//! Many areas in one command: numbers of threads, runs that were killed, areas that sent nothing.

use crate::resume::{begun, nothing_half_written, reused};
use crate::workbench::Workbench;
use sigmatau_data::read_table;

/// 50 areas make 4 units of work.
const AREAS: usize = 50;
const RECIPE: &str =
    "name = \"district\"\nseed = 7\ndays = 3\nareas = 50\n[[area]]\nname = \"plain\"\nmeters = 8\nflow = false\n";
const PIPELINE: &str = "[dataset.r]\nrecipe = \"r.toml\"\ntable = \"readings\"\n[dataset.m]\nrecipe = \"r.toml\"\ntable = \"meters\"\n\
    [[step]]\nname = \"s\"\nop = \"update\"\ndataset = \"r\"\nmeters = \"m\"\nmaster_u = 0.5\n\
    [[step]]\nname = \"now\"\nop = \"reassess\"\ndataset = \"s\"\nlimit = 1\n\
    [[step]]\nname = \"all\"\nop = \"assess\"\ndataset = \"r\"\nmeters = \"m\"\nmaster_u = 0.5\nlimit = 1\n";

fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("pipelines/r.toml", RECIPE).put("pipelines/p.toml", PIPELINE);
    bench
}

#[track_caller]
fn same_records(bench: &Workbench, run: &str, other: &str) {
    for step in ["s", "now", "all"] {
        let [one, other] = [run, other].map(|run| bench.bytes(&format!("{run}/records/{step}.parquet")));
        assert!(one == other, "{step} of {run} differs");
    }
}

#[test]
fn states_and_assessments_do_not_depend_on_the_number_of_threads() {
    let bench = bench();
    for (run, threads) in [("one", 1), ("three", 3)] {
        bench.run(&format!("run pipelines/p.toml --out {run} --threads {threads} --quiet"));
        same_records(&bench, run, "one");
    }
    let rows = |step: &str| read_table(&bench.path(&format!("one/records/{step}.parquet"))).unwrap().rows();
    assert_eq!([rows("s"), rows("all")], [AREAS, 8 * AREAS]);
}

#[cfg(unix)]
#[test]
fn a_killed_update_is_resumed_to_the_same_bytes() {
    let bench = bench();
    bench.run("run pipelines/p.toml --out whole");
    let mut child = begun(&bench);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was still running");
    assert!(!bench.has("r/records/s.parquet"));
    bench.run("run pipelines/p.toml --out r --resume");
    same_records(&bench, "r", "whole");
    assert!(reused(&bench, "r") >= 2);
    nothing_half_written(&bench, "r");
}
