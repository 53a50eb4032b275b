//! What a certificate says of the laboratory, the customer, the item and the conditions: a TOML file.
//!
//! ```toml
//! [certificate]
//! identifier = "LAB-2026-{item}"        # {item} stands for the name of the item
//! country = "DE"
//! begin = "2026-03-02"
//! end = "2026-03-03"
//!
//! [laboratory]                          # [customer] likewise
//! name = "Calibration laboratory"
//! city = "Teststadt"
//! country = "DE"
//!
//! [[person]]
//! name = "A. Person"
//!
//! [item]
//! name = "accelerometer"
//! unit = "V·s^2/m"                      # where the record states none
//!
//! [[condition]]
//! name = "ambient temperature"
//! ref_type = "basic_temperature"
//! value = 296.15
//! unit = "K"
//! ```

use crate::PublishError;
use sigmatau_core::Unit;
use sigmatau_data::document::{Parameter, Section};
use sigmatau_data::{Document, DocumentError};

const CERTIFICATE: &[Parameter] = &[
    Parameter::new("identifier", "unique identifier; {item} stands for the name of the item"),
    Parameter::new("country", "country of the laboratory, ISO 3166-1"),
    Parameter::new("begin", "first day of the calibration, such as 2026-03-02"),
    Parameter::new("end", "last day of the calibration"),
    Parameter::new("location", "laboratory, customer, laboratoryBranch, customerBranch or other").or("\"laboratory\""),
    Parameter::new("probability", "coverage probability of uncertainties").or("0.95"),
    Parameter::new("uncertainty", "expanded or standard").or("\"expanded\""),
];
const CONTACT: &[Parameter] = &[
    Parameter::new("name", "name"),
    Parameter::new("email", "electronic mail"),
    Parameter::new("phone", "telephone"),
    Parameter::new("city", "city"),
    Parameter::new("country", "country, ISO 3166-1"),
    Parameter::new("post_code", "postal code"),
    Parameter::new("street", "street"),
    Parameter::new("number", "number of the house"),
];
const PERSON: &[Parameter] = &[Parameter::new("name", "name"), Parameter::new("role", "role in the calibration")];
const ITEM: &[Parameter] = &[
    Parameter::new("name", "kind of item"),
    Parameter::new("manufacturer", "manufacturer"),
    Parameter::new("model", "model"),
    Parameter::new("issuer", "who gave the items their names").or("\"manufacturer\""),
    Parameter::new("unit", "unit of the response, where the record states none"),
];
const CONDITION: &[Parameter] = &[
    Parameter::new("name", "name"),
    Parameter::new("ref_type", "reference type, such as basic_temperature"),
    Parameter::new("value", "value in `unit`"),
    Parameter::new("min", "least value, instead of `value`"),
    Parameter::new("max", "greatest value, instead of `value`"),
    Parameter::new("unit", "unit"),
];
const METHOD: &[Parameter] = &[
    Parameter::new("name", "name of the method in the record"),
    Parameter::new("norm", "standard that it follows"),
    Parameter::new("reference", "clause or procedure"),
];
const EQUIPMENT: &[Parameter] =
    &[Parameter::new("name", "name"), Parameter::new("identification", "number given by the laboratory")];
const SECTIONS: &[Parameter] = &[
    Parameter::new("certificate", "about the certificate"),
    Parameter::new("laboratory", "the laboratory"),
    Parameter::new("customer", "the customer"),
    Parameter::new("person", "responsible persons, the signer first"),
    Parameter::new("item", "what is calibrated"),
    Parameter::new("condition", "conditions of the measurement"),
    Parameter::new("method", "standards of the methods"),
    Parameter::new("equipment", "measuring equipment"),
    Parameter::new("ref_types", "reference types of the quantities"),
];
/// The reference types by role; a profile replaces them.
const REF_TYPES: &[Parameter] = &[
    Parameter::new("frequency", "frequency").or("\"basic_tableIndex0 sigmatau_frequency\""),
    Parameter::new("magnitude", "magnitude").or("\"basic_measuredValue sigmatau_magnitude\""),
    Parameter::new("phase", "phase").or("\"basic_measuredValue sigmatau_phase\""),
    Parameter::new("response", "complex response").or("\"basic_measuredValue sigmatau_response\""),
    Parameter::new("coherence", "coherence").or("\"sigmatau_coherence\""),
    Parameter::new("dof", "degrees of freedom").or("\"sigmatau_degreesOfFreedom\""),
    Parameter::new("tau", "averaging time").or("\"basic_tableIndex0 sigmatau_averagingTime\""),
    Parameter::new("deviation", "deviation").or("\"basic_measuredValue sigmatau_deviation\""),
];

const LOCATIONS: [&str; 5] = ["laboratory", "customer", "laboratoryBranch", "customerBranch", "other"];
const ISSUERS: [&str; 5] = ["manufacturer", "calibrationLaboratory", "customer", "owner", "other"];

/// What a laboratory says in all certificates of a publication.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The file.
    pub origin: String,
    /// The identifier, with `{item}` for the name of the item.
    pub identifier: String,
    /// The country of the laboratory.
    pub country: String,
    /// First and last day of the calibration.
    pub days: [String; 2],
    /// Where the calibration was done.
    pub location: &'static str,
    /// The coverage probability of intervals and regions.
    pub probability: f64,
    /// Whether uncertainties are stated as expanded ones.
    pub is_expanded: bool,
    /// The laboratory.
    pub laboratory: Contact,
    /// The customer.
    pub customer: Contact,
    /// Names and roles of the responsible persons.
    pub persons: Vec<[String; 2]>,
    /// What is calibrated.
    pub item: Item,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// Name, standard and reference of methods.
    pub methods: Vec<[String; 3]>,
    /// Name and identification of equipment.
    pub equipment: Vec<[String; 2]>,
    ref_types: Vec<(&'static str, String)>,
    /// The keys that are missing.
    pub missing: Vec<String>,
}

/// A laboratory or a customer; what is not known is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// The values in the order of the elements of a certificate: name, e-mail, telephone.
    pub reached: [String; 3],
    /// City, country, postal code, street, number of the house.
    pub address: [String; 5],
}

/// What is calibrated.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The kind of item.
    pub name: String,
    /// The manufacturer; empty where it is not known.
    pub manufacturer: String,
    /// The model; empty where it is not known.
    pub model: String,
    /// Who gave the items their names.
    pub issuer: &'static str,
    /// The unit of the response, where records state none.
    pub unit: Option<Unit>,
}

/// A condition with one value, or a least and a greatest one.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The name.
    pub name: String,
    /// The reference type; empty where there is none.
    pub ref_type: String,
    /// The unit.
    pub unit: Unit,
    /// The endings of the reference types and the values.
    pub values: Vec<(&'static str, f64)>,
}

impl Profile {
    /// Reads a profile; what is missing is kept in [`Profile::missing`], so that all of it can be told at once.
    ///
    /// # Errors
    /// When it is no TOML, has an unknown key or a value that can't be meant.
    pub fn parse(text: &str, origin: &str) -> Result<Self, DocumentError> {
        let document = Document::parse(text, origin)?;
        let root = document.section().checked("the profile", &[SECTIONS])?;
        let empty = Document::parse("", origin)?;
        let mut missing = Vec::new();
        let mut reader = Reader { root: &root, empty: &empty, missing: &mut missing };
        let certificate = reader.table("certificate", CERTIFICATE)?;
        let item = reader.table("item", ITEM)?;
        let ref_types = reader.table("ref_types", REF_TYPES)?;
        let ref_type = |role: &Parameter| Ok((role.name, ref_types.text(role.name)?.unwrap_or_default()));
        let profile = Self {
            origin: origin.to_owned(),
            identifier: reader.need(&certificate, "certificate", "identifier")?,
            country: reader.country(&certificate, "certificate")?,
            days: [reader.day(&certificate, "begin")?, reader.day(&certificate, "end")?],
            location: LOCATIONS[certificate.one_of("location", "location", LOCATIONS)?],
            probability: probability(&certificate)?,
            is_expanded: certificate.one_of("uncertainty", "form of uncertainty", ["expanded", "standard"])? == 0,
            laboratory: reader.contact("laboratory")?,
            customer: reader.contact("customer")?,
            persons: reader.list("person", PERSON, &["name"])?,
            item: Item {
                name: reader.need(&item, "item", "name")?,
                manufacturer: item.text("manufacturer")?.unwrap_or_default(),
                model: item.text("model")?.unwrap_or_default(),
                issuer: ISSUERS[item.one_of("issuer", "issuer", ISSUERS)?],
                unit: unit(&item)?,
            },
            conditions: reader.conditions()?,
            methods: reader.list("method", METHOD, &["name"])?,
            equipment: reader.list("equipment", EQUIPMENT, &["name", "identification"])?,
            ref_types: REF_TYPES.iter().map(ref_type).collect::<Result<_, DocumentError>>()?,
            missing: Vec::new(),
        };
        if profile.days[1] < profile.days[0] {
            return Err(certificate.refuse_key("end", "the calibration ends before it begins"));
        }
        for (name, is_missing) in
            [("[[person]]", profile.persons.is_empty()), ("[[condition]]", profile.conditions.is_empty())]
        {
            missing.extend(is_missing.then(|| name.to_owned()));
        }
        Ok(Self { missing, ..profile })
    }

    /// The reference type of a role.
    pub fn ref_type(&self, role: &str) -> &str {
        self.ref_types.iter().find(|(known, _)| *known == role).map_or("", |(_, ref_type)| ref_type)
    }

    /// Checks that nothing is missing, of the profile or of these further needs.
    ///
    /// # Errors
    /// When something is; all of it is named at once.
    pub fn complete(&self, needs: Vec<String>) -> Result<(), PublishError> {
        let missing: Vec<String> = self.missing.iter().cloned().chain(needs).collect();
        match missing.is_empty() {
            true => Ok(()),
            false => Err(PublishError::Incomplete { origin: self.origin.clone(), missing }),
        }
    }
}

fn probability(section: &Section<'_>) -> Result<f64, DocumentError> {
    match section.number("probability")?.unwrap_or(0.95) {
        probability if (0.6827..1.0).contains(&probability) => Ok(probability),
        _ => Err(section.refuse_key("probability", "`probability` must be at least 0.6827 and less than 1")),
    }
}

fn unit(section: &Section<'_>) -> Result<Option<Unit>, DocumentError> {
    let read = |text: String| {
        let unit = Unit::parse(&text).and_then(|unit| unit.to_dsi().map(|_| unit));
        unit.map_err(|error| section.refuse_key("unit", &format!("failed to {error}")))
    };
    section.text("unit")?.map(read).transpose()
}

/// Reads sections and notes what is missing.
struct Reader<'a, 'm> {
    root: &'m Section<'a>,
    empty: &'a Document,
    missing: &'m mut Vec<String>,
}

impl<'a> Reader<'a, '_> {
    fn table(&self, name: &str, known: &[Parameter]) -> Result<Section<'a>, DocumentError> {
        let section = self.root.subsection(name).unwrap_or_else(|| self.empty.section());
        section.checked(format!("[{name}]"), &[known])
    }

    fn need(&mut self, section: &Section<'_>, name: &str, key: &str) -> Result<String, DocumentError> {
        let text = section.text(key)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.is_none() {
            self.missing.push(format!("{name}.{key}"));
        }
        Ok(text.unwrap_or_default())
    }

    fn country(&mut self, section: &Section<'_>, name: &str) -> Result<String, DocumentError> {
        let country = self.need(section, name, "country")?;
        match country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) || country.is_empty() {
            true => Ok(country),
            false => {
                Err(section.refuse_key("country", &format!("`{country}` is no country of ISO 3166-1, such as `DE`")))
            }
        }
    }

    fn day(&mut self, section: &Section<'_>, key: &str) -> Result<String, DocumentError> {
        let day = self.need(section, "certificate", key)?;
        let shape: String = day.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        match shape == "0000-00-00" || day.is_empty() {
            true => Ok(day),
            false => Err(section.refuse_key(key, &format!("`{day}` is no day such as `2026-03-02`"))),
        }
    }

    fn contact(&mut self, name: &str) -> Result<Contact, DocumentError> {
        let section = self.table(name, CONTACT)?;
        let text = |key: &str| Ok(section.text(key)?.unwrap_or_default());
        Ok(Contact {
            reached: [self.need(&section, name, "name")?, text("email")?, text("phone")?],
            address: [
                self.need(&section, name, "city")?,
                self.country(&section, name)?,
                text("post_code")?,
                text("street")?,
                text("number")?,
            ],
        })
    }

    /// The values of a list of tables, in the order of their keys.
    fn list<const N: usize>(
        &mut self,
        name: &str,
        known: &[Parameter],
        needed: &[&str],
    ) -> Result<Vec<[String; N]>, DocumentError> {
        let mut list = Vec::new();
        for section in self.root.subsections(name)? {
            let section = section.checked(format!("[[{name}]]"), &[known])?;
            let mut values = std::array::from_fn(|_| String::new());
            for (value, key) in values.iter_mut().zip(known) {
                *value = match needed.contains(&key.name) {
                    true => self.need(&section, name, key.name)?,
                    false => section.text(key.name)?.unwrap_or_default(),
                };
            }
            list.push(values);
        }
        Ok(list)
    }

    fn conditions(&mut self) -> Result<Vec<Condition>, DocumentError> {
        let mut conditions = Vec::new();
        for section in self.root.subsections("condition")? {
            let section = section.checked("[[condition]]", &[CONDITION])?;
            let mut values = Vec::new();
            for (key, ending) in [("value", ""), ("min", "Min"), ("max", "Max")] {
                values.extend(section.number(key)?.map(|value| (ending, value)));
            }
            if values.is_empty() {
                self.missing.push("condition.value".to_owned());
            }
            if !section.has("unit") {
                self.missing.push("condition.unit".to_owned());
            }
            conditions.push(Condition {
                name: self.need(&section, "condition", "name")?,
                ref_type: section.text("ref_type")?.unwrap_or_default(),
                unit: unit(&section)?.unwrap_or(Unit::ONE),
                values,
            });
        }
        Ok(conditions)
    }
}
