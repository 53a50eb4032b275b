//! Models of sensors: every entry of the table evaluated with its derivatives and fitted to 50 lines.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_dynamic::identify::{Between, identify};
use sigmatau_dynamic::model::{MODELS, Model, Settings, Structure};
use sigmatau_dynamic::{Bivariate, Complex64, Response};
use sigmatau_spectrum::Gaussian;
use std::hint::black_box;

/// A resonance at 3500 Hz with noise, which every model can follow in part.
fn resonance() -> Response {
    let structure = structure(Model::named("second-order").expect("the table has it"));
    let frequencies: Vec<f64> = (1..=50).map(|k| 50.0 * f64::from(k)).collect();
    let mut noise = Gaussian::new(1, 1);
    let mut response = structure.response(&[0.2, 0.03, 3500.0], &frequencies);
    for line in &mut response.lines {
        line.value += 1e-3 * Complex64::new(noise.draw(), noise.draw());
        line.covariance = Bivariate::circular(1e-6);
    }
    response
}

fn structure(model: &'static Model) -> Structure {
    let settings = Settings { numerator: 1, denominator: 2, rate: Some(25_000.0), delay: false };
    model.structure(&settings).expect("the rate is positive")
}

fn models(criterion: &mut Criterion) {
    let response = resonance();
    let frequencies: Vec<f64> = response.lines.iter().map(|line| line.frequency).collect();
    for model in MODELS {
        let structure = structure(model);
        let fit = || identify(black_box(&response), &structure, Between::Neighbours);
        let known = fit().expect("there are enough lines").known;
        let mut group = criterion.benchmark_group(model.name);
        group.throughput(Throughput::Elements(frequencies.len() as u64));
        group.bench_function("fit", |b| b.iter(fit));
        group.bench_function("response", |b| b.iter(|| known.response(black_box(&frequencies))));
    }
}

criterion_group!(benches, models);
criterion_main!(benches);
