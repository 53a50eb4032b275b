//! Whether the items of a comparison are alike, and stay so.

use super::{Law, mean, squares};

/// The share of σ_pt that items may differ by.
const SHARE: f64 = 0.3;

/// The significance of the tests.
const SIGNIFICANCE: f64 = 0.05;

/// What replicates of g items tell of their homogeneity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homogeneity {
    /// The mean of all.
    pub mean: f64,
    /// The standard deviation s_w within items.
    pub within: f64,
    /// The standard deviation s_s between items, 0 where they scatter less than their replicates let expect.
    pub between: f64,
    /// F of the analysis of variance.
    pub f: f64,
    /// The probability of so large an F of items that are alike.
    pub p_value: f64,
    /// The least inhomogeneity that the replicates could have shown: √(MS_w/m) (2/ν_w)^¼.
    pub hidden: f64,
    /// s_s ≤ 0.3 σ_pt.
    pub sufficient: bool,
    /// s_s² ≤ F₁ (0.3 σ_pt)² + F₂ s_w²: not worse than what chance makes of items that are sufficient.
    pub sufficient_by_test: bool,
}

/// The homogeneity of items with m replicates each, for a standard deviation σ_pt for proficiency assessment; nothing
/// where there are fewer than two items, fewer than two replicates, or not as many of every item.
///
/// s_w² = MS_w, s_s² = (MS_b − MS_w)/m, F₁ = χ²(0.95; g − 1)/(g − 1), F₂ = (F(0.95; g − 1, g(m − 1)) − 1)/m.
///
/// Reference: ISO 13528, annex B; ISO Guide 35.
///
/// ```
/// use sigmatau_uncertainty::score::homogeneity;
/// let found = homogeneity(&[&[1.0, 1.2], &[1.1, 1.3], &[1.5, 1.3]], 1.0).unwrap();
/// assert!((found.within - 0.02_f64.sqrt()).abs() < 1e-12 && found.sufficient);
/// ```
pub fn homogeneity(items: &[&[f64]], sigma: f64) -> Option<Homogeneity> {
    let replicates = items.first()?.len();
    if items.len() < 2 || replicates < 2 || items.iter().any(|item| item.len() != replicates) {
        return None;
    }
    let (g, m) = (items.len() as f64, replicates as f64);
    let means: Vec<f64> = items.iter().map(|item| mean(item)).collect();
    let within = items.iter().map(|item| squares(item)).sum::<f64>() / (g * (m - 1.0));
    let between = m * squares(&means) / (g - 1.0);
    let variance = ((between - within) / m).max(0.0);
    let allowed = (SHARE * sigma).powi(2);
    let [first, second] = factors(g, m);
    Some(Homogeneity {
        mean: mean(&means),
        within: within.sqrt(),
        between: variance.sqrt(),
        f: between / within,
        p_value: Law::Fisher { numerator: g - 1.0, denominator: g * (m - 1.0) }.upper(between / within),
        hidden: (within / m).sqrt() * (2.0 / (g * (m - 1.0))).powf(0.25),
        sufficient: variance <= allowed,
        sufficient_by_test: variance <= first * allowed + second * within,
    })
}

/// F₁ and F₂ of g items with m replicates.
pub(super) fn factors(g: f64, m: f64) -> [f64; 2] {
    let first = Law::ChiSquared { dof: g - 1.0 }.exceeded(SIGNIFICANCE) / (g - 1.0);
    let law = Law::Fisher { numerator: g - 1.0, denominator: g * (m - 1.0) };
    [first, (law.exceeded(SIGNIFICANCE) - 1.0) / m]
}

/// Whether items stayed the same between two times: |y₁ − y₂| ≤ 0.3 σ_pt, or with the uncertainties of both means
/// ≤ 0.3 σ_pt + 2 √(u₁² + u₂²).
///
/// Reference: ISO 13528, annex B.
pub fn shift_is_small(before: f64, after: f64, u: [f64; 2], sigma: f64) -> (bool, bool) {
    let shift = (after - before).abs();
    (shift <= SHARE * sigma, shift <= SHARE * sigma + 2.0 * u[0].hypot(u[1]))
}

/// A straight line through values over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// The slope b, in the unit of the values over that of time.
    pub slope: f64,
    /// The standard uncertainty s(b).
    pub slope_u: f64,
    /// The degrees of freedom n − 2.
    pub dof: usize,
    /// The probability of so steep a slope, either way, of what is stable.
    pub p_value: f64,
}

/// The trend of values over time; nothing where there are fewer than three times or all are one.
///
/// Reference: ISO Guide 35.
pub fn trend(times: &[f64], values: &[f64]) -> Option<Trend> {
    let spread = if times.len() < 3 || times.len() != values.len() { 0.0 } else { squares(times) };
    if spread <= 0.0 {
        return None;
    }
    let (time, value) = (mean(times), mean(values));
    let pairs = || times.iter().map(|t| t - time).zip(values.iter().map(|y| y - value));
    let slope = pairs().map(|(t, y)| t * y).sum::<f64>() / spread;
    let residuals: f64 = pairs().map(|(t, y)| (y - slope * t).powi(2)).sum();
    let dof = times.len() - 2;
    let slope_u = (residuals / dof as f64 / spread).sqrt();
    let p_value =
        if slope == 0.0 { 1.0 } else { 2.0 * Law::Student { dof: dof as f64 }.upper((slope / slope_u).abs()) };
    Some(Trend { slope, slope_u, dof, p_value })
}

impl Trend {
    /// The standard uncertainty of stability over a time: s(b) t.
    pub fn u_after(&self, time: f64) -> f64 {
        self.slope_u * time
    }
}
