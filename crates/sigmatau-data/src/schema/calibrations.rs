//! Calibrations: what certificates say of instruments, one row per point.

use super::rules::{Reference, Rules};
use super::{Schema, float, integer, text};

/// One row per certificate and point, sorted by instrument, point and time. Values, limits and uncertainties are in the
/// `unit` of their row; the error of an instrument is `value` − `reference`.
pub static SCHEMA: Schema = Schema {
    name: "calibrations",
    version: 1,
    fields: &[
        text("laboratory", "who calibrated").required(),
        text("instrument", "what was calibrated").required(),
        text("class", "make and model: the instruments that it is a peer of"),
        text("point", "name of the calibration point: range, load, frequency").required(),
        text("certificate", "identifier of the certificate").required(),
        integer("time", "ns", "when it was measured, since 1970 in UTC"),
        text("zone", "time zone in which the laboratory stated the time, such as `UTC` or `+08:00`"),
        text("quantity", "kind of quantity of the value").required(),
        text("unit", "unit of the value, the reference, the limits and the uncertainties").required(),
        float("value", "", "what the instrument showed").required(),
        float("reference", "", "what the standard said").required(),
        float("u", "", "standard uncertainty of the value").at_least(0.0),
        float("u_reference", "", "standard uncertainty of the reference").at_least(0.0),
        float("covariance", "", "covariance of value and reference; null where they share nothing"),
        float("u_c", "", "combined standard uncertainty of the error, as stated").at_least(0.0),
        float("expanded_u", "", "expanded uncertainty of the error, as stated: k · u_c").required().at_least(0.0),
        float("k", "1", "coverage factor, as stated").at_least(0.0),
        float("dof", "1", "effective degrees of freedom, as stated; null where infinite or not stated").at_least(0.0),
        float("probability", "1", "coverage probability, as stated").within(0.0, 1.0),
        float("cmc", "", "smallest expanded uncertainty that the laboratory may state here; null where none is known")
            .at_least(0.0),
        float("resolution", "", "step of the instrument's display").at_least(0.0),
        integer("n_repeats", "1", "number of readings behind the value").at_least(0.0),
        float("u_repeat", "", "claimed standard deviation of a single reading").at_least(0.0),
        float("drift_u_per_year", "", "claimed standard uncertainty of a year's drift; null where none").at_least(0.0),
        text("standard", "certificate of the standard that was used").required(),
        text("procedure", "identifier of the procedure"),
        text("operator", "who operated"),
        text("firmware", "firmware of the instrument"),
        float("lower", "", "lower limit of the error; null where there is none"),
        float("upper", "", "upper limit of the error; null where there is none"),
        text("rule", "decision rule; empty where nothing is decided"),
        text("verdict", "what was decided").one_of(&["", "pass", "fail", "conditional-pass", "conditional-fail"]),
        integer("submitted", "ns", "when the row was uploaded, since 1970 in UTC"),
        integer("due", "ns", "when it ought to have been uploaded, since 1970 in UTC"),
    ],
};

/// What holds for plain rows.
pub static RULES: Rules = Rules {
    schema: &SCHEMA,
    key: &["certificate", "point"],
    references: &[Reference { column: "standard", table: "chain", to: "certificate" }],
};
