//! The steps of registers.

use super::{Draft, Step};

pub(super) static STEP: Step =
    Step { name: "resolution", title: "the step of each register is found from the energies", run };

/// Energies that differ by less, in kWh, differ by rounding.
const ROUNDING: f64 = 1e-7;

fn run(draft: &mut Draft) {
    for line in &mut draft.lines {
        line.resolution = resolution(&line.consumed);
    }
}

/// The largest step of which all energies are whole multiples; 0 where there is none.
fn resolution(energies: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = energies.iter().copied().filter(|energy| energy.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|one, other| (*one - *other).abs() < ROUNDING);
    let steps = sorted.windows(2).map(|pair| pair[1] - pair[0]);
    let Some(step) = steps.min_by(f64::total_cmp) else { return 0.0 };
    let off = |energy: &f64| (energy / step - (energy / step).round()).abs() * step;
    let is_multiple = |energy: &f64| off(energy) < 2.0 * ROUNDING + 1e-3 * step;
    let span = sorted[sorted.len() - 1] - sorted[0];
    if step > 4.0 * ROUNDING && sorted.iter().all(is_multiple) { refined(step, span, &sorted) } else { 0.0 }
}

/// The step, from the longest span of whole steps.
fn refined(step: f64, span: f64, sorted: &[f64]) -> f64 {
    let counts = (span / step).round();
    let exact = span / counts;
    if sorted.len() > 2 && counts >= 1.0 { exact } else { step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_found_whatever_it_is() {
        for step in [0.01, 0.6, 0.001] {
            let energies: Vec<f64> = (0..200).map(|k| f64::from(k * k % 37) * step).collect();
            assert!((resolution(&energies) - step).abs() < 1e-9, "{step}");
        }
        let smooth: Vec<f64> = (0..200).map(|k| f64::from(k).sqrt()).collect();
        assert_eq!(resolution(&smooth), 0.0);
    }
}
