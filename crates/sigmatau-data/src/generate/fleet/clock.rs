//! One clock of a fleet: its course, its noise, what was planted in it.

use super::Fleet;
use crate::generate::{Planted, RecipeError, Size};
use crate::{Column, Table, Values};
use sigmatau_core::Unit;
use sigmatau_spectrum::PowerLaw;
use std::ops::Range;

/// A change of size `size` at point `at`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) at: usize,
    pub(super) size: f64,
}

/// A clock: x(t) = x₀ + y₀ t + D t² / 2 + steps + outliers + noise.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clock {
    pub(super) name: String,
    pub(super) noise: Vec<PowerLaw>,
    /// x₀ in s.
    pub(super) time_offset: f64,
    /// y₀.
    pub(super) frequency_offset: f64,
    /// D in 1/s.
    pub(super) drift: f64,
    pub(super) phase_steps: Vec<Change>,
    pub(super) frequency_steps: Vec<Change>,
    pub(super) outliers: Vec<Change>,
    pub(super) gaps: Vec<Range<usize>>,
}

impl Clock {
    /// This clock in a record of `to` points instead of `from`: what was planted keeps its relative place.
    pub(super) fn stretched(&self, from: usize, to: usize) -> Self {
        let place = |at: usize| (at as u128 * to as u128 / from as u128) as usize;
        let moved = |changes: &[Change]| changes.iter().map(|c| Change { at: place(c.at), ..*c }).collect();
        let gap = |gap: &Range<usize>| place(gap.start)..place(gap.start) + place(gap.len()).max(1);
        Self {
            phase_steps: moved(&self.phase_steps),
            frequency_steps: moved(&self.frequency_steps),
            outliers: moved(&self.outliers),
            gaps: self.gaps.iter().map(gap).collect(),
            ..self.clone()
        }
    }

    /// This clock under the name that it has where the fleet is repeated: `maser-1.2` in the second round.
    pub(super) fn in_round(&self, round: usize) -> Self {
        let name = if round == 0 { self.name.clone() } else { format!("{}.{}", self.name, round + 1) };
        Self { name, ..self.clone() }
    }

    /// What was planted, in a fixed order of kinds.
    pub(super) fn planted(&self) -> Vec<Planted> {
        let of =
            |kind, at, size, unit: &str| Planted { series: self.name.clone(), kind, at, size, unit: unit.to_owned() };
        let mut planted: Vec<Planted> = [
            of("time offset", None, self.time_offset, "s"),
            of("frequency offset", None, self.frequency_offset, "1"),
            of("drift", None, self.drift, "1/s"),
        ]
        .into_iter()
        .filter(|planted| planted.size != 0.0)
        .collect();
        let lists = [
            ("phase step", &self.phase_steps, "s"),
            ("frequency step", &self.frequency_steps, "1"),
            ("outlier", &self.outliers, "s"),
        ];
        for (kind, changes, unit) in lists {
            planted.extend(changes.iter().map(|change| of(kind, Some(change.at), change.size, unit)));
        }
        planted.extend(self.gaps.iter().map(|gap| of("gap", Some(gap.start), gap.len() as f64, "points")));
        planted
    }

    /// Draws the clock; `index` is its place in the recipe.
    pub(super) fn table(&self, fleet: &Fleet, size: Size, index: usize) -> Table {
        let phase = self.phase(fleet, size, index);
        let kept: Vec<usize> = (0..phase.len()).filter(|at| !self.gaps.iter().any(|gap| gap.contains(at))).collect();
        let time = kept.iter().map(|at| fleet.start_ns + *at as i64 * fleet.tau0_ns).collect();
        let phase: Vec<f64> = kept.iter().map(|at| phase[*at]).collect();
        let nanosecond = Unit::parse("ns").expect("ns is a unit");
        Table::new(vec![
            Column::text("series", vec![self.name.clone(); kept.len()]),
            Column::integer("time", nanosecond, time),
            Column { name: "phase".to_owned(), unit: Some(Unit::SECOND), values: stored(phase, fleet.resolution) },
        ])
        .expect("the columns have one length and distinct names")
    }

    /// The phase of every point in s.
    fn phase(&self, fleet: &Fleet, size: Size, index: usize) -> Vec<f64> {
        let tau0 = fleet.tau0();
        let mut phase: Vec<f64> = (0..size.points).map(|at| self.course(at, tau0)).collect();
        for (component, noise) in self.noise.iter().enumerate() {
            let stream = (index as u64) << 16 | component as u64;
            let drawn = noise.phase(size.points, tau0, size.seed, stream);
            phase.iter_mut().zip(drawn).for_each(|(x, noise)| *x += noise);
        }
        phase
    }

    /// The phase at point `at` in s, without the noise.
    fn course(&self, at: usize, tau0: f64) -> f64 {
        let t = at as f64 * tau0;
        let begun = |change: &&Change| change.at <= at;
        let steps: f64 = self.phase_steps.iter().filter(begun).map(|step| step.size).sum();
        let slope = |step: &Change| step.size * (at - step.at) as f64 * tau0;
        let slopes: f64 = self.frequency_steps.iter().filter(begun).map(slope).sum();
        let outliers: f64 = self.outliers.iter().filter(|outlier| outlier.at == at).map(|outlier| outlier.size).sum();
        self.time_offset + t * (self.frequency_offset + self.drift * t / 2.0) + steps + slopes + outliers
    }

    /// Refuses a phase that has no exact number of steps.
    pub(super) fn check_reach(&self, fleet: &Fleet, points: usize, resolution: f64) -> Result<(), RecipeError> {
        let reach = self.course(0, fleet.tau0()).abs().max(self.course(points - 1, fleet.tau0()).abs());
        if reach / resolution < 2_f64.powi(53) {
            return Ok(());
        }
        let (reach, resolution) = (format!("{reach:e}"), format!("{resolution:e}"));
        Err(RecipeError::Reach { series: self.name.clone(), reach, resolution })
    }
}

/// The phase as whole steps of the resolution, or as it is.
fn stored(phase: Vec<f64>, resolution: Option<f64>) -> Values {
    let Some(scale) = resolution else { return Values::Float(phase) };
    let steps = phase.into_iter().map(|x| (x / scale).round() as i64).collect();
    Values::Scaled { steps, scale, offset: 0.0 }
}
