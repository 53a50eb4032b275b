//! What an area has taught so far, in information form: a day of readings is added, deleted or forgotten without the
//! history.

use crate::balance::Balance;
use crate::error::{error_of, uncertainty_of_error};
use crate::fit::Case;
use crate::information::Information;
use crate::loss::{Habits, Layout, Part, Powers};
use crate::noise::Autoregression;
use crate::prior::{Prior, posterior};
use crate::{Area, fault};
use nalgebra::{DMatrix, DVector};
use std::ops::Range;

/// What stays the same from day to day: which quantities there are, and how noise is taken to be. It is found from some
/// weeks of history, and again when meters change.
#[derive(Clone, Debug)]
pub struct Frame {
    meters: usize,
    layout: Layout,
    habits: Habits,
    whitening: Autoregression,
    /// The inverse variance of an innovation.
    precision: f64,
    inflation: f64,
    master: f64,
    strangers: Vec<usize>,
}

/// What readings say: Λ, η and how many intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    information: Information,
    intervals: f64,
}

impl Frame {
    /// The frame of an area, from its history. Strangers among the meters stay left out.
    pub fn of(history: &Area, prior: &Prior) -> Self {
        let (case, faults, _) = fault::isolated(history, prior);
        let whole = case.whole();
        let fit = whole.fine(prior, whole.coarse(prior));
        let (sum, count) =
            fit.weights.iter().filter(|weight| **weight > 0.0).fold((0.0, 0.0), |(sum, n), w| (sum + w, n + 1.0));
        Self {
            meters: history.meters.len(),
            layout: fit.layout,
            habits: Powers::of(&whole.balance).habits().clone(),
            precision: if count > 0.0 { sum / count } else { 0.0 },
            whitening: fit.whitening,
            inflation: fit.inflation,
            master: history.master.uncertainty,
            strangers: faults.strangers,
        }
    }

    /// What some intervals of an area say. Those before them, a day at best, are there for what noise remembers and for
    /// what has to be filled in.
    ///
    /// Costs O(T (5n)²) for T intervals and n meters. Stretches add up to their union but for rounding where no reading is
    /// missing.
    pub fn read(&self, area: &Area, intervals: Range<usize>) -> State {
        let case = self.case(area);
        let powers = Powers::of(&case.balance).with_habits(self.habits.clone());
        let terms = powers.terms(&self.layout, &case.meters());
        let lacks: Vec<_> = case.parts.iter().map(|part| case.column(part)).collect();
        let columns = lacks.iter().chain(terms.iter().map(|term| &term.column));
        let whitened: Vec<_> = columns.map(|column| self.whitening.whitened(column)).collect();
        let doubt = self.whitening.spread(&case.balance.doubt);
        let weight = |t: usize| (self.precision / (1.0 + self.precision * doubt[t])).sqrt();
        let rows: Vec<_> = intervals.filter(|t| doubt[*t].is_finite()).map(|t| (t, weight(t))).collect();
        let information = Information::of(&whitened, &self.whitening.whitened(&case.balance.lack()), &rows);
        State { information, intervals: rows.len() as f64 }
    }

    /// The error of each meter and its standard uncertainty; `NaN` for strangers. `area` gives the terms their priors,
    /// so that its last day is enough.
    pub fn errors(&self, area: &Area, state: &State, prior: &Prior) -> Vec<(f64, f64)> {
        let case = self.case(area);
        let powers = Powers::of(&case.balance).with_habits(self.habits.clone());
        let terms = powers.terms(&self.layout, &case.meters());
        let marginal = state.information.inflated(self.inflation).marginal(case.parts.len(), &terms);
        let evidence = marginal.evidence(&case.parts, self.master).blurred(self.layout.hidden(case.balance.hours));
        let posterior = posterior(&evidence, prior);
        let mut errors = vec![(f64::NAN, f64::NAN); self.meters];
        for (place, part) in case.parts.iter().enumerate() {
            let (lack, u) = (posterior.mean[place], posterior.covariance[(place, place)].sqrt());
            errors[part.meter] = (error_of(lack), uncertainty_of_error(lack, u));
        }
        errors
    }

    fn case(&self, area: &Area) -> Case {
        let balance = Balance::of(area, &self.strangers);
        let part = |meter| Part { meter, intervals: 0..area.intervals(), free: None };
        let parts = (0..self.meters).filter(|meter| !self.strangers.contains(meter)).map(part).collect();
        Case { balance, parts, master: self.master }
    }
}

impl State {
    /// Both together.
    #[must_use]
    pub fn plus(&self, day: &Self) -> Self {
        Self { information: self.information.plus(&day.information), intervals: self.intervals + day.intervals }
    }

    /// Without what a day said.
    #[must_use]
    pub fn without(&self, day: &Self) -> Self {
        let information = Information {
            matrix: &self.information.matrix - &day.information.matrix,
            vector: &self.information.vector - &day.information.vector,
        };
        Self { information, intervals: self.intervals - day.intervals }
    }

    /// With every reading counting for a share of itself.
    #[must_use]
    pub fn forgetting(&self, share: f64) -> Self {
        Self { information: self.information.inflated(1.0 / share), intervals: self.intervals * share }
    }

    /// The number of intervals that it stands for.
    pub fn intervals(&self) -> f64 {
        self.intervals
    }

    /// Everything in one column: the number of intervals, η, and the lower half of Λ by columns.
    pub fn column(&self) -> Vec<f64> {
        let matrix = &self.information.matrix;
        let lower =
            (0..matrix.ncols()).flat_map(|column| (column..matrix.nrows()).map(move |row| matrix[(row, column)]));
        [self.intervals].into_iter().chain(self.information.vector.iter().copied()).chain(lower).collect()
    }

    /// Reads back [`State::column`]; nothing where the length fits no matrix.
    pub fn from_column(values: &[f64]) -> Option<Self> {
        let size = (0..values.len()).find(|size| 1 + size + size * (size + 1) / 2 == values.len())?;
        let vector = DVector::from_column_slice(&values[1..=size]);
        let mut matrix = DMatrix::zeros(size, size);
        let places = (0..size).flat_map(|column| (column..size).map(move |row| (row, column)));
        places.zip(&values[1 + size..]).for_each(|(place, value)| matrix[place] = *value);
        matrix.fill_upper_triangle_with_lower_triangle();
        Some(Self { information: Information { matrix, vector }, intervals: values[0] })
    }
}
