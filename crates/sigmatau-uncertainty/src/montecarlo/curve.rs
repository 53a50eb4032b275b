//! The distribution of trials as counts in narrow cells, from which ranks and values follow.

/// The number of cells.
pub(super) const CELLS: usize = 8192;

/// Cells of equal width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) step: f64,
    /// 1 over the step.
    pub(super) inverse: f64,
}

impl Scale {
    /// The cells between two values; where nothing lies between them, cells of about the spacing of numbers there.
    pub(super) fn between(low: f64, high: f64) -> Self {
        let spacing = f64::EPSILON * low.abs().max(high.abs()).max(f64::MIN_POSITIVE / f64::EPSILON);
        let step = ((high - low) / CELLS as f64).max(spacing);
        let low = 0.5 * (low + high) - 0.5 * CELLS as f64 * step;
        Self { low, step, inverse: 1.0 / step }
    }

    fn edge(&self, cell: usize) -> f64 {
        self.low + cell as f64 * self.step
    }
}

/// How many values lie below which value, uniformly within each cell.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    scale: Scale,
    /// The values below the beginning of cell k; cell 0 is all below the scale, the last all above.
    below: Vec<u64>,
    ends: (f64, f64),
}

impl Curve {
    pub(super) fn new(scale: Scale, counts: &[u32], ends: (f64, f64)) -> Self {
        let sums = counts.iter().scan(0, |sum, count| {
            *sum += u64::from(*count);
            Some(*sum)
        });
        Self { scale, below: std::iter::once(0).chain(sums).collect(), ends }
    }

    /// The number of values.
    pub(super) fn count(&self) -> u64 {
        self.below[self.below.len() - 1]
    }

    /// The smallest and the largest value.
    pub(super) fn ends(&self) -> (f64, f64) {
        self.ends
    }

    /// The width of a cell.
    pub(super) fn step(&self) -> f64 {
        self.scale.step
    }

    /// Where a cell begins and ends.
    fn cell(&self, cell: usize) -> (f64, f64) {
        let (first, last) = self.ends;
        match cell {
            0 => (first.min(self.scale.low), self.scale.low),
            cell if cell > CELLS => (self.scale.edge(CELLS), last.max(self.scale.edge(CELLS))),
            cell => (self.scale.edge(cell - 1), self.scale.edge(cell)),
        }
    }

    /// The value below which so many values lie.
    pub(super) fn value(&self, rank: f64) -> f64 {
        let cell = self.below[1..].partition_point(|below| (*below as f64) < rank).min(CELLS + 1);
        self.value_within(cell, rank)
    }

    fn value_within(&self, cell: usize, rank: f64) -> f64 {
        let (begin, end) = (self.below[cell] as f64, self.below[cell + 1] as f64);
        let (low, high) = self.cell(cell);
        let within = if end > begin { ((rank - begin) / (end - begin)).clamp(0.0, 1.0) } else { 0.0 };
        (low + within * (high - low)).clamp(self.ends.0, self.ends.1)
    }

    /// How many values lie below a value.
    pub(super) fn rank(&self, value: f64) -> f64 {
        let place = ((value - self.scale.low) * self.scale.inverse).floor();
        let cell = (place + 1.0).clamp(0.0, (CELLS + 1) as f64) as usize;
        let (low, high) = self.cell(cell);
        let within = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
        self.below[cell] as f64 + within * (self.below[cell + 1] - self.below[cell]) as f64
    }

    /// The shortest range that holds `held` of the values and begins at the edge of a cell or at the smallest value, or
    /// ends at the largest.
    pub(super) fn shortest(&self, held: f64) -> (f64, f64) {
        let (first, last) = self.ends;
        let (from_first, to_last) = ((first, self.value(held)), (self.value(self.count() as f64 - held), last));
        let shorter = |a: (f64, f64), b: (f64, f64)| if b.1 - b.0 < a.1 - a.0 { b } else { a };
        let (mut best, mut high) = (shorter(from_first, to_last), 0);
        for cell in 1..=CELLS + 1 {
            let (low, rank) = (self.cell(cell).0, self.below[cell] as f64 + held);
            if rank > self.count() as f64 {
                break;
            }
            while (self.below[high + 1] as f64) < rank {
                high += 1;
            }
            best = if low < first { best } else { shorter(best, (low, self.value_within(high, rank))) };
        }
        best
    }

    /// The cells that may hold the lower end of the shortest range of `held` values, and where the ends then lie.
    pub(super) fn candidates(&self, held: u64) -> [(f64, f64); 2] {
        let (mut ranges, mut high): (Vec<[(f64, f64); 2]>, usize) = (Vec::new(), 0);
        for cell in (0..=CELLS + 1).filter(|cell| self.below[cell + 1] > self.below[*cell]) {
            let (first, last) = (self.below[cell] + 1 + held, self.below[cell + 1] + held);
            if first > self.count() {
                break;
            }
            while self.below[high + 1] < first {
                high += 1;
            }
            let end = (high..=CELLS + 1).find(|end| self.below[end + 1] >= last.min(self.count())).unwrap_or(CELLS + 1);
            ranges.push([self.cell(cell), (self.cell(high).0, self.cell(end).1)]);
        }
        let least = |[low, high]: &[(f64, f64); 2]| high.0 - low.1;
        let most = ranges.iter().map(|[low, high]| high.1 - low.0).fold(f64::INFINITY, f64::min);
        let near = ranges.iter().filter(|range| least(range) <= most);
        let hull = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
        near.copied().reduce(|[a, b], [c, d]| [hull(a, c), hull(b, d)]).unwrap_or([self.ends; 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even() -> Curve {
        Curve::new(Scale::between(0.0, CELLS as f64), &[vec![0], vec![2; CELLS], vec![0]].concat(), (0.0, CELLS as f64))
    }

    #[test]
    fn rank_and_value_are_inverses() {
        for rank in [0.0, 1.0, 77.3, 9000.0, 2.0 * CELLS as f64] {
            assert!((even().rank(even().value(rank)) - rank).abs() < 1e-9, "{rank}");
        }
    }

    #[test]
    fn shortest_range_of_equal_cells_is_as_long_as_it_must_be() {
        let (low, high) = even().shortest(1000.0);
        assert!((high - low - 500.0).abs() < 1e-9);
    }

    #[test]
    fn cells_have_a_width_even_where_all_values_are_equal() {
        let scale = Scale::between(1.0, 1.0);
        assert!(scale.low < 1.0 && scale.edge(CELLS) > 1.0 && scale.inverse.is_finite());
        assert!(Scale::between(0.0, 0.0).inverse.is_finite());
    }
}
