//! The median and the normalised interquartile range.

use super::{Location, MADE, Robust, median};

/// x* the median, s* = 0.7413 (Q₃ − Q₁). Quartiles are interpolated between order statistics at ¼(p − 1) and ¾(p − 1),
/// as spreadsheets and most programs do; other definitions differ noticeably below some twenty laboratories.
pub(super) static ROBUST: Robust = Robust {
    name: "median-niqr",
    title: "median, and 0.7413 times the interquartile range",
    reference: "ISO 13528, annex C; quartiles as R's type 7",
    reckon,
};

fn reckon(values: &[f64]) -> Location {
    let mut ordered = values.to_vec();
    ordered.sort_by(f64::total_cmp);
    let range = quantile(&ordered, 0.75) - quantile(&ordered, 0.25);
    Location { value: median(values), standard_deviation: 0.5 * MADE * range, laboratories: values.len() }
}

fn quantile(ordered: &[f64], share: f64) -> f64 {
    let place = share * (ordered.len() - 1) as f64;
    let below = ordered[place.floor() as usize];
    below + place.fract() * (ordered[place.ceil() as usize] - below)
}
