//! What has to hold whatever the model: threads, rows, the slow obvious form, trials without a value, bad requests.

use crate::models::{GAUGE, MASS, Pointwise, gauge_inputs, input, mass_inputs, normal, outcome, rectangular, settings};
use sigmatau_core::Cancel;
use sigmatau_uncertainty::montecarlo::{Copula, DrawError, Draws, MonteCarloError, Settings, Shape, run};
use sigmatau_uncertainty::{Block, Correlation, Distribution, Function, Input};

/// All finite outputs, in ascending order.
fn sorted<const N: usize>(function: &Pointwise<N, 1>, draws: &Draws, trials: u64, seed: u64) -> Vec<f64> {
    let (mut evaluator, mut inputs, mut outputs) = (function.evaluator(), Block::default(), Block::default());
    let mut values = Vec::new();
    for block in 0..trials / Block::POINTS as u64 {
        draws.block(seed, 0, block, &mut inputs);
        evaluator.values(&inputs, &mut outputs);
        values.extend(outputs.column(0).iter().filter(|value| value.is_finite()));
    }
    values.sort_by(f64::total_cmp);
    values
}

fn everything(function: &dyn Function, inputs: &[Input], settings: &Settings, threads: usize) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    format!("{:?}", pool.install(|| outcome(function, &Draws::independent(inputs), settings)))
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for trials in [100_000, 2_000_000] {
        let of = |threads| everything(&MASS, &mass_inputs(), &settings(trials, 0.95), threads);
        let one = of(1);
        assert_eq!((&one, &one), (&of(2), &of(7)));
    }
    let of = |threads| everything(&GAUGE, &gauge_inputs(), &settings(50_000, 0.99), threads);
    assert_eq!(of(1), of(3));
}

#[test]
fn rows_and_seeds_draw_other_numbers() {
    let of = |seed, row| everything(&MASS, &mass_inputs(), &Settings { seed, row, ..settings(20_000, 0.95) }, 1);
    assert_eq!(of(3, 4), of(3, 4));
    assert_ne!(of(3, 4), of(4, 3));
    assert_ne!(of(3, 4), of(3, 5));
}

/// Everything is sorted, as Supplement 1 has it, for as many trials as are drawn twice and for more.
#[test]
fn ends_are_the_order_statistics_of_all_trials() {
    let draws = Draws::independent(&mass_inputs());
    for blocks in [10_u64, 977, 1025, 3000] {
        let trials = blocks * Block::POINTS as u64;
        let found = outcome(&MASS, &draws, &settings(trials, 0.95)).outputs.remove(0);
        let all = sorted(&MASS, &draws, trials, 1);
        let (count, held) = (all.len(), (0.95 * all.len() as f64 + 0.5).floor() as usize);
        let ends = |shape| found.interval(shape).map(|i| (i.low.value, i.high.value, i.resolution)).unwrap();
        let low = (count - held).div_ceil(2);
        assert_eq!(ends(Shape::Symmetric), (all[low - 1], all[low - 1 + held], 0.0));
        assert_eq!(ends(Shape::AtMost), (f64::NEG_INFINITY, all[held - 1], 0.0));
        assert_eq!(ends(Shape::AtLeast), (all[count - held], f64::INFINITY, 0.0));
        let widths = (0..count - held).map(|low| all[low + held] - all[low]);
        let least = widths.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
        let (low, high, resolution) = ends(Shape::Shortest);
        match trials <= 1 << 20 {
            true => assert_eq!((low, high, resolution), (all[least], all[least + held], 0.0)),
            false => assert!(high - low <= all[least + held] - all[least] + resolution && resolution > 0.0),
        }
        let mean = all.iter().sum::<f64>() / count as f64;
        let variance = all.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1) as f64;
        assert!((found.estimate.value - mean).abs() < 1e-12 * mean);
        assert!((found.standard_uncertainty.value - variance.sqrt()).abs() < 1e-12);
    }
}

#[test]
fn shift_and_scale_go_through() {
    let of = |function: &Pointwise<1, 1>| {
        let draws = Draws::independent(&[normal("x", 0.0, 1.0)]);
        outcome(function, &draws, &settings(200_000, 0.95)).outputs.remove(0)
    };
    let (plain, moved) = (of(&Pointwise(|[x]| [x])), of(&Pointwise(|[x]| [7.0 + 4.0 * x])));
    assert!((moved.estimate.value - (7.0 + 4.0 * plain.estimate.value)).abs() < 1e-12);
    for shape in [Shape::Symmetric, Shape::Smoothed, Shape::Shortest] {
        let [plain, moved] = [&plain, &moved].map(|output| *output.interval(shape).unwrap());
        for (plain, moved) in [(plain.low, moved.low), (plain.high, moved.high)] {
            assert!((moved.value - (7.0 + 4.0 * plain.value)).abs() < 1e-6, "{shape}: {plain:?} {moved:?}");
        }
        // Where the raw minimum of a part lies may depend on rounding.
        let is_smooth = shape != Shape::Shortest;
        assert!(!is_smooth || (moved.length.uncertainty / plain.length.uncertainty - 4.0).abs() < 1e-3, "{shape}");
    }
}

#[test]
fn a_constant_is_known_exactly() {
    let draws = Draws::independent(&[input("x", 5.25, Distribution::Constant)]);
    let found = outcome(&Pointwise(|[x]: [f64; 1]| [x]), &draws, &settings(20_000, 0.95)).outputs.remove(0);
    assert_eq!((found.estimate.value, found.standard_uncertainty.value), (5.25, 0.0));
    let symmetric = found.interval(Shape::Symmetric).unwrap();
    assert_eq!((symmetric.low.value, symmetric.high.value), (5.25, 5.25));
}

/// ln x with x uniform over ±1: half of the trials have no value, the others are −1 on average.
#[test]
fn trials_without_a_value_are_counted_and_said() {
    let draws = Draws::independent(&[rectangular("x", -1.0, 1.0)]);
    let found = outcome(&Pointwise(|[x]: [f64; 1]| [x.ln()]), &draws, &settings(200_000, 0.95));
    assert!((found.non_finite as f64 / found.trials as f64 - 0.5).abs() < 0.005);
    assert_eq!(found.findings[0].code, "non-finite-trials");
    let estimate = found.outputs[0].estimate;
    assert!((estimate.value + 1.0).abs() < 4.0 * estimate.uncertainty);
    let trials = found.trials;
    let all = sorted(&Pointwise(|[x]: [f64; 1]| [x.ln()]), &draws, trials, 1);
    assert_eq!(all.len() as u64, trials - found.non_finite);
    let held = (0.95 * all.len() as f64 + 0.5).floor() as usize;
    assert_eq!(found.outputs[0].interval(Shape::AtMost).unwrap().high.value, all[held - 1]);
}

#[test]
fn bad_requests_are_refused() {
    let draws = Draws::independent(&mass_inputs());
    let refused = |function: &dyn Function, settings: &Settings, cancel: &Cancel| {
        run(function, &draws, settings, cancel).unwrap_err()
    };
    let never = Cancel::new();
    assert_eq!(refused(&GAUGE, &settings(1, 0.95), &never), MonteCarloError::Inputs { wanted: 9, drawn: 5 });
    assert_eq!(refused(&MASS, &settings(1, 0.3), &never), MonteCarloError::Probability(0.3));
    assert!(matches!(refused(&MASS, &settings(1, f64::NAN), &never), MonteCarloError::Probability(_)));
    assert_eq!(
        refused(&Pointwise(|_: [f64; 5]| [f64::NAN]), &settings(1, 0.95), &never),
        MonteCarloError::NotFinite(16_384)
    );
    let asked = Cancel::new();
    asked.request();
    assert_eq!(refused(&MASS, &settings(1, 0.95), &asked), MonteCarloError::Cancelled);
}

#[test]
fn correlations_that_cannot_be_are_refused() {
    let inputs = [
        input("x", 1.0, Distribution::Exponential { mean: 1.0 }),
        input("y", 1.0, Distribution::Exponential { mean: 1.0 }),
    ];
    let correlation = Correlation::of_pairs(2, &[(0, 1, -0.9)]).unwrap();
    let Err(DrawError::Unreachable { low, high, .. }) = Draws::new(&inputs, &correlation, Copula::Gaussian) else {
        panic!("two exponential quantities can't be opposed")
    };
    // 1 − π²/6
    assert!((low + 0.644_934).abs() < 1e-4 && (high - 1.0).abs() < 1e-4, "{low} {high}");
    let error = Draws::new(&inputs, &Correlation::none(3), Copula::Gaussian).unwrap_err();
    assert_eq!(error, DrawError::Inputs { inputs: 2, correlated: 3 });
    let error = Draws::new(&inputs, &correlation, Copula::Student { dof: -1.0 }).unwrap_err();
    assert_eq!(error, DrawError::DegreesOfFreedom(-1.0));
}
