//! Who calibrated what, when and for whom: `administrativeData`.

use super::Issue;
use super::xml::Xml;
use crate::PublishError;
use crate::certificate::profile::Contact;
use crate::view::distinct;

/// Where our own reference types are explained.
const LINK: &str = "https://github.com/sigmatau/sigmatau";

pub(super) fn write(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    xml.within("dcc:administrativeData", &[], |xml| {
        software(xml, issue, "dcc:dccSoftware")?;
        ref_types(xml, issue)?;
        core_data(xml, issue)?;
        items(xml, issue)?;
        xml.within("dcc:calibrationLaboratory", &[], |xml| {
            contact(xml, issue, "dcc:contact", &issue.profile.laboratory)
        })?;
        persons(xml, issue)?;
        contact(xml, issue, "dcc:customer", &issue.profile.customer)
    })
}

/// The software, as the one that wrote the certificate or the one that was used for the results.
pub(super) fn software(xml: &mut Xml<'_>, issue: &Issue<'_>, list: &str) -> Result<(), PublishError> {
    xml.within(list, &[], |xml| {
        xml.within("dcc:software", &[], |xml| {
            xml.said("dcc:name", issue.language, "sigmatau")?;
            xml.leaf("dcc:release", &[], &issue.release())
        })
    })
}

/// The definitions of the reference types of our own that are used.
fn ref_types(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    let quantities = issue.certificate.calibrations.iter().flat_map(|calibration| &calibration.quantities);
    let words = quantities.flat_map(|quantity| issue.profile.ref_type(quantity.role).split(' '));
    let used = distinct(words.filter(|word| word.starts_with("sigmatau_")));
    if used.is_empty() {
        return Ok(());
    }
    xml.within("dcc:refTypeDefinitions", &[], |xml| {
        used.iter().try_for_each(|word| {
            xml.within("dcc:refTypeDefinition", &[("refType", word)], |xml| {
                xml.said("dcc:name", issue.language, word)?;
                xml.leaf("dcc:namespace", &[], "sigmatau")?;
                xml.leaf("dcc:link", &[], LINK)
            })
        })
    })
}

fn core_data(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    let (profile, tag) = (issue.profile, issue.language.tag());
    xml.within("dcc:coreData", &[], |xml| {
        xml.leaf("dcc:countryCodeISO3166_1", &[], &profile.country)?;
        xml.leaf("dcc:usedLangCodeISO639_1", &[], tag)?;
        xml.leaf("dcc:mandatoryLangCodeISO639_1", &[], tag)?;
        xml.leaf("dcc:uniqueIdentifier", &[], &profile.identifier.replace("{item}", &issue.certificate.item))?;
        xml.leaf("dcc:beginPerformanceDate", &[], &profile.days[0])?;
        xml.leaf("dcc:endPerformanceDate", &[], &profile.days[1])?;
        xml.leaf("dcc:performanceLocation", &[], profile.location)
    })
}

fn items(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    let item = &issue.profile.item;
    xml.within("dcc:items", &[], |xml| {
        xml.within("dcc:item", &[], |xml| {
            xml.said("dcc:name", issue.language, &item.name)?;
            if !item.manufacturer.trim().is_empty() {
                xml.within("dcc:manufacturer", &[], |xml| xml.said("dcc:name", issue.language, &item.manufacturer))?;
            }
            xml.known("dcc:model", &item.model)?;
            identification(xml, item.issuer, &issue.certificate.item)
        })
    })
}

/// The one identification of an item or a piece of equipment.
pub(super) fn identification(xml: &mut Xml<'_>, issuer: &str, value: &str) -> Result<(), PublishError> {
    xml.within("dcc:identifications", &[], |xml| {
        xml.within("dcc:identification", &[], |xml| {
            xml.leaf("dcc:issuer", &[], issuer)?;
            xml.leaf("dcc:value", &[], value.trim())
        })
    })
}

fn contact(xml: &mut Xml<'_>, issue: &Issue<'_>, name: &str, contact: &Contact) -> Result<(), PublishError> {
    let ([called, email, phone], [city, country, post_code, street, number]) = (&contact.reached, &contact.address);
    xml.within(name, &[], |xml| {
        xml.said("dcc:name", issue.language, called)?;
        xml.known("dcc:eMail", email)?;
        xml.known("dcc:phone", phone)?;
        xml.within("dcc:location", &[], |xml| {
            xml.known("dcc:city", city)?;
            xml.known("dcc:countryCode", country)?;
            xml.known("dcc:postCode", post_code)?;
            xml.known("dcc:street", street)?;
            xml.known("dcc:streetNo", number)
        })
    })
}

/// The responsible persons; the first one signs.
fn persons(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    xml.within("dcc:respPersons", &[], |xml| {
        issue.profile.persons.iter().enumerate().try_for_each(|(place, [name, role])| {
            xml.within("dcc:respPerson", &[], |xml| {
                xml.within("dcc:person", &[], |xml| xml.said("dcc:name", issue.language, name))?;
                xml.known("dcc:role", role)?;
                xml.leaf("dcc:mainSigner", &[], if place == 0 { "true" } else { "false" })
            })
        })
    })
}
