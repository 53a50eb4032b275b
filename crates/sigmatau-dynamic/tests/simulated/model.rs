//! Fits of models.

use super::Claim;
use sigmatau_dynamic::effect::Effect;
use sigmatau_dynamic::identify::{Between, identify};
use sigmatau_dynamic::model::{Known, Model, Settings, Structure};
use sigmatau_dynamic::{Bivariate, Complex64, Response, StandardUncertainty};
use sigmatau_spectrum::Gaussian;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A fit whose truth is known.
struct Fit {
    name: &'static str,
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
static FITS: &[Fit] = &[
    Fit {
        name: "second-order",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "second-order, late",
        model: "second-order",
        settings: Settings { delay: true, ..PLAIN },
        truth: &[0.2, 0.2, 3500.0, 2e-5],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "first-order",
        model: "first-order",
        settings: PLAIN,
        truth: &[0.2, 1500.0],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "rational 1/2",
        model: "rational",
        settings: Settings { numerator: 1, denominator: 2, ..PLAIN },
        truth: &[0.2, 1e-5, 3e-5, 3e-9],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "discrete 1/2",
        model: "discrete",
        settings: Settings { numerator: 1, denominator: 2, rate: Some(20_000.0), delay: false },
        truth: &[0.1, -0.02, -0.6, 0.3],
        dof: 0,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "second-order, covariance from 10 degrees of freedom",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 10,
        scale: 0.0,
        delay: 0.0,
    },
    Fit {
        name: "second-order, common scale and clock",
        model: "second-order",
        settings: PLAIN,
        truth: &[0.2, 0.03, 3500.0],
        dof: 0,
        scale: 0.01,
        delay: 1e-6,
    },
];

/// Where magnitude and phase of the model are looked at, in and beyond the band, in Hz.
const ASKED: [f64; 3] = [50.0, 3300.0, 6000.0];

pub(super) fn cases() -> Vec<super::Case> {
    FITS.iter().map(case).collect()
}

/// The parameters, and magnitude and phase of the model.
fn case(fit: &'static Fit) -> super::Case {
    let names = fit.structure().parameters().into_iter().map(|parameter| parameter.name);
    let at = ASKED.iter().flat_map(|frequency| ["magnitude", "phase"].map(|what| format!("{what} at {frequency} Hz")));
    let of = names.chain(at).collect();
    super::Case {
        part: "models",
        name: fit.name.to_owned(),
        of,
        claim: Claim::Stated,
        trial: Box::new(move |stream| fit.trial(stream)),
    }
}

impl Fit {
    fn structure(&self) -> Structure {
        Model::named(self.model).unwrap().structure(&self.settings).unwrap()
    }

    fn sources(&self, frequencies: &[f64]) -> [Effect; 2] {
        [
            Effect::scale("reference", StandardUncertainty(self.scale), frequencies.len()),
            Effect::delay("clock", StandardUncertainty(self.delay), frequencies),
        ]
    }

    /// The response with errors of its own in each line, and with errors that all lines share.
    fn drawn(&self, frequencies: &[f64], sources: &[Effect; 2], noise: &mut Gaussian) -> Response {
        let mut response = self.structure().response(self.truth, frequencies);
        let shifts = [noise.draw(), noise.draw()];
        for (place, line) in response.lines.iter_mut().enumerate() {
            let common: Complex64 = sources.iter().zip(shifts).map(|(source, z)| source.relative[place] * z).sum();
            let u = 1e-3 * (1.0 + line.frequency / 2500.0);
            line.value = line.value * (1.0 + common) + u * Complex64::new(noise.draw(), noise.draw());
            (line.covariance, line.dof) = (Bivariate::circular(self.variance(u, noise)), self.dof());
        }
        response
    }

    /// The variance that is stated for a line whose standard uncertainty is `u`.
    fn variance(&self, u: f64, noise: &mut Gaussian) -> f64 {
        match self.dof {
            0 => u * u,
            dof => (0..dof).map(|_| (u * noise.draw()).powi(2)).sum::<f64>() / dof as f64,
        }
    }

    fn dof(&self) -> f64 {
        if self.dof == 0 { f64::INFINITY } else { self.dof as f64 }
    }

    fn trial(&self, stream: u64) -> Vec<f64> {
        let frequencies: Vec<f64> = (1..=50).map(|k| 100.0 * f64::from(k)).collect();
        let sources = self.sources(&frequencies);
        let response = self.drawn(&frequencies, &sources, &mut Gaussian::new(77, stream));
        let between = if self.scale > 0.0 { Between::Sources(&sources) } else { Between::Neighbours };
        let known = identify(&response, &self.structure(), between).unwrap().known;
        self.held(&known).into_iter().map(f64::from).collect()
    }

    /// Which intervals hold the truth.
    fn held(&self, known: &Known) -> Vec<bool> {
        let (factor, exact) = (factor(known.dof()), self.structure().at(self.truth));
        let parameters = known.values().iter().zip(self.truth).enumerate();
        let parameters =
            parameters.map(|(place, (value, truth))| (value - truth).abs() <= factor * known.uncertainty(place));
        let lines = known.response(&ASKED).lines.into_iter().flat_map(|line| {
            let truth = exact.value(line.frequency);
            let magnitude = (line.value.norm() - truth.norm()).abs() <= factor * line.magnitude_u();
            [magnitude, (line.value / truth).arg().abs() <= factor * line.phase_u()]
        });
        parameters.chain(lines).collect()
    }
}

/// The coverage factor of 95 %.
fn factor(dof: f64) -> f64 {
    if dof.is_finite() { StudentsT::new(0.0, 1.0, dof).unwrap().inverse_cdf(0.975) } else { 1.959_964 }
}
