//! How many of the flagged are false: false-discovery rates over a family of p-values, and the null that the family
//! itself shows.
//!
//! At a million instruments the familiar |E_n| > 1 with k = 2 flags 45 500 sound ones. The q-value of a p-value is the
//! smallest share of false flags at which it is flagged. All p-values go in and out as natural logarithms, in the order
//! of the data; one that is `NaN` stays so and is not counted. Time n log n.

use crate::tail::{Law, normal_score, two_sided};

/// Fewer scores than this show no null of their own.
const FEWEST: usize = 20;

/// The constant that makes the median absolute deviation of normal scores 1: 1/Φ⁻¹(¾).
pub(crate) const NORMAL_MAD: f64 = 1.482_602_218_505_602;

/// ln of the q-values of Benjamini and Hochberg: q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ n/j.
///
/// Assumes p-values that are independent or positively dependent.
///
/// Reference: Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289.
///
/// ```
/// use sigmatau_uncertainty::fdr::benjamini_hochberg;
/// let ln_p = [0.01_f64, 0.04, 0.03, 0.5].map(f64::ln);
/// let q: Vec<f64> = benjamini_hochberg(&ln_p).iter().map(|ln_q| ln_q.exp()).collect();
/// for (found, expected) in q.iter().zip([0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5]) {
///     assert!((found - expected).abs() < 1e-15);
/// }
/// ```
pub fn benjamini_hochberg(ln_p: &[f64]) -> Vec<f64> {
    step_up(ln_p, 0.0)
}

/// ln of the q-values of Benjamini and Yekutieli, which hold under any dependence: those of Benjamini and Hochberg times
/// 1 + 1/2 + … + 1/n.
///
/// Reference: Y. Benjamini, D. Yekutieli, Annals of Statistics 29 (2001) 1165.
pub fn benjamini_yekutieli(ln_p: &[f64]) -> Vec<f64> {
    let tests = ln_p.iter().filter(|ln_p| !ln_p.is_nan()).count();
    step_up(ln_p, (1..=tests).rev().map(|rank| 1.0 / rank as f64).sum::<f64>().ln())
}

/// ln of the p-value of Simes for "none of these is an anomaly": the least of p₍ᵢ₎ n/i. `NaN` where there is no p-value.
///
/// Reference: R. J. Simes, Biometrika 73 (1986) 751.
pub fn simes(ln_p: &[f64]) -> f64 {
    let sorted = ascending(ln_p);
    let adjusted = sorted.iter().zip(1..).map(|((ln_p, _), rank)| ln_p + ratio(sorted.len(), rank));
    adjusted.reduce(f64::min).map_or(f64::NAN, |least| least.min(0.0))
}

/// ln of q-values in a hierarchy, such as laboratory → instrument → point: a group whose Simes p-value is not flagged
/// among its siblings flags nothing within it (q = 1), and within the R flagged of G siblings the level is q R/G.
///
/// `levels` hold the group of each p-value, the coarsest first; `ln_rate` is ln of the rate q to be kept. What comes back is
/// at most `ln_rate` exactly where flagged.
///
/// Reference: Y. Benjamini, M. Bogomolov, Journal of the Royal Statistical Society B 76 (2014) 297.
pub fn hierarchical(ln_p: &[f64], levels: &[&[u32]], ln_rate: f64) -> Vec<f64> {
    let mut ln_q = ln_p.iter().map(|ln_p| if ln_p.is_nan() { f64::NAN } else { 0.0 }).collect();
    let places: Vec<usize> = (0..ln_p.len()).collect();
    descend(ln_p, levels, &places, ln_rate, 0.0, &mut ln_q);
    ln_q
}

/// Where and how wide the scores of a group lie when most of it is sound.
///
/// Stated uncertainties are often off by a fifth or a half; against the theoretical null a whole laboratory is then
/// flagged, against its own only what stands out from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Null {
    /// The median of the scores; 0 in theory.
    pub centre: f64,
    /// 1.4826 times the median absolute deviation; 1 in theory.
    pub scale: f64,
}

impl Null {
    /// What the theory says of scores.
    pub const THEORETICAL: Self = Self { centre: 0.0, scale: 1.0 };

    /// The null that standard normal scores show, or nothing where they are fewer than 20 or half of them equal.
    pub fn of_scores(scores: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = scores.iter().copied().filter(|score| score.is_finite()).collect();
        if sorted.len() < FEWEST {
            return None;
        }
        let centre = median(&mut sorted)?;
        let mut deviations: Vec<f64> = sorted.iter().map(|score| (score - centre).abs()).collect();
        let scale = NORMAL_MAD * median(&mut deviations)?;
        (scale > 0.0).then_some(Self { centre, scale })
    }

    /// The null of Birge: centred, as wide as the root mean square of the scores.
    pub fn of_birge(scores: &[f64]) -> Option<Self> {
        let finite = || scores.iter().filter(|score| score.is_finite());
        let scale = (finite().map(|score| score * score).sum::<f64>() / finite().count() as f64).sqrt();
        (scale > 0.0).then_some(Self { centre: 0.0, scale })
    }

    /// The score as it stands to this null.
    pub fn standardised(self, score: f64) -> f64 {
        (score - self.centre) / self.scale
    }
}

/// Which deviations of a score count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// Large scores alone.
    Upper,
    /// Scores far from 0 either way.
    Both,
}

impl Sides {
    /// ln of the p-value of a standard normal score.
    pub fn ln_p(self, score: f64) -> f64 {
        match self {
            Self::Upper => Law::Normal.ln_upper(score),
            Self::Both => two_sided(Law::Normal.ln_upper(score.abs())),
        }
    }

    /// The score of a p-value, positive: the inverse of [`Sides::ln_p`].
    pub fn score(self, ln_p: f64) -> f64 {
        match self {
            Self::Upper => normal_score(ln_p),
            Self::Both => normal_score(ln_p - std::f64::consts::LN_2),
        }
    }
}

/// The median, by selection; of an even number the mean of the middle two.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    match below.iter().copied().max_by(f64::total_cmp) {
        Some(lower) if values.len().is_multiple_of(2) => Some(0.5 * (lower + upper)),
        _ => Some(upper),
    }
}

fn ratio(tests: usize, rank: usize) -> f64 {
    (tests as f64 / rank as f64).ln()
}

/// The p-values that are numbers, ascending, with their places.
fn ascending(ln_p: &[f64]) -> Vec<(f64, u32)> {
    let mut sorted: Vec<(f64, u32)> = ln_p.iter().copied().zip(0..).filter(|(ln_p, _)| !ln_p.is_nan()).collect();
    sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    sorted
}

fn step_up(ln_p: &[f64], penalty: f64) -> Vec<f64> {
    let sorted = ascending(ln_p);
    let mut ln_q = vec![f64::NAN; ln_p.len()];
    let mut least: f64 = 0.0;
    for (below, (ln_p, place)) in sorted.iter().enumerate().rev() {
        least = least.min(ln_p + ratio(sorted.len(), below + 1) + penalty);
        ln_q[*place as usize] = least;
    }
    ln_q
}

/// Flags within `places` at the level `ln_rate` + `ln_share`.
fn descend(ln_p: &[f64], levels: &[&[u32]], places: &[usize], ln_rate: f64, ln_share: f64, ln_q: &mut Vec<f64>) {
    let Some((level, finer)) = levels.split_first() else {
        let own: Vec<f64> = places.iter().map(|place| ln_p[*place]).collect();
        let found = benjamini_hochberg(&own);
        places.iter().zip(found).for_each(|(place, found)| ln_q[*place] = (found - ln_share).min(0.0));
        return;
    };
    let mut sorted = places.to_vec();
    sorted.sort_by_key(|place| level[*place]);
    let groups: Vec<&[usize]> = sorted.chunk_by(|one, other| level[*one] == level[*other]).collect();
    let whole: Vec<f64> =
        groups.iter().map(|group| simes(&group.iter().map(|place| ln_p[*place]).collect::<Vec<_>>())).collect();
    let found = benjamini_hochberg(&whole);
    let flagged: Vec<&[usize]> =
        groups.iter().zip(&found).filter(|(_, found)| **found <= ln_rate + ln_share).map(|(group, _)| *group).collect();
    let share = ln_share + (flagged.len() as f64 / groups.len() as f64).ln();
    flagged.iter().for_each(|group| descend(ln_p, finer, group, ln_rate, share, ln_q));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Benjamini and Hochberg's paper: fifteen p-values, four flagged at 5 %.
    const PAPER: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ];

    fn flagged(ln_q: &[f64], rate: f64) -> usize {
        ln_q.iter().filter(|ln_q| **ln_q <= rate.ln()).count()
    }

    #[test]
    fn four_of_the_fifteen_of_the_paper_are_flagged() {
        let ln_p = PAPER.map(f64::ln);
        assert_eq!(flagged(&benjamini_hochberg(&ln_p), 0.05), 4);
        assert_eq!(flagged(&benjamini_yekutieli(&ln_p), 0.05), 3);
    }

    #[test]
    fn q_values_are_those_of_the_definition_in_any_order() {
        let slow = |p: f64| {
            let enough = PAPER.iter().filter(|other| **other >= p);
            enough.map(|other| other * 15.0 / PAPER.iter().filter(|p| *p <= other).count() as f64).fold(1.0, f64::min)
        };
        let mut shuffled = PAPER;
        shuffled.rotate_left(7);
        shuffled.swap(0, 9);
        let found = benjamini_hochberg(&shuffled.map(f64::ln));
        for (p, ln_q) in shuffled.iter().zip(found) {
            assert!((ln_q.exp() - slow(*p)).abs() < 1e-14, "{p}: {}", ln_q.exp());
        }
    }

    #[test]
    fn ties_share_a_q_value_and_missing_ones_are_not_counted() {
        let ln_q = benjamini_hochberg(&[0.02_f64.ln(), f64::NAN, 0.02_f64.ln(), f64::NEG_INFINITY]);
        assert_eq!(ln_q[0], ln_q[2]);
        assert!((ln_q[0].exp() - 0.02).abs() < 1e-15 && ln_q[1].is_nan() && ln_q[3] == f64::NEG_INFINITY);
        assert!(simes(&[f64::NAN]).is_nan());
    }

    #[test]
    fn one_level_of_one_group_is_the_plain_procedure() {
        let ln_p = PAPER.map(f64::ln);
        let (one, plain) = (hierarchical(&ln_p, &[&[7; 15]], 0.05_f64.ln()), benjamini_hochberg(&ln_p));
        assert_eq!(one, plain);
    }

    #[test]
    fn a_sound_laboratory_flags_nothing_within_it() {
        let p = [1e-6, 1e-5, 0.3, 0.04, 0.5, 0.9];
        let ln_q = hierarchical(&p.map(f64::ln), &[&[1, 1, 1, 2, 2, 2], &[1, 2, 3, 4, 5, 6]], 0.05_f64.ln());
        assert_eq!(flagged(&ln_q, 0.05), 2);
        assert_eq!(&ln_q[3..], &[0.0; 3]);
    }

    #[test]
    fn the_null_of_scores_is_that_of_the_sound_majority() {
        let grid = (1..1000).map(|i| 0.3 + 1.4 * Law::Normal.quantile(f64::from(i) / 1000.0));
        let scores: Vec<f64> = grid.chain([50.0; 30]).collect();
        let null = Null::of_scores(&scores).unwrap();
        assert!((null.centre - 0.3).abs() < 0.06 && (null.scale - 1.4).abs() < 0.06, "{null:?}");
        assert!(Null::of_birge(&scores).unwrap().scale > 5.0);
        assert_eq!(Null::of_scores(&scores[..10]), None);
    }
}
