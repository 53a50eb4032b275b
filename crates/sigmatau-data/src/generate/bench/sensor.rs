//! One sensor of a bench: its true response.

use crate::schema::response;
use crate::{Table, Values};
use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// A sensor with the response
///
/// H(f) = K · f₀² / (f₀² − f² + 2 i δ f₀ f) · i f / (f_h + i f) · f_l / (f_l + i f) · e^(−2π i f T),
///
/// of which the factors without a number are 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sensor {
    pub(super) name: String,
    /// K, in the unit of the output over that of the input.
    pub(super) gain: f64,
    pub(super) resonance: Option<Resonance>,
    /// f_h in Hz.
    pub(super) high_pass: Option<f64>,
    /// f_l in Hz.
    pub(super) low_pass: Option<f64>,
    /// T in s.
    pub(super) delay: f64,
    /// The relative standard deviation of gain, resonance, damping and corner frequencies among its kind.
    pub(super) spread: f64,
    /// The largest magnitude that its channel records, where that is not the one of the bench.
    pub(super) range: Option<f64>,
}

/// A second-order system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Resonance {
    /// f₀ in Hz.
    pub(super) frequency: f64,
    /// δ.
    pub(super) damping: f64,
}

impl Sensor {
    /// H at a frequency in Hz.
    pub(super) fn response(&self, f: f64) -> Complex64 {
        let j = Complex64::I;
        let second_order = |Resonance { frequency: f0, damping }: Resonance| {
            f0 * f0 / Complex64::new(f0 * f0 - f * f, 2.0 * damping * f0 * f)
        };
        let factors = [
            self.resonance.map(second_order),
            self.high_pass.map(|corner| j * f / (corner + j * f)),
            self.low_pass.map(|corner| corner / (corner + j * f)),
        ];
        let delayed = Complex64::cis(-TAU * f * self.delay) * self.gain;
        factors.into_iter().flatten().fold(delayed, |product, factor| product * factor)
    }

    /// This sensor under the name that it has where the bench is repeated: `pressure.2` in the second round.
    pub(super) fn in_round(&self, round: usize) -> Self {
        let name = if round == 0 { self.name.clone() } else { format!("{}.{}", self.name, round + 1) };
        Self { name, ..self.clone() }
    }

    /// A specimen of its kind.
    pub(super) fn spread(self, differences: &mut Gaussian) -> Self {
        let mut varied = |value: f64| value * (self.spread * differences.draw()).exp();
        let resonance = |resonance: Resonance, varied: &mut dyn FnMut(f64) -> f64| Resonance {
            frequency: varied(resonance.frequency),
            damping: varied(resonance.damping),
        };
        Self {
            gain: varied(self.gain),
            resonance: self.resonance.map(|own| resonance(own, &mut varied)),
            high_pass: self.high_pass.map(&mut varied),
            low_pass: self.low_pass.map(&mut varied),
            ..self
        }
    }

    /// The true response in the schema of responses.
    pub(super) fn truth(&self, frequencies: &[f64], unit: &str) -> Table {
        let values: Vec<Complex64> = frequencies.iter().map(|&f| self.response(f)).collect();
        let number = |name: &str| -> Vec<f64> {
            match name {
                "frequency_hz" => frequencies.to_vec(),
                "magnitude" => values.iter().map(|value| value.norm()).collect(),
                "phase_rad" => values.iter().map(|value| value.arg()).collect(),
                "real" => values.iter().map(|value| value.re).collect(),
                "imag" => values.iter().map(|value| value.im).collect(),
                "coherence" | "dof" | "sharing_hz" | "common_delay_u" => vec![f64::NAN; frequencies.len()],
                _ => vec![0.0; frequencies.len()],
            }
        };
        let mut columns = response::SCHEMA.empty().columns().to_vec();
        for column in &mut columns {
            column.values = match column.name.as_str() {
                "sensor" => Values::Text(vec![self.name.clone(); frequencies.len()]),
                "method" => Values::Text(vec!["truth".to_owned(); frequencies.len()]),
                "sharing" => Values::Text(vec![String::new(); frequencies.len()]),
                "unit" => Values::Text(vec![unit.to_owned(); frequencies.len()]),
                name => Values::Float(number(name)),
            };
        }
        Table::new(columns).expect("the columns have one length and distinct names")
    }
}
