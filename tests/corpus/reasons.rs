//! Every word that a report can hold, as it stands in the core's source. The agent's page has plain words for each, and a
//! test of its own that none is missing.

use std::collections::BTreeSet;
use std::path::Path;

const CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/core/src");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/viewer/test/reasons.json");

/// What a reason begins with, before its colon.
const FAMILIES: [&str; 10] =
    ["attribute", "canvas", "css", "element", "event", "fixed", "limit", "page", "pattern", "url"];

/// What stands before the names from which reasons are made, and their family.
const MADE: [(&str, &str); 2] = [("Gone, \"", "element"), ("Refusal::Limit(\"", "limit")];

/// Set `VITRINE_WRITE=1` to write the file anew.
#[test]
fn the_list_of_reasons_is_fresh() {
    let mut reasons = BTreeSet::new();
    visit(Path::new(CORE), &mut reasons).unwrap();
    assert!(reasons.contains("element:script") && reasons.contains("limit:depth"), "the source is not read as it is");
    let list = serde_json::to_string_pretty(&reasons).unwrap() + "\n";
    if std::env::var_os("VITRINE_WRITE").is_some() {
        std::fs::write(LIST, &list).unwrap();
    }
    let written = std::fs::read_to_string(LIST).unwrap();
    assert!(
        written == list,
        "server/viewer/test/reasons.json is stale: run this test once with VITRINE_WRITE=1, then give each new reason \
         words in server/viewer/src/state/reasons.ts"
    );
}

fn visit(folder: &Path, reasons: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_test = path.file_stem().is_some_and(|name| name.to_string_lossy().contains("test"));
        if path.is_dir() && !is_test {
            visit(&path, reasons)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
            let source = std::fs::read_to_string(&path)?;
            read(source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default(), reasons);
        }
    }
    Ok(())
}

fn read(source: &str, reasons: &mut BTreeSet<String>) {
    let lines: Vec<&str> = source.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    let literals = lines.iter().flat_map(|line| line.split('"').skip(1).step_by(2));
    reasons.extend(literals.filter(|text| is_reason(text)).map(str::to_owned));
    let source = lines.join(" ");
    for (before, family) in MADE {
        let lists = source.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        let names = lists.flat_map(|list| list.split(|c: char| c == '\\' || c.is_whitespace()));
        reasons.extend(names.filter(|name| !name.is_empty()).map(|name| format!("{family}:{name}")));
    }
}

fn is_reason(text: &str) -> bool {
    text.split_once(':').is_some_and(|(family, name)| {
        FAMILIES.contains(&family)
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'@'))
    })
}
