//! What can fail on the way: a word for the agent's page, and a cause for the log.

use crate::auth::jwt;
use crate::http::Problem;

/// Why she is not signed in, as her page tells it: each is one word in its address and one sentence on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The provider said that she, or her organisation, does not want it.
    Denied,
    /// It took too long, was begun in another browser, or is over already.
    Expired,
    /// Who she is holds, and nothing of it gives her a role.
    NoRole,
    /// What the provider answered does not hold.
    NotTrusted,
    /// The provider did not answer as it should.
    Unreachable,
    /// Too many tries, or too many at once.
    Busy,
}

impl Refusal {
    /// The word in the page's address.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::NoRole => "no-role",
            Self::NotTrusted => "not-trusted",
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
        }
    }
}

/// What exactly failed, for the operator's log. Never in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// No such name, no connection, no trusted certificate, or no HTTP.
    #[error("it cannot be reached")]
    Unreachable,
    /// `[agents.oidc] timeout` ran out.
    #[error("it took too long")]
    TimedOut,
    /// More than anything of the kind has.
    #[error("its {0} is too large")]
    TooLarge(&'static str),
    /// An answer that is no success; redirects are none.
    #[error("its {0} answered {1}")]
    Status(&'static str, u16),
    /// The code is wrong or was used, or the client's secret is not right.
    #[error("its token endpoint refuses the code or [agents.oidc] client-id and client-secret: {0}")]
    Code(u16),
    /// Not what the standard says.
    #[error("its {0} is not in the form of one")]
    Form(&'static str),
    /// Its discovery document is of another issuer.
    #[error("its discovery document names another issuer than [agents.oidc] issuer")]
    OtherIssuer,
    /// An address of its document is not by `https`.
    #[error("its {0} is no address that is reached by https")]
    Address(&'static str),
    /// It says that it does not do what we ask for.
    #[error("it does not offer {0}")]
    Missing(&'static str),
    /// A token's form, signature or times.
    #[error("its token: {0}")]
    Token(#[from] jwt::Refused),
    /// A token's claim is not the one wanted.
    #[error("its token: the claim {0} is missing or not the one wanted")]
    Claim(&'static str),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        if matches!(problem, Problem::TooMany { .. } | Problem::Full) { Self::Busy } else { Self::Unreachable }
    }
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Unreachable
            | Cause::TimedOut
            | Cause::TooLarge(_)
            | Cause::Status(..)
            | Cause::Form(_)
            | Cause::OtherIssuer
            | Cause::Address(_)
            | Cause::Missing(_) => Self::Unreachable,
            Cause::Code(_) | Cause::Token(_) | Cause::Claim(_) => Self::NotTrusted,
        }
    }
}
