//! Spec, plan, run: pipelines from TOML to records.
