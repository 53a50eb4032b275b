use super::*;
use crate::Gaussian;

fn noise(points: usize, stream: u64) -> Vec<f64> {
    Gaussian::new(13, stream).take(points).collect()
}

#[test]
fn tapers_are_orthonormal() {
    for (length, half_bandwidth) in [(64, 2.5), (501, 4.0)] {
        let tapers = Tapers::new(length, half_bandwidth, 7).unwrap();
        for (i, j) in (0..7).flat_map(|i| (0..7).map(move |j| (i, j))) {
            let product: f64 = tapers.weights(i).iter().zip(tapers.weights(j)).map(|(a, b)| a * b).sum();
            assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12, "{length}: {i}, {j}: {product}");
        }
    }
}

/// The definition: Σ over n, m of v(n) v(m) sin 2πW(n−m) / π(n−m) gives λ v back.
#[test]
fn tapers_solve_the_concentration_problem() {
    let (length, width) = (50, 3.0 / 50.0);
    let tapers = Tapers::new(length, 3.0, 6).unwrap();
    let kernel = |lag: f64| if lag == 0.0 { 2.0 * width } else { (TAU * width * lag).sin() / (PI * lag) };
    for order in 0..6 {
        let (taper, lambda) = (tapers.weights(order), tapers.concentrations()[order]);
        for n in 0..length {
            let kept: f64 = (0..length).map(|m| kernel(n as f64 - m as f64) * taper[m]).sum();
            assert!((kept - lambda * taper[n]).abs() < 1e-14, "taper {order}, point {n}");
        }
    }
}

/// The entries of the matrix grow to N²/4, the gaps between its largest eigenvalues stay near πNW: rounding turns
/// tapers of 10⁵ points by a few 10⁻⁸.
#[test]
fn long_tapers_stay_sound() {
    let tapers = Tapers::new(100_000, 4.0, 8).unwrap();
    let short = Tapers::new(1000, 4.0, 8).unwrap();
    for (long, short) in tapers.concentrations().iter().zip(short.concentrations()) {
        assert!((long - short).abs() < 1e-5, "{long} and {short}");
    }
    let product: f64 = tapers.weights(5).iter().zip(tapers.weights(7)).map(|(a, b)| a * b).sum();
    assert!(product.abs() < 1e-7, "{product}");
}

#[test]
fn white_noise_has_its_density_and_degrees_of_freedom() {
    let tapers = Tapers::new(128, 4.0, 7).unwrap();
    for weighting in [Weighting::Concentration, Weighting::Adaptive] {
        let found: Vec<TaperedBin> = (0..1000)
            .map(|stream| Eigenspectra::new(&noise(128, stream), 0.5, Detrend::None, &tapers).unwrap())
            .map(|spectra| spectra.densities(weighting)[30])
            .collect();
        let mean = found.iter().map(|bin| bin.density).sum::<f64>() / 1000.0;
        let variance = found.iter().map(|bin| (bin.density - mean).powi(2)).sum::<f64>() / 999.0;
        let dof = found.iter().map(|bin| bin.dof).sum::<f64>() / 1000.0;
        assert!((mean - 1.0).abs() < 0.04, "{weighting:?}: {mean}");
        assert!((variance * dof / 2.0 - 1.0).abs() < 0.15, "{weighting:?}: {variance} at {dof} degrees of freedom");
    }
}

/// A tone of 120 dB above the noise, far away: adaptive weights keep its leakage out.
#[test]
fn adaptive_weights_hold_leakage_back() {
    let tapers = Tapers::new(1024, 4.0, 8).unwrap();
    let series: Vec<f64> = noise(1024, 1)
        .into_iter()
        .enumerate()
        .map(|(n, value)| 1e-3 * value + 1e3 * (TAU * 0.1003 * n as f64).sin())
        .collect();
    let spectra = Eigenspectra::new(&series, 1.0, Detrend::None, &tapers).unwrap();
    let density = |weighting| spectra.densities(weighting)[380].density;
    assert!(density(Weighting::Concentration) > 10.0 * 2e-6);
    assert!(density(Weighting::Adaptive) < 5.0 * 2e-6, "{}", density(Weighting::Adaptive));
}

#[test]
fn cross_spectrum_of_a_scaled_series_is_its_scale() {
    let tapers = Tapers::new(200, 3.0, 5).unwrap();
    let x = noise(200, 2);
    let y: Vec<f64> = x.iter().map(|x| -2.0 * x).collect();
    let [x, y] = [&x, &y].map(|series| Eigenspectra::new(series, 1.0, Detrend::Constant, &tapers).unwrap());
    for bin in x.cross(&y, Weighting::Adaptive) {
        assert!((bin.cross / bin.x + 2.0).norm() < 1e-12 && (bin.coherence() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn tapers_that_cannot_be_are_refused() {
    assert!(Tapers::new(3, 1.0, 1).unwrap_err().to_string().contains("3 points is too short"));
    assert!(Tapers::new(10, 5.0, 2).unwrap_err().to_string().contains("time–bandwidth product 5"));
    let tapers = Tapers::new(10, 2.0, 3).unwrap();
    let refused = Eigenspectra::new(&[0.0; 9], 1.0, Detrend::None, &tapers).unwrap_err().to_string();
    assert_eq!(refused, "estimate a spectrum: a record of 9 points does not fit tapers of 10");
}
