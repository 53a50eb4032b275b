//! The variances that a spectral density stands for.
//!
//! σ²(τ) = ∫ S_y(f) |H(f)|² df from 0 to an upper cut-off f_h, with u = πfτ:
//!
//! | variance        | \|H(f)\|²                                    |
//! |-----------------|----------------------------------------------|
//! | Allan           | 2 sin⁴u / u²                                 |
//! | modified Allan  | 2 sin⁶u / (u² m² sin²(u/m)), τ = m τ₀        |
//! | Hadamard        | (8/3) sin⁶u / u²                             |
//!
//! (NIST SP 1065; the Hadamard variance in the form with the factor 1/6.) A clock sampled every τ₀ has
//! no frequencies above f_h = 1/(2τ₀); for a counter it is the bandwidth of its input.

use std::f64::consts::PI;

/// A variance of the Allan family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variance {
    /// The Allan variance.
    Allan,
    /// The modified Allan variance.
    Modified,
    /// The Hadamard variance.
    Hadamard,
}

/// A number found by integration, with a bound for its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integral {
    /// The value.
    pub value: f64,
    /// What it may be off by: the sum of the differences between two rules.
    pub error: f64,
}

/// The largest relative error that counts as converged.
const TOLERANCE: f64 = 1e-6;

impl Variance {
    /// |H(f)|² at averaging time τ = m τ₀, both in s.
    pub fn transfer(self, frequency: f64, m: u64, tau0: f64) -> f64 {
        let u = PI * frequency * m as f64 * tau0;
        let sine = u.sin().powi(2);
        match self {
            Self::Allan => 2.0 * (sine / u).powi(2),
            Self::Modified => 2.0 * sine.powi(3) / (u * m as f64 * (u / m as f64).sin()).powi(2),
            Self::Hadamard => 8.0 / 3.0 * sine.powi(3) / (u * u),
        }
    }

    /// Returns the variance at τ = m τ₀ of a clock with the one-sided density S_y(f) = `density`(f) up
    /// to `cutoff` in Hz; nothing where the integral does not converge, as that of the Allan variance
    /// for α < −2.
    ///
    /// Each lobe of |H|² is integrated by itself (Gauss–Kronrod, 7 and 15 points, halved where they
    /// differ), from zero frequency up: O(`cutoff` · τ) steps.
    ///
    /// ```
    /// use sigmatau_stability::domain::Variance;
    /// let white_fm = Variance::Allan.of_density(|_| 2e-24, 1, 10.0, 1e3).unwrap();
    /// assert!((white_fm.value / 1e-25 - 1.0).abs() < 1e-4); // h₀ / (2τ), less what lies above 1 kHz
    /// assert!(Variance::Allan.of_density(|f| f.powi(-3), 1, 10.0, 1e3).is_none());
    /// ```
    pub fn of_density(self, density: impl Fn(f64) -> f64, m: u64, tau0: f64, cutoff: f64) -> Option<Integral> {
        let integrand = |frequency: f64| density(frequency) * self.transfer(frequency, m, tau0);
        let lobe = 1.0 / (m as f64 * tau0);
        let lobes = (cutoff / lobe).ceil() as u64;
        let mut sum = Integral { value: 0.0, error: 0.0 };
        for place in 0..lobes {
            let (start, end) = (place as f64 * lobe, ((place + 1) as f64 * lobe).min(cutoff));
            sum = integrate(&integrand, start, end, sum, 40);
        }
        (sum.value.is_finite() && sum.error <= TOLERANCE * sum.value.abs()).then_some(sum)
    }
}

/// Adds the integral from `start` to `end`, halving at most `depth` times.
fn integrate(integrand: &impl Fn(f64) -> f64, start: f64, end: f64, sum: Integral, depth: u32) -> Integral {
    let Integral { value, error } = gauss_kronrod(integrand, start, end);
    if depth == 0 || error <= 1e-11 * (sum.value + value).abs() {
        return Integral { value: sum.value + value, error: sum.error + error };
    }
    let middle = 0.5 * (start + end);
    let lower = integrate(integrand, start, middle, sum, depth - 1);
    integrate(integrand, middle, end, lower, depth - 1)
}

/// Nodes on one side of the middle with the weights of the 15-point and the 7-point rule (R. Piessens et
/// al., QUADPACK, 1983).
const NODES: [(f64, f64, f64); 7] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_225, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_56, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_18, 0.0),
    (0.741_531_185_599_394_5, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_47, 0.204_432_940_075_298_9, 0.0),
];

fn gauss_kronrod(integrand: &impl Fn(f64) -> f64, start: f64, end: f64) -> Integral {
    let (middle, half) = (0.5 * (start + end), 0.5 * (end - start));
    let central = integrand(middle);
    let (mut fine, mut coarse) = (0.209_482_141_084_727_82 * central, 0.417_959_183_673_469_4 * central);
    for (node, of_fine, of_coarse) in NODES {
        let pair = integrand(middle - half * node) + integrand(middle + half * node);
        fine += of_fine * pair;
        coarse += of_coarse * pair;
    }
    Integral { value: half * fine, error: (half * (fine - coarse)).abs() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::PowerLaw;

    /// The density of noise as it is drawn is known up to the Nyquist frequency, and so are its
    /// deviations, in closed form.
    #[test]
    fn integrals_are_the_closed_forms_of_sampled_noise() {
        for alpha in -4..=2 {
            let noise = PowerLaw::new(alpha, 3e-24).unwrap();
            let tau0 = 0.5;
            let density = |f: f64| 3e-24 * super::super::power_law::shape(alpha, f, tau0);
            for m in [1, 2, 7, 64] {
                for (variance, expected) in [
                    (Variance::Allan, noise.theoretical_adev(m, tau0)),
                    (Variance::Modified, noise.theoretical_mdev(m, tau0)),
                    (Variance::Hadamard, noise.theoretical_hdev(m, tau0)),
                ] {
                    let found = variance.of_density(density, m, tau0, 0.5 / tau0);
                    match found {
                        Some(found) => assert!(
                            (found.value.sqrt() / expected - 1.0).abs() < 1e-7,
                            "{variance:?}, α = {alpha}, m = {m}"
                        ),
                        None => assert!(expected.is_infinite(), "{variance:?}, α = {alpha}, m = {m}"),
                    }
                }
            }
        }
    }

    /// IEEE 1139, with f_h τ much larger than 1.
    #[test]
    fn integrals_are_the_closed_forms_of_the_standard() {
        let (tau, cutoff) = (2.0, 500.0);
        let at = |alpha: i32| Variance::Allan.of_density(|f| f.powi(alpha), 1, tau, cutoff).unwrap().value;
        let expected = [
            (-2, 2.0 * PI * PI * tau / 3.0),
            (-1, 2.0 * 2_f64.ln()),
            (0, 0.5 / tau),
            (1, (1.038 + 3.0 * (2.0 * PI * cutoff * tau).ln()) / (4.0 * PI * PI * tau * tau)),
            (2, 3.0 * cutoff / (4.0 * PI * PI * tau * tau)),
        ];
        for (alpha, expected) in expected {
            assert!((at(alpha) / expected - 1.0).abs() < 1e-3, "α = {alpha}: {} instead of {expected}", at(alpha));
        }
    }

    /// `allantools.psd2allan` 2024.06 of S_y = 2e-24 + 1e-23 f² on 2049 frequencies up to 0.5 Hz. Its modified
    /// variance has no sampling interval: many points to an averaging time come near to it.
    #[test]
    fn integrals_are_those_of_allantools() {
        let at = |variance: Variance, m: u64, tau: f64| {
            variance.of_density(|f| 2e-24 + 1e-23 * f * f, m, tau / m as f64, 0.5).unwrap().value.sqrt()
        };
        for (tau, adev, mdev) in [
            (2.0, 7.230_783_314_145_966e-13, 5.369_505_116_490_542e-13),
            (8.0, 3.552_545_521_712_536e-13, 2.514_015_771_641_444e-13),
            (64.0, 1.250_742_061_763_636e-13, 8.839_649_158_239_426e-14),
        ] {
            assert!((at(Variance::Allan, 1, tau) / adev - 1.0).abs() < 1e-10, "adev at {tau} s");
            assert!((at(Variance::Modified, 1_000_000, tau) / mdev - 1.0).abs() < 1e-9, "mdev at {tau} s");
        }
    }

    #[test]
    fn scaling_the_density_scales_the_variance() {
        let at = |scale: f64| Variance::Hadamard.of_density(|f| scale / f, 3, 1.0, 0.5).unwrap().value;
        assert!((at(1e-25) / at(1.0) / 1e-25 - 1.0).abs() < 1e-12);
    }
}
