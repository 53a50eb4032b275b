//! A record that streams by gives what it gives at once.

use sigmatau_core::PhaseSeries;
use sigmatau_spectrum::PowerLaw;
use sigmatau_stability::stream::SEAM;
use sigmatau_stability::{Analysis, ClockData, Estimator, Settings, Stream, TauList, analyse};

const POINTS: usize = 4 * SEAM + 12_345;

fn record() -> Vec<f64> {
    let mut x = PowerLaw::from_deviation(-1, 1e-12, 1.0).unwrap().phase(POINTS, 1.0, 7, 1);
    x.iter_mut().enumerate().for_each(|(i, x)| *x += 1e-9 * i as f64 + 1e-19 * (i as f64).powi(2));
    x
}

/// With gaps near both sides of seams and blocks, the last ones long before the end.
fn record_with_gaps() -> Vec<f64> {
    let mut x = record();
    let gaps = [0, 5, 8190, 8193, SEAM - 1, SEAM + 1, SEAM + 2, 2 * SEAM - 2, 2 * SEAM, 100_000, 100_001, 100_100];
    gaps.into_iter().for_each(|gap| x[gap] = f64::NAN);
    x[150_000..151_000].fill(f64::NAN);
    x
}

fn settings() -> Settings {
    let names = ["adev", "oadev", "mdev", "tdev", "hdev", "ohdev", "mtie", "tierms"];
    let estimators = names.iter().map(|name| Estimator::named(name).unwrap()).collect();
    let taus = TauList::Explicit(vec![1.0, 2.0, 3.0, 4.0, 7.0, 64.0, 100.0, 1000.0, 4096.0, 4501.0]);
    Settings { estimators, taus, ..Settings::default() }
}

/// The same without identification, to averaging times that span rows of blocks.
fn long_settings() -> Settings {
    let taus = TauList::Explicit(vec![1.0, 4000.0]);
    Settings { taus, noise: sigmatau_stability::Noise::of(-1), ..settings() }
}

fn at_once(x: &[f64], settings: &Settings) -> Analysis {
    analyse(&ClockData::Phase(PhaseSeries::new(x, 1.0).unwrap()), settings)
}

fn streamed(x: &[f64], settings: &Settings, cuts: &[usize]) -> Analysis {
    let mut stream = Stream::new(settings, 1.0, x.len()).unwrap();
    let starts = [0].iter().chain(cuts);
    let ends = cuts.iter().chain(std::iter::once(&POINTS));
    starts.zip(ends).for_each(|(start, end)| stream.push(&x[*start..*end]));
    stream.finish()
}

fn merged(x: &[f64], settings: &Settings, seams: &[usize]) -> Analysis {
    let starts = [0].iter().chain(seams);
    let ends = seams.iter().chain(std::iter::once(&POINTS));
    let stretches = starts.zip(ends).map(|(start, end)| {
        let mut stretch = Stream::stretch(settings, 1.0, x.len(), *start).unwrap();
        stretch.push(&x[*start..*end]);
        stretch
    });
    stretches.reduce(Stream::merge).unwrap().finish()
}

#[test]
fn a_stream_gives_every_bit_of_the_whole_record_however_it_is_cut() {
    for x in [record(), record_with_gaps()] {
        for settings in [settings(), long_settings()] {
            let whole = at_once(&x, &settings);
            let TauList::Explicit(taus) = &settings.taus else { panic!("explicit averaging times") };
            assert_eq!(whole.points.len(), settings.estimators.len() * taus.len());
            for cuts in [&[][..], &[1, 2, 65_000, 65_600, 200_000], &[SEAM, 2 * SEAM]] {
                assert_eq!(streamed(&x, &settings, cuts), whole, "{cuts:?}");
            }
        }
    }
}

#[test]
fn merged_stretches_differ_by_the_rounding_of_their_sums() {
    for x in [record(), record_with_gaps()] {
        let whole = at_once(&x, &settings());
        for seams in [&[SEAM][..], &[SEAM, 2 * SEAM, 3 * SEAM, 4 * SEAM], &[2 * SEAM, 4 * SEAM]] {
            let merged = merged(&x, &settings(), seams);
            assert_eq!(merged.findings, whole.findings);
            for (merged, whole) in merged.points.iter().zip(&whole.points) {
                let what = format!("{} at m = {}, seams {seams:?}", whole.estimator.name, whole.m);
                assert_eq!((merged.n, merged.noise, merged.gaps), (whole.n, whole.noise, whole.gaps), "{what}");
                // The modified statistics take off another line, and then round other numbers.
                let limit = match whole.estimator.name {
                    "mdev" | "tdev" => 1e-9,
                    "mtie" => 0.0, // a maximum is not rounded
                    _ => 1e-14,
                };
                let off = (merged.deviation / whole.deviation - 1.0).abs();
                assert!(off <= limit, "{what}: {off:e}");
            }
        }
    }
}

#[test]
fn thread_count_leaves_every_bit_of_a_stream_unchanged() {
    let x = record_with_gaps();
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| streamed(&x, &settings(), &[100_000]))
    };
    assert_eq!(with_threads(7), with_threads(1));
}

#[test]
fn what_needs_the_whole_record_is_refused() {
    let refused = Stream::new(&Settings::default(), 1.0, POINTS).unwrap_err().to_string();
    assert_eq!(refused, "stream the record: at m = 8192 it has fewer than 60 points");
}
