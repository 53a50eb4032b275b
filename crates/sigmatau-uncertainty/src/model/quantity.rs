//! Quantities while a model is read: real or complex nodes of the graph with their dimension.

use super::dimension::{Exponents, Ratio};
use super::error::Problem;
use super::graph::{Graph, Node};
use super::operation::{Binary, Unary};

/// A real or complex quantity in the coherent SI unit of its dimension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantity {
    pub(super) re: Node,
    /// The imaginary part of a complex quantity.
    pub(super) im: Option<Node>,
    pub(super) dimension: Exponents,
    /// The number that it is exactly, as far as exponents need it.
    pub(super) ratio: Option<Ratio>,
}

type Result = std::result::Result<Quantity, Problem>;

impl Quantity {
    pub(super) fn real(re: Node, dimension: Exponents) -> Self {
        Self { re, im: None, dimension, ratio: None }
    }

    pub(super) fn complex(re: Node, im: Node, dimension: Exponents) -> Self {
        Self { im: Some(im), ..Self::real(re, dimension) }
    }

    fn of_parts((re, im): (Node, Option<Node>), dimension: Exponents) -> Self {
        Self { im, ..Self::real(re, dimension) }
    }

    /// The imaginary part, nought of a real quantity.
    pub(super) fn imaginary(self, graph: &mut Graph) -> Node {
        self.im.unwrap_or_else(|| graph.constant(0.0))
    }

    /// The node of a real quantity.
    pub(super) fn as_real(self, operation: &'static str) -> std::result::Result<Node, Problem> {
        match self.im {
            None => Ok(self.re),
            Some(_) => Err(Problem::Complex(operation)),
        }
    }

    /// The quantity, if it is a number or an angle.
    pub(super) fn as_number(self, operation: &'static str) -> Result {
        match self.dimension.is_number() {
            true => Ok(self),
            false => Err(Problem::NotANumber { operation, unit: self.dimension.to_string() }),
        }
    }

    /// The dimension of a sum with another.
    pub(super) fn alike(self, other: Self, operation: &'static str) -> std::result::Result<Exponents, Problem> {
        self.dimension.alike(other.dimension).ok_or_else(|| Problem::Mismatch {
            operation,
            left: self.dimension.to_string(),
            right: other.dimension.to_string(),
        })
    }

    pub(super) fn negated(self, g: &mut Graph) -> Self {
        let (re, im) = (g.negate(self.re), self.im.map(|im| g.negate(im)));
        Self { ratio: self.ratio.and_then(Ratio::negated), ..Self::of_parts((re, im), self.dimension) }
    }

    pub(super) fn plus(self, g: &mut Graph, other: Self) -> Result {
        let dimension = self.alike(other, "`+`")?;
        let im = match (self.im, other.im) {
            (Some(im), Some(its)) => Some(g.add(im, its)),
            (mine, its) => mine.or(its),
        };
        let ratio = self.with_ratio(other, Ratio::plus);
        Ok(Self { ratio, ..Self::of_parts((g.add(self.re, other.re), im), dimension) })
    }

    pub(super) fn minus(self, g: &mut Graph, other: Self) -> Result {
        let dimension = self.alike(other, "`-`")?;
        let im = match (self.im, other.im) {
            (Some(im), Some(its)) => Some(g.subtract(im, its)),
            (None, Some(its)) => Some(g.negate(its)),
            (mine, None) => mine,
        };
        let ratio = self.with_ratio(other, |mine, its| its.negated().and_then(|its| mine.plus(its)));
        Ok(Self { ratio, ..Self::of_parts((g.subtract(self.re, other.re), im), dimension) })
    }

    pub(super) fn times(self, g: &mut Graph, other: Self) -> Result {
        let dimension = self.dimension.times_power(other.dimension, Ratio::whole(1)).ok_or(Problem::Range)?;
        let parts = match (self.im, other.im) {
            (None, None) => (g.multiply(self.re, other.re), None),
            (None, Some(im)) => (g.multiply(self.re, other.re), Some(g.multiply(self.re, im))),
            (Some(im), None) => (g.multiply(self.re, other.re), Some(g.multiply(im, other.re))),
            (Some(im), Some(its)) => {
                let (ac, bd) = (g.multiply(self.re, other.re), g.multiply(im, its));
                let (ad, bc) = (g.multiply(self.re, its), g.multiply(im, other.re));
                (g.subtract(ac, bd), Some(g.add(ad, bc)))
            }
        };
        Ok(Self { ratio: self.with_ratio(other, Ratio::times), ..Self::of_parts(parts, dimension) })
    }

    pub(super) fn over(self, g: &mut Graph, other: Self) -> Result {
        let dimension = self.dimension.times_power(other.dimension, Ratio::whole(-1)).ok_or(Problem::Range)?;
        let parts = match other.im {
            None => (g.divide(self.re, other.re), self.im.map(|im| g.divide(im, other.re))),
            Some(im) => {
                let squares = [other.re, im].map(|part| g.multiply(part, part));
                let norm = g.add(squares[0], squares[1]);
                let conjugate = other.conjugate(g);
                let above = self.times(g, conjugate)?;
                (g.divide(above.re, norm), above.im.map(|im| g.divide(im, norm)))
            }
        };
        Ok(Self { ratio: self.with_ratio(other, Ratio::over), ..Self::of_parts(parts, dimension) })
    }

    /// The quantity to a power: exactly where the power is a whole number, by logarithms where it is complex.
    pub(super) fn to_power(self, g: &mut Graph, power: Self) -> Result {
        let power = power.as_number("the power")?;
        let dimension = match power.ratio {
            Some(ratio) => self.dimension.to_power(ratio).ok_or(Problem::Range)?,
            None if self.dimension.is_number() => Exponents::NUMBER,
            None => return Err(Problem::Exponent(self.dimension.to_string())),
        };
        let whole = power.ratio.and_then(Ratio::as_whole);
        let parts = match (self.im, power.im, whole) {
            (None, None, Some(whole)) => (g.power(self.re, whole), None),
            (None, None, None) if power.ratio == Ratio::of(0.5) => (g.unary(Unary::Sqrt, self.re), None),
            (None, None, None) => (g.binary(Binary::Power, self.re, power.re), None),
            (_, _, Some(whole)) => self.whole_power(g, whole)?.parts(),
            _ => {
                let number = Self { dimension: Exponents::NUMBER, ..self };
                let exponent = number.ln(g).times(g, Self { dimension: Exponents::NUMBER, ..power })?;
                exponent.exp(g).parts()
            }
        };
        Ok(Self::of_parts(parts, dimension))
    }

    /// A complex quantity multiplied with itself.
    fn whole_power(self, g: &mut Graph, power: i32) -> Result {
        let one = Self::real(g.constant(1.0), Exponents::NUMBER);
        let (mut product, mut square, mut left) =
            (one, Self { dimension: Exponents::NUMBER, ..self }, power.unsigned_abs());
        while left > 0 {
            product = if left & 1 == 1 { product.times(g, square)? } else { product };
            square = square.times(g, square)?;
            left >>= 1;
        }
        if power < 0 { one.over(g, product) } else { Ok(product) }
    }

    fn parts(self) -> (Node, Option<Node>) {
        (self.re, self.im)
    }

    fn with_ratio(self, other: Self, f: impl Fn(Ratio, Ratio) -> Option<Ratio>) -> Option<Ratio> {
        self.ratio.zip(other.ratio).and_then(|(mine, its)| f(mine, its))
    }

    pub(super) fn conjugate(self, g: &mut Graph) -> Self {
        Self { im: self.im.map(|im| g.negate(im)), ..self }
    }

    /// |z|.
    pub(super) fn magnitude(self, g: &mut Graph) -> Self {
        let re = match self.im {
            None => g.unary(Unary::Abs, self.re),
            Some(im) => g.binary(Binary::Hypot, self.re, im),
        };
        Self::real(re, self.dimension)
    }

    /// The angle of a complex quantity, a number until it is told to be an angle.
    pub(super) fn argument(self, g: &mut Graph) -> Node {
        let im = self.imaginary(g);
        g.binary(Binary::Atan2, im, self.re)
    }

    /// r cos φ + i r sin φ.
    pub(super) fn polar(g: &mut Graph, radius: Node, angle: Node, dimension: Exponents) -> Self {
        let [cos, sin] = [Unary::Cos, Unary::Sin].map(|part| g.unary(part, angle));
        Self::complex(g.multiply(radius, cos), g.multiply(radius, sin), dimension)
    }

    /// e^z of a number.
    pub(super) fn exp(self, g: &mut Graph) -> Self {
        let radius = g.unary(Unary::Exp, self.re);
        match self.im {
            None => Self::real(radius, Exponents::NUMBER),
            Some(angle) => Self::polar(g, radius, angle, Exponents::NUMBER),
        }
    }

    /// The principal logarithm of a number.
    pub(super) fn ln(self, g: &mut Graph) -> Self {
        let Some(_) = self.im else { return Self::real(g.unary(Unary::Ln, self.re), Exponents::NUMBER) };
        let radius = self.magnitude(g).re;
        Self::complex(g.unary(Unary::Ln, radius), self.argument(g), Exponents::NUMBER)
    }

    /// The principal square root.
    pub(super) fn sqrt(self, g: &mut Graph) -> Result {
        let half = Ratio::whole(1).over(Ratio::whole(2)).ok_or(Problem::Range)?;
        let dimension = self.dimension.to_power(half).ok_or(Problem::Range)?;
        let Some(_) = self.im else { return Ok(Self::real(g.unary(Unary::Sqrt, self.re), dimension)) };
        let (magnitude, argument, two) = (self.magnitude(g).re, self.argument(g), g.constant(2.0));
        let (radius, angle) = (g.unary(Unary::Sqrt, magnitude), g.divide(argument, two));
        Ok(Self::polar(g, radius, angle, dimension))
    }
}
