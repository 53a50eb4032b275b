//! Nuttall's window.

use super::Window;

/// Four terms; the highest side lobe is at −98 dB, the lowest that four terms can reach.
pub(super) static WINDOW: Window = Window {
    name: "nuttall",
    title: "Nuttall, four terms, minimum side lobes",
    reference: "A. H. Nuttall, IEEE Transactions on ASSP 29(1), 1981",
    coefficients: &[0.3635819, 0.4891775, 0.1365995, 0.0106411],
};
