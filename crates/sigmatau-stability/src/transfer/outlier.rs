//! Outliers among satellites, found by the median absolute deviation.

use super::{Outlier, Sample};

/// Turns the median absolute deviation of a normal distribution into its standard deviation.
const NORMAL: f64 = 1.482_602_218_505_602;
/// From this many satellites on an epoch shows which of them is odd.
const ENOUGH: usize = 3;

/// Returns the samples, sorted by epoch, without those that lie farther from the median of their epoch than `limit`
/// robust standard deviations; what is left out goes to `outliers`.
///
/// The robust standard deviation is 1.4826 times the median of all distances, over the epochs with at least
/// three satellites and by code; only in these anything is left out, and nothing where it is 0. With few
/// satellites it is somewhat too small, since the median follows each of them.
pub(super) fn without<'a>(
    samples: Vec<Sample<'a>>,
    limit: f64,
    station: Option<usize>,
    outliers: &mut Vec<Outlier<'a>>,
) -> Vec<Sample<'a>> {
    let mut kept = Vec::with_capacity(samples.len());
    for code in samples.chunk_by(|one, next| one.epoch.0 == next.epoch.0) {
        let residuals: Vec<f64> = code.chunk_by(|one, next| one.epoch == next.epoch).flat_map(residuals).collect();
        let known = residuals.iter().filter(|residual| !residual.is_nan()).map(|residual| residual.abs());
        let scatter = median(known.collect()).filter(|scatter| *scatter > 0.0);
        let bound = limit * NORMAL * scatter.unwrap_or(f64::INFINITY);
        for (sample, &residual_s) in code.iter().zip(&residuals) {
            let ((code, time_ns, _), satellite) = (sample.epoch, sample.satellite);
            match residual_s.abs() > bound {
                true => outliers.push(Outlier { station, satellite, code, time_ns, residual_s }),
                false => kept.push(*sample),
            }
        }
    }
    kept
}

/// The distances from the median of an epoch; `NaN` where there are too few to tell.
fn residuals(epoch: &[Sample<'_>]) -> Vec<f64> {
    let centre = median(epoch.iter().map(|sample| sample.value).collect()).filter(|_| epoch.len() >= ENOUGH);
    epoch.iter().map(|sample| sample.value - centre.unwrap_or(f64::NAN)).collect()
}

/// The median; the mean of the middle two of an even number.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(0.5 * (lower + upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(time: i64, values: &[f64]) -> Vec<Sample<'static>> {
        let sample = |&value: &f64| Sample { satellite: "G01", epoch: ("L1C", time, 0), value, weight: 1.0 };
        values.iter().map(sample).collect()
    }

    #[test]
    fn median_of_even_and_odd_numbers() {
        let found = [vec![], vec![3.0], vec![4.0, 1.0], vec![9.0, 1.0, 5.0]].map(median);
        assert_eq!(found, [None, Some(3.0), Some(2.5), Some(5.0)]);
    }

    #[test]
    fn far_value_is_left_out_and_listed() {
        let samples = [epoch(0, &[1.0, 1.1, 0.9, 9.0]), epoch(1, &[2.0, 2.1, 1.9, 2.05])].concat();
        let mut outliers = Vec::new();
        let kept = without(samples, 5.0, Some(1), &mut outliers);
        assert_eq!((kept.len(), outliers.len()), (7, 1));
        assert_eq!((outliers[0].station, outliers[0].time_ns), (Some(1), 0));
        assert!((outliers[0].residual_s - 7.95).abs() < 1e-12);
    }

    #[test]
    fn two_satellites_do_not_tell_which_is_odd() {
        let mut outliers = Vec::new();
        let kept = without([epoch(0, &[1.0, 9.0]), epoch(1, &[1.0, 1.1, 0.9])].concat(), 5.0, None, &mut outliers);
        assert_eq!((kept.len(), outliers.len()), (5, 0));
    }
}
