//! Power and cross spectra, tapers and multitaper spectra beside those of SciPy.

use sigmatau_spectrum::Window;
use sigmatau_spectrum::multitaper::{Eigenspectra, Tapers, Weighting};
use sigmatau_spectrum::welch::{CrossWelch, Detrend, Segmentation};
use sigmatau_spectrum::window::WINDOWS;

const GOLDEN: &str = include_str!("golden/welch.csv");
const DPSS: &str = include_str!("golden/dpss.csv");
const MULTITAPER: &str = include_str!("golden/multitaper.csv");

/// The record of NIST SP 1065, 12.4, carried on: n(i+1) = 16807 n(i) mod 2147483647, y = n/2147483647.
fn suite(count: usize) -> Vec<f64> {
    let next = |n: &u64| Some(n * 16_807 % 2_147_483_647);
    std::iter::successors(Some(1_234_567_890), next).take(count).map(|n| n as f64 / 2_147_483_647.0).collect()
}

#[test]
fn spectra_agree_with_scipy() {
    let numbers = suite(2000);
    let (x, rest) = numbers.split_at(1000);
    let y: Vec<f64> = rest.iter().zip(x).map(|(y, x)| y + x).collect();
    for row in GOLDEN.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let words: Vec<&str> = row.split(',').collect();
        let number = |place: usize| words[place].parse::<f64>().unwrap();
        let detrend = Detrend::ALL.iter().find(|(word, _)| *word == words[3]).unwrap().1;
        let [length, overlap, bin] = [1, 2, 4].map(|place| number(place) as usize);
        let cut = Segmentation { window: Window::named(words[0]).unwrap(), length, overlap, detrend };
        let mut welch = CrossWelch::new(cut, 0.25).unwrap();
        welch.push(x, &y);
        let found = welch.finish();
        let power = found.x.densities()[bin];
        assert!((power / number(5) - 1.0).abs() < 1e-10, "{row}: power {power}");
        let cross = found.cross[bin];
        let apart = (cross.re - number(6)).hypot(cross.im - number(7));
        assert!(apart < 1e-10 * number(6).hypot(number(7)), "{row}: cross {cross}");
    }
}

#[test]
fn every_window_has_golden_figures() {
    for window in WINDOWS {
        assert!(GOLDEN.contains(&format!("\n{},", window.name)), "{}", window.name);
    }
}

/// The numbers of each row.
fn rows(table: &str) -> impl Iterator<Item = Vec<f64>> {
    let row = |line: &str| line.split(',').map(|word| word.parse().unwrap()).collect();
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(row)
}

#[test]
fn tapers_agree_with_scipy() {
    for row in rows(DPSS) {
        let tapers = Tapers::new(row[0] as usize, row[1], row[2] as usize).unwrap();
        let (order, point) = (row[3] as usize, row[4] as usize);
        let (weight, concentration) = (tapers.weights(order)[point], tapers.concentrations()[order]);
        assert!((weight - row[5]).abs() < 1e-11, "{row:?}: weight {weight}");
        assert!((concentration - row[6]).abs() < 1e-12, "{row:?}: concentration {concentration}");
    }
}

#[test]
fn multitaper_spectra_agree_with_scipy() {
    let numbers = suite(1000);
    for row in rows(MULTITAPER) {
        let tapers = Tapers::new(row[0] as usize, row[1], row[2] as usize).unwrap();
        let spectra = Eigenspectra::new(&numbers[..tapers.length()], 0.25, Detrend::Constant, &tapers).unwrap();
        let of = |weighting| spectra.densities(weighting)[row[3] as usize];
        let found =
            [of(Weighting::Concentration).density, of(Weighting::Adaptive).density, of(Weighting::Adaptive).dof];
        for (found, known) in found.iter().zip(&row[4..]) {
            assert!((found / known - 1.0).abs() < 1e-9, "{row:?}: {found}");
        }
    }
}
