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

/// 1 % of the records at most may raise a false alarm by 3 standard deviations of a share of 1 % in 500.
#[test]
fn false_alarms_are_as_rare_as_documented_for_every_power_law() {
    for alpha in -2..=2 {
        let alarms =
            (0..500_u64).into_par_iter().filter(|record| first(&phase(noise(alpha, *record))).is_some()).count();
        println!("α = {alpha}: {alarms} false alarms in 500 records");
        assert!(alarms <= 8, "α = {alpha}: {alarms} false alarms in 500 records");
    }
}
