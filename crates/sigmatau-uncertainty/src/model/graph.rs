//! A model as a graph in which nothing stands twice, and the rules that make it smaller without changing a digit.

use super::operation::{Binary, Unary};
use std::collections::HashMap;

/// A quantity in a graph. Nodes are after those that they are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(u32);

/// How a node is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Expression {
    Input(usize),
    /// The bits of a number.
    Constant(u64),
    Unary(Unary, Node),
    Binary(Binary, Node, Node),
}

/// Expressions of which no two are alike.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    expressions: Vec<Expression>,
    nodes: HashMap<Expression, Node>,
    /// Whether a node depends on an input.
    varies: Vec<bool>,
}

impl Node {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Expression {
    /// The nodes that it is made of.
    pub(super) fn operands(self) -> impl Iterator<Item = Node> {
        let operands = match self {
            Self::Input(_) | Self::Constant(_) => [None, None],
            Self::Unary(_, x) => [Some(x), None],
            Self::Binary(_, x, y) => [Some(x), Some(y)],
        };
        operands.into_iter().flatten()
    }
}

impl Graph {
    pub(super) fn expression(&self, node: Node) -> Expression {
        self.expressions[node.index()]
    }

    /// Whether a node depends on an input.
    pub(super) fn varies(&self, node: Node) -> bool {
        self.varies[node.index()]
    }

    /// The nodes up to this one, the last first.
    pub(super) fn down_from(node: Node) -> impl Iterator<Item = Node> {
        (0..=node.0).rev().map(Node)
    }

    /// The number that a node is, if it is the same for all inputs.
    fn number(&self, node: Node) -> Option<f64> {
        match self.expression(node) {
            Expression::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn node(&mut self, expression: Expression) -> Node {
        if let Some(node) = self.nodes.get(&expression) {
            return *node;
        }
        let node = Node(u32::try_from(self.expressions.len()).expect("a graph fits into memory"));
        let varies = matches!(expression, Expression::Input(_)) || expression.operands().any(|node| self.varies(node));
        self.varies.push(varies);
        self.expressions.push(expression);
        self.nodes.insert(expression, node);
        node
    }

    pub(super) fn input(&mut self, input: usize) -> Node {
        self.node(Expression::Input(input))
    }

    pub(super) fn constant(&mut self, value: f64) -> Node {
        self.node(Expression::Constant(value.to_bits()))
    }

    /// −x, where −(−x) is x.
    pub(super) fn negate(&mut self, x: Node) -> Node {
        match self.negated(x) {
            Some(inner) => inner,
            None => self.unary(Unary::Negate, x),
        }
    }

    pub(super) fn unary(&mut self, operation: Unary, x: Node) -> Node {
        match self.number(x) {
            Some(x) => self.constant(operation.value(x)),
            None => self.node(Expression::Unary(operation, x)),
        }
    }

    pub(super) fn binary(&mut self, operation: Binary, x: Node, y: Node) -> Node {
        match (self.number(x), self.number(y)) {
            (Some(x), Some(y)) => self.constant(operation.value(x, y)),
            _ => self.node(Expression::Binary(operation, x, y)),
        }
    }

    /// x + y, where x + (−y) is x − y.
    pub(super) fn add(&mut self, x: Node, y: Node) -> Node {
        match (self.negated(x), self.negated(y)) {
            (_, Some(y)) => self.subtract(x, y),
            (Some(x), None) => self.subtract(y, x),
            (None, None) => self.binary(Binary::Add, x.min(y), x.max(y)),
        }
    }

    /// x − y, where x − (−y) is x + y.
    pub(super) fn subtract(&mut self, x: Node, y: Node) -> Node {
        match self.negated(y) {
            Some(y) => self.add(x, y),
            None => self.binary(Binary::Subtract, x, y),
        }
    }

    /// x · y, where 1 · y is y and (−x) · y is −(x · y).
    pub(super) fn multiply(&mut self, x: Node, y: Node) -> Node {
        let (x, y, is_negative) = self.without_signs(x, y);
        let product = match (self.number(x), self.number(y)) {
            (Some(1.0), _) => y,
            (_, Some(1.0)) => x,
            _ => self.binary(Binary::Multiply, x.min(y), x.max(y)),
        };
        if is_negative { self.negate(product) } else { product }
    }

    /// x / y, where x / 1 is x and (−x) / y is −(x / y).
    pub(super) fn divide(&mut self, x: Node, y: Node) -> Node {
        let (x, y, is_negative) = self.without_signs(x, y);
        let quotient = match self.number(y) {
            Some(1.0) => x,
            _ => self.binary(Binary::Divide, x, y),
        };
        if is_negative { self.negate(quotient) } else { quotient }
    }

    /// Two factors without their signs, and whether their product is then to be negated.
    fn without_signs(&mut self, x: Node, y: Node) -> (Node, Node, bool) {
        let (positive_x, positive_y) = (self.negated(x), self.negated(y));
        (positive_x.unwrap_or(x), positive_y.unwrap_or(y), positive_x.is_some() != positive_y.is_some())
    }

    /// x^n.
    pub(super) fn power(&mut self, x: Node, power: i32) -> Node {
        let one = self.constant(1.0);
        match power {
            0 => one,
            1 => x,
            2 => self.multiply(x, x),
            -1 => self.divide(one, x),
            _ => self.unary(Unary::Power(power), x),
        }
    }

    /// y where the node is −y, or is −1.
    fn negated(&mut self, node: Node) -> Option<Node> {
        match self.expression(node) {
            Expression::Unary(Unary::Negate, inner) => Some(inner),
            Expression::Constant(bits) if f64::from_bits(bits) == -1.0 => Some(self.constant(1.0)),
            _ => None,
        }
    }
}
