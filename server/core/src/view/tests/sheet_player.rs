//! A model of a player's style sheets: rules come, go and change as a browser's do.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A rule as a browser keeps it.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    head: String,
    /// `None`: a statement.
    inside: Option<Vec<Piece>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Declarations(String),
    Rule(Rule),
}

/// Reads rules and declarations up to the end of the block.
fn read(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut here = String::new();
    let mut quote = None;
    while let Some(c) = text.next() {
        match c {
            '\\' => here.extend([c].into_iter().chain(text.next())),
            '"' | '\'' if quote.is_none_or(|open| open == c) => {
                quote = if quote.is_none() { Some(c) } else { None };
                here.push(c);
            }
            _ if quote.is_some() => here.push(c),
            '{' => pieces.push(Piece::Rule(Rule { head: std::mem::take(&mut here), inside: Some(read(text)) })),
            '}' => return pieces,
            ';' if here.starts_with('@') => {
                pieces.push(Piece::Rule(Rule { head: std::mem::take(&mut here), inside: None }));
            }
            ';' => match pieces.last_mut() {
                Some(Piece::Declarations(run)) => *run += &(std::mem::take(&mut here) + ";"),
                _ => pieces.push(Piece::Declarations(std::mem::take(&mut here) + ";")),
            },
            '\n' => {}
            _ => here.push(c),
        }
    }
    assert!(here.is_empty(), "{here}");
    pieces
}

fn rules(text: &str) -> Vec<Rule> {
    let only_rules = |piece| match piece {
        Piece::Rule(rule) => rule,
        Piece::Declarations(text) => panic!("declarations in a sheet: {text}"),
    };
    read(&mut text.chars().peekable()).into_iter().map(only_rules).collect()
}

/// The sheets of a player.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sheets(BTreeMap<i64, Vec<Rule>>);

const GROUPS: [&str; 4] = ["@media", "@supports", "@layer", "@container"];

/// The rules of the group at the path. A player throws where there is none.
fn group<'s>(sheet: &'s mut Vec<Piece>, path: &[u64]) -> &'s mut Vec<Piece> {
    let [first, rest @ ..] = path else { return sheet };
    let Some(Piece::Rule(rule)) = sheet.get_mut(usize::try_from(*first).unwrap()) else {
        panic!("no rule at {path:?}")
    };
    assert!(GROUPS.iter().any(|name| rule.head.starts_with(name)), "{} takes no rules", rule.head);
    group(rule.inside.as_mut().expect("a block"), rest)
}

fn path(index: &Value) -> Vec<u64> {
    index.as_u64().map_or_else(
        || {
            let path: Vec<u64> = index.as_array().unwrap().iter().map(|at| at.as_u64().unwrap()).collect();
            assert!(path.len() > 1, "a player does nothing with a list of one");
            path
        },
        |at| vec![at],
    )
}

impl Sheets {
    /// Takes one event.
    pub(super) fn apply(&mut self, event: &Value) {
        let data = &event["data"];
        match (event["type"].as_u64(), data["source"].as_u64()) {
            (Some(2), _) => self.walk(&data["node"]),
            (Some(3), Some(0)) => data["adds"].as_array().unwrap().iter().for_each(|add| self.walk(&add["node"])),
            (Some(3), Some(8)) => {
                let key = data["id"].as_i64().unwrap_or_else(|| -data["styleId"].as_i64().unwrap());
                self.change(key, data);
            }
            (Some(3), Some(15)) => {
                for style in data["styles"].as_array().into_iter().flatten() {
                    let key = -style["styleId"].as_i64().unwrap();
                    self.0.insert(key, Vec::new());
                    self.change(key, &json!({"adds": style["rules"]}));
                }
            }
            _ => {}
        }
    }

    fn walk(&mut self, node: &Value) {
        if let Some(text) = node["attributes"]["_cssText"].as_str() {
            self.0.insert(node["id"].as_i64().unwrap(), rules(text));
        }
        node["childNodes"].as_array().into_iter().flatten().for_each(|child| self.walk(child));
    }

    fn change(&mut self, key: i64, data: &Value) {
        let mut sheet: Vec<Piece> = self.0[&key].iter().cloned().map(Piece::Rule).collect();
        for add in data["adds"].as_array().into_iter().flatten() {
            let path = path(&add["index"]);
            let (at, above) = path.split_last().unwrap();
            let mut new = rules(add["rule"].as_str().unwrap());
            assert_eq!(new.len(), 1, "one rule at a time: {add}");
            let is_import = new[0].head.starts_with("@import");
            assert!(!is_import || key > 0, "a constructed sheet takes no import");
            group(&mut sheet, above).insert(usize::try_from(*at).unwrap(), Piece::Rule(new.remove(0)));
        }
        for remove in data["removes"].as_array().into_iter().flatten() {
            let path = path(&remove["index"]);
            let (at, above) = path.split_last().unwrap();
            group(&mut sheet, above).remove(usize::try_from(*at).unwrap());
        }
        if let Some(text) = data["replaceSync"].as_str() {
            sheet = rules(text).into_iter().map(Piece::Rule).collect();
        }
        let rules: Vec<Rule> = sheet
            .into_iter()
            .map(|piece| match piece {
                Piece::Rule(rule) => rule,
                Piece::Declarations(text) => panic!("{text}"),
            })
            .collect();
        self.0.insert(key, rules);
    }

    /// Whether all sheets of another player stand here likewise. This one may hold some of elements that are gone.
    pub(super) fn has_all_of(&self, other: &Self) -> bool {
        other.0.iter().all(|(key, rules)| self.0.get(key) == Some(rules))
    }
}
