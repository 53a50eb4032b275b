//! Allan covariances: one row per pair of series and averaging time.

use super::{Schema, float, integer, text};

/// The result of the covariance analysis.
pub static SCHEMA: Schema = Schema {
    name: "covariance",
    version: 1,
    fields: &[
        text("series", "name of the first series"),
        text("other", "name of the second series"),
        float("tau_s", "s", "averaging time τ = m τ₀"),
        integer("m", "1", "averaging factor"),
        float("covariance", "1", "Groslambert's Allan covariance, with its sign"),
        float("covariance_u", "1", "standard uncertainty of the covariance; null where it is not assessable"),
        float("codeviation", "1", "root of the covariance's magnitude with the covariance's sign"),
        float("lower", "1", "lower end of the codeviation's interval, with its sign"),
        float("upper", "1", "upper end of the codeviation's interval, with its sign"),
        float("confidence", "1", "confidence level of the two-sided interval"),
        integer("n", "1", "number of terms in the mean"),
        float("edf", "1", "equivalent degrees of freedom: the geometric mean over both series"),
        text("flags", "remarks on this row, separated by spaces: insignificant, gaps, …"),
    ],
};
