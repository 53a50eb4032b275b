//! How it was measured and what was found: `measurementResult`.

use super::administration::{identification, software};
use super::xml::Xml;
use super::{Issue, quantity};
use crate::PublishError;
use crate::certificate::profile::Condition;
use crate::certificate::{Attachment, Calibration};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) fn write(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    xml.within("dcc:measurementResult", &[], |xml| {
        xml.said("dcc:name", issue.language, issue.language.text("calibration"))?;
        attachments(xml, issue)?;
        methods(xml, issue)?;
        software(xml, issue, "dcc:usedSoftware")?;
        equipment(xml, issue)?;
        xml.within("dcc:influenceConditions", &[], |xml| {
            issue.profile.conditions.iter().try_for_each(|found| condition(xml, issue, found))
        })?;
        xml.within("dcc:results", &[], |xml| {
            let numbered = issue.certificate.calibrations.iter().enumerate();
            numbered.into_iter().try_for_each(|(place, found)| result(xml, issue, place, found))
        })
    })
}

/// The name of the element that tells the method of a result.
fn method_id(place: usize) -> String {
    format!("method-{}", place + 1)
}

fn methods(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    xml.within("dcc:usedMethods", &[], |xml| {
        for (place, calibration) in issue.certificate.calibrations.iter().enumerate() {
            let known = issue.profile.methods.iter().find(|[name, ..]| *name == calibration.method);
            xml.within("dcc:usedMethod", &[("id", &method_id(place))], |xml| {
                xml.said("dcc:name", issue.language, &calibration.method)?;
                known.map_or(Ok(()), |[_, norm, _]| xml.known("dcc:norm", norm))?;
                known.map_or(Ok(()), |[.., reference]| xml.known("dcc:reference", reference))
            })?;
        }
        xml.within("dcc:usedMethod", &[("refType", "basic_uncertainty")], |xml| {
            xml.said("dcc:name", issue.language, issue.language.text("measurement-uncertainty"))?;
            xml.leaf("dcc:norm", &[], "JCGM 100:2008, JCGM 102:2011")
        })
    })
}

fn equipment(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    if issue.profile.equipment.is_empty() {
        return Ok(());
    }
    xml.within("dcc:measuringEquipments", &[], |xml| {
        issue.profile.equipment.iter().try_for_each(|[name, number]| {
            xml.within("dcc:measuringEquipment", &[], |xml| {
                xml.said("dcc:name", issue.language, name)?;
                identification(xml, "calibrationLaboratory", number)
            })
        })
    })
}

fn condition(xml: &mut Xml<'_>, issue: &Issue<'_>, condition: &Condition) -> Result<(), PublishError> {
    let unit = condition.unit.to_dsi()?;
    xml.within("dcc:influenceCondition", &[("refType", &condition.ref_type)], |xml| {
        xml.said("dcc:name", issue.language, &condition.name)?;
        xml.within("dcc:data", &[], |xml| {
            condition.values.iter().try_for_each(|(ending, value)| {
                let known = if condition.ref_type.is_empty() { "" } else { ending };
                let ref_type = format!("{}{known}", condition.ref_type);
                xml.within("dcc:quantity", &[("refType", &ref_type)], |xml| {
                    xml.said(
                        "dcc:name",
                        issue.language,
                        format!("{} {}", condition.name, ending.to_lowercase()).trim(),
                    )?;
                    xml.within("si:real", &[], |xml| {
                        xml.leaf("si:value", &[], &quantity::number(*value))?;
                        xml.leaf("si:unit", &[], &unit)
                    })
                })
            })
        })
    })
}

fn result(xml: &mut Xml<'_>, issue: &Issue<'_>, place: usize, found: &Calibration) -> Result<(), PublishError> {
    xml.within("dcc:result", &[("refId", &method_id(place))], |xml| {
        xml.said("dcc:name", issue.language, issue.language.name(&found.method))?;
        xml.within("dcc:data", &[], |xml| {
            xml.within("dcc:list", &[("refType", "basic_1IndexTable")], |xml| {
                found.quantities.iter().try_for_each(|one| quantity::write(xml, issue, one))
            })
        })
    })
}

/// The attached records with their hashes.
fn attachments(xml: &mut Xml<'_>, issue: &Issue<'_>) -> Result<(), PublishError> {
    if issue.certificate.attachments.is_empty() {
        return Ok(());
    }
    xml.within("dcc:description", &[], |xml| {
        issue.certificate.attachments.iter().try_for_each(|attached| attachment(xml, issue, attached))
    })
}

fn attachment(xml: &mut Xml<'_>, issue: &Issue<'_>, attached: &Attachment) -> Result<(), PublishError> {
    xml.within("dcc:file", &[], |xml| {
        xml.said("dcc:description", issue.language, &format!("BLAKE3 {}", blake3::hash(&attached.bytes).to_hex()))?;
        xml.leaf("dcc:fileName", &[], &attached.file)?;
        xml.leaf("dcc:mimeType", &[], "application/vnd.apache.parquet")?;
        xml.leaf("dcc:dataBase64", &[], &STANDARD.encode(&attached.bytes))
    })
}
