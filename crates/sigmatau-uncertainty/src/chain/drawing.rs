//! Where the certificates of a chain stand when it is drawn, and the drawing as text for Graphviz.

use super::{Chain, Fault};
use crate::check::table::NO_WORD;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where a certificate stands: roots in rank 0, each certificate one rank below its lowest parent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The certificate.
    pub certificate: u32,
    /// The longest way from a root; 0 on a cycle.
    pub rank: u32,
    /// The place within the rank, from 0: certificates stand below the mean place of their parents.
    pub order: u32,
    /// Whether it is complete.
    pub complete: bool,
}

impl Chain {
    /// Where each certificate stands, in the order of certificates.
    pub fn places(&self) -> Vec<Place> {
        let mut ranks: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        (0..self.len()).for_each(|node| ranks.entry(self.rank[node]).or_default().push(node));
        let mut order = vec![0_u32; self.len()];
        for nodes in ranks.values_mut() {
            let mut keyed: Vec<(f64, usize)> = nodes.iter().map(|node| (self.below(*node, &order), *node)).collect();
            keyed.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            keyed.iter().zip(0..).for_each(|((_, node), place)| order[*node] = place);
        }
        let place = |node: usize| Place {
            certificate: self.certificates[node],
            rank: self.rank[node],
            order: order[node],
            complete: self.complete[node],
        };
        (0..self.len()).map(place).collect()
    }

    /// The mean place of the parents of a node.
    fn below(&self, node: usize, order: &[u32]) -> f64 {
        let parents = self.rows(node).iter().map(|row| self.parents[*row as usize]).filter(|parent| *parent != NO_WORD);
        let (sum, count) =
            parents.fold((0.0, 0.0), |(sum, count), node| (sum + f64::from(order[node as usize]), count + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// The pairs of certificate and parent that are both there.
    pub fn links(&self) -> impl Iterator<Item = (u32, u32)> {
        let of_node = move |node: usize| self.rows(node).iter().map(move |row| (node, self.parents[*row as usize]));
        let known = (0..self.len()).flat_map(of_node).filter(|(_, parent)| *parent != NO_WORD);
        known.map(|(node, parent)| (self.certificates[node], self.certificates[parent as usize]))
    }
}

/// The graph in the language of Graphviz, roots on top, faulty certificates red, with `name` giving the label of each.
pub fn dot<'a>(chain: &Chain, name: impl Fn(u32) -> &'a str) -> String {
    let mut text = String::from("digraph chain {\n  rankdir = BT;\n  node [shape = box];\n");
    for place in chain.places() {
        let colour = if place.complete { "black" } else { "red" };
        let label = escaped(name(place.certificate));
        writeln!(text, "  c{} [label = \"{label}\", color = {colour}];", place.certificate)
            .expect("a string takes text");
    }
    for (certificate, parent) in chain.links() {
        let faulty = |found: &&super::Found| found.certificate == certificate && blames(&found.fault, parent);
        let colour = if chain.faults().iter().any(|found| faulty(&found)) { " [color = red]" } else { "" };
        writeln!(text, "  c{certificate} -> c{parent}{colour};").expect("a string takes text");
    }
    text.push_str("}\n");
    text
}

/// Tells whether a fault of a certificate lies in the link to this parent.
fn blames(fault: &Fault, parent: u32) -> bool {
    match fault {
        Fault::Missing { parent: blamed } | Fault::Broken { parent: blamed } => *blamed == parent,
        Fault::Falls { parent: blamed, .. } | Fault::OutOfDate { parent: blamed, .. } => *blamed == parent,
        Fault::Cycle { cycle } => cycle.contains(&parent),
        Fault::NoRoot | Fault::NoUncertainty | Fault::Sum { .. } => false,
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Edges;

    fn crossed() -> Chain {
        let edges = Edges {
            certificate: &[0, 1, 2, 3],
            parent: &[NO_WORD, NO_WORD, 1, 0],
            root: &[1, 1, 0, 0],
            ..Edges::default()
        };
        Chain::of(&edges, &[])
    }

    #[test]
    fn certificates_stand_below_their_parents_without_crossing() {
        let places: Vec<(u32, u32)> = crossed().places().iter().map(|place| (place.rank, place.order)).collect();
        assert_eq!(places, [(0, 0), (0, 1), (1, 1), (1, 0)]);
    }

    #[test]
    fn labels_are_quoted_for_graphviz() {
        let text = dot(&crossed(), |certificate| if certificate == 0 { "PTB \"1\"" } else { "x" });
        assert!(text.contains(r#"c0 [label = "PTB \"1\"", color = black];"#) && text.contains("c3 -> c0;"), "{text}");
    }
}
