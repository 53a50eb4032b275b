//! The time error of a clock, whatever was measured.

use sigmatau_core::{Finding, FrequencySeries, PhaseSeries, Severity};
use sigmatau_data::clock::{ClockKind, ClockSeries};
use sigmatau_stability::predict::Trend;
use std::borrow::Cow;

/// Time errors on an even grid, and what has to be said about them.
pub(super) struct Phase<'a> {
    pub(super) values: Cow<'a, [f64]>,
    pub(super) remark: Option<Finding>,
}

/// The phases of a clock, or why there are none. From frequencies it is the longest run without a gap,
/// counted from zero at its beginning. Nothing where the data were refused while they were read.
pub(super) fn phase_of(clock: &ClockSeries) -> Option<Result<Phase<'_>, Finding>> {
    if clock.findings.iter().any(|finding| finding.severity == Severity::Failure) {
        return None;
    }
    let phase = match clock.kind {
        ClockKind::Phase => PhaseSeries::new(&clock.values, clock.tau0)
            .map(|_| Phase { values: Cow::from(&clock.values), remark: None }),
        ClockKind::Frequency => FrequencySeries::new(&clock.values, clock.tau0).map(|frequency| {
            let longest = frequency.to_phase().into_iter().max_by_key(Vec::len).unwrap_or_default();
            Phase { values: longest.into(), remark: Some(from_frequency()) }
        }),
    };
    Some(phase.map_err(|error| unusable(&error.to_string())))
}

/// What of a clock's course can be drawn out.
pub(super) const TRENDS: [Trend; 2] = [Trend::Frequency, Trend::Drift];

/// The remark that a clock can't be used.
pub(super) fn unusable(seen: &str) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-assessable",
        seen,
        "the clock is not in the result",
        "check the sampling interval, and mark missing points as null",
    )
}

/// The remark that a record is too short to fit noise levels or to predict from it.
pub(super) fn unpredictable() -> Finding {
    Finding::new(
        Severity::Failure,
        "no-prediction",
        "the record has too few readings in a row, or no noise",
        "nothing can be predicted from it",
        "record longer; a dozen readings without a gap are the least",
    )
}

fn from_frequency() -> Finding {
    Finding::new(
        Severity::Note,
        "time-from-frequency",
        "the data are frequencies",
        "the time error counts from the beginning of the longest run without a gap",
        "state phase data where the time error itself matters",
    )
}
