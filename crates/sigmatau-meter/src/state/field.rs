//! Checks on site: where to look first, and what a look teaches about the neighbours.

use crate::solver::Solution;
use crate::verdict::{Judgement, Reason, Verdict};

/// A meter that is worth a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldCheck {
    /// The place of its judgement.
    pub meter: usize,
    /// The probability that it is found not to conform.
    pub hit: f64,
    /// The expected share of hits of all visits up to this one.
    pub hit_rate: f64,
}

/// What a check on site found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The place of the meter in its area.
    pub meter: usize,
    /// The error that was measured, as a share of one.
    pub error: f64,
    /// Its standard uncertainty.
    pub u: f64,
}

/// The meters that are worth a visit, the most probable hits first: all that are not kept and of which a hit has a
/// probability; a dead meter is one. Among equals the order is theirs.
pub fn field_checks(judgements: &[Judgement]) -> Vec<FieldCheck> {
    let hit = |judgement: &Judgement| match judgement.reason {
        Reason::Dead => 1.0,
        _ => 1.0 - judgement.conform,
    };
    let open = judgements.iter().enumerate().filter(|(_, judgement)| judgement.verdict != Verdict::Keep);
    let mut hits: Vec<(usize, f64)> = open.map(|(meter, judgement)| (meter, hit(judgement))).collect();
    hits.retain(|(_, hit)| hit.is_finite());
    hits.sort_by(|one, other| other.1.total_cmp(&one.1));
    let summed = hits.iter().scan(0.0, |sum, (_, hit)| {
        *sum += hit;
        Some(*sum)
    });
    let ranked = hits.iter().zip(summed).enumerate();
    ranked.map(|(rank, (&(meter, hit), sum))| FieldCheck { meter, hit, hit_rate: sum / (rank + 1) as f64 }).collect()
}

impl Solution {
    /// The solution with what checks on site found, each a strong observation of one error y with variance u²:
    ///
    /// e' = e + C_i (y − e_i)/(C_ii + u²), C' = C − C_i C_i'/(C_ii + u²).
    ///
    /// Through what the errors share, a check of one meter also tells of its neighbours, and of the master meter. O(n²) each.
    /// The information of every estimate rises by what its variance fell.
    ///
    /// # Panics
    /// When a check is of no meter of the area.
    #[must_use]
    pub fn informed(mut self, checks: &[Check]) -> Self {
        for check in checks {
            self.learn(check);
        }
        self
    }

    fn learn(&mut self, check: &Check) {
        let Check { meter, error, u } = *check;
        if self.covariance[(meter, meter)] == 0.0 {
            return self.replace(check);
        }
        let column = self.covariance.column(meter).into_owned();
        let whole = column[meter] + u * u;
        let surprise = (error - self.estimates[meter].error) / whole;
        let before = self.covariance.diagonal();
        self.covariance.ger(-1.0 / whole, &column, &column, 1.0);
        for (place, estimate) in self.estimates.iter_mut().enumerate().filter(|(place, _)| before[*place] > 0.0) {
            let left = (self.covariance[(place, place)] / before[place]).max(0.0);
            estimate.error += column[place] * surprise;
            estimate.u *= left.sqrt();
            estimate.information = 1.0 - (1.0 - estimate.information) * left;
        }
    }

    /// What a check says of a meter of which nothing was known.
    fn replace(&mut self, check: &Check) {
        let estimate = &mut self.estimates[check.meter];
        (estimate.error, estimate.u, estimate.information) = (check.error, check.u, 1.0);
        self.covariance[(check.meter, check.meter)] = check.u * check.u;
    }
}
