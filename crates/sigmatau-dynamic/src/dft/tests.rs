use super::*;
use crate::covariance::{Arma, Sampler, Variance};
use crate::{Bivariate, Line};
use nalgebra::{DMatrix, Matrix2};
use sigmatau_spectrum::Gaussian;

fn white(u: f64, length: usize) -> Covariance {
    Covariance::White { variance: Variance(u * u), length }
}

fn noisy(length: usize, covariance: Covariance) -> Signal {
    Signal::new(Gaussian::new(9, length as u64).take(length).collect(), covariance).unwrap()
}

/// A response of which every line is known to 1 % of its magnitude.
fn response(length: usize) -> Spectrum {
    let value = |k: usize| Complex64::from_polar(2.0 / (1.0 + 0.1 * k as f64), -0.2 * k as f64);
    let line = |k: usize| Line {
        frequency: k as f64,
        value: value(k),
        covariance: Bivariate::circular((0.01 * value(k).norm()).powi(2)),
        coherence: f64::NAN,
        dof: f64::INFINITY,
    };
    Spectrum::of_response(length, &(0..=length / 2).map(line).collect::<Vec<_>>()).unwrap()
}

fn dense(spectrum: Spectrum) -> DMatrix<f64> {
    spectrum.into_parts().1.into_dense()
}

#[test]
fn no_series_is_cut_to_fit() {
    let frame = Frame { length: Some(7), ..Frame::default() };
    let error = frame.dft(&noisy(8, white(1.0, 8))).unwrap_err();
    assert_eq!(error, DftError::Short { points: 8, length: 7 });
}

/// Simulated coloured noise, odd and even, has the covariance that its autocovariance gives.
#[test]
fn simulated_noise_shows_the_covariance_of_its_spectrum() {
    let noise = Arma { autoregressive: vec![0.5, -0.6], moving_average: vec![], innovation: Variance(1.0) };
    for length in [12, 13] {
        let autocovariance = noise.autocovariance(length).unwrap();
        let errors = Covariance::Stationary { autocovariance, length };
        let (sampler, mut gaussian, draws) = (Sampler::new(&errors).unwrap(), Gaussian::new(1, 0), 20_000);
        let expected = dft(&noisy(length, errors)).into_parts().1;
        let rows = 2 * expected.bins();
        let mut sums = DMatrix::zeros(rows, rows);
        for _ in 0..draws {
            let signal = Signal::new(sampler.draw(&mut gaussian), white(0.0, length)).unwrap();
            let stacked = nalgebra::DVector::from_vec(dft(&signal).stacked());
            sums += &stacked * stacked.transpose();
        }
        let expected = expected.into_dense();
        assert!((sums / f64::from(draws) - &expected).amax() < 0.04 * expected.amax());
    }
}

/// Each bin is turned and stretched: C' = J C Jᵀ with the whole Jacobian written out.
#[test]
fn ratios_follow_their_jacobian() {
    for length in [8, 9] {
        let errors =
            Covariance::Dense(DMatrix::from_fn(length, length, |i, j| 0.01 * 0.6f64.powi(i.abs_diff(j) as i32)));
        let (record, sensor) = (dft(&noisy(length, errors)), response(length));
        let bins = length / 2 + 1;
        let jacobian = |factor: &dyn Fn(usize) -> Complex64| {
            let mut whole = DMatrix::zeros(2 * bins, 2 * bins);
            for k in 0..bins {
                let Complex64 { re, im } = factor(k);
                let parts = [(0, 0, re), (0, bins, -im), (bins, 0, im), (bins, bins, re)];
                parts.iter().for_each(|(row, column, part)| whole[(k + row, k + column)] = *part);
            }
            whole
        };
        let (y, h) = (record.values().to_vec(), sensor.values().to_vec());
        let [by_y, by_h] = [jacobian(&|k| h[k].inv()), jacobian(&|k| -y[k] / (h[k] * h[k]))];
        let expected =
            &by_y * dense(record.clone()) * by_y.transpose() + &by_h * dense(sensor.clone()) * by_h.transpose();
        let found = dense(record.over(sensor).unwrap());
        assert!((&found - &expected).amax() < 1e-15 * expected.amax());
    }
}

/// Products of independent bins stay 3 numbers for each bin.
#[test]
fn products_of_independent_bins_stay_independent() {
    let product = dft(&noisy(16, white(0.1, 16))).times(response(16)).unwrap();
    assert_eq!(product.covariance().forms(), ["per bin"]);
    assert_eq!(product.covariance().each_bin().len(), 9);
    assert_eq!(product.covariance().entry(2, 3), Matrix2::zeros());
    assert_eq!(product.covariance().back_bytes(), 0);
}

#[test]
fn memory_is_announced_before_a_matrix_is_made() {
    let signal = noisy(16, Covariance::Dense(DMatrix::identity(16, 16)));
    let ratio = dft(&signal).over(response(16)).unwrap();
    assert_eq!(ratio.covariance().forms(), ["dense", "per bin"]);
    assert_eq!(ratio.covariance().dense_bytes(), 8 * 18 * 18);
    assert_eq!(ratio.covariance().back_bytes(), 8 * (18 * 18 + 16 * (18 + 16)));
}

#[test]
fn ratio_undoes_a_product_but_not_the_uncertainty_of_the_response() {
    let record = dft(&noisy(15, white(0.1, 15)));
    let values = response(15).into_parts().0;
    let certain = || Spectrum::new(15, values.clone(), SpectralCovariance::none(15)).unwrap();
    let back = record.clone().times(certain()).unwrap().over(certain()).unwrap();
    for k in 0..8 {
        assert!((back.values()[k] - record.values()[k]).norm() < 1e-14);
        assert!((back.covariance().entry(k, k) - record.covariance().entry(k, k)).amax() < 1e-16);
    }
    let uncertain = record.clone().times(certain()).unwrap().over(response(15)).unwrap();
    let grown = uncertain.covariance().bin(3).power() - record.covariance().bin(3).power();
    assert!((grown / (2.0 * (0.01 * record.values()[3].norm()).powi(2)) - 1.0).abs() < 1e-10);
}

/// Whatever is stated about an imaginary part that is none.
#[test]
fn zero_and_nyquist_frequency_have_no_imaginary_part() {
    let bins = vec![Bivariate { real: 1.0, imaginary: 2.0, cross: 0.5 }; 5];
    for (length, reals) in [(8, vec![0, 4]), (9, vec![0])] {
        let covariance = SpectralCovariance::per_bin(length, bins.clone()).unwrap();
        let spectrum = Spectrum::new(length, vec![Complex64::new(1.0, 1.0); 5], covariance).unwrap();
        for k in 0..5 {
            let real = reals.contains(&k);
            assert_eq!((spectrum.values()[k].im == 0.0, spectrum.covariance().bin(k).imaginary == 0.0), (real, real));
        }
    }
}

/// Each line for itself, not one mean over all of them.
#[test]
fn every_line_keeps_its_own_uncertainty_in_real_and_imaginary_parts() {
    let (amplitudes, phases) = (vec![1.0, 2.0, 3.0], vec![0.0, 0.5, 1.0]);
    let bin = |u_amplitude: f64, u_phase: f64| Bivariate {
        real: u_amplitude.powi(2),
        imaginary: u_phase.powi(2),
        cross: 0.0,
    };
    let covariance = SpectralCovariance::per_bin(5, vec![bin(0.1, 0.0), bin(0.1, 0.0), bin(0.0, 0.1)]).unwrap();
    let found = Polar::new(5, amplitudes, phases, covariance).unwrap().to_spectrum().0.into_parts().1;
    let near = |found: Bivariate, [real, imaginary]: [f64; 2]| {
        (found.real - real).abs() < 1e-16 && (found.imaginary - imaginary).abs() < 1e-16
    };
    assert!(near(found.bin(0), [0.01, 0.0]));
    assert!(near(found.bin(1), [0.01 * 0.5f64.cos().powi(2), 0.01 * 0.5f64.sin().powi(2)]));
    assert!(near(found.bin(2), [0.09 * 1f64.sin().powi(2), 0.09 * 1f64.cos().powi(2)]));
}

#[test]
fn polar_form_and_back_keeps_the_covariance_of_all_bins() {
    let errors = Covariance::Dense(DMatrix::from_fn(9, 9, |i, j| 1e-4 * 0.6f64.powi(i.abs_diff(j) as i32)));
    let spectrum = dft(&noisy(9, errors));
    let (back, doubtful) = spectrum.clone().to_polar().to_spectrum();
    assert!(doubtful.is_empty());
    assert!((dense(back) - dense(spectrum.clone())).amax() < 1e-14 * dense(spectrum).amax());
}

/// A bin in the noise: Rice's moments in its block, and the bin is named; at zero, where there is no derivative, too.
#[test]
fn bins_in_the_noise_are_not_converted_by_first_order() {
    let values = [0.0, 1.0, 0.0, 100.0].map(Complex64::from).to_vec();
    let polar = Spectrum::new(7, values, SpectralCovariance::white(Variance(2.0 / 7.0), 7)).unwrap().to_polar();
    assert_eq!(polar.doubtful().iter().map(|bin| bin.bin).collect::<Vec<_>>(), [1, 2]);
    assert!((polar.doubtful()[0].mean.0 - 1.548_572_460_551).abs() < 1e-10);
    let block = polar.covariance().bin(2);
    assert!((block.real - (2.0 - 0.5 * std::f64::consts::PI)).abs() < 1e-10, "{block:?}");
    assert!((polar.covariance().bin(3).imaginary - 1e-4).abs() < 1e-17);
    let finding = Doubtful::finding(polar.doubtful()).unwrap();
    assert!(finding.seen.starts_with("2 bins from 1 on"), "{finding}");
    assert_eq!(Doubtful::finding(&[]), None);
}

/// Phases uncertain by 14° as those of a hydrophone: the block is exact, and the mean shrinks by e^(−u²/2).
#[test]
fn uncertain_phases_are_not_converted_by_first_order() {
    let u = 14.0f64.to_radians();
    let bins = vec![Bivariate { real: 0.0, imaginary: u * u, cross: 0.0 }; 3];
    let polar = Polar::new(5, vec![1.0; 3], vec![0.0; 3], SpectralCovariance::per_bin(5, bins).unwrap()).unwrap();
    let (spectrum, doubtful) = polar.to_spectrum();
    assert_eq!(doubtful.iter().map(|bin| bin.bin).collect::<Vec<_>>(), [1, 2]);
    assert!((doubtful[0].mean.0 - (-0.5 * u * u).exp()).abs() < 1e-15);
    let expected = 0.5 * (1.0 - (-u * u).exp()).powi(2); // var cos ψ
    assert!((spectrum.covariance().bin(1).real - expected).abs() < 1e-15);
}

/// Variances that differ from point to point, with a window.
#[test]
fn independent_errors_take_a_window() {
    let variances: Vec<Variance> = (1..=8).map(|n| Variance(f64::from(n))).collect();
    let window = Window::named("hann").ok();
    let weights = window.unwrap().samples(8);
    let found = Frame { window, length: None }.dft(&noisy(8, Covariance::Independent(variances.clone()))).unwrap();
    let expected: f64 = variances.iter().zip(&weights).map(|(v, w)| v.0 * w * w).sum();
    assert!((found.covariance().bin(0).real / expected - 1.0).abs() < 1e-15);
}

#[test]
fn bad_input_is_refused_with_its_place() {
    let refused = |result: Result<Signal, DftError>| result.unwrap_err().to_string();
    assert!(refused(Signal::new(vec![], white(1.0, 0))).contains("no points"));
    assert!(refused(Signal::new(vec![0.0, f64::NAN], white(1.0, 2))).contains("NaN at 1"));
    assert!(refused(Signal::new(vec![0.0; 2], white(1.0, 3))).contains("of 3 points, the series has 2"));
    let zero = Spectrum::new(4, vec![Complex64::ZERO; 3], SpectralCovariance::none(4)).unwrap();
    let record = dft(&noisy(4, white(1.0, 4)));
    assert_eq!(record.clone().over(zero).unwrap_err(), DftError::Zero(0));
    assert_eq!(record.times(response(5)).unwrap_err(), DftError::Length { expected: 4, found: 5 });
    assert!(Spectrum::from_stacked(4, &[0.0; 5], DMatrix::zeros(6, 6)).is_err());
}
