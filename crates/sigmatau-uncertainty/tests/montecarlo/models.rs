//! Measurement functions written by hand, and their inputs.

use sigmatau_core::{Cancel, Unit};
use sigmatau_uncertainty::montecarlo::{Draws, Outcome, Settings, Shape, run};
use sigmatau_uncertainty::{Block, Distribution, Evaluator, Function, Input};

/// A function of points, evaluated one by one.
pub(crate) struct Pointwise<const N: usize, const M: usize>(pub(crate) fn([f64; N]) -> [f64; M]);

impl<const N: usize, const M: usize> Function for Pointwise<N, M> {
    fn inputs(&self) -> usize {
        N
    }

    fn outputs(&self) -> usize {
        M
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        Box::new(Self(self.0))
    }
}

impl<const N: usize, const M: usize> Evaluator for Pointwise<N, M> {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        outputs.reshape(M, inputs.points());
        for point in 0..inputs.points() {
            let values = self.0(std::array::from_fn(|input| inputs.column(input)[point]));
            values.iter().enumerate().for_each(|(output, value)| outputs.column_mut(output)[point] = *value);
        }
    }

    fn gradients(&mut self, _: &Block, _: &mut Block) {
        unreachable!("Monte Carlo evaluates values alone")
    }

    fn curvatures(&mut self, _: &Block, _: &mut Block) {
        unreachable!("Monte Carlo evaluates values alone")
    }
}

pub(crate) fn input(symbol: &str, estimate: f64, distribution: Distribution) -> Input {
    Input::new(symbol, Unit::ONE, estimate, distribution).unwrap()
}

pub(crate) fn normal(symbol: &str, estimate: f64, standard_deviation: f64) -> Input {
    input(symbol, estimate, Distribution::Normal { standard_deviation })
}

pub(crate) fn student(symbol: &str, estimate: f64, scale: f64, dof: f64) -> Input {
    input(symbol, estimate, Distribution::Student { scale, dof })
}

pub(crate) fn rectangular(symbol: &str, low: f64, high: f64) -> Input {
    input(symbol, 0.5 * (low + high), Distribution::Rectangular { half_width: 0.5 * (high - low) })
}

/// All shapes.
pub(crate) fn settings(trials: u64, probability: f64) -> Settings {
    Settings { trials, probability, shapes: Shape::ALL.into(), ..Settings::default() }
}

pub(crate) fn outcome(function: &dyn Function, draws: &Draws, settings: &Settings) -> Outcome {
    run(function, draws, settings, &Cancel::new()).unwrap()
}

/// JCGM 101:2008, 9.3: the conventional mass, in mg.
pub(crate) const MASS: Pointwise<5, 1> = Pointwise(|[reference, added, air, weight, standard]| {
    [(reference + added) * (1.0 + (air - 1.2) * (1.0 / weight - 1.0 / standard)) - 1e5]
});

pub(crate) fn mass_inputs() -> Vec<Input> {
    let air = rectangular("rho_a", 1.10, 1.30);
    let (weight, standard) = (rectangular("rho_W", 7000.0, 9000.0), rectangular("rho_R", 7950.0, 8050.0));
    vec![normal("m", 1e5, 0.050), normal("delta_m", 1.234, 0.020), air, weight, standard]
}

/// JCGM 101:2008, 9.5: the deviation of a gauge block from 50 mm, in nm.
pub(crate) const GAUGE: Pointwise<9, 1> = Pointwise(|[ls, d, d1, d2, alpha, theta, delta, d_alpha, d_theta]| {
    [ls + d + d1 + d2 - ls * (d_alpha * (theta + delta) + alpha * d_theta) - 50e6]
});

pub(crate) fn gauge_inputs() -> Vec<Input> {
    let ctrap = |half_width, inexactness| Distribution::CurvilinearTrapezoid { half_width, inexactness };
    vec![
        student("l_s", 50_000_623.0, 25.0, 18.0),
        student("d", 215.0, 6.0, 24.0),
        student("d_1", 0.0, 4.0, 5.0),
        student("d_2", 0.0, 7.0, 8.0),
        rectangular("alpha_s", 9.5e-6, 13.5e-6),
        normal("theta_0", -0.1, 0.2),
        input("Delta", 0.0, Distribution::Arcsine { half_width: 0.5 }),
        input("delta_alpha", 0.0, ctrap(1e-6, 0.1e-6)),
        input("delta_theta", 0.0, ctrap(0.050, 0.025)),
    ]
}

/// A power meter's difference from 1, JCGM 101:2008, 9.4: X₁² + X₂².
pub(crate) const POWER: Pointwise<2, 1> = Pointwise(|[x1, x2]| [x1 * x1 + x2 * x2]);
