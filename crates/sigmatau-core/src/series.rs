//! Checked, borrowed views of evenly sampled clock data. Missing points are `NaN` and are counted.

use rayon::prelude::*;
use std::ops::Range;

/// Values that one thread looks at.
const CHUNK: usize = 1 << 16;

/// Why a series was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// The sampling interval is zero, negative or not finite.
    #[error("view a series: the sampling interval {tau0} s is not a positive number")]
    Interval {
        /// The interval that was given, in seconds.
        tau0: f64,
    },
    /// A value is infinite; a missing point is written as `NaN`.
    #[error("view a series: point {index} is {value}; mark a missing point as NaN")]
    Infinite {
        /// The place of the value, counted from 0.
        index: usize,
        /// The value itself.
        value: f64,
    },
}

macro_rules! series {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a> {
            values: &'a [f64],
            tau0: f64,
            missing: usize,
        }

        impl<'a> $name<'a> {
            /// Checks `values`, sampled every `tau0` seconds, and views them.
            ///
            /// # Errors
            /// When `tau0` is not a positive number or a value is infinite.
            pub fn new(values: &'a [f64], tau0: f64) -> Result<Self, SeriesError> {
                if !(tau0 > 0.0 && tau0.is_finite()) {
                    return Err(SeriesError::Interval { tau0 });
                }
                let missing = count(values, |value| !value.is_finite());
                let infinite = (missing > 0).then(|| values.iter().position(|value| value.is_infinite()));
                match infinite.flatten() {
                    Some(index) => Err(SeriesError::Infinite { index, value: values[index] }),
                    None => Ok(Self { values, tau0, missing }),
                }
            }

            /// The values; a missing point is `NaN`.
            pub fn values(&self) -> &'a [f64] {
                self.values
            }

            /// The sampling interval τ₀ in seconds.
            pub fn tau0(&self) -> f64 {
                self.tau0
            }

            /// The number of grid points, missing ones included.
            pub fn len(&self) -> usize {
                self.values.len()
            }

            /// Tells whether there is no grid point at all.
            pub fn is_empty(&self) -> bool {
                self.values.is_empty()
            }

            /// The number of missing points.
            pub fn missing(&self) -> usize {
                self.missing
            }

            /// Tells whether a point is missing.
            pub fn has_gaps(&self) -> bool {
                self.missing > 0
            }

            /// The runs of missing points, in order.
            pub fn gaps(&self) -> Vec<Range<usize>> {
                let mut gaps: Vec<Range<usize>> = Vec::new();
                for (index, _) in self.values.iter().enumerate().filter(|(_, value)| value.is_nan()) {
                    match gaps.last_mut() {
                        Some(gap) if gap.end == index => gap.end += 1,
                        _ => gaps.push(index..index + 1),
                    }
                }
                gaps
            }
        }
    };
}

/// How many values are as described; the values of long records are looked at in parallel.
fn count(values: &[f64], is: impl Fn(&f64) -> bool + Sync) -> usize {
    let within = |values: &[f64]| values.iter().filter(|value| is(value)).count();
    if values.len() <= CHUNK { within(values) } else { values.par_chunks(CHUNK).map(within).sum() }
}

series!(
    /// Time error x(t) of a clock in seconds (IEEE 1139), on an even grid.
    ///
    /// ```
    /// use sigmatau_core::PhaseSeries;
    /// let x = [0.0, 1e-9, f64::NAN, f64::NAN, 2e-9];
    /// let phase = PhaseSeries::new(&x, 1.0)?;
    /// assert_eq!((phase.missing(), phase.gaps()), (2, vec![2..4]));
    /// # Ok::<(), sigmatau_core::SeriesError>(())
    /// ```
    PhaseSeries
);
series!(
    /// Fractional frequency y(t) of a clock, averaged over each interval τ₀ (IEEE 1139).
    ///
    /// ```
    /// use sigmatau_core::FrequencySeries;
    /// let y = [1.0, 3.0, -2.0];
    /// let arcs = FrequencySeries::new(&y, 10.0)?.to_phase();
    /// assert_eq!(arcs, [[0.0, 10.0, 40.0, 20.0]]);
    /// # Ok::<(), sigmatau_core::SeriesError>(())
    /// ```
    FrequencySeries
);

impl FrequencySeries<'_> {
    /// Integrates to time error, one arc for each run without a gap: x(0) = 0,
    /// x(n+1) = x(n) + τ₀ y(n), by a compensated sum (Neumaier).
    ///
    /// Across a missing frequency the phase step is unknown, so the phase starts anew at zero:
    /// what lies on both sides of a gap can't enter one term. An arc has one point more than its run.
    pub fn to_phase(&self) -> Vec<Vec<f64>> {
        self.values.split(|y| y.is_nan()).filter(|run| !run.is_empty()).map(|run| self.arc(run)).collect()
    }

    fn arc(&self, run: &[f64]) -> Vec<f64> {
        let mut sum = NeumaierSum::default();
        let mut arc = Vec::with_capacity(run.len() + 1);
        arc.push(0.0);
        for y in run {
            sum.add(y * self.tau0);
            arc.push(sum.total());
        }
        arc
    }
}

/// A running sum that carries the rounding error of each addition (Neumaier 1974).
///
/// ```
/// let mut sum = sigmatau_core::series::NeumaierSum::default();
/// [1.0, 1e100, 1.0, -1e100].into_iter().for_each(|x| sum.add(x));
/// assert_eq!(sum.total(), 2.0);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NeumaierSum {
    sum: f64,
    carry: f64,
}

impl NeumaierSum {
    /// Adds one number.
    pub fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.carry += if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum so far.
    pub fn total(&self) -> f64 {
        self.sum + self.carry
    }
}
