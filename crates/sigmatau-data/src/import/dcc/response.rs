//! Certificates of frequency responses as rows of the schema `response`.
//!
//! A list is a response when it has frequencies and a complex quantity, or magnitude and phase. What is not
//! stated follows from the other to first order: magnitude and phase from the complex value and its covariance,
//! or the other way with magnitude and phase taken as uncorrelated.

use super::numbers::number;
use super::place::{Refused, child, dcc_children, is_dcc, name_of, refused, text};
use super::quantity::{Part, Quantity};
use super::rows::{context, item};
use crate::schema::response::SCHEMA;
use crate::{Column, Kind, Table};
use roxmltree::{Document, Node};
use sigmatau_core::{Finding, Severity, Unit};
use std::f64::consts::TAU;

/// The quantities of one list by what they are.
#[derive(Default)]
struct List<'q, 'd> {
    frequency: Option<&'q Quantity<'d>>,
    complex: Option<&'q Quantity<'d>>,
    magnitude: Option<&'q Quantity<'d>>,
    phase: Option<&'q Quantity<'d>>,
    coherence: Option<&'q Quantity<'d>>,
    dof: Option<Vec<f64>>,
}

/// The table of the responses; nothing where a result of the certificate is something else.
pub(super) fn table<'d>(
    document: &'d Document<'_>,
    quantities: &[Quantity<'d>],
    findings: &mut Vec<Finding>,
) -> Result<Option<Table>, Refused<'d>> {
    let results: Vec<&Quantity<'_>> =
        quantities.iter().filter(|quantity| context(quantity.node).0 == "result").collect();
    let groups: Vec<&[&Quantity<'_>]> = results.chunk_by(|a, b| a.holder.parent() == b.holder.parent()).collect();
    let lists: Option<Vec<List<'_, '_>>> = groups.iter().map(|group| List::of(group)).collect();
    let Some(lists) = lists.filter(|lists| !lists.is_empty()) else { return Ok(None) };
    let mut whole = Table::default();
    for list in &lists {
        let table = list.table(item(document), findings)?;
        let node = list.frequency.map_or(document.root_element(), |frequency| frequency.node);
        whole.append(table).or_else(|error| refused(node, format!("its units differ from those before: {error}")))?;
    }
    Ok(Some(whole))
}

impl<'q, 'd> List<'q, 'd> {
    /// Sorts the quantities of a list; nothing where they make no response.
    fn of(group: &[&'q Quantity<'d>]) -> Option<Self> {
        let mut list = List::default();
        for quantity in group {
            let kind = quantity.ref_type().to_lowercase();
            let unit = quantity.parts[0].units.first()?;
            let place = match quantity.parts.len() {
                2 => &mut list.complex,
                _ if kind.contains("coherence") => &mut list.coherence,
                _ if kind.contains("degreesoffreedom") => continue,
                _ if unit.is_convertible_to(&Unit::HERTZ) && list.frequency.is_none() => &mut list.frequency,
                _ if unit.is_convertible_to(&Unit::RADIAN) => &mut list.phase,
                _ => &mut list.magnitude,
            };
            if place.replace(quantity).is_some() {
                return None;
            }
        }
        let count = list.frequency?.len();
        list.dof = degrees_of_freedom(list.frequency?.holder.parent()?, count);
        let said = list.complex.is_some() || (list.magnitude.is_some() && list.phase.is_some());
        said.then_some(list)
    }

    fn quantities(&self) -> impl Iterator<Item = &'q Quantity<'d>> {
        [self.frequency, self.complex, self.magnitude, self.phase, self.coherence].into_iter().flatten()
    }

    fn table(&self, sensor: &str, findings: &mut Vec<Finding>) -> Result<Table, Refused<'d>> {
        let frequency = self.frequency.expect("a response has frequencies");
        let count = frequency.len();
        if let Some(odd) = self.quantities().find(|quantity| quantity.len() != count) {
            return refused(odd.node, format!("it has {} values for {count} frequencies", odd.len()));
        }
        let hertz = converted(frequency, &frequency.parts[0], &Unit::HERTZ)?.0;
        if let Some(place) = hertz.windows(2).position(|pair| pair[1] <= pair[0]) {
            let (before, after) = (hertz[place], hertz[place + 1]);
            return refused(
                frequency.node,
                format!("the frequencies do not rise: {before} Hz is followed by {after} Hz"),
            );
        }
        let dof = self.dof.clone().unwrap_or_else(|| vec![f64::NAN; count]);
        if let Some(complex) = self.complex.and_then(|complex| complex.region.as_ref()) {
            complex.check_with(&dof)?;
        }
        for quantity in [self.magnitude, self.phase].into_iter().flatten() {
            quantity.parts[0].stated.check_with(&dof)?;
        }
        let lines = self.lines(findings)?;
        let coherence =
            self.coherence.map_or_else(|| vec![f64::NAN; count], |coherence| coherence.parts[0].values.clone());
        Ok(lines.table(sensor, hertz, coherence, dof, method(frequency.node)))
    }

    /// Complex values, magnitudes and phases in one unit.
    fn lines(&self, findings: &mut Vec<Finding>) -> Result<Lines, Refused<'d>> {
        let first = self.magnitude.or(self.complex).expect("a response has values");
        let unit = first.parts[0].units[0].clone();
        let polar = match (self.magnitude, self.phase) {
            (Some(magnitude), Some(phase)) => Some(Polar::read(magnitude, phase, &unit, findings)?),
            _ => None,
        };
        let cartesian = self.complex.map(|complex| Cartesian::read(complex, &unit)).transpose()?;
        Ok(match (polar, cartesian) {
            (Some(polar), Some(cartesian)) => Lines { unit, polar, cartesian },
            (None, Some(cartesian)) => Lines { unit, polar: cartesian.polar(), cartesian },
            (Some(polar), None) => Lines { unit, cartesian: polar.cartesian(), polar },
            (None, None) => unreachable!("a list without values is no response"),
        })
    }
}

/// The degrees of freedom of a list: a quantity of words or numbers, so that they can be infinite.
fn degrees_of_freedom(list: Node<'_, '_>, count: usize) -> Option<Vec<f64>> {
    let is_dof =
        |quantity: &Node<'_, '_>| quantity.attribute("refType").is_some_and(|kind| kind.contains("degreesOfFreedom"));
    let quantity = dcc_children(list, "quantity").find(is_dof)?;
    let words = dcc_children(quantity, "charsXMLList").next();
    let words = words.or_else(|| quantity.first_element_child().and_then(|numbers| child(numbers, "value")))?;
    let read = |word: &str| if word == "INF" { Some(f64::INFINITY) } else { number(word) };
    let numbers: Vec<f64> = text(words).split_ascii_whitespace().map(read).collect::<Option<_>>()?;
    match numbers.len() {
        1 => Some(vec![numbers[0]; count]),
        found => (found == count).then_some(numbers),
    }
}

/// The name of the method that the result refers to, or else of the first one that is stated.
fn method(node: Node<'_, '_>) -> String {
    let result = node.ancestors().find(|step| is_dcc(*step, "result"));
    let wanted = result.and_then(|result| result.attribute("refId")).unwrap_or_default();
    let around = node.ancestors().flat_map(|step| dcc_children(step, "usedMethods"));
    let methods: Vec<Node<'_, '_>> = around.flat_map(|list| dcc_children(list, "usedMethod")).collect();
    let is_wanted =
        |method: &&Node<'_, '_>| method.attribute("id").is_some_and(|id| wanted.split(' ').any(|word| word == id));
    let is_measurement = |method: &&Node<'_, '_>| method.attribute("refType") != Some("basic_uncertainty");
    let found = methods.iter().find(is_wanted).or_else(|| methods.iter().find(is_measurement));
    found.map_or("", |method| name_of(*method)).to_owned()
}

/// Values and standard uncertainties of a part in one unit.
fn converted<'d>(quantity: &Quantity<'d>, part: &Part<'_>, to: &Unit) -> Result<(Vec<f64>, Vec<f64>), Refused<'d>> {
    let (mut values, mut u) = (Vec::new(), Vec::new());
    for (index, unit) in part.units.iter().enumerate() {
        let conversion = unit.conversion(to).or_else(|error| refused(quantity.node, error.to_string()))?;
        values.push(conversion.apply(part.values[index]));
        u.push(
            conversion.apply(part.stated.u[index]) - if conversion.is_identity() { 0.0 } else { conversion.apply(0.0) },
        );
    }
    Ok((values, u))
}

/// Magnitudes and phases with standard uncertainties.
struct Polar {
    magnitude: Vec<f64>,
    magnitude_u: Vec<f64>,
    phase: Vec<f64>,
    phase_u: Vec<f64>,
}

/// Real and imaginary parts with standard uncertainties and covariance.
struct Cartesian {
    real: Vec<f64>,
    imag: Vec<f64>,
    u_real: Vec<f64>,
    u_imag: Vec<f64>,
    covariance: Vec<f64>,
}

struct Lines {
    unit: Unit,
    polar: Polar,
    cartesian: Cartesian,
}

impl Polar {
    fn read<'d>(
        magnitude: &Quantity<'d>,
        phase: &Quantity<'d>,
        unit: &Unit,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Refused<'d>> {
        let (values, magnitude_u) = converted(magnitude, &magnitude.parts[0], unit)?;
        let (radians, phase_u) = converted(phase, &phase.parts[0], &Unit::RADIAN)?;
        if let Some(far) = radians.iter().find(|radian| radian.abs() > TAU && phase.parts[0].units[0] == Unit::RADIAN) {
            findings.push(too_far(*far).about(super::place::path(phase.node)));
        }
        Ok(Self { magnitude: values, magnitude_u, phase: radians, phase_u })
    }

    /// Re H = m cos φ and Im H = m sin φ, to first order with u(m, φ) = 0.
    fn cartesian(&self) -> Cartesian {
        let rows = (0..self.magnitude.len()).map(|i| {
            let ((sin, cos), magnitude) = (self.phase[i].sin_cos(), self.magnitude[i]);
            let (radial, across) = (self.magnitude_u[i].powi(2), (magnitude * self.phase_u[i]).powi(2));
            let variances = [cos * cos * radial + sin * sin * across, sin * sin * radial + cos * cos * across];
            [magnitude * cos, magnitude * sin, variances[0].sqrt(), variances[1].sqrt(), sin * cos * (radial - across)]
        });
        let [real, imag, u_real, u_imag, covariance] = columns(rows);
        Cartesian { real, imag, u_real, u_imag, covariance }
    }
}

impl Cartesian {
    fn read<'d>(complex: &Quantity<'d>, unit: &Unit) -> Result<Self, Refused<'d>> {
        if complex.parts[1].name == "phase" {
            let (magnitude, magnitude_u) = converted(complex, &complex.parts[0], unit)?;
            let (phase, phase_u) = converted(complex, &complex.parts[1], &Unit::RADIAN)?;
            return Ok(Polar { magnitude, magnitude_u, phase, phase_u }.cartesian());
        }
        let (real, u_real) = converted(complex, &complex.parts[0], unit)?;
        let (imag, u_imag) = converted(complex, &complex.parts[1], unit)?;
        let scale =
            complex.parts[0].units.iter().map(|from| from.conversion(unit).map_or(f64::NAN, |to| to.apply(1.0)));
        let covariance =
            complex.covariance.iter().zip(scale).map(|(covariance, scale)| covariance * scale * scale).collect();
        Ok(Self { real, imag, u_real, u_imag, covariance })
    }

    /// |H| and arg H, to first order.
    fn polar(&self) -> Polar {
        let rows = (0..self.real.len()).map(|i| {
            let (real, imag) = (self.real[i], self.imag[i]);
            let magnitude = real.hypot(imag);
            let (cos, sin) = (real / magnitude, imag / magnitude);
            let (a, b, c) = (self.u_real[i].powi(2), self.u_imag[i].powi(2), 2.0 * sin * cos * self.covariance[i]);
            let radial = cos * cos * a + sin * sin * b + c;
            let across = sin * sin * a + cos * cos * b - c;
            [magnitude, radial.sqrt(), imag.atan2(real), across.sqrt() / magnitude]
        });
        let [magnitude, magnitude_u, phase, phase_u] = columns(rows);
        Polar { magnitude, magnitude_u, phase, phase_u }
    }
}

fn columns<const N: usize>(rows: impl Iterator<Item = [f64; N]>) -> [Vec<f64>; N] {
    let rows: Vec<[f64; N]> = rows.collect();
    std::array::from_fn(|column| rows.iter().map(|row| row[column]).collect())
}

fn too_far(phase: f64) -> Finding {
    let seen = format!("a phase of {phase} in rad, more than a whole turn");
    let matters = "degrees labelled as rad turn every corrected signal";
    Finding::new(Severity::Warning, "degrees", seen, matters, "compare the phases with those of a similar sensor")
}

impl Lines {
    fn table(self, sensor: &str, hertz: Vec<f64>, coherence: Vec<f64>, dof: Vec<f64>, method: String) -> Table {
        let count = hertz.len();
        let Self { unit, polar, cartesian } = self;
        let square = unit.times_unit(&unit).unwrap_or(Unit::ONE);
        let symbol = unit.to_string();
        let mut numbers = [
            (Unit::HERTZ, hertz),
            (unit.clone(), polar.magnitude),
            (unit.clone(), polar.magnitude_u),
            (Unit::RADIAN, polar.phase),
            (Unit::RADIAN, polar.phase_u),
            (unit.clone(), cartesian.real),
            (unit.clone(), cartesian.imag),
            (unit.clone(), cartesian.u_real),
            (unit, cartesian.u_imag),
            (square, cartesian.covariance),
            (Unit::ONE, coherence),
            (Unit::ONE, dof),
            (Unit::HERTZ, vec![f64::NAN; count]),
            (Unit::SECOND, vec![f64::NAN; count]),
        ]
        .into_iter();
        let columns = SCHEMA.fields.iter().map(|field| match (field.kind, field.name) {
            (Kind::Text, "sensor") => Column::text(field.name, vec![sensor.to_owned(); count]),
            (Kind::Text, "sharing") => Column::text(field.name, vec![String::new(); count]),
            (Kind::Text, "unit") => Column::text(field.name, vec![symbol.clone(); count]),
            (Kind::Text, _) => Column::text(field.name, vec![method.clone(); count]),
            _ => {
                let (unit, values) = numbers.next().expect("the schema has as many columns of numbers");
                Column::float(field.name, unit, values)
            }
        });
        Table::new(columns.collect()).expect("each column has a value for each frequency")
    }
}
