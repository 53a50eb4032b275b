//! Brings the rows of some series together, group by group in parallel.
//!
//! Every row's place is known before anything is decoded, so each group fills its own slices of the
//! results, and the order in which groups finish does not show.

use super::index::Segment;
use super::key::Key;
use super::rule::Rule;
use super::store::Store;
use crate::DataError;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// A series to read: the column, the rule for its numbers, the rows.
pub(crate) struct Lane<'a, R> {
    pub(crate) column: usize,
    pub(crate) rule: R,
    pub(crate) segments: &'a [Segment],
}

/// Reads the lanes; the numbers of each stand in the order of the rows.
pub(crate) fn gather<R: Rule>(
    store: &Store,
    key: Option<Key>,
    lanes: &[Lane<'_, R>],
) -> Result<Vec<Vec<R::Out>>, DataError> {
    let mut results: Vec<Vec<R::Out>> = lanes.iter().map(|lane| vec![R::Out::default(); lane.rows()]).collect();
    let tasks = tasks(lanes, &mut results);
    tasks.into_par_iter().try_for_each(|task| task.run(store, key))?;
    Ok(results)
}

impl<R> Lane<'_, R> {
    fn rows(&self) -> usize {
        self.segments.iter().map(|segment| segment.rows as usize).sum()
    }
}

/// One column of one group, and the places that its rows go to.
struct Task<'a, R: Rule> {
    group: usize,
    column: usize,
    rule: R,
    parts: Vec<Part<'a, R::Out>>,
}

/// The place for the rows of one segment; it shrinks as it is filled.
struct Part<'a, T> {
    segment: Segment,
    room: &'a mut [T],
}

fn tasks<'a, R: Rule>(lanes: &[Lane<'_, R>], results: &'a mut [Vec<R::Out>]) -> Vec<Task<'a, R>> {
    let mut tasks: BTreeMap<(usize, usize), Task<'a, R>> = BTreeMap::new();
    for (lane, result) in lanes.iter().zip(results) {
        let mut rest = result.as_mut_slice();
        for &segment in lane.segments {
            let (room, behind) = rest.split_at_mut(segment.rows as usize);
            rest = behind;
            let (group, column) = (segment.group as usize, lane.column);
            let new = || Task { group, column, rule: lane.rule, parts: Vec::new() };
            tasks.entry((group, column)).or_insert_with(new).parts.push(Part { segment, room });
        }
    }
    tasks.into_values().collect()
}

impl<R: Rule> Task<'_, R> {
    fn run(mut self, store: &Store, key: Option<Key>) -> Result<(), DataError> {
        let (group, column, rule) = (self.group, self.column, self.rule);
        match key.filter(|_| !self.parts.iter().all(|part| part.segment.is_run())) {
            Some(key) => self.scatter(store, key),
            None => store.numbers(column, group, self.rows(), rule, |start, chunk| self.copy(start, chunk)),
        }
    }

    /// The rows from the first to the last that is wanted.
    fn rows(&self) -> Range<usize> {
        let start = self.parts.iter().map(|part| part.segment.start).min().unwrap_or(0);
        let end = self.parts.iter().map(|part| part.segment.end).max().unwrap_or(0);
        start as usize..end as usize
    }

    /// Copies what each run has in the chunk.
    fn copy(&mut self, start: usize, chunk: &[R::Out]) {
        for part in &mut self.parts {
            let first = (part.segment.start as usize).max(start);
            let last = (part.segment.end as usize).min(start + chunk.len());
            if first < last {
                part.fill(&chunk[first - start..last - start]);
            }
        }
    }

    /// Puts each row where its name belongs.
    fn scatter(mut self, store: &Store, key: Key) -> Result<(), DataError> {
        let (group, column, rule) = (self.group, self.column, self.rule);
        let mut names = Vec::with_capacity(store.group_rows()[group]);
        let words = key.words(store, group, |number, rows| names.extend(std::iter::repeat_n(number, rows as usize)))?;
        let mut part_of: Vec<Option<usize>> = vec![None; words.len()];
        for (place, part) in self.parts.iter().enumerate() {
            part_of[part.segment.number as usize] = Some(place);
        }
        store.numbers(column, group, self.rows(), rule, |start, chunk| {
            for (name, value) in names[start..].iter().zip(chunk) {
                if let Some(place) = part_of[*name as usize] {
                    self.parts[place].fill(std::slice::from_ref(value));
                }
            }
        })
    }
}

impl<T: Copy> Part<'_, T> {
    fn fill(&mut self, values: &[T]) {
        let (filled, room) = std::mem::take(&mut self.room).split_at_mut(values.len());
        filled.copy_from_slice(values);
        self.room = room;
    }
}
