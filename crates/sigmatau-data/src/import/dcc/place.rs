//! Elements: finding them, naming their place, refusing them.

use super::{DCC, SI};
use roxmltree::Node;

/// An element that can't be meant.
#[derive(Debug)]
pub(super) struct Refused<'d> {
    pub(super) node: Node<'d, 'd>,
    pub(super) problem: String,
}

/// Refuses an element.
pub(super) fn refused<'d, T>(node: Node<'d, 'd>, problem: impl Into<String>) -> Result<T, Refused<'d>> {
    Err(Refused { node, problem: problem.into() })
}

/// Tells whether the element is one of certificates with this name.
pub(super) fn is_dcc(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((DCC, name))
}

/// The first child of this D-SI name, alone or with the ending of lists.
pub(super) fn child<'d>(node: Node<'d, 'd>, name: &str) -> Option<Node<'d, 'd>> {
    let of_name = |child: &Node<'_, '_>| {
        let tag = child.tag_name();
        tag.namespace() == Some(SI) && tag.name().strip_suffix("XMLList").unwrap_or(tag.name()) == name
    };
    node.children().find(of_name)
}

/// The children of certificates with this name.
pub(super) fn dcc_children<'d>(node: Node<'d, 'd>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
    node.children().filter(move |child| is_dcc(*child, name))
}

/// The text of an element without the spaces around it.
pub(super) fn text<'d>(node: Node<'d, 'd>) -> &'d str {
    node.text().unwrap_or_default().trim()
}

/// The name of a thing in English, or else in the first language that there is.
pub(super) fn name_of<'d>(node: Node<'d, 'd>) -> &'d str {
    let Some(name) = dcc_children(node, "name").next() else { return "" };
    let english = dcc_children(name, "content").find(|content| content.attribute("lang") == Some("en"));
    english.or_else(|| dcc_children(name, "content").next()).map_or("", text)
}

/// The place of an element as an XPath, with the number of each one that has siblings of its name.
pub(super) fn path(node: Node<'_, '_>) -> String {
    let steps: Vec<String> = node.ancestors().filter(Node::is_element).map(step).collect();
    steps.iter().rev().map(|step| format!("/{step}")).collect()
}

fn step(node: Node<'_, '_>) -> String {
    let prefix = match node.tag_name().namespace() {
        Some(SI) => "si:",
        Some(DCC) => "dcc:",
        _ => "",
    };
    let alike = |sibling: &Node<'_, '_>| sibling.is_element() && sibling.tag_name() == node.tag_name();
    let siblings = || node.parent().into_iter().flat_map(|parent| parent.children()).filter(alike);
    let number = match siblings().count() {
        0 | 1 => String::new(),
        _ => format!("[{}]", 1 + siblings().take_while(|sibling| *sibling != node).count()),
    };
    format!("{prefix}{}{number}", node.tag_name().name())
}
