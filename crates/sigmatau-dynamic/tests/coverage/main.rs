//! How often intervals hold the truth: simulations with a fixed seed.

mod spectra;
