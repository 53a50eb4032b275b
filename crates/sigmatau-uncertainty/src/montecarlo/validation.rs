//! Whether the law of propagation would have done: its interval beside that of Monte Carlo.

use super::{Interval, Numerical};

/// What the comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Both ends agree within the tolerance, also with the scatter of the draws.
    Valid,
    /// An end differs by more than the tolerance, also with the scatter of the draws.
    NotValid,
    /// There are too few trials to tell.
    Undecided,
}

/// The law of propagation beside Monte Carlo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Validation {
    /// |y − U − y_low|.
    pub low: Numerical,
    /// |y + U − y_high|.
    pub high: Numerical,
    /// The numerical tolerance δ that the differences are held against.
    pub tolerance: f64,
    /// What that says.
    pub validity: Validity,
}

/// Standard deviations of the scatter that a difference has to be away from the tolerance.
const CLEAR: f64 = 2.0;

impl Validation {
    /// Holds the interval `estimate` ± `expanded` of the law of propagation against one of Monte Carlo.
    ///
    /// δ is [`tolerance`](super::adaptive::tolerance) of the standard uncertainty that the law of propagation gave.
    /// Supplement 1 asks that the scatter of the draws be no more than δ/5; here it is taken into account.
    ///
    /// Reference: JCGM 101:2008, clause 8.
    pub fn new(estimate: f64, expanded: f64, interval: &Interval, tolerance: f64) -> Self {
        let against = |end: f64, found: Numerical| Numerical { value: (end - found.value).abs(), ..found };
        let (low, high) = (against(estimate - expanded, interval.low), against(estimate + expanded, interval.high));
        let is_within = |d: Numerical| d.value + CLEAR * d.uncertainty <= tolerance;
        let is_beyond = |d: Numerical| d.value - CLEAR * d.uncertainty > tolerance;
        let validity = match () {
            () if is_within(low) && is_within(high) => Validity::Valid,
            () if is_beyond(low) || is_beyond(high) => Validity::NotValid,
            () => Validity::Undecided,
        };
        Self { low, high, tolerance, validity }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::*;

    fn interval(scatter: f64) -> Interval {
        let end = |value| Numerical { value, uncertainty: scatter };
        let (low, high, length) = (end(-3.88), end(3.88), end(7.76));
        Interval { shape: Shape::Symmetric, probability: 0.95, low, high, length, resolution: 0.0 }
    }

    /// The sum of four rectangular quantities, 9.2.3: 3.92 against 3.88 is close enough for one digit, not for two.
    #[test]
    fn the_same_difference_is_valid_to_one_digit_and_not_to_two() {
        let validity = |scatter, tolerance| Validation::new(0.0, 3.92, &interval(scatter), tolerance).validity;
        assert_eq!((validity(0.001, 0.5), validity(0.001, 0.03)), (Validity::Valid, Validity::NotValid));
        assert_eq!(validity(0.01, 0.05), Validity::Undecided);
    }
}
