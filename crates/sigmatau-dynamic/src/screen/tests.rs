use super::*;
use sigmatau_spectrum::Gaussian;

/// Noise below a quarter of the Nyquist frequency or so, of unit variance.
fn noise(samples: usize) -> Vec<f64> {
    let white: Vec<f64> = Gaussian::new(11, 0).take(samples + 15).collect();
    white.windows(16).map(|window| window.iter().sum::<f64>() / 4.0).collect()
}

fn codes(excitation: &[f64], response: &[f64]) -> Vec<(String, String)> {
    let findings = screen(&[("x", excitation), ("y", response)]);
    findings.into_iter().map(|finding| (finding.subject, finding.code.into_owned())).collect()
}

fn about(subject: &str, code: &str) -> Vec<(String, String)> {
    vec![(subject.to_owned(), code.to_owned())]
}

#[test]
fn a_sound_record_has_no_remark() {
    let x = noise(50_000);
    let y: Vec<f64> = x.iter().map(|x| (x * 1e4).round() / 1e4).collect();
    assert!(codes(&x, &y).is_empty());
}

#[test]
fn a_dead_channel_is_a_failure() {
    assert_eq!(codes(&noise(5000), &[0.25; 5000]), about("y", "constant"));
    assert_eq!(codes(&noise(5000), &[f64::NAN; 5000]), about("y", "no-data"));
}

#[test]
fn missing_and_infinite_samples_are_counted() {
    let (x, mut y) = (noise(5000), noise(5000));
    y[10..13].fill(f64::NAN);
    y[100] = f64::INFINITY;
    let findings = screen(&[("x", &x), ("y", &y)]);
    assert_eq!(findings[0].seen, "4 of 5000 samples are missing or infinite");
    assert_eq!(findings.len(), 1);
}

#[test]
fn clipping_is_told_with_its_share_and_weighs_by_it() {
    let x = noise(50_000);
    for (limit, severity) in [(2.0, Severity::Failure), (3.3, Severity::Warning)] {
        let y: Vec<f64> = x.iter().map(|x| x.min(limit)).collect();
        let cut = x.iter().filter(|x| **x >= limit).count();
        let findings = screen(&[("x", &x), ("y", &y)]);
        assert_eq!((findings[0].severity, &*findings[0].code), (severity, "clipped"));
        assert!(findings[0].seen.starts_with(&format!("{cut} samples stand")), "{}", findings[0].seen);
    }
}

#[test]
fn clipped_codes_are_clipped_too() {
    let y: Vec<f64> = noise(50_000).iter().map(|x| (x.clamp(-1.8, 1.8) * 100.0).round() * 2e-3).collect();
    assert_eq!(codes(&noise(50_000), &y), about("y", "clipped"));
}

#[test]
fn dwelling_on_the_uppermost_code_is_no_clipping() {
    for amplitude in [200.0, 200.45, 1000.5] {
        let sine: Vec<f64> = (0..50_000).map(|k| (amplitude * (f64::from(k) * 6.3e-4).sin()).round()).collect();
        assert!(codes(&sine, &sine).is_empty(), "{amplitude}");
    }
    let levels: Vec<f64> = noise(5000).iter().map(|x| x.signum()).collect();
    assert!(codes(&noise(5000), &levels).is_empty());
}

#[test]
fn a_shock_that_rests_at_zero_is_not_clipped() {
    let pulse = |k: u32| if (2000..2100).contains(&k) { (f64::from(k - 2000) * 0.0314).sin() } else { 0.0 };
    let shock: Vec<f64> = (0..6000).map(pulse).collect();
    assert!(codes(&shock, &shock).is_empty());
}

#[test]
fn few_levels_are_told_with_their_step() {
    let y: Vec<f64> = noise(5000).iter().map(|x| (x / 0.125).round() * 0.125).collect();
    let findings = screen(&[("x", &noise(5000)), ("y", &y)]);
    assert_eq!(&*findings[0].code, "coarse");
    assert!(findings[0].seen.starts_with("the samples are whole multiples of 1.25e-1"), "{}", findings[0].seen);
}

#[test]
fn excitation_up_to_the_nyquist_frequency_is_suspicious() {
    let white: Vec<f64> = Gaussian::new(3, 0).take(20_000).collect();
    assert_eq!(codes(&white, &noise(20_000)), about("x", "aliasing"));
    assert!(codes(&noise(20_000), &white).is_empty());
}

#[test]
fn pieces_of_any_size_make_no_difference() {
    let (x, mut y) = (noise(30_000), noise(30_000));
    y.iter_mut().for_each(|y| *y = y.clamp(-1.5, 2.0));
    y[777] = f64::NAN;
    let whole = screen(&[("x", &x), ("y", &y)]);
    assert_eq!(whole.len(), 2);
    for size in [1, 7, 255, 8191, 12_345] {
        let mut screen = Screen::new(&["x", "y"]);
        x.chunks(size).zip(y.chunks(size)).for_each(|(x, y)| screen.push(&[x, y]));
        assert_eq!(screen.finish(), whole, "{size}");
    }
}
