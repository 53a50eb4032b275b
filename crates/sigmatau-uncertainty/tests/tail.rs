//! Tails against figures of mpmath.

use sigmatau_uncertainty::fdr::Sides;
use sigmatau_uncertainty::tail::Law;

fn law(name: &str, parameters: &[f64]) -> Law {
    match (name, parameters) {
        ("normal", []) => Law::Normal,
        ("student", [dof]) => Law::Student { dof: *dof },
        ("chi-squared", [dof]) => Law::ChiSquared { dof: *dof },
        ("fisher", [numerator, denominator]) => Law::Fisher { numerator: *numerator, denominator: *denominator },
        _ => panic!("{name} with {parameters:?}"),
    }
}

/// The digits that an argument rounded to a double leaves in P, besides those of the reckoning.
fn tolerance(law: Law, x: f64, ln_upper: f64) -> f64 {
    let step = x.abs() * f64::EPSILON;
    let slope = (law.ln_upper(x + 1e-6 * x) - ln_upper).abs() / (1e-6 * x.abs()).max(f64::MIN_POSITIVE);
    (2e-13 + slope * step).max(1e-14 * ln_upper.abs())
}

#[test]
fn tails_are_those_of_mpmath() {
    let rows = include_str!("golden/tail.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        let parameters: Vec<f64> = cells[2..4].iter().filter_map(|cell| cell.parse().ok()).collect();
        let (law, x, expected) =
            (law(cells[0], &parameters), cells[1].parse::<f64>().unwrap(), cells[4].parse::<f64>().unwrap());
        let found = law.ln_upper(x);
        assert!((found - expected).abs() < tolerance(law, x, expected), "{row}: {found}");
    }
}

/// Figures that laboratories quote, each from a tail.
#[test]
fn the_limits_that_are_quoted_have_their_probabilities() {
    let chi_squared = Law::ChiSquared { dof: 9.0 };
    assert!((chi_squared.quantile(0.999) - 27.88).abs() < 0.005);
    assert!((chi_squared.ln_upper(55.4).exp() / 1e-8 - 1.0).abs() < 0.05);
    assert!((Law::Student { dof: 4.0 }.quantile(0.5 + 0.5 * 0.954_499_736) - 2.87).abs() < 0.005);
    assert!((1e6 * Law::Normal.ln_two_sided(2.0).exp() - 45_500.0).abs() < 1.0);
    assert!((Sides::Both.score(0.01_f64.ln() - 1e6_f64.ln()) - 5.73).abs() < 0.005);
    // Of 1000 errors at most 927 within their 95 % interval, of 10 000 at most 9430.
    for (within, count) in [(927.0, 1000.0), (9430.0, 10_000.0)] {
        let at_most = Law::Beta { a: within + 1.0, b: count - within }.ln_upper(0.95).exp();
        assert!((0.0005..0.0015).contains(&at_most), "{at_most}");
    }
}
