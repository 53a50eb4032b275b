//! The mean frequency taken off.

use super::{Quantity, Series, Step, Treated, Treatment, no_argument};
use sigmatau_core::series::NeumaierSum;
use sigmatau_core::{Finding, Severity};
use std::fmt;

/// Subtracts the mean frequency: of frequencies their mean, of phases (x_last − x_first)/(t_last − t_first).
///
/// Without gaps the two are the same. No statistic of the Allan family sees it; MTIE and TIE rms do.
/// Missing points count for nothing and stay missing.
pub(super) static STEP: Step = Step {
    name: "offset",
    title: "the mean frequency taken off",
    parameter: "",
    reference: "NIST SP 1065, frequency offset",
    understand: |argument| Ok(Box::new(no_argument(argument, Offset)?)),
};

#[derive(Debug)]
struct Offset;

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("offset")
    }
}

impl Treatment for Offset {
    fn apply(&self, mut series: Series) -> Treated {
        let Some(mean) = mean_frequency(&series) else {
            return Treated::refused(
                "condition-too-short",
                "there are too few points for a mean frequency",
                "record longer",
            );
        };
        let (quantity, tau0) = (series.quantity, series.tau0);
        let share = |place: usize| if quantity == Quantity::Phase { mean * (place as f64 * tau0) } else { mean };
        series.values.iter_mut().enumerate().for_each(|(place, value)| *value -= share(place));
        let finding = Finding::new(
            Severity::Note,
            "condition-offset",
            format!("the mean frequency y = {mean:.9e} was taken off"),
            "time error statistics no longer show it",
            "leave the step out where the offset of the clock matters",
        );
        Treated::done(series, finding)
    }
}

fn mean_frequency(series: &Series) -> Option<f64> {
    match series.quantity {
        Quantity::Phase => {
            let (first, last) = (series.present().next()?, series.present().next_back()?);
            let span = (last.0 - first.0) as f64 * series.tau0;
            (span > 0.0).then(|| (last.1 - first.1) / span)
        }
        Quantity::Frequency => {
            let mut sum = NeumaierSum::default();
            series.present().for_each(|(_, y)| sum.add(y));
            let points = series.present().count();
            (points > 0).then(|| sum.total() / points as f64)
        }
    }
}
