//! Sine waves beside those that least squares gives in 50 digits.

use sigmatau_spectrum::SineFit;
use std::f64::consts::TAU;

const GOLDEN: &str = include_str!("golden/sine.csv");

/// The record of NIST SP 1065, 12.4: n(i+1) = 16807 n(i) mod 2147483647, u = n/2147483647.
fn suite() -> impl Iterator<Item = f64> {
    let next = |n: &u64| Some(n * 16_807 % 2_147_483_647);
    std::iter::successors(Some(1_234_567_890), next).map(|n| n as f64 / 2_147_483_647.0)
}

#[test]
fn fits_agree_with_least_squares_in_fifty_digits() {
    for row in GOLDEN.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let known: Vec<f64> = row.split(',').map(|word| word.parse().unwrap()).collect();
        let [c, a, f, phase, noise] = known[1..6] else { unreachable!("the file has these columns") };
        let wave = |(n, u): (u32, f64)| c + a * (TAU * f * f64::from(n) + phase).cos() + noise * (u - 0.5);
        let series: Vec<f64> = (0..).zip(suite().take(known[0] as usize)).map(wave).collect();
        let fit = if known[6] == 3.0 { SineFit::at(&series, 1.0, &[f]) } else { SineFit::strongest(&series, 1.0) };
        let fit = fit.unwrap();
        // A point is stored to 2⁻⁵³ of the offset, and NumPy's cosine may differ by as much from Rust's.
        let rounding = 2.0 * f64::EPSILON * c.abs().max(a);
        let [tone] = fit.tones[..] else { unreachable!("one tone was asked for") };
        let values = [fit.offset, tone.phasor.re, tone.phasor.im, tone.frequency];
        for (found, known) in values.iter().zip(&known[7..11]) {
            assert!((found - known).abs() < 1e-8 * a.min(noise) + rounding, "{row}: {found} instead of {known}");
        }
        let v = &fit.covariance;
        let us = [fit.residual, v[(0, 0)].sqrt(), v[(1, 1)].sqrt(), v[(2, 2)].sqrt(), fit.frequency_u(0)];
        let known_us = [known[11], known[12], known[13], known[14], known[16]];
        for (found, known) in us.iter().zip(known_us) {
            assert!((found - known).abs() <= (1e-7 + rounding / noise) * known, "{row}: {found} instead of {known}");
        }
        let correlation = |covariance: f64| covariance / (known[13] * known[14]);
        assert!((correlation(v[(1, 2)]) - correlation(known[15])).abs() < 1e-7, "{row}: {}", v[(1, 2)]);
    }
}
