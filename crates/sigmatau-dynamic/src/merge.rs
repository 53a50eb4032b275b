//! Several results of one sensor as one.

use crate::compare::{at, distance, effective, own_share, same};
use crate::covariance::{Bivariate, StandardUncertainty};
use crate::response::{Line, Response, Sharing};
use sigmatau_core::{Finding, Severity, Unit};
use sigmatau_spectrum::fft::Complex64;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// The share of the lines that are left out which chance may have made differ.
const FALSE_ALARMS: f64 = 0.05;

/// Degrees of freedom from which on a covariance counts as known.
const MANY: f64 = 1e6;

/// How well the results at one frequency agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Consistency {
    /// The frequency in Hz.
    pub frequency: f64,
    /// The names of the results that say something there.
    pub results: Vec<String>,
    /// Σ dᵀ C⁻¹ d of their distances d from the merged value.
    pub chi_squared: f64,
    /// Its degrees of freedom: two for each result beyond the first.
    pub dof: usize,
    /// The probability that chance alone makes it as large at this frequency.
    pub probability: f64,
    /// The same with regard to how many frequencies are looked at: the smallest share of false alarms at which the
    /// results count as inconsistent here (Benjamini and Hochberg).
    pub q_value: f64,
}

/// Results as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The merged lines; none where the results are inconsistent.
    pub response: Response,
    /// How well they agree, at every frequency.
    pub consistency: Vec<Consistency>,
}

/// Merges results at the frequencies of all of them, where one without a line is interpolated ([`at`]).
///
/// H = (Σ Cᵢ⁻¹)⁻¹ Σ Cᵢ⁻¹ Hᵢ, of covariance (Σ Cᵢ⁻¹)⁻¹ + C_s, where Cᵢ is the 2 × 2 covariance of a result without
/// C_s, what all have in common: the relative standard uncertainty `shared` of each part of H. So the mean is that
/// of generalised least squares for results with this correlation (JCGM 102).
///
/// Σ dᵢᵀ Cᵢ⁻¹ dᵢ / (2K − 2) of K results is held against F(2K − 2, ν) with the fewest degrees of freedom ν of them.
/// The lines share what the results share, of several the one whose lines share most. Delays that the lines of a result
/// have in common count as those of each result alone; K of them leave the mean at least the smallest over √K.
///
/// Where results contradict each other, the line is left out and a finding tells so: their mean is no result. Of all
/// lines that are left out, one of twenty is a false alarm on average, however many lines there are (Y. Benjamini and
/// Y. Hochberg, Journal of the Royal Statistical Society B 57(1), 1995; neighbours may share errors). Where all results
/// agree, so, nothing is left out in nineteen of twenty merges.
///
/// ```
/// use sigmatau_dynamic::merge::merge;
/// use sigmatau_dynamic::{Bivariate, Complex64, Line, Response};
/// let result = |value: f64, u: f64| {
///     let (value, covariance) = (Complex64::new(value, 0.0), Bivariate::circular(u * u));
///     let line = Line { frequency: 50.0, value, covariance, coherence: f64::NAN, dof: f64::INFINITY };
///     Response { lines: vec![line], ..Response::default() }
/// };
/// let merged = merge(&[("sine-fit", &result(1.00, 0.01)), ("h1", &result(1.05, 0.02))], 0.0);
/// let line = merged.response.lines[0];
/// assert!((line.value.re - 1.01).abs() < 1e-12 && (line.covariance.real - 8e-5).abs() < 1e-12);
/// ```
pub fn merge(results: &[(&str, &Response)], shared: f64) -> Merged {
    let mut frequencies: Vec<f64> = results.iter().flat_map(|(_, r)| r.lines.iter().map(|l| l.frequency)).collect();
    frequencies.sort_by(f64::total_cmp);
    frequencies.dedup_by(|later, earlier| same(*later, *earlier));
    let sharing = results.iter().map(|(_, result)| result.sharing.clone()).fold(Sharing::default(), Sharing::wider);
    let known = |frequency: f64| {
        let known = |(name, result): &(&str, &Response)| Some(((*name).to_owned(), at(result, frequency)?));
        results.iter().filter_map(known).unzip()
    };
    let mut merged: Vec<Agreement> =
        frequencies.into_iter().map(|frequency| Agreement::of(frequency, known(frequency), shared)).collect();
    judge(&mut merged);
    let mut response =
        Response { sharing, common_delay: common_delay(results), unit: unit(results), ..Response::default() };
    for Agreement { line, consistency, lines } in &merged {
        if consistency.q_value < FALSE_ALARMS {
            response.findings.push(inconsistent(consistency, lines));
        } else {
            response.lines.push(*line);
        }
    }
    Merged { response, consistency: merged.into_iter().map(|merged| merged.consistency).collect() }
}

/// The delay that lines of the mean have in common, whatever the weights: Σ w² u² ≥ (min u)²/K.
fn common_delay(results: &[(&str, &Response)]) -> StandardUncertainty {
    let least = results.iter().map(|(_, result)| result.common_delay.0).fold(f64::INFINITY, f64::min);
    StandardUncertainty(if results.is_empty() { 0.0 } else { least / (results.len() as f64).sqrt() })
}

/// The first unit that is stated.
fn unit(results: &[(&str, &Response)]) -> Option<Unit> {
    results.iter().find_map(|(_, result)| result.unit.clone())
}

/// The results at one frequency, and their mean.
struct Agreement {
    lines: Vec<Line>,
    line: Line,
    consistency: Consistency,
}

impl Agreement {
    fn of(frequency: f64, (results, lines): (Vec<String>, Vec<Line>), shared: f64) -> Self {
        let line = mean(frequency, &lines, shared);
        let square = |one: &Line| distance(one.value - line.value, &own_share(one, shared)).powi(2);
        let (chi_squared, dof) = (lines.iter().map(square).sum::<f64>(), 2 * (lines.len() - 1));
        let least = lines.iter().map(|line| line.dof).fold(MANY, f64::min);
        let probability = tail(chi_squared, dof, least);
        let consistency = Consistency { frequency, results, chi_squared, dof, probability, q_value: 1.0 };
        Self { lines, line, consistency }
    }
}

/// The q-values from the probabilities of all frequencies at which there is something to compare: of the k-th smallest
/// of n the least n p(j)/j of all j ≥ k.
fn judge(merged: &mut [Agreement]) {
    let mut compared: Vec<&mut Consistency> =
        merged.iter_mut().map(|merged| &mut merged.consistency).filter(|consistency| consistency.dof > 0).collect();
    compared.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    let (all, mut least) = (compared.len(), 1.0_f64);
    for (place, consistency) in compared.into_iter().enumerate() {
        least = least.min(consistency.probability * all as f64 / (all - place) as f64);
        consistency.q_value = least;
    }
}

/// The mean of lines weighted by their covariances.
fn mean(frequency: f64, lines: &[Line], shared: f64) -> Line {
    if let [alone] = lines {
        return Line { frequency, ..*alone };
    }
    let weights: Vec<Bivariate> = lines.iter().map(|line| inverse(&own_share(line, shared))).collect();
    let total = inverse(&weights.iter().fold(Bivariate::default(), |sum, weight| sum + *weight));
    let pull = lines.iter().zip(&weights).map(|(line, weight)| applied(weight, line.value)).sum();
    let value = applied(&total, pull);
    let share = |(line, weight): (&Line, &Bivariate)| {
        let relative = total.power() * weight.power() / 4.0;
        (Bivariate::circular(relative), line.dof)
    };
    Line {
        frequency,
        value,
        covariance: total + Bivariate::circular(shared * shared * value.norm_sqr()),
        coherence: f64::NAN,
        dof: effective(lines.iter().zip(&weights).map(share)),
    }
}

fn inverse(matrix: &Bivariate) -> Bivariate {
    let determinant = matrix.real * matrix.imaginary - matrix.cross * matrix.cross;
    Bivariate {
        real: matrix.imaginary / determinant,
        imaginary: matrix.real / determinant,
        cross: -matrix.cross / determinant,
    }
}

fn applied(matrix: &Bivariate, value: Complex64) -> Complex64 {
    Complex64::new(
        matrix.real * value.re + matrix.cross * value.im,
        matrix.cross * value.re + matrix.imaginary * value.im,
    )
}

/// The probability that χ²/dof is exceeded by chance when the covariances have so many degrees of freedom.
fn tail(chi_squared: f64, dof: usize, of_covariances: f64) -> f64 {
    if dof == 0 {
        return 1.0;
    }
    let fisher = FisherSnedecor::new(dof as f64, of_covariances);
    fisher.map_or(f64::NAN, |fisher| fisher.sf(chi_squared / dof as f64))
}

fn inconsistent(consistency: &Consistency, lines: &[Line]) -> Finding {
    let value = |(name, line): (&String, &Line)| format!("{name} {:.5} ± {:.5}", line.value.norm(), line.magnitude_u());
    let values: Vec<String> = consistency.results.iter().zip(lines).map(value).collect();
    let (square, dof, chance) = (consistency.chi_squared, consistency.dof, consistency.probability);
    Finding::new(
        Severity::Failure,
        "inconsistent",
        format!("{}: chi-square {square:.1} at {dof} degrees of freedom, probability {chance:.1e}", values.join(", ")),
        "the results contradict each other by more than their uncertainties, and no merged line is given",
        "find the method whose budget lacks a part: mounting, transverse motion, delay, distortion",
    )
    .about(format!("{} Hz", consistency.frequency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::covers;
    use nalgebra::{Matrix2, SMatrix, SVector};
    use sigmatau_spectrum::Gaussian;

    const TRUTH: Complex64 = Complex64::new(0.2, -0.1);

    fn result(value: Complex64, covariance: Bivariate, dof: f64) -> Response {
        Response {
            lines: vec![Line { frequency: 100.0, value, covariance, coherence: f64::NAN, dof }],
            ..Response::default()
        }
    }

    fn drawn(noise: &mut Gaussian, covariance: &Bivariate) -> Complex64 {
        let factor = Matrix2::new(covariance.real, covariance.cross, covariance.cross, covariance.imaginary);
        let error = factor.cholesky().unwrap().l() * SVector::from([noise.draw(), noise.draw()]);
        TRUTH + Complex64::new(error[0], error[1])
    }

    const COVARIANCES: [Bivariate; 3] = [
        Bivariate { real: 1e-4, imaginary: 4e-4, cross: 1e-4 },
        Bivariate { real: 3e-4, imaginary: 1e-4, cross: -1e-4 },
        Bivariate { real: 2e-4, imaginary: 2e-4, cross: 0.0 },
    ];

    #[test]
    fn mean_agrees_with_least_squares_of_the_whole_covariance() {
        let values = [(0.21, -0.1), (0.19, -0.12), (0.2, -0.09)].map(|(re, im)| Complex64::new(re, im));
        let results: [Response; 3] = std::array::from_fn(|i| result(values[i], COVARIANCES[i], 50.0));
        let found = mean(100.0, &[results[0].lines[0], results[1].lines[0], results[2].lines[0]], 0.0);
        let mut whole = SMatrix::<f64, 6, 6>::zeros();
        for (place, c) in COVARIANCES.iter().enumerate() {
            let block = Matrix2::new(c.real, c.cross, c.cross, c.imaginary);
            whole.fixed_view_mut::<2, 2>(2 * place, 2 * place).copy_from(&block);
        }
        let design = SMatrix::<f64, 6, 2>::from_fn(|row, column| f64::from(u8::from(row % 2 == column)));
        let data =
            SVector::<f64, 6>::from_fn(|row, _| if row % 2 == 0 { values[row / 2].re } else { values[row / 2].im });
        let weight = whole.try_inverse().unwrap();
        let covariance = (design.transpose() * weight * design).try_inverse().unwrap();
        let known = covariance * design.transpose() * weight * data;
        assert!((found.value - Complex64::new(known[0], known[1])).norm() < 1e-14);
        assert!((found.covariance.cross - covariance[(0, 1)]).abs() < 1e-18);
        assert!((50.0..=150.0).contains(&found.dof), "{}", found.dof);
    }

    #[test]
    fn the_mean_of_late_results_is_late_in_common() {
        let late = |value: f64, u: f64| {
            let value = Complex64::new(value, 0.0);
            result(value, Bivariate::circular(1e-6), 50.0).late(StandardUncertainty(u))
        };
        let merged = merge(&[("a", &late(1.0, 2e-6)), ("b", &late(1.0, 3e-6))], 0.0).response;
        assert_eq!(merged.common_delay, StandardUncertainty(2e-6 / 2.0_f64.sqrt()));
        let own = merged.own_lines()[0].covariance;
        assert!(own.real > 0.0 && own.imaginary > 0.0 && own.imaginary < merged.lines[0].covariance.imaginary);
        assert_eq!(merge(&[("a", &late(1.0, 2e-6)), ("b", &late(1.0, 0.0))], 0.0).response.common_delay.0, 0.0);
    }

    #[test]
    fn consistent_results_are_kept_and_cover_the_truth() {
        let (mut kept, mut covered) = (0, 0);
        for trial in 0..2000 {
            let mut noise = Gaussian::new(62, trial);
            let results = COVARIANCES.map(|c| result(drawn(&mut noise, &c), c, f64::INFINITY));
            let merged = merge(&[("a", &results[0]), ("b", &results[1]), ("c", &results[2])], 0.0);
            kept += merged.response.lines.len();
            covered += merged.response.lines.iter().filter(|line| covers(line, TRUTH, 0.95)).count();
        }
        // 95 % with a standard deviation of 9.7 each; mean and distances from it are independent.
        assert!((1871..=1929).contains(&kept), "{kept}");
        assert!((covered as f64 / kept as f64 - 0.95).abs() < 0.015, "{covered} of {kept}");
    }

    /// 400 merges of 300 lines that agree: some 20 leave out a line, with a standard deviation of 4.4, and few leave
    /// out more than one.
    #[test]
    fn many_lines_that_agree_are_kept_and_a_contradiction_among_them_is_found() {
        let mut touched = 0;
        for trial in 0..400 {
            let mut noise = Gaussian::new(63, trial);
            let mut results = [0, 1].map(|which| {
                let one = |k: u32| Line {
                    frequency: f64::from(k),
                    value: drawn(&mut noise, &COVARIANCES[which]),
                    covariance: COVARIANCES[which],
                    coherence: f64::NAN,
                    dof: f64::INFINITY,
                };
                Response { lines: (1..=300).map(one).collect(), ..Response::default() }
            });
            let merged = merge(&[("a", &results[0]), ("b", &results[1])], 0.0);
            touched += usize::from(merged.response.lines.len() < 300);
            results[0].lines[49].value += 0.3;
            let merged = merge(&[("a", &results[0]), ("b", &results[1])], 0.0);
            assert!(merged.response.lines.iter().all(|line| line.frequency != 50.0));
        }
        assert!((3..=38).contains(&touched), "{touched}");
    }

    #[test]
    fn lines_at_rest_are_merged_as_one() {
        let [one, other] = [1.0, 1.02].map(|value| {
            let mut result = result(Complex64::new(value, 0.0), COVARIANCES[2], 30.0);
            result.lines[0].frequency = 0.0;
            result
        });
        let merged = merge(&[("a", &one), ("b", &other)], 0.0);
        assert_eq!((merged.response.lines.len(), merged.consistency.len()), (1, 1));
        assert!((merged.response.lines[0].value.re - 1.01).abs() < 1e-12);
    }

    #[test]
    fn contradiction_is_a_finding_and_no_line() {
        let [one, other] = [0.2, 0.3].map(|value| result(Complex64::new(value, 0.0), COVARIANCES[2], 30.0));
        let merged = merge(&[("shock", &one), ("sine-fit", &other)], 0.0);
        assert!(merged.response.lines.is_empty());
        let text = merged.response.findings[0].to_string();
        assert!(text.contains("shock 0.20000 ± 0.01414, sine-fit 0.30000 ± 0.01414"), "{text}");
    }

    #[test]
    fn what_all_share_is_not_averaged_away() {
        let result = result(TRUTH, Bivariate::circular(1e-4), 30.0);
        let shared = 0.03;
        let merged = merge(&[("a", &result), ("b", &result)], shared).response.lines[0];
        let common = shared * shared * TRUTH.norm_sqr();
        assert!((merged.covariance.real - (0.5 * (1e-4 - common) + common)).abs() < 1e-15);
    }

    #[test]
    fn a_result_alone_is_kept_as_it_is() {
        let result = result(TRUTH, COVARIANCES[0], 12.0);
        let merged = merge(&[("a", &result)], 0.0);
        let line = merged.response.lines[0];
        assert_eq!((line.value, line.covariance, line.dof), (TRUTH, COVARIANCES[0], 12.0));
        assert_eq!((merged.consistency[0].probability, merged.consistency[0].q_value), (1.0, 1.0));
    }
}
