//! The table of solvers: from the readings of an area to the error of each of its meters.
//!
//! One entry per file in the folder `solver/`. To add one: write its file next to its nearest sibling and add it to
//! [`SOLVERS`]. `gls` is the one to use; the classical ones stand beside it for comparison.

use crate::home::Remainder;
use crate::prior::{Evidence, Prior};
use crate::{Area, Meter};
use nalgebra::DMatrix;
use sigmatau_core::{Finding, nearest};

mod classic;
mod gls;
mod huber;
mod kalman;
mod ols;
mod ridge;
mod rls;

/// Every solver, the one to use first.
pub static SOLVERS: &[&Solver] =
    &[&gls::SOLVER, &ols::SOLVER, &ridge::SOLVER, &rls::SOLVER, &kalman::SOLVER, &huber::SOLVER];

/// The names of all solvers.
pub fn names() -> Vec<&'static str> {
    SOLVERS.iter().map(|solver| solver.name).collect()
}

/// A way from readings to errors.
pub struct Solver {
    /// The short name, such as `gls`.
    pub name: &'static str,
    /// The full name.
    pub title: &'static str,
    /// Where it is described.
    pub reference: &'static str,
    /// Solves an area, given what is known of errors beforehand.
    pub solve: fn(&Area, &Prior) -> Solution,
}

impl Solver {
    /// The solver of that name.
    ///
    /// # Errors
    /// When there is none; the message has the nearest names.
    pub fn named(name: &str) -> Result<&'static Self, UnknownSolver> {
        let found = SOLVERS.iter().find(|solver| solver.name == name);
        found.copied().ok_or_else(|| UnknownSolver { name: name.to_owned() })
    }

    /// Whether its solutions hold the [`Evidence`] that teaches a prior.
    pub fn teaches(&self) -> bool {
        self.name == gls::SOLVER.name
    }
}

/// No solver has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("find the solver '{name}'{}", nearest::did_you_mean(name, &names()))]
pub struct UnknownSolver {
    /// The name as it was typed.
    pub name: String,
}

/// What a solver says of an area. Errors are shares of one, not per cent.
#[derive(Clone, Debug)]
pub struct Solution {
    /// One for each meter of the area, in its order.
    pub estimates: Vec<Estimate>,
    /// The covariance of the errors, the common uncertainty of the master meter within; 0 where there is no error.
    pub covariance: DMatrix<f64>,
    /// What was seen on the way.
    pub findings: Vec<Finding>,
    /// Energy that the cables lost over the energy that was supplied; `NaN` where it is not known.
    pub loss: f64,
    /// Energy in kWh that no meter and no loss explains; `NaN` where it is not known.
    pub unexplained: f64,
    /// What the readings alone say of the lacks κ, for the prior of many areas.
    pub evidence: Option<Evidence>,
    /// What remains of the balance, where the home of a stranger can be looked for.
    pub remainder: Option<Remainder>,
}

/// What is said of a meter.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The error e = (registered − true)/true over the whole time, weighted with the energy; `NaN` where there is none.
    pub error: f64,
    /// Its standard uncertainty.
    pub u: f64,
    /// The share 1 − u²(posterior)/u²(prior) of the knowledge that comes from the readings, 0 to 1; of `gls` at most what
    /// they would say were no neighbour known to be sound.
    pub information: f64,
    /// What is the matter with it.
    pub plight: Plight,
    /// When that began, in seconds since 1970 UTC.
    pub onset: Option<i64>,
    /// How late its clock is, in s; `NaN` where that cannot be said.
    pub late: f64,
    /// Energy that it registered towards the customer, in kWh.
    pub energy: f64,
    /// Intervals with a reading.
    pub readings: usize,
}

/// What is the matter with a meter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plight {
    /// Nothing but an error.
    #[default]
    Sound,
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
    /// Its energy cannot be told from that of these others; the error is the one of the group.
    Collinear {
        /// The others, by their places in the area.
        with: Vec<usize>,
    },
}

impl Plight {
    /// The word: `sound`, `dead`, `stuck`, `tampered`, `stranger`, `idle` or `collinear`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Dead => "dead",
            Self::Stuck => "stuck",
            Self::Tampered => "tampered",
            Self::Stranger { .. } => "stranger",
            Self::Idle => "idle",
            Self::Collinear { .. } => "collinear",
        }
    }
}

impl Solution {
    /// Nothing said of any meter.
    pub(crate) fn empty(area: &Area) -> Self {
        Self { estimates: area.meters.iter().map(Estimate::unsaid).collect(), ..Self::of(area.meters.len()) }
    }

    /// Nothing said of so many meters, not even their energies.
    pub(crate) fn of(meters: usize) -> Self {
        let nothing = Estimate {
            error: f64::NAN,
            u: f64::NAN,
            information: 0.0,
            plight: Plight::Idle,
            onset: None,
            late: f64::NAN,
            energy: 0.0,
            readings: 0,
        };
        Self {
            estimates: vec![nothing; meters],
            covariance: DMatrix::zeros(meters, meters),
            findings: Vec::new(),
            loss: f64::NAN,
            unexplained: f64::NAN,
            evidence: None,
            remainder: None,
        }
    }
}

impl Estimate {
    /// Whether the meter registered nothing.
    pub(crate) fn is_idle(&self) -> bool {
        self.energy <= 0.0
    }

    /// Nothing is said of a meter without energy.
    pub(crate) fn silence(&mut self) {
        self.plight = Plight::Idle;
        (self.error, self.u, self.information) = (f64::NAN, f64::NAN, 0.0);
    }

    /// What is known of a meter without a balance: its energy, and how many readings there are.
    pub(crate) fn unsaid(meter: &Meter) -> Self {
        let seen = || meter.consumed.iter().filter(|energy| energy.is_finite());
        let bridged: f64 = meter.bridges.iter().map(|bridge| bridge.consumed).sum();
        Self {
            error: f64::NAN,
            u: f64::NAN,
            information: 0.0,
            plight: Plight::Idle,
            onset: None,
            late: f64::NAN,
            energy: seen().sum::<f64>() + bridged,
            readings: seen().count(),
        }
    }
}
