//! A fast part of the table of coverages, `COVERAGE.md`, as claims.

mod simulated;

use sigmatau_stability::Convention;
use simulated::{Coverage, Simulation};

const SIMULATION: Simulation = Simulation { records: 400, taus: &[1.0, 9.0, 36.0, 129.0] };

/// Asserts of every statistic under every power law that its intervals cover as stated, or that `excused`.
fn assert_as_stated(stated: bool, convention: Convention, excused: fn(&Coverage) -> bool) {
    for alpha in -4..=2 {
        for row in SIMULATION.coverage(alpha, stated, convention) {
            let holds = row.as_stated || (row.flagged && excused(&row));
            assert!(holds, "α = {alpha}, {} at τ = {}: {:?}", row.estimator.name, row.tau, row.share);
        }
    }
}

/// TheoBR is left out: its bias factor is measured on the record, and the interval, which takes it for
/// known, held the true value in 75 % to 90 % of these records under frequency noise and less under phase
/// noise. Every row of it is flagged.
#[test]
fn intervals_for_the_true_noise_cover_as_stated() {
    assert_as_stated(true, Convention::Exact, |row| row.estimator.name == "theobr");
}

/// A published bias factor that is off shifts the interval; where that matters, a flag says so.
#[test]
fn intervals_about_published_biases_cover_as_stated_or_are_flagged() {
    assert_as_stated(true, Convention::Standard, |_| true);
}

/// The exceptions, documented at `noise::ENOUGH_POINTS`: few points make white PM of what is not, which
/// overstates the degrees of freedom of terms that are not averaged.
#[test]
fn intervals_for_the_identified_noise_cover_as_stated_or_are_flagged() {
    assert_as_stated(false, Convention::Exact, |_| true);
}
