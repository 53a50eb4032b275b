//! Values kept because an order statistic is among them.

/// The most values that a window keeps: 2 MiB of them.
const MOST: usize = 1 << 18;
/// Values that are looked at together.
const PIECE: usize = 16;

/// The values of one output between two limits, and how many lie below.
#[derive(Clone, Debug)]
pub(super) struct Window {
    low: f64,
    high: f64,
    below: u64,
    values: Vec<f64>,
    is_overfull: bool,
}

impl Window {
    /// An empty window from `low` inclusive to `high` exclusive.
    pub(super) fn between(low: f64, high: f64) -> Self {
        Self { low, high, below: 0, values: Vec::new(), is_overfull: false }
    }

    /// Keeps those of the values that are within.
    pub(super) fn add(&mut self, values: &[f64]) {
        pulp::Arch::new().dispatch(Add { window: self, values });
    }

    /// These values and those of the same window of other trials.
    pub(super) fn take(&mut self, other: &Self) {
        self.below += other.below;
        self.is_overfull |= other.is_overfull || self.values.len() + other.values.len() > MOST;
        match self.is_overfull {
            true => self.values = Vec::new(),
            false => self.values.extend_from_slice(&other.values),
        }
    }

    /// Puts the values in ascending order, after all came.
    pub(super) fn sort(&mut self) {
        self.values.sort_unstable_by(f64::total_cmp);
    }

    /// The value of a rank, from 1, where it is within.
    pub(super) fn order(&self, rank: u64) -> Option<f64> {
        let place = rank.checked_sub(self.below + 1)?;
        self.values.get(place as usize).copied()
    }

    /// The ranks of the values.
    pub(super) fn ranks(&self) -> std::ops::RangeInclusive<u64> {
        self.below + 1..=self.below + self.values.len() as u64
    }
}

struct Add<'a> {
    window: &'a mut Window,
    values: &'a [f64],
}

impl pulp::WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { window, values } = self;
        let (low, high) = (window.low, window.high);
        window.below += values.iter().map(|value| u64::from(*value < low)).sum::<u64>();
        for piece in values.chunks(PIECE) {
            let is_any_within = piece.iter().fold(false, |any, value| any | ((*value >= low) & (*value < high)));
            if is_any_within && !window.is_overfull {
                window.values.extend(piece.iter().filter(|value| (low..high).contains(*value)));
                window.is_overfull = window.values.len() > MOST;
            }
        }
    }
}
