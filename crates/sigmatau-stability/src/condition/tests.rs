use super::*;
use proptest::prelude::*;

fn series(quantity: Quantity, values: Vec<f64>) -> Series {
    Series { quantity, tau0: 1.0, values }
}

fn steps(words: &[&str]) -> Vec<Box<dyn Treatment>> {
    words.iter().map(|word| Step::read(word).unwrap()).collect()
}

fn conditioned(quantity: Quantity, values: Vec<f64>, words: &[&str]) -> Treated {
    apply(series(quantity, values), &steps(words))
}

/// Numbers without order, around 0, of order 1.
fn scattered(points: usize) -> Vec<f64> {
    sigmatau_spectrum::Gaussian::new(1, 2).take(points).collect()
}

fn same(mine: &[f64], its: &[f64]) -> bool {
    mine.len() == its.len() && mine.iter().zip(its).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

const NAN: f64 = f64::NAN;

#[test]
fn words_are_read_back_as_they_are_written() {
    let mut words = vec!["outliers:5", "outliers:3.5", "jumps", "jumps:remove", "offset", "average:10", "decimate:2"];
    words.extend(["to-phase", "to-frequency"]);
    let models: Vec<String> = MODELS.iter().map(|model| format!("drift:{}", model.name)).collect();
    for word in words.into_iter().chain(models.iter().map(String::as_str)) {
        assert_eq!(Step::read(word).unwrap().to_string(), word);
    }
    assert_eq!(Step::read(" average : 010 ").unwrap().to_string(), "average:10");
}

#[test]
fn words_that_are_no_steps_are_refused_with_what_was_meant() {
    for (word, reason) in [
        ("outlier:5", "find the step `outlier`: there is none of this name; did you mean `outliers`?"),
        ("outliers:0.5", "a number from 1 on"),
        ("outliers:inf", "a number from 1 on"),
        ("outliers:", "a number from 1 on"),
        ("average", "read the step `average`: write a whole number of at least 2"),
        ("average:1", "a whole number of at least 2"),
        ("decimate:2.5", "a whole number of at least 2"),
        ("drift", "there is no model ``; known are `phase-quadratic`"),
        ("drift:phase-quadratc", "did you mean `phase-quadratic`"),
        ("jumps:delete", "`jumps:remove` to correct them"),
        ("offset:1", "nothing stands after this name"),
        ("to-phase:", "nothing stands after this name"),
    ] {
        let message = Step::read(word).unwrap_err().to_string();
        assert!(message.contains(reason), "{word}: {message}");
    }
}

#[test]
fn steps_are_applied_in_their_order_and_told_by_their_words() {
    let values = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let treated = conditioned(Quantity::Frequency, values, &["average:2", "to-phase", "offset"]);
    let told: Vec<&str> = treated.findings.iter().map(|finding| finding.seen.split(':').next().unwrap()).collect();
    assert_eq!(told, ["average", "to-phase", "offset"]);
    let series = treated.series.unwrap();
    assert_eq!((series.quantity, series.tau0, series.values), (Quantity::Phase, 2.0, vec![0.0, -4.0, -4.0, 0.0]));
}

#[test]
fn a_step_that_can_not_be_applied_ends_the_chain_without_data() {
    let treated = conditioned(Quantity::Frequency, vec![1.0, NAN, 2.0], &["to-phase", "offset"]);
    assert_eq!((treated.series, treated.findings.len()), (None, 1));
    assert_eq!(treated.findings[0].severity, Severity::Failure);
}

#[test]
fn a_mean_with_a_missing_frequency_is_missing() {
    let treated = conditioned(Quantity::Frequency, vec![1.0, 2.0, NAN, 3.0, 4.0], &["average:2"]);
    assert!(same(&treated.series.unwrap().values, &[1.5, NAN]));
    let seen = &treated.findings[0].seen;
    assert_eq!(
        seen,
        "average:2: 5 frequencies every 1 s became 2 every 2 s, 1 of them missing; 1 at the end was left over"
    );
}

#[test]
fn averages_of_frequencies_are_the_phases_further_apart() {
    let y = scattered(100);
    let one = conditioned(Quantity::Frequency, y.clone(), &["average:7", "to-phase"]).series.unwrap();
    let other = conditioned(Quantity::Frequency, y, &["to-phase", "average:7"]).series.unwrap();
    assert!(one.values.iter().zip(&other.values).all(|(a, b)| (a - b).abs() < 1e-12));
    assert_eq!((one.values.len(), other.values.len(), one.tau0), (15, 15, other.tau0));
}

#[test]
fn every_second_frequency_leaves_dead_time_and_says_so() {
    let treated = conditioned(Quantity::Frequency, vec![1.0, 2.0, NAN, 3.0, 4.0], &["decimate:2"]);
    assert!(same(&treated.series.unwrap().values, &[1.0, NAN]));
    assert_eq!(treated.findings[0].severity, Severity::Warning);
    let treated = conditioned(Quantity::Phase, vec![1.0, 2.0, NAN, 3.0, 4.0], &["decimate:2"]);
    assert!(same(&treated.series.unwrap().values, &[1.0, NAN, 4.0]));
    assert_eq!(treated.findings[0].severity, Severity::Note);
}

#[test]
fn missing_points_stay_missing_on_the_way_to_phase_and_back() {
    let treated = conditioned(Quantity::Frequency, vec![NAN, 1.0, 2.0, NAN], &["to-phase"]);
    assert!(same(&treated.series.unwrap().values, &[NAN, 0.0, 1.0, 3.0, NAN]));
    let treated = conditioned(Quantity::Phase, vec![0.0, 1.0, NAN, 5.0, 6.0], &["to-frequency"]);
    assert!(same(&treated.series.unwrap().values, &[1.0, NAN, NAN, 1.0]));
    let nothing = conditioned(Quantity::Frequency, vec![NAN, NAN], &["to-phase"]);
    assert_eq!(nothing.series, None);
}

#[test]
fn offset_leaves_a_mean_frequency_of_zero() {
    for quantity in [Quantity::Phase, Quantity::Frequency] {
        let mut values: Vec<f64> = scattered(50).iter().map(|v| v + 1e3).collect();
        values[7] = NAN;
        let left = conditioned(quantity, values, &["offset"]).series.unwrap();
        let again = apply(left.clone(), &steps(&["offset"])).series.unwrap();
        assert!(left.present().zip(again.present()).all(|((_, a), (_, b))| (a - b).abs() < 1e-12));
    }
}

#[test]
fn outlying_frequencies_become_missing_and_are_listed() {
    // median and MAD/0.6745 of the suite by numpy: 0.4798849299456388 and 0.3680084778081464
    let mut y = scattered(200);
    y[20] = 40.0;
    y[150] = -1e3;
    let treated = conditioned(Quantity::Frequency, y, &["outliers:6"]);
    let left = treated.series.unwrap();
    assert_eq!((0..200).filter(|place| left.values[*place].is_nan()).collect::<Vec<_>>(), [20, 150]);
    let seen = &treated.findings[0].seen;
    assert!(seen.starts_with("outliers:6: 2 points were removed where the frequency lies farther than "), "{seen}");
    assert!(seen.contains("point 20 at 20.5 s (y = 4.000000e1), point 150 at 150.5 s (y = -1.000000e3)"), "{seen}");
}

#[test]
fn limit_of_the_suite_is_the_one_of_numpy() {
    let x = crate::noise::tests::suite();
    let y: Vec<f64> = x.windows(2).map(|x| x[1] - x[0]).collect();
    let (middle, spread) = robust_spread(y).unwrap();
    assert!((middle - 0.479_884_929_945_638_8).abs() < 1e-12, "{middle}");
    assert!((spread - 0.368_008_477_808_146_4).abs() < 1e-12, "{spread}");
}

#[test]
fn phases_that_lie_off_are_removed_and_steps_are_not() {
    let mut x = integral(&scattered(300), 1.0);
    x[50] += 30.0;
    x[100..103].iter_mut().for_each(|x| *x -= 25.0);
    x[200..].iter_mut().for_each(|x| *x += 60.0);
    x[0] += 50.0;
    let treated = conditioned(Quantity::Phase, x, &["outliers:8"]);
    let left = treated.series.unwrap();
    assert_eq!((0..301).filter(|place| left.values[*place].is_nan()).collect::<Vec<_>>(), [0, 50, 100, 101, 102]);
    let codes: Vec<&str> = treated.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["condition-outliers", "condition-outliers-step"]);
}

#[test]
fn nothing_can_lie_off_a_constant() {
    let treated = conditioned(Quantity::Frequency, vec![1.0, 1.0, 1.0, 5.0], &["outliers"]);
    assert_eq!(treated.series.unwrap().values, [1.0, 1.0, 1.0, 5.0]);
    assert_eq!(treated.findings[0].severity, Severity::Warning);
}

#[test]
fn no_step_panics_on_nothing_or_next_to_nothing() {
    let models = MODELS.iter().map(|model| format!("drift:{}", model.name));
    let words = ["outliers", "jumps:remove", "offset", "average:2", "decimate:3", "to-phase", "to-frequency"];
    for word in models.chain(words.map(String::from)) {
        for values in
            [vec![], vec![1.0], vec![NAN], vec![NAN, 1.0, NAN], vec![1.0, 2.0], vec![1.0, 2.0, 4.0], vec![0.0; 99]]
        {
            for quantity in [Quantity::Phase, Quantity::Frequency] {
                let treated = apply(series(quantity, values.clone()), &steps(&[&word]));
                assert!(!treated.findings.is_empty(), "{word}");
            }
        }
    }
}

proptest! {
    #[test]
    fn median_is_that_of_the_sorted(mut values in prop::collection::vec(-1e3..1e3_f64, 1..60)) {
        let found = median(values.clone()).unwrap();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        prop_assert!((found - 0.5 * (values[(n - 1) / 2] + values[n / 2])).abs() < 1e-12);
    }

    #[test]
    fn scale_and_offset_leave_the_choice_of_outliers_unchanged(scale in 1e-15..1e3_f64, offset in -1e3..1e3_f64) {
        let mut y = scattered(100);
        y[30] = 17.0;
        let moved = y.iter().map(|y| (y + offset) * scale).collect();
        let removed = |values| {
            let left = conditioned(Quantity::Frequency, values, &["outliers:5"]).series.unwrap().values;
            left.iter().map(|y| y.is_nan()).collect::<Vec<_>>()
        };
        prop_assert_eq!(removed(y.clone()), removed(moved));
    }
}
