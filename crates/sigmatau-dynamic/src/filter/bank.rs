//! One signal through many FIR filters.

use nalgebra::DMatrix;
use rayon::prelude::*;
use sigmatau_spectrum::RealFft;
use sigmatau_spectrum::fft::{Complex64, fast_length};

/// Outputs for which the points of the signal stay in the nearest cache.
const BLOCK: usize = 1024;

/// y(n) = Σ h(k) x(n + L − 1 − k) of L taps: the filtered signal, where `signal` has L − 1 points before its record.
///
/// Term by term, in O(N L) steps; parallel over blocks of points.
pub(super) fn convolve(signal: &[f64], taps: &[f64]) -> Vec<f64> {
    let mut output = vec![0.0; (signal.len() + 1).saturating_sub(taps.len())];
    output.par_chunks_mut(BLOCK).enumerate().for_each(|(block, output)| {
        for (tap, from) in taps.iter().rev().zip(block * BLOCK..) {
            output.iter_mut().zip(&signal[from..]).for_each(|(sum, x)| *sum += tap * x);
        }
    });
    output
}

/// Σ_r (Σ_k B(k, r) x(n + L − 1 − k))²: with U = B Bᵀ the quadratic form xᵀ U x of the last L points, at every point
/// of the record that `signal` has with L − 1 points before it. Never negative.
///
/// By transforms of overlapping blocks, in O(N K log L) steps for K columns; a block's rounding errors are as its
/// largest value has them.
pub(super) fn sum_of_squares(signal: &[f64], filters: &DMatrix<f64>) -> Vec<f64> {
    let before = filters.nrows() - 1;
    let mut sums = vec![0.0; signal.len().saturating_sub(before)];
    if filters.ncols() == 0 {
        return sums;
    }
    let plan = RealFft::new(fast_length(8 * filters.nrows()).max(128));
    let spectra = spectra(plan.clone(), filters);
    let useful = plan.length() - before;
    sums.par_chunks_mut(useful).enumerate().for_each_init(
        || (plan.clone(), vec![0.0; plan.length()], plan.spectrum(), plan.spectrum()),
        |(fft, series, input, output), (block, sums)| {
            series.fill(0.0);
            let points = &signal[block * useful..signal.len().min(block * useful + series.len())];
            series[..points.len()].copy_from_slice(points);
            fft.forward(series, input);
            for filter in &spectra {
                output.iter_mut().zip(input.iter().zip(filter)).for_each(|(bin, (x, h))| *bin = x * h);
                fft.inverse(output, series);
                sums.iter_mut().zip(&series[before..]).for_each(|(sum, y)| *sum += y * y);
            }
        },
    );
    sums
}

/// The transform of each column, scaled for the way back.
fn spectra(mut fft: RealFft, filters: &DMatrix<f64>) -> Vec<Vec<Complex64>> {
    let scale = 1.0 / fft.length() as f64;
    let spectrum = |taps: nalgebra::DVectorView<'_, f64>| {
        let (mut series, mut spectrum) = (vec![0.0; fft.length()], fft.spectrum());
        series.iter_mut().zip(taps.iter()).for_each(|(point, tap)| *point = scale * tap);
        fft.forward(&mut series, &mut spectrum);
        spectrum
    };
    filters.column_iter().map(spectrum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sigmatau_spectrum::Gaussian;

    /// The definition, point by point.
    fn naive(signal: &[f64], taps: &[f64], n: usize) -> f64 {
        taps.iter().enumerate().map(|(k, tap)| tap * signal[n + taps.len() - 1 - k]).sum()
    }

    #[test]
    fn blocks_join_without_a_seam() {
        for (points, taps) in [(3000, 7), (5000, 100), (40, 30), (2, 3), (1024, 1)] {
            let signal: Vec<f64> = Gaussian::new(1, 0).take(points + taps - 1).collect();
            let filters = DMatrix::from_iterator(taps, 3, Gaussian::new(1, 1).take(3 * taps));
            let column = |r: usize| filters.column(r).iter().copied().collect::<Vec<f64>>();
            let (direct, squares) = (convolve(&signal, &column(0)), sum_of_squares(&signal, &filters));
            assert_eq!((direct.len(), squares.len()), (points, points));
            for n in 0..points {
                let square: f64 = (0..3).map(|r| naive(&signal, &column(r), n).powi(2)).sum();
                assert!((direct[n] - naive(&signal, &column(0), n)).abs() < 1e-13, "{taps} taps at {n}");
                assert!((squares[n] - square).abs() < 1e-14 * taps as f64 * (10.0 + square), "{taps} taps at {n}");
            }
        }
    }
}
