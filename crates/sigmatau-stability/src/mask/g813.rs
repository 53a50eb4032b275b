//! Equipment clocks, ITU-T G.813.
//!
//! The formulas that timeTools transcribes from G.8262 (07/2010), tables 1, 3, 4 and 5, for the same
//! options of synchronous Ethernet clocks.

use super::{Mask, Piece};
use std::borrow::Cow::Borrowed;

/// Option 1: networks of 2048 kbit/s.
pub(super) static OPTION_1_MTIE: Mask = Mask {
    name: Borrowed("g813-1-mtie"),
    title: Borrowed("equipment clock, option 1"),
    reference: Borrowed("ITU-T G.813 (2003), wander in locked mode at constant temperature; the same in G.8262"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(1.0, 40e-9), Piece::power(100.0, 40e-9, 0.1), Piece::power(1e3, 25.25e-9, 0.2)]),
};

/// Option 1: networks of 2048 kbit/s.
pub(super) static OPTION_1_TDEV: Mask = Mask {
    name: Borrowed("g813-1-tdev"),
    title: Borrowed("equipment clock, option 1"),
    reference: Borrowed("ITU-T G.813 (2003), wander in locked mode at constant temperature; the same in G.8262"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(25.0, 3.2e-9), Piece::power(100.0, 0.64e-9, 0.5), Piece::constant(1e3, 6.4e-9)]),
};

/// Option 2: networks of 1544 kbit/s.
pub(super) static OPTION_2_MTIE: Mask = Mask {
    name: Borrowed("g813-2-mtie"),
    title: Borrowed("equipment clock, option 2"),
    reference: Borrowed("ITU-T G.813 (2003), wander in locked mode at constant temperature; the same in G.8262"),
    statistic: Borrowed("mtie"),
    from: 0.1,
    pieces: Borrowed(&[Piece::constant(1.0, 20e-9), Piece::power(10.0, 20e-9, 0.48), Piece::constant(1e3, 60e-9)]),
};

/// Option 2: networks of 1544 kbit/s.
pub(super) static OPTION_2_TDEV: Mask = Mask {
    name: Borrowed("g813-2-tdev"),
    title: Borrowed("equipment clock, option 2"),
    reference: Borrowed("ITU-T G.813 (2003), wander in locked mode at constant temperature; the same in G.8262"),
    statistic: Borrowed("tdev"),
    from: 0.1,
    pieces: Borrowed(&[
        Piece::power(2.5, 3.2e-9, -0.5),
        Piece::constant(40.0, 2e-9),
        Piece::power(1e3, 0.32e-9, 0.5),
        Piece::constant(1e4, 10e-9),
    ]),
};
