use super::*;
use rayon::prelude::*;
use sigmatau_spectrum::PowerLaw;

const SEED: u64 = 20_261_122;
const POINTS: usize = 4096;

fn noise(alpha: i8, record: u64) -> Vec<f64> {
    PowerLaw::from_deviation(alpha, 1e-12, 1.0).unwrap().phase(POINTS, 1.0, SEED, record)
}

fn phase(values: Vec<f64>) -> Series {
    Series { quantity: Quantity::Phase, tau0: 1.0, values }
}

fn differenced(series: &Series) -> Series {
    Series { quantity: Quantity::Frequency, tau0: series.tau0, values: series.frequencies() }
}

fn first(series: &Series) -> Option<Jump> {
    largest(&runs(series), series.tau0)
}

/// A share of 0.5 % gives 8 of 500 by 3.5 standard deviations.
#[test]
fn false_alarms_are_as_rare_as_documented_for_every_power_law() {
    for alpha in -2..=2 {
        let raised = |record: &u64| first(&phase(noise(alpha, *record))).is_some();
        let alarms = (0..500_u64).into_par_iter().filter(raised).count();
        assert!(alarms <= 8, "α = {alpha}: {alarms} false alarms in 500 records");
    }
}

#[test]
fn steps_are_found_at_their_place_with_their_size_in_phases_and_in_frequencies() {
    let white_fm = noise(0, 7);
    let stepped = |x: &f64, place: usize| {
        let phase_step = if place > 1000 { 2e-11 } else { 0.0 };
        let ramp = if place > 3000 { 2e-12 * (place - 3000) as f64 } else { 0.0 };
        x + phase_step + ramp
    };
    let stepped: Vec<f64> = white_fm.iter().enumerate().map(|(place, x)| stepped(x, place)).collect();
    let phases = phase(stepped);
    for series in [differenced(&phases), phases] {
        let mut runs = runs(&series);
        let one = largest(&runs, 1.0).unwrap();
        correct_phases(&mut runs[0].phases, one, 1.0);
        let two = largest(&runs, 1.0).unwrap();
        correct_phases(&mut runs[0].phases, two, 1.0);
        assert_eq!((one.quantity, one.at), (Quantity::Phase, 1000));
        assert!((one.size - 2e-11).abs() < 3.0 * one.u, "{one:?}");
        assert_eq!(two.quantity, Quantity::Frequency);
        assert!(two.at.abs_diff(3000) <= 16 && (two.size - 2e-12).abs() < 3.0 * two.u, "{two:?}");
        assert_eq!(largest(&runs, 1.0), None);
    }
}

/// The place of the largest of many is drawn towards large sizes, so that the coverage of a jump that
/// barely stands out is below 95 %; one of eight spreads is told with its due.
#[test]
fn the_stated_uncertainty_of_a_phase_step_covers_it() {
    let held = |record: &u64| {
        let stepped = |(place, x): (usize, f64)| x + if place > 2000 { 1.2e-11 } else { 0.0 };
        let jump = first(&phase(noise(0, *record).into_iter().enumerate().map(stepped).collect()));
        jump.is_some_and(|jump| jump.at == 2000 && (jump.size - 1.2e-11).abs() <= 1.96 * jump.u)
    };
    let share = (0..400_u64).into_par_iter().filter(held).count() as f64 / 400.0;
    assert!((0.91..=0.99).contains(&share), "{share}");
}

#[test]
fn corrected_data_are_those_without_the_step_but_for_the_error_of_its_size() {
    let plain = phase(noise(0, 3));
    let values = plain.values.iter().enumerate().map(|(place, x)| x + if place > 500 { 1e-9 } else { 0.0 }).collect();
    let stepped = phase(values);
    for (stepped, plain) in [(differenced(&stepped), differenced(&plain)), (stepped, plain)] {
        let treated = Jumps { remove: true }.apply(stepped);
        let mended = treated.series.unwrap();
        let error = mended.values.iter().zip(&plain.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error < 1e-11, "{error:e}");
        assert!(treated.findings[0].seen.starts_with("1 step: a phase step of "), "{}", treated.findings[0]);
    }
}

#[test]
fn telling_leaves_the_data_and_gaps_part_the_search() {
    let mut values = noise(0, 5);
    values[100] = f64::NAN;
    values[101..].iter_mut().for_each(|x| *x += 1e-6);
    let series = phase(values);
    let treated = Jumps { remove: false }.apply(series.clone());
    let bits = |series: &Series| series.values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&treated.series.unwrap()), bits(&series));
    assert_eq!(treated.findings[0].seen, "no step of phase or frequency stands out from the noise");
}

#[test]
fn drift_is_no_jump() {
    let values = noise(0, 6).iter().enumerate().map(|(place, x)| x + 1e-10 * (place * place) as f64).collect();
    assert_eq!(first(&phase(values)), None);
}
