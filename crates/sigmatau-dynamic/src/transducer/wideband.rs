//! Wideband accuracy classes of instrument transformers, and the decision whether one conforms.
//!
//! IEC 61869-1:2023 adds to an accuracy class such as 0.1 the extensions WB0 to WB4, which tell up to where the
//! limits of ratio error and phase displacement reach above the rated frequency. The ranges of all five are
//! [`EXTENSIONS`]. Limits are at hand where a published reading of the standard gives them ([`LIMITS`]);
//! others are given by the user as [`Band`]s.

use super::{RatioError, TransducerError};
use sigmatau_core::{Finding, Severity};
use statrs::function::erf::erfc;

/// The extension of an accuracy class above the rated frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extension {
    /// Its name, such as `WB1`.
    pub name: &'static str,
    /// Up to where it reaches.
    pub top: Top,
}

/// Where an extension ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Top {
    /// At this harmonic of the rated frequency.
    Harmonic(u32),
    /// At this frequency in Hz.
    Frequency(f64),
}

impl Top {
    /// The highest frequency in Hz for transducers of the `rated` frequency in Hz.
    pub fn frequency(self, rated: f64) -> f64 {
        match self {
            Self::Harmonic(order) => f64::from(order) * rated,
            Self::Frequency(frequency) => frequency,
        }
    }
}

/// The extensions of IEC 61869-1:2023 with their ranges.
pub static EXTENSIONS: [Extension; 5] = [
    Extension { name: "WB0", top: Top::Harmonic(13) },
    Extension { name: "WB1", top: Top::Frequency(3e3) },
    Extension { name: "WB2", top: Top::Frequency(20e3) },
    Extension { name: "WB3", top: Top::Frequency(150e3) },
    Extension { name: "WB4", top: Top::Frequency(500e3) },
];

/// The limits of one band of frequencies, above `above` up to `up_to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The frequency in Hz that the band begins above.
    pub above: f64,
    /// The highest frequency in Hz of the band.
    pub up_to: f64,
    /// The lowest and the highest ratio error, as numbers.
    pub ratio: [f64; 2],
    /// The lowest and the highest phase displacement in rad; nothing where there is no limit.
    pub phase: Option<[f64; 2]>,
}

impl Band {
    /// The band with the limits ± `ratio_percent` and ± `phase_degrees`.
    pub fn symmetric(above: f64, up_to: f64, ratio_percent: f64, phase_degrees: f64) -> Self {
        let (ratio, phase) = (ratio_percent / 100.0, phase_degrees.to_radians());
        Self { above, up_to, ratio: [-ratio, ratio], phase: Some([-phase, phase]) }
    }
}

/// The limits of an accuracy class with its extension.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The name of the class, such as `0.1-WB2`.
    pub class: String,
    /// Where the figures come from.
    pub origin: String,
    /// The bands, in the order of rising frequencies.
    pub bands: Vec<Band>,
}

/// Limits at hand: the class, the extension, the upper ends of the bands in Hz with the limits in per cent and in
/// degrees, and where the figures were read. The first band begins above the rated frequency.
pub struct Published {
    /// The name of the class.
    pub class: &'static str,
    /// The upper end in Hz, the ratio error in per cent, the phase displacement in degrees.
    pub bands: &'static [(f64, f64, f64)],
    /// Where the figures were read.
    pub origin: &'static str,
}

/// Every class whose limits were read in a published source.
pub static LIMITS: [Published; 1] = [Published {
    class: "0.1-WB2",
    bands: &[(5e3, 1.0, 1.0), (10e3, 2.0, 2.0), (20e3, 5.0, 5.0)],
    origin: "IEC 61869-1:2023 as quoted in Energies 18 (2025) 2595",
}];

impl Limits {
    /// The limits of a class such as `0.1-WB2` for transducers of the `rated` frequency in Hz.
    ///
    /// # Errors
    /// When the limits of this class are not at hand; the message names those that are.
    pub fn published(class: &str, rated: f64) -> Result<Self, TransducerError> {
        let unknown = || TransducerError::Limits {
            name: class.to_owned(),
            known: LIMITS.iter().map(|known| known.class).collect(),
        };
        let known = LIMITS.iter().find(|known| known.class == class).ok_or_else(unknown)?;
        let begins = std::iter::once(rated).chain(known.bands.iter().map(|band| band.0));
        let bands =
            begins.zip(known.bands).map(|(above, band)| Band::symmetric(above, band.0, band.1, band.2)).collect();
        Ok(Self { class: class.to_owned(), origin: known.origin.to_owned(), bands })
    }

    /// The decision on a transducer with these errors by this rule.
    ///
    /// ```
    /// use sigmatau_dynamic::transducer::{Limits, Rule, Table, Verdict};
    /// let gain = Table::gain("VT", &[(50.0, 1.0, 1e-4), (5e3, 0.995, 1e-3), (20e3, 0.97, 2e-3)])?;
    /// let errors = gain.at(&[1e3, 5e3, 8e3, 20e3]).ratio_errors(1.0);
    /// let decision = Limits::published("0.1-WB2", 50.0)?.decide(&errors, Rule::default());
    /// assert_eq!(decision.verdict, Verdict::Pass);
    /// # Ok::<(), sigmatau_dynamic::transducer::TransducerError>(())
    /// ```
    pub fn decide(&self, errors: &[RatioError], rule: Rule) -> Decision {
        let bands: Vec<BandDecision> = self.bands.iter().map(|band| band.decide(errors, rule)).collect();
        let findings = bands.iter().filter(|band| band.lines == 0).map(|band| self.untested(&band.band)).collect();
        let verdict = bands.iter().map(|band| band.verdict).max().unwrap_or(Verdict::Undecided);
        Decision { verdict, p_conform: at_least(bands.iter().map(|band| band.p_conform)), bands, findings }
    }

    fn untested(&self, band: &Band) -> Finding {
        let seen = format!("no frequency above {} Hz up to {} Hz was measured", band.above, band.up_to);
        let matters = "nothing can be said about this band";
        Finding::new(Severity::Failure, "band-not-measured", seen, matters, "measure it, or claim a narrower class")
            .about(&self.class)
    }
}

/// How a decision takes the uncertainty into account (JCGM 106).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The guard band in standard uncertainties: 0 decides by the value alone.
    pub guard: f64,
}

impl Default for Rule {
    fn default() -> Self {
        Self { guard: 2.0 }
    }
}

/// What a decision says, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Within the limits, and farther from them than the guard band.
    Pass,
    /// A limit is nearer than the guard band, or the frequencies were not measured.
    Undecided,
    /// Beyond a limit by more than the guard band.
    Fail,
}

impl Verdict {
    /// The word in records: `pass`, `undecided` or `fail`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Undecided => "undecided",
            Self::Fail => "fail",
        }
    }
}

impl Rule {
    /// The decision on a value with the standard uncertainty `u` between two limits.
    ///
    /// ```
    /// use sigmatau_dynamic::transducer::{Rule, Verdict};
    /// let decide = |value| Rule { guard: 2.0 }.decide(value, 0.1, [-1.0, 1.0]);
    /// assert_eq!([0.7, 0.9, 1.1, 1.3].map(decide), [Verdict::Pass, Verdict::Undecided, Verdict::Undecided, Verdict::Fail]);
    /// ```
    pub fn decide(self, value: f64, u: f64, [lower, upper]: [f64; 2]) -> Verdict {
        let (margin, guard) = ((value - lower).min(upper - value), self.guard * u);
        if margin >= guard {
            Verdict::Pass
        } else if margin < -guard {
            Verdict::Fail
        } else {
            Verdict::Undecided
        }
    }
}

/// The probability that a value known to the standard uncertainty `u` lies between two limits, its error being
/// normal: Φ((b − x)/u) − Φ((a − x)/u) (JCGM 106).
///
/// ```
/// use sigmatau_dynamic::transducer::wideband::p_conform;
/// assert!((p_conform(1.0, 0.1, [-1.0, 1.0]) - 0.5).abs() < 1e-12);
/// assert!((p_conform(0.0, 1.0, [-1.96, 1.96]) - 0.950_004_2).abs() < 1e-7);
/// assert_eq!(p_conform(1.1, 0.0, [-1.0, 1.0]), 0.0);
/// ```
pub fn p_conform(value: f64, u: f64, [lower, upper]: [f64; 2]) -> f64 {
    if u == 0.0 {
        return if (lower..=upper).contains(&value) { 1.0 } else { 0.0 };
    }
    let beyond = |distance: f64| 0.5 * erfc(distance / (u * std::f64::consts::SQRT_2));
    (1.0 - beyond(upper - value) - beyond(value - lower)).max(0.0)
}

/// The decision on one band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandDecision {
    /// The band.
    pub band: Band,
    /// How many frequencies were measured in it.
    pub lines: usize,
    /// The worst verdict of its frequencies.
    pub verdict: Verdict,
    /// A lower bound of the probability that all of them conform, however their errors are correlated; 0 where
    /// none was measured.
    pub p_conform: f64,
    /// The ratio error and the phase displacement nearest to a limit, or farthest beyond, each at its frequency.
    pub worst: Option<[RatioError; 2]>,
}

/// The decision on a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The worst verdict of the bands.
    pub verdict: Verdict,
    /// A lower bound of the probability that the transducer conforms at all measured frequencies; 0 where a band was
    /// not measured.
    pub p_conform: f64,
    /// Band by band.
    pub bands: Vec<BandDecision>,
    /// Bands that were not measured.
    pub findings: Vec<Finding>,
}

impl Band {
    fn decide(&self, errors: &[RatioError], rule: Rule) -> BandDecision {
        let within = |error: &&RatioError| error.frequency > self.above && error.frequency <= self.up_to;
        let lines: Vec<&RatioError> = errors.iter().filter(within).collect();
        let tests: Vec<(f64, f64, [f64; 2])> = lines.iter().flat_map(|error| self.tests(error)).collect();
        let verdict = tests.iter().map(|(value, u, limits)| rule.decide(*value, *u, *limits)).max();
        let p = at_least(tests.iter().map(|(value, u, limits)| p_conform(*value, *u, *limits)));
        let nearest = |margin: &dyn Fn(&RatioError) -> f64| {
            lines.iter().copied().min_by(|a, b| margin(a).total_cmp(&margin(b))).copied()
        };
        let ratio = nearest(&|error| margin(error.ratio, self.ratio));
        let phase = nearest(&|error| self.phase.map_or(0.0, |limits| margin(error.phase, limits)));
        BandDecision {
            band: *self,
            lines: lines.len(),
            verdict: verdict.unwrap_or(Verdict::Undecided),
            p_conform: if lines.is_empty() { 0.0 } else { p },
            worst: ratio.zip(phase).map(<[RatioError; 2]>::from),
        }
    }

    /// The values to be tested at one frequency, with their standard uncertainties and limits.
    fn tests(&self, error: &RatioError) -> impl Iterator<Item = (f64, f64, [f64; 2])> {
        let ratio = (error.ratio, error.covariance.real.sqrt(), self.ratio);
        let (phase, u) = (error.phase, error.covariance.imaginary.sqrt());
        std::iter::once(ratio).chain(self.phase.map(|limits| (phase, u, limits)))
    }
}

fn margin(value: f64, [lower, upper]: [f64; 2]) -> f64 {
    (value - lower).min(upper - value)
}

/// 1 − Σ (1 − p), the probability that everything holds if no two failures ever coincide: it is never larger.
fn at_least(probabilities: impl Iterator<Item = f64>) -> f64 {
    (1.0 - probabilities.map(|p| 1.0 - p).sum::<f64>()).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::Bivariate;
    use sigmatau_spectrum::Gaussian;

    fn error(frequency: f64, ratio: f64, u: f64) -> RatioError {
        RatioError { frequency, ratio, phase: 0.0, covariance: Bivariate::circular(u * u) }
    }

    fn decided(errors: &[RatioError]) -> Decision {
        Limits::published("0.1-WB2", 50.0).unwrap().decide(errors, Rule::default())
    }

    #[test]
    fn the_worst_line_of_any_band_decides() {
        let good = [error(1e3, 0.001, 1e-4), error(8e3, 0.01, 1e-4), error(2e4, 0.04, 1e-4)];
        assert_eq!(decided(&good).verdict, Verdict::Pass);
        let near = [good[0], good[1], error(2e4, 0.049_9, 1e-4)];
        assert_eq!(decided(&near).verdict, Verdict::Undecided);
        let beyond = [good[0], error(8e3, -0.021, 1e-4), good[2]];
        let decision = decided(&beyond);
        assert_eq!((decision.verdict, decision.bands[1].worst.unwrap()[0].ratio), (Verdict::Fail, -0.021));
        assert!(decision.p_conform < 1e-12);
    }

    #[test]
    fn a_band_that_was_not_measured_is_undecided_and_said() {
        let decision = decided(&[error(1e3, 0.0, 1e-4)]);
        assert_eq!((decision.verdict, decision.findings.len()), (Verdict::Undecided, 2));
        assert_eq!(decision.findings[0].code, "band-not-measured");
    }

    #[test]
    fn ends_of_bands_belong_to_the_band_below() {
        assert_eq!(decided(&[error(5e3, 0.015, 1e-4)]).bands[0].verdict, Verdict::Fail);
        assert_eq!(decided(&[error(50.0, 0.5, 1e-4)]).bands.iter().map(|band| band.lines).sum::<usize>(), 0);
    }

    #[test]
    fn limits_that_nobody_read_are_asked_for() {
        let message = Limits::published("0.5-WB1", 50.0).unwrap_err().to_string();
        assert!(message.contains("0.1-WB2") && message.contains("give the bands"), "{message}");
    }

    #[test]
    fn published_limits_end_where_their_extension_ends() {
        for known in &LIMITS {
            let extension = EXTENSIONS.iter().find(|extension| known.class.ends_with(extension.name)).unwrap();
            assert_eq!(known.bands.last().unwrap().0, extension.top.frequency(50.0), "{}", known.class);
        }
        assert_eq!(EXTENSIONS[0].top.frequency(60.0), 780.0);
    }

    /// Transducers with errors near the limit, all equally likely before the measurement: of those that are given
    /// the probability p to conform, the share p does; and few that do not conform pass the guard band.
    #[test]
    fn probabilities_of_conformity_are_kept() {
        let (mut noise, u, trials) = (Gaussian::new(5, 0), 0.002, 20_000);
        let (mut expected, mut conforming, mut passed, mut wrongly) = (0.0, 0.0, 0.0, 0.0);
        for trial in 0..trials {
            let truth = 0.005 + 0.01 * f64::from(trial) / f64::from(trials);
            let value = truth + u * noise.draw();
            let good = f64::from(u8::from(truth <= 0.01));
            if (0.008..0.012).contains(&value) {
                expected += p_conform(value, u, [-0.01, 0.01]);
                conforming += good;
            }
            if Rule::default().decide(value, u, [-0.01, 0.01]) == Verdict::Pass {
                passed += 1.0;
                wrongly += 1.0 - good;
            }
        }
        assert!((conforming / expected - 1.0_f64).abs() < 0.03, "{conforming} conform, {expected} were expected");
        assert!(wrongly / passed < 0.023, "{wrongly} of {passed} passed wrongly");
    }
}
