//! The command from outside: what it prints, where, and how it ends.
//!
//! One binary for all modules, so that the command is linked once. Every test has a folder of its own,
//! see [`workbench`].

mod batch;
mod chain;
mod comparisons;
mod correction;
mod district;
mod fleet;
mod meters;
mod pipelines;
mod refusals;
mod resume;
mod sensors;
mod uncertainty;
mod verbs;
mod waveforms;
mod workbench;
