//! Taking the mean or the line off a segment, of several series at once.
//!
//! The sums run from the first point to the last. A processor waits for each addition before it begins the next of
//! the same sum; those of another series fill the wait.

use super::Detrend;

/// Takes the trend off each of `C` series of one length.
pub(crate) fn remove<const C: usize>(series: &mut [Vec<f64>; C], detrend: Detrend) {
    if detrend != Detrend::None {
        remove_means(series);
    }
    if detrend == Detrend::Linear {
        remove_slopes(series);
    }
}

/// The origin is moved to the first point, so that a large offset costs no digits.
fn remove_means<const C: usize>(series: &mut [Vec<f64>; C]) {
    let origins = series.each_ref().map(|values| values[0]);
    let sums = sums(series, |c, _, value| value - origins[c]);
    for (c, values) in series.iter_mut().enumerate() {
        let mean = origins[c] + sums[c] / values.len() as f64;
        values.iter_mut().for_each(|value| *value -= mean);
    }
}

/// Takes the least-squares line off values of mean 0.
fn remove_slopes<const C: usize>(series: &mut [Vec<f64>; C]) {
    let length = series[0].len() as f64;
    let (middle, squares) = (0.5 * (length - 1.0), length.powi(3) / 12.0 - length / 12.0);
    let products = sums(series, |_, n, value| (n as f64 - middle) * value);
    for (values, product) in series.iter_mut().zip(products) {
        let slope = product / squares;
        values.iter_mut().enumerate().for_each(|(n, value)| *value -= slope * (n as f64 - middle));
    }
}

/// The sum of `term`(c, n, value) over the points n, for each series c.
fn sums<const C: usize>(series: &[Vec<f64>; C], term: impl Fn(usize, usize, f64) -> f64) -> [f64; C] {
    let series = series.each_ref().map(Vec::as_slice);
    let mut sums = [0.0; C];
    for n in 0..series[0].len() {
        (0..C).for_each(|c| sums[c] += term(c, n, series[c][n]));
    }
    sums
}
