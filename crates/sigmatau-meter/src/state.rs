//! The state of a meter in the words of a province, where to look first, and what a look teaches.
//!
//! Classes, elements and their weights are a [`Scheme`], which is configuration: the scoring tables of State Grid and of the
//! provinces were not available, and they differ. One that takes points from a hundred and calls the states
//! 正常 / 注意 / 异常 / 严重, with the routes 状态更换 (a whole lot) and 失准更换 (a single meter), is
//! `datasets/demo-meters/states.toml`.

use crate::verdict::{Judgement, Reason, Verdict};

mod field;

pub use field::{Check, FieldCheck, field_checks};

/// How states are scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheme {
    /// The score of a meter that nothing is held against.
    pub full: f64,
    /// What is held against a meter.
    pub elements: Vec<Element>,
    /// The states, the best first.
    pub states: Vec<State>,
    /// What replacing a single meter for its error is called.
    pub meter_route: String,
    /// What replacing it with its lot is called.
    pub lot_route: String,
}

/// Something that is held against a meter: nothing up to `from`, all of `points` from `to` on, in proportion between.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its name, such as `p_nonconforming` or `age_years`.
    pub name: String,
    /// The value from which on points are taken.
    pub from: f64,
    /// The value at which all points are taken; below `from` where small values are bad.
    pub to: f64,
    /// The most points that are taken.
    pub points: f64,
}

/// A state.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Its name.
    pub name: String,
    /// The least score in it.
    pub least: f64,
}

/// What is said of a meter.
#[derive(Clone, Debug, PartialEq)]
pub struct Score<'a> {
    /// The points that are left, at least 0.
    pub points: f64,
    /// The state.
    pub state: &'a State,
    /// The points that each element took, in the order of the scheme.
    pub taken: Vec<f64>,
    /// Elements of which nothing is known; they took nothing.
    pub unknown: Vec<&'a str>,
}

/// Why a scheme was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeError {
    /// An element can't be scored.
    #[error("score the element `{name}`: its values `from` and `to` have to differ, its points have to be 0 or more")]
    Element {
        /// The element.
        name: String,
    },
    /// States do not fall.
    #[error("order the states: the least score of `{name}` has to lie below that of the state before it")]
    States {
        /// The state.
        name: String,
    },
    /// Some score is in no state.
    #[error("give every score a state: the last one has to begin at 0 points")]
    Open,
}

impl Scheme {
    /// The same scheme, if it gives every meter a state.
    ///
    /// # Errors
    /// When an element can't be scored, or the states do not fall down to 0.
    pub fn checked(self) -> Result<Self, SchemeError> {
        let sound = |element: &Element| {
            let Element { from, to, points, .. } = element;
            from.is_finite() && to.is_finite() && from != to && *points >= 0.0
        };
        if let Some(element) = self.elements.iter().find(|element| !sound(element)) {
            return Err(SchemeError::Element { name: element.name.clone() });
        }
        let falls = |pair: &[State]| pair[1].least < pair[0].least;
        if let Some(pair) = self.states.windows(2).find(|pair| !falls(pair)) {
            return Err(SchemeError::States { name: pair[1].name.clone() });
        }
        match self.states.last() {
            Some(state) if state.least == 0.0 => Ok(self),
            _ => Err(SchemeError::Open),
        }
    }

    /// The score of a meter, given what is known of each element; `NaN` where nothing is.
    ///
    /// # Panics
    /// When the scheme was not [`Scheme::checked`] and has no state for the score.
    pub fn score(&self, known: impl Fn(&str) -> f64) -> Score<'_> {
        let values: Vec<f64> = self.elements.iter().map(|element| known(&element.name)).collect();
        let taken: Vec<f64> = self.elements.iter().zip(&values).map(|(element, value)| element.taken(*value)).collect();
        let points = (self.full - taken.iter().sum::<f64>()).max(0.0);
        let unknown = self.elements.iter().zip(&values).filter(|(_, value)| value.is_nan());
        Score {
            points,
            state: self.states.iter().find(|state| points >= state.least).expect("the last state begins at 0"),
            taken,
            unknown: unknown.map(|(element, _)| element.name.as_str()).collect(),
        }
    }

    /// By which route a meter is replaced, if it is: with its lot where that was refused, alone for its own error.
    pub fn route(&self, judgement: &Judgement, lot_refused: bool) -> Option<&str> {
        self.route_of(judgement.verdict, lot_refused)
    }

    /// The same from a verdict alone.
    pub fn route_of(&self, verdict: Verdict, lot_refused: bool) -> Option<&str> {
        match verdict {
            _ if lot_refused => Some(&self.lot_route),
            Verdict::Replace => Some(&self.meter_route),
            _ => None,
        }
    }
}

impl Element {
    fn taken(&self, value: f64) -> f64 {
        let part = (value - self.from) / (self.to - self.from);
        if part.is_nan() { 0.0 } else { self.points * part.clamp(0.0, 1.0) }
    }
}

impl Judgement {
    /// What a judgement tells a scheme: `p_nonconforming`, `error_of_limit` = |e|/T, `fault`; `NaN` for other names.
    pub fn element(&self, name: &str) -> f64 {
        let fault = matches!(self.reason, Reason::Dead | Reason::Stuck | Reason::Tampered);
        match name {
            "p_nonconforming" => 1.0 - self.conform,
            "error_of_limit" => self.error.abs() / self.limit,
            "fault" => f64::from(fault),
            _ => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests;
