//! What any implementation must meet, and where each is shown: by its formula, and by simulation. Files are named below
//! `src/`, `sigmatau-spectrum/src/` being `spectrum/`; tests without a file stand here.
//!
//! | result | by formula | by simulation |
//! |---|---|---|
//! | white noise: N s²/2 in both parts of a bin, N s² and 0 at its real bins | `white_noise_has_the_variances_of_its_formula` | `white_noise_is_simulated` |
//! | variances v_n: E F_k F_l* = V(k−l), E F_k F_l = V(k+l) | `covariance/spectral/tests.rs`: `independent_errors_follow_the_transform_of_their_variances` | `independent_errors_are_simulated` |
//! | stationary noise: the closed form in one transform of its autocovariance | `covariance/spectral/tests.rs`: `every_form_has_the_covariance_of_the_definition` | `stationary_noise_is_simulated` |
//! | inverse transform of bins of 2 × 2: U_nm = t(n−m) + h(n+m) | `covariance/spectral/tests.rs`: `independent_bins_come_back_without_a_matrix` | `independent_bins_are_simulated_back_in_time` |
//! | dense covariance: two passes of transforms | `covariance/spectral/tests.rs`: `every_form_has_the_covariance_of_the_definition`; `tests/dft.rs`: `transform_and_its_inverse_agree` | `dense_errors_are_simulated` |
//! | products and ratios turn and stretch each bin | `dft/tests.rs`: `ratios_follow_their_jacobian` | `ratios_are_simulated` |
//! | FIR: u² = s² (h'h + tr U) + x'Ux | `filter/tests.rs`: `fir_variance_is_the_closed_form_for_every_form_of_errors` | `filter/tests.rs`: `every_form_of_errors_is_simulated_as_propagated` |
//! | FIR with certain taps in stationary noise: h'Rh | `filter/tests.rs`: `certain_taps_make_one_number_of_stationary_noise` | `filter/tests.rs`: `propagation_holds_in_coloured_noise_by_simulation` |
//! | there and back is the identity on the covariance, N even and odd | `covariance/spectral/tests.rs`: `each_form_comes_back_from_its_transform` | `noise_there_and_back_is_simulated` |
//! | fit of 4 parameters: u(f) = √(24 s²/(A² N(N²−1)))/2π | `spectrum/sine/tests.rs`: `frequency_uncertainty_is_that_of_the_closed_form` | the same |
//! | H₁: relative scatter √((1−γ²)/(2 γ² n_e)) in magnitude and phase, n_e = 0.949 K | `scatter_of_h1_is_that_of_bendat_and_piersol` | the same |
//! | bias (1−γ²)²/n_e of the coherence | `spectrum/welch/tests.rs`: `coherence_reads_high_by_its_bias_and_unbiased_hits_the_truth` | the same |
//! | delay D: the autocorrelation of the window at D | `method/segments/tests.rs`: `delay_lowers_the_magnitude_by_the_autocorrelation_of_the_window` | the same |
//! | noise on the excitation: H₁/(1+q), H₂ unbiased | `method/segments/tests.rs`: `noise_on_a_channel_biases_who_takes_it_for_absent` | the same |
//!
//! Where a peer fails (PyDynamic 2.5.1), and the test that we do not:
//!
//! | peer | what happens | test |
//! |---|---|---|
//! | `GUM_iDFT(Nx=)` | resamples the spectrum instead of cutting the signal | `dft/tests.rs`: `no_series_is_cut_to_fit` |
//! | `GUM_DFT` with padding | no correlation between bins | `tests/dft.rs`: `padding_correlates_bins_where_the_peer_says_nothing` |
//! | `DFT_multiply`, vector | a result of the wrong shape | `tests/dft.rs`: `products_and_ratios_agree`; `dft/tests.rs`: `products_of_independent_bins_stay_independent` |
//! | `AmpPhase2Time` | an asymmetric covariance | `tests/dft.rs`: `series_from_amplitudes_has_a_symmetric_covariance_where_the_peer_has_not` |
//! | `LSFIR(weights=)` | weights on one side of the equation | `tests/golden_filter.rs`: `weights_leave_an_exact_filter_alone` |
//! | `FIRuncFilter(Utheta=float)` | a variance or a standard uncertainty | `tests/golden_filter.rs`: `a_number_and_a_vector_of_it_mean_the_same` |
//! | `ARMA` | lags in reverse | `covariance/autocovariance.rs`: `second_order_process_has_its_closed_autocovariance`, `simulated_process_shows_its_autocovariance` |
//! | `SMC` with coloured noise | raises | `filter/tests.rs`: `propagation_holds_in_coloured_noise_by_simulation` |
//! | `fit_som(MCruns=None)` | raises; a wrong derivative | `tests/models.rs`: `the_fit_is_that_of_scipy`; `tests/coverage.rs`: `parameters_and_responses_of_models_are_held` |
//! | `FreqResp2RealImag` | two numbers for all frequencies | `dft/tests.rs`: `every_line_keeps_its_own_uncertainty_in_real_and_imaginary_parts` |
//! | `GUM_DFT`, vector and window | raises | `dft/tests.rs`: `independent_errors_take_a_window` |
//! | `FIRuncFilter(shift)` | the begin of the record at its end | `tests/golden_filter.rs`: `a_shift_agrees_but_for_the_end_of_the_record` |
//! | `fit_som` | 17 times the scatter of the likeliest fit | `tests/models.rs`: `the_likeliest_fit_is_many_times_tighter_than_that_of_the_reciprocal` |
//! | `GUM_iDFT`, odd N | a point is lost | `tests/dft.rs`: `odd_series_come_back_whole_where_the_peer_drops_a_point` |
//! | data of the shock example | degrees taken for radians | `tests/models.rs`: `the_phases_of_the_shock_accelerometer_only_fit_as_degrees` |

use nalgebra::{DMatrix, DVector};
use sigmatau_dynamic::covariance::{Arma, Sampler};
use sigmatau_dynamic::dft::{dft, idft};
use sigmatau_dynamic::method::{Method, Settings};
use sigmatau_dynamic::{Bivariate, Complex64, Covariance, Line, Signal, SpectralCovariance, Spectrum, Variance};
use sigmatau_spectrum::Gaussian;

const DRAWS: u32 = 10_000;

fn white(variance: f64, length: usize) -> Covariance {
    Covariance::White { variance: Variance(variance), length }
}

/// The spectrum of numbers without errors.
fn spectrum_of(series: Vec<f64>) -> Spectrum {
    let length = series.len();
    dft(&Signal::new(series, white(0.0, length)).unwrap())
}

/// Holds the mean products of drawn errors against a covariance: five of their standard deviations
/// √((C_ii C_jj + C_ij²)/n) are allowed.
#[track_caller]
fn assert_simulated(expected: &DMatrix<f64>, mut draw: impl FnMut(&mut Gaussian) -> Vec<f64>) {
    let (rows, mut gaussian) = (expected.nrows(), Gaussian::new(91, 0));
    let mut sums = DMatrix::zeros(rows, rows);
    for _ in 0..DRAWS {
        let errors = DVector::from_vec(draw(&mut gaussian));
        sums += &errors * errors.transpose();
    }
    let found = sums / f64::from(DRAWS);
    for (i, j) in (0..rows).flat_map(|i| (0..rows).map(move |j| (i, j))) {
        let (value, own) = (expected[(i, j)], expected[(i, i)] * expected[(j, j)]);
        let allowed = 5.0 * ((own + value * value) / f64::from(DRAWS)).sqrt() + 1e-12 * expected.amax();
        assert!((found[(i, j)] - value).abs() <= allowed, "{i}, {j}: {} instead of {value}", found[(i, j)]);
    }
}

/// Simulates the transform of errors of this form.
#[track_caller]
fn assert_transform_simulated(errors: Covariance) {
    let sampler = Sampler::new(&errors).unwrap();
    let signal = Signal::new(vec![0.0; errors.length()], errors).unwrap();
    let expected = dft(&signal).into_parts().1.into_dense();
    assert_simulated(&expected, |gaussian| spectrum_of(sampler.draw(gaussian)).stacked());
}

#[test]
fn white_noise_has_the_variances_of_its_formula() {
    for length in [8, 9] {
        let covariance = SpectralCovariance::white(Variance(0.25), length);
        let full = 0.25 * length as f64;
        for (k, bin) in covariance.each_bin().into_iter().enumerate() {
            let real = k == 0 || 2 * k == length;
            let expected = if real { (full, 0.0) } else { (full / 2.0, full / 2.0) };
            assert_eq!((bin.real, bin.imaginary, bin.cross), (expected.0, expected.1, 0.0), "bin {k} of {length}");
        }
    }
}

#[test]
fn white_noise_is_simulated() {
    [6, 7].into_iter().for_each(|length| assert_transform_simulated(white(0.25, length)));
}

#[test]
fn independent_errors_are_simulated() {
    for length in [6, 7_u32] {
        let variances = (0..length).map(|n| Variance(0.1 + f64::from(n * n))).collect();
        assert_transform_simulated(Covariance::Independent(variances));
    }
}

#[test]
fn stationary_noise_is_simulated() {
    let noise = Arma { autoregressive: vec![0.5, -0.6], moving_average: vec![0.3], innovation: Variance(1.0) };
    for length in [6, 7] {
        let autocovariance = noise.autocovariance(length).unwrap();
        assert_transform_simulated(Covariance::Stationary { autocovariance, length });
    }
}

/// Errors whose variance grows and whose correlation falls with their distance.
fn correlated(length: usize) -> Covariance {
    let entry = |i: usize, j: usize| (1.0 + i as f64) * (1.0 + j as f64) * 0.6_f64.powi(i.abs_diff(j) as i32);
    Covariance::Dense(DMatrix::from_fn(length, length, entry))
}

#[test]
fn dense_errors_are_simulated() {
    [6, 7].into_iter().for_each(|length| assert_transform_simulated(correlated(length)));
}

/// A response that falls with frequency, each bin with errors of its own in both parts.
fn response(length: usize, scale: f64) -> Spectrum {
    let bins = (0..=length / 2).map(|k| {
        let u = scale * (1.0 + k as f64);
        Bivariate { real: u * u, imaginary: 2.0 * u * u, cross: 0.5 * u * u }
    });
    let values = (0..=length / 2).map(|k| Complex64::new(2.0, -0.3 * k as f64).inv()).collect();
    Spectrum::new(length, values, SpectralCovariance::per_bin(length, bins.collect()).unwrap()).unwrap()
}

/// Values with drawn errors upon them, real and imaginary parts one behind the other.
fn shifted(spectrum: &Spectrum, errors: &[f64]) -> Vec<Complex64> {
    let bins = spectrum.values().len();
    spectrum.values().iter().enumerate().map(|(k, h)| h + Complex64::new(errors[k], errors[bins + k])).collect()
}

#[test]
fn independent_bins_are_simulated_back_in_time() {
    for length in [6, 7] {
        let known = response(length, 0.1);
        let sampler = Sampler::of_spectrum(known.covariance()).unwrap();
        let exact = idft(known.clone());
        let expected = exact.covariance().to_dense();
        assert_simulated(&expected, |gaussian| {
            let values = shifted(&known, &sampler.draw(gaussian));
            let back = idft(Spectrum::new(length, values, SpectralCovariance::none(length)).unwrap());
            back.values().iter().zip(exact.values()).map(|(value, exact)| value - exact).collect()
        });
    }
}

/// Errors small enough for the first order.
#[test]
fn ratios_are_simulated() {
    for length in [6, 7] {
        let (errors, sensor) = (white(1e-8, length), response(length, 1e-5));
        let series: Vec<f64> = (0..length).map(|n| 1.0 / (1.0 + n as f64)).collect();
        let [of_series, of_sensor] =
            [Sampler::new(&errors).unwrap(), Sampler::of_spectrum(sensor.covariance()).unwrap()];
        let exact = dft(&Signal::new(series.clone(), errors).unwrap()).over(sensor.clone()).unwrap();
        let expected = exact.covariance().clone().into_dense();
        assert_simulated(&expected, |gaussian| {
            let noisy = series.iter().zip(of_series.draw(gaussian)).map(|(x, error)| x + error).collect();
            let divisors = shifted(&sensor, &of_sensor.draw(gaussian));
            let factors: Vec<Complex64> = divisors.iter().map(|h| h.inv()).collect();
            let found = spectrum_of(noisy).scaled(&factors).unwrap().stacked();
            found.iter().zip(exact.stacked()).map(|(value, exact)| value - exact).collect()
        });
    }
}

#[test]
fn noise_there_and_back_is_simulated() {
    for length in [6, 7] {
        let errors = correlated(length);
        let sampler = Sampler::new(&errors).unwrap();
        let back = idft(dft(&Signal::new(vec![0.0; length], errors.clone()).unwrap()));
        assert!((back.covariance().to_dense() - errors.to_dense()).amax() < 1e-13 * errors.to_dense().amax());
        assert_simulated(&back.covariance().to_dense(), |gaussian| {
            idft(spectrum_of(sampler.draw(gaussian))).values().to_vec()
        });
    }
}

const GAIN: f64 = 0.7;

/// The lines that share no information, of a record of white noise through a gain.
fn lines(coherence: f64, segments: usize, record: u64) -> Vec<Line> {
    let mut draws = Gaussian::new(51, record);
    let excitation: Vec<f64> = draws.by_ref().take(32 * (segments + 1)).collect();
    let noise = (1.0 / coherence - 1.0).sqrt();
    let response: Vec<f64> = excitation.iter().zip(draws).map(|(x, error)| GAIN * (x + noise * error)).collect();
    let settings = Settings { segment: 64, ..Settings::default() };
    let mut estimation = (Method::named("h1").unwrap().begin)(&settings, 1.0).unwrap();
    estimation.push(&excitation, &response);
    estimation.finish().lines.into_iter().skip(4).step_by(4).take(6).collect()
}

/// The scatter of H₁ is √((1 − γ²)/(2 γ² n_e)) of it in magnitude and as much in phase, n_e = 0.949 K for many
/// half-overlapping Hann segments.
#[test]
fn scatter_of_h1_is_that_of_bendat_and_piersol() {
    let (coherence, segments) = (0.8_f64, 40);
    let lines: Vec<Line> = (1000..1400).flat_map(|record| lines(coherence, segments, record)).collect();
    let rms = |error: &dyn Fn(&Line) -> f64| {
        (lines.iter().map(|line| error(line).powi(2)).sum::<f64>() / lines.len() as f64).sqrt()
    };
    let expected = ((1.0 - coherence) / (2.0 * coherence * 0.949 * segments as f64)).sqrt();
    for found in [rms(&|line| line.value.norm() / GAIN - 1.0), rms(&|line| line.value.arg())] {
        assert!((found / expected - 1.0).abs() < 0.05, "{found}, not {expected}");
    }
}
