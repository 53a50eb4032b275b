//! Frequency responses: every method that takes random excitation, on a long record and on a short one.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_benches::{noise, respond};
use sigmatau_dynamic::method::{METHODS, Settings};
use std::hint::black_box;

const SIZES: [usize; 2] = [65_536, 1_048_576];

fn random(criterion: &mut Criterion) {
    let settings = Settings::default();
    for pairs in SIZES {
        let (excitation, response) = (noise(pairs, 0), noise(pairs, 1));
        for method in METHODS.iter().filter(|method| method.settings.contains(&"segment")) {
            let mut group = criterion.benchmark_group(method.name);
            group.sample_size(10).throughput(Throughput::Elements(pairs as u64));
            let run = || respond(method, &settings, black_box(&excitation), &response);
            group.bench_function(pairs.to_string(), |b| b.iter(run));
        }
    }
}

criterion_group!(benches, random);
criterion_main!(benches);
