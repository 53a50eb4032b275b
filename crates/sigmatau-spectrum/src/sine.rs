//! Sine waves fitted to a record by least squares, as in IEEE 1057: three parameters where the frequency is known,
//! four where it is not, and any number of tones at once.
//!
//! The model of a record with the rate r is
//!
//! y(n) = C + Σ Re Z(k) e^(2πi f(k) n / r) + e(n),
//!
//! with the phasors Z = A e^(iφ) at the first point. A fit takes O(N K) steps for N points and K tones in each of
//! two (frequencies known) or three to five passes, and O(K²) memory beside the record. Covariances hold for white
//! residuals.

mod distortion;
mod imperfection;
mod normal;
mod start;
mod sums;
#[cfg(test)]
mod tests;

pub use distortion::Distortion;
pub use imperfection::repeated_rounding;

use crate::fft::Complex64;
use nalgebra::{DMatrix, DVector};
use normal::Design;
use sigmatau_core::{Finding, Severity};
use std::f64::consts::TAU;
use sums::{Wave, middle, pass, turn};

/// A fit that has not settled after so many passes never will.
const MOST_PASSES: usize = 30;

/// A frequency has settled when its last step moves the phase by less than this along the whole record, in rad: the
/// next one would be a small part of it.
const SETTLED: f64 = 1e-7;

/// The largest step of that phase in rad: a quarter of a turn.
const LONGEST_STEP: f64 = 0.25 * TAU;

/// Why a fit was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SineError {
    /// The rate is zero, negative or not finite.
    #[error("fit a sine wave: the sampling rate {0} Hz is not a positive number")]
    Rate(f64),
    /// A frequency is not between zero and the Nyquist frequency.
    #[error("fit a sine wave: the frequency {frequency} Hz is not between 0 Hz and half the sampling rate, {} Hz", 0.5 * rate)]
    Frequency {
        /// The frequency in Hz.
        frequency: f64,
        /// The sampling rate in Hz.
        rate: f64,
    },
    /// No frequency was given.
    #[error("fit a sine wave: no frequency is given")]
    Nothing,
    /// There are too few points.
    #[error(
        "fit a sine wave: {points} points are too few for {parameters} parameters; take at least one more point than parameters"
    )]
    Short {
        /// Points that are there.
        points: usize,
        /// Parameters of the model.
        parameters: usize,
    },
    /// Two tones, or a tone and the offset, look alike in this record.
    #[error(
        "fit a sine wave: in a record of {seconds} s some of the tones look alike, or like an offset; take a longer record or fewer tones"
    )]
    Alike {
        /// The length of the record in s.
        seconds: f64,
    },
}

/// One tone of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// The frequency in Hz.
    pub frequency: f64,
    /// A e^(iφ): the amplitude and the phase of the cosine at the first point of the record.
    pub phasor: Complex64,
}

impl Tone {
    /// The amplitude A.
    pub fn amplitude(&self) -> f64 {
        self.phasor.norm()
    }

    /// The phase φ of the cosine at the first point, in rad from −π to π.
    pub fn phase(&self) -> f64 {
        self.phasor.arg()
    }
}

/// Sine waves fitted to a record.
///
/// ```
/// use sigmatau_spectrum::SineFit;
/// let sample = |n: i32| 5.0 + 2.0 * (0.3 * f64::from(n) + 1.0).cos();
/// let series: Vec<f64> = (0..200).map(sample).collect();
/// let fit = SineFit::strongest(&series, std::f64::consts::TAU)?; // a rate of 2π Hz: ω per sample is f
/// let tone = fit.tones[0];
/// let near = |found: f64, known: f64| (found - known).abs() < 1e-12;
/// assert!(near(fit.offset, 5.0) && near(tone.amplitude(), 2.0));
/// assert!(near(tone.frequency, 0.3) && near(tone.phase(), 1.0));
/// # Ok::<(), sigmatau_spectrum::sine::SineError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SineFit {
    /// The offset C.
    pub offset: f64,
    /// The tones, in the order in which they were given.
    pub tones: Vec<Tone>,
    /// The covariance of the offset, then Re Z and Im Z of each tone, then, where it was fitted, the frequency of
    /// the first tone in Hz.
    pub covariance: DMatrix<f64>,
    /// The standard deviation of the residuals, s² = Σe² / dof.
    pub residual: f64,
    /// Degrees of freedom: points that are there less parameters.
    pub dof: usize,
    /// How many times the record was passed over to fit.
    pub passes: usize,
    /// Whether a fitted frequency has settled.
    pub settled: bool,
    /// The covariance for residuals of variance 1.
    cofactor: DMatrix<f64>,
    rate: f64,
    points: usize,
}

/// A record with what is known of it before any fit.
struct Record<'a> {
    series: &'a [f64],
    rate: f64,
    /// The mean of the points that are there; it is taken off before anything is summed.
    level: f64,
    missing: Vec<usize>,
}

/// The parameters as they are fitted: about the mean of the record, phasors at its middle.
struct State {
    shift: f64,
    waves: Vec<Wave>,
}

impl SineFit {
    /// Fits tones of known frequencies in Hz; one of them is the fit with three parameters (IEEE 1057). Missing
    /// points are `NaN`.
    ///
    /// # Errors
    /// When a frequency is not between zero and the Nyquist frequency, there are too few points, or the tones
    /// look alike in this record.
    pub fn at(series: &[f64], rate: f64, frequencies: &[f64]) -> Result<Self, SineError> {
        Record::new(series, rate)?.fit(frequencies, false)
    }

    /// Fits tones whose frequencies are known up to one common factor, which is fitted: harmonics of a fundamental
    /// that is nearly known, or tones seen by a clock that runs off. One tone is the fit with four parameters.
    ///
    /// The factor must lie so near to 1 that no phase slips by half a turn along the record.
    ///
    /// # Errors
    /// As [`SineFit::at`].
    pub fn near(series: &[f64], rate: f64, frequencies: &[f64]) -> Result<Self, SineError> {
        Record::new(series, rate)?.fit(frequencies, true)
    }

    /// Fits the strongest tone with its frequency: four parameters (IEEE 1057), begun at the peak of a transform.
    ///
    /// At many periods u(f) = r √(24 s² / (A² N (N² − 1))) / 2π, and u(A) = s √(2/N).
    ///
    /// # Errors
    /// When there are fewer than 5 points or all are equal.
    pub fn strongest(series: &[f64], rate: f64) -> Result<Self, SineError> {
        let record = Record::new(series, rate)?;
        let start = start::strongest(&record).ok_or_else(|| record.alike())?;
        record.fit(&[start * rate], true)
    }

    /// Fits the strongest tone together with its harmonics, `count` tones in all or as many as lie below the
    /// Nyquist frequency.
    ///
    /// # Errors
    /// As [`SineFit::strongest`].
    pub fn harmonics(series: &[f64], rate: f64, count: usize) -> Result<Self, SineError> {
        let fundamental = Self::strongest(series, rate)?.tones[0].frequency;
        let multiples = (1..=count.max(1)).map(|multiple| multiple as f64 * fundamental);
        Self::near(series, rate, &multiples.take_while(|frequency| *frequency < 0.5 * rate).collect::<Vec<_>>())
    }

    /// The variances and the covariance [var Re Z, var Im Z, cov] of a tone's phasor.
    pub fn phasor_covariance(&self, tone: usize) -> [f64; 3] {
        let (re, im) = (2 * tone + 1, 2 * tone + 2);
        [(re, re), (im, im), (re, im)].map(|place| self.covariance[place])
    }

    /// The standard uncertainty of a tone's amplitude.
    pub fn amplitude_u(&self, tone: usize) -> f64 {
        self.along(tone, self.tones[tone].phasor)
    }

    /// The standard uncertainty of a tone's phase at the first point, in rad.
    pub fn phase_u(&self, tone: usize) -> f64 {
        self.along(tone, self.tones[tone].phasor * Complex64::I) / self.tones[tone].amplitude()
    }

    /// The standard uncertainty of the frequency of a tone in Hz; 0 where it was given.
    pub fn frequency_u(&self, tone: usize) -> f64 {
        let last = 2 * self.tones.len() + 1;
        let ratio = self.tones[tone].frequency / self.tones[0].frequency;
        if last < self.covariance.nrows() { ratio * self.covariance[(last, last)].sqrt() } else { 0.0 }
    }

    /// How many periods of a tone the record holds.
    pub fn periods(&self, tone: usize) -> f64 {
        self.tones[tone].frequency * self.points as f64 / self.rate
    }

    /// The residuals of the record that was fitted; `NaN` where a point is missing.
    ///
    /// # Panics
    /// When the record has not as many points as the one that was fitted.
    pub fn residuals(&self, series: &[f64]) -> Vec<f64> {
        assert_eq!(series.len(), self.points, "the record is the one that was fitted");
        let wave = |tone: &Tone| {
            let frequency = tone.frequency / self.rate;
            Wave { frequency, phasor: tone.phasor * turn(frequency, middle(self.points)) }
        };
        sums::residuals(series, self.offset, &self.tones.iter().map(wave).collect::<Vec<_>>())
    }

    /// What a reader should know before relying on the fit.
    pub fn findings(&self) -> Vec<Finding> {
        let tones = 0..self.tones.len();
        let few = tones.clone().filter(|tone| self.periods(*tone) < 1.0).map(|tone| self.few_periods(tone));
        let high = tones.filter(|tone| self.periods(*tone) > 0.5 * self.points as f64 - 1.0);
        let high = high.map(|tone| self.near_nyquist(tone));
        few.chain(high).chain((!self.settled).then(|| self.not_settled())).collect()
    }

    fn along(&self, tone: usize, direction: Complex64) -> f64 {
        let ([re, im, cross], size) = (self.phasor_covariance(tone), direction.norm());
        let Complex64 { re: x, im: y } = direction / size;
        (x * x * re + y * y * im + 2.0 * x * y * cross).max(0.0).sqrt()
    }

    fn few_periods(&self, tone: usize) -> Finding {
        Finding::new(
            Severity::Warning,
            "few-periods",
            format!("the record holds {:.2} periods of {} Hz", self.periods(tone), self.tones[tone].frequency),
            "below one period an offset, the amplitude and the frequency are hardly told apart",
            "record for at least two periods",
        )
    }

    fn near_nyquist(&self, tone: usize) -> Finding {
        Finding::new(
            Severity::Warning,
            "near-nyquist",
            format!("{} Hz is less than a beat per record below the Nyquist frequency", self.tones[tone].frequency),
            "amplitude and phase are hardly told apart, and an alias would look the same",
            "raise the sampling rate",
        )
    }

    fn not_settled(&self) -> Finding {
        Finding::new(
            Severity::Failure,
            "not-settled",
            format!("the frequency still moves after {} passes", self.passes),
            "the record holds no tone that stands out, and neither value nor uncertainty can be relied on",
            "look at the spectrum of the record, or give the frequency",
        )
    }
}

/// Σ y(n) e^(−2πi f n / r) at each of some frequencies in Hz, about an origin that is taken off first.
///
/// The transform of a record at any frequency, not at its bins alone; missing points (`NaN`) count as the origin.
/// Takes O(N) steps for a frequency.
///
/// ```
/// use sigmatau_spectrum::sine::fourier_sums;
/// let sums = fourier_sums(&[6.0, 5.0, 4.0, 5.0], 5.0, 4.0, &[1.0, 2.0]);
/// assert!((sums[0].re - 2.0).abs() < 1e-15 && sums[1].norm() < 1e-15);
/// ```
pub fn fourier_sums(series: &[f64], origin: f64, rate: f64, frequencies: &[f64]) -> Vec<Complex64> {
    let wave = |frequency: &f64| Wave { frequency: frequency / rate, phasor: Complex64::ZERO };
    let waves: Vec<Wave> = frequencies.iter().map(wave).collect();
    let to_first = |(sum, wave): (Complex64, &Wave)| sum * turn(wave.frequency, -middle(series.len()));
    pass(series, origin, &waves, false).plain.into_iter().zip(&waves).map(to_first).collect()
}

impl<'a> Record<'a> {
    fn new(series: &'a [f64], rate: f64) -> Result<Self, SineError> {
        if !(rate > 0.0 && rate.is_finite()) {
            return Err(SineError::Rate(rate));
        }
        let missing: Vec<usize> = (0..series.len()).filter(|index| !series[*index].is_finite()).collect();
        let first = series.iter().copied().find(|y| y.is_finite()).unwrap_or(0.0);
        let rough = pass(series, first, &[], false).total / (series.len() - missing.len()).max(1) as f64;
        Ok(Self { series, rate, level: first + rough, missing })
    }

    fn fit(&self, frequencies: &[f64], free: bool) -> Result<SineFit, SineError> {
        self.check(frequencies, free)?;
        let wave = |frequency: &f64| Wave { frequency: frequency / self.rate, phasor: Complex64::ZERO };
        let mut state = State { shift: 0.0, waves: frequencies.iter().map(wave).collect() };
        state.improve(self, false).ok_or_else(|| self.alike())?;
        let (mut passes, mut last) = (1, f64::INFINITY);
        let mut squares = 0.0;
        while last > SETTLED && passes < MOST_PASSES {
            (squares, last) = state.improve(self, free).ok_or_else(|| self.alike())?;
            passes += 1;
        }
        self.finished(&state, free, squares, passes).map(|fit| SineFit { settled: last <= SETTLED, ..fit })
    }

    fn check(&self, frequencies: &[f64], free: bool) -> Result<(), SineError> {
        let outside = |frequency: &&f64| !(**frequency > 0.0 && **frequency < 0.5 * self.rate);
        if let Some(&frequency) = frequencies.iter().find(outside) {
            return Err(SineError::Frequency { frequency, rate: self.rate });
        }
        let (points, parameters) = (self.there(), 2 * frequencies.len() + 1 + usize::from(free));
        match frequencies.len() {
            0 => Err(SineError::Nothing),
            _ if points <= parameters => Err(SineError::Short { points, parameters }),
            _ => Ok(()),
        }
    }

    /// Points that are not missing.
    fn there(&self) -> usize {
        self.series.len() - self.missing.len()
    }

    fn alike(&self) -> SineError {
        SineError::Alike { seconds: self.series.len() as f64 / self.rate }
    }

    fn finished(&self, state: &State, free: bool, squares: f64, passes: usize) -> Result<SineFit, SineError> {
        let points = self.series.len();
        let normal = Design::new(&state.waves, free).normal(points, &self.missing).ok_or_else(|| self.alike())?;
        let to_first = state.to_first(points, self.rate, free);
        let cofactor = &to_first * normal.inverse() * to_first.transpose();
        let dof = self.there() - cofactor.nrows();
        let variance = squares / dof as f64;
        Ok(SineFit {
            offset: self.level + state.shift,
            tones: state.waves.iter().map(|wave| wave.tone(points, self.rate)).collect(),
            covariance: &cofactor * variance,
            residual: variance.sqrt(),
            dof,
            passes,
            settled: true,
            cofactor,
            rate: self.rate,
            points,
        })
    }
}

impl Wave {
    fn tone(&self, points: usize, rate: f64) -> Tone {
        Tone { frequency: self.frequency * rate, phasor: self.phasor * turn(self.frequency, -middle(points)) }
    }
}

impl State {
    /// A step of Gauss and Newton. Returns Σe² before it and how far it turns the first tone along the record.
    fn improve(&mut self, record: &Record<'_>, free: bool) -> Option<(f64, f64)> {
        let sums = pass(record.series, record.level + self.shift, &self.waves, free);
        let design = Design::new(&self.waves, free);
        let step = design.normal(record.series.len(), &record.missing)?.solve(&design.gradient(&sums));
        let turned = if free { step[step.len() - 1] } else { 0.0 };
        self.apply(&step, turned.clamp(-LONGEST_STEP, LONGEST_STEP) / (TAU * record.series.len() as f64));
        Some((sums.squares, turned.abs()))
    }

    fn apply(&mut self, step: &DVector<f64>, rise: f64) {
        self.shift += step[0];
        let factor = 1.0 + rise / self.waves[0].frequency;
        for (place, wave) in self.waves.iter_mut().enumerate() {
            wave.phasor += Complex64::new(step[2 * place + 1], step[2 * place + 2]);
            wave.frequency = (wave.frequency * factor).clamp(f64::MIN_POSITIVE, 0.5);
        }
    }

    /// The derivatives of the parameters of a [`SineFit`] by those of the state.
    fn to_first(&self, points: usize, rate: f64, free: bool) -> DMatrix<f64> {
        let size = 2 * self.waves.len() + 1 + usize::from(free);
        let mut matrix = DMatrix::identity(size, size);
        for (place, wave) in self.waves.iter().enumerate() {
            let back = turn(wave.frequency, -middle(points));
            let (re, im) = (2 * place + 1, 2 * place + 2);
            (matrix[(re, re)], matrix[(re, im)]) = (back.re, -back.im);
            (matrix[(im, re)], matrix[(im, im)]) = (back.im, back.re);
            if free {
                let gain = wave.frequency / self.waves[0].frequency * middle(points) / points as f64;
                let turned = -Complex64::I * gain * wave.phasor * back;
                (matrix[(re, size - 1)], matrix[(im, size - 1)]) = (turned.re, turned.im);
            }
        }
        if free {
            matrix[(size - 1, size - 1)] = rate / (TAU * points as f64);
        }
        matrix
    }
}
