//! What the key table says, for people: the file with all keys and their meaning, and the effective values.

use std::fmt::Write;

use super::keys::{Key, SECTIONS, Section, Shape};
use super::reader::Shown;

/// `config/vitrine.toml`: every section and key with its meaning and default. It loads as it is.
#[must_use]
pub fn template() -> String {
    let mut text = String::from(
        "#:schema ./schema.json\n\
         # Vitrine's configuration with all its keys, made from the key table; a value that is switched off by a # has no default.\n\
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
        Shape::Named if section.name == "sites" => ("# ", "[sites.shop]".to_owned()),
        Shape::Named => ("# ", format!("[{}.crm]", section.name)),
        Shape::List => ("# ", format!("[[{}]]", section.name.replace("sites.", "sites.shop."))),
    }
}

/// `docs/CONFIG.md`: the same table as a page.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         Made from the key table in `server/app/src/config/keys.rs`. One TOML file, `vitrine serve --config FILE`; every key is also an environment variable,\n\
         `[session] idle-timeout` as `VITRINE_SESSION__IDLE_TIMEOUT`. Unknown keys are errors. `vitrine config check` tells every mistake, `vitrine config show`\n\
         what is in force and where it came from, and `vitrine config schema` prints a JSON Schema, kept as `config/schema.json`: an editor that reads\n\
         `#:schema` comments completes and checks the file by it.\n\n\
         Durations are written `500ms`, `30s`, `20m`, `8h`; sizes `64KiB`, `10MiB`. A changed file takes effect as a whole or not at all, and each key as its row\n\
         says: **now** for everything, for **new sessions**, or at the next **restart** ([OPERATE.md](OPERATE.md), Change).\n",
    );
    for section in SECTIONS {
        let (_, header) = header(section);
        let _ = write!(text, "\n## `{header}`\n\n{}\n", section.about);
        if section.keys.is_empty() {
            continue;
        }
        text += "\n| key | default | valid | takes effect | |\n|---|---|---|---|---|\n";
        for key in section.keys {
            let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
            let cells =
                [format!("`{}`", key.name), default, key.valid.into(), key.reaches.words().into(), key.meaning.into()];
            let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
        }
    }
    text
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
