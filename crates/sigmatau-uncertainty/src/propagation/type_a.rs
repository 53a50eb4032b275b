//! Type A evaluation: what indications tell of a quantity, of several together, of a line, of a design in groups.
//!
//! Reference: JCGM 100:2008, 4.2 and the examples H.2, H.3 and H.5.

mod autocorrelation;
mod line;
mod nested;
mod repeated;
mod simultaneous;

pub use autocorrelation::autocorrelated;
pub use line::Line;
pub use nested::Nested;
pub use repeated::Repeated;
pub use simultaneous::Simultaneous;

/// The arithmetic mean, corrected by the mean of what remains, so that a large common value costs no digits.
fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let rough = values.iter().sum::<f64>() / count;
    rough + values.iter().map(|value| value - rough).sum::<f64>() / count
}
