//! Primary reference time clocks, ITU-T G.8272.
//!
//! allantools 2024.06 (from the edition of 2018) and kshana 0.40 (from that of 2025) agree.

use super::{Mask, Piece};
use std::borrow::Cow::Borrowed;

/// Class A, within 100 ns.
pub(super) static CLASS_A_MTIE: Mask = Mask {
    name: Borrowed("g8272-a-mtie"),
    title: Borrowed("primary reference time clock of class A"),
    reference: Borrowed("ITU-T G.8272, table 1"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::line(273.0, 25e-9, 0.275e-9), Piece::constant(f64::INFINITY, 100e-9)]),
};

/// Class A, within 100 ns.
pub(super) static CLASS_A_TDEV: Mask = Mask {
    name: Borrowed("g8272-a-tdev"),
    title: Borrowed("primary reference time clock of class A"),
    reference: Borrowed("ITU-T G.8272, table 3"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(100.0, 3e-9), Piece::line(1e3, 0.0, 0.03e-9), Piece::constant(1e4, 30e-9)]),
};

/// Class B, within 40 ns.
pub(super) static CLASS_B_MTIE: Mask = Mask {
    name: Borrowed("g8272-b-mtie"),
    title: Borrowed("primary reference time clock of class B"),
    reference: Borrowed("ITU-T G.8272, table 2"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::line(54.5, 25e-9, 0.275e-9), Piece::constant(f64::INFINITY, 40e-9)]),
};

/// Class B, within 40 ns.
pub(super) static CLASS_B_TDEV: Mask = Mask {
    name: Borrowed("g8272-b-tdev"),
    title: Borrowed("primary reference time clock of class B"),
    reference: Borrowed("ITU-T G.8272, table 4"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(100.0, 1e-9), Piece::line(500.0, 0.0, 0.01e-9), Piece::constant(1e5, 5e-9)]),
};
