//! Distributions of lives.

use super::{Life, Parameters};

/// Panels of Simpson's rule for a mean life up to an age.
const PANELS: usize = 400;

/// A Weibull distribution: S(t) = exp(−(t/η)^β).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    /// The shape β: above 1 meters wear.
    pub shape: f64,
    /// The scale η in years: by then 63 % have failed.
    pub scale: f64,
}

/// Early failures beside the wear.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Early {
    /// The share π of the meters that fail early.
    pub share: f64,
    /// Their mean life θ in years.
    pub mean: f64,
}

/// A distribution of lives: wear, with early failures or without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The wear.
    pub wear: Weibull,
    /// The early failures.
    pub early: Option<Early>,
}

impl Weibull {
    /// The hazard that has cumulated up to an age: (t/η)^β.
    pub fn cumulated(&self, age: f64) -> f64 {
        (age / self.scale).powf(self.shape)
    }

    /// The hazard at an age, per year: (β/η)(t/η)^(β−1).
    pub fn hazard(&self, age: f64) -> f64 {
        self.shape / self.scale * (age / self.scale).powf(self.shape - 1.0)
    }

    /// The age at which replacing every meter costs least in the long run, when a planned replacement costs `planned` and
    /// one after a failure `failure`: where c(t) = (planned · S(t) + failure · F(t)) / ∫₀ᵗ S is least. Nothing where waiting for
    /// the failure is never dearer.
    ///
    /// It solves h(t) ∫₀ᵗ S − F(t) = planned/(failure − planned), whose left side rises for β > 1.
    ///
    /// Reference: R. E. Barlow, L. C. Hunter, Operations Research 8 (1960) 90.
    ///
    /// ```
    /// use sigmatau_meter::lifetime::Weibull;
    /// let age = Weibull { shape: 2.6, scale: 31.0 }.optimal_age(1.0, 5.0).unwrap();
    /// assert!(age > 10.0 && age < 31.0, "{age}");
    /// assert_eq!(Weibull { shape: 1.0, scale: 31.0 }.optimal_age(1.0, 5.0), None);
    /// ```
    pub fn optimal_age(&self, planned: f64, failure: f64) -> Option<f64> {
        let worth = |age: f64| {
            let survival = (-self.cumulated(age)).exp();
            self.hazard(age) * self.mean_life(age) - (1.0 - survival) >= planned / (failure - planned)
        };
        let far = 10.0 * self.scale;
        (self.shape > 1.0 && failure > planned && worth(far)).then(|| crate::root::turn(0.0, far, worth))
    }

    /// The mean time that a meter works up to an age: ∫₀ᵗ S.
    fn mean_life(&self, age: f64) -> f64 {
        let width = age / PANELS as f64;
        let survival = |place: usize| (-self.cumulated(0.5 * width * place as f64)).exp();
        let panel = |n: usize| survival(2 * n) + 4.0 * survival(2 * n + 1) + survival(2 * n + 2);
        (0..PANELS).map(panel).sum::<f64>() * width / 6.0
    }
}

impl Law {
    /// The share of meters that reach an age.
    pub fn survival(&self, age: f64) -> f64 {
        let worn = (-self.wear.cumulated(age)).exp();
        self.early.map_or(worn, |early| (1.0 - early.share) * worn + early.share * (-age / early.mean).exp())
    }

    /// The share of meters that fail per year at an age, of all that were installed.
    pub fn density(&self, age: f64) -> f64 {
        let worn = self.wear.hazard(age) * (-self.wear.cumulated(age)).exp();
        self.early.map_or(worn, |Early { share, mean }| (1.0 - share) * worn + share * (-age / mean).exp() / mean)
    }

    /// The probability that a meter which works at an age fails within some years: 1 − S(t + Δ)/S(t).
    pub fn failing(&self, age: f64, years: f64) -> f64 {
        1.0 - self.survival(age + years) / self.survival(age)
    }

    /// ln β, ln η and, with early failures, ln(π/(1 − π)), ln θ: any numbers make a law.
    pub fn parameters(&self) -> Parameters {
        let wear = [self.wear.shape.ln(), self.wear.scale.ln()];
        let early = self.early.map(|early| [(early.share / (1.0 - early.share)).ln(), early.mean.ln()]);
        Parameters::from_iterator(
            2 + 2 * usize::from(early.is_some()),
            wear.into_iter().chain(early.into_iter().flatten()),
        )
    }

    /// Reads back [`Law::parameters`].
    ///
    /// # Panics
    /// When there are neither two nor four.
    pub fn from_parameters(parameters: &Parameters) -> Self {
        let wear = Weibull { shape: parameters[0].exp(), scale: parameters[1].exp() };
        match parameters.len() {
            2 => Self { wear, early: None },
            4 => {
                let share = 1.0 / (1.0 + (-parameters[2]).exp());
                Self { wear, early: Some(Early { share, mean: parameters[3].exp() }) }
            }
            count => panic!("a law of lives has 2 or 4 parameters, not {count}"),
        }
    }

    /// Σ n (ln f(until) of those that failed, ln S(until) of those that work, less ln S(from) of both).
    pub fn log_likelihood(&self, record: &[Life]) -> f64 {
        let of = |life: &Life| {
            let end = if life.failed { self.density(life.until) } else { self.survival(life.until) };
            life.meters * (end.ln() - self.survival(life.from).ln())
        };
        record.iter().map(of).sum()
    }
}
