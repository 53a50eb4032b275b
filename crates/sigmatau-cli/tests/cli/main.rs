//! The command from outside: what it prints, where, and how it ends.
//!
//! One binary for all modules, so that the command is linked once. Every test has a folder of its own,
//! see [`workbench`].

mod batch;
mod fleet;
mod pipelines;
mod refusals;
mod resume;
mod verbs;
mod waveforms;
mod workbench;
