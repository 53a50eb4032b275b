//! Running moments up to the fourth, which merge.

/// Count, mean, and the sums of the second, third and fourth powers about the mean.
///
/// One more number and another block change them by the same formula (P. Pébay, Sandia Report SAND2008-6212).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    count: f64,
    mean: f64,
    powers: [f64; 3],
}

impl Moments {
    pub(super) fn push(&mut self, value: f64) {
        self.merge(&Self { count: 1.0, mean: value, powers: [0.0; 3] });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let (a, b) = (self.count, other.count);
        let n = a + b;
        if n == 0.0 {
            return;
        }
        let apart = other.mean - self.mean;
        let step = apart / n;
        let [[a2, a3, a4], [b2, b3, b4]] = [self.powers, other.powers];
        let second = apart * step * a * b;
        let third = second * step * (a - b) + 3.0 * step * (a * b2 - b * a2);
        let fourth = second * step * step * (a * a - a * b + b * b)
            + 6.0 * step * step * (a * a * b2 + b * b * a2)
            + 4.0 * step * (a * b3 - b * a3);
        let powers = [a2 + b2 + second, a3 + b3 + third, a4 + b4 + fourth];
        *self = Self { count: n, mean: self.mean + step * b, powers };
    }

    pub(super) fn count(&self) -> f64 {
        self.count
    }

    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    pub(super) fn deviation(&self) -> f64 {
        (self.powers[0] / (self.count - 1.0)).sqrt()
    }

    /// 0 where nothing varies.
    pub(super) fn skewness(&self) -> f64 {
        let variance = self.powers[0] / self.count;
        if variance == 0.0 { 0.0 } else { self.powers[1] / self.count / variance.powf(1.5) }
    }

    /// 0 for a Gaussian, and where nothing varies.
    pub(super) fn kurtosis(&self) -> f64 {
        let variance = self.powers[0] / self.count;
        if variance == 0.0 { 0.0 } else { self.powers[2] / self.count / (variance * variance) - 3.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|value| moments.push(*value));
        moments
    }

    #[test]
    fn moments_are_those_of_the_definition_however_they_are_merged() {
        let values: Vec<f64> = (0..100).map(|n| (0.37 * f64::from(n)).sin().powi(3) + 5.0).collect();
        let mean = values.iter().sum::<f64>() / 100.0;
        let power = |p: i32| values.iter().map(|x| (x - mean).powi(p)).sum::<f64>() / 100.0;
        for cut in [0, 1, 30, 99, 100] {
            let mut found = of(&values[..cut]);
            found.merge(&of(&values[cut..]));
            assert!((found.mean() - mean).abs() < 1e-14);
            assert!((found.deviation().powi(2) * 0.99 - power(2)).abs() < 1e-14);
            assert!((found.skewness() - power(3) / power(2).powf(1.5)).abs() < 1e-13);
            assert!((found.kurtosis() + 3.0 - power(4) / power(2).powi(2)).abs() < 1e-13);
        }
    }
}
