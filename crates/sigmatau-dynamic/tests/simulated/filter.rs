//! Filtered signals.

use super::{Case, Claim, NORMAL};
use nalgebra::DMatrix;
use sigmatau_dynamic::covariance::{Arma, Sampler};
use sigmatau_dynamic::filter::design::{Aim, Design, Goal, Lag};
use sigmatau_dynamic::filter::{Filter, Filtered, Fir, Iir, Start};
use sigmatau_dynamic::{Bivariate, Complex64, Covariance, Line, Response, Variance};
use sigmatau_spectrum::Gaussian;

const RATE: f64 = 100.0;

/// A pulse that begins and ends at rest.
fn truth() -> Vec<f64> {
    (0..120).map(|n| (-((f64::from(n) - 50.0) / 9.0).powi(2)).exp() * (0.2 * f64::from(n)).cos()).collect()
}

/// The points at which intervals are looked at.
const LOOKED_AT: [usize; 4] = [30, 45, 60, 85];

fn added(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(a, b)| a + b).collect()
}

/// The share of the looked-at points where the truth is within the interval and what is `allowed` on top.
fn share(filtered: &Filtered, truth: &[f64], allowed: f64) -> f64 {
    let inside = |n: &&usize| {
        let half = NORMAL * filtered.variances[**n].0.sqrt() + allowed;
        (filtered.values[**n] - truth[**n]).abs() <= half
    };
    LOOKED_AT.iter().filter(inside).count() as f64 / LOOKED_AT.len() as f64
}

/// The intervals of a filtered signal.
fn case(name: &str, claim: Claim, trial: impl Fn(&mut Gaussian) -> f64 + Sync + 'static) -> Case {
    let trial = move |stream| vec![trial(&mut Gaussian::new(5, stream))];
    Case { part: "filters", name: name.to_owned(), of: vec!["signal".into()], claim, trial: Box::new(trial) }
}

pub(super) fn cases() -> Vec<Case> {
    let [close, short, stated] = [
        ("sensor, inverse FIR filter of 40 taps", 40, false, Claim::Stated),
        ("sensor, inverse FIR filter of 8 taps, its bias ignored", 8, false, Claim::Broken),
        ("sensor, inverse FIR filter of 8 taps, its stated bias added", 8, true, Claim::AtLeast),
    ]
    .map(|(name, taps, with_bias, claim)| chain(name, taps, with_bias, claim));
    vec![fir(), iir(), close, short, stated]
}

/// Any covariance of `size` coefficients of this standard uncertainty or so.
fn some_covariance(size: usize, u: f64) -> DMatrix<f64> {
    let factor = DMatrix::from_iterator(size, size, Gaussian::new(6, 0).take(size * size));
    u * u / size as f64 * &factor * factor.transpose()
}

/// A FIR filter whose taps were estimated, on a signal in white noise.
fn fir() -> Case {
    let exact = Fir::certain(vec![0.4, 0.3, -0.2, 0.1]).unwrap();
    let errors = Covariance::White { variance: Variance(1e-4), length: 120 };
    let covariance = Covariance::Dense(some_covariance(4, 0.02));
    let spread = Fir::new(exact.taps().to_vec(), covariance.clone()).unwrap();
    let expected = exact.values(&truth(), Start::Rest);
    case("FIR filter, uncertain taps, white noise", Claim::Stated, move |gaussian| {
        let taps = spread.drawn(gaussian).unwrap().taps().to_vec();
        let noise: Vec<f64> = gaussian.take(120).map(|z| 0.01 * z).collect();
        let estimated = Fir::new(taps, covariance.clone()).unwrap();
        share(&estimated.apply(&added(&truth(), &noise), &errors, Start::Rest).unwrap(), &expected, 0.0)
    })
}

/// An IIR filter whose coefficients were estimated, on a signal in coloured noise.
fn iir() -> Case {
    let noise = Arma { autoregressive: vec![0.5, -0.8], moving_average: vec![0.3], innovation: Variance(1e-4) };
    let errors = Covariance::Stationary { autocovariance: noise.autocovariance(120).unwrap(), length: 120 };
    let sampler = Sampler::new(&errors).unwrap();
    let covariance = some_covariance(5, 0.01);
    let spread = Iir::new(vec![0.2, 0.1, 0.05], vec![1.0, -1.1, 0.5], covariance.clone()).unwrap();
    let expected = spread.values(&truth(), Start::Rest);
    case("IIR filter, uncertain coefficients, coloured noise", Claim::Stated, move |gaussian| {
        let drawn = spread.drawn(gaussian).unwrap();
        let estimated = Iir::new(drawn.numerator().to_vec(), drawn.denominator().to_vec(), covariance.clone()).unwrap();
        let record = added(&truth(), &sampler.draw(gaussian));
        share(&estimated.apply(&record, &errors, Start::Rest).unwrap(), &expected, 0.0)
    })
}

/// A sensor of second order with a resonance near 25 Hz.
fn sensor() -> Iir {
    Iir::certain(vec![0.5, 0.45, 0.1], vec![1.0, -0.05, 0.6]).unwrap()
}

/// Its response as a calibration finds it: 60 lines with errors of `u`.
fn calibrated(gaussian: &mut Gaussian, u: f64) -> Response {
    let line = |k: u32| {
        let exact = sensor().line(RATE * f64::from(k) / 118.0, RATE);
        let error = Complex64::new(u * gaussian.draw(), u * gaussian.draw());
        Line { value: exact.value + error, covariance: Bivariate::circular(u * u), ..exact }
    };
    Response { lines: (0..60).map(line).collect(), ..Response::default() }
}

fn inverse(response: &Response, taps: usize) -> Design<Fir> {
    let (covariance, weights) = (None, None);
    Goal { response, covariance, rate: RATE, aim: Aim::Inverse, delay: Lag::Points(4.0), weights }.fir(taps).unwrap()
}

/// The whole chain: calibration, compensation by `taps` taps, corrected signal; with the bias that the design states
/// added to the interval, or not.
fn chain(name: &str, taps: usize, with_bias: bool, claim: Claim) -> Case {
    let errors = Covariance::White { variance: Variance(4e-6), length: 120 };
    let record = sensor().values(&truth(), Start::Rest);
    case(name, claim, move |gaussian| {
        let design = inverse(&calibrated(gaussian, 0.002), taps);
        let noise: Vec<f64> = gaussian.take(120).map(|z| 0.002 * z).collect();
        let corrected = design.filter.apply(&added(&record, &noise), &errors, Start::Rest).unwrap();
        let bias = if with_bias { design.bias_bound(&corrected.values, RATE) } else { 0.0 };
        share(&corrected.advanced(4), &truth(), bias)
    })
}
