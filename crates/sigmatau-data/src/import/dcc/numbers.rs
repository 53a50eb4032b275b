//! The words between spaces that D-SI lists are made of.

use super::place::{Refused, child, refused, text};
use roxmltree::Node;
use sigmatau_core::Unit;

/// As many words as there are values, or one that holds for all.
#[derive(Clone, Debug)]
pub(super) struct Words<'d> {
    words: Vec<&'d str>,
}

impl<'d> Words<'d> {
    /// The words of a list of any length.
    pub(super) fn of(node: Node<'d, 'd>) -> Self {
        Self { words: text(node).split_ascii_whitespace().collect() }
    }

    /// The words of the child of this name, checked to be one or `count`; nothing where there is no such child.
    pub(super) fn under(node: Node<'d, 'd>, name: &str, count: usize) -> Result<Option<Self>, Refused<'d>> {
        let Some(list) = child(node, name) else { return Ok(None) };
        let words = Self::of(list);
        match words.words.len() {
            1 => Ok(Some(words)),
            found if found == count => Ok(Some(words)),
            found => {
                refused(list, format!("it has {found} entries for {count} values; give one for all or one for each"))
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The word that holds for a value.
    pub(super) fn at(&self, index: usize) -> &'d str {
        if self.words.len() == 1 { self.words[0] } else { self.words[index] }
    }
}

/// One finite number or `NaN`, as the D-SI writes them: no infinity, no words.
pub(super) fn number(word: &str) -> Option<f64> {
    let usual = word == "NaN" || word.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    word.parse().ok().filter(|number: &f64| usual && !number.is_infinite())
}

/// The numbers under a child that must be there; its length is that of the quantity.
pub(super) fn values<'d>(node: Node<'d, 'd>, name: &str) -> Result<Vec<f64>, Refused<'d>> {
    let Some(list) = child(node, name) else { return refused(node, format!("it has no `{name}`")) };
    let words = Words::of(list);
    if words.len() == 0 {
        return refused(list, "it has no values");
    }
    numbers(list, &words, words.len())
}

/// One number for each of `count` values under a child; `NaN` where there is no such child.
pub(super) fn spread<'d>(node: Node<'d, 'd>, name: &str, count: usize) -> Result<Vec<f64>, Refused<'d>> {
    match Words::under(node, name, count)? {
        None => Ok(vec![f64::NAN; count]),
        Some(words) => numbers(child(node, name).unwrap_or(node), &words, count),
    }
}

/// As [`spread`], of numbers that can't be negative.
pub(super) fn uncertainties<'d>(node: Node<'d, 'd>, name: &str, count: usize) -> Result<Vec<f64>, Refused<'d>> {
    let found = spread(node, name, count)?;
    match found.iter().find(|number| number.is_sign_negative() && !number.is_nan()) {
        Some(number) => refused(child(node, name).unwrap_or(node), format!("the uncertainty {number} is negative")),
        None => Ok(found),
    }
}

fn numbers<'d>(list: Node<'d, 'd>, words: &Words<'d>, count: usize) -> Result<Vec<f64>, Refused<'d>> {
    let read = |index: usize| match number(words.at(index)) {
        Some(number) => Ok(number),
        None => refused(list, format!("entry {} is `{}`, which is no finite number", index + 1, words.at(index))),
    };
    (0..count).map(read).collect()
}

/// The units under a child, or else that of the list around the quantity: one for each of `count` values.
pub(super) fn units<'d>(node: Node<'d, 'd>, name: &str, count: usize) -> Result<Vec<Unit>, Refused<'d>> {
    let inherited = || node.parent().and_then(|list| child(list, "listUnit"));
    let Some(list) = child(node, name).or_else(inherited) else { return refused(node, format!("it has no `{name}`")) };
    let words = Words::of(list);
    if words.len() != 1 && words.len() != count {
        return refused(
            list,
            format!("it has {} units for {count} values; give one for all or one for each", words.len()),
        );
    }
    let read = |word: &&str| Unit::from_dsi(word).or_else(|error| refused(list, error.to_string()));
    let units: Vec<Unit> = words.words.iter().map(read).collect::<Result<_, _>>()?;
    Ok((0..count).map(|index| units[index % units.len()].clone()).collect())
}
