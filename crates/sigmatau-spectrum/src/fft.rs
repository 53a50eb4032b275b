//! Fourier transforms of real series.

pub use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Plans of the lengths asked for last, the latest at the end: a fleet of short records plans once.
static RECENT: Mutex<Vec<Plan>> = Mutex::new(Vec::new());
/// How many plans are kept.
const KEPT: usize = 16;
/// The longest plan that is kept, so that all of them take some 50 MB at most. To make a longer one costs about
/// as much as to use it a few times.
const LONGEST: usize = 1 << 17;

/// A plan for transforms of one length, with the scratch memory that they share.
///
/// Both directions are unnormalised: forward X(k) = Σ x(n) e^(-2πi kn/N) for k = 0 … ⌊N/2⌋, inverse
/// x(n) = Σ X(k) e^(2πi kn/N) over all k with X(N-k) = X(k)*. A round trip multiplies by N.
///
/// A transform takes O(N log N) steps at any length, also at primes; scratch is at most a few N
/// numbers. On one machine equal input gives equal bits; between processors the last place may
/// differ with the vector instructions that they have.
///
/// ```
/// use sigmatau_spectrum::RealFft;
/// let mut fft = RealFft::new(4);
/// let mut spectrum = fft.spectrum();
/// fft.forward(&mut [1.0, 0.0, -1.0, 0.0], &mut spectrum);
/// let real: Vec<f64> = spectrum.iter().map(|bin| bin.re).collect();
/// assert_eq!(real, [0.0, 2.0, 0.0]);
/// ```
#[derive(Clone)]
pub struct RealFft {
    plan: Plan,
    scratch: Vec<Complex64>,
}

/// Both directions of one length.
#[derive(Clone)]
struct Plan {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
}

impl Plan {
    fn new(length: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(length), inverse: planner.plan_fft_inverse(length) }
    }

    /// The plan that is kept for this length, or a new one, which is then kept. The list is free while a plan is
    /// made: threads that want the same one at the same time make it twice, and none waits for another's.
    fn shared(length: usize) -> Self {
        let lock = || RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().iter().find(|plan| plan.length() == length).cloned();
        let plan = known.unwrap_or_else(|| Self::new(length));
        if length <= LONGEST {
            plan.clone().keep(&mut lock());
        }
        plan
    }

    /// Puts the plan last, and drops the first of too many.
    fn keep(self, recent: &mut Vec<Self>) {
        recent.retain(|other| other.length() != self.length());
        recent.push(self);
        let surplus = recent.len().saturating_sub(KEPT);
        recent.drain(..surplus);
    }

    fn length(&self) -> usize {
        self.forward.len()
    }
}

impl RealFft {
    /// Plans transforms of `length` points. The plans of the last few lengths are shared by all who ask for them.
    ///
    /// # Panics
    /// When `length` is 0.
    pub fn new(length: usize) -> Self {
        assert!(length > 0, "a transform has at least one point");
        let plan = Plan::shared(length);
        let scratch = vec![Complex64::ZERO; plan.forward.get_scratch_len().max(plan.inverse.get_scratch_len())];
        Self { plan, scratch }
    }

    /// The number of points N of the real series.
    pub fn length(&self) -> usize {
        self.plan.length()
    }

    /// The number of bins ⌊N/2⌋ + 1 of the spectrum.
    pub fn bins(&self) -> usize {
        self.length() / 2 + 1
    }

    /// A spectrum of zeros, of the right length for this plan.
    pub fn spectrum(&self) -> Vec<Complex64> {
        vec![Complex64::ZERO; self.bins()]
    }

    /// Transforms `series`, whose content is lost, into `spectrum`.
    ///
    /// # Panics
    /// When `series` has not N points or `spectrum` not ⌊N/2⌋ + 1 bins.
    pub fn forward(&mut self, series: &mut [f64], spectrum: &mut [Complex64]) {
        self.plan.forward.process_with_scratch(series, spectrum, &mut self.scratch).expect("the lengths fit the plan");
    }

    /// Transforms `spectrum`, whose content is lost, into `series`. The imaginary parts of bin 0 and,
    /// at even N, of bin N/2 have no meaning for a real series and are taken as 0.
    ///
    /// # Panics
    /// When `series` has not N points or `spectrum` not ⌊N/2⌋ + 1 bins.
    pub fn inverse(&mut self, spectrum: &mut [Complex64], series: &mut [f64]) {
        assert_eq!(spectrum.len(), self.bins(), "the spectrum fits the plan");
        spectrum[0].im = 0.0;
        if self.length().is_multiple_of(2) {
            spectrum[self.bins() - 1].im = 0.0;
        }
        self.plan.inverse.process_with_scratch(spectrum, series, &mut self.scratch).expect("the lengths fit the plan");
    }
}

impl fmt::Debug for RealFft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealFft").field("length", &self.length()).finish_non_exhaustive()
    }
}

/// Returns the smallest length of at least `length` that is a power of two or three times one.
///
/// Such lengths transform fast, and no length grows by more than half.
///
/// ```
/// assert_eq!([5, 6, 7, 100, 0].map(sigmatau_spectrum::fft::fast_length), [6, 6, 8, 128, 1]);
/// ```
pub fn fast_length(length: usize) -> usize {
    length.next_power_of_two().min(3 * length.div_ceil(3).next_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gaussian;
    use std::f64::consts::TAU;

    /// The definition, term by term.
    fn naive(series: &[f64], bin: usize) -> Complex64 {
        let n = series.len();
        let turn = |index: usize| TAU * ((bin * index) % n) as f64 / n as f64;
        series.iter().enumerate().map(|(index, x)| Complex64::from_polar(*x, -turn(index))).sum()
    }

    const LENGTHS: [usize; 12] = [1, 2, 3, 4, 5, 7, 16, 31, 97, 100, 105, 251];

    #[test]
    fn transform_agrees_with_its_definition_at_any_length() {
        for length in LENGTHS {
            let series: Vec<f64> = Gaussian::new(1, length as u64).take(length).collect();
            let (mut fft, mut input) = (RealFft::new(length), series.clone());
            let mut spectrum = fft.spectrum();
            fft.forward(&mut input, &mut spectrum);
            for (bin, value) in spectrum.iter().enumerate() {
                assert!((value - naive(&series, bin)).norm() < 1e-12, "length {length}, bin {bin}");
            }
        }
    }

    #[test]
    fn round_trip_multiplies_by_the_length() {
        for length in LENGTHS {
            let series: Vec<f64> = Gaussian::new(2, length as u64).take(length).collect();
            let (mut fft, mut output) = (RealFft::new(length), series.clone());
            let mut spectrum = fft.spectrum();
            fft.forward(&mut output, &mut spectrum);
            fft.inverse(&mut spectrum, &mut output);
            for (x, back) in series.iter().zip(&output) {
                assert!((x - back / length as f64).abs() < 1e-14, "length {length}");
            }
        }
    }

    #[test]
    fn plans_kept_are_the_latest() {
        let mut recent = Vec::new();
        (1..=KEPT + 2).for_each(|length| Plan::new(length).keep(&mut recent));
        recent[0].clone().keep(&mut recent);
        let lengths: Vec<usize> = recent.iter().map(Plan::length).collect();
        assert_eq!(lengths, (4..=KEPT + 2).chain([3]).collect::<Vec<_>>());
    }

    #[test]
    fn fast_lengths_are_never_shorter_than_asked() {
        for length in 1..5000 {
            let fast = fast_length(length);
            assert!(fast >= length && 2 * fast <= 3 * length.max(2), "{length} became {fast}");
        }
    }
}
