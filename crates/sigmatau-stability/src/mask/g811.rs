//! Primary reference clocks, ITU-T G.811.
//!
//! The formulas of allantools 2024.06. The time deviation ends at 10 000 s, as in the same table of
//! G.8272 for class A.

use super::{Mask, Piece};
use std::borrow::Cow::Borrowed;

/// Beyond 1000 s a line of slope 10⁻¹¹, without end.
pub(super) static MTIE: Mask = Mask {
    name: Borrowed("g811-mtie"),
    title: Borrowed("primary reference clock"),
    reference: Borrowed("ITU-T G.811 (1997), amendment 1 (2016)"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::line(1e3, 25e-9, 0.275e-9), Piece::line(f64::INFINITY, 290e-9, 0.01e-9)]),
};

/// Flat, a line, flat again.
pub(super) static TDEV: Mask = Mask {
    name: Borrowed("g811-tdev"),
    title: Borrowed("primary reference clock"),
    reference: Borrowed("ITU-T G.811 (1997), amendment 1 (2016)"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(100.0, 3e-9), Piece::line(1e3, 0.0, 0.03e-9), Piece::constant(1e4, 30e-9)]),
};
