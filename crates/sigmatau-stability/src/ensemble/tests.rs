use super::*;
use crate::Estimator;
use crate::state::Process;
use proptest::prelude::*;
use sigmatau_spectrum::PowerLaw;

/// A rule, as its scale from series.
type Rule = fn(&[Vec<f64>]) -> Ensemble;

/// Levels of white and random-walk FM at 1 s of the clocks below.
const NOISES: [(f64, f64); 5] = [(1e-12, 3e-15), (1.5e-12, 2e-15), (1.2e-12, 3e-15), (3e-12, 2e-15), (1.3e-12, 4e-15)];

fn clocks(points: usize, stream: u64) -> Vec<Vec<f64>> {
    let clock = |(place, (white, walk)): (usize, &(f64, f64))| {
        let draw = |alpha, deviation, part: u64| {
            PowerLaw::from_deviation(alpha, deviation, 1.0).unwrap().phase(points, 1.0, stream, 2 * place as u64 + part)
        };
        let offset = 1e-12 * place as f64;
        let noise = draw(0, *white, 0).into_iter().zip(draw(-2, *walk, 1));
        noise.zip(0..).map(|((white, walk), i)| white + walk + offset * f64::from(i)).collect()
    };
    NOISES.iter().enumerate().map(clock).collect()
}

fn views(series: &[Vec<f64>]) -> Vec<PhaseSeries<'_>> {
    series.iter().map(|x| PhaseSeries::new(x, 1.0).unwrap()).collect()
}

fn by_at1(series: &[Vec<f64>]) -> Ensemble {
    let settings = at1::Settings { rate_constant: 500.0, error_constant: 200.0, most_weight: 0.5, step_limit: 6.0 };
    at1::scale(&views(series), &settings).unwrap()
}

fn by_states(series: &[Vec<f64>], states: kalman::States) -> Ensemble {
    // A clock is known again by its frequency offset, so that the rule can be asked in any order.
    let process = |x: &Vec<f64>| {
        let place = (x.iter().rev().find(|x| !x.is_nan()).unwrap_or(&0.0) / x.len() as f64 / 1e-12).round() as usize;
        let (white, walk) = NOISES[place.min(4)];
        Process { white: white * white, walk: 3.0 * walk * walk, run: 0.0 }
    };
    let settings = kalman::Settings {
        states,
        processes: series.iter().map(process).collect(),
        reading_noise: 0.0,
        first_rates_over: 500.0,
        most_weight: 1.0,
        step_limit: 6.0,
    };
    kalman::scale(&views(series), &settings).unwrap()
}

const RULES: [(&str, Rule); 3] = [
    ("at1", by_at1),
    ("two states", |series| by_states(series, kalman::States::Two)),
    ("three states", |series| by_states(series, kalman::States::Three)),
];

fn oadev(x: &[f64], m: usize) -> f64 {
    let oadev = Estimator::named("oadev").unwrap();
    oadev.deviations(&PhaseSeries::new(x, 1.0).unwrap(), &[m])[0].unwrap()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = (found - expected).abs() <= tolerance || (found.is_nan() && expected.is_nan());
        assert!(same, "{what}, {place}: {found:e} and {expected:e}");
    }
}

/// The root mean variance of many scales against the deviation that the best clock has by theory.
#[test]
fn the_scale_is_at_least_as_stable_as_its_best_clock() {
    const SCALES: u64 = 12;
    let theory = |(white, walk): &(f64, f64), m: u64| {
        let of = |alpha, deviation| PowerLaw::from_deviation(alpha, deviation, 1.0).unwrap().theoretical_adev(m, 1.0);
        of(0, *white).hypot(of(-2, *walk))
    };
    let series: Vec<_> = (0..SCALES).map(|stream| clocks(11_000, 100 + stream)).collect();
    for (name, rule) in RULES {
        let scales: Vec<Vec<f64>> = series.iter().map(|series| rule(series).scale.split_off(1000)).collect();
        for m in [1, 10, 100, 1000, 2500] {
            let best = NOISES.iter().map(|noise| theory(noise, m as u64)).fold(f64::INFINITY, f64::min);
            let mean = scales.iter().map(|scale| oadev(scale, m).powi(2)).sum::<f64>() / SCALES as f64;
            assert!(mean.sqrt() < best, "{name} at {m} s: {:e} and {best:e}", mean.sqrt());
        }
    }
}

#[test]
fn weights_add_up_to_one_and_favour_the_stable() {
    let series = clocks(5000, 2);
    for (name, rule) in RULES {
        let weights = rule(&series).weights;
        for point in 0..5000 {
            let sum: f64 = weights.iter().map(|weights| weights[point]).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{name} at {point}: {sum}");
        }
        let mean = |clock: usize| weights[clock][1000..].iter().sum::<f64>() / 4000.0;
        let expected =
            |clock: usize| NOISES[clock].0.powi(-2) / NOISES.iter().map(|noise| noise.0.powi(-2)).sum::<f64>();
        for clock in 0..5 {
            assert!((mean(clock) / expected(clock) - 1.0).abs() < 0.2, "{name}, {clock}: {}", mean(clock));
        }
    }
}

#[test]
fn a_single_clock_gives_itself() {
    let series = vec![clocks(500, 3).remove(3)];
    for (name, rule) in RULES {
        let ensemble = rule(&series);
        assert_close(&ensemble.scale, &series[0], 1e-22, name);
        assert_close(&ensemble.deviations[0], &[0.0; 500], 1e-22, name);
    }
}

#[test]
fn order_of_the_clocks_does_not_matter() {
    let mut series = clocks(2000, 4);
    series[2][700..800].fill(f64::NAN);
    for (name, rule) in RULES {
        let (forward, mut backward) = (rule(&series), rule(&series.iter().rev().cloned().collect::<Vec<_>>()));
        backward.deviations.reverse();
        assert_close(&backward.scale, &forward.scale, 1e-19, name);
        for clock in 0..5 {
            assert_close(&backward.deviations[clock], &forward.deviations[clock], 1e-19, name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_the_reference_does_drops_out(size in 1e-12..1e-6_f64, stream in 10..1000_u64) {
        let series = clocks(400, stream);
        let reference = PowerLaw::from_deviation(-2, size, 1.0).unwrap().phase(400, 1.0, stream, 99);
        let moved: Vec<Vec<f64>> = series.iter().map(|x| x.iter().zip(&reference).map(|(x, r)| x + r).collect()).collect();
        // The rule that knows clocks by their frequency is asked with fixed noises here.
        let rules: [Rule; 2] = [by_at1, |series| {
            let settings = kalman::Settings {
                states: kalman::States::Three,
                processes: NOISES.map(|(white, walk)| Process { white: white * white, walk: 3.0 * walk * walk, run: 0.0 }).to_vec(),
                reading_noise: 1e-13,
                first_rates_over: 100.0,
                most_weight: 1.0,
                step_limit: 6.0,
            };
            kalman::scale(&views(series), &settings).unwrap()
        }];
        for rule in rules {
            let (plain, moved) = (rule(&series), rule(&moved));
            let rounding = 1e-12 * reference.iter().fold(1e-9, |most: f64, r| most.max(r.abs()));
            for clock in 0..5 {
                assert_close(&moved.deviations[clock], &plain.deviations[clock], rounding, "deviation");
            }
        }
    }
}

/// The clock that is away is far off in time and rate: were it to enter with its reading, the scale would jump.
#[test]
fn a_clock_that_goes_and_comes_back_leaves_no_step() {
    let mut series = clocks(4000, 5);
    series[0].iter_mut().zip(0..).for_each(|(x, i)| *x += 1e-3 + 1e-9 * f64::from(i));
    series[0][1500..2500].fill(f64::NAN);
    let broken = by_at1(&series);
    assert!(largest_step(&broken.scale) < 5e-12, "{:e}", largest_step(&broken.scale));
    assert!(broken.weights[0][1500..=2500].iter().all(|weight| *weight == 0.0) && broken.weights[0][2501] > 0.0);
    assert_eq!(
        broken.findings.iter().map(|(clock, finding)| (*clock, &*finding.code)).collect::<Vec<_>>(),
        [(0, "clock-away")]
    );
}

#[test]
fn absence_of_any_clock_leaves_no_step_with_states() {
    for states in [kalman::States::Two, kalman::States::Three] {
        let mut series = clocks(4000, 5);
        series[1][1500..2500].fill(f64::NAN);
        let scale = by_states(&series, states).scale;
        assert!(largest_step(&scale) < 5e-12, "{:e}", largest_step(&scale));
    }
}

/// The largest second difference once the weights have settled; those of the scale have a σ of about 1e-12 s.
fn largest_step(scale: &[f64]) -> f64 {
    scale.windows(3).skip(1000).map(|w| (w[2] - 2.0 * w[1] + w[0]).abs()).fold(0.0, f64::max)
}

#[test]
fn a_step_is_found_and_does_not_move_the_scale() {
    let series = clocks(3000, 6);
    let mut stepped = series.clone();
    stepped[1][2000..].iter_mut().for_each(|x| *x += 1e-10);
    for (name, rule) in &RULES[..2] {
        let (before, after) = (rule(&series), rule(&stepped));
        let findings: Vec<_> = after.findings.iter().map(|(clock, finding)| (*clock, &*finding.code)).collect();
        assert_eq!(findings, [(1, "clock-step")], "{name}");
        assert!(after.findings[0].1.seen.contains("at point 2000 the clock is 1."), "{}", after.findings[0].1.seen);
        let moved = (after.scale[2999] - before.scale[2999]).abs();
        assert!(moved < 1e-11, "{name}: {moved:e}");
        assert_eq!(after.weights[1][2000], 0.0, "{name}");
    }
}

#[test]
fn a_pause_of_all_clocks_is_bridged_by_what_was_foretold() {
    let mut series = clocks(1200, 7);
    series.iter_mut().for_each(|x| x[600..610].fill(f64::NAN));
    for (name, rule) in RULES {
        let scale = rule(&series).scale;
        assert!(scale[600..610].iter().all(|x| x.is_nan()), "{name}");
        assert!((scale[610] - scale[599]).abs() < 5e-11, "{name}: {:e}", scale[610] - scale[599]);
    }
}

/// With equal clocks nothing is left but the mean of all: both rules then have the weights of the mean.
#[test]
fn equal_clocks_without_rates_make_the_mean() {
    let series: Vec<Vec<f64>> =
        (0..4).map(|clock| PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(300, 1.0, 8, clock)).collect();
    let settings = kalman::Settings {
        states: kalman::States::Two,
        processes: vec![Process { white: 1e-24, walk: 1e-30, run: 0.0 }; 4],
        reading_noise: 0.0,
        first_rates_over: 50.0,
        most_weight: 1.0,
        step_limit: 10.0,
    };
    let scale = kalman::scale(&views(&series), &settings).unwrap().scale;
    let mean: Vec<f64> = (0..300).map(|point| series.iter().map(|x| x[point]).sum::<f64>() / 4.0).collect();
    assert_close(&scale, &mean, 1e-20, "scale");
}

#[test]
fn process_noises_are_found_from_the_deviations() {
    let ensemble = by_at1(&clocks(20_000, 9));
    for (process, (white, _)) in kalman::fitted(&ensemble, 1.0, 30.0).iter().zip(NOISES) {
        assert!((process.white.sqrt() / white - 1.0).abs() < 0.1, "{:e} for {white:e}", process.white.sqrt());
    }
}

#[test]
fn weights_are_cut_at_the_limit_and_the_rest_is_shared() {
    assert_eq!(limited_weights(&[8.0, 1.0, 1.0], 0.5), [0.5, 0.25, 0.25]);
    assert_eq!(limited_weights(&[8.0, 1.0, 0.0], 0.3), [0.5, 0.5, 0.0]);
    assert_eq!(limited_weights(&[0.0, 0.0], 0.3), [0.0, 0.0]);
}

#[test]
fn clocks_on_different_grids_are_refused() {
    let (short, long) = ([0.0; 9], [0.0; 10]);
    let settings = at1::Settings { rate_constant: 5.0, error_constant: 2.0, most_weight: 0.5, step_limit: 6.0 };
    let series = [PhaseSeries::new(&long, 1.0).unwrap(), PhaseSeries::new(&short, 1.0).unwrap()];
    let message = at1::scale(&series, &settings).unwrap_err().to_string();
    assert!(message.starts_with("make an ensemble: clock 1 has 9 points"), "{message}");
    assert_eq!(at1::scale(&[], &settings), Err(EnsembleError::Empty));
}
