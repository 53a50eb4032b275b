//! Networks of sensors, and the energy of an interval.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::Matrix4;
use sigmatau_dynamic::network::{Reading, Reference, co_calibrate};
use sigmatau_dynamic::power::{Harmonic, Phasors, Wattmeter};
use sigmatau_dynamic::source::Errors;
use sigmatau_dynamic::transducer::Table;
use sigmatau_dynamic::{Bivariate, Complex64};
use sigmatau_spectrum::Gaussian;
use std::hint::black_box;

/// Runs of a network, and of each sensor.
const RUNS: usize = 4;

fn network(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("network");
    group.sample_size(10);
    let errors = Errors::independent("certificates", &[Bivariate::circular(1e-6); 3]);
    for sensors in [1_000, 10_000] {
        let mut noise = Gaussian::new(1, 0);
        let mut reads = |response: f64| (0..RUNS).map(|run| reading(run, response, &mut noise)).collect::<Vec<_>>();
        let reference =
            |response: f64, readings| Reference { name: format!("{response}"), response: response.into(), readings };
        let references = [1.0, 2.0, 3.0].map(|response| reference(response, reads(response)));
        let readings: Vec<Vec<Reading>> = (0..sensors).map(|_| reads(1.5)).collect();
        group.throughput(Throughput::Elements(sensors));
        group.bench_with_input(BenchmarkId::from_parameter(sensors), &readings, |bencher, readings| {
            bencher.iter(|| {
                co_calibrate("bench", black_box(&references), &errors, readings).expect("references read in every run")
            });
        });
    }
}

fn reading(run: usize, response: f64, noise: &mut Gaussian) -> Reading {
    let u = 1e-4 * response;
    let value = Complex64::new(response + u * noise.draw(), u * noise.draw());
    Reading { run, value, covariance: Bivariate::circular(u * u) }
}

fn energy(criterion: &mut Criterion) {
    let frequencies: Vec<f64> = (1..=50).map(|order| 50.0 * f64::from(order)).collect();
    let channel = |name: &str| {
        Table::gain(name, &[(0.0, 1.0, 1e-4), (1e3, 1.001, 1e-4), (5e3, 1.01, 1e-3)])
            .expect("frequencies rise")
            .at(&frequencies)
    };
    let meter = Wattmeter::new(&channel("VT"), &channel("CT")).expect("the frequencies are the same");
    let harmonic = Harmonic { voltage: Complex64::new(1.0, 0.1), current: Complex64::new(0.3, 0.0) };
    let phasors =
        Phasors::independent(vec![harmonic; 50], &[Matrix4::identity() * 1e-10; 50]).expect("variances are positive");
    let mut register = meter.register();
    criterion.bench_function("energy/window of 50 harmonics", |bencher| {
        bencher.iter(|| register.push(black_box(&phasors), 0.2).expect("the window has a length"));
    });
}

criterion_group!(benches, network, energy);
criterion_main!(benches);
