//! A request to stop, shared between the one who asks and those who work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that long work looks at between two units of work.
///
/// Clones share the flag: what a signal handler requests, every worker sees.
///
/// ```
/// let asked = sigmatau_core::Cancel::new();
/// let seen = asked.clone();
/// asked.request();
/// assert!(seen.requested());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A flag that nobody has raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop at its next safe point.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Tells whether somebody asked to stop.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
