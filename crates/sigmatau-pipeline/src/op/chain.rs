//! The traceability graph of calibrations: where each certificate stands, and what is wrong with it.

use super::{Analysis, Input, Op, Subject};
use crate::dataset::{Reads, Scope, Unit};
use sigmatau_core::{Finding, Severity};
use sigmatau_data::calibration::{Calibrations, NO_WORD};
use sigmatau_data::schema::{Cell, Rows};
use sigmatau_data::{DataError, Table, schema};
use sigmatau_uncertainty::chain::{Chain, Edges, Place, Recall};
use std::collections::BTreeMap;

/// The certificates of standards, each with what it rests on.
pub(super) static OP: Op = Op {
    name: "chain",
    title: "traceability: each certificate with what it rests on, where it stands below the roots, and what is wrong with it",
    subject: Subject::Uncertainty,
    revision: sigmatau_uncertainty::REVISION,
    reads: Reads::Calibrations,
    beside: &[],
    scope: Scope::Series,
    schema: &schema::traceability::SCHEMA,
    parameters: &[],
    plan: |_| Ok(Box::new(Graph)),
};

struct Graph;

impl Analysis for Graph {
    fn parameters(&self) -> String {
        String::new()
    }

    fn compute(&self, input: &Input<'_>, unit: &Unit) -> Result<(Table, Vec<Finding>), DataError> {
        let mut calibrations = input.dataset.calibrations(unit)?;
        let Some(chain) = read(&mut calibrations)? else { return Ok((OP.schema.empty(), vec![no_chain()])) };
        let vocabulary = calibrations.vocabulary();
        let word = |number| vocabulary.word(number);
        Ok((table(&chain, &word), incomplete(&chain, &word).into_iter().collect()))
    }
}

/// The chain of standards, where its table is there.
pub(super) fn read(calibrations: &mut Calibrations) -> Result<Option<Chain>, DataError> {
    let Some(edges) = calibrations.beside(&schema::chain::SCHEMA, &["certificate", "parent"])? else { return Ok(None) };
    let recalls = calibrations.beside(&schema::recalls::SCHEMA, &["certificate"])?;
    let vocabulary = calibrations.vocabulary_mut();
    let edges = edges.whole(vocabulary)?;
    let recalls = recalls.map(|recalls| recalls.whole(vocabulary)).transpose()?.unwrap_or_default();
    let unnamed = vocabulary.number("a certificate without a name");
    let named = |word: &u32| if *word == NO_WORD { unnamed } else { *word };
    let certificate: Vec<u32> = edges.words("certificate").iter().map(named).collect();
    let root: Vec<u8> = edges.words("root").iter().map(|root| u8::from(*root != NO_WORD)).collect();
    let edges = Edges {
        certificate: &certificate,
        parent: edges.words("parent"),
        root: &root,
        u: edges.numbers("u"),
        contribution: edges.numbers("contribution"),
        u_own: edges.numbers("u_own"),
        issued: edges.wholes("issued"),
        valid_from: edges.wholes("valid_from"),
        valid_until: edges.wholes("valid_until"),
    };
    let recall = |(certificate, time): (&u32, &i64)| Recall { certificate: *certificate, time: *time };
    let recalls: Vec<Recall> = recalls.words("certificate").iter().zip(recalls.wholes("time")).map(recall).collect();
    Ok(Some(Chain::of(&edges, &recalls)))
}

/// What a certificate rests on, with the fault of each link; that of the certificate itself goes with the first.
type Links = BTreeMap<u32, Vec<(u32, &'static str)>>;

fn links(chain: &Chain) -> Links {
    let mut links = Links::new();
    for (certificate, parent) in chain.links() {
        links.entry(certificate).or_default().push((parent, ""));
    }
    for found in chain.faults() {
        let of_certificate = links.entry(found.certificate).or_default();
        let blamed = found.fault.parent();
        match of_certificate.iter_mut().find(|(parent, _)| blamed.is_none_or(|blamed| blamed == *parent)) {
            Some((_, fault)) => *fault = found.fault.word(),
            None => of_certificate.push((blamed.unwrap_or(NO_WORD), found.fault.word())),
        }
    }
    links
}

fn table<'a>(chain: &Chain, word: &dyn Fn(u32) -> &'a str) -> Table {
    let (mut places, links) = (chain.places(), links(chain));
    places.sort_by_key(|place| (place.rank, place.order));
    let root = [(NO_WORD, "")];
    let mut rows = Rows::of(OP.schema);
    for Place { certificate, rank, order, complete } in places {
        for (parent, fault) in links.get(&certificate).map_or(&root[..], Vec::as_slice) {
            let complete = if complete { "yes" } else { "no" };
            let row: [Cell; 6] = [
                word(certificate).into(),
                word(*parent).into(),
                i64::from(rank).into(),
                i64::from(order).into(),
                complete.into(),
                (*fault).into(),
            ];
            rows.push(row);
        }
    }
    rows.table()
}

fn incomplete<'a>(chain: &Chain, word: &dyn Fn(u32) -> &'a str) -> Option<Finding> {
    let places = chain.places();
    let incomplete: Vec<&Place> = places.iter().filter(|place| !place.complete).collect();
    let first = word(incomplete.first()?.certificate);
    let (count, all) = (incomplete.len(), places.len());
    Some(Finding::new(
        Severity::Failure,
        "chain-incomplete",
        format!("{count} of {all} certificates do not lead to an accepted root, such as `{first}`"),
        "what rests on them is not traceable",
        "add the certificates that are missing, or name the roots that are accepted",
    ))
}

fn no_chain() -> Finding {
    Finding::new(
        Severity::Failure,
        "no-chain",
        "there is no table `chain` beside the calibrations",
        "nothing can be said of their traceability",
        "write the certificates of the standards to chain.parquet, see `list schemas`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chained() -> Table {
        let edges =
            Edges { certificate: &[0, 1, 2, 3], parent: &[NO_WORD, 0, 9, 1], root: &[1, 0, 0, 0], ..Edges::default() };
        let words = ["nmi", "a", "b", "c", "", "", "", "", "", "gone"];
        table(&Chain::of(&edges, &[]), &|word| words.get(word as usize).copied().unwrap_or_default())
    }

    #[test]
    fn certificates_stand_by_rank_with_what_they_rest_on() {
        let table = chained();
        assert_eq!(table.texts("certificate").unwrap(), ["nmi", "b", "a", "c"]);
        assert_eq!(table.texts("parent").unwrap(), ["", "gone", "nmi", "a"]);
        assert_eq!(table.integers("rank").unwrap(), [0, 0, 1, 2]);
        assert_eq!(table.texts("fault").unwrap(), ["", "missing", "", ""]);
        assert_eq!(table.texts("complete").unwrap(), ["yes", "no", "yes", "yes"]);
    }
}
