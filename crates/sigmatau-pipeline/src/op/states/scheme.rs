//! Schemes of states, in TOML.
//!
//! ```toml
//! full = 100                     # points of a meter that nothing is held against
//! meter_route = "失准更换"       # what replacing a single meter is called
//! lot_route = "状态更换"         # what replacing it with its lot is called
//!
//! [[element]]
//! name = "p_nonconforming"
//! from = 0.05                    # up to here nothing is taken
//! to = 0.95                      # from here on all points are, in proportion between
//! points = 45
//!
//! [[state]]                      # the best first; the last one begins at 0
//! name = "正常"
//! least = 0
//! ```

use crate::document::{Document, DocumentError, Parameter, Section};
use sigmatau_meter::state::{Element, Scheme, State};
use std::path::Path;

const FILE: &[Parameter] = &[
    Parameter::new("full", "points of a meter that nothing is held against"),
    Parameter::new("meter_route", "what replacing a single meter is called"),
    Parameter::new("lot_route", "what replacing it with its lot is called"),
    Parameter::new("element", "[[element]]: what is held against a meter"),
    Parameter::new("state", "[[state]]: the states, the best first"),
];

const ELEMENT: &[Parameter] = &[
    Parameter::new("name", "the element, such as p_nonconforming or age_years"),
    Parameter::new("from", "the value from which on points are taken"),
    Parameter::new("to", "the value at which all are"),
    Parameter::new("points", "the most points that are taken"),
];

const STATE: &[Parameter] =
    &[Parameter::new("name", "the state"), Parameter::new("least", "the least points that are left in it")];

/// A file with a scheme.
#[derive(Debug)]
pub(super) struct SchemeFile {
    /// The name as it was typed.
    pub(super) name: String,
    /// The BLAKE3 hash of the content.
    pub(super) hash: String,
    pub(super) scheme: Scheme,
}

impl SchemeFile {
    /// Reads the file that the key `scheme` names, from the folder of the pipeline.
    pub(super) fn read(section: &Section<'_>) -> Result<Self, DocumentError> {
        let name = section.required("scheme")?;
        let path = Path::new(section.origin()).parent().unwrap_or(Path::new("")).join(&name);
        let unreadable =
            |error| section.refuse_key("scheme", &format!("read the scheme of states in `{name}`: {error}"));
        let text = std::fs::read_to_string(&path).map_err(unreadable)?;
        let document = Document::parse(&text, &path.display().to_string())?;
        Ok(Self { hash: blake3::hash(text.as_bytes()).to_string(), scheme: scheme(&document)?, name })
    }
}

fn scheme(document: &Document) -> Result<Scheme, DocumentError> {
    let file = document.section().checked("the scheme of states", &[FILE])?;
    let elements = file.subsections("element")?.into_iter().map(element).collect::<Result<Vec<_>, _>>()?;
    let states = file.subsections("state")?.into_iter().map(state).collect::<Result<Vec<_>, _>>()?;
    if let Some(place) =
        (1..elements.len()).find(|place| elements[..*place].iter().any(|one| one.name == elements[*place].name))
    {
        return Err(file.refuse_key("element", &format!("the element `{}` stands twice", elements[place].name)));
    }
    let scheme = Scheme {
        full: wanted(&file, "full")?,
        elements,
        states,
        meter_route: file.required("meter_route")?,
        lot_route: file.required("lot_route")?,
    };
    scheme.checked().map_err(|error| file.refuse_key("state", &format!("failed to {error}")))
}

fn element(section: Section<'_>) -> Result<Element, DocumentError> {
    let section = section.checked("the element", &[ELEMENT])?;
    let [from, to, points] = ["from", "to", "points"].map(|key| wanted(&section, key));
    Ok(Element { name: section.required("name")?, from: from?, to: to?, points: points? })
}

fn state(section: Section<'_>) -> Result<State, DocumentError> {
    let section = section.checked("the state", &[STATE])?;
    Ok(State { name: section.required("name")?, least: wanted(&section, "least")? })
}

fn wanted(section: &Section<'_>, key: &str) -> Result<f64, DocumentError> {
    section.number(key)?.ok_or_else(|| section.missing(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../../../datasets/demo-meters/states.toml");

    fn read(text: &str) -> Result<Scheme, String> {
        scheme(&Document::parse(text, "s.toml").unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_example_is_a_scheme() {
        let scheme = read(SHIPPED).unwrap();
        let names: Vec<&str> = scheme.states.iter().map(|state| state.name.as_str()).collect();
        assert_eq!((names, scheme.elements.len()), (vec!["正常", "注意", "异常", "严重"], 8));
        assert_eq!((scheme.meter_route.as_str(), scheme.lot_route.as_str()), ("失准更换", "状态更换"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        for (from, to, reason) in [
            ("full = 100", "", "needs the key `full`"),
            ("full = 100", "ful = 100", "did you mean `full`"),
            ("least = 0", "least = 10", "the last one has to begin at 0"),
            ("least = 75", "least = 95", "order the states: the least score of `注意`"),
            ("from = 0.05", "form = 0.05", "line 12: the element has no key `form`; did you mean `from`"),
            ("name = \"fault\"", "name = \"events\"", "the element `events` stands twice"),
            ("to = 0.95", "to = 0.05", "score the element `p_nonconforming`"),
        ] {
            let message = read(&SHIPPED.replacen(from, to, 1)).unwrap_err();
            assert!(message.contains(reason), "{from}: {message}");
        }
    }
}
