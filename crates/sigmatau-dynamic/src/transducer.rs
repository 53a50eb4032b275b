//! Instrument transformers, shunts, dividers, digitizers: complex ratios at the harmonics, with what is known of
//! their errors.
//!
//! What lives here: [`Transfer`], the ratio of output to input at some frequencies, and chains of them;
//! [`table`], corrections against frequency and what lies between their points; [`wideband`], the accuracy classes
//! of IEC 61869-1 and the decision on them. What never does: power, which is in [`crate::power`].

pub mod table;
pub mod wideband;

pub use table::{Point, Table};
pub use wideband::{Limits, Rule, Verdict};

use crate::covariance::Bivariate;
use crate::response::{Line, Response};
use crate::source::{Errors, Source};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::fft::Complex64;

/// The complex ratio of output to input at some frequencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transfer {
    /// The frequencies in Hz.
    pub frequencies: Vec<f64>,
    /// The ratios: unit of the output over unit of the input. A positive argument means that the output leads.
    pub values: Vec<Complex64>,
    /// Their relative errors.
    pub errors: Errors,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

/// Why a transducer was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransducerError {
    /// A table has no points.
    #[error("take the corrections `{0}`: there is no point in the table")]
    Empty(String),
    /// The frequencies of a table don't rise.
    #[error(
        "take the corrections `{table}`: point {place} is at {frequency} Hz, not above the one before; sort the points and give each once"
    )]
    Order {
        /// The name of the table.
        table: String,
        /// The number of the point, from 1.
        place: usize,
        /// Its frequency in Hz.
        frequency: f64,
    },
    /// A value of a point can't be used.
    #[error("take the corrections `{table}`: {quantity} at {frequency} Hz is {value}; {remedy}")]
    Value {
        /// The name of the table.
        table: String,
        /// Which quantity.
        quantity: &'static str,
        /// At which frequency in Hz.
        frequency: f64,
        /// Its value.
        value: f64,
        /// What would do.
        remedy: &'static str,
    },
    /// The links of a chain are given at different frequencies.
    #[error("chain transducers: one is given at {} frequencies, the other at {}{}; take both at the same ones", counts[0], counts[1], at.map(|[a, b]| format!(", where {a} Hz meets {b} Hz")).unwrap_or_default())]
    Frequencies {
        /// How many frequencies each has.
        counts: [usize; 2],
        /// The first two that differ, in Hz.
        at: Option<[f64; 2]>,
    },
    /// Limits of an accuracy class that are not at hand.
    #[error("find the limits of the class `{name}`: the limits at hand are those of {}; give the bands of your edition of the standard", known.join(", "))]
    Limits {
        /// The class that was asked for.
        name: String,
        /// The classes whose limits are at hand.
        known: Vec<&'static str>,
    },
}

impl Transfer {
    /// A ratio that is exactly known, the same at every frequency: a rated one, a conversion of units.
    pub fn exact(frequencies: &[f64], ratio: f64) -> Self {
        let values = vec![Complex64::new(ratio, 0.0); frequencies.len()];
        Self {
            frequencies: frequencies.to_vec(),
            values,
            errors: Errors::none(frequencies.len()),
            findings: Vec::new(),
        }
    }

    /// The ratio at the lines of a frequency response, whose errors are those `of` the calibration of this name and
    /// independent from line to line.
    ///
    /// Lines where the response is zero or not finite have no relative error and are left out with a finding.
    pub fn of_response(of: &str, response: &Response) -> Self {
        let usable = |value: &Complex64| value.is_finite() && *value != Complex64::ZERO;
        let (lines, lost): (Vec<&Line>, Vec<&Line>) = response.lines.iter().partition(|line| usable(&line.value));
        let relative: Vec<Bivariate> = lines.iter().map(|line| line.covariance.times(line.value.inv())).collect();
        let mut findings = response.findings.clone();
        findings.extend((!lost.is_empty()).then(|| no_ratio(of, lost.len(), response.lines.len())));
        Self {
            frequencies: lines.iter().map(|line| line.frequency).collect(),
            values: lines.iter().map(|line| line.value).collect(),
            errors: Errors::independent(of, &relative),
            findings,
        }
    }

    /// The same with one more source of uncertainty, such as the standard that it was calibrated against: `part`
    /// is the relative standard uncertainty at a frequency, that of the magnitude as real and of the argument in rad
    /// as imaginary part, which belong to one error.
    ///
    /// ```
    /// use sigmatau_dynamic::Complex64;
    /// use sigmatau_dynamic::source::Source;
    /// use sigmatau_dynamic::transducer::Transfer;
    /// let standard = Source::new("standard divider", "gain");
    /// let part = |_| Complex64::new(2e-5, 0.0);
    /// let stage = Transfer::exact(&[50.0, 150.0], 0.01).with_source(&standard, part);
    /// let chain = stage.then(&stage).unwrap();
    /// // Both stages err by the same 2e-5: the chain by 4e-5, not by 2.8e-5.
    /// assert!((chain.errors.at(0).real.sqrt() - 4e-5).abs() < 1e-18);
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: &Source, part: impl Fn(f64) -> Complex64) -> Self {
        for (place, frequency) in self.frequencies.iter().enumerate() {
            self.errors.add(source.clone(), place, part(*frequency));
        }
        self
    }

    /// The chain of this transducer and the `next` one that takes its output: the product of the ratios, in which
    /// relative errors add up, source by source.
    ///
    /// # Errors
    /// When the two are not given at the same frequencies.
    pub fn then(&self, next: &Self) -> Result<Self, TransducerError> {
        self.same_frequencies(next)?;
        let product = self.values.iter().zip(&next.values).map(|(a, b)| a * b).collect();
        let findings = self.findings.iter().chain(&next.findings).cloned().collect();
        let errors = self.errors.combined(1.0, &next.errors, 1.0);
        Ok(Self { frequencies: self.frequencies.clone(), values: product, errors, findings })
    }

    /// Ratio error and phase displacement at every frequency against a `rated` ratio of output to input.
    ///
    /// ε = (k_r U_s − U_p)/U_p = |H|/rated − 1 with the rated transformation ratio k_r = 1/rated, and Δφ = arg H,
    /// positive where the secondary leads (IEC 61869-1).
    ///
    /// ```
    /// use sigmatau_dynamic::transducer::{Table, Transfer};
    /// // A voltage transformer 20 kV / 100 V that gives 0.3 % too little and lags by 10′.
    /// let lag = -(10.0_f64 / 60.0).to_radians();
    /// let vt = Table::gain("VT", &[(50.0, 0.997 * 0.005, 0.0)])?.at(&[50.0]);
    /// let vt = vt.then(&Table::phase("VT", &[(50.0, lag, 0.0)])?.at(&[50.0]))?;
    /// let error = vt.ratio_errors(100.0 / 20e3)[0];
    /// assert!((error.ratio + 0.003).abs() < 1e-12 && (error.phase - lag).abs() < 1e-12);
    /// # Ok::<(), sigmatau_dynamic::transducer::TransducerError>(())
    /// ```
    pub fn ratio_errors(&self, rated: f64) -> Vec<RatioError> {
        let of = |((frequency, value), covariance): ((&f64, &Complex64), Bivariate)| {
            let (gain, phase) = ((value / rated).norm(), (value / rated).arg());
            let [real, cross] = [covariance.real * gain * gain, covariance.cross * gain];
            let covariance = Bivariate { real, cross, ..covariance };
            RatioError { frequency: *frequency, ratio: gain - 1.0, phase, covariance }
        };
        self.frequencies.iter().zip(&self.values).zip(self.errors.covariances()).map(of).collect()
    }

    pub(crate) fn same_frequencies(&self, other: &Self) -> Result<(), TransducerError> {
        let counts = [self.frequencies.len(), other.frequencies.len()];
        let pairs = self.frequencies.iter().zip(&other.frequencies);
        let at = pairs.map(|(a, b)| [*a, *b]).find(|[a, b]| (a - b).abs() > SAME_FREQUENCY * a.abs());
        if counts[0] != counts[1] || at.is_some() {
            return Err(TransducerError::Frequencies { counts, at });
        }
        Ok(())
    }
}

/// The relative difference up to which two frequencies are one.
pub(crate) const SAME_FREQUENCY: f64 = 1e-9;

/// The error of a ratio at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioError {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The ratio error ε, as a number: 0.001 is 0.1 %.
    pub ratio: f64,
    /// The phase displacement Δφ in rad, positive where the output leads.
    pub phase: f64,
    /// The covariance of the two.
    pub covariance: Bivariate,
}

fn no_ratio(of: &str, lost: usize, all: usize) -> Finding {
    let seen = format!("{lost} of {all} lines of the response are zero or not finite");
    let (matters, advice) =
        ("they have no relative error and are left out", "excite these frequencies, or leave them out");
    Finding::new(Severity::Warning, "no-ratio", seen, matters, advice).about(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(values: &[Complex64]) -> Response {
        let line = |(k, value): (usize, &Complex64)| Line {
            frequency: 50.0 * (k + 1) as f64,
            value: *value,
            covariance: Bivariate { real: 4e-8, imaginary: 1e-8, cross: 1e-8 },
            coherence: 1.0,
            dof: f64::INFINITY,
        };
        Response { lines: values.iter().enumerate().map(line).collect(), ..Response::default() }
    }

    #[test]
    fn a_chain_multiplies_and_its_variances_add() {
        let (a, b) = (response(&[Complex64::new(0.0, 2.0)]), response(&[Complex64::new(3.0, 0.0)]));
        let chain = Transfer::of_response("a", &a).then(&Transfer::of_response("b", &b)).unwrap();
        assert!((chain.values[0] - Complex64::new(0.0, 6.0)).norm() < 1e-15);
        let direct =
            a.lines[0].covariance.times(a.lines[0].value.inv()) + b.lines[0].covariance.times(b.lines[0].value.inv());
        let found = chain.errors.at(0);
        assert!((found.real - direct.real).abs() < 1e-20 && (found.cross - direct.cross).abs() < 1e-20);
        assert!((found.imaginary - direct.imaginary).abs() < 1e-20);
    }

    #[test]
    fn magnitude_and_argument_agree_with_the_line() {
        let response = response(&[Complex64::new(1.0, -0.5)]);
        let (line, found) = (response.lines[0], Transfer::of_response("a", &response).errors.at(0));
        assert!((found.real.sqrt() * line.value.norm() - line.magnitude_u()).abs() < 1e-15);
        assert!((found.imaginary.sqrt() - line.phase_u()).abs() < 1e-15);
    }

    #[test]
    fn a_line_without_response_is_left_out_and_said() {
        let transfer = Transfer::of_response("CT", &response(&[Complex64::ONE, Complex64::ZERO]));
        assert_eq!((transfer.frequencies.len(), transfer.findings[0].code.as_ref()), (1, "no-ratio"));
    }

    #[test]
    fn different_frequencies_do_not_chain() {
        let [a, b] = [[50.0, 150.0], [50.0, 180.0]].map(|frequencies| Transfer::exact(&frequencies, 1.0));
        let message = a.then(&b).unwrap_err().to_string();
        assert!(message.contains("150 Hz meets 180 Hz"), "{message}");
    }
}
