//! A weighted mean with the uncertainty that its own scatter shows.

/// The mean of some satellites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean in s.
    pub value: f64,
    /// Its standard uncertainty in s; `NaN` for a single value.
    pub uncertainty: f64,
    /// The standard deviation of a value of mean weight in s; `NaN` for a single value.
    pub deviation: f64,
    /// The number of values.
    pub n: usize,
}

/// Returns the mean m = Σ w x / Σ w with u² = Σ w (x − m)² / ((n − 1) Σ w) and s = u √n, from pairs (x, w).
///
/// Where the weights are inverse variances up to a factor, (m − μ)/u has Student's distribution with n − 1
/// degrees of freedom. With equal weights s is the usual standard deviation and u = s/√n.
pub(super) fn mean(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> Mean {
    let n = pairs.clone().count();
    let weights: f64 = pairs.clone().map(|(_, w)| w).sum();
    let value = pairs.clone().map(|(x, w)| w * x).sum::<f64>() / weights;
    let scatter: f64 = pairs.map(|(x, w)| w * (x - value).powi(2)).sum();
    let variance = if n > 1 { scatter / ((n - 1) as f64 * weights) } else { f64::NAN };
    Mean { value, uncertainty: variance.sqrt(), deviation: (variance * n as f64).sqrt(), n }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_give_the_usual_standard_deviation() {
        let mean = mean([1.0, 2.0, 3.0, 6.0].map(|x| (x, 0.7)).into_iter());
        assert!((mean.value - 3.0).abs() < 1e-15 && (mean.deviation.powi(2) - 14.0 / 3.0).abs() < 1e-14);
        assert!((mean.uncertainty - mean.deviation / 2.0).abs() < 1e-15);
    }

    #[test]
    fn weights_agree_with_numpy() {
        // m = numpy.average(x, weights=w); numpy.sqrt(numpy.sum(w * (x - m)**2) / (3 * numpy.sum(w)))
        let mean = mean([(1.0, 0.5), (2.5, 1.0), (2.0, 2.0), (4.0, 0.25)].into_iter());
        assert!((mean.value - 2.133_333_333_333_333).abs() < 1e-15, "{}", mean.value);
        assert!((mean.uncertainty - 0.386_819_893_011_760).abs() < 1e-14, "{}", mean.uncertainty);
    }

    #[test]
    fn single_value_has_no_uncertainty() {
        let mean = mean([(5.0, 1.0)].into_iter());
        assert_eq!((mean.value, mean.uncertainty.is_nan(), mean.n), (5.0, true, 1));
    }
}
