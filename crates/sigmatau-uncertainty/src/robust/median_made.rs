//! The median and the scaled median absolute deviation.

use super::{Location, Robust, mad, median};

/// x* the median, s* = 1.4826 times the median of |x − x*|: up to half of the values may be anything.
pub(super) static ROBUST: Robust = Robust {
    name: "median-made",
    title: "median, and 1.4826 times the median absolute deviation",
    reference: "ISO 13528, annex C",
    reckon: |values| Location { value: median(values), standard_deviation: mad(values), laboratories: values.len() },
};
