//! Measurement models as text: `R = V / I * cos(phi)`, with units, several outputs and complex quantities.
//!
//! A model is lines `name = expression`, ended by the end of the line or by `;`. Every line is an output unless it begins
//! with `let`. A line may use the inputs, earlier lines and the [constants](CONSTANTS); `#` begins a comment.
//!
//! - Numbers may have a unit: `0.3 [mm]`. Reckoning is in coherent SI units, and `20 [degC]` is 293.15 K: write
//!   a difference of temperatures in `[K]`.
//! - `+ - * / ^` with the usual precedence: `-x^2` is −(x²), `a^b^c` is a^(b^c). [Functions](FUNCTIONS) are called by
//!   name. Powers of quantities with a dimension are exact ratios: `f^2`, `S^(1/2)`, `k^-1.5`.
//! - `R [ohm] = V / I` states the unit of an output, which is checked; without it the output is in the coherent SI unit.
//! - Quantities that are added or compared must be of one kind. SI takes the radian for a number, and so does
//!   the language: sin takes an angle or a number, an arc `r * theta` may be stated in `[m]`, and a sum is an angle when all
//!   its terms are. Products keep their radians until then, so that `omega * t` is an angle and is shown as one.
//! - `V` stands for a complex input when there are inputs `V.re` and `V.im`; a complex output `Z` becomes two, `Z.re` and
//!   `Z.im`.
//!
//! The parser is our own: no kept crate reads units, gives places in its errors and lets several lines share quantities
//! from which derivatives are to be formed.
//!
//! What lives here: reading, checking, differentiating and compiling. What never does: what the values are and how
//! uncertain.

mod constant;
mod derivative;
mod dimension;
mod error;
mod function;
mod graph;
mod machine;
mod meaning;
mod operation;
mod parse;
mod program;
mod quantity;
mod syntax;
mod token;

pub use constant::{CONSTANTS, Constant};
pub use error::{ModelError, Place, Problem};
pub use function::{FUNCTIONS, Function};

use crate::{Block, Evaluator};
use graph::{Graph, Node};
use machine::Machine;
use meaning::Meaning;
use program::Program;
use sigmatau_core::{Finding, Severity, Unit};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A measurement model, compiled for blocks of points.
///
/// As a [`Function`](crate::Function), it takes the inputs and gives the outputs in coherent SI units, whatever unit an
/// output states. Derivatives are formed symbolically when they are first asked for, and share what they have in common.
/// Evaluation allocates at its first call only; its time is that of the operations in the model, each a loop over
/// the points, and its memory a few kilobytes. Every point has the same digits in any block on any processor.
///
/// ```
/// use sigmatau_core::Unit;
/// use sigmatau_uncertainty::{Block, Function, Model};
/// let [volt, ampere] = ["V", "mA"].map(|unit| Unit::parse(unit).unwrap());
/// let inputs = [("V", &volt), ("I", &ampere), ("phi", &Unit::RADIAN)];
/// let model = Model::parse("R [ohm] = V / I * cos(phi)", &inputs)?;
/// let mut outputs = Block::default();
/// model.evaluator().values(&Block::of_point(&[4.999, 19.661e-3, 1.04446]), &mut outputs);
/// assert!((outputs.column(0)[0] - 127.7321699).abs() < 1e-7);
/// # Ok::<(), sigmatau_uncertainty::model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Model {
    inputs: Vec<String>,
    outputs: Vec<Output>,
    unused: Vec<String>,
    graph: Graph,
    /// The node of each output.
    roots: Vec<Node>,
    programs: [OnceLock<Program>; 4],
}

/// A result of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name, with `.re` or `.im` behind it for a part of a complex quantity.
    pub name: String,
    /// The unit that it is to be given in.
    pub unit: Unit,
}

/// What is to be evaluated.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Values,
    Gradients,
    ValuesAndGradients,
    Curvatures,
}

impl Model {
    /// Reads a model for inputs with these symbols and units.
    ///
    /// # Errors
    /// When the text is not in the language, a symbol is unknown, a name has two values, or quantities that
    /// are added, compared or stated are not of one kind; each with the line and the column.
    pub fn parse(text: &str, inputs: &[(&str, &Unit)]) -> Result<Self, ModelError> {
        let lines = parse::lines(text)?;
        let Meaning { graph, outputs, roots, unused } = Meaning::of(&lines, inputs)?;
        let inputs = inputs.iter().map(|(symbol, _)| (*symbol).to_owned()).collect();
        Ok(Self { inputs, outputs, unused, graph, roots, programs: Default::default() })
    }

    /// The symbols that a text uses and does not define: its inputs, in the order of their first use.
    ///
    /// ```
    /// use sigmatau_uncertainty::Model;
    /// assert_eq!(Model::symbols_of("let S = 2 * pi * r^2; V = S * h")?, ["r", "h"]);
    /// # Ok::<(), sigmatau_uncertainty::model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is not in the language.
    pub fn symbols_of(text: &str) -> Result<Vec<String>, ModelError> {
        let mut known: BTreeSet<String> = CONSTANTS.iter().map(|constant| constant.name.to_owned()).collect();
        let mut symbols = Vec::new();
        for line in parse::lines(text)? {
            symbols.extend(line.symbols().filter(|symbol| known.insert((*symbol).to_owned())).map(str::to_owned));
            known.extend(["", ".re", ".im"].map(|part| format!("{}{part}", line.name)));
        }
        Ok(symbols)
    }

    /// The symbols of the inputs, in the order of the columns.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The results, in the order of the columns.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Remarks: inputs and lines with `let` that nothing uses.
    pub fn findings(&self) -> Vec<Finding> {
        let remark = |name: &String| {
            Finding::new(
                Severity::Warning,
                "unused",
                "the model does not use it",
                "its uncertainty has no part in that of the result",
                "look for a misspelt symbol, or leave it out",
            )
            .about(name.as_str())
        };
        self.unused.iter().map(remark).collect()
    }

    fn program(&self, wanted: Wanted) -> &Program {
        self.programs[wanted as usize].get_or_init(|| {
            let mut graph = self.graph.clone();
            let values = self.roots.iter().copied().map(Some).collect();
            let blocks = match wanted {
                Wanted::Values => vec![values],
                Wanted::Gradients => vec![self.gradients(&mut graph)],
                Wanted::ValuesAndGradients => vec![values, self.gradients(&mut graph)],
                Wanted::Curvatures => vec![self.curvatures(&mut graph)],
            };
            Program::of(&mut graph, &blocks)
        })
    }

    /// The nodes of the first derivatives: o·n + i is ∂fₒ/∂xᵢ.
    fn gradients(&self, graph: &mut Graph) -> Vec<Option<Node>> {
        self.roots.iter().flat_map(|root| derivative::gradient(graph, *root, self.inputs.len())).collect()
    }

    /// The nodes of the second derivatives: (o·n + i)·n + j is ∂²fₒ/∂xᵢ∂xⱼ, formed for i ≤ j.
    fn curvatures(&self, graph: &mut Graph) -> Vec<Option<Node>> {
        let n = self.inputs.len();
        let mut curvatures = vec![None; self.roots.len() * n * n];
        for (row, slope) in self.gradients(graph).into_iter().enumerate() {
            let Some(slope) = slope else { continue };
            let (output, i) = (row / n, row % n);
            for (j, curvature) in derivative::gradient(graph, slope, n).into_iter().enumerate().skip(i) {
                curvatures[(output * n + i) * n + j] = curvature;
                curvatures[(output * n + j) * n + i] = curvature;
            }
        }
        curvatures
    }
}

impl crate::Function for Model {
    fn inputs(&self) -> usize {
        self.inputs.len()
    }

    fn outputs(&self) -> usize {
        self.outputs.len()
    }

    fn evaluator(&self) -> Box<dyn Evaluator + '_> {
        Box::new(Machines { model: self, machines: Default::default() })
    }
}

/// The machines of a model, made when they are first needed.
struct Machines<'a> {
    model: &'a Model,
    machines: [Option<Machine<'a>>; 4],
}

impl Machines<'_> {
    fn run<const N: usize>(&mut self, wanted: Wanted, inputs: &Block, results: [(&mut Block, usize); N]) {
        let mut results = results.map(|(result, columns)| {
            result.reshape(columns, inputs.points());
            result
        });
        let machine = self.machines[wanted as usize].get_or_insert_with(|| Machine::new(self.model.program(wanted)));
        machine.run(inputs, &mut results);
    }

    /// The number of outputs and of inputs.
    fn shape(&self) -> (usize, usize) {
        (self.model.outputs.len(), self.model.inputs.len())
    }
}

impl Evaluator for Machines<'_> {
    fn values(&mut self, inputs: &Block, outputs: &mut Block) {
        let (m, _) = self.shape();
        self.run(Wanted::Values, inputs, [(outputs, m)]);
    }

    fn gradients(&mut self, inputs: &Block, gradients: &mut Block) {
        let (m, n) = self.shape();
        self.run(Wanted::Gradients, inputs, [(gradients, m * n)]);
    }

    fn values_and_gradients(&mut self, inputs: &Block, outputs: &mut Block, gradients: &mut Block) {
        let (m, n) = self.shape();
        self.run(Wanted::ValuesAndGradients, inputs, [(outputs, m), (gradients, m * n)]);
    }

    fn curvatures(&mut self, inputs: &Block, curvatures: &mut Block) {
        let (m, n) = self.shape();
        self.run(Wanted::Curvatures, inputs, [(curvatures, m * n * n)]);
    }
}
