//! Sampling plans for lots of meters, reckoned from what is asked of them; no table of a standard is kept here.
//!
//! What lives here: [`Attribute`] plans, which count the meters that do not conform, exactly by the binomial distribution of
//! an endless lot or the hypergeometric one of a lot of N; [`Variables`] plans, which take mean and standard deviation of the
//! errors; and what a lot has to be today so that it conforms until the next inspection.
//!
//! The tables of ISO 2859-1, ISO 2859-2, ISO 3951 and of OIML G 20, and the sample tables of national rules, were not
//! available, and are not needed: a plan is what its operating characteristic says. A national plan (n, Ac) is judged by
//! [`Attribute::acceptance`].

mod attribute;
mod count;
mod variables;

pub use attribute::Attribute;
pub use variables::Variables;

/// How many meters a lot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lot {
    /// So many that drawing some does not change the rest.
    Endless,
    /// This many.
    Of(u64),
}

/// What a plan has to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirement {
    /// The share of non-conforming meters of a lot that ought to be accepted, such as AQL = 0.01.
    pub good: f64,
    /// The largest probability α of refusing it all the same: the producer's risk.
    pub alpha: f64,
    /// The share of a lot that ought to be refused, such as LQ = 0.05.
    pub bad: f64,
    /// The largest probability β of accepting it all the same: the consumer's risk.
    pub beta: f64,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The requirement contradicts itself.
    #[error("find a plan that accepts a share of {good} and refuses {bad}: 0 ≤ good < bad < 1 is needed")]
    Shares {
        /// The share to accept.
        good: f64,
        /// The share to refuse.
        bad: f64,
    },
    /// A risk is no probability that can be kept.
    #[error("find a plan with the risks α = {alpha} and β = {beta}: both have to be above 0, their sum below 1")]
    Risks {
        /// The producer's.
        alpha: f64,
        /// The consumer's.
        beta: f64,
    },
    /// Even the largest sample that is tried does not do it.
    #[error(
        "find a plan for shares of {good} and {bad}: more than {tried} meters would be needed; let them lie farther apart"
    )]
    TooLarge {
        /// The share to accept.
        good: f64,
        /// The share to refuse.
        bad: f64,
        /// The largest sample that was tried.
        tried: u64,
    },
    /// So many meters will fail until the next inspection that the lot cannot conform then.
    #[error(
        "find a plan until the next inspection: with {survival} of the meters surviving, a share of {bad} is passed in any case"
    )]
    NotUntilThen {
        /// The share that survives.
        survival: f64,
        /// The share to refuse.
        bad: f64,
    },
}

impl Requirement {
    /// The same requirement, if it can be met.
    ///
    /// # Errors
    /// When the shares do not ascend or the risks leave no room.
    pub fn checked(self) -> Result<Self, PlanError> {
        let Self { good, alpha, bad, beta } = self;
        match () {
            () if !(good >= 0.0 && good < bad && bad < 1.0) => Err(PlanError::Shares { good, bad }),
            () if !(alpha > 0.0 && beta > 0.0 && alpha + beta < 1.0) => Err(PlanError::Risks { alpha, beta }),
            () => Ok(self),
        }
    }

    /// What has to be asked today so that a share of [`Requirement::bad`] is not passed until the next inspection, which the
    /// share `survival` = R(t + Δ)/R(t) of the conforming meters reaches as such: 1 − (1 − bad)/survival.
    ///
    /// Take for `survival` the lower end of its interval. The lot that ought to be accepted stays what it is.
    ///
    /// Reference: K. Klauenberg, C. Elster, Metrologia 54 (2017), on sampling with a reliability function.
    ///
    /// # Errors
    /// When so many fail until then that no lot conforms, or the one to accept would not.
    ///
    /// ```
    /// use sigmatau_meter::plan::Requirement;
    /// let requirement = Requirement { good: 0.005, alpha: 0.1, bad: 0.05, beta: 0.05 };
    /// assert!((requirement.until_next(0.98)?.bad - 0.030_612_244_897_959).abs() < 1e-15);
    /// assert!(requirement.until_next(0.94).is_err());
    /// # Ok::<(), sigmatau_meter::plan::PlanError>(())
    /// ```
    pub fn until_next(self, survival: f64) -> Result<Self, PlanError> {
        let bad = 1.0 - (1.0 - self.bad) / survival;
        match bad > 0.0 {
            true => Self { bad, ..self }.checked(),
            false => Err(PlanError::NotUntilThen { survival, bad: self.bad }),
        }
    }
}

#[cfg(test)]
mod tests;
