//! Powers and their uncertainties against a Monte Carlo calculation elsewhere.

use nalgebra::Matrix4;
use sigmatau_core::Estimate;
use sigmatau_dynamic::power::{Harmonic, Phasors, Power, Wattmeter};
use sigmatau_dynamic::source::{Errors, Source};
use sigmatau_dynamic::transducer::Transfer;
use sigmatau_dynamic::{Bivariate, Complex64};

const GOLDEN: &str = include_str!("golden/power.csv");

fn golden(name: &str) -> (f64, f64) {
    let row = GOLDEN.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(','));
    let (mean, u) = row.and_then(|rest| rest.split_once(',')).unwrap_or_else(|| panic!("no row `{name}`"));
    (mean.parse().unwrap(), u.parse().unwrap())
}

/// The channel of the example: errors of its own of 3e-4, and of the standard of both of 2e-4, in gain and phase.
fn channel(name: &str, gains: [f64; 3], phase: f64) -> Transfer {
    let transfer = Transfer {
        frequencies: vec![50.0, 150.0, 250.0],
        values: gains.map(|gain| Complex64::from_polar(gain, phase)).to_vec(),
        errors: Errors::independent(name, &[Bivariate::circular(9e-8); 3]),
        findings: Vec::new(),
    };
    let gain = transfer.with_source(&Source::new("standard", "gain"), |_| Complex64::new(2e-4, 0.0));
    gain.with_source(&Source::new("standard", "phase"), |_| Complex64::new(0.0, 2e-4))
}

fn measured() -> Power {
    let polar = Complex64::from_polar;
    let primary = [
        [polar(230.0, 0.1), polar(5.0, -0.5)],
        [polar(8.0, 1.0), polar(1.0, 2.5)],
        [polar(5.0, -2.0), polar(0.6, 0.3)],
    ];
    let (voltage, current) = (channel("VT", [0.01, 0.0099, 0.0098], -1e-3), channel("CT", [0.1, 0.101, 0.102], 2e-3));
    let read = |(place, [v, i]): (usize, &[Complex64; 2])| Harmonic {
        voltage: v * voltage.values[place],
        current: i * current.values[place],
    };
    let harmonics = primary.iter().enumerate().map(read).collect();
    let phasors = Phasors::independent(harmonics, &[Matrix4::identity() * 4e-8; 3]).unwrap();
    Wattmeter::new(&voltage, &current).unwrap().power(&phasors).unwrap()
}

#[test]
fn powers_are_those_of_monte_carlo() {
    let power = measured();
    let of = |estimate: &Estimate| (estimate.value, estimate.standard_uncertainty);
    let some = |estimate: &Option<Estimate>| of(estimate.as_ref().unwrap());
    let harmonic = |place: usize| (&power.harmonics[place].power, &power.harmonics[place].covariance);
    let found = [
        ("active", of(&power.active)),
        ("fundamental", of(&power.fundamental)),
        ("reactive_1", (harmonic(0).0.im, harmonic(0).1.imaginary.sqrt())),
        ("active_3", (harmonic(1).0.re, harmonic(1).1.real.sqrt())),
        ("apparent", of(&power.apparent)),
        ("factor", some(&power.factor)),
        ("distortion_voltage", some(&power.distortion_voltage)),
        ("distortion_current", some(&power.distortion_current)),
    ];
    for (name, (value, u)) in found {
        let (mean, spread) = golden(name);
        assert!((value - mean).abs() < 0.01 * spread, "{name}: {value}, by Monte Carlo {mean}");
        // Four standard errors of the standard deviation of 4e6 draws.
        assert!((u / spread - 1.0).abs() < 1.5e-3, "{name}: u {u}, by Monte Carlo {spread}");
    }
}

#[test]
fn harmonics_are_correlated_as_in_monte_carlo() {
    let covariance = measured().covariance;
    let correlation = covariance[(0, 2)] / (covariance[(0, 0)] * covariance[(2, 2)]).sqrt();
    let (drawn, u) = golden("correlation_1_3");
    assert!((correlation - drawn).abs() < 4.0 * u, "{correlation}, by Monte Carlo {drawn}");
}
