use super::*;
use crate::covariance::{Arma, Autocovariance, Covariance, Variance};
use sigmatau_spectrum::{Gaussian, Window};

const LENGTHS: [usize; 6] = [1, 2, 5, 8, 15, 16];

/// The stacked covariance by the definition, row times matrix times row, with the transform written out.
fn by_definition(covariance: &Covariance, weights: Option<&[f64]>, length: usize) -> DMatrix<f64> {
    let (points, bins) = (covariance.length(), length / 2 + 1);
    let transform = DMatrix::from_fn(2 * bins, points, |row, n| {
        let turn = phasor((row % bins * n) as i128, length as i128) * weights.map_or(1.0, |weights| weights[n]);
        match row {
            row if row < bins => turn.re,
            row if is_real(length, row - bins) => 0.0,
            _ => turn.im,
        }
    });
    &transform * covariance.to_dense() * transform.transpose()
}

/// One covariance of each form.
fn forms(points: usize) -> Vec<Covariance> {
    let numbers: Vec<f64> = Gaussian::new(3, points as u64).take(3 * points).map(|x| x * x).collect();
    let noise = Arma { autoregressive: vec![0.6, -0.3], moving_average: vec![0.4], innovation: Variance(1.0) };
    let autocovariance = noise.autocovariance(points).unwrap();
    let diagonal = |d: usize| numbers[d * points..(d + 1) * points - d].to_vec();
    let sources = DMatrix::from_column_slice(points, 2, &numbers[..2 * points]);
    vec![
        Covariance::White { variance: Variance(2.0), length: points },
        Covariance::Independent(numbers[..points].iter().copied().map(Variance).collect()),
        Covariance::Stationary { autocovariance: autocovariance.clone(), length: points },
        Covariance::Banded { diagonals: (0..points.min(3)).map(diagonal).collect() },
        Covariance::Dense(&sources * sources.transpose()),
        Covariance::LowRank { sources },
        Covariance::Mirrored { toeplitz: autocovariance, hankel: numbers[points..2 * points].to_vec() },
    ]
}

/// How far the entries are from the definition, in units of the largest one.
fn apart(found: &SpectralCovariance, expected: &DMatrix<f64>) -> f64 {
    let bins = found.bins();
    let entry = |(k, l): (usize, usize)| {
        let part = |row: usize, column: usize| expected[(row, column)];
        let block = Matrix2::new(part(k, l), part(k, bins + l), part(bins + k, l), part(bins + k, bins + l));
        (found.entry(k, l) - block).amax()
    };
    let entries = (0..bins).flat_map(|k| (0..bins).map(move |l| (k, l)));
    entries.map(entry).fold(0.0, f64::max) / expected.amax()
}

#[test]
fn every_form_has_the_covariance_of_the_definition() {
    for (length, form) in LENGTHS.into_iter().flat_map(|length| forms(length).into_iter().map(move |f| (length, f))) {
        let found = SpectralCovariance::of_series(&form, None, length);
        let apart = apart(&found, &by_definition(&form, None, length));
        assert!(apart < 2e-15, "{length} points, {form:?}: {apart}");
    }
}

/// Zeros behind the points and weights upon them correlate bins; only variances of bins are not enough.
#[test]
fn padding_and_windows_keep_the_covariance_of_the_definition() {
    for (points, length) in [(8, 16), (7, 16), (16, 16), (15, 15), (15, 31), (16, 25)] {
        for name in ["rectangular", "hann", "flat-top"] {
            let weights = Window::named(name).unwrap().samples(points);
            for form in forms(points) {
                let found = SpectralCovariance::of_series(&form, Some(&weights), length);
                let apart = apart(&found, &by_definition(&form, Some(&weights), length));
                assert!(apart < 2e-14, "{points} of {length} points, {name}, {form:?}: {apart}");
            }
        }
    }
}

#[test]
fn windowed_stationary_noise_needs_no_matrix() {
    let noise = Covariance::Stationary { autocovariance: Autocovariance(vec![2.0, 1.0]), length: 64 };
    let hann = Window::named("hann").unwrap().samples(64);
    assert_eq!(SpectralCovariance::of_series(&noise, Some(&hann), 128).forms(), ["stationary"]);
    let odd: Vec<f64> = Gaussian::new(1, 1).take(64).collect();
    assert_eq!(SpectralCovariance::of_series(&noise, Some(&odd), 128).forms(), ["dense"]);
}

/// White noise: var Re = var Im = N σ²/2, uncorrelated; N σ² and 0 at zero and Nyquist frequency.
#[test]
fn white_noise_is_circular_but_for_the_real_bins() {
    for length in [8, 9] {
        let white = SpectralCovariance::white(Variance(0.5), length);
        let n = length as f64;
        for k in 0..white.bins() {
            let expected = if is_real(length, k) { [0.5 * n, 0.0] } else { [0.25 * n; 2] };
            assert_eq!(white.bin(k), Bivariate { real: expected[0], imaginary: expected[1], cross: 0.0 });
            assert!((0..k).all(|l| white.entry(k, l) == Matrix2::zeros()));
        }
    }
}

/// G(k, l) = V(k − l) and P(k, l) = V(k + l) with the transform V of the variances.
#[test]
fn independent_errors_follow_the_transform_of_their_variances() {
    let variances = [4.0, 1.0, 0.0, 2.0, 3.0];
    let found = SpectralCovariance::of_series(&Covariance::Independent(variances.map(Variance).to_vec()), None, 5);
    let transform =
        |m: i128| -> Complex64 { variances.iter().enumerate().map(|(n, v)| *v * phasor(m * n as i128, 5)).sum() };
    let expected = block(transform(2 - 1), transform(2 + 1));
    assert!((found.entry(2, 1) - expected).amax() < 4e-15);
}

#[test]
fn each_form_comes_back_from_its_transform() {
    for (length, form) in [8, 9].into_iter().flat_map(|length| forms(length).into_iter().map(move |f| (length, f))) {
        let back = SpectralCovariance::of_series(&form, None, length).into_series();
        let (was, is) = (form.to_dense(), back.to_dense());
        assert!((&is - &was).amax() < 4e-15 * was.amax(), "{form:?} became {back:?}");
    }
}

#[test]
fn independent_bins_come_back_without_a_matrix() {
    for length in [8, 9] {
        let bins: Vec<Bivariate> =
            (0..=length / 2).map(|k| Bivariate { real: 1.0 + k as f64, imaginary: 2.0, cross: 0.5 }).collect();
        let found = SpectralCovariance::per_bin(length, bins).unwrap();
        let mirrored = found.clone().into_series();
        assert!(matches!(mirrored, Covariance::Mirrored { .. }));
        let dense = SpectralCovariance::dense(length, found.clone().into_dense()).unwrap().into_series();
        assert!((mirrored.to_dense() - dense.to_dense()).amax() < 8e-15);
        let again = SpectralCovariance::of_series(&mirrored, None, length);
        assert_eq!(again.forms(), ["per bin"]);
        for k in 0..found.bins() {
            assert!((again.entry(k, k) - found.entry(k, k)).amax() < 2e-14, "bin {k} of {length}");
        }
    }
}

#[test]
fn whole_matrix_has_the_entries_of_all_terms() {
    for length in [8, 9] {
        let maps: Vec<_> = (0..=length / 2).map(|k| rotation(Complex64::new(1.0 + k as f64, -0.5))).collect();
        let terms = forms(length)
            .into_iter()
            .map(|form| SpectralCovariance::of_series(&form, None, length).through(maps.clone()));
        let sum = terms.reduce(|a, b| a.plus(b).unwrap()).unwrap();
        assert_eq!(sum.dense_bytes(), 8 * (2 * sum.bins()).pow(2));
        let expected = sum.clone().into_dense();
        assert!(apart(&sum, &expected) < 1e-15);
    }
}

#[test]
fn rows_of_imaginary_parts_that_are_none_are_zero() {
    let found = SpectralCovariance::dense(4, DMatrix::identity(6, 6)).unwrap();
    assert_eq!(found.into_dense().diagonal().as_slice(), [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn threads_change_no_bit() {
    let form = Covariance::Dense(DMatrix::from_fn(97, 97, |i, j| 1.0 / (1.0 + i.abs_diff(j) as f64)));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| SpectralCovariance::of_series(&form, None, 128).into_dense())
    };
    assert_eq!(run(1), run(3));
}
