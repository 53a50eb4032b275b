//! One long sum for each bin.

/// Running sums that carry the rounding error of each addition, one for each bin.
///
/// The error comes from Knuth's sum of two numbers, which has no branch, so that neighbouring bins are added at
/// once; it is exact, as that of Neumaier's sum is, and gives the same digits.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    sums: Vec<f64>,
    carries: Vec<f64>,
}

impl Sums {
    pub(super) fn new(bins: usize) -> Self {
        Self { sums: vec![0.0; bins], carries: vec![0.0; bins] }
    }

    /// Adds one term to the sum of each bin.
    pub(super) fn add(&mut self, terms: impl Iterator<Item = f64>) {
        for ((sum, carry), term) in self.sums.iter_mut().zip(&mut self.carries).zip(terms) {
            let total = *sum + term;
            let added = total - *sum;
            *carry += (*sum - (total - added)) + (term - added);
            *sum = total;
        }
    }

    /// The sum of each bin.
    pub(super) fn totals(&self) -> impl Iterator<Item = f64> {
        self.sums.iter().zip(&self.carries).map(|(sum, carry)| sum + carry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gaussian;
    use sigmatau_core::series::NeumaierSum;

    #[test]
    fn sums_have_the_digits_of_neumaier() {
        let terms: Vec<f64> = Gaussian::new(1, 0).take(10_000).map(|x| x.powi(9)).collect();
        let (mut sums, mut reference) = (Sums::new(2), [NeumaierSum::default(); 2]);
        for pair in terms.chunks_exact(2) {
            sums.add(pair.iter().copied());
            reference.iter_mut().zip(pair).for_each(|(sum, term)| sum.add(*term));
        }
        assert!(sums.totals().eq(reference.iter().map(NeumaierSum::total)));
    }
}
