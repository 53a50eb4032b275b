//! A fast part of the coverage of filtered signals, as claims.

#[path = "coverage/filter.rs"]
mod simulated;

use simulated::Row;

const RECORDS: u64 = 600;

/// Four standard errors of a share of 95 % among so many records.
fn assert_as_stated(row: &Row) {
    let chance = 4.0 * (0.95 * 0.05 / row.trials as f64).sqrt();
    assert!((row.found - 0.95).abs() < chance, "{}: {} of {} records", row.what, row.found, row.trials);
}

#[test]
fn intervals_of_filtered_signals_cover_as_stated() {
    assert_as_stated(&simulated::of_fir(RECORDS));
    assert_as_stated(&simulated::of_iir(RECORDS));
}

#[test]
fn a_corrected_signal_covers_the_truth() {
    assert_as_stated(&simulated::of_close_compensation(RECORDS));
}

#[test]
fn a_short_compensation_covers_with_the_bias_that_it_states_and_not_without() {
    assert!(simulated::of_short_compensation(RECORDS).found < 0.9);
    assert!(simulated::of_stated_bias(RECORDS).found > 0.95);
}
