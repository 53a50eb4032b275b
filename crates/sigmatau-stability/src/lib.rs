//! The Allan family: estimators, noise identification, degrees of freedom and intervals.
//!
//! The way through: [`analyse`] takes a checked series and [`Settings`]; every [`Estimator`] of the
//! static list [`estimator::ESTIMATORS`] gives mean squares for a list of averaging factors; the
//! power-law noise is identified ([`noise`]), which gives degrees of freedom ([`edf`]), which give
//! the interval ([`interval`]).
//!
//! Several clocks at once are taken [`Together`]: [`hat`] parts the variances of their differences, [`covariance`]
//! tells what two records share. [`dynamic`] runs an analysis in windows along the record.
//!
//! What never lives here: reading files, plotting, the clock, printing. Functions take slices and
//! return values; threads only share independent averaging factors, so that the digits do not
//! depend on their number.

pub mod analysis;
pub mod condition;
pub mod convention;
pub mod convert;
pub mod covariance;
pub mod dead_time;
pub mod domain;
pub mod dynamic;
pub mod edf;
pub mod energy;
pub mod ensemble;
pub mod estimator;
pub mod hat;
pub mod interval;
mod kernel;
pub mod levels;
pub mod mask;
pub mod noise;
pub mod predict;
mod quadratic;
pub mod screen;
pub mod state;
pub mod steering;
pub mod stream;
mod symmetric;
pub mod tau;
pub mod together;
pub mod transfer;

pub use analysis::{Analysis, ClockData, Point, Settings, analyse};
pub use convention::Convention;
pub use estimator::{ESTIMATORS, Estimator};
pub use kernel::Terms;
pub use mask::Mask;
pub use noise::Noise;
pub use stream::{NotStreamed, Stream};
pub use tau::TauList;
pub use together::Together;

/// Raised by every change that moves a digit of a result.
pub const REVISION: u32 = 3;
