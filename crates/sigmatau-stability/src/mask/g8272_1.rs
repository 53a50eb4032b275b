//! Enhanced primary reference time clocks, ITU-T G.8272.1.
//!
//! allantools 2024.06 (from the amendment of 2017) and kshana 0.40 (from that of 2025) agree.

use super::{Mask, Piece};
use std::borrow::Cow::Borrowed;

/// Within 30 ns; classes A and B alike.
pub(super) static MTIE: Mask = Mask {
    name: Borrowed("g8272-1-mtie"),
    title: Borrowed("enhanced primary reference time clock"),
    reference: Borrowed("ITU-T G.8272.1, locked mode, table 1"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[
        Piece::constant(1.0, 4e-9),
        Piece::line(100.0, 3.89e-9, 0.11114e-9),
        Piece::line(4e5, 15e-9, 0.0375e-12),
        Piece::constant(f64::INFINITY, 30e-9),
    ]),
};

/// Within 30 ns; classes A and B alike.
pub(super) static TDEV: Mask = Mask {
    name: Borrowed("g8272-1-tdev"),
    title: Borrowed("enhanced primary reference time clock"),
    reference: Borrowed("ITU-T G.8272.1, locked mode, table 2"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(3e4, 1e-9), Piece::line(3e5, 0.0, 3.33333e-14), Piece::constant(1e6, 10e-9)]),
};
