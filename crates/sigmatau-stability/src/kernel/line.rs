//! A straight line taken off a phase record without a rounding error.
//!
//! Every statistic of this crate ignores a time offset and (but for MTIE and its kin) a frequency
//! offset. Running sums do not: a sum over phases of 5000 s loses the picoseconds. So a line is
//! removed first, and its coefficients are rounded to a binary grid so coarse that product and
//! difference are exact: with q the spacing of `f64` at the largest |x|, a and b are multiples of q,
//! hence so is b·i, and x − a − b·i is representable. What the coarse slope leaves is a millionth of x
//! at most; the same step once more takes that off on a finer grid. The grid is fine enough for records
//! of 2³² points, so that the line may be known from the beginning of a record alone.

/// One stage: a + b i on a binary grid.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stage {
    offset: f64,
    slope: f64,
}

/// The line through the first and the last point there is, in two stages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Line {
    coarse: Stage,
    fine: Stage,
}

/// Places below which a line that is known from the beginning of a record stays exact.
pub(crate) const REACH: f64 = (1_u64 << 32) as f64;

impl Line {
    /// The line through the first and the last point there is of the phases from place `start` on; zero for
    /// fewer than two points.
    pub(crate) fn through_ends(start: usize, x: &[f64]) -> Self {
        let there = |x: &f64| !x.is_nan();
        let point = |k: usize| ((start + k) as f64, x[k]);
        match (x.iter().position(there), x.iter().rposition(there)) {
            (Some(first), Some(last)) if first < last => Self::through(point(first), point(last)),
            _ => Self::default(),
        }
    }

    fn through(first: (f64, f64), last: (f64, f64)) -> Self {
        let coarse = Stage::through(first, last);
        let left = |(i, x): (f64, f64)| (i, coarse.off(i, x));
        let fine = Stage::through(left(first), left(last));
        Self { coarse, fine }
    }

    /// What of the phase `x` at place `i`, a whole number, is left.
    #[inline(always)]
    pub(crate) fn off(&self, i: f64, x: f64) -> f64 {
        self.fine.off(i, self.coarse.off(i, x))
    }
}

impl Stage {
    /// The line through two points, the second behind the first; a constant where they are the same.
    pub(crate) fn through((i, x): (f64, f64), (j, y): (f64, f64)) -> Self {
        let slope = if j > i { (y - x) / (j - i) } else { 0.0 };
        let largest = x.abs().max(y.abs()).max((slope * REACH).abs());
        let grid = spacing(largest);
        let onto_grid = |value: f64| (value / grid).round_ties_even() * grid;
        let slope = onto_grid(slope);
        Self { offset: onto_grid(x - slope * i), slope }
    }

    /// Offset at place `origin` and slope of this line less another.
    pub(crate) fn above(&self, other: Self, origin: f64) -> [f64; 2] {
        let slope = self.slope - other.slope;
        [(self.offset - other.offset) + slope * origin, slope]
    }

    /// What of the phase `x` at place `i`, a whole number, is left.
    #[inline(always)]
    pub(crate) fn off(&self, i: f64, x: f64) -> f64 {
        (x - self.offset) - self.slope * i
    }
}

/// The distance between neighbouring `f64` values at `x`; the smallest normal number near zero.
pub(crate) fn spacing(x: f64) -> f64 {
    let power_of_two = f64::from_bits(x.abs().to_bits() & (0x7ff << 52));
    (power_of_two * f64::EPSILON).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_the_data_is_taken_off_exactly() {
        // Phases that are a line on a grid of 2⁻⁴⁰ s plus a known residual on that grid.
        let grid = 2f64.powi(-40);
        let residual = |i: usize| ((i * 7919) % 13) as f64 * grid;
        let x: Vec<f64> = (0..5000).map(|i| 3.0 + 0.5 * i as f64 + residual(i)).collect();
        let line = Line::through_ends(0, &x);
        let r: Vec<f64> = x.iter().enumerate().map(|(i, x)| line.off(i as f64, *x)).collect();
        for i in 0..4998 {
            let expected = residual(i + 2) - 2.0 * residual(i + 1) + residual(i);
            let found = r[i + 2] - 2.0 * r[i + 1] + r[i];
            assert!((found - expected).abs() < 1e-14 * grid, "point {i}: {found} instead of {expected}");
        }
        assert!(r.iter().all(|r| r.abs() < 100.0 * grid));
    }

    #[test]
    fn spacing_is_the_distance_to_the_next_number() {
        for x in [1.0, 1.5, 1.7e9, 3e-9] {
            assert_eq!(x + spacing(x), f64::from_bits(f64::to_bits(x) + 1));
        }
    }
}
