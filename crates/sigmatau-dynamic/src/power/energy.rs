//! The energy of an interval, and the error of a master meter against it.
//!
//! E = Σ_k τ_k P_k (1 − y) over the windows k of an interval: a clock that gains, y > 0, closes them early. The noise of the
//! windows is independent; ratios and time base are the same in all of them, and in all other intervals and
//! meters that were measured with them.

use super::{Contribution, Noise, Phasors, PowerError, Wattmeter, by_name, estimate};
use crate::source::Source;
use sigmatau_core::{Estimate, Finding, Severity};
use sigmatau_spectrum::fft::Complex64;
use std::collections::BTreeMap;

/// The clock that paces the measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeBase {
    /// Its name.
    pub name: String,
    /// Its fractional frequency y, positive where it gains.
    pub rate: f64,
    /// The standard uncertainty of y over the interval.
    pub rate_u: f64,
}

/// Joules in a kilowatt-hour.
const JOULES_PER_KWH: f64 = 3.6e6;

/// Energy that grows window by window: H numbers, however long the interval.
#[derive(Clone, Debug)]
pub struct Register<'a> {
    meter: &'a Wattmeter,
    /// Σ τ S_h in J.
    energies: Vec<Complex64>,
    /// Variances in J².
    noise: Noise,
    windows: u64,
    with_missing: u64,
}

impl Wattmeter {
    /// A register that has counted nothing.
    pub fn register(&self) -> Register<'_> {
        let energies = vec![Complex64::ZERO; self.frequencies.len()];
        Register { meter: self, energies, noise: Noise::default(), windows: 0, with_missing: 0 }
    }
}

impl Register<'_> {
    /// Goes on with a window of `seconds` by the clock, whose phasors these are. Takes O(H²) steps.
    ///
    /// # Errors
    /// When there are not as many phasors as frequencies, or the window is not a positive number of seconds.
    pub fn push(&mut self, phasors: &Phasors, seconds: f64) -> Result<(), PowerError> {
        if !(seconds.is_finite() && seconds > 0.0) {
            return Err(PowerError::Interval(seconds));
        }
        let primary = self.meter.primary(phasors)?;
        let noise = primary.noise(&primary.active_gradient());
        self.energies.iter_mut().zip(&primary.powers).for_each(|(energy, power)| *energy += power * seconds);
        self.add_noise(Noise(noise.0.map(|variance| variance * seconds * seconds)));
        self.windows += 1;
        self.with_missing += u64::from(!phasors.missing.is_empty());
        Ok(())
    }

    /// Goes on with what another register of the same meter has counted.
    pub fn merge(&mut self, other: &Self) {
        self.energies.iter_mut().zip(&other.energies).for_each(|(energy, more)| *energy += more);
        self.add_noise(other.noise);
        self.windows += other.windows;
        self.with_missing += other.with_missing;
    }

    fn add_noise(&mut self, more: Noise) {
        self.noise.0.iter_mut().zip(more.0).for_each(|(sum, variance)| *sum += variance);
    }

    /// The energy so far, by this clock.
    pub fn finish(&self, clock: &TimeBase) -> ReferenceEnergy {
        let by_clock: f64 = self.energies.iter().map(|energy| energy.re).sum();
        let energy = by_clock * (1.0 - clock.rate);
        let scale = (1.0 - clock.rate) / JOULES_PER_KWH;
        let mut effects: BTreeMap<Source, f64> =
            self.ratio_effects().map(|(source, effect)| (source, effect * scale)).collect();
        *effects.entry(Source::new(&clock.name, "rate")).or_default() -= by_clock * clock.rate_u / JOULES_PER_KWH;
        let noise = Noise(self.noise.0.map(|variance| variance * scale * scale));
        let variance = effects.values().map(|effect| effect * effect).sum::<f64>() + noise.total();
        let energy = estimate(energy / JOULES_PER_KWH, variance, "kWh");
        let findings =
            self.meter.findings.iter().cloned().chain(self.missing()).chain(super::little_power(&energy)).collect();
        let budget =
            by_name(effects.iter().map(|(source, effect)| (source, *effect))).chain(noise.contributions()).collect();
        ReferenceEnergy { energy, budget, effects, noise: noise.total(), findings }
    }

    /// What each source of the ratios does: dE = −Re Σ_h E_h (p_V + p̄_I), in J.
    fn ratio_effects(&self) -> impl Iterator<Item = (Source, f64)> {
        let effect = |(place, part): &(usize, Complex64)| -(self.energies[place / 2] * side(*place, *part)).re;
        self.meter.errors.sources().map(move |(source, parts)| (source.clone(), parts.iter().map(effect).sum()))
    }

    fn missing(&self) -> Option<Finding> {
        let seen = format!("harmonics are missing in {} of {} windows", self.with_missing, self.windows);
        let matters = "their energy is not in the total";
        let found = Finding::new(
            Severity::Warning,
            "harmonic-missing",
            seen,
            matters,
            "measure them, or show that they carry no power",
        );
        (self.with_missing > 0).then_some(found)
    }
}

/// The part that an error of voltage, or of current, has in that of V Ī.
fn side(place: usize, part: Complex64) -> Complex64 {
    if place.is_multiple_of(2) { part } else { part.conj() }
}

/// The energy of an interval as the reference measured it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceEnergy {
    /// The energy in kWh.
    pub energy: Estimate,
    /// Where its variance in (kWh)² comes from.
    pub budget: Vec<Contribution>,
    /// What the sources that other intervals share do to the energy, each at one standard uncertainty, in kWh.
    pub effects: BTreeMap<Source, f64>,
    /// The variance in (kWh)² that this interval has of its own.
    pub noise: f64,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
}

impl ReferenceEnergy {
    /// The error of a master meter that registered this many kWh in the interval, read twice with steps of
    /// `resolution` kWh.
    ///
    /// error = (registered − true)/true. The difference of two readings, each off by up to half a step, has the
    /// variance resolution²/6.
    ///
    /// ```
    /// use nalgebra::Matrix4;
    /// use sigmatau_dynamic::Complex64;
    /// use sigmatau_dynamic::power::{Harmonic, Phasors, TimeBase, Wattmeter};
    /// use sigmatau_dynamic::transducer::Table;
    /// let ratio = |name: &str, u| Table::gain(name, &[(50.0, 1.0, u)]).map(|table| table.at(&[50.0]));
    /// let meter = Wattmeter::new(&ratio("VT", 3e-4)?, &ratio("CT", 4e-4)?)?;
    /// let harmonic = Harmonic { voltage: Complex64::new(1000.0, 0.0), current: Complex64::new(100.0, 0.0) };
    /// let mut register = meter.register();
    /// register.push(&Phasors::independent(vec![harmonic], &[Matrix4::zeros()])?, 900.0)?;
    /// let clock = TimeBase { name: "clock".to_owned(), rate: 0.0, rate_u: 1e-6 };
    /// let master = register.finish(&clock).error_of("master 1", 25.05, 0.0);
    /// assert!((master.error_pct - 0.2).abs() < 1e-9 && (master.u_pct - 0.050_1).abs() < 1e-6);
    /// assert_eq!(master.correlated, 1.0);
    /// # Ok::<(), sigmatau_dynamic::power::PowerError>(())
    /// ```
    pub fn error_of(&self, master: &str, registered: f64, resolution: f64) -> MasterError {
        let truth = self.energy.value;
        let slope = -100.0 * registered / (truth * truth);
        let effects: BTreeMap<Source, f64> =
            self.effects.iter().map(|(source, effect)| (source.clone(), slope * effect)).collect();
        let own = slope * slope * self.noise + (100.0 / truth).powi(2) * resolution * resolution / 6.0;
        let common: f64 = effects.values().map(|effect| effect * effect).sum();
        let correlated = if common > 0.0 { common / (common + own) } else { 0.0 };
        let error_pct = 100.0 * (registered / truth - 1.0);
        MasterError { master: master.to_owned(), error_pct, u_pct: (common + own).sqrt(), correlated, effects }
    }
}

/// The error of a master meter, as the assessment of the meters behind it takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct MasterError {
    /// The name of the meter.
    pub master: String,
    /// (registered − true)/true in per cent: positive reads high.
    pub error_pct: f64,
    /// Its standard uncertainty in per cent.
    pub u_pct: f64,
    /// The share of the variance, from 0 to 1, that comes from the reference and is common to all masters that were
    /// measured with it.
    pub correlated: f64,
    /// What the sources of the reference do to the error, each at one standard uncertainty, in per cent.
    pub effects: BTreeMap<Source, f64>,
}

impl MasterError {
    /// The covariance of the errors of two masters, in the square of per cent.
    pub fn covariance(&self, other: &Self) -> f64 {
        self.effects.iter().filter_map(|(source, effect)| Some(effect * other.effects.get(source)?)).sum()
    }
}
