//! From time tags to an even grid, without inventing data: an epoch without a tag is `NaN`.

use sigmatau_core::{Finding, Severity};

/// The share of τ₀ by which a tag may miss its grid point.
const TOLERANCE: f64 = 0.1;

/// The share of the tags up to which those off the grid pass for glitches, and no finer grid is sought for them.
const GLITCHES: f64 = 0.05;

/// How many times finer than the median step a grid is made unasked.
const FINEST: u32 = 10;

/// The relative distance from a round interval within which tags pass for it at another rate.
const ROUND: f64 = 2e-4;

/// A series on an even grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The sampling interval τ₀ in seconds.
    pub tau0: f64,
    /// The epoch of the first grid point in ns.
    pub start_ns: Option<i64>,
    /// The values, `NaN` where an epoch has none.
    pub values: Vec<f64>,
    /// What was remarked on the way.
    pub findings: Vec<Finding>,
}

/// Places `values`, tagged with `times` in ns, on an even grid.
///
/// τ₀ is `tau0` in seconds where it is stated, else the median difference of the tags; where that leaves
/// tags off the grid, the mean difference over whole steps is taken if it leaves fewer. Where more than 5 % of
/// the tags are left off still, τ₀ is the greatest common divisor of the steps: the coarsest of the second to tenth
/// parts of the median that leaves no more than 5 % and lies as close to the tags. The grid lies so
/// that the median tag is on it. A tag up to 10 % of τ₀ beside a grid point belongs to it; one farther
/// off is left out. Of tags that belong to one grid point the first in the input that has a value is kept.
///
/// Tags that are even already take neither a sort nor a copy; else the cost is O(n log n) and the
/// memory 24 bytes a point beside the grid.
///
/// Findings: `time-backward`, `time-repeated`, `off-grid` (warnings), `time-jitter`, `gap`,
/// `interval-unknown` (notes), `time-rate` (the tags advance by another interval than the stated one: warning, or
/// than a round one: note), and two failures that return no values: `off-grid` where it is more than half of
/// the tags, and `too-sparse` where the grid would have more than 100 points for each value and a million besides.
///
/// # Panics
/// When `times` and `values` differ in length.
///
/// ```
/// use sigmatau_data::grid::even;
/// let grid = even(&[0, 1_000_000_000, 3_000_000_000], vec![1.0, 2.0, 4.0], None);
/// assert_eq!((grid.tau0, grid.values.len()), (1.0, 4));
/// assert!(grid.values[2].is_nan());
/// assert_eq!(grid.findings[0].seen, "1 of 4 epochs has no value, in 1 run");
/// ```
pub fn even(times: &[i64], values: Vec<f64>, tau0: Option<f64>) -> Grid {
    assert_eq!(times.len(), values.len(), "every value has its tag");
    match even_step(times).and_then(|step| Some((step, interval(step, tau0, times.len())?))) {
        Some((step, interval)) => {
            let findings = rate(step as f64, tau0, times.len() as f64).into_iter().collect();
            Grid { tau0: interval, start_ns: times.first().copied(), values, findings }
        }
        None => placed(times, &values, tau0),
    }
}

/// The sampling interval in s of tags that are `step` ns apart; nothing where another one was stated.
pub(crate) fn interval(step: i64, stated: Option<f64>, points: usize) -> Option<f64> {
    agrees(step, stated, points).then(|| stated.unwrap_or(step as f64 / 1e9))
}

/// The difference that all neighbouring tags have, if it is one and positive.
pub(crate) fn even_step(times: &[i64]) -> Option<i64> {
    let step = times.get(1)?.checked_sub(times[0]).filter(|step| *step > 0)?;
    times.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step).then_some(step)
}

/// Tells whether the stated interval leads to the same epochs, within 1 ns over the whole record.
fn agrees(step: i64, tau0: Option<f64>, points: usize) -> bool {
    tau0.is_none_or(|tau0| (tau0 * 1e9 - step as f64).abs() * points as f64 <= 1.0)
}

fn placed(times: &[i64], values: &[f64], tau0: Option<f64>) -> Grid {
    let (mut findings, mut repeats) = (Vec::new(), Repeats::default());
    let tags = distinct(ordered(times, values, &mut findings), &mut repeats);
    if tags.len() < 2 {
        findings.extend(repeats.remark());
        return single(&tags, tau0, findings);
    }
    let layout = match tau0 {
        Some(tau0) => Layout::new(&tags, tau0 * 1e9),
        None => Layout::best(&tags, median_step(&tags)),
    };
    findings.extend(layout.remarks(&tags, tau0));
    layout.fill(&tags, repeats, findings)
}

/// A series too short to show an interval goes on as it is.
fn single(tags: &[(i64, f64)], tau0: Option<f64>, mut findings: Vec<Finding>) -> Grid {
    if tau0.is_none() {
        findings.push(Finding::new(
            Severity::Note,
            "interval-unknown",
            format!("{} epochs show no sampling interval; 1 s is put in its place", tags.len()),
            "a statistic needs two epochs at least",
            "state tau0 if the interval is known",
        ));
    }
    let values = tags.iter().map(|(_, value)| *value).collect();
    Grid { tau0: tau0.unwrap_or(1.0), start_ns: tags.first().map(|(time, _)| *time), values, findings }
}

/// The tags with their values, sorted by time; tags of one time stay in the order of the input.
fn ordered(times: &[i64], values: &[f64], findings: &mut Vec<Finding>) -> Vec<(i64, f64)> {
    let mut tags: Vec<(i64, f64)> = times.iter().copied().zip(values.iter().copied()).collect();
    let backward = times.windows(2).filter(|pair| pair[1] < pair[0]);
    let (backward, largest) =
        backward.fold((0, 0), |(count, largest), pair| (count + 1, pair[0].abs_diff(pair[1]).max(largest)));
    if backward > 0 {
        tags.sort_by_key(|(time, _)| *time);
        findings.push(Finding::new(
            Severity::Warning,
            "time-backward",
            format!("the time tags step backward {}, by up to {} s", times_over(backward), largest as f64 / 1e9),
            "the values were sorted by their tags",
            "look for a clock that was set back, or for files joined in the wrong order",
        ));
    }
    tags
}

/// The tags without those that repeat the time before.
fn distinct(mut tags: Vec<(i64, f64)>, repeats: &mut Repeats) -> Vec<(i64, f64)> {
    tags.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            repeats.meet(&mut kept.1, next.1);
        }
        same
    });
    tags
}

/// The values that came for epochs that had their tag already.
#[derive(Default)]
struct Repeats {
    count: usize,
    /// How many differ from the value that was kept, and by how much at most.
    differing: usize,
    largest: f64,
}

impl Repeats {
    /// Takes note of one more value of an epoch; only a missing one gives way to it.
    fn meet(&mut self, kept: &mut f64, value: f64) {
        self.count += 1;
        if kept.is_nan() {
            *kept = value;
        }
        let apart = (value - *kept).abs();
        self.differing += usize::from(apart > 0.0);
        self.largest = self.largest.max(apart);
    }

    fn remark(&self) -> Option<Finding> {
        let tell = match self.differing {
            0 => "none with another value".to_owned(),
            differing => format!("{differing} with another value, up to {:.1e} apart", self.largest),
        };
        let finding = Finding::new(
            Severity::Warning,
            "time-repeated",
            format!("{} time tags repeat an epoch, {tell}", self.count),
            "the first value of each epoch was kept",
            "look for files that overlap, or for a tag that is too coarse; keep the rows that are right",
        );
        (self.count > 0).then_some(finding)
    }
}

/// The lower median of the differences between neighbours.
fn median_step(tags: &[(i64, f64)]) -> f64 {
    let mut steps: Vec<u64> = steps(tags).collect();
    let middle = (steps.len() - 1) / 2;
    *steps.select_nth_unstable(middle).1 as f64
}

/// The differences between neighbours in ns.
fn steps(tags: &[(i64, f64)]) -> impl Iterator<Item = u64> {
    tags.windows(2).map(|pair| pair[1].0.abs_diff(pair[0].0))
}

/// The greatest common divisor of the steps in s, exact to the nanosecond, unless its grid would be too sparse.
fn divisor(tags: &[(i64, f64)]) -> Option<f64> {
    let divisor = steps(tags).fold(0, gcd) as f64;
    let epochs = distance(tags[tags.len() - 1].0, tags[0].0) / divisor;
    (epochs <= most_epochs(tags.len())).then_some(divisor / 1e9)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The most epochs that a grid of so many tags is given.
fn most_epochs(tags: usize) -> f64 {
    100.0 * tags as f64 + 1e6
}

/// The mean difference between neighbours, each counted as the whole number of steps that it is nearest to.
fn mean_step(tags: &[(i64, f64)], step: f64) -> f64 {
    let whole: f64 = steps(tags).map(|difference| (difference as f64 / step).round()).sum();
    distance(tags[tags.len() - 1].0, tags[0].0) / whole.max(1.0)
}

/// `time` − `origin` in ns.
fn distance(time: i64, origin: i64) -> f64 {
    (i128::from(time) - i128::from(origin)) as f64
}

/// Where the grid lies, and how the tags lie on it.
struct Layout {
    origin: i64,
    step: f64,
    off_grid: usize,
    /// The largest distance of a kept tag from its grid point, in ns.
    jitter: f64,
    /// The sum of the squares of these distances, in ns².
    squares: f64,
    /// The grid numbers of the first and the last kept tag.
    first: f64,
    last: f64,
}

impl Layout {
    /// The layout for the median step, or for a part of it where that loses more tags than glitches explain.
    ///
    /// What the steps divide is told from chance by the finer grid lying as close to its tags.
    fn best(tags: &[(i64, f64)], median: f64) -> Self {
        let coarse = Self::fitted(tags, median);
        if coarse.is_complete(tags) {
            return coarse;
        }
        let is_close = |layout: &Self| layout.jitter <= coarse.jitter + layout.rounding();
        let parts = (2..=FINEST).map(|part| Self::fitted(tags, median / f64::from(part)));
        parts.into_iter().find(|layout| layout.is_complete(tags) && is_close(layout)).unwrap_or(coarse)
    }

    /// The layout for `step`, or for the mean step where that keeps more tags.
    fn fitted(tags: &[(i64, f64)], step: f64) -> Self {
        let given = Self::new(tags, step);
        if given.off_grid == 0 {
            return given;
        }
        let mean = Self::new(tags, mean_step(tags, step));
        if mean.off_grid < given.off_grid { mean } else { given }
    }

    fn new(tags: &[(i64, f64)], step: f64) -> Self {
        let origin = median_origin(tags, step);
        let (first, last) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut layout = Self { origin, step, off_grid: 0, jitter: 0.0, squares: 0.0, first, last };
        for (time, _) in tags {
            let (number, offset) = layout.nearest(*time);
            match layout.holds(offset) {
                true => layout.keep(number, offset),
                false => layout.off_grid += 1,
            }
        }
        layout
    }

    /// The number of the grid point nearest to `time`, and how far `time` is behind it in ns.
    fn nearest(&self, time: i64) -> (f64, f64) {
        let distance = distance(time, self.origin);
        let number = (distance / self.step).round();
        (number, distance - number * self.step)
    }

    fn holds(&self, offset: f64) -> bool {
        offset.abs() <= TOLERANCE * self.step
    }

    fn keep(&mut self, number: f64, offset: f64) {
        self.jitter = self.jitter.max(offset.abs());
        self.squares += offset * offset;
        self.first = self.first.min(number);
        self.last = self.last.max(number);
    }

    fn points(&self) -> f64 {
        self.last - self.first + 1.0
    }

    /// The distance in ns that the tags' nanoseconds and the arithmetic leave.
    fn rounding(&self) -> f64 {
        1.0_f64.max(self.points() * self.step * 1e-15)
    }

    /// Tells whether no more tags are off the grid than pass for glitches.
    fn is_complete(&self, tags: &[(i64, f64)]) -> bool {
        self.off_grid as f64 <= GLITCHES * tags.len() as f64
    }

    fn loses_most(&self, tags: usize) -> bool {
        2 * self.off_grid > tags
    }

    fn is_too_sparse(&self, tags: usize) -> bool {
        self.points() > most_epochs(tags)
    }

    fn fill(&self, tags: &[(i64, f64)], mut repeats: Repeats, mut findings: Vec<Finding>) -> Grid {
        let (tau0, start_ns) = (self.step / 1e9, Some(self.origin + (self.first * self.step).round() as i64));
        if self.loses_most(tags.len()) || self.is_too_sparse(tags.len()) {
            findings.extend(repeats.remark());
            return Grid { tau0, start_ns, values: Vec::new(), findings };
        }
        let mut values = vec![f64::NAN; self.points() as usize];
        let gap = self.put(tags, &mut values, &mut repeats);
        findings.extend(repeats.remark().into_iter().chain(gap));
        Grid { tau0, start_ns, values, findings }
    }

    /// Puts the kept tags on their grid points; returns the remark on missing epochs.
    fn put(&self, tags: &[(i64, f64)], values: &mut [f64], repeats: &mut Repeats) -> Option<Finding> {
        let (mut next, mut missing, mut runs) = (0, 0, 0);
        for (time, value) in tags {
            let (number, offset) = self.nearest(*time);
            let index = (number - self.first) as usize;
            if !self.holds(offset) {
                continue;
            }
            if index < next {
                repeats.meet(&mut values[index], *value);
                continue;
            }
            missing += index - next;
            runs += usize::from(index > next);
            values[index] = *value;
            next = index + 1;
        }
        gap(missing, runs, values.len())
    }

    /// The remarks on how the tags lie beside the grid, and on a grid that can't be filled.
    fn remarks(&self, tags: &[(i64, f64)], tau0: Option<f64>) -> impl Iterator<Item = Finding> + use<> {
        let mean = mean_step(tags, self.step);
        let rate = rate(mean, tau0, self.points()).filter(|_| Self::new(tags, mean).is_complete(tags));
        let jitter = (self.jitter > self.rounding()).then(|| self.beside(tags.len()));
        let off_grid = (self.off_grid > 0).then(|| self.off_grid(tags));
        let too_sparse = self.is_too_sparse(tags.len()).then(|| self.too_sparse(tags.len()));
        [rate, jitter, off_grid, too_sparse].into_iter().flatten()
    }

    fn beside(&self, tags: usize) -> Finding {
        let rms = (self.squares / (tags - self.off_grid) as f64).sqrt();
        let (largest, tau0) = (self.jitter / 1e9, self.step / 1e9);
        let relative = format!("{:.1e} τ₀, rms {:.1e} τ₀", self.jitter / self.step, rms / self.step);
        Finding::new(
            Severity::Note,
            "time-jitter",
            format!("the time tags lie up to {largest} s beside the grid of {tau0} s ({relative})"),
            "each value was taken to its nearest epoch",
            "state tau0 if the interval found is not the one that was meant",
        )
    }

    fn off_grid(&self, tags: &[(i64, f64)]) -> Finding {
        let (severity, matters) = match self.loses_most(tags.len()) {
            true => (Severity::Failure, "the series is not assessed"),
            false => (Severity::Warning, "their values were left out"),
        };
        let (off_grid, tau0) = (self.off_grid, self.step / 1e9);
        let seen = format!("{off_grid} of {} time tags lie farther than 10 % of {tau0} s from the grid", tags.len());
        let advice = match divisor(tags) {
            Some(divisor) => format!("state tau0 = {divisor}, in s, of which every step is a multiple"),
            None => "state tau0, or resample the data to an even grid before the analysis".to_owned(),
        };
        Finding::new(severity, "off-grid", seen, matters, advice)
    }

    fn too_sparse(&self, tags: usize) -> Finding {
        Finding::new(
            Severity::Failure,
            "too-sparse",
            format!("{tags} values would lie on a grid of {:e} epochs at {} s", self.points(), self.step / 1e9),
            "the series is not assessed",
            "state a tau0 that goes with the data, or cut the record at its long gaps",
        )
    }
}

/// The remark that tags advance by `step` ns where another interval is stated, or a round one is near.
///
/// It is made where the difference adds up over the epochs to more than the tolerance at both ends.
fn rate(step: f64, tau0: Option<f64>, epochs: f64) -> Option<Finding> {
    let (severity, near, word) = match tau0 {
        Some(_) => (Severity::Warning, TOLERANCE, "stated"),
        None => (Severity::Note, ROUND, "round"),
    };
    let meant = tau0.map_or_else(|| round(step), |tau0| tau0 * 1e9);
    let rate = step / meant - 1.0;
    let finding = Finding::new(
        severity,
        "time-rate",
        format!("the time tags advance by {} s a step, {rate:+.2e} of the {word} {} s", step / 1e9, meant / 1e9),
        "tau and frequency are counted in the interval of the grid",
        "look whether the clock that made the tags runs off, and state the tau0 that the tags have",
    );
    (rate.abs() < near && rate.abs() * epochs > 2.0 * TOLERANCE).then_some(finding)
}

/// The nearest number of three digits.
fn round(step: f64) -> f64 {
    let digit = 10.0_f64.powf(step.log10().floor() - 2.0);
    (step / digit).round() * digit
}

/// The first tag moved by the median distance of the tags from the grid that begins there, so that one
/// bad tag at the beginning does not put all others off the grid.
fn median_origin(tags: &[(i64, f64)], step: f64) -> i64 {
    let first = tags[0].0;
    let beside = |(time, _): &(i64, f64)| {
        let distance = distance(*time, first);
        (distance - (distance / step).round() * step).round() as i64
    };
    let mut offsets: Vec<i64> = tags.iter().map(beside).collect();
    let middle = (offsets.len() - 1) / 2;
    first.saturating_add(*offsets.select_nth_unstable(middle).1)
}

fn gap(missing: usize, runs: usize, epochs: usize) -> Option<Finding> {
    let verb = if missing == 1 { "has" } else { "have" };
    let word = if runs == 1 { "run" } else { "runs" };
    let finding = Finding::new(
        Severity::Note,
        "gap",
        format!("{missing} of {epochs} epochs {verb} no value, in {runs} {word}"),
        "terms that touch a missing epoch are left out",
        "look for outages of the counter if the count surprises",
    );
    (missing > 0).then_some(finding)
}

fn times_over(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn seconds(times: &[i64]) -> Vec<i64> {
        times.iter().map(|time| time * SECOND).collect()
    }

    /// Values that tell which tag they came with.
    fn numbered(count: usize) -> Vec<f64> {
        (0..count).map(|k| k as f64).collect()
    }

    fn codes(grid: &Grid) -> Vec<&str> {
        grid.findings.iter().map(|finding| &*finding.code).collect()
    }

    fn same(mine: &[f64], its: &[f64]) -> bool {
        mine.len() == its.len() && mine.iter().zip(its).all(|(a, b)| a.to_bits() == b.to_bits())
    }

    #[test]
    fn even_tags_leave_the_values_where_they_are() {
        let values = numbered(5);
        let place = values.as_ptr();
        let grid = even(&seconds(&[10, 20, 30, 40, 50]), values, None);
        assert_eq!((grid.tau0, grid.start_ns, grid.values.as_ptr()), (10.0, Some(10 * SECOND), place));
        assert_eq!(codes(&grid), [""; 0]);
    }

    #[test]
    fn missing_epochs_are_nan_and_counted() {
        let grid = even(&seconds(&[0, 1, 2, 5, 6, 8]), numbered(6), None);
        let nan = f64::NAN;
        assert!(same(&grid.values, &[0.0, 1.0, 2.0, nan, nan, 3.0, 4.0, nan, 5.0]));
        assert_eq!(grid.findings[0].seen, "3 of 9 epochs have no value, in 2 runs");
    }

    #[test]
    fn small_jitter_is_snapped_and_its_size_told() {
        let times = [0, 1_010_000_000, 2_000_000_000, 2_950_000_000, 4_000_000_000];
        let grid = even(&times, numbered(5), Some(1.0));
        assert!(same(&grid.values, &numbered(5)));
        assert_eq!(codes(&grid), ["time-jitter"]);
        assert!(grid.findings[0].seen.contains("up to 0.05 s"), "{}", grid.findings[0]);
    }

    #[test]
    fn a_glitch_among_many_tags_is_left_out_and_the_divisor_told() {
        let mut times = seconds(&(0..30).collect::<Vec<_>>());
        times[2] += 300_000_000;
        let grid = even(&times, numbered(30), None);
        assert_eq!((codes(&grid), grid.tau0, grid.values.len()), (vec!["off-grid", "gap"], 1.0, 30));
        assert!(grid.values[2].is_nan());
        assert_eq!((grid.values[3], grid.findings[0].severity), (3.0, Severity::Warning));
        assert_eq!(grid.findings[0].advice, "state tau0 = 0.1, in s, of which every step is a multiple");
    }

    #[test]
    fn a_bad_first_tag_does_not_put_the_others_off_the_grid() {
        let mut times = seconds(&(0..30).collect::<Vec<_>>());
        times[0] += 400_000_000;
        let grid = even(&times, numbered(30), None);
        assert_eq!(codes(&grid), ["off-grid"]);
        assert_eq!((grid.values, grid.start_ns), (numbered(30)[1..].to_vec(), Some(SECOND)));
    }

    #[test]
    fn uneven_steps_are_put_on_their_divisor() {
        let days: Vec<i64> = [0, 10, 20, 30, 40, 45, 50, 57, 58, 68].map(|day| day * 86_400).to_vec();
        let grid = even(&seconds(&days), numbered(10), None);
        assert_eq!((grid.tau0, grid.values.len(), codes(&grid)), (86_400.0, 69, vec!["gap"]));
        for (day, value) in days.iter().zip(0..) {
            assert_eq!(grid.values[(day / 86_400) as usize], f64::from(value));
        }
    }

    /// Tracks every 16 min, 89 a day, each day 4 min earlier.
    fn tracks(days: i64) -> Vec<i64> {
        let track = |k: i64| (k / 89) * 86_160 + (k % 89) * 960;
        seconds(&(0..days * 89).map(track).collect::<Vec<_>>())
    }

    #[test]
    fn tracks_that_shift_from_day_to_day_lose_no_tag() {
        let times = tracks(30);
        let grid = even(&times, numbered(times.len()), None);
        let kept = grid.values.iter().filter(|value| !value.is_nan()).count();
        assert_eq!((grid.tau0, kept, codes(&grid)), (240.0, times.len(), vec!["gap"]));
    }

    #[test]
    fn a_grid_that_misses_most_tags_is_a_failure_with_its_remedy() {
        let times = tracks(30);
        let grid = even(&times, numbered(times.len()), Some(960.0));
        assert_eq!((codes(&grid), grid.values.len()), (vec!["off-grid"], 0));
        assert_eq!(grid.findings[0].severity, Severity::Failure);
        assert_eq!(grid.findings[0].advice, "state tau0 = 240, in s, of which every step is a multiple");
    }

    #[test]
    fn tags_without_a_grid_are_not_forced_on_one() {
        let step = |k: i64| 300_000_000 + (k * k * 7_919 + k * 104_729) % 1_400_000_011 + 3 * k;
        let times: Vec<i64> = (0..1000).map(|k| (0..k).map(step).sum()).collect();
        let grid = even(&times, numbered(1000), None);
        assert_eq!((codes(&grid).contains(&"off-grid"), grid.values.len()), (true, 0));
        assert!(grid.findings.iter().any(|finding| finding.advice.contains("resample")));
    }

    #[test]
    fn jitter_is_told_as_a_share_of_the_interval() {
        let times: Vec<i64> =
            (0..100).map(|k| k * SECOND + if k % 2 == 0 { 30_000_000 } else { -30_000_000 }).collect();
        let grid = even(&times, numbered(100), Some(1.0));
        assert_eq!(
            grid.findings[0].seen,
            "the time tags lie up to 0.06 s beside the grid of 1 s (6.0e-2 τ₀, rms 4.2e-2 τ₀)"
        );
    }

    #[test]
    fn tags_at_another_rate_than_stated_are_told() {
        let times: Vec<i64> = (0..3000).map(|k| k * 1_000_100_000).collect();
        let grid = even(&times, numbered(3000), Some(1.0));
        assert_eq!(codes(&grid), ["time-rate", "time-jitter", "off-grid"]);
        assert_eq!(
            (grid.findings[0].severity, &*grid.findings[0].seen),
            (Severity::Warning, "the time tags advance by 1.0001 s a step, +1.00e-4 of the stated 1 s")
        );
        let found = even(&times, numbered(3000), None);
        assert_eq!((codes(&found), found.findings[0].severity), (vec!["time-rate"], Severity::Note));
    }

    #[test]
    fn a_slow_time_base_does_not_wander_off_its_own_grid() {
        let time = |k: i64| k * 1_000_134_567 + (k * 7_919 % 1_001 - 500) * 10_000;
        let times: Vec<i64> = (0..100_000).map(time).collect();
        let grid = even(&times, numbered(100_000), None);
        assert_eq!(codes(&grid), ["time-rate", "time-jitter"]);
        assert!((grid.tau0 - 1.000_134_567).abs() < 2e-7, "{}", grid.tau0);
    }

    #[test]
    fn of_repeated_tags_the_first_is_kept_and_others_are_told() {
        let grid = even(&seconds(&[0, 1, 1, 1, 2]), vec![0.0, 1.0, 1.5, 1.0, 3.0], None);
        assert_eq!((codes(&grid), grid.values.clone()), (vec!["time-repeated"], vec![0.0, 1.0, 3.0]));
        let seen = "2 time tags repeat an epoch, 1 with another value, up to 5.0e-1 apart";
        assert_eq!(
            (&*grid.findings[0].seen, &*grid.findings[0].matters),
            (seen, "the first value of each epoch was kept")
        );
        let same = even(&seconds(&[0, 1, 1, 2]), vec![0.0, 1.0, 1.0, 3.0], None);
        assert_eq!(same.findings[0].seen, "1 time tags repeat an epoch, none with another value");
    }

    #[test]
    fn a_missing_value_gives_way_to_one_of_the_same_epoch() {
        let grid = even(&seconds(&[0, 1, 1, 2]), vec![0.0, f64::NAN, 1.0, 2.0], None);
        assert_eq!(grid.values, numbered(3));
    }

    #[test]
    fn two_tags_that_belong_to_one_epoch_repeat_it() {
        let grid = even(&[0, SECOND, SECOND + 1_000_000, 2 * SECOND], numbered(4), Some(1.0));
        assert_eq!((codes(&grid), grid.values.clone()), (vec!["time-jitter", "time-repeated"], vec![0.0, 1.0, 3.0]));
    }

    #[test]
    fn backward_tags_are_sorted_and_counted() {
        let grid = even(&seconds(&[2, 0, 1, 3]), numbered(4), None);
        assert_eq!((codes(&grid), grid.values.clone()), (vec!["time-backward"], vec![1.0, 2.0, 0.0, 3.0]));
        assert_eq!(grid.findings[0].seen, "the time tags step backward once, by up to 2 s");
    }

    #[test]
    fn a_stated_interval_shorter_than_the_tags_shows_the_epochs_between() {
        let grid = even(&seconds(&[0, 10, 20]), numbered(3), Some(5.0));
        let nan = f64::NAN;
        assert!(same(&grid.values, &[0.0, nan, 1.0, nan, 2.0]));
    }

    #[test]
    fn an_absurd_grid_is_refused_without_values() {
        let grid = even(&[0, 1, 1 << 60], numbered(3), None);
        assert_eq!((codes(&grid), grid.values.len()), (vec!["too-sparse"], 0));
        assert_eq!(grid.findings[0].severity, Severity::Failure);
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let grid = even(&[i64::MIN, 0, i64::MAX], numbered(3), None);
        assert_eq!(grid.values.len(), 3);
        let grid = even(&[i64::MIN, i64::MIN + 1, i64::MAX], numbered(3), Some(1e-9));
        assert_eq!(codes(&grid), ["too-sparse"]);
    }

    #[test]
    fn short_series_go_on_as_they_are() {
        for count in 0..2 {
            let grid = even(&seconds(&[7])[..count], numbered(count), None);
            assert_eq!((codes(&grid), grid.values.clone()), (vec!["interval-unknown"], numbered(count)));
        }
        assert_eq!(codes(&even(&[7], vec![1.0], Some(2.0))), [""; 0]);
    }
}
