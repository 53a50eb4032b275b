//! The elementary functions against 1400-bit arithmetic, against each other's laws, and for every vector width alike.

use proptest::prelude::*;
use sigmatau_uncertainty::elementary::{self, WITHIN, column};

const GOLDEN: &str = include_str!("golden/elementary.csv");

fn function(name: &str) -> fn(f64) -> f64 {
    match name {
        "exp" => elementary::exp,
        "ln" => elementary::ln,
        "sin" => elementary::sin,
        "cos" => elementary::cos,
        name => unreachable!("{name} is not in the file"),
    }
}

/// The unit in the last place of a number.
fn last_place(value: f64) -> f64 {
    let value = value.abs();
    f64::from_bits(value.to_bits() + 1) - value
}

#[test]
fn error_is_below_one_unit_in_the_last_place() {
    let mut rows = 0;
    for line in GOLDEN.lines().filter(|line| !line.starts_with('#')) {
        let (name, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|number| number.parse().unwrap()).collect();
        let [x, high, low] = numbers[..] else { unreachable!("the file has four columns") };
        let value = function(name)(x);
        let error = ((value - high) - low).abs() / last_place(high);
        let allowed = if high.abs() < 1e-290 { 1.0 } else { 0.9 };
        assert!(error <= allowed, "{name}({x:?}) = {value:?} is {error} units from {high:?}");
        rows += 1;
    }
    assert!(rows > 500);
}

/// The four functions over a column, one after another.
#[inline(always)]
fn every_column(x: &[f64]) -> [Vec<f64>; 6] {
    let mut y: [Vec<f64>; 6] = std::array::from_fn(|_| vec![0.0; x.len()]);
    column::exp(x, &mut y[0]);
    column::ln(x, &mut y[1]);
    column::sin(x, &mut y[2]);
    column::cos(x, &mut y[3]);
    let [.., sin, cos] = &mut y;
    column::sin_cos(x, sin, cos);
    y
}

fn bits(columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let bits = |value: &f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    columns.iter().map(|column| column.iter().map(bits).collect()).collect()
}

proptest! {
    #[test]
    fn every_vector_width_gives_the_same_bits(x in prop::collection::vec(any::<f64>(), 1..70), scale in -20..20_i32) {
        let x: Vec<f64> = x.iter().flat_map(|x| [*x, (x.to_bits() as f64).sin() * 2.0_f64.powi(scale)]).collect();
        let one_by_one: [fn(f64) -> f64; 6] =
            [elementary::exp, elementary::ln, elementary::sin, elementary::cos, elementary::sin, elementary::cos];
        let one_by_one = one_by_one.map(|f| x.iter().map(|x| f(*x)).collect::<Vec<_>>());
        prop_assert_eq!(bits(&pulp::Arch::new().dispatch(|| every_column(&x))), bits(&one_by_one));
        prop_assert_eq!(bits(&every_column(&x)), bits(&one_by_one));
    }

    #[test]
    fn exponential_undoes_the_logarithm(x in -700.0..700.0_f64) {
        prop_assert!((elementary::ln(elementary::exp(x)) - x).abs() <= 2.0 * last_place(x).max(f64::EPSILON));
    }

    #[test]
    fn squares_of_sine_and_cosine_make_one(x in any::<f64>()) {
        let (sin, cos) = (elementary::sin(x), elementary::cos(x));
        prop_assert!(!x.is_finite() || (sin * sin + cos * cos - 1.0).abs() <= 2.0 * f64::EPSILON);
    }

    #[test]
    fn library_agrees_to_two_units_in_the_last_place(x in any::<f64>()) {
        let pairs = [(elementary::exp(x), x.exp()), (elementary::ln(x), x.ln()), (elementary::sin(x), x.sin())];
        for (own, library) in pairs {
            prop_assert!(own == library || (own - library).abs() <= 2.0 * last_place(library) || own.is_nan() && library.is_nan());
        }
    }
}

#[test]
fn ends_of_the_range_are_those_of_ieee_754() {
    let (infinity, nan) = (f64::INFINITY, f64::NAN);
    assert_eq!([infinity, -infinity, 709.8, -745.2, 0.0].map(elementary::exp), [infinity, 0.0, infinity, 0.0, 1.0]);
    assert_eq!([infinity, 0.0, -0.0, 1.0].map(elementary::ln), [infinity, -infinity, -infinity, 0.0]);
    assert_eq!(elementary::ln(5e-324), -744.4400719213812);
    assert!([-1.0, -infinity, nan].map(elementary::ln).iter().all(|y| y.is_nan()));
    assert!([elementary::exp(nan), elementary::sin(infinity), elementary::cos(nan)].iter().all(|y| y.is_nan()));
    assert!(elementary::sin(-0.0).is_sign_negative() && elementary::sin(0.0).is_sign_positive());
}

#[test]
fn both_ways_to_a_sine_meet_at_the_end_of_the_range() {
    for n in 0..1000 {
        let x = WITHIN - f64::from(n) * 1.3;
        assert!((elementary::sin(x) - libm::sin(x)).abs() <= last_place(elementary::sin(x)), "{x}");
    }
}
