use super::*;
use crate::tail::normal;

fn normal(standard_deviation: f64) -> Distribution {
    Distribution::Normal { standard_deviation }
}

fn symmetric(half: f64) -> Limits {
    Limits::new(-half, half).unwrap()
}

fn standard_process() -> Process {
    Process { centre: 0.0, spread: normal(1.0) }
}

/// Tolerance, uncertainty, limit of acceptance over tolerance, PFA, PFR; suncal 1.7.1 agrees to all digits.
#[test]
fn risks_of_a_normal_process_are_the_known_ones() {
    let cases = [
        (2.0, 0.25, 1.0, 0.008006085, Some(0.014850884)),
        (2.0, 0.5, 0.91, 0.008051609, Some(0.066106452)),
        (2.5, 0.3125, 1.0, 0.002825, None),
        (2.5, 0.25, 1.0, 0.0024453, None),
    ];
    for (half, u, share, consumer, producer) in cases {
        let global = Global::of(&standard_process(), &normal(u), &symmetric(half), &symmetric(share * half));
        let digit = if producer.is_some() { 0.5e-9 } else { 0.5e-6 };
        assert!((global.consumer - consumer).abs() < digit, "{global:?}");
        assert!(producer.is_none_or(|producer| (global.producer - producer).abs() < digit), "{global:?}");
    }
}

/// The double integral over item and error on a grid of midpoints, with no tail function at all.
#[test]
fn risks_agree_with_a_double_sum() {
    let (process, error) = (Process { centre: 0.3, spread: normal(1.0) }, normal(0.4));
    let (tolerance, acceptance) = (Limits::new(-1.5, 2.0).unwrap(), Limits::new(-1.2, 1.8).unwrap());
    let global = Global::of(&process, &error, &tolerance, &acceptance);
    let step = 0.002;
    // The limits of both intervals fall between the points.
    let grid = |from: f64, to: f64| (0..((to - from) / step) as usize).map(move |n| from + (n as f64 + 0.5) * step);
    let (mut consumer, mut producer) = (0.0, 0.0);
    for item in grid(-5.0, 6.0) {
        let weight = normal::density(item - process.centre) * step;
        let accepted: f64 =
            grid(acceptance.lower, acceptance.upper).map(|y| normal::density((y - item) / 0.4) / 0.4 * step).sum();
        if tolerance.contain(item) {
            producer += weight * (1.0 - accepted);
        } else {
            consumer += weight * accepted;
        }
    }
    assert!((global.consumer - consumer).abs() < 1e-6, "{} instead of {consumer}", global.consumer);
    assert!((global.producer - producer).abs() < 1e-6, "{} instead of {producer}", global.producer);
}

#[test]
fn outcomes_make_one_and_guards_trade_one_risk_for_the_other() {
    let spreads = [
        normal(1.0),
        Distribution::Student { scale: 0.8, dof: 4.0 },
        Distribution::Rectangular { half_width: 2.0 },
        Distribution::Arcsine { half_width: 1.6 },
        Distribution::Gamma { shape: 2.0, scale: 0.6 },
        Distribution::Samples((0..1000).map(|n| f64::from(n % 97) / 24.0 - 2.0).collect()),
    ];
    for spread in spreads {
        let process = Process { centre: 0.1, spread };
        let at = |guard| Global::of(&process, &normal(0.2), &symmetric(1.5), &symmetric(1.5).guarded(guard));
        let risks = [-0.2, 0.0, 0.2, 0.4].map(at);
        assert!(risks.windows(2).all(|pair| pair[1].consumer < pair[0].consumer), "{process:?}");
        assert!(risks.windows(2).all(|pair| pair[1].producer > pair[0].producer), "{process:?}");
        assert!(risks.iter().all(|risk| (risk.accepted() + risk.rejected() - 1.0).abs() < 1e-12), "{process:?}");
    }
}

/// Of a rectangular process the risks at one limit are u φ-integrals: u/√(2π)/width each, at simple acceptance.
#[test]
fn risks_of_a_rectangular_process_are_closed() {
    let process = Process { centre: 0.0, spread: Distribution::Rectangular { half_width: 2.0 } };
    let tolerance = Limits::new(f64::NEG_INFINITY, 0.5).unwrap();
    let global = Global::of(&process, &normal(0.05), &tolerance, &tolerance);
    let expected = 0.05 / std::f64::consts::TAU.sqrt() / 4.0;
    assert!((global.consumer - expected).abs() < 1e-13 && (global.producer - expected).abs() < 1e-13, "{global:?}");
}

#[test]
fn guard_of_a_global_risk_leaves_that_risk() {
    let error = normal(0.5);
    for (wanted, conditional) in [(0.008, false), (0.001, false), (0.01, true), (1e-4, true)] {
        let risk = |global: &Global| if conditional { global.conditional_consumer() } else { global.consumer };
        let guard = global_guard(&standard_process(), &error, &symmetric(2.0), risk, wanted).unwrap();
        let left = risk(&Global::of(&standard_process(), &error, &symmetric(2.0), &symmetric(2.0).guarded(guard)));
        assert!((left / wanted - 1.0).abs() < 1e-8, "{guard} leaves {left} instead of {wanted}");
    }
    let already = global_guard(&standard_process(), &error, &symmetric(2.0), |global| global.consumer, 0.1);
    assert_eq!(already, Some(0.0));
    // Even an item measured in the very middle does not conform with a probability of 8 in a million.
    let conditional =
        |wanted| global_guard(&standard_process(), &error, &symmetric(2.0), Global::conditional_consumer, wanted);
    assert_eq!(conditional(1e-6), None);
}

#[test]
fn specific_acceptance_leaves_its_risk_at_both_ends() {
    let distributions = [
        normal(0.2),
        Distribution::Student { scale: 0.1, dof: 5.0 },
        Distribution::Gamma { shape: 3.0, scale: 0.05 },
        Distribution::Rectangular { half_width: 0.3 },
    ];
    for distribution in distributions {
        let limits = Limits::new(0.0, 1.0).unwrap();
        let acceptance = specific_acceptance(&limits, &distribution, 0.05).unwrap();
        for end in [acceptance.lower, acceptance.upper] {
            let left = Conformity::of(&limits, end, &distribution).outside();
            assert!((left - 0.05).abs() < 1e-12, "{distribution:?}: {left} at {end}");
        }
    }
    assert_eq!(specific_acceptance(&Limits::new(0.0, 1.0).unwrap(), &normal(1.0), 0.05), None);
}

#[test]
fn a_hopeless_item_keeps_the_digits_of_its_chance() {
    let conformity = Conformity::of(&symmetric(1.0), 31.0, &normal(1.0));
    assert!((conformity.inside / 4.906_713_927_148_187e-198 - 1.0).abs() < 1e-10, "{conformity:?}");
}
