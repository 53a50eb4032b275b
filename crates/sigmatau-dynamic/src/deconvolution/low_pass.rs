//! A low-pass filter without delay.

use super::{Bin, Regularisation};

/// g = 1 / (1 + (f/f_c)⁸), the Butterworth filter of order 4 forwards and backwards.
pub(super) static REGULARISATION: Regularisation = Regularisation {
    name: "low-pass",
    title: "a Butterworth filter of order 4, forwards and backwards",
    strength: "the frequency in Hz at which half is left",
    reference: "Butterworth, Experimental Wireless 7, 1930",
    gain: |Bin { frequency, .. }, cutoff| 1.0 / (1.0 + (frequency / cutoff).powi(8)),
};
