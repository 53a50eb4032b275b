//! How far meters are from the transformer, by how much their voltages fall when the area draws.
//!
//! What the cables lose is the sum of what each customer draws times how far his voltage has fallen. A voltage that falls
//! by aᵢ for each kW of the area tells that part of the participation ρᵢ in the loss but for one and the same factor,
//! for reactive power makes voltages fall, too: ρᵢ/ρ̄ = aᵢ/ā, whatever the factor is.

use crate::{Area, Phase};
use nalgebra::{DMatrix, DVector};

/// The least number of intervals in which a voltage has to be known.
const LEAST: usize = 96;
/// The largest ratio that is believed.
const FARTHEST: f64 = 1.5;

/// By how much more than the mean each meter takes part in the loss, ρᵢ/ρ̄ − 1; nothing where voltages do not tell.
///
/// Only meters on the same number of phases are compared. `load` is the power of the area on a phase.
pub(crate) fn remoteness(area: &Area, load: impl Fn(Phase) -> Vec<f64>, net: &[Vec<f64>]) -> Vec<Option<f64>> {
    if area.meters.iter().all(|meter| meter.voltage.is_empty()) {
        return vec![None; area.meters.len()];
    }
    let loads = [Phase::A, Phase::B, Phase::C, Phase::Three].map(|phase| (phase, load(phase)));
    let fall = |place: usize| {
        let phase = area.meters[place].about.phase;
        let (_, load) = loads.iter().find(|(other, _)| *other == phase)?;
        fall(&area.meters[place].voltage, &area.master.voltage, load, &net[place])
    };
    let falls: Vec<Option<f64>> = (0..area.meters.len()).map(fall).collect();
    let is_single = |place: usize| area.meters[place].about.phase != Phase::Three;
    let mean = |single: bool| {
        let alike = falls.iter().enumerate().filter(|(place, _)| is_single(*place) == single);
        let (sum, count) = alike.filter_map(|(_, fall)| *fall).fold((0.0, 0.0), |(sum, n), fall| (sum + fall, n + 1.0));
        if count > 2.0 { sum / count } else { f64::NAN }
    };
    let means = [mean(false), mean(true)];
    let ratio = |(place, fall): (usize, &Option<f64>)| {
        let mean = means[usize::from(is_single(place))];
        fall.filter(|_| mean > 0.0).map(|fall| (fall / mean - 1.0).clamp(-1.0, FARTHEST))
    };
    falls.iter().enumerate().map(ratio).collect()
}

/// The least-squares fall of a voltage, below that of the master meter where it is known, by the load; the customer's own
/// energy falls out.
fn fall(voltage: &[f64], above: &[f64], load: &[f64], own: &[f64]) -> Option<f64> {
    let at = |t: usize| voltage[t] - above.get(t).copied().filter(|volts| volts.is_finite()).unwrap_or(0.0);
    let is_above = |t: usize| above.get(t).is_none_or(|volts| volts.is_finite());
    let known: Vec<usize> =
        (0..voltage.len().min(load.len())).filter(|t| voltage[*t].is_finite() && is_above(*t)).collect();
    if known.len() < LEAST {
        return None;
    }
    let design = DMatrix::from_fn(known.len(), 3, |row, column| [1.0, load[known[row]], own[known[row]]][column]);
    let volts = DVector::from_iterator(known.len(), known.iter().map(|t| at(*t)));
    let normal = design.tr_mul(&design).cholesky()?;
    Some(-normal.solve(&design.tr_mul(&volts))[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fall_of_a_voltage_is_found_beside_that_by_the_customer() {
        let load: Vec<f64> = (0..200).map(|t| 20.0 + 9.0 * f64::from(t).sin()).collect();
        let own: Vec<f64> = (0..200).map(|t| 1.0 + f64::from(t * t).cos()).collect();
        let above: Vec<f64> = (0..200).map(|t| 231.0 + f64::from(t * 7).sin()).collect();
        let volts: Vec<f64> = (0..200).map(|t| above[t] - 0.2 * load[t] - 0.9 * own[t]).collect();
        assert!((fall(&volts, &above, &load, &own).unwrap() - 0.2).abs() < 1e-9);
        assert_eq!(fall(&volts[..50], &above, &load, &own), None);
    }

    #[test]
    fn the_farthest_meter_takes_the_largest_part_in_the_loss() {
        let load: Vec<f64> = (0..200).map(|t| 20.0 + 9.0 * f64::from(t).sin()).collect();
        let volts = |fall: f64| load.iter().map(|load| 231.0 - fall * load).collect::<Vec<f64>>();
        let own: Vec<f64> = (0..200).map(|t| 1.0 + f64::from(t * t).cos()).collect();
        let meter = |voltage| crate::Meter {
            about: crate::raw::About { phase: Phase::A, ..Default::default() },
            consumed: own.clone(),
            fed: Vec::new(),
            bridges: Vec::new(),
            resolution: 0.0,
            voltage,
            current: Vec::new(),
        };
        let master = crate::Master {
            id: String::new(),
            supplied: Vec::new(),
            returned: Vec::new(),
            resolution: 0.0,
            voltage: Vec::new(),
            uncertainty: 0.0,
        };
        let meters = [0.1, 0.2, 0.3].map(|fall| meter(volts(fall))).into_iter().chain([meter(Vec::new())]).collect();
        let area = Area { id: String::new(), start: 0, step: 900, master, meters };
        let told = remoteness(&area, |_| load.clone(), &vec![own.clone(); 4]);
        let shown: Vec<_> = told.iter().map(|ratio| ratio.map(|ratio| (1e6 * ratio).round() / 1e6)).collect();
        assert_eq!(shown, [Some(-0.5), Some(0.0), Some(0.5), None]);
    }
}
