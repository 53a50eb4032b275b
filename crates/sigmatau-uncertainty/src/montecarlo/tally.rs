//! What is kept of trials: their moments, and how many fell into each of many narrow cells.

use super::curve::{CELLS, Curve, Scale};
use super::engine::Room;

/// Partial sums side by side, in a fixed order for every vector width.
const LANES: usize = 16;
/// 2⁵², whose bits take an integer below that as they are.
const INTEGER: f64 = 4_503_599_627_370_496.0;

/// Where an output lies and how far it spreads, from the first trials: what its moments and cells are relative to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) centre: f64,
    pub(super) spread: f64,
    pub(super) scale: Scale,
}

/// The trials of one output.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    frame: Frame,
    /// Σ zᵏ of z = (y − centre)/spread for k = 1 … 4.
    powers: [f64; 4],
    counts: Vec<u32>,
    ends: (f64, f64),
}

/// The trials of all outputs.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) finite: u64,
    pub(super) non_finite: u64,
    pub(super) tallies: Vec<Tally>,
    /// Σ zᵢ zⱼ for i < j, the second index running slower.
    products: Vec<f64>,
}

impl Part {
    pub(super) fn new(frames: &[Frame]) -> Self {
        let tallies = frames.iter().map(|frame| Tally::new(*frame)).collect();
        Self { finite: 0, non_finite: 0, tallies, products: vec![0.0; frames.len() * (frames.len() - 1) / 2] }
    }

    /// Adds the trials of a block.
    pub(super) fn add(&mut self, room: &Room<'_>) {
        self.non_finite += room.non_finite();
        self.finite += room.column(0).len() as u64;
        for (output, tally) in self.tallies.iter_mut().enumerate() {
            pulp::Arch::new().dispatch(Add { tally, values: room.column(output) });
        }
        let pairs = (0..self.tallies.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
        for ((first, second), sum) in pairs.zip(&mut self.products) {
            let frames = [first, second].map(|output| self.tallies[output].frame);
            let columns = [first, second].map(|output| room.column(output));
            *sum += pulp::Arch::new().dispatch(Product { frames, columns });
        }
    }

    /// These trials and others.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        self.finite += other.finite;
        self.non_finite += other.non_finite;
        self.tallies.iter_mut().zip(&other.tallies).for_each(|(own, its)| own.take(its));
        self.products.iter_mut().zip(&other.products).for_each(|(own, its)| *own += its);
        self
    }

    /// The covariance of two outputs, with M − 1.
    pub(super) fn covariance(&self, first: usize, second: usize) -> f64 {
        let (low, high) = (first.min(second), first.max(second));
        let (a, b, n) = (&self.tallies[low], &self.tallies[high], self.finite as f64);
        let product = if low == high { a.powers[1] } else { self.products[high * (high - 1) / 2 + low] };
        (product - a.powers[0] * b.powers[0] / n) / (n - 1.0) * a.frame.spread * b.frame.spread
    }
}

impl Tally {
    fn new(frame: Frame) -> Self {
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        Self { frame, powers: [0.0; 4], counts: vec![0; CELLS + 2], ends }
    }

    fn take(&mut self, other: &Self) {
        self.powers = std::array::from_fn(|power| self.powers[power] + other.powers[power]);
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, its)| *own += its);
        self.ends = (self.ends.0.min(other.ends.0), self.ends.1.max(other.ends.1));
    }

    /// The distribution of the trials.
    pub(super) fn curve(&self) -> Curve {
        Curve::new(self.frame.scale, &self.counts, self.ends)
    }

    /// The mean and the standard deviation, with M − 1.
    pub(super) fn mean_and_deviation(&self, count: u64) -> (f64, f64) {
        let ([sum, squares, ..], n) = (self.powers, count as f64);
        let variance = (squares - sum * sum / n) / (n - 1.0);
        (self.frame.centre + self.frame.spread * sum / n, self.frame.spread * variance.max(0.0).sqrt())
    }

    /// The fourth central moment over the squared variance.
    pub(super) fn kurtosis(&self, count: u64) -> f64 {
        let [m1, m2, m3, m4] = self.powers.map(|sum| sum / count as f64);
        let square = m1 * m1;
        let variance = m2 - square;
        if variance > 0.0 {
            (m4 - 4.0 * m1 * m3 + 6.0 * square * m2 - 3.0 * square * square) / (variance * variance)
        } else {
            1.0
        }
    }
}

struct Add<'a> {
    tally: &'a mut Tally,
    values: &'a [f64],
}

impl pulp::WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { tally, values } = self;
        let Frame { centre, spread, scale } = tally.frame;
        let inverse = 1.0 / spread;
        let (mut powers, mut low, mut high) = ([[0.0; LANES]; 4], [tally.ends.0; LANES], [tally.ends.1; LANES]);
        for chunk in values.chunks(LANES) {
            for (lane, value) in chunk.iter().enumerate() {
                let z = (value - centre) * inverse;
                let square = z * z;
                powers[0][lane] += z;
                powers[1][lane] += square;
                powers[2][lane] += square * z;
                powers[3][lane] += square * square;
                low[lane] = if *value < low[lane] { *value } else { low[lane] };
                high[lane] = if *value > high[lane] { *value } else { high[lane] };
            }
        }
        (0..4).for_each(|power| tally.powers[power] += powers[power].iter().sum::<f64>());
        tally.ends =
            (low.iter().copied().fold(f64::INFINITY, f64::min), high.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        let mut cells = [0_u32; crate::Block::POINTS];
        let cells = &mut cells[..values.len()];
        for (cell, value) in cells.iter_mut().zip(values) {
            let place = (value - scale.low) * scale.inverse + 0.5;
            let place = if place > 0.0 { place } else { 0.0 };
            let place = if place < (CELLS + 1) as f64 { place } else { (CELLS + 1) as f64 };
            *cell = (place + INTEGER).to_bits() as u32;
        }
        cells.iter().for_each(|cell| tally.counts[*cell as usize] += 1);
    }
}

struct Product<'a> {
    frames: [Frame; 2],
    columns: [&'a [f64]; 2],
}

impl pulp::WithSimd for Product<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let [(a, by_a), (b, by_b)] = self.frames.map(|frame| (frame.centre, 1.0 / frame.spread));
        let mut sums = [0.0; LANES];
        for (x, y) in self.columns[0].chunks(LANES).zip(self.columns[1].chunks(LANES)) {
            for (lane, (x, y)) in x.iter().zip(y).enumerate() {
                sums[lane] += ((x - a) * by_a) * ((y - b) * by_b);
            }
        }
        sums.iter().sum()
    }
}
