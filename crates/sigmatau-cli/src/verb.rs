//! The verbs, one file each.

pub(crate) mod analysis;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod publish;
pub(crate) mod run;
pub(crate) mod stability;
