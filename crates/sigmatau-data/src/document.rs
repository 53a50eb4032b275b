//! A TOML document whose every word knows its line, and sections of it that know their keys: how
//! manifests and pipelines are read, strictly.

use sigmatau_core::nearest::did_you_mean;
use toml::de::{DeTable, DeValue};

/// A request that can't be meant: where it stands, what is wrong, what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// The file; empty for the command line.
    pub origin: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl std::error::Error for DocumentError {}

impl std::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.origin.as_str(), self.line) {
            ("", _) => write!(f, "{}", self.message),
            (origin, None) => write!(f, "{origin}: {}", self.message),
            (origin, Some(line)) => write!(f, "{origin}, line {line}: {}", self.message),
        }
    }
}

/// A value and its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The line, counted from 1; none for the command line and for defaults.
    pub line: Option<usize>,
    /// The value.
    pub value: Value,
}

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A word.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth value.
    Flag(bool),
    /// Several values.
    List(Vec<Node>),
    /// Named values.
    Table(Vec<(String, Node)>),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned()).into()
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self { line: None, value }
    }
}

/// A parsed pipeline file, or the same made from a command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file; empty for the command line.
    pub origin: String,
    /// The text as typed; empty for the command line.
    pub text: String,
    root: Node,
}

impl Document {
    /// Parses TOML.
    ///
    /// # Errors
    /// When the text is no TOML, with the line.
    pub fn parse(text: &str, origin: &str) -> Result<Self, DocumentError> {
        let lines = Lines(text);
        let refused = |error: &toml::de::Error| DocumentError {
            origin: origin.to_owned(),
            line: error.span().map(|span| lines.of(span.start)),
            message: error.message().to_owned(),
        };
        let table = DeTable::parse(text).map_err(|error| refused(&error))?;
        let root = Node { line: Some(1), value: lines.table(table.get_ref()) };
        Ok(Self { origin: origin.to_owned(), text: text.to_owned(), root })
    }

    /// Makes a document of named values.
    pub fn of(entries: Vec<(String, Node)>) -> Self {
        Self { origin: String::new(), text: String::new(), root: Value::Table(entries).into() }
    }

    /// Replaces or adds the value at a dotted key such as `dataset.clocks.points` or
    /// `step.stability.tau`; entries of a list are found by their `name`. A value that is no TOML is a word.
    ///
    /// # Errors
    /// When the way to the key leads through something that is no table.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), DocumentError> {
        let value = literal(value).unwrap_or_else(|| Node::from(value));
        let refused = || DocumentError {
            origin: String::new(),
            line: None,
            message: format!("set `{key}`: there is no such place in the pipeline"),
        };
        let mut node = &mut self.root;
        let mut names = key.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return put(node, name, value).ok_or_else(refused);
            }
            node = enter(node, name).ok_or_else(refused)?;
        }
        Err(refused())
    }

    /// The whole document as a section.
    pub fn section(&self) -> Section<'_> {
        Section { origin: &self.origin, what: "the pipeline".to_owned(), node: &self.root, known: Vec::new() }
    }
}

/// The value that a TOML literal stands for.
fn literal(text: &str) -> Option<Node> {
    let line = format!("value = {text}");
    let table = DeTable::parse(&line).ok()?;
    let value = Lines(&line).value(table.get_ref().get("value")?.get_ref());
    Some(value.into())
}

fn put(node: &mut Node, name: &str, value: Node) -> Option<()> {
    let Value::Table(entries) = &mut node.value else { return None };
    entries.retain(|(key, _)| key != name);
    entries.push((name.to_owned(), value));
    Some(())
}

fn enter<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut Node> {
    match &mut node.value {
        Value::Table(entries) => entries.iter_mut().find(|(key, _)| key == name).map(|(_, node)| node),
        Value::List(items) => items.iter_mut().find(|item| is_named(item, name)),
        _ => None,
    }
}

fn is_named(node: &Node, name: &str) -> bool {
    let Value::Table(entries) = &node.value else { return false };
    entries.iter().any(|(key, value)| key == "name" && value.value == Value::Text(name.to_owned()))
}

/// A text that turns byte places into lines.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn of(&self, place: usize) -> usize {
        1 + self.0.as_bytes()[..place.min(self.0.len())].iter().filter(|byte| **byte == b'\n').count()
    }

    fn table(&self, table: &DeTable<'_>) -> Value {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let key: &toml::Spanned<std::borrow::Cow<'_, str>> = key;
            let node = Node { line: Some(self.of(key.span().start)), value: self.value(value.get_ref()) };
            (key.get_ref().to_string(), node)
        };
        Value::Table(entries.into_iter().map(entry).collect())
    }

    fn value(&self, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Integer(number) => whole(number.as_str(), number.radix()),
            DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Datetime(time) => Value::Text(time.to_string()),
            DeValue::Table(table) => self.table(table),
            DeValue::Array(items) => Value::List(
                items
                    .iter()
                    .map(|item| Node { line: Some(self.of(item.span().start)), value: self.value(item.get_ref()) })
                    .collect(),
            ),
        }
    }
}

fn whole(digits: &str, radix: u32) -> Value {
    Value::Number(i64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64))
}

/// A key that a section may have.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The key.
    pub name: &'static str,
    /// The default as a TOML literal; empty where there is none.
    pub default: &'static str,
    /// What it says, with its unit.
    pub doc: &'static str,
}

impl Parameter {
    /// A key without a default.
    pub const fn new(name: &'static str, doc: &'static str) -> Self {
        Self { name, default: "", doc }
    }

    /// The same key with a default, given as a TOML literal.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }
}

/// A table of a document, read by its known keys.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    origin: &'a str,
    what: String,
    node: &'a Node,
    known: Vec<Parameter>,
}

impl<'a> Section<'a> {
    /// The same section under a name for messages, with every key checked against the lists of `known` ones.
    ///
    /// # Errors
    /// When it is no table or has a key that is not known, with the line and the nearest known keys.
    pub fn checked(self, what: impl Into<String>, known: &[&[Parameter]]) -> Result<Self, DocumentError> {
        let section = Self { what: what.into(), known: known.concat(), ..self }.table("a table is expected here")?;
        let names: Vec<&str> = section.known.iter().map(|parameter| parameter.name).collect();
        match section.keys().into_iter().find(|key| !names.contains(key)) {
            Some(key) => {
                let message = format!("{} has no key `{key}`{}", section.what, did_you_mean(key, &names));
                Err(section.refuse_key(key, &message))
            }
            None => Ok(section),
        }
    }

    /// The same section, which is a table.
    ///
    /// # Errors
    /// When it is something else; `remedy` says what to write.
    pub fn table(self, remedy: &str) -> Result<Self, DocumentError> {
        match self.node.value {
            Value::Table(_) => Ok(self),
            _ => Err(self.refuse(self.node.line, remedy)),
        }
    }

    /// An error at a line of this document.
    pub fn refuse(&self, line: Option<usize>, message: &str) -> DocumentError {
        DocumentError { origin: self.origin.to_owned(), line, message: message.to_owned() }
    }

    /// The file that the section stands in; empty for the command line.
    pub fn origin(&self) -> &'a str {
        self.origin
    }

    /// The line of a key, or else of the section.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.typed(key).map_or(self.node.line, |node| node.line)
    }

    /// An error at the line of a key.
    pub fn refuse_key(&self, key: &str, message: &str) -> DocumentError {
        self.refuse(self.line(key), message)
    }

    /// Tells whether the key was typed.
    pub fn has(&self, key: &str) -> bool {
        self.typed(key).is_some()
    }

    /// The keys that were typed.
    pub fn keys(&self) -> Vec<&'a str> {
        match &self.node.value {
            Value::Table(entries) => entries.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// The table under a key.
    pub fn subsection(&self, key: &str) -> Option<Section<'a>> {
        self.typed(key).map(|node| Section { node, ..self.clone() })
    }

    /// The tables listed under a key.
    ///
    /// # Errors
    /// When there is something else than a list of tables.
    pub fn subsections(&self, key: &str) -> Result<Vec<Section<'a>>, DocumentError> {
        match self.typed(key).map(|node| &node.value) {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items.iter().map(|node| Section { node, ..self.clone() }).collect()),
            Some(_) => Err(self.refuse_key(key, &format!("write each `{key}` as [[{key}]]"))),
        }
    }

    /// The word under a key, or its default.
    ///
    /// # Errors
    /// When there is something else than a word.
    pub fn text(&self, key: &str) -> Result<Option<String>, DocumentError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.expected(key, "a word in quotes")),
        }
    }

    /// The word under a key that must be there.
    ///
    /// # Errors
    /// When it is missing or something else than a word.
    pub fn required(&self, key: &str) -> Result<String, DocumentError> {
        self.text(key)?.ok_or_else(|| self.missing(key))
    }

    /// The error that a key is missing.
    pub fn missing(&self, key: &str) -> DocumentError {
        self.refuse(self.node.line, &format!("{} needs the key `{key}`", self.what))
    }

    /// The place of the word under a key among `known`, which are names of a `kind` of thing.
    ///
    /// # Errors
    /// When it is missing or none of them, with the nearest ones.
    pub fn one_of<'n>(
        &self,
        key: &str,
        kind: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Result<usize, DocumentError> {
        let (word, known) = (self.required(key)?, known.into_iter().collect::<Vec<_>>());
        let unknown = || self.refuse_key(key, &format!("there is no {kind} `{word}`{}", did_you_mean(&word, &known)));
        known.iter().position(|name| *name == word).ok_or_else(unknown)
    }

    /// The numbers listed under a key, or its default; none where it is left out.
    ///
    /// # Errors
    /// When there is something else than a list of finite numbers.
    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, DocumentError> {
        let number = |node: &Node| match node.value {
            Value::Number(number) if number.is_finite() => Ok(number),
            _ => Err(self.expected(key, "a list of numbers")),
        };
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::List(nodes)) => nodes.iter().map(number).collect(),
            Some(_) => Err(self.expected(key, "a list of numbers")),
        }
    }

    /// The number under a key, or its default.
    ///
    /// # Errors
    /// When there is something else than a finite number.
    pub fn number(&self, key: &str) -> Result<Option<f64>, DocumentError> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Number(number)) if number.is_finite() => Ok(Some(number)),
            Some(_) => Err(self.expected(key, "a number")),
        }
    }

    /// The positive number under a key, or its default.
    ///
    /// # Errors
    /// When there is something else than a finite number above 0.
    pub fn positive(&self, key: &str) -> Result<Option<f64>, DocumentError> {
        match self.number(key)? {
            Some(number) if number <= 0.0 => Err(self.expected(key, "a positive number")),
            number => Ok(number),
        }
    }

    /// The whole number under a key, or its default.
    ///
    /// # Errors
    /// When there is something else than a whole number from 0 to 2⁵³.
    pub fn count(&self, key: &str) -> Result<Option<usize>, DocumentError> {
        let exact = 0.0..=9_007_199_254_740_992.0;
        match self.number(key)? {
            Some(number) if number.fract() != 0.0 || !exact.contains(&number) => {
                Err(self.expected(key, "a whole number from 0 to 2^53"))
            }
            number => Ok(number.map(|number| number as usize)),
        }
    }

    /// The words under a key, or its default; a single word counts as a list of one.
    ///
    /// # Errors
    /// When there is something else than words.
    pub fn texts(&self, key: &str) -> Result<Vec<(Option<usize>, String)>, DocumentError> {
        let line = self.line(key);
        match self.value(key) {
            None => Ok(Vec::new()),
            Some(Value::Text(text)) => Ok(vec![(line, text)]),
            Some(Value::List(items)) => items
                .into_iter()
                .map(|item| match item.value {
                    Value::Text(text) => Ok((item.line.or(line), text)),
                    _ => Err(self.refuse(item.line, &format!("`{key}` lists words in quotes"))),
                })
                .collect(),
            Some(_) => Err(self.expected(key, "a list of words in quotes")),
        }
    }

    fn expected(&self, key: &str, kind: &str) -> DocumentError {
        self.refuse_key(key, &format!("`{key}` of {} must be {kind}", self.what))
    }

    fn value(&self, key: &str) -> Option<Value> {
        let default = || self.known.iter().find(|parameter| parameter.name == key).and_then(|p| literal(p.default));
        self.typed(key).cloned().or_else(default).map(|node| node.value)
    }

    fn typed(&self, key: &str) -> Option<&'a Node> {
        let Value::Table(entries) = &self.node.value else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Parameter] = &[
        Parameter::new("tau", "averaging times").or("\"octave\""),
        Parameter::new("confidence", "confidence level").or("0.95"),
    ];

    #[test]
    fn words_know_their_lines() {
        let document = Document::parse("tau = \"decade\"\n\nconfidence = \"high\"\n", "a.toml").unwrap();
        let section = document.section().checked("the step", &[KNOWN]).unwrap();
        assert_eq!(section.text("tau").unwrap().as_deref(), Some("decade"));
        let error = section.number("confidence").unwrap_err().to_string();
        assert_eq!(error, "a.toml, line 3: `confidence` of the step must be a number");
    }

    #[test]
    fn an_unknown_key_is_refused_with_line_and_nearest() {
        let document = Document::parse("# a step\nconfidance = 0.9\n", "a.toml").unwrap();
        let error = document.section().checked("the step", &[KNOWN]).unwrap_err().to_string();
        assert_eq!(error, "a.toml, line 2: the step has no key `confidance`; did you mean `confidence`?");
    }

    #[test]
    fn what_is_not_typed_takes_its_default() {
        let document = Document::parse("", "a.toml").unwrap();
        let section = document.section().checked("the step", &[KNOWN]).unwrap();
        assert_eq!(
            (section.text("tau").unwrap().as_deref(), section.number("confidence").unwrap()),
            (Some("octave"), Some(0.95))
        );
    }

    #[test]
    fn set_reaches_tables_and_named_entries() {
        let mut document = Document::parse("[dataset.a]\n[[step]]\nname = \"s\"\ntau = \"all\"\n", "a.toml").unwrap();
        document.set("dataset.a.points", "100").unwrap();
        document.set("step.s.tau", "decade").unwrap();
        let root = document.section();
        let step = root.subsections("step").unwrap().remove(0);
        assert_eq!(step.text("tau").unwrap().as_deref(), Some("decade"));
        let dataset = root.subsection("dataset").unwrap().subsection("a").unwrap();
        assert_eq!(dataset.count("points").unwrap(), Some(100));
        assert!(document.set("step.t.tau", "all").is_err());
    }

    #[test]
    fn broken_toml_is_refused_with_its_line() {
        assert_eq!(Document::parse("a = 1\nb = = 2\n", "a.toml").unwrap_err().line, Some(2));
    }
}
