//! What is decided about a meter, from its error, the uncertainty of that, and how much of it the readings really said.
//!
//! The probability that a meter conforms is that of its error to lie within its limits ±T. It is kept only where that is
//! large *and* comes from its readings, replaced only where it is small; between the two it is watched. What its
//! readings cannot decide is not assessable, which is an answer of its own, with what would mend it.
//!
//! Errors, limits and uncertainties are shares of one, not per cent. Limits and thresholds are what the user gives: the
//! texts of JJG 596-2025, of the State Grid specifications of state evaluation and of OIML G 20 were not available.
//!
//! Reference: JCGM 106:2012, 7 to 9.

use crate::root::turn;
use crate::solver::{Estimate, Plight};
use sigmatau_uncertainty::risk::{Conformity, specific_acceptance};
use sigmatau_uncertainty::rule::Limits;
use sigmatau_uncertainty::{Distribution, tail::Law};

mod batch;
mod words;

pub use batch::Batch;

/// Seconds in an hour times watts in a kilowatt: what a kWh is in J.
const JOULES: f64 = 3.6e6;

/// What is to be done with a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It conforms, and its readings say so.
    Keep,
    /// Undecided: it comes back with the next readings.
    Watch,
    /// It does not conform.
    Replace,
    /// Its readings cannot tell.
    NotAssessable,
}

/// From where on decisions are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// A meter is kept where the probability that it conforms is above this.
    pub keep: f64,
    /// A meter is replaced where that probability is below this.
    pub replace: f64,
    /// The least information, 0 to 1, with which a meter is kept.
    pub information: f64,
    /// The least information with which a meter is replaced, which nothing takes back.
    pub firm_information: f64,
    /// The mean power in W below which a meter is not held to its limits: that of its starting current.
    pub starting_power: f64,
    /// The largest unexplained share of the energy of an area in which meters are judged.
    pub unexplained: f64,
}

/// What stands around an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circumstances {
    /// The limit T of the error in service; `NaN` where none is known.
    pub limit: f64,
    /// The time between readings in s.
    pub step: i64,
    /// The standard uncertainty that the errors of all meters of the area share: that of its master meter.
    pub master: f64,
    /// The share of the energy of the area that neither meters nor losses explain; `NaN` where it is not known.
    pub unexplained: f64,
}

/// A verdict and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What is to be done.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The error that was judged; of the whole group where a meter cannot be told from others.
    pub error: f64,
    /// Its standard uncertainty.
    pub u: f64,
    /// The limit T.
    pub limit: f64,
    /// The probability that the error lies within the limit; `NaN` where there is no error or no limit.
    pub conform: f64,
    /// The guard band w: a meter of this uncertainty is kept where its error lies within ±(T − w). More than T where none
    /// is kept, `NaN` where there is no limit or no uncertainty.
    pub guard: f64,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It very probably conforms.
    Conforms,
    /// It very probably does not.
    Exceeds,
    /// It may or may not.
    Undecided {
        /// How many times as many readings would decide it, the error being what it seems; nothing where none would.
        more: Option<f64>,
    },
    /// The readings say too little: the probability is that of any meter.
    LittleInformation {
        /// The share of the knowledge that comes from the readings.
        information: f64,
        /// How many times as many readings would say enough; nothing where none would.
        more: Option<f64>,
    },
    /// It registers nothing, though its customer draws.
    Dead,
    /// It sends one and the same energy.
    Stuck,
    /// From some time on it registers a part only.
    Tampered,
    /// It does not hang on this master meter.
    Stranger {
        /// The area where its energy is missed, once that is found.
        home: Option<String>,
    },
    /// Too little energy to say anything.
    Idle,
    /// It runs below its starting current.
    BelowStart {
        /// Its mean power in W.
        power: f64,
    },
    /// Its energy cannot be told from that of others.
    Group {
        /// How many others.
        others: usize,
    },
    /// Too much of the energy of the area is unexplained.
    Unexplained {
        /// The share.
        share: f64,
    },
    /// The balance of the area says nothing of it.
    NoBalance,
    /// No limit of its error is known.
    NoLimit,
}

/// Why settings were refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("take {name} = {value} for verdicts: it has to be {wanted}")]
pub struct SettingsError {
    /// The setting.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
    /// What may be given.
    pub wanted: &'static str,
}

impl Default for Settings {
    /// Keep above 95 % with half of the knowledge from readings, replace below 5 % with three quarters of it, so that they
    /// halved the uncertainty; 4.6 W (0.02 A at 230 V), 5 % unexplained.
    fn default() -> Self {
        Self {
            keep: 0.95,
            replace: 0.05,
            information: 0.5,
            firm_information: 0.75,
            starting_power: 4.6,
            unexplained: 0.05,
        }
    }
}

impl Settings {
    /// The same settings, if decisions can be taken by them.
    ///
    /// # Errors
    /// When a probability or share is not between 0 and 1, a meter would be kept and replaced at once, or a power is negative.
    ///
    /// ```
    /// use sigmatau_meter::verdict::Settings;
    /// assert!(Settings::default().checked().is_ok());
    /// let error = Settings { keep: 0.04, ..Settings::default() }.checked().unwrap_err();
    /// assert_eq!(error.to_string(), "take keep = 0.04 for verdicts: it has to be above `replace` and below 1");
    /// ```
    pub fn checked(self) -> Result<Self, SettingsError> {
        let wants = |holds: bool, name, value, wanted| match holds {
            true => Ok(()),
            false => Err(SettingsError { name, value, wanted }),
        };
        let share = |value: f64| (0.0..=1.0).contains(&value);
        wants(self.replace > 0.0 && self.replace < 1.0, "replace", self.replace, "above 0 and below 1")?;
        wants(self.keep > self.replace && self.keep < 1.0, "keep", self.keep, "above `replace` and below 1")?;
        wants(share(self.information), "information", self.information, "0 to 1")?;
        wants(share(self.firm_information), "firm_information", self.firm_information, "0 to 1")?;
        wants(self.starting_power >= 0.0, "starting_power", self.starting_power, "0 W or more")?;
        wants(share(self.unexplained), "unexplained", self.unexplained, "0 to 1")?;
        Ok(self)
    }

    /// The verdict on a meter, with its reason.
    ///
    /// With P the probability that the error lies within ±T, and where the readings gave their share of the knowledge:
    /// *replace* where P is below [`Settings::replace`], *keep* where it is above [`Settings::keep`], *watch* where it lies
    /// between. Where they did not, a meter is watched that seems to be beyond its limits, and any other is not
    /// assessable, as is one whose readings speak of something else than its error.
    ///
    /// ```
    /// use sigmatau_meter::solver::{Estimate, Plight};
    /// use sigmatau_meter::verdict::{Circumstances, Settings, Verdict};
    /// let estimate = Estimate {
    ///     error: 0.02, u: 0.003, information: 0.9, plight: Plight::Sound, onset: None, late: 0.0, energy: 300.0, readings: 2880,
    /// };
    /// let circumstances = Circumstances { limit: 0.01, step: 900, master: 0.002, unexplained: 0.0 };
    /// let judgement = Settings::default().judge(&estimate, &circumstances);
    /// assert_eq!(judgement.verdict, Verdict::Replace);
    /// assert!((judgement.conform - 4.29e-4).abs() < 1e-6); // Φ(−10/3)
    /// ```
    pub fn judge(&self, estimate: &Estimate, circumstances: &Circumstances) -> Judgement {
        let (Estimate { error, u, .. }, limit) = (estimate, circumstances.limit);
        let conform = conformity(*error, *u, limit);
        let (verdict, reason) = self
            .obstacle(estimate, circumstances, conform)
            .unwrap_or_else(|| self.weigh(estimate, circumstances, conform));
        Judgement { verdict, reason, error: *error, u: *u, limit, conform, guard: self.guard(*u, limit) }
    }

    /// What stands against judging a meter by its error alone.
    fn obstacle(&self, estimate: &Estimate, circumstances: &Circumstances, conform: f64) -> Option<(Verdict, Reason)> {
        let exceeds = conform < self.replace;
        let is_crowded = circumstances.unexplained > self.unexplained;
        let out = |reason| Some((Verdict::NotAssessable, reason));
        let power = estimate.energy * JOULES / (estimate.readings as f64 * circumstances.step as f64);
        match &estimate.plight {
            Plight::Dead => Some((Verdict::Replace, Reason::Dead)),
            Plight::Stranger { home } => out(Reason::Stranger { home: home.clone() }),
            Plight::Idle => out(Reason::Idle),
            Plight::Tampered if !exceeds || is_crowded => Some((Verdict::Watch, Reason::Tampered)),
            Plight::Tampered => Some((Verdict::Replace, Reason::Tampered)),
            Plight::Stuck if !exceeds => out(Reason::Stuck),
            Plight::Stuck => Some((Verdict::Replace, Reason::Stuck)),
            _ if !conform.is_finite() && estimate.error.is_finite() => out(Reason::NoLimit),
            _ if !conform.is_finite() => out(Reason::NoBalance),
            _ if power < self.starting_power => out(Reason::BelowStart { power }),
            _ if is_crowded => out(Reason::Unexplained { share: circumstances.unexplained }),
            Plight::Collinear { with } if !exceeds => out(Reason::Group { others: with.len() }),
            Plight::Collinear { with } => Some((Verdict::Watch, Reason::Group { others: with.len() })),
            _ => None,
        }
    }

    /// The verdict on a meter of which nothing is the matter but its error.
    fn weigh(&self, estimate: &Estimate, circumstances: &Circumstances, conform: f64) -> (Verdict, Reason) {
        let (information, exceeds) = (estimate.information, conform < self.replace);
        let least = if exceeds { self.firm_information } else { self.information };
        match conform {
            _ if information.is_nan() || information < least => {
                let more = Some(odds(least) / odds(information)).filter(|more| more.is_finite());
                let verdict = if exceeds { Verdict::Watch } else { Verdict::NotAssessable };
                (verdict, Reason::LittleInformation { information, more })
            }
            _ if exceeds => (Verdict::Replace, Reason::Exceeds),
            conform if conform > self.keep => (Verdict::Keep, Reason::Conforms),
            _ => (Verdict::Watch, Reason::Undecided { more: self.more(estimate, circumstances) }),
        }
    }

    /// How many times as many readings would decide on an error, were it what it seems: its own variance falls with them,
    /// that of the master meter does not. Nothing where no readings would do.
    fn more(&self, estimate: &Estimate, circumstances: &Circumstances) -> Option<f64> {
        let outside = estimate.error.abs() - circumstances.limit;
        let probability = if outside > 0.0 { 1.0 - self.replace } else { self.keep };
        let wanted = (outside / Law::Normal.quantile(probability)).powi(2) - circumstances.master.powi(2);
        let own = estimate.u.powi(2) - circumstances.master.powi(2);
        (wanted > 0.0).then(|| own / wanted).filter(|more| *more > 1.0)
    }

    /// The guard band of keeping at the specific risk 1 − [`Settings::keep`].
    fn guard(&self, u: f64, limit: f64) -> f64 {
        let Some(limits) = limits(limit).filter(|_| u.is_finite()) else { return f64::NAN };
        let kept = specific_acceptance(&limits, &normal(u), 1.0 - self.keep);
        kept.map_or(f64::INFINITY, |kept| limit - kept.upper)
    }

    /// The size of an error from which on a meter of uncertainty `u` is replaced: P falls below [`Settings::replace`].
    ///
    /// ```
    /// use sigmatau_meter::verdict::Settings;
    /// let bound = Settings::default().replaced_beyond(0.001, 0.01);
    /// assert!((bound - (0.01 + 1.644_853_626_951_473 * 0.001)).abs() < 1e-12);
    /// ```
    pub fn replaced_beyond(&self, u: f64, limit: f64) -> f64 {
        let replaced = |error: f64| conformity(error, u, limit) < self.replace;
        if replaced(0.0) { 0.0 } else { turn(0.0, limit + 40.0 * u + f64::MIN_POSITIVE, replaced) }
    }
}

impl Judgement {
    /// The specific risk of what was decided: that a meter which is kept does not conform, or that one which is replaced
    /// does; `NaN` where nothing was decided.
    pub fn risk(&self) -> f64 {
        match self.verdict {
            Verdict::Keep => 1.0 - self.conform,
            Verdict::Replace => self.conform,
            Verdict::Watch | Verdict::NotAssessable => f64::NAN,
        }
    }
}

/// The probability that an error lies within ±T: Φ((T − e)/u) − Φ((−T − e)/u); `NaN` without an error or a limit.
pub(crate) fn conformity(error: f64, u: f64, limit: f64) -> f64 {
    match limits(limit) {
        Some(limits) if error.is_finite() && u.is_finite() => Conformity::of(&limits, error, &normal(u)).inside,
        _ => f64::NAN,
    }
}

fn limits(limit: f64) -> Option<Limits> {
    Limits::new(-limit, limit).ok()
}

fn normal(u: f64) -> Distribution {
    Distribution::Normal { standard_deviation: u }
}

fn odds(share: f64) -> f64 {
    share / (1.0 - share)
}

#[cfg(test)]
mod tests;
