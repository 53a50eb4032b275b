//! The step between neighbouring codes of a digitizer, from the samples.

/// Samples that are looked at; sorting more of them would cost as much as the spectra.
const LOOKED_AT: usize = 1 << 10;

/// Distinct values below which multiples of a step are no evidence.
const DISTINCT: usize = 8;

/// By how much of a step a value may miss a multiple: scaling has rounded it.
const TOLERANCE: f64 = 1e-3;

/// The largest step of which all differences of the samples are whole multiples, if there is a visible one.
pub(super) fn step(samples: &[f64]) -> Option<f64> {
    let mut values = samples[..samples.len().min(LOOKED_AT)].to_vec();
    values.retain(|value| value.is_finite());
    values.sort_unstable_by(f64::total_cmp);
    let gaps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0).collect();
    let step = gaps.iter().copied().reduce(f64::min).filter(|_| gaps.len() >= DISTINCT)?;
    let is_multiple = |gap: &f64| (gap / step - (gap / step).round()).abs() < TOLERANCE;
    gaps.iter().all(is_multiple).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    #[test]
    fn codes_show_their_step_and_other_numbers_show_none() {
        let signal: Vec<f64> = Gaussian::new(1, 0).take(5000).collect();
        let coded: Vec<f64> = signal.iter().map(|x| (x / 0.01).round() * 0.01 + 7.0).collect();
        let found = step(&coded).unwrap();
        assert!((found - 0.01).abs() < 1e-12, "{found}");
        assert_eq!((step(&signal), step(&[0.0, 1.0, 0.0]), step(&[])), (None, None, None));
    }
}
