//! One statistic of a record that streams by, at all its averaging factors.

use super::PIECE;
use crate::edf::{Differences, Model};
use crate::estimator::{Estimator, Gather};
use crate::kernel::consecutive::{Order, Steps};
use crate::kernel::extremes::Ranges;
use crate::kernel::modified::{Averages, Sums};
use crate::kernel::overlapping::{First, Second, Third};
use crate::kernel::{Blocks, COLUMN, Tally, Terms, Window};
use rayon::prelude::*;

/// The sums so far.
#[derive(Clone, Debug)]
pub(super) enum Running {
    /// Differences without overlap.
    Consecutive(Vec<Steps>),
    /// First differences at every start.
    First(Vec<Tally>),
    /// Second differences at every start.
    Second(Vec<Tally>),
    /// Third differences at every start.
    Third(Vec<Tally>),
    /// Second differences of averages at every start.
    Averages(Sums, Vec<Tally>),
    /// The widest of all windows.
    Ranges(Ranges),
}

impl Running {
    /// The terms that start at place `start` or later; nothing for a statistic that needs the whole record.
    pub(super) fn new(estimator: &Estimator, factors: &[usize], start: usize) -> Option<Self> {
        match (estimator.model, estimator.gather) {
            (Model::Differences(differences), _) => Self::differences(differences, factors, start),
            (Model::Order(1), Gather::MeanSquare) => Some(Self::First(tallies(factors, start))),
            (Model::Order(1), Gather::Largest) => Some(Self::Ranges(Ranges::from_place(factors, start))),
            _ => None,
        }
    }

    /// The same of a statistic that is made of differences.
    fn differences(kind: Differences, factors: &[usize], start: usize) -> Option<Self> {
        let steps = |order| factors.iter().map(|m| Steps::from_place(*m, order, start)).collect();
        match (kind.order, kind.averaged, kind.overlapping) {
            (2, false, false) => Some(Self::Consecutive(steps(Order::Second))),
            (3, false, false) => Some(Self::Consecutive(steps(Order::Third))),
            (2, false, true) => Some(Self::Second(tallies(factors, start))),
            (3, false, true) => Some(Self::Third(tallies(factors, start))),
            (2, true, true) => Some(Self::Averages(Sums::from_place(start), tallies(factors, start))),
            _ => None,
        }
    }

    /// Adds the terms that the window holds and that start before `until`.
    pub(super) fn advance(&mut self, window: &Window<'_>, until: Option<usize>) {
        let points = window.end();
        match self {
            Self::Consecutive(steps) => steps.par_iter_mut().for_each(|steps| steps.advance(window, until)),
            Self::First(tallies) => advance(tallies, &First(*window), points, until),
            Self::Second(tallies) => advance(tallies, &Second(*window), points, until),
            Self::Third(tallies) => advance(tallies, &Third(*window), points, until),
            Self::Averages(sums, tallies) => {
                sums.extend(window, false);
                advance(tallies, &Averages { phases: *window, sums }, sums.points(), until);
                sums.forget(tallies.iter().map(Tally::next).min().unwrap_or(0));
            }
            Self::Ranges(ranges) => ranges.advance(window, until),
        }
    }

    /// Adds what is left when the record has come to its end.
    pub(super) fn finish(&mut self, window: &Window<'_>) {
        match self {
            Self::Consecutive(_) => {}
            Self::First(tallies) => finish(tallies, &First(*window), window.end()),
            Self::Second(tallies) => finish(tallies, &Second(*window), window.end()),
            Self::Third(tallies) => finish(tallies, &Third(*window), window.end()),
            Self::Averages(sums, tallies) => {
                sums.extend(window, true);
                finish(tallies, &Averages { phases: *window, sums }, window.end());
            }
            Self::Ranges(ranges) => ranges.finish(window),
        }
    }

    /// The same with the terms of the stretch before.
    pub(super) fn after(mut self, before: &Self) -> Self {
        match (&mut self, before) {
            (Self::Consecutive(own), Self::Consecutive(before)) => {
                own.iter_mut().zip(before).for_each(|(own, before)| own.add(before));
            }
            (Self::Ranges(own), Self::Ranges(before)) => own.join(before),
            (
                Self::First(own) | Self::Second(own) | Self::Third(own) | Self::Averages(_, own),
                Self::First(before) | Self::Second(before) | Self::Third(before) | Self::Averages(_, before),
            ) => own.iter_mut().zip(before).for_each(|(own, before)| own.add(before)),
            _ => unreachable!("stretches of one analysis have the same statistics"),
        }
        self
    }

    /// The first place that terms to come may need.
    pub(super) fn next(&self) -> Option<usize> {
        match self {
            Self::Consecutive(steps) => steps.iter().map(Steps::next).min(),
            Self::First(tallies) | Self::Second(tallies) | Self::Third(tallies) | Self::Averages(_, tallies) => {
                tallies.iter().map(Tally::next).min()
            }
            Self::Ranges(ranges) => Some(ranges.next()),
        }
    }

    /// The largest averaging factor.
    pub(super) fn longest(&self) -> Option<usize> {
        match self {
            Self::Consecutive(steps) => steps.iter().map(Steps::m).max(),
            Self::First(tallies) | Self::Second(tallies) | Self::Third(tallies) | Self::Averages(_, tallies) => {
                tallies.iter().map(Tally::m).max()
            }
            Self::Ranges(ranges) => ranges.longest(),
        }
    }

    /// The terms of each averaging factor.
    pub(super) fn terms(&self) -> Vec<Terms> {
        match self {
            Self::Consecutive(steps) => steps.iter().map(Steps::terms).collect(),
            Self::First(tallies) | Self::Second(tallies) | Self::Third(tallies) | Self::Averages(_, tallies) => {
                tallies.iter().map(Tally::terms).collect()
            }
            Self::Ranges(ranges) => ranges.terms(),
        }
    }
}

fn tallies(factors: &[usize], start: usize) -> Vec<Tally> {
    factors.iter().map(|m| Tally::from_place(*m, start)).collect()
}

/// Adds the terms of all averaging factors up to one place of the record before any goes on to the next, so that what
/// they share is read once. Each thread takes some of the factors.
fn advance(tallies: &mut [Tally], statistic: &(impl Blocks + Sync), points: usize, until: Option<usize>) {
    let share = tallies.len().div_ceil(rayon::current_num_threads()).max(1);
    let from = points.saturating_sub(PIECE);
    tallies.par_chunks_mut(share).for_each(|tallies| {
        for points in (from..points).step_by(COLUMN).map(|start| points.min(start + COLUMN)) {
            tallies.iter_mut().for_each(|tally| tally.advance(statistic, points, until));
        }
    });
}

fn finish(tallies: &mut [Tally], statistic: &(impl Blocks + Sync), points: usize) {
    tallies.par_iter_mut().for_each(|tally| tally.finish(statistic, points));
}
