//! x
pub(crate) mod epoch;
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}
