//! Which rows of which group belong to which series.

use super::key::Key;
use super::store::Store;
use crate::DataError;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// The rows of one series in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) group: u32,
    /// The number of the series among those of the group, by first appearance.
    pub(crate) number: u32,
    /// The first row and the row behind the last, counted in the group.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// How many of the rows between belong to the series.
    pub(crate) rows: u32,
}

impl Segment {
    /// Tells whether the rows stand together.
    pub(crate) fn is_run(&self) -> bool {
        self.end - self.start == self.rows
    }
}

/// The words of one group and the segment of each.
type Group = (Vec<String>, Vec<Segment>);

/// Scans the names of one group.
fn group(store: &Store, key: Key, group: usize) -> Result<Group, DataError> {
    let group_number = small(store, group)?;
    small(store, store.group_rows()[group])?;
    let mut segments: Vec<Segment> = Vec::new();
    let mut row = 0;
    let words = key.words(store, group, |number, rows| {
        if number as usize == segments.len() {
            segments.push(Segment { group: group_number, number, start: row, end: row, rows: 0 });
        }
        let segment = &mut segments[number as usize];
        row += rows;
        segment.end = row;
        segment.rows += rows;
    })?;
    Ok((words, segments))
}

/// A series with its rows.
pub(crate) type Named = (String, Arc<[Segment]>);

/// Scans the names of all groups: each series, by first appearance, with its segments.
pub(crate) fn by_name(store: &Store, key: Key) -> Result<Vec<Named>, DataError> {
    let groups: Vec<_> =
        (0..store.group_rows().len()).into_par_iter().map(|group| self::group(store, key, group)).collect();
    let series = merge(groups.into_iter().collect::<Result<_, _>>()?);
    Ok(series.into_iter().map(|(name, segments)| (name, segments.into())).collect())
}

/// The number of rows of a series.
pub(crate) fn rows(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| u64::from(segment.rows)).sum()
}

/// The row in the table at a place among those of a series; nothing where they stand between others.
pub(crate) fn row(segments: &[Segment], mut place: usize, group_rows: &[usize]) -> Option<usize> {
    for segment in segments {
        if place < segment.rows as usize {
            let before: usize = group_rows[..segment.group as usize].iter().sum();
            return segment.is_run().then(|| before + segment.start as usize + place);
        }
        place -= segment.rows as usize;
    }
    None
}

/// Joins the groups in order: each series, by first appearance, with its segments.
fn merge(groups: Vec<Group>) -> Vec<(String, Vec<Segment>)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut series: Vec<(String, Vec<Segment>)> = Vec::new();
    for (name, segment) in groups.into_iter().flat_map(|(names, segments)| names.into_iter().zip(segments)) {
        let place = *places.entry(name).or_insert_with_key(|name| {
            series.push((name.clone(), Vec::new()));
            series.len() - 1
        });
        series[place].1.push(segment);
    }
    series
}

/// The segments of a series that has all rows.
pub(crate) fn whole(store: &Store) -> Result<Arc<[Segment]>, DataError> {
    let segment = |(group, rows): (usize, usize)| {
        let (group, rows) = (small(store, group)?, small(store, rows)?);
        Ok(Segment { group, number: 0, start: 0, end: rows, rows })
    };
    store.group_rows().into_iter().enumerate().map(segment).collect()
}

/// Row numbers within a group take 32 bits, to keep the index of interleaved files small.
fn small(store: &Store, number: usize) -> Result<u32, DataError> {
    u32::try_from(number).map_err(|_| DataError::Choice {
        file: store.name(),
        seen: format!("a row group has {number} rows, more than 2³² − 1"),
        advice: "write it again in row groups of about a million rows",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Table};

    fn store(names: &[&str]) -> Store {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Store::Memory { name: "x".into(), table: Table::new(vec![Column::text("series", names)]).unwrap() }
    }

    #[test]
    fn sorted_names_make_runs_and_mixed_ones_do_not() {
        let (words, segments) = group(&store(&["b", "b", "a"]), Key::One(0), 0).unwrap();
        assert_eq!(words, ["b", "a"]);
        assert!(segments.iter().all(Segment::is_run));
        let (_, segments) = group(&store(&["b", "a", "b"]), Key::One(0), 0).unwrap();
        assert_eq!(segments[0], Segment { group: 0, number: 0, start: 0, end: 3, rows: 2 });
        assert!(!segments[0].is_run());
    }

    #[test]
    fn groups_are_joined_by_name_in_order_of_appearance() {
        let segment = |group, number| Segment { group, number, start: 0, end: 1, rows: 1 };
        let groups = vec![
            (vec!["b".into()], vec![segment(0, 0)]),
            (vec!["a".into(), "b".into()], vec![segment(1, 0), segment(1, 1)]),
        ];
        let merged = merge(groups);
        assert_eq!(merged[0], ("b".into(), vec![segment(0, 0), segment(1, 1)]));
        assert_eq!(merged[1], ("a".into(), vec![segment(1, 0)]));
    }
}
