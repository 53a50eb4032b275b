use super::*;
use crate::covariance::Bivariate;
use sigmatau_spectrum::Gaussian;

const RATE: f64 = 1000.0;
const JITTER: f64 = 2e-5;

/// Counts and receive times of 400 blocks: a clock with offset, rate and drift about the middle, Gaussian jitter, and
/// a share of stamps that are late by an exponential delay.
fn received(true_clock: [f64; 3], share: f64, mean: f64, stream: u64) -> (Vec<f64>, Vec<f64>) {
    let mut numbers = Gaussian::new(5, stream);
    let samples: Vec<f64> = (0..400).map(|k| 250.0 * f64::from(k)).collect();
    let middle = 0.5 * (samples[0] + samples[399]) / RATE;
    let mut uniform = || 0.5 * twice_beyond(-numbers.draw());
    let mut jitter = Gaussian::new(6, stream);
    let time = |sample: &f64| {
        let own = sample / RATE;
        let basis = basis(own - middle, 3);
        let right: f64 = basis.iter().zip(true_clock).map(|(b, c)| b * c).sum();
        let late = if uniform() < share { -mean * uniform().ln() } else { 0.0 };
        own + right + JITTER * jitter.draw() + late
    };
    let times = samples.iter().map(time).collect();
    (samples, times)
}

/// erfc(x/√2): twice the probability of a Gaussian number above x.
fn twice_beyond(x: f64) -> f64 {
    statrs::function::erf::erfc(x / std::f64::consts::SQRT_2)
}

fn stamps<'a>(samples: &'a [f64], times: &'a [f64], terms: Terms) -> Stamps<'a> {
    Stamps { samples, times, jitter: StandardUncertainty(JITTER), terms, ..Stamps::at(RATE) }
}

#[test]
fn the_clock_covers_the_truth_with_and_without_late_stamps() {
    let truth = [3e-3, 4e-5, 2e-8];
    for (share, mean) in [(0.0, 1e-3), (0.3, 1e-3), (0.7, 1e-4)] {
        let (mut inside, mut squares, trials) = ([0; 3], [0.0; 3], 200);
        for trial in 0..trials {
            let (samples, times) = received(truth, share, mean, trial);
            let clock = SampleClock::from_stamps(&stamps(&samples, &times, Terms::Drift)).unwrap();
            for k in 0..3 {
                let off = (clock.coefficients[k] - truth[k]) / clock.covariance[(k, k)].sqrt();
                inside[k] += i32::from(off.abs() < 1.96);
                squares[k] += off * off / trials as f64;
            }
        }
        // 95 % of 200 are 190, with a standard deviation of 3.1.
        assert!(inside.iter().all(|count| (180..=199).contains(count)), "{share} {mean}: {inside:?} {squares:?}");
    }
}

#[test]
fn late_stamps_pull_plain_least_squares_but_not_the_clock() {
    let (samples, times) = received([0.0; 3], 0.3, 1e-3, 1000);
    let clock = SampleClock::from_stamps(&stamps(&samples, &times, Terms::Rate)).unwrap();
    let mean = samples.iter().zip(&times).map(|(k, t)| t - k / RATE).sum::<f64>() / 400.0;
    assert!(mean > 2e-4, "plain least squares is off by the mean delay");
    assert!(clock.coefficients[0].abs() < 4.0 * clock.covariance[(0, 0)].sqrt());
    assert!(clock.covariance[(0, 0)].sqrt() < 2e-6);
    let Delays { share, mean } = clock.delays.unwrap();
    assert!((share - 0.3).abs() < 0.08 && (mean / 1e-3 - 1.0).abs() < 0.3, "{share} {mean}");
    assert_eq!(clock.findings[0].code, "late-stamps");
}

#[test]
fn without_late_stamps_the_clock_is_that_of_least_squares() {
    let (samples, times) = received([1e-3, 0.0, 0.0], 0.0, 1.0, 2000);
    let clock = SampleClock::from_stamps(&stamps(&samples, &times, Terms::Offset)).unwrap();
    let mean = samples.iter().zip(&times).map(|(k, t)| t - k / RATE).sum::<f64>() / 400.0;
    assert!((clock.coefficients[0] - mean).abs() < 0.1 * JITTER);
}

#[test]
fn scale_and_shift_of_the_stamps_are_those_of_the_clock() {
    let (samples, times) = received([1e-3, 1e-5, 0.0], 0.2, 1e-3, 3000);
    let clock = |times: &[f64]| SampleClock::from_stamps(&stamps(&samples, times, Terms::Rate)).unwrap();
    let moved: Vec<f64> = times.iter().zip(&samples).map(|(t, k)| t + 7.0 + 1e-3 * k / RATE).collect();
    let (one, other) = (clock(&times), clock(&moved));
    let expected = [7.0 + 1e-3 * one.origin, 1e-3];
    for (k, expected) in expected.into_iter().enumerate() {
        let apart = other.coefficients[k] - one.coefficients[k] - expected;
        assert!(apart.abs() < 1e-3 * one.covariance[(k, k)].sqrt(), "{k}: {apart}");
    }
}

#[test]
fn a_jitter_that_is_stated_too_small_is_found() {
    let (samples, times) = received([0.0; 3], 0.0, 1.0, 4000);
    let bold = Stamps { jitter: StandardUncertainty(0.5 * JITTER), ..stamps(&samples, &times, Terms::Rate) };
    let clock = SampleClock::from_stamps(&bold).unwrap();
    assert!(clock.findings.iter().any(|finding| finding.code == "jitter-too-small"), "{:?}", clock.findings);
}

/// A tone of 80 Hz for 20 s as a sensor of true correction offset + rate (s − 10 s) and a reference record it.
fn tone_records(offset: f64, rate: f64, stream: u64) -> (Vec<f64>, Vec<f64>) {
    let mut noise = Gaussian::new(7, stream);
    let at = |time: f64| (TAU * 80.0 * time + 0.4).cos() + 0.2;
    let own = |k: u32| {
        let s = f64::from(k) / RATE;
        s + offset + rate * (s - 10.0)
    };
    let sensor = (0..20_000).map(|k| at(own(k)) + 0.01 * noise.draw()).collect();
    let reference = (0..100_000).map(|k| at(f64::from(k) / 5000.0) + 0.001 * noise.draw()).collect();
    (sensor, reference)
}

fn by_tone(sensor: &[f64], reference: &[f64]) -> Result<SampleClock, ClockError> {
    SampleClock::from_tone(&Tone {
        sensor,
        sensor_rate: RATE,
        reference,
        reference_rate: 5000.0,
        frequency: 80.0,
        block: 0.5,
        time_error: StandardUncertainty(0.0),
        terms: Terms::Rate,
    })
}

#[test]
fn a_tone_in_both_records_tells_the_clock_within_its_interval() {
    let (offset, rate, trials) = (1.2e-3, 8e-5, 60);
    let mut inside = [0; 2];
    for trial in 0..trials {
        let (sensor, reference) = tone_records(offset, rate, trial);
        let clock = by_tone(&sensor, &reference).unwrap();
        for (k, truth) in [offset, rate].into_iter().enumerate() {
            let off = (clock.coefficients[k] - truth) / clock.covariance[(k, k)].sqrt();
            inside[k] += i32::from(off.abs() < 2.024); // Student's 97.5 % point at 38 degrees of freedom
        }
    }
    // 95 % of 60 are 57, with a standard deviation of 1.7.
    assert!(inside.iter().all(|count| *count >= 52), "{inside:?}");
}

#[test]
fn a_corrected_response_has_the_phase_of_the_reference() {
    let (sensor, reference) = tone_records(1.2e-3, 0.0, 99);
    let clock = by_tone(&sensor, &reference).unwrap();
    let shown = Complex64::cis(TAU * 80.0 * 1.2e-3);
    let line = Line { frequency: 80.0, value: shown, covariance: Bivariate::default(), coherence: 1.0, dof: 9.0 };
    let response = clock.corrected(&Response { lines: vec![line], ..Response::default() }, 10.0);
    let shifted = SampleClock { reference: StandardUncertainty(1e-5), ..clock };
    let with = shifted.source(&[80.0], 10.0).added_to(&response).lines[0];
    assert!(with.value.arg().abs() < 4.0 * shifted.uncertainty(10.0).0 * TAU * 80.0);
    assert!((with.phase_u() / (TAU * 80.0 * shifted.uncertainty(10.0).0) - 1.0).abs() < 1e-6);
    assert!(shifted.uncertainty(10.0).0 > 1e-5, "the reference clock is in it");
}

#[test]
fn what_makes_no_clock_is_refused() {
    let said = |stamps: &Stamps<'_>| SampleClock::from_stamps(stamps).unwrap_err().to_string();
    let (samples, times) = ([0.0, 1.0, 2.0], [0.0, 1e-3, 2e-3]);
    assert!(said(&stamps(&samples, &times[..2], Terms::Rate)).contains("3 numbers in one column and 2 in the other"));
    assert!(said(&stamps(&samples, &times, Terms::Drift)).contains("3 stamps do not determine 3 coefficients"));
    assert!(said(&stamps(&samples, &[0.0, f64::NAN, 1.0], Terms::Rate)).contains("at 1 of the column `times` is NaN"));
    assert!(said(&Stamps { rate: 0.0, ..stamps(&samples, &times, Terms::Rate) }).contains("the rate 0 is not"));
    let high = Tone {
        sensor: &samples,
        sensor_rate: RATE,
        reference: &samples,
        reference_rate: RATE,
        frequency: 600.0,
        block: 1.0,
        time_error: StandardUncertainty(0.0),
        terms: Terms::Rate,
    };
    assert!(SampleClock::from_tone(&high).unwrap_err().to_string().contains("a tone of 600 Hz"));
}
