//! The frequency domain of clocks: spectral densities, what they say about deviations, and back.
//!
//! What lives here: the densities S_y, S_x, S_φ and 𝓛 of one clock and how they follow from each other
//! ([`Quantity`]); their estimate from a record ([`analyse`]); the variances that a density stands for
//! ([`transfer`]); the levels of power laws in a density or in deviations ([`power_law`]).

mod estimate;
mod normal;
pub mod power_law;
mod quantity;
pub mod transfer;

pub use estimate::{Analysis, Density, Method, Settings, analyse};
pub use power_law::PowerLaws;
pub use quantity::Quantity;
pub use transfer::Variance;
