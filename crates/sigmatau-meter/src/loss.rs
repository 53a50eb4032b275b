//! The columns of a balance: what the lack of each meter, the losses of the cables, the meters themselves and clocks
//! that are late put into each interval.

use crate::Phase;
use crate::balance::Balance;
use std::f64::consts::TAU;
use std::ops::Range;

/// kW that a loop of 1 Ω loses when 1 kW passes it at 230 V.
const PER_OHM: f64 = 1.0 / 52.9;
/// The resistance of a service cable, there and back, in Ω: what is usual, and how much it varies.
const SERVICE: (f64, f64) = (0.05, 0.04);
/// What a meter draws itself, in kW, and what else draws without a meter.
const SELF: (f64, f64) = (0.001, 0.0005);
const COLLECTOR: (f64, f64) = (0.008, 0.02);
/// What customers without a meter draw, in kW, and how many there are.
const UNMETERED: f64 = 0.3;
const CUSTOMERS: f64 = 1.0;
/// How late clocks are, in h.
const LATE: f64 = 0.4 / 60.0;
/// The share of the common loss by which the participation of a meter varies, and about what its voltage tells of it.
const VARIED: f64 = 0.6;
const TOLD: f64 = 0.45;

/// Intervals of more hours do not show when customers draw.
const LONG: f64 = 1.0;

/// The lack of one meter in some of the intervals.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// The place of the meter in its area.
    pub(crate) meter: usize,
    /// The intervals.
    pub(crate) intervals: Range<usize>,
    /// The standard deviation of its lack where it is not that of the prior of all meters.
    pub(crate) free: Option<f64>,
}

/// A quantity that is estimated beside the lacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Power that is drawn all the time without a meter, in kW.
    Fixed,
    /// How many customers without a meter there are.
    Customers,
    /// What they draw by the time of the day, in kW.
    Day,
    /// Loss by the square of the whole power, per kW.
    Whole,
    /// Loss by the square of the power of one phase, per kW.
    OnPhase(Phase),
    /// Loss by the power that is fed in, with the whole power and by its own square, per kW.
    Feeding,
    /// Loss by the sum of the squares of the powers of meters, per kW.
    Services,
    /// How much more a meter takes part in the loss by the whole power, per kW.
    Participation(usize),
    /// The same by the power of its phase.
    OfPhase(usize),
    /// The same by the power that is fed in, in the area and on its phase.
    Feed(usize),
    /// The same by the square of its own power.
    Service(usize),
    /// How late a clock is, in h.
    Late(usize),
}

/// A quantity beside the lacks, what it puts into the intervals, and what is known of it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) kind: Kind,
    pub(crate) column: Vec<f64>,
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Term {
    /// A term of which nothing but the prior is wanted.
    pub(crate) fn known(mean: f64, deviation: f64) -> Self {
        Self { kind: Kind::Fixed, column: Vec::new(), mean, deviation }
    }
}

/// The loss that all meters share, per kW: by the whole power and by the power of a phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Common {
    pub(crate) whole: f64,
    pub(crate) phase: f64,
}

/// Which terms there are, and what scales their priors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layout {
    /// The root of the mean square of the power of the area, in kW.
    pub(crate) load: f64,
    /// The loss that meters take part in each in its own way; nothing where all are alike.
    pub(crate) common: Option<Common>,
    /// Whether fixed power is open, and whether there are customers without a meter.
    pub(crate) open: bool,
    pub(crate) unmetered: bool,
    /// Intervals of a day.
    pub(crate) daily: usize,
}

/// What is found from weeks of readings and holds for every day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Habits {
    /// The mean variance of the power of each meter within an interval over its mean power.
    pub(crate) ripples: Vec<f64>,
    /// By how much more than the mean each meter takes part in the loss; nothing where voltages do not tell.
    pub(crate) remote: Vec<Option<f64>>,
}

impl Layout {
    /// The standard deviation of what a lack takes for an error of a meter though it is a loss. The marginal loss 2λ of
    /// customers varies with when they draw; where intervals are too long to show that, it goes with their energy.
    pub(crate) fn hidden(&self, hours: f64) -> f64 {
        let share = self.common.map_or(0.0, |common| common.whole * self.load);
        if hours > LONG { 2.0 * VARIED * share } else { 0.0 }
    }
}

/// The powers of an area, in kW.
pub(crate) struct Powers {
    hours: f64,
    habits: Habits,
    meters: Vec<Vec<f64>>,
    phases: Vec<Phase>,
    whole: Vec<f64>,
    on: [Vec<f64>; 3],
    /// What is fed in, in the area and on each phase; nothing where nobody does.
    fed: Option<(Vec<f64>, [Vec<f64>; 3])>,
}

const THREE: [Phase; 3] = [Phase::A, Phase::B, Phase::C];

impl Powers {
    pub(crate) fn of(balance: &Balance) -> Self {
        let hours = balance.hours;
        let power = |energies: Vec<f64>| energies.into_iter().map(|energy| energy / hours).collect::<Vec<f64>>();
        let meters: Vec<Vec<f64>> = balance.net.iter().cloned().map(power).collect();
        Self {
            hours,
            habits: Habits {
                ripples: meters.iter().map(|power| ripple(power)).collect(),
                remote: balance.remote.clone(),
            },
            meters,
            phases: balance.phases.clone(),
            whole: power(balance.total()),
            on: THREE.map(|phase| power(balance.on_phase(phase))),
            fed: balance
                .feeds_in()
                .then(|| (power(balance.fed_in(None)), THREE.map(|phase| power(balance.fed_in(Some(phase)))))),
        }
    }

    /// The same with habits that were found before.
    pub(crate) fn with_habits(self, habits: Habits) -> Self {
        Self { habits, ..self }
    }

    pub(crate) fn habits(&self) -> &Habits {
        &self.habits
    }

    /// All terms of a layout; `meters` are those with a part in the balance.
    pub(crate) fn terms(&self, layout: &Layout, meters: &[usize]) -> Vec<Term> {
        let mut terms = self.shared(layout);
        if layout.unmetered {
            terms.extend(self.unmetered(layout.daily));
        }
        if let Some(common) = layout.common {
            terms.extend(meters.iter().flat_map(|meter| self.own(*meter, common)));
        }
        terms
    }

    /// The root of the mean square of the whole power.
    pub(crate) fn load(&self) -> f64 {
        (self.whole.iter().map(|power| power * power).sum::<f64>() / self.whole.len().max(1) as f64).sqrt().max(1e-6)
    }

    /// What is drawn all the time without a meter where every customer has one: mean and standard deviation, in kW.
    pub(crate) fn fixed(&self) -> (f64, f64) {
        let count = self.meters.len() as f64;
        (count * SELF.0 + COLLECTOR.0, count * SELF.1 + COLLECTOR.1)
    }

    /// What customers without a meter may draw: their fixed power, their share in the load of the others, their day.
    fn unmetered(&self, daily: usize) -> Vec<Term> {
        let customer = self.whole.iter().map(|power| self.hours * power / self.meters.len() as f64).collect();
        let whole = self.term(Kind::Customers, customer, 0.0, CUSTOMERS);
        let turn = |order: usize, t: usize| TAU * (order * (t % daily)) as f64 / daily as f64;
        let wave = |order: usize, wave: fn(f64) -> f64| {
            let column = (0..self.whole.len()).map(|t| self.hours * wave(turn(order, t))).collect();
            self.term(Kind::Day, column, 0.0, UNMETERED)
        };
        let waves =
            (1..=4).filter(|order| 2 * order < daily).flat_map(|order| [wave(order, f64::cos), wave(order, f64::sin)]);
        let mut terms: Vec<Term> = waves.collect();
        terms.push(whole);
        terms
    }

    /// The terms that all meters share.
    fn shared(&self, layout: &Layout) -> Vec<Term> {
        let load = layout.load;
        let (mean, deviation) = self.fixed();
        let deviation = if layout.open || layout.unmetered { UNMETERED } else { deviation };
        let fixed = Term { kind: Kind::Fixed, column: vec![self.hours; self.whole.len()], mean, deviation };
        let whole = self.term(Kind::Whole, self.squares(&self.whole), 0.0, 0.03 / load);
        let phases = THREE.iter().zip(&self.on);
        let phases =
            phases.map(|(phase, power)| self.term(Kind::OnPhase(*phase), self.squares(power), 0.0, 0.06 / load));
        let services = self.sum_of_squares();
        let services = self.term(Kind::Services, services, SERVICE.0 * PER_OHM, SERVICE.1 * PER_OHM);
        [fixed, whole].into_iter().chain(phases).chain([services]).chain(self.feeding(load)).collect()
    }

    /// Where customers feed in, power flows between them and others that the whole power does not show.
    fn feeding(&self, load: f64) -> Vec<Term> {
        let Some((fed, on)) = &self.fed else { return Vec::new() };
        let products = |power: &[f64], fed: &[f64]| {
            let times = |one: &[f64], other: &[f64]| {
                one.iter().zip(other).map(|(one, other)| self.hours * one * other).collect()
            };
            [times(power, fed), times(fed, fed)]
        };
        let phases = self.on.iter().zip(on).flat_map(|(power, fed)| products(power, fed));
        let columns = products(&self.whole, fed).into_iter().chain(phases);
        columns.map(|column| self.term(Kind::Feeding, column, 0.0, 0.03 / load)).collect()
    }

    /// The terms of a meter.
    fn own(&self, meter: usize, common: Common) -> Vec<Term> {
        let power = &self.meters[meter];
        let times =
            |other: &[f64]| power.iter().zip(other).map(|(own, other)| self.hours * own * other).collect::<Vec<f64>>();
        let told = self.habits.remote[meter];
        let (mean, varied) = told.map_or((0.0, VARIED), |remote| (remote, TOLD));
        let whole =
            self.term(Kind::Participation(meter), times(&self.whole), mean * common.whole, varied * common.whole);
        let phase = THREE.iter().position(|phase| *phase == self.phases[meter]);
        let of_phase = phase.map(|phase| {
            self.term(Kind::OfPhase(meter), times(&self.on[phase]), mean * common.phase, varied * common.phase)
        });
        let square = self.term(Kind::Service(meter), self.square(meter), 0.0, SERVICE.1 * PER_OHM);
        let late = (self.hours <= 1.0).then(|| self.term(Kind::Late(meter), self.slope(meter), 0.0, LATE));
        let fed = self.fed.iter().flat_map(|(fed, on)| [Some(fed), phase.map(|phase| &on[phase])]).flatten();
        let fed = fed.map(|fed| self.term(Kind::Feed(meter), times(fed), 0.0, VARIED * common.phase));
        [whole, square].into_iter().chain(of_phase).chain(fed).chain(late).collect()
    }

    fn term(&self, kind: Kind, column: Vec<f64>, mean: f64, deviation: f64) -> Term {
        Term { kind, column, mean, deviation }
    }

    fn squares(&self, power: &[f64]) -> Vec<f64> {
        power.iter().map(|power| self.hours * power * power).collect()
    }

    /// The mean square of the power of a meter within each interval, in kWh·kW: what varies within is shared out by the
    /// power.
    fn square(&self, meter: usize) -> Vec<f64> {
        let (power, ripple) = (&self.meters[meter], self.habits.ripples[meter]);
        power.iter().map(|power| self.hours * (power * power + ripple * power.abs())).collect()
    }

    fn sum_of_squares(&self) -> Vec<f64> {
        let mut sum = vec![0.0; self.whole.len()];
        for meter in 0..self.meters.len() {
            sum.iter_mut().zip(self.square(meter)).for_each(|(sum, square)| *sum += square);
        }
        sum
    }

    /// What a clock that is late by 1 h puts into the intervals, in kWh: the power at the start less the power at the end.
    fn slope(&self, meter: usize) -> Vec<f64> {
        let power = &self.meters[meter];
        let at = |t: usize| power[t.min(power.len() - 1)];
        (0..power.len()).map(|t| 0.5 * (at(t.saturating_sub(1)) - at(t + 1))).collect()
    }
}

/// What varies within intervals is taken to be what varies between neighbours.
fn ripple(power: &[f64]) -> f64 {
    let within: f64 = power.windows(2).map(|pair| 0.5 * (pair[1] - pair[0]).powi(2)).sum();
    let whole: f64 = power.iter().map(|power| power.abs()).sum();
    if whole > 0.0 { within / whole } else { 0.0 }
}
