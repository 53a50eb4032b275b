//! Functions whose inputs depend on something in common.

use crate::{Block, Evaluator, Function};

/// f(x + S q): a function f of n inputs x, each shifted by what it shares, as a function of the n inputs and of the
/// sources q.
///
/// Inputs that share a source are correlated. With the source as an input of its own they need not be: its part
/// in the uncertainty shows in the budget, effective degrees of freedom stay justified, and Monte Carlo draws it once for
/// all inputs, whatever their distributions.
///
/// Reference: JCGM 100:2008, F.1.2.4.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_uncertainty::{Block, Function, Model, Sourced};
/// // The standard's error adds to both readings, and leaves their difference alone.
/// let model = Model::parse("d = a - b", &[("a", &Unit::ONE), ("b", &Unit::ONE)])?;
/// let sourced = Sourced::new(model, vec![vec![(0, 1.0), (1, 1.0)]]);
/// let mut gradient = Block::default();
/// sourced.evaluator().gradients(&Block::of_point(&[5.0, 3.0, 0.0]), &mut gradient);
/// assert_eq!([0, 1, 2].map(|input| gradient.column(input)[0]), [1.0, -1.0, 0.0]);
/// # Ok::<(), sigmatau_uncertainty::model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Sourced<F> {
    function: F,
    /// What each input and then each source adds to the inputs of f: places and factors.
    ways: Vec<Vec<(usize, f64)>>,
}

impl<F: Function> Sourced<F> {
    /// The function with one further input for each source, whose sensitivities are ∂xᵢ/∂q by the places i from 0.
    ///
    /// # Panics
    /// When a place is not that of an input.
    pub fn new(function: F, sources: Vec<Vec<(usize, f64)>>) -> Self {
        let inputs = function.inputs();
        assert!(sources.iter().flatten().all(|(place, _)| *place < inputs), "a source is one of inputs that there are");
        let ways = (0..inputs).map(|place| vec![(place, 1.0)]).chain(sources).collect();
        Self { function, ways }
    }

    /// The function f itself.
    pub fn function(&self) -> &F {
        &self.function
    }
}

impl<F: Function> Function for Sourced<F> {
    fn inputs(&self) -> usize {
        self.ways.len()
    }

    fn outputs(&self) -> usize {
        self.function.outputs()
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        let function = self.function.evaluator();
        if self.ways.len() == self.function.inputs() {
            return function;
        }
        let (ways, inputs, outputs) = (self.ways.as_slice(), self.function.inputs(), self.function.outputs());
        Box::new(Shifted { function, ways, inputs, outputs, own: Block::default(), derivatives: Block::default() })
    }
}

struct Shifted<'a> {
    function: Box<dyn Evaluator + 'a>,
    ways: &'a [Vec<(usize, f64)>],
    /// Of the function itself.
    inputs: usize,
    outputs: usize,
    /// The shifted inputs.
    own: Block,
    /// The derivatives by these.
    derivatives: Block,
}

impl Shifted<'_> {
    fn shift(&mut self, inputs: &Block) {
        self.own.reshape(self.inputs, inputs.points());
        (0..self.inputs).for_each(|place| self.own.column_mut(place).fill(0.0));
        for (from, way) in self.ways.iter().enumerate() {
            way.iter().for_each(|(place, factor)| add(self.own.column_mut(*place), *factor, inputs.column(from)));
        }
    }
}

fn add(sum: &mut [f64], factor: f64, terms: &[f64]) {
    sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += factor * term);
}

impl Evaluator for Shifted<'_> {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        self.shift(inputs);
        self.function.values(&self.own, outputs);
    }

    fn gradients(&mut self, inputs: &Block, gradients: &mut Block) {
        self.shift(inputs);
        self.function.gradients(&self.own, &mut self.derivatives);
        let all = self.ways.len();
        gradients.reshape(self.outputs * all, inputs.points());
        for (place, (output, way)) in by_output(self.outputs, self.ways).enumerate() {
            let column = gradients.column_mut(place);
            column.fill(0.0);
            for (input, factor) in way {
                add(column, *factor, self.derivatives.column(output * self.inputs + input));
            }
        }
    }

    fn curvatures(&mut self, inputs: &Block, curvatures: &mut Block) {
        self.shift(inputs);
        self.function.curvatures(&self.own, &mut self.derivatives);
        let (all, n) = (self.ways.len(), self.inputs);
        curvatures.reshape(self.outputs * all * all, inputs.points());
        for (row, (output, first)) in by_output(self.outputs, self.ways).enumerate() {
            for (place, second) in self.ways.iter().enumerate() {
                let column = curvatures.column_mut(row * all + place);
                column.fill(0.0);
                for ((i, a), (j, b)) in first.iter().flat_map(|a| second.iter().map(move |b| (a, b))) {
                    add(column, a * b, self.derivatives.column((output * n + i) * n + j));
                }
            }
        }
    }
}

/// Every output with the way of every input and source.
fn by_output<W>(outputs: usize, ways: &[W]) -> impl Iterator<Item = (usize, &W)> {
    (0..outputs).flat_map(move |output| ways.iter().map(move |way| (output, way)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;
    use sigmatau_core::Unit;

    const ONE: Unit = Unit::ONE;

    /// The same with the sources written into the text is the oracle.
    #[test]
    fn sources_are_what_the_text_would_say() {
        let model = Model::parse("y = a^2 * b; z = sin(a) / b", &[("a", &ONE), ("b", &ONE)]).unwrap();
        let sourced = Sourced::new(model, vec![vec![(0, 2.0), (1, -0.5)], vec![(1, 3.0)]]);
        let text = "let s = a + 2*p; let t = b - 0.5*p + 3*q; y = s^2 * t; z = sin(s) / t";
        let typed = Model::parse(text, &[("a", &ONE), ("b", &ONE), ("p", &ONE), ("q", &ONE)]).unwrap();
        let points = Block::of_point(&[0.7, 1.3, 0.2, -0.1]);
        type Ask = fn(&mut dyn Evaluator, &Block, &mut Block);
        let asked: [Ask; 3] = [|e, x, y| e.values(x, y), |e, x, y| e.gradients(x, y), |e, x, y| e.curvatures(x, y)];
        for ask in asked {
            let (mut found, mut wanted) = (Block::default(), Block::default());
            ask(&mut *sourced.evaluator(), &points, &mut found);
            ask(&mut *typed.evaluator(), &points, &mut wanted);
            assert_eq!(found.columns(), wanted.columns());
            for column in 0..found.columns() {
                let (found, wanted) = (found.column(column)[0], wanted.column(column)[0]);
                assert!((found - wanted).abs() <= 1e-13 * wanted.abs().max(1.0), "{column}: {found} {wanted}");
            }
        }
    }
}
