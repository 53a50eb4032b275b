//! Youden's pairs: two similar samples at each laboratory tell its own offset from its scatter, and a mix-up from both.

use super::{Law, mean, squares};
use crate::robust::median;

/// A laboratory in the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// How far it lies from the means: T² of Hotelling.
    pub distance: f64,
    /// The probability of so distant a laboratory, its own share in means and covariances allowed for.
    pub p_value: f64,
    /// Whether it lies nearer to the medians with its samples exchanged: perhaps they were mislabelled. Of samples that
    /// hardly differ this says nothing.
    pub nearer_exchanged: bool,
}

/// What the pairs of p laboratories tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Youden {
    /// The correlation of the two samples: near 1 where laboratories are off, near 0 where they scatter.
    pub correlation: f64,
    /// The correlation of the ranks, which no outlier makes.
    pub rank_correlation: f64,
    /// The probability of so large a correlation of ranks, either way, of samples that share nothing.
    pub p_value: f64,
    /// The standard deviation s_r of repeating, from the differences of pairs: √(Var(a − b)/2).
    pub repeatability: f64,
    /// The standard deviation of the laboratories' own offsets: √((Var(a + b) − Var(a − b))/4), at least 0.
    pub between: f64,
    /// Each laboratory.
    pub laboratories: Vec<Pair>,
}

/// The pairs of laboratories that measured the samples a and b; nothing of fewer than four, or where the two columns
/// differ in length or one does not scatter.
///
/// Reference: W. J. Youden, Industrial Quality Control 15, 1959; ISO 13528.
pub fn youden(a: &[f64], b: &[f64]) -> Option<Youden> {
    if a.len() < 4 || a.len() != b.len() {
        return None;
    }
    let correlation = correlation(a, b).filter(|correlation| correlation.abs() < 1.0)?;
    let rank_correlation = self::correlation(&ranks(a), &ranks(b))?;
    let of_pairs = |of: fn(f64, f64) -> f64| -> f64 {
        let values: Vec<f64> = a.iter().zip(b).map(|(a, b)| of(*a, *b)).collect();
        squares(&values) / (a.len() - 1) as f64
    };
    let (sums, differences) = (of_pairs(|a, b| a + b), of_pairs(|a, b| a - b));
    Some(Youden {
        correlation,
        rank_correlation,
        p_value: of_correlation(rank_correlation, a.len()),
        repeatability: (0.5 * differences).sqrt(),
        between: (0.25 * (sums - differences)).max(0.0).sqrt(),
        laboratories: pairs(a, b, correlation),
    })
}

fn pairs(a: &[f64], b: &[f64], correlation: f64) -> Vec<Pair> {
    let deviation = |values: &[f64]| (squares(values) / (values.len() - 1) as f64).sqrt();
    let (of_a, of_b) = ((mean(a), deviation(a)), (mean(b), deviation(b)));
    let exchanged = exchange(a, b);
    let pair = |place: usize| {
        let (x, y) = ((a[place] - of_a.0) / of_a.1, (b[place] - of_b.0) / of_b.1);
        let distance = (x * x - 2.0 * correlation * x * y + y * y) / (1.0 - correlation * correlation);
        Pair { distance, p_value: of_distance(distance, a.len()), nearer_exchanged: exchanged[place] }
    };
    (0..a.len()).map(pair).collect()
}

/// Of each pair whether |a − med b| and |b − med a| are together less than |a − med a| and |b − med b|.
fn exchange(a: &[f64], b: &[f64]) -> Vec<bool> {
    let (of_a, of_b) = (median(a), median(b));
    let apart = |a: f64, b: f64| (a - of_a).hypot(b - of_b);
    a.iter().zip(b).map(|(a, b)| apart(*b, *a) < apart(*a, *b)).collect()
}

/// Of a member's squared distance from means with covariances of p pairs: p d²/(p − 1)² is beta(1, (p − 3)/2).
fn of_distance(distance: f64, count: usize) -> f64 {
    let p = count as f64;
    let share = (p * distance / (p - 1.0).powi(2)).min(1.0);
    (1.0 - share).powf(0.5 * (p - 3.0))
}

fn of_correlation(correlation: f64, count: usize) -> f64 {
    let dof = (count - 2) as f64;
    let t = correlation.abs() * (dof / (1.0 - correlation * correlation)).sqrt();
    2.0 * Law::Student { dof }.upper(t)
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (of_a, of_b) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - of_a) * (b - of_b)).sum();
    let scatter = (squares(a) * squares(b)).sqrt();
    (scatter > 0.0).then(|| product / scatter)
}

/// The ranks of values, equal ones sharing their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count() as f64;
        below + 0.5 * values.iter().filter(|other| *other == value).count() as f64
    };
    values.iter().map(rank).collect()
}
