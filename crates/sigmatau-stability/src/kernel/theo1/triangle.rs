//! Sums of products over a triangle, weighted by the distance of the factors.

use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::{Complex64, fast_length};
use std::collections::BTreeMap;

/// Triangles of at most so many points are summed product by product.
const SMALL: usize = 256;

/// The pairs p < q of equal parity with p + q ≤ 2h − 2, weighted by 1/(h − (q−p)/2).
pub(super) struct Triangles {
    /// 1/(h − d) for d = 0 … h−1.
    weights: Vec<f64>,
    correlation: Correlation,
}

impl Triangles {
    pub(super) fn new(h: usize) -> Self {
        Self { weights: (0..h).map(|d| 1.0 / (h - d) as f64).collect(), correlation: Correlation::default() }
    }

    /// Σ z(p) z(q) / (h − (q−p)/2) over all such pairs, in O(h log² h) steps.
    pub(super) fn sum(&mut self, z: &[f64]) -> f64 {
        let h = self.weights.len();
        let every_other = |first: usize, count: usize| z[first..].iter().step_by(2).take(count).copied().collect();
        let (even, odd): (Vec<f64>, Vec<f64>) = (every_other(0, h), every_other(1, h - 1));
        self.folded(&even) + self.folded(&odd)
    }

    /// Σ w(b−a) u(a) u(b) over a < b, a + b < len: a rectangle, a corner, and the same of half the size.
    fn folded(&mut self, u: &[f64]) -> f64 {
        if u.len() <= SMALL {
            return small_fold(u, &self.weights);
        }
        let (last, rows) = (u.len() - 1, (u.len() - 1) / 4 + 1);
        let columns = last + 2 - rows;
        let weights = &self.weights;
        let forward = |lag: isize| if lag > 0 { weights[lag.unsigned_abs()] } else { 0.0 };
        let rectangle = self.correlation.weighted(&u[..rows], &u[..columns], forward);
        rectangle + self.corner(&u[..rows - 1], &u[columns..], columns) + self.folded(&u[rows..columns - 1])
    }

    /// Σ w(offset+b−a) u(a) v(b) over a + b < len, both of which have that length: a square and two corners.
    fn corner(&mut self, u: &[f64], v: &[f64], offset: usize) -> f64 {
        if u.len() <= SMALL {
            return small_corner(u, v, &self.weights, offset);
        }
        let half = u.len() / 2;
        let columns = u.len() - half + 1;
        let weights = &self.weights;
        let weight = |lag: isize| weights[offset.wrapping_add_signed(lag)];
        let square = self.correlation.weighted(&u[..half], &v[..columns], weight);
        let below = self.corner(&u[half..], &v[..u.len() - half], offset - half);
        square + below + self.corner(&u[..half - 1], &v[columns..], offset + columns)
    }
}

fn small_fold(u: &[f64], weights: &[f64]) -> f64 {
    let products = |d: usize| {
        let count = (u.len() - 1 - d) / 2 + 1;
        weights[d] * dot(&u[..count], &u[d..])
    };
    (1..u.len()).map(products).sum()
}

fn small_corner(u: &[f64], v: &[f64], weights: &[f64], offset: usize) -> f64 {
    let row = |(a, u_a): (usize, &f64)| {
        let weights = &weights[offset - a..];
        let row: f64 = v[..u.len() - a].iter().zip(weights).map(|(v, w)| v * w).sum();
        u_a * row
    };
    u.iter().enumerate().map(row).sum()
}

fn dot(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| u * v).sum()
}

/// Correlations by transforms, with the plans that they need again and again.
#[derive(Default)]
struct Correlation {
    plans: BTreeMap<usize, Transform>,
}

struct Transform {
    fft: RealFft,
    series: Vec<f64>,
    spectra: [Vec<Complex64>; 2],
}

impl Correlation {
    /// Σ w(b−a) u(a) v(b) over all a and b.
    fn weighted(&mut self, u: &[f64], v: &[f64], weight: impl Fn(isize) -> f64) -> f64 {
        let length = fast_length(u.len() + v.len() - 1);
        let transform = self.plans.entry(length).or_insert_with(|| Transform::new(length));
        let lags = transform.correlated(u, v);
        let later: f64 = lags[..v.len()].iter().enumerate().map(|(lag, c)| weight(lag as isize) * c).sum();
        let earlier = lags[length + 1 - u.len()..].iter().rev().zip(1..).map(|(c, lag)| weight(-lag) * c);
        (later + earlier.sum::<f64>()) / length as f64
    }
}

impl Transform {
    fn new(length: usize) -> Self {
        let fft = RealFft::new(length);
        let spectra = [fft.spectrum(), fft.spectrum()];
        Self { fft, series: vec![0.0; length], spectra }
    }

    /// Σ_a u(a) v(a + lag) times the length of the transform, by lags, the negative ones at the end.
    fn correlated(&mut self, u: &[f64], v: &[f64]) -> &[f64] {
        for (values, spectrum) in [u, v].into_iter().zip(&mut self.spectra) {
            self.series[..values.len()].copy_from_slice(values);
            self.series[values.len()..].fill(0.0);
            self.fft.forward(&mut self.series, spectrum);
        }
        let [u, v] = &mut self.spectra;
        v.iter_mut().zip(u).for_each(|(v, u)| *v *= u.conj());
        self.fft.inverse(v, &mut self.series);
        &self.series
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn halving_agrees_with_the_sum_over_pairs() {
        for h in [2, 5, 130, 257, 700, 1501] {
            let z: Vec<f64> = Gaussian::new(3, h as u64).take(2 * h).collect();
            let pairs = (0..2 * h).flat_map(|p| (p + 2..2 * h).step_by(2).map(move |q| (p, q)));
            let inside = pairs.filter(|(p, q)| p + q <= 2 * h - 2);
            let slow: f64 = inside.map(|(p, q)| z[p] * z[q] / (h - (q - p) / 2) as f64).sum();
            let fast = Triangles::new(h).sum(&z);
            assert!((fast - slow).abs() < 1e-10, "h = {h}: {fast} and {slow}");
        }
    }
}
