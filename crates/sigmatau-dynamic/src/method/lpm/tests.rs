use super::*;
use crate::method::Delay;
use crate::method::segments::tests::{noise, resonator};

fn lpm(settings: &Settings, x: &[f64], y: &[f64]) -> Response {
    let mut estimation = begin(settings, 1.0).unwrap();
    estimation.push(x, y);
    estimation.finish()
}

fn settings(segment: usize) -> Settings {
    Settings { segment, ..Settings::default() }
}

/// A resonance 65 bins wide in one record of 4096 points, and 8 bins wide in segments of 512: H₁ smears it by some
/// per cent, a local polynomial of the whole record follows it.
#[test]
fn resonance_is_not_smeared() {
    let x = noise(0, 5000);
    let (y, truth) = resonator(&x);
    let (x, y) = (&x[904..], &y[904..]);
    let error = |lines: &[Line]| -> f64 {
        let near = lines.iter().filter(|line| (0.09..0.11).contains(&line.frequency));
        near.map(|line| (line.value / truth(line.frequency) - 1.0).norm()).fold(0.0, f64::max)
    };
    assert!(error(&lpm(&settings(4096), x, y).lines) < 0.002);
    let mut h1 = (Method::named("h1").unwrap().begin)(&settings(512), 1.0).unwrap();
    h1.push(x, y);
    assert!(error(&h1.finish().lines) > 0.02);
}

#[test]
fn pieces_do_not_change_a_bit() {
    let (x, y) = (noise(1, 1000), noise(2, 1000));
    let settings = Settings { delay: Delay::Seconds(3.0), ..settings(128) };
    let whole = lpm(&settings, &x, &y);
    for size in [1, 100, 129] {
        let mut estimation = begin(&settings, 1.0).unwrap();
        x.chunks(size).zip(y.chunks(size)).for_each(|(x, y)| estimation.push(x, y));
        let bits =
            |response: &Response| response.lines.iter().map(|line| (line.value, line.covariance)).collect::<Vec<_>>();
        assert!(bits(&estimation.finish()) == bits(&whole), "pieces of {size}");
    }
}

#[test]
fn nothing_to_work_with_is_a_finding() {
    let codes = |x: &[f64]| -> Vec<String> {
        lpm(&settings(64), x, &vec![1.0; x.len()]).findings.iter().map(|finding| finding.code.to_string()).collect()
    };
    assert_eq!(codes(&noise(3, 63)), ["few-segments"]);
    assert_eq!(codes(&[0.0; 200]), ["no-excitation"]);
    let mut gapped = noise(4, 200);
    gapped[70] = f64::NAN;
    assert_eq!(codes(&gapped), ["missing"]);
}

#[test]
fn polynomials_that_cannot_be_fitted_are_refused() {
    let refused = |settings: &Settings| begin(settings, 1.0).err().unwrap().to_string();
    assert!(refused(&settings(27)).contains("27 points are too short for order 2; take at least 28"));
    assert!(refused(&Settings { order: 7, ..settings(1000) }).contains("the order 7 is above 6"));
}
