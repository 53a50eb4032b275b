//! The largest eigenvalues of a symmetric tridiagonal matrix, each with its vector.

/// A symmetric tridiagonal matrix with its diagonal a(0) … a(N−1) and, beside it, b(0) … b(N−2).
pub(super) struct Tridiagonal {
    pub(super) diagonal: Vec<f64>,
    pub(super) beside: Vec<f64>,
}

impl Tridiagonal {
    /// The `place`-th largest eigenvalue, from 0 on, by halving an interval until it has no inner number.
    ///
    /// Takes O(N) steps for each of some 60 halvings.
    pub(super) fn eigenvalue(&self, place: usize) -> f64 {
        let reach = self.reach();
        let (mut low, mut high) = (-reach, reach);
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return middle;
            }
            if self.above(middle) > place { low = middle } else { high = middle }
        }
    }

    /// The eigenvector of an eigenvalue, of unit length, by a twisted factorisation (I. S. Dhillon and
    /// B. N. Parlett, SIAM Journal on Matrix Analysis 25(3), 2004): eliminated from both ends, the matrix less the
    /// eigenvalue has its smallest pivot where the two meet at a large entry of the vector.
    pub(super) fn eigenvector(&self, eigenvalue: f64) -> Vec<f64> {
        let down: Vec<f64> = pivots(self.diagonal.iter(), self.beside.iter(), eigenvalue).collect();
        let mut up: Vec<f64> = pivots(self.diagonal.iter().rev(), self.beside.iter().rev(), eigenvalue).collect();
        up.reverse();
        let meeting = |n: usize| (down[n] + up[n] - (self.diagonal[n] - eigenvalue)).abs();
        let twist = (0..down.len()).min_by(|a, b| meeting(*a).total_cmp(&meeting(*b))).expect("the matrix has a row");
        let mut vector = vec![1.0; down.len()];
        (0..twist).rev().for_each(|n| vector[n] = -self.beside[n] / down[n] * vector[n + 1]);
        (twist + 1..up.len()).for_each(|n| vector[n] = -self.beside[n - 1] / up[n] * vector[n - 1]);
        let length = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|v| *v /= length);
        vector
    }

    /// How many eigenvalues lie above x: the positive pivots (Sylvester's law of inertia).
    fn above(&self, x: f64) -> usize {
        pivots(self.diagonal.iter(), self.beside.iter(), x).filter(|pivot| *pivot > 0.0).count()
    }

    /// No eigenvalue is farther from 0 (Gershgorin).
    fn reach(&self) -> f64 {
        let largest = |values: &[f64]| values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        largest(&self.diagonal) + 2.0 * largest(&self.beside)
    }
}

/// The pivots of the matrix less x, d(n) = a(n) − x − b(n−1)²/d(n−1). One that vanishes becomes the smallest number.
fn pivots<'a>(
    diagonal: impl Iterator<Item = &'a f64>,
    beside: impl Iterator<Item = &'a f64>,
    x: f64,
) -> impl Iterator<Item = f64> {
    diagonal.zip(std::iter::once(&0.0).chain(beside)).scan(f64::INFINITY, move |pivot, (a, b)| {
        let next = a - x - b * b / *pivot;
        *pivot = if next == 0.0 { -f64::MIN_POSITIVE } else { next };
        Some(*pivot)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// 2 on the diagonal, 1 beside it: eigenvalues 2 + 2 cos(π(k+1)/(N+1)), vectors sin(π(k+1)(n+1)/(N+1)).
    #[test]
    fn second_differences_have_sines_as_vectors() {
        let length = 50;
        let matrix = Tridiagonal { diagonal: vec![2.0; length], beside: vec![1.0; length - 1] };
        for place in [0, 1, 7, 49] {
            let angle = PI * (place + 1) as f64 / (length + 1) as f64;
            let eigenvalue = matrix.eigenvalue(place);
            assert!((eigenvalue - 2.0 - 2.0 * angle.cos()).abs() < 1e-14, "{place}: {eigenvalue}");
            let vector = matrix.eigenvector(eigenvalue);
            let scale = (2.0 / (length + 1) as f64).sqrt().copysign(vector[0]);
            for (n, entry) in vector.iter().enumerate() {
                assert!((entry - scale * (angle * (n + 1) as f64).sin()).abs() < 1e-13, "{place}, {n}: {entry}");
            }
        }
    }
}
