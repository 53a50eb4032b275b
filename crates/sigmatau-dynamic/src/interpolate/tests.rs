use super::*;
use crate::covariance::{Autocovariance, Sampler, Variance};
use nalgebra::DMatrix;
use sigmatau_spectrum::Gaussian;

fn stamps() -> Vec<f64> {
    vec![0.0, 1.0, 1.7, 3.0, 3.5, 5.0, 6.1, 7.0]
}

fn values() -> Vec<f64> {
    stamps().iter().map(|t| (1.3 * t).sin() + 0.1 * t * t).collect()
}

fn instants() -> Vec<f64> {
    vec![0.0, 0.4, 1.35, 1.7, 2.9, 3.2, 4.4, 6.0, 6.9, 7.0]
}

fn white(u: f64, length: usize) -> Covariance {
    Covariance::White { variance: Variance(u * u), length }
}

fn at(stamps: &[f64], values: &[f64], instants: &[f64], scheme: Scheme) -> Vec<f64> {
    let signal = Signal::new(values.to_vec(), white(0.0, values.len())).unwrap();
    let (stamps, instants) = (Instants::exact(stamps.to_vec()), Instants::exact(instants.to_vec()));
    interpolate(&signal, &stamps, &instants, scheme).unwrap().into_parts().0
}

/// The derivatives of all results by one list of inputs, by central differences.
fn by_differences(inputs: &[f64], f: impl Fn(&[f64]) -> Vec<f64>) -> DMatrix<f64> {
    let step = 1e-5;
    let shifted = |j: usize, by: f64| {
        let mut moved = inputs.to_vec();
        moved[j] += by;
        f(&moved)
    };
    let column = |j: usize| -> Vec<f64> {
        shifted(j, step).iter().zip(shifted(j, -step)).map(|(up, down)| (up - down) / (2.0 * step)).collect()
    };
    let columns: Vec<Vec<f64>> = (0..inputs.len()).map(column).collect();
    DMatrix::from_fn(columns[0].len(), inputs.len(), |i, j| columns[j][i])
}

/// SciPy 1.12.0, `CubicSpline(stamps, values, bc_type="natural")` at the instants.
#[test]
fn spline_agrees_with_scipy() {
    let expected = [
        0.0,
        0.5122547836639507,
        1.1630836038475105,
        1.0915710662467473,
        0.25471894314781096,
        0.16948999977581056,
        1.4486959208240426,
        4.5968879765865776,
        5.191300047883719,
        5.219098362349352,
    ];
    for (found, known) in at(&stamps(), &values(), &instants(), Scheme::Spline).iter().zip(expected) {
        assert!((found - known).abs() < 1e-14, "{found} {known}");
    }
}

#[test]
fn every_scheme_meets_its_points_and_steps_hold_them() {
    for (word, scheme) in Scheme::ALL {
        assert_eq!(scheme.word(), word);
        let found = at(&stamps(), &values(), &stamps(), scheme);
        assert!(found.iter().zip(values()).all(|(a, b)| (a - b).abs() < 1e-15), "{word}");
    }
    let steps = |scheme| at(&[0.0, 1.0, 2.0], &[1.0, 2.0, 3.0], &[0.5, 0.6, 1.4, 1.6], scheme);
    assert_eq!(steps(Scheme::Previous), [1.0, 1.0, 2.0, 2.0]);
    assert_eq!(steps(Scheme::Nearest), [1.0, 2.0, 2.0, 3.0]);
}

#[test]
fn uncertainty_is_that_of_numerical_derivatives() {
    let inner = [0.4, 1.35, 2.9, 3.2, 4.4, 6.0, 6.9];
    for scheme in [Scheme::Linear, Scheme::Spline] {
        let w = by_differences(&values(), |values| at(&stamps(), values, &inner, scheme));
        let t = by_differences(&stamps(), |stamps| {
            let mut instants = inner.to_vec();
            instants.iter_mut().for_each(|instant| *instant = instant.clamp(stamps[0], stamps[7]));
            at(stamps, &values(), &instants, scheme)
        });
        let s = by_differences(&inner, |instants| at(&stamps(), &values(), instants, scheme));
        let expected = 0.01 * &w * w.transpose() + 0.04 * &t * t.transpose() + 0.09 * &s * s.transpose();
        let signal = Signal::new(values(), white(0.1, 8)).unwrap();
        let stamps = Instants::uncertain(stamps(), white(0.2, 8)).unwrap();
        let instants = Instants::uncertain(inner.to_vec(), white(0.3, 7)).unwrap();
        let found = interpolate(&signal, &stamps, &instants, scheme).unwrap();
        let apart = (found.covariance().to_dense() - expected).amax();
        assert!(apart < 1e-9, "{scheme:?}: {apart}");
    }
}

#[test]
fn every_form_of_input_gives_the_same_as_its_matrix() {
    let dense = DMatrix::from_fn(8, 8, |i, j| 0.3f64.powi(i.abs_diff(j) as i32));
    let forms = [
        white(0.5, 8),
        Covariance::Independent((1..=8).map(|v| Variance(f64::from(v))).collect()),
        Covariance::Banded { diagonals: vec![vec![1.0; 8], vec![0.4; 7]] },
        Covariance::Stationary { autocovariance: Autocovariance(vec![1.0, 0.3, 0.1]), length: 8 },
        Covariance::LowRank { sources: dense.columns(0, 2).into_owned() },
        Covariance::Dense(dense),
    ];
    for form in forms {
        for (_, scheme) in Scheme::ALL {
            let run = |form: Covariance| {
                let signal = Signal::new(values(), form).unwrap();
                let (stamps, at) = (Instants::exact(stamps()), Instants::exact(instants()));
                interpolate(&signal, &stamps, &at, scheme).unwrap().into_parts().1
            };
            let (cheap, whole) = (run(form.clone()), run(Covariance::Dense(form.to_dense())));
            assert!((cheap.to_dense() - whole.to_dense()).amax() < 1e-14, "{scheme:?} of {form:?}");
        }
    }
}

#[test]
fn independent_errors_give_a_band_and_few_points_give_sources() {
    let run = |points: usize, step: f64| {
        let signal = Signal::new(vec![1.0; points], white(1.0, points)).unwrap();
        resample(&signal, 1.0, step, Scheme::Linear).unwrap().into_parts().1
    };
    assert!(matches!(run(100, 0.5), Covariance::Banded { diagonals } if diagonals.len() == 3));
    assert!(matches!(run(3, 0.01), Covariance::LowRank { sources } if sources.ncols() == 3));
    assert_eq!(run(101, 0.1).length(), 1001);
}

/// A long spline is as local as its adjoint: the result is a band, not a matrix.
#[test]
fn long_spline_is_a_band() {
    let signal = Signal::new((0..2000).map(|n| (0.01 * f64::from(n)).sin()).collect(), white(1.0, 2000)).unwrap();
    let found = resample(&signal, 1.0, 0.8, Scheme::Spline).unwrap();
    let Covariance::Banded { diagonals } = found.covariance() else { panic!("{:?}", found.covariance().length()) };
    assert!(diagonals.len() < 120, "{} diagonals", diagonals.len());
    // In the middle of an interval of an even grid: Σ w² of the cardinal spline.
    assert!(found.values().iter().enumerate().all(|(n, y)| (y - (0.008 * n as f64).sin()).abs() < 1e-4));
}

/// 400 records with errors of values and stamps: how often 1.96 u holds the true value.
#[test]
fn intervals_hold_the_truth_as_often_as_stated() {
    let truth = |t: f64| 2.0 * t + 1.0;
    let (errors, jitter) = (white(0.1, 8), white(0.05, 8));
    let [of_values, of_stamps] = [&errors, &jitter].map(|form| Sampler::new(form).unwrap());
    let (mut held, mut trials) = (0, 0);
    for record in 0..400 {
        let mut gaussian = Gaussian::new(11, record);
        let actual: Vec<f64> = stamps().iter().zip(of_stamps.draw(&mut gaussian)).map(|(t, e)| t + e).collect();
        let measured = actual.iter().zip(of_values.draw(&mut gaussian)).map(|(t, e)| truth(*t) + e).collect();
        let signal = Signal::new(measured, errors.clone()).unwrap();
        let stamps = Instants::uncertain(stamps(), jitter.clone()).unwrap();
        let found = interpolate(&signal, &stamps, &Instants::exact(instants()), Scheme::Spline).unwrap();
        for ((y, u), t) in found.values().iter().zip(found.covariance().standard_uncertainties()).zip(instants()) {
            held += u32::from((y - truth(t)).abs() < 1.96 * u);
            trials += 1;
        }
    }
    let share = f64::from(held) / f64::from(trials);
    assert!((share - 0.95).abs() < 0.015, "{share}");
}

#[test]
fn bad_input_is_refused_with_its_place() {
    let signal = Signal::new(vec![1.0, 2.0], white(1.0, 2)).unwrap();
    let refused = |stamps: &[f64], at: f64| {
        let (stamps, at) = (Instants::exact(stamps.to_vec()), Instants::exact(vec![at]));
        interpolate(&signal, &stamps, &at, Scheme::Linear).unwrap_err().to_string()
    };
    assert!(refused(&[0.0, 1.0], 1.5).contains("1.5 s is not between 0 s and 1 s"));
    assert!(refused(&[0.0, 0.0], 0.0).contains("0 s at 1 is not later"));
    assert!(refused(&[0.0], 0.0).contains("2 values have 1 time stamps"));
    assert!(resample(&signal, 1.0, 0.0, Scheme::Linear).unwrap_err().to_string().contains("0 s"));
}
