//! Monte Carlo: random numbers, and trials of models whose functions are written by hand.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_core::{Cancel, Unit};
use sigmatau_uncertainty::montecarlo::adaptive::{Rule, adapt};
use sigmatau_uncertainty::montecarlo::{Draws, Settings, Shape, run};
use sigmatau_uncertainty::{Block, Distribution, Evaluator, Function, Input};
use std::hint::black_box;

const TRIALS: u64 = 10_000_000;

/// A function of columns.
struct Columns {
    inputs: usize,
    function: fn(&Block, &mut [f64]),
}

impl Function for Columns {
    fn inputs(&self) -> usize {
        self.inputs
    }

    fn outputs(&self) -> usize {
        1
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        Box::new(Self { ..*self })
    }
}

impl Evaluator for Columns {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        outputs.reshape(1, inputs.points());
        (self.function)(inputs, outputs.column_mut(0));
    }

    fn gradients(&mut self, _: &Block, _: &mut Block) {
        unreachable!("Monte Carlo evaluates values alone")
    }

    fn curvatures(&mut self, _: &Block, _: &mut Block) {
        unreachable!("Monte Carlo evaluates values alone")
    }
}

fn input(symbol: &str, estimate: f64, distribution: Distribution) -> Input {
    Input::new(symbol, Unit::ONE, estimate, distribution).expect("the distribution is one")
}

fn normal(symbol: &str, estimate: f64, standard_deviation: f64) -> Input {
    input(symbol, estimate, Distribution::Normal { standard_deviation })
}

fn student(symbol: &str, estimate: f64, scale: f64, dof: f64) -> Input {
    input(symbol, estimate, Distribution::Student { scale, dof })
}

fn rectangular(symbol: &str, estimate: f64, half_width: f64) -> Input {
    input(symbol, estimate, Distribution::Rectangular { half_width })
}

/// JCGM 101:2008, 9.3.
fn mass() -> (Columns, Vec<Input>) {
    let function = |inputs: &Block, outputs: &mut [f64]| {
        let [m, added, air, weight, standard] = [0, 1, 2, 3, 4].map(|column| inputs.column(column));
        for k in 0..outputs.len() {
            outputs[k] = (m[k] + added[k]) * (1.0 + (air[k] - 1.2) * (1.0 / weight[k] - 1.0 / standard[k])) - 1e5;
        }
    };
    let densities = [rectangular("a", 1.2, 0.1), rectangular("w", 8000.0, 1000.0), rectangular("r", 8000.0, 50.0)];
    let inputs = [normal("m", 1e5, 0.050), normal("d", 1.234, 0.020)].into_iter().chain(densities).collect();
    (Columns { inputs: 5, function }, inputs)
}

/// JCGM 101:2008, 9.5.
fn gauge() -> (Columns, Vec<Input>) {
    let function = |inputs: &Block, outputs: &mut [f64]| {
        let [ls, d, d1, d2, alpha, theta, delta, by_alpha, by_theta] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|column| inputs.column(column));
        for k in 0..outputs.len() {
            let expansion = by_alpha[k] * (theta[k] + delta[k]) + alpha[k] * by_theta[k];
            outputs[k] = ls[k] + d[k] + d1[k] + d2[k] - ls[k] * expansion - 50e6;
        }
    };
    let ctrap = |half_width, inexactness| Distribution::CurvilinearTrapezoid { half_width, inexactness };
    let inputs = vec![
        student("l", 50_000_623.0, 25.0, 18.0),
        student("d", 215.0, 6.0, 24.0),
        student("d1", 0.0, 4.0, 5.0),
        student("d2", 0.0, 7.0, 8.0),
        rectangular("alpha", 11.5e-6, 2e-6),
        normal("theta", -0.1, 0.2),
        input("delta", 0.0, Distribution::Arcsine { half_width: 0.5 }),
        input("by_alpha", 0.0, ctrap(1e-6, 0.1e-6)),
        input("by_theta", 0.0, ctrap(0.050, 0.025)),
    ];
    (Columns { inputs: 9, function }, inputs)
}

fn draws(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    group.throughput(Throughput::Elements(Block::POINTS as u64));
    let cases = [normal("x", 0.0, 1.0), rectangular("x", 0.0, 1.0), student("x", 0.0, 1.0, 5.0)];
    let gamma = input("x", 7.0, Distribution::Gamma { shape: 3.5, scale: 2.0 });
    for case in cases.into_iter().chain([gamma]) {
        let (draws, mut block, mut number) = (Draws::independent(std::slice::from_ref(&case)), Block::default(), 0);
        group.bench_function(case.distribution.word(), |b| {
            b.iter(|| {
                number += 1;
                draws.block(1, 0, number, black_box(&mut block));
            });
        });
    }
}

fn trials(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trials");
    group.sample_size(10).throughput(Throughput::Elements(TRIALS));
    for (name, (function, inputs)) in [("mass", mass()), ("gauge", gauge())] {
        let settings =
            Settings { trials: TRIALS, shapes: vec![Shape::Symmetric, Shape::Smoothed], ..Settings::default() };
        let draws = Draws::independent(&inputs);
        group.bench_function(name, |b| b.iter(|| run(&function, &draws, black_box(&settings), &Cancel::new())));
    }
}

fn adapted(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("adaptive");
    group.sample_size(10);
    let ((function, inputs), draws) = (gauge(), Draws::independent(&gauge().1));
    assert_eq!(function.inputs, inputs.len());
    let settings = Settings { trials: 1 << 30, probability: 0.99, ..Settings::default() };
    group.bench_function("gauge", |b| {
        b.iter(|| adapt(&function, &draws, black_box(&settings), 2, Rule::default(), &Cancel::new()));
    });
}

criterion_group!(benches, draws, trials, adapted);
criterion_main!(benches);
