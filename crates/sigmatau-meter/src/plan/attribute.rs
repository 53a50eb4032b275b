//! Plans that count the meters which do not conform.

use super::count::{at_most, hypergeometric};
use super::{Lot, PlanError, Requirement};
use crate::root::turn;

/// The largest sample that is tried.
const LARGEST: u64 = 10_000;

/// Draw `size` meters, accept the lot when at most `accept` of them do not conform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The size n of the sample.
    pub size: u64,
    /// The acceptance number Ac.
    pub accept: u64,
}

impl Attribute {
    /// The probability of accepting a lot in which `share` of the meters do not conform: the operating characteristic.
    ///
    /// ```
    /// use sigmatau_meter::plan::{Attribute, Lot};
    /// let french = Attribute { size: 56, accept: 5 }; // arrêté of 1 August 2013, lots below 10 000
    /// let chances = [0.05, 0.10, 0.15].map(|share| french.acceptance(share, Lot::Endless));
    /// assert_eq!(chances.map(|chance| format!("{chance:.2}")), ["0.94", "0.51", "0.14"]);
    /// ```
    pub fn acceptance(&self, share: f64, lot: Lot) -> f64 {
        at_most(self.accept, self.size, share, lot)
    }

    /// The plan with the smallest acceptance number, and so the smallest sample, that does what is required.
    ///
    /// In a lot of N a share to accept is at most ⌊good · N⌋ meters, one to refuse at least ⌈bad · N⌉.
    ///
    /// # Errors
    /// When the requirement cannot be met, see [`PlanError`].
    ///
    /// ```
    /// use sigmatau_meter::plan::{Attribute, Lot, Requirement};
    /// let requirement = Requirement { good: 0.01, alpha: 0.05, bad: 0.05, beta: 0.1 };
    /// assert_eq!(Attribute::meeting(requirement, Lot::Endless)?, Attribute { size: 132, accept: 3 });
    /// assert_eq!(Attribute::meeting(requirement, Lot::Of(400))?, Attribute { size: 97, accept: 2 });
    /// # Ok::<(), sigmatau_meter::plan::PlanError>(())
    /// ```
    pub fn meeting(requirement: Requirement, lot: Lot) -> Result<Self, PlanError> {
        let Requirement { good, alpha, bad, beta } = requirement.checked()?;
        let chance = Chance::of(good, bad, lot);
        let mut size = 1;
        for accept in 0.. {
            let refuses = |size: u64| chance.of_bad(Self { size, accept }) <= beta;
            let Some(found) = smallest(size, chance.largest(), refuses) else { break };
            size = found;
            if chance.of_good(Self { size, accept }) >= 1.0 - alpha {
                return Ok(Self { size, accept });
            }
        }
        Err(PlanError::TooLarge { good, bad, tried: chance.largest() })
    }

    /// The smallest plan of an acceptance number that proves, when it accepts, that less than `share` of the meters do not
    /// conform, at a confidence; nothing where a lot is too small for that.
    ///
    /// ```
    /// use sigmatau_meter::plan::{Attribute, Lot};
    /// let sizes = [0, 1, 2, 3, 4, 5].map(|accept| Attribute::proving(0.05, 0.95, accept, Lot::Endless).unwrap().size);
    /// assert_eq!(sizes, [59, 93, 124, 153, 181, 208]);
    /// ```
    pub fn proving(share: f64, confidence: f64, accept: u64, lot: Lot) -> Option<Self> {
        let chance = Chance::of(0.0, share, lot);
        let proves = |size: u64| chance.of_bad(Self { size, accept }) <= 1.0 - confidence;
        smallest(accept + 1, chance.largest(), proves).map(|size| Self { size, accept })
    }

    /// The expected number of meters that are inspected when the inspection stops at the first one too many:
    /// Σ P(X_i ≤ Ac) over i = 0 to n − 1, X_i the bad ones among the first i. O(n (n + Ac)).
    pub fn expected_inspections(&self, share: f64, lot: Lot) -> f64 {
        (0..self.size).map(|drawn| at_most(self.accept, drawn, share, lot)).sum()
    }

    /// The largest share of non-conforming meters with which a sample of `size` holding `found` of them can be reconciled at
    /// a confidence, one-sided, of an endless lot; 1 where all of them are bad.
    ///
    /// Reference: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404.
    ///
    /// ```
    /// use sigmatau_meter::plan::Attribute;
    /// assert!((Attribute::largest_share(59, 0, 0.95) - (1.0 - 0.05_f64.powf(1.0 / 59.0))).abs() < 1e-14);
    /// ```
    pub fn largest_share(size: u64, found: u64, confidence: f64) -> f64 {
        match found >= size {
            true => 1.0,
            false => turn(0.0, 1.0, |share| at_most(found, size, share, Lot::Endless) <= 1.0 - confidence),
        }
    }
}

/// The chances of a good and of a bad lot.
enum Chance {
    Endless { good: f64, bad: f64 },
    Of { good: u64, bad: u64, lot: u64 },
}

impl Chance {
    fn of(good: f64, bad: f64, lot: Lot) -> Self {
        let Lot::Of(lot) = lot else { return Self::Endless { good, bad } };
        // A share such as 0.07 of 100 is 7 meters, though the product of the two doubles lies above that.
        let meters = |share: f64, slack: f64| share * lot as f64 * (1.0 + slack);
        Self::Of { good: meters(good, 1e-12).floor() as u64, bad: meters(bad, -1e-12).ceil() as u64, lot }
    }

    fn of_good(&self, plan: Attribute) -> f64 {
        match *self {
            Self::Endless { good, .. } => plan.acceptance(good, Lot::Endless),
            Self::Of { good, lot, .. } => hypergeometric(plan.accept, plan.size, good, lot),
        }
    }

    fn of_bad(&self, plan: Attribute) -> f64 {
        match *self {
            Self::Endless { bad, .. } => plan.acceptance(bad, Lot::Endless),
            Self::Of { bad, lot, .. } => hypergeometric(plan.accept, plan.size, bad, lot),
        }
    }

    fn largest(&self) -> u64 {
        match self {
            Self::Endless { .. } => LARGEST,
            Self::Of { lot, .. } => LARGEST.min(*lot),
        }
    }
}

/// The smallest number from `low` to `high` at which something holds that holds from there on.
fn smallest(low: u64, high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let reach = std::iter::successors(Some(low), |reach| (*reach < high).then(|| (2 * reach).min(high)));
    let mut enough = reach.into_iter().find(|reach| holds(*reach))?;
    let mut low = low.max(enough / 2);
    while low < enough {
        let middle = low + (enough - low) / 2;
        if holds(middle) { enough = middle } else { low = middle + 1 }
    }
    Some(enough)
}
