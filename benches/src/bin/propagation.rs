//! Times one way that uncertainty takes: `propagation NAME SIZE REPEATS`, on one thread.
//!
//! Prints a row `seconds` with the CPU time in s of each repetition. The input is the same for other programs in
//! `scripts/compare-peers`: only its size and its form matter for the time.
#![expect(clippy::print_stdout, reason = "the face of a tool")]

use nalgebra::DMatrix;
use sigmatau_benches::stopwatch::time;
use sigmatau_dynamic::dft::dft;
use sigmatau_dynamic::filter::{Filter, Fir, Iir, Start};
use sigmatau_dynamic::identify::{Between, identify};
use sigmatau_dynamic::model::{Model, Settings};
use sigmatau_dynamic::{
    Autocovariance, Bivariate, Complex64, Covariance, Response, Signal, SpectralCovariance, Spectrum, Variance,
};
use sigmatau_spectrum::Gaussian;
use std::error::Error;

const USAGE: &str = "usage: propagation NAME SIZE REPEATS";

/// Makes the input of a size, and returns what is timed.
type Make = fn(usize) -> Box<dyn Fn()>;

/// The ways by their names.
static WAYS: &[(&str, Make)] = &[
    ("dft-stationary", dft_stationary),
    ("dft-dense", dft_dense),
    ("deconvolution-dense", deconvolution_dense),
    ("fir-dense", fir_dense),
    ("iir", iir),
    ("identify", identified),
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, size, repeats] = words.as_slice() else { return Err(USAGE.into()) };
    let (_, make) = WAYS.iter().find(|(known, _)| known == name).ok_or(USAGE)?;
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
    let work = make(size.parse()?);
    let seconds = (0..repeats.parse()?).map(|_| time(&work));
    println!("seconds {}", seconds.collect::<Result<Vec<String>, _>>()?.join(" "));
    Ok(())
}

fn exponential(length: usize) -> Vec<f64> {
    (0..length).map(|lag| 0.99_f64.powi(lag as i32)).collect()
}

fn dense(size: usize) -> DMatrix<f64> {
    let lags = exponential(size);
    DMatrix::from_fn(size, size, |i, j| lags[i.abs_diff(j)])
}

fn signal(covariance: Covariance) -> Signal {
    let values = (0..covariance.length()).map(|n| (0.01 * n as f64).sin()).collect();
    Signal::new(values, covariance).expect("the covariance is possible")
}

fn white(length: usize) -> Covariance {
    Covariance::White { variance: Variance(0.01), length }
}

fn dft_stationary(points: usize) -> Box<dyn Fn()> {
    let signal = signal(Covariance::Stationary { autocovariance: Autocovariance(exponential(points)), length: points });
    Box::new(move || drop(std::hint::black_box(dft(&signal))))
}

fn dft_dense(points: usize) -> Box<dyn Fn()> {
    let signal = signal(Covariance::Dense(dense(points)));
    Box::new(move || drop(std::hint::black_box(dft(&signal))))
}

/// The transform of the record is no part of it.
fn deconvolution_dense(points: usize) -> Box<dyn Fn()> {
    let bins = points / 2 + 1;
    let errors = SpectralCovariance::dense(points, dense(2 * bins) * 1e-4).expect("it is of the right size");
    let values = (0..bins).map(|k| Complex64::new(2.0, 1e-3 * k as f64)).collect();
    let record = dft(&signal(Covariance::Dense(dense(points))));
    let response = Spectrum::new(points, values, errors).expect("lengths fit");
    Box::new(move || {
        let ratio = record.clone().over(response.clone()).expect("lengths fit");
        drop(std::hint::black_box(ratio.into_parts().1.into_dense()));
    })
}

/// A hundred taps.
fn fir_dense(points: usize) -> Box<dyn Fn()> {
    let taps: Vec<f64> = Gaussian::new(1, 0).take(100).collect();
    let fir = Fir::new(taps, Covariance::Dense(dense(100) * 1e-4)).expect("it is a covariance");
    let (values, errors) = (Gaussian::new(1, 1).take(points).collect::<Vec<f64>>(), white(points));
    Box::new(move || drop(std::hint::black_box(fir.apply(&values, &errors, Start::Rest))))
}

/// Second order, five uncertain coefficients.
fn iir(points: usize) -> Box<dyn Fn()> {
    let iir = Iir::new(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5], dense(5) * 1e-6).expect("it is a covariance");
    let (values, errors) = (Gaussian::new(1, 1).take(points).collect::<Vec<f64>>(), white(points));
    Box::new(move || drop(std::hint::black_box(iir.apply(&values, &errors, Start::Rest))))
}

/// Resonances of 50 lines.
fn identified(sensors: usize) -> Box<dyn Fn()> {
    let model = Model::named("second-order").expect("the table has it");
    let structure = model.structure(&Settings::default()).expect("it needs no rate");
    let frequencies: Vec<f64> = (1..=50).map(|k| 100.0 * f64::from(k)).collect();
    let response = |sensor: u64| -> Response {
        let mut noise = Gaussian::new(1, sensor);
        let mut response = structure.response(&[0.2, 0.03, 3500.0], &frequencies);
        for line in &mut response.lines {
            line.value += 1e-3 * Complex64::new(noise.draw(), noise.draw());
            line.covariance = Bivariate::circular(1e-6);
        }
        response
    };
    let responses: Vec<Response> = (0..sensors as u64).map(response).collect();
    Box::new(move || {
        for response in &responses {
            drop(std::hint::black_box(identify(response, &structure, Between::Neighbours)));
        }
    })
}
