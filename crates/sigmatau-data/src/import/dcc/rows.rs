//! Quantities as rows of the schema `certificate`.

use super::place::{dcc_children, is_dcc, name_of, text};
use super::quantity::{Part, Quantity};
use crate::schema::certificate::SCHEMA;
use crate::{Column, Kind, Table, Values};
use roxmltree::{Document, Node};
use sigmatau_core::Unit;

/// The elements that say what a value is for, the innermost first.
const SECTIONS: [&str; 8] =
    ["metaData", "influenceCondition", "usedMethod", "measuringEquipment", "statement", "item", "result", "testData"];

/// The table of all quantities, one row for each value of each part.
pub(super) fn table(document: &Document<'_>, quantities: &[Quantity<'_>]) -> Table {
    let mut table = SCHEMA.empty();
    let (certificate, item) = (identifier(document), item(document));
    for quantity in quantities {
        let (section, result) = context(quantity.node);
        let list = list_number(document, quantity.node);
        for part in &quantity.parts {
            let about = [certificate, item, section, result, quantity.name(), quantity.ref_type(), part.name];
            table.append(rows(about, list, quantity, part)).expect("both are of one schema");
        }
    }
    table
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

fn rows(about: [&str; 7], list: i64, quantity: &Quantity<'_>, part: &Part<'_>) -> Table {
    let count = quantity.len();
    let mut words = about.into_iter().map(|word| vec![word.to_owned(); count]);
    let numbers = |name: &str| match name {
        "value" => part.values.clone(),
        "u" => part.stated.u.clone(),
        "expanded" => part.stated.expanded.clone(),
        "k" => part.stated.k.clone(),
        "p" => part.stated.p.clone(),
        "lower" => part.stated.lower.clone(),
        "upper" => part.stated.upper.clone(),
        _ => quantity.covariance.clone(),
    };
    let columns = SCHEMA.fields.iter().map(|field| {
        let values = match (field.kind, field.name) {
            (Kind::Integer, "list") => Values::Integer(vec![list; count]),
            (Kind::Integer, _) => Values::Integer((0..count as i64).collect()),
            (Kind::Float, name) => Values::Float(numbers(name)),
            (Kind::Text, "unit") => Values::Text(part.units.iter().map(Unit::to_string).collect()),
            (Kind::Text, "distribution") => {
                Values::Text((0..count).map(|i| part.stated.distribution(i).to_owned()).collect())
            }
            (Kind::Text, _) => Values::Text(words.next().unwrap_or_default()),
        };
        let unit = (!field.unit.is_empty()).then_some(Unit::ONE);
        Column { name: field.name.to_owned(), unit, values }
    });
    Table::new(columns.collect()).expect("each column has a value for each value of the part")
}
