//! In-service electricity meters: from what a transformer area registered to the error of every meter, with its
//! uncertainty and a decision whose risks are known.
//!
//! **Sign**: the error of a meter is e = (registered − true) / true; a positive error reads high. The balance of an
//! area is solved for κ = 1/(1+e) − 1, see [`error`].
//!
//! What lives here, of an area: [`raw`], readings as they arrived; [`clean`], the sequence of steps that mends them;
//! [`area`], the same after cleaning; [`error`], the two ways to say how wrong a meter is; [`solver`], from an area to the
//! errors of its meters, and [`prior`], what is known of them beforehand; [`daily`], what an area has taught so far, day by
//! day; [`home`], where a meter hangs that is filed in the wrong area.
//! Of decisions: [`verdict`], what is decided of a meter; [`state`], in the words of a province, and where to look first;
//! [`lot`], [`plan`] and [`lifetime`], what is said of many meters at once; [`trial`], errors put into readings to be found again.
//!
//! What never does: one province's thresholds (those are parameters), files, printing.

pub mod area;
mod balance;
pub mod clean;
pub mod daily;
pub mod error;
mod factor;
mod fault;
mod fit;
pub mod home;
mod information;
pub mod lifetime;
mod loss;
pub mod lot;
mod noise;
pub mod plan;
pub mod prior;
pub mod raw;
mod root;
pub mod solver;
pub mod state;
pub mod trial;
pub mod verdict;
mod voltage;

pub use area::{Area, Master, Meter, Phase};

/// Raised when a digit of a result moves.
pub const REVISION: u32 = 1;
