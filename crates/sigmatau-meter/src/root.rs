//! Where something turns: bisection down to the last number between.

/// The place between `low` and `high` from which on `holds` is true, by halving until no number lies between.
pub(crate) fn turn(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = 0.5 * low + 0.5 * high;
        match middle {
            middle if middle <= low || middle >= high => return high,
            middle if holds(middle) => high = middle,
            middle => low = middle,
        }
    }
}
