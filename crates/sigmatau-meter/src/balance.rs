//! The balance of an area on its grid: what every meter passed on in each interval, with what is missing filled in, and
//! how much doubt that adds.

use crate::voltage::remoteness;
use crate::{Area, Meter, Phase};
use std::ops::Range;

/// What the meters and the master meter of an area passed on. Energies in kWh, towards the customers.
#[derive(Clone, Debug)]
pub(crate) struct Balance {
    /// The length of an interval in h.
    pub(crate) hours: f64,
    /// Intervals of a day.
    pub(crate) daily: usize,
    /// What the master meter passed on; 0 where it is missing.
    pub(crate) supplied: Vec<f64>,
    /// What each meter passed on, filled in; 0 while it was not in service.
    pub(crate) net: Vec<Vec<f64>>,
    /// What each meter registered from the customer; empty where there is no register for that.
    pub(crate) fed: Vec<Vec<f64>>,
    /// The phases of each meter.
    pub(crate) phases: Vec<Phase>,
    /// By how much more than the mean each meter takes part in the loss; nothing where voltages do not tell.
    pub(crate) remote: Vec<Option<f64>>,
    /// The variance in kWh² that filling in adds to each interval; infinite where the master meter is missing.
    pub(crate) doubt: Vec<f64>,
}

impl Balance {
    /// The balance of an area; `without` are meters that are left out of it.
    pub(crate) fn of(area: &Area, without: &[usize]) -> Self {
        let daily = (86_400 / area.step.max(1)).max(1) as usize;
        let phases = area.meters.iter().map(|meter| meter.about.phase).collect();
        let (supplied, doubt) = supplied(area);
        let (net, fed, remote) = (Vec::new(), Vec::new(), Vec::new());
        let mut balance = Self { hours: area.step as f64 / 3600.0, daily, supplied, net, fed, phases, remote, doubt };
        for (place, meter) in area.meters.iter().enumerate() {
            let service = if without.contains(&place) { 0..0 } else { service(area, meter) };
            let filled = Filled::of(meter, service, area.intervals(), daily);
            balance.doubt.iter_mut().zip(&filled.doubt).for_each(|(sum, doubt)| *sum += doubt);
            balance.net.push(filled.net);
            balance.fed.push(meter.fed.clone());
        }
        let load = |phase| if phase == Phase::Three { balance.total() } else { balance.on_phase(phase) };
        balance.remote = remoteness(area, load, &balance.net);
        balance
    }

    /// The number T of intervals.
    pub(crate) fn intervals(&self) -> usize {
        self.supplied.len()
    }

    /// Replaces what a meter passed on in `intervals` by its usual day from outside of them.
    pub(crate) fn assume_usual(&mut self, meter: usize, intervals: Range<usize>) {
        let net = &mut self.net[meter];
        let usual = Usual::of(net, |interval| !intervals.contains(&interval), self.daily);
        for interval in intervals {
            net[interval] = usual.mean(interval);
            self.doubt[interval] += usual.variance(interval) * usual.memory();
        }
    }

    /// The relative variance of the energy of a stretch of days about that of usual ones, from the days outside of it.
    pub(crate) fn unusual(&self, meter: usize, intervals: &Range<usize>) -> f64 {
        let net = &self.net[meter];
        let mut days = Moments::default();
        let outside = (0..net.len() / self.daily).map(|day| day * self.daily..(day + 1) * self.daily);
        let outside = outside.filter(|day| day.end <= intervals.start || day.start >= intervals.end);
        outside.for_each(|day| days.add(net[day].iter().sum()));
        let count = (intervals.len() / self.daily).max(1) as f64;
        days.variance() / (days.mean().powi(2) * count).max(1e-12)
    }

    /// Σφ in each interval.
    pub(crate) fn total(&self) -> Vec<f64> {
        self.sum(|_| 1.0)
    }

    /// Σφ of what hangs on a phase, a third of three-phase meters and of those whose phase is not known.
    pub(crate) fn on_phase(&self, phase: Phase) -> Vec<f64> {
        self.sum(|own| share(own, phase))
    }

    /// Whether a customer feeds in.
    pub(crate) fn feeds_in(&self) -> bool {
        self.fed.iter().flatten().any(|energy| *energy > 0.0)
    }

    /// What is fed in, on one phase or on all.
    pub(crate) fn fed_in(&self, on: Option<Phase>) -> Vec<f64> {
        let mut sum = vec![0.0; self.intervals()];
        for (fed, phase) in self.fed.iter().zip(&self.phases) {
            let share = on.map_or(1.0, |on| share(*phase, on));
            sum.iter_mut().zip(fed).filter(|(_, fed)| fed.is_finite()).for_each(|(sum, fed)| *sum += share * fed);
        }
        sum
    }

    fn sum(&self, share: impl Fn(Phase) -> f64) -> Vec<f64> {
        let mut sum = vec![0.0; self.intervals()];
        for (net, phase) in self.net.iter().zip(&self.phases) {
            let share = share(*phase);
            sum.iter_mut().zip(net).for_each(|(sum, energy)| *sum += share * energy);
        }
        sum
    }

    /// z = y − Σφ in each interval.
    pub(crate) fn lack(&self) -> Vec<f64> {
        self.supplied.iter().zip(self.total()).map(|(supplied, total)| supplied - total).collect()
    }
}

/// The share of what passes a meter that flows in a phase.
fn share(own: Phase, phase: Phase) -> f64 {
    match own {
        own if own == phase => 1.0,
        Phase::Three | Phase::Unknown => 1.0 / 3.0,
        _ => 0.0,
    }
}

/// What the master meter passed on, and where it is missing.
fn supplied(area: &Area) -> (Vec<f64>, Vec<f64>) {
    let returned = |interval: usize| area.master.returned.get(interval).copied().filter(|back| back.is_finite());
    let net =
        area.master.supplied.iter().enumerate().map(|(interval, energy)| energy - returned(interval).unwrap_or(0.0));
    net.map(|energy| if energy.is_finite() { (energy, 0.0) } else { (0.0, f64::INFINITY) }).unzip()
}

/// The intervals in which a meter was in service.
pub(crate) fn service(area: &Area, meter: &Meter) -> Range<usize> {
    let within = |time: i64| (time.saturating_sub(area.start - area.step).max(0) / area.step.max(1)) as usize;
    let end = area.intervals();
    within(meter.about.from).min(end)..within(meter.about.until).min(end)
}

/// The readings of a meter with what is missing filled in.
struct Filled {
    net: Vec<f64>,
    doubt: Vec<f64>,
}

impl Filled {
    fn of(meter: &Meter, service: Range<usize>, intervals: usize, daily: usize) -> Self {
        let fed = |interval: usize| meter.fed.get(interval).copied().filter(|fed| fed.is_finite()).unwrap_or(0.0);
        let read = |interval: usize| meter.consumed.get(interval).map_or(f64::NAN, |energy| energy - fed(interval));
        let mut net: Vec<f64> = (0..intervals).map(|at| if service.contains(&at) { read(at) } else { 0.0 }).collect();
        let mut doubt = vec![0.0; intervals];
        if net.iter().any(|energy| energy.is_nan()) {
            let usual = Usual::of(&net, |interval| service.contains(&interval), daily);
            let missing: Vec<usize> = (0..intervals).filter(|interval| net[*interval].is_nan()).collect();
            let filled: Vec<_> = missing.iter().map(|interval| usual.between(&net, *interval)).collect();
            for (interval, (mean, variance)) in missing.into_iter().zip(filled) {
                (net[interval], doubt[interval]) = (mean, variance);
            }
        }
        let mut filled = Self { net, doubt };
        meter.bridges.iter().for_each(|bridge| filled.bridge(&bridge.intervals, bridge.consumed));
        filled
    }

    /// Scales what was filled in to the total that the registers give; only its shape stays in doubt.
    fn bridge(&mut self, intervals: &Range<usize>, total: f64) {
        let intervals = intervals.start.min(self.net.len())..intervals.end.min(self.net.len());
        let (length, assumed) = (intervals.len() as f64, self.net[intervals.clone()].iter().sum::<f64>());
        for interval in intervals {
            self.net[interval] += (total - assumed) / length;
            self.doubt[interval] *= 1.0 - 1.0 / length;
        }
    }
}

/// The usual day of a meter: mean and variance by the time of the day, and how alike neighbouring intervals are.
struct Usual {
    means: Vec<f64>,
    variances: Vec<f64>,
    /// The correlation of the deviations of neighbours.
    alike: f64,
}

impl Usual {
    fn of(net: &[f64], counts: impl Fn(usize) -> bool, daily: usize) -> Self {
        let mut slots = vec![Moments::default(); daily];
        let mut all = Moments::default();
        let is_seen = |interval: usize| net[interval].is_finite() && counts(interval);
        for interval in (0..net.len()).filter(|interval| is_seen(*interval)) {
            slots[interval % daily].add(net[interval]);
            all.add(net[interval]);
        }
        let slot = |slot: &Moments| if slot.count >= 3.0 { *slot } else { all };
        let (means, variances): (Vec<f64>, Vec<f64>) =
            slots.iter().map(slot).map(|slot| (slot.mean(), slot.variance())).unzip();
        let deviation = |interval: usize| net[interval] - means[interval % daily];
        let pairs = || (1..net.len()).filter(|interval| is_seen(*interval) && is_seen(interval - 1));
        let product: f64 = pairs().map(|interval| deviation(interval) * deviation(interval - 1)).sum();
        let square: f64 = pairs().map(|interval| deviation(interval).powi(2)).sum();
        let alike = if square > 0.0 { (product / square).clamp(0.0, 0.95) } else { 0.0 };
        Self { means, variances, alike }
    }

    fn mean(&self, interval: usize) -> f64 {
        self.means[interval % self.means.len()]
    }

    fn variance(&self, interval: usize) -> f64 {
        self.variances[interval % self.variances.len()]
    }

    /// How many times the variance of the mean of a long stretch is that of independent intervals.
    fn memory(&self) -> f64 {
        (1.0 + self.alike) / (1.0 - self.alike)
    }

    /// Mean and variance of an interval, given its neighbours where they were read.
    fn between(&self, net: &[f64], interval: usize) -> (f64, f64) {
        let deviation =
            |at: usize| net.get(at).filter(|energy| energy.is_finite()).map(|energy| energy - self.mean(at));
        let neighbours = [interval.checked_sub(1).and_then(deviation), deviation(interval + 1)];
        let r2 = self.alike * self.alike;
        let (mean, variance) = (self.mean(interval), self.variance(interval));
        match neighbours {
            [Some(before), Some(after)] => {
                (mean + self.alike / (1.0 + r2) * (before + after), variance * (1.0 - r2) / (1.0 + r2))
            }
            [Some(one), None] | [None, Some(one)] => (mean + self.alike * one, variance * (1.0 - r2)),
            [None, None] => (mean, variance),
        }
    }
}

/// Sums of values and of their squares.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    fn mean(&self) -> f64 {
        if self.count > 0.0 { self.sum / self.count } else { 0.0 }
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        if self.count > 1.0 { ((self.squares - self.count * mean * mean) / (self.count - 1.0)).max(0.0) } else { 0.0 }
    }
}
