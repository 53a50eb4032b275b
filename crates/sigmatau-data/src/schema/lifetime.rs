//! Lifetimes of lots of meters: one row per lot and horizon.

use super::{Schema, float, integer, text};

/// The result of fitting lives and of foretelling failures.
pub static SCHEMA: Schema = Schema {
    name: "lifetime",
    version: 1,
    fields: &[
        text("lot", "name of the lot"),
        text("law", "weibull, or weibull-early with a share of early failures beside the wear"),
        float("shape", "1", "shape β of the Weibull distribution; above 1 meters wear"),
        float("scale_years", "", "its scale η in years"),
        float("early_share", "1", "share of the meters that fail early; null without such"),
        float("early_mean_years", "", "mean life of these in years"),
        float("failures", "1", "failures that were seen"),
        float("working", "1", "meters that work"),
        float("years", "", "horizon in years"),
        float("expected", "1", "failures expected within the horizon"),
        float("u_expected", "1", "standard uncertainty of their number"),
        float("low", "1", "lower end of its prediction interval"),
        float("high", "1", "upper end of it"),
        float("confidence", "1", "coverage probability of the interval"),
        float("p_failing", "1", "probability that a meter of the lot fails within the horizon"),
        float(
            "survival",
            "1",
            "share of the working meters that work at the horizon, at the upper end of the interval",
        ),
        float("optimal_age_years", "", "age at which replacing costs least; null where wear does not pay for it"),
        integer("priority", "", "place of the lot when the most probable failures are replaced first, from 1"),
    ],
};
