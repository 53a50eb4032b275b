//! Quantities with their uncertainties as D-SI lists.

use super::Issue;
use super::xml::Xml;
use crate::PublishError;
use crate::certificate::{Complex, Quantity, Uncertainty, Values};
use sigmatau_core::{Coverage, decimal};

pub(super) fn write(xml: &mut Xml<'_>, issue: &Issue<'_>, quantity: &Quantity) -> Result<(), PublishError> {
    xml.within("dcc:quantity", &[("refType", issue.profile.ref_type(quantity.role))], |xml| {
        xml.said("dcc:name", issue.language, issue.language.name(name(quantity)))?;
        match &quantity.values {
            Values::Words(words) => xml.leaf("dcc:charsXMLList", &[], &words.join(" ")),
            Values::Real(values, uncertainty) => {
                let unit = issue.unit(quantity.unit.as_ref())?;
                xml.within("si:realListXMLList", &[], |xml| {
                    xml.leaf("si:valueXMLList", &[], &list(values, number))?;
                    xml.leaf("si:unitXMLList", &[], &unit)?;
                    univariate(xml, issue, uncertainty)
                })
            }
            Values::Complex(complex) => {
                let unit = issue.unit(quantity.unit.as_ref())?;
                xml.within("si:complexListXMLList", &[], |xml| {
                    xml.leaf("si:valueRealXMLList", &[], &list(&complex.real, number))?;
                    xml.leaf("si:valueImagXMLList", &[], &list(&complex.imag, number))?;
                    xml.leaf("si:unitXMLList", &[], &unit)?;
                    bivariate(xml, issue, complex, &squared(issue, quantity)?)
                })
            }
        }
    })
}

/// The word by which the quantity is named: of complex values the role, of others the column.
fn name(quantity: &Quantity) -> &'static str {
    if matches!(quantity.values, Values::Complex(_)) { quantity.role } else { quantity.column }
}

/// The unit of the covariances of a quantity.
fn squared(issue: &Issue<'_>, quantity: &Quantity) -> Result<String, PublishError> {
    let unit = issue.unit(quantity.unit.as_ref())?;
    Ok(if unit == r"\one" { unit } else { unit.repeat(2) })
}

/// A number as D-SI lists hold it: the shortest digits, `NaN` for what is missing or infinite.
pub(super) fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:?}") } else { "NaN".to_owned() }
}

/// A coverage factor or a probability, of which the schema takes no exponent.
fn plain(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { "NaN".to_owned() }
}

fn list(values: &[f64], print: impl Fn(f64) -> String) -> String {
    values.iter().map(|value| print(*value)).collect::<Vec<_>>().join(" ")
}

/// One entry where all are the same, else one for each.
fn shared(values: &[f64]) -> String {
    let is_same = values.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits());
    list(if is_same { &values[..1.min(values.len())] } else { values }, plain)
}

fn univariate(xml: &mut Xml<'_>, issue: &Issue<'_>, uncertainty: &Uncertainty) -> Result<(), PublishError> {
    if *uncertainty == Uncertainty::None {
        return Ok(());
    }
    xml.within("si:measurementUncertaintyUnivariateXMLList", &[], |xml| match uncertainty {
        Uncertainty::None => Ok(()),
        Uncertainty::Standard { u, .. } if !issue.profile.is_expanded => {
            xml.within("si:standardMUXMLList", &[], |xml| xml.leaf("si:valueStandardMUXMLList", &[], &list(u, number)))
        }
        Uncertainty::Standard { u, dof } => expanded(xml, issue, u, dof),
        Uncertainty::Interval { lower, upper, probability } => interval(xml, [lower, upper], probability),
    })
}

fn expanded(xml: &mut Xml<'_>, issue: &Issue<'_>, u: &[f64], dof: &[f64]) -> Result<(), PublishError> {
    let probability = issue.profile.probability;
    let k: Vec<f64> = dof.iter().map(|dof| Coverage::of_interval(probability, known(*dof)).printed().factor).collect();
    let expanded: Vec<String> = u.iter().zip(&k).map(|(u, k)| decimal::product(*u, *k)).collect();
    xml.within("si:expandedMUXMLList", &[], |xml| {
        xml.leaf("si:valueExpandedMUXMLList", &[], &expanded.join(" "))?;
        xml.leaf("si:coverageFactorXMLList", &[], &shared(&k))?;
        xml.leaf("si:coverageProbabilityXMLList", &[], &plain(probability))
    })
}

/// Degrees of freedom that are not stated count as infinite.
fn known(dof: f64) -> f64 {
    if dof.is_nan() { f64::INFINITY } else { dof }
}

/// An interval whose standard uncertainty is not known.
fn interval(xml: &mut Xml<'_>, ends: [&[f64]; 2], probability: &[f64]) -> Result<(), PublishError> {
    xml.within("si:coverageIntervalMUXMLList", &[], |xml| {
        xml.leaf("si:valueStandardMUXMLList", &[], "NaN")?;
        xml.leaf("si:intervalMinXMLList", &[], &list(ends[0], number))?;
        xml.leaf("si:intervalMaxXMLList", &[], &list(ends[1], number))?;
        xml.leaf("si:coverageProbabilityXMLList", &[], &shared(probability))
    })
}

/// An ellipse about each value: its matrix column by column.
fn bivariate(xml: &mut Xml<'_>, issue: &Issue<'_>, complex: &Complex, unit: &str) -> Result<(), PublishError> {
    let square = |u: &[f64]| u.iter().map(|u| u * u).collect::<Vec<_>>();
    let (first, across, second) = (square(&complex.u_real), &complex.covariance, square(&complex.u_imag));
    let probability = issue.profile.probability;
    let k: Vec<f64> =
        complex.dof.iter().map(|dof| Coverage::of_ellipse(probability, known(*dof)).printed().factor).collect();
    let column = |xml: &mut Xml<'_>, elements: [&[f64]; 2]| {
        xml.within("si:columnXMLList", &[], |xml| {
            elements.iter().try_for_each(|element| {
                xml.within("si:covarianceXMLList", &[], |xml| {
                    xml.leaf("si:valueXMLList", &[], &list(element, number))?;
                    xml.leaf("si:unitXMLList", &[], unit)
                })
            })
        })
    };
    xml.within("si:measurementUncertaintyBivariateXMLList", &[], |xml| {
        xml.within("si:ellipsoidalRegionMUXMLList", &[], |xml| {
            xml.within("si:covarianceMatrixXMLList", &[], |xml| {
                column(xml, [&first, across])?;
                column(xml, [across, &second])
            })?;
            xml.leaf("si:coverageFactorXMLList", &[], &shared(&k))?;
            xml.leaf("si:coverageProbabilityXMLList", &[], &plain(probability))
        })
    })
}
