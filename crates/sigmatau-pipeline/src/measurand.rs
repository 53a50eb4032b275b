//! Measurands as they are meant: from what a document says to a compiled model and to what is known of its inputs.
//!
//! What lives here: [`Measurement`], one measurand with all its numbers; [`RowMeasurement`], one whose numbers stand in the
//! columns of a table, row by row; errors at the lines of the document.
//!
//! What inputs share through a source is not turned into correlations: the source becomes an input of its own
//! ([`Sourced`]), normal about 0. It has a line in the budget, leaves effective degrees of freedom justified, and
//! Monte Carlo draws it once for all inputs, exactly, whatever their own distributions are.

mod draws;
mod known;
mod rows;

pub use draws::NotDrawn;
pub use rows::{RowMeasurement, Wanted};

use sigmatau_core::unit::Conversion;
use sigmatau_core::{Finding, Unit};
use sigmatau_data::DocumentError;
use sigmatau_data::measurand::{Estimated, Measurand, MeasurandInput};
use sigmatau_uncertainty::propagation::type_a::Simultaneous;
use sigmatau_uncertainty::propagation::{Inputs, Quantity};
use sigmatau_uncertainty::{Correlation, Distribution, Input, Model, Sourced};

/// A measurand with all its numbers.
#[derive(Debug)]
pub struct Measurement {
    /// The name: that of its file.
    pub name: String,
    /// The model, of the inputs and then of the sources.
    pub function: Sourced<Model>,
    /// What is known of each input and source, in its unit.
    pub inputs: Vec<Input>,
    /// How many of them are sources.
    pub sources: usize,
    /// The same in coherent SI units, with what they share.
    pub knowledge: Inputs,
    /// The places of inputs that were observed together, with the number of their observations.
    together: Vec<(Vec<usize>, usize)>,
}

impl Measurement {
    /// Understands a document; `origin` is the file name that messages give.
    ///
    /// # Errors
    /// When the document is none; when the model, an input or a correlation is not possible, each with its line; when a
    /// number stands in a column.
    pub fn read(name: &str, text: &str, origin: &str) -> Result<Self, DocumentError> {
        let page = Page { text, origin };
        let document = Measurand::parse(text, origin)?;
        let function = page.function(&document)?;
        let own = document.inputs.iter().map(|input| known::input(&page, input));
        let mut inputs: Vec<Input> = own.collect::<Result<_, _>>()?;
        inputs.extend(sources(&document));
        let quantities = inputs.iter().map(Quantity::from).collect();
        let correlation = page.correlation(&document)?;
        let knowledge = Inputs::new(quantities, correlation);
        let knowledge = knowledge.and_then(|inputs| inputs.with_ensembles(&ensembles(&document)));
        let knowledge = knowledge.map_err(|error| page.refuse(None, &format!("failed to {error}")))?;
        let (sources, together) = (document.sources.len(), together(&document));
        Ok(Self { name: name.to_owned(), function, inputs, sources, knowledge, together })
    }

    /// What the model remarks.
    pub fn findings(&self) -> Vec<Finding> {
        let about = |finding: Finding| {
            let subject = format!("{}: {}", self.name, finding.subject);
            finding.about(subject)
        };
        self.function.function().findings().into_iter().map(about).collect()
    }

    /// The results, each in the unit that it is to be given in.
    pub fn outputs(&self) -> Vec<Given> {
        given(&self.function)
    }

    /// A sensitivity to an input per unit of that input, of the sensitivity per coherent SI unit.
    pub fn sensitivity(&self, input: usize, in_si: f64) -> f64 {
        in_si * factor(&self.inputs[input].unit)
    }
}

/// A result in the unit that it is to be given in.
#[derive(Clone, Debug)]
pub struct Given {
    /// The symbol.
    pub symbol: String,
    /// The unit.
    pub unit: Unit,
    way: Conversion,
}

impl Given {
    /// A value, which is in the coherent SI unit.
    pub fn value(&self, value: f64) -> f64 {
        self.way.apply(value)
    }

    /// An uncertainty or another difference, which is in the coherent SI unit.
    pub fn difference(&self, difference: f64) -> f64 {
        self.way.apply_to_difference(difference)
    }
}

fn given(function: &Sourced<Model>) -> Vec<Given> {
    let of = |output: &sigmatau_uncertainty::model::Output| {
        let way = output.unit.coherent().conversion(&output.unit).expect("a unit converts from its coherent one");
        Given { symbol: output.name.clone(), unit: output.unit.clone(), way }
    };
    function.function().outputs().iter().map(of).collect()
}

/// The way of differences in a unit to the coherent one.
fn factor(unit: &Unit) -> f64 {
    unit.conversion(&unit.coherent()).expect("a unit converts to its coherent one").apply_to_difference(1.0)
}

/// The sources as inputs about 0. A unit of their own is never asked for: sensitivities take it away.
fn sources(document: &Measurand) -> impl Iterator<Item = Input> + '_ {
    document.sources.iter().map(|source| {
        let distribution = Distribution::Normal { standard_deviation: source.standard_uncertainty };
        Input::new(&source.name, Unit::ONE, 0.0, distribution).expect("the document has checked it")
    })
}

/// The names of ensembles, each with the places of its members.
fn named(document: &Measurand, is_of_it: impl Fn(&MeasurandInput) -> bool) -> Vec<Vec<usize>> {
    let mut all: Vec<(&str, Vec<usize>)> = Vec::new();
    let members = document.inputs.iter().enumerate().filter(|(_, input)| is_of_it(input));
    for (place, name) in members.filter_map(|(place, input)| Some((place, input.ensemble.as_deref()?))) {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, places)) => places.push(place),
            None => all.push((name, vec![place])),
        }
    }
    all.into_iter().map(|(_, places)| places).collect()
}

fn ensembles(document: &Measurand) -> Vec<Vec<usize>> {
    named(document, |_| true)
}

fn observations(input: &MeasurandInput) -> Option<&[f64]> {
    if let Estimated::Observations(values) = &input.estimate { Some(values) } else { None }
}

/// Inputs of which there are joint observations, two or more of them, with the number of observations.
fn together(document: &Measurand) -> Vec<(Vec<usize>, usize)> {
    let observed = named(document, |input| observations(input).is_some());
    let count = |places: &[usize]| observations(&document.inputs[places[0]]).map_or(0, <[f64]>::len);
    observed.into_iter().filter(|places| places.len() > 1).map(|places| (places.clone(), count(&places))).collect()
}

/// A document, for messages about it.
struct Page<'a> {
    text: &'a str,
    origin: &'a str,
}

impl Page<'_> {
    fn refuse(&self, line: Option<usize>, message: &str) -> DocumentError {
        DocumentError { origin: self.origin.to_owned(), line, message: message.to_owned() }
    }

    /// The model with its sources.
    fn function(&self, document: &Measurand) -> Result<Sourced<Model>, DocumentError> {
        let inputs: Vec<_> = document.inputs.iter().map(|input| (input.symbol.as_str(), &input.unit)).collect();
        let model = Model::parse(&document.model, &inputs).map_err(|error| {
            let first = document.model_line.map(|line| line + self.first_line(line));
            let message = format!("{}, at column {} of the model", error.problem, error.place.column);
            self.refuse(first.map(|first| first + error.place.line - 1), &message)
        })?;
        let in_si = |(place, sensitivity): &(usize, f64)| (*place, sensitivity * factor(&document.inputs[*place].unit));
        let sources = document.sources.iter().map(|source| source.sensitivities.iter().map(in_si).collect());
        Ok(Sourced::new(model, sources.collect()))
    }

    /// How many lines below its key the text of the model begins: TOML drops a line that ends behind the quotes.
    fn first_line(&self, line: usize) -> usize {
        let typed = self.text.lines().nth(line - 1).unwrap_or_default();
        let is_open = |quotes: &str| typed.trim_end().ends_with(quotes) && typed.matches(quotes).count() == 1;
        usize::from(is_open("\"\"\"") || is_open("'''"))
    }

    /// What is stated of pairs, and what joint observations tell.
    fn correlation(&self, document: &Measurand) -> Result<Correlation, DocumentError> {
        let stated = document.correlations.iter().map(|pair| (pair.between.0, pair.between.1, pair.coefficient));
        let mut pairs: Vec<(usize, usize, f64)> = stated.collect();
        for (places, _) in together(document) {
            let observed: Vec<&[f64]> =
                places.iter().filter_map(|place| observations(&document.inputs[*place])).collect();
            let seen = Simultaneous::of(&observed).expect("the document has as many observations of each");
            let seen = seen.correlation().expect("the document has finite numbers");
            pairs.extend(seen.pairs().into_iter().map(|(a, b, coefficient)| (places[a], places[b], coefficient)));
        }
        let inputs = document.inputs.len() + document.sources.len();
        Correlation::of_pairs(inputs, &pairs).map_err(|error| self.refuse(None, &format!("failed to {error}")))
    }
}

#[cfg(test)]
mod tests;
