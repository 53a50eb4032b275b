//! Frequency responses: one calibration for each method.

use super::{Calibration, Complex, Quantity, Uncertainty, Values, grouped};
use sigmatau_core::Unit;
use sigmatau_data::Table;

/// The calibrations of one sensor from a `response/3` table; nothing where a column is missing.
pub(super) fn calibrations(table: &Table) -> Option<Vec<Calibration>> {
    let methods = grouped(table, "method")?.into_iter();
    methods
        .map(|(method, rows)| Some(Calibration { method: method.to_owned(), quantities: quantities(&rows)? }))
        .collect()
}

fn quantities(table: &Table) -> Option<Vec<Quantity>> {
    let floats = |name: &str| table.floats(name).map(<[f64]>::to_vec);
    let unit = || stated(table).or_else(|| table.column("magnitude")?.unit.clone());
    let standard = |u: &str| Some(Uncertainty::Standard { u: floats(u)?, dof: floats("dof")? });
    let real = |role, column, unit, uncertainty| {
        Some(Quantity { role, column, unit, values: Values::Real(floats(column)?, uncertainty) })
    };
    let complex = Complex {
        real: floats("real")?,
        imag: floats("imag")?,
        u_real: floats("u_real")?,
        u_imag: floats("u_imag")?,
        covariance: floats("cov_real_imag")?,
        dof: floats("dof")?,
    };
    let mut quantities = vec![
        real("frequency", "frequency_hz", Some(Unit::HERTZ), Uncertainty::None)?,
        real("magnitude", "magnitude", unit(), standard("magnitude_u")?)?,
        real("phase", "phase_rad", Some(Unit::RADIAN), standard("phase_u")?)?,
        Quantity { role: "response", column: "real", unit: unit(), values: Values::Complex(complex) },
    ];
    if floats("coherence")?.iter().any(|coherence| !coherence.is_nan()) {
        quantities.push(real("coherence", "coherence", Some(Unit::ONE), Uncertainty::None)?);
    }
    quantities.push(degrees_of_freedom("dof", &floats("dof")?));
    Some(quantities)
}

/// The unit that stands beside the lines.
fn stated(table: &Table) -> Option<Unit> {
    let word = table.texts("unit")?.first().filter(|word| !word.is_empty())?;
    Unit::parse(word).ok()
}

/// Degrees of freedom as words: they can be infinite, which D-SI numbers can't.
pub(super) fn degrees_of_freedom(column: &'static str, dof: &[f64]) -> Quantity {
    let word = |dof: &f64| if *dof == f64::INFINITY { "INF".to_owned() } else { format!("{dof:?}") };
    let values = Values::Words(dof.iter().map(word).collect());
    Quantity { role: "dof", column, unit: None, values }
}
