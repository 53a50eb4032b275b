use super::*;
use crate::noise::tests::suite;
use rayon::prelude::*;
use sigmatau_spectrum::PowerLaw;

const SEED: u64 = 20_261_122;

/// The 1000-point suite of NIST SP 1065 every 10 s.
fn suite_as(quantity: Quantity) -> Series {
    let phases = suite().iter().map(|x| 10.0 * x).collect();
    let series = Series { quantity: Quantity::Phase, tau0: 10.0, values: phases };
    converted(&series, quantity).unwrap()
}

fn fitted(name: &str, series: &Series) -> Fitted {
    (model(Some(name)).unwrap().fit)(&converted(series, model(Some(name)).unwrap().quantity).unwrap()).unwrap()
}

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found:e} instead of {expected:e}");
}

#[test]
fn coefficients_of_the_suite_agree_with_numpy_2_4_and_scipy_1_17() {
    // numpy.polyfit(t, x, cov=True), numpy.linalg.lstsq, means and standard deviations of numpy.diff, and
    // scipy.optimize.curve_fit for the logarithm; each value with its standard uncertainty.
    let log = |y: f64, place: usize| y + 3.0 * (0.004 * 10.0 * (place as f64 + 0.5)).ln_1p() + 5.0;
    let mut aged = suite_as(Quantity::Frequency);
    aged.values.iter_mut().enumerate().for_each(|(place, y)| *y = log(*y, place));
    for (name, tolerance, expected) in FIGURES {
        let series = if name == "frequency-log" { aged.clone() } else { suite_as(Quantity::Phase) };
        let found = fitted(name, &series).coefficients;
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, (value, u)) in found.iter().zip(expected) {
            near(found.measured.value, *value, tolerance, &format!("{name}, {}", found.symbol));
            near(found.measured.u, *u, tolerance, &format!("{name}, u({})", found.symbol));
        }
    }
}

type Figures = (&'static str, f64, &'static [(f64, f64)]);

#[rustfmt::skip]
const FIGURES: [Figures; 7] = [
    ("phase-quadratic", 1e-9, &[
        (-13.449478587539973, 1.607686818403975),
        (0.48907752019165207, 0.0007426051967777101),
        (6.914848062741938e-07, 1.4379590451318385e-07),
    ]),
    ("phase-linear", 1e-9, &[(-19.206089599771506, 1.084947252811273), (0.4925349442230226, 0.0001878714145560156)]),
    ("phase-second-differences", 1e-9, &[(1.5175605928864568e-05, 0.0013082094653945001)]),
    ("phase-first-differences", 1e-9, &[(0.48977446285950693, 0.009122107408419056)]),
    ("frequency-linear", 1e-9, &[
        (0.48652900773506613, 0.01825297429106533),
        (6.490910248882052e-07, 3.1615082813259273e-06),
    ]),
    ("frequency-log", 1e-6, &[
        (2.9920092491414483, 0.02297172862213707),
        (0.004138313189357852, 0.00020686718292094544),
        (5.419814800668386, 0.085999973736546),
    ]),
    ("frequency-diffusion", 1e-9, &[
        (0.4803120168722936, 0.02737881200536875),
        (0.000141936284304255, 0.00038719487259655805),
    ]),
];

#[test]
fn three_points_and_bisection_are_one() {
    // 4 (x(T) − 2x(T/2) + x(0))/T² of the suite, and the difference of the means of both halves (numpy).
    let value = |name| fitted(name, &suite_as(Quantity::Phase)).coefficients[0].measured.value;
    near(value("phase-three-point"), -6.104214415935712e-07, 1e-9, "three points");
    near(value("frequency-bisection"), -6.104214415934007e-07, 1e-9, "bisection");
    near(value("phase-endpoints"), value("phase-first-differences"), 1e-12, "endpoints");
    near(value("frequency-first-differences"), value("phase-second-differences"), 1e-9, "first differences");
}

/// The curves that the models describe, without noise.
fn curve(quantity: Quantity, name: &str, t: f64) -> f64 {
    match (quantity, name) {
        (_, "phase-linear" | "phase-first-differences" | "phase-endpoints") => 3e-9 * t,
        (_, "frequency-log") => 2e-11 * (1e-3 * t).ln_1p() + 1e-10,
        (_, "frequency-diffusion") => 1e-10 + 3e-13 * t.sqrt(),
        (Quantity::Phase, _) => 0.5 * 4e-14 * t * t,
        (Quantity::Frequency, _) => 4e-14 * t,
    }
}

#[test]
fn every_model_takes_its_own_curve_off_either_quantity_across_gaps() {
    for model in MODELS {
        let place =
            |place: usize| (place as f64 + if model.quantity == Quantity::Frequency { 0.5 } else { 0.0 }) * 10.0;
        let values: Vec<f64> = (0..2001).map(|i| curve(model.quantity, model.name, place(i))).collect();
        let whole = Series { quantity: model.quantity, tau0: 10.0, values };
        let scale = whole.values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let mut broken = whole.clone();
        [3, 700, 701, 1500].into_iter().for_each(|gap| broken.values[gap] = f64::NAN);
        let other = match model.quantity {
            Quantity::Phase => Series { quantity: Quantity::Frequency, values: whole.frequencies(), ..whole },
            Quantity::Frequency => Series { quantity: Quantity::Phase, values: integral(&whole.values, 10.0), ..whole },
        };
        for series in [broken, other] {
            let missing = series.values.iter().filter(|value| value.is_nan()).count();
            let scale = if series.quantity == model.quantity {
                scale
            } else {
                series.values.iter().fold(0.0, |a: f64, b| a.max(b.abs()))
            };
            let left = Drift(model).apply(series).series.unwrap();
            assert_eq!(left.values.iter().filter(|value| value.is_nan()).count(), missing, "{}", model.name);
            let first = left.present().next().unwrap().1;
            let worst = left.present().map(|(_, value)| (value - first).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-8 * scale, "{} leaves {worst:e} of {scale:e}", model.name);
        }
    }
}

#[test]
fn drift_that_is_added_is_taken_off_again_whole() {
    let name = "frequency-linear";
    let plain = suite_as(Quantity::Frequency);
    let mut moved = plain.clone();
    moved.values.iter_mut().enumerate().for_each(|(place, y)| *y += 7.0 + 0.125 * place as f64);
    let [plain, moved] = [plain, moved].map(|series| Drift(model(Some(name)).unwrap()).apply(series).series.unwrap());
    let worst = plain.values.iter().zip(&moved.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn scale_multiplies_every_coefficient_but_the_rate_of_the_logarithm() {
    for model in MODELS.iter().filter(|model| model.name != "frequency-log") {
        let series = suite_as(Quantity::Phase);
        let scaled = Series { values: series.values.iter().map(|x| 1e-9 * x).collect(), ..series.clone() };
        for (plain, scaled) in
            fitted(model.name, &series).coefficients.iter().zip(&fitted(model.name, &scaled).coefficients)
        {
            near(scaled.measured.value, 1e-9 * plain.measured.value, 1e-9, model.name);
            near(scaled.measured.u, 1e-9 * plain.measured.u, 1e-9, model.name);
        }
    }
}

#[test]
fn a_gap_in_frequencies_refuses_a_phase_model_and_straight_data_a_logarithm() {
    let mut series = suite_as(Quantity::Frequency);
    series.values[500] = f64::NAN;
    let treated = Drift(model(Some("phase-quadratic")).unwrap()).apply(series);
    assert_eq!((treated.series, &*treated.findings[0].code), (None, "condition-gap"));
    let straight =
        Series { quantity: Quantity::Frequency, tau0: 1.0, values: (0..500).map(|i| f64::from(i) * 1e-12).collect() };
    let treated = Drift(model(Some("frequency-log")).unwrap()).apply(straight);
    assert_eq!((treated.series, treated.findings[0].severity), (None, Severity::Failure));
}

/// How often value ± 1.96 u holds the truth, 0, for the last coefficient of a model.
fn coverage(name: &str, alpha: i8, records: u64) -> f64 {
    let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
    let holds = |record: &u64| {
        let series = Series { quantity: Quantity::Phase, tau0: 1.0, values: law.phase(512, 1.0, SEED, *record) };
        let coefficient = fitted(name, &series).coefficients.pop().unwrap().measured;
        coefficient.value.abs() <= 1.96 * coefficient.u
    };
    (0..records).into_par_iter().filter(holds).count() as f64 / records as f64
}

/// 0.95 to 3.5 standard deviations of 600 records.
#[test]
fn stated_uncertainties_cover_under_the_noise_that_they_assume() {
    for model in MODELS.iter().filter(|model| !matches!(model.name, "frequency-log" | "frequency-diffusion")) {
        let alpha = match model.assumes {
            "white PM" => 2,
            "white FM" => 0,
            _ => -2,
        };
        let share = coverage(model.name, alpha, 600);
        assert!((share - 0.95).abs() < 0.031, "{}: {share}", model.name);
    }
    assert!((coverage("frequency-diffusion", 0, 600) - 1.0).abs() < 0.09);
}

#[test]
fn least_squares_is_too_sure_under_red_noise_and_the_rate_for_that_noise_is_not() {
    for (name, rate) in
        [("frequency-linear", Rate::Line), ("frequency-bisection", Rate::Halves), ("phase-quadratic", Rate::Parabola)]
    {
        for alpha in [0, -1, -2] {
            let law = PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap();
            let holds = |record: &u64| {
                let series =
                    Series { quantity: Quantity::Phase, tau0: 1.0, values: law.phase(4097, 1.0, SEED, *record) };
                let fitted = fitted(name, &series);
                let value = fitted.coefficients.last().unwrap().measured.value;
                let quantity = model(Some(name)).unwrap().quantity;
                let left = without(series, quantity, &fitted.curve);
                rate.uncertainty(&left).is_some_and(|noisy| value.abs() <= 1.96 * noisy.u)
            };
            let share = (0..400_u64).into_par_iter().filter(holds).count() as f64 / 400.0;
            assert!((0.90..=0.99).contains(&share), "{name}, α = {alpha}: {share}");
        }
        assert!(coverage(name, -2, 400) < 0.5, "{name}");
    }
}
