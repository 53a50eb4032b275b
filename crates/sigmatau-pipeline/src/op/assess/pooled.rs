//! The prior of the errors, as areas all over the readings teach it.

use super::Assess;
use crate::dataset::{Span, Unit};
use crate::op::Input;
use rayon::prelude::*;
use sigmatau_data::DataError;
use sigmatau_meter::prior::{Evidence, Prior, pooled};
use std::sync::Mutex;

/// How many areas teach the prior, so that neither time nor memory grow with the readings.
const TEACHERS: usize = 32;

/// A prior that is found once.
#[derive(Default)]
pub(super) struct Pooled(Mutex<Option<Prior>>);

impl Pooled {
    /// The prior that areas spread evenly over the readings teach; the one to start from where there is one area alone.
    ///
    /// Every unit of work asks for it, and whichever comes first finds it, while the others wait. It is found on threads
    /// of its own: one that waited for others of the same pool could be given the next unit, and wait for itself.
    pub(super) fn get(&self, assess: &Assess, input: &Input<'_>) -> Result<Prior, DataError> {
        let mut found = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(prior) = *found {
            return Ok(prior);
        }
        let threads = rayon::ThreadPoolBuilder::new().num_threads(rayon::current_num_threads()).build();
        let threads = threads.expect("threads can be started");
        let prior = std::thread::scope(|scope| {
            let finding = scope.spawn(|| threads.install(|| find(assess, input)));
            finding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        *found = Some(prior);
        Ok(prior)
    }
}

fn find(assess: &Assess, input: &Input<'_>) -> Result<Prior, DataError> {
    let start = Prior::default();
    let teachers = teachers(&input.dataset.units(super::OP.scope));
    if teachers.len() < 2 || !assess.solver.teaches() {
        return Ok(start);
    }
    let evidence = |unit: &Unit| -> Result<Vec<Evidence>, DataError> {
        let assessed = assess.solved(input, unit, &start)?;
        let solutions = assessed.into_iter().filter_map(|one| one.outcome.ok());
        Ok(solutions.filter_map(|(_, solution)| solution.evidence).collect())
    };
    let evidence: Vec<Vec<Evidence>> = teachers.par_iter().map(evidence).collect::<Result<_, _>>()?;
    Ok(pooled(&evidence.concat(), &start))
}

/// Single areas, spread evenly over all of them.
fn teachers(units: &[Unit]) -> Vec<Unit> {
    let spans = units.iter().flat_map(|unit| &unit.spans);
    let single = |span: &Span| {
        let file = span.file;
        span.series.clone().map(move |one| Span { file, series: one..one + 1 })
    };
    let areas: Vec<Span> = spans.flat_map(single).collect();
    let step = areas.len().div_ceil(TEACHERS).max(1);
    areas.into_iter().step_by(step).map(|span| Unit { label: String::new(), spans: vec![span] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_areas_teach_all_and_many_areas_some_all_over() {
        let unit = |series| Unit { label: String::new(), spans: vec![Span { file: 0, series }] };
        let taught = |areas: usize| {
            let units: Vec<Unit> = (0..areas).step_by(16).map(|first| unit(first..areas.min(first + 16))).collect();
            teachers(&units).iter().map(|unit| unit.spans[0].series.start).collect::<Vec<_>>()
        };
        assert_eq!(taught(20), (0..20).collect::<Vec<_>>());
        assert_eq!(taught(100), (0..100).step_by(4).collect::<Vec<_>>());
        assert!(taught(10_000).len() <= TEACHERS && taught(10_000).last() > Some(&9_000));
    }
}
