//! Credentials of sockets: they travel in `Sec-WebSocket-Protocol`, are read once, and are never sent back.

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use vitrine_core::ids::SessionId;

use super::login::SignedIn;
use super::secret::{Digest, Secret};
use crate::ops::clock::{Time, as_ms};

/// The one subprotocol, and the only one that the server answers with.
pub const PROTOCOL: &str = "vitrine.v1";

/// What follows `prefix` (`bearer.` or `ticket.`) in the protocols that the browser offers, if it offers ours too.
#[must_use]
pub fn credential<'a>(headers: &'a HeaderMap, prefix: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|line| line.to_str().ok());
    let offered: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut credentials = offered.iter().filter_map(|protocol| protocol.strip_prefix(prefix));
    let first = credentials.next().filter(|credential| (1..=256).contains(&credential.len()))?;
    let is_ours = offered.contains(&PROTOCOL) && credentials.next().is_none();
    is_ours.then_some(first)
}

/// A customer's token names its session, and proves that its holder began it: `<session>.<secret>`.
#[must_use]
pub fn customer_token(session: &SessionId, secret: &Secret) -> String {
    format!("{session}.{}", secret.text())
}

/// Takes a customer's token apart.
#[must_use]
pub fn read_customer_token(token: &str) -> Option<(SessionId, Digest)> {
    let (session, secret) = token.rsplit_once('.')?;
    Some((SessionId::new(session)?, Digest::of(secret)))
}

/// What a ticket stands for. Taken out of the store by the first who shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ticket {
    /// The session that it opens.
    pub session: SessionId,
    /// The login that asked for it.
    pub signed_in: SignedIn,
    /// Whether its agent was admitted by code. Else she watches by privilege.
    pub admitted: bool,
    /// The page that may use it.
    pub origin: String,
    /// When it runs out.
    #[serde(with = "as_ms")]
    pub ends: Time,
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};
    use vitrine_core::ids::SessionId;

    use super::{credential, customer_token, read_customer_token};
    use crate::auth::secret::Secret;

    #[test]
    fn a_credential_stands_beside_the_protocol() {
        for (offered, found) in [
            ("vitrine.v1, ticket.abc", Some("abc")),
            ("ticket.abc,vitrine.v1", Some("abc")),
            ("ticket.abc", None),
            ("vitrine.v1", None),
            ("vitrine.v1, ticket.", None),
            ("vitrine.v1, bearer.abc", None),
            ("vitrine.v1, ticket.abc, ticket.def", None),
            ("vitrine.v2, ticket.abc", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(offered));
            assert_eq!(credential(&headers, "ticket."), found, "{offered}");
        }
    }

    #[test]
    fn a_customer_token_names_its_session() {
        let (session, secret) = (SessionId::new("s-1").unwrap(), Secret::random().unwrap());
        let token = customer_token(&session, &secret);
        assert_eq!(read_customer_token(&token), Some((session, secret.digest())));
        assert!(read_customer_token("nothing").is_none());
    }
}
