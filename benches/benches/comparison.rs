//! Conformity of items and batches, and consensus values of many laboratories.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_spectrum::Gaussian;
use sigmatau_uncertainty::Distribution;
use sigmatau_uncertainty::consensus::{CONSENSUSES, Comparison, Settings};
use sigmatau_uncertainty::risk::{Batch, Global, Process};
use sigmatau_uncertainty::rule::{Decision, Limits, Measured};
use std::hint::black_box;

const LIMITS: Limits = Limits { lower: -1.0, upper: 1.0 };

fn comparison(count: usize) -> Comparison {
    let values: Vec<f64> = Gaussian::new(1, 0).take(count).map(|x| 0.5 * x).collect();
    let u: Vec<f64> = (0..count).map(|i| 0.05 * (1 + i % 5) as f64).collect();
    Comparison::new(&values, &u).expect("uncertainties are above 0")
}

fn conformity(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conformity");
    let items = comparison(10_000);
    group.throughput(Throughput::Elements(10_000));
    let decision = Decision::read("guarded-acceptance").expect("a rule of the table");
    group.bench_function("judge", |bencher| {
        let judge = |(estimate, u): (&f64, &f64)| {
            let distribution = &Distribution::Normal { standard_deviation: *u };
            decision
                .judge(&LIMITS, &Measured { estimate: *estimate, distribution, expanded: 2.0 * u })
                .conformity
                .inside
        };
        bencher.iter(|| items.values().iter().zip(items.uncertainties()).map(judge).sum::<f64>());
    });
    let accepted = vec![true; items.len()];
    group.bench_function("batch", |bencher| bencher.iter(|| Batch::of(&LIMITS, black_box(&items), &accepted)));
    group.finish();
    let normal = |standard_deviation| Distribution::Normal { standard_deviation };
    let process = Process { centre: 0.0, spread: normal(0.5) };
    criterion.bench_function("global risk", |bencher| {
        bencher.iter(|| Global::of(black_box(&process), &normal(0.1), &LIMITS, &LIMITS));
    });
}

fn consensus(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("consensus");
    group.sample_size(10);
    let laboratories = comparison(40);
    let settings = Settings { trials: 10_000, ..Settings::default() };
    for consensus in CONSENSUSES {
        group.bench_with_input(BenchmarkId::from_parameter(consensus.name), &laboratories, |bencher, laboratories| {
            bencher.iter(|| consensus.of(black_box(laboratories), &settings).expect("enough laboratories"));
        });
    }
}

criterion_group!(benches, conformity, consensus);
criterion_main!(benches);
