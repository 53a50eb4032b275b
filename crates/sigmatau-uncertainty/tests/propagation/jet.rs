//! Functions for tests, written as formulas of jets: numbers with exact first and second derivatives.

use sigmatau_uncertainty::{Block, Evaluator, Function};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A value with its gradient and its curvature in N variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jet<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) curvature: [[f64; N]; N],
}

impl<const N: usize> Jet<N> {
    pub(crate) fn constant(value: f64) -> Self {
        Self { value, gradient: [0.0; N], curvature: [[0.0; N]; N] }
    }

    fn variable(place: usize, value: f64) -> Self {
        let gradient = std::array::from_fn(|i| f64::from(u8::from(i == place)));
        Self { gradient, ..Self::constant(value) }
    }

    /// g of it, from g, g′ and g″.
    fn chain(self, [value, first, second]: [f64; 3]) -> Self {
        let c = self.gradient;
        Self {
            value,
            gradient: c.map(|c| first * c),
            curvature: std::array::from_fn(|i| {
                std::array::from_fn(|j| first * self.curvature[i][j] + second * c[i] * c[j])
            }),
        }
    }

    pub(crate) fn sin(self) -> Self {
        let (sin, cos) = self.value.sin_cos();
        self.chain([sin, cos, -sin])
    }

    pub(crate) fn cos(self) -> Self {
        let (sin, cos) = self.value.sin_cos();
        self.chain([cos, -sin, -cos])
    }

    pub(crate) fn ln(self) -> Self {
        let x = self.value;
        self.chain([x.ln(), 1.0 / x, -1.0 / (x * x)])
    }

    pub(crate) fn exp(self) -> Self {
        self.chain([self.value.exp(); 3])
    }

    pub(crate) fn sqrt(self) -> Self {
        let root = self.value.sqrt();
        self.chain([root, 0.5 / root, -0.25 / (root * self.value)])
    }

    /// The angle of the point (x, y), from its differential (x dy − y dx)/(x² + y²).
    pub(crate) fn atan2(self, x: Self) -> Self {
        let (y, angle) = (self, self.value.atan2(x.value));
        let square = x * x + y * y;
        let gradient = |i: usize| x * y.slope(i) / square - y * x.slope(i) / square;
        let rows: [Self; N] = std::array::from_fn(gradient);
        Self { value: angle, gradient: rows.map(|row| row.value), curvature: rows.map(|row| row.gradient) }
    }

    /// The derivative by one variable, of which the curvature is not known.
    fn slope(self, place: usize) -> Self {
        Self { gradient: self.curvature[place], ..Self::constant(self.gradient[place]) }
    }
}

impl<const N: usize> Add for Jet<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            gradient: std::array::from_fn(|i| self.gradient[i] + other.gradient[i]),
            curvature: std::array::from_fn(|i| std::array::from_fn(|j| self.curvature[i][j] + other.curvature[i][j])),
        }
    }
}

#[expect(clippy::suspicious_arithmetic_impl, reason = "the product rule adds")]
impl<const N: usize> Mul for Jet<N> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (a, b, c, d) = (self.value, other.value, self.gradient, other.gradient);
        Self {
            value: a * b,
            gradient: std::array::from_fn(|i| a * d[i] + b * c[i]),
            curvature: std::array::from_fn(|i| {
                std::array::from_fn(|j| {
                    a * other.curvature[i][j] + b * self.curvature[i][j] + c[i] * d[j] + c[j] * d[i]
                })
            }),
        }
    }
}

impl<const N: usize> Neg for Jet<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self * Self::constant(-1.0)
    }
}

impl<const N: usize> Sub for Jet<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl<const N: usize> Div for Jet<N> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let x = other.value;
        let inverse = other.chain([1.0 / x, -1.0 / (x * x), 2.0 / (x * x * x)]);
        Self { value: self.value / x, ..self * inverse }
    }
}

/// A formula of M outputs of N inputs.
pub(crate) struct Formula<const N: usize, const M: usize>(pub(crate) fn([Jet<N>; N]) -> [Jet<N>; M]);

impl<const N: usize, const M: usize> Formula<N, M> {
    /// Writes a number of each output for each point, `what` being given output and column within the output.
    fn write(&self, inputs: &Block, block: &mut Block, columns: usize, what: impl Fn(&Jet<N>, usize) -> f64) {
        block.reshape(M * columns, inputs.points());
        for point in 0..inputs.points() {
            let jets = (self.0)(std::array::from_fn(|i| Jet::variable(i, inputs.column(i)[point])));
            for (place, jet) in (0..M * columns).map(|place| (place, jets[place / columns])) {
                block.column_mut(place)[point] = what(&jet, place % columns);
            }
        }
    }
}

impl<const N: usize, const M: usize> Function for Formula<N, M> {
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

impl<const N: usize, const M: usize> Evaluator for Formula<N, M> {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        self.write(inputs, outputs, 1, |jet, _| jet.value);
    }

    fn gradients(&mut self, inputs: &Block, gradients: &mut Block) {
        self.write(inputs, gradients, N, |jet, i| jet.gradient[i]);
    }

    fn curvatures(&mut self, inputs: &Block, curvatures: &mut Block) {
        self.write(inputs, curvatures, N * N, |jet, place| jet.curvature[place / N][place % N]);
    }
}

/// The length of the end gauge of JCGM 100:2008, H.1, in the order l_s, d̄, d₁, d₂, α_s, θ̄, δα, δθ, Δ.
pub(crate) const GAUGE: Formula<9, 1> = Formula(|[l_s, d, d1, d2, alpha_s, theta, d_alpha, d_theta, cyclic]| {
    [l_s + d + d1 + d2 - l_s * (d_alpha * (theta + cyclic) + alpha_s * d_theta)]
});

/// Resistance, reactance and impedance from voltage, current and phase: JCGM 100:2008, H.2.
pub(crate) const IMPEDANCE: Formula<3, 3> = Formula(|[v, i, phi]| {
    let z = v / i;
    [z * phi.cos(), z * phi.sin(), z]
});

/// The mass of JCGM 101:2008, 9.3, less the nominal one, in mg: m, δm, ρ_a, ρ_W, ρ_R.
pub(crate) const MASS: Formula<5, 1> = Formula(|[m, delta, air, weight, reference]| {
    let one = Jet::constant(1.0);
    let buoyancy = (air - Jet::constant(1.2)) * (one / weight - one / reference);
    [(m + delta) * (one + buoyancy) - Jet::constant(1e5)]
});

/// The power of a wave from the two parts of its reflection: JCGM 101:2008, 9.4.
pub(crate) const POWER: Formula<2, 1> = Formula(|[x1, x2]| [x1 * x1 + x2 * x2]);

/// Magnitude and phase: JCGM 102:2011, 9.3.
pub(crate) const POLAR: Formula<2, 2> = Formula(|[x1, x2]| [(x1 * x1 + x2 * x2).sqrt(), x2.atan2(x1)]);
