//! The spectral density of a clock from its record.

use super::Quantity;
use crate::ClockData;
use crate::interval::{self, Interval};
use sigmatau_core::{Finding, Severity};
use sigmatau_spectrum::Cascade;
use sigmatau_spectrum::welch::{Bin, Segmentation, SpectrumError, Welch};
use std::f64::consts::PI;

/// What to estimate, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The densities.
    pub quantities: Vec<Quantity>,
    /// One resolution for all frequencies, or one for each octave.
    pub method: Method,
    /// The window, length, overlap and detrending of the segments.
    pub segmentation: Segmentation,
    /// The confidence level of the two-sided intervals, between 0 and 1.
    pub confidence: f64,
    /// The nominal frequency in Hz, for S_φ and 𝓛.
    pub nominal: Option<f64>,
}

/// How the segments are laid over the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One length of segments: [`sigmatau_spectrum::welch`].
    Welch,
    /// A further stage at half the rate for each octave: [`sigmatau_spectrum::cascade`].
    Cascade,
}

impl Method {
    /// Every method, by its word.
    pub const ALL: [(&'static str, Self); 2] = [("welch", Self::Welch), ("cascade", Self::Cascade)];

    /// The word: `welch` or `cascade`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, method)| *method == self).expect("every method has a word").0
    }
}

/// A density at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Density {
    /// Of what.
    pub quantity: Quantity,
    /// The frequency in Hz.
    pub frequency: f64,
    /// The one-sided density, in the unit of the quantity.
    pub density: f64,
    /// Its degrees of freedom.
    pub dof: f64,
    /// How many neighbouring bins hold the information of one.
    pub shared: f64,
    /// The confidence interval.
    pub interval: Option<Interval>,
}

/// What was found about one clock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// The densities, quantity by quantity, with rising frequency.
    pub densities: Vec<Density>,
    /// Remarks about the data.
    pub findings: Vec<Finding>,
}

/// Estimates the densities of a record.
///
/// What is transformed are the mean frequencies ȳ over the sampling interval τ₀, which leak less than
/// time errors do; S_x = S_ȳ τ₀² / (2 sin πfτ₀)² is exactly the density of the sampled time error, and
/// the other densities are defined by it ([`Quantity`]). Both kinds of data give the same. Towards the
/// Nyquist frequency 1/(2τ₀) aliases raise all of them: white FM by up to (π/2)².
///
/// A segment with a missing point is dropped. Time O(N log N), memory O(segment), times the number of
/// octaves for the cascade.
///
/// # Errors
/// When the segments are too short or do not move on.
pub fn analyse(data: &ClockData<'_>, settings: &Settings) -> Result<Analysis, SpectrumError> {
    let (bins, dropped) = bins(data, settings)?;
    let pairs = settings.quantities.iter().flat_map(|quantity| bins.iter().map(move |bin| (bin, *quantity)));
    let densities = pairs.filter_map(|(bin, quantity)| density(bin, quantity, data, settings)).collect();
    let findings = [too_short(&bins, data, settings), gaps(dropped)].into_iter().flatten().collect();
    Ok(Analysis { densities, findings })
}

/// The bins of the spectrum of ȳ, and how many segments were dropped.
fn bins(data: &ClockData<'_>, settings: &Settings) -> Result<(Vec<Bin>, u64), SpectrumError> {
    let tau0 = tau0(data);
    match settings.method {
        Method::Welch => {
            let mut welch = Welch::new(settings.segmentation, tau0)?;
            each_block(data, |block| welch.push(block));
            Ok((welch.finish().clear().collect(), welch.dropped()))
        }
        Method::Cascade => {
            let mut cascade = Cascade::new(settings.segmentation, tau0)?;
            each_block(data, |block| cascade.push(block));
            Ok((cascade.finish(), cascade.dropped()))
        }
    }
}

fn tau0(data: &ClockData<'_>) -> f64 {
    match data {
        ClockData::Phase(phase) => phase.tau0(),
        ClockData::Frequency(frequency) => frequency.tau0(),
    }
}

/// Points of ȳ that are made at a time.
const BLOCK: usize = 8192;

/// Hands on ȳ block by block, so that it is never all in memory.
fn each_block(data: &ClockData<'_>, mut take: impl FnMut(&[f64])) {
    match data {
        ClockData::Frequency(frequency) => take(frequency.values()),
        ClockData::Phase(phase) => {
            for start in (1..phase.len().max(1)).step_by(BLOCK) {
                let points = &phase.values()[start - 1..phase.len().min(start + BLOCK)];
                take(&points.windows(2).map(|pair| (pair[1] - pair[0]) / phase.tau0()).collect::<Vec<_>>());
            }
        }
    }
}

fn density(bin: &Bin, quantity: Quantity, data: &ClockData<'_>, settings: &Settings) -> Option<Density> {
    let tau0 = tau0(data);
    let time_error = bin.density * (0.5 * tau0 / (PI * bin.frequency * tau0).sin()).powi(2);
    let density = quantity.of_time_error(time_error, bin.frequency, settings.nominal)?;
    let interval = interval::of_density(density, bin.dof, settings.confidence);
    Some(Density { quantity, frequency: bin.frequency, density, dof: bin.dof, shared: bin.shared, interval })
}

fn too_short(bins: &[Bin], data: &ClockData<'_>, settings: &Settings) -> Option<Finding> {
    let length = settings.segmentation.length;
    let points = match data {
        ClockData::Phase(phase) => phase.len().saturating_sub(1),
        ClockData::Frequency(frequency) => frequency.len(),
    };
    bins.is_empty().then(|| {
        Finding::new(
            Severity::Failure,
            "no-segment",
            format!("no segment of {length} frequencies is whole; the record has {points}"),
            "the spectrum is not assessable",
            "ask for shorter segments, or record longer and without gaps",
        )
    })
}

fn gaps(dropped: u64) -> Option<Finding> {
    (dropped > 0).then(|| {
        Finding::new(
            Severity::Warning,
            "segments-dropped",
            format!("{dropped} segments were left out, since points are missing in them"),
            "the intervals are wider than those of a whole record, most at low frequencies",
            "fill short gaps before, or ask for shorter segments",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_core::{FrequencySeries, PhaseSeries};
    use sigmatau_spectrum::welch::Detrend;
    use sigmatau_spectrum::{PowerLaw, Window};

    fn settings(method: Method, length: usize) -> Settings {
        let window = Window::named("hann").unwrap();
        Settings {
            quantities: Quantity::ALL.to_vec(),
            method,
            segmentation: Segmentation { window, length, overlap: length / 2, detrend: Detrend::Linear },
            confidence: 0.95,
            nominal: Some(10e6),
        }
    }

    fn of_phase(x: &[f64], settings: &Settings) -> Analysis {
        analyse(&ClockData::Phase(PhaseSeries::new(x, 0.5).unwrap()), settings).unwrap()
    }

    #[test]
    fn phase_and_frequency_data_of_one_clock_have_the_same_densities() {
        let x = PowerLaw::new(-1, 1e-24).unwrap().phase(20_001, 0.5, 31, 0);
        let y: Vec<f64> = x.windows(2).map(|pair| (pair[1] - pair[0]) / 0.5).collect();
        for (_, method) in Method::ALL {
            let data = ClockData::Frequency(FrequencySeries::new(&y, 0.5).unwrap());
            assert_eq!(analyse(&data, &settings(method, 256)).unwrap(), of_phase(&x, &settings(method, 256)));
        }
    }

    #[test]
    fn frequency_offset_changes_no_density() {
        let x = PowerLaw::new(0, 1e-24).unwrap().phase(5000, 0.5, 32, 0);
        let offset: Vec<f64> = x.iter().enumerate().map(|(n, x)| x + 1e-9 * 0.5 * n as f64).collect();
        let (one, other) =
            (of_phase(&x, &settings(Method::Welch, 200)), of_phase(&offset, &settings(Method::Welch, 200)));
        for (one, other) in one.densities.iter().zip(&other.densities) {
            assert!((one.density / other.density - 1.0).abs() < 1e-3);
        }
    }

    /// S_x of every power law is known up to the Nyquist frequency; its interval holds it as stated.
    #[test]
    fn intervals_cover_the_density_of_every_power_law() {
        for alpha in [2, 1, 0, -1, -2] {
            let noise = PowerLaw::new(alpha, 1e-24).unwrap();
            let (mut held, mut all) = (0, 0);
            for record in 0..40 {
                let x = noise.phase(8000, 0.5, 33, record);
                for (_, method) in Method::ALL {
                    let found = of_phase(&x, &settings(method, 128));
                    for density in found.densities.iter().filter(|density| density.quantity == Quantity::TimeError) {
                        let sine = (PI * density.frequency * 0.5).sin();
                        let truth = 1e-24 / (4.0 * PI * PI) * (sine / (PI * 0.5)).powi(i32::from(alpha) - 2);
                        let ends = density.interval.unwrap();
                        held += u32::from((ends.lower..=ends.upper).contains(&truth));
                        all += 1;
                    }
                }
            }
            let share = f64::from(held) / f64::from(all);
            assert!((share - 0.95).abs() < 0.015, "α = {alpha}: {share} of {all}");
        }
    }

    #[test]
    fn record_shorter_than_a_segment_is_a_failure() {
        let found = of_phase(&[0.0; 100], &settings(Method::Cascade, 100));
        assert_eq!((found.densities.len(), &*found.findings[0].code), (0, "no-segment"));
    }

    #[test]
    fn dropped_segments_are_told() {
        let mut x = PowerLaw::new(0, 1e-24).unwrap().phase(2000, 0.5, 34, 0);
        x[700] = f64::NAN;
        let found = of_phase(&x, &settings(Method::Welch, 100));
        assert_eq!(&*found.findings[0].code, "segments-dropped");
    }
}
