//! The runs of a record without a missing point.
//!
//! Statistics whose terms look at every point of a window drop the windows that touch a missing one.
//! What is left are the windows inside the runs, each of which is a record of its own.

/// The stretches of `x` between missing points, in order, none of them empty.
pub(crate) fn whole_runs(x: &[f64]) -> impl Iterator<Item = &[f64]> {
    runs_with_places(x).map(|(_, run)| run)
}

/// The same, each with the place at which it begins.
pub(super) fn runs_with_places(x: &[f64]) -> impl Iterator<Item = (usize, &[f64])> {
    let mut next = 0;
    let placed = x.split(|x| x.is_nan()).map(move |run| {
        next += run.len() + 1;
        (next - run.len() - 1, run)
    });
    placed.filter(|(_, run)| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lie_between_missing_points() {
        let x = [f64::NAN, 1.0, 2.0, f64::NAN, f64::NAN, 3.0];
        assert_eq!(whole_runs(&x).collect::<Vec<_>>(), [&[1.0, 2.0][..], &[3.0]]);
        assert_eq!(runs_with_places(&x).map(|(place, _)| place).collect::<Vec<_>>(), [1, 5]);
        assert_eq!(whole_runs(&[]).count(), 0);
    }
}
