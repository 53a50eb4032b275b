//! Propagation: figures of the guides, figures of GTC, laws and coverage, rows beside single measurements.

mod figures;
mod golden;
mod jet;
mod laws;
mod rows;
