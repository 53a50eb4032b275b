//! The traceability graph: from a certificate through its standards to roots that are accepted.
//!
//! An edge says that a certificate rests on a parent. A certificate is *complete* when it has an uncertainty and every
//! path from it ends at an accepted root. Time and memory are linear in the edges.

use crate::check::table::{NO_TIME, NO_WORD};

mod drawing;

pub use drawing::{Place, dot};

/// How far an uncertainty may fall, or a sum miss, and be taken for rounding of what was stated.
const ROUNDING: f64 = 0.05;

/// Edges of the graph as columns, a root having one row without a parent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edges<'a> {
    /// The certificate, an interned word.
    pub certificate: &'a [u32],
    /// What it rests on; [`NO_WORD`] at a root.
    pub parent: &'a [u32],
    /// 1 where the certificate is an accepted root: a national institute, or the SI itself.
    pub root: &'a [u8],
    /// The standard uncertainty of the certificate's value.
    pub u: &'a [f64],
    /// |c| times the standard uncertainty of the parent, as stated, in the unit of the certificate.
    pub contribution: &'a [f64],
    /// Everything that does not come from parents.
    pub u_own: &'a [f64],
    /// When the certificate was issued, in nanoseconds since 1970.
    pub issued: &'a [i64],
    /// From when it may be used.
    pub valid_from: &'a [i64],
    /// Until when.
    pub valid_until: &'a [i64],
}

/// A certificate that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recall {
    /// Which.
    pub certificate: u32,
    /// From when, in nanoseconds since 1970.
    pub time: i64,
}

/// What is wrong with a certificate or an edge.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// It ends at something that is no accepted root.
    NoRoot,
    /// It rests on a certificate that is not there.
    Missing {
        /// Which.
        parent: u32,
    },
    /// It rests on itself; the certificates in the order in which each rests on the next.
    Cycle {
        /// The certificates of the cycle, the first being the one with the fault.
        cycle: Vec<u32>,
    },
    /// It rests on something incomplete.
    Broken {
        /// The first parent that is.
        parent: u32,
    },
    /// It states no uncertainty.
    NoUncertainty,
    /// Its contributions do not make its uncertainty: u² ≠ u_own² + Σ contribution².
    Sum {
        /// √(u_own² + Σ contribution²).
        expected: f64,
        /// What is stated.
        stated: f64,
    },
    /// It is smaller than what it inherits.
    Falls {
        /// From which parent.
        parent: u32,
        /// The contribution of the parent.
        inherited: f64,
        /// What is stated.
        stated: f64,
    },
    /// It used a parent that was not yet or no longer valid, or recalled.
    OutOfDate {
        /// Which.
        parent: u32,
        /// By how many nanoseconds.
        by: i64,
    },
}

impl Fault {
    /// The word written to records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoRoot => "no-root",
            Self::Missing { .. } => "missing",
            Self::Cycle { .. } => "cycle",
            Self::Broken { .. } => "broken",
            Self::NoUncertainty => "no-uncertainty",
            Self::Sum { .. } => "sum",
            Self::Falls { .. } => "falls",
            Self::OutOfDate { .. } => "out-of-date",
        }
    }

    /// The parent that it blames, where it blames one.
    pub fn parent(&self) -> Option<u32> {
        match self {
            Self::Missing { parent } | Self::Broken { parent } => Some(*parent),
            Self::Falls { parent, .. } | Self::OutOfDate { parent, .. } => Some(*parent),
            Self::Cycle { cycle } => cycle.get(1).or(cycle.first()).copied(),
            Self::NoRoot | Self::NoUncertainty | Self::Sum { .. } => None,
        }
    }
}

/// A fault, and the edge that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The certificate.
    pub certificate: u32,
    /// The row of the table of edges.
    pub row: usize,
    /// What is wrong.
    pub fault: Fault,
}

/// The graph, understood.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Of each word, the node; [`NO_WORD`] where the word is no certificate.
    node_of: Vec<u32>,
    certificates: Vec<u32>,
    /// The edges of node n are `edges[starts[n]..starts[n + 1]]`, places in the table.
    starts: Vec<u32>,
    edges: Vec<u32>,
    /// The node of the parent of each row.
    parents: Vec<u32>,
    complete: Vec<bool>,
    rank: Vec<u32>,
    valid: Vec<(i64, i64)>,
    faults: Vec<Found>,
}

impl Chain {
    /// Reads the graph and finds every fault in it, those of completeness first, each in the order of certificates.
    ///
    /// # Panics
    /// When `certificate` and `parent` are of different length.
    pub fn of(edges: &Edges<'_>, recalls: &[Recall]) -> Self {
        assert_eq!(edges.certificate.len(), edges.parent.len(), "each edge has a certificate and a parent");
        let mut chain = Self::with_nodes(edges);
        chain.read_validity(edges, recalls);
        let order = chain.ordered();
        chain.settle(edges, &order);
        chain.name_cycles(edges, &order);
        chain.weigh(edges);
        chain.look_at_dates(edges);
        chain
    }

    /// Every fault.
    pub fn faults(&self) -> &[Found] {
        &self.faults
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Tells whether there is no certificate.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Tells whether a certificate is there.
    pub fn contains(&self, certificate: u32) -> bool {
        self.node(certificate).is_some()
    }

    /// Tells whether a certificate is there and every path from it ends at an accepted root.
    pub fn is_complete(&self, certificate: u32) -> bool {
        self.node(certificate).is_some_and(|node| self.complete[node])
    }

    /// By how many nanoseconds a certificate was out of date at a time; 0 where it was valid, `None` where it is not there.
    pub fn out_of_date(&self, certificate: u32, time: i64) -> Option<i64> {
        let (from, until) = self.valid[self.node(certificate)?];
        Some(if time == NO_TIME { 0 } else { outside(from, until, time) })
    }

    fn node(&self, certificate: u32) -> Option<usize> {
        let node = self.node_of.get(certificate as usize).copied().filter(|node| *node != NO_WORD)?;
        Some(node as usize)
    }

    fn with_nodes(edges: &Edges<'_>) -> Self {
        let words = edges.certificate.iter().max().map_or(0, |last| *last as usize + 1);
        let (mut node_of, mut certificates) = (vec![NO_WORD; words], Vec::new());
        for &certificate in edges.certificate {
            let node = &mut node_of[certificate as usize];
            if *node == NO_WORD {
                *node = certificates.len() as u32;
                certificates.push(certificate);
            }
        }
        let child = |row: usize| node_of[edges.certificate[row] as usize];
        let (starts, rows) = bucket(certificates.len(), edges.certificate.len(), child);
        let parent = |parent: &u32| node_of.get(*parent as usize).copied().unwrap_or(NO_WORD);
        let parents = edges.parent.iter().map(parent).collect();
        Self { certificates, starts, edges: rows, parents, node_of, ..Self::default() }
    }

    fn rows(&self, node: usize) -> &[u32] {
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    fn read_validity(&mut self, edges: &Edges<'_>, recalls: &[Recall]) {
        let of_row = |row: usize| (time(edges.valid_from, row, i64::MIN), time(edges.valid_until, row, i64::MAX));
        self.valid = (0..self.len()).map(|node| of_row(self.rows(node)[0] as usize)).collect();
        for recall in recalls {
            if let Some(node) = self.node(recall.certificate) {
                self.valid[node].1 = self.valid[node].1.min(recall.time);
            }
        }
    }

    /// The nodes, each after all of its parents; those on a cycle, or resting on one, are left out.
    fn ordered(&mut self) -> Vec<u32> {
        let known = |row: &u32| self.parents[*row as usize] != NO_WORD;
        let mut waiting: Vec<u32> =
            (0..self.len()).map(|node| self.rows(node).iter().filter(|row| known(row)).count() as u32).collect();
        let (starts, rows) = bucket(self.len(), self.parents.len(), |row| self.parents[row]);
        let row_node = self.nodes_of_rows();
        let mut order: Vec<u32> = (0..self.len() as u32).filter(|node| waiting[*node as usize] == 0).collect();
        let mut rank = vec![0_u32; self.len()];
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            let span = starts[node as usize] as usize..starts[node as usize + 1] as usize;
            for child in rows[span].iter().map(|row| row_node[*row as usize] as usize) {
                rank[child] = rank[child].max(rank[node as usize] + 1);
                waiting[child] -= 1;
                if waiting[child] == 0 {
                    order.push(child as u32);
                }
            }
        }
        self.rank = rank;
        order
    }

    fn nodes_of_rows(&self) -> Vec<u32> {
        let mut nodes = vec![0; self.parents.len()];
        for node in 0..self.len() {
            self.rows(node).iter().for_each(|row| nodes[*row as usize] = node as u32);
        }
        nodes
    }

    /// Says of each node, from the roots on, whether it is complete, and why not.
    fn settle(&mut self, edges: &Edges<'_>, order: &[u32]) {
        self.complete = vec![false; self.len()];
        for node in order.iter().map(|node| *node as usize) {
            match self.incompleteness(edges, node) {
                None => self.complete[node] = true,
                Some((row, fault)) => self.report(node, row, fault),
            }
        }
    }

    fn incompleteness(&self, edges: &Edges<'_>, node: usize) -> Option<(usize, Fault)> {
        let rows = || self.rows(node).iter().map(|row| *row as usize);
        let first = self.rows(node)[0] as usize;
        if let Some(row) = rows().find(|row| edges.u.get(*row).is_some_and(|u| u.is_nan() || *u < 0.0)) {
            return Some((row, Fault::NoUncertainty));
        }
        if rows().any(|row| edges.root.get(row) == Some(&1)) {
            return None;
        }
        if rows().all(|row| edges.parent[row] == NO_WORD) {
            return Some((first, Fault::NoRoot));
        }
        rows().filter(|row| edges.parent[*row] != NO_WORD).find_map(|row| {
            let (parent, node) = (edges.parent[row], self.parents[row]);
            match node {
                NO_WORD => Some((row, Fault::Missing { parent })),
                node if !self.complete[node as usize] => Some((row, Fault::Broken { parent })),
                _ => None,
            }
        })
    }

    /// Names each cycle once, and of the rest that no order reaches what they rest on.
    fn name_cycles(&mut self, edges: &Edges<'_>, order: &[u32]) {
        let mut settled = vec![false; self.len()];
        order.iter().for_each(|node| settled[*node as usize] = true);
        let mut walked = vec![NO_WORD; self.len()];
        for start in (0..self.len()).filter(|start| !settled[*start]) {
            let (mut path, mut node) = (Vec::new(), start);
            while walked[node] == NO_WORD {
                walked[node] = start as u32;
                let row = self.unsettled_row(node, &settled);
                path.push((node, row));
                node = self.parents[row] as usize;
            }
            let closes = path.iter().position(|(on, _)| *on == node).unwrap_or(path.len());
            let cycle: Vec<u32> = path[closes..].iter().map(|(node, _)| self.certificates[*node]).collect();
            for (place, &(node, row)) in path.iter().enumerate() {
                let broken = Fault::Broken { parent: edges.parent[row] };
                self.report(node, row, if place == closes { Fault::Cycle { cycle: cycle.clone() } } else { broken });
            }
        }
    }

    /// An edge from a node that no order reached to a parent that none reached either: one exists, else it were reached.
    fn unsettled_row(&self, node: usize, settled: &[bool]) -> usize {
        let unsettled = |row: &&u32| {
            let parent = self.parents[**row as usize];
            parent != NO_WORD && !settled[parent as usize]
        };
        *self.rows(node).iter().find(unsettled).expect("a node is unsettled for the sake of a parent") as usize
    }

    fn weigh(&mut self, edges: &Edges<'_>) {
        if edges.u.is_empty() || edges.contribution.is_empty() {
            return;
        }
        for node in 0..self.len() {
            if let Some((row, fault)) = self.sum(edges, node) {
                self.report(node, row, fault);
            }
            let falls: Vec<usize> =
                self.rows(node).iter().map(|row| *row as usize).filter(|row| falls(edges, *row)).collect();
            for row in falls {
                let (parent, inherited, stated) = (edges.parent[row], edges.contribution[row], edges.u[row]);
                self.report(node, row, Fault::Falls { parent, inherited, stated });
            }
        }
    }

    fn sum(&self, edges: &Edges<'_>, node: usize) -> Option<(usize, Fault)> {
        let row = self.rows(node)[0] as usize;
        let (own, stated) = (*edges.u_own.get(row)?, edges.u[row]);
        let contributions = self.rows(node).iter().map(|row| edges.contribution[*row as usize]).filter(|u| !u.is_nan());
        let expected = contributions.map(|u| u * u).fold(own * own, |sum, square| sum + square).sqrt();
        ((expected - stated).abs() > ROUNDING * expected).then_some((row, Fault::Sum { expected, stated }))
    }

    fn look_at_dates(&mut self, edges: &Edges<'_>) {
        for row in 0..edges.parent.len() {
            let used = time(edges.issued, row, NO_TIME);
            let by = self.out_of_date(edges.parent[row], used).unwrap_or(0);
            if by > 0 {
                let node = self.node_of[edges.certificate[row] as usize] as usize;
                self.report(node, row, Fault::OutOfDate { parent: edges.parent[row], by });
            }
        }
    }

    fn report(&mut self, node: usize, row: usize, fault: Fault) {
        self.faults.push(Found { certificate: self.certificates[node], row, fault });
    }
}

/// Tells whether what is stated is less than what is inherited, beyond rounding.
fn falls(edges: &Edges<'_>, row: usize) -> bool {
    edges.u[row] < edges.contribution[row].abs() * (1.0 - ROUNDING)
}

fn time(column: &[i64], row: usize, otherwise: i64) -> i64 {
    column.get(row).copied().filter(|time| *time != NO_TIME).unwrap_or(otherwise)
}

/// How far a time lies outside of an interval.
fn outside(from: i64, until: i64, time: i64) -> i64 {
    from.saturating_sub(time).max(time.saturating_sub(until)).max(0)
}

/// The rows of each node, by counting: starts of n + 1 buckets, and rows in their order.
fn bucket(nodes: usize, rows: usize, node_of_row: impl Fn(usize) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; nodes + 1];
    let kept = || (0..rows).map(|row| (row, node_of_row(row))).filter(|(_, node)| *node != NO_WORD);
    kept().for_each(|(_, node)| starts[node as usize + 1] += 1);
    (0..nodes).for_each(|node| starts[node + 1] += starts[node]);
    let (mut next, mut filled) = (starts.clone(), vec![0; starts[nodes] as usize]);
    for (row, node) in kept() {
        filled[next[node as usize] as usize] = row as u32;
        next[node as usize] += 1;
    }
    (starts, filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000_000;

    /// Root 0, laboratory standards 1 and 2 on it, a meter 3 on both.
    fn sound() -> Edges<'static> {
        Edges {
            certificate: &[0, 1, 2, 3, 3],
            parent: &[NO_WORD, 0, 0, 1, 2],
            root: &[1, 0, 0, 0, 0],
            u: &[1.0, 2.0, 3.0, 5.0, 5.0],
            contribution: &[f64::NAN, 1.0, 1.0, 2.0, 3.0],
            u_own: &[1.0, 1.732, 2.828, 3.464, 3.464],
            issued: &[0, 10 * DAY, 10 * DAY, 20 * DAY, 20 * DAY],
            valid_from: &[0, 10 * DAY, 10 * DAY, 20 * DAY, 20 * DAY],
            valid_until: &[100 * DAY; 5],
        }
    }

    #[test]
    fn a_sound_chain_has_no_fault() {
        let chain = Chain::of(&sound(), &[]);
        assert_eq!(chain.faults(), &[]);
        assert!(chain.is_complete(3) && !chain.is_complete(7));
    }

    #[test]
    fn a_cycle_is_named_and_what_rests_on_it_is_broken() {
        let edges = Edges { certificate: &[5, 6, 7, 8], parent: &[6, 7, 5, 6], ..Edges::default() };
        let faults = Chain::of(&edges, &[]).faults().to_vec();
        let of =
            |certificate| faults.iter().filter(move |found| found.certificate == certificate).map(|found| &found.fault);
        assert_eq!(of(5).collect::<Vec<_>>(), [&Fault::Cycle { cycle: vec![5, 6, 7] }]);
        assert_eq!(of(8).collect::<Vec<_>>(), [&Fault::Broken { parent: 6 }]);
        assert_eq!(faults.len(), 4);
    }

    #[test]
    fn a_path_that_ends_elsewhere_is_incomplete_all_the_way_up() {
        let edges = Edges { root: &[0; 5], ..sound() };
        let chain = Chain::of(&edges, &[]);
        assert_eq!(chain.faults()[0].fault, Fault::NoRoot);
        assert!(!chain.is_complete(3) && chain.faults().len() == 4);
        let missing = Edges { parent: &[NO_WORD, 0, 9, 1, 2], ..sound() };
        assert!(Chain::of(&missing, &[]).faults().iter().any(|found| found.fault == Fault::Missing { parent: 9 }));
    }

    #[test]
    fn certificates_used_after_their_end_or_recall_are_found() {
        let recalled = Chain::of(&sound(), &[Recall { certificate: 2, time: 15 * DAY }]);
        let expected = Found { certificate: 3, row: 4, fault: Fault::OutOfDate { parent: 2, by: 5 * DAY } };
        assert_eq!(recalled.faults(), &[expected]);
        assert_eq!(recalled.out_of_date(2, 12 * DAY), Some(0));
        assert_eq!(recalled.out_of_date(2, 9 * DAY), Some(DAY));
    }

    #[test]
    fn uncertainties_neither_fall_nor_miss_their_sum() {
        let falling = Edges { u: &[1.0, 2.0, 3.0, 2.5, 2.5], ..sound() };
        let faults = Chain::of(&falling, &[]).faults().to_vec();
        assert!(matches!(faults[0].fault, Fault::Sum { expected, .. } if (expected - 5.0).abs() < 1e-3));
        assert!(matches!(faults[1].fault, Fault::Falls { parent: 2, .. }) && faults.len() == 2);
    }

    #[test]
    fn a_chain_of_two_hundred_thousand_links_is_followed() {
        let certificate: Vec<u32> = (0..200_000).rev().collect();
        let parent: Vec<u32> = certificate.iter().map(|one| one.checked_sub(1).unwrap_or(NO_WORD)).collect();
        let root: Vec<u8> = certificate.iter().map(|one| u8::from(*one == 0)).collect();
        let edges = Edges { certificate: &certificate, parent: &parent, root: &root, ..Edges::default() };
        let chain = Chain::of(&edges, &[]);
        assert!(chain.faults().is_empty() && chain.is_complete(199_999));
        assert_eq!(chain.places().iter().map(|place| place.rank).max(), Some(199_999));
    }
}
