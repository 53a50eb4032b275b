//! Every distribution as it is drawn: its moments, its distribution function, its place in a copula.

use crate::models::{input, normal, rectangular, student};
use sigmatau_core::Unit;
use sigmatau_uncertainty::montecarlo::{Copula, Draws};
use sigmatau_uncertainty::{Block, Correlation, Distribution, Input};
use statrs::distribution::{ContinuousCDF, Gamma, Normal, StudentsT};

const TRIALS: u64 = 200 * 1024;

fn columns(draws: &Draws, seed: u64) -> Vec<Vec<f64>> {
    let (mut columns, mut block) = (vec![Vec::new(); draws.inputs()], Block::default());
    for number in 0..TRIALS / Block::POINTS as u64 {
        draws.block(seed, 0, number, &mut block);
        columns.iter_mut().enumerate().for_each(|(place, column)| column.extend_from_slice(block.column(place)));
    }
    columns
}

/// √n sup |Fₙ − F|, which exceeds 1.95 with probability 0.001.
fn kolmogorov(mut values: Vec<f64>, cdf: &dyn Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let distances = values.iter().enumerate().map(|(k, x)| {
        let p = cdf(*x);
        (p - k as f64 / count).max((k + 1) as f64 / count - p)
    });
    count.sqrt() * distances.fold(0.0, f64::max)
}

/// The probability of a curvilinear trapezoid below x by summing over its limits.
fn ctrap(half_width: f64, inexactness: f64, x: f64) -> f64 {
    let limits = (0..2000).map(|k| half_width + inexactness * ((f64::from(k) + 0.5) / 1000.0 - 1.0));
    limits.map(|limit| (0.5 + 0.5 * x / limit).clamp(0.0, 1.0)).sum::<f64>() / 2000.0
}

type Cdf = Box<dyn Fn(f64) -> f64>;

/// Distributions with their estimates and their distribution functions.
fn cases() -> Vec<(f64, Distribution, Cdf)> {
    let student = |dof: f64| move |x: f64| StudentsT::new(0.0, 1.0, dof).unwrap().cdf((x - 3.0) / 2.0);
    let gamma = |shape: f64| move |x: f64| Gamma::new(shape, 1.0).unwrap().cdf(x / 2.0);
    let triangle =
        |t: f64| if t < 0.0 { 0.5 * (1.0 + t).max(0.0).powi(2) } else { 1.0 - 0.5 * (1.0 - t).max(0.0).powi(2) };
    let trapezoid = |x: f64| {
        let (t, beta) = ((x - 3.0).abs() / 2.0, 0.25);
        let above = if t < beta {
            (1.0 - t) / (1.0 + beta) - 0.5 * (1.0 - beta) / (1.0 + beta)
        } else {
            0.5 * (1.0 - t).max(0.0).powi(2) / (1.0 - beta * beta)
        };
        if x < 3.0 { above } else { 1.0 - above }
    };
    let steps = |x: f64| [1.0, 2.0, 4.0].iter().filter(|step| **step <= x - 3.0).count() as f64 / 3.0;
    vec![
        (3.0, Distribution::Normal { standard_deviation: 2.0 }, Box::new(|x| Normal::new(3.0, 2.0).unwrap().cdf(x))),
        (3.0, Distribution::Student { scale: 2.0, dof: 5.0 }, Box::new(student(5.0))),
        (3.0, Distribution::Student { scale: 2.0, dof: 1.0 }, Box::new(student(1.0))),
        (3.0, Distribution::Student { scale: 2.0, dof: 0.3 }, Box::new(student(0.3))),
        (3.0, Distribution::Rectangular { half_width: 2.0 }, Box::new(|x| ((x - 1.0) / 4.0).clamp(0.0, 1.0))),
        (3.0, Distribution::Triangular { half_width: 2.0 }, Box::new(move |x| triangle((x - 3.0) / 2.0))),
        (3.0, Distribution::Trapezoidal { half_width: 2.0, shape: 0.25 }, Box::new(trapezoid)),
        (
            3.0,
            Distribution::CurvilinearTrapezoid { half_width: 2.0, inexactness: 0.7 },
            Box::new(|x| ctrap(2.0, 0.7, x - 3.0)),
        ),
        (
            3.0,
            Distribution::Arcsine { half_width: 2.0 },
            Box::new(|x| 0.5 + ((x - 3.0) / 2.0).clamp(-1.0, 1.0).asin() / std::f64::consts::PI),
        ),
        (2.0, Distribution::Exponential { mean: 2.0 }, Box::new(|x| -(-x / 2.0).exp_m1())),
        (7.0, Distribution::Gamma { shape: 3.5, scale: 2.0 }, Box::new(gamma(3.5))),
        (0.8, Distribution::Gamma { shape: 0.4, scale: 2.0 }, Box::new(gamma(0.4))),
        (3.0, Distribution::Samples([2.0, 1.0, 4.0].into()), Box::new(steps)),
        (
            3.0,
            Distribution::Histogram { edges: [-1.0, 0.0, 2.0].into(), weights: [3.0, 1.0].into() },
            Box::new(|x| (0.75 * (x - 2.0).clamp(0.0, 1.0)) + 0.125 * (x - 3.0).clamp(0.0, 2.0)),
        ),
    ]
}

fn assert_drawn(distribution: &Distribution, cdf: &Cdf, values: Vec<f64>) {
    match distribution {
        // Where the function steps, only its values at the steps count.
        Distribution::Samples(_) => {
            let part = values.iter().filter(|x| **x <= 4.0).count() as f64 / values.len() as f64;
            assert!((part - cdf(4.0)).abs() < 4.0 * (0.25 / values.len() as f64).sqrt());
            assert!(values.iter().all(|x| [4.0, 5.0, 7.0].contains(x)));
        }
        distribution => {
            let distance = kolmogorov(values, cdf);
            assert!(distance < 1.95, "{distribution:?}: {distance}");
        }
    }
}

#[test]
fn every_distribution_is_drawn_as_it_is_defined() {
    for (estimate, distribution, cdf) in cases() {
        let draws = Draws::independent(&[input("x", estimate, distribution.clone())]);
        assert_drawn(&distribution, &cdf, columns(&draws, 5).remove(0));
    }
}

#[test]
fn every_distribution_has_its_mean_and_its_standard_deviation() {
    for (estimate, distribution, _) in cases() {
        let deviation = distribution.standard_deviation();
        if !deviation.is_finite() || matches!(distribution, Distribution::Samples(_) | Distribution::Histogram { .. }) {
            continue;
        }
        let values = columns(&Draws::independent(&[input("x", estimate, distribution.clone())]), 6).remove(0);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        assert!((mean - estimate).abs() < 4.0 * deviation / count.sqrt(), "{distribution:?}: mean {mean}");
        let squares: Vec<f64> = values.iter().map(|x| (x - estimate).powi(2)).collect();
        let variance = squares.iter().sum::<f64>() / count;
        let scatter = (squares.iter().map(|s| (s - variance).powi(2)).sum::<f64>() / count / count).sqrt();
        assert!((variance - deviation * deviation).abs() < 4.0 * scatter, "{distribution:?}: variance {variance}");
    }
}

/// The quantiles that a copula goes through are those of the distribution.
#[test]
fn inputs_keep_their_distributions_under_every_copula() {
    for copula in [Copula::Gaussian, Copula::Student { dof: 4.0 }] {
        for (estimate, distribution, cdf) in cases() {
            if copula == Copula::Gaussian && !distribution.standard_deviation().is_finite() {
                continue;
            }
            let inputs = [input("x", estimate, distribution.clone()), normal("z", 0.0, 1.0)];
            let correlation = Correlation::of_pairs(2, &[(0, 1, 0.5)]).unwrap();
            let draws = Draws::new(&inputs, &correlation, copula).unwrap();
            assert_drawn(&distribution, &cdf, columns(&draws, 7).remove(0));
        }
    }
}

#[test]
fn gaussian_copula_has_the_correlations_that_were_asked_for() {
    let exponential = || input("e", 1.0, Distribution::Exponential { mean: 1.0 });
    let arcsine = || input("a", 0.0, Distribution::Arcsine { half_width: 1.0 });
    let pairs: [([Input; 2], f64); 5] = [
        ([normal("x", 0.0, 1.0), normal("y", 0.0, 3.0)], -0.7),
        ([rectangular("x", 0.0, 1.0), rectangular("y", 0.0, 1.0)], 0.9),
        ([exponential(), exponential()], -0.5),
        ([exponential(), rectangular("y", 0.0, 1.0)], 0.6),
        ([arcsine(), student("t", 0.0, 1.0, 6.0)], 0.3),
    ];
    for (inputs, wanted) in pairs {
        let correlation = Correlation::of_pairs(2, &[(0, 1, wanted)]).unwrap();
        let draws = Draws::new(&inputs, &correlation, Copula::Gaussian).unwrap();
        let found = draws.achieved(0, 1, 3, 1 << 18);
        assert!((found - wanted).abs() < 4.0 * 2.0 / 512.0, "{inputs:?}: {found} instead of {wanted}");
    }
}

/// An input that follows from others: x = y, and z between both.
#[test]
fn correlations_without_an_inverse_are_drawn() {
    let inputs = ["x", "y", "z"].map(|symbol| normal(symbol, 0.0, 1.0));
    let correlation = Correlation::of_pairs(3, &[(0, 1, 1.0), (0, 2, 0.5), (1, 2, 0.5)]).unwrap();
    let columns = columns(&Draws::new(&inputs, &correlation, Copula::Gaussian).unwrap(), 1);
    assert_eq!(columns[0], columns[1]);
}

/// P(both below their 1 % quantiles) of the t copula with ν = 3 and ρ = 0.5 is well above that of the Gaussian one.
#[test]
fn extremes_come_together_under_the_t_copula() {
    let both = |copula| {
        let inputs = ["x", "y"].map(|symbol| rectangular(symbol, 0.0, 1.0));
        let correlation = Correlation::of_pairs(2, &[(0, 1, 0.5)]).unwrap();
        let columns = columns(&Draws::new(&inputs, &correlation, copula).unwrap(), 2);
        columns[0].iter().zip(&columns[1]).filter(|(x, y)| **x < 0.01 && **y < 0.01).count() as f64
    };
    let (heavy, light) = (both(Copula::Student { dof: 3.0 }), both(Copula::Gaussian));
    assert!(heavy > 2.0 * light, "{heavy} {light}");
}

#[test]
fn values_are_in_coherent_units() {
    let inputs = [
        Input::new("l", Unit::parse("mm").unwrap(), 5.0, Distribution::Normal { standard_deviation: 1e-9 }).unwrap(),
        Input::new("t", Unit::parse("degC").unwrap(), 20.0, Distribution::Rectangular { half_width: 1e-9 }).unwrap(),
    ];
    let columns = columns(&Draws::independent(&inputs), 1);
    assert!(columns[0].iter().all(|l| (l - 5e-3).abs() < 1e-10));
    assert!(columns[1].iter().all(|t| (t - 293.15).abs() < 1e-8));
}
