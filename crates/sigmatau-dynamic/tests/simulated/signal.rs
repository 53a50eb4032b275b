//! Signals between their points, and signals freed of the response of a sensor.

use super::{Case, Claim, within};
use sigmatau_dynamic::covariance::Sampler;
use sigmatau_dynamic::deconvolution::{Deconvolution, REGULARISATIONS, Recorded, Regularisation};
use sigmatau_dynamic::dft::{dft, idft};
use sigmatau_dynamic::interpolate::{Instants, Scheme, interpolate};
use sigmatau_dynamic::{Bivariate, Complex64, Covariance, Signal, SpectralCovariance, Spectrum, Variance};
use sigmatau_spectrum::Gaussian;

pub(super) fn cases() -> Vec<Case> {
    let ways = REGULARISATIONS.iter().flat_map(|way| [left(way), restored(way)]);
    ways.chain([interpolated()]).collect()
}

const LENGTH: usize = 128;
const RATE: f64 = 1e5;

fn white(u: f64, length: usize) -> Covariance {
    Covariance::White { variance: Variance(u * u), length }
}

/// A pulse whose spectrum is a Gaussian.
fn pulse() -> Vec<f64> {
    (0..LENGTH).map(|n| (-0.5 * ((n as f64 - 50.0) / 3.0).powi(2)).exp()).collect()
}

fn spectrum_of(signal: Vec<f64>) -> Spectrum {
    dft(&Signal::new(signal, white(0.0, LENGTH)).unwrap())
}

fn through(signal: Vec<f64>, response: &[Complex64]) -> Vec<f64> {
    idft(spectrum_of(signal).scaled(response).unwrap()).into_parts().0
}

/// A resonance at 20 kHz, each line known to 2 %.
fn sensor() -> Spectrum {
    let value = |k: usize| {
        let ratio = k as f64 * RATE / LENGTH as f64 / 2e4;
        Complex64::new(1.0 - ratio * ratio, 0.3 * ratio).inv()
    };
    let values: Vec<Complex64> = (0..=LENGTH / 2).map(value).collect();
    let bins = values.iter().map(|h| Bivariate::circular((0.02 * h.norm()).powi(2))).collect();
    Spectrum::new(LENGTH, values, SpectralCovariance::per_bin(LENGTH, bins).unwrap()).unwrap()
}

/// The sensor as a calibration finds it.
fn calibrated(nominal: &Spectrum, gaussian: &mut Gaussian) -> Spectrum {
    let drawn = Sampler::of_spectrum(nominal.covariance()).unwrap().draw(gaussian);
    let error = |k: usize| Complex64::new(drawn[k], drawn[LENGTH / 2 + 1 + k]);
    let values = nominal.values().iter().enumerate().map(|(k, h)| h + error(k)).collect();
    Spectrum::new(LENGTH, values, nominal.covariance().clone()).unwrap()
}

/// The restored pulse, its gains, and the standard uncertainties without and with the bias.
fn deconvolved(regularisation: &'static Regularisation, stream: u64) -> (Vec<f64>, Vec<f64>, [Vec<f64>; 2]) {
    let strength = match regularisation.name {
        "low-pass" => 2e4,
        "wiener" => 1.0,
        _ => 0.1,
    };
    let (nominal, mut gaussian) = (sensor(), Gaussian::new(21, stream));
    let response = calibrated(&nominal, &mut gaussian);
    let certain = through(pulse(), nominal.values());
    let noisy = certain.iter().zip(gaussian).map(|(x, error)| x + 0.01 * error).collect();
    let signal = Signal::new(noisy, white(0.01, LENGTH)).unwrap();
    let bound: Vec<f64> = spectrum_of(pulse()).values().iter().map(|x| 1.1 * x.norm()).collect();
    let recorded = Recorded { signal: &signal, rate: RATE, response: &response, bound: &bound };
    let restored = Deconvolution { regularisation, strength }.apply(&recorded).unwrap();
    let u = [restored.signal.covariance().standard_uncertainties(), restored.standard_uncertainties()];
    (restored.signal.values().to_vec(), restored.gains, u)
}

/// The share of the points that are held.
fn share(found: &[f64], truth: &[f64], u: &[f64]) -> Vec<f64> {
    let held: f64 = found.iter().zip(truth).zip(u).map(|((x, truth), u)| within(x - truth, *u)).sum();
    vec![held / found.len() as f64]
}

/// What the gains leave of the pulse, within the uncertainty without the bias.
fn left(way: &'static Regularisation) -> Case {
    let trial = move |stream| {
        let (found, gains, [u, _]) = deconvolved(way, stream);
        let gains: Vec<Complex64> = gains.into_iter().map(Complex64::from).collect();
        share(&found, &through(pulse(), &gains), &u)
    };
    deconvolution(format!("{}, what it leaves of the signal", way.name), Claim::Stated, trial)
}

/// The pulse itself, within the uncertainty with the bound of the bias in it.
fn restored(way: &'static Regularisation) -> Case {
    let trial = move |stream| {
        let (found, _, [_, total]) = deconvolved(way, stream);
        share(&found, &pulse(), &total)
    };
    deconvolution(format!("{}, the signal, bias in the budget", way.name), Claim::AtLeast, trial)
}

fn deconvolution(name: String, claim: Claim, trial: impl Fn(u64) -> Vec<f64> + Sync + 'static) -> Case {
    Case { part: "deconvolution", name, of: vec!["signal".into()], claim, trial: Box::new(trial) }
}

/// A straight line through points with errors of value and of time, at instants between.
fn interpolated() -> Case {
    let stamps = [0.0, 1.0, 1.7, 3.0, 3.5, 5.0, 6.1, 7.0];
    let instants = vec![0.0, 0.4, 1.35, 1.7, 2.9, 3.2, 4.4, 6.0, 6.9, 7.0];
    let line = |t: f64| 2.0 * t + 1.0;
    let trial = move |stream| {
        let mut gaussian = Gaussian::new(11, stream);
        let actual = stamps.map(|t| t + 0.05 * gaussian.draw());
        let measured = actual.map(|t| line(t) + 0.1 * gaussian.draw());
        let signal = Signal::new(measured.to_vec(), white(0.1, 8)).unwrap();
        let stamps = Instants::uncertain(stamps.to_vec(), white(0.05, 8)).unwrap();
        let found = interpolate(&signal, &stamps, &Instants::exact(instants.clone()), Scheme::Spline).unwrap();
        let truth: Vec<f64> = instants.iter().map(|t| line(*t)).collect();
        share(found.values(), &truth, &found.covariance().standard_uncertainties())
    };
    Case {
        part: "interpolation",
        name: "spline, uncertain values and time stamps".into(),
        of: vec!["values".into()],
        claim: Claim::Stated,
        trial: Box::new(trial),
    }
}
