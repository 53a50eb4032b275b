//! Comparisons of laboratories: published figures, those of other programs, laws, and simulated coverage.

use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution as _, StandardNormal};
use sigmatau_uncertainty::consensus::{CONSENSUSES, Comparison, Consensus, Reference, Settings, bilateral};
use sigmatau_uncertainty::risk::Batch;
use sigmatau_uncertainty::rule::Limits;
use sigmatau_uncertainty::{Correlation, robust::ROBUSTS};

const GOLDEN: &str = include_str!("golden/consensus.csv");

/// CCQM-K30, lead in wine: value, expanded uncertainty, coverage factor.
const LEAD: [(f64, f64, f64); 11] = [
    (1.620, 0.088, 2.0),
    (2.893, 0.044, 2.13),
    (2.936, 0.025, 2.0),
    (2.940, 0.033, 2.0),
    (2.960, 0.080, 2.4),
    (2.980, 0.200, 1.99),
    (3.000, 0.100, 2.0),
    (3.001, 0.136, 2.0),
    (3.070, 0.170, 2.0),
    (3.130, 0.120, 2.0),
    (7.710, 1.980, 2.0),
];

fn lead(places: std::ops::Range<usize>) -> Comparison {
    let (values, u): (Vec<f64>, Vec<f64>) =
        LEAD[places].iter().map(|(value, expanded, k)| (*value, expanded / k)).unzip();
    Comparison::new(&values, &u).unwrap()
}

fn cadmium() -> Comparison {
    let values = [27.044, 26.022, 26.340, 26.787, 26.796];
    Comparison::new(&values, &[0.003, 0.076, 0.464, 0.003, 0.014_f64].map(f64::sqrt)).unwrap()
}

fn found(name: &str, comparison: &Comparison) -> Reference {
    Consensus::named(name).unwrap().of(comparison, &Settings::default()).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
}

#[test]
fn lead_of_all_laboratories_is_not_consistent() {
    let mean = found("weighted-mean", &lead(0..11));
    near(mean.value, 2.894377174, 0.5e-9);
    near(mean.u, 0.008174362, 0.5e-9);
    near(mean.chi_squared, 912.474034, 0.5e-6);
    near(mean.birge_ratio(), 9.552351, 0.5e-6);
    assert_eq!((mean.dof, format!("{:.1e}", mean.p_value)), (10, "1.3e-189".to_owned()));
}

#[test]
fn lead_has_the_published_largest_consistent_subset_and_degrees() {
    let comparison = lead(0..11);
    let subset = found("largest-consistent-subset", &comparison);
    let members: Vec<usize> = (1..=11).filter(|place| subset.members[place - 1]).collect();
    assert_eq!((members, subset.dof), ((2..=9).collect(), 7));
    near(subset.value, 2.935864813, 0.5e-9);
    near(subset.u, 0.008400630, 0.5e-9);
    near(subset.chi_squared, 10.138970686, 0.5e-9);
    near(subset.p_value, 0.1808, 0.5e-4);
    let degrees = subset.degrees(&comparison);
    let published = [(1, -1.31586, 0.08959), (2, -0.04286, 0.03774), (10, 0.19414, 0.12117), (11, 4.77414, 1.98007)];
    for (laboratory, difference, expanded) in published {
        near(degrees[laboratory - 1].difference, difference, 0.6e-5);
        near(2.0 * degrees[laboratory - 1].u, expanded, 0.6e-5);
    }
    for (laboratory, e_n, digit) in [(1, -14.7, 0.05), (10, 1.60, 0.005), (11, 2.41, 0.005)] {
        near(degrees[laboratory - 1].e_n(2.0), e_n, digit);
    }
}

#[test]
fn lead_by_isotope_dilution_has_its_random_effects() {
    let comparison = lead(1..10);
    let mean = found("weighted-mean", &comparison);
    near(mean.chi_squared, 20.406712, 0.5e-6);
    near(mean.p_value, 0.0089, 0.5e-4);
    for (name, value, u) in
        [("der-simonian-laird", 2.958815829, 0.017413866), ("mandel-paule", 2.968477116, 0.022747364)]
    {
        let effects = found(name, &comparison);
        near(effects.value, value, 0.5e-9);
        near(effects.u, u, 0.5e-9);
    }
}

/// Of independent laboratories the distribution of the median is closed: at least six of eleven lie below. Its figures by
/// SciPy, within four standard errors of 2 × 10⁶ trials; others drew 2.96834, 0.02534 and [2.9303, 3.0273] with as many.
#[test]
fn lead_has_the_median_of_procedure_b() {
    let trials = 2_000_000;
    let settings = Settings { trials, ..Settings::default() };
    let median = Consensus::named("median").unwrap().of(&lead(0..11), &settings).unwrap();
    let error = 4.0 / (trials as f64).sqrt();
    near(median.value, 2.968314510, error * 0.025336);
    near(median.u, 0.025335718, error * 0.025336);
    // √(p (1 − p)) over the densities at the two ends.
    near(median.interval[0], 2.930236274, error * 0.15612 / 4.318);
    near(median.interval[1], 3.027195406, error * 0.15612 / 1.597);
}

#[test]
fn cadmium_has_the_figures_of_metrology_and_numpy() {
    let comparison = cadmium();
    let paule = found("mandel-paule", &comparison);
    near(paule.value, 26.712128748259, 1e-12);
    near(paule.u, 0.171136963619, 1e-12);
    near(paule.tau * paule.tau, 0.105219388249, 1e-12);
    let laird = found("der-simonian-laird", &comparison);
    near(laird.value, 26.767482329463, 1e-12);
    near(laird.u, 0.116423259544, 1e-12);
    near(laird.tau, 0.203149972838, 1e-12);
    let mean = found("weighted-mean", &comparison);
    near(mean.value, 26.886919754, 0.5e-9);
    near(mean.chi_squared, 22.631075, 0.5e-6);
    near(mean.p_value, 1.5e-4, 0.5e-5);
    near(mean.birge_ratio(), 2.378606, 0.5e-6);
}

#[test]
fn consensus_values_agree_with_scipy() {
    for row in GOLDEN.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let words: Vec<&str> = row.split(',').collect();
        let comparison = match words[0] {
            "lead" => lead(0..11),
            "isotope-dilution" => lead(1..10),
            _ => cadmium(),
        };
        let found = found(words[1], &comparison);
        let figures = [found.value, found.u, found.interval[0], found.interval[1], found.tau];
        for (found, word) in figures.into_iter().zip(&words[2..]) {
            let expected: f64 = word.parse().unwrap();
            assert!((found - expected).abs() <= 1e-8 * expected.abs().max(1.0), "{row}: {found}");
        }
    }
}

#[test]
fn every_consensus_value_but_the_drawn_one_has_golden_figures() {
    for consensus in CONSENSUSES.iter().filter(|consensus| consensus.name != "median") {
        assert!(GOLDEN.contains(&format!(",{},", consensus.name)), "{}", consensus.name);
    }
}

#[test]
fn correlated_laboratories_take_generalised_least_squares() {
    let correlation = Correlation::of_pairs(3, &[(0, 1, 0.9)]).unwrap();
    let comparison =
        Comparison::new(&[1.0, 1.2, 2.0], &[1.0, 1.0, 1.0]).unwrap().with_correlation(correlation).unwrap();
    let mean = found("weighted-mean", &comparison);
    // The first two weigh as one of variance 0.95: (1.1/0.95 + 2)/(1/0.95 + 1), u² = 1/(1/0.95 + 1).
    near(mean.value, (1.1 / 0.95 + 2.0) / (1.0 / 0.95 + 1.0), 1e-14);
    near(mean.u * mean.u, 1.0 / (1.0 / 0.95 + 1.0), 1e-14);
    // Of a member of a weighted mean the covariance with it is its variance, correlated or not.
    for (degree, covariance) in mean.degrees(&comparison).iter().zip(&mean.covariances) {
        near(*covariance, mean.u * mean.u, 1e-14);
        near(degree.u * degree.u, 1.0 - mean.u * mean.u, 1e-14);
    }
    near(bilateral(&comparison)[0][1].u, 0.2_f64.sqrt(), 1e-14);
    let error = Consensus::named("mandel-paule").unwrap().of(&comparison, &Settings::default()).unwrap_err();
    assert!(error.to_string().contains("correlated"), "{error}");
}

#[test]
fn trouble_is_refused_with_its_figures() {
    let error = Comparison::new(&[1.0, 2.0], &[0.1, -0.2]).unwrap_err().to_string();
    assert!(error.contains("laboratory 2") && error.contains("-0.2"), "{error}");
    assert!(Comparison::new(&[1.0], &[]).is_err() && Comparison::new(&[], &[]).is_err());
    let two = Comparison::new(&[1.0, 2.0], &[0.1, 0.1]).unwrap();
    assert!(Consensus::named("hierarchical-bayes").unwrap().of(&two, &Settings::default()).is_err());
    let full = Correlation::of_pairs(2, &[(0, 1, 1.0)]).unwrap();
    assert!(two.with_correlation(full).unwrap_err().to_string().contains("leave it out"));
    assert!(Consensus::named("weigthed-mean").err().unwrap().to_string().contains("`weighted-mean`"));
}

#[test]
fn the_median_does_not_depend_on_threads() {
    let settings = Settings { trials: 20_000, ..Settings::default() };
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Consensus::named("median").unwrap().of(&cadmium(), &settings).unwrap())
    };
    assert_eq!(of(1), of(3));
}

/// Independent medians have the covariances Σ that independent weighted means of two laboratories have.
#[test]
fn the_median_of_two_is_their_mean_with_its_covariances() {
    let comparison = Comparison::new(&[1.0, 2.0], &[0.3, 0.4]).unwrap();
    let median = found("median", &comparison);
    near(median.value, 1.5, 4.0 * 0.25e-3);
    near(median.u, 0.25, 1e-3);
    near(median.covariances[0], 0.045, 1e-3);
    near(median.covariances[1], 0.08, 1e-3);
}

fn laboratories() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (3..9_usize).prop_flat_map(|count| {
        (prop::collection::vec(-3.0..3.0_f64, count), prop::collection::vec(0.2..2.0_f64, count))
    })
}

fn values(comparison: &Comparison) -> Vec<[f64; 5]> {
    let settings = Settings { trials: 2000, ..Settings::default() };
    let of = |consensus: &&'static Consensus| {
        let found = consensus.of(comparison, &settings).unwrap();
        [found.value, found.u, found.interval[0], found.interval[1], found.tau]
    };
    CONSENSUSES.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn shift_and_scale_of_all_laboratories_are_those_of_the_consensus(
        (x, u) in laboratories(), shift in -5.0..5.0_f64, scale in 0.01..100.0_f64,
    ) {
        let plain = values(&Comparison::new(&x, &u).unwrap());
        let moved: Vec<f64> = x.iter().map(|x| shift + scale * x).collect();
        let wider: Vec<f64> = u.iter().map(|u| scale * u).collect();
        let moved = values(&Comparison::new(&moved, &wider).unwrap());
        for (consensus, (plain, moved)) in CONSENSUSES.iter().zip(plain.iter().zip(moved)) {
            let [value, u, low, high, tau] = *plain;
            let expected = [shift + scale * value, scale * u, shift + scale * low, shift + scale * high, scale * tau];
            for (found, expected) in moved.into_iter().zip(expected) {
                prop_assert!((found - expected).abs() < 1e-6 * scale + 1e-9, "{}: {found} for {expected}", consensus.name);
            }
        }
    }

    #[test]
    fn order_of_laboratories_does_not_matter((x, u) in laboratories(), turned in 1..8_usize) {
        let plain = values(&Comparison::new(&x, &u).unwrap());
        let turn = |values: &[f64]| { let mut turned_values = values.to_vec(); turned_values.rotate_left(turned % values.len()); turned_values };
        let turned = values(&Comparison::new(&turn(&x), &turn(&u)).unwrap());
        for (consensus, (plain, turned)) in CONSENSUSES.iter().zip(plain.iter().zip(turned)) {
            // The draws of the median are handed out in the order of the laboratories.
            let tolerance = if consensus.name == "median" { 0.3 } else { 1e-7 };
            prop_assert!(plain.iter().zip(turned).all(|(a, b)| (a - b).abs() < tolerance), "{}: {plain:?} {turned:?}", consensus.name);
        }
    }

    #[test]
    fn identical_laboratories_merge_into_one_in_the_weighted_mean((mut x, mut u) in laboratories()) {
        let merged = found("weighted-mean", &Comparison::new(&x, &u).unwrap());
        let twice = u[0] * 2.0_f64.sqrt();
        (u[0], x) = (twice, [x[0]].into_iter().chain(x).collect());
        u.insert(0, twice);
        let split = found("weighted-mean", &Comparison::new(&x, &u).unwrap());
        prop_assert!((merged.value - split.value).abs() < 1e-12 && (merged.u - split.u).abs() < 1e-12);
        prop_assert!((merged.chi_squared - split.chi_squared).abs() < 1e-9);
    }

    #[test]
    fn robust_means_move_with_shift_and_scale((x, _) in laboratories(), shift in -5.0..5.0_f64, scale in 0.01..100.0_f64) {
        let moved: Vec<f64> = x.iter().map(|x| shift + scale * x).collect();
        for robust in ROBUSTS {
            let (plain, moved) = (robust.of(&x).unwrap(), robust.of(&moved).unwrap());
            prop_assert!((moved.value - shift - scale * plain.value).abs() < 1e-6 * scale + 1e-9, "{}", robust.name);
            prop_assert!((moved.standard_deviation - scale * plain.standard_deviation).abs() < 1e-6 * scale, "{}", robust.name);
        }
    }
}

struct Normal(ChaCha8Rng);

impl Normal {
    fn draw(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }
}

/// How often the interval and that of Hartung and Knapp hold 0, the mean of simulated laboratories with a dark τ.
fn coverage(name: &str, laboratories: usize, tau: f64, records: usize) -> [f64; 2] {
    let mut numbers = Normal(ChaCha8Rng::seed_from_u64(17));
    let u: Vec<f64> = (0..laboratories).map(|i| 0.5 + (i % 4) as f64 * 0.5).collect();
    let settings = Settings { trials: 1000, ..Settings::default() };
    let mut held = [0.0, 0.0];
    for _ in 0..records {
        let values: Vec<f64> = u.iter().map(|u| u * numbers.draw() + tau * numbers.draw()).collect();
        let found = Consensus::named(name).unwrap().of(&Comparison::new(&values, &u).unwrap(), &settings).unwrap();
        for (held, interval) in held.iter_mut().zip([found.interval, found.hartung_knapp.unwrap_or(found.interval)]) {
            *held += f64::from(interval[0] <= 0.0 && 0.0 <= interval[1]);
        }
    }
    held.map(|held| held / records as f64)
}

#[test]
fn weighted_mean_and_birge_hold_their_confidence_of_sound_laboratories() {
    near(coverage("weighted-mean", 5, 0.0, 2000)[0], 0.95, 0.02);
    assert!(coverage("birge", 5, 0.0, 2000)[0] > 0.93);
    assert!(coverage("weighted-mean", 5, 2.0, 1000)[0] < 0.75, "dark uncertainty is not seen by a weighted mean");
}

#[test]
fn arithmetic_mean_holds_its_confidence_at_few_laboratories() {
    assert!(coverage("arithmetic-mean", 5, 2.0, 2000)[0] > 0.93);
}

#[test]
fn normal_intervals_of_random_effects_are_too_short_at_few_laboratories_and_those_of_hartung_and_knapp_are_not() {
    for name in ["der-simonian-laird", "mandel-paule", "reml"] {
        let [normal, hartung_knapp] = coverage(name, 5, 2.0, 1000);
        assert!(normal < 0.92, "{name}: {normal}");
        near(hartung_knapp, 0.95, 0.025);
        let [normal, hartung_knapp] = coverage(name, 25, 2.0, 400);
        assert!(normal > 0.91, "{name}: {normal}");
        near(hartung_knapp, 0.95, 0.035);
    }
}

#[test]
fn credible_interval_of_the_hierarchical_model_holds_its_confidence_at_few_laboratories() {
    for (laboratories, tau) in [(4, 0.0), (4, 2.0), (10, 1.0)] {
        let held = coverage("hierarchical-bayes", laboratories, tau, 300)[0];
        assert!(held > 0.92, "{held} of {laboratories} at τ = {tau}");
    }
}

#[test]
fn the_median_of_sound_laboratories_is_held_at_least_as_often_as_stated() {
    assert!(coverage("median", 5, 0.0, 600)[0] > 0.93);
    assert!(coverage("linear-pool", 5, 0.0, 300)[0] > 0.95);
}

/// The totals of a batch hold the truth, which is simulated and known, within 2 u in 95 % of batches.
#[test]
fn totals_of_a_batch_hold_the_true_numbers() {
    let mut numbers = Normal(ChaCha8Rng::seed_from_u64(23));
    let limits = Limits::new(-1.0, 1.2).unwrap();
    let (batches, items) = (300, 120);
    let mut held = [0, 0, 0];
    for _ in 0..batches {
        let truth: Vec<f64> = (0..items).map(|_| 0.2 + 0.6 * numbers.draw()).collect();
        let u: Vec<f64> = (0..items).map(|i| 0.2 + 0.1 * f64::from(i % 3)).collect();
        let values: Vec<f64> = truth.iter().zip(&u).map(|(x, u)| x + u * numbers.draw()).collect();
        let accepted: Vec<bool> = values.iter().map(|value| limits.contain(*value)).collect();
        let batch = Batch::of(&limits, &Comparison::new(&values, &u).unwrap(), &accepted);
        let count = |of: &dyn Fn(bool, bool) -> bool| {
            truth.iter().zip(&accepted).filter(|(x, accepted)| of(limits.contain(**x), **accepted)).count() as f64
        };
        let true_numbers = [count(&|good, _| good), count(&|good, yes| !good && yes), count(&|good, yes| good && !yes)];
        let totals = [batch.conforming, batch.falsely_accepted, batch.falsely_rejected];
        for (held, (total, truth)) in held.iter_mut().zip(totals.iter().zip(true_numbers)) {
            *held += i32::from((total.expected - truth).abs() <= 2.0 * total.u);
        }
    }
    for held in held.map(|held| f64::from(held) / f64::from(batches)) {
        near(held, 0.955, 0.04);
    }
}
