//! Values as they are stored, for messages.

use crate::rows::rule::Rule;

/// The rule that keeps what can be shown of a value: up to 32 bytes of its text.
#[derive(Clone, Copy)]
pub(super) struct Shown;

impl Rule for Shown {
    type Out = [u8; 32];
    const NULL: [u8; 32] = [0; 32];

    fn real(&self, stored: f64) -> [u8; 32] {
        self.word(&stored.to_string())
    }

    fn whole(&self, stored: i64) -> [u8; 32] {
        self.word(&stored.to_string())
    }

    fn word(&self, stored: &str) -> [u8; 32] {
        let mut kept = Self::NULL;
        kept.iter_mut().zip(stored.bytes()).for_each(|(kept, byte)| *kept = byte);
        kept
    }
}

/// The text that was kept.
pub(super) fn text(kept: [u8; 32]) -> String {
    String::from_utf8_lossy(&kept).trim_end_matches('\0').to_owned()
}
