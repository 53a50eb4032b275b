//! The largest consistent subset: the most laboratories whose χ² passes, and among as many those with the least χ².
//!
//! It leaves out what disagrees and so can say little against a laboratory of its own: look at the degrees of
//! equivalence of all. Of independent laboratories it is found exactly in O(n³ log n), without trying 2ⁿ subsets. Let S be
//! the best subset of m laboratories and μ its weighted mean. Then S is the m laboratories with the least |x − μ|/u: one
//! outside with less would lower Σ(x − μ)²/u² in exchange, and its own mean would lower it further. The order of |x − μ|/u
//! changes only where two of them are equal, at two μ for each pair; so it is enough to look at one μ between any two
//! such places, and at every m there. Correlated laboratories are branched on, bounded by χ², which never falls when a
//! laboratory joins.

use super::{Comparison, Consensus, Found, Reference, Settings, Weighted, normal};
use crate::tail::Law;

/// The weighted mean of the subset.
pub(super) static CONSENSUS: Consensus = Consensus {
    name: "largest-consistent-subset",
    title: "weighted mean of the largest consistent subset",
    reference: "M. G. Cox, Metrologia 44, 2007, 187",
    fewest: 2,
    correlated: true,
    reckon,
};

fn reckon(comparison: &Comparison, settings: &Settings) -> Reference {
    let places = match comparison.correlation {
        None => swept(comparison, settings.significance),
        Some(_) => branched(comparison, settings.significance),
    };
    let Weighted { value, u, chi_squared, weights } = Weighted::of_places(comparison, &places);
    let (mut spread, mut members) = (vec![0.0; comparison.len()], vec![false; comparison.len()]);
    for (place, weight) in places.iter().zip(weights) {
        (spread[*place], members[*place]) = (weight, true);
    }
    let covariances = comparison.covariances_with(&spread);
    Found { value, u, interval: normal(value, u, settings), tau: 0.0, covariances }.of_members(chi_squared, members)
}

/// The largest χ² of 1, 2, … n consistent laboratories.
fn allowed(laboratories: usize, significance: f64) -> Vec<f64> {
    let quantile = |dof: usize| if dof == 0 { 0.0 } else { Law::ChiSquared { dof: dof as f64 }.exceeded(significance) };
    (0..laboratories).map(quantile).collect()
}

/// The best subset so far.
struct Best {
    places: Vec<usize>,
    chi_squared: f64,
}

impl Best {
    fn none() -> Self {
        Self { places: vec![], chi_squared: f64::INFINITY }
    }

    fn is_beaten_by(&self, size: usize, chi_squared: f64) -> bool {
        size > self.places.len() || (size == self.places.len() && chi_squared < self.chi_squared)
    }
}

fn swept(comparison: &Comparison, significance: f64) -> Vec<usize> {
    let allowed = allowed(comparison.len(), significance);
    let mut best = Best::none();
    let mut order: Vec<usize> = (0..comparison.len()).collect();
    for mean in means(comparison) {
        let distance = |i: &usize| (comparison.values[*i] - mean).abs() / comparison.uncertainties[*i];
        order.sort_by(|one, other| distance(one).total_cmp(&distance(other)).then(one.cmp(other)));
        grow(comparison, &order, &allowed, &mut best);
    }
    best.places.sort_unstable();
    best.places
}

/// One μ between any two neighbouring places at which two laboratories are equally far.
fn means(comparison: &Comparison) -> Vec<f64> {
    let (x, u) = (comparison.values(), comparison.uncertainties());
    let pairs = (0..x.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let equal = |(i, j): (usize, usize)| {
        [(x[i] * u[j] + x[j] * u[i]) / (u[i] + u[j]), (x[i] * u[j] - x[j] * u[i]) / (u[j] - u[i])]
    };
    let [low, high] = [x.iter().copied().fold(x[0], f64::min), x.iter().copied().fold(x[0], f64::max)];
    let within = pairs.flat_map(equal).filter(|mean| low < *mean && *mean < high);
    let mut places: Vec<f64> = within.chain([low, high]).collect();
    places.sort_by(f64::total_cmp);
    places.windows(2).map(|ends| 0.5 * (ends[0] + ends[1])).collect()
}

/// Takes laboratories in their order, keeping χ² about their own mean as it grows.
fn grow(comparison: &Comparison, order: &[usize], allowed: &[f64], best: &mut Best) {
    let (mut sum, mut mean, mut chi_squared) = (0.0, 0.0, 0.0);
    for (taken, &place) in order.iter().enumerate() {
        let weight = comparison.uncertainties[place].powi(-2);
        let difference = comparison.values[place] - mean;
        chi_squared += weight * sum / (sum + weight) * difference * difference;
        sum += weight;
        mean += weight / sum * difference;
        if chi_squared <= allowed[taken] && best.is_beaten_by(taken + 1, chi_squared) {
            *best = Best { places: order[..=taken].to_vec(), chi_squared };
        }
    }
}

fn branched(comparison: &Comparison, significance: f64) -> Vec<usize> {
    let allowed = allowed(comparison.len(), significance);
    let mut best = Best::none();
    branch(comparison, &allowed, &mut vec![], 0, &mut best);
    best.places
}

/// Tries the laboratory at `next` in, then out, of the subset `taken` of those before it.
fn branch(comparison: &Comparison, allowed: &[f64], taken: &mut Vec<usize>, next: usize, best: &mut Best) {
    let most = taken.len() + comparison.len() - next;
    let chi_squared = if taken.is_empty() { 0.0 } else { Weighted::of_places(comparison, taken).chi_squared };
    if most == 0 || chi_squared > allowed[most - 1] || !best.is_beaten_by(most, chi_squared) {
        return;
    }
    if next == comparison.len() {
        *best = Best { places: taken.clone(), chi_squared };
        return;
    }
    taken.push(next);
    branch(comparison, allowed, taken, next + 1, best);
    taken.pop();
    branch(comparison, allowed, taken, next + 1, best);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Correlation;
    use crate::consensus::Comparison;

    /// Laboratories of which some are off, by a recurrence.
    fn laboratories(count: usize, seed: u64) -> Comparison {
        let next = |n: &u64| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        let numbers: Vec<f64> = std::iter::successors(Some(seed), next)
            .skip(3)
            .take(3 * count)
            .map(|n| (n >> 11) as f64 / 9_007_199_254_740_992.0)
            .collect();
        let u: Vec<f64> = numbers[..count].iter().map(|x| 0.1 + x).collect();
        let off = |i: usize| if numbers[2 * count + i] < 0.3 { 4.0 } else { 1.0 };
        let values: Vec<f64> = (0..count).map(|i| 10.0 + off(i) * 4.0 * u[i] * (numbers[count + i] - 0.5)).collect();
        Comparison::new(&values, &u).unwrap()
    }

    /// Every one of the 2ⁿ subsets.
    fn enumerated(comparison: &Comparison, significance: f64) -> Vec<usize> {
        let allowed = allowed(comparison.len(), significance);
        let mut best = Best::none();
        for subset in 1_u32..1 << comparison.len() {
            let places: Vec<usize> = (0..comparison.len()).filter(|place| subset >> place & 1 == 1).collect();
            let chi_squared = Weighted::of_places(comparison, &places).chi_squared;
            if chi_squared <= allowed[places.len() - 1] + 1e-12 && best.is_beaten_by(places.len(), chi_squared) {
                best = Best { places, chi_squared };
            }
        }
        best.places
    }

    #[test]
    fn sweep_and_branches_find_what_enumeration_finds() {
        for seed in 0..60 {
            let comparison = laboratories(2 + seed as usize % 11, seed);
            let expected = enumerated(&comparison, 0.05);
            assert_eq!(swept(&comparison, 0.05), expected, "{seed}");
            assert_eq!(branched(&comparison, 0.05), expected, "{seed}");
        }
    }

    #[test]
    fn branches_find_what_enumeration_finds_among_correlated_laboratories() {
        for seed in 0..20 {
            let comparison = laboratories(8, seed);
            let shared = Correlation::of_pairs(8, &[(0, 1, 0.8), (2, 3, 0.5), (3, 4, 0.4), (5, 7, -0.3)]).unwrap();
            let comparison = comparison.with_correlation(shared).unwrap();
            assert_eq!(branched(&comparison, 0.05), enumerated(&comparison, 0.05), "{seed}");
        }
    }

    #[test]
    fn sixty_laboratories_are_no_trouble_and_agree_with_the_branches() {
        let comparison = laboratories(60, 5);
        let found = swept(&comparison, 0.05);
        assert!((30..60).contains(&found.len()), "{}", found.len());
        let middle = laboratories(24, 11);
        assert_eq!(swept(&middle, 0.05), branched(&middle, 0.05));
    }

    #[test]
    fn two_that_disagree_leave_the_first_alone() {
        let comparison = Comparison::new(&[0.0, 10.0], &[1.0, 1.0]).unwrap();
        assert_eq!(swept(&comparison, 0.05).len(), 1);
        assert_eq!(swept(&comparison, 0.05), branched(&comparison, 0.05));
    }
}
