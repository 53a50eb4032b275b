//! Power and energy at the harmonics, corrected for the transducers, with covariance.
//!
//! What lives here: [`Wattmeter`], a voltage and a current channel with the complex ratios of all that lies before
//! the digitizer; [`Phasors`], what the digitizers gave; [`Power`], the powers with their covariance and the budget of
//! the active power; [`energy`], the energy of an interval and the error of a master meter against it. What
//! never does: spectra, from which phasors come.
//!
//! Phasors are root-mean-square values. S_h = V_h Ī_h = P_h + i Q_h, so that Q > 0 where the current lags. A
//! ratio with the relative error δ leaves the error −V δ in the corrected phasor V = U / H.

pub mod energy;

pub use energy::{MasterError, ReferenceEnergy, Register, TimeBase};

use crate::covariance::Bivariate;
use crate::source::{Errors, Source};
use crate::transducer::{TransducerError, Transfer};
use nalgebra::{DMatrix, DVector, Matrix4};
use sigmatau_core::{Estimate, Finding, Severity, Unit};
use sigmatau_spectrum::fft::Complex64;
use std::collections::BTreeMap;

/// Why a measurement of power was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PowerError {
    /// The two channels don't fit together.
    #[error(transparent)]
    Channels(#[from] TransducerError),
    /// The channels have no frequency in common.
    #[error("measure power: the transducers are given at no frequency; give the fundamental and its harmonics")]
    Empty,
    /// A ratio can't be divided by, or its error is unknown.
    #[error(
        "measure power: the ratio {ratio} of a transducer at {frequency} Hz, or its uncertainty, is zero or not finite; calibrate it there, or leave the frequency out"
    )]
    Ratio {
        /// The frequency in Hz.
        frequency: f64,
        /// The ratio.
        ratio: Complex64,
    },
    /// There are not as many phasors as frequencies.
    #[error(
        "measure power: there are phasors of {phasors} harmonics and transducers at {frequencies} frequencies; give one pair for each, NaN where there is none"
    )]
    Harmonics {
        /// Harmonics of the phasors.
        phasors: usize,
        /// Frequencies of the transducers.
        frequencies: usize,
    },
    /// The noise is no covariance matrix of the phasors.
    #[error("measure power: the covariance of {harmonics} harmonics is a matrix of {} × {}, not of {} × {}; give (Re V, Im V, Re I, Im I) of each", found[0], found[1], 4 * harmonics, 4 * harmonics)]
    Noise {
        /// Harmonics of the phasors.
        harmonics: usize,
        /// Rows and columns that were given.
        found: [usize; 2],
    },
    /// A variance of the noise is negative, or it or a covariance is not finite.
    #[error(
        "measure power: a variance or covariance of harmonic number {place} is {value}; give finite ones, variances of at least 0"
    )]
    Variance {
        /// The place of the harmonic, from 1.
        place: usize,
        /// The entry of the matrix.
        value: f64,
    },
    /// An interval that energy can't be counted over.
    #[error("count energy: the interval of {0} s is not a positive number of seconds")]
    Interval(f64),
}

/// Voltage and current of one harmonic as the digitizers gave them, root mean square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Harmonic {
    /// The voltage channel.
    pub voltage: Complex64,
    /// The current channel.
    pub current: Complex64,
}

/// The harmonics of both channels with the covariance of their noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Phasors {
    harmonics: Vec<Harmonic>,
    noise: DMatrix<f64>,
    missing: Vec<usize>,
}

impl Phasors {
    /// The phasors with the covariance of (Re V₁, Im V₁, Re I₁, Im I₁, Re V₂, …).
    ///
    /// A harmonic that is not finite counts as missing: it has no power, and [`Power::findings`] tell so.
    ///
    /// # Errors
    /// When the matrix is not of this size, or of a harmonic that is there a variance is negative or an entry not
    /// finite.
    pub fn new(mut harmonics: Vec<Harmonic>, mut noise: DMatrix<f64>) -> Result<Self, PowerError> {
        let count = harmonics.len();
        if noise.shape() != (4 * count, 4 * count) {
            return Err(PowerError::Noise { harmonics: count, found: noise.shape().into() });
        }
        let lost = |harmonic: &Harmonic| !(harmonic.voltage.is_finite() && harmonic.current.is_finite());
        let missing: Vec<usize> = (0..count).filter(|place| lost(&harmonics[*place])).collect();
        for place in &missing {
            harmonics[*place] = Harmonic { voltage: Complex64::ZERO, current: Complex64::ZERO };
            noise.rows_mut(4 * place, 4).fill(0.0);
            noise.columns_mut(4 * place, 4).fill(0.0);
        }
        let size = 4 * count;
        let bad = |(i, j): &(usize, usize)| !noise[(*i, *j)].is_finite() || i == j && noise[(*i, *j)] < 0.0;
        match (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).find(bad) {
            Some(at) => Err(PowerError::Variance { place: at.0 / 4 + 1, value: noise[at] }),
            None => Ok(Self { harmonics, noise, missing }),
        }
    }

    /// Phasors whose noise is independent from harmonic to harmonic, each with the covariance of
    /// (Re V, Im V, Re I, Im I).
    ///
    /// # Errors
    /// As [`Phasors::new`]; a covariance is wanted for each harmonic.
    pub fn independent(harmonics: Vec<Harmonic>, noise: &[Matrix4<f64>]) -> Result<Self, PowerError> {
        let mut matrix = DMatrix::zeros(4 * noise.len(), 4 * noise.len());
        for (place, block) in noise.iter().enumerate() {
            matrix.fixed_view_mut::<4, 4>(4 * place, 4 * place).copy_from(block);
        }
        Self::new(harmonics, matrix)
    }

    /// E[dV conj dI] of one harmonic: what noise common to both channels adds to V Ī.
    fn spurious(&self, place: usize) -> Complex64 {
        let at = |i: usize, j: usize| self.noise[(4 * place + i, 4 * place + j)];
        Complex64::new(at(0, 2) + at(1, 3), at(1, 2) - at(0, 3))
    }
}

/// A voltage and a current channel with everything that lies before the phasors.
#[derive(Clone, Debug, PartialEq)]
pub struct Wattmeter {
    frequencies: Vec<f64>,
    /// The ratios of voltage and current at the first frequency, at the second, ….
    ratios: Vec<Complex64>,
    /// Their relative errors, in the same order.
    errors: Errors,
    findings: Vec<Finding>,
}

/// A term of a budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// What it comes from: a transducer, a standard, a time base, or the noise.
    pub source: String,
    /// The variance that it adds, in the square of the quantity's unit. That of noise common to both channels can be
    /// negative; the sum of all is the variance of the quantity.
    pub variance: f64,
}

/// The power of one harmonic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HarmonicPower {
    /// The frequency in Hz.
    pub frequency: f64,
    /// Active power in W and reactive power in var, as real and imaginary part.
    pub power: Complex64,
    /// Their covariance.
    pub covariance: Bivariate,
    /// The apparent power |V| |I| in VA.
    pub apparent: f64,
}

/// The powers of a voltage and a current.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    /// Harmonic by harmonic, the fundamental first.
    pub harmonics: Vec<HarmonicPower>,
    /// The covariance matrix of (P₁, Q₁, P₂, Q₂, …), with all that harmonics have in common.
    pub covariance: DMatrix<f64>,
    /// The active power Σ P_h in W.
    pub active: Estimate,
    /// The active power of the fundamental in W.
    pub fundamental: Estimate,
    /// The apparent power √(Σ|V_h|²) √(Σ|I_h|²) in VA.
    pub apparent: Estimate,
    /// Active over apparent power; nothing without voltage or current.
    pub factor: Option<Estimate>,
    /// The total harmonic distortion of the voltage, √(Σ_{h>1}|V_h|²)/|V₁|; nothing without a fundamental.
    pub distortion_voltage: Option<Estimate>,
    /// The same of the current.
    pub distortion_current: Option<Estimate>,
    /// Where the variance of the active power comes from, in the order of names.
    pub budget: Vec<Contribution>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

impl Wattmeter {
    /// The meter whose channels have these ratios from primary voltage and current to the phasors. The first
    /// frequency is the fundamental.
    ///
    /// # Errors
    /// When the channels are not given at the same frequencies, or at none; or when a ratio is zero, or it or its
    /// uncertainty is not finite.
    pub fn new(voltage: &Transfer, current: &Transfer) -> Result<Self, PowerError> {
        voltage.same_frequencies(current)?;
        if voltage.frequencies.is_empty() {
            return Err(PowerError::Empty);
        }
        usable(voltage).and(usable(current))?;
        let ratios = voltage.values.iter().zip(&current.values).flat_map(|(v, i)| [*v, *i]).collect();
        let mut errors = Errors::none(2 * voltage.frequencies.len());
        for (channel, transfer) in [voltage, current].into_iter().enumerate() {
            for (source, parts) in transfer.errors.sources() {
                parts.iter().for_each(|(place, part)| errors.add(source.clone(), 2 * place + channel, *part));
            }
        }
        let findings = voltage.findings.iter().chain(&current.findings).cloned().collect();
        Ok(Self { frequencies: voltage.frequencies.clone(), ratios, errors, findings })
    }

    /// The powers of these phasors.
    ///
    /// Noise that both channels share makes power of its own, E[dV dĪ]; it is taken off. All uncertainties are of
    /// first order in noise and ratios. O(H² + S H) steps for H harmonics and S sources, and O(H² S) for the
    /// covariance between harmonics.
    ///
    /// ```
    /// use nalgebra::Matrix4;
    /// use sigmatau_dynamic::Complex64;
    /// use sigmatau_dynamic::power::{Harmonic, Phasors, Wattmeter};
    /// use sigmatau_dynamic::transducer::Table;
    /// // 230 V and 5 A in phase, seen through 1/100 known to 1e-4 and 0.1 Ω known to 2e-4.
    /// let divider = Table::gain("divider", &[(50.0, 0.01, 1e-6)])?.at(&[50.0]);
    /// let shunt = Table::gain("shunt", &[(50.0, 0.1, 2e-5)])?.at(&[50.0]);
    /// let harmonic = Harmonic { voltage: Complex64::new(2.3, 0.0), current: Complex64::new(0.5, 0.0) };
    /// let phasors = Phasors::independent(vec![harmonic], &[Matrix4::zeros()])?;
    /// let power = Wattmeter::new(&divider, &shunt)?.power(&phasors)?;
    /// assert!((power.active.value - 1150.0).abs() < 1e-9);
    /// assert!((power.active.standard_uncertainty - 1150.0 * 5f64.sqrt() * 1e-4).abs() < 1e-9);
    /// # Ok::<(), sigmatau_dynamic::power::PowerError>(())
    /// ```
    ///
    /// # Errors
    /// When there are not as many phasors as frequencies.
    pub fn power(&self, phasors: &Phasors) -> Result<Power, PowerError> {
        let primary = self.primary(phasors)?;
        let covariance = primary.covariance();
        let harmonics = (0..self.frequencies.len()).map(|place| primary.harmonic(place, &covariance)).collect();
        let active = primary.estimate(primary.active(), &primary.active_gradient(), "W");
        let budget = primary.budget(&primary.active_gradient());
        let findings = self.findings.iter().cloned().chain(primary.findings(&active)).collect();
        Ok(Power {
            harmonics,
            covariance,
            fundamental: primary.estimate(primary.powers[0].re, &primary.gradient(0, Complex64::ONE), "W"),
            apparent: primary.apparent(),
            factor: primary.factor(),
            distortion_voltage: primary.distortion(0),
            distortion_current: primary.distortion(1),
            active,
            budget,
            findings,
        })
    }

    /// The phasors before the transducers.
    fn primary<'a>(&'a self, phasors: &'a Phasors) -> Result<Primary<'a>, PowerError> {
        let frequencies = self.frequencies.len();
        if phasors.harmonics.len() != frequencies {
            return Err(PowerError::Harmonics { phasors: phasors.harmonics.len(), frequencies });
        }
        let read = phasors.harmonics.iter().flat_map(|harmonic| [harmonic.voltage, harmonic.current]);
        let values: Vec<Complex64> = read.zip(&self.ratios).map(|(phasor, ratio)| phasor / ratio).collect();
        let power = |place: usize| {
            let [v, i] = [2 * place, 2 * place + 1];
            values[v] * values[i].conj() - phasors.spurious(place) / (self.ratios[v] * self.ratios[i].conj())
        };
        let powers = (0..frequencies).map(power).collect();
        Ok(Primary { meter: self, phasors, values, powers })
    }
}

/// That every ratio can be divided by and has a known error.
fn usable(channel: &Transfer) -> Result<(), PowerError> {
    let lines = channel.frequencies.iter().zip(&channel.values).zip(channel.errors.covariances());
    let useless = |((_, ratio), covariance): &((&f64, &Complex64), Bivariate)| {
        !ratio.is_finite() || **ratio == Complex64::ZERO || !covariance.power().is_finite()
    };
    match lines.into_iter().find(useless) {
        Some(((frequency, ratio), _)) => Err(PowerError::Ratio { frequency: *frequency, ratio: *ratio }),
        None => Ok(()),
    }
}

/// Primary voltages and currents x_k, alternating, with what is known of them. A quantity X is told by its gradient
/// a: dX = Re Σ a_k dx_k.
struct Primary<'a> {
    meter: &'a Wattmeter,
    phasors: &'a Phasors,
    values: Vec<Complex64>,
    powers: Vec<Complex64>,
}

/// The variance of a quantity from the noise of the voltage channel, of the current channel, and of what
/// both have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Noise([f64; 3]);

impl Noise {
    const NAMES: [&'static str; 3] = ["noise of the voltage", "noise of the current", "noise in common"];

    fn total(self) -> f64 {
        self.0.iter().sum()
    }

    fn contributions(self) -> impl Iterator<Item = Contribution> {
        let named = Self::NAMES.into_iter().zip(self.0);
        named.map(|(source, variance)| Contribution { source: source.to_owned(), variance })
    }
}

impl Primary<'_> {
    fn active(&self) -> f64 {
        self.powers.iter().map(|power| power.re).sum()
    }

    /// The gradient of Re(c̄ S) of one harmonic: of P for c = 1, of Q for c = i.
    fn gradient(&self, place: usize, c: Complex64) -> Vec<Complex64> {
        let (mut gradient, [v, i]) = (vec![Complex64::ZERO; self.values.len()], [2 * place, 2 * place + 1]);
        (gradient[v], gradient[i]) = (c.conj() * self.values[i].conj(), c * self.values[v].conj());
        gradient
    }

    fn active_gradient(&self) -> Vec<Complex64> {
        let partner = |k: usize| self.values[k ^ 1].conj();
        (0..self.values.len()).map(partner).collect()
    }

    /// The same gradient against the parts of the phasors as they were read: dX = Σ g_j dz_j.
    fn real(&self, gradient: &[Complex64]) -> DVector<f64> {
        let before = gradient.iter().zip(&self.meter.ratios).map(|(a, ratio)| a / ratio);
        DVector::from_iterator(2 * gradient.len(), before.flat_map(|a| [a.re, -a.im]))
    }

    fn noise(&self, gradient: &[Complex64]) -> Noise {
        let whole = self.real(gradient);
        let channel =
            |which: usize| DVector::from_fn(whole.len(), |j, _| if j / 2 % 2 == which { whole[j] } else { 0.0 });
        let [voltage, current] = [0, 1].map(channel);
        let through = &self.phasors.noise * &voltage;
        let of_current = current.dot(&(&self.phasors.noise * &current));
        Noise([voltage.dot(&through), of_current, 2.0 * current.dot(&through)])
    }

    /// What each source of the ratios, at one standard uncertainty, does to the quantity.
    fn effects<'a>(&'a self, gradient: &'a [Complex64]) -> impl Iterator<Item = (&'a Source, f64)> {
        let effect = |(place, part): &(usize, Complex64)| -(gradient[*place] * self.values[*place] * part).re;
        self.meter.errors.sources().map(move |(source, parts)| (source, parts.iter().map(effect).sum()))
    }

    fn budget(&self, gradient: &[Complex64]) -> Vec<Contribution> {
        by_name(self.effects(gradient)).chain(self.noise(gradient).contributions()).collect()
    }

    fn variance(&self, gradient: &[Complex64]) -> f64 {
        self.effects(gradient).map(|(_, effect)| effect * effect).sum::<f64>() + self.noise(gradient).total()
    }

    fn estimate(&self, value: f64, gradient: &[Complex64], unit: &str) -> Estimate {
        estimate(value, self.variance(gradient), unit)
    }

    fn covariance(&self) -> DMatrix<f64> {
        let parts = (0..self.powers.len()).flat_map(|place| [(place, Complex64::ONE), (place, Complex64::I)]);
        let gradients: Vec<Vec<Complex64>> = parts.map(|(place, c)| self.gradient(place, c)).collect();
        let columns: Vec<DVector<f64>> = gradients.iter().map(|gradient| self.real(gradient)).collect();
        let read = DMatrix::from_columns(&columns);
        let effects: Vec<f64> =
            gradients.iter().flat_map(|gradient| self.effects(gradient).map(|(_, effect)| effect)).collect();
        let sources = DMatrix::from_vec(effects.len() / gradients.len(), gradients.len(), effects);
        read.tr_mul(&(&self.phasors.noise * &read)) + sources.tr_mul(&sources)
    }

    fn harmonic(&self, place: usize, covariance: &DMatrix<f64>) -> HarmonicPower {
        let at = |i: usize, j: usize| covariance[(2 * place + i, 2 * place + j)];
        HarmonicPower {
            frequency: self.meter.frequencies[place],
            power: self.powers[place],
            covariance: Bivariate { real: at(0, 0), imaginary: at(1, 1), cross: at(0, 1) },
            apparent: self.values[2 * place].norm() * self.values[2 * place + 1].norm(),
        }
    }

    /// √(Σ|x|²) of a channel from a harmonic on.
    fn rms(&self, channel: usize, from: usize) -> f64 {
        self.values.iter().skip(channel + 2 * from).step_by(2).map(|x| x.norm_sqr()).sum::<f64>().sqrt()
    }

    fn apparent(&self) -> Estimate {
        let rms = [0, 1].map(|channel| self.rms(channel, 0));
        let slope = |k: usize| {
            if rms[k % 2] > 0.0 { self.values[k].conj() * (rms[(k + 1) % 2] / rms[k % 2]) } else { Complex64::ZERO }
        };
        self.estimate(rms[0] * rms[1], &(0..self.values.len()).map(slope).collect::<Vec<_>>(), "VA")
    }

    fn factor(&self) -> Option<Estimate> {
        let rms = [0, 1].map(|channel| self.rms(channel, 0));
        let apparent = rms[0] * rms[1];
        let factor = self.active() / apparent;
        let slope =
            |k: usize| self.values[k ^ 1].conj() / apparent - self.values[k].conj() * (factor / rms[k % 2].powi(2));
        let gradient: Vec<Complex64> = (0..self.values.len()).map(slope).collect();
        (apparent > 0.0).then(|| self.estimate(factor, &gradient, "1"))
    }

    /// The total harmonic distortion of a channel. Where it is 0 it has no slope, and its uncertainty is that of the
    /// harmonics together.
    fn distortion(&self, channel: usize) -> Option<Estimate> {
        let (fundamental, rest) = (self.values[channel].norm(), self.rms(channel, 1));
        let ratio = rest / fundamental;
        let slope = |k: usize| match (k % 2 == channel, k < 2) {
            (false, _) => Complex64::ZERO,
            (true, true) => self.values[k].conj() * (-ratio / fundamental.powi(2)),
            (true, false) if rest == 0.0 => Complex64::ZERO,
            (true, false) => self.values[k].conj() / (rest * fundamental),
        };
        let gradient: Vec<Complex64> = (0..self.values.len()).map(slope).collect();
        let behind = || (1..self.powers.len()).map(|place| self.amplitude_variance(2 * place + channel)).sum::<f64>();
        let variance = if rest == 0.0 { behind() / fundamental.powi(2) } else { self.variance(&gradient) };
        (fundamental > 0.0).then(|| estimate(ratio, variance, "1"))
    }

    /// The variance that the noise gives to a primary phasor, real and imaginary part together.
    fn amplitude_variance(&self, k: usize) -> f64 {
        (self.phasors.noise[(2 * k, 2 * k)] + self.phasors.noise[(2 * k + 1, 2 * k + 1)])
            / self.meter.ratios[k].norm_sqr()
    }

    fn findings(&self, active: &Estimate) -> impl Iterator<Item = Finding> {
        [self.missing(), self.below_noise(), little_power(active)].into_iter().flatten()
    }

    fn missing(&self) -> Option<Finding> {
        let seen = format!("no phasors at {}", self.hertz(&self.phasors.missing)?);
        let matters = "the power of these harmonics is not in the total";
        Some(Finding::new(
            Severity::Warning,
            "harmonic-missing",
            seen,
            matters,
            "measure them, or show that they carry no power",
        ))
    }

    fn below_noise(&self) -> Option<Finding> {
        let weak = |k: usize| self.values[k].norm_sqr() < 25.0 * self.amplitude_variance(k);
        let places: Vec<usize> =
            (0..self.powers.len()).filter(|place| weak(2 * place) || weak(2 * place + 1)).collect();
        let seen = format!("voltage or current is less than 5 times its noise at {}", self.hertz(&places)?);
        let matters = "phase and power of these harmonics tell little; their uncertainty is on the safe side";
        Some(Finding::new(Severity::Note, "harmonic-in-noise", seen, matters, "average over a longer record"))
    }

    /// The frequencies at these places in words; nothing where there is none.
    fn hertz(&self, places: &[usize]) -> Option<String> {
        let words: Vec<String> =
            places.iter().take(5).map(|place| format!("{} Hz", self.meter.frequencies[*place])).collect();
        let more = if places.len() > 5 { format!(" and {} more", places.len() - 5) } else { String::new() };
        (!places.is_empty()).then(|| words.join(", ") + &more)
    }
}

/// Squares of effects, summed over the sources that belong together.
fn by_name<'a>(effects: impl Iterator<Item = (&'a Source, f64)>) -> impl Iterator<Item = Contribution> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    effects.for_each(|(source, effect)| *sums.entry(&source.of).or_default() += effect * effect);
    sums.into_iter().map(|(name, variance)| Contribution { source: name.to_owned(), variance })
}

/// A relative uncertainty of the active power above which a relative error tells nothing.
const LITTLE_POWER: f64 = 0.1;

fn little_power(active: &Estimate) -> Option<Finding> {
    let Estimate { value, standard_uncertainty: u, .. } = active;
    let seen = format!("the active power {value:.4e} is known to {u:.1e} only");
    let matters = "at a power factor near 0 the relative error of energy has no meaning";
    let found =
        Finding::new(Severity::Warning, "power-factor", seen, matters, "assess the meter at a higher power factor");
    (*u > LITTLE_POWER * value.abs() || *value == 0.0).then_some(found)
}

fn estimate(value: f64, variance: f64, unit: &str) -> Estimate {
    let unit = Unit::parse(unit).expect("a known unit");
    Estimate::new(value, variance.max(0.0).sqrt(), unit).expect("phasors and covariances are finite")
}

#[cfg(test)]
mod tests;
