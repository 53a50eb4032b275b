//! The table of robust means and standard deviations: what most laboratories say, whatever a few do.
//!
//! One entry per file in the folder `robust/`. Algorithm A is there twice, with the constants as the standard rounds
//! them and as they are: the results differ in the third digit, so the name says which was used. To add one: write its
//! file next to its nearest sibling and add it to [`ROBUSTS`].

use sigmatau_core::nearest::did_you_mean;

mod algorithm_a;
mod algorithm_s;
mod median_made;
mod median_niqr;
mod q_hampel;

pub use algorithm_s::pooled_standard_deviation;
pub use q_hampel::{hampel_mean, q_standard_deviations};

/// Every robust mean with its standard deviation.
pub static ROBUSTS: &[&Robust] =
    &[&algorithm_a::ROUNDED, &algorithm_a::EXACT, &q_hampel::ROBUST, &median_made::ROBUST, &median_niqr::ROBUST];

/// 1/Φ⁻¹(¾): the standard deviation of normal values over their median absolute deviation.
pub(crate) const MADE: f64 = 1.482_602_218_505_602;

/// A robust mean with its standard deviation.
pub struct Robust {
    /// The short name, such as `algorithm-a`.
    pub name: &'static str,
    /// The full name, with its constants.
    pub title: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The mean and the standard deviation of two values or more.
    reckon: fn(&[f64]) -> Location,
}

/// A robust mean x* and standard deviation s* of p laboratories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// The mean x*.
    pub value: f64,
    /// The standard deviation s* between laboratories.
    pub standard_deviation: f64,
    /// How many laboratories there are.
    pub laboratories: usize,
}

/// A name that is not in the table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the robust mean `{name}`: there is none of this name{hint}")]
pub struct UnknownRobust {
    /// The word that was given.
    pub name: String,
    /// The nearest known names.
    pub hint: String,
}

impl Robust {
    /// Looks one up by its name.
    ///
    /// # Errors
    /// When there is none of this name; the nearest known names are given.
    pub fn named(name: &str) -> Result<&'static Self, UnknownRobust> {
        let names: Vec<&str> = ROBUSTS.iter().map(|robust| robust.name).collect();
        let unknown = || UnknownRobust { name: name.to_owned(), hint: did_you_mean(name, &names) };
        ROBUSTS.iter().find(|robust| robust.name == name).copied().ok_or_else(unknown)
    }

    /// The mean and the standard deviation of values; nothing of fewer than two, or where one is not finite.
    ///
    /// ```
    /// use sigmatau_uncertainty::robust::Robust;
    /// let creosote = [24.140, 20.155, 19.500, 20.300, 20.705, 17.570, 20.100, 20.940, 21.185];
    /// let found = Robust::named("algorithm-a")?.of(&creosote).unwrap();
    /// assert!((found.value - 20.412_142_857_143).abs() < 1e-11 && (found.standard_deviation - 1.069_839_703).abs() < 1e-9);
    /// # Ok::<(), sigmatau_uncertainty::robust::UnknownRobust>(())
    /// ```
    pub fn of(&self, values: &[f64]) -> Option<Location> {
        let sound = values.len() >= 2 && values.iter().all(|value| value.is_finite());
        sound.then(|| (self.reckon)(values))
    }
}

impl Location {
    /// The standard uncertainty of the mean as an assigned value: u_pt = 1.25 s*/√p.
    ///
    /// Reference: ISO 13528, 7.
    pub fn u(&self) -> f64 {
        1.25 * self.standard_deviation / (self.laboratories as f64).sqrt()
    }
}

/// The median.
pub(crate) fn median(values: &[f64]) -> f64 {
    median_of(&mut values.to_vec())
}

/// The median of values that may be reordered.
pub(crate) fn median_of(values: &mut [f64]) -> f64 {
    let even = values.len().is_multiple_of(2);
    let (below, middle, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    match even {
        true => 0.5 * (*middle + below.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        false => *middle,
    }
}

/// The median absolute deviation from the median, scaled to the standard deviation of normal values: MADe.
pub(crate) fn mad(values: &[f64]) -> f64 {
    let centre = median(values);
    MADE * median(&values.iter().map(|value| (value - centre).abs()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
