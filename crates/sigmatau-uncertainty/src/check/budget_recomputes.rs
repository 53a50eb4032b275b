//! What is stated of the uncertainty follows from the budget.

use super::table::{Budgets, Correlations, Instrument, half_last_digit, number};
use super::watch::Rows;
use super::{Check, Decision, Severity, Subject};

pub(super) static CHECK: Check = Check {
    name: "budget-recomputes",
    code: "U-RECOMPUTE",
    title: "what is stated of the uncertainty follows from the budget",
    statistic: "by how much u_c, U and ν_eff miss √(ΣΣ cᵢcⱼuᵢuⱼrᵢⱼ), k u_c and the formula of Welch and \
        Satterthwaite, over what rounding allows, less 1",
    threshold: 0.0,
    because: "half of the last stated digit, and of each input's times |c|, is all that rounding explains",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "recompute the budget; state what it gives",
    reference: "JCGM 100:2008, 5.1, 5.2, G.4",
    decision: Decision::Deterministic,
    wants: &[&["budgets.u", "budgets.sensitivity", "calibrations.u_c"]],
    start: |_| Rows::judged(excess),
    seen: |seen| {
        format!(
            "in {} rows u_c, U or ν_eff is not what the budget gives; at worst by {:.1} times what rounding explains",
            seen.rows,
            seen.statistic + 1.0
        )
    },
};

/// How far degrees of freedom may miss: they are truncated, and go with the fourth power of rounded parts.
const DOF_ROUNDING: f64 = 0.25;

fn excess(instrument: &Instrument<'_>, row: usize) -> f64 {
    let (rows, budget) = (&instrument.rows, instrument.budget(row));
    let (stated, k) = (rows.u_c[row], number(rows.k, row, f64::NAN));
    if budget.is_empty() || stated.is_nan() {
        return f64::NAN;
    }
    let parts: Vec<f64> = budget.u.iter().zip(budget.sensitivity).map(|(u, c)| u * c).collect();
    let combined = combined(&parts, &instrument.correlations(row));
    let ratios = [
        off(stated, combined, || half_last_digit(stated) + rounding(&budget)),
        off(number(rows.expanded_u, row, f64::NAN), k * stated, || {
            half_last_digit(rows.expanded_u[row]) + k * half_last_digit(stated) + stated * half_last_digit(k)
        }),
        dof_off(instrument, row, &parts, combined),
    ];
    ratios.into_iter().filter(|ratio| !ratio.is_nan()).fold(0.0, f64::max) - 1.0
}

/// √(ΣΣ cᵢcⱼuᵢuⱼrᵢⱼ).
fn combined(parts: &[f64], correlations: &Correlations<'_>) -> f64 {
    let part = |place: u32| parts.get(place as usize).copied().unwrap_or(0.0);
    let pairs = correlations.first.iter().zip(correlations.second).zip(correlations.coefficient);
    let shared: f64 = pairs.map(|((first, second), r)| 2.0 * r * part(*first) * part(*second)).sum();
    (parts.iter().map(|part| part * part).sum::<f64>() + shared).max(0.0).sqrt()
}

/// |stated − expected| over what is allowed; most rows agree to nine digits and need no digits counted.
fn off(stated: f64, expected: f64, allowed: impl FnOnce() -> f64) -> f64 {
    let difference = (stated - expected).abs();
    if difference <= 1e-9 * expected { 0.0 } else { difference / allowed() }
}

fn rounding(budget: &Budgets<'_>) -> f64 {
    budget.u.iter().zip(budget.sensitivity).map(|(u, c)| c.abs() * half_last_digit(*u)).sum()
}

/// The same of the degrees of freedom; not justified where inputs are correlated.
fn dof_off(instrument: &Instrument<'_>, row: usize, parts: &[f64], combined: f64) -> f64 {
    let stated = number(instrument.rows.dof, row, f64::NAN);
    let dof = instrument.budget(row).dof;
    if !stated.is_finite() || dof.len() != parts.len() || !instrument.correlations(row).is_empty() {
        return f64::NAN;
    }
    let expected = combined.powi(4) / parts.iter().zip(dof).map(|(part, dof)| part.powi(4) / dof).sum::<f64>();
    (stated - expected).abs() / (1.0 + DOF_ROUNDING * expected.min(stated))
}
