//! Traceability: certificates by rank below their roots, each joined to what it rests on.

use sigmatau_data::{Record, Table};
use std::collections::HashMap;

/// The most certificates that are drawn; more are shown as a table.
const MOST_DRAWN: usize = 1000;

/// The graph of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Graph {
    /// The certificates by rank and place.
    pub(crate) nodes: Vec<Node>,
    /// Certificate and parent, as places in `nodes`, and whether something is wrong between them.
    pub(crate) links: Vec<(usize, usize, bool)>,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its name.
    pub(crate) name: String,
    /// The rank, 0 at a root.
    pub(crate) rank: i64,
    /// The place within the rank, from 0.
    pub(crate) place: i64,
    /// Whether every path from it ends at a root and nothing is wrong with it.
    pub(crate) sound: bool,
}

/// The graph of a `traceability/1` record with rows; nothing of another kind, or where it is too large to be drawn.
pub(crate) fn graph(record: &Record) -> Option<Graph> {
    let known = record.header.schema == "traceability/1" && record.table.rows() > 0;
    known.then(|| of_table(&record.table)).flatten().filter(|graph| graph.nodes.len() <= MOST_DRAWN)
}

fn of_table(table: &Table) -> Option<Graph> {
    let text = |name| table.texts(name);
    let (certificates, parents, complete) = (text("certificate")?, text("parent")?, text("complete")?);
    let (faults, ranks, places) = (text("fault")?, table.integers("rank")?, table.integers("place")?);
    let mut graph = Graph { nodes: Vec::new(), links: Vec::new() };
    let mut known: HashMap<&str, usize> = HashMap::new();
    for row in 0..table.rows() {
        let sound = complete[row] == "yes" && faults[row].is_empty();
        let new = Node { name: certificates[row].clone(), rank: ranks[row], place: places[row], sound };
        let node = *known.entry(&certificates[row]).or_insert(graph.nodes.len());
        match graph.nodes.get_mut(node) {
            Some(node) => node.sound &= sound,
            None => graph.nodes.push(new),
        }
    }
    let link =
        |row: usize| Some((*known.get(&*certificates[row])?, *known.get(&*parents[row])?, !faults[row].is_empty()));
    graph.links = (0..table.rows()).filter_map(link).collect();
    Some(graph)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_data::schema::{Cell, Rows, traceability};

    #[test]
    fn parents_that_are_not_there_are_not_joined() {
        let mut rows = Rows::of(&traceability::SCHEMA);
        for (certificate, parent, rank, fault) in [("nmi", "", 0, ""), ("a", "nmi", 1, ""), ("a", "gone", 1, "missing")]
        {
            let complete = if fault.is_empty() { "yes" } else { "no" };
            let row: [Cell; 6] = [
                certificate.into(),
                parent.into(),
                Cell::Integer(rank),
                Cell::Integer(0),
                complete.into(),
                fault.into(),
            ];
            rows.push(row);
        }
        let graph = of_table(&rows.table()).unwrap();
        let nodes: Vec<(&str, i64, bool)> =
            graph.nodes.iter().map(|node| (node.name.as_str(), node.rank, node.sound)).collect();
        assert_eq!(nodes, [("nmi", 0, true), ("a", 1, false)]);
        assert_eq!(graph.links, [(1, 0, false)]);
    }
}
