//! Records of several clocks that were taken together: one kind, one grid, one set of gaps.

use crate::analysis::ClockData;
use sigmatau_core::{FrequencySeries, PhaseSeries};

/// Simultaneous records on one grid. Where one of them misses a point, it counts as missing in all:
/// what clocks have in common cancels only among terms of the same epochs.
#[derive(Clone, Debug)]
pub struct Together {
    frequency: bool,
    tau0: f64,
    gaps: bool,
    records: Vec<Vec<f64>>,
}

/// Why records can't be taken together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TogetherError {
    /// There is no record.
    #[error("take records together: there is none")]
    None,
    /// Phase and frequency are mixed.
    #[error(
        "take records together: number {0} is of another kind than the first; give all as phase or all as frequency"
    )]
    Kind(usize),
    /// The sampling intervals differ.
    #[error(
        "take records together: number {record} has a point every {found} s, the first every {first} s; average or decimate to one interval"
    )]
    Interval {
        /// The place of the record, counted from 0.
        record: usize,
        /// Its sampling interval in seconds.
        found: f64,
        /// That of the first record.
        first: f64,
    },
    /// The lengths differ.
    #[error(
        "take records together: number {record} has {found} points, the first has {first}; cut them to common epochs"
    )]
    Length {
        /// The place of the record, counted from 0.
        record: usize,
        /// Its number of points.
        found: usize,
        /// That of the first record.
        first: usize,
    },
}

impl Together {
    /// Takes `records` together, the first point of each belonging to the same epoch. Time and memory O(N) for each.
    ///
    /// # Errors
    /// When there is none, or when kinds, sampling intervals or lengths differ.
    pub fn new(records: &[ClockData<'_>]) -> Result<Self, TogetherError> {
        let first = records.first().map(parts).ok_or(TogetherError::None)?;
        for (record, (frequency, tau0, values)) in records.iter().map(parts).enumerate() {
            if frequency != first.0 {
                return Err(TogetherError::Kind(record));
            }
            if tau0 != first.1 {
                return Err(TogetherError::Interval { record, found: tau0, first: first.1 });
            }
            if values.len() != first.2.len() {
                return Err(TogetherError::Length { record, found: values.len(), first: first.2.len() });
            }
        }
        let values: Vec<&[f64]> = records.iter().map(|record| parts(record).2).collect();
        let there: Vec<bool> = (0..first.2.len()).map(|i| values.iter().all(|x| !x[i].is_nan())).collect();
        let kept = |x: &&[f64]| x.iter().zip(&there).map(|(x, there)| if *there { *x } else { f64::NAN }).collect();
        let gaps = there.contains(&false);
        Ok(Self { frequency: first.0, tau0: first.1, gaps, records: values.iter().map(kept).collect() })
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Tells whether there is no record, which can't be.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The sampling interval τ₀ in seconds.
    pub fn tau0(&self) -> f64 {
        self.tau0
    }

    /// Tells whether a point is missing.
    pub fn has_gaps(&self) -> bool {
        self.gaps
    }

    /// One of the records, with the gaps of all.
    pub fn record(&self, k: usize) -> ClockData<'_> {
        self.view(&self.records[k])
    }

    /// Record `k` less record `l`, point by point; see [`Together::view`].
    pub(crate) fn difference(&self, k: usize, l: usize) -> Vec<f64> {
        let finite = |(x, y): (&f64, &f64)| Some(x - y).filter(|x| x.is_finite()).unwrap_or(f64::NAN);
        self.records[k].iter().zip(&self.records[l]).map(finite).collect()
    }

    /// Values as data of the same kind on the same grid.
    pub(crate) fn view<'a>(&self, values: &'a [f64]) -> ClockData<'a> {
        let checked = "the interval was checked, and no value is infinite";
        match self.frequency {
            true => ClockData::Frequency(FrequencySeries::new(values, self.tau0).expect(checked)),
            false => ClockData::Phase(PhaseSeries::new(values, self.tau0).expect(checked)),
        }
    }

    /// The phase of a record in runs without an unknown phase step: the same runs for every record.
    pub(crate) fn arcs(&self, k: usize) -> Vec<Vec<f64>> {
        match self.record(k) {
            ClockData::Phase(phase) => vec![phase.values().to_vec()],
            ClockData::Frequency(frequency) => frequency.to_phase(),
        }
    }
}

fn parts<'a>(data: &ClockData<'a>) -> (bool, f64, &'a [f64]) {
    match data {
        ClockData::Phase(phase) => (false, phase.tau0(), phase.values()),
        ClockData::Frequency(frequency) => (true, frequency.tau0(), frequency.values()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(x: &[f64], tau0: f64) -> ClockData<'_> {
        ClockData::Phase(PhaseSeries::new(x, tau0).unwrap())
    }

    #[test]
    fn a_point_missing_in_one_record_is_missing_in_all() {
        let (a, b) = ([1.0, f64::NAN, 3.0], [4.0, 5.0, 6.0]);
        let together = Together::new(&[phase(&a, 1.0), phase(&b, 1.0)]).unwrap();
        let ClockData::Phase(b) = together.record(1) else { panic!("phase stays phase") };
        assert_eq!((b.missing(), together.has_gaps()), (1, true));
        assert_eq!(together.difference(1, 0)[2], 3.0);
    }

    #[test]
    fn records_that_do_not_fit_together_are_told_by_their_place() {
        let x = [0.0; 4];
        let frequency = ClockData::Frequency(FrequencySeries::new(&x, 1.0).unwrap());
        let refused = |records: &[ClockData<'_>]| Together::new(records).unwrap_err();
        assert_eq!(refused(&[]), TogetherError::None);
        assert_eq!(refused(&[phase(&x, 1.0), frequency]), TogetherError::Kind(1));
        let interval = TogetherError::Interval { record: 1, found: 2.0, first: 1.0 };
        assert_eq!(refused(&[phase(&x, 1.0), phase(&x, 2.0)]), interval);
        let length = TogetherError::Length { record: 1, found: 3, first: 4 };
        assert_eq!(refused(&[phase(&x, 1.0), phase(&x[..3], 1.0)]), length);
    }
}
