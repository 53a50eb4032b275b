//! Panics of the decoder, which trusts some lengths that a damaged file gets wrong.
//!
//! They are caught where they happen and become errors. What the standard library prints of a panic
//! before it can be caught is for the program to decide, see [`hush_decoder`].

use parquet::errors::{ParquetError, Result as Decoded};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Takes a panic of the decoder for an error.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> Decoded<T>) -> Decoded<T> {
    let outer = DECODING.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(outer);
    decoded.unwrap_or_else(|_| Err(ParquetError::General("its parts contradict each other".to_owned())))
}

/// Keeps panics that this crate catches from being printed to standard error; all others go to the
/// hook that was there before, those of this crate's own code among them.
///
/// It changes the panic hook of the whole process, so it is called once, by `main` or not at all.
pub fn hush_decoder() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !(DECODING.get() && is_foreign(panic)) {
            others(panic);
        }
    }));
}

/// Tells whether a panic comes from somewhere else than this crate.
fn is_foreign(panic: &PanicHookInfo<'_>) -> bool {
    let own = file!().trim_end_matches("panic.rs");
    panic.location().is_some_and(|location| !location.file().starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_decoder_becomes_an_error() {
        let decoded: Decoded<()> = guarded(|| panic!("index out of bounds"));
        assert!(decoded.unwrap_err().to_string().contains("contradict each other"));
        assert!(!DECODING.get());
    }
}
