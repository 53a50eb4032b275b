//! Plans that take the mean and the standard deviation of the errors: the s-method.

use super::{PlanError, Requirement};
use crate::root::turn;
use sigmatau_uncertainty::tail::Law;

/// The largest sample that is tried.
const LARGEST: u64 = 100_000;
/// Steps of the quadrature within the narrowest feature of its integrand.
const FINE: f64 = 8.0;
/// The integrand is left out where it has fallen by this exponent.
const FALLEN: f64 = 45.0;

/// Draw `size` meters, accept the lot when (limit − mean)/s is at least `factor`, for one limit of normal errors.
///
/// Where errors have an upper and a lower limit, each is judged for itself; the two shares add.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variables {
    /// The size n of the sample.
    pub size: u64,
    /// The acceptability constant k.
    pub factor: f64,
}

impl Variables {
    /// The probability of accepting a lot in which `share` of the normal errors lie beyond the limit:
    /// P(T ≥ k√n), T of Student's non-central distribution with n − 1 degrees of freedom and δ = z√n, Φ(−z) = share.
    ///
    /// ```
    /// use sigmatau_meter::plan::Variables;
    /// let chance = Variables { size: 20, factor: 1.8 }.acceptance(0.02);
    /// assert!((chance - 0.777_097).abs() < 1e-6, "{chance}");
    /// ```
    pub fn acceptance(&self, share: f64) -> f64 {
        let root = (self.size as f64).sqrt();
        noncentral_above(self.factor * root, (self.size - 1) as f64, -Law::Normal.quantile(share) * root)
    }

    /// The plan with the smallest sample that does what is required: k is where the risk β is used up.
    ///
    /// # Errors
    /// When the requirement cannot be met, see [`PlanError`].
    pub fn meeting(requirement: Requirement) -> Result<Self, PlanError> {
        let Requirement { good, alpha, bad, beta } = requirement.checked()?;
        let does = |size: u64| Self::refusing(size, bad, beta).acceptance(good) >= 1.0 - alpha;
        let mut enough = 2;
        while !does(enough) {
            enough *= 2;
            if enough > LARGEST {
                return Err(PlanError::TooLarge { good, bad, tried: LARGEST });
            }
        }
        let mut low = (enough / 2).max(2);
        while low < enough {
            let middle = low + (enough - low) / 2;
            if does(middle) { enough = middle } else { low = middle + 1 }
        }
        Ok(Self::refusing(enough, bad, beta))
    }

    /// The plan of a size that accepts a share with the probability β.
    fn refusing(size: u64, bad: f64, beta: f64) -> Self {
        Self { size, factor: turn(-40.0, 40.0, |factor| Self { size, factor }.acceptance(bad) <= beta) }
    }
}

/// P(T ≥ t) of the non-central t distribution: the mean of Φ(δ − t s) over s = √(χ²_ν/ν).
///
/// By the trapezoidal rule in y = ln s, where the density is e^{ν(y − e^{2y}/2)} and the rule converges faster than any
/// power of its step.
fn noncentral_above(t: f64, dof: f64, shift: f64) -> f64 {
    let ln_density = |y: f64| dof * (y - 0.5 * (2.0 * y).exp_m1());
    let fallen = |y: f64| ln_density(y) < -FALLEN;
    let (low, high) = (-turn(0.0, FALLEN + FALLEN / dof, |y| fallen(-y)), turn(0.0, FALLEN, fallen));
    let step = dof.sqrt().recip().min((1.0 + t.abs()).recip()) / FINE;
    let places = (0..=((high - low) / step) as u64).map(|place| low + place as f64 * step);
    let (mut above, mut all) = (0.0, 0.0);
    for y in places {
        let density = ln_density(y).exp();
        above += density * Law::Normal.ln_lower(shift - t * y.exp()).exp();
        all += density;
    }
    above / all
}
