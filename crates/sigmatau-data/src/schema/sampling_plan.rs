//! Sampling plans and their operating characteristics: one row per lot, kind of plan and share.

use super::{Schema, float, integer, text};

/// The result of finding plans that do what is asked, or of judging one that is given.
pub static SCHEMA: Schema = Schema {
    name: "sampling-plan",
    version: 1,
    fields: &[
        text("lot", "name of the lot; empty where none is named"),
        text("plan", "attribute, which counts meters, or variables, which takes mean and deviation of their errors"),
        integer("meters", "", "meters of the lot; 0 where it is taken as endless"),
        float("survival", "1", "share of the conforming meters that still conform at the next inspection"),
        float("good", "1", "share of non-conforming meters of a lot that ought to be accepted"),
        float("producers_risk", "1", "largest probability of refusing it"),
        float("bad", "1", "share of a lot that ought to be refused, today"),
        float("consumers_risk", "1", "largest probability of accepting it"),
        integer("size", "", "meters to draw"),
        integer("accept", "", "non-conforming meters among them up to which the lot is accepted; attribute plans"),
        float("factor", "1", "acceptability constant k; null for attribute plans"),
        float("share_nonconforming", "1", "share of non-conforming meters"),
        float("p_accept", "1", "probability of accepting a lot of this share"),
        float("inspections", "1", "expected number of inspections of curtailed attribute sampling"),
    ],
};
