//! Laws that every estimator obeys, whatever the data.

use proptest::prelude::*;
use sigmatau_core::{FrequencySeries, PhaseSeries, Unit};
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::{Analysis, ClockData, ESTIMATORS, Estimator, Settings, TauList, Terms, analyse};

fn noise(alpha: i8, points: usize, stream: u64) -> Vec<f64> {
    PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap().phase(points, 1.0, 7, stream)
}

fn settings() -> Settings {
    let (estimators, taus) = (ESTIMATORS.to_vec(), TauList::Octave);
    Settings { estimators, taus, ..Settings::default() }
}

fn analysed(x: &[f64], tau0: f64) -> Analysis {
    analyse(&ClockData::Phase(PhaseSeries::new(x, tau0).unwrap()), &settings())
}

fn terms(estimator: &Estimator, x: &[f64], m: usize) -> Terms {
    (estimator.terms)(&PhaseSeries::new(x, 1.0).unwrap(), &[m])[0]
}

/// The statistics whose definition is quick enough for long records; those of reflected windows take O(N m)
/// steps and are held against theirs in `reflected_windows_fold_without_a_seam`.
fn quick_to_define() -> impl Iterator<Item = &'static Estimator> {
    ESTIMATORS.iter().filter(|estimator| !matches!(estimator.name, "mtotdev" | "ttotdev" | "htotdev")).copied()
}

fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found / expected - 1.0).abs() < tolerance, "{what}: {found} instead of {expected}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scale_multiplies_the_deviation(scale in 1e-3..1e3_f64, stream in 0..1000_u64, m in 1..40_usize) {
        let x = noise(0, 200, stream);
        let scaled: Vec<f64> = x.iter().map(|x| x * scale).collect();
        for estimator in ESTIMATORS {
            let (plain, scaled) = (terms(estimator, &x, m), terms(estimator, &scaled, m));
            assert_near(scaled.sum, plain.sum * scale * scale, 1e-9, estimator.name);
        }
    }

    #[test]
    fn time_and_frequency_offset_leave_the_deviation_unchanged(offset in -1.0..1.0_f64, slope in -1e-3..1e-3_f64, m in 1..40_usize) {
        let x = noise(0, 300, 3);
        let moved: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * 1e9 + offset + slope * i as f64).collect();
        let plain: Vec<f64> = x.iter().map(|x| x * 1e9).collect();
        for estimator in ESTIMATORS {
            assert_near(terms(estimator, &moved, m).sum, terms(estimator, &plain, m).sum, 1e-9, estimator.name);
        }
    }

    #[test]
    fn time_reversal_leaves_overlapping_deviations_unchanged(alpha in -2..=2_i8, m in 1..60_usize) {
        let x = noise(alpha, 257, 5);
        let reversed: Vec<f64> = x.iter().rev().copied().collect();
        for estimator in ESTIMATORS.iter().filter(|estimator| estimator.model.overlapping()) {
            assert_near(terms(estimator, &reversed, m).sum, terms(estimator, &x, m).sum, 1e-9, estimator.name);
        }
    }

    #[test]
    fn gaps_drop_exactly_the_terms_that_touch_them(gaps in prop::collection::vec(0..3000_usize, 0..40), m in 1..900_usize) {
        let mut x = noise(0, 3000, 11);
        gaps.iter().for_each(|gap| x[*gap] = f64::NAN);
        for estimator in ESTIMATORS {
            let (fast, slow) = (terms(estimator, &x, m), (estimator.definition)(&x, m));
            assert_eq!(fast.n, slow.n, "{} at m = {}", estimator.name, m);
            assert!(fast.n == 0 || (fast.sum / slow.sum - 1.0).abs() < 1e-8, "{} at m = {}: {} and {}", estimator.name, m, fast.sum, slow.sum);
        }
    }

    /// The bounds are the rounding of the definitions rather than of the fast forms: those of mtotdev and ttotdev
    /// add up phases with their offset.
    #[test]
    fn totals_agree_with_their_definitions(
        alpha in -4..=2_i8, points in 60..1200_usize, share in 0.0..1.0_f64, offset in -1e3..1e3_f64, slope in -10.0..10.0_f64, stream in 0..1000_u64
    ) {
        let plain = noise(alpha, points, stream);
        let x: Vec<f64> = plain.iter().enumerate().map(|(i, x)| x * 1e12 + offset + slope * i as f64).collect();
        for (name, bound) in [("totdev", 1e-12), ("mtotdev", 1e-10), ("ttotdev", 1e-10), ("htotdev", 1e-11)] {
            let estimator = Estimator::named(name).unwrap();
            let m = 1 + (share * (points / estimator.grid.stop_ratio - 2) as f64) as usize;
            let (fast, slow) = (terms(estimator, &x, m), (estimator.definition)(&x, m));
            assert_eq!(fast.n, slow.n, "{name} at m = {m}");
            assert_near(fast.sum, slow.sum, bound, &format!("{name} at m = {m}, α = {alpha}"));
        }
    }

    #[test]
    fn a_sampling_interval_stretches_the_axis(tau0 in 1e-3..1e4_f64) {
        let x = noise(0, 500, 2);
        let (unit, stretched) = (analysed(&x, 1.0), analysed(&x, tau0));
        for (unit, stretched) in unit.points.iter().zip(&stretched.points) {
            let per_time = if unit.estimator.unit == Unit::SECOND { 1.0 } else { tau0 };
            assert_near(stretched.deviation * per_time, unit.deviation, 1e-12, unit.estimator.name);
            assert_near(stretched.tau, unit.tau * tau0, 1e-12, unit.estimator.name);
        }
    }
}

#[test]
fn thread_count_leaves_every_bit_unchanged() {
    let mut x = noise(-1, 1_100_000, 1);
    x[777] = f64::NAN;
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| analysed(&x, 1.0))
    };
    let one = with_threads(1);
    assert_eq!(with_threads(2), one);
    assert_eq!(with_threads(7), one);
}

#[test]
fn a_large_frequency_offset_moves_no_deviation_beyond_the_rounding_of_the_input() {
    assert_offset_moves_nothing(&["oadev", "mdev", "tdev", "ohdev", "totdev"], 5_000_000, 20);
    assert_offset_moves_nothing(&["mtotdev", "ttotdev", "htotdev"], 400_000, 17);
}

/// Every term sees the data less the rounding of the input, so by the triangle inequality of the
/// root mean square no deviation moves by more than the deviation of the rounding itself.
fn assert_offset_moves_nothing(names: &[&str], points: usize, octaves: usize) {
    const OFFSET: f64 = 1e-3;
    let x = noise(0, points, 0);
    let (mut moved, mut rounding) = (Vec::with_capacity(points), Vec::with_capacity(points));
    for (i, &x) in x.iter().enumerate() {
        let line = OFFSET * i as f64;
        let sum = x + line;
        let shadow = sum - line;
        let error_of_sum = (x - shadow) + (line - (sum - shadow));
        let error_of_line = OFFSET.mul_add(i as f64, -line);
        moved.push(sum);
        rounding.push(-error_of_sum - error_of_line);
    }
    let factors: Vec<usize> = (0..octaves).map(|octave| 1 << octave).collect();
    for name in names {
        let estimator = Estimator::named(name).unwrap();
        let deviations = |x: &[f64]| -> Vec<f64> {
            let found = estimator.deviations(&PhaseSeries::new(x, 1.0).unwrap(), &factors);
            found.into_iter().map(|deviation| deviation.expect("the record is long enough")).collect()
        };
        let (plain, moved, rounding) = (deviations(&x), deviations(&moved), deviations(&rounding));
        for (row, m) in factors.iter().enumerate() {
            let change = (moved[row] - plain[row]).abs();
            let allowed = rounding[row] + 1e-12 * plain[row];
            assert!(change <= allowed, "{name} at m = {m} moved by {change:e}, the input explains {:e}", rounding[row]);
        }
    }
}

#[test]
fn frequency_data_give_what_their_phase_gives() {
    let y: Vec<f64> = noise(0, 2001, 4).windows(2).map(|pair| pair[1] - pair[0]).collect();
    let x = FrequencySeries::new(&y, 1.0).unwrap().to_phase().remove(0);
    let by_frequency = analyse(&ClockData::Frequency(FrequencySeries::new(&y, 1.0).unwrap()), &settings());
    assert_eq!(by_frequency, analysed(&x, 1.0));
}

#[test]
fn no_term_spans_a_gap_in_frequency() {
    let mut y: Vec<f64> = noise(0, 1001, 4).windows(2).map(|pair| pair[1] - pair[0]).collect();
    y[400] = f64::NAN;
    let data = FrequencySeries::new(&y, 1.0).unwrap();
    let points = analyse(&ClockData::Frequency(data), &settings()).points;
    let oadev = |m: usize| points.iter().find(|point| point.estimator.name == "oadev" && point.m == m).unwrap();
    assert_eq!(oadev(16).n, (401 - 32) + (600 - 32));
    assert!(oadev(16).gaps);
}

#[test]
fn columns_of_long_averaging_times_join_without_a_seam() {
    let whole = noise(-1, 200_000, 9);
    let mut broken = whole.clone();
    [5, 2050, 199_998].into_iter().for_each(|gap| broken[gap] = f64::NAN);
    for (x, m) in [&whole, &broken].into_iter().flat_map(|x| [65_535, 65_536, 66_001].map(|m| (x, m))) {
        for estimator in quick_to_define() {
            let (fast, slow) = (terms(estimator, x, m), (estimator.definition)(x, m));
            assert_eq!(fast.n, slow.n, "{} at m = {m}", estimator.name);
            assert!(slow.n == 0 || (fast.sum / slow.sum - 1.0).abs() < 1e-9, "{} at m = {m}", estimator.name);
        }
    }
}

#[test]
fn blocks_join_without_a_seam() {
    let whole = noise(-1, 20_000, 9);
    let mut broken = whole.clone();
    [5, 8190, 8193, 19_000].into_iter().for_each(|gap| broken[gap] = f64::NAN);
    for (x, m) in [&whole, &broken].into_iter().flat_map(|x| [1, 7, 64, 100, 1000, 3001].map(|m| (x, m))) {
        for estimator in quick_to_define() {
            let (fast, slow) = (terms(estimator, x, m), (estimator.definition)(x, m));
            assert_eq!(fast.n, slow.n, "{} at m = {m}", estimator.name);
            assert_near(fast.sum, slow.sum, 1e-9, &format!("{} at m = {m}", estimator.name));
        }
    }
}

#[test]
fn total_deviation_reaches_as_far_as_the_record() {
    let totdev = Estimator::named("totdev").unwrap();
    for (points, m) in [2, 3, 4, 19, 20].into_iter().flat_map(|points| (1..points + 2).map(move |m| (points, m))) {
        let x = noise(0, points, 1);
        let (fast, slow) = (terms(totdev, &x, m), (totdev.definition)(&x, m));
        assert_eq!(fast.n, if m < points { points as u64 - 2 } else { 0 }, "{points} points, m = {m}");
        assert_eq!(fast.n, slow.n, "{points} points, m = {m}");
        assert!((fast.sum - slow.sum).abs() <= 1e-12 * slow.sum, "{points} points, m = {m}");
    }
}

/// Phases are to the modified statistic what frequencies are to the Hadamard one.
#[test]
fn modified_total_is_the_hadamard_total_of_the_running_sum() {
    let [modified, hadamard] = ["mtotdev", "htotdev"].map(|name| Estimator::named(name).unwrap());
    for (alpha, m) in [(2, 2), (1, 7), (0, 16), (-1, 99), (-2, 300)] {
        let x = noise(alpha, 1000, 6);
        let sums: Vec<f64> = (0..=x.len()).map(|n| x[..n].iter().sum()).collect();
        let (of_phases, of_sums) = (terms(modified, &x, m), terms(hadamard, &sums, m));
        assert_eq!(of_phases.n, of_sums.n);
        assert_near(of_phases.sum, of_sums.sum, 1e-9, &format!("m = {m}"));
    }
}

#[test]
fn reflected_windows_fold_without_a_seam() {
    let whole = noise(-1, 6000, 9);
    let mut broken = whole.clone();
    [5, 2190, 2193, 5000].into_iter().for_each(|gap| broken[gap] = f64::NAN);
    for (x, m) in [&whole, &broken].into_iter().flat_map(|x| [1, 7, 8, 9, 64, 65, 100, 601].map(|m| (x, m))) {
        for name in ["mtotdev", "ttotdev", "htotdev"] {
            let estimator = Estimator::named(name).unwrap();
            let (fast, slow) = (terms(estimator, x, m), (estimator.definition)(x, m));
            assert_eq!(fast.n, slow.n, "{name} at m = {m}");
            assert_near(fast.sum, slow.sum, 1e-10, &format!("{name} at m = {m}"));
        }
    }
}

#[test]
fn random_run_noise_is_told_by_hadamard_statistics_only() {
    let points = analysed(&noise(-4, 4000, 1), 1.0).points;
    let alpha = |name: &str| {
        let point = points.iter().find(|point| point.estimator.name == name && point.m == 4);
        point.and_then(|point| point.noise).map(|identified| identified.noise.alpha())
    };
    assert_eq!((alpha("oadev"), alpha("mdev"), alpha("ohdev")), (Some(-2), Some(-2), Some(-4)));
}
