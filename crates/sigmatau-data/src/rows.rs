//! Rows that belong to one series, sensor or other name, brought together from tables of any size.
//!
//! `rows/store.rs` is where the rows come from, `rows/index.rs` tells which of them belong to which name,
//! `rows/key.rs` which columns have the names,
//! `rows/rule.rs` turns what is stored into SI, `rows/gather.rs` brings the rows
//! of some names together, and `rows/piece.rs` reads those of one name piece by piece.

pub(crate) mod columns;
pub(crate) mod gather;
pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod piece;
pub(crate) mod rule;
pub(crate) mod store;
