//! Models of sensors: one row per sensor and parameter.

use super::{Schema, float, text};

/// The result of the identification.
pub static SCHEMA: Schema = Schema {
    name: "model",
    version: 1,
    fields: &[
        text("sensor", "name of the sensor"),
        text("model", "name of the model, such as `second-order`"),
        text("parameter", "name of the parameter"),
        float("value", "", "its value, in the unit that stands beside"),
        float("u", "", "its standard uncertainty, in the same unit"),
        text("unit", "unit of the parameter; `H` stands for that of the response where it is not known"),
        text("correlation", "correlation with each parameter of the sensor, in the order of its rows"),
        float("dof", "1", "degrees of freedom of the uncertainties"),
        float("chi_squared", "1", "χ² of the residuals with the stated covariance; null where none is stated"),
        float("residual_dof", "1", "degrees of freedom of χ²: usable numbers less parameters"),
        float("p_value", "1", "probability of a larger χ² if model and covariance are right"),
        float("runs_p_value", "1", "probability of as few runs of equal sign along the frequencies"),
        float("inflation", "1", "what the covariance was multiplied by: 1 or the square of the Birge ratio"),
        float("aic", "1", "criterion of Akaike: of two models the one with the smaller number is to be preferred"),
        text("stable", "yes or no: whether all transients of the model die away"),
    ],
};
