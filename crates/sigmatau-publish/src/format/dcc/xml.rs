//! Elements, nested by closures.

use crate::{Language, PublishError};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::Write;

/// Attributes of an element; one with an empty value is left out.
pub(super) type Attributes<'a> = [(&'a str, &'a str)];

/// Writes elements with two spaces a level.
pub(super) struct Xml<'a>(Writer<&'a mut dyn Write>);

impl<'a> Xml<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self(Writer::new_with_indent(out, b' ', 2))
    }

    pub(super) fn declare(&mut self) -> Result<(), PublishError> {
        Ok(self.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?)
    }

    /// An element with what `inner` writes.
    pub(super) fn within(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        inner: impl FnOnce(&mut Self) -> Result<(), PublishError>,
    ) -> Result<(), PublishError> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        inner(self)?;
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    /// An element with a text.
    pub(super) fn leaf(&mut self, name: &str, attributes: &Attributes<'_>, text: &str) -> Result<(), PublishError> {
        self.0.write_event(Event::Start(start(name, attributes)))?;
        self.0.write_event(Event::Text(BytesText::new(&printable(text))))?;
        Ok(self.0.write_event(Event::End(BytesEnd::new(name)))?)
    }

    /// A leaf, unless its text is empty.
    pub(super) fn known(&mut self, name: &str, text: &str) -> Result<(), PublishError> {
        if text.trim().is_empty() { Ok(()) } else { self.leaf(name, &[], text.trim()) }
    }

    /// An element that holds a text in the language of the certificate.
    pub(super) fn said(&mut self, name: &str, language: Language, text: &str) -> Result<(), PublishError> {
        self.within(name, &[], |xml| xml.leaf("dcc:content", &[("lang", language.tag())], text))
    }
}

fn start<'n>(name: &'n str, attributes: &Attributes<'_>) -> BytesStart<'n> {
    let stated = attributes.iter().filter(|(_, value)| !value.is_empty());
    BytesStart::new(name).with_attributes(stated.copied())
}

/// The text without the control characters that XML can't hold.
fn printable(text: &str) -> String {
    let held = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().map(|c| if held(c) && !matches!(c, '\u{fffe}' | '\u{ffff}') { c } else { '\u{fffd}' }).collect()
}
