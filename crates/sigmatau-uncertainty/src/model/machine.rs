//! Runs programs: strips of points through the registers, with the vectors that the processor has.

use super::operation::pair;
use super::program::{Action, Program, Source, Target};
use crate::Block;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Points of a strip: few enough that the registers stay in the nearest caches, and many enough that a step is its loop.
const STRIP: usize = 256;

/// A column of a strip, which begins where a line of the cache does: no vector lies across two.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Strip([f64; STRIP]);

/// A strip that is handed about without its numbers being moved.
#[derive(Debug)]
struct Register(Box<Strip>);

/// The registers of a program.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    program: &'a Program,
    registers: Vec<Register>,
    /// A strip of each constant.
    constants: Vec<Strip>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        let constants = program.constants.iter().map(|constant| Strip([*constant; STRIP])).collect();
        let registers = (0..=program.registers).map(|_| Register(Box::new(Strip([0.0; STRIP])))).collect();
        Self { program, registers, constants }
    }

    /// Fills the results, which have as many points as the inputs.
    pub(super) fn run(&mut self, inputs: &Block, results: &mut [&mut Block]) {
        pulp::Arch::new().dispatch(Run { machine: self, inputs, results });
    }

    #[inline(always)]
    fn strip(&mut self, inputs: &Block, results: &mut [&mut Block], points: Range<usize>) {
        for step in &self.program.steps {
            match step.to {
                Target::Register(register) => {
                    let spare = self.program.registers;
                    let mut column = self.registers.swap_remove(spare);
                    self.act(step.action, inputs, &points, &mut column.0.0[..points.len()]);
                    self.registers.push(column);
                    self.registers.swap(register, spare);
                }
                Target::Result(block, column) => {
                    let column = &mut results[block].column_mut(column)[points.clone()];
                    self.act(step.action, inputs, &points, column);
                }
            }
        }
    }

    #[inline(always)]
    fn act(&self, action: Action<Source>, inputs: &Block, points: &Range<usize>, to: &mut [f64]) {
        let column = |source| self.column(source, inputs, points);
        match action {
            Action::Copy(x) => to.copy_from_slice(column(x)),
            Action::Unary(operation, x) => operation.column(column(x), to),
            Action::Binary(operation, [x, y]) => operation.column(column(x), column(y), to),
            Action::Pair { first, second, is_swapped, of } => pair(first, second, is_swapped, of.map(column), to),
        }
    }

    #[inline(always)]
    fn column<'b>(&'b self, source: Source, inputs: &'b Block, points: &Range<usize>) -> &'b [f64] {
        match source {
            Source::Input(input) => &inputs.column(input)[points.clone()],
            Source::Constant(constant) => &self.constants[constant].0[..points.len()],
            Source::Register(register) => &self.registers[register].0.0[..points.len()],
        }
    }
}

/// A program for all points of a block.
struct Run<'a, 'b, 'c> {
    machine: &'a mut Machine<'b>,
    inputs: &'a Block,
    results: &'a mut [&'c mut Block],
}

impl WithSimd for Run<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let points = self.inputs.points();
        for start in (0..points).step_by(STRIP) {
            self.machine.strip(self.inputs, self.results, start..points.min(start + STRIP));
        }
    }
}
