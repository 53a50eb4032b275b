//! What sensors are excited with, and how they answer: exact in the frequency domain, settled, without leakage.

use sigmatau_spectrum::Gaussian;
use sigmatau_spectrum::fft::{Complex64, RealFft, fast_length};
use std::f64::consts::{PI, TAU};

/// An excitation; levels in the unit of the input, frequencies in Hz.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Excitation {
    /// Gaussian noise, flat in a band.
    Random { rms: f64, band: [f64; 2] },
    /// Every harmonic of a period of so many points that lies in a band, with random phases and amplitudes that go
    /// as the power `slope` of the frequency.
    Multisine { rms: f64, band: [f64; 2], period: usize, slope: f64 },
    /// One sine after the other, of equal length each.
    SteppedSine { amplitude: f64, frequencies: Vec<f64> },
    /// Pulses of half a sine, of a duration in s, evenly placed.
    Shock { peak: f64, duration: f64, pulses: usize },
}

/// Excitation and response.
type Pair = (Vec<f64>, Vec<f64>);

impl Excitation {
    /// So many points of excitation and response at a sampling rate. Noise and shocks are a part of a record that
    /// repeats itself.
    pub(super) fn drawn(
        &self,
        points: usize,
        rate: f64,
        response: impl Fn(f64) -> Complex64,
        numbers: &mut Gaussian,
    ) -> Pair {
        let cyclic = |period: usize, spectrum: Vec<Complex64>| cyclic(points, period, rate, spectrum, &response);
        let whole = fast_length(points.max(2));
        match *self {
            Self::Random { rms, band } => cyclic(whole, in_band(whole, rate, band, rms, |_| complex(numbers))),
            Self::Multisine { rms, band, period, slope } => {
                let line = |bin: usize| {
                    let phase = complex(numbers);
                    phase / phase.norm() * (bin as f64).powf(slope)
                };
                cyclic(period, in_band(period, rate, band, rms, line))
            }
            Self::Shock { peak, duration, pulses } => cyclic(whole, shocks(whole, rate, peak, duration, pulses)),
            Self::SteppedSine { amplitude, ref frequencies } => stepped(points, rate, amplitude, frequencies, response),
        }
    }

    /// The highest frequency in Hz; that of a shock is where its spectrum has its first zero.
    pub(super) fn highest(&self) -> f64 {
        match self {
            Self::Random { band, .. } | Self::Multisine { band, .. } => band[1],
            Self::SteppedSine { frequencies, .. } => frequencies.iter().copied().fold(0.0, f64::max),
            Self::Shock { duration, .. } => 1.5 / duration,
        }
    }
}

fn complex(numbers: &mut Gaussian) -> Complex64 {
    Complex64::new(numbers.draw(), numbers.draw())
}

/// A spectrum of the given lines in a band, for a period of so many points, scaled to a root mean square. A line of
/// amplitude X stands for the power 2 |X|².
fn in_band(
    period: usize,
    rate: f64,
    band: [f64; 2],
    rms: f64,
    mut line: impl FnMut(usize) -> Complex64,
) -> Vec<Complex64> {
    let frequency = |bin: usize| bin as f64 * rate / period as f64;
    let inside = |bin: usize| (band[0]..=band[1]).contains(&frequency(bin)) && bin > 0 && 2 * bin < period;
    let mut spectrum: Vec<Complex64> =
        (0..=period / 2).map(|bin| if inside(bin) { line(bin) } else { Complex64::ZERO }).collect();
    let power: f64 = spectrum.iter().map(|line| 2.0 * line.norm_sqr()).sum();
    let scale = if power > 0.0 { rms / power.sqrt() } else { 0.0 };
    spectrum.iter_mut().for_each(|line| *line *= scale);
    spectrum
}

fn shocks(period: usize, rate: f64, peak: f64, duration: f64, pulses: usize) -> Vec<Complex64> {
    let mut series = vec![0.0; period];
    let width = (duration * rate) as usize;
    for pulse in 0..pulses {
        let start = (2 * pulse + 1) * period / (2 * pulses);
        let places = (start..period).zip(0..=width);
        places.for_each(|(place, k)| series[place] = peak * (PI * k as f64 / (duration * rate)).sin());
    }
    let mut fft = RealFft::new(period);
    let mut spectrum = fft.spectrum();
    fft.forward(&mut series, &mut spectrum);
    spectrum.iter_mut().for_each(|line| *line /= period as f64);
    spectrum
}

/// The series of a spectrum and of what the response makes of it, repeated after a period.
fn cyclic(
    points: usize,
    period: usize,
    rate: f64,
    spectrum: Vec<Complex64>,
    response: impl Fn(f64) -> Complex64,
) -> Pair {
    let mut fft = RealFft::new(period);
    let mut series = |mut spectrum: Vec<Complex64>| {
        let mut series = vec![0.0; period];
        fft.inverse(&mut spectrum, &mut series);
        series.into_iter().cycle().take(points).collect::<Vec<f64>>()
    };
    let frequency = |bin: usize| bin as f64 * rate / period as f64;
    let answer = spectrum.iter().enumerate().map(|(bin, line)| line * response(frequency(bin))).collect();
    (series(spectrum), series(answer))
}

fn stepped(points: usize, rate: f64, amplitude: f64, frequencies: &[f64], response: impl Fn(f64) -> Complex64) -> Pair {
    let section = points.div_ceil(frequencies.len());
    let phase = |point: usize| TAU * frequencies[point / section] * point as f64 / rate;
    let answers: Vec<Complex64> = frequencies.iter().map(|&frequency| response(frequency)).collect();
    let answer = |point: usize| (answers[point / section] * Complex64::cis(phase(point))).im * amplitude;
    ((0..points).map(|point| amplitude * phase(point).sin()).collect(), (0..points).map(answer).collect())
}
