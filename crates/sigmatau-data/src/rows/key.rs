//! The columns whose words name the series that a row belongs to.

use super::store::Store;
use crate::DataError;
use std::collections::HashMap;

/// What stands between the two words of a name.
pub(crate) const BETWEEN: char = '\u{1f}';

/// One column of names, or two that make a name together, such as area and meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    One(usize),
    Two(usize, usize),
}

impl Key {
    /// Numbers the names in one group by their first appearance, feeds the number of each run of rows and their count to
    /// `each`, and returns the names.
    pub(crate) fn words(
        self,
        store: &Store,
        group: usize,
        each: impl FnMut(u32, u32),
    ) -> Result<Vec<String>, DataError> {
        match self {
            Self::One(column) => store.words(column, group, each),
            Self::Two(first, second) => pairs(store, first, second, group, each),
        }
    }
}

fn pairs(
    store: &Store,
    first: usize,
    second: usize,
    group: usize,
    mut each: impl FnMut(u32, u32),
) -> Result<Vec<String>, DataError> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let first = store.words(first, group, |number, rows| runs.push((number, rows)))?;
    let mut pairs = Pairs::default();
    let (mut runs, mut run) = (runs.into_iter(), (0, 0));
    let second = store.words(second, group, |number, mut rows| {
        while rows > 0 {
            if run.1 == 0 {
                run = runs.next().expect("columns of a group have equal length");
            }
            let common = rows.min(run.1);
            each(pairs.number((run.0, number)), common);
            (rows, run.1) = (rows - common, run.1 - common);
        }
    })?;
    let name = |(one, two): (u32, u32)| format!("{}{BETWEEN}{}", first[one as usize], second[two as usize]);
    Ok(pairs.list.into_iter().map(name).collect())
}

/// Pairs numbered by their first appearance; only where a run of one pair ends is it looked up.
#[derive(Default)]
struct Pairs {
    numbers: HashMap<(u32, u32), u32>,
    list: Vec<(u32, u32)>,
    last: Option<((u32, u32), u32)>,
}

impl Pairs {
    fn number(&mut self, pair: (u32, u32)) -> u32 {
        match self.last {
            Some((last, number)) if last == pair => number,
            _ => self.find(pair),
        }
    }

    fn find(&mut self, pair: (u32, u32)) -> u32 {
        let list = &mut self.list;
        let number = *self.numbers.entry(pair).or_insert_with(|| {
            list.push(pair);
            list.len() as u32 - 1
        });
        self.last = Some((pair, number));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Table};

    #[test]
    fn a_meter_of_one_name_in_two_areas_is_two() {
        let texts = |words: [&str; 4]| words.map(String::from).to_vec();
        let table = Table::new(vec![
            Column::text("a", texts(["x", "x", "y", "x"])),
            Column::text("m", texts(["1", "2", "1", "1"])),
        ]);
        let store = Store::Memory { name: "t".into(), table: table.unwrap() };
        let mut numbers = Vec::new();
        let names =
            Key::Two(0, 1).words(&store, 0, |number, rows| numbers.extend(vec![number; rows as usize])).unwrap();
        assert_eq!(
            (numbers, names),
            (vec![0, 1, 2, 0], ["x\u{1f}1", "x\u{1f}2", "y\u{1f}1"].map(String::from).to_vec())
        );
    }
}
