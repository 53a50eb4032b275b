//! The frequency domain of clocks: spectral densities, what they say about deviations, and back.
//!
//! What lives here: the densities S_y, S_x, S_φ and 𝓛 of one clock and how they follow from each other
//! ([`Quantity`]); their estimate from a record ([`analyse`]).

mod estimate;
mod quantity;

pub use estimate::{Analysis, Density, Method, Settings, analyse};
pub use quantity::Quantity;
