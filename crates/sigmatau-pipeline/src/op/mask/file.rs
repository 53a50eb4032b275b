//! Masks of the user's own, in TOML.
//!
//! ```toml
//! [[mask]]
//! name = "meter-clock"
//! title = "clock of a meter"
//! reference = "contract 17, annex B"     # may be left out
//! statistic = "tdev"                     # an estimator
//! from = 0.1                             # s; the range begins behind it; 0 where it is left out
//!
//! [[mask.piece]]
//! until = 100.0                          # s; the last piece may leave it out and has no end then
//! constant = 3e-9                        # limit = constant + factor · τ^exponent, in the unit of the statistic
//!
//! [[mask.piece]]
//! until = 1000.0
//! factor = 3e-11
//! exponent = 1.0
//! ```

use crate::document::{Document, DocumentError, Parameter, Section};
use sigmatau_stability::mask::{Mask, Piece};
use std::path::Path;

const FILE: &[Parameter] = &[Parameter::new("mask", "[[mask]]: the masks")];

const MASK: &[Parameter] = &[
    Parameter::new("name", "the word by which steps name it"),
    Parameter::new("title", "what it is the limit of"),
    Parameter::new("reference", "where it stands").or("\"\""),
    Parameter::new("statistic", "the estimator that it limits"),
    Parameter::new("from", "the averaging time in s that its range begins behind").or("0"),
    Parameter::new("piece", "[[mask.piece]]: its pieces by rising averaging time"),
];

const PIECE: &[Parameter] = &[
    Parameter::new("until", "the last averaging time in s"),
    Parameter::new("constant", "the part of the limit that does not change").or("0"),
    Parameter::new("factor", "the factor of the power of τ").or("0"),
    Parameter::new("exponent", "the exponent of τ").or("1"),
];

/// A file of masks.
#[derive(Debug)]
pub(super) struct MaskFile {
    /// The name as it was typed.
    pub(super) name: String,
    /// The BLAKE3 hash of the content.
    pub(super) hash: String,
    pub(super) masks: Vec<Mask>,
}

impl MaskFile {
    /// Reads the file `name` in `folder`; `refuse` makes the error for a file that can't be read.
    pub(super) fn read(
        folder: &Path,
        name: &str,
        refuse: impl Fn(&str) -> DocumentError,
    ) -> Result<Self, DocumentError> {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).map_err(|e| refuse(&format!("read the masks in `{name}`: {e}")))?;
        let document = Document::parse(&text, &path.display().to_string())?;
        let hash = blake3::hash(text.as_bytes()).to_string();
        Ok(Self { name: name.to_owned(), hash, masks: masks(&document)? })
    }
}

fn masks(document: &Document) -> Result<Vec<Mask>, DocumentError> {
    let file = document.section().checked("a file of masks", &[FILE])?;
    file.subsections("mask")?.into_iter().map(|section| mask(&section.checked("the mask", &[MASK])?)).collect()
}

fn mask(section: &Section<'_>) -> Result<Mask, DocumentError> {
    let pieces = section.subsections("piece")?;
    let pieces: Vec<Piece> = pieces.into_iter().map(piece).collect::<Result<_, _>>()?;
    if pieces.is_empty() {
        return Err(section.missing("piece"));
    }
    let from = section.number("from")?.unwrap_or(0.0);
    let starts = std::iter::once(from).chain(pieces.iter().map(|piece| piece.until));
    if pieces.iter().zip(starts).any(|(piece, start)| piece.until <= start) {
        return Err(
            section.refuse_key("piece", "each piece reaches further than the one before, and only the last has no end")
        );
    }
    Ok(Mask {
        name: section.required("name")?.into(),
        title: section.required("title")?.into(),
        reference: section.required("reference")?.into(),
        statistic: section.required("statistic")?.into(),
        from,
        pieces: pieces.into(),
    })
}

fn piece(section: Section<'_>) -> Result<Piece, DocumentError> {
    let section = section.checked("the piece", &[PIECE])?;
    let number = |key| section.number(key).map(Option::unwrap_or_default);
    let piece = Piece {
        until: section.positive("until")?.unwrap_or(f64::INFINITY),
        constant: number("constant")?,
        factor: number("factor")?,
        exponent: number("exponent")?,
    };
    match piece.constant >= 0.0 && piece.factor >= 0.0 && piece.constant + piece.factor > 0.0 {
        true => Ok(piece),
        false => {
            Err(section.refuse_key("constant", "a limit is above 0: give `constant`, `factor` or both, none negative"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[[mask]]\nname = \"a\"\ntitle = \"b\"\nstatistic = \"tdev\"\n";

    fn read(text: &str) -> Result<Vec<Mask>, String> {
        masks(&Document::parse(text, "m.toml").unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn pieces_are_read_with_their_defaults() {
        let text = format!("{HEAD}[[mask.piece]]\nuntil = 10.0\nconstant = 1e-9\n[[mask.piece]]\nfactor = 1e-10\n");
        let mask = &read(&text).unwrap()[0];
        let limits = [0.5, 10.0, 20.0].map(|tau| mask.limit(tau).unwrap());
        assert_eq!((limits, mask.from), ([1e-9, 1e-9, 2e-9], 0.0));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        for (text, reason) in [
            ("[[masks]]\n", "line 1: a file of masks has no key `masks`; did you mean `mask`"),
            (HEAD, "line 1: the mask needs the key `piece`"),
            (&format!("{HEAD}[[mask.piece]]\nuntill = 1.0\n"), "line 6: the piece has no key `untill`"),
            (&format!("{HEAD}[[mask.piece]]\nuntil = 1.0\n"), "a limit is above 0"),
            (
                &format!("{HEAD}[[mask.piece]]\nconstant = 1.0\n[[mask.piece]]\nconstant = 2.0\n"),
                "each piece reaches further",
            ),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
