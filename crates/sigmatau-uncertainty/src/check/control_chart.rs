//! A check standard stays in control.

use super::table::{CheckStandards, NO_WORD};
use super::watch::{Evidence, Observation, Watch, Words, sidak};
use super::{Check, Decision, Severity, Subject};
use crate::chart::{Chart, RunLengths, changes};
use crate::fdr::Sides;
use std::sync::LazyLock;

pub(super) static CHECK: Check = Check {
    name: "control-chart",
    code: "EWMA/CUSUM",
    title: "a check standard stays in control",
    statistic: "the largest excursion of an exponentially weighted mean (λ = 0.2) and of a two-sided cumulated sum \
        (k = 0.5) of (x − x_ref)/u, each as the probability of its run length",
    threshold: 0.01,
    because: "the smaller p-value twice, at the rate of false discoveries: at the usual limits (L = 3, one alarm in \
        560; h = 5, one in 465) a million charts alarm two thousand times a step",
    unit: Subject::Certificate,
    severity: Severity::High,
    remedy: "find when it changed and what was done then; recalibrate the standard",
    reference: "ISO 7870-6:2016; ISO 7870-4:2021; J. M. Lucas, M. S. Saccucci, Technometrics 32 (1990) 1",
    decision: Decision::Family { sides: Sides::Upper, effect: 0.0, share: 1.0 },
    wants: &[&["check_standards.standard", "check_standards.value", "check_standards.reference", "check_standards.u"]],
    start: |_| Box::new(Charts::default()),
    seen: |seen| format!("its chart ran out to {:.1}; the mean changed by {:.2} u", seen.statistic, seen.effect),
};

/// Fewer checks than this make no chart.
const FEWEST: usize = 5;
/// The penalty for a change is this times ln n.
const PENALTY: f64 = 3.0;

/// The charts with their run lengths.
static CHARTS: LazyLock<[(Chart, RunLengths); 2]> = LazyLock::new(|| {
    [Chart::Ewma { weight: 0.2 }, Chart::Cusum { allowance: 0.5 }].map(|chart| (chart, RunLengths::of(chart)))
});

/// What was found on the charts.
#[derive(Debug, Default)]
struct Charts(Vec<Observation>);

impl Watch for Charts {
    fn check_standard(&mut self, checks: &CheckStandards<'_>, first: u64) {
        let rows = checks.value.iter().zip(checks.reference).zip(checks.u);
        let deviates: Vec<f64> = rows.map(|((value, reference), u)| (value - reference) / u).collect();
        let known: Vec<f64> = deviates.iter().copied().filter(|z| z.is_finite()).collect();
        if known.len() < FEWEST {
            return;
        }
        let excursions = CHARTS.iter().filter_map(|(chart, lengths)| {
            let (size, place) = chart.excursion(&deviates)?;
            Some((lengths.ln_p(size, known.len()), size, place))
        });
        let Some((ln_p, statistic, place)) = excursions.min_by(|one, other| one.0.total_cmp(&other.0)) else { return };
        let changes = changes(&known, PENALTY * (known.len() as f64).ln());
        let effect = changes.last().map_or(0.0, |change| change.size);
        let seen = Observation::about(checks.standard[0]);
        let group = checks.laboratory.first().copied().unwrap_or(NO_WORD);
        let score = Sides::Upper.score(sidak(ln_p, 2.0));
        let rows = known.len() as u32;
        self.0.push(Observation { group, row: first + place as u64, rows, statistic, score, effect, ..seen });
    }

    fn finish(self: Box<Self>, _words: &Words<'_>) -> Evidence {
        Evidence::of_family(self.0)
    }
}
