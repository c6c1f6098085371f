//! The configuration as text says it: a tree of values that know where they stand, from the file and the environment.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A value without meaning yet.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Text of an environment variable whose type the key decides.
    Bare(String),
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A type that no key has; its name.
    Other(&'static str),
    List(Vec<Node>),
    Table(Table),
}

/// A table in the order in which it was written.
#[derive(Debug, Clone, Default)]
pub(super) struct Table(pub(super) Vec<Entry>);

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|entry| entry.name == name).map(|entry| &entry.node)
    }

    /// Sets what the environment says at `path`, in place of what the file said.
    pub(super) fn set(&mut self, path: &[String], node: Node) {
        let Some((name, rest)) = path.split_first() else { return };
        let place = node.place.clone();
        let at = self.0.iter().position(|entry| entry.name == *name).unwrap_or_else(|| {
            let empty = Node { value: Value::Table(Self::default()), place: place.clone() };
            self.0.push(Entry { name: name.clone(), place: place.clone(), node: empty });
            self.0.len() - 1
        });
        let entry = &mut self.0[at];
        match &mut entry.node.value {
            Value::Table(table) if !rest.is_empty() => table.set(rest, node),
            _ if rest.is_empty() => *entry = Entry { name: name.clone(), place, node },
            _ => {
                let mut table = Self::default();
                table.set(rest, node);
                entry.node = Node { value: Value::Table(table), place };
            }
        }
    }

    /// Takes out what stands at `path`.
    pub(super) fn remove(&mut self, path: &[String]) {
        let Some((name, rest)) = path.split_first() else { return };
        if rest.is_empty() {
            self.0.retain(|entry| entry.name != *name);
        } else if let Some(entry) = self.0.iter_mut().find(|entry| entry.name == *name)
            && let Value::Table(inner) = &mut entry.node.value
        {
            inner.remove(rest);
        }
    }
}

/// Reads the file's text. An error is the first thing that is no TOML.
pub(super) fn parse(text: &str) -> Result<Table, Problem> {
    let lines = Lines(text);
    let document = DeTable::parse(text).map_err(|error| Problem {
        place: lines.place(error.span().map_or(0, |span| span.start)),
        key: String::new(),
        what: error.message().lines().next().unwrap_or("not TOML").to_owned(),
        nearest: None,
    })?;
    Ok(table(document.get_ref(), &|span| lines.place(span)))
}

/// Reads one value written as TOML, as the defaults are.
pub(super) fn parse_value(text: &str, place: &Place) -> Option<Node> {
    let value = DeValue::parse(text).ok()?;
    Some(node(&value, &|_| place.clone()))
}

/// Lays the environment over the file: `VITRINE_SESSION__IDLE_TIMEOUT` is `session.idle-timeout`.
///
/// Only names with two underscores in a row are settings. Lists, tables and quoted text are written as TOML; anything
/// else is taken as it stands.
pub(super) fn overlay(table: &mut Table, environment: &[(String, String)]) {
    for (name, text) in environment {
        let Some(path) = name.strip_prefix("VITRINE_").filter(|rest| rest.contains("__")) else { continue };
        let path: Vec<String> = path.split("__").map(|part| part.to_ascii_lowercase().replace('_', "-")).collect();
        let place = Place::Environment(name.clone());
        let node = match parse_value(text, &place) {
            Some(node) if matches!(node.value, Value::Text(_) | Value::List(_) | Value::Table(_)) => node,
            _ => Node { value: Value::Bare(text.clone()), place },
        };
        table.set(&path, node);
    }
}

fn table(source: &DeTable<'_>, place: &dyn Fn(usize) -> Place) -> Table {
    let entries = source.iter().map(|(key, value)| Entry {
        name: key.get_ref().to_string(),
        place: place(key.span().start),
        node: node(value, place),
    });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by_key(|entry| match entry.place {
        Place::File { line, column } => (line, column),
        Place::Default | Place::Environment(_) => (0, 0),
    });
    Table(entries)
}

fn node(source: &Spanned<DeValue<'_>>, place: &dyn Fn(usize) -> Place) -> Node {
    let value = match source.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or(Value::Other("a number out of range"), Value::Integer),
        DeValue::Boolean(truth) => Value::Boolean(*truth),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, place)).collect()),
        DeValue::Table(inner) => Value::Table(table(inner, place)),
        DeValue::Float(_) => Value::Other("a fraction"),
        DeValue::Datetime(_) => Value::Other("a date"),
    };
    Node { value, place: place(source.span().start) }
}

/// Turns byte offsets into lines and columns.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.0.get(..offset).unwrap_or(self.0);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Place::File { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Value, overlay, parse};

    #[test]
    fn values_know_their_place() {
        let table = parse("# ä\n[session]\nmax-agents = 5\n").unwrap();
        let Value::Table(session) = &table.get("session").unwrap().value else { panic!("not a table") };
        assert_eq!(session.get("max-agents").unwrap().place, Place::File { line: 3, column: 14 });
        assert_eq!(session.0[0].place, Place::File { line: 3, column: 1 });
    }

    #[test]
    fn a_syntax_error_is_placed() {
        let problem = parse("[session]\nmax-agents = \n").unwrap_err();
        assert!(matches!(problem.place, Place::File { line: 2, .. }), "{problem:?}");
    }

    #[test]
    fn the_environment_wins_and_makes_what_is_missing() {
        let mut table = parse("[session]\nmax-agents = 5\n").unwrap();
        let environment =
            [("VITRINE_SESSION__MAX_AGENTS", "7"), ("VITRINE_SITES__SHOP__ORIGINS", "[\"https://a.example\"]")];
        overlay(&mut table, &environment.map(|(name, text)| (name.to_owned(), text.to_owned())));
        let Value::Table(session) = &table.get("session").unwrap().value else { panic!("not a table") };
        assert!(matches!(&session.get("max-agents").unwrap().value, Value::Bare(text) if text == "7"));
        assert!(table.get("sites").is_some());
    }
}
