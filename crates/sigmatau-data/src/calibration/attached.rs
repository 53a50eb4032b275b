//! Rows of a table beside the calibrations, brought to the calibrations that they belong to.

use super::pieces::{Piece, Pieces};
use super::vocabulary::Vocabulary;
use crate::DataError;
use crate::schema::Schema;
use sigmatau_core::{Finding, Severity};
use std::ops::Range;
use std::path::Path;

/// What belongs to each row of a block of calibrations, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attached {
    /// Where the rows of each calibration end; empty where there is no such table.
    pub ends: Vec<usize>,
    /// The rows.
    pub rows: Piece,
}

impl Attached {
    /// The rows of one calibration of the block.
    pub fn range(&self, calibration: usize) -> Range<usize> {
        let start = calibration.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        start..self.ends.get(calibration).copied().unwrap_or(start)
    }
}

/// A table in the order of the calibrations, of which each has any number of rows.
pub(super) struct Attachment {
    table: &'static str,
    pieces: Pieces,
    /// Rows that were read and belong to no calibration so far.
    pending: Piece,
    ended: bool,
}

impl Attachment {
    pub(super) fn open(path: &Path, schema: &'static Schema) -> Result<Self, DataError> {
        let pieces = Pieces::open(path, schema, &["certificate", "point"])?;
        Ok(Self { table: schema.name, pieces, pending: Piece::default(), ended: false })
    }

    /// Takes the rows of the calibrations of a block.
    pub(super) fn attach(&mut self, calibrations: &Piece, vocabulary: &mut Vocabulary) -> Result<Attached, DataError> {
        let (certificates, points) = (calibrations.words("certificate"), calibrations.words("point"));
        let mut attached = Attached { ends: Vec::with_capacity(calibrations.rows()), rows: Piece::default() };
        let mut row = 0;
        for named in certificates.iter().zip(points) {
            loop {
                if row == self.pending.rows() && !self.refill(&mut attached, &mut row, vocabulary)? {
                    break;
                }
                if self.named(row) != Some(named) {
                    break;
                }
                row += 1;
            }
            attached.ends.push(attached.rows.rows() + row);
        }
        self.take(&mut attached, row);
        Ok(attached)
    }

    /// The certificate and the point of a pending row.
    fn named(&self, row: usize) -> Option<(&u32, &u32)> {
        self.pending.words("certificate").get(row).zip(self.pending.words("point").get(row))
    }

    /// Puts the rows before `row` to those that were taken.
    fn take(&mut self, attached: &mut Attached, row: usize) {
        let behind = self.pending.split_off(row);
        attached.rows.append(std::mem::replace(&mut self.pending, behind));
    }

    /// Takes what is pending and reads more; tells whether there was more.
    fn refill(
        &mut self,
        attached: &mut Attached,
        row: &mut usize,
        vocabulary: &mut Vocabulary,
    ) -> Result<bool, DataError> {
        if self.ended {
            return Ok(false);
        }
        self.take(attached, *row);
        *row = 0;
        match self.pieces.next_piece(vocabulary)? {
            Some(piece) => self.pending = piece,
            None => self.ended = true,
        }
        Ok(!self.ended)
    }

    /// The remark that rows are left which belong to no calibration, once all calibrations were read.
    pub(super) fn finding(&self) -> Option<Finding> {
        let row = self.pending.first_row();
        let left = || {
            Finding::new(
                Severity::Failure,
                "row-without-calibration",
                format!("row {row} belongs to no calibration, or its calibration stands further up"),
                "this row and those behind it were left out of every check",
                "sort the table as the calibrations are, and find lost certificates with the exported rules",
            )
        };
        (self.pending.rows() > 0).then(|| left().about(self.table))
    }
}
