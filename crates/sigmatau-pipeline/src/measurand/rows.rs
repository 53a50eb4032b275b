//! Measurands whose numbers stand in the columns of a table.

use super::{Given, Page, ensembles, factor, given, known};
use sigmatau_core::Unit;
use sigmatau_data::measurand::{self as typed, Estimated, Measurand, MeasurandInput, Spread};
use sigmatau_data::{DataError, DocumentError, NumberColumn, RowSource};
use sigmatau_uncertainty::propagation::{Given as Place, RowInput, Rows, Settings, Uncertainty};
use sigmatau_uncertainty::{Correlation, Model, Sourced};

/// A measurand whose numbers may stand in columns.
#[derive(Debug)]
pub struct RowMeasurement {
    function: Sourced<Model>,
    inputs: Vec<RowInput>,
    correlation: Correlation,
    ensembles: Vec<Vec<usize>>,
    /// The columns in the order in which rows are to be given.
    pub columns: Vec<Wanted>,
}

/// A column that a measurand takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The name.
    pub name: String,
    /// What it is in if it does not say itself.
    pub unit: Unit,
    /// Whether it holds uncertainties, to which the zero of a unit does not matter.
    pub is_difference: bool,
}

impl Wanted {
    /// Finds the column in a table.
    ///
    /// # Errors
    /// When it is not there, or measures something else.
    pub fn find(&self, table: &RowSource) -> Result<NumberColumn, DataError> {
        match self.is_difference {
            true => table.difference(&self.name, &self.unit),
            false => table.number(&self.name, &self.unit),
        }
    }
}

impl RowMeasurement {
    /// Understands a document; `origin` is the file name that messages give.
    ///
    /// # Errors
    /// When the document is none; when the model, an input or a correlation is not possible, each with its line.
    pub fn read(text: &str, origin: &str) -> Result<Self, DocumentError> {
        let page = Page { text, origin };
        let document = Measurand::parse(text, origin)?;
        let function = page.function(&document)?;
        let mut columns = Columns::default();
        let own = document.inputs.iter().map(|input| columns.input(&page, input));
        let mut inputs: Vec<RowInput> = own.collect::<Result<_, _>>()?;
        inputs.extend(document.sources.iter().map(|source| RowInput {
            value: Place::Constant(0.0),
            uncertainty: Uncertainty::standard(Place::Constant(source.standard_uncertainty)),
            dof: Place::Constant(f64::INFINITY),
        }));
        let (correlation, ensembles) = (page.correlation(&document)?, ensembles(&document));
        let measurement = Self { function, inputs, correlation, ensembles, columns: columns.0 };
        let possible = measurement.rows(&Settings::default()).map(drop);
        possible.map_err(|message| page.refuse(None, &message))?;
        Ok(measurement)
    }

    /// The results, each in the unit that it is to be given in.
    pub fn outputs(&self) -> Vec<Given> {
        given(&self.function)
    }

    /// How rows are propagated.
    ///
    /// # Errors
    /// Says why ensembles or a coverage probability are not possible.
    pub fn rows(&self, settings: &Settings) -> Result<Rows<'_>, String> {
        let rows = Rows::new(&self.function, self.inputs.clone(), &self.correlation, settings);
        rows.and_then(|rows| rows.with_ensembles(&self.ensembles)).map_err(|error| format!("failed to {error}"))
    }
}

/// The columns that inputs have named so far.
#[derive(Default)]
struct Columns(Vec<Wanted>);

impl Columns {
    fn place(&mut self, name: &str, unit: &Unit, is_difference: bool) -> Place {
        let wanted = Wanted { name: name.to_owned(), unit: unit.clone(), is_difference };
        let place = self.0.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            self.0.push(wanted);
            self.0.len() - 1
        });
        Place::Column(place)
    }

    /// A difference in the unit of an input.
    fn difference(&mut self, input: &MeasurandInput, number: &typed::Given) -> Place {
        match number {
            typed::Given::Number(number) => Place::Constant(number * factor(&input.unit)),
            typed::Given::Column(name) => self.place(name, &input.unit, true),
        }
    }

    fn input(&mut self, page: &Page<'_>, input: &MeasurandInput) -> Result<RowInput, DocumentError> {
        let in_si = |value| {
            let way = input.unit.conversion(&input.unit.coherent()).expect("a unit converts to its coherent one");
            Place::Constant(way.apply(value))
        };
        let value = match &input.estimate {
            Estimated::Value(value) => in_si(*value),
            Estimated::Observations(observations) => in_si(known::repeated(observations).mean),
            Estimated::Column(name) => self.place(name, &input.unit, false),
        };
        Ok(RowInput { value, uncertainty: self.uncertainty(page, input)?, dof: self.dof(input) })
    }

    fn uncertainty(&mut self, page: &Page<'_>, input: &MeasurandInput) -> Result<Uncertainty, DocumentError> {
        let constant = |u: f64| Uncertainty::standard(Place::Constant(u * factor(&input.unit)));
        Ok(match &input.spread {
            Spread::Constant => Uncertainty::none(),
            Spread::Normal { standard_uncertainty } => {
                Uncertainty::standard(self.difference(input, standard_uncertainty))
            }
            Spread::Expanded { expanded_uncertainty, coverage_factor } => {
                let expanded = self.difference(input, expanded_uncertainty);
                Uncertainty::expanded(expanded, Place::Constant(*coverage_factor))
            }
            Spread::Observed => constant(known::observed(&input.estimate).standard_uncertainty()),
            // The standard deviation of what is exponential is its mean.
            Spread::Exponential => Uncertainty::relative(Place::Constant(1.0)),
            Spread::Terms(terms) => known::terms(page, input, terms)?,
            other => constant(known::fixed(other).standard_uncertainty()),
        })
    }

    fn dof(&mut self, input: &MeasurandInput) -> Place {
        match (&input.dof, &input.spread) {
            (Some(typed::Given::Number(dof)), _) | (None, Spread::Student { dof, .. }) => Place::Constant(*dof),
            (Some(typed::Given::Column(name)), _) => self.place(name, &Unit::ONE, false),
            (None, Spread::Observed) => Place::Constant(known::observed(&input.estimate).dof()),
            (None, _) => Place::Constant(f64::INFINITY),
        }
    }
}
