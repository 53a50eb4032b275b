//! What all decisions of an assessment risk together.

use super::{Judgement, Verdict, conformity};
use sigmatau_uncertainty::risk::Total;

/// The risks of the decisions on many meters whose errors share an uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// How many meters are kept.
    pub kept: usize,
    /// How many are watched.
    pub watched: usize,
    /// How many are replaced.
    pub replaced: usize,
    /// How many are not assessable.
    pub unassessed: usize,
    /// How many of the kept ones do not conform: the consumers' risk.
    pub wrongly_kept: Total,
    /// How many of the replaced ones conform: the producer's risk.
    pub wrongly_replaced: Total,
}

impl Batch {
    /// The risks of judgements whose errors share the standard uncertainty `common`, that of their master meter.
    ///
    /// The expected numbers are Σ(1 − P) over the kept and ΣP over the replaced; their variance is ΣP(1 − P) and, because a
    /// wrong master meter moves all errors at once, the square of half of what ± one `common` moves the sum.
    ///
    /// Reference: JCGM 106:2012, 9.
    pub fn of(judgements: &[Judgement], common: f64) -> Self {
        let count = |verdict| judgements.iter().filter(|judgement| judgement.verdict == verdict).count();
        Self {
            kept: count(Verdict::Keep),
            watched: count(Verdict::Watch),
            replaced: count(Verdict::Replace),
            unassessed: count(Verdict::NotAssessable),
            wrongly_kept: total(judgements, Verdict::Keep, common, |conform| 1.0 - conform),
            wrongly_replaced: total(judgements, Verdict::Replace, common, |conform| conform),
        }
    }

    /// The risks of the decisions of several assessments that share nothing.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let both =
            |one: Total, other: Total| Total { expected: one.expected + other.expected, u: one.u.hypot(other.u) };
        Self {
            kept: self.kept + other.kept,
            watched: self.watched + other.watched,
            replaced: self.replaced + other.replaced,
            unassessed: self.unassessed + other.unassessed,
            wrongly_kept: both(self.wrongly_kept, other.wrongly_kept),
            wrongly_replaced: both(self.wrongly_replaced, other.wrongly_replaced),
        }
    }
}

/// A sum over the meters of a verdict. What a meter is replaced for without an error is no matter of its limits.
fn total(judgements: &[Judgement], verdict: Verdict, common: f64, wrong: impl Fn(f64) -> f64) -> Total {
    let of_error =
        || judgements.iter().filter(|judgement| judgement.verdict == verdict && judgement.conform.is_finite());
    let sum = |shift: f64| of_error().map(|judgement| wrong(judgement.moved(shift, common))).sum::<f64>();
    let chance: f64 = of_error().map(|judgement| judgement.conform * (1.0 - judgement.conform)).sum();
    let doubt = 0.5 * (sum(common) - sum(-common));
    let expected = of_error().map(|judgement| wrong(judgement.conform)).sum();
    Total { expected, u: chance.sqrt().hypot(doubt) }
}

impl Judgement {
    /// The probability of conforming, were the shared part of the uncertainty known to be `shift`.
    fn moved(&self, shift: f64, common: f64) -> f64 {
        let own = (self.u.powi(2) - common.powi(2)).max(0.0).sqrt();
        conformity(self.error + shift, own, self.limit)
    }
}
