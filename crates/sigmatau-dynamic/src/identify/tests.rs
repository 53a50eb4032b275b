use super::*;
use crate::covariance::{Bivariate, StandardUncertainty, Variance};
use crate::model::{Model, Settings};
use crate::response::Line;
use crate::response::Sharing;
use nalgebra::DMatrix;
use sigmatau_spectrum::Gaussian;

fn structure(name: &str, numerator: usize, denominator: usize, delay: bool) -> Structure {
    let settings = Settings { numerator, denominator, rate: Some(25_000.0), delay };
    Model::named(name).unwrap().structure(&settings).unwrap()
}

fn resonance() -> Structure {
    structure("second-order", 0, 2, false)
}

fn band() -> Vec<f64> {
    (1..=50).map(|k| 100.0 * f64::from(k)).collect()
}

/// A response with independent errors of this standard uncertainty in Re and Im.
fn noisy(structure: &Structure, values: &[f64], frequencies: &[f64], u: f64, stream: u64) -> Response {
    let mut numbers = Gaussian::new(11, stream);
    let mut response = structure.response(values, frequencies);
    for line in &mut response.lines {
        line.value += u * Complex64::new(numbers.draw(), numbers.draw());
        line.covariance = Bivariate::circular(u * u);
    }
    response
}

fn codes(found: &Identified) -> Vec<&str> {
    found.findings.iter().map(|finding| finding.code.as_ref()).collect()
}

#[test]
fn exact_lines_give_the_parameters_back() {
    let cases = [
        (resonance(), vec![0.2, 0.03, 3500.0]),
        (structure("first-order", 0, 1, true), vec![-3.0, 800.0, 1.3e-4]),
        (structure("second-order", 0, 2, true), vec![0.2, 0.3, 2500.0, -2.1e-3]),
        (structure("rational", 1, 3, false), vec![1.2, 3e-5, 2e-4, 3e-8, 1e-12]),
        (structure("discrete", 1, 2, true), vec![0.4, -0.2, -1.2, 0.7, 3e-5]),
    ];
    for (structure, values) in cases {
        let mut response = structure.response(&values, &band());
        response.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(1e-8));
        let found = identify(&response, &structure, Between::Neighbours).unwrap();
        for (value, expected) in found.known.values().iter().zip(&values) {
            assert!(
                (value / expected - 1.0).abs() < 1e-9,
                "{structure:?}: {:?} instead of {values:?}",
                found.known.values()
            );
        }
        assert!(!codes(&found).contains(&"not-converged"), "{structure:?}: {:?}", found.findings);
    }
}

#[test]
fn no_point_of_a_fine_grid_is_more_likely() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 1);
    let found = identify(&response, &resonance(), Between::Neighbours).unwrap();
    let chi_squared = |values: &[f64]| -> f64 {
        let model = resonance().at(values);
        response.lines.iter().map(|line| (line.value - model.value(line.frequency)).norm_sqr() / 4e-6).sum()
    };
    let least = chi_squared(found.known.values());
    assert!((least - found.verdict.chi_squared).abs() < 1e-9 * least);
    for place in 0..7_i32.pow(3) {
        let step = |k: usize| f64::from(place / 7_i32.pow(k as u32) % 7 - 3) * 0.2 * found.known.uncertainty(k);
        let moved: Vec<f64> = found.known.values().iter().enumerate().map(|(k, value)| value + step(k)).collect();
        assert!(chi_squared(&moved) >= least - 1e-9, "{moved:?}");
    }
}

#[test]
fn a_scale_of_the_response_scales_the_sensitivity_alone() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 2);
    let scaled = |factor: f64| {
        let line = |line: &Line| Line {
            value: line.value * factor,
            covariance: line.covariance.times(Complex64::new(factor, 0.0)),
            ..*line
        };
        let response = Response { lines: response.lines.iter().map(line).collect(), ..Response::default() };
        identify(&response, &resonance(), Between::Neighbours).unwrap().known
    };
    let (once, thousand) = (scaled(1.0), scaled(1000.0));
    for (place, factor) in [1000.0, 1.0, 1.0].into_iter().enumerate() {
        assert!((thousand.values()[place] / once.values()[place] / factor - 1.0).abs() < 1e-8);
        assert!((thousand.uncertainty(place) / once.uncertainty(place) / factor - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_scale_of_the_frequencies_scales_the_resonance_alone() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 3);
    let slowed = |factor: f64| {
        let line = |line: &Line| Line { frequency: line.frequency * factor, ..*line };
        let response = Response { lines: response.lines.iter().map(line).collect(), ..Response::default() };
        identify(&response, &resonance(), Between::Neighbours).unwrap().known
    };
    let (once, slow) = (slowed(1.0), slowed(1e-6));
    for (place, factor) in [1.0, 1.0, 1e-6].into_iter().enumerate() {
        assert!((slow.values()[place] / once.values()[place] / factor - 1.0).abs() < 1e-8);
        assert!((slow.uncertainty(place) / once.uncertainty(place) / factor - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_source_is_the_full_covariance_without_its_numbers() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 4);
    let delay = Effect::delay("clock", StandardUncertainty(2e-6), &band());
    let by_source = identify(&response, &resonance(), Between::Sources(std::slice::from_ref(&delay))).unwrap();
    // The full covariance of the same effects, of the model as it was found.
    let effects: Vec<Complex64> =
        by_source.residuals.iter().zip(&delay.relative).map(|(residual, r)| residual.fitted * r).collect();
    let stack: Vec<f64> = effects.iter().map(|z| z.re).chain(effects.iter().map(|z| z.im)).collect();
    let whole = DMatrix::from_fn(100, 100, |i, j| stack[i] * stack[j] + if i == j { 4e-6 } else { 0.0 });
    let by_all = identify(&response, &resonance(), Between::Whole(&Covariance::Dense(whole))).unwrap();
    for place in 0..3 {
        let (one, other) = (by_source.known.values()[place], by_all.known.values()[place]);
        assert!((one - other).abs() < 0.02 * by_all.known.uncertainty(place), "{place}: {one} {other}");
        assert!((by_source.known.uncertainty(place) / by_all.known.uncertainty(place) - 1.0).abs() < 0.01);
    }
    assert!((by_source.verdict.chi_squared / by_all.verdict.chi_squared - 1.0).abs() < 0.01);
}

#[test]
fn independent_lines_and_their_full_covariance_tell_the_same() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 5);
    let own = identify(&response, &resonance(), Between::Neighbours).unwrap();
    let whole = Covariance::White { variance: Variance(4e-6), length: 100 };
    let all = identify(&response, &resonance(), Between::Whole(&whole)).unwrap();
    for place in 0..3 {
        assert!((own.known.values()[place] / all.known.values()[place] - 1.0).abs() < 1e-8);
        assert!((own.known.uncertainty(place) / all.known.uncertainty(place) - 1.0).abs() < 1e-6);
    }
}

/// Errors (g(k) + g(k + 1))/√2 of unit variance: neighbours are correlated by one half.
fn smeared(frequencies: &[f64], stream: u64) -> Response {
    let mut response = resonance().response(&[0.2, 0.3, 3500.0], frequencies);
    let numbers: Vec<f64> = Gaussian::new(13, stream).take(2 * frequencies.len() + 2).collect();
    for (place, line) in response.lines.iter_mut().enumerate() {
        let pair = |at: usize| (numbers[at] + numbers[at + 2]) / 2.0_f64.sqrt();
        line.value += 2e-3 * line.value / line.value.norm() * Complex64::new(pair(2 * place), pair(2 * place + 1));
        line.covariance = Bivariate::circular(4e-6);
        line.dof = f64::INFINITY;
    }
    response.sharing = Sharing { spacing: frequencies[1] - frequencies[0], correlations: vec![0.5] };
    response
}

#[test]
fn the_mean_of_lines_that_share_errors_has_the_variance_of_their_sum() {
    let gain = structure("rational", 0, 0, false);
    let mut response = gain.response(&[1.0], &band());
    response.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(0.04));
    response.sharing = Sharing { spacing: 100.0, correlations: vec![0.5, 0.1] };
    let found = identify(&response, &gain, Between::Neighbours).unwrap();
    let sum = 50.0 + 2.0 * (49.0 * 0.5 + 48.0 * 0.1);
    assert!((found.known.uncertainty(0).powi(2) / (0.04 * sum / 2500.0) - 1.0).abs() < 1e-12);
    assert!((found.verdict.dof - (100.0 - sum / 50.0)).abs() < 1e-10, "{}", found.verdict.dof);
}

/// Of 400 right models 20 are doubted at a level of 5 %, with a standard deviation of 4.4.
#[test]
fn lines_that_share_errors_do_not_make_a_right_model_look_wrong() {
    let frequencies: Vec<f64> = (1..=120).map(|k| 40.0 * f64::from(k)).collect();
    let verdicts = (0..400)
        .map(|stream| identify(&smeared(&frequencies, stream), &resonance(), Between::Neighbours).unwrap().verdict);
    let verdicts: Vec<Verdict> = verdicts.collect();
    let doubted = |p: fn(&Verdict) -> f64| verdicts.iter().filter(|verdict| p(verdict) < 0.05).count();
    let (by_squares, by_runs) = (doubted(|verdict| verdict.p_value), doubted(|verdict| verdict.runs_p_value));
    assert!((5..=37).contains(&by_squares) && (5..=37).contains(&by_runs), "{by_squares} {by_runs}");
}

/// Not one of its own at each line: then the phases would seem to tell less of the damping than they do.
#[test]
fn a_delay_that_all_lines_share_is_one_source() {
    let response = noisy(&resonance(), &[0.2, 0.3, 3500.0], &band(), 2e-4, 4);
    let delay = Effect::delay("clock", StandardUncertainty(2e-6), &band());
    let beside = identify(&response, &resonance(), Between::Sources(&[delay])).unwrap();
    let late = response.late(StandardUncertainty(2e-6));
    let within = identify(&late, &resonance(), Between::Neighbours).unwrap();
    assert!((beside.sources[0] - within.sources[0]).abs() < 1e-6);
    for place in 0..3 {
        assert!((beside.known.values()[place] / within.known.values()[place] - 1.0).abs() < 1e-9);
        assert!((beside.known.uncertainty(place) / within.known.uncertainty(place) - 1.0).abs() < 1e-6);
    }
    let forgotten = Response { common_delay: StandardUncertainty(0.0), ..late };
    let apart = identify(&forgotten, &resonance(), Between::Neighbours).unwrap().known;
    assert!(within.known.uncertainty(1) < 0.8 * apart.uncertainty(1));
}

#[test]
fn the_scale_of_the_reference_goes_to_the_sensitivity_alone() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 6);
    let scale = Effect::scale("reference", StandardUncertainty(0.01), 50);
    let alone = identify(&response, &resonance(), Between::Neighbours).unwrap().known;
    let both = identify(&response, &resonance(), Between::Sources(&[scale])).unwrap();
    let expected = alone.uncertainty(0).hypot(0.01 * alone.values()[0]);
    assert!((both.known.uncertainty(0) / expected - 1.0).abs() < 1e-4);
    assert!((1..3).all(|place| (both.known.uncertainty(place) / alone.uncertainty(place) - 1.0).abs() < 1e-4));
    assert!(both.sources[0].abs() < 1e-4, "the lines cannot tell a scale from a sensitivity");
}

#[test]
fn too_small_a_covariance_is_found_and_made_good() {
    let mut response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 7);
    let honest = identify(&response, &resonance(), Between::Neighbours).unwrap();
    response.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(1e-6));
    let corrected = identify(&response, &resonance(), Between::Neighbours).unwrap();
    assert!(codes(&corrected).contains(&"residuals-too-large") && !codes(&honest).contains(&"residuals-too-large"));
    let ratio = corrected.known.uncertainty(2) / honest.known.uncertainty(2);
    assert!((ratio / honest.verdict.birge - 1.0).abs() < 1e-6, "{ratio}");
}

#[test]
fn a_shape_that_the_model_misses_is_found_by_the_runs() {
    let two = structure("rational", 0, 4, false);
    let values = [1.0, 2e-5, 2.5e-8, 2e-13, 1e-16];
    let response = noisy(&two, &values, &band(), 1e-3, 8);
    let (short, right) = (resonance(), structure("rational", 0, 4, false));
    let (short, right) =
        (identify(&response, &short, Between::Neighbours), identify(&response, &right, Between::Neighbours));
    let (short, right) = (short.unwrap(), right.unwrap());
    assert!(codes(&short).contains(&"residuals-not-random") && !codes(&right).contains(&"residuals-not-random"));
    let ranks = ranks(&[short.clone(), right.clone()]);
    assert!(ranks[1].weight > 0.999 && likelihood_ratio(&short, &right).unwrap() < 1e-6);
}

#[test]
fn findings_name_what_is_wrong() {
    let values = [0.2, 0.03, 3500.0];
    let of = |response: &Response, structure: &Structure| identify(response, structure, Between::Neighbours).unwrap();
    let mut outlier = noisy(&resonance(), &values, &band(), 2e-3, 9);
    outlier.lines[20].value += 0.02;
    let found = of(&outlier, &resonance());
    assert!(codes(&found).contains(&"outlying-line"));
    assert_eq!(found.verdict.largest.unwrap().frequency, 2100.0);
    let low: Vec<f64> = (1..=20).map(f64::from).collect();
    let found = of(&noisy(&resonance(), &values, &low, 2e-3, 10), &resonance());
    assert!(
        codes(&found).contains(&"resonance-outside-band") && codes(&found).contains(&"not-determined"),
        "{found:?}"
    );
    let mut unstated = noisy(&resonance(), &values, &band(), 2e-3, 12);
    unstated.lines.iter_mut().for_each(|line| line.covariance = Bivariate::default());
    assert_eq!(codes(&of(&unstated, &resonance())), ["no-uncertainty"]);
    let mut broken = noisy(&resonance(), &values, &band(), 2e-3, 13);
    broken.lines[3].value.re = f64::NAN;
    broken.lines[4].covariance = Bivariate::default();
    broken.lines[5].dof = 2.0;
    assert_eq!(codes(&of(&broken, &resonance())), ["unusable-lines", "few-degrees"]);
    let negative = of(&noisy(&resonance(), &[0.2, -0.1, 3500.0], &band(), 2e-3, 14), &resonance());
    assert!(codes(&negative).contains(&"unstable") && !negative.verdict.stable);
}

#[test]
fn parameters_that_cancel_are_not_identifiable() {
    let late = structure("rational", 0, 0, true);
    let mut response = late.response(&[1.0, 0.0], &[0.0; 8]);
    response.lines.iter_mut().for_each(|line| line.covariance = Bivariate::circular(1e-6));
    let found = identify(&response, &late, Between::Neighbours).unwrap();
    assert!(codes(&found).contains(&"not-identifiable") || found.known.uncertainty(1) > 1.0, "{found:?}");
}

#[test]
fn a_phase_in_degrees_is_found_whether_it_turns_often_or_not() {
    for (f0, place) in [(30_000.0, "far below"), (3500.0, "through")] {
        let right = noisy(&resonance(), &[0.2, 0.1, f0], &band(), 2e-4, 15);
        let phases: Vec<f64> = right.lines.iter().map(|line| line.value.arg().to_degrees()).collect();
        let wrong = |line: &Line| Line {
            value: Complex64::from_polar(line.value.norm(), line.value.arg().to_degrees()),
            ..*line
        };
        let mistaken = Response { lines: right.lines.iter().map(wrong).collect(), ..Response::default() };
        assert!(phase_in_degrees(&mistaken, &phases, &resonance()).is_some(), "{place} the resonance");
        let radians: Vec<f64> = right.lines.iter().map(|line| line.value.arg()).collect();
        assert_eq!(phase_in_degrees(&right, &radians, &resonance()), None);
    }
}

#[test]
fn a_small_effect_that_the_model_misses_is_no_phase_in_degrees() {
    let delayed = structure("second-order", 0, 0, true);
    let mut response = noisy(&delayed, &[0.01, 0.1, 25_000.0, 3e-5], &band(), 1e-6, 17);
    response.lines.iter_mut().for_each(|line| line.value *= Complex64::cis(0.7 / line.frequency));
    let found = identify(&response, &delayed, Between::Neighbours).unwrap();
    assert!(!codes(&found).contains(&"phase-in-degrees"));
}

#[test]
fn lines_at_rest_do_not_need_an_imaginary_part() {
    let frequencies: Vec<f64> = (0..50).map(|k| 100.0 * f64::from(k)).collect();
    let mut response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &frequencies, 2e-3, 16);
    response.lines[0].value.im = 0.0;
    response.lines[0].covariance.imaginary = 0.0;
    let found = identify(&response, &resonance(), Between::Neighbours).unwrap();
    assert_eq!(found.verdict.dof, 96.0);
    assert!((found.known.values()[2] - 3500.0).abs() < 5.0 * found.known.uncertainty(2));
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &[100.0], 2e-3, 17);
    let few = identify(&response, &resonance(), Between::Neighbours).unwrap_err();
    assert!(few.to_string().contains("2 usable numbers"));
    let scale = Effect::scale("reference", StandardUncertainty(0.01), 3);
    let other = identify(&response, &resonance(), Between::Sources(&[scale])).unwrap_err();
    assert_eq!(other.to_string(), "fit a model to 1 lines: `reference` is for 3");
}

#[test]
fn every_thread_count_gives_the_same_bits() {
    let responses: Vec<Response> =
        (0..20).map(|stream| noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 100 + stream)).collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| identify_each(&responses, &resonance()))
    };
    let values = |found: Vec<Result<Identified, IdentifyError>>| -> Vec<Vec<u64>> {
        found
            .into_iter()
            .map(|found| found.unwrap().known.values().iter().map(|value| value.to_bits()).collect())
            .collect()
    };
    assert_eq!(values(on(1)), values(on(3)));
}

#[test]
fn a_delay_of_twenty_turns_at_the_highest_line_is_found() {
    let late = structure("second-order", 0, 2, true);
    let response = noisy(&late, &[0.2, 0.3, 3500.0, 4e-3], &band(), 2e-3, 18);
    let found = identify(&response, &late, Between::Neighbours).unwrap();
    assert!((found.known.values()[3] - 4e-3).abs() < 5.0 * found.known.uncertainty(3), "{:?}", found.known.values());
}

#[test]
fn a_right_model_is_doubted_as_seldom_as_the_probability_says() {
    for dof in [f64::INFINITY, 12.0] {
        let doubted = (0..400).filter(|trial| {
            let mut response = noisy(&resonance(), &[0.2, 0.03, 3500.0], &band(), 2e-3, 1000 + trial);
            let mut numbers = Gaussian::new(12, *trial);
            for line in response.lines.iter_mut().filter(|_| dof.is_finite()) {
                let mean_square = (0..12).map(|_| numbers.draw().powi(2)).sum::<f64>() / dof;
                (line.dof, line.covariance) = (dof, Bivariate::circular(4e-6 * mean_square));
            }
            response.lines.iter_mut().for_each(|line| line.dof = dof);
            identify(&response, &resonance(), Between::Neighbours).unwrap().verdict.p_value < 0.05
        });
        // 5 % of 400 are 20, with a standard deviation of 4.4; the gamma law is an approximation for few degrees.
        let count = doubted.count();
        assert!((7..=36).contains(&count), "{dof}: {count}");
    }
}
