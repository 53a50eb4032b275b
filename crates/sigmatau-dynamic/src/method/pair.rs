//! The whole record of two channels, for methods that look at it more than once.

use super::{Method, MethodError};
use sigmatau_core::{Finding, Severity};

/// Excitation and response, point by point.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub(super) excitation: Vec<f64>,
    pub(super) response: Vec<f64>,
}

impl Pair {
    pub(super) fn push(&mut self, excitation: &[f64], response: &[f64]) {
        self.excitation.extend_from_slice(excitation);
        self.response.extend_from_slice(response);
    }

    pub(super) fn len(&self) -> usize {
        self.excitation.len().min(self.response.len())
    }

    /// Points at which a channel is missing.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(|index| !(self.excitation[*index].is_finite() && self.response[*index].is_finite()))
    }
}

/// The sampling rate in Hz, if it is one.
pub(super) fn checked_rate(rate: f64) -> Result<f64, MethodError> {
    if rate > 0.0 && rate.is_finite() { Ok(rate) } else { Err(MethodError::Rate(rate)) }
}

/// Frequencies in rising order, each once.
pub(super) fn checked_frequencies(method: &Method, frequencies: &[f64], rate: f64) -> Result<Vec<f64>, MethodError> {
    let nyquist = 0.5 * rate;
    if let Some(outside) = frequencies.iter().find(|frequency| !(**frequency > 0.0 && **frequency < nyquist)) {
        let what = format!("the frequency {outside} Hz is not between 0 Hz and half the sampling rate, {nyquist} Hz");
        return Err(MethodError::Setting { method: method.name, what });
    }
    let mut rising = frequencies.to_vec();
    rising.sort_by(f64::total_cmp);
    rising.dedup();
    Ok(rising)
}

/// There is nothing from which a line could be made.
pub(super) fn no_line(code: &'static str, seen: String, advice: &'static str) -> Finding {
    Finding::new(Severity::Failure, code, seen, "the response there can't be assessed, and no line is given", advice)
}
