//! The Q method and Hampel's estimator: no repetition, no starting value.

use super::{Location, Robust, median};
use crate::tail::Law;

/// Where Hampel's ψ stops rising, begins to fall, and is 0 again.
const HAMPEL: [f64; 3] = [1.5, 3.0, 4.5];

/// s* by the Q method, x* by Hampel's estimator with it.
pub(super) static ROBUST: Robust = Robust {
    name: "q-hampel",
    title: "Hampel's mean with the standard deviation of the Q method",
    reference: "ISO 13528, annex C",
    reckon: |values| {
        let groups: Vec<&[f64]> = values.chunks(1).collect();
        let standard_deviation = between(&groups);
        let value = hampel_mean(values, standard_deviation);
        Location { value, standard_deviation, laboratories: values.len() }
    },
};

/// The standard deviations of repeatability s_r and of reproducibility s_R of the replicates of laboratories, by the
/// Q method: from the distribution of the differences within, and of those between laboratories.
///
/// s_r is nothing where no laboratory has replicates; both are where there are fewer than two laboratories. O(N² log N).
///
/// Reference: ISO 13528, annex C.
pub fn q_standard_deviations(laboratories: &[&[f64]]) -> (Option<f64>, Option<f64>) {
    let held: Vec<&[f64]> = laboratories.iter().copied().filter(|values| !values.is_empty()).collect();
    let replicated: Vec<&[f64]> = held.iter().copied().filter(|values| values.len() > 1).collect();
    let within = (!replicated.is_empty()).then(|| within(&replicated));
    (within, (held.len() > 1).then(|| between(&held)))
}

/// The mean x* at which Σψ((x − x*)/s) vanishes, ψ(q) = q up to 1.5, 1.5 up to 3, falling to 0 at 4.5; of several such
/// the one nearest to the median, and the median itself where s is 0.
///
/// Reference: ISO 13528, annex C.
pub fn hampel_mean(values: &[f64], standard_deviation: f64) -> f64 {
    let centre = median(values);
    let [rise, level, end] = HAMPEL;
    let steps = [-end, -level, -rise, rise, level, end];
    let mut bends: Vec<f64> = values.iter().flat_map(|x| steps.map(|step| x + step * standard_deviation)).collect();
    bends.sort_by(f64::total_cmp);
    bends.dedup();
    let sum = |mean: f64| values.iter().map(|x| psi((x - mean) / standard_deviation)).sum::<f64>();
    let sums: Vec<f64> = bends.iter().map(|bend| sum(*bend)).collect();
    let pieces = bends.windows(2).zip(sums.windows(2));
    // A stretch of zeros far from all values is no mean.
    let crossing = |(ends, sums): (&[f64], &[f64])| {
        let crosses = sums[0] * sums[1] < 0.0 || (sums[0] == 0.0) != (sums[1] == 0.0);
        crosses.then(|| ends[0] - sums[0] * (ends[1] - ends[0]) / (sums[1] - sums[0]))
    };
    let nearer = |one: &f64, other: &f64| (one - centre).abs().total_cmp(&(other - centre).abs());
    pieces.filter_map(crossing).min_by(nearer).filter(|_| standard_deviation > 0.0).unwrap_or(centre)
}

fn psi(q: f64) -> f64 {
    let [rise, level, end] = HAMPEL;
    let size = match q.abs() {
        size if size <= rise => size,
        size if size <= level => rise,
        size if size <= end => rise * (end - size) / (end - level),
        _ => 0.0,
    };
    size.copysign(q)
}

/// s_R: pairs of laboratories weigh alike, however many replicates they have.
fn between(laboratories: &[&[f64]]) -> f64 {
    let pairs = (0..laboratories.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let differences = pairs.flat_map(|(i, j)| {
        let weight = ((laboratories[i].len() * laboratories[j].len()) as f64).recip();
        laboratories[i].iter().flat_map(move |x| laboratories[j].iter().map(move |y| ((x - y).abs(), weight)))
    });
    spread(differences.collect(), 0.25, 0.75, 0.625, 0.375)
}

/// s_r: laboratories weigh alike.
fn within(laboratories: &[&[f64]]) -> f64 {
    let differences = laboratories.iter().flat_map(|values| {
        let weight = 2.0 / (values.len() * (values.len() - 1)) as f64;
        let pairs = (0..values.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(move |(i, j)| ((values[i] - values[j]).abs(), weight))
    });
    spread(differences.collect(), 0.5, 0.5, 0.75, 0.25)
}

/// The quantile `base` + `slope` H(0) of the smoothed distribution H of the differences, over √2 Φ⁻¹ of where it lies.
fn spread(mut differences: Vec<(f64, f64)>, base: f64, slope: f64, middle: f64, rest: f64) -> f64 {
    differences.sort_by(|one, other| one.0.total_cmp(&other.0));
    let whole: f64 = differences.iter().map(|(_, weight)| weight).sum();
    let mut steps: Vec<(f64, f64)> = vec![];
    let mut reached = 0.0;
    for (difference, weight) in differences {
        reached += weight / whole;
        match steps.last_mut() {
            Some(last) if last.0 == difference => last.1 = reached,
            _ => steps.push((difference, reached)),
        }
    }
    let equal = steps.first().filter(|step| step.0 == 0.0).map_or(0.0, |step| step.1);
    smoothed_quantile(&steps, base + slope * equal)
        / (2.0_f64.sqrt() * Law::Normal.exceeded(1.0 - middle - rest * equal))
}

/// Where the polygon through (0, 0) and the middles of the steps of H reaches `wanted`.
fn smoothed_quantile(steps: &[(f64, f64)], wanted: f64) -> f64 {
    let positive = || steps.iter().filter(|step| step.0 > 0.0);
    let before = std::iter::once(0.0).chain(steps.iter().map(|step| step.1));
    let middles = steps.iter().zip(before).map(|(step, before)| (step.0, 0.5 * (step.1 + before)));
    let mut last = (0.0, 0.0);
    for (place, height) in middles.filter(|(place, _)| *place > 0.0) {
        if height >= wanted {
            return last.0 + (wanted - last.1) / (height - last.1) * (place - last.0);
        }
        last = (place, height);
    }
    positive().next_back().map_or(0.0, |step| step.0)
}
