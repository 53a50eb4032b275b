//! Fits of models.

use sigmatau_dynamic::effect::Effect;
use sigmatau_dynamic::identify::{Between, identify};
use sigmatau_dynamic::model::{Model, Settings};
use sigmatau_dynamic::{Bivariate, Complex64, StandardUncertainty};
use sigmatau_spectrum::Gaussian;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A fit whose truth is known.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    model: &'static str,
    settings: Settings,
    truth: &'static [f64],
    /// Degrees of freedom of the covariance of a line.
    dof: usize,
    /// The relative standard uncertainty of a scale that the lines share.
    scale: f64,
    /// A cause that shifts the phases of all lines, in s.
    delay: f64,
}

const PLAIN: Settings = Settings { numerator: 0, denominator: 0, rate: None, delay: false };

/// What is simulated.
pub(crate) static CASES: &[Case] = &[
    Case {
        name: "second-order",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "second-order, late",
        model: "second-order",
        settings: Settings { delay: true, ..PLAIN },
        truth: &[0.2, 0.2, 3500.0, 2e-5],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "first-order",
        model: "first-order",
        settings: PLAIN,
        truth: &[0.2, 1500.0],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "rational 1/2",
        model: "rational",
        settings: Settings { numerator: 1, denominator: 2, ..PLAIN },
        truth: &[0.2, 1e-5, 3e-5, 3e-9],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "discrete 1/2",
        model: "discrete",
        settings: Settings { numerator: 1, denominator: 2, rate: Some(20_000.0), delay: false },
        truth: &[0.1, -0.02, -0.6, 0.3],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "second-order, covariance from 10 degrees of freedom",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 10,
        scale: 0.0,
        delay: 0.0,
    },
    Case {
        name: "second-order, common scale and clock",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 0,
        scale: 0.01,
        delay: 1e-6,
    },
];

/// The shares of trials in which the 95 % intervals of the parameters, and of magnitude and phase of the model in
/// and beyond the band, hold the truth.
pub(crate) fn coverage(case: &Case, trials: u64) -> Vec<(String, f64)> {
    let structure = Model::named(case.model).unwrap().structure(&case.settings).unwrap();
    let exact = structure.at(case.truth);
    let (frequencies, asked) = ((1..=50).map(|k| 100.0 * f64::from(k)).collect::<Vec<f64>>(), [50.0, 3300.0, 6000.0]);
    let names = structure.parameters().into_iter().map(|parameter| parameter.name);
    let at = asked.iter().flat_map(|frequency| ["magnitude", "phase"].map(|what| format!("{what} at {frequency} Hz")));
    let names: Vec<String> = names.chain(at).collect();
    let mut inside = vec![0_u64; names.len()];
    for trial in 0..trials {
        let mut noise = Gaussian::new(77, trial);
        let mut response = structure.response(case.truth, &frequencies);
        let sources = [
            Effect::scale("reference", StandardUncertainty(case.scale), frequencies.len()),
            Effect::delay("clock", StandardUncertainty(case.delay), &frequencies),
        ];
        let shifts = [noise.draw(), noise.draw()];
        for (place, line) in response.lines.iter_mut().enumerate() {
            let common: Complex64 = sources.iter().zip(shifts).map(|(source, z)| source.relative[place] * z).sum();
            let u = 1e-3 * (1.0 + line.frequency / 2500.0);
            line.value = line.value * (1.0 + common) + u * Complex64::new(noise.draw(), noise.draw());
            let stated = match case.dof {
                0 => u * u,
                dof => (0..dof).map(|_| (u * noise.draw()).powi(2)).sum::<f64>() / dof as f64,
            };
            (line.covariance, line.dof) =
                (Bivariate::circular(stated), if case.dof == 0 { f64::INFINITY } else { case.dof as f64 });
        }
        let between = if case.scale > 0.0 { Between::Sources(&sources) } else { Between::Independent };
        let known = identify(&response, &structure, between).unwrap().known;
        let factor = factor(known.dof());
        let parameters = known.values().iter().zip(case.truth).enumerate();
        let parameters =
            parameters.map(|(place, (value, truth))| (value - truth).abs() <= factor * known.uncertainty(place));
        let lines = known.response(&asked).lines.into_iter().flat_map(|line| {
            let truth = exact.value(line.frequency);
            let magnitude = (line.value.norm() - truth.norm()).abs() <= factor * line.magnitude_u();
            [magnitude, (line.value / truth).arg().abs() <= factor * line.phase_u()]
        });
        let held: Vec<bool> = parameters.chain(lines).collect();
        inside.iter_mut().zip(held).for_each(|(count, held)| *count += u64::from(held));
    }
    names.into_iter().zip(inside.into_iter().map(|count| count as f64 / trials as f64)).collect()
}

/// The coverage factor of 95 %.
fn factor(dof: f64) -> f64 {
    if dof.is_finite() { StudentsT::new(0.0, 1.0, dof).unwrap().inverse_cdf(0.975) } else { 1.959_964 }
}
