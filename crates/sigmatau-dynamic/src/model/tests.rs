use super::*;
use crate::covariance::Covariance;

/// A definite model with likely values, for every entry of the table and with a delay.
fn every() -> Vec<(Structure, Vec<f64>)> {
    let settings = Settings { numerator: 2, denominator: 3, rate: Some(10_000.0), delay: true };
    let values = |model: &Model| match model.name {
        "first-order" => vec![1.7, 350.0, 2e-5],
        "second-order" => vec![0.2, 0.03, 3500.0, 2e-5],
        "rational" => vec![1.2, 3e-5, 2e-9, 2e-4, 3e-8, 1e-12, 2e-5],
        _ => vec![0.4, -0.2, 0.1, -1.2, 0.7, -0.1, 2e-5],
    };
    MODELS.iter().map(|model| (model.structure(&settings).unwrap(), values(model))).collect()
}

#[test]
fn slopes_are_those_of_small_steps() {
    for (structure, values) in every() {
        for frequency in [0.0, 120.0, 900.0, 3400.0] {
            let mut slopes = vec![Complex64::ZERO; values.len()];
            let value = structure.at(&values).value_and_slopes(frequency, &mut slopes);
            assert_eq!(value, structure.at(&values).value(frequency));
            for (place, slope) in slopes.iter().enumerate() {
                let step = 1e-5 * values[place].abs();
                let moved = |by: f64| {
                    let mut moved = values.clone();
                    moved[place] += by;
                    structure.at(&moved).value(frequency)
                };
                let found = (moved(step) - moved(-step)) / (2.0 * step);
                let scale = value.norm() / values[place].abs();
                assert!(
                    (found - slope).norm() < 1e-7 * scale.max(slope.norm()),
                    "{structure:?} {place} {frequency} {found} {slope}"
                );
            }
        }
    }
}

#[test]
fn sensitivity_scales_the_response_and_time_its_frequencies() {
    let structure = Model::named("second-order").unwrap().structure(&Settings::default()).unwrap();
    for frequency in [10.0, 3000.0, 9000.0] {
        let once = structure.at(&[0.2, 0.03, 3500.0]).value(frequency);
        let (scaled, slowed) = (structure.at(&[0.6, 0.03, 3500.0]), structure.at(&[0.2, 0.03, 350.0]));
        assert!((scaled.value(frequency) - 3.0 * once).norm() < 1e-15);
        assert!((slowed.value(frequency / 10.0) - once).norm() < 1e-14 * once.norm());
    }
}

#[test]
fn the_same_fraction_by_other_parameters_has_the_same_response() {
    let omega = std::f64::consts::TAU * 3500.0;
    let settings = Settings { denominator: 2, ..Settings::default() };
    let rational = Model::named("rational").unwrap().structure(&settings).unwrap();
    let resonance = Model::named("second-order").unwrap().structure(&settings).unwrap();
    let (a, b) = (rational.at(&[0.2, 0.06 / omega, omega.powi(-2)]), resonance.at(&[0.2, 0.03, 3500.0]));
    for frequency in [0.0, 100.0, 3500.0, 20_000.0] {
        assert!((a.value(frequency) - b.value(frequency)).norm() < 1e-14 * b.value(frequency).norm());
    }
}

#[test]
fn poles_of_a_resonance_are_known() {
    let structure = Model::named("second-order").unwrap().structure(&Settings::default()).unwrap();
    let omega = std::f64::consts::TAU * 3500.0;
    let poles = structure.at(&[0.2, 0.03, 3500.0]).poles();
    let expected = omega * Complex64::new(-0.03, (1.0_f64 - 0.03 * 0.03).sqrt());
    assert!(poles.iter().any(|pole| (pole - expected).norm() < 1e-12 * omega), "{poles:?}");
    assert!(structure.at(&[0.2, 0.03, 3500.0]).stable() && !structure.at(&[0.2, -0.03, 3500.0]).stable());
}

#[test]
fn a_discrete_model_is_stable_inside_the_unit_circle() {
    let settings = Settings { denominator: 1, rate: Some(100.0), ..Settings::default() };
    let structure = Model::named("discrete").unwrap().structure(&settings).unwrap();
    let slow = structure.at(&[1.0, -0.5]); // 1/(1 − z⁻¹/2)
    assert!((slow.poles()[0] - 0.5).norm() < 1e-15 && slow.stable());
    assert!((slow.value(50.0).re - 1.0 / 1.5).abs() < 1e-15 && !structure.at(&[1.0, -1.5]).stable());
}

#[test]
fn single_lines_and_all_lines_tell_the_same_covariance() {
    let (structure, values) = every().remove(1);
    let u = DMatrix::from_row_slice(4, 2, &[1e-3, 0.0, 2e-4, 1e-3, 5.0, 4.0, 0.0, 1e-7]);
    let known = structure.known(values, &u * u.transpose(), 30.0).unwrap();
    let frequencies = [0.0, 500.0, 3400.0];
    let Covariance::LowRank { sources } = known.covariance_of(&frequencies) else { panic!("sources were promised") };
    let all = &sources * sources.transpose();
    for (row, line) in known.response(&frequencies).lines.iter().enumerate() {
        let of_all = [all[(row, row)], all[(row + 3, row + 3)], all[(row, row + 3)]];
        let alone = [line.covariance.real, line.covariance.imaginary, line.covariance.cross];
        let scale = line.covariance.power();
        assert!(of_all.iter().zip(alone).all(|(a, b)| (a - b).abs() < 1e-12 * scale), "{of_all:?} {alone:?}");
    }
}

#[test]
fn what_makes_no_model_is_refused_with_the_remedy() {
    let said = |error: ModelError| error.to_string();
    assert!(said(Model::named("second order").unwrap_err()).ends_with("did you mean `second-order`?"));
    let discrete = Model::named("discrete").unwrap();
    assert!(said(discrete.structure(&Settings::default()).unwrap_err()).contains("positive number of hertz"));
    let structure = Model::named("first-order").unwrap().structure(&Settings::default()).unwrap();
    let short = structure.known(vec![1.0], DMatrix::zeros(2, 2), 9.0).unwrap_err();
    assert!(said(short).contains("it has 2 of them, and 1 values were given"));
    let nothing = Known::from_coefficients(&[1.0], &[0.0, 1.0], &DMatrix::zeros(3, 3)).unwrap_err();
    assert_eq!(nothing, ModelError::Constant(0.0));
}
