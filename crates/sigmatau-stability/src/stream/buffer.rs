//! The phases that terms to come still need.

use crate::kernel::Window;

/// The latest phases of a record.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    phases: Vec<f64>,
    /// The place of the first of them in the record.
    first: usize,
    /// The place behind the last missing one.
    gaps_before: usize,
    /// The place from which on nobody has seen them.
    fresh: usize,
}

impl Buffer {
    pub(super) fn new(start: usize) -> Self {
        Self { phases: Vec::new(), first: start, gaps_before: start, fresh: start }
    }

    /// The place behind the last phase.
    pub(super) fn end(&self) -> usize {
        self.first + self.phases.len()
    }

    pub(super) fn push(&mut self, phases: &[f64]) {
        let missing = phases.iter().filter(|x| x.is_nan()).count();
        let last_gap = if missing > 0 { phases.iter().rposition(|x| x.is_nan()) } else { None };
        self.gaps_before = last_gap.map_or(self.gaps_before, |last| self.end() + last + 1);
        self.phases.extend_from_slice(phases);
    }

    pub(super) fn window(&self) -> Window<'_> {
        Window::new(&self.phases, self.first, self.gaps_before)
    }

    /// The phases that nobody has seen.
    pub(super) fn latest(&self) -> &[f64] {
        &self.phases[self.fresh - self.first..]
    }

    /// All have been seen, and nobody needs any before place `needed`.
    pub(super) fn seen(&mut self, needed: Option<usize>) {
        self.fresh = self.end();
        let stale = needed.unwrap_or(self.fresh).min(self.fresh) - self.first;
        if stale > self.phases.len() / 2 {
            self.phases.drain(..stale);
            self.first += stale;
        }
    }
}
