use super::*;
use crate::interval::chi_squared_quantile;
use proptest::prelude::*;
use sigmatau_spectrum::random::Gaussian;

const SATELLITES: [&str; 8] = ["G01", "G02", "G03", "G04", "E05", "E06", "E07", "C08"];
const CODES: [&str; 2] = ["L1C", "L3P"];
const PLAIN: Settings = Settings { mask_deg: 0.0, outlier: f64::INFINITY, weights: Weights::Plain };

fn track(satellite: usize, code: usize, time: i64, refsys_ns: f64, elevation_deg: f64) -> Track<'static> {
    let (satellite, code, time_ns) = (SATELLITES[satellite], CODES[code], time * 960_000_000_000);
    Track { satellite, code, time_ns, length_s: 780.0, refsys_s: refsys_ns * 1e-9, elevation_deg }
}

/// Any tracks of a station.
fn tracks() -> impl Strategy<Value = Vec<Track<'static>>> {
    let any = (0..8_usize, 0..2_usize, 0..6_i64, -50.0..50.0_f64, 0.0..90.0_f64);
    prop::collection::vec(any.prop_map(|(s, c, t, x, e)| track(s, c, t, x, e)), 0..60)
}

fn settings() -> impl Strategy<Value = Settings> {
    let weights = prop_oneof![Just(Weights::Plain), Just(Weights::Elevation)];
    (0.0..30.0_f64, 1.0..8.0_f64, weights).prop_map(|(mask_deg, outlier, weights)| Settings {
        mask_deg,
        outlier,
        weights,
    })
}

/// Common view and all in view.
fn both<'a>(first: &[Track<'a>], second: &[Track<'a>], settings: &Settings) -> [Transfer<'a>; 2] {
    [common_view(first, second, settings), all_in_view(first, second, settings)]
}

/// The bits that are compared where a number may be `NaN`.
fn bits(transfer: &Transfer<'_>) -> Vec<(String, i64, [u64; 3], [usize; 2])> {
    let row = |d: &Difference<'_>| {
        let numbers = [d.difference_s, d.uncertainty_s, d.deviation_s].map(f64::to_bits);
        (d.code.to_owned(), d.time_ns, numbers, d.satellites)
    };
    transfer.differences.iter().map(row).collect()
}

/// The plain mean of the differences of every pair at one code and epoch, by trying every pair.
fn slow_common_view(first: &[Track<'_>], second: &[Track<'_>], code: &str, time_ns: i64) -> Option<f64> {
    let mut differences = Vec::new();
    for one in first.iter().filter(|track| track.code == code && track.time_ns == time_ns) {
        for other in second.iter().filter(|track| track.code == code && track.time_ns == time_ns) {
            if one.satellite == other.satellite {
                differences.push(one.refsys_s - other.refsys_s);
            }
        }
    }
    (!differences.is_empty()).then(|| differences.iter().sum::<f64>() / differences.len() as f64)
}

/// The tracks without those of a satellite, code and time that were there before.
fn single<'a>(tracks: &[Track<'a>]) -> Vec<Track<'a>> {
    let same = |a: &Track<'_>, b: &Track<'_>| (a.satellite, a.code, a.time_ns) == (b.satellite, b.code, b.time_ns);
    let fresh = |place: &usize| !tracks[..*place].iter().any(|earlier| same(earlier, &tracks[*place]));
    (0..tracks.len()).filter(fresh).map(|place| tracks[place]).collect()
}

proptest! {
    #[test]
    fn swapped_stations_change_the_sign_and_nothing_else(a in tracks(), b in tracks(), settings in settings()) {
        for (one, other) in both(&a, &b, &settings).into_iter().zip(both(&b, &a, &settings)) {
            prop_assert_eq!(one.differences.len(), other.differences.len());
            for (d, e) in one.differences.iter().zip(&other.differences) {
                prop_assert_eq!(d.difference_s, -e.difference_s);
                prop_assert_eq!(d.uncertainty_s.to_bits(), e.uncertainty_s.to_bits());
                prop_assert_eq!(d.satellites, [e.satellites[1], e.satellites[0]]);
            }
            prop_assert_eq!((one.masked, one.repeated, one.unmatched), (other.masked, other.repeated, other.unmatched));
        }
    }

    #[test]
    fn order_of_the_tracks_does_not_matter(a in tracks(), b in tracks(), settings in settings(), turn in 0..60_usize) {
        let mut turned = a.clone();
        turned.reverse();
        turned.rotate_left(turn % a.len().max(1));
        for (one, other) in both(&a, &b, &settings).iter().zip(both(&turned, &b, &settings)) {
            prop_assert_eq!(bits(one), bits(&other));
            prop_assert_eq!(&one.outliers, &other.outliers);
        }
    }

    #[test]
    fn common_delay_cancels(a in tracks(), b in tracks(), delay_ns in -1e6..1e6_f64) {
        let delayed = |tracks: &[Track<'static>]| -> Vec<Track<'static>> {
            tracks.iter().map(|track| Track { refsys_s: track.refsys_s + delay_ns * 1e-9, ..*track }).collect()
        };
        for (one, other) in both(&a, &b, &PLAIN).iter().zip(both(&delayed(&a), &delayed(&b), &PLAIN)) {
            for (d, e) in one.differences.iter().zip(&other.differences) {
                // f64 near 1 ms lie 2e-19 s apart.
                prop_assert!((d.difference_s - e.difference_s).abs() < 2e-18, "{d:?} {e:?}");
            }
        }
    }

    #[test]
    fn common_view_agrees_with_trying_every_pair(a in tracks(), b in tracks()) {
        let (a, b) = (single(&a), single(&b));
        let transfer = common_view(&a, &b, &PLAIN);
        for code in CODES {
            for time in (0..6).map(|time| time * 960_000_000_000) {
                let found = transfer.differences.iter().find(|d| d.code == code && d.time_ns == time);
                match slow_common_view(&a, &b, code, time) {
                    Some(mean) => prop_assert!((found.unwrap().difference_s - mean).abs() < 1e-21),
                    None => prop_assert_eq!(found, None),
                }
            }
        }
        prop_assert!(a.len() + b.len() >= transfer.unmatched);
    }
}

#[test]
fn clocks_of_satellites_cancel_in_common_view_only() {
    let error = [40.0, -25.0, 60.0];
    let first: Vec<Track<'_>> = (0..3).map(|s| track(s, 0, 0, 100.0 + error[s], 50.0)).collect();
    let second: Vec<Track<'_>> = (0..2).map(|s| track(s, 0, 0, 93.0 + error[s], 50.0)).collect();
    let [common, all] = both(&first, &second, &PLAIN);
    assert!((common.differences[0].difference_s - 7e-9).abs() < 1e-21 && common.differences[0].uncertainty_s < 1e-21);
    assert!((all.differences[0].difference_s - (7.0 + 25.0 - 7.5) * 1e-9).abs() < 1e-20, "{:?}", all.differences[0]);
    assert_eq!((common.unmatched, all.unmatched, all.differences[0].satellites), (1, 0, [3, 2]));
}

#[test]
fn weights_by_elevation_follow_the_formula() {
    let first = [track(0, 0, 0, 10.0, 90.0), track(1, 0, 0, 20.0, 30.0)];
    let second = [track(0, 0, 0, 0.0, 30.0), track(1, 0, 0, 0.0, 30.0)];
    let [common, all] = both(&first, &second, &Settings { weights: Weights::Elevation, ..PLAIN });
    // 1/(1 + 4) and 1/(4 + 4); 1 and 1/4.
    let expected = [(10.0 / 5.0 + 20.0 / 8.0) / (1.0 / 5.0 + 1.0 / 8.0), (10.0 + 20.0 / 4.0) / 1.25];
    for (transfer, expected) in [common, all].iter().zip(expected) {
        assert!((transfer.differences[0].difference_s - expected * 1e-9).abs() < 1e-22, "{transfer:?}");
    }
}

#[test]
fn low_unknown_and_repeated_tracks_are_counted() {
    let first = [
        track(0, 0, 0, 1.0, 9.9),
        track(1, 0, 0, 1.0, f64::NAN),
        track(2, 0, 0, f64::NAN, 50.0),
        track(3, 0, 0, 2.0, 50.0),
    ];
    let second = [track(3, 0, 0, 1.0, 50.0), track(3, 0, 0, 1.0, 50.0), track(3, 1, 0, 1.0, 50.0)];
    let transfer = common_view(&first, &second, &Settings::default());
    assert_eq!((transfer.masked, transfer.repeated, transfer.unmatched, transfer.differences.len()), (3, 1, 1, 1));
}

#[test]
fn tracks_of_other_length_or_time_are_no_partners() {
    let one = track(0, 0, 0, 1.0, 50.0);
    for other in [Track { length_s: 390.0, ..one }, Track { time_ns: 1, ..one }, Track { code: "L2P", ..one }] {
        let transfers = both(&[one], &[other], &PLAIN);
        assert!(transfers.iter().all(|transfer| transfer.differences.is_empty() && transfer.unmatched == 2));
    }
}

#[test]
fn broken_track_is_listed_and_does_not_move_the_difference() {
    let station = |offset: f64, stride: i64| -> Vec<Track<'static>> {
        let one = |k: i64| track((k % 8) as usize, 0, k / 8, offset + 0.1 * (k * stride % 11) as f64, 50.0);
        (0..40).map(one).collect()
    };
    let (sound, second) = (station(30.0, 7), station(10.0, 5));
    let mut first = sound.clone();
    first[11].refsys_s += 500e-9;
    let settings = Settings { outlier: 8.0, ..Settings::default() };
    let transfers = both(&first, &second, &settings).into_iter().zip(both(&sound, &second, &settings));
    for ((broken, sound), station) in transfers.zip([None, Some(0)]) {
        let listed: Vec<_> =
            broken.outliers.iter().map(|found| (found.station, found.satellite, found.time_ns)).collect();
        assert_eq!(listed, [(station, "G04", 960_000_000_000)]);
        for (one, other) in broken.differences.iter().zip(&sound.differences) {
            assert!((one.difference_s - other.difference_s).abs() < 0.2e-9, "{one:?} {other:?}");
        }
    }
}

/// Student's quantile for a two-sided probability of 95 %, for 5 degrees of freedom.
const STUDENT_5: f64 = 2.570_581_835_636_314;

/// Tracks of `satellites` satellites in many epochs: the noise of a track is 1 ns in the zenith and grows with 1/sin E.
fn simulated(satellites: usize, epochs: i64, offset: f64, stream: u64) -> Vec<Track<'static>> {
    let mut noise = Gaussian::new(20_260_131, stream);
    let elevation = |satellite: usize, epoch: i64| 12.0 + ((satellite as i64 * 29 + epoch * 13) % 75) as f64;
    let mut one = |k: i64| {
        let (satellite, epoch) = ((k % satellites as i64) as usize, k / satellites as i64);
        let elevation = elevation(satellite, epoch);
        track(satellite, 0, epoch, offset + noise.draw() / elevation.to_radians().sin(), elevation)
    };
    (0..epochs * satellites as i64).map(&mut one).collect()
}

#[test]
fn intervals_of_common_view_cover_as_often_as_they_say() {
    let (first, second) = (simulated(6, 4000, 25.0, 1), simulated(6, 4000, 5.0, 2));
    let settings = Settings { outlier: f64::INFINITY, ..Settings::default() };
    let transfer = common_view(&first, &second, &settings);
    let covered = |d: &&Difference<'_>| (d.difference_s - 20e-9).abs() <= STUDENT_5 * d.uncertainty_s;
    let share = transfer.differences.iter().filter(covered).count() as f64 / 4000.0;
    // Three standard deviations of a share of 95 % in 4000 epochs are 1 %.
    assert!((share - 0.95).abs() < 0.0104, "{share}");
}

#[test]
fn variance_of_all_in_view_is_the_one_that_it_states() {
    let (first, second) = (simulated(8, 4000, 25.0, 3), simulated(5, 4000, 5.0, 4));
    let settings = Settings { outlier: f64::INFINITY, ..Settings::default() };
    let differences = all_in_view(&first, &second, &settings).differences;
    let stated: f64 = differences.iter().map(|d| d.uncertainty_s.powi(2)).sum();
    let found: f64 = differences.iter().map(|d| (d.difference_s - 20e-9).powi(2)).sum();
    let bounds = [0.001, 0.999].map(|p| chi_squared_quantile(p, 4000.0).unwrap() / 4000.0);
    // The stated variance scatters too, about half as much again: 4000 epochs with 4 and 7 degrees of freedom.
    assert!(found / stated > bounds[0] - 0.04 && found / stated < bounds[1] + 0.04, "{}", found / stated);
}
