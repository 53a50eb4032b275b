//! Simulations of intervals, one file for each part of the crate.

pub(crate) mod models;
