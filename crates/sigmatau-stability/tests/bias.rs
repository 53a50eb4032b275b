//! Simulated records of known noise: what the squared total statistics are on average, against the
//! published bias factors.

use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::Estimator;
use sigmatau_stability::estimator::Bias;

const RECORDS: u64 = 1000;
const POINTS: usize = 257;
const SEED: u64 = 20_261_122;

/// The mean square over what is expected, and the standard uncertainty of this ratio.
fn simulated(estimator: &Estimator, alpha: i8, m: usize) -> (f64, f64) {
    let noise = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
    let expected = (estimator.expected)(&noise, m as u64, 1.0);
    let ratio = |record| {
        let x = noise.phase(POINTS, 1.0, SEED, record);
        let deviation = estimator.deviations(&PhaseSeries::new(&x, 1.0).unwrap(), &[m])[0].unwrap();
        (deviation / expected).powi(2)
    };
    let ratios: Vec<f64> = (0..RECORDS).into_par_iter().map(ratio).collect();
    let mean = ratios.iter().sum::<f64>() / RECORDS as f64;
    let squares: f64 = ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum();
    (mean, squares.sqrt() / RECORDS as f64)
}

/// Checks that simulation gives the published factor times `off`, to 3.5 standard uncertainties and 1 %.
fn assert_off_by(name: &str, alpha: i8, m: usize, off: f64) {
    let estimator = Estimator::named(name).unwrap();
    let Bias::Noise(published) = estimator.bias else { panic!("{name} has a bias for each noise type") };
    let (mean, uncertainty) = simulated(estimator, alpha, m);
    let expected = published(alpha, m, POINTS) * off;
    let what = format!("{name}, α = {alpha}, m = {m}: {mean:.4} ± {uncertainty:.4} instead of {expected:.4}");
    assert!((mean - expected).abs() < 3.5 * uncertainty + 0.01 * expected, "{what}");
}

#[test]
fn published_factors_of_totdev_hold_under_frequency_noise() {
    for (alpha, m) in (-2..=0).flat_map(|alpha| [1, 8, 64, 128].map(|m| (alpha, m))) {
        assert_off_by("totdev", alpha, m, 1.0);
    }
}

#[test]
fn published_factors_of_htotdev_hold_under_frequency_noise_but_for_two_points() {
    for (alpha, m) in (-4..=0).flat_map(|alpha| [1, 8, 32, 85].map(|m| (alpha, m))) {
        assert_off_by("htotdev", alpha, m, 1.0);
    }
    for (alpha, off) in [(0, 1.0), (-1, 1.055), (-2, 1.056), (-3, 1.038), (-4, 1.012)] {
        assert_off_by("htotdev", alpha, 2, off);
    }
}

#[test]
fn published_factors_of_mtotdev_are_off_as_documented() {
    for (alpha, off) in [(2, 1.06), (1, 1.03), (0, 1.06), (-1, 1.03), (-2, 0.985)] {
        [8, 32, 85].into_iter().for_each(|m| assert_off_by("mtotdev", alpha, m, off));
    }
    for (alpha, published) in [(2, 0.94), (1, 0.83), (0, 0.73), (-1, 0.70), (-2, 0.69)] {
        assert_off_by("mtotdev", alpha, 1, 0.5 / published);
    }
}

#[test]
fn phase_noise_is_overstated_by_what_has_no_published_factor() {
    for (alpha, slope) in [(2, 1.34), (1, 0.95)] {
        [8, 64].into_iter().for_each(|m| assert_off_by("totdev", alpha, m, 1.0 + slope * m as f64 / POINTS as f64));
    }
    for (alpha, off) in [(2, 1.38), (1, 1.26)] {
        assert_off_by("htotdev", alpha, 64, off);
    }
}
