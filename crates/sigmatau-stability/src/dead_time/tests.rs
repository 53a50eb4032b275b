use super::*;
use crate::{ClockData, Estimator, Settings, TauList, analyse};
use sigmatau_core::FrequencySeries;
use sigmatau_spectrum::PowerLaw;

const EXPONENTS: [f64; 7] = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0];

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found} instead of {expected}");
}

#[test]
fn without_dead_time_b1_is_the_ratio_of_the_noise_identification() {
    for (alpha, mu) in [(2, -2.0), (0, -1.0), (-1, 0.0), (-2, 1.0)] {
        for n in [2, 3, 10, 100, 1000] {
            near(b1(n, 1.0, mu).unwrap(), crate::noise::b1(n as f64, alpha), 1e-10, &format!("B₁({n}, 1, {mu})"));
        }
    }
}

#[test]
fn b1_has_the_published_limits() {
    // NBS Technical Note 375: B₁(2, r, μ) = 1, B₁(N, r, −1) = 1 for r ≥ 1, B₁(N, r > 1, −2) = 1,
    // B₁(N, 1, −2) = 2(N + 1)/(3N).
    for r in [1.0, 1.5, 7.0] {
        EXPONENTS.iter().for_each(|mu| near(b1(2, r, *mu).unwrap(), 1.0, 1e-12, "B₁(2, r, μ)"));
        near(b1(9, r, -1.0).unwrap(), 1.0, 1e-11, "B₁(N, r, −1)");
    }
    near(b1(9, 2.5, -2.0).unwrap(), 1.0, 1e-12, "B₁(9, 2.5, −2)");
    near(b1(9, 1.0, -2.0).unwrap(), 20.0 / 27.0, 1e-13, "B₁(9, 1, −2)");
}

#[test]
fn b2_has_the_published_closed_forms() {
    // NBS Technical Note 375: B₂(r, −2) = 2/3 beside r = 0, 1; B₂(r, −1) = min(r, 1);
    // B₂(r, 1) = (3r − 1)/2 and r²(3 − r)/2 on both sides of r = 1.
    for (r, mu, expected) in [
        (0.0, -2.0, 0.0),
        (0.5, -2.0, 2.0 / 3.0),
        (1.0, -2.0, 1.0),
        (8.0, -2.0, 2.0 / 3.0),
        (0.25, -1.0, 0.25),
        (8.0, -1.0, 1.0),
        (2.0, 0.0, (13.5 * 3f64.ln() - 12.0 * 2f64.ln()) / (6.0 * 2f64.ln())),
        (0.5, 1.0, 0.3125),
        (8.0, 1.0, 11.5),
        (1e4, 1.0, 14_999.5),
    ] {
        near(b2(r, mu).unwrap(), expected, 1e-11, &format!("B₂({r}, {mu})"));
    }
}

#[test]
fn flicker_frequency_noise_is_the_limit_from_both_sides() {
    for small in [-1e-9, 1e-9] {
        near(b2(3.0, small).unwrap(), b2(3.0, 0.0).unwrap(), 1e-8, "B₂");
        near(b3(2, 8, 1.3, small).unwrap(), b3(2, 8, 1.3, 0.0).unwrap(), 1e-8, "B₃");
    }
}

#[test]
fn b3_agrees_with_the_printed_form_for_two_averages() {
    // NIST Technical Note 1318, B₃(2, M, r, μ) in F(A) = 2A^(μ+2) − (A+1)^(μ+2) − |A−1|^(μ+2).
    for (mu, m, r) in [(-1.5, 4, 1.1), (-1.0, 7, 1.5), (0.5, 16, 2.0), (1.0, 9, 1.01)] {
        let power = |a: f64| a.abs().powf(mu + 2.0);
        let f = |a: f64| 2.0 * power(a) - power(a + 1.0) - power(a - 1.0);
        let big = m as f64;
        let inner = |n: f64| (big - n) * (2.0 * f(n * r) - f((big + n) * r) - f((big - n) * r));
        let sum: f64 = (1..m).map(|n| inner(n as f64)).sum();
        let printed = (2.0 * big + big * f(big * r) - sum) / (power(big) * (f(r) + 2.0));
        near(b3(2, m, r, mu).unwrap(), printed, 1e-10, &format!("B₃(2, {m}, {r}, {mu})"));
    }
}

#[test]
fn without_dead_time_averages_have_no_bias() {
    for mu in EXPONENTS {
        for (n, m) in [(2, 1), (2, 10), (5, 7), (2, 2000)] {
            near(b3(n, m, 1.0, mu).unwrap(), 1.0, 1e-9, &format!("B₃({n}, {m}, 1, {mu})"));
        }
    }
}

#[test]
fn white_frequency_noise_does_not_mind_dead_time() {
    for r in [1.0, 1.2, 3.0] {
        near(b2(r, -1.0).unwrap() * b3(2, 12, r, -1.0).unwrap(), 1.0, 1e-12, "B₂ B₃");
    }
}

#[test]
fn expansion_and_second_difference_meet() {
    for mu in EXPONENTS {
        let covariance = Covariance::new(mu);
        let differences = [FAR, 2.0 * FAR]
            .map(|a| 0.5 * (covariance.kernel(a + 1.0) - 2.0 * covariance.kernel(a) + covariance.kernel(a - 1.0)));
        near(covariance.far(FAR), differences[0], 1e-9, "K at the seam");
        near(covariance.far(2.0 * FAR), differences[1], 1e-9, "K beyond the seam");
    }
}

#[test]
fn impossible_arguments_have_no_bias() {
    assert_eq!((b1(1, 1.0, 0.0), b1(2, 0.0, 0.0), b2(-1.0, 0.0)), (None, None, None));
    assert_eq!((b2(1.0, 2.0), b3(2, 3, 0.9, 0.0), b3(2, 0, 1.0, 0.0)), (None, None, None));
    assert_eq!(mu(Noise::of(-3).unwrap()), None);
}

const GATE: usize = 8;
const REST: usize = 4;

/// Frequencies measured over GATE intervals, with REST intervals between, from fine noise.
fn gated(noise: &PowerLaw, record: u64) -> Vec<f64> {
    let x = noise.phase(1024 * (GATE + REST), 1.0, 20_261_122, record);
    x.chunks_exact(GATE + REST).map(|piece| (piece[GATE] - piece[0]) / GATE as f64).collect()
}

fn settings(noise: Option<Noise>, names: &[&str]) -> Settings {
    Settings {
        estimators: names.iter().map(|name| Estimator::named(name).unwrap()).collect(),
        taus: TauList::Explicit([1.0, 4.0, 16.0].map(|m| m * (GATE + REST) as f64).into()),
        noise,
        ..Settings::default()
    }
}

fn measured(law: &PowerLaw, record: u64, settings: &Settings) -> Analysis {
    let y = gated(law, record);
    analyse(&ClockData::Frequency(FrequencySeries::new(&y, (GATE + REST) as f64).unwrap()), settings)
}

/// The mean over 200 records of the corrected Allan variance over the true one; the standard
/// uncertainty of that mean is below 2 % at every point.
#[test]
fn corrected_deviations_of_simulated_records_are_the_true_ones() {
    let r = (GATE + REST) as f64 / GATE as f64;
    for alpha in [2, 0, -1, -2] {
        let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
        let settings = settings(Noise::of(alpha), &["adev", "oadev"]);
        let records: Vec<Analysis> = (0..200).map(|record| corrected(measured(&law, record, &settings), r)).collect();
        for (row, point) in records[0].points.iter().enumerate() {
            let truth = law.theoretical_adev((point.m * GATE) as u64, 1.0).powi(2);
            let mean = records.iter().map(|record| record.points[row].deviation.powi(2)).sum::<f64>() / 200.0;
            near(mean, truth, 0.06, &format!("α = {alpha}, {} at m = {}", point.estimator.name, point.m));
            near(point.tau, (point.m * GATE) as f64, 1e-14, "τ");
        }
    }
}

#[test]
fn statistics_without_a_bias_function_are_left_out_and_told() {
    let law = PowerLaw::from_deviation(0, 1e-12, 1.0).unwrap();
    let found = corrected(measured(&law, 0, &settings(None, &["oadev", "mdev"])), 1.5);
    assert!(found.points.iter().all(|point| point.estimator.name == "oadev"));
    let codes: Vec<&str> = found.findings.iter().map(|finding| &*finding.code).collect();
    assert_eq!(codes, ["dead-time", "dead-time-noise", "dead-time-undefined"]);
}
