//! What is known of an input that has all its numbers.

use super::{Page, factor};
use sigmatau_data::DocumentError;
use sigmatau_data::measurand::{Estimated, Given, Meaning, MeasurandInput, Spread, Term};
use sigmatau_uncertainty::propagation::type_a::Repeated;
use sigmatau_uncertainty::propagation::{self, HalfWidth, Size, Uncertainty};
use sigmatau_uncertainty::{Distribution, Input};

/// The input, in its unit.
///
/// What is normal with ν degrees of freedom is a scaled and shifted t distribution: its standard uncertainty is one that
/// has been estimated itself (JCGM 101:2008, 6.4.9.7). One statement of limits keeps its distribution, several add up to a
/// normal one.
pub(super) fn input(page: &Page<'_>, typed: &MeasurandInput) -> Result<Input, DocumentError> {
    let refuse = |message: String| page.refuse(typed.line, &message);
    let dof = typed.dof.as_ref().map(|dof| number(page, typed, dof)).transpose()?;
    let estimate = match &typed.estimate {
        Estimated::Value(value) => *value,
        Estimated::Observations(observations) => repeated(observations).mean,
        Estimated::Column(column) => return Err(elsewhere(page, typed, column)),
    };
    let distribution = match distribution(page, typed, estimate)? {
        Distribution::Normal { standard_deviation: scale } if dof.is_some() => {
            Distribution::Student { scale, dof: dof.unwrap_or(f64::INFINITY) }
        }
        other => other,
    };
    let input = Input::new(&typed.symbol, typed.unit.clone(), estimate, distribution);
    let input = input.and_then(|input| dof.map_or(Ok(input.clone()), |dof| input.with_dof(dof)));
    input.map_err(|error| refuse(format!("failed to {error}")))
}

/// What indications tell; the document has two or more of them.
pub(super) fn repeated(observations: &[f64]) -> Repeated {
    Repeated::of(observations).expect("the document has two observations or more")
}

fn distribution(page: &Page<'_>, typed: &MeasurandInput, estimate: f64) -> Result<Distribution, DocumentError> {
    Ok(match &typed.spread {
        Spread::Normal { standard_uncertainty } => {
            Distribution::Normal { standard_deviation: number(page, typed, standard_uncertainty)? }
        }
        Spread::Expanded { expanded_uncertainty, coverage_factor } => {
            let expanded = number(page, typed, expanded_uncertainty)?;
            Distribution::Normal { standard_deviation: expanded / coverage_factor }
        }
        Spread::Observed => observed(&typed.estimate),
        Spread::Exponential => Distribution::Exponential { mean: estimate },
        Spread::Terms(terms) => of_terms(page, typed, terms, estimate)?,
        other => fixed(other),
    })
}

/// A distribution whose parameters never stand in columns nor depend on the estimate.
pub(super) fn fixed(spread: &Spread) -> Distribution {
    match spread {
        Spread::Student { scale, dof } => Distribution::Student { scale: *scale, dof: *dof },
        Spread::Rectangular { half_width } => Distribution::Rectangular { half_width: *half_width },
        Spread::CurvilinearTrapezoid { half_width, inexactness } => {
            Distribution::CurvilinearTrapezoid { half_width: *half_width, inexactness: *inexactness }
        }
        Spread::Triangular { half_width } => Distribution::Triangular { half_width: *half_width },
        Spread::Trapezoidal { half_width, shape } => {
            Distribution::Trapezoidal { half_width: *half_width, shape: *shape }
        }
        Spread::Arcsine { half_width } => Distribution::Arcsine { half_width: *half_width },
        Spread::Gamma { shape, scale } => Distribution::Gamma { shape: *shape, scale: *scale },
        Spread::Samples(samples) => Distribution::Samples(samples.as_slice().into()),
        Spread::Histogram { edges, weights } => {
            Distribution::Histogram { edges: edges.as_slice().into(), weights: weights.as_slice().into() }
        }
        _ => Distribution::Constant,
    }
}

pub(super) fn observed(estimate: &Estimated) -> Distribution {
    let Estimated::Observations(observations) = estimate else { return Distribution::Constant };
    let Repeated { standard_uncertainty: scale, dof, .. } = repeated(observations);
    Distribution::Student { scale, dof }
}

/// The number, which must not stand in a column.
fn number(page: &Page<'_>, typed: &MeasurandInput, given: &Given) -> Result<f64, DocumentError> {
    match given {
        Given::Number(number) => Ok(*number),
        Given::Column(column) => Err(elsewhere(page, typed, column)),
    }
}

fn elsewhere(page: &Page<'_>, typed: &MeasurandInput, column: &str) -> DocumentError {
    let symbol = &typed.symbol;
    let message = format!(
        "[input.{symbol}] takes a number from the column `{column}`, and there is no table here; \
         state the number, or let `propagate` go through the rows of a table"
    );
    page.refuse(typed.line, &message)
}

fn of_terms(
    page: &Page<'_>,
    typed: &MeasurandInput,
    all: &[Term],
    estimate: f64,
) -> Result<Distribution, DocumentError> {
    let way = factor(&typed.unit);
    let standard = terms(page, typed, all)?.at(estimate * way, &[]) / way;
    Ok(match all {
        [Term { means: Meaning::Rectangular, .. }] => {
            Distribution::Rectangular { half_width: standard * HalfWidth::Rectangular.divisor() }
        }
        [Term { means: Meaning::Triangular, .. }] => {
            Distribution::Triangular { half_width: standard * HalfWidth::Triangular.divisor() }
        }
        [Term { means: Meaning::Arcsine, .. }] => {
            Distribution::Arcsine { half_width: standard * HalfWidth::Arcsine.divisor() }
        }
        _ => Distribution::Normal { standard_deviation: standard },
    })
}

/// The statements in coherent SI units.
pub(super) fn terms(page: &Page<'_>, typed: &MeasurandInput, all: &[Term]) -> Result<Uncertainty, DocumentError> {
    let is_shifted = typed.unit.conversion(&typed.unit.coherent()).is_ok_and(|way| way.apply(0.0) != 0.0);
    if is_shifted && all.iter().any(|term| term.of_reading != 0.0) {
        let message = format!(
            "[input.{}] states a fraction of a reading in `{}`, whose 0 is one of convention; write it as `of_span` or \
             `absolute`",
            typed.symbol, typed.unit
        );
        return Err(page.refuse(typed.line, &message));
    }
    let way = factor(&typed.unit);
    Ok(Uncertainty(all.iter().map(|typed| term(typed, way)).collect()))
}

fn term(typed: &Term, way: f64) -> propagation::Term {
    let sizes = [
        (typed.of_reading, Size::OfReading(propagation::Given::Constant(typed.of_reading))),
        (typed.of_span, Size::OfSpan { fraction: typed.of_span, span: typed.span * way }),
        (typed.digits, Size::Digits { count: typed.digits, worth: typed.resolution * way }),
        (typed.absolute, Size::Absolute(propagation::Given::Constant(typed.absolute * way))),
    ];
    let sizes = sizes.into_iter().filter(|(size, _)| *size != 0.0).map(|(_, size)| size).collect();
    let meaning = match typed.means {
        Meaning::StandardUncertainty => propagation::Meaning::StandardUncertainty,
        Meaning::ExpandedUncertainty { coverage_factor } => {
            propagation::Meaning::Expanded { factor: propagation::Given::Constant(coverage_factor) }
        }
        Meaning::Rectangular => propagation::Meaning::HalfWidth(HalfWidth::Rectangular),
        Meaning::Triangular => propagation::Meaning::HalfWidth(HalfWidth::Triangular),
        Meaning::Arcsine => propagation::Meaning::HalfWidth(HalfWidth::Arcsine),
    };
    propagation::Term { sizes, meaning }
}
