//! Results agree with those of others.

use super::table::{Comparisons, NO_WORD, number};
use super::watch::{Evidence, Observation, Watch, Words, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::fdr::Sides;
use std::collections::BTreeMap;

pub(super) static CHECK: Check = Check {
    name: "en-score",
    code: "EN-PEER",
    title: "results agree with those of others",
    statistic: "z = (x − x_ref)/√(u² + u_ref² − 2 cov), of which E_n is half at k = 2; the covariance is that of \
        shared standards",
    threshold: 0.01,
    because: "at the rate of false discoveries: over a million results |E_n| > 1 alone flags 45 500 sound ones",
    unit: Subject::Laboratory,
    severity: Severity::High,
    remedy: "compare again; look for what the laboratory does otherwise",
    reference: "ISO/IEC 17043:2023; ISO 13528:2022",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&["comparisons.laboratory", "comparisons.value", "comparisons.u", "comparisons.reference"]],
    start: |_| Box::new(Results::default()),
    seen: |seen| format!("the worst of its {} comparisons has |E_n| = {:.2}", seen.rows, seen.effect),
};

/// The worst result of a laboratory, and how many it has.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    z: f64,
    row: u64,
    count: u32,
}

#[derive(Debug, Default)]
struct Results(BTreeMap<u32, Worst>);

impl Watch for Results {
    fn comparison(&mut self, results: &Comparisons<'_>, first: u64) {
        for row in 0..results.len() {
            let (u, u_reference) = (results.u[row], number(results.u_reference, row, 0.0));
            let variance = u * u + u_reference * u_reference - 2.0 * number(results.covariance, row, 0.0);
            let z = (results.value[row] - results.reference[row]) / variance.sqrt();
            if !z.is_nan() {
                self.0.entry(results.laboratory[row]).or_default().take(z, first + row as u64);
            }
        }
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        let observed = self.0.into_iter().filter(|(laboratory, _)| *laboratory != NO_WORD);
        Evidence::of_family(observed.map(|(laboratory, worst)| worst.observed(laboratory)).collect())
    }
}

impl Worst {
    fn take(&mut self, z: f64, row: u64) {
        self.count += 1;
        if self.count == 1 || z.abs() > self.z.abs() {
            (self.z, self.row) = (z, row);
        }
    }

    fn observed(self, laboratory: u32) -> Observation {
        let Self { z, row, count } = self;
        let score = Sides::Upper.score(sidak(Sides::Both.ln_p(z), f64::from(count)));
        Observation { row, rows: count, statistic: z, score, effect: 0.5 * z.abs(), ..Observation::about(laboratory) }
    }
}
