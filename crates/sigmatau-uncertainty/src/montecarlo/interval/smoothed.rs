//! The shortest interval by the minimum of a cubic through the widths near it.
//!
//! The width w(x) = G(F(x) + p) − x of the interval that begins at x, where F is the distribution of the trials and G
//! its inverse, has the slope 0 at its minimum, and the raw minimum wanders over the range in which w differs by less
//! than its own noise. The cubic is fitted over a range that the noise, or two thousandths of the width, marks off: local
//! enough that a skew distribution is not misjudged, wide enough that the noise is averaged.

use super::super::curve::Curve;

/// The rise of the width up to which it is fitted, as a part of the width.
const RISE: f64 = 0.002;
/// The same in standard deviations of the noise of the width.
const NOISE: f64 = 3.0;
/// Steps from the smallest to the largest possible beginning.
const STEPS: usize = 256;
/// Half of the places at which the cubic is fitted, without the middle.
const HALF: i32 = 32;

/// The widths near the shortest interval, and where their smooth form is least.
pub(in super::super) struct Smoothed {
    held: f64,
    middle: f64,
    half: f64,
    /// The place of the minimum, from −1 to 1 within the range of the fit.
    place: f64,
    /// The second derivative there.
    bend: f64,
}

impl Smoothed {
    /// Finds the interval that holds `held` values.
    pub(in super::super) fn new(curve: &Curve, held: f64) -> Self {
        let (first, last) = (curve.ends().0, curve.value(curve.count() as f64 - held));
        let (raw, raw_high) = curve.shortest(held);
        let allowed = (raw_high - raw) * (1.0 + RISE) + NOISE * noise(curve, raw, raw_high);
        let step = (last - first) / STEPS as f64;
        let near = |sign: f64| {
            let places = (1..=STEPS).map(|k| (raw + sign * step * k as f64).clamp(first, last));
            places.take_while(|low| width(curve, *low, held) <= allowed).last().unwrap_or(raw)
        };
        let (from, to) = (near(-1.0), near(1.0));
        let range = Self { held, middle: 0.5 * (from + to), half: 0.5 * (to - from), place: 0.0, bend: 0.0 };
        let fitted = range.cubic(curve);
        let place = minimum(fitted);
        Self { place, bend: 2.0 * fitted[2] + 6.0 * fitted[3] * place, ..range }
    }

    /// The lower end.
    fn low(&self) -> f64 {
        self.middle + self.half * self.place
    }

    /// The ends in the distribution that was fitted.
    pub(in super::super) fn ends(&self, curve: &Curve) -> (f64, f64) {
        (self.low(), self.low() + width(curve, self.low(), self.held))
    }

    /// The ends in a part of the trials, to first order in what is particular to the part: the minimum moves by the
    /// slope over the bend, and the width at the minimum does not change with that. An interval that ends at the largest
    /// value does so in every part.
    pub(in super::super) fn ends_of_part(&self, part: &Curve, share: f64) -> [f64; 2] {
        let own = Self { held: self.held * share, ..*self };
        if self.place >= 1.0 {
            return [part.value(part.count() as f64 - own.held), part.ends().1];
        }
        let [_, c1, c2, c3] = own.cubic(part);
        let slope = c1 + self.place * (2.0 * c2 + 3.0 * c3 * self.place);
        let is_inside = self.place > -1.0 && self.bend > 0.0;
        let low = self.low() - if is_inside { self.half * slope / self.bend } else { 0.0 };
        [low, low + width(part, self.low(), own.held)]
    }

    /// The coefficients of the widths in −1 ≤ t ≤ 1.
    fn cubic(&self, curve: &Curve) -> [f64; 4] {
        cubic(|t| width(curve, self.middle + self.half * t, self.held))
    }
}

/// The width of the range that begins at `low` and holds `held` values.
fn width(curve: &Curve, low: f64, held: f64) -> f64 {
    curve.value(curve.rank(low) + held) - low
}

/// The standard deviation of the width between two values, by the number of values in between.
fn noise(curve: &Curve, low: f64, high: f64) -> f64 {
    let count = curve.count() as f64;
    let spread = |value: f64| {
        let rank = curve.rank(value);
        let ranks = (rank * (1.0 - rank / count)).max(0.0).sqrt();
        0.5 * (curve.value(rank + ranks) - curve.value(rank - ranks))
    };
    spread(low).hypot(spread(high))
}

/// The coefficients of the cubic in −1 ≤ t ≤ 1 that fits best.
fn cubic(f: impl Fn(f64) -> f64) -> [f64; 4] {
    let places = (-HALF..=HALF).map(|k| f64::from(k) / f64::from(HALF));
    let (mut powers, mut moments) = ([0.0; 7], [0.0; 4]);
    for t in places {
        let value = f(t);
        (0..7).for_each(|k| powers[k as usize] += t.powi(k));
        (0..4).for_each(|k| moments[k as usize] += value * t.powi(k));
    }
    // The places are symmetric: even and odd powers part.
    let pair = |a: f64, b: f64, c: f64, x: f64, y: f64| {
        let determinant = a * c - b * b;
        [(c * x - b * y) / determinant, (a * y - b * x) / determinant]
    };
    let [c0, c2] = pair(powers[0], powers[2], powers[4], moments[0], moments[2]);
    let [c1, c3] = pair(powers[2], powers[4], powers[6], moments[1], moments[3]);
    [c0, c1, c2, c3]
}

/// Where a cubic is least for −1 ≤ t ≤ 1.
fn minimum([c0, c1, c2, c3]: [f64; 4]) -> f64 {
    let value = |t: f64| c0 + t * (c1 + t * (c2 + t * c3));
    // c₁ + 2c₂t + 3c₃t² rises through 0.
    let root = -c1 / (c2 + (c2 * c2 - 3.0 * c1 * c3).sqrt());
    let inside = Some(root).filter(|root| root.abs() <= 1.0);
    [Some(-1.0), Some(1.0), inside].into_iter().flatten().min_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cubic_is_found_and_its_minimum() {
        let found = cubic(|t| 2.0 - 0.5 * t + 3.0 * t * t + 0.25 * t * t * t);
        assert!(found.iter().zip([2.0, -0.5, 3.0, 0.25]).all(|(found, exact)| (found - exact).abs() < 1e-12));
        let least = minimum(found);
        assert!((-0.5 + 6.0 * least + 0.75 * least * least).abs() < 1e-12);
        assert_eq!((minimum([0.0, 1.0, 0.0, 0.0]), minimum([0.0, -1.0, -0.1, 0.0])), (-1.0, 1.0));
    }
}
