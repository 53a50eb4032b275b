//! A graph as SVG: roots on top, each rank below what it rests on.

use super::ink::{FLEET, INK, SERIES};
use super::{Canvas, Drawn, HEIGHT, WIDTH, draw_text, inside, shortened};
use crate::PublishError;
use crate::view::traceability::{Graph, Node};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use std::collections::BTreeMap;

/// The room around the graph.
const MARGIN: i32 = 420;
/// Half the width of a certificate.
const HALF: i32 = 36;
/// The most certificates of a rank that are named.
const MOST_NAMED: usize = 4;

/// The elements of the graph, without the enclosing `svg` element.
pub(crate) fn elements(graph: &Graph) -> Result<String, PublishError> {
    let mut svg = String::new();
    let canvas = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
    draw(&canvas, graph)
        .and_then(|()| canvas.present())
        .map_err(|error| PublishError::Plot { subject: "traceability".to_owned(), reason: error.to_string() })?;
    drop(canvas);
    Ok(inside(&svg).to_owned())
}

fn draw<'a>(canvas: &Canvas<'a>, graph: &Graph) -> Drawn<'a> {
    let widths = widths(&graph.nodes);
    let places: Vec<(i32, i32)> = graph.nodes.iter().map(|node| place(node, &widths)).collect();
    for (certificate, parent, faulty) in &graph.links {
        let stroke = if *faulty { SERIES[1].stroke(14) } else { FLEET.stroke(7) };
        canvas.draw(&PathElement::new(vec![places[*certificate], places[*parent]], stroke))?;
    }
    for (node, at) in graph.nodes.iter().zip(&places) {
        draw_node(canvas, node, *at)?;
    }
    let named = graph.nodes.iter().zip(&places).filter(|(node, _)| widths[&node.rank] <= MOST_NAMED);
    for (node, (x, y)) in named {
        draw_text(canvas, &shortened(&node.name), (*x, y - 2 * HALF), INK, (HPos::Center, VPos::Bottom))?;
    }
    Ok(())
}

/// A sound certificate is a disc, another a square.
fn draw_node<'a>(canvas: &Canvas<'a>, node: &Node, (x, y): (i32, i32)) -> Drawn<'a> {
    match node.sound {
        true => canvas.draw(&Circle::new((x, y), HALF, SERIES[0].light.filled())),
        false => canvas.draw(&Rectangle::new([(x - HALF, y - HALF), (x + HALF, y + HALF)], SERIES[1].light.filled())),
    }
}

/// How many certificates each rank has.
fn widths(nodes: &[Node]) -> BTreeMap<i64, usize> {
    let mut widths = BTreeMap::new();
    nodes.iter().for_each(|node| *widths.entry(node.rank).or_default() += 1);
    widths
}

/// Ranks evenly from top to bottom, certificates evenly across their rank.
fn place(node: &Node, widths: &BTreeMap<i64, usize>) -> (i32, i32) {
    let lowest = widths.keys().last().copied().unwrap_or(0).max(1);
    let across = (node.place as f64 + 0.5) / widths[&node.rank] as f64;
    let within = |extent: u32, share: f64| MARGIN + (f64::from(extent as i32 - 2 * MARGIN) * share) as i32;
    (within(WIDTH, across), within(HEIGHT, node.rank as f64 / lowest as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, rank: i64, place: i64, sound: bool) -> Node {
        Node { name: name.to_owned(), rank, place, sound }
    }

    #[test]
    fn roots_stand_on_top_and_faults_are_squares() {
        let nodes = vec![node("nmi", 0, 0, true), node("a", 1, 0, true), node("b", 1, 1, false)];
        let places: Vec<(i32, i32)> = nodes.iter().map(|node| place(node, &widths(&nodes))).collect();
        assert_eq!(places, [(3200, 420), (1810, 3580), (4590, 3580)]);
        let svg = elements(&Graph { nodes, links: vec![(1, 0, false), (2, 0, true)] }).unwrap();
        assert_eq!((svg.matches("<circle").count(), svg.matches("<rect").count()), (2, 1), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("nmi"), "{svg}");
    }
}
