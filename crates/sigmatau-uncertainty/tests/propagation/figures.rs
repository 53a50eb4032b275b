//! Propagation against the figures of JCGM 100, 101 and 102: to the printed digits, and to the further ones that closed
//! forms give.

use crate::jet::{Formula, GAUGE, IMPEDANCE, Jet, MASS, POLAR, POWER};
use nalgebra::DMatrix;
use sigmatau_core::{Coverage, Unit};
use sigmatau_uncertainty::propagation::type_a::{Line, Nested, Repeated, Simultaneous};
use sigmatau_uncertainty::propagation::{
    DofRule, Inputs, Order, Output, Quantity, Region, Results, Settings, ellipsoid_factor, propagate, rectangle_factor,
};
use sigmatau_uncertainty::{Correlation, Distribution, Function, Input};

const VOLTS: [f64; 6] = [5.007, 4.994, 5.005, 4.990, 4.999, 4.999];
const AMPERES: [f64; 6] = [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3, 19.661e-3];
const RADIANS: [f64; 6] = [1.0456, 1.0438, 1.0468, 1.0428, 1.0433, 1.0445];

/// Within half of what the last digit of the expected figure is worth.
#[track_caller]
fn assert_digits(found: f64, expected: f64, place: i32) {
    let half = 0.5 * 10.0_f64.powi(place);
    assert!((found - expected).abs() <= half * (1.0 + 1e-9), "{found:.15e} is not {expected} within {half:e}");
}

#[track_caller]
fn assert_relative(found: f64, expected: f64, within: f64) {
    assert!((found / expected - 1.0).abs() <= within, "{found:.16e} is not {expected:.16e} within {within:e}");
}

fn normal(estimate: f64, u: f64, dof: f64) -> Quantity {
    Quantity::normal("x", estimate, u).with_dof(dof)
}

fn of(distribution: Distribution, estimate: f64) -> Quantity {
    Quantity::from(&Input::new("x", Unit::ONE, estimate, distribution).unwrap())
}

fn one(function: &dyn Function, quantities: Vec<Quantity>, settings: &Settings) -> Output {
    propagate(function, &Inputs::independent(quantities).unwrap(), settings).unwrap().outputs.remove(0)
}

fn gauge_h1() -> Vec<Quantity> {
    let exact = f64::INFINITY;
    vec![
        normal(50_000_623.0, 25.0, 18.0),
        normal(215.0, 5.8, 24.0),
        normal(0.0, 3.9, 5.0),
        normal(0.0, 6.7, 8.0),
        normal(11.5e-6, 1.2e-6, exact),
        normal(-0.1, 0.2, exact),
        normal(0.0, 0.58e-6, 50.0),
        normal(0.0, 0.029, 2.0),
        normal(0.0, 0.35, exact),
    ]
}

#[test]
fn end_gauge_of_h1() {
    let settings = Settings { probability: 0.99, ..Settings::default() };
    let length = one(&GAUGE, gauge_h1(), &settings);
    assert_eq!(length.value, 50_000_838.0);
    assert_digits(length.standard_uncertainty, 31.705_090_502_439, -12);
    assert_digits(length.dof.unwrap(), 16.644_609_148_238, -12);
    assert_digits(length.coverage.factor, 2.920_782, -6);
    assert_digits(length.expanded_uncertainty(), 93.0, 0);
    // The two terms that the GUM names make 33.836 464 721 759; two more of the same order add 1e-12.
    assert_digits(length.second_order, 33.836_464_721_760, -12);
    assert!(length.curved && (length.curvature_ratio - (11.6904_f64.hypot(1.74) / 31.7051)).abs() < 1e-5);
    let second = one(&GAUGE, gauge_h1(), &Settings { order: Order::Second, ..settings });
    assert_eq!((second.standard_uncertainty, second.dof), (length.second_order, length.dof));
    let fractional = one(&GAUGE, gauge_h1(), &Settings { dof_rule: DofRule::Fractional, ..settings });
    assert_eq!(fractional.coverage, Coverage::of_interval(0.99, length.dof.unwrap()));
}

/// The comparator by itself: 9.7 nm with 25.4 degrees of freedom, printed 25.6 from rounded components.
#[test]
fn comparator_of_h1() {
    let sum = Formula::<3, 1>(|[a, b, c]| [a + b + c]);
    let comparator = one(&sum, gauge_h1()[1..4].to_vec(), &Settings::default());
    assert_digits(comparator.standard_uncertainty, 9.6819, -4);
    assert_digits(comparator.dof.unwrap(), 25.447, -3);
}

/// The components as they are printed, rounded, with the comparator as one of 25.6 degrees of freedom: 16.76, which the
/// print cuts to 16.7.
#[test]
fn rounded_components_of_h1_give_the_printed_degrees_of_freedom() {
    let sum = Formula::<4, 1>(|[a, b, c, d]| [a + b + c + d]);
    let rounded = [(25.0, 18.0), (9.7, 25.6), (2.9, 50.0), (16.6, 2.0)].map(|(u, dof)| normal(0.0, u, dof)).to_vec();
    assert_digits(one(&sum, rounded, &Settings::default()).dof.unwrap(), 16.7646, -4);
}

fn impedance(sets: usize) -> (Simultaneous, Results) {
    let observed = [&VOLTS[..sets], &AMPERES[..sets], &RADIANS[..sets]];
    let means = Simultaneous::of(&observed).unwrap();
    let inputs = means.inputs(&["V", "I", "phi"]).unwrap();
    let results = propagate(&IMPEDANCE, &inputs, &Settings::default()).unwrap();
    (means, results)
}

/// The print has u(X) = 0.295, which does not follow from the printed observations: they give 0.2956.
#[test]
fn simultaneous_resistance_and_reactance_of_h2() {
    let (means, results) = impedance(5);
    let shared = means.correlation().unwrap();
    for (pair, printed) in [((0, 1), -0.36), ((0, 2), 0.86), ((1, 2), -0.65)] {
        assert_digits(shared.between(pair.0, pair.1), printed, -2);
    }
    let expected = [
        (127.732_169_928_10, 0.071_071_407_397_00),
        (219.846_511_912_64, 0.295_581_677_358_64),
        (254.259_701_948_02, 0.236_336_130_082_37),
    ];
    for (output, (y, u)) in results.outputs.iter().zip(expected) {
        assert_digits(output.value, y, -11);
        assert_digits(output.standard_uncertainty, u, -13);
        assert_relative(output.dof.unwrap(), 4.0, 1e-12);
        assert_digits(output.coverage.factor, 2.776_445, -6);
    }
    assert_digits(results.correlation(0, 1), -0.588_429_784_42, -11);
    assert_digits(results.correlation(0, 2), -0.485_259_224_21, -11);
    assert_digits(results.correlation(1, 2), 0.992_511_648_95, -11);
}

/// The second approach of H.2: the results of each set, and their means.
#[test]
fn results_of_each_set_of_h2() {
    let each =
        |of: fn(f64, f64) -> f64| -> Vec<f64> { (0..5).map(|k| VOLTS[k] / AMPERES[k] * of(RADIANS[k], 1.0)).collect() };
    let columns = [each(|phi, _| phi.cos()), each(|phi, _| phi.sin()), each(|_, one| one)];
    let means = Simultaneous::of(&columns.each_ref().map(Vec::as_slice)).unwrap();
    let expected = [(127.731_630, 0.071_274), (219.846_895, 0.295_489), (254.260_050, 0.236_248)];
    for ((mean, u), (expected_mean, expected_u)) in means.means.iter().zip(means.standard_uncertainties()).zip(expected)
    {
        assert_digits(*mean, expected_mean, -6);
        assert_digits(u, expected_u, -6);
    }
}

#[test]
fn calibration_curve_of_h3() {
    let t = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511];
    let b = [-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160];
    let line = Line::through(&t, &b, 20.0).unwrap();
    assert_digits(line.intercept, -0.171_203_790_131_350, -15);
    assert_digits(line.slope, 0.002_182_697_739_89, -14);
    assert_digits(line.standard_uncertainties[0], 0.002_877_597_835_16, -14);
    assert_digits(line.standard_uncertainties[1], 0.000_667_938_773_23, -14);
    assert_digits(line.correlation, -0.930_429_603_093, -12);
    assert_digits(line.residual, 0.003_497_563_963_51, -14);
    let (correction, u) = line.at(30.0);
    assert_digits(correction, -0.149_376_812_732, -12);
    assert_digits(u, 0.004_138_595_752_85, -14);
    assert_eq!(line.dof, 9.0);
}

/// The counting rates of the sample and of the standard, corrected for background and decay.
fn radon() -> [Vec<f64>; 2] {
    let lambda = 1.258_94e-4;
    let sample = [
        (367.37, 41432.0),
        (1107.66, 38706.0),
        (1846.99, 35860.0),
        (2586.28, 32238.0),
        (3340.68, 29640.0),
        (4079.94, 26356.0),
    ];
    let standard = [
        (243.74, 15380.0),
        (984.53, 14978.0),
        (1723.87, 14394.0),
        (2463.17, 13254.0),
        (3217.56, 12516.0),
        (3956.83, 11058.0),
    ];
    let background = [4054.0, 3922.0, 4200.0, 3830.0, 3956.0, 3980.0];
    [sample, standard].map(|counts: [(f64, f64); 6]| {
        let rate = |((t, count), b): ((f64, f64), f64)| (count - b) / 60.0 * (lambda * t).exp();
        counts.into_iter().zip(background).map(rate).collect()
    })
}

#[test]
fn radon_of_h4() {
    let rates = radon();
    let means = Simultaneous::of(&rates.each_ref().map(Vec::as_slice)).unwrap();
    let u = means.standard_uncertainties();
    assert_digits(means.means[0], 652.600_679_699, -9);
    assert_digits(u[0], 6.416_465_906, -9);
    assert_digits(means.means[1], 206.088_066_600, -9);
    assert_digits(u[1], 3.792_532_021, -9);
    let r = means.correlation().unwrap().between(0, 1);
    assert_digits(r, 0.645_987_266_749, -12);
    let activity = Formula::<5, 2>(|[x, s, a_s, m_s, m_x]| [x / s, a_s * m_s / m_x * x / s]);
    let mut quantities = vec![normal(means.means[0], u[0], 5.0), normal(means.means[1], u[1], 5.0)];
    quantities.extend([(0.1368, 0.0018), (5.0192, 0.0050), (5.0571, 0.0010)].map(|(x, u)| normal(x, u, f64::INFINITY)));
    let inputs = Inputs::new(quantities, Correlation::of_pairs(5, &[(0, 1, r)]).unwrap()).unwrap();
    let results = propagate(&activity, &inputs.with_ensembles(&[vec![0, 1]]).unwrap(), &Settings::default()).unwrap();
    assert_digits(results.outputs[0].value, 3.166_610_713_878, -12);
    assert_digits(results.outputs[0].standard_uncertainty, 0.044_956_715_035, -12);
    assert_digits(results.outputs[1].value, 0.429_945_822_968, -12);
    assert_digits(results.outputs[1].standard_uncertainty, 0.008_333_848_978, -12);
}

/// The ratio of each cycle by itself, and the mean of the ratios.
#[test]
fn radon_of_h4_by_ratios() {
    let [sample, standard] = radon();
    let ratios: Vec<f64> = sample.iter().zip(&standard).map(|(x, s)| x / s).collect();
    let ratio = Repeated::of(&ratios).unwrap();
    assert_digits(ratio.mean, 3.170_185_792_045, -12);
    assert_digits(ratio.standard_uncertainty, 0.045_633_219_334, -12);
    let activity = Formula::<4, 1>(|[ratio, a_s, m_s, m_x]| [a_s * m_s / m_x * ratio]);
    let mut quantities = vec![normal(ratio.mean, ratio.standard_uncertainty, ratio.dof)];
    quantities.extend([(0.1368, 0.0018), (5.0192, 0.0050), (5.0571, 0.0010)].map(|(x, u)| normal(x, u, f64::INFINITY)));
    let activity = one(&activity, quantities, &Settings::default());
    assert_digits(activity.value, 0.430_431_228_363, -12);
    assert_digits(activity.standard_uncertainty, 0.008_405_685_012, -12);
}

#[test]
fn days_of_h5() {
    let means =
        [172.0, 116.0, 13.0, 144.0, 106.0, 31.0, 60.0, 125.0, 163.0, 41.0].map(|microvolts| 10.0 + 1e-6 * microvolts);
    let deviations = [60.0, 77.0, 111.0, 101.0, 67.0, 93.0, 80.0, 73.0, 88.0, 86.0].map(|microvolts| 1e-6 * microvolts);
    let days = Nested::of_summaries(&means, &deviations, 5).unwrap();
    assert_digits((days.mean - 10.0) * 1e6, 97.1, -6);
    assert_digits(days.between * 1e6, 57.089_501, -6);
    assert_digits(days.within * 1e6, 84.886_984, -6);
    assert_relative(days.ratio, 2.261_519_270, 1e-9);
    assert_digits(days.p_value, 0.0374, -4);
    assert_digits(days.effect() * 1e6, 42.638_611, -6);
    let ((with, dof_with), (without, dof_without)) = (days.with_effect(), days.without_effect());
    assert_digits(with * 1e6, 18.053_285, -6);
    assert_digits(without * 1e6, 13.323_242, -6);
    assert_eq!((dof_with, dof_without), (9.0, 49.0));
}

#[test]
fn hardness_of_h6() {
    let sum = Formula::<4, 1>(|[mean, block, machine, resolution]| [mean + block + machine + resolution]);
    let resolution = of(Distribution::Rectangular { half_width: 0.05 }, 0.0);
    let quantities = vec![
        normal(64.0, 0.45 / 5.0_f64.sqrt(), f64::INFINITY),
        normal(0.0, 0.11, f64::INFINITY),
        normal(0.0, 0.5, f64::INFINITY),
        resolution,
    ];
    let hardness = one(&sum, quantities, &Settings::default());
    assert_digits(hardness.standard_uncertainty, 0.550_847_8, -7);
    assert_eq!(hardness.estimate(Unit::ONE).unwrap().to_string(), "64.00(55)");
}

fn interval(output: &Output, order: Order) -> [f64; 2] {
    let u = if order == Order::First { output.first_order } else { output.second_order };
    [-1.0, 1.0].map(|side| output.value + side * output.coverage.factor * u)
}

#[test]
fn sums_of_four_of_9_2() {
    let sum = Formula::<4, 1>(|[a, b, c, d]| [a + b + c + d]);
    let rectangular = |wide: f64| of(Distribution::Rectangular { half_width: wide * 3.0_f64.sqrt() }, 0.0);
    let alike = one(&sum, vec![rectangular(1.0); 4], &Settings::default());
    assert_digits(interval(&alike, Order::First)[1], 3.919_928, -6);
    let uneven = [1.0, 1.0, 1.0, 10.0].map(rectangular).to_vec();
    let uneven = one(&sum, uneven, &Settings::default());
    assert_digits(uneven.standard_uncertainty, 10.148_892, -6);
    assert_digits(interval(&uneven, Order::First)[1], 19.9, -1);
}

#[test]
fn mass_of_9_3() {
    let rectangular =
        |low: f64, high: f64| of(Distribution::Rectangular { half_width: 0.5 * (high - low) }, 0.5 * (low + high));
    let quantities = vec![
        normal(100_000.0, 0.050, f64::INFINITY),
        normal(1.234, 0.020, f64::INFINITY),
        rectangular(1.10, 1.30),
        rectangular(7000.0, 9000.0),
        rectangular(7950.0, 8050.0),
    ];
    let mass = one(&MASS, quantities, &Settings::default());
    assert_digits(mass.value, 1.2340, -4);
    assert_digits(mass.first_order, 0.0539, -4);
    assert_digits(mass.second_order, 0.0750, -4);
    // The printed interval of the second order is that of the rounded uncertainty: the unrounded one gives [1.0871, 1.3809].
    let rounded = Output { second_order: 0.0750, ..mass.clone() };
    let ends =
        [interval(&mass, Order::First), interval(&rounded, Order::Second), interval(&mass, Order::Second)].concat();
    for (found, expected) in ends.into_iter().zip([1.1285, 1.3395, 1.0870, 1.3810, 1.0871, 1.3809]) {
        assert_digits(found, expected, -4);
    }
    assert!(mass.curved);
}

/// Rows of the table: correlation, x₁, then u and interval of both orders in units of 10⁻⁶.
#[test]
fn power_meter_of_9_4() {
    let rows = [
        (0.0, 0.0, 0.0, [0.0, 0.0], 50.0, [-98.0, 98.0]),
        (0.0, 0.010, 100.0, [-96.0, 296.0], 111.803, [-119.0, 319.0]),
        (0.0, 0.050, 500.0, [1520.0, 3480.0], 502.494, [1515.0, 3485.0]),
        (0.9, 0.0, 0.0, [0.0, 0.0], 67.268, [-132.0, 132.0]),
        (0.9, 0.010, 100.0, [-96.0, 296.0], 120.520, [-136.0, 336.0]),
        (0.9, 0.050, 500.0, [1520.0, 3480.0], 504.505, [1511.0, 3489.0]),
    ];
    for (r, x1, first, first_ends, second, second_ends) in rows {
        let correlation = Correlation::of_pairs(2, &[(0, 1, r)]).unwrap();
        let quantities = [x1, 0.0].map(|x| normal(x, 0.005, f64::INFINITY)).to_vec();
        let inputs = Inputs::new(quantities, correlation).unwrap();
        let power = propagate(&POWER, &inputs, &Settings::default()).unwrap().outputs.remove(0);
        assert_digits(power.first_order * 1e6, first, -3);
        assert_digits(power.second_order * 1e6, second, -3);
        assert_digits(power.shift * 1e6, 50.0, -3);
        assert!(power.curved);
        for (order, ends) in [(Order::First, first_ends), (Order::Second, second_ends)] {
            let found = interval(&power, order);
            (0..2).for_each(|end| assert_digits(found[end] * 1e6, ends[end], 0));
        }
    }
}

/// The print has the interval of H.1, 838 ∓ 93, whose uncertainty of the temperature difference is 0.029: that of the stated
/// CTrap is 0.0300, which makes the interval [744, 932].
#[test]
fn gauge_block_of_9_5() {
    let student = |estimate, scale, dof| of(Distribution::Student { scale, dof }, estimate);
    let ctrap = |half_width, inexactness| of(Distribution::CurvilinearTrapezoid { half_width, inexactness }, 0.0);
    let quantities = vec![
        student(50_000_623.0, 25.0, 18.0),
        student(215.0, 6.0, 24.0),
        student(0.0, 4.0, 5.0),
        student(0.0, 7.0, 8.0),
        of(Distribution::Rectangular { half_width: 2e-6 }, 11.5e-6),
        normal(-0.1, 0.2, f64::INFINITY),
        ctrap(1e-6, 0.1e-6).with_dof(50.0),
        ctrap(0.05, 0.025).with_dof(2.0),
        of(Distribution::Arcsine { half_width: 0.5 }, 0.0),
    ];
    let gauge = one(&GAUGE, quantities, &Settings { probability: 0.99, ..Settings::default() });
    assert_eq!(gauge.value, 50_000_838.0);
    assert_digits(gauge.first_order, 32.0, 0);
    let first = one(&GAUGE, gauge_h1(), &Settings { probability: 0.99, ..Settings::default() });
    for (gauge, expected) in [(&gauge, [744.0, 932.0]), (&first, [745.0, 931.0])] {
        let ends = interval(gauge, Order::First).map(|end| end - 50_000_000.0);
        (0..2).for_each(|end| assert_digits(ends[end], expected[end], 0));
    }
}

/// y = ln x of a rectangular quantity from 0.1 to 1.1, as software guides of national institutes have it.
#[test]
fn logarithm_of_a_wide_quantity() {
    let logarithm = Formula::<1, 1>(|[x]| [x.ln()]);
    let found = one(&logarithm, vec![of(Distribution::Rectangular { half_width: 0.5 }, 0.6)], &Settings::default());
    assert_digits(found.value, -0.511, -3);
    assert_digits(found.standard_uncertainty, 0.481, -3);
    assert!(found.curved && found.shift < 0.0);
}

#[test]
fn shared_part_of_9_2_of_supplement_2() {
    let sums = Formula::<3, 2>(|[a, b, c]| [a + c, b + c]);
    for (u3, covariance, r, ellipse, rectangle) in
        [(1.0, [2.0, 1.0], 0.5, 2.447_746_831, 2.212_128), (3.0, [10.0, 9.0], 0.9, 2.447_746_831, 2.108_143)]
    {
        let quantities = [1.0, 1.0, u3].map(|u| normal(0.0, u, f64::INFINITY)).to_vec();
        let results = propagate(&sums, &Inputs::independent(quantities).unwrap(), &Settings::default()).unwrap();
        assert_eq!(
            results.covariance,
            DMatrix::from_row_slice(2, 2, &[covariance[0], covariance[1], covariance[1], covariance[0]])
        );
        assert!((results.correlation(0, 1) - r).abs() < 1e-15);
        let whole = Region::ellipsoid(&[0.0; 2], &results.covariance, 0.95, f64::INFINITY).unwrap();
        assert_digits(whole.factor(), ellipse, -9);
        let exact = Region::closest_rectangle(&[0.0; 2], &results.covariance, 0.95).unwrap();
        assert_digits(exact.factor(), rectangle, -6);
        let safe = Region::rectangle(&[0.0; 2], &results.covariance, 0.95, f64::INFINITY).unwrap();
        assert_digits(safe.factor(), 2.241_402_728, -9);
    }
    assert_eq!(rectangle_factor(0.3, 0.95), rectangle_factor(-0.3, 0.95));
    assert_eq!(ellipsoid_factor(2, 0.95, f64::INFINITY), ellipsoid_factor(2, 0.95, f64::INFINITY));
}

/// The uncertainty of the magnitude does not depend on x₁, that of the phase is u/x₁.
#[test]
fn magnitude_and_phase_of_9_3_of_supplement_2() {
    for (x1, u_phase) in [(0.001, 10.0), (0.010, 1.0), (0.100, 0.1)] {
        for r in [0.0, 0.9] {
            let quantities = [x1, 0.0].map(|x| normal(x, 0.010, f64::INFINITY)).to_vec();
            let inputs = Inputs::new(quantities, Correlation::of_pairs(2, &[(0, 1, r)]).unwrap()).unwrap();
            let polar = propagate(&POLAR, &inputs, &Settings::default()).unwrap();
            assert_relative(polar.outputs[0].standard_uncertainty, 0.010, 1e-14);
            assert_relative(polar.outputs[1].standard_uncertainty, u_phase, 1e-14);
            assert!((polar.correlation(0, 1) - r).abs() < 1e-14);
            assert!(polar.outputs[1].curved);
        }
    }
}

/// Six sets of indications; the print repeats the estimate 127.732 of the five of H.2, the six give 127.7307.
#[test]
fn impedance_of_9_4_of_supplement_2() {
    let (means, results) = impedance(6);
    let expected = [
        (127.730_704, 0.058_049_0, 0.129_801_5),
        (219.847_363, 0.241_342_7, 0.539_658_7),
        (254.259_702, 0.192_967_6, 0.431_488_8),
    ];
    let student = means.student_covariance().unwrap();
    for (output, (y, u, u_student)) in results.outputs.iter().zip(expected) {
        assert_digits(output.value, y, -6);
        assert_digits(output.standard_uncertainty, u, -7);
        let gradient = output.budget.lines.iter().map(|line| (line.input, line.sensitivity));
        let mut c = [0.0; 3];
        gradient.for_each(|(input, sensitivity)| c[input] = sensitivity);
        let c = nalgebra::DVector::from_column_slice(&c);
        assert_digits(c.dot(&(&student * &c)).sqrt(), u_student, -7);
    }
    assert_digits(results.correlation(0, 1), -0.588, -3);
    assert_digits(results.correlation(0, 2), -0.485, -3);
    assert_digits(1.0 - results.correlation(1, 2), 0.00749, -5);
}

/// Of a cube the moments are known in closed form to the fourth power of u: 9x⁴u² + 36x²u⁴ for a normal quantity.
#[test]
fn cubic_terms_are_those_of_the_exact_moments() {
    let cube = Formula::<1, 1>(|[x]| [x * x * x]);
    let (x, u) = (2.0, 0.01);
    let found = one(&cube, vec![normal(x, u, f64::INFINITY)], &Settings::default());
    let exact = 9.0 * x.powi(4) * u * u + 36.0 * x * x * u.powi(4);
    assert_relative(found.second_order.powi(2), exact, 1e-12);
}

/// E((x + δ)³) and E((x + δ)⁶) of exponential δ follow from E δᵏ = k!; cut after the fourth power of the mean.
#[test]
fn skewed_inputs_have_the_terms_of_their_moments() {
    let (square, mean) = (Formula::<1, 1>(|[x]| [x * x]), 0.05);
    // Y = X² of an exponential quantity: Var(Y) = 24m⁴ − (2m²)² = 20m⁴, exactly.
    let found = one(&square, vec![of(Distribution::Exponential { mean }, mean)], &Settings::default());
    assert_relative(found.second_order.powi(2), 20.0 * mean.powi(4), 1e-12);
    assert_relative(found.value + found.shift, 2.0 * mean * mean, 1e-12);
    // Y = X² of a rectangular quantity about c: Var(Y) = 4c²a²/3 + 4a⁴/45, exactly.
    let (c, a) = (0.3, 0.2);
    let found = one(&square, vec![of(Distribution::Rectangular { half_width: a }, c)], &Settings::default());
    assert_relative(found.second_order.powi(2), 4.0 * c * c * a * a / 3.0 + 4.0 * a.powi(4) / 45.0, 1e-12);
}

/// Two outputs of correlated normal inputs: Cov(X₁², X₁X₂) with means 1, 2 by Isserlis' theorem.
#[test]
fn second_order_covariances_of_outputs_are_exact_for_quadratic_functions() {
    let products = Formula::<2, 2>(|[a, b]| [a * a, a * b]);
    let (u, v, r): (f64, f64, f64) = (0.3, 0.5, -0.4);
    let inputs = vec![normal(1.0, u, f64::INFINITY), normal(2.0, v, f64::INFINITY)];
    let inputs = Inputs::new(inputs, Correlation::of_pairs(2, &[(0, 1, r)]).unwrap()).unwrap();
    let results = propagate(&products, &inputs, &Settings { order: Order::Second, ..Settings::default() }).unwrap();
    let (uu, vv, uv) = (u * u, v * v, r * u * v);
    let exact =
        [4.0 * uu + 2.0 * uu * uu, 4.0 * uu + 2.0 * uv + 2.0 * uu * uv, 4.0 * uu + vv + 4.0 * uv + uu * vv + uv * uv];
    for (place, expected) in [(0, 0), (0, 1), (1, 1)].into_iter().zip(exact) {
        assert_relative(results.covariance[place], expected, 1e-12);
    }
}

#[test]
fn shares_of_a_budget_sum_to_one_and_may_be_negative() {
    let (_, results) = impedance(5);
    for output in &results.outputs {
        let shares: Vec<f64> = output.budget.lines.iter().map(|line| line.share).collect();
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-13, "{shares:?}");
        assert!(output.budget.lines.is_sorted_by(|a, b| a.contribution >= b.contribution));
    }
    assert!(results.outputs[0].budget.lines.iter().any(|line| line.share < 0.0));
}

#[test]
fn inputs_that_cancel_leave_nothing() {
    let difference = Formula::<2, 1>(|[a, b]| [a - b]);
    let quantities = vec![normal(3.0, 0.1, 7.0); 2];
    let inputs = Inputs::new(quantities, Correlation::of_pairs(2, &[(0, 1, 1.0)]).unwrap()).unwrap();
    let found = propagate(&difference, &inputs, &Settings::default()).unwrap().outputs.remove(0);
    assert_eq!((found.standard_uncertainty, found.curved), (0.0, false));
    assert!(found.dof.is_err() && found.coverage.factor.is_nan());
}

#[test]
fn what_can_not_be_propagated_says_why() {
    let ratio = Formula::<2, 1>(|[a, b]| [a / b]);
    let inputs = Inputs::independent(vec![normal(1.0, 0.1, 7.0), normal(0.0, 0.1, 7.0)]).unwrap();
    let error = |inputs: &Inputs, settings: &Settings| propagate(&ratio, inputs, settings).unwrap_err().to_string();
    assert_eq!(error(&inputs, &Settings::default()), "evaluate output 0 (from 0) at the estimates: its value is inf");
    let one = Inputs::independent(vec![normal(1.0, 0.1, 7.0)]).unwrap();
    assert_eq!(error(&one, &Settings::default()), "propagate 1 inputs through a function of 2");
    assert!(error(&inputs, &Settings { probability: 95.0, ..Settings::default() }).contains("95"));
    let logarithm = Formula::<1, 1>(|[x]| [x.ln() + Jet::constant(1.0)]);
    let nothing = Inputs::independent(vec![normal(-1.0, 0.1, 7.0)]).unwrap();
    assert!(propagate(&logarithm, &nothing, &Settings::default()).is_err());
}
