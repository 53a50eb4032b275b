//! Every M-th point.

use super::average::told;
use super::{Quantity, Series, Step, Treated, Treatment, factor};
use sigmatau_core::{Finding, Severity};
use std::fmt;

/// Every M-th point, from the first on.
///
/// Of phases that is what `average` does. Of frequencies it leaves dead time between them, T/τ = M, and
/// the finding says so: their Allan deviations need the bias functions of [`crate::dead_time`].
/// A point that is missing stays missing; its neighbours do not take its place.
pub(super) static STEP: Step = Step {
    name: "decimate",
    title: "every M-th point",
    parameter: "M, a whole number of at least 2",
    reference: "NIST SP 1065, dead time",
    understand: |argument| Ok(Box::new(Decimate(factor(argument)?))),
};

#[derive(Debug)]
struct Decimate(usize);

impl fmt::Display for Decimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decimate:{}", self.0)
    }
}

impl Treatment for Decimate {
    fn apply(&self, series: Series) -> Treated {
        let kept = series.values.iter().step_by(self.0).copied();
        let whole = series.values.len() / self.0;
        let values: Vec<f64> = match series.quantity {
            Quantity::Phase => kept.collect(),
            Quantity::Frequency => kept.take(whole).collect(),
        };
        let thinned = Series { tau0: series.tau0 * self.0 as f64, values, ..series };
        let (severity, matters) = match series.quantity {
            Quantity::Phase => (Severity::Note, "τ₀ is longer now; the frequencies between are averages"),
            Quantity::Frequency => {
                (Severity::Warning, "between the frequencies that are left there is dead time, which biases deviations")
            }
        };
        let advice = "average instead, or state dead_time = M";
        let finding = Finding::new(severity, "condition-decimate", told(&series, &thinned, self.0), matters, advice);
        Treated::done(thinned, finding)
    }
}
