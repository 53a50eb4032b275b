//! Several outputs: JCGM 102:2011, clause 9.

use crate::models::{Pointwise, normal, outcome, settings, student};
use sigmatau_core::Cancel;
use sigmatau_uncertainty::Correlation;
use sigmatau_uncertainty::montecarlo::region::{Region, factor};
use sigmatau_uncertainty::montecarlo::{Copula, Draws, Numerical, Settings, Shape};

const TRIALS: u64 = 2_000_000;

fn near(found: Numerical, expected: f64) {
    assert!((found.value - expected).abs() < 4.0 * found.uncertainty, "{found:?} instead of {expected}");
}

/// 9.2: two sums with a common term. The ellipse has the factor √(−2 ln 0.05), the rectangle one that depends on the
/// correlation (the printed 2.24 is Bonferroni's bound for any).
#[test]
fn sums_with_a_common_term() {
    let sums = Pointwise(|[a, b, common]: [f64; 3]| [a + common, b + common]);
    for (common, covariance, rectangle) in [(1.0, [2.0, 1.0], 2.212_128), (3.0, [10.0, 9.0], 2.108_143)] {
        let draws = Draws::independent(&[normal("a", 0.0, 1.0), normal("b", 0.0, 1.0), normal("c", 0.0, common)]);
        let settings = Settings { shapes: vec![Shape::Symmetric], ..settings(TRIALS, 0.95) };
        let found = outcome(&sums, &draws, &settings);
        for (entry, expected) in [((0, 0), covariance[0]), ((0, 1), covariance[1]), ((1, 1), covariance[0])] {
            assert!((found.covariance[entry] - expected).abs() < 4.0 * 1.5 * covariance[0] / (TRIALS as f64).sqrt());
        }
        let of = |region| factor(region, &sums, &draws, &settings, &found, &Cancel::new()).unwrap().unwrap();
        near(of(Region::Ellipsoid), 2.447_746_831);
        near(of(Region::Cuboid), rectangle);
    }
}

/// 9.3: from x₁ + i x₂ to magnitude and phase, with figures by quadrature.
#[test]
fn from_rectangular_to_polar_coordinates() {
    let polar = Pointwise(|[x, y]: [f64; 2]| [x.hypot(y), y.atan2(x)]);
    let rows = [
        (0.001, 0.0, [0.012_564, 0.0, 0.006_567_7, 1.744_128, 0.0]),
        (0.010, 0.0, [0.015_485_7, 0.0, 0.007_758_4, 1.117_517, 0.0]),
        (0.100, 0.0, [0.100_501_3, 0.0, 0.009_974_7, 0.100_512_7, 0.0]),
        (0.001, 0.9, [0.011_732_8, -0.557_029, 0.007_958_7, 1.598_539, -0.069_258]),
        (0.010, 0.9, [0.015_289_1, -0.342_979, 0.008_139_0, 0.903_061, 0.351_980]),
        (0.100, 0.9, [0.100_509_1, -0.008_985_6, 0.009_895_5, 0.102_409_7, 0.882_017]),
    ];
    for (x1, correlation, [y1, y2, u1, u2, r]) in rows {
        let inputs = [normal("x_1", x1, 0.010), normal("x_2", 0.0, 0.010)];
        let correlation = Correlation::of_pairs(2, &[(0, 1, correlation)]).unwrap();
        let draws = Draws::new(&inputs, &correlation, Copula::Gaussian).unwrap();
        let settings = Settings { shapes: vec![Shape::Symmetric], ..settings(TRIALS, 0.95) };
        let found = outcome(&polar, &draws, &settings);
        for (output, y, u) in [(0, y1, u1), (1, y2, u2)] {
            let (estimate, uncertainty) = (found.outputs[output].estimate, found.outputs[output].standard_uncertainty);
            assert!((estimate.value - y).abs() < 4.0 * estimate.uncertainty + 5e-7, "{estimate:?}, {y}");
            assert!((uncertainty.value - u).abs() < 4.0 * uncertainty.uncertainty + 5e-7, "{uncertainty:?}, {u}");
        }
        let coefficient = found.covariance[(0, 1)] / (found.covariance[(0, 0)] * found.covariance[(1, 1)]).sqrt();
        assert!((coefficient - r).abs() < 4.0 * 1.5 / (TRIALS as f64).sqrt(), "{coefficient}, {r}");
    }
}

/// 9.4 with the data of H.2 and a sixth indication, as a multivariate t distribution with ν = 3: scale S/6 and √ν/(ν − 2) = √3
/// of it for R, X and Z where the model were linear.
#[test]
fn impedance_from_six_indications() {
    let impedance = Pointwise(|[v, i, phi]: [f64; 3]| [v / i * phi.cos(), v / i * phi.sin(), v / i]);
    let volts = [5.007, 4.994, 5.005, 4.990, 4.999, 4.999];
    let amperes = [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3, 19.661e-3];
    let radians = [1.0456, 1.0438, 1.0468, 1.0428, 1.0433, 1.0445];
    let columns = [volts, amperes, radians];
    let means = columns.map(|column| column.iter().sum::<f64>() / 6.0);
    let covariance =
        |a: usize, b: usize| (0..6).map(|k| (columns[a][k] - means[a]) * (columns[b][k] - means[b])).sum::<f64>();
    let correlation = |a: usize, b: usize| covariance(a, b) / (covariance(a, a) * covariance(b, b)).sqrt();
    let pairs = [(0, 1, correlation(0, 1)), (0, 2, correlation(0, 2)), (1, 2, correlation(1, 2))];
    // ν = n − m, and the scale is that of the sum of squares over n (n − m).
    let dof = 3.0;
    let scale = |k: usize| (covariance(k, k) / (6.0 * dof)).sqrt();
    let inputs = ["V", "I", "phi"].iter().enumerate().map(|(k, symbol)| student(symbol, means[k], scale(k), dof));
    let inputs: Vec<_> = inputs.collect();
    let draws = Draws::new(&inputs, &Correlation::of_pairs(3, &pairs).unwrap(), Copula::Student { dof }).unwrap();
    let settings = Settings { shapes: vec![Shape::Symmetric], ..settings(TRIALS, 0.95) };
    let found = outcome(&impedance, &draws, &settings);
    for (output, (y, u)) in
        [(127.730_704, 0.129_801_5), (219.847_363, 0.539_658_7), (254.259_702, 0.431_488_8)].into_iter().enumerate()
    {
        let (estimate, uncertainty) = (found.outputs[output].estimate, found.outputs[output].standard_uncertainty);
        // The figure is the value at the means, from which the curvature of the model moves the mean a little.
        assert!((estimate.value - y).abs() < 0.01 * u, "{estimate:?}, {y}");
        // The fourth moment is infinite with ν = 3: u settles slowly.
        assert!((uncertainty.value / u - 1.0).abs() < 0.03, "{uncertainty:?}, {u}");
    }
}
