//! What the key table says, for people: the file with all keys and their meaning, and the effective values.

use std::fmt::Write;

use super::keys::{Key, SECTIONS, Section, Shape};
use super::reader::Shown;

/// `config/vitrine.toml`: every section and key with its meaning and default. It loads as it is.
#[must_use]
pub fn template() -> String {
    let mut text = String::from(
        "# Vitrine's configuration with all its keys, made from the key table; a value that is switched off by a # has no default.\n\
         # Every key can also be set by the environment: [session] idle-timeout is VITRINE_SESSION__IDLE_TIMEOUT.\n\
         # `vitrine config check` tells every mistake, `vitrine config show` what is in force.\n",
    );
    for section in SECTIONS {
        let _ = write!(text, "\n# {}\n", section.about);
        let (mark, header) = header(section);
        let _ = writeln!(text, "{mark}{header}");
        for key in section.keys {
            write_key(&mut text, mark, key);
        }
    }
    text
}

/// Sections that an operator writes herself are shown as comments.
fn header(section: &Section) -> (&'static str, String) {
    match section.shape {
        Shape::Once => ("", format!("[{}]", section.name)),
        Shape::Optional => ("# ", format!("[{}]", section.name)),
        Shape::Named => ("# ", format!("[{}.shop]", section.name)),
        Shape::List => ("# ", format!("[[{}]]", section.name.replace("sites.", "sites.shop."))),
    }
}

fn write_key(text: &mut String, mark: &str, key: &Key) {
    let _ = writeln!(text, "{mark}# {} Valid: {}.", key.meaning, key.valid);
    if key.default.is_empty() {
        let example = key.valid.split("e.g. ").nth(1).unwrap_or("\"\u{2026}\"");
        let mark = if mark.is_empty() { "# " } else { mark };
        let _ = writeln!(text, "{mark}{} = {example}", key.name);
    } else {
        let _ = writeln!(text, "{mark}{} = {}", key.name, key.default);
    }
}

/// `config show`: every effective value as TOML, with where it came from as a comment.
#[must_use]
pub fn show(file: &str, shown: &[Shown]) -> String {
    let mut text = String::new();
    let mut header = "";
    for (at, value) in shown.iter().enumerate() {
        let begins_again =
            value.header.starts_with("[[") && shown[..at].last().is_some_and(|last| last.key >= value.key);
        if value.header != header || begins_again {
            let gap = if header.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}{}", value.header);
            header = &value.header;
        }
        let place = match &value.place {
            super::Place::File { line, .. } => format!("{file}:{line}"),
            other => other.to_string(),
        };
        let _ = writeln!(text, "{} = {}  # {place}", value.key, value.text);
    }
    text
}
