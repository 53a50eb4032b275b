//! Digital filters: one row per sensor and coefficient.

use super::{Schema, float, text};

/// The result of the design of filters, y(n) = Σ b(k) x(n − k) − Σ a(k) y(n − k) with a(0) = 1.
pub static SCHEMA: Schema = Schema {
    name: "filter",
    version: 2,
    fields: &[
        text("sensor", "name of the sensor"),
        text("kind", "fir or iir"),
        text("aim", "inverse where the filter takes back what the sensor did, forward where it does the same"),
        text("coefficient", "name of the coefficient: a1, a2 … and behind them b0, b1 …"),
        float("value", "", "its value"),
        float("u", "", "its standard uncertainty"),
        text("correlation", "correlation with each coefficient of the sensor up to this one, in the order of its rows"),
        float("rate_hz", "Hz", "sampling rate of the signals that the filter is for"),
        float("delay_samples", "1", "how many points the output is late"),
        float("from_hz", "Hz", "lowest frequency of the band that the filter was judged in"),
        float("to_hz", "Hz", "highest frequency of that band"),
        float(
            "deviation",
            "1",
            "largest relative deviation |δ| of the filter from its target at the lines in that band",
        ),
        float("deviation_hz", "Hz", "frequency of that deviation"),
        text("unit", "unit of output over input; empty where it is not known").optional(),
    ],
};
