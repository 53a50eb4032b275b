//! A graph as steps over registers: each step is a loop over a strip of points, and a register is used again as soon as
//! nothing needs what it holds.

use super::graph::{Expression, Graph, Node};
use super::operation::{Binary, Unary};
use std::collections::{BTreeMap, BTreeSet};

/// Where a step finds a column of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Input(usize),
    Constant(usize),
    Register(usize),
}

/// Where a step leaves a column of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Register(usize),
    /// A column of one of the blocks of results.
    Result(usize, usize),
}

/// What a step does with columns.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action<T> {
    Copy(T),
    Unary(Unary, T),
    Binary(Binary, [T; 2]),
    /// second(first(x, y), z), or second(z, first(x, y)) where it `is_swapped`: what is between is not stored.
    Pair {
        first: Binary,
        second: Binary,
        is_swapped: bool,
        of: [T; 3],
    },
}

/// One loop over a strip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) action: Action<Source>,
    pub(super) to: Target,
}

/// What is to be done for a strip of points.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) constants: Vec<f64>,
    pub(super) registers: usize,
}

impl<T: Copy> Action<T> {
    fn operands(&self) -> &[T] {
        match self {
            Self::Copy(x) | Self::Unary(_, x) => std::slice::from_ref(x),
            Self::Binary(_, of) => of,
            Self::Pair { of, .. } => of,
        }
    }

    fn map<U>(self, f: impl FnMut(T) -> U) -> Action<U> {
        let mut f = f;
        match self {
            Self::Copy(x) => Action::Copy(f(x)),
            Self::Unary(operation, x) => Action::Unary(operation, f(x)),
            Self::Binary(operation, of) => Action::Binary(operation, of.map(f)),
            Self::Pair { first, second, is_swapped, of } => Action::Pair { first, second, is_swapped, of: of.map(f) },
        }
    }
}

impl Program {
    /// The program that fills the columns of one or more blocks with nodes, and with zeros where there is none.
    pub(super) fn of(graph: &mut Graph, blocks: &[Vec<Option<Node>>]) -> Self {
        let zero = graph.constant(0.0);
        let mut results: BTreeMap<Node, Vec<Target>> = BTreeMap::new();
        for (block, columns) in blocks.iter().enumerate() {
            for (column, node) in columns.iter().enumerate() {
                results.entry(node.unwrap_or(zero)).or_default().push(Target::Result(block, column));
            }
        }
        let plan = plan(graph, &results);
        let mut compiler = Compiler::new(graph, &plan);
        for (place, (node, action)) in plan.iter().enumerate() {
            compiler.add(place, *node, *action, results.get(node).map_or(&[], Vec::as_slice));
        }
        compiler.program
    }
}

/// The nodes that are needed, each after those that it is made of, and how each is made.
fn plan(graph: &Graph, results: &BTreeMap<Node, Vec<Target>>) -> Vec<(Node, Action<Node>)> {
    let uses = uses(graph, results);
    let is_private = |node: Node| uses[&node] == 1 && !results.contains_key(&node);
    let mut within = BTreeSet::new();
    let mut plan = Vec::with_capacity(uses.len());
    for node in uses.keys().rev().filter(|node| results.contains_key(node) || !is_leaf(graph, **node)) {
        if !within.contains(node) {
            let (action, inner) = action(graph, *node, is_private);
            within.extend(inner);
            plan.push((*node, action));
        }
    }
    plan.reverse();
    plan
}

fn is_leaf(graph: &Graph, node: Node) -> bool {
    matches!(graph.expression(node), Expression::Input(_) | Expression::Constant(_))
}

/// How a node is made, and the node that is made on the way.
fn action(graph: &Graph, node: Node, is_private: impl Fn(Node) -> bool) -> (Action<Node>, Option<Node>) {
    match graph.expression(node) {
        Expression::Input(_) | Expression::Constant(_) => (Action::Copy(node), None),
        Expression::Unary(operation, x) => (Action::Unary(operation, x), None),
        Expression::Binary(second, x, y) => {
            let inner = |inner, outer, is_swapped| match graph.expression(inner) {
                Expression::Binary(first, a, b)
                    if second.is_arithmetic() && first.is_arithmetic() && is_private(inner) =>
                {
                    Some((Action::Pair { first, second, is_swapped, of: [a, b, outer] }, Some(inner)))
                }
                _ => None,
            };
            inner(x, y, false).or_else(|| inner(y, x, true)).unwrap_or((Action::Binary(second, [x, y]), None))
        }
    }
}

/// How often each node that is needed is an operand.
fn uses(graph: &Graph, results: &BTreeMap<Node, Vec<Target>>) -> BTreeMap<Node, usize> {
    let mut uses: BTreeMap<Node, usize> = results.keys().map(|node| (*node, 0)).collect();
    for node in results.keys().last().into_iter().flat_map(|last| Graph::down_from(*last)) {
        if uses.contains_key(&node) {
            graph.expression(node).operands().for_each(|operand| *uses.entry(operand).or_default() += 1);
        }
    }
    uses
}

/// Gives nodes their registers, step by step.
struct Compiler<'a> {
    graph: &'a Graph,
    /// The place in the plan where a node is an operand for the last time.
    last: BTreeMap<Node, usize>,
    registers: BTreeMap<Node, usize>,
    free: Vec<usize>,
    constants: BTreeMap<Node, usize>,
    program: Program,
}

impl<'a> Compiler<'a> {
    fn new(graph: &'a Graph, plan: &[(Node, Action<Node>)]) -> Self {
        let mut last = BTreeMap::new();
        for (place, (_, action)) in plan.iter().enumerate() {
            last.extend(action.operands().iter().map(|operand| (*operand, place)));
        }
        let (registers, free, constants, program) = Default::default();
        Self { graph, last, registers, free, constants, program }
    }

    /// The step that makes a node, and the copies of it that are wanted.
    fn add(&mut self, place: usize, node: Node, action: Action<Node>, targets: &[Target]) {
        let sources = action.map(|operand| self.source(operand));
        match (targets, self.last.contains_key(&node) && !is_leaf(self.graph, node)) {
            ([target], false) => self.step(sources, *target),
            _ if is_leaf(self.graph, node) => targets.iter().for_each(|target| self.step(sources, *target)),
            (_, is_needed) => {
                let register = self.register();
                self.step(sources, Target::Register(register));
                targets.iter().for_each(|target| self.step(Action::Copy(Source::Register(register)), *target));
                match is_needed {
                    true => drop(self.registers.insert(node, register)),
                    false => self.free.push(register),
                }
            }
        }
        self.release(place, action.operands());
    }

    fn step(&mut self, action: Action<Source>, to: Target) {
        self.program.steps.push(Step { action, to });
    }

    fn source(&mut self, node: Node) -> Source {
        match self.graph.expression(node) {
            Expression::Input(input) => Source::Input(input),
            Expression::Constant(bits) => {
                let constants = &mut self.program.constants;
                Source::Constant(*self.constants.entry(node).or_insert_with(|| {
                    constants.push(f64::from_bits(bits));
                    constants.len() - 1
                }))
            }
            _ => Source::Register(self.registers[&node]),
        }
    }

    fn register(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.program.registers += 1;
            self.program.registers - 1
        })
    }

    /// Frees the registers of what is needed for the last time here.
    fn release(&mut self, place: usize, operands: &[Node]) {
        for operand in operands.iter().filter(|operand| self.last[operand] == place) {
            self.free.extend(self.registers.remove(operand));
        }
    }
}
