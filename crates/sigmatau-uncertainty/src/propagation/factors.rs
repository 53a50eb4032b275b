//! Coverage factors for many degrees of freedom: each is reckoned once.

use super::DofRule;
use sigmatau_core::Coverage;

/// Integers up to this one keep their factor.
const KEPT: usize = 4096;

/// Coverage factors k of one coverage probability, by degrees of freedom.
///
/// The factors are those of [`Coverage::of_interval`] to the last bit: a factor of an integer is kept in a table when it
/// was asked for, and the latest of all is kept whatever it is.
#[derive(Clone, Debug)]
pub struct Factors {
    probability: f64,
    rule: DofRule,
    kept: Vec<f64>,
    latest: (f64, f64),
}

impl Factors {
    /// No factor yet.
    pub fn new(probability: f64, rule: DofRule) -> Self {
        let exact = Coverage::of_interval(probability, f64::INFINITY).factor;
        Self { probability, rule, kept: vec![f64::NAN; KEPT], latest: (f64::INFINITY, exact) }
    }

    /// The factor for ν degrees of freedom; `NaN` where ν is none, or is truncated to 0.
    ///
    /// ```
    /// use sigmatau_uncertainty::propagation::{DofRule, Factors};
    /// let mut factors = Factors::new(0.99, DofRule::Truncate);
    /// assert!((factors.of(16.7) - 2.920_782).abs() < 1e-6);
    /// ```
    #[inline]
    pub fn of(&mut self, dof: f64) -> f64 {
        if dof == self.latest.0 {
            return self.latest.1;
        }
        // Cutting to an integer is one instruction, rounding down a call; beyond the table it does not matter.
        let place = dof as usize;
        let integer = self.rule == DofRule::Truncate || place as f64 == dof;
        let known = if integer && place < KEPT { self.kept[place] } else { f64::NAN };
        self.latest = (dof, if known.is_nan() { self.reckon(dof) } else { known });
        self.latest.1
    }

    /// The factor from the quantile, which is kept where the degrees of freedom it is for are an integer of the table.
    #[cold]
    fn reckon(&mut self, dof: f64) -> f64 {
        let dof = self.rule.apply(dof);
        let factor = Coverage::of_interval(self.probability, dof).factor;
        if dof == dof.floor() && dof > 0.0 && dof < KEPT as f64 {
            self.kept[dof as usize] = factor;
        }
        factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_those_of_the_core_in_any_order() {
        for rule in [DofRule::Truncate, DofRule::Fractional] {
            let mut factors = Factors::new(0.95, rule);
            for dof in [4.9, 16.2, f64::INFINITY, 4.1, 1.0, 3.7e3, 5e3, 2e5, 16.2, f64::INFINITY] {
                assert_eq!(factors.of(dof), Coverage::of_interval(0.95, rule.apply(dof)).factor, "ν = {dof}");
            }
        }
    }

    #[test]
    fn without_degrees_of_freedom_there_is_no_factor() {
        let mut factors = Factors::new(0.95, DofRule::Truncate);
        assert!(factors.of(f64::NAN).is_nan() && factors.of(0.7).is_nan() && factors.of(0.2).is_nan());
    }
}
