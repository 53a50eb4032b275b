//! The Allan family: estimators, noise identification, degrees of freedom, intervals.
