//! Instrument transformers between their points; power and energy at the harmonics.

use super::{Case, Claim, within};
use nalgebra::{Matrix4, Vector4};
use sigmatau_dynamic::power::{Harmonic, Phasors, TimeBase, Wattmeter};
use sigmatau_dynamic::source::Source;
use sigmatau_dynamic::transducer::{Point, Table, Transfer};
use sigmatau_dynamic::{Bivariate, Complex64};
use sigmatau_spectrum::Gaussian;
use std::collections::BTreeMap;

pub(super) fn cases() -> Vec<Case> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let channels = [channel("VT", 0.01, -1e-3), channel("CT", 0.1, 2e-3)];
    vec![
        Case {
            part: "transducers",
            name: "between the points of a table, unknown resonances".into(),
            of: names(&["gain", "phase"]),
            claim: Claim::AtLeast,
            trial: Box::new(between_points),
        },
        Case {
            part: "power and energy",
            name: "four harmonics, one reference, common noise".into(),
            of: names(&["active power", "reactive power of the third", "error of a meter by energy"]),
            claim: Claim::Stated,
            trial: Box::new(move |stream| metered(&channels, stream)),
        },
    ]
}

fn between_points(stream: u64) -> Vec<f64> {
    let (mut noise, u) = (Gaussian::new(41, stream), 2e-5);
    let (corner, damping) = (2e4 * noise.draw().exp(), 0.2 + noise.draw().abs());
    let truth = |f: f64| {
        let s = f / corner;
        Complex64::new(1.0 - s * s, 2.0 * damping * s).inv()
    };
    let mut point = |k: i32| {
        let frequency = 50.0 * 1.6_f64.powi(k);
        let (value, [a, b]) = (truth(frequency), [(); 2].map(|()| u * noise.draw()));
        let covariance = Bivariate::circular(u * u);
        Point { frequency, gain: value.norm() * (1.0 + a), phase: value.arg() + b, covariance }
    };
    let harmonics: Vec<f64> = (1..=60).map(|h| 75.0 * f64::from(h)).collect();
    let found = Table::new("sensor", (0..12).map(&mut point).collect()).unwrap().at(&harmonics);
    let held = found.errors.covariances().into_iter().enumerate().map(|(place, covariance)| {
        let off = (found.values[place] / truth(harmonics[place])).ln();
        [within(off.re, covariance.real.sqrt()), within(off.im, covariance.imaginary.sqrt())]
    });
    let sum = held.fold([0.0; 2], |sum, held| [sum[0] + held[0], sum[1] + held[1]]);
    sum.map(|sum| sum / harmonics.len() as f64).to_vec()
}

const ORDERS: [f64; 4] = [1.0, 3.0, 5.0, 7.0];

/// A transducer whose gain is owed by half to a common reference.
fn channel(name: &str, scale: f64, phase: f64) -> Transfer {
    let frequencies = ORDERS.map(|order| 50.0 * order);
    let gains = frequencies.map(|f| (f, scale * (1.0 - f * 1e-5), scale * 3e-4));
    let phases = frequencies.map(|f| (f, phase * f / 50.0, 2e-4));
    let gain = Table::gain(&format!("{name} gain"), &gains).unwrap().against("reference", 0.5).at(&frequencies);
    gain.then(&Table::phase(&format!("{name} phase"), &phases).unwrap().at(&frequencies)).unwrap()
}

/// The ratios of voltage and current of each harmonic, wrong as the sources of their errors say, which both may share.
fn drawn(channels: &[Transfer; 2], noise: &mut Gaussian) -> Vec<Complex64> {
    let mut shifts: BTreeMap<&Source, f64> = BTreeMap::new();
    let ratios = channels.each_ref().map(|channel| {
        let mut ratios = channel.values.clone();
        for (source, parts) in channel.errors.sources() {
            let z = *shifts.entry(source).or_insert_with(|| noise.draw());
            parts.iter().for_each(|(place, part)| ratios[*place] *= (part * z).exp());
        }
        ratios
    });
    ratios[0].iter().zip(&ratios[1]).flat_map(|(voltage, current)| [*voltage, *current]).collect()
}

/// Voltage and current of each harmonic on the primary side.
fn primary() -> [Complex64; 8] {
    [(230.0, 0.1), (5.0, -0.5), (8.0, 1.0), (1.0, 2.5), (5.0, -2.0), (0.6, 0.3), (3.0, 0.0), (0.2, -1.0)]
        .map(|(size, angle)| Complex64::from_polar(size, angle))
}

/// The lower triangular root of the covariance of the noise, which both channels share in part.
fn noise_root() -> Matrix4<f64> {
    let parts = Matrix4::new(2e-4, 0.0, 0.0, 0.0, 0.0, 2e-4, 0.0, 0.0, 1e-4, 0.0, 5e-5, 0.0, 2e-5, 1e-4, 0.0, 5e-5);
    (parts * parts.transpose()).cholesky().unwrap().l()
}

fn read(ratios: &[Complex64], noise: &mut Gaussian) -> Phasors {
    let root = noise_root();
    let clean: Vec<Complex64> = primary().iter().zip(ratios).map(|(x, ratio)| x * ratio).collect();
    let mut noisy = |pair: &[Complex64]| {
        let step = root * Vector4::from_fn(|_, _| noise.draw());
        Harmonic {
            voltage: pair[0] + Complex64::new(step[0], step[1]),
            current: pair[1] + Complex64::new(step[2], step[3]),
        }
    };
    Phasors::independent(clean.chunks(2).map(&mut noisy).collect(), &[root * root.transpose(); 4]).unwrap()
}

/// A meter whose ratios and clock are wrong as they say, over five windows.
fn metered(channels: &[Transfer; 2], stream: u64) -> Vec<f64> {
    let mut noise = Gaussian::new(17, stream);
    let ratios = drawn(channels, &mut noise);
    let meter = Wattmeter::new(&channels[0], &channels[1]).unwrap();
    let clock = TimeBase { name: "clock".to_owned(), rate: 2e-5, rate_u: 3e-4 };
    let seconds = 0.2 * (1.0 + clock.rate + clock.rate_u * noise.draw());
    let windows: Vec<Phasors> = (0..5).map(|_| read(&ratios, &mut noise)).collect();
    let mut register = meter.register();
    windows.iter().for_each(|phasors| register.push(phasors, seconds).unwrap());
    let power = meter.power(&windows[0]).unwrap();
    let truth: Vec<Complex64> = primary().chunks(2).map(|pair| pair[0] * pair[1].conj()).collect();
    let active: f64 = truth.iter().map(|power| power.re).sum();
    let third = power.harmonics[1];
    let master = register.finish(&clock).error_of("master", active / 3.6e6 * 1.002, 0.0);
    vec![
        within(power.active.value - active, power.active.standard_uncertainty),
        within(third.power.im - truth[1].im, third.covariance.imaginary.sqrt()),
        within(master.error_pct - 0.2, master.u_pct),
    ]
}
