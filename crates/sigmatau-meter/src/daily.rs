//! What an area has taught so far, in information form: a day of readings is added, deleted or forgotten without the
//! history.

use crate::balance::Balance;
use crate::error::{error_of, uncertainty_of_error};
use crate::fit::Case;
use crate::information::Information;
use crate::loss::{Habits, Layout, Part, Powers, Term};
use crate::noise::Autoregression;
use crate::prior::{Prior, posterior};
use crate::solver::{Estimate, Plight, Solution};
use crate::{Area, fault};
use std::ops::Range;

mod column;

/// What stays the same from day to day: which quantities there are, and how noise is taken to be. It is found from some
/// weeks of history, and again when meters change.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    meters: usize,
    /// Seconds of an interval.
    step: i64,
    feeds_in: bool,
    layout: Layout,
    habits: Habits,
    whitening: Autoregression,
    /// The inverse variance of an innovation.
    precision: f64,
    inflation: f64,
    master: f64,
    strangers: Vec<usize>,
    /// What was known of the errors, as the history taught it.
    prior: Prior,
    /// Mean and standard deviation of each term beside the lacks.
    terms: Vec<(f64, f64)>,
}

/// The least number of readings of the master meter that make a balance.
const LEAST: usize = 3;

/// What readings say: Λ, η, how many intervals, and of each meter its energy and its readings.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    information: Information,
    intervals: f64,
    energies: Vec<f64>,
    readings: Vec<f64>,
}

impl Frame {
    /// The frame of an area, from its history. Strangers among the meters stay left out. Nothing where there is no
    /// balance: without meters, or with fewer than three readings of the master meter.
    pub fn of(history: &Area, prior: &Prior) -> Option<Self> {
        let read = history.master.supplied.iter().filter(|energy| energy.is_finite()).count();
        if history.meters.is_empty() || read < LEAST {
            return None;
        }
        let (case, faults, _) = fault::isolated(history, prior);
        let whole = case.whole();
        let fit = whole.fine(prior, whole.coarse(prior));
        let (sum, count) =
            fit.weights.iter().filter(|weight| **weight > 0.0).fold((0.0, 0.0), |(sum, n), w| (sum + w, n + 1.0));
        let powers = Powers::of(&whole.balance);
        let terms = powers.terms(&fit.layout, &whole.meters());
        Some(Self {
            meters: history.meters.len(),
            step: history.step,
            feeds_in: whole.balance.feeds_in(),
            layout: fit.layout,
            habits: powers.habits().clone(),
            precision: if count > 0.0 { sum / count } else { 0.0 },
            whitening: fit.whitening,
            inflation: fit.inflation,
            master: history.master.uncertainty,
            strangers: faults.strangers,
            prior: fit.prior,
            terms: terms.iter().map(|term| (term.mean, term.deviation)).collect(),
        })
    }

    /// What some intervals of an area say. Those before them, a day at best, are there for what noise remembers and for
    /// what has to be filled in. Nothing where the area is another one: with other meters or intervals, or with
    /// customers who feed in where none did.
    ///
    /// Costs O(T (5n)²) for T intervals and n meters. Stretches add up to their union but for rounding where no reading is
    /// missing.
    pub fn read(&self, area: &Area, intervals: Range<usize>) -> Option<State> {
        if area.meters.len() != self.meters || area.step != self.step {
            return None;
        }
        let case = self.case(area);
        let powers = Powers::of(&case.balance).with_habits(self.habits.clone());
        let terms = powers.terms(&self.layout, &case.meters());
        if terms.len() != self.terms.len() {
            return None;
        }
        let lacks: Vec<_> = case.parts.iter().map(|part| case.column(part)).collect();
        let columns = lacks.iter().chain(terms.iter().map(|term| &term.column));
        let whitened: Vec<_> = columns.map(|column| self.whitening.whitened(column)).collect();
        let doubt = self.whitening.spread(&case.balance.doubt);
        let weight = |t: usize| (self.precision / (1.0 + self.precision * doubt[t])).sqrt();
        let rows: Vec<_> = intervals.clone().filter(|t| doubt[*t].is_finite()).map(|t| (t, weight(t))).collect();
        let information = Information::of(&whitened, &self.whitening.whitened(&case.balance.lack()), &rows);
        let seen = |meter: usize| {
            let within = area.meters[meter].consumed[intervals.clone()].iter();
            within.copied().filter(|energy| energy.is_finite()).collect::<Vec<f64>>()
        };
        let seen: Vec<Vec<f64>> = (0..self.meters).map(seen).collect();
        Some(State {
            information,
            intervals: rows.len() as f64,
            energies: seen.iter().map(|energies| energies.iter().sum()).collect(),
            readings: seen.iter().map(|energies| energies.len() as f64).collect(),
        })
    }

    /// What a state says of each meter: the error, its uncertainty and covariance, energy and readings. Strangers have no
    /// error, meters without energy neither. What else is the matter with a meter is for the batch to find, on whole weeks.
    pub fn solution(&self, state: &State) -> Solution {
        let parts = self.parts(0);
        let terms: Vec<Term> = self.terms.iter().map(|(mean, deviation)| Term::known(*mean, *deviation)).collect();
        let marginal = state.information.inflated(self.inflation).marginal(parts.len(), &terms);
        let hidden = self.layout.hidden(self.step as f64 / 3600.0);
        let posterior = posterior(&marginal.evidence(&parts, self.master).blurred(hidden), &self.prior);
        let mut solution = Solution::of(self.meters);
        let before = self.prior.variance();
        let slopes: Vec<f64> = posterior.mean.iter().map(|lack| uncertainty_of_error(*lack, 1.0)).collect();
        for (one, part) in parts.iter().enumerate() {
            for (other, beside) in parts.iter().enumerate() {
                let covariance = slopes[one] * slopes[other] * posterior.covariance[(one, other)];
                solution.covariance[(part.meter, beside.meter)] = covariance;
            }
            let variance = solution.covariance[(part.meter, part.meter)];
            let estimate = &mut solution.estimates[part.meter];
            (estimate.error, estimate.u) = (error_of(posterior.mean[one]), variance.sqrt());
            estimate.information = (1.0 - variance / before).clamp(0.0, 1.0);
            estimate.plight = Plight::Sound;
        }
        for (meter, estimate) in solution.estimates.iter_mut().enumerate() {
            (estimate.energy, estimate.readings) = (state.energies[meter], state.readings[meter].round() as usize);
        }
        self.strangers.iter().for_each(|meter| solution.estimates[*meter].plight = Plight::Stranger { home: None });
        solution.estimates.iter_mut().filter(|estimate| estimate.is_idle()).for_each(Estimate::silence);
        solution
    }

    /// The number of meters.
    pub fn meters(&self) -> usize {
        self.meters
    }

    /// Whether a state was read with this frame, as far as its size tells.
    pub fn suits(&self, state: &State) -> bool {
        let quantities = self.meters - self.strangers.len() + self.terms.len();
        state.energies.len() == self.meters && state.information.vector.len() == quantities
    }

    /// The length of an interval in seconds.
    pub fn step(&self) -> i64 {
        self.step
    }

    /// The relative standard uncertainty of the master meter.
    pub fn master(&self) -> f64 {
        self.master
    }

    fn case(&self, area: &Area) -> Case {
        let mut balance = Balance::of(area, &self.strangers);
        if self.feeds_in && !balance.feeds_in() {
            // A dark day has the terms of the others, with next to nothing in them.
            balance.fed[0] = vec![f64::MIN_POSITIVE; area.intervals()];
        }
        Case { balance, parts: self.parts(area.intervals()), master: self.master }
    }

    /// Each meter over so many intervals, but strangers.
    fn parts(&self, intervals: usize) -> Vec<Part> {
        let part = |meter| Part { meter, intervals: 0..intervals, free: None };
        (0..self.meters).filter(|meter| !self.strangers.contains(meter)).map(part).collect()
    }
}

impl State {
    /// Both together.
    #[must_use]
    pub fn plus(&self, day: &Self) -> Self {
        self.with(day, 1.0)
    }

    /// Without what a day said.
    #[must_use]
    pub fn without(&self, day: &Self) -> Self {
        self.with(day, -1.0)
    }

    /// With so many times what a day said.
    fn with(&self, day: &Self, times: f64) -> Self {
        let add = |mine: &[f64], its: &[f64]| mine.iter().zip(its).map(|(mine, its)| mine + times * its).collect();
        let information = Information {
            matrix: &self.information.matrix + times * &day.information.matrix,
            vector: &self.information.vector + times * &day.information.vector,
        };
        Self {
            information,
            intervals: self.intervals + times * day.intervals,
            energies: add(&self.energies, &day.energies),
            readings: add(&self.readings, &day.readings),
        }
    }

    /// With every reading counting for a share of itself.
    #[must_use]
    pub fn forgetting(&self, share: f64) -> Self {
        let less = |numbers: &[f64]| numbers.iter().map(|number| share * number).collect();
        Self {
            information: self.information.inflated(1.0 / share),
            intervals: self.intervals * share,
            energies: less(&self.energies),
            readings: less(&self.readings),
        }
    }

    /// The number of intervals that it stands for.
    pub fn intervals(&self) -> f64 {
        self.intervals
    }
}
