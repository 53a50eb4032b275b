//! What a model has to be able to do: give its outputs, and their derivatives, for many points at once.

/// Columns of equal length, one after another: the values of several quantities at the same points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    points: usize,
    values: Vec<f64>,
}

impl Block {
    /// The most points that functions are asked for at once: a column of them stays in the nearest cache.
    pub const POINTS: usize = 1024;

    /// Columns of zeros.
    pub fn new(columns: usize, points: usize) -> Self {
        Self { points, values: vec![0.0; columns * points] }
    }

    /// One point.
    pub fn of_point(point: &[f64]) -> Self {
        Self { points: 1, values: point.to_vec() }
    }

    /// The number of points.
    pub fn points(&self) -> usize {
        self.points
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.values.len().checked_div(self.points).unwrap_or(0)
    }

    /// The values of one quantity.
    pub fn column(&self, column: usize) -> &[f64] {
        &self.values[column * self.points..][..self.points]
    }

    /// The values of one quantity, to be written.
    pub fn column_mut(&mut self, column: usize) -> &mut [f64] {
        &mut self.values[column * self.points..][..self.points]
    }

    /// Two different columns, the first of the lower place, to be written.
    pub fn pair_mut(&mut self, first: usize, second: usize) -> [&mut [f64]; 2] {
        let (before, after) = self.values.split_at_mut(second * self.points);
        [&mut before[first * self.points..][..self.points], &mut after[..self.points]]
    }

    /// Makes room for other columns and points; the values are then unspecified, and nothing is allocated when there
    /// was more room before.
    pub fn reshape(&mut self, columns: usize, points: usize) {
        self.points = points;
        self.values.resize(columns * points, 0.0);
    }
}

/// A measurement function: m outputs of n inputs, in coherent SI units, with exact derivatives.
pub trait Function: Sync {
    /// The number of inputs n.
    fn inputs(&self) -> usize;

    /// The number of outputs m.
    fn outputs(&self) -> usize;

    /// Room in which one thread evaluates the function.
    fn evaluator(&self) -> Box<dyn Evaluator + '_>;
}

/// Evaluates a function for blocks of at most [`Block::POINTS`] points. Each result block is reshaped as it is needed;
/// a result that is not a number stays one, and every point is evaluated by itself.
pub trait Evaluator {
    /// The outputs: column o is fₒ.
    fn values(&mut self, inputs: &Block, outputs: &mut Block);

    /// The first derivatives: column o·n + i is ∂fₒ/∂xᵢ.
    fn gradients(&mut self, inputs: &Block, gradients: &mut Block);

    /// The outputs and the first derivatives, for functions that have much of both in common.
    fn values_and_gradients(&mut self, inputs: &Block, outputs: &mut Block, gradients: &mut Block) {
        self.values(inputs, outputs);
        self.gradients(inputs, gradients);
    }

    /// The second derivatives: column (o·n + i)·n + j is ∂²fₒ/∂xᵢ∂xⱼ.
    fn curvatures(&mut self, inputs: &Block, curvatures: &mut Block);
}
