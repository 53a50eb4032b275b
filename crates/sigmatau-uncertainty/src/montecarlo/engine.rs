//! From the number of a block to the finite outputs of its trials.

use super::draw::Draws;
use crate::{Block, Evaluator, Function};

/// What is evaluated: a function of inputs that are drawn.
#[derive(Clone, Copy)]
pub(super) struct Engine<'a> {
    pub(super) function: &'a dyn Function,
    pub(super) draws: &'a Draws,
    pub(super) seed: u64,
    pub(super) row: u64,
}

/// Room in which one thread evaluates blocks.
pub(super) struct Room<'a> {
    engine: Engine<'a>,
    evaluator: Box<dyn Evaluator + 'a>,
    inputs: Block,
    outputs: Block,
    finite: usize,
}

impl<'a> Engine<'a> {
    pub(super) fn room(self) -> Room<'a> {
        let evaluator = self.function.evaluator();
        Room { engine: self, evaluator, inputs: Block::default(), outputs: Block::default(), finite: 0 }
    }
}

impl Room<'_> {
    /// Evaluates a block; the trials of which every output is finite come first.
    pub(super) fn evaluate(&mut self, block: u64) {
        let Engine { draws, seed, row, .. } = self.engine;
        draws.block(seed, row, block, &mut self.inputs);
        self.evaluator.values(&self.inputs, &mut self.outputs);
        self.finite = self.outputs.points();
        if !(0..self.outputs.columns()).all(|output| pulp::Arch::new().dispatch(AllFinite(self.outputs.column(output))))
        {
            self.set_apart();
        }
    }

    /// The finite values of an output.
    pub(super) fn column(&self, output: usize) -> &[f64] {
        &self.outputs.column(output)[..self.finite]
    }

    /// The trials of which an output is not finite.
    pub(super) fn non_finite(&self) -> u64 {
        (self.outputs.points() - self.finite) as u64
    }

    /// Moves the trials of which every output is finite to the front, in their order.
    fn set_apart(&mut self) {
        let columns = self.outputs.columns();
        let is_finite = |point: &usize| (0..columns).all(|output| self.outputs.column(output)[*point].is_finite());
        let kept: Vec<usize> = (0..self.outputs.points()).filter(is_finite).collect();
        for output in 0..columns {
            let column = self.outputs.column_mut(output);
            kept.iter().enumerate().for_each(|(place, point)| column[place] = column[*point]);
        }
        self.finite = kept.len();
    }
}

struct AllFinite<'a>(&'a [f64]);

impl pulp::WithSimd for AllFinite<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> bool {
        const EXPONENT: u64 = 0x7ff << 52;
        self.0.iter().fold(true, |all, value| all & (value.to_bits() & EXPONENT != EXPONENT))
    }
}
