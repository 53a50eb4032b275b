//! Trials of an assessment on a user's own readings: errors of known size are put into meters, and the assessment has to find
//! them again.
//!
//! An injection changes what a meter registered and leaves what passed it alone, so that the master meter and the neighbours
//! stay as they were: a meter of error e then has the error (1 + e)(1 + δ) − 1, δ being what [`Injection::put`] returns.

use crate::{Area, Meter};
use std::ops::Range;

/// An error that is put into a meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Injection {
    /// It registers 1 + `size` times as much.
    Scaling {
        /// The relative size.
        size: f64,
    },
    /// The same, rising from nothing at the first interval to `size` at the last one.
    Drift {
        /// The relative size at the end.
        size: f64,
    },
    /// It registers nothing from an interval on.
    Dead {
        /// The interval.
        from: usize,
    },
    /// It registers a part from an interval on.
    Tampering {
        /// The interval.
        from: usize,
        /// The share that is left.
        share: f64,
    },
    /// Its clock is late.
    Clock {
        /// By so many seconds, up to one interval.
        late: f64,
    },
}

impl Injection {
    /// The word: `scaling`, `drift`, `dead`, `tampering` or `clock`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Scaling { .. } => "scaling",
            Self::Drift { .. } => "drift",
            Self::Dead { .. } => "dead",
            Self::Tampering { .. } => "tampering",
            Self::Clock { .. } => "clock",
        }
    }

    /// The interval from which on it shows, where it has a beginning.
    pub fn onset(&self) -> Option<usize> {
        match self {
            Self::Dead { from } | Self::Tampering { from, .. } => Some(*from),
            _ => None,
        }
    }

    /// Puts the error into a meter of an area, and returns δ: what that changes of the energy that it registered in all,
    /// as a share of it.
    ///
    /// # Panics
    /// When there is no such meter.
    ///
    /// ```
    /// use sigmatau_meter::trial::Injection;
    /// # use sigmatau_meter::{Area, Master, Meter, area::Bridge, raw::About};
    /// # let meter = Meter {
    /// #     about: About::default(), consumed: vec![1.0; 4], fed: Vec::new(), bridges: Vec::<Bridge>::new(), resolution: 0.0,
    /// #     voltage: Vec::new(), current: Vec::new(),
    /// # };
    /// # let master = Master {
    /// #     id: String::new(), supplied: vec![1.0; 4], returned: Vec::new(), resolution: 0.0, voltage: Vec::new(), uncertainty: 0.0,
    /// # };
    /// # let mut area = Area { id: String::new(), start: 900, step: 900, master, meters: vec![meter] };
    /// // Four intervals of 1 kWh, of which the last two are lost.
    /// assert_eq!(Injection::Dead { from: 2 }.put(&mut area, 0), -0.5);
    /// assert_eq!(area.meters[0].consumed, [1.0, 1.0, 0.0, 0.0]);
    /// ```
    pub fn put(&self, area: &mut Area, meter: usize) -> f64 {
        let (step, intervals) = (area.step as f64, area.intervals());
        let meter = &mut area.meters[meter];
        let before = energy(meter);
        match *self {
            Self::Scaling { size } => scale(meter, |_| 1.0 + size),
            Self::Drift { size } => scale(meter, |t| 1.0 + size * t as f64 / (intervals.max(2) - 1) as f64),
            Self::Dead { from } => scale(meter, |t| if t < from { 1.0 } else { 0.0 }),
            Self::Tampering { from, share } => scale(meter, |t| if t < from { 1.0 } else { share }),
            Self::Clock { late } => shift(&mut meter.consumed, (late / step).clamp(0.0, 1.0)),
        }
        energy(meter) / before - 1.0
    }
}

/// What a meter registered towards its customer, bridges within.
fn energy(meter: &Meter) -> f64 {
    let bridged: f64 = meter.bridges.iter().map(|bridge| bridge.consumed).sum();
    meter.consumed.iter().filter(|energy| energy.is_finite()).sum::<f64>() + bridged
}

fn scale(meter: &mut Meter, factor: impl Fn(usize) -> f64) {
    meter.consumed.iter_mut().enumerate().for_each(|(t, energy)| *energy *= factor(t));
    for bridge in &mut meter.bridges {
        let length = bridge.intervals.len().max(1) as f64;
        bridge.consumed *= bridge.intervals.clone().map(&factor).sum::<f64>() / length;
    }
}

/// Moves a share of each interval into the next one.
fn shift(energies: &mut [f64], share: f64) {
    let mut carried = energies.first().copied().unwrap_or(0.0);
    for energy in energies.iter_mut() {
        let own = *energy;
        *energy = (1.0 - share) * own + share * carried;
        carried = own;
    }
}

impl Area {
    /// The area in some of its intervals; bridges that reach beyond them are gaps.
    ///
    /// # Panics
    /// When there are fewer intervals.
    #[must_use]
    pub fn within(&self, intervals: Range<usize>) -> Self {
        let cut = |line: &[f64]| if line.is_empty() { Vec::new() } else { line[intervals.clone()].to_vec() };
        let mut area = Self { start: self.end(intervals.start), ..self.clone() };
        let master = &mut area.master;
        for line in [&mut master.supplied, &mut master.returned, &mut master.voltage] {
            *line = cut(line);
        }
        for meter in &mut area.meters {
            for line in [&mut meter.consumed, &mut meter.fed, &mut meter.voltage, &mut meter.current] {
                *line = cut(line);
            }
            meter
                .bridges
                .retain(|bridge| intervals.start <= bridge.intervals.start && bridge.intervals.end <= intervals.end);
            for bridge in &mut meter.bridges {
                bridge.intervals = bridge.intervals.start - intervals.start..bridge.intervals.end - intervals.start;
            }
        }
        area
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Master;
    use crate::area::Bridge;
    use crate::raw::About;

    fn area() -> Area {
        let consumed = vec![1.0, 2.0, f64::NAN, f64::NAN, 5.0, 6.0];
        let meter = Meter {
            about: About::default(),
            consumed,
            fed: Vec::new(),
            bridges: vec![Bridge { intervals: 2..4, consumed: 7.0 }],
            resolution: 0.01,
            voltage: Vec::new(),
            current: Vec::new(),
        };
        let master = Master {
            id: "m".into(),
            supplied: vec![21.0; 6],
            returned: Vec::new(),
            resolution: 0.01,
            voltage: Vec::new(),
            uncertainty: 0.004,
        };
        Area { id: "a".into(), start: 900, step: 900, master, meters: vec![meter] }
    }

    fn put(injection: Injection) -> (f64, Vec<f64>, f64) {
        let mut area = area();
        let change = injection.put(&mut area, 0);
        let meter = area.meters.remove(0);
        (change, meter.consumed, meter.bridges[0].consumed)
    }

    #[test]
    fn injections_change_readings_and_bridges_alike() {
        let (change, consumed, bridged) = put(Injection::Scaling { size: 0.1 });
        assert!((change - 0.1).abs() < 1e-12 && (consumed[5] - 6.6).abs() < 1e-12 && (bridged - 7.7).abs() < 1e-12);
        let (change, _, bridged) = put(Injection::Dead { from: 3 });
        assert_eq!((change, bridged), (6.5 / 21.0 - 1.0, 3.5));
        let (change, consumed, _) = put(Injection::Tampering { from: 4, share: 0.4 });
        assert!((change + 6.6 / 21.0).abs() < 1e-12 && consumed[1] == 2.0);
        let (change, ..) = put(Injection::Drift { size: 0.05 });
        let drifted = 0.05 * (2.0 * 0.2 + 7.0 * 0.5 + 5.0 * 0.8 + 6.0);
        assert!((change - drifted / 21.0).abs() < 1e-12);
    }

    #[test]
    fn a_late_clock_moves_energy_and_loses_none_between() {
        let (_, consumed, _) = put(Injection::Clock { late: 90.0 });
        assert!((consumed[1] - (0.9 * 2.0 + 0.1)).abs() < 1e-12 && consumed[0] == 1.0 && consumed[4].is_nan());
    }

    #[test]
    fn a_part_of_an_area_has_its_times_and_its_bridges() {
        let part = area().within(1..5);
        assert_eq!((part.start, part.intervals(), part.meters[0].bridges[0].intervals.clone()), (1800, 4, 1..3));
        assert!(area().within(3..6).meters[0].bridges.is_empty());
    }
}
