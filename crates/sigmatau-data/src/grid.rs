//! From time tags to an even grid, without inventing data: an epoch without a tag is `NaN`.

use sigmatau_core::{Finding, Severity};

/// The share of τ₀ by which a tag may miss its grid point.
const TOLERANCE: f64 = 0.1;

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
/// tags off the grid, the mean difference over whole steps is taken if it leaves fewer. The grid lies so
/// that the median tag is on it. A tag up to 10 % of τ₀ beside a grid point belongs to it; one farther
/// off is left out. Of tags that belong to one grid point the first in the input is kept.
///
/// Tags that are even already take neither a sort nor a copy; else the cost is O(n log n) and the
/// memory 24 bytes a point beside the grid.
///
/// Findings: `time-backward`, `time-repeated`, `off-grid` (warnings), `time-jitter`, `gap`,
/// `interval-unknown` (notes), `too-sparse` (failure: the grid would have more than 100 points for each
/// value and a million besides; no values are returned).
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
    match even_step(times).and_then(|step| interval(step, tau0, times.len())) {
        Some(tau0) => Grid { tau0, start_ns: times.first().copied(), values, findings: Vec::new() },
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
    let mut findings = Vec::new();
    let tags = distinct(ordered(times, values, &mut findings), &mut findings);
    let stated = tau0.map(|tau0| tau0 * 1e9);
    match stated.or_else(|| median_step(&tags)).filter(|_| tags.len() > 1) {
        Some(step) => Layout::best(&tags, step, stated.is_some()).fill(&tags, findings),
        None => single(&tags, tau0, findings),
    }
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
    let backward = times.windows(2).filter(|pair| pair[1] < pair[0]).count();
    if backward > 0 {
        tags.sort_by_key(|(time, _)| *time);
        findings.push(Finding::new(
            Severity::Warning,
            "time-backward",
            format!("the time tags step backward {}", times_over(backward)),
            "the values were sorted by their tags",
            "look for a clock that was set back, or for files joined in the wrong order",
        ));
    }
    tags
}

/// The tags without those that repeat the time before.
fn distinct(mut tags: Vec<(i64, f64)>, findings: &mut Vec<Finding>) -> Vec<(i64, f64)> {
    let before = tags.len();
    tags.dedup_by_key(|(time, _)| *time);
    findings.extend(repeated(before - tags.len()));
    tags
}

fn repeated(count: usize) -> Option<Finding> {
    let seen = format!("{count} time tags repeat an epoch");
    let finding = Finding::new(
        Severity::Warning,
        "time-repeated",
        seen,
        "the first value of each epoch was kept",
        "look for a file that was joined to itself, or for a tag that is too coarse",
    );
    (count > 0).then_some(finding)
}

/// The lower median of the differences between neighbours.
fn median_step(tags: &[(i64, f64)]) -> Option<f64> {
    let mut steps: Vec<u64> = tags.windows(2).map(|pair| pair[1].0.abs_diff(pair[0].0)).collect();
    let middle = steps.len().checked_sub(1)? / 2;
    Some(*steps.select_nth_unstable(middle).1 as f64)
}

/// The mean difference between neighbours, each counted as the whole number of steps that it is nearest to.
fn mean_step(tags: &[(i64, f64)], step: f64) -> f64 {
    let whole = |pair: &[(i64, f64)]| (pair[1].0.abs_diff(pair[0].0) as f64 / step).round();
    let steps: f64 = tags.windows(2).map(whole).sum();
    distance(tags[tags.len() - 1].0, tags[0].0) / steps.max(1.0)
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
    /// The grid numbers of the first and the last kept tag.
    first: f64,
    last: f64,
}

impl Layout {
    /// The layout for `step`, or for the mean step where that keeps more tags and none was stated.
    fn best(tags: &[(i64, f64)], step: f64, stated: bool) -> Self {
        let median = Self::new(tags, step);
        if stated || median.off_grid == 0 {
            return median;
        }
        let mean = Self::new(tags, mean_step(tags, step));
        if mean.off_grid < median.off_grid { mean } else { median }
    }

    fn new(tags: &[(i64, f64)], step: f64) -> Self {
        let origin = median_origin(tags, step);
        let mut layout = Self { origin, step, off_grid: 0, jitter: 0.0, first: f64::INFINITY, last: f64::NEG_INFINITY };
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
        self.first = self.first.min(number);
        self.last = self.last.max(number);
    }

    fn points(&self) -> f64 {
        self.last - self.first + 1.0
    }

    fn fill(&self, tags: &[(i64, f64)], mut findings: Vec<Finding>) -> Grid {
        findings.extend(self.remarks(tags.len()));
        let (tau0, start_ns) = (self.step / 1e9, Some(self.origin + (self.first * self.step).round() as i64));
        if self.points() > 100.0 * tags.len() as f64 + 1e6 {
            findings.push(self.too_sparse(tags.len()));
            return Grid { tau0, start_ns, values: Vec::new(), findings };
        }
        let mut values = vec![f64::NAN; self.points() as usize];
        findings.extend(self.put(tags, &mut values));
        Grid { tau0, start_ns, values, findings }
    }

    /// Puts the kept tags on their grid points; returns the remarks on repeated and missing epochs.
    fn put(&self, tags: &[(i64, f64)], values: &mut [f64]) -> impl Iterator<Item = Finding> + use<> {
        let (mut next, mut repeats, mut missing, mut runs) = (0, 0, 0, 0);
        for (time, value) in tags {
            let (number, offset) = self.nearest(*time);
            let index = (number - self.first) as usize;
            if !self.holds(offset) {
                continue;
            }
            if index < next {
                repeats += 1;
                continue;
            }
            missing += index - next;
            runs += usize::from(index > next);
            values[index] = *value;
            next = index + 1;
        }
        repeated(repeats).into_iter().chain(gap(missing, runs, values.len()))
    }

    /// The remarks on how the tags lie beside the grid.
    fn remarks(&self, tags: usize) -> impl Iterator<Item = Finding> + use<> {
        let rounding = 1.0_f64.max(self.points() * self.step * 1e-15);
        let jitter = Finding::new(
            Severity::Note,
            "time-jitter",
            format!("the time tags lie up to {} s beside the grid of {} s", self.jitter / 1e9, self.step / 1e9),
            "each value was taken to its nearest epoch",
            "state tau0 if the interval found is not the one that was meant",
        );
        let off_grid = Finding::new(
            Severity::Warning,
            "off-grid",
            format!(
                "{} of {tags} time tags lie farther than 10 % of {} s from the grid",
                self.off_grid,
                self.step / 1e9
            ),
            "their values were left out",
            "state tau0, or resample the data to an even grid before the analysis",
        );
        let jitter = (self.jitter > rounding).then_some(jitter);
        jitter.into_iter().chain((self.off_grid > 0).then_some(off_grid))
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
    fn a_tag_far_off_the_grid_is_left_out() {
        let times = [0, 1_000_000_000, 2_300_000_000, 3_000_000_000, 4_000_000_000];
        let grid = even(&times, numbered(5), None);
        assert_eq!(codes(&grid), ["off-grid", "gap"]);
        assert!(grid.values[2].is_nan());
        assert_eq!(grid.values[3], 3.0);
    }

    #[test]
    fn a_bad_first_tag_does_not_put_the_others_off_the_grid() {
        let times = [400_000_000, 1_000_000_000, 2_000_000_000, 3_000_000_000];
        let grid = even(&times, numbered(4), None);
        assert_eq!(codes(&grid), ["off-grid"]);
        assert_eq!((grid.values, grid.start_ns), (vec![1.0, 2.0, 3.0], Some(SECOND)));
    }

    #[test]
    fn a_slow_time_base_does_not_wander_off_its_own_grid() {
        let time = |k: i64| k * 1_000_134_567 + (k * 7_919 % 1_001 - 500) * 10_000;
        let times: Vec<i64> = (0..100_000).map(time).collect();
        let grid = even(&times, numbered(100_000), None);
        assert_eq!(codes(&grid), ["time-jitter"]);
        assert!((grid.tau0 - 1.000_134_567).abs() < 2e-7, "{}", grid.tau0);
    }

    #[test]
    fn of_repeated_tags_the_first_is_kept() {
        let grid = even(&seconds(&[0, 1, 1, 2]), numbered(4), None);
        assert_eq!((codes(&grid), grid.values.clone()), (vec!["time-repeated"], vec![0.0, 1.0, 3.0]));
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
