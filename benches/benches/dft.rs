//! The dynamic room: spectra with the covariance of their errors, in the forms that cost least and in whole matrices.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nalgebra::DMatrix;
use sigmatau_dynamic::covariance::SpectralCovariance;
use sigmatau_dynamic::dft::{dft, idft};
use sigmatau_dynamic::{Autocovariance, Bivariate, Complex64, Covariance, Signal, Spectrum, Variance};
use std::hint::black_box;

const LONG: usize = 1 << 20;
const WHOLE: [usize; 2] = [1024, 4096];

fn signal(covariance: Covariance) -> Signal {
    let values = (0..covariance.length()).map(|n| (0.01 * n as f64).sin()).collect();
    Signal::new(values, covariance).expect("the covariance is possible")
}

fn response(length: usize, covariance: SpectralCovariance) -> Spectrum {
    let values = (0..=length / 2).map(|k| Complex64::new(2.0, 1e-3 * k as f64)).collect();
    Spectrum::new(length, values, covariance).expect("lengths fit")
}

fn exponential(length: usize) -> Vec<f64> {
    (0..length).map(|d| 0.99f64.powi(d as i32)).collect()
}

fn whole(size: usize) -> DMatrix<f64> {
    let lags = exponential(size);
    DMatrix::from_fn(size, size, |i, j| lags[i.abs_diff(j)])
}

/// O(N log N): what is needed to tell any entry of the covariance, and the way back from independent bins.
fn generators(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dft");
    group.sample_size(10);
    let white = signal(Covariance::White { variance: Variance(1.0), length: LONG });
    let autocovariance = Autocovariance(exponential(LONG));
    let stationary = signal(Covariance::Stationary { autocovariance, length: LONG });
    for (name, signal) in [("white", &white), ("stationary", &stationary)] {
        group.bench_function(BenchmarkId::new(name, LONG), |b| b.iter(|| dft(black_box(signal))));
    }
    let bins = vec![Bivariate::circular(1e-4); LONG / 2 + 1];
    let bins = SpectralCovariance::per_bin(LONG, bins).expect("there is one for each bin");
    let ratio = dft(&white).over(response(LONG, bins)).expect("lengths fit");
    group.bench_function(BenchmarkId::new("back", LONG), |b| b.iter(|| idft(black_box(ratio.clone()))));
}

/// O(N² log N): whole matrices, as other programs keep them.
fn matrices(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dft-dense");
    group.sample_size(10);
    for length in WHOLE {
        let signal = signal(Covariance::Dense(whole(length)));
        group.bench_function(BenchmarkId::new("transform", length), |b| b.iter(|| dft(black_box(&signal))));
        let bins = 2 * (length / 2 + 1);
        let errors = SpectralCovariance::dense(length, whole(bins) * 1e-4).expect("it is of the right size");
        let operands = || (dft(&signal), response(length, errors.clone()));
        let ratio = |(record, response): (Spectrum, Spectrum)| {
            record.over(response).expect("lengths fit").into_parts().1.into_dense()
        };
        let id = BenchmarkId::new("deconvolve", length);
        group.bench_function(id, |b| b.iter_batched(operands, ratio, criterion::BatchSize::PerIteration));
    }
}

criterion_group!(benches, generators, matrices);
criterion_main!(benches);
