//! From text to typed values. Every type says in its error how it is written.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::problem::Place;
use super::tree::{Node, Value};

/// What is wrong with one value, and where, if not at the value's own beginning.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) what: String,
    pub(super) nearest: Option<String>,
}

/// A type that a key can have.
pub(super) trait FromNode: Sized {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>>;
}

/// A type that is written as text.
pub(super) trait FromText: Sized {
    /// The error says how it is written.
    fn from_text(text: &str) -> Result<Self, String>;
}

impl<T: FromText> FromNode for T {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>> {
        match &node.value {
            Value::Text(text) | Value::Bare(text) => T::from_text(text).map_err(|what| fault(node, what)),
            other => Err(fault(node, format!("text in quotes is wanted here, not {}", kind(other)))),
        }
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>> {
        let Value::List(items) = &node.value else {
            return Err(fault(node, format!("a list in [ ] is wanted here, not {}", kind(&node.value))));
        };
        let (mut values, mut faults) = (Self::new(), Vec::new());
        for item in items {
            match T::from_node(item) {
                Ok(value) => values.push(value),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() { Ok(values) } else { Err(faults) }
    }
}

impl FromNode for bool {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>> {
        match &node.value {
            Value::Boolean(truth) => Ok(*truth),
            Value::Bare(text) if text == "true" => Ok(true),
            Value::Bare(text) if text == "false" => Ok(false),
            other => Err(fault(node, format!("true or false is wanted here, not {}", kind(other)))),
        }
    }
}

impl FromNode for u64 {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>> {
        let number = match &node.value {
            Value::Integer(number) => Self::try_from(*number).ok(),
            Value::Bare(text) => text.parse().ok(),
            Value::Text(_) | Value::Boolean(_) | Value::Other(_) | Value::List(_) | Value::Table(_) => None,
        };
        number.ok_or_else(|| fault(node, format!("a whole number is wanted here, not {}", kind(&node.value))))
    }
}

impl FromNode for u16 {
    fn from_node(node: &Node) -> Result<Self, Vec<Fault>> {
        Self::try_from(u64::from_node(node)?).map_err(|_| fault(node, "at most 65535".into()))
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromText for Size {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no size; write \"512B\", \"64KiB\" or \"10MiB\"");
        let (number, unit) = split_unit(text).ok_or_else(wrong)?;
        let shift = match unit {
            "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            _ => return Err(wrong()),
        };
        let bytes = number.checked_mul(1 << shift).and_then(|bytes| usize::try_from(bytes).ok());
        bytes.filter(|bytes| *bytes <= 16 << 30).map(Self).ok_or_else(|| format!("{text:?} is too large"))
    }
}

impl FromText for Duration {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no duration; write \"500ms\", \"30s\", \"20m\" or \"8h\"");
        let (number, unit) = split_unit(text).ok_or_else(wrong)?;
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        let total_ms = number.checked_mul(unit_ms).filter(|ms| *ms <= 366 * 24 * 3_600_000);
        total_ms.map(Self::from_millis).ok_or_else(|| format!("{text:?} is longer than a year"))
    }
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..at].parse().ok()?, &text[at..]))
}

impl FromText for String {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl FromText for PathBuf {
    fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("the path is empty".into()) } else { Ok(Self::from(text)) }
    }
}

impl FromText for SocketAddr {
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is no address and port; write \"0.0.0.0:8443\" or \"[::]:8443\""))
    }
}

/// Addresses, as `10.0.0.0/8` or one alone.
impl FromText for IpNet {
    fn from_text(text: &str) -> Result<Self, String> {
        let single = text.parse::<IpAddr>().map(Self::from);
        let range = single.or_else(|_| text.parse::<Self>());
        range.map_err(|_| format!("{text:?} is no range of addresses; write \"10.0.0.0/8\" or \"::1\""))
    }
}

pub(super) fn fault(node: &Node, what: String) -> Vec<Fault> {
    vec![Fault { place: node.place.clone(), what, nearest: None }]
}

pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bare(_) | Value::Text(_) => "text",
        Value::Integer(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Other(name) => name,
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FromText, Size};

    #[test]
    fn durations() {
        for (text, ms) in
            [("500ms", Some(500)), ("30s", Some(30_000)), ("20m", Some(1_200_000)), ("8h", Some(28_800_000))]
        {
            assert_eq!(Duration::from_text(text).ok(), ms.map(Duration::from_millis), "{text}");
        }
        for text in ["", "5", "s", "5 s", "5d", "-5s", "5.5s", "99999h", "18446744073709551615h"] {
            assert!(Duration::from_text(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("0B", 0), ("64KiB", 65_536), ("10MiB", 10 << 20)] {
            assert_eq!(Size::from_text(text).ok(), Some(Size(bytes)), "{text}");
        }
        for text in ["", "5", "KiB", "10MB", "10mib", "99999999GiB"] {
            assert!(Size::from_text(text).is_err(), "{text}");
        }
    }
}
