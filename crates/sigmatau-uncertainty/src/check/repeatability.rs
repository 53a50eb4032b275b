//! Readings scatter as is claimed.

use super::table::Instrument;
use super::too_good::chi_squared;
use super::watch::{Observation, Whole};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use crate::tail::Law;

pub(super) static CHECK: Check = Check {
    name: "repeatability",
    code: "REPEAT-CHI2",
    title: "readings scatter as is claimed",
    statistic: "χ² = Σ(x − x̄)²/(u_rep² + q²/12) over the readings of all rows, with Σ(n − 1) degrees of freedom; \
        too small is as suspicious as too large",
    threshold: 0.01,
    because: "two-sided, at the rate of false discoveries: alone, χ²₉ exceeds 27.88 by chance once in a thousand",
    unit: Subject::Instrument,
    severity: Severity::High,
    remedy: "evaluate the repeatability anew; look for a disturbance, or for readings that were copied",
    reference: "JCGM 100:2008, 4.2; ISO 5725-2",
    decision: Decision::Family { sides: Sides::Both, effect: 0.0, share: 1.0 },
    wants: &[&["repeats.value", "calibrations.u_repeat"]],
    start: |_| Whole::judged(scatter),
    seen: |seen| {
        format!("its readings scatter by {:.2} times what is claimed (χ² = {:.1})", seen.effect, seen.statistic)
    },
};

fn scatter(instrument: &Instrument<'_>) -> Option<Observation> {
    let (statistic, dof) = chi_squared(instrument)?;
    let score = Law::ChiSquared { dof }.score(statistic);
    let rows = instrument.len() as u32;
    let seen = Observation::about(instrument.id());
    Some(Observation { row: instrument.row(0), rows, statistic, score, effect: (statistic / dof).sqrt(), ..seen })
}
