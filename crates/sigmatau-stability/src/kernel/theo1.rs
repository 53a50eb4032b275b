//! Theo1 without its cost: a window of m phases costs not m/2 terms but a share of a few transforms.
//!
//! With h = m/2, the centre c of a window and s(e) = x(c−e) + x(c+e), a term is s(h) − s(e) for
//! e = 0 … h−1, its weight w(e) = 1/(h−e). What is wanted is Σ_c Σ_e w(e) (s(h) − s(e))², that is
//!
//! * H Σ_c s(h)² with H = Σ w(e);
//! * −2 Σ_c s(h) y(c) with y(c) = Σ_e w(e) s(e), a convolution of the phase with a symmetric kernel;
//! * Σ_e w(e) Σ_c (x²(c−e) + x²(c+e)), differences of running sums of squares;
//! * 2 Σ_e w(e) Σ_c x(c−e) x(c+e), the autocorrelation of the phase at lag 2e, less the pairs whose
//!   centre lies before the first or behind the last. Those pairs (p, q) fill a triangle p + q < m of
//!   products weighted by their distance, for which [`Triangles`] halves squares.
//!
//! Terms ignore a line exactly. The record is taken in blocks of some 14 m windows, each less the line
//! through its ends, so that the four sums stay within a few thousand times their balance: fast and
//! direct form agree to 1e-10 for noise up to random-walk FM. Below [`DIRECT`] the terms are summed one
//! by one, which is both faster and more exact there.

mod triangle;

use super::line::Line;
use super::runs::whole_runs;
use super::{LANES, Lanes, Terms, Total};
use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::{Complex64, fast_length};
use triangle::Triangles;

/// Averaging factors up to here are summed term by term.
const DIRECT: usize = 128;
/// Windows per block of the direct form.
const DIRECT_WINDOWS: usize = 4096;
/// The length of a transform in averaging factors, of which all but two are windows.
const TRANSFORM: usize = 16;

/// Σ_c Σ_e w(e) (s(h) − s(e))² for even factors m, and the number (N − m) m/2 of terms.
///
/// Windows that touch a missing point are left out whole. Time O(N log m + N log² m / 14) per factor;
/// memory a few m or a few N, whichever is less.
pub(crate) fn weighted_squares(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    factors.iter().map(|m| of_record(phase.values(), *m)).collect()
}

fn of_record(x: &[f64], m: usize) -> Terms {
    let mut total = Total::default();
    let runs: Vec<&[f64]> = whole_runs(x).filter(|run| run.len() > m).collect();
    let Some(windows) = runs.iter().map(|run| run.len() - m).max() else { return Terms::default() };
    if m <= DIRECT {
        runs.iter().for_each(|run| in_blocks(run, m, DIRECT_WINDOWS, &mut total, |block| direct(block, m)));
    } else {
        let mut plan = Plan::new(m, windows);
        runs.iter().for_each(|run| in_blocks(run, m, plan.windows, &mut total, |block| plan.block(block)));
    }
    total.terms()
}

/// Runs `sum` over blocks of at most `most` windows, as even as can be.
fn in_blocks(x: &[f64], m: usize, most: usize, total: &mut Total, mut sum: impl FnMut(&[f64]) -> f64) {
    let windows = x.len() - m;
    let step = windows.div_ceil(windows.div_ceil(most));
    for start in (0..windows).step_by(step) {
        let end = (start + step).min(windows);
        total.add(Terms { sum: sum(&x[start..end + m]), n: ((end - start) * (m / 2)) as u64 });
    }
}

/// The definition, one distance e after the other.
fn direct(x: &[f64], m: usize) -> f64 {
    let (h, windows) = (m / 2, x.len() - m);
    let at = |shift: usize| &x[shift..][..windows];
    (0..h).map(|e| squares([at(0), at(h - e), at(m), at(h + e)]) / (h - e) as f64).sum()
}

/// Σ ((a − b) + (c − d))².
fn squares([a, b, c, d]: [&[f64]; 4]) -> f64 {
    let term = |a: f64, b: f64, c: f64, d: f64| (a - b) + (c - d);
    let ([a, b, c, d], [a_rest, b_rest, c_rest, d_rest]) = {
        let parts = [a, b, c, d].map(<[f64]>::as_chunks::<LANES>);
        (parts.map(|(chunks, _)| chunks), parts.map(|(_, rest)| rest))
    };
    let mut lanes = Lanes::<false>::new();
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        lanes.add(std::array::from_fn(|lane| term(a[lane], b[lane], c[lane], d[lane])));
    }
    let rest = a_rest.iter().zip(b_rest).zip(c_rest).zip(d_rest);
    lanes.finish(rest.map(|(((a, b), c), d)| term(*a, *b, *c, *d))).sum
}

/// What the blocks of one averaging factor share.
struct Plan {
    m: usize,
    /// Windows of a full block.
    windows: usize,
    /// w(e) for e = 0 … h−1.
    weights: Vec<f64>,
    fft: RealFft,
    /// The spectrum of the kernel of y, real since the kernel is even.
    smooth: Vec<f64>,
    /// The spectrum of w(e)/2 at lags ±2e.
    lagged: Vec<f64>,
    triangles: Triangles,
    series: Vec<f64>,
    spectrum: Vec<Complex64>,
}

impl Plan {
    /// A plan for blocks of up to `windows` windows of averaging factor m.
    fn new(m: usize, windows: usize) -> Self {
        let mut fft = RealFft::new(fast_length((windows + 2 * m).min(TRANSFORM * m)));
        let weights: Vec<f64> = (0..m / 2).map(|e| 1.0 / (m / 2 - e) as f64).collect();
        let smooth = even_spectrum(&mut fft, weights.iter().copied().enumerate());
        let lagged = weights.iter().enumerate().skip(1).map(|(e, w)| (2 * e, 0.5 * w));
        let lagged = even_spectrum(&mut fft, lagged);
        let triangles = Triangles::new(m / 2);
        let (series, spectrum) = (vec![0.0; fft.length()], fft.spectrum());
        Self { m, windows: fft.length() - 2 * m, weights, fft, smooth, lagged, triangles, series, spectrum }
    }

    /// The sum over the windows of one block, whose points are `x`.
    fn block(&mut self, x: &[f64]) -> f64 {
        let line = Line::through_ends(0, x);
        let z: Vec<f64> = x.iter().enumerate().map(|(i, x)| line.off(i as f64, *x)).collect();
        let windows = z.len() - self.m;
        self.series[..z.len()].copy_from_slice(&z);
        self.series[z.len()..].fill(0.0);
        self.fft.forward(&mut self.series, &mut self.spectrum);
        let pairs = self.pairs();
        self.smoothed();
        let h = self.m / 2;
        let outer = z.iter().zip(&z[self.m..]).map(|(before, after)| before + after);
        let harmonic: f64 = self.weights.iter().sum();
        let ends: Vec<f64> = outer.zip(&self.series[h..]).map(|(s, y)| s * (harmonic * s - 2.0 * y)).collect();
        let squares: Vec<f64> = z.iter().map(|z| z * z).collect();
        let centres = pairwise(&squares[h..h + windows]);
        let outside = self.triangles.sum(&z) + self.triangles.sum(&z.iter().rev().copied().collect::<Vec<f64>>());
        pairwise(&ends) + self.inner_squares(&squares) + 2.0 * (self.weights[0] * centres + pairs - outside)
    }

    /// Σ_{e>0} w(e) Σ_p z(p) z(p+2e) over all pairs of the block, by Parseval's theorem.
    fn pairs(&self) -> f64 {
        let length = self.fft.length();
        let power = |(bin, lagged): (&Complex64, &f64)| bin.norm_sqr() * lagged;
        let products: Vec<f64> = self.spectrum.iter().zip(&self.lagged).map(power).collect();
        let alone = products[0] + if length.is_multiple_of(2) { products[length / 2] } else { 0.0 };
        (2.0 * pairwise(&products) - alone) / length as f64
    }

    /// Puts y into the series.
    fn smoothed(&mut self) {
        let scale = 1.0 / self.fft.length() as f64;
        self.spectrum.iter_mut().zip(&self.smooth).for_each(|(bin, smooth)| *bin *= smooth * scale);
        self.fft.inverse(&mut self.spectrum, &mut self.series);
    }

    /// Σ_e w(e) Σ_c (z²(c−e) + z²(c+e)): what all points have, less what lies before and behind.
    fn inner_squares(&self, squares: &[f64]) -> f64 {
        let before = running_sums(squares[..self.m].iter());
        let behind = running_sums(squares.iter().rev().take(self.m));
        let (all, h) = (pairwise(squares), self.m / 2);
        let from = |first: usize| all - (before[first] + behind[self.m - first]);
        self.weights.iter().enumerate().map(|(e, w)| w * (from(h - e) + from(h + e))).sum()
    }
}

/// The sums of the first 0, 1, 2, … values.
fn running_sums<'a>(values: impl Iterator<Item = &'a f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = values.map(|value| {
        sum += value;
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// The sum by halves, whose rounding grows with the logarithm of their number only.
fn pairwise(values: &[f64]) -> f64 {
    if values.len() <= 64 {
        return values.iter().sum();
    }
    let (left, right) = values.split_at(values.len() / 2);
    pairwise(left) + pairwise(right)
}

/// The spectrum of a series that holds each value at a lag and at its opposite; at lag 0 twice.
fn even_spectrum(fft: &mut RealFft, values: impl Iterator<Item = (usize, f64)>) -> Vec<f64> {
    let (mut series, mut spectrum) = (vec![0.0; fft.length()], fft.spectrum());
    for (lag, value) in values {
        series[lag] += value;
        let opposite = (fft.length() - lag) % fft.length();
        series[opposite] += value;
    }
    fft.forward(&mut series, &mut spectrum);
    spectrum.iter().map(|bin| bin.re).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sigmatau_spectrum::PowerLaw;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn transforms_agree_with_the_direct_sum_to_1e_10(
            alpha in -2..=2_i8, half in 8..400_usize, windows in 1..6000_usize, stream in 0..1000_u64,
            slope in -1e3..1e3_f64, offset in -1e3..1e3_f64,
        ) {
            let m = 2 * half;
            let noise = PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap().phase(m + windows, 1.0, 5, stream);
            let plain = direct(&noise, m);
            let moved: Vec<f64> = noise.iter().enumerate().map(|(i, x)| x + offset + slope * i as f64).collect();
            let mut total = Total::default();
            let mut plan = Plan::new(m, windows);
            in_blocks(&moved, m, plan.windows, &mut total, |block| plan.block(block));
            let fast = total.terms();
            prop_assert_eq!(fast.n, (windows * half) as u64);
            // The offset costs the input its last digits: up to 6e6 s beside noise of 1 s.
            prop_assert!((fast.sum / plain - 1.0).abs() < 1e-7);
            prop_assert!((fast.sum / direct(&moved, m) - 1.0).abs() < 1e-10, "{} and {}", fast.sum, direct(&moved, m));
        }
    }
}
