//! Sums over a series and the powers of its places, from which those over the series less a parabola follow.

use crate::kernel::{LANES, Vectors};
use pulp::{Simd, bytemuck};

/// c₀ + c₁ s + c₂ s² at place s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parabola(pub(super) [f64; 3]);

impl Parabola {
    /// The parabola through three points (s, x) at rising places; where places coincide, a line or a constant.
    pub(super) fn through([a, b, c]: [(f64, f64); 3]) -> Self {
        let over = |rise: f64, run: f64| if run > 0.0 { rise / run } else { 0.0 };
        let (first, second) = (over(b.1 - a.1, b.0 - a.0), over(c.1 - b.1, c.0 - b.0));
        let bend = if a.0 < b.0 && b.0 < c.0 { (second - first) / (c.0 - a.0) } else { 0.0 };
        Self([a.1 - a.0 * (first - b.0 * bend), first - (a.0 + b.0) * bend, bend])
    }

    #[inline(always)]
    pub(super) fn at(self, s: f64) -> f64 {
        let [c0, c1, c2] = self.0;
        c0 + s * (c1 + s * c2)
    }

    /// The same with places counted from `origin` on.
    pub(super) fn moved(self, origin: f64) -> Self {
        let [_, c1, c2] = self.0;
        Self([self.at(origin), c1 + 2.0 * c2 * origin, c2])
    }

    /// p(s) − p(s−1).
    pub(super) fn difference(self) -> Self {
        let [_, c1, c2] = self.0;
        Self([c1 - c2, 2.0 * c2, 0.0])
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(std::array::from_fn(|power| self.0[power] + other.0[power]))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(std::array::from_fn(|power| self.0[power] - other.0[power]))
    }
}

/// Sums over values u at places s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    /// Σ u².
    pub(super) squares: f64,
    /// Σ u, Σ u s, Σ u s², as far as a parabola that is taken off needs them.
    pub(super) cross: [f64; 3],
    /// Σ s⁰ … Σ s⁴.
    pub(super) powers: [f64; 5],
}

impl Moments {
    /// The sums over values at places 0, 1, 2, … with the first `POWERS` of `cross`, in fixed lanes.
    #[inline(always)]
    pub(super) fn of<S: Simd, const POWERS: usize>(simd: S, values: &[f64], places: &[f64]) -> Self {
        let whole = values.len() / LANES * LANES;
        let mut sums = Sums::<S, POWERS>::new(simd);
        for (u, s) in Vectors::<S>::of(values).zip(Vectors::<S>::of(places)) {
            for k in 0..Vectors::<S>::EACH {
                sums.add(k, u[k], s[k]);
            }
        }
        sums.finish(values[whole..].iter().copied(), &places[whole..], values.len())
    }

    /// The sums over one value.
    pub(super) fn one(u: f64, s: f64) -> Self {
        let powers = [1.0, s, s * s, s * s * s, s * s * s * s];
        Self { squares: u * u, cross: [u, u * s, u * s * s], powers }
    }

    /// The number of values.
    pub(super) fn count(&self) -> f64 {
        self.powers[0]
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            squares: self.squares + other.squares,
            cross: std::array::from_fn(|power| self.cross[power] + other.cross[power]),
            powers: std::array::from_fn(|power| self.powers[power] + other.powers[power]),
        }
    }

    /// The same with places counted from `origin` on.
    pub(super) fn moved(self, origin: f64) -> Self {
        let (a, [u0, u1, u2], [p0, p1, p2, p3, p4]) = (-origin, self.cross, self.powers);
        let square = |s0: f64, s1: f64, s2: f64| s2 + a * (2.0 * s1 + a * s0);
        let cube = p3 + a * (3.0 * p2 + a * (3.0 * p1 + a * p0));
        let fourth = p4 + a * (4.0 * p3 + a * (6.0 * p2 + a * (4.0 * p1 + a * p0)));
        let powers = [p0, p1 + a * p0, square(p0, p1, p2), cube, fourth];
        Self { squares: self.squares, cross: [u0, u1 + a * u0, square(u0, u1, u2)], powers }
    }

    /// Σ p, Σ p s, Σ p s² over the places.
    pub(super) fn of_parabola(&self, Parabola(p): Parabola) -> [f64; 3] {
        std::array::from_fn(|power| (0..3).map(|k| p[k] * self.powers[power + k]).sum())
    }

    /// The sums over u − p(s).
    pub(super) fn less(self, p: Parabola) -> Self {
        let own = self.of_parabola(p);
        let change: f64 = (0..3).map(|power| p.0[power] * (own[power] - 2.0 * self.cross[power])).sum();
        let cross = std::array::from_fn(|power| self.cross[power] - own[power]);
        Self { squares: self.squares + change, cross, ..self }
    }
}

/// The squares and the first `POWERS` of the cross sums of [`Moments`] as they grow, in fixed lanes.
pub(super) struct Sums<S: Simd, const POWERS: usize> {
    simd: S,
    squares: [S::f64s; LANES],
    cross: [[S::f64s; LANES]; POWERS],
}

impl<S: Simd, const POWERS: usize> Sums<S, POWERS> {
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        let none = [simd.splat_f64s(0.0); LANES];
        Self { simd, squares: none, cross: [none; POWERS] }
    }

    /// Adds values `u` at places `s`, in one of the vectors that make up the lanes.
    #[inline(always)]
    pub(super) fn add(&mut self, vector: usize, u: S::f64s, s: S::f64s) {
        let simd = self.simd;
        self.squares[vector] = simd.add_f64s(self.squares[vector], simd.mul_f64s(u, u));
        let mut product = u;
        for sums in &mut self.cross {
            sums[vector] = simd.add_f64s(sums[vector], product);
            product = simd.mul_f64s(product, s);
        }
    }

    /// Adds the last, fewer values and closes the sums over `n` places.
    #[inline(always)]
    pub(super) fn finish(self, rest: impl Iterator<Item = f64>, places: &[f64], n: usize) -> Moments {
        let total = |sums: &[S::f64s; LANES]| {
            let lanes: &[f64] = bytemuck::cast_slice(&sums[..Vectors::<S>::EACH]);
            lanes.iter().sum::<f64>()
        };
        let mut moments = Moments { squares: total(&self.squares), powers: powers(n as f64), ..Moments::default() };
        self.cross.iter().enumerate().for_each(|(power, sums)| moments.cross[power] = total(sums));
        for (u, s) in rest.zip(places) {
            moments.squares += u * u;
            (0..POWERS).for_each(|power| moments.cross[power] += u * s.powi(power as i32));
        }
        moments
    }
}

/// Σ s⁰ … Σ s⁴ over the places 0 … n − 1.
fn powers(n: f64) -> [f64; 5] {
    let triangle = 0.5 * n * (n - 1.0);
    let squares = triangle * (2.0 * n - 1.0) / 3.0;
    [n, triangle, squares, triangle * triangle, squares * (3.0 * n * (n - 1.0) - 1.0) / 5.0]
}

/// The parabola p with Σ p sʲ = `sums`ⱼ, from the sums of powers s⁰ … s⁴ (Cramer); zero for fewer than three places.
pub(super) fn solve(s: [f64; 5], sums: [f64; 3]) -> Parabola {
    let determinant = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let matrix = [[s[0], s[1], s[2]], [s[1], s[2], s[3]], [s[2], s[3], s[4]]];
    if s[0] < 3.0 {
        return Parabola::default();
    }
    let whole = determinant(matrix);
    Parabola(std::array::from_fn(|column| {
        let mut replaced = matrix;
        replaced.iter_mut().zip(sums).for_each(|(row, sum)| row[column] = sum);
        determinant(replaced) / whole
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [f64; 13] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

    fn assert_same(found: Moments, expected: Moments) {
        let all = |moments: Moments| [[moments.squares].as_slice(), &moments.cross, &moments.powers].concat();
        for (found, expected) in all(found).into_iter().zip(all(expected)) {
            assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} instead of {expected}");
        }
    }

    /// One by one, with places from `origin` on.
    fn slowly(values: &[f64], origin: f64) -> Moments {
        let ones = values.iter().zip(PLACES).map(|(u, s)| Moments::one(*u, s - origin));
        ones.fold(Moments::default(), Moments::plus)
    }

    fn fast(values: &[f64]) -> Moments {
        struct Sums<'a>(&'a [f64]);
        impl pulp::WithSimd for Sums<'_> {
            type Output = Moments;

            fn with_simd<S: Simd>(self, simd: S) -> Moments {
                Moments::of::<S, 3>(simd, self.0, &PLACES)
            }
        }
        pulp::Arch::new().dispatch(Sums(values))
    }

    #[test]
    fn sums_follow_the_origin_and_the_parabola() {
        let values: Vec<f64> = PLACES.iter().map(|s| (s * 1.7).sin()).collect();
        let parabola = Parabola([0.3, -0.2, 0.05]);
        let less: Vec<f64> = values.iter().zip(PLACES).map(|(u, s)| u - parabola.at(s)).collect();
        let sums = fast(&values);
        assert_same(sums, slowly(&values, 0.0));
        assert_same(sums.moved(7.0), slowly(&values, 7.0));
        assert_same(sums.less(parabola), slowly(&less, 0.0));
        assert_same(sums.moved(7.0).less(parabola.moved(7.0)), slowly(&less, 7.0));
    }

    #[test]
    fn the_solution_is_the_parabola_that_made_the_sums() {
        let parabola = Parabola([0.3, -0.2, 0.05]);
        let values: Vec<f64> = PLACES.iter().map(|s| parabola.at(*s)).collect();
        let sums = fast(&values);
        let found = solve(sums.powers, sums.cross);
        assert!(found.minus(parabola).0.iter().all(|error| error.abs() < 1e-12), "{found:?}");
        let through = Parabola::through([1, 5, 12].map(|k| (PLACES[k], values[k])));
        assert!(through.minus(parabola).0.iter().all(|error| error.abs() < 1e-13), "{through:?}");
    }
}
