//! Sensors calibrated together, and calibrated again.

use super::{Case, Claim, within};
use sigmatau_dynamic::drift::{Dated, Drift, extrapolate};
use sigmatau_dynamic::network::{Reading, Reference, co_calibrate};
use sigmatau_dynamic::source::{Errors, Source};
use sigmatau_dynamic::transducer::Transfer;
use sigmatau_dynamic::{Bivariate, Complex64};
use sigmatau_spectrum::Gaussian;

pub(super) fn cases() -> Vec<Case> {
    let case = |part, name: &str, of: &[&str], trial: fn(u64) -> Vec<f64>| Case {
        part,
        name: name.to_owned(),
        of: of.iter().map(|of| (*of).to_owned()).collect(),
        claim: Claim::Stated,
        trial: Box::new(trial),
    };
    vec![
        case(
            "networks",
            "six sensors, three references, three runs",
            &["magnitude", "phase", "ratio of two sensors"],
            co_calibrated,
        ),
        case("drift", "two calibrations against one standard", &["common change", "extrapolated magnitude"], drifted),
    ]
}

/// Certificates of three references, two of them of one standard.
fn certificates() -> Errors {
    let mut errors = Errors::independent("certificates", &[Bivariate { real: 4e-6, imaginary: 1e-6, cross: 5e-7 }; 3]);
    (0..2).for_each(|place| errors.add(Source::new("standard", "gain"), place, Complex64::new(1e-3, 2e-4)));
    errors
}

/// The runs that a sensor takes part in.
const RUNS: [&[usize]; 3] = [&[0], &[0, 1], &[2, 1, 0]];

fn read(run: usize, response: Complex64, noise: &mut Gaussian) -> Reading {
    let excitations = [(3.0, 1.0), (0.7, -2.0), (10.0, 0.5)].map(|(size, angle)| Complex64::from_polar(size, angle));
    let clean = response * excitations[run];
    let u = 1e-3 * clean.norm();
    let [a, b] = [(); 2].map(|()| u * noise.draw());
    let covariance = Bivariate { real: u * u, imaginary: 1.25 * u * u, cross: 0.5 * u * u };
    Reading { run, value: clean + Complex64::new(a, 0.5 * a + b), covariance }
}

fn co_calibrated(stream: u64) -> Vec<f64> {
    let (errors, mut noise) = (certificates(), Gaussian::new(31, stream));
    let mut references = [(2.0, 0.1), (1.0, -3.0), (0.5, 2.0)].map(|(size, angle)| Complex64::from_polar(size, angle));
    let truth: Vec<Complex64> = (0..6).map(|i| Complex64::from_polar(1.0 + f64::from(i), 3.0 - f64::from(i))).collect();
    let right = references;
    for (_, parts) in errors.sources() {
        let z = noise.draw();
        parts.iter().for_each(|(place, part)| references[*place] *= (part * z).exp());
    }
    let mut readings = |response: Complex64, runs: &[usize]| -> Vec<Reading> {
        runs.iter().map(|run| read(*run, response, &mut noise)).collect()
    };
    let seen: [&[usize]; 3] = [&[1, 2], &[0, 2], &[0, 1]];
    let certified = |place: usize, readings: Vec<Reading>| Reference {
        name: format!("R{place}"),
        response: references[place],
        readings,
    };
    let known: Vec<Reference> = (0..3).map(|place| certified(place, readings(right[place], seen[place]))).collect();
    let sensors: Vec<Vec<Reading>> = (0..6).map(|i| readings(truth[i], RUNS[i % 3])).collect();
    let found = co_calibrate("2025", &known, &errors, &sensors).unwrap();
    let off: Vec<Complex64> = found.responses.iter().zip(&truth).map(|(found, truth)| (found / truth).ln()).collect();
    let apart = found.errors.at(1).real + found.errors.at(5).real - 2.0 * found.errors.between(1, 5)[(0, 0)];
    vec![
        within(off[0].re, found.errors.at(0).real.sqrt()),
        within(off[2].im, found.errors.at(2).imaginary.sqrt()),
        within((off[1] - off[5]).re, apart.sqrt()),
    ]
}

const FREQUENCIES: [f64; 6] = [10.0, 20.0, 40.0, 80.0, 160.0, 320.0];
const REPEATABLE: f64 = 2e-4;
/// The standard deviation by which a response wanders in a day.
const WALK: f64 = 1e-5;

fn response(change: Complex64) -> [Complex64; 6] {
    FREQUENCIES.map(|f| Complex64::from_polar(2.0, -f * 1e-3) * change.exp())
}

/// A calibration, wrong by its own noise and by the standard.
fn calibrated(name: &str, change: Complex64, standard: Complex64, noise: &mut Gaussian) -> Transfer {
    let mut off = || Complex64::new(REPEATABLE * noise.draw(), REPEATABLE * noise.draw());
    let values = response(change).iter().map(|value| value * (standard + off()).exp()).collect();
    let errors = Errors::independent(name, &[Bivariate::circular(REPEATABLE * REPEATABLE); 6]);
    let transfer = Transfer { frequencies: FREQUENCIES.to_vec(), values, errors, findings: Vec::new() };
    let with_gain = transfer.with_source(&Source::new("standard", "gain"), |_| Complex64::new(1e-3, 0.0));
    with_gain.with_source(&Source::new("standard", "phase"), |_| Complex64::new(0.0, 2e-3))
}

/// A steady change by the year, on which the response wanders, to a day beyond both calibrations.
fn drifted(stream: u64) -> Vec<f64> {
    let (mut noise, yearly) = (Gaussian::new(29, stream), Complex64::new(3e-4, -2e-4));
    let standard = Complex64::new(1e-3 * noise.draw(), 2e-3 * noise.draw());
    let mut wander = |days: f64| WALK * days.sqrt() * noise.draw();
    let [until, beyond] = [365.0, 500.0].map(|days| Complex64::new(wander(days), wander(days)));
    let change = yearly + until;
    let first = calibrated("2024", Complex64::ZERO, standard, &mut noise);
    let second = calibrated("2025", change, standard, &mut noise);
    let dated = [Dated { day: 0.0, transfer: &first }, Dated { day: 365.0, transfer: &second }];
    let overall = Drift::between(&dated[0], &dated[1]).unwrap().overall.unwrap();
    let later = extrapolate(&dated[0], &dated[1], 865.0, WALK).unwrap();
    let now = response(yearly * (865.0 / 365.0) + until + beyond)[2];
    vec![
        within((overall.change - change).im, overall.covariance.imaginary.sqrt()),
        within((later.values[2] / now).ln().re, later.errors.at(2).real.sqrt()),
    ]
}
