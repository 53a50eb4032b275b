use super::*;

const ALPHAS: [i8; 7] = [2, 1, 0, -1, -2, -3, -4];

fn unit(alpha: i8) -> PowerLaw {
    PowerLaw::new(alpha, 1.0).unwrap()
}

fn assert_close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!((found / expected - 1.0).abs() < relative, "{what}: found {found}, expected {expected}");
}

/// The coefficients of ((1 - z^m)^order) / (1 - z)^sums, which is a polynomial where order ≥ sums.
fn filter(m: usize, order: u32, sums: u32) -> Vec<f64> {
    let mut filter = vec![1.0];
    for _ in 0..order {
        filter.resize(filter.len() + m, 0.0);
        for index in (m..filter.len()).rev() {
            filter[index] -= filter[index - m];
        }
    }
    (0..sums).for_each(|_| accumulate(&mut filter));
    filter
}

/// The slow obvious form: the double sum over the filter and the autocovariance of the base.
fn filtered_variance(filter: &[f64], white: bool) -> f64 {
    let gamma = |lag: usize| if white { f64::from(u8::from(lag == 0)) } else { autocovariance(lag) };
    let term = |i: usize, j: usize| filter[i] * filter[j] * gamma(i.abs_diff(j));
    (0..filter.len()).map(|i| (0..filter.len()).map(|j| term(i, j)).sum::<f64>()).sum()
}

#[test]
fn variances_of_differences_agree_with_the_double_sum() {
    for twice_order in 0..=6 {
        for m in [1, 2, 3, 7, 16] {
            let (sums, white) = (u32::div_ceil(twice_order, 2), twice_order % 2 == 0);
            let third = filtered_variance(&filter(m, 3, sums), white);
            assert_close(third_difference_variance(twice_order, m as u64), third, 1e-9, "third difference");
            if twice_order <= 4 {
                let second = filtered_variance(&filter(m, 2, sums), white);
                assert_close(second_difference_variance(twice_order, m as u64), second, 1e-9, "second difference");
            }
        }
    }
}

#[test]
fn deviations_follow_the_known_closed_forms() {
    let (h, tau0) = (3e-22, 0.5);
    for m in [1, 4, 100] {
        let (tau, m_squared) = (m as f64 * tau0, (m * m) as f64);
        let white_pm = PowerLaw::new(2, h).unwrap();
        let known = 3.0 * h / (8.0 * PI * PI * tau0 * tau * tau);
        assert_close(white_pm.theoretical_adev(m, tau0).powi(2), known, 1e-12, "white PM");
        let white_fm = PowerLaw::new(0, h).unwrap();
        assert_close(white_fm.theoretical_adev(m, tau0).powi(2), h / (2.0 * tau), 1e-12, "white FM");
        assert_close(white_fm.theoretical_hdev(m, tau0).powi(2), h / (2.0 * tau), 1e-12, "white FM, Hadamard");
        let mod_factor = (m_squared + 1.0) / (2.0 * m_squared);
        assert_close(
            white_fm.theoretical_mdev(m, tau0).powi(2),
            h / (2.0 * tau) * mod_factor,
            1e-12,
            "white FM, modified",
        );
        let walk = PowerLaw::new(-2, h).unwrap();
        let walk_factor = 1.0 + 1.0 / (2.0 * m_squared);
        let known = h * 2.0 * PI * PI * tau / 3.0 * walk_factor;
        assert_close(walk.theoretical_adev(m, tau0).powi(2), known, 1e-12, "random walk FM");
    }
    let flicker = unit(-1).theoretical_adev(100_000, 1.0).powi(2);
    assert_close(flicker, 2.0 * std::f64::consts::LN_2, 1e-9, "flicker FM");
}

#[test]
fn deviation_at_tau0_is_the_one_that_was_asked_for() {
    for alpha in ALPHAS {
        let noise = PowerLaw::from_deviation(alpha, 3e-13, 10.0).unwrap();
        let stated = if alpha < -2 { noise.theoretical_hdev(1, 10.0) } else { noise.theoretical_adev(1, 10.0) };
        assert_close(stated, 3e-13, 1e-14, "deviation");
    }
}

#[test]
fn divergent_deviations_are_infinite() {
    assert_eq!(unit(-3).theoretical_adev(1, 1.0), f64::INFINITY);
    assert_eq!(unit(-4).theoretical_mdev(8, 1.0), f64::INFINITY);
    assert!(unit(-4).theoretical_hdev(8, 1.0).is_finite());
}

/// Σ weights(i) x(n + i m), for every n that has all its terms.
fn differences(x: &[f64], m: usize, weights: &[f64]) -> Vec<f64> {
    let count = x.len().saturating_sub((weights.len() - 1) * m);
    let term = |n: usize| weights.iter().enumerate().map(|(i, weight)| weight * x[n + i * m]).sum();
    (0..count).map(term).collect()
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64
}

/// The overlapping Allan, modified Allan and Hadamard variances at m for τ₀ = 1, by definition.
fn estimates(x: &[f64], m: usize) -> [f64; 3] {
    let (mean, tau) = (1.0 / m as f64, m as f64);
    let averaged: Vec<f64> = x.windows(m).map(|window| window.iter().sum::<f64>() * mean).collect();
    let second = mean_square(&differences(x, m, &[1.0, -2.0, 1.0]));
    let of_means = mean_square(&differences(&averaged, m, &[1.0, -2.0, 1.0]));
    let third = mean_square(&differences(x, m, &[-1.0, 3.0, -3.0, 1.0]));
    [second / (2.0 * tau * tau), of_means / (2.0 * tau * tau), third / (6.0 * tau * tau)]
}

/// How far the mean lies from `expected`, in standard errors of the mean.
fn excess(samples: &[f64], expected: f64) -> f64 {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let variance = samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean - expected) / (variance / n).sqrt()
}

#[test]
fn simulated_records_scatter_about_theory() {
    const RECORDS: u64 = 400;
    for alpha in ALPHAS {
        let noise = unit(alpha);
        let records: Vec<Vec<f64>> = (0..RECORDS).map(|stream| noise.phase(600, 1.0, 11, stream)).collect();
        for m in [1, 2, 5, 16, 64] {
            let samples: Vec<[f64; 3]> = records.iter().map(|x| estimates(x, m)).collect();
            let (m, tau0) = (m as u64, 1.0);
            let theory =
                [noise.theoretical_adev(m, tau0), noise.theoretical_mdev(m, tau0), noise.theoretical_hdev(m, tau0)];
            for (which, deviation) in theory.into_iter().enumerate().filter(|(_, deviation)| deviation.is_finite()) {
                let samples: Vec<f64> = samples.iter().map(|sample| sample[which]).collect();
                let excess = excess(&samples, deviation.powi(2));
                assert!(excess.abs() < 4.5, "α = {alpha}, m = {m}, statistic {which}: {excess} standard errors off");
            }
        }
    }
}

#[test]
fn base_has_its_autocovariance_at_every_length() {
    for n in [2_usize, 3, 7, 16, 101] {
        let draw = |stream| fractional(n, Gaussian::new(5, stream));
        let products: Vec<f64> = (0..4000).map(draw).map(|base| base[0] * base[n - 1]).collect();
        assert!(excess(&products, autocovariance(n - 1)).abs() < 4.5, "length {n}");
    }
}

#[test]
fn equal_streams_give_equal_bits() {
    for alpha in ALPHAS {
        assert_eq!(unit(alpha).phase(101, 1.0, 1, 2), unit(alpha).phase(101, 1.0, 1, 2));
    }
}

#[test]
fn streams_are_uncorrelated() {
    for alpha in [2, 1] {
        let noise = unit(alpha);
        let increments = |stream| differences(&noise.phase(20_000, 1.0, 1, stream), 1, &[-1.0, 1.0]);
        let products: Vec<f64> = increments(0).iter().zip(&increments(1)).map(|(a, b)| a * b).collect();
        assert!(excess(&products, 0.0).abs() < 4.5, "α = {alpha}");
    }
}

#[test]
fn any_length_is_drawn() {
    for alpha in ALPHAS {
        for n in [0, 1, 2, 3, 5, 97, 1000] {
            let phase = unit(alpha).phase(n, 1.0, 1, 0);
            assert_eq!(phase.len(), n);
            assert!(phase.iter().all(|x| x.is_finite()));
        }
    }
}

#[test]
fn eigenvalues_of_long_circles_are_positive() {
    assert_eq!(fractional(1 << 20, Gaussian::new(1, 0)).len(), 1 << 20);
}

#[test]
fn unknown_exponents_and_levels_are_refused() {
    let message = PowerLaw::new(3, 1.0).unwrap_err().to_string();
    assert_eq!(message, "describe noise: the exponent α = 3 is not one of 2, 1, 0, -1, -2, -3, -4");
    assert!(PowerLaw::new(0, f64::NAN).is_err());
    assert!(PowerLaw::from_deviation(0, -1.0, 1.0).is_err());
    assert!(PowerLaw::from_deviation(0, 1.0, 0.0).is_err());
}

#[test]
fn variance_of_any_combination_agrees_with_the_named_deviations() {
    for alpha in -2..=2 {
        let noise = PowerLaw::from_deviation(alpha, 1e-12, 0.5).unwrap();
        for m in [1, 3, 10] {
            let variance = noise.theoretical_variance(&[(0, 1.0), (m, -2.0), (2 * m, 1.0)], 0.5);
            let adev = (variance / 2.0).sqrt() / (m as f64 * 0.5);
            assert!((adev / noise.theoretical_adev(m, 0.5) - 1.0).abs() < 1e-12, "α = {alpha}, m = {m}");
        }
    }
}

#[test]
fn open_combinations_of_divergent_noise_are_infinite() {
    let step =
        |alpha| PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap().theoretical_variance(&[(0, -1.0), (4, 1.0)], 1.0);
    assert!((step(0) - 4.0).abs() < 1e-12, "four steps of white FM: {}", step(0));
    assert!((step(2) - 2.0 / 3.0).abs() < 1e-12, "white PM of a third of the Allan variance: {}", step(2));
    assert_eq!(step(-1), f64::INFINITY);
}

#[test]
fn the_series_of_odd_harmonics_continues_the_sum() {
    for l in [SUMMED as u64 + 1, 100, 5000] {
        let sum: f64 = (1..=l).rev().map(|j| 1.0 / (2 * j - 1) as f64).sum();
        assert_close(odd_harmonic(l as f64), sum, 1e-15, "H");
    }
}
