//! What a decision on conformity risks: for one item, for the items of a process, for a batch.
//!
//! The *specific* risk is that of one item with its measured value. The *global* risks are those of items yet to be
//! drawn from a process: the consumer's, that an item does not conform and is accepted (PFA), and the producer's, that
//! it conforms and is rejected (PFR). Either may be *conditional*: of the accepted, or of the rejected items.
//!
//! Global risks are integrals over the process, by quadrature to better than 10⁻⁹ of what they are; one takes some
//! thousand tails.
//!
//! Reference: JCGM 106:2012, 7 to 9.

use crate::Distribution;
use crate::probability::turn;
use crate::rule::Limits;

mod batch;

pub use batch::{Batch, Prior, Total};

/// The probabilities of one quantity to lie within and beyond tolerance limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conformity {
    /// The probability of conforming.
    pub inside: f64,
    /// The probability of lying below the lower limit.
    pub below: f64,
    /// The probability of lying above the upper limit.
    pub above: f64,
}

impl Conformity {
    /// Of a quantity with an estimate and what is known about it; for a normal quantity
    /// p = Φ((T_U − y)/u) − Φ((T_L − y)/u). Each of the three keeps its digits however small it is.
    ///
    /// Reference: JCGM 106:2012, 7.
    pub fn of(limits: &Limits, estimate: f64, distribution: &Distribution) -> Self {
        let [lower, upper] = [limits.lower - estimate, limits.upper - estimate];
        let [below, above] = [distribution.probability_below(lower), distribution.probability_above(upper)];
        let inside = match distribution {
            Distribution::Samples(_) => 1.0 - below - above,
            _ if upper < 0.0 => distribution.probability_below(upper) - below,
            _ if lower > 0.0 => distribution.probability_above(lower) - above,
            _ => 1.0 - below - above,
        };
        Self { inside, below, above }
    }

    /// The probability of not conforming: the specific consumer's risk of an accepted item.
    pub fn outside(&self) -> f64 {
        self.below + self.above
    }
}

/// The limits of acceptance at which the specific risk is `risk`; nothing where it is larger even in the middle of
/// the tolerance.
///
/// ```
/// use sigmatau_uncertainty::{Distribution, risk::specific_acceptance, rule::Limits};
/// let limits = Limits::new(f64::NEG_INFINITY, 1.0)?;
/// let normal = Distribution::Normal { standard_deviation: 0.1 };
/// let upper = specific_acceptance(&limits, &normal, 0.05).unwrap().upper;
/// assert!((upper - (1.0 - 0.164_485_362_695_147)).abs() < 1e-14);
/// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
/// ```
pub fn specific_acceptance(limits: &Limits, distribution: &Distribution, risk: f64) -> Option<Limits> {
    let step = distribution.standard_uncertainty();
    if step == 0.0 {
        return Some(*limits);
    }
    let risky = |estimate: f64| Conformity::of(limits, estimate, distribution).outside() > risk;
    let middle = safe(limits, step, &risky)?;
    let end = |limit: f64, outwards: f64| {
        if limit.is_infinite() {
            return limit;
        }
        let far = steps(step).map(|step| limit + outwards * step).find(|place| risky(*place)).unwrap_or(limit);
        outwards * turn(outwards * middle, outwards * far, |place| risky(outwards * place))
    };
    Some(Limits { lower: end(limits.lower, -1.0), upper: end(limits.upper, 1.0) })
}

/// A place where the risk is small: the middle, or far enough from the only limit.
fn safe(limits: &Limits, step: f64, risky: &impl Fn(f64) -> bool) -> Option<f64> {
    let safe = |place: &f64| !risky(*place);
    match (limits.lower.is_finite(), limits.upper.is_finite()) {
        (true, true) => Some(0.5 * (limits.lower + limits.upper)).filter(safe),
        (true, false) => steps(step).map(|step| limits.lower + step).find(safe),
        _ => steps(step).map(|step| limits.upper - step).find(safe),
    }
}

/// Steps that double until they leave the numbers.
fn steps(first: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |step| Some(2.0 * step)).take_while(|step| step.is_finite())
}

/// What is known of the items of a process before they are measured.
#[derive(Clone, Debug)]
pub struct Process {
    /// The centre of the process.
    pub centre: f64,
    /// How the items spread about it.
    pub spread: Distribution,
}

/// The probabilities of the four outcomes of an item that is yet to be drawn and measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Global {
    /// The consumer's risk PFA: not conforming, and accepted.
    pub consumer: f64,
    /// The producer's risk PFR: conforming, and rejected.
    pub producer: f64,
    /// Conforming.
    pub conforming: f64,
    /// Not conforming.
    pub nonconforming: f64,
}

impl Global {
    /// The risks of items of a process that are measured with an error, wanted within `tolerance`, accepted when
    /// measured within `acceptance`:
    ///
    /// PFA = ∫ g(y) P(A_L ≤ y + e ≤ A_U) dy over y outside of the tolerance, PFR = ∫ g(y) (1 − P(…)) dy within.
    ///
    /// Reference: JCGM 106:2012, 9.
    ///
    /// ```
    /// use sigmatau_uncertainty::{Distribution, risk::{Global, Process}, rule::Limits};
    /// let process = Process { centre: 0.0, spread: Distribution::Normal { standard_deviation: 1.0 } };
    /// let error = Distribution::Normal { standard_deviation: 0.25 };
    /// let tolerance = Limits::new(-2.0, 2.0)?;
    /// let global = Global::of(&process, &error, &tolerance, &tolerance);
    /// assert!((global.consumer - 0.008_006_085).abs() < 1e-9 && (global.producer - 0.014_850_884).abs() < 1e-9);
    /// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
    /// ```
    pub fn of(process: &Process, error: &Distribution, tolerance: &Limits, acceptance: &Limits) -> Self {
        let item = |deviation: f64| process.centre + deviation;
        let measured = |deviation: f64| Conformity::of(acceptance, item(deviation), error);
        let breaks = breaks(process, error, tolerance, acceptance);
        let over = |f: &dyn Fn(f64) -> f64| process.spread.expectation(&breaks, f);
        let good = |deviation: f64| tolerance.contain(item(deviation));
        let conformity = Conformity::of(tolerance, process.centre, &process.spread);
        Self {
            consumer: over(&|deviation| if good(deviation) { 0.0 } else { measured(deviation).inside }),
            producer: over(&|deviation| if good(deviation) { measured(deviation).outside() } else { 0.0 }),
            conforming: conformity.inside,
            nonconforming: conformity.outside(),
        }
    }

    /// The probability of being accepted.
    pub fn accepted(&self) -> f64 {
        self.conforming - self.producer + self.consumer
    }

    /// The probability of being rejected.
    pub fn rejected(&self) -> f64 {
        self.nonconforming - self.consumer + self.producer
    }

    /// The conditional consumer's risk: how many of the accepted items do not conform.
    pub fn conditional_consumer(&self) -> f64 {
        self.consumer / self.accepted()
    }

    /// The conditional producer's risk: how many of the rejected items conform.
    pub fn conditional_producer(&self) -> f64 {
        self.producer / self.rejected()
    }
}

/// Where the integrands bend: at the tolerance, and within some uncertainties of the limits of acceptance.
fn breaks(process: &Process, error: &Distribution, tolerance: &Limits, acceptance: &Limits) -> Vec<f64> {
    let scale = error.standard_uncertainty();
    let bend = |limit: f64| [-8.0, -3.0, -1.0, 0.0, 1.0, 3.0, 8.0].map(|steps| limit + steps * scale);
    let bends = [acceptance.lower, acceptance.upper].into_iter().flat_map(bend);
    let places = bends.chain([tolerance.lower, tolerance.upper]).filter(|place| place.is_finite());
    places.map(|place| place - process.centre).collect()
}

/// The widest guard band that is tried, over half of the tolerance: where nothing is accepted there is no risk of what is.
const WIDEST: f64 = 1.0 - 1e-6;

/// The narrowest guard band w ≥ 0 on each side at which a risk of the process is at most `wanted`; nothing where no
/// guard band makes it so.
///
/// The risk is any of the four, such as [`Global::conditional_consumer`] or `|global| global.consumer`; one that rises with
/// the guard band, as the producer's, is not to be had so.
///
/// ```
/// use sigmatau_uncertainty::{Distribution, risk::{Process, global_guard}, rule::Limits};
/// let process = Process { centre: 0.0, spread: Distribution::Normal { standard_deviation: 1.0 } };
/// let error = Distribution::Normal { standard_deviation: 0.5 };
/// let guard = global_guard(&process, &error, &Limits::new(-2.0, 2.0)?, |global| global.consumer, 0.008_051_609);
/// assert!((guard.unwrap() - 0.18).abs() < 1e-7);
/// # Ok::<(), sigmatau_uncertainty::rule::RuleError>(())
/// ```
pub fn global_guard(
    process: &Process,
    error: &Distribution,
    tolerance: &Limits,
    risk: impl Fn(&Global) -> f64,
    wanted: f64,
) -> Option<f64> {
    let holds = |guard: f64| risk(&Global::of(process, error, tolerance, &tolerance.guarded(guard))) <= wanted;
    if holds(0.0) {
        return Some(0.0);
    }
    let widest = WIDEST * tolerance.half_width();
    let step = error.standard_uncertainty().max(f64::MIN_POSITIVE);
    let mut guards = steps(step).take_while(|guard| *guard < widest).chain([widest]).filter(|guard| guard.is_finite());
    guards.find(|guard| holds(*guard)).map(|enough| turn(0.0, enough, holds))
}

#[cfg(test)]
mod tests;
