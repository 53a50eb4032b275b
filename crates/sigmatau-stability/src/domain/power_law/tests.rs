use super::*;
use crate::domain::{Method, Settings, analyse};
use crate::edf::EdfMethod;
use crate::{ClockData, Estimator, TauList};
use rayon::prelude::*;
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::Window;
use sigmatau_spectrum::welch::{Detrend, Segmentation};

const RECORDS: u64 = 200;
const POINTS: usize = 16_385;
/// White and random-walk FM that are equal where the record can tell both.
const TRUTH: [(i8, f64); 2] = [(0, 1e-24), (-2, 1e-28)];

fn record(stream: u64) -> Vec<f64> {
    let draw = |(place, (alpha, level)): (u64, (i8, f64))| {
        PowerLaw::new(alpha, level).unwrap().phase(POINTS, 1.0, 41 + place, stream)
    };
    let parts: Vec<Vec<f64>> = (0..).zip(TRUTH).map(draw).collect();
    parts[0].iter().zip(&parts[1]).map(|(a, b)| a + b).collect()
}

fn densities(x: &[f64], method: Method) -> Vec<Density> {
    let window = Window::named("hann").unwrap();
    let settings = Settings {
        quantities: vec![Quantity::Frequency],
        method,
        segmentation: Segmentation { window, length: 512, overlap: 256, detrend: Detrend::Linear },
        confidence: 0.95,
        nominal: None,
    };
    analyse(&ClockData::Phase(PhaseSeries::new(x, 1.0).unwrap()), &settings).unwrap().densities
}

fn deviations(x: &[f64], name: &str, variance: Variance) -> Vec<Deviation> {
    let settings = crate::Settings {
        estimators: vec![Estimator::named(name).unwrap()],
        taus: TauList::Octave,
        edf: EdfMethod::default(),
        ..crate::Settings::default()
    };
    let points = crate::analyse(&ClockData::Phase(PhaseSeries::new(x, 1.0).unwrap()), &settings).points;
    let of = |point: &crate::Point| {
        let edf = point.edf.map_or(0.0, |edf| edf.value);
        Deviation { variance, m: point.m as u64, deviation: point.deviation, edf }
    };
    points.iter().map(of).collect()
}

/// How often each true level lies within twice its standard uncertainty, 95.45 % of a normal law.
fn assert_covered(what: &str, slack: f64, fit: impl Fn(&[f64]) -> PowerLaws + Sync) {
    let fits: Vec<PowerLaws> = (0..RECORDS).into_par_iter().map(|stream| fit(&record(stream))).collect();
    for (alpha, truth) in TRUTH {
        let held = |fit: &&PowerLaws| fit.level(alpha).is_some_and(|(level, u)| (level - truth).abs() <= 2.0 * u);
        let share = fits.iter().filter(held).count() as f64 / RECORDS as f64;
        assert!((0.9545 - slack..=1.0).contains(&share), "{what}: h({alpha}) is covered in {share}");
    }
}

/// 3.5 standard deviations of a share of 95.45 % in 200 records.
const CHANCE: f64 = 0.052;

#[test]
fn uncertainties_cover_the_levels_in_a_density() {
    for (word, method) in Method::ALL {
        assert_covered(word, CHANCE, |x| PowerLaws::of_density(&densities(x, method), 1.0, &[0, -2]).unwrap());
    }
}

#[test]
fn uncertainties_cover_the_levels_in_deviations() {
    for (name, variance) in [("oadev", Variance::Allan), ("mdev", Variance::Modified), ("ohdev", Variance::Hadamard)] {
        assert_covered(name, CHANCE, |x| {
            PowerLaws::of_deviations(&deviations(x, name, variance), 1.0, &[0, -2]).unwrap()
        });
    }
}

#[test]
fn power_laws_that_are_not_there_are_held_near_zero() {
    assert_covered("five exponents", CHANCE, |x| {
        PowerLaws::of_density(&densities(x, Method::Cascade), 1.0, &[2, 1, 0, -1, -2]).unwrap()
    });
    let fit = PowerLaws::of_density(&densities(&record(0), Method::Cascade), 1.0, &[2, 1, 0, -1, -2]).unwrap();
    for alpha in [2, 1, -1] {
        let (level, u) = fit.level(alpha).unwrap();
        assert!(level >= 0.0 && level <= 3.0 * u, "h({alpha}) = {level}, u = {u}");
    }
}

#[test]
fn exact_densities_give_the_levels_back() {
    let levels = [(2, 1e-25), (0, 1e-24), (-2, 1e-28)];
    let density = |f: f64| levels.iter().map(|(alpha, level)| level * shape(*alpha, f, 1.0)).sum::<f64>();
    let at = |k: i32| {
        let frequency = 0.5 * 0.8_f64.powi(k);
        let quantity = Quantity::Frequency;
        Density { quantity, frequency, density: density(frequency), dof: 10.0, shared: 1.0, interval: None }
    };
    let fit = PowerLaws::of_density(&(0..40).map(at).collect::<Vec<_>>(), 1.0, &[2, 0, -2]).unwrap();
    for (alpha, level) in levels {
        assert!((fit.level(alpha).unwrap().0 / level - 1.0).abs() < 1e-9, "h({alpha})");
    }
    assert!(fit.reduced_chi_squared < 1e-15);
}

#[test]
fn residuals_are_as_large_as_stated_for_the_right_law_and_larger_for_a_wrong_one() {
    let found = densities(&record(1), Method::Welch);
    let right = PowerLaws::of_density(&found, 1.0, &[0, -2]).unwrap().reduced_chi_squared;
    let wrong = PowerLaws::of_density(&found, 1.0, &[2]).unwrap().reduced_chi_squared;
    assert!((0.7..1.4).contains(&right) && wrong > 2.0 * right, "{right}, {wrong}");
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let refused = |alphas: &[i8]| PowerLaws::of_density(&[], 1.0, alphas).unwrap_err().to_string();
    assert!(refused(&[3]).contains("α = 3 is not one of"));
    assert!(refused(&[0, 0]).contains("each exponent once"));
    assert!(refused(&[0]).contains("0 observations do not determine 1 levels"));
}
