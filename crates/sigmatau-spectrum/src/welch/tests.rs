use super::*;
use crate::Gaussian;
use crate::window::WINDOWS;
use std::f64::consts::TAU;

fn cut(window: &str, length: usize, overlap: usize, detrend: Detrend) -> Segmentation {
    Segmentation { window: Window::named(window).unwrap(), length, overlap, detrend }
}

fn spectrum(cut: Segmentation, tau0: f64, values: &[f64]) -> Spectrum {
    let mut welch = Welch::new(cut, tau0).unwrap();
    welch.push(values);
    welch.finish()
}

fn noise(points: usize, stream: u64) -> Vec<f64> {
    Gaussian::new(11, stream).take(points).collect()
}

/// Without overlap ρ(k) of a Hann window is (2/3)² and (1/6)², from w² = 3/8 − cos/2 + cos(2·)/8.
#[test]
fn neighbours_of_a_hann_window_share_four_ninths() {
    let cut = Segmentation { window: Window::named("hann").unwrap(), length: 64, overlap: 0, detrend: Detrend::None };
    let mut welch = Welch::new(cut, 1.0).unwrap();
    welch.push(&[1.0; 640]);
    let neighbours = welch.finish().averages().neighbours.clone();
    assert_eq!(neighbours.len(), 2);
    assert!((neighbours[0] - 4.0 / 9.0).abs() < 1e-12 && (neighbours[1] - 1.0 / 36.0).abs() < 1e-12, "{neighbours:?}");
}

#[test]
fn what_neighbours_share_adds_up_to_what_a_bin_shares() {
    for window in WINDOWS {
        for overlap in [0, 32, 48] {
            let cut = Segmentation { window, length: 64, overlap, detrend: Detrend::None };
            let mut welch = Welch::new(cut, 1.0).unwrap();
            welch.push(&[1.0; 640]);
            let averages = welch.finish().averages().clone();
            let sum = 1.0 + 2.0 * averages.neighbours.iter().sum::<f64>();
            assert!((sum / averages.shared - 1.0).abs() < 0.02, "{}: {sum} {}", window.name, averages.shared);
        }
    }
}

#[test]
fn sum_over_bins_is_the_mean_square() {
    for length in [4, 5, 64, 97, 1000] {
        let values = noise(length, 0);
        let spectrum = spectrum(cut("rectangular", length, 0, Detrend::None), 0.1, &values);
        let power: f64 = spectrum.densities().iter().sum::<f64>() * spectrum.width();
        let mean_square = values.iter().map(|x| x * x).sum::<f64>() / length as f64;
        assert!((power / mean_square - 1.0).abs() < 1e-13, "length {length}");
    }
}

#[test]
fn white_noise_has_the_density_twice_its_variance_times_the_interval() {
    let values = noise(400_000, 1);
    for window in WINDOWS {
        let spectrum = spectrum(cut(window.name, 256, 128, Detrend::Constant), 0.5, &values);
        let bins: Vec<Bin> = spectrum.clear().collect();
        let mean = bins.iter().map(|bin| bin.density).sum::<f64>() / bins.len() as f64;
        assert!((mean - 1.0).abs() < 0.01, "{}: {mean}", window.name);
    }
}

#[test]
fn tone_shows_its_power_in_the_bin_of_its_frequency() {
    for window in WINDOWS {
        let tone: Vec<f64> = (0..500).map(|n| 3.0 * (TAU * 20.0 * f64::from(n) / 100.0).sin()).collect();
        let spectrum = spectrum(cut(window.name, 100, 50, Detrend::None), 1.0, &tone);
        let power = spectrum.bin(20).density * spectrum.width() * window.noise_bandwidth(100);
        assert!((power / 4.5 - 1.0).abs() < 1e-12, "{}: {power}", window.name);
    }
}

#[test]
fn scaling_the_series_scales_the_density_by_the_square() {
    let values = noise(1000, 2);
    let scaled: Vec<f64> = values.iter().map(|x| 1e-12 * x).collect();
    let cut = cut("hann", 100, 50, Detrend::Linear);
    let (one, other) = (spectrum(cut, 1.0, &values), spectrum(cut, 1.0, &scaled));
    for (a, b) in one.densities().iter().zip(other.densities()) {
        assert!((b / (1e-24 * a) - 1.0).abs() < 1e-9);
    }
}

#[test]
fn what_is_taken_off_leaves_nothing_behind() {
    let line: Vec<f64> = (0..300).map(|n| 1e6 + 3.0 * f64::from(n)).collect();
    let left = |detrend| spectrum(cut("hann", 100, 50, detrend), 1.0, &line).densities().iter().sum::<f64>();
    assert!(left(Detrend::Linear) < 1e-15 * left(Detrend::Constant), "{}", left(Detrend::Linear));
    assert!(left(Detrend::Constant) < left(Detrend::None));
}

#[test]
fn pieces_do_not_change_a_bit() {
    let values = noise(3001, 3);
    let cut = cut("blackman", 300, 217, Detrend::Linear);
    let whole = spectrum(cut, 1.0, &values);
    for size in [1, 7, 300, 1024] {
        let mut welch = Welch::new(cut, 1.0).unwrap();
        values.chunks(size).for_each(|piece| welch.push(piece));
        assert_eq!(welch.finish(), whole, "pieces of {size}");
    }
}

#[test]
fn segments_with_a_missing_point_are_dropped_and_counted() {
    let mut values = noise(1000, 4);
    values[450] = f64::NAN;
    let cut = cut("hann", 100, 50, Detrend::Constant);
    let gapped = spectrum(cut, 1.0, &values);
    assert_eq!((gapped.averages().segments, gapped.averages().dropped), (17, 2));
    let (mut before, mut after) = (Welch::new(cut, 1.0).unwrap(), Welch::new(cut, 1.0).unwrap());
    before.push(&values[..450]);
    after.push(&values[500..]);
    let parts = [before.finish(), after.finish()];
    let weight = |part: &Spectrum| part.averages().segments as f64 / 17.0;
    for bin in 0..51 {
        let pooled: f64 = parts.iter().map(|part| weight(part) * part.densities()[bin]).sum();
        assert!((gapped.densities()[bin] / pooled - 1.0).abs() < 1e-13);
    }
}

#[test]
fn record_shorter_than_a_segment_has_no_bins() {
    let spectrum = spectrum(cut("hann", 100, 50, Detrend::Constant), 1.0, &noise(99, 5));
    assert_eq!(spectrum.clear().count(), 0);
    assert!(spectrum.densities().iter().all(|density| density.is_nan()));
}

#[test]
fn segments_that_cannot_be_meant_are_refused() {
    let refused =
        |length, overlap, tau0| Welch::new(cut("hann", length, overlap, Detrend::None), tau0).unwrap_err().to_string();
    assert!(refused(3, 0, 1.0).contains("3 points is too short"));
    assert!(refused(100, 100, 1.0).contains("an overlap of 100 points"));
    assert!(refused(100, 50, 0.0).contains("0 s is not a positive number"));
}

/// P. D. Welch (1967): with half-overlapping Hann segments ρ(1) is 1/36.
#[test]
fn effective_averages_of_half_overlapping_hann_segments_are_those_of_welch() {
    let spectrum = spectrum(cut("hann", 1000, 500, Detrend::None), 1.0, &noise(10_500, 6));
    let expected = 20.0 / (1.0 + 2.0 * (19.0 / 20.0) / 36.0);
    assert!((spectrum.averages().effective - expected).abs() < 1e-9);
}

#[test]
fn separate_segments_count_whole_and_share_bins_by_their_window() {
    let separate = |window| spectrum(cut(window, 1000, 0, Detrend::None), 1.0, &noise(5000, 7));
    assert_eq!(separate("hann").averages().effective, 5.0);
    assert!((separate("rectangular").averages().shared - 1.0).abs() < 1e-12);
    assert!((separate("hann").averages().shared - 35.0 / 18.0).abs() < 1e-9);
}

/// The variance of a bin and of the mean of all bins, from 2000 simulated records.
#[test]
fn degrees_of_freedom_and_shared_bins_are_those_of_simulated_records() {
    for (window, overlap) in [("rectangular", 0), ("hann", 0), ("hann", 32), ("hann", 48), ("flat-top", 48)] {
        let cut = cut(window, 64, overlap, Detrend::None);
        let records: Vec<Spectrum> = (0..2000).map(|stream| spectrum(cut, 0.5, &noise(640, 100 + stream))).collect();
        let averages = records[0].averages();
        let variance = |of: &dyn Fn(&Spectrum) -> f64| {
            records.iter().map(|record| (of(record) - 1.0).powi(2)).sum::<f64>() / records.len() as f64
        };
        let bin = variance(&|record| record.densities()[16]) * averages.effective;
        let inner = 8..25;
        let mean = |record: &Spectrum| record.densities()[inner.clone()].iter().sum::<f64>() / inner.len() as f64;
        let band = variance(&mean) * averages.effective * inner.len() as f64 / averages.shared;
        assert!((bin - 1.0).abs() < 0.12, "{window}, overlap {overlap}: a bin varies by {bin}");
        assert!((0.7..1.12).contains(&band), "{window}, overlap {overlap}: a band varies by {band}");
    }
}

#[test]
fn filtered_series_is_coherent_with_its_source() {
    let x = noise(200_000, 8);
    let y: Vec<f64> = (0..x.len()).map(|n| 2.0 * if n < 3 { 0.0 } else { x[n - 3] }).collect();
    let mut welch = CrossWelch::new(cut("hann", 128, 64, Detrend::None), 1.0).unwrap();
    welch.push(&x, &y);
    let found = welch.finish();
    for (bin, coherence) in found.coherence().iter().enumerate().skip(1) {
        let (gain, turn) = (found.cross[bin] / found.x.densities()[bin]).to_polar();
        let expected = -TAU * 3.0 * bin as f64 / 128.0;
        let apart = (turn - expected).rem_euclid(TAU);
        assert!(*coherence > 0.99 && (gain - 2.0).abs() < 0.05, "bin {bin}: {coherence}, {gain}");
        assert!(apart.min(TAU - apart) < 0.02, "bin {bin}: {turn} instead of {expected}");
    }
}

#[test]
fn unrelated_series_cohere_by_one_over_the_averages() {
    let mut welch = CrossWelch::new(cut("hann", 128, 64, Detrend::None), 1.0).unwrap();
    welch.push(&noise(128 * 200, 9), &noise(128 * 200, 10));
    let found = welch.finish();
    let mean = found.coherence().iter().sum::<f64>() / found.cross.len() as f64;
    assert!((mean * found.x.averages().effective - 1.0).abs() < 0.25, "{mean}");
}

/// The bias (1 − γ²)²/n_e of the coherence, in 2000 records of 16 segments.
#[test]
fn coherence_reads_high_by_its_bias_and_unbiased_hits_the_truth() {
    for truth in [0.2, 0.5, 0.8, 0.95] {
        let weight = (1.0_f64 / truth - 1.0).sqrt();
        let (mut raw, mut unbiased, mut effective) = (Vec::new(), Vec::new(), 0.0);
        for stream in 0..200 {
            let (x, other) = (noise(32 * 17, 2000 + 2 * stream), noise(32 * 17, 2001 + 2 * stream));
            let y: Vec<f64> = x.iter().zip(&other).map(|(x, other)| x + weight * other).collect();
            let mut welch = CrossWelch::new(cut("hann", 64, 32, Detrend::None), 1.0).unwrap();
            welch.push(&x, &y);
            let found = welch.finish();
            effective = found.averages().effective;
            raw.extend(found.bins().skip(2).step_by(3).take(10).map(|bin| bin.coherence()));
            unbiased.extend(found.bins().skip(2).step_by(3).take(10).map(|bin| bin.unbiased_coherence()));
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let bias = (1.0 - truth).powi(2) / effective;
        assert!((mean(&raw) - truth - bias).abs() < 0.012, "{truth}: raw {}, bias {bias}", mean(&raw));
        assert!((mean(&unbiased) - truth).abs() < 0.012, "{truth}: {}", mean(&unbiased));
    }
}
