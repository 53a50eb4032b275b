//! Indications in groups, such as days: does the quantity differ from group to group?

use super::{Repeated, mean};
use crate::tail::Law;

/// The analysis of variance of J groups of K indications each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nested {
    /// The number J of groups.
    pub groups: usize,
    /// The number K of indications in each.
    pub each: usize,
    /// The mean of all.
    pub mean: f64,
    /// The standard deviation s(V̄) of the means of groups.
    pub between: f64,
    /// The standard deviation within groups, pooled.
    pub within: f64,
    /// F = K s²(V̄)/s²(within).
    pub ratio: f64,
    /// The probability of so large a ratio, or a larger one, where groups do not differ.
    pub p_value: f64,
}

impl Nested {
    /// From the indications of each group. `None` for fewer than two groups, groups of fewer than two or of unequal sizes.
    pub fn of(groups: &[&[f64]]) -> Option<Self> {
        let each = groups.first()?.len();
        let sound = groups.iter().all(|group| group.len() == each);
        let groups: Option<Vec<Repeated>> = groups.iter().map(|group| Repeated::of(group)).collect();
        let groups = groups.filter(|_| sound)?;
        let means: Vec<f64> = groups.iter().map(|group| group.mean).collect();
        let deviations: Vec<f64> = groups.iter().map(|group| group.standard_deviation).collect();
        Self::of_summaries(&means, &deviations, each)
    }

    /// From the mean and standard deviation of each group of `each` indications.
    ///
    /// Reference: JCGM 100:2008, H.5.
    pub fn of_summaries(means: &[f64], deviations: &[f64], each: usize) -> Option<Self> {
        let spread = Repeated::of(means).filter(|_| means.len() == deviations.len() && each > 1)?;
        let squares: Vec<f64> = deviations.iter().map(|deviation| deviation * deviation).collect();
        let (within, between) = (mean(&squares).sqrt(), spread.standard_deviation);
        let ratio = each as f64 * (between / within).powi(2);
        let nested = Self { groups: means.len(), each, mean: spread.mean, between, within, ratio, p_value: f64::NAN };
        let [numerator, denominator] = nested.dofs();
        let p_value = Law::Fisher { numerator, denominator }.ln_upper(ratio).exp();
        Some(Self { p_value, ..nested })
    }

    /// J − 1 and J(K − 1).
    pub fn dofs(&self) -> [f64; 2] {
        [(self.groups - 1) as f64, (self.groups * (self.each - 1)) as f64]
    }

    /// The standard deviation of what differs from group to group, √(s²(V̄) − s²/K); 0 where the estimate is negative.
    pub fn effect(&self) -> f64 {
        (self.between.powi(2) - self.within.powi(2) / self.each as f64).max(0.0).sqrt()
    }

    /// The standard uncertainty s(V̄)/√J of the mean with its J − 1 degrees of freedom, whether groups differ or not.
    pub fn with_effect(&self) -> (f64, f64) {
        (self.between / (self.groups as f64).sqrt(), self.dofs()[0])
    }

    /// The standard uncertainty of the mean with JK − 1 degrees of freedom, if groups do not differ.
    pub fn without_effect(&self) -> (f64, f64) {
        let [dof_between, dof_within] = self.dofs();
        let dof = dof_between + dof_within;
        let squares = dof_between * self.each as f64 * self.between.powi(2) + dof_within * self.within.powi(2);
        ((squares / dof / (self.groups * self.each) as f64).sqrt(), dof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_effect_the_groups_are_one() {
        let all = [1.0, 2.0, 4.0, 3.0, 5.0, 2.5];
        let nested = Nested::of(&[&all[..3], &all[3..]]).unwrap();
        let (u, dof) = nested.without_effect();
        let whole = Repeated::of(&all).unwrap();
        assert!((u - whole.standard_uncertainty).abs() < 1e-15 && dof == whole.dof);
    }

    #[test]
    fn groups_have_to_be_alike() {
        assert_eq!(Nested::of(&[&[1.0, 2.0], &[1.0, 2.0, 3.0]]), None);
        assert_eq!(Nested::of(&[&[1.0, 2.0]]), None);
        assert!(Nested::of(&[&[1.0, 1.0], &[1.0, 1.0]]).unwrap().p_value.is_nan());
    }
}
