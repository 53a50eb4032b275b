//! Several clocks: laws and published figures of hats and covariances, and how often their intervals hold the truth.

use rayon::prelude::*;
use sigmatau_core::{FrequencySeries, PhaseSeries};
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::covariance::{Covariance, covariances};
use sigmatau_stability::dynamic::{Windows, surface};
use sigmatau_stability::edf::EdfMethod;
use sigmatau_stability::hat::{Corner, Hat, HatError, against_common_reference, from_pairs};
use sigmatau_stability::{ClockData, Estimator, Noise, Settings, TauList, Together, analyse};

mod records;

const SEED: u64 = 20_261_122;

fn settings(estimators: &[&str], m: &[usize]) -> Settings {
    Settings {
        estimators: estimators.iter().map(|name| Estimator::named(name).unwrap()).collect(),
        taus: TauList::Explicit(m.iter().map(|m| *m as f64).collect()),
        ..Settings::default()
    }
}

fn phase(x: &[f64]) -> ClockData<'_> {
    ClockData::Phase(PhaseSeries::new(x, 1.0).unwrap())
}

fn hat(clocks: &[Vec<f64>], settings: &Settings) -> Hat {
    against_common_reference(&clocks.iter().map(|x| phase(x)).collect::<Vec<_>>(), settings).unwrap()
}

fn covariances_of(one: &[f64], other: &[f64], settings: &Settings) -> Vec<Covariance> {
    covariances(&Together::new(&[phase(one), phase(other)]).unwrap(), 0, 1, settings).0
}

/// Clocks of white FM with these deviations at 1 s, each less a bad common reference.
fn white_clocks(deviations: &[f64], points: usize, record: u64) -> Vec<Vec<f64>> {
    let draw = |deviation: f64, stream: u64| {
        PowerLaw::from_deviation(0, deviation, 1.0).unwrap().phase(points, 1.0, SEED, 100 * record + stream)
    };
    let reference = draw(1e-9, 99);
    let less = |x: Vec<f64>| x.iter().zip(&reference).map(|(x, r)| x - r).collect();
    deviations.iter().zip(0..).map(|(deviation, stream)| less(draw(*deviation, stream))).collect()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Three stretches of 300 phases of the frequencies of the suite of NIST SP 1065 as the clocks of golden figures.
fn suite_clocks() -> [Vec<f64>; 3] {
    let y = records::suite_frequency();
    [0, 1, 2].map(|k| {
        let scaled: Vec<f64> = y[300 * k..300 * (k + 1)].iter().map(|y| (y - 0.5) * [1.0, 2.0, 3.0][k]).collect();
        records::integrated(&scaled)
    })
}

fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found / expected - 1.0).abs() < tolerance, "{what}: {found:e} instead of {expected:e}");
}

/// One golden row: method, statistic, clock, m, number of terms, deviation.
fn golden() -> Vec<(String, String, String, usize, u64, f64)> {
    let rows = include_str!("golden/several-clocks.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [method, estimator, clock, m, n, deviation] = cells[..] else { panic!("six cells in `{line}`") };
        let [method, estimator, clock] = [method, estimator, clock].map(str::to_owned);
        (method, estimator, clock, m.parse().unwrap(), n.parse().unwrap(), deviation.parse().unwrap())
    };
    rows.map(row).collect()
}

#[test]
fn hats_and_codeviations_agree_with_allantools() {
    let [a, b, c] = suite_clocks();
    let factors = [1, 2, 4, 8, 16, 32, 64];
    let hat = hat(&[a.clone(), b.clone(), c.clone()], &settings(&["oadev", "mdev", "ohdev"], &factors));
    let behind = covariances_of(&difference(&a, &b), &difference(&c, &b), &settings(&[], &factors));
    let turned = covariances_of(&difference(&a, &b), &difference(&b, &c), &settings(&[], &factors));
    for (method, estimator, clock, m, n, deviation) in golden() {
        let what = format!("{method} {estimator} of {clock} at m = {m}");
        if method == "gcodev" {
            let points = if clock == "b" { &behind } else { &turned };
            let point = points.iter().find(|point| point.m == m).unwrap();
            assert_near(point.codeviation(), deviation, 1e-11, &what);
            assert_eq!(point.n, n, "{what}");
        } else {
            let is_it = |corner: &&Corner| {
                corner.estimator.name == estimator && corner.clock.to_string() == clock && corner.m == m
            };
            let corner = hat.corners.iter().find(is_it).unwrap();
            match corner.deviation() {
                Some(found) => assert_near(found, deviation, 1e-11, &what),
                // allantools puts 0 in place of a negative variance.
                None => assert_eq!(deviation, 0.0, "{what}"),
            }
            assert_eq!(corner.n, n, "{what}");
        }
    }
}

#[test]
fn two_clocks_variances_add_up_to_that_of_their_difference() {
    let clocks = white_clocks(&[1e-12, 2e-12, 3e-12], 600, 0);
    let found = hat(&clocks, &settings(&["oadev", "mdev", "ohdev"], &[1, 5, 40]));
    for [k, l] in [[0, 1], [0, 2], [1, 2]] {
        let pair =
            analyse(&phase(&difference(&clocks[k], &clocks[l])), &settings(&["oadev", "mdev", "ohdev"], &[1, 5, 40]));
        let of = |clock: usize| found.corners.iter().filter(move |corner| corner.clock == clock);
        for ((a, b), point) in of(k).zip(of(l)).zip(&pair.points) {
            assert_near(a.variance + b.variance, point.deviation.powi(2), 1e-9, point.estimator.name);
        }
    }
}

#[test]
fn clocks_in_another_order_are_the_same_clocks() {
    let clocks = white_clocks(&[1e-13, 2e-12, 3e-12, 1e-12], 400, 1);
    let turned: Vec<Vec<f64>> = [2, 0, 3, 1].map(|k| clocks[k].clone()).into();
    let (plain, turned) =
        (hat(&clocks, &settings(&["oadev"], &[1, 8, 64])), hat(&turned, &settings(&["oadev"], &[1, 8, 64])));
    let of = |hat: &Hat, clock: usize| {
        hat.corners.iter().filter(|corner| corner.clock == clock).cloned().collect::<Vec<_>>()
    };
    for (there, here) in [2, 0, 3, 1].into_iter().enumerate() {
        for (a, b) in of(&plain, here).iter().zip(of(&turned, there)) {
            assert!((a.variance - b.variance).abs() < 1e-10 * a.uncertainty.unwrap());
            assert_near(b.interval.unwrap().upper, a.interval.unwrap().upper, 1e-4, "upper end");
        }
    }
}

#[test]
fn scale_multiplies_deviation_and_interval() {
    let clocks = white_clocks(&[1e-12, 2e-12, 3e-12], 400, 2);
    let scaled: Vec<Vec<f64>> = clocks.iter().map(|x| x.iter().map(|x| 1024.0 * x).collect()).collect();
    let (plain, scaled) =
        (hat(&clocks, &settings(&["oadev"], &[1, 16])), hat(&scaled, &settings(&["oadev"], &[1, 16])));
    for (plain, scaled) in plain.corners.iter().zip(&scaled.corners) {
        assert_near(scaled.variance, plain.variance * 1024.0 * 1024.0, 1e-12, "variance");
        assert_near(scaled.interval.unwrap().upper, plain.interval.unwrap().upper * 1024.0, 1e-9, "upper end");
    }
}

#[test]
fn pairs_in_any_order_and_direction_give_the_hat_of_the_clocks() {
    let clocks = white_clocks(&[1e-12, 2e-12, 3e-12], 500, 3);
    let settings = settings(&["oadev"], &[1, 4, 32]);
    let (ca, ba, bc) =
        (difference(&clocks[2], &clocks[0]), difference(&clocks[1], &clocks[0]), difference(&clocks[1], &clocks[2]));
    let pairs = [([2, 0], phase(&ca)), ([1, 0], phase(&ba)), ([1, 2], phase(&bc))];
    let (by_pairs, by_clocks) = (from_pairs(3, &pairs, &settings).unwrap(), hat(&clocks, &settings));
    for (a, b) in by_pairs.corners.iter().zip(&by_clocks.corners) {
        assert_near(a.variance, b.variance, 1e-9, "variance");
    }
    let twice = from_pairs(3, &[pairs[0], pairs[1], pairs[1]], &settings).unwrap_err();
    assert_eq!(twice, HatError::Pair { pair: [0, 1], times: 2 });
    assert_eq!(from_pairs(2, &pairs[..1], &settings).unwrap_err(), HatError::TooFew(2));
}

#[test]
fn a_hat_of_three_is_the_covariance_with_the_other_two() {
    let clocks = white_clocks(&[1e-12, 2e-12, 3e-12], 500, 4);
    let found = hat(&clocks, &settings(&["oadev"], &[1, 4, 32]));
    let pairs = covariances_of(
        &difference(&clocks[1], &clocks[0]),
        &difference(&clocks[2], &clocks[0]),
        &settings(&["oadev"], &[1, 4, 32]),
    );
    for (corner, pair) in found.corners.iter().zip(&pairs) {
        assert_near(pair.covariance, corner.variance, 1e-8, "covariance");
        assert_eq!(pair.n, corner.n);
    }
}

#[test]
fn the_common_clock_behind_turns_the_sign() {
    let [a, b, c] = suite_clocks();
    let of = |x: &[f64], y: &[f64]| covariances_of(x, y, &settings(&["oadev"], &[1, 7]));
    let (same, turned) = (of(&difference(&a, &b), &difference(&c, &b)), of(&difference(&a, &b), &difference(&b, &c)));
    for (same, turned) in same.iter().zip(&turned) {
        assert_eq!(turned.codeviation(), -same.codeviation());
        assert_eq!(turned.interval.unwrap().upper.signum(), -same.interval.unwrap().lower.signum());
    }
}

#[test]
fn covariance_of_a_record_with_itself_is_its_variance() {
    let x = &suite_clocks()[1];
    let points = analyse(&phase(x), &settings(&["oadev"], &[1, 9, 70])).points;
    for (covariance, point) in covariances_of(x, x, &settings(&[], &[1, 9, 70])).iter().zip(&points) {
        assert_near(covariance.codeviation(), point.deviation, 1e-12, "codeviation");
        let (found, chi_squared) = (covariance.interval.unwrap(), point.interval.unwrap());
        assert_near(found.lower.sqrt(), chi_squared.lower, 5e-3, "lower end");
        assert_near(found.upper.sqrt(), chi_squared.upper, 5e-3, "upper end");
    }
}

#[test]
fn fast_covariance_agrees_with_its_definition_across_blocks_and_gaps() {
    let clocks = white_clocks(&[1e-12, 2e-12], 20_000, 5);
    let mut broken = clocks.clone();
    [5, 8190, 8193, 19_000].into_iter().for_each(|gap| broken[0][gap] = f64::NAN);
    [6, 8191, 12_000].into_iter().for_each(|gap| broken[1][gap] = f64::NAN);
    for clocks in [&clocks, &broken] {
        for found in covariances_of(&clocks[0], &clocks[1], &settings(&[], &[1, 7, 100, 1000, 3001])) {
            let m = found.m;
            let second = |x: &[f64], i: usize| x[i + 2 * m] - 2.0 * x[i + m] + x[i];
            let products = (0..20_000 - 2 * m).map(|i| second(&clocks[0], i) * second(&clocks[1], i));
            let there: Vec<f64> = products.filter(|product| !product.is_nan()).collect();
            let direct = there.iter().sum::<f64>() / there.len() as f64 / (2.0 * (m * m) as f64);
            assert_eq!(found.n, there.len() as u64, "m = {m}");
            assert_near(found.covariance, direct, 1e-9, &format!("m = {m}"));
        }
    }
}

#[test]
fn a_gap_in_frequency_gives_no_term_that_spans_it() {
    let [a, b, _] = suite_clocks();
    let frequency = |x: &[f64]| x.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    let (mut a, b) = (frequency(&a), frequency(&b));
    a[100] = f64::NAN;
    let data = |y| ClockData::Frequency(FrequencySeries::new(y, 1.0).unwrap());
    let (found, _) = covariances(&Together::new(&[data(&a), data(&b)]).unwrap(), 0, 1, &settings(&[], &[10]));
    assert_eq!(found[0].n, (101 - 20) + (200 - 20));
    assert_eq!(found[0].flags()[0], "gaps");
}

#[test]
fn missing_points_are_missing_for_every_clock() {
    let mut clocks = white_clocks(&[1e-12, 2e-12, 3e-12], 300, 6);
    clocks[1][150] = f64::NAN;
    let found = hat(&clocks, &settings(&["oadev"], &[3]));
    let counts: Vec<u64> = found.corners.iter().map(|corner| corner.n).collect();
    assert_eq!(counts, [300 - 6 - 3; 3]);
    assert!(found.corners.iter().all(|corner| corner.flags().contains(&"gaps")));
}

#[test]
fn a_clock_far_better_than_the_others_has_a_bound_that_is_never_zero() {
    let negative: Vec<Corner> = (0..40)
        .flat_map(|record| {
            let found = hat(&white_clocks(&[1e-14, 1e-12, 1.2e-12], 257, 1000 + record), &settings(&["oadev"], &[16]));
            found.corners.into_iter().filter(|corner| corner.variance < 0.0)
        })
        .collect();
    assert!(negative.len() > 10, "{} negative", negative.len());
    for corner in negative {
        let ends = corner.interval.unwrap();
        assert!(ends.lower == 0.0 && ends.upper > 1e-14 && corner.deviation().is_none(), "{corner:?}");
        assert_eq!(corner.flags()[..2], ["negative", "upper-bound"]);
    }
}

/// How often 95 % intervals of simulated clocks held the true deviation, and how often the variance came out
/// negative, clock by clock. The closed form has the exact degrees of freedom of this noise at m = 1.
fn coverage(deviations: &[f64], m: usize) -> Vec<(f64, f64)> {
    let settings = Settings { noise: Noise::of(0), edf: EdfMethod::ClosedForm, ..settings(&["oadev"], &[m]) };
    let simulated = |record| hat(&white_clocks(deviations, 1025, record), &settings);
    let hats: Vec<Hat> = (0..RECORDS).into_par_iter().map(simulated).collect();
    let share = |holds: &dyn Fn(&Corner) -> bool, clock: usize| {
        hats.iter().filter(|hat| holds(&hat.corners[clock])).count() as f64 / RECORDS as f64
    };
    let row = |clock: usize| {
        let truth = deviations[clock] / (m as f64).sqrt();
        let holds = |corner: &Corner| corner.interval.is_some_and(|ends| (ends.lower..=ends.upper).contains(&truth));
        (share(&holds, clock), share(&|corner| corner.variance < 0.0, clock))
    };
    (0..deviations.len()).map(row).collect()
}

const RECORDS: u64 = 400;
/// Three standard deviations below 95 % in so many records; a bound may cover more than it states.
const LEAST: f64 = 0.917;

#[test]
fn intervals_of_three_clocks_cover_no_less_than_stated() {
    for m in [1, 16, 256] {
        for deviations in [[1e-12, 1e-12, 1e-12], [1e-13, 1e-12, 2e-12], [1e-13, 1e-13, 1e-12]] {
            let found = coverage(&deviations, m);
            assert!(found.iter().all(|(held, _)| *held >= LEAST), "{deviations:?} at m = {m}: {found:?}");
            assert!(deviations[2] == 1e-12 || found[0].1 > 0.3, "the good clock comes out negative: {found:?}");
        }
    }
}

#[test]
fn intervals_of_five_clocks_cover_no_less_than_stated() {
    for m in [1, 16, 128] {
        let found = coverage(&[5e-14, 1e-12, 1e-12, 2e-12, 3e-12], m);
        assert!(found.iter().all(|(held, _)| *held >= LEAST), "m = {m}: {found:?}");
        assert!(found[0].1 > 0.3, "the good clock comes out negative: {found:?}");
    }
}

#[test]
fn a_clear_variance_is_covered_no_more_than_stated() {
    for m in [1, 16] {
        let found = coverage(&[1e-12, 1e-12, 1e-12], m);
        assert!(found.iter().all(|(held, _)| (LEAST..=0.983).contains(held)), "m = {m}: {found:?}");
    }
}

#[test]
fn a_window_is_analysed_as_a_record_of_its_own() {
    let x = PowerLaw::from_deviation(-1, 1e-12, 1.0).unwrap().phase(1001, 1.0, SEED, 7);
    let settings = Settings { taus: TauList::Octave, ..settings(&["oadev", "mdev"], &[]) };
    let found = surface(&phase(&x), Windows::new(200.0, 50.0, 1.0).unwrap(), &settings);
    assert_eq!(found.slices.len(), 17);
    for (place, slice) in found.slices.iter().enumerate() {
        assert_eq!(slice.time, 100.0 + 50.0 * place as f64);
        assert_eq!(slice.points, analyse(&phase(&x[50 * place..=50 * place + 200]), &settings).points);
    }
    let y: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let y = ClockData::Frequency(FrequencySeries::new(&y, 1.0).unwrap());
    let by_frequency = surface(&y, Windows::new(200.0, 50.0, 1.0).unwrap(), &settings);
    for (by_phase, by_frequency) in found.slices.iter().zip(&by_frequency.slices) {
        assert_eq!(by_phase.time, by_frequency.time);
        assert_near(by_frequency.points[0].deviation, by_phase.points[0].deviation, 1e-9, "deviation");
    }
}

#[test]
fn a_gap_empties_the_windows_within_and_is_remarked_once() {
    let mut x = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(1001, 1.0, SEED, 8);
    x[350..750].fill(f64::NAN);
    let found = surface(&phase(&x), Windows::new(200.0, 100.0, 1.0).unwrap(), &settings(&["oadev"], &[1]));
    let points: Vec<usize> = found.slices.iter().map(|slice| slice.points.len()).collect();
    assert_eq!(points, [1, 1, 1, 1, 0, 0, 1, 1, 1]);
    let [finding] = &found.findings[..] else { panic!("one remark: {:?}", found.findings) };
    assert_eq!((&*finding.code, finding.severity.word()), ("no-data", "warning"));
    assert!(finding.seen.starts_with("in 2 of 9 windows, first around 500 s"), "{}", finding.seen);
}

#[test]
fn a_clock_that_becomes_worse_shows_when() {
    let quiet = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap().phase(2001, 1.0, SEED, 9);
    let loud: Vec<f64> = quiet
        .iter()
        .enumerate()
        .map(|(i, x)| if i < 1000 { *x } else { quiet[1000] + 10.0 * (x - quiet[1000]) })
        .collect();
    let found = surface(&phase(&loud), Windows::new(500.0, 500.0, 1.0).unwrap(), &settings(&["oadev"], &[4]));
    let deviations: Vec<f64> = found.slices.iter().map(|slice| slice.points[0].deviation).collect();
    assert!(deviations[..2].iter().all(|deviation| *deviation < 1e-12), "{deviations:?}");
    assert!(deviations[2..].iter().all(|deviation| *deviation > 3e-12), "{deviations:?}");
}

#[test]
fn thread_count_leaves_every_bit_unchanged() {
    let clocks = white_clocks(&[1e-13, 1e-12, 2e-12], 3000, 10);
    let settings = Settings { taus: TauList::Octave, ..settings(&["oadev", "mdev"], &[]) };
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let surface = surface(&phase(&clocks[1]), Windows::new(500.0, 100.0, 1.0).unwrap(), &settings);
            (hat(&clocks, &settings), covariances_of(&clocks[0], &clocks[1], &settings), surface)
        })
    };
    let one = with_threads(1);
    assert_eq!(with_threads(2), one);
    assert_eq!(with_threads(5), one);
}
