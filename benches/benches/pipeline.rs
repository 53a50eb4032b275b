//! Whole pipelines, from a Parquet file to a record: what a user waits for.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::{Metadata, TableWriter};
use sigmatau_pipeline::{Document, Options, Plan, run};
use std::path::Path;

/// Clocks and points of each dataset: a fleet of short records, and a few long ones.
const SIZES: [(usize, usize); 2] = [(100, 10_000), (2, 500_000)];

fn stability_of_a_fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for (clocks, points) in SIZES {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        write(&folder.path().join("clocks.parquet"), clocks, points);
        group.throughput(Throughput::Elements((clocks * points) as u64));
        group.bench_function(format!("stability/{clocks}x{points}"), |bencher| {
            let planned = || plan(folder.path());
            let execute = |plan: Plan| run(&plan, &Options::default(), &()).expect("the run succeeds");
            bencher.iter_batched(planned, execute, BatchSize::PerIteration);
        });
    }
}

fn write(path: &Path, clocks: usize, points: usize) {
    let size = Overrides { points: Some(points), members: Some(clocks), seed: None };
    let recipe = Recipe::builtin("clocks").and_then(|recipe| recipe.with(size)).expect("the recipe is built in");
    let mut writer = TableWriter::create(path, Metadata::default()).expect("the folder is writable");
    recipe.tables().for_each(|clock| writer.write(&clock).expect("the disk has room"));
    writer.finish().expect("the disk has room");
}

fn plan(folder: &Path) -> Plan {
    let text = "[dataset.clocks]\npath = \"clocks.parquet\"\n[[step]]\nname = \"stability\"\nop = \"stability\"\ndataset = \"clocks\"\n";
    let document = Document::parse(text, "bench").expect("the pipeline is TOML");
    Plan::read(&document, folder).expect("the pipeline can be meant")
}

criterion_group!(benches, stability_of_a_fleet);
criterion_main!(benches);
