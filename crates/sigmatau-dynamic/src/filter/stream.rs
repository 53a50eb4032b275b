//! Signals filtered piece by piece, with their variances.

use super::iir::Iir;
use super::{Filtered, Start};
use crate::covariance::{Autocovariance, Variance};
use nalgebra::DMatrix;
use std::collections::VecDeque;

/// A signal on its way through an [`Iir`].
///
/// Keeps the state of the filter of order p, of its sensitivities, and of the noise, D lags long: O(p² + D)
/// numbers however long the signal is. A point takes O(P²) steps for P coefficients.
///
/// ```
/// use sigmatau_dynamic::Autocovariance;
/// use sigmatau_dynamic::filter::{Iir, Start};
/// let filter = Iir::certain(vec![1.0], vec![1.0, -0.5])?;
/// let mut stream = filter.stream(&Autocovariance(vec![1.0]), Start::Rest)?;
/// assert_eq!(stream.push(&[1.0, 0.0]).values, [1.0, 0.5]);
/// let filtered = stream.push(&[0.0]);
/// assert_eq!((filtered.values[0], filtered.variances[0].0), (0.25, 1.0 + 0.25 + 0.0625));
/// # Ok::<(), sigmatau_dynamic::filter::FilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    signal: Transposed,
    sensitivities: Sensitivities,
    stationary: Stationary,
    independent: Independent,
}

impl Stream {
    pub(super) fn new(filter: &Iir, noise: &Autocovariance, start: Start) -> Self {
        let mut stationary = Stationary::new(filter, noise);
        if let Start::Settled(_) = start {
            stationary.settle();
        }
        Self {
            signal: Transposed::new(filter, start.level()),
            sensitivities: Sensitivities::new(filter, start.level()),
            stationary,
            independent: Independent::new(filter, start),
        }
    }

    /// Goes on with the next points. How they are divided among calls changes nothing.
    pub fn push(&mut self, signal: &[f64]) -> Filtered {
        self.push_each(signal, std::iter::repeat(&Variance(0.0)))
    }

    /// Goes on with the next points, whose errors have an independent part of these variances besides the
    /// stationary one.
    ///
    /// # Panics
    /// When there are more points than variances, or fewer.
    pub fn push_with(&mut self, signal: &[f64], variances: &[Variance]) -> Filtered {
        assert_eq!(signal.len(), variances.len(), "each point has a variance");
        self.push_each(signal, variances.iter())
    }

    fn push_each<'a>(&mut self, signal: &[f64], variances: impl Iterator<Item = &'a Variance>) -> Filtered {
        let point = |(x, variance): (&f64, &Variance)| {
            let y = self.signal.step(*x);
            let of_coefficients = self.sensitivities.step(*x, y);
            let of_noise = self.stationary.step() + self.independent.step(variance.0);
            (y, Variance(of_coefficients + of_noise))
        };
        let (values, variances) = signal.iter().zip(variances).map(point).unzip();
        Filtered { values, variances }
    }
}

/// The transposed direct form: s_i ← s_(i+1) + b(i) x − a(i) y, with y = s_1 + b(0) x.
#[derive(Clone, Debug)]
pub(super) struct Transposed {
    /// b(0).
    direct: f64,
    /// b(i) and a(i) from i = 1 on, both as many as the order.
    coefficients: Vec<[f64; 2]>,
    state: Vec<f64>,
}

impl Transposed {
    /// The state after a long time at `level`.
    pub(super) fn new(filter: &Iir, level: f64) -> Self {
        let order = filter.numerator().len().max(filter.denominator().len()) - 1;
        let at = |coefficients: &[f64], place: usize| coefficients.get(place).copied().unwrap_or(0.0);
        let pair = |place: usize| [at(filter.numerator(), place), at(filter.denominator(), place)];
        let coefficients: Vec<[f64; 2]> = (1..=order).map(pair).collect();
        let output = level * gain(filter);
        let mut state = vec![0.0; order];
        let mut later = 0.0;
        for (state, [b, a]) in state.iter_mut().zip(&coefficients).rev() {
            later += b * level - a * output;
            *state = later;
        }
        Self { direct: filter.numerator()[0], coefficients, state }
    }

    #[inline]
    pub(super) fn step(&mut self, x: f64) -> f64 {
        let Some(last) = self.state.len().checked_sub(1) else { return self.direct * x };
        let y = self.state[0] + self.direct * x;
        for place in 0..last {
            let [b, a] = self.coefficients[place];
            self.state[place] = self.state[place + 1] + (b * x - a * y);
        }
        let [b, a] = self.coefficients[last];
        self.state[last] = b * x - a * y;
        y
    }
}

/// The gain at zero frequency.
fn gain(filter: &Iir) -> f64 {
    filter.numerator().iter().sum::<f64>() / filter.denominator().iter().sum::<f64>()
}

/// The impulse response, value by value.
#[derive(Clone, Debug)]
pub(super) struct Impulse {
    state: Transposed,
    input: f64,
}

impl Impulse {
    pub(super) fn new(filter: &Iir) -> Self {
        Self { state: Transposed::new(filter, 0.0), input: 1.0 }
    }

    pub(super) fn next(&mut self) -> f64 {
        self.state.step(std::mem::take(&mut self.input))
    }
}

/// φᵀ U φ with φ = (ξ(n−1) … ξ(n−p), η(n) … η(n−q)), where A η = x and A ξ = −y.
#[derive(Clone, Debug)]
struct Sensitivities {
    /// a(1) … a(p).
    feedback: Vec<f64>,
    /// U, empty where the coefficients are certain.
    covariance: DMatrix<f64>,
    /// ξ, the latest first.
    xi: Vec<f64>,
    /// η, the latest first; as long as b or a needs.
    eta: Vec<f64>,
    /// φ.
    phi: Vec<f64>,
}

impl Sensitivities {
    fn new(filter: &Iir, level: f64) -> Self {
        let (poles, zeros) = (filter.denominator().len() - 1, filter.numerator().len());
        let certain = filter.covariance().iter().all(|entry| *entry == 0.0);
        let settled = level / filter.denominator().iter().sum::<f64>();
        Self {
            feedback: filter.denominator()[1..].to_vec(),
            covariance: if certain { DMatrix::zeros(0, 0) } else { filter.covariance().clone() },
            xi: vec![-settled * gain(filter); poles],
            eta: vec![settled; zeros.max(poles)],
            phi: vec![0.0; poles + zeros],
        }
    }

    #[inline]
    fn step(&mut self, x: f64, y: f64) -> f64 {
        if self.covariance.is_empty() {
            return 0.0;
        }
        let poles = self.feedback.len();
        let eta = x - dot(&self.feedback, &self.eta);
        shift(&mut self.eta, eta);
        self.phi[..poles].copy_from_slice(&self.xi);
        let zeros = self.phi.len() - poles;
        self.phi[poles..].copy_from_slice(&self.eta[..zeros]);
        let xi = -y - dot(&self.feedback, &self.xi);
        shift(&mut self.xi, xi);
        let columns = self.covariance.as_slice().chunks_exact(self.phi.len());
        columns.zip(&self.phi).map(|(column, phi)| phi * dot(column, &self.phi)).sum::<f64>().max(0.0)
    }
}

#[inline]
fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Puts a value first and drops the last.
#[inline]
fn shift(values: &mut [f64], first: f64) {
    let mut next = first;
    values.iter_mut().for_each(|value| next = std::mem::replace(value, next));
}

/// The variance from stationary errors: u²(n) = Σ over i, j ≤ n of g(i) g(j) r(i − j), a value of the impulse response
/// more at every point, until more values change nothing.
#[derive(Clone, Debug)]
struct Stationary {
    impulse: Impulse,
    autocovariance: Vec<f64>,
    /// g, the latest first.
    recent: VecDeque<f64>,
    variance: f64,
    idle: usize,
    patience: usize,
}

impl Stationary {
    fn new(filter: &Iir, noise: &Autocovariance) -> Self {
        let patience = 2 * (filter.numerator().len() + filter.denominator().len() + noise.0.len());
        Self {
            impulse: Impulse::new(filter),
            recent: VecDeque::from(vec![0.0; noise.0.len()]),
            variance: 0.0,
            idle: if noise.0.is_empty() { usize::MAX } else { 0 },
            autocovariance: noise.0.clone(),
            patience,
        }
    }

    fn settle(&mut self) {
        while self.idle <= self.patience {
            self.step();
        }
    }

    #[inline]
    fn step(&mut self) -> f64 {
        if self.idle <= self.patience {
            self.add();
        }
        self.variance
    }

    fn add(&mut self) {
        let g = self.impulse.next();
        let crossed: f64 = self.autocovariance.iter().skip(1).zip(&self.recent).map(|(r, before)| r * before).sum();
        let variance = self.variance + g * (self.autocovariance[0] * g + 2.0 * crossed);
        self.idle = if variance == self.variance { self.idle + 1 } else { 0 };
        self.variance = variance;
        self.recent.pop_back();
        self.recent.push_front(g);
    }
}

/// The covariance P of the state of the transposed form, driven by independent errors:
/// P_ij ← P_(i+1)(j+1) − a(i) P_1(j+1) − a(j) P_(i+1)1 + a(i) a(j) P_11 + β(i) β(j) v, β(i) = b(i) − a(i) b(0).
#[derive(Clone, Debug)]
struct Independent {
    filter: Transposed,
    covariance: DMatrix<f64>,
    next: DMatrix<f64>,
    /// Whether the errors went on before the first point.
    settles: bool,
    idle: bool,
}

impl Independent {
    fn new(filter: &Iir, start: Start) -> Self {
        let filter = Transposed::new(filter, 0.0);
        let zeros = DMatrix::zeros(filter.state.len(), filter.state.len());
        Self { filter, covariance: zeros.clone(), next: zeros, settles: start != Start::Rest, idle: true }
    }

    #[inline]
    fn step(&mut self, variance: f64) -> f64 {
        if std::mem::take(&mut self.settles) {
            self.settle(variance);
        }
        if self.idle && variance == 0.0 {
            return 0.0;
        }
        self.idle = false;
        let before = self.covariance.get(0).copied().unwrap_or(0.0);
        self.advance(variance);
        before + self.filter.direct * self.filter.direct * variance
    }

    /// Repeats one variance until nothing changes any more.
    fn settle(&mut self, variance: f64) {
        let mut change = f64::INFINITY;
        while variance > 0.0 && change > 4.0 * f64::EPSILON * self.covariance.amax() {
            self.advance(variance);
            change = self.covariance.iter().zip(&self.next).map(|(p, before)| (p - before).abs()).fold(0.0, f64::max);
        }
        self.idle = variance == 0.0;
    }

    fn advance(&mut self, variance: f64) {
        let order = self.covariance.nrows();
        let p = |i: usize, j: usize| if i < order && j < order { self.covariance[(i, j)] } else { 0.0 };
        let driven = |[b, a]: [f64; 2]| b - a * self.filter.direct;
        for j in 0..order {
            for i in 0..order {
                let [one, other] = [self.filter.coefficients[i], self.filter.coefficients[j]];
                let fed = one[1] * other[1] * p(0, 0) - one[1] * p(0, j + 1) - other[1] * p(i + 1, 0);
                self.next[(i, j)] = p(i + 1, j + 1) + fed + driven(one) * driven(other) * variance;
            }
        }
        std::mem::swap(&mut self.covariance, &mut self.next);
    }
}
