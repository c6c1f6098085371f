//! Every public route as data: what `GET /openapi.json` tells, and what a test compares with the routes that there are.

use utoipa::ToSchema;
use utoipa::openapi::{RefOr, schema::Schema};

use super::{audit, contact, customer, login, oidc, sessions, tokens};
use crate::audit::Page;
use crate::http::Problem;
use crate::http::body::Nothing;
use crate::pages::Ancestors;

/// One route by one method.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// Without the base path.
    pub(crate) path: &'static str,
    /// For programs that are made from the description.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) asks: Asks,
    pub(crate) takes: Takes,
    pub(crate) gives: &'static [(u16, Gives)],
    /// Beside those that follow from who asks and what is taken.
    pub(crate) problems: &'static [Problem],
}

/// Methods that are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Delete,
    Options,
}

/// Who asks, and how it is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Anybody.
    Anybody,
    /// A page of a listed origin.
    Website,
    /// The same, with the session's token.
    Customer,
    /// The same, for the socket.
    CustomerSocket,
    /// Our own page, before anybody signed in.
    AgentPage,
    /// An app's back end.
    App,
    /// A signed-in agent.
    Agent,
    /// The same, or nobody.
    AgentPerhaps,
    /// An agent's page with a ticket.
    AgentSocket,
    /// A browser that shows a session.
    Viewer,
}

/// What a request carries.
#[derive(Debug)]
pub(crate) enum Takes {
    Nothing,
    /// Names behind the question mark, with their schemas' types.
    Query(&'static [(&'static str, Kind, &'static str)]),
    Json(Type),
    /// A body that may also be missing.
    Perhaps(Type),
    /// A form with these fields.
    Form(&'static [&'static str]),
    Bytes,
}

/// What stands behind a name of the query.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Number,
    Truth,
    Text,
}

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum Gives {
    Nothing,
    Json(Type),
    Bytes(&'static str),
    /// The connection becomes a socket.
    Socket,
}

/// A type that the code reads or writes.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    /// Its name.
    pub(crate) name: fn() -> String,
    /// Its schema and those that it names.
    pub(crate) schemas: fn() -> Vec<(String, RefOr<Schema>)>,
}

impl std::fmt::Debug for Type {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&(self.name)())
    }
}

const fn of<T: ToSchema>() -> Type {
    Type { name: name::<T>, schemas: schemas::<T> }
}

fn name<T: ToSchema>() -> String {
    T::name().into_owned()
}

fn schemas<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut all = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut all);
    all
}

const fn get(path: &'static str, id: &'static str, summary: &'static str, asks: Asks) -> Operation {
    Operation { method: Method::Get, path, id, summary, asks, takes: Takes::Nothing, gives: &[], problems: &[] }
}

use Problem as P;

/// All of them.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        gives: &[(200, Gives::Bytes("text/javascript")), (304, Gives::Nothing)],
        ..get("/vitrine.js", "loader", "The loader of the snippet", Asks::Anybody)
    },
    Operation {
        gives: &[(200, Gives::Bytes("*/*")), (304, Gives::Nothing)],
        problems: &[P::NotFound],
        ..get("/snippet/{file}", "snippetFile", "What the loader loads later", Asks::Anybody)
    },
    Operation {
        gives: &[(101, Gives::Socket)],
        problems: &[P::TooMany { retry_after_s: 0 }, P::Draining],
        ..get("/api/v1/customer/socket", "customerSocket", "The customer's socket", Asks::CustomerSocket)
    },
    Operation {
        method: Method::Options,
        gives: &[(204, Gives::Nothing)],
        ..get("/api/v1/customer/assets/{request}", "giveAssetPreflight", "Asked by browsers", Asks::Website)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Bytes,
        gives: &[(204, Gives::Nothing)],
        problems: &[P::NotFound, P::StoreAway, P::Full],
        ..get("/api/v1/customer/assets/{request}", "giveAsset", "An asset that was asked for", Asks::Customer)
    },
    Operation {
        method: Method::Options,
        gives: &[(204, Gives::Nothing)],
        ..get("/api/v1/customer/contact", "giveContactPreflight", "Asked by browsers", Asks::Website)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Json(of::<contact::Handed>()),
        gives: &[(204, Gives::Nothing)],
        problems: &[P::UnknownSite, P::ContactTokenRefused, P::ContactRequired, P::TooMany { retry_after_s: 0 }],
        ..get("/api/v1/customer/contact", "giveContact", "A contact token while the session runs", Asks::Customer)
    },
    Operation {
        method: Method::Options,
        gives: &[(204, Gives::Nothing)],
        ..get("/api/v1/sessions", "beginSessionPreflight", "Asked by browsers", Asks::Website)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Json(of::<customer::Wanted>()),
        gives: &[(201, Gives::Json(of::<customer::Begun>()))],
        problems: &[
            P::UnknownSite,
            P::ContactTokenRefused,
            P::ContactRequired,
            P::TooMany { retry_after_s: 0 },
            P::Full,
            P::Draining,
            P::NotNoted,
        ],
        ..get("/api/v1/sessions", "beginSession", "Begins a session", Asks::Website)
    },
    Operation {
        gives: &[(200, Gives::Json(of::<sessions::Sessions>()))],
        problems: &[P::NotAllowed],
        ..get("/api/v1/sessions", "listSessions", "Sessions, the newest first", Asks::Agent)
    },
    Operation {
        gives: &[(308, Gives::Nothing)],
        ..get("/agent", "agentPageMoved", "Leads to the agents' page", Asks::Anybody)
    },
    Operation {
        gives: &[(200, Gives::Bytes("text/html")), (304, Gives::Nothing)],
        problems: &[P::Misdirected, P::CertificateRequired],
        ..get("/agent/", "agentPage", "The agents' page", Asks::Anybody)
    },
    Operation {
        gives: &[(200, Gives::Bytes("*/*")), (304, Gives::Nothing)],
        problems: &[P::NotFound, P::Misdirected, P::CertificateRequired],
        ..get("/agent/{file}", "agentPageFile", "A file of the agents' page", Asks::Anybody)
    },
    Operation {
        gives: &[(200, Gives::Json(of::<Ancestors>()))],
        problems: &[P::Misdirected, P::CertificateRequired],
        ..get("/api/v1/agent/frame-ancestors", "frameAncestors", "Pages that may frame the agents' page", Asks::Anybody)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Json(of::<login::Credentials>()),
        gives: &[(200, Gives::Json(of::<login::Me>()))],
        problems: &[P::WrongLogin, P::TooMany { retry_after_s: 0 }, P::Full, P::NotNoted],
        ..get("/api/v1/agent/login", "signIn", "Signs in and sets the login cookie", Asks::AgentPage)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Perhaps(of::<Nothing>()),
        gives: &[(200, Gives::Json(of::<login::SignedOut>())), (204, Gives::Nothing)],
        ..get("/api/v1/agent/logout", "signOut", "Signs out", Asks::Agent)
    },
    Operation {
        gives: &[(200, Gives::Json(of::<oidc::Ways>()))],
        problems: &[P::Misdirected, P::CertificateRequired],
        ..get("/api/v1/agent/sign-in", "waysToSignIn", "How agents can sign in", Asks::Anybody)
    },
    Operation {
        gives: &[(303, Gives::Nothing)],
        problems: &[P::NotFound, P::CrossSite, P::Misdirected, P::CertificateRequired],
        ..get("/api/v1/agent/oidc/login", "signInAtProvider", "Leads to the sign-in provider", Asks::Anybody)
    },
    Operation {
        takes: Takes::Query(&[
            ("state", Kind::Text, "As it was sent to the provider"),
            ("code", Kind::Text, "The provider's"),
            ("error", Kind::Text, "Why there is no code"),
            ("iss", Kind::Text, "The provider"),
        ]),
        gives: &[(303, Gives::Nothing)],
        problems: &[P::NotFound, P::CrossSite, P::Misdirected, P::CertificateRequired],
        ..get("/api/v1/agent/oidc/callback", "signedInAtProvider", "Back from the sign-in provider", Asks::Anybody)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Form(&["logout_token"]),
        gives: &[(200, Gives::Nothing)],
        problems: &[P::LogoutRefused, P::NotFound, P::Misdirected, P::CertificateRequired],
        ..get("/api/v1/agent/oidc/back-channel", "signedOutAtProvider", "Somebody signed out there", Asks::Anybody)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Json(of::<tokens::Wanted>()),
        gives: &[(200, Gives::Json(of::<tokens::Issued>()))],
        problems: &[P::WrongAppKey, P::TooMany { retry_after_s: 0 }, P::NotNoted],
        ..get("/api/v1/agent/tokens", "issueAgentToken", "A token for an agent whom an app vouches for", Asks::App)
    },
    Operation {
        takes: Takes::Query(&[("optional", Kind::Truth, "Nobody signed in is 204 in place of 401")]),
        gives: &[(200, Gives::Json(of::<login::Me>())), (204, Gives::Nothing)],
        ..get("/api/v1/agent/me", "me", "Who is signed in", Asks::AgentPerhaps)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Json(of::<sessions::Join>()),
        gives: &[(200, Gives::Json(of::<sessions::Joined>()))],
        problems: &[P::NotAllowed, P::WrongCode, P::SessionFull, P::TooMany { retry_after_s: 0 }, P::NotNoted],
        ..get("/api/v1/sessions/join", "joinSession", "Joins a session by its code", Asks::Agent)
    },
    Operation {
        gives: &[(200, Gives::Json(of::<sessions::Entry>()))],
        problems: &[P::NotAllowed, P::NoSuchSession],
        ..get("/api/v1/sessions/{id}", "getSession", "One session", Asks::Agent)
    },
    Operation {
        method: Method::Delete,
        gives: &[(204, Gives::Nothing)],
        problems: &[P::NotAllowed, P::NoSuchSession, P::StoreAway],
        ..get("/api/v1/sessions/{id}", "endSession", "Ends a session", Asks::Agent)
    },
    Operation {
        method: Method::Post,
        takes: Takes::Perhaps(of::<Nothing>()),
        gives: &[(200, Gives::Json(of::<sessions::Ticketed>()))],
        problems: &[P::NotAllowed, P::NoSuchSession, P::SessionFull, P::Full, P::NotNoted],
        ..get("/api/v1/sessions/{id}/ticket", "getTicket", "A ticket for the socket, and the asset cookie", Asks::Agent)
    },
    Operation {
        gives: &[(101, Gives::Socket)],
        problems: &[P::NoSuchSession, P::TooMany { retry_after_s: 0 }, P::NotNoted],
        ..get("/api/v1/sessions/{id}/socket", "agentSocket", "An agent's socket", Asks::AgentSocket)
    },
    Operation {
        takes: Takes::Query(&audit::QUERY),
        gives: &[(200, Gives::Json(of::<Page>()))],
        problems: &[P::NotAllowed, P::NoSuchSession, P::NotNoted],
        ..get("/api/v1/sessions/{id}/audit", "readAudit", "What was noted of a session", Asks::Agent)
    },
    Operation {
        gives: &[(200, Gives::Bytes("*/*")), (206, Gives::Bytes("*/*")), (304, Gives::Nothing), (416, Gives::Nothing)],
        problems: &[P::NotFound, P::Misdirected, P::CertificateRequired],
        ..get("/asset/{token}", "asset", "A picture, font or style sheet of a page", Asks::Viewer)
    },
    Operation {
        gives: &[(200, Gives::Bytes("application/json"))],
        ..get("/openapi.json", "openapi", "This description", Asks::Anybody)
    },
];
