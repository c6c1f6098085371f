//! What can go wrong between this node and Redis, told by what the caller may do next.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::config::RedisAddress;

/// Why there is no answer from Redis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was not done: there is no connection, or Redis cannot do it at present. May be sent again.
    #[error("Redis is away")]
    Away,
    /// Nobody knows whether it was done: the connection ended or the answer did not come in time.
    #[error("Redis did not answer")]
    Unanswered,
    /// It was not done: Redis is at its bound of memory.
    #[error("Redis is full")]
    Full,
    /// Redis understood and will not, as it was asked or by whom; the word is Redis' own. Not worth sending again.
    #[error("Redis refused: {0}")]
    Refused(String),
}

impl LinkError {
    /// Whether it was not done because Redis does not have the script yet.
    pub(super) fn is_unknown_script(&self) -> bool {
        matches!(self, Self::Refused(code) if code == "NOSCRIPT")
    }

    /// For the metric of errors.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Unanswered => "unanswered",
            Self::Full => "full",
            Self::Refused(_) => "refused",
        }
    }
}

/// What one server answers in place of a result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It was not done, and will be there.
    Moved(RedisAddress),
    /// It was not done, and will be there if it is asked there at once: the slot is on its way.
    Ask(RedisAddress),
    /// It was not done: the server takes no writes.
    ReadOnly,
    /// Something else.
    Failed(LinkError),
}

impl Answer {
    /// By its code alone: what else an error says can hold keys.
    pub(super) fn of(error: &RedisError) -> Self {
        use ServerErrorKind as Server;
        match error.kind() {
            ErrorKind::Server(kind @ (Server::Moved | Server::Ask)) => match redirected(error) {
                Some(address) if kind == Server::Moved => Self::Moved(address),
                Some(address) => Self::Ask(address),
                None => Self::Failed(LinkError::Away),
            },
            ErrorKind::Server(Server::ReadOnly) => Self::ReadOnly,
            ErrorKind::Server(Server::BusyLoading | Server::ClusterDown | Server::MasterDown | Server::TryAgain) => {
                Self::Failed(LinkError::Away)
            }
            ErrorKind::Io | ErrorKind::ClusterConnectionNotFound => Self::Failed(LinkError::Unanswered),
            _ => Self::Failed(match error.code().unwrap_or("ERR") {
                "OOM" => LinkError::Full,
                "MISCONF" | "NOREPLICAS" | "BUSY" => LinkError::Away,
                code => LinkError::Refused(code.to_owned()),
            }),
        }
    }
}

fn redirected(error: &RedisError) -> Option<RedisAddress> {
    let (host, port) = error.redirect_node()?.0.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().ok()?;
    (!host.is_empty()).then(|| RedisAddress { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use redis::RedisError;

    use super::{Answer, LinkError};
    use crate::config::RedisAddress;

    fn answer(line: &str) -> Answer {
        let value = redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap();
        Answer::of(&value.extract_error().unwrap_err())
    }

    #[test]
    fn an_error_says_whether_it_was_done() {
        let at = |host: &str, port| RedisAddress { host: host.to_owned(), port };
        for (line, expected) in [
            ("MOVED 3999 127.0.0.1:6381", Answer::Moved(at("127.0.0.1", 6381))),
            ("MOVED 3999 ::1:6381", Answer::Moved(at("::1", 6381))),
            ("ASK 3999 redis.example:6381", Answer::Ask(at("redis.example", 6381))),
            ("READONLY You can't write", Answer::ReadOnly),
            ("LOADING Redis is loading", Answer::Failed(LinkError::Away)),
            ("CLUSTERDOWN The cluster is down", Answer::Failed(LinkError::Away)),
            ("OOM command not allowed", Answer::Failed(LinkError::Full)),
            ("NOPERM no permission for key v:code:secret", Answer::Failed(LinkError::Refused("NOPERM".into()))),
            ("ERR unknown command", Answer::Failed(LinkError::Refused("ERR".into()))),
        ] {
            assert_eq!(answer(line), expected, "{line}");
        }
        let gone = RedisError::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert_eq!(Answer::of(&gone), Answer::Failed(LinkError::Unanswered));
    }
}
