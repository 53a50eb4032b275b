//! The words of sigmatau: [`Unit`], [`Estimate`], checked series views, [`Finding`], [`Cancel`].
//!
//! Every other crate speaks in these words. What never lives here: formulas of any subject, files,
//! Arrow, the clock, printing.

pub mod cancel;
pub mod coverage;
pub mod decimal;
pub mod estimate;
pub mod finding;
pub mod nearest;
pub mod series;
pub mod unit;

pub use cancel::Cancel;
pub use coverage::Coverage;
pub use estimate::Estimate;
pub use finding::{Finding, Severity};
pub use nearest::nearest;
pub use series::{FrequencySeries, PhaseSeries, SeriesError};
pub use unit::{Unit, UnitError};
