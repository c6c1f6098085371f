//! Which server of a Cluster has which slots, as the Cluster tells it.

use redis::{Value, cmd};

use super::node::Node;
use super::trouble::{Answer, LinkError};
use crate::config::RedisAddress;

/// How many there are.
pub(super) const SLOTS: u16 = 16_384;

/// Slots that one master has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) master: RedisAddress,
}

/// What one server says of the Cluster.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) ranges: Vec<Range>,
    /// Whether the Cluster takes commands.
    pub(super) is_ok: bool,
}

/// Asks a server, which was reached at `address`.
pub(super) async fn ask(node: &Node, address: &RedisAddress) -> Result<Seen, LinkError> {
    let failed = |answer| match answer {
        Answer::Failed(error) => error,
        Answer::Moved(_) | Answer::Ask(_) | Answer::ReadOnly => LinkError::Away,
    };
    let slots = node.send(cmd("CLUSTER").arg("SLOTS")).await.map_err(failed)?;
    let info = node.send(cmd("CLUSTER").arg("INFO")).await.map_err(failed)?;
    let info: String = redis::from_redis_value(info).unwrap_or_default();
    let ranges = read(&slots, address).ok_or_else(|| LinkError::Refused("CLUSTER SLOTS".into()))?;
    Ok(Seen { ranges, is_ok: info.lines().any(|line| line.trim() == "cluster_state:ok") })
}

/// Takes the answer of `CLUSTER SLOTS` apart. A server without a name is the one that was asked.
fn read(answer: &Value, asked: &RedisAddress) -> Option<Vec<Range>> {
    let Value::Array(rows) = answer else { return None };
    rows.iter()
        .map(|row| {
            let Value::Array(row) = row else { return None };
            let [Value::Int(first), Value::Int(last), Value::Array(master), ..] = row.as_slice() else { return None };
            let [host, Value::Int(port), ..] = master.as_slice() else { return None };
            let host = match host {
                Value::BulkString(name) => String::from_utf8(name.clone()).ok()?,
                Value::SimpleString(name) => name.clone(),
                _ => String::new(),
            };
            let host = if host.is_empty() { asked.host.clone() } else { host };
            let (first, last) = (u16::try_from(*first).ok()?, u16::try_from(*last).ok()?);
            let is_whole = first <= last && last < SLOTS;
            is_whole.then_some(Range { first, last, master: RedisAddress { host, port: u16::try_from(*port).ok()? } })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Range, read};
    use crate::config::RedisAddress;

    #[test]
    fn slots_are_read_and_what_is_no_answer_is_none() {
        let at = |host: &str, port| RedisAddress { host: host.to_owned(), port };
        let asked = at("asked.example", 1);
        let value = |text: &str| redis::parse_redis_value(text.as_bytes()).unwrap();
        let text = "*2\r\n*3\r\n:0\r\n:5460\r\n*3\r\n$9\r\n127.0.0.1\r\n:7001\r\n$2\r\nid\r\n\
                    *4\r\n:5461\r\n:16383\r\n*2\r\n$0\r\n\r\n:7002\r\n*2\r\n$1\r\nx\r\n:1\r\n";
        let expected = vec![
            Range { first: 0, last: 5460, master: at("127.0.0.1", 7001) },
            Range { first: 5461, last: 16383, master: at("asked.example", 7002) },
        ];
        assert_eq!(read(&value(text), &asked), Some(expected));
        for wrong in ["+OK\r\n", "*1\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:99999\r\n*2\r\n$1\r\nx\r\n:1\r\n"] {
            assert_eq!(read(&value(wrong), &asked), None, "{wrong}");
        }
    }
}
