//! The noise of a balance: how it remembers itself, and how it is whitened.

/// The longest memory that is tried, in intervals.
const LONGEST: usize = 32;

/// The longest stretch of intervals whose noise is foretold from both sides.
const BRIEF: usize = 12;
/// How often neighbours that were filled in are mended by turns.
const SWEEPS: usize = 4;

/// An autoregression x(t) = Σ aₖ x(t−k) + innovation.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Autoregression {
    /// The coefficients a₁, a₂ …
    pub(crate) coefficients: Vec<f64>,
}

impl Autoregression {
    /// The one of residuals by the recursion of Levinson and Durbin, of the order with the least information criterion
    /// of Akaike. Pairs with a weight of 0 do not count.
    ///
    /// A register that is read in steps makes noise whose sum stays bounded; a memory of p intervals takes all but
    /// 1/(p+1) of that.
    pub(crate) fn of(residuals: &[f64], weights: &[f64]) -> Self {
        let longest = LONGEST.min(residuals.len() / 20);
        let covariances: Vec<f64> = (0..=longest).map(|lag| covariance(residuals, weights, lag)).collect();
        if covariances[0] <= 0.0 {
            return Self::default();
        }
        let count = weights.iter().filter(|weight| **weight > 0.0).count() as f64;
        let (mut best, mut least) = (Vec::new(), 0.0);
        let (mut coefficients, mut left) = (Vec::<f64>::new(), covariances[0]);
        for order in 1..=longest {
            let known: f64 = coefficients.iter().enumerate().map(|(k, a)| a * covariances[order - 1 - k]).sum();
            let reflection = ((covariances[order] - known) / left).clamp(-0.99, 0.99);
            let turned: Vec<f64> = coefficients.iter().rev().map(|a| reflection * a).collect();
            coefficients.iter_mut().zip(turned).for_each(|(a, turned)| *a -= turned);
            coefficients.push(reflection);
            left *= 1.0 - reflection * reflection;
            let criterion = count * (left / covariances[0]).ln() + 2.0 * order as f64;
            if criterion < least {
                (best, least) = (coefficients.clone(), criterion);
            }
        }
        Self { coefficients: best }
    }

    /// The innovations; before the record the values are taken as 0.
    pub(crate) fn whitened(&self, values: &[f64]) -> Vec<f64> {
        let mut innovations = values.to_vec();
        let (fours, rest) = self.coefficients.as_chunks::<4>();
        for (four, a) in fours.iter().enumerate() {
            let lag = 4 * four + 1;
            (lag..values.len().min(lag + 3)).for_each(|t| innovations[t] -= step(a, values, t + 1 - lag));
            let late = innovations.iter_mut().skip(lag + 3);
            for (innovation, past) in late.zip(values.windows(4)) {
                *innovation -= a[3] * past[0] + a[2] * past[1] + a[1] * past[2] + a[0] * past[3];
            }
        }
        for (k, a) in rest.iter().enumerate() {
            let lag = 4 * fours.len() + k + 1;
            innovations.iter_mut().skip(lag).zip(values).for_each(|(innovation, value)| *innovation -= a * value);
        }
        innovations
    }

    /// What filling in brief gaps did wrong, given residuals with noise of this innovation variance: the mean of it, and how much of
    /// the doubt is left. Noise itself is foretold from both sides by the inverse of its covariance.
    pub(crate) fn mended(&self, residuals: &[f64], doubt: &[f64], innovation: f64) -> (Vec<f64>, Vec<f64>) {
        let inverse = self.inverse();
        let precision = inverse[0] / innovation;
        let (mut wrong, mut left) = (vec![0.0; residuals.len()], doubt.to_vec());
        let doubtful = brief(doubt);
        let mut clean = residuals.to_vec();
        for _ in 0..SWEEPS {
            for t in &doubtful {
                let at = |t: usize| clean.get(t).copied().unwrap_or(0.0);
                let before = |lag: usize| t.checked_sub(lag).map_or(0.0, at);
                let around = (1..inverse.len()).map(|lag| inverse[lag] * (before(lag) + at(t + lag))).sum::<f64>();
                let foretold = -around / inverse[0];
                let share = 1.0 / (1.0 + 1.0 / (doubt[*t] * precision));
                wrong[*t] = share * (residuals[*t] - foretold);
                left[*t] = share / precision;
                clean[*t] = residuals[*t] - wrong[*t];
            }
        }
        (wrong, left)
    }

    /// The inverse of the covariance of the noise by lags, in units of the inverse variance of the innovations.
    fn inverse(&self) -> Vec<f64> {
        let filter: Vec<f64> = [1.0].into_iter().chain(self.coefficients.iter().map(|a| -a)).collect();
        let product = |lag: usize| filter.iter().zip(&filter[lag..]).map(|(one, other)| one * other).sum();
        (0..filter.len()).map(product).collect()
    }

    /// The variance that independent doubt in each value adds to the innovations.
    pub(crate) fn spread(&self, doubt: &[f64]) -> Vec<f64> {
        let mut variances = doubt.to_vec();
        for (k, a) in self.coefficients.iter().enumerate() {
            let lag = k + 1;
            variances
                .iter_mut()
                .skip(lag)
                .zip(doubt)
                .filter(|(_, doubt)| **doubt > 0.0)
                .for_each(|(sum, doubt)| *sum += a * a * doubt);
        }
        variances
    }
}

/// What the first `known` values, fewer than coefficients, foretell.
fn step(coefficients: &[f64], values: &[f64], known: usize) -> f64 {
    coefficients.iter().zip(values[..known].iter().rev()).map(|(a, value)| a * value).sum()
}

/// The intervals in doubt in stretches that are brief.
fn brief(doubt: &[f64]) -> Vec<usize> {
    let stretches = doubt.chunk_by(|one, other| (*one > 0.0) == (*other > 0.0));
    let placed = stretches.scan(0, |next, stretch| {
        let first = *next;
        *next += stretch.len();
        Some((first, stretch))
    });
    let wanted = placed.filter(|(_, stretch)| stretch[0] > 0.0 && stretch.len() <= BRIEF);
    wanted.flat_map(|(first, stretch)| first..first + stretch.len()).collect()
}

fn covariance(residuals: &[f64], weights: &[f64], lag: usize) -> f64 {
    let pair = |t: usize| (weights[t] * weights[t - lag]).sqrt();
    let (mut sum, mut count) = (0.0, 0.0);
    for t in lag..residuals.len() {
        let weight = pair(t);
        sum += weight * residuals[t] * residuals[t - lag];
        count += weight;
    }
    let taper = 1.0 - lag as f64 / residuals.len() as f64;
    if count > 0.0 { taper * sum / count } else { 0.0 }
}

/// Innovations that follow Student's t distribution with ν degrees of freedom.
pub(crate) mod student {
    /// The degrees of freedom ν.
    pub(crate) const DEGREES: f64 = 5.0;
    /// The information (ν+1)/(ν+3) on the place of an innovation, in units of 1/s².
    pub(crate) const INFORMATION: f64 = (DEGREES + 1.0) / (DEGREES + 3.0);

    /// Scale s² and weights (ν+1)/(ν + x²/v) of innovations x whose variances are v = s²·shape + doubt, by iterated
    /// reweighting. A weight is 0 where the doubt is infinite.
    pub(crate) fn weights(innovations: &[f64], shape: &[f64], doubt: &[f64]) -> (f64, Vec<f64>) {
        let mut weights: Vec<f64> = doubt.iter().map(|doubt| if doubt.is_finite() { 1.0 } else { 0.0 }).collect();
        let mut scale = start(innovations, shape, doubt);
        for _ in 0..20 {
            let (mut sum, mut count) = (0.0, 0.0);
            for (t, x) in innovations.iter().enumerate().filter(|(t, _)| doubt[*t].is_finite()) {
                let variance = scale * shape[t] + doubt[t];
                weights[t] = (DEGREES + 1.0) / (DEGREES + x * x / variance);
                let own = scale * shape[t] / variance;
                sum += own * own * weights[t] * x * x / shape[t] + scale * own * (1.0 - own);
                count += own;
            }
            scale = if count > 0.0 { (sum / count).max(1e-12) } else { scale };
        }
        (scale, weights)
    }

    /// A first scale from the median of the squares.
    fn start(innovations: &[f64], shape: &[f64], doubt: &[f64]) -> f64 {
        let clear = (0..innovations.len()).filter(|t| doubt[*t].is_finite());
        let mut squares: Vec<f64> = clear.map(|t| innovations[t].powi(2) / shape[t]).collect();
        squares.sort_unstable_by(f64::total_cmp);
        squares.get(squares.len() / 2).map_or(1e-6, |median| (median / 0.455).max(1e-9))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Even numbers between −½ and ½ from a linear congruence.
    fn even(count: usize) -> Vec<f64> {
        let mut state = 12_345_u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn an_autoregression_is_found_again() {
        let mut values = even(20_000);
        (1..values.len()).for_each(|t| values[t] += 0.7 * values[t - 1]);
        let found = Autoregression::of(&values, &vec![1.0; values.len()]);
        assert!((found.coefficients[0] - 0.7).abs() < 0.03, "{found:?}");
        let variance = found.whitened(&values).iter().map(|x| x * x).sum::<f64>() / values.len() as f64;
        assert!((variance * 12.0 - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn the_sum_of_register_steps_is_known_better_after_whitening() {
        let steps = even(20_001);
        let noise: Vec<f64> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let whitening = Autoregression::of(&noise, &vec![1.0; noise.len()]);
        let of_level: f64 = whitening.whitened(&vec![1.0; 1000])[500];
        assert!(of_level > 5.0, "a constant stands out {of_level} times as much");
    }

    #[test]
    fn one_wrong_value_is_mended_from_both_sides() {
        let mut values = even(2000);
        (1..values.len()).for_each(|t| values[t] += 0.9 * values[t - 1]);
        values[1000] += 50.0;
        let mut doubt = vec![0.0; 2000];
        doubt[1000] = 100.0;
        let whitening = Autoregression { coefficients: vec![0.9] };
        let (wrong, left) = whitening.mended(&values, &doubt, 1.0 / 12.0);
        assert!((wrong[1000] - 50.0).abs() < 1.0 && wrong[999] == 0.0, "{}", wrong[1000]);
        assert!(
            (left[1000] * 12.0 - 1.0 / 1.81).abs() < 1e-3,
            "the inverse of the diagonal of the inverse: {}",
            left[1000]
        );
    }

    #[test]
    fn whitening_by_fours_is_the_plain_sum() {
        let coefficients = vec![0.5, -0.3, 0.2, 0.1, 0.05, -0.04];
        let values = even(9);
        let plain = |t: usize| {
            values[t] - coefficients.iter().enumerate().take(t).map(|(k, a)| a * values[t - 1 - k]).sum::<f64>()
        };
        let whitened = Autoregression { coefficients: coefficients.clone() }.whitened(&values);
        assert!(whitened.iter().enumerate().all(|(t, value)| (value - plain(t)).abs() < 1e-15), "{whitened:?}");
    }

    #[test]
    fn only_brief_stretches_are_mended() {
        let mut doubt = vec![0.0; 60];
        doubt[3] = 1.0;
        doubt[10..40].fill(1.0);
        doubt[50..52].fill(1.0);
        assert_eq!(brief(&doubt), [3, 50, 51]);
    }

    #[test]
    fn outliers_of_student_count_little() {
        let mut innovations = even(1000);
        innovations[3] = 100.0;
        let (scale, weights) = student::weights(&innovations, &vec![1.0; 1000], &vec![0.0; 1000]);
        assert!(weights[3] < 1e-3 && (0.02..0.2).contains(&scale), "{scale} {}", weights[3]);
    }
}
