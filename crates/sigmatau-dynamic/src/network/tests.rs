use super::*;
use crate::source::Parts;
use nalgebra::{DMatrix, DVector};
use sigmatau_spectrum::Gaussian;

const SENSORS: usize = 6;

/// A network whose truth is known: three references, two of one standard, and sensors in one or more of three runs.
struct Truth {
    references: Vec<Complex64>,
    errors: Errors,
    sensors: Vec<Complex64>,
    excitations: Vec<Complex64>,
}

impl Truth {
    fn new() -> Self {
        let polar = Complex64::from_polar;
        let mut errors =
            Errors::independent("certificates", &[Bivariate { real: 4e-6, imaginary: 1e-6, cross: 5e-7 }; 3]);
        for place in 0..2 {
            errors.add(Source::new("standard", "gain"), place, Complex64::new(1e-3, 2e-4));
        }
        Self {
            references: vec![polar(2.0, 0.1), polar(1.0, -3.0), polar(0.5, 2.0)],
            errors,
            sensors: (0..SENSORS).map(|i| polar(1.0 + i as f64, 3.0 - i as f64)).collect(),
            excitations: vec![polar(3.0, 1.0), polar(0.7, -2.0), polar(10.0, 0.5)],
        }
    }

    /// The runs that a sensor takes part in.
    fn runs(sensor: usize) -> Vec<usize> {
        match sensor % 3 {
            0 => vec![0],
            1 => vec![0, 1],
            _ => vec![2, 1, 0],
        }
    }

    /// Claimed responses and readings, wrong as the errors and the noise say, times `noisy`.
    fn drawn(&self, noisy: f64, noise: &mut Gaussian) -> (Vec<Reference>, Vec<Vec<Reading>>) {
        let mut claimed = vec![Complex64::ZERO; self.references.len()];
        for (_, parts) in self.errors.sources() {
            let z = noisy * noise.draw();
            parts.iter().for_each(|(place, part)| claimed[*place] += part * z);
        }
        let mut read = |run: usize, response: Complex64| {
            let clean = response * self.excitations[run];
            let u = 1e-3 * clean.norm();
            let [a, b] = [(); 2].map(|()| u * noisy * noise.draw());
            let covariance = Bivariate { real: u * u, imaginary: 1.25 * u * u, cross: 0.5 * u * u };
            Reading { run, value: clean + Complex64::new(a, 0.5 * a + b), covariance }
        };
        let reference = |(place, response): (usize, &Complex64)| Reference {
            name: format!("R{place}"),
            response: response * claimed[place].exp(),
            readings: (0..3).filter(|run| *run != place).map(|run| read(run, *response)).collect(),
        };
        let references = self.references.iter().enumerate().map(reference).collect();
        let sensors = self
            .sensors
            .iter()
            .enumerate()
            .map(|(i, response)| Self::runs(i).into_iter().map(|run| read(run, *response)).collect());
        (references, sensors.collect())
    }
}

#[test]
fn readings_without_noise_give_the_responses() {
    let truth = Truth::new();
    let (references, sensors) = truth.drawn(0.0, &mut Gaussian::new(1, 0));
    let found = co_calibrate("2025", &references, &truth.errors, &sensors).unwrap();
    for (found, truth) in found.responses.iter().zip(&truth.sensors) {
        assert!((found / truth - 1.0).norm() < 1e-12, "{found}, {truth}");
    }
    assert!(found.chi_squared < 1e-12 && found.findings.is_empty(), "{:?}", found.findings);
    assert!(found.references.iter().all(|check| check.p_value > 0.999));
}

/// Everything at once by one dense least-squares problem, of sensors, excitations and references.
#[test]
fn results_are_those_of_the_dense_problem() {
    let truth = Truth::new();
    let (references, sensors) = truth.drawn(1.0, &mut Gaussian::new(2, 0));
    let found = co_calibrate("2025", &references, &truth.errors, &sensors).unwrap();
    let (runs, count) = (3, references.len());
    let unknowns = 2 * (SENSORS + runs + count);
    let mut normal = DMatrix::zeros(unknowns, unknowns);
    let mut right = DVector::zeros(unknowns);
    let prior = truth.errors.dense().try_inverse().unwrap();
    normal.view_mut((2 * (SENSORS + runs), 2 * (SENSORS + runs)), (2 * count, 2 * count)).copy_from(&prior);
    let mut add = |reading: &Reading, channel: usize, first: Complex64| {
        let relative = reading.covariance.times(reading.value.inv());
        let weight =
            Matrix2::new(relative.real, relative.cross, relative.cross, relative.imaginary).try_inverse().unwrap();
        let log = (reading.value / (first * truth.excitations[reading.run])).ln();
        for a in [2 * channel, 2 * (SENSORS + reading.run)] {
            for b in [2 * channel, 2 * (SENSORS + reading.run)] {
                let mut block = normal.fixed_view_mut::<2, 2>(a, b);
                block += weight;
            }
            let mut rows = right.fixed_rows_mut::<2>(a);
            rows += weight * Vector2::new(log.re, log.im);
        }
    };
    for (i, readings) in sensors.iter().enumerate() {
        readings.iter().for_each(|reading| add(reading, i, truth.sensors[i]));
    }
    for (r, reference) in references.iter().enumerate() {
        reference.readings.iter().for_each(|reading| add(reading, SENSORS + runs + r, reference.response));
    }
    let covariance = normal.try_inverse().unwrap();
    let solution = &covariance * right;
    for i in 0..SENSORS {
        let direct = truth.sensors[i] * Complex64::new(solution[2 * i], solution[2 * i + 1]).exp();
        assert!((found.responses[i] / direct - 1.0).norm() < 1e-12, "sensor {i}");
        for j in 0..SENSORS {
            let direct = covariance.fixed_view::<2, 2>(2 * i, 2 * j).into_owned();
            assert!((found.errors.between(i, j) - direct).norm() < 1e-10 * covariance[(0, 0)], "{i}, {j}");
        }
    }
}

/// How often the truth lies within 1.96 u, how often differences of two sensors do, and whether χ² and the checks of
/// the references are significant as often as they should.
#[test]
fn intervals_and_tests_cover() {
    let (truth, trials) = (Truth::new(), 1000);
    let (mut held, mut rejected) = ([0; 3], [0; 2]);
    for trial in 0..trials {
        let (references, sensors) = truth.drawn(1.0, &mut Gaussian::new(31, trial));
        let found = co_calibrate("2025", &references, &truth.errors, &sensors).unwrap();
        let off: Vec<Complex64> =
            found.responses.iter().zip(&truth.sensors).map(|(found, truth)| (found / truth).ln()).collect();
        held[0] += usize::from(off[0].re.abs() < 1.96 * found.errors.at(0).real.sqrt());
        held[1] += usize::from(off[2].im.abs() < 1.96 * found.errors.at(2).imaginary.sqrt());
        let apart = found.errors.at(1).real + found.errors.at(5).real - 2.0 * found.errors.between(1, 5)[(0, 0)];
        held[2] += usize::from((off[1] - off[5]).re.abs() < 1.96 * apart.sqrt());
        rejected[0] += usize::from(found.p_value.unwrap() < 0.05);
        rejected[1] += usize::from(found.references[2].p_value < 0.05);
    }
    let near = |count: usize, share: f64| (count as f64 / trials as f64 - share).abs() < 3.0 * 0.007;
    assert!(held.iter().all(|count| near(*count, 0.95)), "{held:?} of {trials} held");
    assert!(rejected.iter().all(|count| near(*count, 0.05)), "{rejected:?} of {trials} rejected");
}

#[test]
fn errors_of_the_references_keep_their_names() {
    let truth = Truth::new();
    let (references, sensors) = truth.drawn(1.0, &mut Gaussian::new(2, 0));
    let errors = [(); 2].map(|()| co_calibrate("2025", &references, &truth.errors, &sensors).unwrap().errors);
    assert_eq!(errors[0].combined(1.0, &errors[1], -1.0).sources().count(), 0);
    assert!(errors[0].sources().any(|(source, parts)| source.of == "standard" && parts.len() == SENSORS));
}

#[test]
fn an_outlying_reference_is_named() {
    let truth = Truth::new();
    let (mut references, sensors) = truth.drawn(1.0, &mut Gaussian::new(3, 0));
    references[1].response *= 1.02;
    let found = co_calibrate("2025", &references, &truth.errors, &sensors).unwrap();
    let finding = &found.findings[0];
    assert_eq!((finding.code.as_ref(), finding.subject.as_str()), ("reference-deviates", "R1"));
    assert!((found.references[1].deviation.re + 0.02).abs() < 4.0 * found.references[1].covariance.real.sqrt());
}

#[test]
fn of_two_references_nobody_can_tell_which_is_wrong() {
    let truth = Truth::new();
    let (mut references, sensors) = truth.drawn(1.0, &mut Gaussian::new(3, 0));
    references.truncate(2);
    references[1].response *= 1.02;
    let errors = Errors::independent("certificates", &[Bivariate::circular(1e-8); 2]);
    let found = co_calibrate("2025", &references, &errors, &sensors).unwrap();
    assert!(found.references.iter().all(|check| check.p_value < 1e-4));
    assert!(found.findings[0].advice.contains("add a third"));
}

/// Two references known to 0.1, and noise of 1e-8: what two sensors of different runs differ by is known to the noise.
#[test]
fn noise_far_below_the_references_is_not_lost() {
    let reading = |run: usize, value: f64| Reading {
        run,
        value: value.into(),
        covariance: Bivariate::circular(1e-16 * value * value),
    };
    let reference = |name: &str, value: f64| {
        let readings = vec![reading(0, value), reading(1, value)];
        Reference { name: name.to_owned(), response: value.into(), readings }
    };
    let errors = Errors::independent("certificates", &[Bivariate::circular(1e-2); 2]);
    let sensors = [vec![reading(0, 3.0)], vec![reading(1, 5.0)]];
    let found = co_calibrate("2025", &[reference("A", 1.0), reference("B", 2.0)], &errors, &sensors).unwrap();
    let difference =
        |parts: &Parts| parts.iter().map(|(place, part)| if *place == 0 { part.re } else { -part.re }).sum::<f64>();
    let variance: f64 = found.errors.sources().map(|(_, parts)| difference(parts).powi(2)).sum();
    // Each sensor is off by its own noise and by that of the mean of two references.
    assert!((variance / 3e-16 - 1.0).abs() < 1e-6, "{variance}");
    // The last digits go with the ratio of the two, 1e7.
    assert!((found.errors.at(0).real / 5e-3 - 1.0).abs() < 1e-8);
}

#[test]
fn one_bad_sensor_is_a_finding_and_the_others_stand() {
    let truth = Truth::new();
    let (references, mut sensors) = truth.drawn(0.0, &mut Gaussian::new(4, 0));
    sensors[0][0].value = Complex64::ZERO;
    sensors[2][1].value = Complex64::new(f64::NAN, 0.0);
    let found = co_calibrate("2025", &references, &truth.errors, &sensors).unwrap();
    let said: Vec<(&str, &str)> =
        found.findings.iter().map(|finding| (finding.code.as_ref(), finding.subject.as_str())).collect();
    assert_eq!(said, [("no-signal", "sensor 0"), ("readings-lost", "sensor 2")]);
    assert!(found.responses[0].is_nan() && (found.responses[2] / truth.sensors[2] - 1.0).norm() < 1e-12);
}

#[test]
fn a_run_without_reference_is_refused() {
    let truth = Truth::new();
    let (mut references, sensors) = truth.drawn(0.0, &mut Gaussian::new(4, 0));
    references.iter_mut().for_each(|reference| reference.readings.retain(|reading| reading.run != 1));
    assert_eq!(co_calibrate("2025", &references, &truth.errors, &sensors), Err(NetworkError::Run(1)));
    let refused = co_calibrate("2025", &references, &Errors::none(1), &sensors).unwrap_err().to_string();
    assert!(refused.contains("3 references and errors of 1"), "{refused}");
}

#[test]
fn a_reference_of_unknown_uncertainty_is_refused() {
    let truth = Truth::new();
    let (references, sensors) = truth.drawn(0.0, &mut Gaussian::new(4, 0));
    let mut errors = truth.errors;
    errors.add(Source::new("certificate", "gain"), 1, Complex64::new(f64::NAN, 0.0));
    let refused = co_calibrate("2025", &references, &errors, &sensors).unwrap_err().to_string();
    assert!(refused.contains("`R1`") && refused.contains("certificate"), "{refused}");
}
