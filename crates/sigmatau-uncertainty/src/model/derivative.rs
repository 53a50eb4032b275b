//! Derivatives as nodes of the same graph, so that they share what they have in common with the values.
//!
//! From an output back to the inputs: the derivative of the output by each node is the sum over the nodes that are made
//! of it, so that all n derivatives cost a small multiple of the output, whatever n is. What does not depend on an input
//! costs nothing.

use super::graph::{Expression, Graph, Node};
use super::operation::{Binary, Unary};

/// ∂output/∂xᵢ for each of `inputs` inputs; nothing where the output does not depend on it.
pub(super) fn gradient(graph: &mut Graph, output: Node, inputs: usize) -> Vec<Option<Node>> {
    let mut by_node: Vec<Option<Node>> = vec![None; output.index() + 1];
    let mut by_input = vec![None; inputs];
    by_node[output.index()] = Some(graph.constant(1.0));
    for node in Graph::down_from(output) {
        let Some(outer) = by_node[node.index()] else { continue };
        if let Expression::Input(input) = graph.expression(node) {
            by_input[input] = Some(outer);
        }
        for (operand, part) in parts(graph, node, outer).into_iter().flatten() {
            let before = by_node[operand.index()];
            by_node[operand.index()] = Some(before.map_or(part, |before| graph.add(before, part)));
        }
    }
    by_input
}

/// What a node passes on to those that it is made of, `outer` being the derivative of the output by the node.
fn parts(graph: &mut Graph, node: Node, outer: Node) -> [Option<(Node, Node)>; 2] {
    match graph.expression(node) {
        Expression::Input(_) | Expression::Constant(_) => [None, None],
        Expression::Unary(operation, x) if graph.varies(x) => {
            [unary(graph, operation, x, node, outer).map(|part| (x, part)), None]
        }
        Expression::Unary(..) => [None, None],
        Expression::Binary(operation, x, y) => {
            let by_first = graph.varies(x).then(|| (x, first(graph, operation, [x, y], node, outer)));
            let by_second = graph.varies(y).then(|| (y, second(graph, operation, [x, y], node, outer)));
            [by_first, by_second]
        }
    }
}

/// outer · ∂f/∂x of f(x), which is the node; nothing where f is constant but for steps.
fn unary(g: &mut Graph, operation: Unary, x: Node, node: Node, outer: Node) -> Option<Node> {
    let one = g.constant(1.0);
    Some(match operation {
        Unary::Negate => g.negate(outer),
        Unary::Power(power) => {
            let (factor, lower) = (g.constant(f64::from(power)), g.power(x, power - 1));
            let slope = g.multiply(factor, lower);
            g.multiply(outer, slope)
        }
        Unary::Sqrt => {
            let twice = g.add(node, node);
            g.divide(outer, twice)
        }
        Unary::Exp => g.multiply(outer, node),
        Unary::Ln => g.divide(outer, x),
        Unary::Log10 => over_scaled(g, outer, x, std::f64::consts::LN_10),
        Unary::Log2 => over_scaled(g, outer, x, std::f64::consts::LN_2),
        Unary::Sin => times(g, outer, Unary::Cos, x),
        Unary::Cos => {
            let part = times(g, outer, Unary::Sin, x);
            g.negate(part)
        }
        Unary::Tan => {
            let square = g.multiply(node, node);
            let slope = g.add(one, square);
            g.multiply(outer, slope)
        }
        Unary::Asin => over_other_side(g, outer, x),
        Unary::Acos => {
            let part = over_other_side(g, outer, x);
            g.negate(part)
        }
        Unary::Atan => {
            let square = g.multiply(x, x);
            let below = g.add(one, square);
            g.divide(outer, below)
        }
        Unary::Sinh => times(g, outer, Unary::Cosh, x),
        Unary::Cosh => times(g, outer, Unary::Sinh, x),
        Unary::Tanh => {
            let cosh = g.unary(Unary::Cosh, x);
            let part = g.divide(outer, cosh);
            g.divide(part, cosh)
        }
        Unary::Abs => times(g, outer, Unary::Slope, x),
        Unary::Sign | Unary::Slope => return None,
    })
}

/// outer · f(x).
fn times(g: &mut Graph, outer: Node, slope: Unary, x: Node) -> Node {
    let slope = g.unary(slope, x);
    g.multiply(outer, slope)
}

/// outer / (scale · x).
fn over_scaled(g: &mut Graph, outer: Node, x: Node, scale: f64) -> Node {
    let scale = g.constant(scale);
    let below = g.multiply(scale, x);
    g.divide(outer, below)
}

/// outer / √(1 − x²), without cancellation near ±1.
fn over_other_side(g: &mut Graph, outer: Node, x: Node) -> Node {
    let one = g.constant(1.0);
    let (below, above) = (g.subtract(one, x), g.add(one, x));
    let square = g.multiply(below, above);
    let side = g.unary(Unary::Sqrt, square);
    g.divide(outer, side)
}

/// outer · ∂f/∂x of f(x, y), which is the node.
fn first(g: &mut Graph, operation: Binary, [x, y]: [Node; 2], node: Node, outer: Node) -> Node {
    match operation {
        Binary::Add | Binary::Subtract => outer,
        Binary::Multiply => g.multiply(outer, y),
        Binary::Divide => g.divide(outer, y),
        Binary::Power => {
            let one = g.constant(1.0);
            let lower = g.subtract(y, one);
            let power = g.binary(Binary::Power, x, lower);
            let slope = g.multiply(y, power);
            g.multiply(outer, slope)
        }
        Binary::Atan2 => {
            let radius = g.binary(Binary::Hypot, x, y);
            over_square(g, outer, y, radius)
        }
        Binary::Hypot => {
            let slope = g.divide(x, node);
            g.multiply(outer, slope)
        }
        Binary::Min => times_choice(g, outer, [y, x]),
        Binary::Max => times_choice(g, outer, [x, y]),
    }
}

/// outer · ∂f/∂y of f(x, y), which is the node.
fn second(g: &mut Graph, operation: Binary, [x, y]: [Node; 2], node: Node, outer: Node) -> Node {
    match operation {
        Binary::Add | Binary::Multiply | Binary::Hypot | Binary::Min | Binary::Max => {
            first(g, operation, [y, x], node, outer)
        }
        Binary::Subtract => g.negate(outer),
        Binary::Divide => {
            let slope = g.divide(node, y);
            let part = g.multiply(outer, slope);
            g.negate(part)
        }
        Binary::Power => {
            let ln = g.unary(Unary::Ln, x);
            let slope = g.multiply(node, ln);
            g.multiply(outer, slope)
        }
        Binary::Atan2 => {
            let radius = g.binary(Binary::Hypot, x, y);
            let part = over_square(g, outer, x, radius);
            g.negate(part)
        }
    }
}

/// outer · (x / r) / r, where the square of r may be out of range.
fn over_square(g: &mut Graph, outer: Node, x: Node, r: Node) -> Node {
    let cosine = g.divide(x, r);
    let slope = g.divide(cosine, r);
    g.multiply(outer, slope)
}

/// outer · ½ (1 + slope of |x − y|): outer where x > y, nought where x < y, and not a number where they are equal.
fn times_choice(g: &mut Graph, outer: Node, [x, y]: [Node; 2]) -> Node {
    let (one, half, difference) = (g.constant(1.0), g.constant(0.5), g.subtract(x, y));
    let slope = g.unary(Unary::Slope, difference);
    let twice = g.add(one, slope);
    let choice = g.multiply(half, twice);
    g.multiply(outer, choice)
}
