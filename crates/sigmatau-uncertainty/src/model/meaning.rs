//! From lines of terms to a graph: symbols get their quantities, units are checked, complex quantities become pairs.

use super::Output;
use super::constant::CONSTANTS;
use super::dimension::{Exponents, Ratio};
use super::error::{ModelError, Place, Problem};
use super::function::FUNCTIONS;
use super::graph::{Graph, Node};
use super::quantity::Quantity;
use super::syntax::{Line, Operator, Term};
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;
use std::collections::{BTreeMap, BTreeSet};

/// What a text means for given inputs.
pub(super) struct Meaning {
    pub(super) graph: Graph,
    pub(super) outputs: Vec<Output>,
    /// The node of each output.
    pub(super) roots: Vec<Node>,
    /// The inputs and the lines with `let` that no line uses.
    pub(super) unused: Vec<String>,
}

impl Meaning {
    /// Gives lines their meaning.
    pub(super) fn of(lines: &[Line], inputs: &[(&str, &Unit)]) -> Result<Self, ModelError> {
        let mut reader = Reader::new(lines, inputs);
        for line in lines {
            reader.line(line)?;
        }
        if reader.outputs.is_empty() {
            return Err(Place { line: 1, column: 1 }.error(Problem::Empty));
        }
        let internal = lines.iter().filter(|line| !line.is_output).map(|line| line.name.as_str());
        let names = inputs.iter().map(|(symbol, _)| *symbol).chain(internal);
        let unused = names.filter(|name| !reader.used.contains(*name)).map(str::to_owned).collect();
        Ok(Self { graph: reader.graph, outputs: reader.outputs, roots: reader.roots, unused })
    }
}

struct Reader<'a> {
    lines: &'a [Line],
    graph: Graph,
    inputs: BTreeMap<&'a str, Quantity>,
    values: BTreeMap<&'a str, Quantity>,
    used: BTreeSet<String>,
    outputs: Vec<Output>,
    roots: Vec<Node>,
}

impl<'a> Reader<'a> {
    fn new(lines: &'a [Line], inputs: &[(&'a str, &Unit)]) -> Self {
        let mut graph = Graph::default();
        let quantity = |(place, (symbol, unit)): (usize, &(&'a str, &Unit))| {
            (*symbol, Quantity::real(graph.input(place), Exponents::of(unit)))
        };
        let inputs = inputs.iter().enumerate().map(quantity).collect();
        let (values, used, outputs, roots) = Default::default();
        Self { lines, graph, inputs, values, used, outputs, roots }
    }

    fn line(&mut self, line: &'a Line) -> Result<(), ModelError> {
        let name = line.name.as_str();
        if self.inputs.contains_key(name) || self.values.contains_key(name) {
            return Err(line.place.error(Problem::Twice(name.to_owned())));
        }
        let quantity = self.terms(line)?;
        let quantity = stated(quantity, line)?;
        if line.is_output {
            self.output(line, quantity)?;
        }
        self.values.insert(name, Quantity { ratio: None, ..quantity });
        Ok(())
    }

    fn output(&mut self, line: &Line, quantity: Quantity) -> Result<(), ModelError> {
        let fractional = |unit: Exponents| Problem::Fractional { name: line.name.clone(), unit: unit.to_string() };
        let unit = match &line.unit {
            Some((unit, _)) => unit.clone(),
            None => {
                let dimension = quantity.dimension;
                dimension.unit().ok_or_else(|| line.place.error(fractional(dimension)))?
            }
        };
        let parts = match quantity.im {
            None => vec![(line.name.clone(), quantity.re)],
            Some(im) => vec![(format!("{}.re", line.name), quantity.re), (format!("{}.im", line.name), im)],
        };
        for (name, root) in parts {
            self.outputs.push(Output { name, unit: unit.clone() });
            self.roots.push(root);
        }
        Ok(())
    }

    /// The quantity of the last term, which is the whole of the line.
    fn terms(&mut self, line: &'a Line) -> Result<Quantity, ModelError> {
        let mut quantities: Vec<Quantity> = Vec::with_capacity(line.terms.len());
        for (term, place) in &line.terms {
            let quantity = self.term(term, &quantities).map_err(|problem| place.error(problem))?;
            quantities.push(quantity);
        }
        Ok(*quantities.last().expect("the grammar wants a term after `=`"))
    }

    fn term(&mut self, term: &Term, quantities: &[Quantity]) -> Result<Quantity, Problem> {
        match term {
            Term::Number { value, unit: None } => {
                let number = Quantity::real(self.graph.constant(*value), Exponents::NUMBER);
                Ok(Quantity { ratio: Ratio::of(*value), ..number })
            }
            Term::Number { value, unit: Some(unit) } => self.constant(*value, unit),
            Term::Symbol(symbol) => self.symbol(symbol),
            Term::Call { function, arguments } => {
                let arguments: Vec<Quantity> = arguments.iter().map(|argument| quantities[*argument]).collect();
                self.call(function, &arguments)
            }
            Term::Negate(inner) => Ok(quantities[*inner].negated(&mut self.graph)),
            Term::Binary { operator, left, right } => {
                let (left, right, graph) = (quantities[*left], quantities[*right], &mut self.graph);
                match operator {
                    Operator::Add => left.plus(graph, right),
                    Operator::Subtract => left.minus(graph, right),
                    Operator::Multiply => left.times(graph, right),
                    Operator::Divide => left.over(graph, right),
                    Operator::Power => left.to_power(graph, right),
                }
            }
        }
    }

    fn constant(&mut self, value: f64, unit: &Unit) -> Result<Quantity, Problem> {
        let coherent = unit.convert(value, &unit.coherent())?;
        Ok(Quantity::real(self.graph.constant(coherent), Exponents::of(unit)))
    }

    fn call(&mut self, name: &str, arguments: &[Quantity]) -> Result<Quantity, Problem> {
        let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) else {
            let known: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
            return Err(Problem::Function { word: name.to_owned(), hint: did_you_mean(name, &known) });
        };
        function.apply(&mut self.graph, arguments)
    }

    /// An input, an earlier line, a part or a whole of a complex one, or a constant: the first of these that has the name.
    fn symbol(&mut self, symbol: &str) -> Result<Quantity, Problem> {
        if let Some(quantity) = self.quantity(symbol).or_else(|| self.pair(symbol)).or_else(|| self.part(symbol)) {
            return Ok(quantity);
        }
        match CONSTANTS.iter().find(|constant| constant.name == symbol) {
            Some(constant) => self.constant(constant.value, &Unit::parse(constant.unit)?),
            None => Err(self.unknown(symbol)),
        }
    }

    fn quantity(&mut self, symbol: &str) -> Option<Quantity> {
        let quantity = self.inputs.get(symbol).or_else(|| self.values.get(symbol)).copied()?;
        self.used.insert(symbol.to_owned());
        Some(quantity)
    }

    /// `V` for the inputs `V.re` and `V.im`.
    fn pair(&mut self, symbol: &str) -> Option<Quantity> {
        let [re, im] = [".re", ".im"].map(|part| self.quantity(&format!("{symbol}{part}")));
        let (re, im) = re.zip(im)?;
        re.dimension.alike(im.dimension).map(|dimension| Quantity::complex(re.re, im.re, dimension))
    }

    /// `Z.re` or `Z.im` of an earlier line.
    fn part(&mut self, symbol: &str) -> Option<Quantity> {
        let (whole, part) = symbol.rsplit_once('.').filter(|(_, part)| ["re", "im"].contains(part))?;
        let quantity = self.quantity(whole)?;
        let node = if part == "re" { quantity.re } else { quantity.imaginary(&mut self.graph) };
        Some(Quantity::real(node, quantity.dimension))
    }

    fn unknown(&self, symbol: &str) -> Problem {
        let word = symbol.to_owned();
        if let Some(line) = self.lines.iter().find(|line| line.name == symbol) {
            return Problem::Order { word, line: line.place.line };
        }
        let names = self.inputs.keys().chain(self.values.keys()).copied();
        let known: Vec<&str> = names.chain(CONSTANTS.iter().map(|constant| constant.name)).collect();
        Problem::Symbol { hint: did_you_mean(symbol, &known), word }
    }
}

/// The quantity, if it is of the kind that the line states.
fn stated(quantity: Quantity, line: &Line) -> Result<Quantity, ModelError> {
    let Some((unit, place)) = &line.unit else { return Ok(quantity) };
    let dimension = Exponents::of(unit);
    match dimension.alike(quantity.dimension) {
        Some(_) => Ok(Quantity { dimension, ..quantity }),
        None => Err(place.error(Problem::Stated {
            name: line.name.clone(),
            stated: unit.to_string(),
            found: quantity.dimension.to_string(),
        })),
    }
}
