//! The stability room: every estimator at three sizes, and what comes after it.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_benches::{clock, clock_with_gaps, octaves};
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::edf::{Case, EdfMethod};
use sigmatau_stability::interval::chi_squared_quantile;
use sigmatau_stability::{ESTIMATORS, noise};
use std::hint::black_box;

const SIZES: [usize; 3] = [100_000, 1_000_000, 10_000_000];

/// Runs of one bench; the fewest that criterion allows where one takes a good part of a second.
fn samples(points: usize) -> usize {
    if points < 1_000_000 { 50 } else { 10 }
}

fn estimators(criterion: &mut Criterion) {
    for points in SIZES {
        let phases = clock(points);
        let phase = PhaseSeries::new(&phases, 1.0).expect("the record is finite");
        for estimator in ESTIMATORS {
            let factors = octaves(estimator, &phase);
            let mut group = criterion.benchmark_group(estimator.name);
            group.sample_size(samples(points)).throughput(Throughput::Elements(points as u64));
            group.bench_function(points.to_string(), |b| b.iter(|| (estimator.terms)(black_box(&phase), &factors)));
        }
    }
}

fn identification(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("identify");
    for (name, record) in [("whole", clock as fn(usize) -> Vec<f64>), ("gaps", clock_with_gaps)] {
        for points in SIZES {
            let phases = record(points);
            let phase = PhaseSeries::new(&phases, 1.0).expect("the record is finite");
            let factors = octaves(ESTIMATORS[0], &phase);
            group.sample_size(samples(points)).throughput(Throughput::Elements(points as u64));
            let id = BenchmarkId::new(name, points);
            group.bench_function(id, |b| b.iter(|| noise::identify(black_box(&phase), &factors)));
        }
    }
}

fn intervals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("interval");
    for estimator in ESTIMATORS {
        let case = |m: usize| Case { alpha: 0, m, n: 1_000_000, points: 1_000_000 + 3 * m };
        let edf = |m: usize| EdfMethod::default().degrees_of_freedom(estimator.model, &case(m));
        group.bench_function(BenchmarkId::new("edf", estimator.name), |b| b.iter(|| edf(black_box(64))));
    }
    for nu in [1.0, 30.0, 1e6] {
        let quantile = |probability: f64| chi_squared_quantile(probability, nu);
        group.bench_function(BenchmarkId::new("quantile", nu), |b| b.iter(|| quantile(black_box(0.025))));
    }
}

fn synthesis(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("noise");
    for (name, alpha) in [("white", 0), ("flicker", -1)] {
        let law = PowerLaw::new(alpha, 1e-24).expect("the exponent is a power law's");
        for points in SIZES {
            group.sample_size(samples(points)).throughput(Throughput::Elements(points as u64));
            let id = BenchmarkId::new(name, points);
            group.bench_function(id, |b| b.iter(|| law.phase(black_box(points), 1.0, 1, 0)));
        }
    }
}

criterion_group!(benches, estimators, identification, intervals, synthesis);
criterion_main!(benches);
