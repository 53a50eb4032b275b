use super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn uniform(draws: &mut ChaCha8Rng) -> f64 {
    ((draws.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// A lot of meters installed over three years, 6 to 9 years old: Weibull(2.6, 31 years) of wear beside a share of early
/// failures with a mean life of 0.8 years. Returns the record and who fails within the next years.
fn lot(seed: u64, meters: usize, early: f64, from: f64, years: f64) -> (Vec<Life>, Vec<(f64, f64)>, f64) {
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let (mut record, mut working, mut failing) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..meters {
        let age = 6.0 + 3.0 * uniform(&mut draws);
        let exponential = -uniform(&mut draws).ln();
        let life = if uniform(&mut draws) < early { 0.8 * exponential } else { 31.0 * exponential.powf(1.0 / 2.6) };
        if life <= from {
            continue;
        }
        record.push(Life { from, until: life.min(age), failed: life <= age, meters: 1.0 });
        if life > age {
            working.push((age, 1.0));
            failing += f64::from(life <= age + years);
        }
    }
    (record, working, failing)
}

fn likelihood_rises_nowhere(fit: &Fit, record: &[Life]) {
    let parameters = fit.law.parameters();
    for place in 0..parameters.len() {
        for step in [-1e-2, 1e-2] {
            let mut moved = parameters.clone();
            moved[place] += step;
            assert!(Law::from_parameters(&moved).log_likelihood(record) < fit.log_likelihood);
        }
    }
}

/// With every life known and none cut off, β solves Σ tᵝ ln t/Σ tᵝ − 1/β = mean ln t, with the root
/// found by `scipy.optimize.brentq`, SciPy 1.17.1, of the lives 1 to 10.
#[test]
fn complete_lives_have_the_parameters_of_scipy() {
    let record: Vec<Life> =
        (1..=10).map(|age| Life { from: 0.0, until: f64::from(age), failed: true, meters: 1.0 }).collect();
    let wear = Fit::weibull(&record).unwrap().law.wear;
    assert!(
        (wear.shape - 1.984_035_304_945_354).abs() < 1e-10 && (wear.scale - 6.195_356_883_465_193).abs() < 1e-9,
        "{wear:?}"
    );
}

#[test]
fn fits_are_where_the_likelihood_rises_nowhere() {
    let (record, _, _) = lot(1, 4000, 0.006, 0.0, 4.0);
    likelihood_rises_nowhere(&Fit::weibull(&record).unwrap(), &record);
    likelihood_rises_nowhere(&Fit::with_early(&record).unwrap(), &record);
}

/// Early failures pull the shape down: one Weibull distribution promises less than half of what fails, the mixture all of it.
#[test]
fn early_failures_hide_wear_from_one_weibull_distribution_only() {
    let (record, working, failing) = lot(2, 20_000, 0.006, 0.0, 4.0);
    let plain = Fit::weibull(&record).unwrap();
    let mixture = Fit::with_early(&record).unwrap();
    let share = |fit: &Fit| fit.failures(&working, 4.0, 0.95).failures / failing;
    assert!(share(&plain) < 0.6, "{}", share(&plain));
    assert!((share(&mixture) - 1.0).abs() < 0.25, "{}", share(&mixture));
    assert!(mixture.aic() < plain.aic() - 10.0);
}

#[test]
fn meters_seen_from_some_age_on_only_mislead_when_that_is_not_said() {
    let (record, _, _) = lot(3, 20_000, 0.0, 5.0, 4.0);
    let told = Fit::weibull(&record).unwrap().law.wear.shape;
    let untold: Vec<Life> = record.iter().map(|life| Life { from: 0.0, ..*life }).collect();
    let untold = Fit::weibull(&untold).unwrap().law.wear.shape;
    assert!((told - 2.6).abs() < 1.0 && untold > told + 1.0, "{told} {untold}");
}

#[test]
fn intervals_of_failures_cover_as_often_as_they_say() {
    let covered = (0..200).filter(|seed| {
        let (record, working, failing) = lot(100 + seed, 1500, 0.0, 0.0, 4.0);
        let Ok(fit) = Fit::weibull(&record) else { return false };
        let forecast = fit.failures(&working, 4.0, 0.9);
        forecast.low <= failing && failing <= forecast.high
    });
    let covered = covered.count();
    assert!((170..=194).contains(&covered), "{covered} of 200 at 90 %");
}

#[test]
fn intervals_of_failures_beside_early_ones_cover_as_often_as_they_say() {
    let covered: Vec<bool> = (0..24)
        .filter_map(|seed| {
            let (record, working, failing) = lot(500 + seed, 4000, 0.006, 0.0, 4.0);
            let forecast = Fit::with_early(&record).ok()?.failures(&working, 4.0, 0.9);
            Some(forecast.low <= failing && failing <= forecast.high)
        })
        .collect();
    let held = covered.iter().filter(|held| **held).count();
    assert!(covered.len() >= 22 && held as f64 > 0.78 * covered.len() as f64, "{held} of {}", covered.len());
}

/// A meter that stands for several is several meters.
#[test]
fn lives_may_be_counted_together() {
    let (record, _, _) = lot(4, 800, 0.0, 0.0, 4.0);
    let twice: Vec<Life> = record.iter().chain(&record).copied().collect();
    let weighted: Vec<Life> = record.iter().map(|life| Life { meters: 2.0, ..*life }).collect();
    let [one, other] = [twice, weighted].map(|record| Fit::weibull(&record).unwrap());
    assert!((one.law.wear.shape - other.law.wear.shape).abs() < 1e-9);
    assert!((one.log_likelihood - other.log_likelihood).abs() < 1e-6);
}

/// Years or days: the unit of age changes η alone.
#[test]
fn the_unit_of_age_changes_the_scale_alone() {
    let (record, working, _) = lot(5, 3000, 0.006, 0.0, 4.0);
    let days: Vec<Life> =
        record.iter().map(|life| Life { from: 365.0 * life.from, until: 365.0 * life.until, ..*life }).collect();
    let [years, days] = [record, days].map(|record| Fit::with_early(&record).unwrap());
    assert!((years.law.wear.shape / days.law.wear.shape - 1.0).abs() < 1e-3);
    assert!((365.0 * years.law.wear.scale / days.law.wear.scale - 1.0).abs() < 1e-3);
    let in_days: Vec<(f64, f64)> = working.iter().map(|(age, meters)| (365.0 * age, *meters)).collect();
    let [one, other] =
        [years.failures(&working, 4.0, 0.9).failures, days.failures(&in_days, 4.0 * 365.0, 0.9).failures];
    assert!((one / other - 1.0).abs() < 1e-3);
}

#[test]
fn records_that_say_too_little_are_refused() {
    let life = |until, failed| Life { from: 0.0, until, failed, meters: 1.0 };
    let refused = |record: &[Life]| Fit::weibull(record).unwrap_err();
    assert!(matches!(refused(&[life(3.0, true), life(5.0, false)]), LifetimeError::Failures { .. }));
    assert!(matches!(refused(&[life(3.0, true), life(3.0, true)]), LifetimeError::Failures { .. }));
    assert!(matches!(refused(&[life(f64::NAN, true)]), LifetimeError::Life { row: 0, .. }));
    let (without, _, _) = lot(6, 500, 0.0, 5.0, 4.0);
    assert!(Fit::with_early(&without[..20]).is_err());
}

/// The least of the cost rate, looked for on a grid.
#[test]
fn the_optimal_age_is_where_the_cost_rate_is_least() {
    let wear = Weibull { shape: 2.6, scale: 31.0 };
    let survival = |age: f64| (-wear.cumulated(age)).exp();
    let mean = |age: f64| (0..4000).map(|n| survival(age * (f64::from(n) + 0.5) / 4000.0)).sum::<f64>() * age / 4000.0;
    let rate = |age: f64| (survival(age) + 4.0 * (1.0 - survival(age))) / mean(age);
    let best = wear.optimal_age(1.0, 4.0).unwrap();
    assert!(rate(best) < rate(best - 0.5) && rate(best) < rate(best + 0.5), "{best}");
}

#[test]
fn the_oldest_of_wearing_meters_are_ranked_first() {
    let (record, _, _) = lot(7, 3000, 0.0, 0.0, 4.0);
    let fit = Fit::weibull(&record).unwrap();
    assert_eq!(fit.ranking(&[(6.0, 100.0), (9.0, 20.0), (7.5, 50.0)], 4.0), [1, 2, 0]);
    let (survival, low) = fit.survival(8.0, 4.0, 0.95);
    assert!(low < survival && low > 0.5);
}
