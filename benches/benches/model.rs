//! Models as text against the same formulas written by hand: values and first derivatives of blocks of points.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pulp::{Arch, Simd, WithSimd};
use sigmatau_core::Unit;
use sigmatau_uncertainty::elementary::sin_cos_within;
use sigmatau_uncertainty::{Block, Function, Model};
use std::hint::black_box;

/// Which formula is reckoned by hand.
#[derive(Clone, Copy)]
enum Formula {
    Impedance,
    Mass,
    Gauge,
}

/// A formula by hand for a block, compiled for the vectors of the processor.
struct ByHand<'a>(Formula, &'a [&'a [f64]], &'a mut [f64]);

impl WithSimd for ByHand<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self(formula, x, y) = self;
        match formula {
            Formula::Impedance => impedance(x, y),
            Formula::Mass => mass(x, y),
            Formula::Gauge => gauge(x, y),
        }
    }
}

/// A formula as text, its inputs with their units and values, and the same by hand.
struct Case {
    name: &'static str,
    text: &'static str,
    inputs: &'static [(&'static str, &'static str, f64)],
    by_hand: Formula,
}

const CASES: [Case; 3] = [
    Case {
        name: "impedance",
        text: "R [ohm] = V / I * cos(phi)",
        inputs: &[("V", "V", 5.0), ("I", "A", 0.02), ("phi", "rad", 1.04)],
        by_hand: Formula::Impedance,
    },
    Case {
        name: "mass",
        text: "dm = (m + d) * (1 + (a - 1.2 [kg/m^3]) * (1 / w - 1 / r)) - 0.1 [kg]",
        inputs: &[
            ("m", "kg", 0.1),
            ("d", "kg", 1.234e-6),
            ("a", "kg/m^3", 1.2),
            ("w", "kg/m^3", 8e3),
            ("r", "kg/m^3", 8e3),
        ],
        by_hand: Formula::Mass,
    },
    Case {
        name: "gauge",
        text: "L = l + d + e + f - l * (b * (t + c) + a * g)",
        inputs: &[
            ("l", "m", 0.05),
            ("d", "m", 2e-7),
            ("e", "m", 1e-9),
            ("f", "m", 1e-9),
            ("b", "1/K", 1e-6),
            ("t", "K", -0.1),
            ("c", "K", 0.2),
            ("a", "1/K", 1e-5),
            ("g", "K", 0.01),
        ],
        by_hand: Formula::Gauge,
    },
];

#[inline(always)]
fn impedance(x: &[&[f64]], y: &mut [f64]) {
    let [v, i, phi] = x else { unreachable!("there are three inputs") };
    for (((y, v), i), phi) in y.iter_mut().zip(*v).zip(*i).zip(*phi) {
        *y = v / i * sin_cos_within(*phi).1;
    }
}

#[inline(always)]
fn mass(x: &[&[f64]], y: &mut [f64]) {
    let [m, d, a, w, r] = x else { unreachable!("there are five inputs") };
    for (((((y, m), d), a), w), r) in y.iter_mut().zip(*m).zip(*d).zip(*a).zip(*w).zip(*r) {
        *y = (m + d) * (1.0 + (a - 1.2) * (1.0 / w - 1.0 / r)) - 0.1;
    }
}

#[inline(always)]
fn gauge(x: &[&[f64]], y: &mut [f64]) {
    let [l, d, e, f, b, t, c, a, g] = x else { unreachable!("there are nine inputs") };
    let lengths = y.iter_mut().zip(*l).zip(*d).zip(*e).zip(*f);
    let expansions = b.iter().zip(*t).zip(*c).zip(*a).zip(*g);
    for (((((y, l), d), e), f), ((((b, t), c), a), g)) in lengths.zip(expansions) {
        *y = l + d + e + f - l * (b * (t + c) + a * g);
    }
}

fn block(case: &Case) -> Block {
    let mut block = Block::new(case.inputs.len(), Block::POINTS);
    for (input, (_, _, value)) in case.inputs.iter().enumerate() {
        let spread = |point: usize| value * (1.0 + 1e-3 * (point as f64 * 0.7 + input as f64).sin());
        block.column_mut(input).iter_mut().enumerate().for_each(|(point, x)| *x = spread(point));
    }
    block
}

fn models(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("model");
    group.throughput(Throughput::Elements(Block::POINTS as u64));
    for case in CASES {
        let units: Vec<Unit> =
            case.inputs.iter().map(|(_, unit, _)| Unit::parse(unit).expect("it is a unit")).collect();
        let inputs: Vec<_> = case.inputs.iter().map(|(symbol, ..)| *symbol).zip(&units).collect();
        let model = Model::parse(case.text, &inputs).expect("it is a model");
        let (inputs, mut evaluator) = (block(&case), model.evaluator());
        let columns: Vec<&[f64]> = (0..inputs.columns()).map(|input| inputs.column(input)).collect();
        let (mut outputs, mut gradients, mut y) = (Block::default(), Block::default(), vec![0.0; Block::POINTS]);
        Arch::new().dispatch(ByHand(case.by_hand, &columns, &mut y));
        evaluator.values(&inputs, &mut outputs);
        assert_eq!(outputs.column(0), y, "both ways give the same digits");
        group.bench_function(BenchmarkId::new("by hand", case.name), |b| {
            b.iter(|| Arch::new().dispatch(ByHand(case.by_hand, black_box(&columns), black_box(&mut y))));
        });
        group.bench_function(BenchmarkId::new("text", case.name), |b| {
            b.iter(|| evaluator.values(black_box(&inputs), black_box(&mut outputs)));
        });
        group.bench_function(BenchmarkId::new("text with gradient", case.name), |b| {
            b.iter(|| evaluator.values_and_gradients(black_box(&inputs), &mut outputs, &mut gradients));
        });
    }
}

criterion_group!(benches, models);
criterion_main!(benches);
