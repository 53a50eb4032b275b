//! The natural cubic spline, and how a value on it depends on every value and time stamp.
//!
//! With h(i) = t(i+1) − t(i), the curvatures M(i) at the points solve
//!
//! h(i−1)/6 M(i−1) + (h(i−1) + h(i))/3 M(i) + h(i)/6 M(i+1) = (x(i+1) − x(i))/h(i) − (x(i) − x(i−1))/h(i−1),
//!
//! M = 0 at both ends, and with A = (t(k+1) − t)/h(k), B = 1 − A
//!
//! y = A x(k) + B x(k+1) + ((A³ − A) M(k) + (B³ − B) M(k+1)) h(k)²/6.
//!
//! The derivatives of y by all x and t follow from one adjoint solution λ of the same equations with the coefficients
//! of M(k) and M(k+1) on the right. It falls off by about 0.27 from point to point on an even grid, by at least a
//! half on any other, so that a few dozen neighbours hold all of it that 53 bits can show.

use super::{Point, Row};

/// What is below this part of the largest adjoint is lost in rounding.
const NEGLIGIBLE: f64 = 1e-18;

/// A curve through points: a polygon, or the natural cubic spline.
pub(super) struct Curve<'a> {
    pub(super) times: &'a [f64],
    values: &'a [f64],
    curvatures: Vec<f64>,
    /// The pivots of the equations, eliminated from the first point on and from the last one back; none for a polygon.
    pivots: Option<[Vec<f64>; 2]>,
}

impl<'a> Curve<'a> {
    pub(super) fn new(times: &'a [f64], values: &'a [f64], bent: bool) -> Self {
        let polygon = Self { times, values, curvatures: vec![0.0; times.len()], pivots: None };
        if bent { polygon.bend() } else { polygon }
    }

    /// The interval of points in which a time lies.
    pub(super) fn interval(&self, time: f64) -> usize {
        self.times.partition_point(|stamp| *stamp <= time).clamp(1, self.times.len() - 1) - 1
    }

    fn step(&self, i: usize) -> f64 {
        self.times[i + 1] - self.times[i]
    }

    fn slope(&self, i: usize) -> f64 {
        (self.values[i + 1] - self.values[i]) / self.step(i)
    }

    /// The entry beside the diagonal, between the points i and i + 1; the ends stand for themselves.
    fn beside(&self, i: usize) -> f64 {
        let inner = i > 0 && i + 2 < self.times.len();
        if inner { self.step(i) / 6.0 } else { 0.0 }
    }

    fn diagonal(&self, i: usize) -> f64 {
        let inner = i > 0 && i + 1 < self.times.len();
        if inner { (self.step(i - 1) + self.step(i)) / 3.0 } else { 1.0 }
    }

    /// Solves for the curvatures.
    fn bend(mut self) -> Self {
        let points = self.times.len();
        let (mut left, mut right) = (vec![1.0; points], vec![1.0; points]);
        let mut forced = vec![0.0; points];
        for i in 1..points - 1 {
            left[i] = self.diagonal(i) - self.beside(i - 1).powi(2) / left[i - 1];
            let force = self.slope(i) - self.slope(i - 1);
            forced[i] = force - self.beside(i - 1) / left[i - 1] * forced[i - 1];
        }
        for i in (1..points - 1).rev() {
            right[i] = self.diagonal(i) - self.beside(i).powi(2) / right[i + 1];
            self.curvatures[i] = (forced[i] - self.beside(i) * self.curvatures[i + 1]) / left[i];
        }
        Self { pivots: Some([left, right]), ..self }
    }

    /// The value at a time in interval k, with its derivatives.
    pub(super) fn point(&self, k: usize, time: f64) -> Point {
        let h = self.step(k);
        let a = (self.times[k + 1] - time) / h;
        let b = (time - self.times[k]) / h;
        let [bend_a, bend_b] = [a, b].map(|part| (part.powi(3) - part) / 6.0);
        let (m_k, m_next) = (self.curvatures[k], self.curvatures[k + 1]);
        let by_part = self.values[k] - self.values[k + 1]
            + h * h / 6.0 * ((3.0 * a * a - 1.0) * m_k - (3.0 * b * b - 1.0) * m_next);
        let by_step = 2.0 * h * (bend_a * m_k + bend_b * m_next);
        let adjoint = self.adjoint(k, [bend_a * h * h, bend_b * h * h]);
        let (mut by_value, mut by_stamp) = self.through_curvatures(&adjoint);
        let at = k - by_value.first;
        by_value.weights[at] += a;
        by_value.weights[at + 1] += b;
        by_stamp.weights[at] += by_part * a / h - by_step;
        by_stamp.weights[at + 1] += by_part * b / h + by_step;
        Point { by_value: by_value.trimmed(), by_stamp: by_stamp.trimmed(), slope: -by_part / h }
    }

    /// λ of the points around interval k: what y gains from the right sides of their equations.
    fn adjoint(&self, k: usize, forces: [f64; 2]) -> Row {
        let Some([left, right]) = &self.pivots else { return Row { first: k, weights: vec![0.0; 2] } };
        let last = self.times.len() - 1;
        let [c, d] = [if k == 0 { 0.0 } else { forces[0] }, if k + 1 == last { 0.0 } else { forces[1] }];
        let (beside, determinant) = (self.beside(k), left[k] * right[k + 1] - self.beside(k).powi(2));
        let pair = [(right[k + 1] * c - beside * d) / determinant, (left[k] * d - beside * c) / determinant];
        let least = NEGLIGIBLE * pair[0].abs().max(pair[1].abs());
        let heard = |lambda: &f64| lambda.abs() > least;
        let before = std::iter::successors(Some((k, pair[0])), |(i, lambda)| {
            let next = (*i > 0).then(|| (i - 1, -self.beside(i - 1) / left[i - 1] * lambda))?;
            Some(next).filter(|(_, lambda)| heard(lambda))
        });
        let after = std::iter::successors(Some((k + 1, pair[1])), |(i, lambda)| {
            let next = (*i < last).then(|| (i + 1, -self.beside(*i) / right[i + 1] * lambda))?;
            Some(next).filter(|(_, lambda)| heard(lambda))
        });
        let mut weights: Vec<f64> = before.map(|(_, lambda)| lambda).collect();
        let first = k + 1 - weights.len();
        weights.reverse();
        weights.extend(after.map(|(_, lambda)| lambda));
        Row { first, weights }
    }

    /// The derivatives of y by values and stamps that act through the equations of the curvatures.
    fn through_curvatures(&self, adjoint: &Row) -> (Row, Row) {
        let first = adjoint.first.saturating_sub(1);
        let end = (adjoint.first + adjoint.weights.len() + 1).min(self.times.len());
        let lambda =
            |i: usize| i.checked_sub(adjoint.first).and_then(|at| adjoint.weights.get(at)).copied().unwrap_or(0.0);
        let (mut by_value, mut by_stamp) = (vec![0.0; end - first], vec![0.0; end - first]);
        for i in first..end - 1 {
            let (h, slope, here, next) = (self.step(i), self.slope(i), lambda(i), lambda(i + 1));
            let (m, m_next) = (self.curvatures[i], self.curvatures[i + 1]);
            let through_value = (here - next) / h;
            let through_step =
                next * (slope / h - m / 6.0 - m_next / 3.0) - here * (slope / h + m / 3.0 + m_next / 6.0);
            let at = i - first;
            by_value[at] -= through_value;
            by_value[at + 1] += through_value;
            by_stamp[at] -= through_step;
            by_stamp[at + 1] += through_step;
        }
        (Row { first, weights: by_value }, Row { first, weights: by_stamp })
    }
}
