//! Quantities: D-SI elements with their place in the certificate.

use super::SI;
use super::numbers::{Words, spread, uncertainties, units, values};
use super::place::{Refused, child, is_dcc, name_of, path, refused, text};
use roxmltree::{Document, Node};
use sigmatau_core::{Coverage, Finding, Severity, Unit, decimal};

/// How far a stated probability may lie from the one of its factor: k = 2 is said to cover 95 %.
const ROUNDING: f64 = 0.005;

/// One D-SI element: a real one with one part, a complex one with two.
#[derive(Debug)]
pub(super) struct Quantity<'d> {
    /// The D-SI element.
    pub(super) node: Node<'d, 'd>,
    /// The element around it that names it.
    pub(super) holder: Node<'d, 'd>,
    pub(super) parts: Vec<Part<'d>>,
    /// The covariance of the two parts; `NaN` where there is none.
    pub(super) covariance: Vec<f64>,
    /// How the region of a complex quantity is covered.
    pub(super) region: Option<Region<'d>>,
}

/// The numbers of a real quantity, or of the real part or the like of a complex one.
#[derive(Debug)]
pub(super) struct Part<'d> {
    pub(super) name: &'static str,
    pub(super) values: Vec<f64>,
    pub(super) units: Vec<Unit>,
    pub(super) stated: Stated<'d>,
}

/// What is said of the uncertainty, value by value; `NaN` where nothing is.
#[derive(Debug)]
pub(super) struct Stated<'d> {
    pub(super) u: Vec<f64>,
    pub(super) expanded: Vec<f64>,
    pub(super) k: Vec<f64>,
    pub(super) p: Vec<f64>,
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
    pub(super) distribution: Option<Words<'d>>,
    /// The element that states it.
    pub(super) node: Option<Node<'d, 'd>>,
}

/// Factors and probabilities of an ellipse.
#[derive(Debug)]
pub(super) struct Region<'d> {
    pub(super) node: Node<'d, 'd>,
    pub(super) k: Vec<f64>,
    pub(super) p: Vec<f64>,
}

impl Quantity<'_> {
    pub(super) fn len(&self) -> usize {
        self.parts[0].values.len()
    }

    /// What the quantity is, in the words of the certificate.
    pub(super) fn ref_type(&self) -> &str {
        self.holder.attribute("refType").unwrap_or_default()
    }

    /// The name, or else the label of the D-SI element.
    pub(super) fn name(&self) -> &str {
        let named = Some(name_of(self.holder)).filter(|name| !name.is_empty());
        named.or_else(|| child(self.node, "label").map(text)).unwrap_or_default()
    }
}

/// Every quantity of the document in its order; of a hybrid the first unit.
pub(super) fn all<'d>(
    document: &'d Document<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Quantity<'d>>, Refused<'d>> {
    let is_number = |node: &Node<'_, '_>| {
        let known = ["real", "constant", "realListXMLList", "complex", "complexListXMLList"];
        node.tag_name().namespace() == Some(SI) && known.contains(&node.tag_name().name())
    };
    let numbers = document.descendants().filter(is_number).filter(|node| !is_repeated(*node));
    let quantities: Vec<Quantity<'_>> = numbers.map(|node| read(node, findings)).collect::<Result<_, _>>()?;
    match quantities.is_empty() {
        true => refused(document.root_element(), "there is no quantity in it"),
        false => Ok(quantities),
    }
}

/// Tells whether the element says again, in another unit, what an earlier one of its hybrid says.
fn is_repeated(node: Node<'_, '_>) -> bool {
    let mut steps = node.ancestors().take_while(|node| !is_dcc(*node, "quantity"));
    let inside = steps.find(|step| step.parent().is_some_and(|parent| parent.has_tag_name((SI, "hybrid"))));
    inside.is_some_and(|alternative| alternative.prev_sibling_element().is_some())
}

fn read<'d>(node: Node<'d, 'd>, findings: &mut Vec<Finding>) -> Result<Quantity<'d>, Refused<'d>> {
    let holder = node.ancestors().skip(1).find(|holder| holder.tag_name().namespace() != Some(SI)).unwrap_or(node);
    match node.tag_name().name() {
        "complex" | "complexListXMLList" => complex(node, holder),
        _ => real(node, holder, findings),
    }
}

fn real<'d>(
    node: Node<'d, 'd>,
    holder: Node<'d, 'd>,
    findings: &mut Vec<Finding>,
) -> Result<Quantity<'d>, Refused<'d>> {
    let values = values(node, "value")?;
    let count = values.len();
    let part = Part { name: "value", units: units(node, "unit", count)?, stated: Stated::read(node, count)?, values };
    part.stated.check()?;
    if let Some(multivariate) = child(node, "measurementUncertaintyMultivariate") {
        findings.push(not_read(multivariate));
    }
    Ok(Quantity { node, holder, parts: vec![part], covariance: vec![f64::NAN; count], region: None })
}

fn not_read(multivariate: Node<'_, '_>) -> Finding {
    let (seen, matters) = ("a covariance between the values of a list", "it is not in the table");
    let advice = "read it from the certificate where sums over the list are formed";
    Finding::new(Severity::Warning, "covariance", seen, matters, advice).about(path(multivariate))
}

impl<'d> Stated<'d> {
    fn none(count: usize) -> Self {
        let [u, expanded, k, p, lower, upper] = std::array::from_fn(|_| vec![f64::NAN; count]);
        Self { u, expanded, k, p, lower, upper, distribution: None, node: None }
    }

    /// Reads the uncertainty of a real quantity in any of its spellings.
    fn read(quantity: Node<'d, 'd>, count: usize) -> Result<Self, Refused<'d>> {
        let wrapper = child(quantity, "measurementUncertaintyUnivariate")
            .or_else(|| child(quantity, "measurementUncertaintyUnivaraite"));
        if let Some(wrapper) = wrapper {
            return Self::read_form(wrapper, count, ["standardMU", "expandedMU", "coverageIntervalMU"]);
        }
        if let Some(bare) =
            ["standardMU", "expandedMU", "coverageIntervalMU"].iter().find_map(|name| child(quantity, name))
        {
            return refused(bare, "it stands outside of `measurementUncertaintyUnivariate`, where no reader finds it");
        }
        Self::read_form(quantity, count, ["", "expandedUnc", "coverageInterval"])
    }

    /// Reads the one of three forms that is there: standard, expanded, interval.
    fn read_form(node: Node<'d, 'd>, count: usize, forms: [&str; 3]) -> Result<Self, Refused<'d>> {
        let [standard, expanded, interval] = forms.map(|form| child(node, form));
        match (standard, expanded, interval) {
            (Some(form), ..) => Self::standard(form, count, "valueStandardMU"),
            (_, Some(form), _) => Self::expanded(form, count),
            (.., Some(form)) => Self::interval(form, count),
            _ if node.tag_name().name() == "constant" => Self::standard(node, count, "valueStandardMU"),
            _ if forms[0].is_empty() => Ok(Self::none(count)),
            _ => refused(node, "it states no uncertainty"),
        }
    }

    fn standard(form: Node<'d, 'd>, count: usize, name: &str) -> Result<Self, Refused<'d>> {
        let u = uncertainties(form, name, count)?;
        Ok(Self { u, distribution: Words::under(form, "distribution", count)?, node: Some(form), ..Self::none(count) })
    }

    fn expanded(form: Node<'d, 'd>, count: usize) -> Result<Self, Refused<'d>> {
        let name = if child(form, "valueExpandedMU").is_some() { "valueExpandedMU" } else { "uncertainty" };
        let expanded = uncertainties(form, name, count)?;
        let factors = Words::under(form, "coverageFactor", count)?;
        let (Some(stated), Some(factors)) = (Words::under(form, name, count)?, factors) else {
            return refused(form, format!("it needs `{name}` and `coverageFactor`"));
        };
        let u = |index: usize| decimal::quotient(stated.at(index), factors.at(index)).unwrap_or(f64::NAN);
        Ok(Self {
            u: (0..count).map(u).collect(),
            expanded,
            k: spread(form, "coverageFactor", count)?,
            p: spread(form, "coverageProbability", count)?,
            distribution: Words::under(form, "distribution", count)?,
            node: Some(form),
            ..Self::none(count)
        })
    }

    fn interval(form: Node<'d, 'd>, count: usize) -> Result<Self, Refused<'d>> {
        let name = if child(form, "valueStandardMU").is_some() { "valueStandardMU" } else { "standardUnc" };
        let standard = Self::standard(form, count, name)?;
        let [lower, upper] = [spread(form, "intervalMin", count)?, spread(form, "intervalMax", count)?];
        if let Some(place) = (0..count).find(|place| lower[*place] > upper[*place]) {
            return refused(
                form,
                format!("interval {} ends at {} before it begins at {}", place + 1, upper[place], lower[place]),
            );
        }
        Ok(Self { lower, upper, p: spread(form, "coverageProbability", count)?, ..standard })
    }

    /// The distribution of a value; empty where none is stated.
    pub(super) fn distribution(&self, index: usize) -> &'d str {
        self.distribution.as_ref().map_or("", |words| words.at(index))
    }

    /// Refuses factors and probabilities that can't belong together, whatever the degrees of freedom.
    fn check(&self) -> Result<(), Refused<'d>> {
        let Some(node) = self.node else { return Ok(()) };
        for (index, (&k, &p)) in self.k.iter().zip(&self.p).enumerate() {
            check_range(node, k, p)?;
            let least = Coverage::within_interval(k, 1.0).probability;
            let most = Coverage::within_interval(k, f64::INFINITY).probability;
            if is_gaussian(self.distribution(index)) && (p > most + ROUNDING || p < least - ROUNDING) {
                return refused(node, format!("k = {k} covers {most:.4} of a normal distribution, not {p}"));
            }
        }
        Ok(())
    }

    /// Refuses a factor that does not belong to its probability with these degrees of freedom.
    pub(super) fn check_with(&self, dof: &[f64]) -> Result<(), Refused<'d>> {
        let Some(node) = self.node else { return Ok(()) };
        for ((&k, &p), &dof) in self.k.iter().zip(&self.p).zip(dof) {
            let covered = Coverage::within_interval(k, dof).probability;
            if (covered - p).abs() > ROUNDING {
                return refused(node, format!("k = {k} covers {covered:.4} with {dof} degrees of freedom, not {p}"));
            }
        }
        Ok(())
    }
}

/// Refuses a factor below 1 and a probability outside of 0 to 1.
fn check_range<'d>(node: Node<'d, 'd>, k: f64, p: f64) -> Result<(), Refused<'d>> {
    if k < 1.0 {
        return refused(node, format!("the coverage factor {k} is less than 1"));
    }
    if p <= 0.0 || p > 1.0 {
        return refused(node, format!("the coverage probability {p} is not between 0 and 1"));
    }
    Ok(())
}

fn is_gaussian(distribution: &str) -> bool {
    distribution.is_empty()
        || ["normal", "gauss", "student", "t-dist"].iter().any(|word| distribution.to_lowercase().contains(word))
}

fn complex<'d>(node: Node<'d, 'd>, holder: Node<'d, 'd>) -> Result<Quantity<'d>, Refused<'d>> {
    let is_polar = child(node, "valueMagnitude").is_some();
    let (names, fields) = match is_polar {
        true => (["magnitude", "phase"], ["valueMagnitude", "valuePhase"]),
        false => (["real", "imaginary"], ["valueReal", "valueImag"]),
    };
    let [first, second] = [values(node, fields[0])?, values(node, fields[1])?];
    let count = first.len();
    if second.len() != count {
        return refused(node, format!("`{}` has {count} values, `{}` has {}", fields[0], fields[1], second.len()));
    }
    let units = [units(node, "unit", count)?, units(node, if is_polar { "unitPhase" } else { "unit" }, count)?];
    let (region, spreads) = match region_of(node) {
        Some(region) => (Some(Region::read(region, count)?), covariances(region, &units, count)?),
        None => (None, std::array::from_fn(|_| vec![f64::NAN; count])),
    };
    let [variances, covariance, others] = spreads;
    let part = |name, values, units, squares: Vec<f64>| {
        let u = squares.into_iter().map(f64::sqrt).collect();
        let (k, p) = region.as_ref().map_or_else(|| nothing(count), |region| (region.k.clone(), region.p.clone()));
        Part { name, values, units, stated: Stated { u, k, p, ..Stated::none(count) } }
    };
    let [first_units, second_units] = units;
    let parts = vec![part(names[0], first, first_units, variances), part(names[1], second, second_units, others)];
    Ok(Quantity { node, holder, parts, covariance, region })
}

fn nothing(count: usize) -> (Vec<f64>, Vec<f64>) {
    (vec![f64::NAN; count], vec![f64::NAN; count])
}

/// The region that covers a complex quantity, in the spelling of any version.
fn region_of<'d>(node: Node<'d, 'd>) -> Option<Node<'d, 'd>> {
    let holder = child(node, "measurementUncertaintyBivariate").unwrap_or(node);
    ["ellipsoidalRegionMU", "ellipsoidalRegion", "rectangularRegionMU", "rectangularRegion"]
        .iter()
        .find_map(|name| child(holder, name))
}

impl<'d> Region<'d> {
    fn read(node: Node<'d, 'd>, count: usize) -> Result<Self, Refused<'d>> {
        let region =
            Self { node, k: spread(node, "coverageFactor", count)?, p: spread(node, "coverageProbability", count)? };
        for (&k, &p) in region.k.iter().zip(&region.p) {
            check_range(node, k, p)?;
            let most = Coverage::within_ellipse(k, f64::INFINITY).probability;
            if region.is_ellipse() && p > most + ROUNDING {
                let needed = Coverage::of_ellipse(p, f64::INFINITY).factor;
                return refused(
                    node,
                    format!("k = {k} covers {most:.4} in two dimensions, not {p}, which needs {needed:.4}"),
                );
            }
        }
        Ok(region)
    }

    fn is_ellipse(&self) -> bool {
        self.node.tag_name().name().starts_with("ellipsoidal")
    }

    /// Refuses a factor that does not belong to its probability with these degrees of freedom, be they of a common scale
    /// or of a covariance that was estimated as a whole: a certificate does not say which.
    pub(super) fn check_with(&self, dof: &[f64]) -> Result<(), Refused<'d>> {
        for ((&k, &p), &dof) in self.k.iter().zip(&self.p).zip(dof).filter(|_| self.is_ellipse()) {
            let covered = Coverage::within_ellipse(k, dof).probability;
            let estimated = Coverage::within_estimated_ellipse(k, dof).probability;
            if [covered, estimated].iter().all(|held| (held - p).abs() > ROUNDING) {
                return refused(
                    self.node,
                    format!("k = {k} covers {covered:.4} in two dimensions with {dof} degrees of freedom, not {p}"),
                );
            }
        }
        Ok(())
    }
}

/// Variance of the first part, covariance, variance of the second part, in the units of the parts.
fn covariances<'d>(region: Node<'d, 'd>, units: &[Vec<Unit>; 2], count: usize) -> Result<[Vec<f64>; 3], Refused<'d>> {
    let Some(matrix) = child(region, "covarianceMatrix") else { return refused(region, "it has no covariance matrix") };
    let columns: Vec<Vec<Node<'_, '_>>> =
        named(matrix, "column").map(|column| named(column, "covariance").collect()).collect();
    let [[a, b], [c, d]] = columns.iter().map(|column| column.as_slice()).collect::<Vec<_>>()[..] else {
        return refused(matrix, "it is no matrix of 2 × 2");
    };
    let element = |node: Node<'d, 'd>, i: usize, j: usize| covariance(node, &units[i], &units[j], count);
    let [first, across, below, second] =
        [element(*a, 0, 0)?, element(*b, 1, 0)?, element(*c, 0, 1)?, element(*d, 1, 1)?];
    for place in 0..count {
        if let Some(problem) = flaw(first[place], across[place], below[place], second[place]) {
            return refused(matrix, format!("matrix {} {problem}", place + 1));
        }
    }
    Ok([first, across, second])
}

/// Why four numbers are no covariance matrix.
fn flaw(first: f64, across: f64, below: f64, second: f64) -> Option<String> {
    if first < 0.0 || second < 0.0 {
        return Some(format!("has the variances {first} and {second}, of which one is negative"));
    }
    if across != below && !(across.is_nan() && below.is_nan()) {
        return Some(format!("has the covariances {across} and {below}, which differ"));
    }
    let most = (first * second).sqrt();
    (across.abs() > most * (1.0 + 1e-12))
        .then(|| format!("has the covariance {across}, more than its variances allow, {most}"))
}

fn named<'d>(node: Node<'d, 'd>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
    let of_name = move |child: &Node<'_, '_>| {
        child.tag_name().name().strip_suffix("XMLList").unwrap_or(child.tag_name().name()) == name
    };
    node.children().filter(Node::is_element).filter(of_name)
}

/// The covariances of one element of the matrices, whose unit must be the product of those of its parts.
fn covariance<'d>(node: Node<'d, 'd>, rows: &[Unit], columns: &[Unit], count: usize) -> Result<Vec<f64>, Refused<'d>> {
    let (found, stated) = (spread(node, "value", count)?, units(node, "unit", count)?);
    for ((unit, row), column) in stated.iter().zip(rows).zip(columns) {
        if row.times_unit(column).as_ref() != Some(unit) {
            return refused(node, format!("its unit `{unit}` is not that of a covariance of `{row}` and `{column}`"));
        }
    }
    Ok(found)
}
