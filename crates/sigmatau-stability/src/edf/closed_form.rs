//! Closed forms for degrees of freedom, as published for single statistics.

use super::{Case, Differences, Model, greenhall_riley};

/// Degrees of freedom by the closed forms of NIST SP 1065; nothing for other statistics and noises.
///
/// With T/τ = N/m for the total statistics:
///
/// | statistic | noise | ν |
/// |---|---|---|
/// | oadev | α = 2 … −2 | table 5, see the source |
/// | totdev | α = 0, −1, −2 | b T/τ − c; for phase noise that of oadev |
/// | mtotdev, ttotdev | α = 2 … −2 | b T/τ − c |
/// | htotdev | α = 0 … −4 | (T/τ) / (b₀ + b₁ τ/T) |
/// | theo1 | α = 2 … −2 | fits in N and τ = 0.75 m |
///
/// For few points in an average (m < 10) the modified and Hadamard totals take Greenhall and Riley's figure
/// of the plain statistic.
pub fn closed_form(model: Model, case: &Case) -> Option<f64> {
    let span = case.points as f64 / case.m as f64;
    let row = |highest: i8| usize::try_from(highest - case.alpha).ok();
    match model {
        Model::Differences(Differences::ALLAN) => overlapping_allan(case.alpha, case.m, case.n),
        Model::Total if case.alpha > 0 => overlapping_allan(
            case.alpha,
            case.m,
            Model::Differences(Differences::ALLAN).terms(case.points, case.m) as u64,
        ),
        Model::Total => TOTAL.get(row(0)?).map(|(b, c)| b * span - c),
        Model::ModifiedTotal if case.m < LEAST => greenhall_riley(case.alpha, Differences::MODIFIED, case.m, case.n),
        Model::HadamardTotal if case.m < LEAST => greenhall_riley(case.alpha, Differences::HADAMARD, case.m, case.n),
        Model::ModifiedTotal => MODIFIED_TOTAL.get(row(2)?).map(|(b, c)| b * span - c),
        Model::HadamardTotal => HADAMARD_TOTAL.get(row(0)?).map(|(b0, b1)| span / (b0 + b1 / span)),
        Model::Theo1 => theo1(case.alpha, case.m, case.points),
        _ => None,
    }
}

/// Averaging factors from which on the fits of the windowed statistics hold.
const LEAST: usize = 10;
/// b, c of the total variance for α = 0, −1, −2.
const TOTAL: [(f64, f64); 3] = [(1.50, 0.0), (1.17, 0.22), (0.93, 0.36)];
/// b, c of the modified total variance for α = 2 … −2.
const MODIFIED_TOTAL: [(f64, f64); 5] = [(1.90, 2.10), (1.20, 1.40), (1.10, 1.20), (0.85, 0.50), (0.75, 0.31)];
/// b₀, b₁ of the Hadamard total variance for α = 0 … −4.
const HADAMARD_TOTAL: [(f64, f64); 5] =
    [(0.559, 1.004), (0.868, 1.140), (0.938, 1.696), (0.974, 2.554), (1.276, 3.149)];

/// Degrees of freedom of the overlapping Allan variance by the closed forms of NIST SP 1065, table 5,
/// with N = n + 2m phase points.
fn overlapping_allan(alpha: i8, m: usize, n: u64) -> Option<f64> {
    if n == 0 {
        return None;
    }
    let m = m as f64;
    let points = n as f64 + 2.0 * m;
    Some(match alpha {
        2 => (points + 1.0) * (points - 2.0 * m) / (2.0 * (points - m)),
        1 => (((points - 1.0) / (2.0 * m)).ln() * ((2.0 * m + 1.0) * (points - 1.0) / 4.0).ln()).sqrt().exp(),
        0 => {
            let mean = 3.0 * (points - 1.0) / (2.0 * m) - 2.0 * (points - 2.0) / points;
            mean * 4.0 * m * m / (4.0 * m * m + 5.0)
        }
        -1 if m == 1.0 => 2.0 * (points - 2.0).powi(2) / (2.3 * points - 4.9),
        -1 => 5.0 * points * points / (4.0 * m * (points + 3.0 * m)),
        -2 => {
            let square = (points - 1.0).powi(2) - 3.0 * m * (points - 1.0) + 4.0 * m * m;
            (points - 2.0) / m * square / (points - 3.0).powi(2)
        }
        _ => return None,
    })
}

/// The fits for Theo1, with τ = 0.75 m in units of τ₀ and N phase points.
fn theo1(alpha: i8, m: usize, points: usize) -> Option<f64> {
    let (n, tau) = (points as f64, 0.75 * m as f64);
    Some(match alpha {
        2 => 0.86 * (n + 1.0) * (n - 4.0 / 3.0 * tau) / (n - tau) * (tau / (tau + 1.14)),
        1 => {
            let numerator = 4.798 * n * n - 6.374 * n * tau + 12.387 * tau;
            numerator / ((tau + 36.6).sqrt() * (n - tau)) * (tau / (tau + 0.3))
        }
        0 => ((4.1 * n + 0.8) / tau - (3.1 * n + 6.5) / n) * (tau.powf(1.5) / (tau.powf(1.5) + 5.2)),
        -1 => (2.0 * n * n - 1.3 * n * tau - 3.5 * tau) / (n * tau) * (tau.powi(3) / (tau.powi(3) + 2.3)),
        -2 => {
            let last = 4.4 * n - 1.0;
            let square = last * last - 8.6 * tau * last + 11.4 * tau * tau;
            (4.4 * n - 2.0) / (2.9 * tau) * square / (4.4 * n - 3.0).powi(2)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_form_gives_the_published_degrees_of_freedom() {
        // NIST SP 1065, table 32: 1000-point suite, m = 10, white FM.
        let edf = overlapping_allan(0, 10, 981).unwrap();
        assert!((edf - 146.177).abs() < 5e-4, "{edf}");
    }
}
