//! Quantities as rows of the schema `certificate`.

use super::place::{dcc_children, is_dcc, name_of, text};
use super::quantity::{Part, Quantity};
use crate::Table;
use crate::schema::certificate::SCHEMA;
use crate::schema::{Cell, Rows};
use roxmltree::{Document, Node};

/// The elements that say what a value is for, the innermost first.
const SECTIONS: [&str; 8] =
    ["metaData", "influenceCondition", "usedMethod", "measuringEquipment", "statement", "item", "result", "testData"];

/// The table of all quantities, one row for each value of each part.
pub(super) fn table(document: &Document<'_>, quantities: &[Quantity<'_>]) -> Table {
    let mut rows = Rows::of(&SCHEMA);
    let about = [identifier(document), item(document)];
    for quantity in quantities {
        let list = list_number(document, quantity.node);
        for part in &quantity.parts {
            (0..quantity.len()).for_each(|index| rows.push(row(about, list, quantity, part, index)));
        }
    }
    rows.table()
}

fn row(
    [certificate, item]: [&str; 2],
    list: i64,
    quantity: &Quantity<'_>,
    part: &Part<'_>,
    index: usize,
) -> [Cell; 19] {
    let (section, result) = context(quantity.node);
    let stated = &part.stated;
    [
        certificate.into(),
        item.into(),
        section.into(),
        result.into(),
        list.into(),
        quantity.name().into(),
        quantity.ref_type().into(),
        part.name.into(),
        (index as i64).into(),
        part.values[index].into(),
        part.units[index].symbol().into(),
        stated.u[index].into(),
        stated.expanded[index].into(),
        stated.k[index].into(),
        stated.p[index].into(),
        stated.lower[index].into(),
        stated.upper[index].into(),
        quantity.covariance[index].into(),
        stated.distribution(index).into(),
    ]
}

/// The unique identifier of the certificate; empty where there is none.
fn identifier<'d>(document: &'d Document<'_>) -> &'d str {
    document.descendants().find(|node| is_dcc(*node, "uniqueIdentifier")).map_or("", text)
}

/// The first identification of the first item, or else its name.
pub(super) fn item<'d>(document: &'d Document<'_>) -> &'d str {
    let Some(item) = document.descendants().find(|node| is_dcc(*node, "item")) else { return "" };
    let identification =
        dcc_children(item, "identifications").flat_map(|list| dcc_children(list, "identification")).next();
    let value = identification.and_then(|identification| dcc_children(identification, "value").next()).map(text);
    value.filter(|value| !value.is_empty()).unwrap_or_else(|| name_of(item))
}

/// Where a quantity stands, and the name or number of that place.
pub(super) fn context<'d>(node: Node<'d, 'd>) -> (&'d str, &'d str) {
    let known = |step: &Node<'_, '_>| SECTIONS.contains(&step.tag_name().name());
    let Some(section) = node.ancestors().find(known) else { return ("", "") };
    let name = Some(name_of(section)).filter(|name| !name.is_empty());
    (section.tag_name().name(), name.or_else(|| section.attribute("id")).unwrap_or_default())
}

/// The number of the innermost list around a quantity; 0 where there is none.
fn list_number(document: &Document<'_>, node: Node<'_, '_>) -> i64 {
    let Some(around) = node.ancestors().find(|step| is_dcc(*step, "list")) else { return 0 };
    1 + document.descendants().filter(|step| is_dcc(*step, "list")).take_while(|list| *list != around).count() as i64
}
