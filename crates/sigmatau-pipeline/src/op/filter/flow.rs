//! A signal on its way through a filter of either kind.

use crate::op::coefficients::Coefficients;
use sigmatau_dynamic::filter::{Filter, FilterError, Filtered, Fir, Start, Stream};
use sigmatau_dynamic::{Autocovariance, Covariance, Variance};

/// A signal on its way through a filter of either kind, with the variance from its coefficients.
pub(super) enum Flow {
    /// The points that the filter still remembers stand before the next ones.
    Fir {
        filter: Fir,
        recent: Vec<f64>,
    },
    Iir(Box<Stream>),
}

/// What a filter does not refuse where it was tried with noise.
const TRIED: &str = "the filter is stable, and every sample finite";

impl Flow {
    pub(super) fn begin(filter: &Coefficients, start: Start) -> Self {
        match filter {
            Coefficients::Fir(fir) => {
                let level = if let Start::Settled(level) = start { level } else { 0.0 };
                Self::Fir { filter: fir.clone(), recent: vec![level; fir.memory()] }
            }
            Coefficients::Iir(iir) => Self::Iir(iir.stream(&Autocovariance(Vec::new()), start).expect(TRIED).into()),
        }
    }

    /// What noise that went on for long comes out as.
    pub(super) fn noise(filter: &Coefficients, variance: Variance) -> Result<Variance, FilterError> {
        let (errors, start) = (Covariance::White { variance, length: 1 }, Start::Settled(0.0));
        let filtered = match filter {
            Coefficients::Fir(fir) => fir.apply(&[0.0], &errors, start)?,
            Coefficients::Iir(iir) => iir.apply(&[0.0], &errors, start)?,
        };
        Ok(filtered.variances[0])
    }

    pub(super) fn push(&mut self, samples: &[f64]) -> Filtered {
        match self {
            Self::Iir(stream) => stream.push(samples),
            Self::Fir { filter, recent } => {
                let before = recent.len();
                recent.extend_from_slice(samples);
                let certain = Covariance::White { variance: Variance(0.0), length: recent.len() };
                let Filtered { values, variances } = filter.apply(recent, &certain, Start::Rest).expect(TRIED);
                recent.drain(..samples.len());
                Filtered { values: values[before..].to_vec(), variances: variances[before..].to_vec() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use sigmatau_dynamic::filter::Iir;

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let signal: Vec<f64> = (0..40).map(|n| (0.7 * f64::from(n)).sin() + 0.5).collect();
        let (taps, certain) = (vec![0.5, -0.25, 0.1], Covariance::White { variance: Variance(0.0), length: 40 });
        let covariance = DMatrix::from_diagonal_element(3, 3, 1e-4);
        let fir = Fir::new(taps, Covariance::Dense(covariance.clone())).unwrap();
        let iir = Iir::new(vec![1.0, 0.2], vec![1.0, -0.6], covariance).unwrap();
        for start in [Start::Rest, Start::Settled(0.5)] {
            let whole = [fir.apply(&signal, &certain, start).unwrap(), iir.apply(&signal, &certain, start).unwrap()];
            for (filter, whole) in [Coefficients::Fir(fir.clone()), Coefficients::Iir(iir.clone())].iter().zip(whole) {
                let mut flow = Flow::begin(filter, start);
                let mut pieces: Vec<Filtered> = Vec::new();
                signal.chunks(7).for_each(|piece| pieces.push(flow.push(piece)));
                let values: Vec<f64> = pieces.iter().flat_map(|piece| piece.values.clone()).collect();
                let variances: Vec<Variance> = pieces.iter().flat_map(|piece| piece.variances.clone()).collect();
                assert!(values.iter().zip(&whole.values).all(|(a, b)| (a - b).abs() < 1e-15), "{start:?}");
                assert!(variances.iter().zip(&whole.variances).all(|(a, b)| (a.0 - b.0).abs() < 1e-18), "{start:?}");
            }
        }
    }
}
