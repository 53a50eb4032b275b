use super::*;
use crate::{Bivariate, Covariance, Variance};

const LENGTH: usize = 128;
const RATE: f64 = 1e5;

/// A pulse whose spectrum is known in closed form to be a Gaussian.
fn pulse() -> Vec<f64> {
    (0..LENGTH).map(|n| (-0.5 * ((n as f64 - 50.0) / 3.0).powi(2)).exp()).collect()
}

fn white(u: f64) -> Covariance {
    Covariance::White { variance: Variance(u * u), length: LENGTH }
}

/// A sensor of second order with its resonance at 20 kHz, each line with the relative standard uncertainty `u`.
fn sensor(u: f64) -> Spectrum {
    let value = |k: usize| {
        let ratio = k as f64 * RATE / LENGTH as f64 / 2e4;
        Complex64::new(1.0 - ratio * ratio, 0.3 * ratio).inv()
    };
    let values: Vec<Complex64> = (0..=LENGTH / 2).map(value).collect();
    let bins = values.iter().map(|h| Bivariate::circular((u * h.norm()).powi(2))).collect();
    Spectrum::new(LENGTH, values, SpectralCovariance::per_bin(LENGTH, bins).unwrap()).unwrap()
}

fn through(signal: Vec<f64>, response: &Spectrum) -> Vec<f64> {
    idft(dft(&Signal::new(signal, white(0.0)).unwrap()).scaled(response.values()).unwrap()).into_parts().0
}

/// |X| of the pulse, and a tenth more.
fn bound() -> Vec<f64> {
    dft(&Signal::new(pulse(), white(0.0)).unwrap()).values().iter().map(|x| 1.1 * x.norm()).collect()
}

fn all() -> Vec<Deconvolution> {
    let strength = |name: &str| {
        if name == "low-pass" {
            2e4
        } else if name == "wiener" {
            1.0
        } else {
            0.1
        }
    };
    REGULARISATIONS
        .iter()
        .map(|entry| Deconvolution { regularisation: entry, strength: strength(entry.name) })
        .collect()
}

#[test]
fn names_lead_to_entries_and_wrong_ones_to_the_nearest() {
    for entry in REGULARISATIONS {
        assert_eq!(Regularisation::named(entry.name).unwrap().name, entry.name);
    }
    assert!(Regularisation::named("tikonov").unwrap_err().to_string().contains("tikhonov"));
}

#[test]
fn gains_lie_between_none_and_all_and_fall_with_the_response() {
    let bin = |response: f64| Bin { frequency: 1e3 / response, response, largest: 1.0, noise: 1e-4, bound: 1.0 };
    for Deconvolution { regularisation, strength } in all() {
        let gains: Vec<f64> = [1.0, 0.3, 0.1, 0.01, 0.001].map(|h| (regularisation.gain)(&bin(h), strength)).to_vec();
        assert!(gains.windows(2).all(|pair| pair[1] <= pair[0]), "{}: {gains:?}", regularisation.name);
        assert!(gains[0] > 0.98 && gains[0] <= 1.0 && gains[4] >= 0.0 && gains[4] < 0.02, "{gains:?}");
    }
}

/// Without noise what is missing is (g − 1) X, which the bound holds.
#[test]
fn bias_stays_within_its_bound() {
    let (response, bound) = (sensor(0.0), bound());
    let signal = Signal::new(through(pulse(), &response), white(1e-4)).unwrap();
    for way in all() {
        let restored =
            way.apply(&Recorded { signal: &signal, rate: RATE, response: &response, bound: &bound }).unwrap();
        let missing =
            restored.signal.values().iter().zip(pulse()).map(|(x, truth)| (x - truth).abs()).fold(0.0, f64::max);
        assert!(missing < restored.bias && restored.bias < 4.0 * missing, "{way:?}: {missing} of {}", restored.bias);
    }
}

#[test]
fn covariance_in_time_is_that_of_independent_bins() {
    let (response, bound) = (sensor(0.02), bound());
    let signal = Signal::new(through(pulse(), &response), white(0.01)).unwrap();
    let restored =
        all()[0].apply(&Recorded { signal: &signal, rate: RATE, response: &response, bound: &bound }).unwrap();
    assert!(matches!(restored.signal.covariance(), Covariance::Mirrored { .. }));
}

#[test]
fn check_passes_a_good_response_and_names_the_points_of_a_poor_one() {
    let bound = bound();
    for (u, linear) in [(0.02, true), (0.25, false)] {
        let response = sensor(u);
        let signal = Signal::new(through(pulse(), &response), white(0.01)).unwrap();
        let recorded = Recorded { signal: &signal, rate: RATE, response: &response, bound: &bound };
        let found = all()[2].verify(&recorded, Check { trials: 1000, ..Check::default() }).unwrap();
        assert_eq!(found.failed().is_empty(), linear, "{:?}", found.findings());
    }
}

#[test]
fn zero_response_gives_nothing_but_bias() {
    let mut values = vec![Complex64::ONE; 5];
    values[2] = Complex64::ZERO;
    let response = Spectrum::new(8, values, SpectralCovariance::none(8)).unwrap();
    let signal = Signal::new(vec![0.0; 8], Covariance::White { variance: Variance(1.0), length: 8 }).unwrap();
    let restored =
        all()[3].apply(&Recorded { signal: &signal, rate: 1.0, response: &response, bound: &[1.0; 5] }).unwrap();
    assert_eq!((restored.gains[2], restored.bias), (0.0, 0.25));
    assert!((restored.signal.covariance().entry(0, 0) - 0.75).abs() < 1e-15);
}

#[test]
fn bad_input_is_refused_with_its_value() {
    let response = sensor(0.0);
    let signal = Signal::new(pulse(), white(0.1)).unwrap();
    let refused = |strength: f64, rate: f64, bound: &[f64]| {
        let way = Deconvolution { strength, ..all()[0] };
        way.apply(&Recorded { signal: &signal, rate, response: &response, bound }).unwrap_err().to_string()
    };
    assert!(refused(0.0, RATE, &bound()).contains("strength 0"));
    assert!(refused(0.1, f64::NAN, &bound()).contains("rate NaN"));
    assert!(refused(0.1, RATE, &[1.0]).contains("of 1 points"));
    assert!(refused(0.1, RATE, &vec![-1.0; LENGTH / 2 + 1]).contains("bound -1 on bin 0"));
}
