use super::*;
use crate::transducer::Table;
use sigmatau_spectrum::Gaussian;

const ORDERS: [f64; 4] = [1.0, 3.0, 5.0, 7.0];

/// The transducers of the examples: errors in gain and phase that differ by harmonic, partly from one reference.
fn channel(name: &str, scale: f64, phase: f64) -> Transfer {
    let frequencies = ORDERS.map(|order| 50.0 * order);
    let gains: Vec<(f64, f64, f64)> =
        frequencies.iter().map(|f| (*f, scale * (1.0 - f * 1e-5), scale * 3e-4)).collect();
    let phases: Vec<(f64, f64, f64)> = frequencies.iter().map(|f| (*f, phase * f / 50.0, 2e-4)).collect();
    let gain = Table::gain(&format!("{name} gain"), &gains).unwrap().against("reference", 0.5).at(&frequencies);
    gain.then(&Table::phase(&format!("{name} phase"), &phases).unwrap().at(&frequencies)).unwrap()
}

fn meter() -> Wattmeter {
    Wattmeter::new(&channel("VT", 0.01, -1e-3), &channel("CT", 0.1, 2e-3)).unwrap()
}

/// A distorted voltage and current on the primary side.
fn primary() -> Vec<Complex64> {
    let polar = Complex64::from_polar;
    vec![
        polar(230.0, 0.1),
        polar(5.0, -0.5),
        polar(8.0, 1.0),
        polar(1.0, 2.5),
        polar(5.0, -2.0),
        polar(0.6, 0.3),
        polar(3.0, 0.0),
        polar(0.2, -1.0),
    ]
}

fn noise_block() -> Matrix4<f64> {
    let parts = Matrix4::new(2e-4, 0.0, 0.0, 0.0, 0.0, 2e-4, 0.0, 0.0, 1e-4, 0.0, 5e-5, 0.0, 2e-5, 1e-4, 0.0, 5e-5);
    parts * parts.transpose()
}

fn phasors_of(primary: &[Complex64], ratios: &[Complex64]) -> Vec<Harmonic> {
    let read: Vec<Complex64> = primary.iter().zip(ratios).map(|(x, ratio)| x * ratio).collect();
    read.chunks(2).map(|pair| Harmonic { voltage: pair[0], current: pair[1] }).collect()
}

fn phasors(meter: &Wattmeter) -> Phasors {
    Phasors::independent(phasors_of(&primary(), &meter.ratios), &[noise_block(); 4]).unwrap()
}

fn true_active(primary: &[Complex64]) -> f64 {
    primary.chunks(2).map(|pair| (pair[0] * pair[1].conj()).re).sum()
}

#[test]
fn powers_are_those_of_the_primary_side() {
    let meter = meter();
    let silent = Phasors::independent(phasors_of(&primary(), &meter.ratios), &[Matrix4::zeros(); 4]).unwrap();
    let power = meter.power(&silent).unwrap();
    assert!((power.active.value / true_active(&primary()) - 1.0).abs() < 1e-14);
    let first = power.harmonics[0];
    assert!((first.power - Complex64::from_polar(1150.0, 0.6)).norm() < 1e-10, "current lags: {}", first.power);
    let distortion = (64.0f64 + 25.0 + 9.0).sqrt() / 230.0;
    assert!((power.distortion_voltage.unwrap().value - distortion).abs() < 1e-14);
    let apparent = (230f64.powi(2) + 98.0).sqrt() * (25.0f64 + 1.0 + 0.36 + 0.04).sqrt();
    assert!((power.apparent.value / apparent - 1.0).abs() < 1e-14);
    assert!((power.factor.unwrap().value - power.active.value / apparent).abs() < 1e-14);
}

#[test]
fn a_gain_scales_power_and_uncertainty_alike() {
    let meter = meter();
    let (once, mut louder) = (phasors(&meter), phasors(&meter));
    louder.harmonics.iter_mut().for_each(|harmonic| harmonic.voltage *= 4.0);
    let stretch = DMatrix::from_diagonal(&DVector::from_fn(16, |j, _| if j % 4 < 2 { 4.0 } else { 1.0 }));
    louder.noise = &stretch * &louder.noise * &stretch;
    let [a, b] = [once, louder].map(|phasors| meter.power(&phasors).unwrap().active);
    assert!((b.value / a.value - 4.0).abs() < 1e-12);
    assert!((b.standard_uncertainty / a.standard_uncertainty - 4.0).abs() < 1e-12);
}

#[test]
fn a_phase_common_to_both_channels_turns_nothing() {
    let meter = meter();
    let once = phasors(&meter);
    let mut turned = once.clone();
    for (place, harmonic) in turned.harmonics.iter_mut().enumerate() {
        let turn = Complex64::from_polar(1.0, 0.7 * (place + 1) as f64);
        *harmonic = Harmonic { voltage: harmonic.voltage * turn, current: harmonic.current * turn };
    }
    let active = [&once, &turned].map(|phasors| meter.primary(phasors).unwrap().active());
    assert!((active[0] / active[1] - 1.0).abs() < 1e-13);
}

#[test]
fn phases_of_both_transducers_against_one_reference_cancel() {
    let with = |name: &str| Table::phase(name, &[(50.0, 0.0, 1e-3)]).unwrap().against("reference", 1.0).at(&[50.0]);
    let meter = Wattmeter::new(&with("VT"), &with("CT")).unwrap();
    let harmonic = Harmonic { voltage: Complex64::new(230.0, 0.0), current: Complex64::from_polar(5.0, -1.0) };
    let phasors = Phasors::independent(vec![harmonic], &[Matrix4::zeros()]).unwrap();
    assert!(meter.power(&phasors).unwrap().active.standard_uncertainty < 1e-12);
}

#[test]
fn budget_and_covariance_between_harmonics_add_up_to_the_variance() {
    let meter = meter();
    let power = meter.power(&phasors(&meter)).unwrap();
    let variance = power.active.standard_uncertainty.powi(2);
    let budget: f64 = power.budget.iter().map(|contribution| contribution.variance).sum();
    let sums = (0..8).step_by(2).flat_map(|i| (0..8).step_by(2).map(move |j| (i, j)));
    let between: f64 = sums.map(|at| power.covariance[at]).sum();
    assert!((budget / variance - 1.0).abs() < 1e-12 && (between / variance - 1.0).abs() < 1e-12);
    let names: Vec<&str> = power.budget.iter().map(|contribution| contribution.source.as_str()).collect();
    assert_eq!(names[..5], ["CT gain", "CT phase", "VT gain", "VT phase", "reference"]);
    assert_eq!(names[5..], Noise::NAMES);
}

/// The covariance of everything by differences of the whole calculation, from a dense matrix.
#[test]
fn uncertainties_are_those_of_differences() {
    let meter = meter();
    let once = phasors(&meter);
    let figures = |ratios: &[Complex64], harmonics: &[Harmonic]| {
        let moved = Wattmeter { ratios: ratios.to_vec(), ..meter.clone() };
        let silent = Phasors { harmonics: harmonics.to_vec(), ..once.clone() };
        let power = moved.power(&silent).unwrap();
        let own = |x: &Option<Estimate>| x.as_ref().unwrap().value;
        let Power { active, apparent, factor, distortion_voltage, distortion_current, .. } = power;
        [active.value, apparent.value, own(&factor), own(&distortion_voltage), own(&distortion_current)]
    };
    let mut variances = [0.0; 5];
    for (_, parts) in meter.errors.sources() {
        let moved = |sign: f64| {
            let mut ratios = meter.ratios.clone();
            parts.iter().for_each(|(place, part)| ratios[*place] *= (part * sign).exp());
            figures(&ratios, &once.harmonics)
        };
        let (up, down) = (moved(1.0), moved(-1.0));
        (0..5).for_each(|j| variances[j] += (0.5 * (up[j] - down[j])).powi(2));
    }
    let root = noise_block().cholesky().unwrap().l();
    for (place, column) in (0..4).flat_map(|place| (0..4).map(move |column| (place, column))) {
        let moved = |sign: f64| {
            let (mut harmonics, step) = (once.harmonics.clone(), root.column(column) * sign);
            harmonics[place].voltage += Complex64::new(step[0], step[1]);
            harmonics[place].current += Complex64::new(step[2], step[3]);
            figures(&meter.ratios, &harmonics)
        };
        let (up, down) = (moved(1.0), moved(-1.0));
        (0..5).for_each(|j| variances[j] += (0.5 * (up[j] - down[j])).powi(2));
    }
    let power = meter.power(&once).unwrap();
    let stated =
        [Some(power.active), Some(power.apparent), power.factor, power.distortion_voltage, power.distortion_current];
    for (j, stated) in stated.into_iter().enumerate() {
        let ratio = stated.unwrap().standard_uncertainty / variances[j].sqrt();
        assert!((ratio - 1.0).abs() < 1e-4, "quantity {j}: {ratio}");
    }
}

#[test]
fn noise_in_both_channels_makes_no_power() {
    let (meter, trials) = (meter(), 4000);
    let root = (noise_block() * 1e4).cholesky().unwrap().l();
    let (mut sum, mut variance) = (0.0, 0.0);
    for trial in 0..trials {
        let phasors = noisy(&[Complex64::ZERO; 8], &meter.ratios, &root, &mut Gaussian::new(3, trial));
        let power = meter.power(&phasors).unwrap();
        sum += power.active.value;
        variance += power.active.value.powi(2);
    }
    let trials = trials as f64;
    assert!(sum.abs() < 3.0 * variance.sqrt(), "{} W of nothing", sum / trials);
}

fn noisy(primary: &[Complex64], ratios: &[Complex64], root: &Matrix4<f64>, noise: &mut Gaussian) -> Phasors {
    let mut harmonics = phasors_of(primary, ratios);
    for harmonic in &mut harmonics {
        let step = root * nalgebra::Vector4::from_fn(|_, _| noise.draw());
        harmonic.voltage += Complex64::new(step[0], step[1]);
        harmonic.current += Complex64::new(step[2], step[3]);
    }
    Phasors::independent(harmonics, &[root * root.transpose(); 4]).unwrap()
}

/// Draws ratios, noise and clock, measures, and counts how often the truth lies within 1.96 u: the active power of
/// one window, the reactive power of the third harmonic, and the error of a meter over an interval.
#[test]
fn intervals_cover() {
    let (meter, trials) = (meter(), 1000);
    let root = noise_block().cholesky().unwrap().l();
    let (truth, clock) = (primary(), TimeBase { name: "clock".to_owned(), rate: 2e-5, rate_u: 3e-4 });
    let mut held = [0; 3];
    for trial in 0..trials {
        let mut noise = Gaussian::new(17, trial);
        let mut ratios = meter.ratios.clone();
        for (_, parts) in meter.errors.sources() {
            let z = noise.draw();
            parts.iter().for_each(|(place, part)| ratios[*place] *= (part * z).exp());
        }
        let seconds = 0.2 * (1.0 + clock.rate + clock.rate_u * noise.draw());
        let mut register = meter.register();
        let windows: Vec<Phasors> = (0..5).map(|_| noisy(&truth, &ratios, &root, &mut noise)).collect();
        windows.iter().for_each(|phasors| register.push(phasors, seconds).unwrap());
        let power = meter.power(&windows[0]).unwrap();
        let third = power.harmonics[1];
        let energy = true_active(&truth) / JOULES_PER_KWH;
        let master = register.finish(&clock).error_of("master", energy * 1.002, 0.0);
        let within = |off: f64, u: f64| usize::from(off.abs() < 1.96 * u);
        held[0] += within(power.active.value - true_active(&truth), power.active.standard_uncertainty);
        held[1] += within(third.power.im - (truth[2] * truth[3].conj()).im, third.covariance.imaginary.sqrt());
        held[2] += within(master.error_pct - 0.2, master.u_pct);
    }
    let shares = held.map(|held| held as f64 / trials as f64);
    assert!(shares.iter().all(|share| (share - 0.95).abs() < 3.0 * 0.007), "{shares:?}");
}

const JOULES_PER_KWH: f64 = 3.6e6;

#[test]
fn energy_of_windows_is_that_of_the_merged_registers() {
    let meter = meter();
    let phasors = phasors(&meter);
    let clock = TimeBase { name: "clock".to_owned(), rate: 0.0, rate_u: 1e-6 };
    let counted = |windows: usize| {
        let mut register = meter.register();
        (0..windows).for_each(|_| register.push(&phasors, 0.2).unwrap());
        register
    };
    let (whole, mut parts) = (counted(8), counted(4));
    parts.merge(&counted(4));
    assert_eq!(whole.finish(&clock).energy, parts.finish(&clock).energy);
    let power = meter.power(&phasors).unwrap().active;
    let single = counted(1).finish(&clock);
    assert!((single.energy.value * JOULES_PER_KWH / (0.2 * power.value) - 1.0).abs() < 1e-14);
    let u = (power.standard_uncertainty / power.value).hypot(1e-6);
    // The two take the sources' effects with and without the power of common noise, 2e-8 of the whole.
    assert!((single.energy.standard_uncertainty / single.energy.value / u - 1.0).abs() < 1e-7);
}

#[test]
fn masters_of_one_reference_are_correlated_by_its_share() {
    let meter = meter();
    let clock = TimeBase { name: "clock".to_owned(), rate: 0.0, rate_u: 1e-6 };
    let mut register = meter.register();
    register.push(&phasors(&meter), 1.0).unwrap();
    let energy = register.finish(&clock);
    let [a, b] = ["a", "b"].map(|name| energy.error_of(name, energy.energy.value, 1e-7));
    let correlation = a.covariance(&b) / (a.u_pct * b.u_pct);
    assert!((correlation - a.correlated).abs() < 1e-12 && correlation < 0.999);
}

#[test]
fn a_fast_clock_counts_too_much() {
    let meter = meter();
    let mut register = meter.register();
    register.push(&phasors(&meter), 1.0).unwrap();
    let clock = |rate: f64| TimeBase { name: "clock".to_owned(), rate, rate_u: 0.0 };
    let [right, fast] = [0.0, 1e-3].map(|rate| register.finish(&clock(rate)).energy.value);
    assert!((fast / right - 0.999).abs() < 1e-12);
}

#[test]
fn power_factor_near_zero_and_missing_harmonics_are_said() {
    let meter = meter();
    let mut values = primary();
    values[1] = Complex64::from_polar(5.0, 0.1 - std::f64::consts::FRAC_PI_2);
    let mut harmonics = phasors_of(&values, &meter.ratios);
    harmonics[1] = Harmonic { voltage: Complex64::new(f64::NAN, 0.0), current: Complex64::ZERO };
    harmonics[2].current = Complex64::ZERO;
    harmonics[3].current = Complex64::ZERO;
    let power = meter.power(&Phasors::independent(harmonics, &[noise_block(); 4]).unwrap()).unwrap();
    let codes: Vec<&str> = power.findings.iter().map(|finding| finding.code.as_ref()).collect();
    assert_eq!(codes, ["harmonic-missing", "harmonic-in-noise", "power-factor"]);
    assert!(power.findings[0].seen.contains("150 Hz") && power.findings[1].seen.contains("250 Hz, 350 Hz"));
    assert_eq!(power.harmonics[1].power, Complex64::ZERO);
}

#[test]
fn nothing_unknown_passes_for_certain() {
    let dead = Wattmeter::new(&Transfer::exact(&[50.0], 1.0), &Transfer::exact(&[50.0], 0.0)).unwrap_err();
    assert_eq!(dead, PowerError::Ratio { frequency: 50.0, ratio: Complex64::ZERO });
    let unknown =
        Transfer::exact(&[50.0], 1.0).with_source(&Source::new("VT", "gain"), |_| Complex64::new(f64::NAN, 0.0));
    assert!(Wattmeter::new(&unknown, &Transfer::exact(&[50.0], 1.0)).is_err());
    let mut noise = DMatrix::identity(4, 4);
    noise[(0, 2)] = f64::NAN;
    let harmonic = Harmonic { voltage: Complex64::ONE, current: Complex64::ONE };
    assert!(Phasors::new(vec![harmonic], noise).unwrap_err().to_string().contains("covariance of harmonic number 1"));
}

#[test]
fn phasors_that_do_not_fit_are_refused() {
    let meter = meter();
    let one =
        Phasors::independent(vec![Harmonic { voltage: Complex64::ONE, current: Complex64::ONE }], &[noise_block()])
            .unwrap();
    assert!(meter.power(&one).unwrap_err().to_string().contains("1 harmonics and transducers at 4"));
    let refused = Phasors::new(one.harmonics.clone(), DMatrix::zeros(3, 3)).unwrap_err();
    assert!(refused.to_string().contains("3 × 3, not of 4 × 4"), "{refused}");
    let negative = Phasors::independent(one.harmonics, &[Matrix4::identity() * -1.0]).unwrap_err();
    assert_eq!(negative, PowerError::Variance { place: 1, value: -1.0 });
    assert_eq!(meter.register().push(&phasors(&meter), 0.0), Err(PowerError::Interval(0.0)));
}
