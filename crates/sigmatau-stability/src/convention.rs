//! Conventions in which programs differ although they share the formulas.
//!
//! [`Convention::Standard`] removes biases by their published factors at the noise that was identified at
//! that averaging time, and flags where these are off. [`Convention::Exact`] takes biases and degrees of
//! freedom from the exact model of the noise. [`Convention::Stable32`] reproduces the choices that result files exported from
//! Stable32 1.53 to 1.62 show: which statistics it corrects in which kind of run.

use crate::edf::{EdfMethod, Model};
use crate::estimator::{Bias, Estimator};
use crate::tau::TauList;
use std::fmt;
use std::str::FromStr;

/// Whose choices are followed where the definition leaves one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// Every bias is removed by its published factor.
    #[default]
    Standard,
    /// Biases and degrees of freedom are those of the exact model.
    Exact,
    /// What Stable32 does.
    Stable32,
}

impl Convention {
    /// The conventions with their names.
    pub const NAMES: [(&str, Self); 3] =
        [("standard", Self::Standard), ("exact", Self::Exact), ("stable32", Self::Stable32)];

    /// Tells whether the bias of a statistic is removed in a run over these averaging times.
    ///
    /// Stable32 leaves the modified and the time total deviation as they are in octave and decade
    /// runs and corrects them in runs over all averaging times.
    pub fn removes_bias(self, estimator: &Estimator, taus: &TauList) -> bool {
        let of_all = matches!(estimator.name, "mtotdev" | "ttotdev");
        self != Self::Stable32 || !of_all || *taus == TauList::All
    }

    /// The method for degrees of freedom where `asked` is the method of the request.
    ///
    /// The exact convention has the exact model in place of Greenhall and Riley's algorithm; Stable32 knows
    /// closed forms only, but for differences.
    pub fn edf(self, model: Model, asked: EdfMethod) -> EdfMethod {
        match (self, model) {
            (Self::Exact, _) if asked == EdfMethod::GreenhallRiley => EdfMethod::Exact,
            (Self::Stable32, Model::Differences(_)) => asked,
            (Self::Stable32, _) => EdfMethod::ClosedForm,
            _ => asked,
        }
    }

    /// The bias of a statistic, where the noise is stated or is not.
    ///
    /// Stable32 corrects Theo1 by the factor measured on the record, which makes it TheoBR, unless the
    /// noise is stated.
    pub fn bias(self, estimator: &Estimator, noise_stated: bool) -> Bias {
        let measured = self == Self::Stable32 && estimator.name == "theo1" && !noise_stated;
        if measured { Estimator::named("theobr").map_or(Bias::None, |theobr| theobr.bias) } else { estimator.bias }
    }

    /// The number of terms as it is listed, of `n` terms in a record of `points`.
    ///
    /// Stable32 lists the number of points beside MTIE in octave and decade runs; only its fast run, over
    /// m = 2^k − 1, lists the number N − m of windows.
    pub fn count(self, estimator: &Estimator, taus: &TauList, n: u64, points: usize) -> u64 {
        let of_points = estimator.name == "mtie" && matches!(taus, TauList::Octave | TauList::Decade);
        if self == Self::Stable32 && of_points { points as u64 } else { n }
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
    fn stable32_counts_points_beside_mtie_except_in_its_fast_run() {
        let mtie = Estimator::named("mtie").unwrap();
        let listed = |convention: Convention, taus| convention.count(mtie, &taus, 997, 1253);
        assert_eq!(listed(Convention::Stable32, TauList::Octave), 1253);
        assert_eq!(listed(Convention::Stable32, TauList::Explicit(vec![255.0])), 997);
        assert_eq!(listed(Convention::Standard, TauList::Octave), 997);
    }

    #[test]
    fn stable32_measures_the_bias_of_theo1_unless_the_noise_is_stated() {
        let theo1 = Estimator::named("theo1").unwrap();
        assert!(matches!(Convention::Stable32.bias(theo1, false), Bias::Record(_)));
        assert!(matches!(Convention::Stable32.bias(theo1, true), Bias::Noise(_)));
        assert!(matches!(Convention::Standard.bias(theo1, false), Bias::Noise(_)));
    }

    #[test]
    fn conventions_print_as_they_are_read() {
        for (name, convention) in Convention::NAMES {
            assert_eq!((name.parse(), convention.to_string().as_str()), (Ok(convention), name));
        }
        assert!("stable".parse::<Convention>().unwrap_err().contains("stable32"));
    }
}
