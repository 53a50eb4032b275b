//! FFT plans and power-law noise with an exactly known spectrum.
