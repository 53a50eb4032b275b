//! A fast part of the table of coverages, `COVERAGE.md`, as claims.

mod simulated;

/// Asserts of every case of a part that its intervals hold the truth as often as claimed, within chance.
fn assert_as_claimed(part: &str, trials: u64) {
    let cases = simulated::cases().into_iter().filter(|case| case.part == part);
    let mut tried = 0;
    for case in cases {
        tried += 1;
        let claim = case.claim;
        for row in case.rows(trials) {
            assert!(row.as_claimed, "{}: {} held {:.3} of {}, {claim:?}", case.name, row.of, row.found, row.trials);
        }
    }
    assert!(tried > 0, "no case of the part {part}");
}

#[test]
fn responses_by_random_excitation_are_held() {
    assert_as_claimed("random excitation", 300);
}

#[test]
fn responses_by_sines_and_pulses_are_held() {
    assert_as_claimed("sines", 400);
    assert_as_claimed("shock", 300);
    assert_as_claimed("merge", 1000);
}

#[test]
fn parameters_and_responses_of_models_are_held() {
    assert_as_claimed("models", 400);
}

/// A compensation of too few taps covers with the bias that it states, and not without.
#[test]
fn filtered_and_corrected_signals_are_held() {
    assert_as_claimed("filters", 600);
}

#[test]
fn deconvolved_and_interpolated_signals_are_held() {
    assert_as_claimed("deconvolution", 300);
    assert_as_claimed("interpolation", 400);
}

#[test]
fn power_energy_and_transducers_are_held() {
    assert_as_claimed("transducers", 200);
    assert_as_claimed("power and energy", 1000);
}

#[test]
fn networks_and_drift_are_held() {
    assert_as_claimed("networks", 1000);
    assert_as_claimed("drift", 1000);
}

#[test]
fn clocks_of_sensors_are_held() {
    assert_as_claimed("sample clocks", 200);
}

#[test]
fn every_part_of_the_table_is_tried() {
    let tried = [
        "random excitation",
        "sines",
        "shock",
        "merge",
        "models",
        "filters",
        "deconvolution",
        "interpolation",
        "transducers",
        "power and energy",
        "networks",
        "drift",
        "sample clocks",
    ];
    assert!(simulated::cases().iter().all(|case| tried.contains(&case.part)));
}
