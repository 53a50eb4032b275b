//! ThêoH: the Allan deviation where it is sure, TheoBR beyond.

use super::{Bias, Estimator, Gather, Measured, oadev, theo1, theobr};
use crate::convention::Convention;
use crate::edf::{Model, hybrid_switch as switch};
use crate::kernel::{self, Terms, overlapping};
use crate::tau::Grid;
use sigmatau_core::{PhaseSeries, Unit};

/// The overlapping Allan deviation at m τ₀ up to k, TheoBR at 0.75 m τ₀ beyond, where k is the largest
/// τ of at most a fifth of the record.
///
/// Stable32 makes the short part of the overlapping form as well. In its tables both parts overlap: it
/// lists Theo1 from m = N/5 and the Allan deviation to m = N/4 in one row; those rows are `theobr` and
/// `oadev` at that m.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "theoh",
    title: "ThêoH deviation",
    symbol: "σ_ThêoH(τ)",
    unit: Unit::ONE,
    reference: "Howe, Metrologia 43, S322 (2006); NIST SP 1065, 5.2.16",
    grid: Grid { stop_ratio: 1, tau, has, ..Grid::EVERY },
    model: Model::Hybrid,
    gather: Gather::MeanSquare,
    terms,
    scale: |m, tau0| 1.0 / (m * tau0).powi(2),
    bias: Bias::Record(bias),
    expected: |_, _, _| f64::NAN,
    definition,
};

fn tau(m: usize, points: usize) -> f64 {
    let switch = switch(points);
    if m <= switch { m as f64 } else { (0.75 * m as f64).max(switch as f64) }
}

fn has(m: usize, points: usize) -> bool {
    let switch = switch(points);
    m <= switch || (m >= theo1::GRID.least && m.is_multiple_of(2) && 0.75 * m as f64 > switch as f64)
}

/// The two parts with their own scales, less the 1/τ² that they share.
fn terms(phase: &PhaseSeries<'_>, factors: &[usize]) -> Vec<Terms> {
    let (short, long): (Vec<usize>, Vec<usize>) = factors.iter().partition(|m| **m <= switch(phase.len()));
    let short = short.iter().zip(overlapping::second_differences(phase, &short));
    let short = short.map(|(m, terms)| scaled(terms, (oadev::ESTIMATOR.scale)(*m as f64, 1.0), *m));
    let long = long.iter().zip(kernel::theo1::weighted_squares(phase, &long));
    let long = long.map(|(m, terms)| scaled(terms, theo1::scale(*m as f64, 1.0), *m));
    let all: Vec<(usize, Terms)> = short.chain(long).collect();
    let of = |m: &usize| all.iter().find(|(factor, _)| factor == m).expect("every factor has a part").1;
    factors.iter().map(of).collect()
}

fn scaled(terms: Terms, scale: f64, m: usize) -> (usize, Terms) {
    (m, Terms { sum: terms.sum * scale * (m as f64).powi(2), ..terms })
}

fn bias(phase: &PhaseSeries<'_>, factors: &[usize], convention: Convention) -> Measured {
    let switch = switch(phase.len());
    if factors.iter().all(|m| *m <= switch) {
        return Measured { factors: vec![1.0; factors.len()], finding: None };
    }
    let (long, finding) = theobr::inverse_kf(phase, convention);
    Measured { factors: factors.iter().map(|m| if *m <= switch { 1.0 } else { long }).collect(), finding }
}

fn definition(x: &[f64], m: usize) -> Terms {
    let (part, terms) = if m <= switch(x.len()) {
        (oadev::ESTIMATOR.scale, (oadev::ESTIMATOR.definition)(x, m))
    } else {
        (theo1::scale as fn(f64, f64) -> f64, theo1::definition(x, m))
    };
    scaled(terms, part(m as f64, 1.0), m).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tau::TauList;

    #[test]
    fn averaging_times_rise_without_a_seam() {
        let taus = |list: TauList| -> Vec<f64> {
            let m = list.factors(1253, 1.0, &ESTIMATOR.grid).m;
            m.iter().map(|m| tau(*m, 1253)).collect()
        };
        assert_eq!(taus(TauList::Octave), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 384.0, 768.0]);
        assert!(taus(TauList::All).windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(taus(TauList::Explicit(vec![100.0, 250.0, 384.0, 385.0])), [100.0, 250.0, 384.0]);
    }
}
