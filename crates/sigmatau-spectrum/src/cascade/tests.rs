use super::*;
use crate::welch::Detrend;
use crate::{Gaussian, PowerLaw, Window};
use std::f64::consts::TAU;

fn cut(length: usize) -> Segmentation {
    let window = Window::named("hann").unwrap();
    Segmentation { window, length, overlap: length / 2, detrend: Detrend::Linear }
}

fn bins(length: usize, tau0: f64, values: &[f64]) -> Vec<Bin> {
    let mut cascade = Cascade::new(cut(length), tau0).unwrap();
    cascade.push(values);
    cascade.finish()
}

#[test]
fn every_octave_has_as_many_bins_and_none_is_left_out() {
    let bins = bins(250, 1.0, &vec![1.0; 100_000]);
    let steps: Vec<f64> = bins.windows(2).map(|pair| (pair[1].frequency - pair[0].frequency) / pair[1].width).collect();
    assert!(steps.iter().all(|step| (0.499..1.001).contains(step)));
    let octave = |low: f64| bins.iter().filter(|bin| bin.frequency > low && bin.frequency <= 2.0 * low).count();
    assert_eq!([0.2, 0.1, 0.05, 0.0125].map(octave), [50, 50, 50, 50]);
    assert_eq!(bins.last().unwrap().frequency, 0.5);
}

#[test]
fn pieces_do_not_change_a_bit() {
    let values: Vec<f64> = Gaussian::new(21, 0).take(20_001).collect();
    let whole = bins(128, 1.0, &values);
    for size in [1, 100, 8193] {
        let mut cascade = Cascade::new(cut(128), 1.0).unwrap();
        values.chunks(size).for_each(|piece| cascade.push(piece));
        assert_eq!(cascade.finish(), whole, "pieces of {size}");
    }
}

/// A tone in every stage: its power is what the bins around it hold.
#[test]
fn tone_keeps_its_power_through_the_filters() {
    for stage in 0..8 {
        let frequency = 0.3 * 0.5_f64.powi(stage);
        let tone: Vec<f64> = (0..200_000).map(|n| (TAU * frequency * f64::from(n)).sin()).collect();
        let bins = bins(400, 1.0, &tone);
        let near = bins.iter().filter(|bin| (bin.frequency / frequency).ln().abs() < 0.1);
        let power: f64 = near.map(|bin| bin.density * bin.width).sum();
        assert!((power / 0.5 - 1.0).abs() < 1e-6, "stage {stage}: {power}");
    }
}

/// A tone that folds onto a clean bin of the next stage leaves nothing there.
#[test]
fn aliases_stay_160_db_below() {
    let tone: Vec<f64> = (0..100_000).map(|n| (TAU * 0.35 * f64::from(n)).sin()).collect();
    let bins = bins(400, 1.0, &tone);
    let alias: f64 = bins.iter().filter(|bin| bin.frequency < 0.19).map(|bin| bin.density * bin.width).sum();
    assert!(alias < 0.5e-15, "{alias}");
}

#[test]
fn first_stage_is_the_spectrum_of_welch() {
    let values: Vec<f64> = Gaussian::new(22, 0).take(5000).collect();
    let mut welch = Welch::new(cut(200), 1.0).unwrap();
    welch.push(&values);
    let upper: Vec<Bin> = welch.finish().clear().filter(|bin| bin.frequency > 0.2001).collect();
    let cascade: Vec<Bin> = bins(200, 1.0, &values).into_iter().filter(|bin| bin.frequency > 0.2001).collect();
    assert_eq!(cascade, upper);
}

/// The same record by one long Welch spectrum, averaged over the octaves; both estimate the same
/// densities from the same points.
#[test]
fn cascade_agrees_with_one_long_spectrum_of_the_same_record() {
    for alpha in [2, 0, -2] {
        let x = PowerLaw::new(alpha, 1.0).unwrap().phase(1 << 18, 1.0, 23, 0);
        let y: Vec<f64> = x.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut welch = Welch::new(cut(1 << 14), 1.0).unwrap();
        welch.push(&y);
        let (long, cascade) = (welch.finish().clear().collect::<Vec<_>>(), bins(512, 1.0, &y));
        for octave in 1..9 {
            let (one, other) = (mean_relative(&long, alpha, octave), mean_relative(&cascade, alpha, octave));
            assert!((one / other - 1.0).abs() < 0.15, "α = {alpha}, octave {octave}: {one} and {other}");
        }
    }
}

/// The mean of density over f^α in an octave below the Nyquist frequency, 2⁻ᵏ to 2¹⁻ᵏ of it.
fn mean_relative(bins: &[Bin], alpha: i8, octave: i32) -> f64 {
    let top = 0.5 * 0.5_f64.powi(octave - 1);
    let within: Vec<f64> = bins
        .iter()
        .filter(|bin| bin.frequency > 0.5 * top && bin.frequency <= top)
        .map(|bin| bin.density / bin.frequency.powi(alpha.into()))
        .collect();
    within.iter().sum::<f64>() / within.len() as f64
}

#[test]
fn missing_points_are_dropped_in_every_stage() {
    let mut values: Vec<f64> = Gaussian::new(24, 0).take(50_000).collect();
    values[20_000] = f64::NAN;
    let mut cascade = Cascade::new(cut(128), 1.0).unwrap();
    cascade.push(&values);
    assert!(cascade.dropped() >= 2);
    assert!(cascade.finish().iter().all(|bin| bin.density.is_finite()));
}

#[test]
fn memory_grows_with_the_logarithm_of_the_record() {
    let mut cascade = Cascade::new(cut(64), 1.0).unwrap();
    let block = vec![0.0; 1 << 16];
    (0..16).for_each(|_| cascade.push(&block));
    assert!(cascade.stages.len() <= 20, "{} stages", cascade.stages.len());
}
