//! Propagation over rows: R = V/I cos φ of three correlated inputs, its derivatives written by hand.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sigmatau_uncertainty::propagation::{Given, RowInput, RowResults, Rows, Settings, Uncertainty};
use sigmatau_uncertainty::{Block, Correlation, Evaluator, Function, elementary};
use std::hint::black_box;

/// Rows at a time, as they are decoded: in the second cache, and in memory.
const ROWS: [usize; 2] = [1 << 13, 1 << 20];

/// The resistance R = V/I cos φ.
struct Resistance;

impl Function for Resistance {
    fn inputs(&self) -> usize {
        3
    }

    fn outputs(&self) -> usize {
        1
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        Box::new(Derivatives::default())
    }
}

/// Sine and cosine of the phases, which values are asked for first.
#[derive(Default)]
struct Derivatives {
    sin: Vec<f64>,
    cos: Vec<f64>,
}

/// Something of V, I, sin φ and cos φ at every point.
struct Each<'a, F>(&'a Derivatives, &'a Block, &'a mut [f64], F);

impl<F: Fn(f64, f64, f64, f64) -> f64> pulp::WithSimd for Each<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self(Derivatives { sin, cos }, inputs, column, of) = self;
        let each = column.iter_mut().zip(inputs.column(0)).zip(inputs.column(1)).zip(sin).zip(cos);
        each.for_each(|((((value, v), i), sin), cos)| *value = of(*v, *i, *sin, *cos));
    }
}

struct Angles<'a>(&'a [f64], &'a mut Derivatives);

impl pulp::WithSimd for Angles<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        elementary::column::sin_cos(self.0, &mut self.1.sin, &mut self.1.cos);
    }
}

impl Derivatives {
    fn fill(&self, inputs: &Block, column: &mut [f64], of: impl Fn(f64, f64, f64, f64) -> f64) {
        pulp::Arch::new().dispatch(Each(self, inputs, column, of));
    }
}

impl Evaluator for Derivatives {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        self.sin.resize(inputs.points(), 0.0);
        self.cos.resize(inputs.points(), 0.0);
        pulp::Arch::new().dispatch(Angles(inputs.column(2), self));
        outputs.reshape(1, inputs.points());
        self.fill(inputs, outputs.column_mut(0), |v, i, _, cos| v / i * cos);
    }

    fn gradients(&mut self, inputs: &Block, gradients: &mut Block) {
        gradients.reshape(3, inputs.points());
        self.fill(inputs, gradients.column_mut(0), |_, i, _, cos| cos / i);
        self.fill(inputs, gradients.column_mut(1), |v, i, _, cos| -v * cos / (i * i));
        self.fill(inputs, gradients.column_mut(2), |v, i, sin, _| -v * sin / i);
    }

    fn curvatures(&mut self, inputs: &Block, curvatures: &mut Block) {
        curvatures.reshape(9, inputs.points());
        curvatures.column_mut(0).fill(0.0);
        self.fill(inputs, curvatures.column_mut(4), |v, i, _, cos| 2.0 * v * cos / (i * i * i));
        self.fill(inputs, curvatures.column_mut(8), |v, i, _, cos| -v * cos / i);
        for (row, column) in [(0, 1), (1, 0)] {
            self.fill(inputs, curvatures.column_mut(3 * row + column), |_, i, _, cos| -cos / (i * i));
        }
        for (row, column) in [(0, 2), (2, 0)] {
            self.fill(inputs, curvatures.column_mut(3 * row + column), |_, i, sin, _| -sin / i);
        }
        for (row, column) in [(1, 2), (2, 1)] {
            self.fill(inputs, curvatures.column_mut(3 * row + column), |v, i, sin, _| v * sin / (i * i));
        }
    }
}

/// V, I, φ, the uncertainty of each, and degrees of freedom.
fn columns(rows: usize) -> [Vec<f64>; 7] {
    let vary = |(centre, spread): (f64, f64)| (0..rows).map(|row| centre + spread * (0.7 * row as f64).sin()).collect();
    [(5.0, 0.5), (0.02, 1e-3), (1.0, 0.2), (3e-3, 1e-3), (1e-5, 5e-6), (7e-4, 2e-4), (20.0, 5.0)].map(vary)
}

/// With uncertainties that are known exactly, with the degrees of freedom of an ensemble, and with a look at the curvature.
fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rows");
    group.sample_size(10);
    let correlation =
        Correlation::of_pairs(3, &[(0, 1, -0.36), (0, 2, 0.86), (1, 2, -0.65)]).expect("they are possible");
    let without = Settings { curvature: f64::INFINITY, ..Settings::default() };
    let cases = [
        ("exact", Given::Constant(f64::INFINITY), without),
        ("ensemble", Given::Column(6), without),
        ("curvature", Given::Column(6), Settings::default()),
    ];
    for (name, dof, settings) in cases {
        let input = |place| RowInput::column(place, Uncertainty::standard(Given::Column(place + 3))).with_dof(dof);
        let plan = Rows::new(&Resistance, [0, 1, 2].map(input).to_vec(), &correlation, &settings).expect("numbers fit");
        let plan = plan.with_ensembles(&[vec![0, 1, 2]]).expect("it is one ensemble");
        for count in ROWS {
            let columns = columns(count);
            let columns = columns.each_ref().map(Vec::as_slice);
            let (mut worker, mut results) = (plan.worker(), RowResults::default());
            group.throughput(Throughput::Elements(count as u64));
            group.bench_function(BenchmarkId::new(name, count), |b| {
                b.iter(|| worker.propagate(black_box(&columns), &mut results).expect("columns fit"));
            });
        }
    }
}

criterion_group!(benches, rows);
criterion_main!(benches);
