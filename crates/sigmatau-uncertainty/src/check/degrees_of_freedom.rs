//! Degrees of freedom are not more than the data give.

use super::table::{Budgets, Instrument, number};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "degrees-of-freedom",
    code: "DOF-AUDIT",
    title: "degrees of freedom are not more than the data give",
    statistic: "ν over what n readings (n − 1) or the stated u(u)/u (½ (u(u)/u)⁻²) give, less 1",
    threshold: 0.0,
    because: "n readings give n − 1; what is judged is known to the last half of a degree",
    unit: Subject::Instrument,
    severity: Severity::Medium,
    remedy: "state n − 1, fewer where readings are correlated; for type B what u(u)/u gives",
    reference: "JCGM 100:2008, 4.2.6, G.4.2",
    decision: Decision::Deterministic,
    wants: &[&["budgets.dof", "budgets.type_a"]],
    start: |_| Rows::judged(excess),
    seen: |seen| {
        format!(
            "in {} rows a component claims {:.1} times the degrees of freedom that it has",
            seen.rows,
            seen.statistic + 1.0
        )
    },
};

/// What rounding of degrees of freedom explains.
const ROUNDING: f64 = 0.5;
/// Stated u(u)/u has a digit or two: ν goes with its square.
const JUDGED: f64 = 1.3;

fn excess(instrument: &Instrument<'_>, row: usize) -> f64 {
    let budget = instrument.budget(row);
    let excesses = (0..budget.dof.len()).map(|place| {
        let stated = budget.dof[place];
        match allowed(&budget, place) {
            Some(allowed) if stated > allowed => stated.min(1e6) / allowed - 1.0,
            _ => 0.0,
        }
    });
    excesses.reduce(f64::max).unwrap_or(f64::NAN)
}

/// The most degrees of freedom that a component can have, where that is known.
fn allowed(budget: &Budgets<'_>, place: usize) -> Option<f64> {
    if budget.type_a[place] == 1 {
        let readings = *budget.n.get(place).filter(|readings| **readings > 0)?;
        return Some((readings - 1) as f64 + ROUNDING);
    }
    let relative = number(budget.relative_u_of_u, place, f64::NAN);
    (relative > 0.0).then(|| JUDGED * 0.5 / (relative * relative) + ROUNDING)
}
