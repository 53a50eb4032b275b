//! Digital calibration certificates: DCC 3.3.0 with D-SI 2.2.1, one for each item.
//!
//! What the laboratory says comes from the [`Profile`], what was measured from the records by way
//! of [`certificate`](crate::certificate). Values are printed with the shortest digits that read back the same.
//!
//! | in the record | in the certificate |
//! |---|---|
//! | standard uncertainty u | `expandedMU` with U = k u, printed exactly, or `standardMU` |
//! | covariance of the parts of complex values | `ellipsoidalRegionMUXMLList` with one matrix for each value |
//! | interval | `coverageIntervalMU`; its standard uncertainty, which is not known, is `NaN` |
//! | degrees of freedom, words | `charsXMLList`; an infinite number is `INF` |
//! | a record without a view, such as a large covariance | `dcc:file` in base64 with its BLAKE3 hash |
//!
//! Coverage factors are those of the stated probability and the degrees of freedom, by
//! [`Coverage`](sigmatau_core::Coverage), rounded to four decimals. Methods, software, equipment and conditions
//! stand inside `measurementResult`: PTB's Schematron does not find them one level up, where XSD allows them too.

mod administration;
mod measurement;
mod quantity;
mod xml;

use super::{Format, Holds};
use crate::certificate::{Certificate, Profile, certificate};
use crate::{Publication, PublishError};
use sigmatau_core::Unit;
use std::io::Write;
use xml::Xml;

/// The entry of the table.
pub static FORMAT: Format = Format {
    name: "dcc",
    title: "digital calibration certificates, DCC 3.3.0 with D-SI 2.2.1",
    extension: "xml",
    holds: Holds::Item,
    provenance: true,
    write,
};

/// The version of the schema that is written.
const VERSION: &str = "3.3.0";

/// What every part of a certificate is written from.
struct Issue<'a> {
    certificate: &'a Certificate,
    profile: &'a Profile,
    language: crate::Language,
}

impl Issue<'_> {
    /// The release as certificates want it: a letter and numbers.
    fn release(&self) -> String {
        let numbers: String = self.certificate.tool.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        format!("v{}", numbers.trim_end_matches('.'))
    }

    /// The D-SI name of a unit, or of that of the profile where the record states none.
    fn unit(&self, unit: Option<&Unit>) -> Result<String, PublishError> {
        let unit = unit.or(self.profile.item.unit.as_ref()).cloned().unwrap_or(Unit::ONE);
        Ok(unit.to_dsi()?)
    }
}

fn write(publication: &Publication<'_>, out: &mut dyn Write) -> Result<(), PublishError> {
    let profile = publication.profile.ok_or(PublishError::NoProfile)?;
    let certificate = certificate(publication)?;
    profile.complete(needs(&certificate, profile, publication))?;
    let mut xml = Xml::new(out);
    let attributes = [
        ("xmlns:dcc", "https://ptb.de/dcc"),
        ("xmlns:si", "https://ptb.de/si"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", "https://ptb.de/dcc https://ptb.de/dcc/v3.3.0/dcc.xsd"),
        ("schemaVersion", VERSION),
    ];
    let issue = Issue { certificate: &certificate, profile, language: publication.language };
    xml.declare()?;
    xml.within("dcc:digitalCalibrationCertificate", &attributes, |xml| {
        administration::write(xml, &issue)?;
        xml.within("dcc:measurementResults", &[], |xml| measurement::write(xml, &issue))
    })
}

/// What the records leave open and the profile does not say.
fn needs(certificate: &Certificate, profile: &Profile, publication: &Publication<'_>) -> Vec<String> {
    let quantities = || certificate.calibrations.iter().flat_map(|calibration| &calibration.quantities);
    let lacks_unit = quantities().any(|quantity| quantity.role == "response" && quantity.unit.is_none());
    let is_shared = crate::certificate::items(publication.records).len() > 1
        && !profile.identifier.contains("{item}")
        && !profile.identifier.is_empty();
    let needs = [
        (lacks_unit && profile.item.unit.is_none(), "item.unit"),
        (is_shared, "{item} in certificate.identifier"),
        (certificate.item.trim().is_empty(), "the name of the sensor in the record"),
    ];
    needs.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, need)| need.to_owned()).collect()
}
