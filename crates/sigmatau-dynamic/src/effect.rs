//! Causes of error that shift every line of a response together.

use crate::covariance::{Bivariate, StandardUncertainty};
use crate::response::{Line, Response};
use sigmatau_spectrum::fft::Complex64;
use std::f64::consts::TAU;

/// One quantity that enters every line of a response, such as the scale of a reference sensor or a clock.
///
/// A response H measured under it is H·(1 + r z), with r given for each line and z one number of mean 0 and variance
/// 1 for all lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What it is, for budgets and findings.
    pub name: String,
    /// The relative change r of each line when the quantity is off by its standard uncertainty.
    pub relative: Vec<Complex64>,
}

impl Effect {
    /// A scale that is known to a relative standard uncertainty, the same at every one of `lines` lines.
    pub fn scale(name: impl Into<String>, StandardUncertainty(relative): StandardUncertainty, lines: usize) -> Self {
        Self { name: name.into(), relative: vec![Complex64::new(relative, 0.0); lines] }
    }

    /// A delay of the response that is known to a standard uncertainty u in s: r = −jωu at each frequency in Hz.
    ///
    /// ```
    /// use sigmatau_dynamic::{Bivariate, Complex64, Line, Response, StandardUncertainty};
    /// use sigmatau_dynamic::effect::Effect;
    /// let covariance = Bivariate::default();
    /// let line = Line { frequency: 1000.0, value: Complex64::new(2.0, 0.0), covariance, coherence: 1.0, dof: 9.0 };
    /// let clock = Effect::delay("clock", StandardUncertainty(1e-6), &[1000.0]);
    /// let response = clock.added_to(&Response { lines: vec![line], ..Response::default() });
    /// assert!((response.lines[0].phase_u() / (std::f64::consts::TAU * 1e-3) - 1.0).abs() < 1e-15);
    /// assert_eq!(response.lines[0].magnitude_u(), 0.0);
    /// ```
    pub fn delay(name: impl Into<String>, StandardUncertainty(u): StandardUncertainty, frequencies: &[f64]) -> Self {
        let relative = frequencies.iter().map(|frequency| Complex64::new(0.0, -TAU * frequency * u)).collect();
        Self { name: name.into(), relative }
    }

    /// The response with the share of this effect in the covariance of each line, for readers of single lines.
    ///
    /// What the lines then have in common is no longer seen: a fit takes the response without it and the effect
    /// beside it.
    ///
    /// # Panics
    /// When the effect does not have as many lines.
    #[must_use]
    pub fn added_to(&self, response: &Response) -> Response {
        assert_eq!(self.relative.len(), response.lines.len(), "an effect has a number for each line");
        Response { lines: self.shared(&response.lines, |own, share| own + share), ..response.clone() }
    }

    /// Lines whose covariances hold the share of this effect, without it. A variance that rounding brings below 0 is 0.
    pub(crate) fn taken_from(&self, lines: &[Line]) -> Vec<Line> {
        self.shared(lines, |all, share| {
            let [real, imaginary] =
                [all.real - share.real, all.imaginary - share.imaginary].map(|variance| variance.max(0.0));
            let most = (real * imaginary).sqrt();
            Bivariate { real, imaginary, cross: (all.cross - share.cross).min(most).max(-most) }
        })
    }

    /// Lines with another covariance, made of theirs and the share of this effect.
    fn shared(&self, lines: &[Line], made: impl Fn(Bivariate, Bivariate) -> Bivariate) -> Vec<Line> {
        let changed = |(line, relative): (&Line, &Complex64)| {
            let Complex64 { re, im } = line.value * relative;
            let share = Bivariate { real: re * re, imaginary: im * im, cross: re * im };
            Line { covariance: made(line.covariance, share), ..*line }
        };
        lines.iter().zip(&self.relative).map(changed).collect()
    }
}
