//! Measurands as they are typed: a model, what is known of each input, and what inputs share; strictly read.
//!
//! Every key says what its number is, so that a scale, a standard deviation, a half width and an expanded uncertainty can't
//! be taken for each other; a key that does not belong to the distribution is refused with the right one.
//!
//! ```toml
//! model = "R [ohm] = V / I * cos(phi)"          # one line for each output
//!
//! [input.V]
//! unit = "V"
//! value = 4.9990                                # or: column = "v", or: observations = [5.007, 4.994, ...]
//! distribution = "t"                            # its keys are `scale` and `dof`
//! scale = 0.0032
//! dof = 4
//! ensemble = "simultaneous"                     # estimated together with the others of this name
//!
//! [input.I]                                     # a certificate states U and k
//! unit = "mA"
//! column = "i"
//! expanded_uncertainty = 0.019                  # or: expanded_column = "U_i"
//! coverage_factor = 2
//!
//! [input.phi]                                   # independent statements, reckoned anew in every row
//! unit = "rad"
//! column = "phi"
//! [[input.phi.term]]                            # ±(0.02 % of reading + 2 digits)
//! of_reading = 2e-4
//! digits = 2
//! resolution = 1e-4
//! means = "half_width"                          # or: standard_uncertainty, or: expanded_uncertainty with coverage_factor
//! distribution = "rectangular"                  # of a half width: rectangular, triangular or arcsine
//!
//! [[correlation]]
//! between = ["V", "phi"]
//! coefficient = -0.36
//!
//! [[source]]                                    # something that several inputs depend on
//! name = "standard"
//! standard_uncertainty = 0.001
//! sensitivity = { V = 1.0, I = 0.2 }            # units of the input per unit of the source
//! ```
//!
//! | distribution | its keys |
//! |---|---|
//! | `constant` | |
//! | `normal` | `standard_uncertainty` or `u_column`; or `expanded_uncertainty` or `expanded_column`, with `coverage_factor` |
//! | `t` | `scale`, `dof` |
//! | `rectangular`, `triangular`, `arcsine` | `half_width` |
//! | `ctrap` | `half_width`, `inexactness` |
//! | `trapezoidal` | `half_width`, `shape` (top over base) |
//! | `exponential` | none: the value is the mean |
//! | `gamma` | `shape`, `scale`: the value is their product and is not typed |
//! | `samples` | `samples`, deviations from the value |
//! | `histogram` | `edges`, `weights`, of deviations from the value |
//!
//! Left out, the distribution is normal where a standard or an expanded uncertainty is typed, and t with n − 1 degrees of
//! freedom where observations are. `dof` may stand beside any distribution but those two: the degrees of freedom of its
//! standard uncertainty.

mod input;
mod shape;
mod term;

use crate::document::{Parameter, Section};
use crate::{Document, DocumentError};
use sigmatau_core::Unit;
use sigmatau_core::nearest::did_you_mean;

pub use shape::Spread;
pub use term::{Meaning, Term};

/// A measurand.
#[derive(Clone, Debug)]
pub struct Measurand {
    /// The model, as it was typed.
    pub model: String,
    /// The line on which the model begins, counted from 1, for messages about it.
    pub model_line: Option<usize>,
    /// The inputs in the order of the document.
    pub inputs: Vec<MeasurandInput>,
    /// The stated correlations.
    pub correlations: Vec<Correlated>,
    /// What inputs share.
    pub sources: Vec<SharedSource>,
}

/// An input quantity; numbers are in its unit.
#[derive(Clone, Debug)]
pub struct MeasurandInput {
    /// The symbol in the model.
    pub symbol: String,
    /// The unit.
    pub unit: Unit,
    /// Where the estimate comes from.
    pub estimate: Estimated,
    /// What is known about the estimate.
    pub spread: Spread,
    /// The degrees of freedom of the standard uncertainty; nothing where they are infinite or follow from the spread.
    pub dof: Option<Given>,
    /// The name of those that were estimated together.
    pub ensemble: Option<String>,
    /// The line of the input, for messages about it.
    pub line: Option<usize>,
}

/// Where an estimate comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Estimated {
    /// A number.
    Value(f64),
    /// A column, row by row.
    Column(String),
    /// The mean of observations, with s/√n and n − 1 degrees of freedom.
    Observations(Vec<f64>),
}

/// A number that is the same for all rows, or stands in a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// The same for all rows.
    Number(f64),
    /// In the column of this name.
    Column(String),
}

/// Two inputs that are correlated.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlated {
    /// The places of the inputs, from 0.
    pub between: (usize, usize),
    /// The correlation coefficient.
    pub coefficient: f64,
}

/// Something that several inputs depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedSource {
    /// The name.
    pub name: String,
    /// Its standard uncertainty, in its own unit.
    pub standard_uncertainty: f64,
    /// The places of the inputs, from 0, each with its sensitivity in units of the input per unit of the source.
    pub sensitivities: Vec<(usize, f64)>,
}

const MEASURAND: &[Parameter] = &[
    Parameter::new("model", "the model, one line for each output"),
    Parameter::new("input", "what is known of each input"),
    Parameter::new("correlation", "pairs of inputs that are correlated"),
    Parameter::new("source", "what inputs share"),
];

const CORRELATION: &[Parameter] = &[
    Parameter::new("between", "the symbols of two inputs"),
    Parameter::new("coefficient", "correlation coefficient, from -1 to 1"),
];

const SOURCE: &[Parameter] = &[
    Parameter::new("name", "name of the source"),
    Parameter::new("standard_uncertainty", "its standard uncertainty, in its own unit"),
    Parameter::new("sensitivity", "by input: units of the input per unit of the source"),
];

impl Measurand {
    /// Reads a document; `origin` is the file name that error messages give.
    ///
    /// ```
    /// use sigmatau_data::measurand::{Measurand, Spread};
    /// let text = "model = \"y = x\"\n[input.x]\nunit = \"V\"\nvalue = 1\nhalf_width = 0.1\ndistribution = \"arcsine\"\n";
    /// let measurand = Measurand::parse(text, "m.toml")?;
    /// assert_eq!(measurand.inputs[0].spread, Spread::Arcsine { half_width: 0.1 });
    /// let error = Measurand::parse(&text.replace("arcsine", "t"), "m.toml").unwrap_err().to_string();
    /// assert_eq!(error, "m.toml, line 5: [input.x] has a t distribution, to which `half_width` does not belong; \
    ///     write `scale`, which is not its standard deviation, and `dof`");
    /// # Ok::<(), sigmatau_data::DocumentError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is no TOML; when a key, a unit, a distribution or a symbol is not known, each with its line and the
    /// nearest known words; when a key does not belong to the distribution, or a number is out of its range.
    pub fn parse(text: &str, origin: &str) -> Result<Self, DocumentError> {
        Self::read(&Document::parse(text, origin)?.section())
    }

    /// Reads a section of a document, as [`Measurand::parse`].
    ///
    /// # Errors
    /// As [`Measurand::parse`].
    pub fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let top = section.clone().checked("the measurand", &[MEASURAND])?;
        let all = top.subsection("input").ok_or_else(|| top.missing("input"))?;
        let all = all.table("write each input as [input.SYMBOL]")?;
        let one = |symbol: &str| input::read(symbol, all.subsection(symbol).expect("a key that is there"));
        let inputs: Vec<MeasurandInput> = all.keys().into_iter().map(one).collect::<Result<_, _>>()?;
        even_ensembles(&top, &inputs)?;
        Ok(Self {
            model: top.required("model")?,
            model_line: top.line("model"),
            correlations: correlations(&top, &inputs)?,
            sources: sources(&top, &inputs)?,
            inputs,
        })
    }

    /// Every column that the inputs take, without repetition.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.inputs.iter().flat_map(MeasurandInput::columns).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}

impl MeasurandInput {
    fn columns(&self) -> Vec<&str> {
        let estimate = match &self.estimate {
            Estimated::Column(column) => Some(column.as_str()),
            _ => None,
        };
        let given = self.spread.given().into_iter().chain(&self.dof).filter_map(|given| match given {
            Given::Column(column) => Some(column.as_str()),
            Given::Number(_) => None,
        });
        estimate.into_iter().chain(given).collect()
    }
}

/// Refuses joint observations of unequal number.
fn even_ensembles(top: &Section<'_>, inputs: &[MeasurandInput]) -> Result<(), DocumentError> {
    let counted = inputs.iter().filter_map(|input| match (&input.estimate, &input.ensemble) {
        (Estimated::Observations(values), Some(ensemble)) => Some((input, ensemble, values.len())),
        _ => None,
    });
    let counted: Vec<_> = counted.collect();
    let odd = counted.iter().find_map(|(input, ensemble, count)| {
        let first = counted.iter().find(|(_, other, _)| other == ensemble)?;
        (first.2 != *count).then_some((input, ensemble, *count, first))
    });
    odd.map_or(Ok(()), |(input, ensemble, count, (first, _, others))| {
        let (symbol, other) = (&input.symbol, &first.symbol);
        let message = format!(
            "the ensemble `{ensemble}` has {others} observations of `{other}` and {count} of `{symbol}`; \
             observations of an ensemble belong together one by one"
        );
        Err(top.refuse(input.line, &message))
    })
}

/// The place of an input.
fn place(section: &Section<'_>, key: &str, symbol: &str, inputs: &[MeasurandInput]) -> Result<usize, DocumentError> {
    let known: Vec<&str> = inputs.iter().map(|input| input.symbol.as_str()).collect();
    let unknown = || section.refuse_key(key, &format!("there is no input `{symbol}`{}", did_you_mean(symbol, &known)));
    known.iter().position(|name| *name == symbol).ok_or_else(unknown)
}

fn correlations(top: &Section<'_>, inputs: &[MeasurandInput]) -> Result<Vec<Correlated>, DocumentError> {
    let mut all: Vec<Correlated> = Vec::new();
    for section in top.subsections("correlation")? {
        let section = section.checked("[[correlation]]", &[CORRELATION])?;
        let correlated = correlation(&section, inputs)?;
        if all.iter().any(|earlier| earlier.between == correlated.between) {
            return Err(section.refuse_key("between", "these two inputs are correlated above; drop one of the two"));
        }
        all.push(correlated);
    }
    Ok(all)
}

fn correlation(section: &Section<'_>, inputs: &[MeasurandInput]) -> Result<Correlated, DocumentError> {
    let symbols: Vec<String> = section.texts("between")?.into_iter().map(|(_, symbol)| symbol).collect();
    let [first, second] = symbols.as_slice() else {
        return Err(section.refuse_key("between", "`between` names two inputs"));
    };
    let [first, second] = [place(section, "between", first, inputs)?, place(section, "between", second, inputs)?];
    if first == second {
        return Err(section.refuse_key("between", "an input is correlated with itself by 1; name two inputs"));
    }
    let coefficient = section.number("coefficient")?.ok_or_else(|| section.missing("coefficient"))?;
    if !(-1.0..=1.0).contains(&coefficient) {
        return Err(section.refuse_key("coefficient", "a correlation coefficient lies between -1 and 1"));
    }
    if are_observed_together(&inputs[first], &inputs[second]) {
        return Err(
            section.refuse_key("between", "the correlation of these two follows from their observations; drop it")
        );
    }
    Ok(Correlated { between: (first.min(second), first.max(second)), coefficient })
}

fn are_observed_together(first: &MeasurandInput, second: &MeasurandInput) -> bool {
    let observed = |input: &MeasurandInput| matches!(input.estimate, Estimated::Observations(_));
    observed(first) && observed(second) && first.ensemble.is_some() && first.ensemble == second.ensemble
}

fn sources(top: &Section<'_>, inputs: &[MeasurandInput]) -> Result<Vec<SharedSource>, DocumentError> {
    top.subsections("source")?.into_iter().map(|section| source(section, inputs)).collect()
}

fn source(section: Section<'_>, inputs: &[MeasurandInput]) -> Result<SharedSource, DocumentError> {
    let section = section.checked("[[source]]", &[SOURCE])?;
    let by_input = section.subsection("sensitivity").ok_or_else(|| section.missing("sensitivity"))?;
    let by_input = by_input.table("write `sensitivity` as { SYMBOL = NUMBER, ... }")?;
    let one = |symbol: &str| {
        let value = by_input.number(symbol)?.expect("a key that is there");
        Ok((place(&by_input, symbol, symbol, inputs)?, value))
    };
    let u = section.number("standard_uncertainty")?.ok_or_else(|| section.missing("standard_uncertainty"))?;
    if u < 0.0 {
        return Err(section.refuse_key("standard_uncertainty", "a standard uncertainty is not negative"));
    }
    let sensitivities = by_input.keys().into_iter().map(one).collect::<Result<_, _>>()?;
    Ok(SharedSource { name: section.required("name")?, standard_uncertainty: u, sensitivities })
}

#[cfg(test)]
mod tests;
