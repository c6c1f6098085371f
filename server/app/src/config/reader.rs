//! Reads sections by the key table: unknown keys are found, defaults filled in, every value remembered with its place.

use std::time::Duration;

use super::keys::{self, Key, LATER_SECTIONS, SECTIONS, Shape};
use super::problem::{Place, Problem, nearest};
use super::tree::{Node, Table, Value, parse_value};
use super::value::{FromNode, kind};

/// One effective value, as `config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The section as written, `[session]` or `[[agents.accounts]]`.
    pub header: String,
    /// The key.
    pub key: &'static str,
    /// The value as TOML; `***` for a secret.
    pub text: String,
    /// Where it came from.
    pub place: Place,
}

/// What reading gathers.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    pub(super) shown: Vec<Shown>,
}

impl Findings {
    pub(super) fn problem(&mut self, place: &Place, key: &str, what: impl Into<String>, nearest: Option<String>) {
        self.problems.push(Problem { place: place.clone(), key: key.into(), what: what.into(), nearest });
    }
}

/// One section being read.
pub(super) struct Reader<'t, 'f> {
    spec: &'static keys::Section,
    /// For messages: `session`, `sites.shop`, `agents.accounts[2]`.
    label: String,
    header: String,
    table: Option<&'t Table>,
    place: Place,
    pub(super) findings: &'f mut Findings,
}

/// Refuses sections that are not of this version.
pub(super) fn check_sections(root: &Table, findings: &mut Findings) {
    let known = || SECTIONS.iter().map(|section| section.name).filter(|name| !name.contains('.'));
    for entry in &root.0 {
        if known().any(|name| name == entry.name) {
            continue;
        }
        let is_later = LATER_SECTIONS.contains(&entry.name.as_str());
        let what = if is_later { "this version does not know the section yet" } else { "unknown section" };
        findings.problem(&entry.place, &entry.name, what, nearest(&entry.name, known()).filter(|_| !is_later));
    }
}

/// Reads a section that stands once.
pub(super) fn once<'t, 'f>(root: &'t Table, name: &'static str, findings: &'f mut Findings) -> Option<Reader<'t, 'f>> {
    let spec = keys::section(name)?;
    let node = root.get(name);
    let reader = Reader::open(spec, name.to_owned(), format!("[{name}]"), node, findings);
    Some(reader)
}

/// Reads `[name.<id>]` for each id in the file.
pub(super) fn named<'t, T>(
    root: &'t Table,
    name: &'static str,
    findings: &mut Findings,
    mut read: impl FnMut(&str, &Place, Reader<'t, '_>) -> Option<T>,
) -> Vec<T> {
    let (Some(spec), Some(node)) = (keys::section(name), root.get(name)) else { return Vec::new() };
    each_named(spec, name, node, findings, &mut read)
}

fn each_named<'t, T>(
    spec: &'static keys::Section,
    label: &str,
    node: &'t Node,
    findings: &mut Findings,
    read: &mut dyn FnMut(&str, &Place, Reader<'t, '_>) -> Option<T>,
) -> Vec<T> {
    let Value::Table(table) = &node.value else {
        findings.problem(&node.place, label, format!("a table is wanted here, not {}", kind(&node.value)), None);
        return Vec::new();
    };
    let each = |entry: &'t super::tree::Entry| {
        let label = format!("{label}.{}", entry.name);
        let header = format!("[{label}]");
        read(&entry.name, &entry.place, Reader::open(spec, label, header, Some(&entry.node), findings))
    };
    table.0.iter().filter_map(each).collect()
}

impl<'t, 'f> Reader<'t, 'f> {
    fn open(
        spec: &'static keys::Section,
        label: String,
        header: String,
        node: Option<&'t Node>,
        findings: &'f mut Findings,
    ) -> Self {
        let (table, place) = match node {
            None => (None, Place::Default),
            Some(Node { value: Value::Table(table), place }) => (Some(table), place.clone()),
            Some(Node { value, place }) => {
                findings.problem(place, &label, format!("a table is wanted here, not {}", kind(value)), None);
                (None, place.clone())
            }
        };
        let reader = Self { spec, label, header, table, place, findings };
        reader.check_keys()
    }

    fn check_keys(self) -> Self {
        let names: Vec<&str> = names(self.spec).collect();
        for entry in self.table.iter().flat_map(|table| &table.0) {
            if names.contains(&entry.name.as_str()) {
                continue;
            }
            let near = nearest(&entry.name, names.iter().copied());
            self.findings.problem(&entry.place, &format!("{}.{}", self.label, entry.name), "unknown key", near);
        }
        self
    }

    /// The value of a key that has a default. `None` only if the key table itself is wrong.
    pub(super) fn value<T: FromNode>(&mut self, name: &'static str) -> Option<T> {
        let key = self.key(name)?;
        let fallback = parse_value(key.default, &Place::Default)?;
        if let Some(node) = self.table.and_then(|table| table.get(name)) {
            match T::from_node(node) {
                Ok(value) => {
                    self.show(key, node);
                    return Some(value);
                }
                Err(faults) => self.report(name, faults),
            }
        } else {
            self.show(key, &fallback);
        }
        T::from_node(&fallback).ok()
    }

    /// The value of a key that has none by default.
    pub(super) fn optional<T: FromNode>(&mut self, name: &'static str) -> Option<T> {
        let key = self.key(name)?;
        let node = self.table.and_then(|table| table.get(name))?;
        match T::from_node(node) {
            Ok(value) => {
                self.show(key, node);
                Some(value)
            }
            Err(faults) => {
                self.report(name, faults);
                None
            }
        }
    }

    /// The value of a key without which its section means nothing.
    pub(super) fn required<T: FromNode>(&mut self, name: &'static str) -> Option<T> {
        if self.table.is_some_and(|table| table.get(name).is_none()) {
            self.findings.problem(&self.place, &format!("{}.{name}", self.label), "the key is missing", None);
        }
        self.optional(name)
    }

    /// Whether the key stands in the file or the environment.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.table.is_some_and(|table| table.get(name).is_some())
    }

    /// A number within the bounds that the key table tells in words.
    pub(super) fn number(&mut self, name: &'static str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let number = self.value(name)?;
        if !bounds.contains(&number) {
            let what = format!("{number} is not within {} to {}", bounds.start(), bounds.end());
            self.complain(name, what, None);
        }
        Some(number)
    }

    /// A duration that is not zero.
    pub(super) fn span(&mut self, name: &'static str) -> Option<Duration> {
        let span: Duration = self.value(name)?;
        if span.is_zero() {
            self.complain(name, "it cannot be zero", None);
        }
        Some(span)
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text: String = self.value(name)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            let near = nearest(&text, words.iter().map(|(word, _)| *word));
            self.complain(name, format!("{text:?} is none of {}", all.join(", ")), near);
        }
        found.or_else(|| words.first().map(|(_, value)| *value))
    }

    /// A section within this one that need not stand.
    pub(super) fn inner(&mut self, name: &'static str) -> Option<Reader<'t, '_>> {
        let spec = keys::section(&format!("{}.{name}", self.spec.name))?;
        let node = self.table.and_then(|table| table.get(name))?;
        let label = format!("{}.{name}", self.label);
        Some(Reader::open(spec, label.clone(), format!("[{label}]"), Some(node), self.findings))
    }

    /// `[section.name.<id>]` for each id in the file.
    pub(super) fn named<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&str, &Place, Reader<'t, '_>) -> Option<T>,
    ) -> Vec<T> {
        let spec = keys::section(&format!("{}.{name}", self.spec.name));
        let node = self.table.and_then(|table| table.get(name));
        let (Some(spec), Some(node)) = (spec, node) else { return Vec::new() };
        each_named(spec, &format!("{}.{name}", self.label), node, self.findings, &mut read)
    }

    /// The tables of a list: `[[section.name]]` or `name = [{…}]`.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Place, Reader<'t, '_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(spec) = keys::section(&format!("{}.{name}", self.spec.name)) else { return Vec::new() };
        debug_assert_eq!(spec.shape, Shape::List);
        let Some(node) = self.table.and_then(|table| table.get(name)) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            let what = format!("a list of tables is wanted here, not {}", kind(&node.value));
            self.complain(name, what, None);
            return Vec::new();
        };
        let mut values = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let label = format!("{}.{name}[{index}]", self.label);
            let header = format!("[[{}.{name}]]", self.label);
            values.extend(read(&item.place, Reader::open(spec, label, header, Some(item), self.findings)));
        }
        values
    }

    /// A table whose keys the operator chooses, with the place of each.
    pub(super) fn free_table<T: FromNode>(&mut self, name: &'static str) -> Vec<(String, Place, T)> {
        let Some(key) = self.key(name) else { return Vec::new() };
        let fallback = parse_value(key.default, &Place::Default);
        let Some(node) = self.table.and_then(|table| table.get(name)).or(fallback.as_ref()) else { return Vec::new() };
        let node = node.clone();
        self.show(key, &node);
        let Value::Table(table) = &node.value else {
            self.complain(name, format!("a table is wanted here, not {}", kind(&node.value)), None);
            return Vec::new();
        };
        let mut values = Vec::new();
        for entry in &table.0 {
            match T::from_node(&entry.node) {
                Ok(value) => values.push((entry.name.clone(), entry.node.place.clone(), value)),
                Err(faults) => self.report(name, faults),
            }
        }
        values
    }

    /// Notes that the section itself is wrong.
    pub(super) fn complain_at(&mut self, place: &Place, what: &str) {
        self.findings.problem(place, &self.label, what, None);
    }

    /// Notes that a value that was read is wrong in its context.
    pub(super) fn complain(&mut self, name: &str, what: impl Into<String>, near: Option<String>) {
        let place = self.place_of(name);
        self.findings.problem(&place, &format!("{}.{name}", self.label), what, near);
    }

    /// Notes that one item of a list that was read is wrong in its context.
    pub(super) fn complain_item(&mut self, name: &str, index: usize, what: impl Into<String>, near: Option<String>) {
        let place = self.item_places(name).into_iter().nth(index).unwrap_or_else(|| self.place_of(name));
        self.findings.problem(&place, &format!("{}.{name}[{index}]", self.label), what, near);
    }

    /// Where each item of a list stands.
    fn item_places(&self, name: &str) -> Vec<Place> {
        match self.table.and_then(|table| table.get(name)).map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().map(|item| item.place.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Where a key's value stands, or else its section.
    fn place_of(&self, name: &str) -> Place {
        let node = self.table.and_then(|table| table.get(name));
        node.map_or_else(|| self.place.clone(), |node| node.place.clone())
    }

    fn key(&self, name: &str) -> Option<&'static Key> {
        self.spec.keys.iter().find(|key| key.name == name)
    }

    fn report(&mut self, name: &str, faults: Vec<super::value::Fault>) {
        for fault in faults {
            self.findings.problem(&fault.place, &format!("{}.{name}", self.label), fault.what, fault.nearest);
        }
    }

    fn show(&mut self, key: &Key, node: &Node) {
        let text = if key.secret { "\"***\"".to_owned() } else { written(node) };
        let shown =
            Shown { header: self.header.clone(), key: find_name(self.spec, key), text, place: node.place.clone() };
        self.findings.shown.push(shown);
    }
}

/// Every name that may stand in the section: its keys, and the sections within it.
fn names(spec: &'static keys::Section) -> impl Iterator<Item = &'static str> {
    let inner = SECTIONS.iter().filter_map(move |section| section.name.strip_prefix(spec.name)?.strip_prefix('.'));
    spec.keys.iter().map(|key| key.name).chain(inner)
}

fn find_name(spec: &'static keys::Section, key: &Key) -> &'static str {
    spec.keys.iter().find(|known| known.name == key.name).map_or("", |known| known.name)
}

/// A value as TOML.
pub(super) fn written(node: &Node) -> String {
    match &node.value {
        Value::Bare(text) | Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Other(_) => "?".to_owned(),
        Value::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let pairs = table.0.iter().map(|entry| format!("{} = {}", entry.name, written(&entry.node)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}
