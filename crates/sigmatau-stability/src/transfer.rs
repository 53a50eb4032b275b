//! Time transfer by navigation satellites: the difference of two stations' references from their tracks.
//!
//! A [`Track`] is what a receiver found on one satellite during some minutes: REFSYS, the reference of the
//! station minus the time of the system. [`common_view`] takes the differences of tracks of the same
//! satellite at the same time, in which the clock of the satellite cancels, and then their mean;
//! [`all_in_view`] takes the mean of each station over all its satellites, and then the difference, which is
//! sound where the tracks were made with precise satellite clocks. Tracks of different codes are never mixed:
//! each code is a link by itself.
//!
//! Reading files is not here: see the `cggtts` importer. The functions are O(n log n) in time and O(n) in memory, and
//! give the same bits whatever the order of the tracks.
//!
//! Reference: D. W. Allan, M. A. Weiss, Accurate time and frequency transfer during common-view of a GPS
//! satellite, Proc. 34th Frequency Control Symposium, 1980; Z. Jiang, G. Petit, Time transfer with GPS
//! satellites all in view, Proc. ATF, 2004.

mod mean;
mod outlier;

pub use mean::Mean;
use mean::mean;

/// One track of a station.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Track<'a> {
    /// The satellite, such as `G08`.
    pub satellite: &'a str,
    /// Frequency and code, such as `L1C`.
    pub code: &'a str,
    /// The middle of the track in ns.
    pub time_ns: i64,
    /// The length of the track in s.
    pub length_s: f64,
    /// Reference of the station minus system time in s, at the middle of the track.
    pub refsys_s: f64,
    /// The elevation of the satellite in degrees.
    pub elevation_deg: f64,
}

/// How much each satellite counts in a mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// All alike.
    Plain,
    /// By sin² of the elevation, as the noise of a track grows with 1/sin; a pair of tracks by the inverse of
    /// the sum of both variances.
    Elevation,
}

/// What is chosen about time transfer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Tracks below this elevation in degrees, or of unknown elevation, are left out.
    pub mask_deg: f64,
    /// A value farther from the median of its epoch than this many robust standard deviations is left out.
    pub outlier: f64,
    /// The weights of the means.
    pub weights: Weights,
}

impl Default for Settings {
    /// Tracks from 10° on, outliers beyond 5 robust standard deviations, weights by elevation.
    fn default() -> Self {
        Self { mask_deg: 10.0, outlier: 5.0, weights: Weights::Elevation }
    }
}

/// The difference at one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference<'a> {
    /// The code of the link.
    pub code: &'a str,
    /// The middle of the tracks in ns.
    pub time_ns: i64,
    /// Reference of the first station minus reference of the second, in s.
    pub difference_s: f64,
    /// Standard uncertainty of the mean from the scatter of the satellites, in s; `NaN` where a station has
    /// only one.
    pub uncertainty_s: f64,
    /// Standard deviation of a single satellite's difference in s; `NaN` where a station has only one.
    pub deviation_s: f64,
    /// The satellites in the mean, of the first and of the second station.
    pub satellites: [usize; 2],
}

/// A value that was left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier<'a> {
    /// The station, 0 or 1; nothing for a difference of both.
    pub station: Option<usize>,
    /// The satellite.
    pub satellite: &'a str,
    /// The code.
    pub code: &'a str,
    /// The middle of the track in ns.
    pub time_ns: i64,
    /// Its distance from the median of the epoch in s.
    pub residual_s: f64,
}

/// A time transfer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transfer<'a> {
    /// The differences, sorted by code and time; the epochs are as irregular as the tracks.
    pub differences: Vec<Difference<'a>>,
    /// What was left out, in the same order.
    pub outliers: Vec<Outlier<'a>>,
    /// Tracks below the mask, or without a value.
    pub masked: usize,
    /// Tracks of a satellite, code and time that were there already.
    pub repeated: usize,
    /// Tracks without a partner: for common view in the other station, for all in view in its epoch.
    pub unmatched: usize,
}

/// A value of one satellite with its weight.
#[derive(Clone, Copy, Debug)]
struct Sample<'a> {
    satellite: &'a str,
    epoch: Epoch<'a>,
    value: f64,
    weight: f64,
}

/// What has to agree: code, middle and length in ns. With the middle and the length the start agrees too.
type Epoch<'a> = (&'a str, i64, i64);

/// Returns the difference of two stations from the satellites that both saw at the same time.
///
/// For each satellite d = REFSYS₁ − REFSYS₂ from tracks of one code, start and length; for each epoch
/// the mean Σ w d / Σ w over the satellites, with w = 1 or w = 1/(1/sin² E₁ + 1/sin² E₂), and its standard
/// uncertainty u² = Σ w (d − mean)² / ((n − 1) Σ w), which has n − 1 degrees of freedom. u covers what differs
/// between satellites; an error that they share, of a delay or an antenna position, is not in it.
///
/// ```
/// use sigmatau_stability::transfer::{Settings, Track, common_view};
/// let track = |satellite, refsys_s| {
///     Track { satellite, code: "L1C", time_ns: 0, length_s: 780.0, refsys_s, elevation_deg: 45.0 }
/// };
/// let first = [track("G01", 12e-9), track("G02", 10e-9), track("G03", 7e-9)];
/// let second = [track("G02", 4e-9), track("G01", 4e-9)];
/// let transfer = common_view(&first, &second, &Settings::default());
/// let difference = transfer.differences[0];
/// assert!((difference.difference_s - 7e-9).abs() < 1e-20);
/// assert!((difference.uncertainty_s - 1e-9).abs() < 1e-20);
/// assert_eq!((difference.satellites, transfer.unmatched), ([2, 2], 1));
/// ```
pub fn common_view<'a>(first: &[Track<'a>], second: &[Track<'a>], settings: &Settings) -> Transfer<'a> {
    let mut transfer = Transfer::default();
    let [first, second] = [first, second].map(|tracks| usable(tracks, settings, &mut transfer));
    let pairs = paired(&first, &second, settings.weights);
    transfer.unmatched = first.len() + second.len() - 2 * pairs.len();
    let kept = outlier::without(pairs, settings.outlier, None, &mut transfer.outliers);
    let differences = kept.chunk_by(|one, next| one.epoch == next.epoch).map(|samples| {
        let mean = mean(samples.iter().map(|sample| (sample.value, sample.weight)));
        difference(samples[0].epoch, mean.value, mean.uncertainty, mean.deviation, [mean.n; 2])
    });
    transfer.differences = differences.collect();
    transfer
}

/// Returns the difference of the means that two stations find over all their satellites.
///
/// For each station and epoch the mean of REFSYS over its satellites, with w = 1 or w = sin² E, and for each
/// epoch that both have the difference of the means; its variance is the sum of the variances of both means.
/// Errors of the satellite clocks do not cancel where the stations see different satellites.
///
/// ```
/// use sigmatau_stability::transfer::{Settings, Track, all_in_view};
/// let track = |satellite, refsys_s| {
///     Track { satellite, code: "L3P", time_ns: 0, length_s: 780.0, refsys_s, elevation_deg: 45.0 }
/// };
/// let first = [track("G01", 12e-9), track("G02", 10e-9)];
/// let second = [track("G30", 4e-9), track("G31", 2e-9)];
/// let transfer = all_in_view(&first, &second, &Settings::default());
/// assert!((transfer.differences[0].difference_s - 8e-9).abs() < 1e-20);
/// ```
pub fn all_in_view<'a>(first: &[Track<'a>], second: &[Track<'a>], settings: &Settings) -> Transfer<'a> {
    let mut transfer = Transfer::default();
    let stations = [first, second].map(|tracks| usable(tracks, settings, &mut transfer));
    let mut means = Vec::new();
    for (station, tracks) in stations.iter().enumerate() {
        let samples = tracks.iter().map(|track| sample(track, settings.weights)).collect();
        let kept = outlier::without(samples, settings.outlier, Some(station), &mut transfer.outliers);
        means.push(station_means(&kept));
    }
    transfer.outliers.sort_by_key(|outlier| (outlier.code, outlier.time_ns, outlier.satellite, outlier.station));
    let common = merged(&means[0], &means[1], |mean| mean.0);
    let count = |mean: &(Epoch<'_>, Mean)| mean.1.n;
    let matched: usize = common.iter().map(|(one, other)| count(one) + count(other)).sum();
    transfer.unmatched = means.iter().flatten().map(count).sum::<usize>() - matched;
    transfer.differences = common.into_iter().map(|(one, other)| between(one, other)).collect();
    transfer
}

/// The difference of the means of two stations.
fn between<'a>((epoch, one): &(Epoch<'a>, Mean), (_, other): &(Epoch<'a>, Mean)) -> Difference<'a> {
    let (uncertainty, deviation) = (one.uncertainty.hypot(other.uncertainty), one.deviation.hypot(other.deviation));
    difference(*epoch, one.value - other.value, uncertainty, deviation, [one.n, other.n])
}

fn difference(
    (code, time_ns, _): Epoch<'_>,
    difference_s: f64,
    uncertainty_s: f64,
    deviation_s: f64,
    satellites: [usize; 2],
) -> Difference<'_> {
    Difference { code, time_ns, difference_s, uncertainty_s, deviation_s, satellites }
}

fn epoch<'a>(track: &Track<'a>) -> Epoch<'a> {
    (track.code, track.time_ns, (track.length_s * 1e9).round() as i64)
}

/// The tracks above the mask that have a value, sorted by epoch and satellite, each once. Of repeated ones the
/// smallest REFSYS is kept, so that their order does not matter.
fn usable<'a>(tracks: &[Track<'a>], settings: &Settings, transfer: &mut Transfer<'a>) -> Vec<Track<'a>> {
    let visible = |track: &&Track<'_>| track.elevation_deg >= settings.mask_deg && track.refsys_s.is_finite();
    let mut usable: Vec<Track<'a>> = tracks.iter().filter(visible).copied().collect();
    transfer.masked += tracks.len() - usable.len();
    usable.sort_by(|one, other| {
        let by_key = (epoch(one), one.satellite).cmp(&(epoch(other), other.satellite));
        let by_value = by_key.then(one.refsys_s.total_cmp(&other.refsys_s));
        by_value.then(one.elevation_deg.total_cmp(&other.elevation_deg))
    });
    let sorted = usable.len();
    usable.dedup_by_key(|track| (epoch(track), track.satellite));
    transfer.repeated += sorted - usable.len();
    usable
}

/// The variance of a track relative to that of one in the zenith.
fn variance(track: &Track<'_>, weights: Weights) -> f64 {
    match weights {
        Weights::Plain => 1.0,
        Weights::Elevation => track.elevation_deg.to_radians().sin().powi(-2),
    }
}

fn sample<'a>(track: &Track<'a>, weights: Weights) -> Sample<'a> {
    let (satellite, epoch, value) = (track.satellite, epoch(track), track.refsys_s);
    Sample { satellite, epoch, value, weight: 1.0 / variance(track, weights) }
}

/// The differences of tracks of one satellite and epoch.
fn paired<'a>(first: &[Track<'a>], second: &[Track<'a>], weights: Weights) -> Vec<Sample<'a>> {
    let pair = |(one, other): (&Track<'a>, &Track<'a>)| Sample {
        value: one.refsys_s - other.refsys_s,
        weight: 1.0 / (variance(one, weights) + variance(other, weights)),
        ..sample(one, weights)
    };
    merged(first, second, |track| (epoch(track), track.satellite)).into_iter().map(pair).collect()
}

fn station_means<'a>(samples: &[Sample<'a>]) -> Vec<(Epoch<'a>, Mean)> {
    let epochs = samples.chunk_by(|one, next| one.epoch == next.epoch);
    let weighted = |samples: &[Sample<'_>]| mean(samples.iter().map(|sample| (sample.value, sample.weight)));
    epochs.map(|samples| (samples[0].epoch, weighted(samples))).collect()
}

/// The pairs with one key in two lists, each sorted by its key and without repetition.
fn merged<'s, T, K: Ord>(first: &'s [T], second: &'s [T], key: impl Fn(&T) -> K) -> Vec<(&'s T, &'s T)> {
    let partner = |one: &'s T| second.binary_search_by_key(&key(one), &key).ok().map(|place| (one, &second[place]));
    first.iter().filter_map(partner).collect()
}

#[cfg(test)]
mod tests;
