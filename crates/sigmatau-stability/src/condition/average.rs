//! Averages of frequencies, which are every M-th phase.

use super::{Quantity, Series, Step, Treated, Treatment, counted, factor};
use sigmatau_core::series::NeumaierSum;
use sigmatau_core::{Finding, Severity};
use std::fmt;

/// Means of M frequencies each; of phases every M-th, which has these mean frequencies.
///
/// A mean with a missing frequency is missing. What is left over at the end makes no mean.
pub(super) static STEP: Step = Step {
    name: "average",
    title: "means of M frequencies, or every M-th phase",
    parameter: "M, a whole number of at least 2",
    reference: "NIST SP 1065, averaging of frequency data",
    understand: |argument| Ok(Box::new(Average(factor(argument)?))),
};

#[derive(Debug)]
struct Average(usize);

impl fmt::Display for Average {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "average:{}", self.0)
    }
}

impl Treatment for Average {
    fn apply(&self, series: Series) -> Treated {
        let values: Vec<f64> = match series.quantity {
            Quantity::Phase => series.values.iter().step_by(self.0).copied().collect(),
            Quantity::Frequency => series.values.chunks_exact(self.0).map(mean).collect(),
        };
        let thinned = Series { tau0: series.tau0 * self.0 as f64, values, ..series };
        let finding = Finding::new(
            Severity::Note,
            "condition-average",
            told(&series, &thinned, self.0),
            "τ₀ is longer now, and what is faster is averaged out",
            "ask for longer averaging times instead if only the number of points is too large",
        );
        Treated::done(thinned, finding)
    }
}

fn mean(values: &[f64]) -> f64 {
    let mut sum = NeumaierSum::default();
    values.iter().for_each(|value| sum.add(*value));
    sum.total() / values.len() as f64
}

/// What became of the points of `before`.
pub(super) fn told(before: &Series, after: &Series, m: usize) -> String {
    let points = before.values.len();
    let used = match before.quantity {
        Quantity::Phase => points.saturating_sub(1) / m * m + usize::from(points > 0),
        Quantity::Frequency => after.values.len() * m,
    };
    let missing = after.values.iter().filter(|value| value.is_nan()).count();
    let gaps = if missing > 0 { format!(", {missing} of them missing") } else { String::new() };
    let rest = points.saturating_sub(used);
    let rest = if rest > 0 {
        format!("; {} left over", counted(rest, "at the end was", "at the end were"))
    } else {
        String::new()
    };
    let (many, tau0, longer) = (before.quantity.plural(), before.tau0, after.tau0);
    format!("{points} {many} every {tau0} s became {} every {longer} s{gaps}{rest}", after.values.len())
}
