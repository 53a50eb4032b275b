//! Theo1 with its bias measured on the record itself.

use super::{Bias, Estimator, Gather, Measured, oadev, theo1};
use crate::convention::Convention;
use crate::edf::Model;
use crate::kernel;
use rayon::prelude::*;
use sigmatau_core::{Finding, PhaseSeries, Severity, Unit};

/// TheoBR²(m) = kf σ_Theo1²(m), where kf is the mean of σ_y²((9+3i) τ₀)/σ_Theo1²(12+4i) over i = 0 … n:
/// both stand for the same τ, the Allan variance being the overlapping one.
///
/// n is ⌊N/30 − 3⌋, so that the ratios reach to a tenth of the record; Stable32 takes ⌊N/6 − 3⌋. One
/// factor stands for every averaging time: under phase noise, where the bias depends on τ, TheoBR keeps some
/// per cent of it. Where the record is long, from 22 000 points on (10 000 as Stable32
/// has it), only so many ratios are taken that they times N are [`RATIO_POINTS`], evenly spread, and a
/// finding says so.
pub(super) static ESTIMATOR: Estimator = Estimator {
    name: "theobr",
    title: "bias-removed Thêo1 deviation",
    symbol: "σ_TheoBR(τ)",
    unit: Unit::ONE,
    reference: "Taylor, Howe, IEEE Trans. UFFC 57(9), 2010; NIST SP 1065, 5.2.16",
    grid: theo1::GRID,
    model: Model::Theo1,
    gather: Gather::MeanSquare,
    terms: kernel::theo1::weighted_squares,
    scale: theo1::scale,
    bias: Bias::Record(bias),
    expected: theo1::expected,
    definition: theo1::definition,
};

/// Ratios times points of the record up to which every ratio is computed: some two seconds of one core.
const RATIO_POINTS: usize = 1 << 24;

fn bias(phase: &PhaseSeries<'_>, factors: &[usize], convention: Convention) -> Measured {
    let of_record = inverse_kf(phase, convention);
    Measured { factors: vec![of_record.0; factors.len()], finding: of_record.1 }
}

/// 1/kf, and what has to be said about it.
pub(super) fn inverse_kf(phase: &PhaseSeries<'_>, convention: Convention) -> (f64, Option<Finding>) {
    let count = ratios(phase.len(), convention);
    let taken = count.min((RATIO_POINTS / phase.len().max(1)).max(1));
    let ratio = |k: usize| ratio(phase, (2 * k + 1) * count / (2 * taken));
    let ratios: Vec<f64> = (0..taken).into_par_iter().filter_map(ratio).collect();
    if ratios.is_empty() {
        return (1.0, Some(unknown(phase.len())));
    }
    (ratios.len() as f64 / ratios.iter().sum::<f64>(), (taken < count).then(|| of_some(taken, count)))
}

/// n + 1.
fn ratios(points: usize, convention: Convention) -> usize {
    let share = if convention == Convention::Stable32 { 6 } else { 30 };
    (points / share + 1).saturating_sub(3)
}

/// σ_y²((9+3i) τ₀) / σ_Theo1²(12+4i), where both are there and not zero.
fn ratio(phase: &PhaseSeries<'_>, i: usize) -> Option<f64> {
    let allan = oadev::ESTIMATOR.deviations(phase, &[9 + 3 * i])[0]?;
    let theo1 = theo1::ESTIMATOR.deviations(phase, &[12 + 4 * i])[0]?;
    Some((allan / theo1).powi(2)).filter(|ratio| ratio.is_normal())
}

fn unknown(points: usize) -> Finding {
    Finding::new(
        Severity::Warning,
        "theobr-raw",
        format!("{points} points give no ratio of Allan to Theo1 variance"),
        "TheoBR stands as raw Theo1, which can be off by a factor of up to 3 in variance",
        "record longer, or ask for theo1 and state the noise",
    )
}

fn of_some(chosen: usize, count: usize) -> Finding {
    Finding::new(
        Severity::Note,
        "theobr-ratios",
        format!("the bias of TheoBR was measured by {chosen} of {count} ratios, evenly spaced"),
        "neighbouring ratios hardly differ, so that the mean is nearly the same",
        "decimate the record if the mean of all ratios is needed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::tests::suite;

    #[test]
    fn mean_ratios_of_the_suite_are_the_known_ones() {
        let x = suite();
        let phase = PhaseSeries::new(&x, 1.0).unwrap();
        for (convention, kf) in
            [(Convention::Stable32, 0.602_786_993_577_034_4), (Convention::Standard, 1.085_666_384_205_171_3)]
        {
            let (inverse, finding) = inverse_kf(&phase, convention);
            assert!((inverse * kf - 1.0).abs() < 1e-12, "{convention}: {}", 1.0 / inverse);
            assert_eq!(finding, None);
        }
    }

    /// One factor serves where the ratio does not depend on τ: under flicker PM, where it does, TheoBR at this
    /// τ is 5 % above the Allan deviation.
    #[test]
    fn measured_bias_makes_an_allan_deviation_of_theo1() {
        for (alpha, excess) in [(1, 0.05), (0, 0.0), (-1, 0.0), (-2, 0.0)] {
            let noise = sigmatau_spectrum::PowerLaw::from_deviation(alpha, 1.0, 1.0).unwrap();
            let square = |record| {
                let x = noise.phase(1025, 1.0, 20_261_122, record);
                let phase = PhaseSeries::new(&x, 1.0).unwrap();
                let raw = ESTIMATOR.deviations(&phase, &[100])[0].unwrap();
                raw.powi(2) / inverse_kf(&phase, Convention::Standard).0
            };
            let mean = (0..300).map(square).sum::<f64>() / 300.0;
            let off = mean.sqrt() / noise.theoretical_adev(75, 1.0) - 1.0;
            assert!((off - excess).abs() < 0.03, "α = {alpha}: {off:.3} off");
        }
    }

    #[test]
    fn a_long_record_says_that_not_every_ratio_was_taken() {
        let noise = sigmatau_spectrum::PowerLaw::from_deviation(0, 1.0, 1.0).unwrap().phase(40_000, 1.0, 1, 1);
        let (inverse, finding) = inverse_kf(&PhaseSeries::new(&noise, 1.0).unwrap(), Convention::Standard);
        assert!((inverse - 1.0).abs() < 0.2, "white FM has no bias: {inverse}");
        assert_eq!(finding.unwrap().code, "theobr-ratios");
    }

    #[test]
    fn a_record_without_ratios_is_left_raw_and_says_so() {
        let (inverse, finding) = inverse_kf(&PhaseSeries::new(&suite()[..80], 1.0).unwrap(), Convention::Standard);
        assert_eq!((inverse, finding.unwrap().code.as_ref()), (1.0, "theobr-raw"));
    }
}
