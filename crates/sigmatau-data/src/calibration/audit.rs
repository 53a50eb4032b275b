//! What is wrong with a table of calibrations as a whole.

use super::pieces::Piece;
use super::vocabulary::{NO_WORD, Vocabulary};
use sigmatau_core::{Finding, Severity};
use std::collections::{BTreeMap, HashSet};

/// Names beyond so many are counted and not listed.
const LISTED: usize = 5;

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Audit {
    /// How many rows repeat certificate and point of an earlier one of the same instrument, and the first of them.
    repeated: Count,
    /// How many instruments begin a second time, and the first row.
    apart: Count,
    /// Rows by time zone.
    zones: BTreeMap<u32, u64>,
    /// Rows by quantity and unit.
    units: BTreeMap<(u32, u32), u64>,
    /// The instruments so far.
    instruments: HashSet<u32>,
}

/// How often something was seen, and where first.
#[derive(Clone, Debug, Default)]
struct Count {
    times: u64,
    first: u64,
}

impl Count {
    fn at(&mut self, row: u64) {
        if self.times == 0 {
            self.first = row;
        }
        self.times += 1;
    }
}

impl Audit {
    /// Looks at a piece, which has whole instruments.
    pub(super) fn see(&mut self, piece: &Piece) {
        let mut start = 0;
        for run in piece.words("instrument").chunk_by(|one, other| one == other) {
            self.see_instrument(piece, start, run);
            start += run.len();
        }
        for zone in piece.words("zone").iter().filter(|zone| **zone != NO_WORD) {
            *self.zones.entry(*zone).or_default() += 1;
        }
        for named in piece.words("quantity").iter().zip(piece.words("unit")) {
            if *named.0 != NO_WORD && *named.1 != NO_WORD {
                *self.units.entry((*named.0, *named.1)).or_default() += 1;
            }
        }
    }

    fn see_instrument(&mut self, piece: &Piece, start: usize, run: &[u32]) {
        let row = |offset: usize| piece.first_row() + (start + offset) as u64;
        if !self.instruments.insert(run[0]) {
            self.apart.at(row(0));
        }
        let (certificates, points) = (piece.words("certificate"), piece.words("point"));
        let mut seen = HashSet::with_capacity(run.len());
        for offset in 0..run.len() {
            let named = certificates.get(start + offset).zip(points.get(start + offset));
            if named.is_some_and(|named| !seen.insert(named)) {
                self.repeated.at(row(offset));
            }
        }
    }

    /// The remarks.
    pub(super) fn findings(&self, vocabulary: &Vocabulary) -> Vec<Finding> {
        let units = self.mixed_units(vocabulary);
        [self.repeated(), self.apart(), self.mixed_zones(vocabulary)].into_iter().flatten().chain(units).collect()
    }

    fn repeated(&self) -> Option<Finding> {
        let Count { times, first } = self.repeated;
        let finding = || {
            Finding::new(
                Severity::Failure,
                "repeated-row",
                format!("{times} rows repeat certificate and point of an earlier row, the first is row {first}"),
                "a row that is counted twice makes every statistic too sure",
                "drop the copies, or give each certificate a name of its own",
            )
        };
        (times > 0).then(|| finding().about("calibrations"))
    }

    fn apart(&self) -> Option<Finding> {
        let Count { times, first } = self.apart;
        let finding = || {
            Finding::new(
                Severity::Failure,
                "instrument-apart",
                format!("rows of {times} instruments stand in two places or more, the first at row {first}"),
                "such an instrument is checked as if it were several",
                "sort the table by instrument, point and time",
            )
        };
        (times > 0).then(|| finding().about("calibrations"))
    }

    fn mixed_zones(&self, vocabulary: &Vocabulary) -> Option<Finding> {
        let zones = self.zones.iter().map(|(zone, rows)| (vocabulary.word(*zone), *rows)).collect();
        let finding = |listed| {
            Finding::new(
                Severity::Warning,
                "mixed-zones",
                format!("times were stated in {} zones: {listed}", self.zones.len()),
                "a zone that was taken for another moves times by hours, and dates across midnight",
                "see that every time was converted to UTC by the zone beside it",
            )
        };
        (self.zones.len() > 1).then(|| finding(listed(zones)).about("calibrations.zone"))
    }

    fn mixed_units(&self, vocabulary: &Vocabulary) -> Vec<Finding> {
        let mut by_quantity: BTreeMap<u32, Vec<(&str, u64)>> = BTreeMap::new();
        for ((quantity, unit), rows) in &self.units {
            by_quantity.entry(*quantity).or_default().push((vocabulary.word(*unit), *rows));
        }
        let mixed = by_quantity.into_iter().filter(|(_, units)| units.len() > 1);
        let finding = |(quantity, units): (u32, Vec<(&str, u64)>)| {
            let seen = format!("{} is stated in {} units: {}", vocabulary.word(quantity), units.len(), listed(units));
            Finding::new(
                Severity::Warning,
                "mixed-units",
                seen,
                "values in different units are compared only after conversion, and a wrong unit looks like an outlier",
                "state each quantity in one unit",
            )
            .about("calibrations.unit")
        };
        mixed.map(finding).collect()
    }
}

/// The commonest names with their rows.
fn listed(mut names: Vec<(&str, u64)>) -> String {
    names.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let more = names.len().saturating_sub(LISTED);
    let listed: Vec<String> = names.iter().take(LISTED).map(|(name, rows)| format!("`{name}` {rows} rows")).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    listed.join(", ") + &rest
}
