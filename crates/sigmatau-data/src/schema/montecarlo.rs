//! Measurands by Monte Carlo: one row per measurement and output.

use super::{Schema, float, integer, text};

/// The result of JCGM 101. Each number stands beside its own numerical standard uncertainty, `…_mc`.
pub static SCHEMA: Schema = Schema {
    name: "montecarlo",
    version: 1,
    fields: &[
        text("id", "the measurement: the name of its file"),
        text("output", "symbol of the output quantity"),
        text("unit", "unit of the output"),
        float("value", "", "mean of the trials"),
        float("value_mc", "", "its numerical standard uncertainty"),
        float("u", "", "standard deviation of the trials"),
        float("u_mc", "", "its numerical standard uncertainty"),
        float("probability", "1", "coverage probability of the intervals"),
        float("symmetric_low", "", "lower end of the probabilistically symmetric interval"),
        float("symmetric_low_mc", "", "its numerical standard uncertainty"),
        float("symmetric_high", "", "upper end of the probabilistically symmetric interval"),
        float("symmetric_high_mc", "", "its numerical standard uncertainty"),
        float("shortest_low", "", "lower end of the shortest interval between order statistics"),
        float("shortest_low_mc", "", "its numerical standard uncertainty"),
        float("shortest_high", "", "upper end of the shortest interval between order statistics"),
        float("shortest_high_mc", "", "its numerical standard uncertainty"),
        float("smoothed_low", "", "lower end of the shortest interval by a smoothed curve of widths"),
        float("smoothed_low_mc", "", "its numerical standard uncertainty"),
        float("smoothed_high", "", "upper end of the shortest interval by a smoothed curve of widths"),
        float("smoothed_high_mc", "", "its numerical standard uncertainty"),
        integer("trials", "1", "trials that were drawn"),
        integer("non_finite", "1", "trials without a finite value, which no other number holds"),
        text(
            "stopped",
            "what ended the trials: `trials`, a fixed number; `tolerance`, which was reached; or `most` that were allowed",
        ),
        float("tolerance", "", "numerical tolerance that was reached: twice the largest numerical uncertainty"),
        text("validated", "whether propagation is good enough: yes, no or unclear; empty where it was not asked"),
        float("d_low", "", "difference of the lower ends from propagation's interval"),
        float("d_high", "", "difference of the upper ends"),
        float("delta", "", "tolerance that the differences are held against"),
        text("flags", "remarks, separated by spaces"),
    ],
};
