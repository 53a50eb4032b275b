//! How far up the power of a channel reaches.

use sigmatau_spectrum::Window;
use sigmatau_spectrum::welch::{Detrend, Segmentation, Welch};

/// Samples of a segment.
const SEGMENT: usize = 1 << 10;

/// The share of the Nyquist frequency below which the power of a filtered signal lies: filters before digitizers
/// are made to stop from the Nyquist frequency on, and take about a fifth of the band for it.
const USABLE: f64 = 0.8;

/// The share of the power above that from which on a signal was hardly filtered; white noise has 0.2.
pub(super) const SUSPICIOUS: f64 = 0.1;

/// The share of the power in the uppermost fifth of the band; nothing of a signal of less than one segment, or
/// without power.
pub(super) fn upper_share(samples: &[f64]) -> Option<f64> {
    let window = Window::named("hann").expect("the table has it");
    let cut = Segmentation { window, length: SEGMENT, overlap: SEGMENT / 2, detrend: Detrend::Linear };
    let mut welch = Welch::new(cut, 1.0).expect("the segment and the interval are sound");
    welch.push(samples);
    let spectrum = welch.finish();
    let densities = spectrum.densities();
    let upper = (USABLE * densities.len() as f64) as usize;
    let (above, all): (f64, f64) = (densities[upper..].iter().sum(), densities.iter().sum());
    (all > 0.0).then_some(above / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn white_noise_has_a_fifth_of_its_power_there() {
        let noise: Vec<f64> = Gaussian::new(5, 0).take(8192).collect();
        let share = upper_share(&noise).unwrap();
        assert!((share - 0.2).abs() < 0.02, "{share}");
    }

    #[test]
    fn short_and_silent_records_show_nothing() {
        assert_eq!((upper_share(&[1.0; 100]), upper_share(&[1.0; 2048])), (None, None));
    }
}
