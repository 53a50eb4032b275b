//! Degrees of freedom from the exact covariances of the noise.
//!
//! Differences are stationary, and a sum over lags does (`stationary`). Any other statistic is a quadratic
//! form xᵀ A x of Gaussian phases, so that ν = 2 E²/Var = (tr AK)²/tr (AK)², K the generalised covariance
//! of the power law (see [`sigmatau_spectrum::noise`]). That costs N³ steps and is done for records of up
//! to [`WHOLE`] points. A longer record is seen on a coarser scale of [`WHOLE`] points, where only the ratio
//! to the related difference statistic is taken, whose degrees of freedom are known on either scale. The
//! ratio hardly changes with scale. Where terms are missing, the degrees of freedom are fewer in proportion.

use super::form::Form;
use super::stationary::stationary;
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
    let small = on_small_scale(model, case);
    let of_form = remembered(model, &small)?;
    if small.points == case.points {
        return Some(of_form);
    }
    Some(of_form * related(model, case)? / related(model, &small)?)
}

/// The same share of the record on the scale of [`WHOLE`] points, but no averaging factor so small that
/// it stands for another kind of filter.
fn on_small_scale(model: Model, case: &Case) -> Case {
    if case.points <= WHOLE {
        return *case;
    }
    let step = if model == Model::Theo1 { 2 } else { 1 };
    let scaled = (case.m as f64 / step as f64 * WHOLE as f64 / case.points as f64).round() as usize * step;
    let least = if model == Model::Theo1 { 24 } else { 6 };
    Case { points: WHOLE, m: scaled.max(case.m.min(least)), ..*case }
}

/// The degrees of freedom of the difference statistic that a statistic comes nearest to.
fn related(model: Model, case: &Case) -> Option<f64> {
    let (differences, m) = match model {
        Model::Total => (Differences::ALLAN, case.m),
        Model::ModifiedTotal | Model::Parabolic => (Differences::MODIFIED, case.m),
        Model::HadamardTotal => (Differences::HADAMARD, case.m),
        Model::Theo1 => (Differences::ALLAN, case.m * 3 / 4),
        Model::Differences(_) | Model::Order(_) => return None,
    };
    let longest = (case.points - 1) / differences.spans();
    let m = m.min(longest).max(1);
    stationary(case.alpha, differences, case.points, m)
}

type Key = (Model, i8, usize, usize);

/// What was computed once: the clocks of a fleet, and all long records, share a few hundred cases.
static CASES: LazyLock<Mutex<HashMap<Key, Option<f64>>>> = LazyLock::new(Mutex::default);

fn remembered(model: Model, case: &Case) -> Option<f64> {
    let key = (model, case.alpha, case.points, case.m);
    let known = || CASES.lock().expect("no one panics while holding it");
    if let Some(value) = known().get(&key) {
        return *value;
    }
    let covariances: Vec<f64> = (0..case.points).map(|lag| covariance(case.alpha, lag as f64)).collect();
    let value = Form::of(model, case.points, case.m).map(|form| form.degrees_of_freedom(&covariances));
    known().insert(key, value);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_study() {
        let models = [
            Model::Differences(Differences::ALLAN),
            Model::Differences(Differences::MODIFIED),
            Model::Differences(Differences::HADAMARD),
            Model::Total,
            Model::ModifiedTotal,
            Model::HadamardTotal,
            Model::Theo1,
            Model::Parabolic,
        ];
        for model in models {
            for alpha in -2..=2 {
                let points = 1024;
                let ks: Vec<f64> = (0..points).map(|lag| covariance(alpha, lag as f64)).collect();
                let mut line = String::new();
                for m in [2, 10, 32, 100, 256, 330, 480] {
                    let case = Case { alpha, m, n: model.terms(points, m) as u64, points };
                    let Some(form) = Form::of(model, points, m) else { continue };
                    let direct = form.degrees_of_freedom(&ks);
                    let scaled = exact(model, &case).unwrap_or(f64::NAN);
                    let closed = super::super::closed_form(model, &case).unwrap_or(f64::NAN);
                    line += &format!("{m}: {direct:.2} {:.3} {:.3} | ", scaled / direct, closed / direct);
                }
                println!("{model:?} {alpha} {line}");
            }
        }
    }
}
