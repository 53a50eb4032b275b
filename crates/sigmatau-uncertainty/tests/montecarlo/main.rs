//! Monte Carlo against the figures of the supplements of the GUM, closed forms, the slow obvious form, and itself.

mod accuracy;
mod adaptive;
mod draws;
mod examples;
mod laws;
mod models;
mod regions;
