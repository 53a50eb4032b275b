//! Where a meter hangs that is filed in the wrong area: its energy is missed there.

use crate::Area;
use crate::fit::Fit;
use crate::noise::Autoregression;

/// Standard deviations by which the energy of a stranger has to be missed.
const CLEAR: f64 = 6.0;
/// The least share of its energy that has to be missed.
const SHARE: f64 = 0.4;

/// What remains of the balance of an area, whitened and weighed.
#[derive(Clone, Debug)]
pub struct Remainder {
    /// The name of the area.
    pub area: String,
    start: i64,
    step: i64,
    whitening: Autoregression,
    innovations: Vec<f64>,
    weights: Vec<f64>,
}

impl Remainder {
    pub(crate) fn of(area: &Area, fit: &Fit) -> Self {
        let innovations = fit.whitening.whitened(&fit.residuals);
        let (whitening, weights) = (fit.whitening.clone(), fit.weights.clone());
        Self { area: area.id.clone(), start: area.start, step: area.step, whitening, innovations, weights }
    }

    /// The share κ = Σwxr / Σwx² of the energies of a stranger that is missed here, and its standard uncertainty
    /// 1/√Σwx²; nothing where the grids differ.
    pub fn missed(&self, stranger: &Area, meter: usize) -> Option<(f64, f64)> {
        let same = self.start == stranger.start && self.step == stranger.step;
        let energies: Vec<f64> = stranger.meters[meter]
            .consumed
            .iter()
            .map(|energy| if energy.is_finite() { *energy } else { 0.0 })
            .collect();
        if !same || energies.len() != self.innovations.len() {
            return None;
        }
        let column = self.whitening.whitened(&energies);
        let (mut product, mut square) = (0.0, 0.0);
        for (t, x) in column.iter().enumerate() {
            product += self.weights[t] * x * self.innovations[t];
            square += self.weights[t] * x * x;
        }
        (square > 0.0).then(|| (product / square, square.sqrt().recip()))
    }
}

/// The area among others where the energy of a stranger is missed the most clearly.
pub fn home<'a>(stranger: &Area, meter: usize, others: &'a [Remainder]) -> Option<&'a Remainder> {
    let others = others.iter().filter(|other| other.area != stranger.id);
    let found = others.filter_map(|other| Some((other.missed(stranger, meter)?, other)));
    let clear = found.filter(|((share, u), _)| *share > SHARE && share / u > CLEAR);
    clear.max_by(|(one, _), (other, _)| (one.0 / one.1).total_cmp(&(other.0 / other.1))).map(|(_, other)| other)
}
