//! Frequency stability: one calibration for each estimator, its deviations with their intervals.

use super::response::degrees_of_freedom;
use super::{Calibration, Quantity, Uncertainty, Values, grouped};
use crate::view::stability::unit_of;
use sigmatau_core::Unit;
use sigmatau_data::Table;

/// The calibrations of one clock from a `stability/1` table; nothing where a column is missing.
pub(super) fn calibrations(table: &Table) -> Option<Vec<Calibration>> {
    let estimators = grouped(table, "estimator")?.into_iter();
    let calibration = |(estimator, rows): (&str, Table)| {
        Some(Calibration { method: estimator.to_owned(), quantities: quantities(estimator, &rows)? })
    };
    estimators.map(calibration).collect()
}

fn quantities(estimator: &str, table: &Table) -> Option<Vec<Quantity>> {
    let floats = |name: &str| table.floats(name).map(<[f64]>::to_vec);
    let interval =
        Uncertainty::Interval { lower: floats("lower")?, upper: floats("upper")?, probability: floats("confidence")? };
    let tau = Values::Real(floats("tau_s")?, Uncertainty::None);
    let deviation = Values::Real(floats("deviation")?, interval);
    Some(vec![
        Quantity { role: "tau", column: "tau_s", unit: Some(Unit::SECOND), values: tau },
        Quantity {
            role: "deviation",
            column: "deviation",
            unit: Unit::parse(unit_of(estimator)).ok(),
            values: deviation,
        },
        degrees_of_freedom("edf", table.floats("edf")?),
    ])
}
