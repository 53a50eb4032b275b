//! Degrees of freedom from the exact covariances of the noise.
//!
//! Differences are stationary, and a sum over lags does (`stationary`). Any other statistic is a quadratic
//! form xᵀ A x of Gaussian phases, so that ν = 2 E²/Var = (tr AK)²/tr (AK)², K the generalised covariance
//! of the power law (see [`sigmatau_spectrum::noise`]). That costs N³ steps and is done for records of up
//! to [`WHOLE`] points. A longer record is seen on a coarser scale of [`WHOLE`] points, where only the ratio
//! to the related difference statistic is taken, whose degrees of freedom are known on either scale. The
//! ratio hardly changes with scale. Where terms are missing, the degrees of freedom are fewer in proportion.

use super::closed_form::closed_form;
use super::form::{Form, Moments};
use super::stationary::{expected_square, expected_window_of_theo1, stationary};
use super::{Case, Differences, Model};
use sigmatau_spectrum::noise::covariance;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// Points up to which a record is treated as it is.
pub const WHOLE: usize = 256;

/// Returns the degrees of freedom, or nothing where the statistic does not converge or is too short.
pub fn exact(model: Model, case: &Case) -> Option<f64> {
    let all = model.terms(case.points, case.m);
    if all == 0 || i16::from(case.alpha) + 2 * i16::from(model.order()) <= 1 {
        return None;
    }
    of_whole_record(model, case).map(|value| value * case.n as f64 / all as f64)
}

fn of_whole_record(model: Model, case: &Case) -> Option<f64> {
    if let Model::Differences(differences) = model {
        return stationary(case.alpha, differences, case.points, case.m);
    }
    if case.points <= WHOLE {
        return remembered(model, case).map(|moments| moments.edf);
    }
    let small = on_scale(model, case, WHOLE);
    let (of_form, of_related) = (remembered(model, &small)?.edf, related(model, &small)?);
    let inverse = match (model, case.alpha) {
        (Model::Total, 1..) => {
            let smaller = on_scale(model, case, WHOLE / 2);
            let slope = (1.0 / remembered(model, &smaller)?.edf - 1.0 / of_form)
                / (1.0 / related(model, &smaller)? - 1.0 / of_related);
            1.0 / of_form + slope * (1.0 / related(model, case)? - 1.0 / of_related)
        }
        _ => of_related / of_form / related(model, case)?,
    };
    Some(1.0 / inverse)
}

/// The same share of a record of fewer points, but no averaging factor so small that it stands for
/// another kind of filter.
fn on_scale(model: Model, case: &Case, points: usize) -> Case {
    let (step, least) = if model == Model::Theo1 { (2, 24) } else { (1, 6) };
    let scaled = (case.m as f64 / step as f64 * points as f64 / case.points as f64).round() as usize * step;
    Case { points, m: scaled.max(case.m.min(least)), ..*case }
}

/// The degrees of freedom of the difference statistic that a statistic comes nearest to.
fn related(model: Model, case: &Case) -> Option<f64> {
    let (differences, m) = match model {
        Model::Total => (Differences::ALLAN, case.m),
        Model::ModifiedTotal | Model::Parabolic => (Differences::MODIFIED, case.m),
        Model::HadamardTotal => (Differences::HADAMARD, case.m),
        Model::Theo1 => return closed_form(model, case),
        Model::Differences(_) | Model::Order(_) | Model::Hybrid => return None,
    };
    let longest = (case.points - 1) / differences.spans();
    let m = m.min(longest).max(1);
    stationary(case.alpha, differences, case.points, m)
}

/// Returns the factor by which a mean square exceeds the variance that it estimates, or nothing where the
/// statistic does not converge or is too short.
///
/// Windows have one that depends on m alone, that of a record of one window, and hardly on a long m; so do the
/// sampled differences of Theo1, at any m. The continued record of the total variance has one that goes as m/N.
/// Differences have none.
pub fn bias(model: Model, case: &Case) -> Option<f64> {
    if i16::from(case.alpha) + 2 * i16::from(model.order()) <= 1 {
        return None;
    }
    let small = match model {
        Model::Total => on_scale(model, case, WHOLE.min(case.points)),
        Model::ModifiedTotal => one_window(case, 3, 0),
        Model::HadamardTotal if case.m > 1 => one_window(case, 3, 1),
        Model::Theo1 => return Some(bias_of_theo1(case.alpha, case.m)),
        _ => return Some(1.0),
    };
    let mean = remembered(model, &small)?.mean / model.terms(small.points, small.m) as f64;
    let m = small.m as f64;
    let of = |differences| expected_square(case.alpha, differences, m);
    Some(match model {
        Model::ModifiedTotal => mean / (6.0 * m * of(Differences::MODIFIED)),
        Model::HadamardTotal => mean / (6.0 * m * of(Differences::HADAMARD)),
        _ => {
            let (share, of_small) = (case.m as f64 / case.points as f64, m / small.points as f64);
            1.0 + (mean / of(Differences::ALLAN) - 1.0) * share / of_small
        }
    })
}

/// Under phase noise it falls with m without end, so that no shorter window stands for a long one.
fn bias_of_theo1(alpha: i8, m: usize) -> f64 {
    let tau = 0.75 * m as f64;
    tau * expected_window_of_theo1(alpha, m) / expected_square(alpha, Differences::ALLAN, tau)
}

/// A record of a single window of `spans` m points and `more`, of at most [`WHOLE`] points.
fn one_window(case: &Case, spans: usize, more: usize) -> Case {
    let m = case.m.min((WHOLE - more) / spans / 2 * 2);
    Case { points: spans * m + more, m, ..*case }
}

type Key = (Model, i8, usize, usize);

/// What was computed once: the clocks of a fleet, and all long records, share a few hundred cases.
static CASES: LazyLock<Mutex<HashMap<Key, Option<Moments>>>> = LazyLock::new(Mutex::default);

fn remembered(model: Model, case: &Case) -> Option<Moments> {
    let key = (model, case.alpha, case.points, case.m);
    let known = || CASES.lock().expect("no one panics while holding it");
    if let Some(moments) = known().get(&key) {
        return *moments;
    }
    let covariances: Vec<f64> = (0..case.points).map(|lag| covariance(case.alpha, lag as f64)).collect();
    let moments = Form::of(model, case.points, case.m).map(|form| form.moments(&covariances));
    known().insert(key, moments);
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: [Model; 5] =
        [Model::Total, Model::ModifiedTotal, Model::HadamardTotal, Model::Theo1, Model::Parabolic];

    fn case(model: Model, alpha: i8, points: usize, m: usize) -> Case {
        Case { alpha, m, n: model.terms(points, m) as u64, points }
    }

    /// The form of the whole record, whatever its length.
    fn in_full(model: Model, case: &Case) -> f64 {
        let covariances: Vec<f64> = (0..case.points).map(|lag| covariance(case.alpha, lag as f64)).collect();
        Form::of(model, case.points, case.m).unwrap().moments(&covariances).edf
    }

    #[test]
    fn sums_over_lags_are_the_forms_of_differences() {
        for differences in [Differences::ALLAN, Differences::MODIFIED, Differences::HADAMARD] {
            let model = Model::Differences(differences);
            for (alpha, m) in (-2..=2).flat_map(|alpha| [1, 7, 40].map(|m| (alpha, m))) {
                let case = case(model, alpha, 250, m);
                let (found, expected) = (exact(model, &case).unwrap(), in_full(model, &case));
                assert!((found / expected - 1.0).abs() < 1e-6, "{model:?}, α = {alpha}, m = {m}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn long_panels_meet_the_sum_lag_by_lag() {
        let (points, m) = (200_000, 20_000);
        for alpha in -2..=2 {
            let found = stationary(alpha, Differences::ALLAN, points, m).unwrap();
            let n = (points - 2 * m) as f64;
            let second =
                |k: usize, j: i32, weight: f64| weight * covariance(alpha, (k as f64 + f64::from(j) * m as f64).abs());
            let term = |k| {
                [(-2, 1.0), (-1, -4.0), (0, 6.0), (1, -4.0), (2, 1.0)].map(|(j, w)| second(k, j, w)).iter().sum::<f64>()
            };
            let square = |k: usize| (1.0 - k as f64 / n) * (term(k) / term(0)).powi(2);
            let direct = n / (1.0 + 2.0 * (1..points - 2 * m).map(square).sum::<f64>());
            assert!((found / direct - 1.0).abs() < 2e-4, "α = {alpha}: {found} instead of {direct}");
        }
    }

    #[test]
    fn the_coarser_scale_hardly_moves_degrees_of_freedom() {
        for model in OTHERS {
            for (alpha, m) in (-2..=2).flat_map(|alpha| [16, 96].map(|m| (alpha, m))) {
                let case = case(model, alpha, 384, m);
                let (scaled, full) = (exact(model, &case).unwrap(), in_full(model, &case));
                assert!((scaled / full - 1.0).abs() < 0.06, "{model:?}, α = {alpha}, m = {m}: {scaled}, {full}");
            }
        }
    }

    #[test]
    fn missing_terms_cost_their_share() {
        let whole = case(Model::Total, 0, 200, 10);
        let half = Case { n: whole.n / 2, ..whole };
        assert_eq!(exact(Model::Total, &half), exact(Model::Total, &whole).map(|edf| edf / 2.0));
    }

    /// Panels begin 48 points off, where an integral stands for a sum to 1/(24 · 48²).
    #[test]
    fn the_bias_of_theo1_is_that_of_its_form_at_any_length() {
        for (alpha, m) in (-2..=2).flat_map(|alpha| [10, 96, 254, 600].map(|m| (alpha, m))) {
            let covariances: Vec<f64> = (0..=m).map(|lag| covariance(alpha, lag as f64)).collect();
            let whole = Form::of(Model::Theo1, m + 1, m).unwrap().moments(&covariances).mean;
            let expected = 1.5 * whole / expected_square(alpha, Differences::ALLAN, 0.75 * m as f64);
            let found = bias(Model::Theo1, &case(Model::Theo1, alpha, 1025, m)).unwrap();
            assert!((found / expected - 1.0).abs() < 2e-5, "α = {alpha}, m = {m}: {found}, {expected}");
        }
    }

    #[test]
    fn biases_are_those_that_were_published_or_simulated() {
        // NIST SP 1065 for totdev and htotdev; 4000 simulated records for mtotdev, whose published 0.94 … 0.69 are off.
        let flicker = 1.0 - 50.0 / 1000.0 / (3.0 * std::f64::consts::LN_2);
        let cases = [
            (Model::Total, vec![(0, 1.0), (-1, flicker), (-2, 0.9625)]),
            (Model::HadamardTotal, vec![(0, 0.995), (-1, 0.851), (-2, 0.771), (-3, 0.717), (-4, 0.679)]),
            (Model::ModifiedTotal, vec![(2, 0.995), (1, 0.855), (0, 0.772), (-1, 0.720), (-2, 0.680)]),
        ];
        for (model, known) in cases {
            for (alpha, expected) in known {
                let found = bias(model, &case(model, alpha, 1000, 50)).unwrap();
                assert!((found / expected - 1.0).abs() < 0.006, "{model:?}, α = {alpha}: {found}, {expected}");
            }
        }
    }
}
