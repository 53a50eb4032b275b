//! Node clocks (synchronization supply units), ITU-T G.812.
//!
//! No second open implementation was found to compare these figures with; what was checked is that the
//! pieces meet. Compare them with the recommendation before a verdict is signed. Types IV to VI are left
//! out for the same reason.

use super::{Mask, Piece};
use std::borrow::Cow::Borrowed;

/// Type I.
pub(super) static TYPE_1_MTIE: Mask = Mask {
    name: Borrowed("g812-1-mtie"),
    title: Borrowed("node clock of type I"),
    reference: Borrowed("ITU-T G.812 (2004), wander in locked mode at constant temperature"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(9.0, 24e-9), Piece::power(400.0, 8e-9, 0.5), Piece::constant(1e4, 160e-9)]),
};

/// Type I.
pub(super) static TYPE_1_TDEV: Mask = Mask {
    name: Borrowed("g812-1-tdev"),
    title: Borrowed("node clock of type I"),
    reference: Borrowed("ITU-T G.812 (2004), wander in locked mode at constant temperature"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(25.0, 3e-9), Piece::line(100.0, 0.0, 0.12e-9), Piece::constant(1e4, 12e-9)]),
};

/// Types II and III.
pub(super) static TYPE_2_MTIE: Mask = Mask {
    name: Borrowed("g812-2-mtie"),
    title: Borrowed("node clock of type II or III"),
    reference: Borrowed("ITU-T G.812 (2004), wander in locked mode at constant temperature"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[
        Piece::constant(1.0, 40e-9),
        Piece::power(10.0, 40e-9, 0.4),
        Piece::constant(f64::INFINITY, 100e-9),
    ]),
};

/// Types II and III.
pub(super) static TYPE_2_TDEV: Mask = Mask {
    name: Borrowed("g812-2-tdev"),
    title: Borrowed("node clock of type II or III"),
    reference: Borrowed("ITU-T G.812 (2004), wander in locked mode at constant temperature"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[
        Piece::power(2.5, 3.2e-9, -0.5),
        Piece::constant(40.0, 2e-9),
        Piece::power(1e3, 0.32e-9, 0.5),
        Piece::constant(1e4, 10e-9),
    ]),
};
