//! What stands beside a tone in a record: harmonics and noise, as IEEE 1057 and IEEE 1241 sum them up for digitizers.

use super::SineFit;

/// Figures of a tone with its harmonics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distortion {
    /// Total harmonic distortion √(Σ A(k)²) / A(1) over the harmonics from the second on that were fitted; `NaN`
    /// where none was.
    pub harmonic: f64,
    /// Noise and distortion, the rms of all that is not the fundamental: √(s² + Σ A(k)²/2).
    pub rest: f64,
    /// Signal to noise and distortion, 20 lg (A(1) / √2 / rest), in dB.
    pub sinad: f64,
}

impl Distortion {
    /// The effective number of bits of a digitizer whose codes span `full_scale`: lb (full scale / (√12 rest)), at which
    /// an ideal one would have as much noise.
    pub fn effective_bits(&self, full_scale: f64) -> f64 {
        (full_scale / (12.0_f64.sqrt() * self.rest)).log2()
    }
}

impl SineFit {
    /// The distortion of the first tone, where the others are its harmonics.
    ///
    /// ```
    /// use sigmatau_spectrum::SineFit;
    /// let rounded = |n: i32| (511.5 * (0.377 * f64::from(n)).sin()).round(); // an ideal digitizer of 10 bits
    /// let series: Vec<f64> = (0..20_000).map(rounded).collect();
    /// let found = SineFit::harmonics(&series, 1.0, 5)?.distortion();
    /// assert!((found.effective_bits(1024.0) - 10.0).abs() < 0.02);
    /// assert!((found.sinad - (6.02 * 10.0 + 1.76)).abs() < 0.1);
    /// # Ok::<(), sigmatau_spectrum::sine::SineError>(())
    /// ```
    pub fn distortion(&self) -> Distortion {
        let power = |tone: usize| 0.5 * self.tones[tone].amplitude().powi(2);
        let (fundamental, harmonics) = (power(0), (1..self.tones.len()).map(power).sum::<f64>());
        let rest = self.residual * self.residual + harmonics;
        Distortion {
            harmonic: if self.tones.len() > 1 { (harmonics / fundamental).sqrt() } else { f64::NAN },
            rest: rest.sqrt(),
            sinad: 10.0 * (fundamental / rest).log10(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Gaussian;

    /// A tone of amplitude 2 with a second and a third harmonic, and noise of 0.01.
    fn record() -> Vec<f64> {
        let mut noise = Gaussian::new(7, 0);
        let sample = |n: i32| {
            let t = 0.05 * f64::from(n);
            2.0 * t.sin() + 0.06 * (2.0 * t + 0.4).cos() + 0.08 * (3.0 * t).sin() + 0.01 * noise.draw()
        };
        (0..50_000).map(sample).collect()
    }

    #[test]
    fn harmonics_and_noise_are_what_was_put_in() {
        let found = SineFit::harmonics(&record(), 1.0, 5).unwrap().distortion();
        let (harmonics, noise) = (0.5 * (0.06_f64.powi(2) + 0.08_f64.powi(2)), 0.01_f64.powi(2));
        assert!((found.harmonic / 0.05 - 1.0).abs() < 0.01, "{found:?}");
        assert!((found.rest / (harmonics + noise).sqrt() - 1.0).abs() < 0.01, "{found:?}");
        assert!((found.sinad - 10.0 * (2.0 / (harmonics + noise)).log10()).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn a_fit_of_the_tone_alone_has_the_harmonics_in_its_residuals() {
        let [alone, all] = [1, 5].map(|count| SineFit::harmonics(&record(), 1.0, count).unwrap().distortion());
        assert!(alone.harmonic.is_nan() && (alone.sinad - all.sinad).abs() < 0.01, "{alone:?} {all:?}");
    }

    #[test]
    fn a_scale_factor_leaves_ratios_alone() {
        let scaled: Vec<f64> = record().iter().map(|y| 1e3 * y).collect();
        let [one, other] = [record(), scaled].map(|series| SineFit::harmonics(&series, 1.0, 3).unwrap().distortion());
        assert!((one.harmonic / other.harmonic - 1.0).abs() < 1e-9 && (one.sinad - other.sinad).abs() < 1e-6);
        assert!((one.effective_bits(4.0) - other.effective_bits(4e3)).abs() < 1e-6);
    }
}
