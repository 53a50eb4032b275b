//! The language of models: the models of the standards, what is refused and where, and derivatives against closed forms,
//! complex steps and differences.

use nalgebra::Complex;
use proptest::prelude::*;
use sigmatau_core::Unit;
use sigmatau_uncertainty::{Block, Evaluator, Function, Model};

fn unit(text: &str) -> Unit {
    Unit::parse(text).unwrap()
}

/// A model of inputs with their units.
fn model(text: &str, inputs: &[(&str, &str)]) -> Model {
    parse(text, inputs).unwrap_or_else(|error| panic!("failed to {error}"))
}

fn parse(text: &str, inputs: &[(&str, &str)]) -> Result<Model, sigmatau_uncertainty::model::ModelError> {
    let units: Vec<Unit> = inputs.iter().map(|(_, text)| unit(text)).collect();
    let inputs: Vec<(&str, &Unit)> = inputs.iter().map(|(symbol, _)| *symbol).zip(&units).collect();
    Model::parse(text, &inputs)
}

/// The message that refuses a text.
fn refusal(text: &str, inputs: &[(&str, &str)]) -> String {
    parse(text, inputs).unwrap_err().to_string()
}

type Part = fn(&mut dyn Evaluator, &Block, &mut Block);

fn at(model: &Model, point: &[f64], part: Part) -> Vec<f64> {
    let mut result = Block::default();
    part(&mut *model.evaluator(), &Block::of_point(point), &mut result);
    (0..result.columns()).map(|column| result.column(column)[0]).collect()
}

fn values(model: &Model, point: &[f64]) -> Vec<f64> {
    at(model, point, |evaluator, inputs, outputs| evaluator.values(inputs, outputs))
}

fn gradients(model: &Model, point: &[f64]) -> Vec<f64> {
    at(model, point, |evaluator, inputs, gradients| evaluator.gradients(inputs, gradients))
}

fn curvatures(model: &Model, point: &[f64]) -> Vec<f64> {
    at(model, point, |evaluator, inputs, curvatures| evaluator.curvatures(inputs, curvatures))
}

/// The value of an expression without inputs.
fn value(expression: &str) -> f64 {
    values(&model(&format!("y = {expression}"), &[]), &[])[0]
}

#[track_caller]
fn assert_close(got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(wanted) {
        assert!((got - wanted).abs() <= tolerance * wanted.abs().max(1e-300), "{got:?} is not {wanted:?}");
    }
}

const IMPEDANCE: &str = "R [ohm] = V / I * cos(phi); X [ohm] = V / I * sin(phi); Z [ohm] = V / I";
const CIRCUIT: &[(&str, &str)] = &[("V", "V"), ("I", "mA"), ("phi", "rad")];

#[test]
fn impedance_has_the_values_of_the_standard() {
    let y = values(&model(IMPEDANCE, CIRCUIT), &[4.9990, 19.6610e-3, 1.04446]);
    assert_close(&y, &[127.73216992810, 219.84651191264, 254.25970194802], 1e-13);
}

#[test]
fn impedance_has_the_derivatives_of_its_closed_form() {
    let (v, i, phi) = (4.9990_f64, 19.6610e-3_f64, 1.04446_f64);
    let z = v / i;
    let (c, s) = (phi.cos(), phi.sin());
    let model = model(IMPEDANCE, CIRCUIT);
    let first = [c / i, -z * c / i, -z * s, s / i, -z * s / i, z * c, 1.0 / i, -z / i, 0.0];
    assert_close(&gradients(&model, &[v, i, phi]), &first, 1e-14);
    let of = |c: f64, s: f64| {
        [0.0, -c / i / i, -s / i, -c / i / i, 2.0 * z * c / i / i, z * s / i, -s / i, z * s / i, -z * c]
    };
    let mut second = [of(c, s), of(s, -c), of(1.0, 0.0)].concat();
    second[26] = 0.0;
    assert_close(&curvatures(&model, &[v, i, phi]), &second, 1e-14);
}

#[test]
fn mass_of_jcgm_101_has_its_estimate() {
    let text = "let nominal = 100000 [mg]
        dm [mg] = (m_Rc + dm_Rc) * (1 + (rho_a - 1.2 [kg/m^3]) * (1/rho_W - 1/rho_R)) - nominal";
    let density = "kg/m^3";
    let inputs = [("m_Rc", "mg"), ("dm_Rc", "mg"), ("rho_a", density), ("rho_W", density), ("rho_R", density)];
    let model = model(text, &inputs);
    let point = [0.1, 1.234e-6, 1.2, 8000.0, 8000.0];
    assert_close(&values(&model, &point), &[1.234e-6], 1e-10);
    assert_close(&gradients(&model, &point), &[1.0, 1.0, 0.0, -0.0, 0.0], 1e-15);
    let curvatures = curvatures(&model, &point);
    assert_close(&curvatures[13..15], &[-0.100001234 / 8000.0_f64.powi(2), 0.100001234 / 8000.0_f64.powi(2)], 1e-12);
    assert_eq!(model.outputs()[0].unit, unit("mg"));
}

const GAUGE: &str = "let theta = theta_0 + Delta # the mean temperature and its cyclic variation
    L [nm] = L_s + D + d_1 + d_2 - L_s * (delta_alpha * theta + alpha_s * delta_theta)";
const GAUGE_INPUTS: &[(&str, &str)] = &[
    ("L_s", "nm"),
    ("D", "nm"),
    ("d_1", "nm"),
    ("d_2", "nm"),
    ("alpha_s", "1/K"),
    ("theta_0", "K"),
    ("Delta", "K"),
    ("delta_alpha", "1/K"),
    ("delta_theta", "K"),
];

#[test]
fn gauge_block_has_the_estimate_and_the_curvatures_of_the_standard() {
    let model = model(GAUGE, GAUGE_INPUTS);
    let point = [50_000_623e-9, 215e-9, 0.0, 0.0, 11.5e-6, -0.1, 0.0, 0.0, 0.0];
    assert_close(&values(&model, &point), &[50_000_838e-9], 1e-15);
    let (ls, alpha) = (point[0], point[4]);
    assert_close(&gradients(&model, &point), &[1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.1 * ls, -ls * alpha], 1e-15);
    let curvatures = curvatures(&model, &point);
    assert_close(&[curvatures[5 * 9 + 7], curvatures[4 * 9 + 8], curvatures[7 * 9 + 5]], &[-ls; 3], 1e-15);
    assert_eq!(curvatures.iter().filter(|curvature| **curvature != 0.0).count(), 10);
}

#[test]
fn end_gauge_radon_power_and_polar_models_have_their_estimates() {
    let radon = model("A_x = A_S * (m_S / m_x) * R", &[("A_S", "Bq/g"), ("m_S", "g"), ("m_x", "g"), ("R", "1")]);
    let y = values(&radon, &[136.8, 5.0192e-3, 5.0571e-3, 3.166610713878]);
    assert_close(&y, &[429.945822968], 1e-11);
    let power = model("Y = X_1^2 + X_2^2", &[("X_1", "1"), ("X_2", "1")]);
    assert_close(&values(&power, &[0.05, 0.0]), &[0.0025], 1e-15);
    assert_eq!(curvatures(&power, &[0.05, 0.0]), [2.0, 0.0, 0.0, 2.0]);
    let polar = model("let z = complex(a, b); r = abs(z); phi [deg] = arg(z)", &[("a", "1"), ("b", "1")]);
    assert_close(&values(&polar, &[3.0, 4.0]), &[5.0, (4.0_f64 / 3.0).atan()], 1e-15);
    assert_close(&gradients(&polar, &[3.0, 4.0]), &[0.6, 0.8, -0.16, 0.12], 1e-15);
}

#[test]
fn precedence_is_that_of_written_mathematics() {
    let cases = [
        ("2 + 3 * 4 ^ 2", 50.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("2 ^ -1", 0.5),
        ("7 - 2 - 1", 4.0),
        ("8 / 4 / 2", 1.0),
        ("(1 +\n 2) · 3", 9.0),
        ("- - +2", 2.0),
        ("1e3 * .5 - 1.5E-1", 499.85),
        ("2 − 3 × 2", -4.0),
        ("8 ^ (1/3)", 2.0),
        ("max(1, 3, 2) - min(4, 2)", 1.0),
        ("sign(-3) * abs(-2) + hypot(3, 4)", 3.0),
    ];
    for (text, wanted) in cases {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn functions_are_those_of_mathematics() {
    let x = 0.3_f64;
    let cases = [
        ("sqrt", x.sqrt()),
        ("exp", x.exp()),
        ("ln", x.ln()),
        ("log10", x.log10()),
        ("log2", x.log2()),
        ("sin", x.sin()),
        ("cos", x.cos()),
        ("tan", x.tan()),
        ("asin", x.asin()),
        ("acos", x.acos()),
        ("atan", x.atan()),
        ("sinh", x.sinh()),
        ("cosh", x.cosh()),
        ("tanh", x.tanh()),
    ];
    for (function, wanted) in cases {
        assert_close(&[value(&format!("{function}(0.3)"))], &[wanted], 3e-16);
    }
    assert_close(&[value("atan2(-1, -2)")], &[(-1.0_f64).atan2(-2.0)], 2e-16);
    assert_close(&[value("c_0 * h_Planck / k_B")], &[299_792_458.0 * 6.626_070_15e-34 / 1.380_649e-23], 2e-16);
}

#[test]
fn units_are_converted_and_named() {
    let model =
        model("P = U * I; E [kWh] = P * t; n = sqrt(P / (1 [W])) * 5 [%]", &[("U", "kV"), ("I", "A"), ("t", "h")]);
    let units: Vec<String> = model.outputs().iter().map(|output| output.unit.to_string()).collect();
    assert_eq!(units, ["W", "kWh", "1"]);
    assert_eq!(values(&model, &[100.0, 4.0, 10.0]), [400.0, 4000.0, 1.0]);
    assert_eq!(value("180 [deg]"), std::f64::consts::PI);
}

#[test]
fn radians_count_as_numbers_where_they_have_to() {
    let rotating = [("omega", "rad/s"), ("t", "s"), ("r", "m")];
    let model =
        model("phi = omega * t; arc [m] = r * phi; v = r * omega; y = 1 + phi^2; s = sin(phi) + cos(1)", &rotating);
    let units: Vec<String> = model.outputs().iter().map(|output| output.unit.to_string()).collect();
    assert_eq!(units, ["rad", "m", "m·rad/s", "1", "1"]);
}

#[test]
fn broken_powers_of_units_are_exact() {
    let density = [("S", "V/Hz"), ("B", "Hz")];
    let model = model("let n = S / sqrt(B); u [V] = (n * B^1.5)^(2/2)", &density);
    assert_eq!(values(&model, &[2.0, 9.0]), [18.0]);
    let message = refusal("n = V / sqrt(B)", &[("V", "V"), ("B", "Hz")]);
    assert!(message.contains("`n` would be in"), "{message}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        ("y = V + I", "line 1, column 7: `+` wants quantities of one kind and got `V` and `A`"),
        ("a = 1\nb = 2 *", "line 2, column 8: the end of the line where a number, a symbol or `(` is wanted"),
        ("y = vv", "column 5: `vv` is neither an input, an earlier line nor a constant; did you mean `V`?"),
        ("y = sine(1)", "column 5: `sine` is no function; did you mean `sin`"),
        ("y = sin(1, 2)", "`sin` takes one argument and got 2"),
        ("y = exp(V)", "`exp` wants a number and got a quantity in `V`"),
        ("y = V^I", "the power wants a number and got a quantity in `A`"),
        ("y = V^pi", "the power of a quantity in `V` has to be a whole number or a ratio"),
        ("y = z; z = 1", "column 5: `z` is used before line 1 gives it a value"),
        ("y = y", "`y` is used before line 1 gives it a value"),
        ("y = 1\ny = 2", "line 2, column 1: `y` has a value already"),
        ("V = 2", "`V` has a value already"),
        ("R [ohm] = V * I", "column 3: `R` is stated in `ohm`, but what it is made of gives `W`"),
        ("y = 3 [foot]", "`foot` is not a unit"),
        ("y = 3 [m", "the unit that `[` begins has no `]`"),
        ("y = 2 pi", "column 7: `pi` where an operator or the end of the line is wanted"),
        ("y = (1", "the end of the line where an operator or `)` is wanted"),
        ("y 1", "column 3: `1` where `=` is wanted"),
        ("3 = y", "column 1: `3` where the name of a quantity is wanted"),
        ("y = 1 ? 2", "`?` means nothing in a model"),
        ("y.re = 1", "`y.re` has a dot"),
        ("y = 1e999", "the number `1e999` is out of range"),
        ("let y = V", "it has no output"),
        ("", "it has no output"),
        ("y = atan2(complex(1, 2), 1)", "`atan2` wants a real quantity and got a complex one"),
        ("y = V^2000000000", "the exponents of its unit are out of range"),
        ("y = V^100", "a column can't have such a unit"),
    ];
    for (text, wanted) in cases {
        let message = refusal(text, &[("V", "V"), ("I", "A")]);
        assert!(message.contains(wanted), "{text}: {message}");
    }
}

#[test]
fn unused_inputs_and_lines_are_remarked() {
    let model = model("let a = V; let b = a; y = 2 * a", &[("V", "V"), ("I", "A")]);
    let subjects: Vec<String> = model.findings().into_iter().map(|finding| finding.subject).collect();
    assert_eq!(subjects, ["I", "b"]);
}

#[test]
fn symbols_are_what_a_text_does_not_define() {
    let text = "let z = V / I; y = abs(z) * pi + z.re + k; # w\nx = y + V";
    assert_eq!(Model::symbols_of(text).unwrap(), ["V", "I", "k"]);
}

#[test]
fn deep_nesting_is_refused_and_long_sums_are_not() {
    for (open, close) in [("(", ")"), ("-", ""), ("sin(", ")"), ("2^", "")] {
        let text = format!("y = {}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(refusal(&text, &[]).contains("levels of nesting"), "{open}");
    }
    let long = model(&format!("y = x{}", " + x * x".repeat(20_000)), &[("x", "1")]);
    assert_eq!(values(&long, &[2.0]), [80_002.0]);
    assert_eq!(gradients(&long, &[2.0]), [80_001.0]);
}

#[test]
fn kinks_have_no_derivative_and_sides_have_one() {
    let model = model("a = abs(x); b = max(x, 2); c = min(x, 2)", &[("x", "1")]);
    assert_eq!(gradients(&model, &[3.0]), [1.0, 1.0, 0.0]);
    assert_eq!(gradients(&model, &[-1.0]), [-1.0, 0.0, 1.0]);
    assert!(gradients(&model, &[2.0])[1..].iter().all(|slope| slope.is_nan()));
    assert!(gradients(&model, &[0.0])[0].is_nan());
    assert_eq!(curvatures(&model, &[3.0]), [0.0; 3]);
}

#[test]
fn division_by_zero_stays_at_its_point() {
    let model = model("y = 1 / x", &[("x", "1")]);
    let mut inputs = Block::new(1, 5);
    inputs.column_mut(0).copy_from_slice(&[1.0, 0.0, 2.0, f64::NAN, 4.0]);
    let mut outputs = Block::default();
    model.evaluator().values(&inputs, &mut outputs);
    assert_eq!(outputs.column(0)[..3], [1.0, f64::INFINITY, 0.5]);
    assert!(outputs.column(0)[3].is_nan() && outputs.column(0)[4] == 0.25);
}

type Operation = fn(Complex<f64>, Complex<f64>) -> Complex<f64>;

#[test]
fn complex_quantities_are_those_of_num_complex() {
    let cases: [(&str, Operation); 12] = [
        ("a + b", |a, b| a + b),
        ("a - b", |a, b| a - b),
        ("a * b", |a, b| a * b),
        ("a / b", |a, b| a / b),
        ("2 * a - b / 3 + 1", |a, b| a * 2.0 - b / 3.0 + 1.0),
        ("exp(a)", |a, _| a.exp()),
        ("ln(a) + ln(b)", |a, b| a.ln() + b.ln()),
        ("sqrt(a)", |a, _| a.sqrt()),
        ("conj(a) * polar(abs(b), arg(b))", |a, b| a.conj() * b),
        ("a^3 + b^-2", |a, b| a.powi(3) + b.powi(-2)),
        ("a^0.7", |a, _| a.powf(0.7)),
        ("a^b", |a, b| a.powc(b)),
    ];
    let numbers = [Complex::new(1.5, -0.5), Complex::new(-2.0, 0.3), Complex::new(0.1, 3.0), Complex::new(-1.0, -1.0)];
    let inputs = [("a.re", "1"), ("a.im", "1"), ("b.re", "1"), ("b.im", "1")];
    for (text, operation) in cases {
        let unused = if text.contains('b') { "" } else { " + 0 * b" };
        let model = model(&format!("z = {text}{unused}"), &inputs);
        assert_eq!(model.outputs()[1].name, "z.im");
        for (a, b) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b))) {
            let (got, wanted) = (values(&model, &[a.re, a.im, b.re, b.im]), operation(a, b));
            let error = Complex::new(got[0], got[1]) - wanted;
            assert!(error.norm() <= 4e-15 * (wanted.norm() + 1.0), "{text} of {a}, {b}: {got:?}, not {wanted}");
        }
    }
}

#[test]
fn values_and_gradients_together_are_those_alone() {
    let model = model(IMPEDANCE, CIRCUIT);
    let mut inputs = Block::new(3, 700);
    for point in 0..700 {
        inputs.column_mut(0)[point] = 5.0 + point as f64;
        inputs.column_mut(1)[point] = 0.02 / (1.0 + point as f64);
        inputs.column_mut(2)[point] = 0.01 * point as f64;
    }
    let (mut both, mut alone) = (<[Block; 2]>::default(), <[Block; 2]>::default());
    let mut evaluator = model.evaluator();
    let [outputs, slopes] = &mut both;
    evaluator.values_and_gradients(&inputs, outputs, slopes);
    evaluator.values(&inputs, &mut alone[0]);
    evaluator.gradients(&inputs, &mut alone[1]);
    assert_eq!(both, alone);
    for point in [0, 255, 256, 699] {
        let single: Vec<f64> = (0..3).map(|input| inputs.column(input)[point]).collect();
        let column: Vec<f64> = (0..9).map(|column| both[1].column(column)[point]).collect();
        assert_eq!(gradients(&model, &single), column);
    }
}

/// Expressions in x, y and z that are smooth for inputs from 0.5 to 1.5; the first list of functions also takes complex ones.
fn expression(functions: &'static [&'static str]) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => prop::sample::select(vec!["x", "y", "z"]).prop_map(str::to_owned),
        1 => (0.5..2.0_f64).prop_map(|number| format!("{number:.2}")),
    ];
    leaf.prop_recursive(5, 24, 2, move |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/"]);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            2 => (prop::sample::select(functions), inner.clone()).prop_map(|(f, a)| f.replace('?', &a)),
            1 => (inner, 2..4_i32).prop_map(|(a, n)| format!("({a})^{n}")),
        ]
    })
}

const ANALYTIC: &[&str] = &["exp(-(?))", "ln(2 + (?)^2)", "sqrt(4 + (?)^2)", "-(?)"];
const SMOOTH: &[&str] = &[
    "exp(-(?))",
    "ln(2 + (?)^2)",
    "sqrt(4 + (?)^2)",
    "sin(?)",
    "cos(?)",
    "tan((?) / (3 + (?)^2))",
    "asin((?) / (3 + (?)^2))",
    "acos((?) / (3 + (?)^2))",
    "atan(?)",
    "atan2(?, 2)",
    "sinh((?) / (3 + (?)^2))",
    "cosh((?) / (3 + (?)^2))",
    "tanh(?)",
    "hypot(?, 3)",
    "log10(2 + (?)^2)",
    "log2(2 + (?)^2)",
    "(1 + (?)^2)^(1/3)",
    "(1 + (?)^2)^sin(?)",
    "conj(polar(2, ?)).im",
];

/// The derivative by the tenth-order central difference with the step h.
fn slope(f: impl Fn(f64) -> f64, h: f64) -> f64 {
    let weights = [5.0 / 6.0, -5.0 / 21.0, 5.0 / 84.0, -5.0 / 504.0, 1.0 / 1260.0];
    let pairs = weights.iter().zip(1..).map(|(weight, k)| weight * (f(f64::from(k) * h) - f(-f64::from(k) * h)));
    pairs.sum::<f64>() / h
}

fn moved(point: &[f64], input: usize, by: f64) -> Vec<f64> {
    let mut point = point.to_vec();
    point[input] += by;
    point
}

const XYZ: &[(&str, &str)] = &[("x", "1"), ("y", "1"), ("z", "1")];

proptest! {
    #[test]
    fn gradient_is_that_of_a_complex_step(text in expression(ANALYTIC), point in prop::array::uniform3(0.5..1.5_f64)) {
        let (real, step) = (model(&format!("f = {text} + 0*x"), XYZ), 1e-100);
        let pairs = ["x.re", "x.im", "y.re", "y.im", "z.re", "z.im"].map(|symbol| (symbol, "1"));
        let complex = model(&format!("f = {text} + 0*x"), &pairs);
        let gradient = gradients(&real, &point);
        let value = values(&real, &point)[0];
        for input in 0..3 {
            let mut pairs: Vec<f64> = point.iter().flat_map(|x| [*x, 0.0]).collect();
            pairs[2 * input + 1] = step;
            let wanted = values(&complex, &pairs)[1] / step;
            let scale = gradient.iter().map(|slope| slope.abs()).fold(value.abs(), f64::max);
            prop_assume!(scale < 1e8);
            prop_assert!((gradient[input] - wanted).abs() <= 1e-11 * scale.max(1e-3), "{text}: {gradient:?}, not {wanted}");
        }
    }

    #[test]
    fn derivatives_are_those_of_differences(text in expression(SMOOTH), point in prop::array::uniform3(0.5..1.5_f64)) {
        let text = text.replace("conj(polar", "im(conj(polar").replace(").im", "))");
        let model = model(&format!("f = {text}"), XYZ);
        let (gradient, curvature, h) = (gradients(&model, &point), curvatures(&model, &point), 0.004);
        for i in 0..3 {
            let wide = slope(|by| values(&model, &moved(&point, i, by))[0], h);
            let narrow = slope(|by| values(&model, &moved(&point, i, by))[0], 0.5 * h);
            // Where the two disagree, a pole is too near for differences.
            prop_assume!((wide - narrow).abs() <= 1e-8 * (1.0 + narrow.abs()));
            prop_assert!((gradient[i] - narrow).abs() <= 1e-7 * (1.0 + narrow.abs()), "{text} by {i}: {gradient:?}, not {narrow}");
            for j in 0..3 {
                let wide = slope(|by| gradients(&model, &moved(&point, j, by))[i], h);
                let narrow = slope(|by| gradients(&model, &moved(&point, j, by))[i], 0.5 * h);
                prop_assume!((wide - narrow).abs() <= 1e-8 * (1.0 + narrow.abs()));
                let error = curvature[i * 3 + j] - narrow;
                prop_assert!(error.abs() <= 1e-7 * (1.0 + narrow.abs()), "{text} by {i}, {j}: {curvature:?}, not {narrow}");
            }
        }
    }

    #[test]
    fn no_text_is_too_strange(text in r"[a-z0-9 .\[\]()+*/^,;=#\n-]{0,60}|\PC{0,40}") {
        let _ = parse(&text, XYZ);
    }

    #[test]
    fn mutilated_models_are_read_or_refused(cut in 0..120_usize, length in 0..4_usize, with in r"[(\[^)=;.+e-]?\PC?") {
        let mut text: Vec<char> = GAUGE.chars().collect();
        let cut = cut.min(text.len());
        text.splice(cut..(cut + length).min(text.len()), with.chars());
        if let Err(error) = parse(&text.iter().collect::<String>(), GAUGE_INPUTS) {
            prop_assert!(error.place.line <= 4 && error.to_string().len() > 30);
        }
    }
}
