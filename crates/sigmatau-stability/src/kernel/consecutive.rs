//! Differences at starts 0, m, 2m, …: the statistics without overlap. Time O(N/m) per factor.

use super::{Terms, Total, Window};
use sigmatau_core::PhaseSeries;

/// Sums (x(i+2m) − 2x(i+m) + x(i))² over i = 0, m, 2m, …
pub(crate) fn second_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    every(phase, factors, Order::Second)
}

/// Sums (x(i+3m) − 3x(i+2m) + 3x(i+m) − x(i))² over i = 0, m, 2m, …
pub(crate) fn third_differences(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    every(phase, factors, Order::Third)
}

fn every(phase: &PhaseSeries<'_>, factors: &[usize], order: Order) -> Vec<Terms> {
    let whole = Window::whole(phase);
    let terms = |m: &usize| {
        let mut steps = Steps::new(*m, order);
        steps.advance(&whole, None);
        steps.terms()
    };
    factors.iter().map(terms).collect()
}

/// Which differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Second,
    Third,
}

/// The terms of one averaging factor, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    m: usize,
    order: Order,
    total: Total,
    /// The start of the next term.
    next: usize,
}

impl Steps {
    pub(crate) fn new(m: usize, order: Order) -> Self {
        Self::from_place(m, order, 0)
    }

    /// For the terms that start at `place` or later.
    pub(crate) fn from_place(m: usize, order: Order, place: usize) -> Self {
        Self { m, order, total: Total::default(), next: place.next_multiple_of(m) }
    }

    /// The averaging factor.
    pub(crate) fn m(&self) -> usize {
        self.m
    }

    /// The first place that terms to come may need.
    pub(crate) fn next(&self) -> usize {
        self.next
    }

    /// Adds the terms that the window holds and that start before `until`.
    pub(crate) fn advance(&mut self, window: &Window<'_>, until: Option<usize>) {
        let reach = if self.order == Order::Second { 2 * self.m } else { 3 * self.m };
        while self.next + reach < window.end() && until.is_none_or(|until| self.next < until) {
            let term = self.term(window.at(self.next..self.next + reach + 1));
            if !term.is_nan() {
                self.total.add(Terms { sum: term * term, n: 1 });
            }
            self.next += self.m;
        }
    }

    /// Adds the terms of the stretch before.
    pub(crate) fn add(&mut self, before: &Self) {
        self.total.add(before.terms());
    }

    fn term(&self, x: &[f64]) -> f64 {
        let m = self.m;
        match self.order {
            Order::Second => (x[2 * m] - x[m]) - (x[m] - x[0]),
            Order::Third => (x[3 * m] - x[0]) - 3.0 * (x[2 * m] - x[m]),
        }
    }

    /// All terms so far.
    pub(crate) fn terms(&self) -> Terms {
        self.total.terms()
    }
}
