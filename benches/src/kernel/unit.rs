//! Reading units as they stand in the headers of tables.

use super::repeat;
use sigmatau_core::Unit;
use std::hint::black_box;

pub(super) fn parse() {
    repeat(300, || {
        for text in ["s", "ns", "Hz", "kWh", "MHz/s", "mV/V", "pC/(m/s2)", "µrad", "m·s", "kOhm", "°C", "second"] {
            black_box(Unit::parse(black_box(text)).ok());
        }
    });
}
