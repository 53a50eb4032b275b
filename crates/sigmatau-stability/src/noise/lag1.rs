//! Noise type from the lag-1 autocorrelation of every m-th phase.

use crate::kernel::LANES;
use crate::kernel::line::Line;

/// Points below which the lag-1 autocorrelation is not trusted.
pub const FEWEST_POINTS: usize = 30;

/// Points that are detrended and differenced at a time, in the L1 cache.
const BLOCK: usize = 1024;

/// Returns the exponent α, not rounded, from the lag-1 autocorrelation of every `m`-th phase, one averaging time
/// apart, or nothing for fewer than [`FEWEST_POINTS`] of them.
///
/// The quadratic trend is removed. With r₁ the lag-1 autocorrelation, ρ = r₁/(1 + r₁); while ρ ≥ 1/4
/// the data are differenced, up to three times; then α = 2 − 2(ρ + d) after d differences (Riley and
/// Greenhall, "Power law noise identification using the lag 1 autocorrelation", EFTF 2004; NIST SP
/// 1065, 5.5). Time O(n) in two passes, memory one block.
pub fn lag1_exponent(phases: &[f64], m: usize) -> Option<f64> {
    let len = phases.len().div_ceil(m);
    let missing = phases.iter().step_by(m).filter(|x| x.is_nan()).count();
    if len - missing < FEWEST_POINTS {
        return None;
    }
    let record = Record { phases, m, len, line: Line::through_ends(len, |i| phases[i * m]) };
    let moments = |order| if missing > 0 { record.moments::<true>(order) } else { record.moments::<false>(order) };
    // A third difference is hardly ever needed, and a quarter of the cost.
    match exponent(&moments(2))? {
        (alpha, true) => Some(alpha),
        (_, false) => exponent(&moments(3)).map(|(alpha, _)| alpha),
    }
}

/// The exponent by the first difference whose ρ is below 1/4, or else by the last one, and which of the two.
fn exponent(moments: &[Moments]) -> Option<(f64, bool)> {
    let mut last = None;
    for (d, moment) in moments.iter().enumerate() {
        let r1 = moment.autocorrelation()?;
        let rho = r1 / (1.0 + r1);
        last = Some((2.0 - 2.0 * (rho + d as f64), rho < 0.25));
        if rho < 0.25 {
            break;
        }
    }
    last
}

/// Every m-th phase, and the line through the ends, which is taken off before anything is summed.
struct Record<'a> {
    phases: &'a [f64],
    m: usize,
    len: usize,
    line: Line,
}

/// 0, 1, 2, …: the places within a block, as an array so that the loops over it vectorise.
const PLACES: [f64; BLOCK + 8] = {
    let mut places = [0.0; BLOCK + 8];
    let mut k = 0;
    while k < places.len() {
        places[k] = k as f64;
        k += 1;
    }
    places
};

impl Record<'_> {
    /// Steps of t per point, for t from −1 to 1 over the record.
    fn per_point(&self) -> f64 {
        2.0 / (self.len - 1) as f64
    }

    /// Writes the phases from number `start` on, less the line, into `block` and returns how many there are.
    fn read(&self, start: usize, block: &mut [f64]) -> usize {
        let count = block.len().min(self.len - start);
        let (block, phases) = (&mut block[..count], &self.phases[start * self.m..]);
        match self.m {
            1 => block.copy_from_slice(&phases[..count]),
            m => block.iter_mut().zip(phases.iter().step_by(m)).for_each(|(value, x)| *value = *x),
        }
        let first = start as f64;
        block.iter_mut().zip(&PLACES).for_each(|(value, place)| *value = self.line.off(first + place, *value));
        count
    }

    /// Sums over the detrended points and their differences up to `order`.
    fn moments<const GAPS: bool>(&self, order: u8) -> Vec<Moments> {
        let ([c0, c1, c2], per_point) = (self.parabola::<GAPS>(), self.per_point());
        let mut moments = vec![Moments::default(); usize::from(order) + 1];
        let mut block = [0.0; BLOCK + 8];
        for start in (0..self.len).step_by(BLOCK) {
            let mut left = self.read(start, &mut block);
            let first = start as f64;
            for (value, place) in block.iter_mut().zip(&PLACES) {
                let t = (first + place) * per_point - 1.0;
                *value -= c0 + t * (c1 + t * c2);
            }
            for moment in &mut moments {
                moment.add::<GAPS>(&block[..left]);
                left = left.saturating_sub(1);
                (0..left).for_each(|k| block[k] = block[k + 1] - block[k]);
            }
        }
        moments
    }

    /// Coefficients of the least-squares parabola c₀ + c₁ t + c₂ t², by the normal equations.
    fn parabola<const GAPS: bool>(&self) -> [f64; 3] {
        let (mut sums, mut block) = ([[0.0; LANES]; 3], [0.0; BLOCK]);
        for start in (0..self.len).step_by(BLOCK) {
            let count = self.read(start, &mut block);
            block[count..].fill(0.0);
            let first = start as f64;
            for (x, places) in block.as_chunks::<LANES>().0.iter().zip(PLACES.as_chunks::<LANES>().0) {
                for lane in 0..LANES {
                    let x = if GAPS && x[lane].is_nan() { 0.0 } else { x[lane] };
                    let t = (first + places[lane]) * self.per_point() - 1.0;
                    sums[0][lane] += x;
                    sums[1][lane] += x * t;
                    sums[2][lane] += x * t * t;
                }
            }
        }
        let powers = if GAPS { self.powers() } else { powers_of_even_grid(self.len as f64) };
        solve(powers, sums.map(|lanes| lanes.iter().sum()))
    }

    /// Σ t⁰ … Σ t⁴ over the points that are there.
    fn powers(&self) -> [f64; 5] {
        let there = self.phases.iter().step_by(self.m).enumerate().filter(|(_, x)| !x.is_nan());
        let places = there.map(|(i, _)| i as f64 * self.per_point() - 1.0);
        places.fold([0.0; 5], |sums, t| std::array::from_fn(|k| sums[k] + t.powi(k as i32)))
    }
}

/// Σ t⁰ … Σ t⁴ over n even places from −1 to 1.
fn powers_of_even_grid(n: f64) -> [f64; 5] {
    let second = n * (n + 1.0) / (3.0 * (n - 1.0));
    let fourth = second * (3.0 * n * n - 7.0) / (5.0 * (n - 1.0) * (n - 1.0));
    [n, 0.0, second, 0.0, fourth]
}

/// Solves the 3×3 normal equations whose matrix is made of the sums of powers t⁰ … t⁴ (Cramer).
fn solve(s: [f64; 5], b: [f64; 3]) -> [f64; 3] {
    let determinant = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let matrix = [[s[0], s[1], s[2]], [s[1], s[2], s[3]], [s[2], s[3], s[4]]];
    let whole = determinant(matrix);
    std::array::from_fn(|column| {
        let mut replaced = matrix;
        replaced.iter_mut().zip(b).for_each(|(row, value)| row[column] = value);
        determinant(replaced) / whole
    })
}

/// Sums for the mean, the variance and the lag-1 covariance of a series with missing points.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
    pairs: f64,
    pair_sum: f64,
    products: f64,
}

impl Moments {
    /// Adds the first [`BLOCK`] values, each as one point and, with its successor, as a pair.
    fn add<const GAPS: bool>(&mut self, values: &[f64]) {
        let pairs = values.len().saturating_sub(1).min(BLOCK);
        let whole = if GAPS { 0 } else { pairs / LANES * LANES };
        self.add_groups(&values[..(whole + 1).min(values.len())]);
        (whole..pairs).for_each(|k| self.add_pair(values[k], values[k + 1]));
        values[pairs..].iter().take(BLOCK - pairs).for_each(|last| self.add_point(*last));
    }

    /// Adds whole groups of lanes, none missing; the last value is only a successor.
    fn add_groups(&mut self, values: &[f64]) {
        let Some((_, after)) = values.split_first() else { return };
        let (mut sums, mut squares, mut products) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let before = &values[..after.len()];
        for (a, b) in before.as_chunks::<LANES>().0.iter().zip(after.as_chunks::<LANES>().0) {
            for lane in 0..LANES {
                sums[lane] += a[lane];
                squares[lane] += a[lane] * a[lane];
                products[lane] += a[lane] * b[lane];
            }
        }
        let sum: f64 = sums.iter().sum();
        self.count += before.len() as f64;
        self.pairs += before.len() as f64;
        self.sum += sum;
        self.pair_sum += 2.0 * sum - values[0] + values[before.len()];
        self.squares += squares.iter().sum::<f64>();
        self.products += products.iter().sum::<f64>();
    }

    fn add_point(&mut self, a: f64) {
        if !a.is_nan() {
            self.count += 1.0;
            self.sum += a;
            self.squares += a * a;
        }
    }

    fn add_pair(&mut self, a: f64, b: f64) {
        self.add_point(a);
        if !(a.is_nan() || b.is_nan()) {
            self.pairs += 1.0;
            self.pair_sum += a + b;
            self.products += a * b;
        }
    }

    /// r₁ = Σ (z(i) − z̄)(z(i+1) − z̄) / Σ (z(i) − z̄)²; nothing for a constant series.
    fn autocorrelation(&self) -> Option<f64> {
        let mean = self.sum / self.count;
        let covariance = self.products - mean * self.pair_sum + self.pairs * mean * mean;
        let variance = self.squares - self.count * mean * mean;
        (variance > 0.0).then(|| covariance / variance)
    }
}
