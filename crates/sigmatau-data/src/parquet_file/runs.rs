//! Columns of words by their runs: where a table is sorted, thousands of rows are one.
//!
//! A column with a dictionary is stored as keys in run lengths and packed bits. The runs are taken from the pages as they
//! are, without a number for each row.
//!
//! Reference: Apache Parquet, *Encodings*, "Run Length Encoding / Bit-Packing Hybrid" and "Data Pages".

use super::ParquetFile;
use crate::DataError;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::Result as Decoded;
use parquet::file::reader::SerializedPageReader;
use std::sync::Arc;

/// The dictionary of a column in one row group, and how many rows in a row have which of its words; nothing for a null.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct WordRuns {
    pub(crate) words: Vec<String>,
    pub(crate) runs: Vec<(Option<u32>, u32)>,
}

impl ParquetFile {
    /// The runs of a column in one row group; nothing where its pages are not all keys into one dictionary.
    ///
    /// Costs the decompressed pages and 12 bytes for each run.
    pub(crate) fn word_runs(&self, column: usize, group: usize) -> Result<Option<WordRuns>, DataError> {
        self.decode(|| self.try_word_runs(column, group))
    }

    fn try_word_runs(&self, column: usize, group: usize) -> Decoded<Option<WordRuns>> {
        let Some(leaf) = self.leaf(column) else { return Ok(None) };
        let described = self.footer.parquet_schema().column(leaf);
        let levels = described.max_def_level();
        if described.physical_type() != Type::BYTE_ARRAY || described.max_rep_level() > 0 || levels > 1 {
            return Ok(None);
        }
        let group = self.footer().row_group(group);
        let rows = usize::try_from(group.num_rows())?;
        let mut pages = SerializedPageReader::new(Arc::new(self.shared.clone()), group.column(leaf), rows, None)?;
        let mut found = WordRuns::default();
        while let Some(page) = pages.get_next_page()? {
            if found.take(&page, levels == 1).is_none() {
                return Ok(None);
            }
        }
        Ok((found.rows() == rows).then_some(found))
    }
}

impl WordRuns {
    fn rows(&self) -> usize {
        self.runs.iter().map(|(_, rows)| *rows as usize).sum()
    }

    /// Takes a page; nothing where it is of another kind or damaged.
    fn take(&mut self, page: &Page, nullable: bool) -> Option<()> {
        let count = page.num_values() as usize;
        match page {
            Page::DictionaryPage { buf, .. } => self.words = plain(buf, count)?,
            Page::DataPage { buf, def_level_encoding: Encoding::RLE, .. } if nullable => {
                let (length, behind) = buf.split_first_chunk()?;
                let (levels, keys) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                self.keys(page.encoding(), Some(levels), keys, count)?;
            }
            Page::DataPage { buf, .. } if !nullable => self.keys(page.encoding(), None, buf, count)?,
            Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len: 0, .. } => {
                let (levels, keys) = buf.split_at_checked(*def_levels_byte_len as usize)?;
                self.keys(page.encoding(), nullable.then_some(levels), keys, count)?;
            }
            Page::DataPage { .. } | Page::DataPageV2 { .. } => return None,
        }
        Some(())
    }

    fn keys(&mut self, encoding: Encoding, levels: Option<&[u8]>, keys: &[u8], count: usize) -> Option<()> {
        if !matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) {
            return None;
        }
        let levels = levels.map_or(Some(vec![(1, count as u32)]), |levels| hybrid(levels, 1, count))?;
        let present = levels.iter().filter(|(level, _)| *level == 1).map(|(_, rows)| *rows as usize).sum();
        let keys = match keys.split_first() {
            Some((width, keys)) => hybrid(keys, usize::from(*width), present)?,
            None if present == 0 => Vec::new(),
            None => return None,
        };
        if keys.iter().any(|(key, _)| *key as usize >= self.words.len()) {
            return None;
        }
        let mut keys = keys.into_iter();
        for (level, rows) in levels {
            if level == 0 {
                push(&mut self.runs, None, rows);
            } else {
                self.spend(&mut keys, rows)?;
            }
        }
        Some(())
    }

    /// Takes the keys of so many rows; what is left of the last run goes back.
    fn spend(&mut self, keys: &mut std::vec::IntoIter<(u32, u32)>, mut rows: u32) -> Option<()> {
        while rows > 0 {
            let (key, run) = *keys.as_slice().first()?;
            let taken = run.min(rows);
            push(&mut self.runs, Some(key), taken);
            rows -= taken;
            if taken == run {
                keys.next();
            } else {
                keys.as_mut_slice()[0].1 -= taken;
            }
        }
        Some(())
    }
}

/// Lengthens the last run, or begins another.
fn push<T: PartialEq>(runs: &mut Vec<(T, u32)>, value: T, rows: u32) {
    match runs.last_mut() {
        Some((last, count)) if *last == value => *count += rows,
        _ => runs.push((value, rows)),
    }
}

/// Words one behind the other, each behind its length.
fn plain(mut bytes: &[u8], count: usize) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for _ in 0..count {
        let (length, behind) = bytes.split_first_chunk()?;
        let (word, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        words.push(std::str::from_utf8(word).ok()?.to_owned());
        bytes = behind;
    }
    Some(words)
}

/// The runs of so many numbers of `width` bits.
fn hybrid(mut bytes: &[u8], width: usize, count: usize) -> Option<Vec<(u32, u32)>> {
    let (mut runs, mut left) = (Vec::new(), count);
    if width > 32 {
        return None;
    }
    while left > 0 {
        let header = varint(&mut bytes)?;
        let taken = if header & 1 == 0 {
            let (value, behind) = bytes.split_at_checked(width.div_ceil(8))?;
            bytes = behind;
            let taken = left.min(header >> 1);
            push(&mut runs, number(value), taken as u32);
            taken
        } else {
            let (packed, behind) = bytes.split_at_checked((header >> 1).checked_mul(width)?)?;
            bytes = behind;
            let taken = left.min((header >> 1).checked_mul(8)?);
            (0..taken).for_each(|place| push(&mut runs, packed_number(packed, place * width, width), 1));
            taken
        };
        if taken == 0 {
            return None;
        }
        left -= taken;
    }
    Some(runs)
}

fn varint(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, behind) = bytes.split_first()?;
        *bytes = behind;
        value |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A number of at most four bytes, the lowest first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The number of `width` bits from a bit on.
fn packed_number(bytes: &[u8], bit: usize, width: usize) -> u32 {
    let last = (bit + width).div_ceil(8);
    let all = bytes[bit / 8..last].iter().rev().fold(0, |all: u64, byte| all << 8 | u64::from(*byte));
    (all >> (bit % 8) & ((1 << width) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Metadata, Table, write_table};

    #[test]
    fn the_examples_of_the_format_are_read() {
        // Numbers 0 to 7 of 3 bits each, packed; then 300 times 4.
        let bytes = [0b0000_0011, 0b1000_1000, 0b1100_0110, 0b1111_1010, 0xD8, 0x04, 4];
        let mut wanted: Vec<(u32, u32)> = (0..8).map(|number| (number, 1)).collect();
        wanted.push((4, 300));
        assert_eq!(hybrid(&bytes, 3, 308), Some(wanted));
        assert_eq!(hybrid(&bytes, 3, 309), None);
        assert_eq!(hybrid(&bytes[..3], 3, 8), None);
    }

    #[test]
    fn nulls_stand_between_keys() {
        let mut runs = WordRuns { words: vec!["a".into(), "b".into()], runs: Vec::new() };
        let (levels, keys) = ([4, 1, 2, 0, 6, 1], [1, 8, 0, 2, 1]);
        runs.keys(Encoding::RLE_DICTIONARY, Some(&levels), &keys, 6).unwrap();
        assert_eq!(runs.runs, [(Some(0), 2), (None, 1), (Some(0), 2), (Some(1), 1)]);
    }

    #[test]
    fn runs_are_the_words_of_the_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.parquet");
        let word = |row: usize| format!("w{}", if row < 50_000 { row / 3000 } else { row * 7919 % 23 });
        let rows: Vec<String> = (0..70_000).map(word).collect();
        write_table(&path, &Table::new(vec![Column::text("w", rows.clone())]).unwrap(), Metadata::default()).unwrap();
        let found = ParquetFile::open(&path).unwrap().word_runs(0, 0).unwrap().expect("keys into a dictionary");
        let word = |key: Option<u32>| found.words[key.expect("no null") as usize].clone();
        let spread: Vec<String> =
            found.runs.iter().flat_map(|(key, rows)| std::iter::repeat_n(word(*key), *rows as usize)).collect();
        assert!(spread == rows);
    }
}
