//! What holds of propagation whatever the numbers, and how often its intervals and regions hold the truth.

use crate::jet::{Formula, IMPEDANCE, Jet};
use nalgebra::DMatrix;
use proptest::prelude::*;
use sigmatau_uncertainty::Correlation;
use sigmatau_uncertainty::propagation::type_a::{Simultaneous, autocorrelated};
use sigmatau_uncertainty::propagation::{Inputs, Output, Quantity, Region, Settings, propagate};
use sigmatau_uncertainty::{Block, Function};

fn quantities(given: &[(f64, f64, f64)]) -> Vec<Quantity> {
    given.iter().map(|(x, u, dof)| Quantity::normal("x", *x, *u).with_dof(*dof)).collect()
}

fn propagated<const N: usize>(function: &Formula<N, 1>, given: &[(f64, f64, f64)]) -> Output {
    let inputs = Inputs::independent(quantities(given)).unwrap();
    propagate(function, &inputs, &Settings::default()).unwrap().outputs.remove(0)
}

fn alike(found: f64, expected: f64) -> bool {
    found == expected || (found / expected - 1.0).abs() < 1e-9
}

fn given() -> impl Strategy<Value = (f64, f64, f64)> {
    (0.5..5.0, 0.001..0.1, 1.0..60.0)
}

proptest! {
    #[test]
    fn scale_of_the_result_is_that_of_its_uncertainty(a in given(), b in given(), c in given()) {
        let once = propagated(&Formula::<3, 1>(|[a, b, c]| [a * b / c]), &[a, b, c]);
        let minus_seven = Formula::<3, 1>(|[a, b, c]| [a * b / c * Jet::constant(-7.0)]);
        let scaled = propagated(&minus_seven, &[a, b, c]);
        prop_assert!(alike(scaled.first_order, 7.0 * once.first_order) && alike(scaled.second_order, 7.0 * once.second_order));
        prop_assert!(alike(scaled.dof.unwrap(), once.dof.unwrap()) && alike(scaled.curvature_ratio, once.curvature_ratio));
    }

    #[test]
    fn unit_of_an_input_does_not_matter(a in given(), b in given()) {
        let metres = propagated(&Formula::<2, 1>(|[a, b]| [(a * b).ln() + a.sin()]), &[a, b]);
        let millimetres = Formula::<2, 1>(|[a, b]| {
            let a = a * Jet::constant(1e-3);
            [(a * b).ln() + a.sin()]
        });
        let millimetres = propagated(&millimetres, &[(1e3 * a.0, 1e3 * a.1, a.2), b]);
        prop_assert!(alike(millimetres.first_order, metres.first_order));
        prop_assert!(alike(millimetres.second_order, metres.second_order));
        prop_assert!(alike(millimetres.dof.unwrap(), metres.dof.unwrap()));
    }

    #[test]
    fn parts_of_a_sum_may_be_merged_before(a in given(), b in given(), c in given()) {
        let part = propagated(&Formula::<2, 1>(|[a, b]| [a + b]), &[a, b]);
        let merged = (part.value, part.standard_uncertainty, part.dof.unwrap());
        let merged = propagated(&Formula::<2, 1>(|[sum, c]| [sum * c]), &[merged, c]);
        let whole = propagated(&Formula::<3, 1>(|[a, b, c]| [(a + b) * c]), &[a, b, c]);
        prop_assert!(alike(merged.first_order, whole.first_order) && alike(merged.second_order, whole.second_order));
        prop_assert!(alike(merged.dof.unwrap(), whole.dof.unwrap()));
    }

    #[test]
    fn order_of_the_inputs_does_not_matter(a in given(), b in given(), c in given(), r in -0.9..0.9_f64) {
        let here = Formula::<3, 1>(|[a, b, c]| [a / b + c.sqrt()]);
        let there = Formula::<3, 1>(|[c, a, b]| [a / b + c.sqrt()]);
        let result = |function: &Formula<3, 1>, given: [(f64, f64, f64); 3], pair: (usize, usize)| {
            let correlation = Correlation::of_pairs(3, &[(pair.0, pair.1, r)]).unwrap();
            let given = given.map(|(x, u, _)| (x, u, f64::INFINITY));
            let inputs = Inputs::new(quantities(&given), correlation).unwrap();
            propagate(function, &inputs, &Settings::default()).unwrap().outputs.remove(0)
        };
        let (first, second) = (result(&here, [a, b, c], (0, 2)), result(&there, [c, a, b], (0, 1)));
        prop_assert!(alike(first.first_order, second.first_order) && alike(first.second_order, second.second_order));
        let share = |output: &Output, input: usize| output.budget.lines.iter().find(|line| line.input == input).unwrap().share;
        prop_assert!((share(&first, 2) - share(&second, 0)).abs() < 1e-9);
    }
}

/// Normal numbers of a small generator.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((mixed ^ (mixed >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn draw(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn sample(&mut self, count: usize, mean: f64, deviation: f64) -> Vec<f64> {
        (0..count).map(|_| mean + deviation * self.draw()).collect()
    }
}

/// The share of trials that hold, which has to lie within 3.5 standard deviations of `claimed`, or above where `safe`.
#[track_caller]
fn assert_held(trials: u32, claimed: f64, safe: bool, mut holds: impl FnMut() -> bool) {
    let held = (0..trials).filter(|_| holds()).count() as f64 / f64::from(trials);
    let chance = 3.5 * (claimed * (1.0 - claimed) / f64::from(trials)).sqrt();
    assert!(held > claimed - chance && (safe || held < claimed + chance), "{held} of {claimed}");
}

fn holds(output: &Output, truth: f64) -> bool {
    (output.value - truth).abs() <= output.expanded_uncertainty()
}

/// Three means of different numbers of indications: Welch–Satterthwaite, truncated, errs to the safe side by a little.
#[test]
fn intervals_by_welch_and_satterthwaite_hold_what_they_claim() {
    let (mut normal, sum) = (Normal(1), Formula::<3, 1>(|[a, b, c]| [a + b - c]));
    for (counts, deviations) in
        [([4, 6, 12], [1.0, 1.0, 2.0]), ([5, 5, 30], [1.0, 2.0, 1.0]), ([8, 8, 8], [1.0, 1.0, 1.0])]
    {
        assert_held(4000, 0.95, true, || {
            let mean = |normal: &mut Normal, place: usize| {
                let sample = normal.sample(counts[place], 5.0, deviations[place]);
                Simultaneous::of(&[&sample]).unwrap()
            };
            let means = [0, 1, 2].map(|place| mean(&mut normal, place));
            let given = means.map(|mean| (mean.means[0], mean.standard_uncertainties()[0], mean.dof));
            holds(&propagated(&sum, &given), 5.0)
        });
    }
}

/// Sets of voltage, current and phase that share what disturbs them.
fn sets(normal: &mut Normal, count: usize) -> Simultaneous {
    let rows: Vec<[f64; 3]> = (0..count)
        .map(|_| {
            let [common, a, b, c] = [0; 4].map(|_| normal.draw());
            [5.0 + 0.005 * (common + a), 0.02 + 2e-5 * (b - common), 1.0 + 1e-3 * (common + 0.5 * c)]
        })
        .collect();
    let columns = [0, 1, 2].map(|quantity| rows.iter().map(|row| row[quantity]).collect::<Vec<f64>>());
    Simultaneous::of(&columns.each_ref().map(Vec::as_slice)).unwrap()
}

fn true_impedance() -> [f64; 3] {
    let mut outputs = Block::default();
    IMPEDANCE.evaluator().values(&Block::of_point(&[5.0, 0.02, 1.0]), &mut outputs);
    [0, 1, 2].map(|output| outputs.column(output)[0])
}

#[test]
fn intervals_of_ensembles_hold_what_they_claim() {
    let (mut normal, truth) = (Normal(2), true_impedance());
    for output in 0..3 {
        assert_held(3000, 0.95, false, || {
            let inputs = sets(&mut normal, 5).inputs(&["V", "I", "phi"]).unwrap();
            let results = propagate(&IMPEDANCE, &inputs, &Settings::default()).unwrap();
            holds(&results.outputs[output], truth[output])
        });
    }
}

#[test]
fn ellipses_of_an_ensemble_hold_what_they_claim_and_rectangles_no_less() {
    let (mut normal, truth) = (Normal(3), true_impedance());
    let results = |normal: &mut Normal| {
        let inputs = sets(normal, 6).inputs(&["V", "I", "phi"]).unwrap();
        let results = propagate(&IMPEDANCE, &inputs, &Settings::default()).unwrap();
        ([0, 1].map(|output| results.outputs[output].value), results.covariance.view((0, 0), (2, 2)).into_owned())
    };
    assert_held(3000, 0.95, false, || {
        let (centre, covariance) = results(&mut normal);
        Region::ellipsoid(&centre, &covariance, 0.95, 5.0).unwrap().contains(&truth[..2])
    });
    assert_held(3000, 0.95, true, || {
        let (centre, covariance) = results(&mut normal);
        Region::rectangle(&centre, &covariance, 0.95, 5.0).unwrap().contains(&truth[..2])
    });
}

#[test]
fn regions_of_a_known_covariance_hold_what_they_claim() {
    let (mut normal, covariance) = (Normal(4), DMatrix::from_row_slice(2, 2, &[10.0, 9.0, 9.0, 10.0]));
    let ellipse = Region::ellipsoid(&[0.0; 2], &covariance, 0.95, f64::INFINITY).unwrap();
    let rectangle = Region::closest_rectangle(&[0.0; 2], &covariance, 0.95).unwrap();
    for region in [ellipse, rectangle] {
        assert_held(20_000, 0.95, false, || {
            let [a, b, c] = [0; 3].map(|_| normal.draw());
            region.contains(&[a + 3.0 * c, b + 3.0 * c])
        });
    }
}

/// x[k] = φ x[k−1] + e: the interval of independent indications holds far less than it claims, the adjusted one does.
#[test]
fn intervals_of_autocorrelated_indications_hold_nearly_what_they_claim() {
    let mut normal = Normal(5);
    for (phi, count, claimed) in [(0.0, 20, 0.95), (0.5, 400, 0.95), (0.8, 2000, 0.95)] {
        let mut held = [0; 2];
        for _ in 0..1000 {
            let mut state = normal.draw() / f64::sqrt(1.0 - phi * phi);
            let mut next = || {
                state = phi * state + normal.draw();
                state
            };
            let record: Vec<f64> = (0..count).map(|_| next()).collect();
            let plain = Simultaneous::of(&[&record]).unwrap();
            let adjusted = autocorrelated(&record).unwrap();
            let k = |dof| sigmatau_core::Coverage::of_interval(claimed, dof).factor;
            held[0] += usize::from(plain.means[0].abs() <= k(plain.dof) * plain.standard_uncertainties()[0]);
            held[1] += usize::from(adjusted.mean.abs() <= k(adjusted.dof) * adjusted.standard_uncertainty);
        }
        let [plain, adjusted] = held.map(|held| f64::from(held as u32) / 1000.0);
        assert!((adjusted - claimed).abs() < 0.03, "φ = {phi}: {adjusted}");
        assert!(phi == 0.0 || plain < 0.8, "φ = {phi}: {plain}");
    }
}
