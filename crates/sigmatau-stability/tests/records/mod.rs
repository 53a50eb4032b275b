//! The records that trusted figures exist for.
#![allow(dead_code, reason = "each test binary uses some of these")]

use std::io::Read;
use std::path::PathBuf;

/// Every record that is at hand, by name. What needs shared data is left out, loudly, where there is none.
pub(crate) fn available() -> Vec<(String, Vec<f64>)> {
    let suite = suite_frequency();
    let mean = suite.iter().sum::<f64>() / 1000.0;
    let centred: Vec<f64> = suite.iter().map(|y| y - mean).collect();
    let nbs9 = [892.0, 809.0, 823.0, 798.0, 671.0, 644.0, 883.0, 903.0, 677.0];
    let own = [("nist1000", integrated(&suite)), ("phase_dat", integrated(&centred)), ("nbs9", integrated(&nbs9))];
    let own = own.map(|(name, x)| (name.to_owned(), x));
    own.into_iter().chain(gps_1pps().map(|x| ("gps_1pps".to_owned(), x))).collect()
}

/// The 1000 frequency values of NIST SP 1065, 12.4: n(i+1) = 16807 n(i) mod 2147483647, y = n/2147483647.
pub(crate) fn suite_frequency() -> Vec<f64> {
    let next = |n: &u64| Some(n * 16_807 % 2_147_483_647);
    std::iter::successors(Some(1_234_567_890), next).take(1000).map(|n| n as f64 / 2_147_483_647.0).collect()
}

/// Phase from frequency at τ₀ = 1 s.
pub(crate) fn integrated(y: &[f64]) -> Vec<f64> {
    sigmatau_core::FrequencySeries::new(y, 1.0).unwrap().to_phase().remove(0)
}

/// 241 218 phases of a GPS receiver's 1PPS, from shared data.
#[expect(clippy::print_stderr, reason = "a comparison that is skipped is said aloud")]
fn gps_1pps() -> Option<Vec<f64>> {
    let path = shared_data().join("timefreq/gps_1pps/gps_1pps_phase_data.txt.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: no shared data at {}; the rows of gps_1pps are not compared", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text.lines().filter(|line| !line.starts_with('#')).map(|line| line.trim().parse().unwrap()).collect())
}

fn shared_data() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    std::env::var_os("SIGMATAU_SHARED_DATA").map_or_else(beside, PathBuf::from)
}
