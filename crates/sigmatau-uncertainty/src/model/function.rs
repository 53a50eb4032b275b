//! The functions of the language: a table of names, arguments and meanings. What the meaning of an entry does to
//! dimensions is said there; its derivatives are those of the nodes that it is made of.

use super::dimension::Exponents;
use super::error::Problem;
use super::graph::Graph;
use super::operation::{Binary, Unary};
use super::quantity::Quantity;
use sigmatau_core::Unit;

type Outcome = Result<Quantity, Problem>;

/// What a function takes and gives.
enum Meaning {
    One(fn(&mut Graph, Quantity) -> Outcome),
    Two(fn(&mut Graph, Quantity, Quantity) -> Outcome),
    /// Two or more, taken together from the left.
    Many(fn(&mut Graph, Quantity, Quantity) -> Outcome),
}

/// A function that models may call.
pub struct Function {
    /// The name in models.
    pub name: &'static str,
    /// What it gives, and of what.
    pub about: &'static str,
    meaning: Meaning,
}

use Meaning::{Many, One, Two};

/// All of them.
pub const FUNCTIONS: &[Function] = &[
    function("sqrt", "the square root, of complex quantities the principal one", One(|g, x| x.sqrt(g))),
    function("exp", "e to the power of a real or complex number", One(|g, x| Ok(x.as_number("`exp`")?.exp(g)))),
    function(
        "ln",
        "the natural logarithm of a number, of complex ones the principal one",
        One(|g, x| Ok(x.as_number("`ln`")?.ln(g))),
    ),
    function("log10", "the decimal logarithm of a number", One(|g, x| number(g, x, Unary::Log10, "`log10`"))),
    function("log2", "the binary logarithm of a number", One(|g, x| number(g, x, Unary::Log2, "`log2`"))),
    function("sin", "the sine of an angle or number", One(|g, x| number(g, x, Unary::Sin, "`sin`"))),
    function("cos", "the cosine of an angle or number", One(|g, x| number(g, x, Unary::Cos, "`cos`"))),
    function("tan", "the tangent of an angle or number", One(|g, x| number(g, x, Unary::Tan, "`tan`"))),
    function("asin", "the angle whose sine is a number", One(|g, x| angle(g, x, Unary::Asin, "`asin`"))),
    function("acos", "the angle whose cosine is a number", One(|g, x| angle(g, x, Unary::Acos, "`acos`"))),
    function("atan", "the angle whose tangent is a number", One(|g, x| angle(g, x, Unary::Atan, "`atan`"))),
    function(
        "atan2",
        "the angle of the point (x, y), of y and x in this order and of one kind",
        Two(|g, y, x| Ok(Quantity { dimension: radian(), ..alike(g, y, x, Binary::Atan2, "`atan2`")? })),
    ),
    function("sinh", "the hyperbolic sine of a number", One(|g, x| number(g, x, Unary::Sinh, "`sinh`"))),
    function("cosh", "the hyperbolic cosine of a number", One(|g, x| number(g, x, Unary::Cosh, "`cosh`"))),
    function("tanh", "the hyperbolic tangent of a number", One(|g, x| number(g, x, Unary::Tanh, "`tanh`"))),
    function("abs", "the magnitude of a real or complex quantity", One(|g, x| Ok(x.magnitude(g)))),
    function(
        "sign",
        "-1, 0 or 1; its derivative is 0, also at the step",
        One(|g, x| Ok(Quantity::real(g.unary(Unary::Sign, x.as_real("`sign`")?), Exponents::NUMBER))),
    ),
    function(
        "hypot",
        "the root of the sum of the squares of two quantities of one kind",
        Two(|g, x, y| alike(g, x, y, Binary::Hypot, "`hypot`")),
    ),
    function(
        "min",
        "the least of several quantities of one kind, without derivative where they are equal",
        Many(|g, x, y| alike(g, x, y, Binary::Min, "`min`")),
    ),
    function(
        "max",
        "the largest of several quantities of one kind, without derivative where they are equal",
        Many(|g, x, y| alike(g, x, y, Binary::Max, "`max`")),
    ),
    function("complex", "the complex quantity of a real and an imaginary part of one kind", Two(complex)),
    function("polar", "the complex quantity of a magnitude and an angle", Two(polar)),
    function("re", "the real part", One(|_, x| Ok(Quantity::real(x.re, x.dimension)))),
    function("im", "the imaginary part", One(|g, x| Ok(Quantity::real(x.imaginary(g), x.dimension)))),
    function("arg", "the angle of a complex quantity", One(|g, x| Ok(Quantity::real(x.argument(g), radian())))),
    function("conj", "the complex conjugate", One(|g, x| Ok(x.conjugate(g)))),
];

const fn function(name: &'static str, about: &'static str, meaning: Meaning) -> Function {
    Function { name, about, meaning }
}

impl Function {
    /// What the function gives.
    pub(super) fn apply(&self, graph: &mut Graph, arguments: &[Quantity]) -> Outcome {
        match (&self.meaning, arguments) {
            (One(f), [x]) => f(graph, *x),
            (Two(f), [x, y]) => f(graph, *x, *y),
            (Many(f), [first, rest @ ..]) if !rest.is_empty() => rest.iter().try_fold(*first, |x, y| f(graph, x, *y)),
            (_, arguments) => {
                Err(Problem::Arguments { function: self.name, wanted: self.wanted(), got: arguments.len() })
            }
        }
    }

    fn wanted(&self) -> &'static str {
        match self.meaning {
            One(_) => "one argument",
            Two(_) => "two arguments",
            Many(_) => "two arguments or more",
        }
    }
}

fn radian() -> Exponents {
    Exponents::of(&Unit::RADIAN)
}

/// f of a real number or angle, a number.
fn number(graph: &mut Graph, x: Quantity, f: Unary, name: &'static str) -> Outcome {
    let x = x.as_number(name)?.as_real(name)?;
    Ok(Quantity::real(graph.unary(f, x), Exponents::NUMBER))
}

/// f of a real number, an angle.
fn angle(graph: &mut Graph, x: Quantity, f: Unary, name: &'static str) -> Outcome {
    Ok(Quantity { dimension: radian(), ..number(graph, x, f, name)? })
}

/// f of two real quantities of one kind, a quantity of that kind.
fn alike(graph: &mut Graph, x: Quantity, y: Quantity, f: Binary, name: &'static str) -> Outcome {
    let dimension = x.alike(y, name)?;
    let (x, y) = (x.as_real(name)?, y.as_real(name)?);
    Ok(Quantity::real(graph.binary(f, x, y), dimension))
}

fn complex(_: &mut Graph, re: Quantity, im: Quantity) -> Outcome {
    let dimension = re.alike(im, "`complex`")?;
    Ok(Quantity::complex(re.as_real("`complex`")?, im.as_real("`complex`")?, dimension))
}

fn polar(graph: &mut Graph, radius: Quantity, angle: Quantity) -> Outcome {
    let angle = angle.as_number("`polar`")?.as_real("`polar`")?;
    Ok(Quantity::polar(graph, radius.as_real("`polar`")?, angle, radius.dimension))
}
