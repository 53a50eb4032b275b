//! What the ops on clocks share: their data, and parameters of the same meaning.

use crate::document::{DocumentError, Section};
use sigmatau_core::{Finding, FrequencySeries, PhaseSeries, SeriesError, Severity};
use sigmatau_data::clock::{ClockKind, ClockSeries};
use sigmatau_stability::ClockData;

/// The data of one clock.
///
/// # Errors
/// When they can't be assessed: with the reason, or with nothing where they were refused while they were
/// read, which says why already.
pub(super) fn data(clock: &ClockSeries) -> Result<ClockData<'_>, Vec<Finding>> {
    if clock.findings.iter().any(|finding| finding.severity == Severity::Failure) {
        return Err(Vec::new());
    }
    let data = match clock.kind {
        ClockKind::Phase => PhaseSeries::new(&clock.values, clock.tau0).map(ClockData::Phase),
        ClockKind::Frequency => FrequencySeries::new(&clock.values, clock.tau0).map(ClockData::Frequency),
    };
    data.map_err(|error| vec![not_a_series(&error)])
}

pub(super) fn not_a_series(error: &SeriesError) -> Finding {
    Finding::new(
        Severity::Failure,
        "not-a-series",
        error.to_string(),
        "the stability is not assessable",
        "mark missing points as null and check the sampling interval",
    )
}

/// The level of an interval, under the key `confidence`.
pub(super) fn confidence(section: &Section<'_>) -> Result<f64, DocumentError> {
    let confidence = section.number("confidence")?.unwrap_or(f64::NAN);
    let refused = || section.refuse_key("confidence", &format!("the confidence {confidence} must lie between 0 and 1"));
    (confidence > 0.0 && confidence < 1.0).then_some(confidence).ok_or_else(refused)
}
