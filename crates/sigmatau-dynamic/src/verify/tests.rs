use super::*;
use crate::covariance::{Covariance, Sampler, SpectralCovariance, Variance};
use crate::dft::{Polar, Signal, Spectrum, dft, idft};
use crate::{Bivariate, Complex64};

fn claims(signal: &Signal) -> Vec<Claim> {
    let u = signal.covariance().standard_uncertainties();
    signal.values().iter().zip(u).map(|(value, u)| Claim { value: *value, u }).collect()
}

fn signal(length: usize, u: f64) -> Signal {
    let pulse = |n: usize| (-0.5 * ((n as f64 - 20.0) / 2.0).powi(2)).exp();
    let covariance = Covariance::White { variance: Variance(u * u), length };
    Signal::new((0..length).map(pulse).collect(), covariance).unwrap()
}

/// A response with a resonance, and with the standard uncertainty `phase_u` of its phase in rad.
fn response(length: usize, phase_u: f64) -> Spectrum {
    let amplitude = |k: usize| 1.0 + 0.5 * (0.2 * k as f64).sin();
    let bins = length / 2 + 1;
    let errors = |k: usize| Bivariate { real: (0.01 * amplitude(k)).powi(2), imaginary: phase_u * phase_u, cross: 0.0 };
    let covariance = SpectralCovariance::per_bin(length, (0..bins).map(errors).collect()).unwrap();
    let phases = (0..bins).map(|k| -0.1 * k as f64).collect();
    Polar::new(length, (0..bins).map(amplitude).collect(), phases, covariance).unwrap().to_spectrum().0
}

/// The case of the hydrophone: what a sensor recorded, deconvolved by a response whose phase is uncertain.
fn deconvolved(length: usize, phase_u: f64) -> (Vec<Claim>, Verification) {
    let certain = Covariance::White { variance: Variance(1e-6), length };
    let truth = Signal::new(signal(length, 0.0).into_parts().0, certain.clone()).unwrap();
    let nominal = response(length, phase_u);
    let recorded = idft(dft(&truth).scaled(nominal.values()).unwrap()).into_parts().0;
    let measured = Signal::new(recorded.clone(), certain.clone()).unwrap();
    let linear = claims(&idft(dft(&measured).over(nominal.clone()).unwrap()));
    let sampler = Sampler::new(&certain).unwrap();
    let trial = |gaussian: &mut Gaussian| {
        let noisy = recorded.iter().zip(sampler.draw(gaussian)).map(|(x, e)| x + e).collect();
        let turn = |(k, h): (usize, &Complex64)| {
            let phase = if k == 0 || 2 * k == length { 0.0 } else { phase_u * gaussian.draw() };
            h * (1.0 + 0.01 * gaussian.draw()) * Complex64::cis(phase)
        };
        let drawn = nominal.values().iter().enumerate().map(turn).collect();
        let drawn = Spectrum::new(length, drawn, SpectralCovariance::none(length)).unwrap();
        Some(idft(dft(&Signal::new(noisy, certain.clone()).unwrap()).over(drawn).unwrap()).into_parts().0)
    };
    let found = verify(&linear, trial, Check::default()).unwrap();
    (linear, found)
}

#[test]
fn certain_phases_leave_deconvolution_linear() {
    let (_, found) = deconvolved(64, 0.02);
    assert_eq!(found.failed(), Vec::<usize>::new(), "{:?}", found.findings());
}

/// Phases uncertain by 14° lower the mean of the peak by 1 − e^(−u²/2) = 3 %, which linear propagation does not know.
#[test]
fn uncertain_phases_bias_the_peak_and_the_check_says_so() {
    let phase_u = 14.0f64.to_radians();
    let (linear, found) = deconvolved(64, phase_u);
    let peak = (0..64).max_by(|a, b| linear[*a].value.total_cmp(&linear[*b].value)).unwrap();
    let verdict = found.verdicts[peak];
    assert!(verdict.failed.bias, "{verdict:?}");
    let expected = linear[peak].value * ((-0.5 * phase_u * phase_u).exp() - 1.0);
    assert!((verdict.mean - linear[peak].value - expected).abs() < 0.3 * expected.abs(), "{verdict:?} {expected}");
    let findings = found.findings();
    assert!(findings[0].code == "linear-bias" && findings[0].seen.contains(&format!("{peak} (")), "{findings:?}");
}

#[test]
fn linear_results_raise_no_false_alarm() {
    let claims = vec![Claim { value: 3.0, u: 0.1 }; 20];
    let trial = |gaussian: &mut Gaussian| Some((0..20).map(|_| 3.0 + 0.1 * gaussian.draw()).collect());
    let alarms = (0..100).filter(|seed| {
        let check = Check { seed: *seed, trials: 200, bias: 0.0, spread: 0.0, skewness: 0.0, kurtosis: 0.0 };
        let verdicts = verify(&claims, trial, check).unwrap().verdicts;
        verdicts.iter().any(|verdict| verdict.failed.bias || verdict.failed.spread)
    });
    let alarms = alarms.count();
    assert!(alarms <= 4, "{alarms} of 100");
}

#[test]
fn too_small_an_uncertainty_fails_by_its_spread() {
    let claims = [Claim { value: 0.0, u: 0.8 }];
    let found = verify(&claims, |gaussian| Some(vec![gaussian.draw()]), Check::default()).unwrap();
    assert_eq!(found.verdicts[0].failed, Failure { spread: true, ..Failure::default() });
}

#[test]
fn threads_change_no_bit() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let trial = |gaussian: &mut Gaussian| Some((0..5).map(|_| gaussian.draw().exp()).collect());
            verify(&[Claim { value: 1.0, u: 1.0 }; 5], trial, Check { trials: 333, ..Check::default() }).unwrap()
        })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn bad_requests_are_refused() {
    let few = Check { trials: 99, ..Check::default() };
    assert_eq!(verify(&[], |_| Some(Vec::new()), few), Err(VerifyError::Trials(99)));
    let values = verify(&[], |_| Some(vec![1.0]), Check::default());
    assert_eq!(values, Err(VerifyError::Values { expected: 0, found: 1 }));
}
