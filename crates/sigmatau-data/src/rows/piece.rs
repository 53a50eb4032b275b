//! Rows that stand together, a piece at a time: for series that are worked on while they are read.

use super::index::Segment;
use super::rule::Rule;
use super::store::Store;
use crate::DataError;
use std::ops::Range;

/// Rows that are decoded at a time, while the ones before are worked on.
const PIECE: usize = 1 << 20;

/// Some rows of a group that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) group: usize,
    pub(crate) rows: Range<usize>,
}

/// The pieces of a series whose rows stand together in each group.
pub(crate) fn pieces(segments: &[Segment]) -> Vec<Piece> {
    let of_segment = |segment: &Segment| {
        let (group, start, end) = (segment.group as usize, segment.start as usize, segment.end as usize);
        (start..end).step_by(PIECE).map(move |start| Piece { group, rows: start..end.min(start + PIECE) })
    };
    segments.iter().flat_map(of_segment).collect()
}

impl Store {
    /// Puts the rows of a piece behind what is in `room`.
    pub(crate) fn piece<R: Rule>(
        &self,
        column: usize,
        rule: R,
        piece: &Piece,
        room: &mut Vec<R::Out>,
    ) -> Result<(), DataError> {
        room.reserve(piece.rows.len());
        self.numbers(column, piece.group, piece.rows.clone(), rule, |_, chunk| room.extend_from_slice(chunk))
    }
}
