//! Filters with uncertain coefficients, on a signal of a million points.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::DMatrix;
use sigmatau_dynamic::filter::{Filter, Fir, Iir, Start};
use sigmatau_dynamic::{Autocovariance, Covariance, Variance};
use sigmatau_spectrum::Gaussian;
use std::hint::black_box;

const POINTS: usize = 1_000_000;
const TAPS: usize = 100;

fn random(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_iterator(rows, columns, Gaussian::new(1, 1).take(rows * columns))
}

fn signal() -> Vec<f64> {
    Gaussian::new(1, 0).take(POINTS).collect()
}

fn white() -> Covariance {
    Covariance::White { variance: Variance(0.01), length: POINTS }
}

fn finite(criterion: &mut Criterion) {
    let (signal, taps) = (signal(), signal()[..TAPS].to_vec());
    let dense = random(TAPS, TAPS);
    let forms = [
        ("certain", Covariance::White { variance: Variance(0.0), length: TAPS }),
        ("independent", Covariance::White { variance: Variance(0.01), length: TAPS }),
        ("rank 5", Covariance::LowRank { sources: random(TAPS, 5) }),
        ("dense", Covariance::Dense(&dense * dense.transpose())),
    ];
    let mut group = criterion.benchmark_group("fir");
    group.sample_size(10).throughput(Throughput::Elements(POINTS as u64));
    for (name, covariance) in forms {
        let fir = Fir::new(taps.clone(), covariance).expect("it is a covariance");
        group.bench_function(name, |b| b.iter(|| fir.apply(black_box(&signal), &white(), Start::Rest)));
    }
}

fn infinite(criterion: &mut Criterion) {
    let (signal, factor) = (signal(), random(5, 5));
    let covariance = 1e-4 * &factor * factor.transpose();
    let iir = Iir::new(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5], covariance).expect("it is a covariance");
    let coloured = Autocovariance((0..50).map(|lag| 0.8_f64.powi(lag)).collect());
    let forms = [
        ("white", white()),
        ("independent", Covariance::Independent(vec![Variance(0.01); POINTS])),
        ("stationary", Covariance::Stationary { autocovariance: coloured, length: POINTS }),
    ];
    let mut group = criterion.benchmark_group("iir");
    group.sample_size(10).throughput(Throughput::Elements(POINTS as u64));
    for (name, errors) in forms {
        group.bench_function(name, |b| b.iter(|| iir.apply(black_box(&signal), &errors, Start::Rest)));
    }
}

criterion_group!(benches, finite, infinite);
criterion_main!(benches);
