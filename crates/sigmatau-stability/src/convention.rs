//! Conventions in which programs differ although they share the formulas.
//!
//! [`Convention::Standard`] removes every known bias at the noise that was identified at that
//! averaging time. [`Convention::Stable32`] reproduces the choices that result files exported from
//! Stable32 1.53 to 1.62 show: which statistics it corrects in which kind of run.

use crate::edf::{EdfMethod, Model};
use crate::estimator::Estimator;
use crate::tau::TauList;
use std::fmt;
use std::str::FromStr;

/// Whose choices are followed where the definition leaves one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// Every known bias is removed.
    #[default]
    Standard,
    /// What Stable32 does.
    Stable32,
}

impl Convention {
    /// The conventions with their names.
    pub const NAMES: [(&str, Self); 2] = [("standard", Self::Standard), ("stable32", Self::Stable32)];

    /// Tells whether the bias of a statistic is removed in a run over these averaging times.
    ///
    /// Stable32 leaves the modified and the time total deviation as they are in octave and decade
    /// runs and corrects them in runs over all averaging times.
    pub fn removes_bias(self, estimator: &Estimator, taus: &TauList) -> bool {
        let of_all = matches!(estimator.name, "mtotdev" | "ttotdev");
        self == Self::Standard || !of_all || *taus == TauList::All
    }

    /// The method for degrees of freedom: Stable32 knows the closed forms only, but for differences.
    pub fn edf(self, model: Model, asked: EdfMethod) -> EdfMethod {
        match (self, model) {
            (Self::Standard, _) | (_, Model::Differences(_)) => asked,
            (Self::Stable32, _) => EdfMethod::ClosedForm,
        }
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, convention)| convention == self).map(|(name, _)| name);
        f.write_str(name.expect("every convention is listed"))
    }
}

impl FromStr for Convention {
    type Err = String;

    /// Reads a name; the error is the tail of a message with the nearest known names.
    fn from_str(word: &str) -> Result<Self, String> {
        let names = Self::NAMES.map(|(name, _)| name);
        let found = Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, convention)| *convention);
        found.ok_or_else(|| sigmatau_core::nearest::did_you_mean(word, &names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conventions_print_as_they_are_read() {
        for (name, convention) in Convention::NAMES {
            assert_eq!((name.parse(), convention.to_string().as_str()), (Ok(convention), name));
        }
        assert!("stable".parse::<Convention>().unwrap_err().contains("stable32"));
    }
}
