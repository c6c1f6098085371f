//! Reading the configuration again while the server runs: what a change reaches, and what of it waits for a restart.

use super::keys::{Key, Reaches, SECTIONS, Section, Shape};
use super::problem::{Place, Problem};
use super::reader::{Findings, written};
use super::tree::{Node, Table, Value, parse_value};
use super::{Config, parse, read};

/// A configuration that may replace the running one.
#[derive(Debug)]
pub struct Again {
    /// As the text says, but with the running values of keys that only a start reads.
    pub config: Config,
    /// The keys of which the text says something else than what is running, as `server.listen`.
    pub waiting: Vec<String>,
}

/// What a configuration was read from. Kept so that it can be compared with what is read later.
#[derive(Clone, Default)]
pub(super) struct Written(pub(super) Table);

/// It holds secrets.
impl std::fmt::Debug for Written {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Written")
    }
}

/// Reads a configuration that is to follow the `running` one.
///
/// # Errors
/// Everything that is wrong with the text; or with what it says together with the values that wait for a restart.
pub fn parse_again(
    running: &Config,
    file: &str,
    text: &str,
    environment: &[(String, String)],
) -> Result<Again, Vec<Problem>> {
    let loaded = parse(file, text, environment);
    let Some(config) = loaded.config else { return Err(loaded.problems) };
    let (merged, waiting) = keep(&running.written.0, config.written.0.clone());
    if waiting.is_empty() {
        return Ok(Again { config, waiting });
    }
    let mut findings = Findings::default();
    match read(&merged, &mut findings) {
        Some(config) if findings.problems.is_empty() => Ok(Again { config, waiting }),
        _ => Err(findings.problems),
    }
}

/// Keys of sections that stand once at most, by their path. Those of lists and named sections never wait: see the test.
fn that_wait() -> impl Iterator<Item = (&'static Section, &'static Key)> {
    let alone = SECTIONS.iter().filter(|section| matches!(section.shape, Shape::Once | Shape::Optional));
    let keys = alone.flat_map(|section| section.keys.iter().map(move |key| (section, key)));
    keys.filter(|(_, key)| key.reaches == Reaches::Restart)
}

/// The new tree with the running values of keys that wait for a restart, and the names of those that differ.
fn keep(running: &Table, mut new: Table) -> (Table, Vec<String>) {
    let mut waiting = Vec::new();
    for (section, key) in that_wait() {
        let path: Vec<String> = section.name.split('.').chain([key.name]).map(str::to_owned).collect();
        let (old, wanted) = (find(running, &path), find(&new, &path));
        if meaning(old, key) == meaning(wanted, key) {
            continue;
        }
        waiting.push(format!("{}.{}", section.name, key.name));
        match old {
            Some(node) => new.set(&path, node.clone()),
            None => new.remove(&path),
        }
    }
    // A section that comes anew and waits as a whole must not stand there without its keys.
    for section in SECTIONS.iter().filter(|section| section.shape == Shape::Optional) {
        let path: Vec<String> = section.name.split('.').map(str::to_owned).collect();
        if find(running, &path).is_none() {
            new.remove(&path);
        }
    }
    (new, waiting)
}

fn find<'t>(table: &'t Table, path: &[String]) -> Option<&'t Node> {
    let (name, rest) = path.split_first()?;
    let node = table.get(name)?;
    match &node.value {
        _ if rest.is_empty() => Some(node),
        Value::Table(inner) => find(inner, rest),
        _ => None,
    }
}

/// A value as text; where none is written, the default.
fn meaning(node: Option<&Node>, key: &Key) -> Option<String> {
    node.map(written).or_else(|| parse_value(key.default, &Place::Default).as_ref().map(written))
}

#[cfg(test)]
mod tests {
    use super::super::tests::good;
    use super::{Reaches, SECTIONS, Shape, parse_again};

    #[test]
    fn keys_of_lists_and_named_sections_wait_for_nothing() {
        for section in SECTIONS.iter().filter(|section| matches!(section.shape, Shape::Named | Shape::List)) {
            for key in section.keys {
                assert_ne!(key.reaches, Reaches::Restart, "{}.{}", section.name, key.name);
            }
        }
    }

    #[test]
    fn what_waits_for_a_restart_keeps_its_value_and_is_named() {
        let running =
            good("[limits]\nrequest-size = \"32KiB\"\nsessions = 5\n[management]\nlisten = \"127.0.0.1:1\"\n");
        let text = "[limits]\nsessions = 6\n[server]\nmax-connections = 7\ntls = \"on\"\n";
        let again = parse_again(&running, "test.toml", text, &[]).unwrap();
        assert_eq!(again.config.limits.sessions, 6);
        assert_eq!(again.config.limits.request_bytes, 32 << 10);
        assert_eq!(again.config.management.listen.port(), 1);
        assert_eq!(again.config.server.max_connections, running.server.max_connections);
        assert_eq!(again.waiting, ["server.max-connections", "limits.request-size", "management.listen"]);
        // Compared with what runs, not with what was read last.
        let more = parse_again(&again.config, "test.toml", text, &[]).unwrap();
        assert_eq!(more.waiting, again.waiting);
        let back = "[limits]\nrequest-size = \"32KiB\"\nsessions = 6\n[management]\nlisten = \"127.0.0.1:1\"\n";
        assert_eq!(parse_again(&more.config, "test.toml", back, &[]).unwrap().waiting, [""; 0]);
    }

    #[test]
    fn a_section_that_waits_comes_and_goes_as_a_whole() {
        let with = "[agents.oidc]\nissuer = \"https://id.example\"\nclient-id = \"a\"\n[limits]\nsessions = 6\n";
        for (before, after, stands) in [("", with, false), (with, "[limits]\nsessions = 6\n", true)] {
            let again = parse_again(&good(before), "test.toml", after, &[]).unwrap();
            assert_eq!((again.config.agents.oidc.is_some(), again.config.limits.sessions), (stands, 6), "{after}");
            assert_eq!(again.waiting, ["agents.oidc.issuer", "agents.oidc.client-id"]);
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_not_taken() {
        let running = good("");
        for text in ["[session", "[sesion]", "[session]\nmax-agents = 0\n", "[session]\nmax-agnts = 1\n"] {
            assert_eq!(parse_again(&running, "test.toml", text, &[]).unwrap_err().len(), 1, "{text}");
        }
    }
}
