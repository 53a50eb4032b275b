//! What a record shows before any statistic is computed: too short, constant, coarser than its
//! noise, with outliers. Nothing is removed; each remark is a [`Finding`].

use crate::kernel::LANES;
use crate::kernel::line::spacing;
use sigmatau_core::{Finding, PhaseSeries, Severity};

/// Second differences per group whose mean squares give the robust scale.
const GROUP: usize = 64;
/// Phases that are looked at together, in the L1 cache.
const PIECE: usize = 2048;
/// A second difference is called an outlier beyond this many robust standard deviations.
const OUTLIER_SIGMAS: f64 = 8.0;
/// Share of the mean square that the spacing of `f64` values may cause before it is remarked.
const RESOLUTION_SHARE: f64 = 0.01;

/// Returns what is remarkable about a phase record. Time O(N), memory a few kilobytes.
pub fn screen(phase: &PhaseSeries<'_>) -> Vec<Finding> {
    let mut screen = Screen::default();
    screen.push(phase.values());
    screen.findings()
}

/// What has been seen of a record that arrives in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen {
    /// The place where the stretch begins.
    start: usize,
    points: usize,
    present: usize,
    /// The largest |x|.
    largest: f64,
    /// The phases from the first group on that is not complete.
    pending: Vec<f64>,
    /// Sum and number of the squared second differences.
    squares: f64,
    count: f64,
    /// The largest square and the place of its middle phase.
    peak: Option<(f64, usize)>,
    mean_squares: Histogram,
    peaks: Histogram,
}

impl Screen {
    /// For phases from `place` on, a multiple of the length of a group.
    pub(crate) fn from_place(place: usize) -> Self {
        Self { start: place, ..Self::default() }
    }

    /// Goes on with the next phases of the record.
    pub(crate) fn push(&mut self, phases: &[f64]) {
        for piece in phases.chunks(PIECE) {
            self.points += piece.len();
            let (present, largest) = pulp::Arch::new().dispatch(Extent(piece));
            self.present += present;
            self.largest = self.largest.max(largest);
            self.group(piece);
        }
    }

    /// Takes the second differences of the groups that the next phases make complete.
    fn group(&mut self, phases: &[f64]) {
        let first = self.start + self.points - phases.len() - self.pending.len();
        self.pending.extend_from_slice(phases);
        let mut pending = std::mem::take(&mut self.pending);
        let groups = pending.len().saturating_sub(2) / GROUP;
        for group in 0..groups {
            self.add(first + group * GROUP, &pending[group * GROUP..][..GROUP + 2]);
        }
        pending.drain(..groups * GROUP);
        self.pending = pending;
    }

    /// Whether phases are missing.
    pub(crate) fn has_gaps(&self) -> bool {
        self.present < self.points
    }

    /// This stretch and the one that follows and begins with the phases `head`.
    pub(crate) fn then(mut self, next: Self, head: &[f64]) -> Self {
        let head = &head[..head.len().min(2)];
        self.points += head.len();
        self.group(head);
        self.points -= head.len();
        let later = |(own, its): ((f64, usize), (f64, usize))| if its.0 > own.0 { its } else { own };
        Self {
            start: self.start,
            points: self.points + next.points,
            present: self.present + next.present,
            largest: self.largest.max(next.largest),
            pending: next.pending,
            squares: self.squares + next.squares,
            count: self.count + next.count,
            peak: self.peak.zip(next.peak).map(later).or(self.peak).or(next.peak),
            mean_squares: self.mean_squares.plus(next.mean_squares),
            peaks: self.peaks.plus(next.peaks),
        }
    }

    /// Adds the second differences of a few phases, of which the first is at place `first`.
    fn add(&mut self, first: usize, phases: &[f64]) {
        let (squares, count, peak) = pulp::Arch::new().dispatch(Group(phases));
        if count == 0.0 {
            return;
        }
        self.squares += squares;
        self.count += count;
        self.mean_squares.add(squares / count);
        self.peaks.add(peak);
        if self.peak.is_none_or(|(largest, _)| peak > largest) {
            let place = phases.windows(3).position(|w| second_difference(w).powi(2) == peak);
            self.peak = Some((peak, first + 1 + place.unwrap_or(0)));
        }
    }

    /// What is remarkable about the phases so far.
    pub(crate) fn findings(mut self) -> Vec<Finding> {
        if self.present == 0 {
            return vec![nothing_there(self.points)];
        }
        if self.present < 3 {
            return vec![too_short(self.present)];
        }
        let rest = std::mem::take(&mut self.pending);
        self.add(self.start + self.points - rest.len(), &rest);
        match self.peak {
            None => vec![no_three_in_a_row(self.present)],
            Some((0.0, _)) => vec![constant(self.largest)],
            Some(peak) => [self.coarse(), self.outliers(peak)].into_iter().flatten().collect(),
        }
    }
}

/// Counts in bins that are 1/64 of a power of two wide.
#[derive(Clone, Debug, Default)]
struct Histogram {
    /// The number of the first bin that is held.
    first: usize,
    counts: Vec<usize>,
}

impl Histogram {
    /// Bits of a number within its bin.
    const WITHIN: u32 = 46;
    /// Bins by which the histogram grows at least: a factor of two.
    const SPARE: usize = 64;

    /// The number of the bin, rising with the value, which is not negative.
    fn bin(value: f64) -> usize {
        (value.to_bits() >> Self::WITHIN) as usize
    }

    fn add(&mut self, value: f64) {
        self.add_to(Self::bin(value), 1);
    }

    fn add_to(&mut self, bin: usize, count: usize) {
        match bin.checked_sub(self.first).and_then(|place| self.counts.get_mut(place)) {
            Some(held) => *held += count,
            None => {
                self.reach(bin);
                self.counts[bin - self.first] += count;
            }
        }
    }

    /// Makes room for a bin.
    fn reach(&mut self, bin: usize) {
        let (low, high) = (bin.saturating_sub(Self::SPARE), bin + Self::SPARE);
        let first = if self.counts.is_empty() { low } else { low.min(self.first) };
        let end = high.max(self.first + self.counts.len());
        let mut counts = vec![0; end - first];
        let place = self.first.saturating_sub(first);
        counts[place..][..self.counts.len()].copy_from_slice(&self.counts);
        *self = Self { first, counts };
    }

    fn plus(mut self, other: Self) -> Self {
        let counts = (other.first..).zip(other.counts).filter(|(_, count)| *count > 0);
        counts.for_each(|(bin, count)| self.add_to(bin, count));
        self
    }

    /// The lower end of the bin of the median.
    fn median(&self) -> f64 {
        let middle = self.counts.iter().sum::<usize>() / 2;
        let mut below = 0;
        let place = self.counts.iter().position(|count| {
            below += count;
            below > middle
        });
        place.map_or(0.0, |place| f64::from_bits(((self.first + place) as u64) << Self::WITHIN))
    }

    /// How many values lie in bins above that of `limit`.
    fn above(&self, limit: f64) -> usize {
        let place = (Self::bin(limit) + 1).saturating_sub(self.first);
        self.counts.iter().skip(place).sum()
    }
}

/// The number of phases that are not missing, and the largest |x|.
struct Extent<'a>(&'a [f64]);

impl pulp::WithSimd for Extent<'_> {
    type Output = (usize, f64);

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> (usize, f64) {
        let (mut largest, (groups, rest)) = ([0.0_f64; LANES], self.0.as_chunks::<LANES>());
        for x in groups {
            (0..LANES).for_each(|lane| {
                largest[lane] = if x[lane].abs() > largest[lane] { x[lane].abs() } else { largest[lane] }
            });
        }
        let present = self.0.iter().filter(|x| !x.is_nan()).count();
        (present, largest.iter().chain(rest).fold(0.0, |largest, x| x.abs().max(largest)))
    }
}

/// Sum of squares, count and largest square of the second differences of a few phases.
struct Group<'a>(&'a [f64]);

impl pulp::WithSimd for Group<'_> {
    type Output = (f64, f64, f64);

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> (f64, f64, f64) {
        let all = self.seen(|_| true);
        if all.0.is_nan() { self.seen(|square| !square.is_nan()) } else { all }
    }
}

impl Group<'_> {
    /// The same of the squares that are `there`; a missing one makes the sum `NaN`.
    #[inline(always)]
    fn seen(&self, there: impl Fn(f64) -> bool) -> (f64, f64, f64) {
        let (mut sums, mut counts, mut peaks) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let [a, b, c] = [0, 1, 2].map(|shift| &self.0[shift.min(self.0.len())..]);
        let mut add = |lane: usize, a: f64, b: f64, c: f64| {
            let square = second_difference(&[a, b, c]).powi(2);
            sums[lane] += if there(square) { square } else { 0.0 };
            counts[lane] += if there(square) { 1.0 } else { 0.0 };
            peaks[lane] = if square > peaks[lane] { square } else { peaks[lane] };
        };
        let whole = c.len() / LANES * LANES;
        let groups = a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0).zip(c.as_chunks::<LANES>().0);
        for ((a, b), c) in groups {
            (0..LANES).for_each(|lane| add(lane, a[lane], b[lane], c[lane]));
        }
        (whole..c.len()).for_each(|k| add(0, a[k], b[k], c[k]));
        (sums.iter().sum(), counts.iter().sum(), peaks.iter().fold(0.0, |largest, peak| peak.max(largest)))
    }
}

#[inline(always)]
fn second_difference(w: &[f64]) -> f64 {
    (w[2] - w[1]) - (w[1] - w[0])
}

fn nothing_there(points: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "no-data",
        format!("all {points} points are missing"),
        "the stability is not assessable",
        "check the column, its unit and the time range",
    )
}

fn too_short(points: usize) -> Finding {
    Finding::new(
        Severity::Failure,
        "too-short",
        format!("the record has {points} phase points"),
        "the stability is not assessable: a second difference needs 3 points",
        "record longer, or check the series key",
    )
}

fn no_three_in_a_row(points: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "sparse",
        format!("none of the {points} phase points has two neighbours"),
        "the stability at τ₀ is not assessable, and outliers are not looked for",
        "look at longer averaging times, or check the time tags",
    )
}

fn constant(largest: f64) -> Finding {
    Finding::new(
        Severity::Failure,
        "constant",
        format!(
            "every second difference is exactly 0; the largest value is {largest:e} s, where f64 values lie {:.1e} s apart",
            spacing(largest)
        ),
        "the deviations of 0 say nothing about the clock, and have no interval",
        "store the phase as a difference to its reference, not as a time of day, and check for a stuck counter",
    )
}

impl Screen {
    /// Remarks that neighbouring `f64` values lie too far apart for the noise.
    fn coarse(&self) -> Option<Finding> {
        let (largest, step) = (self.largest, spacing(self.largest));
        // Rounding to a step q adds q²/12 to each phase, hence q²/2 to the square of a second difference.
        let share = 0.5 * step * step * self.count / self.squares;
        (share > RESOLUTION_SHARE).then(|| {
            Finding::new(
                Severity::Warning,
                "resolution",
                format!("near the largest value, {largest:e} s, f64 values lie {step:.1e} s apart, which makes up {:.0} % of the variance at τ₀", 100.0 * share.min(1.0)),
                "short-time deviations show the rounding of the numbers, not the clock",
                "subtract a constant or a nominal frequency before storing, or store the phase as scaled integers",
            )
        })
    }

    fn outliers(&self, (square, place): (f64, usize)) -> Option<Finding> {
        let stretches = self.peaks.above(OUTLIER_SIGMAS * OUTLIER_SIGMAS * self.mean_squares.median());
        let word = if stretches == 1 { "stretch" } else { "stretches" };
        let finding = Finding::new(
            Severity::Warning,
            "outlier",
            format!(
                "in {stretches} {word} of {GROUP} points second differences exceed {OUTLIER_SIGMAS} σ; the largest, {:.2e} s, is at point {place}",
                square.sqrt()
            ),
            "outliers, phase and frequency steps raise every deviation and widen none of the intervals",
            "look at the record near that point, and mark what is no clock signal as missing",
        );
        (stretches > 0).then_some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(x: &[f64]) -> Vec<String> {
        screen(&PhaseSeries::new(x, 1.0).unwrap()).iter().map(|finding| finding.code.to_string()).collect()
    }

    /// White phase noise of 1 ns, from a small generator of its own.
    fn noise(points: usize) -> Vec<f64> {
        let mut n: u64 = 88_172_645_463_325_252;
        let mut uniform = || {
            n ^= n << 13;
            n ^= n >> 7;
            n ^= n << 17;
            (n >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..points).map(|_| 1e-9 * ((0..12).map(|_| uniform()).sum::<f64>() - 6.0)).collect()
    }

    #[test]
    fn a_clean_record_has_no_remark() {
        assert!(codes(&noise(5000)).is_empty());
    }

    #[test]
    fn time_of_day_instead_of_phase_is_remarked() {
        let shifted: Vec<f64> = noise(500).iter().map(|x| x + 1.7e9).collect();
        assert_eq!(codes(&shifted), ["constant"]);
        let coarse: Vec<f64> = noise(500).iter().map(|x| x + 1e7).collect();
        assert_eq!(codes(&coarse), ["resolution"]);
    }

    #[test]
    fn an_outlier_is_found_with_its_place() {
        let mut x = noise(5000);
        x[1234] += 50e-9;
        let found = screen(&PhaseSeries::new(&x, 1.0).unwrap());
        assert_eq!(found.len(), 1);
        assert!(found[0].seen.contains("at point 1234"), "{}", found[0].seen);
    }

    #[test]
    fn a_histogram_grows_to_both_sides_and_joins_another() {
        let (mut own, mut its) = (Histogram::default(), Histogram::default());
        let values = [1.0, 1e-9, 3.0, 0.0, 1e12, 1.0, 2.0];
        values[..4].iter().for_each(|value| own.add(*value));
        values[4..].iter().for_each(|value| its.add(*value));
        let both = own.plus(its);
        assert_eq!(both.median(), 1.0);
        for limit in [0.0, 1e-12, 1.0, 2.5, 1e13] {
            assert_eq!(both.above(limit), values.iter().filter(|value| **value > limit).count(), "above {limit}");
        }
    }

    #[test]
    fn records_that_cannot_be_assessed_say_why() {
        assert_eq!(codes(&[]), ["no-data"]);
        assert_eq!(codes(&[f64::NAN; 9]), ["no-data"]);
        assert_eq!(codes(&[1.0]), ["too-short"]);
        assert_eq!(codes(&[1.0, f64::NAN, 2.0, f64::NAN, 1.0, f64::NAN]), ["sparse"]);
        assert_eq!(codes(&[2.0; 100]), ["constant"]);
    }
}
