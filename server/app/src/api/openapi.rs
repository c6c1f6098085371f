//! `GET /openapi.json`: the interface in OpenAPI 3.1, made from the table of operations and the types of the code.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use utoipa::openapi::path::{
    HttpMethod, Operation as Described, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem,
    PathsBuilder, Ref, Required, ResponseBuilder, Responses, ResponsesBuilder, ServerBuilder, Type as Primitive,
};

use super::operations::{Asks, Gives, Kind, Method, OPERATIONS, Operation, Takes, Type};
use crate::http::Problem;
use crate::http::problem::Explained;
use crate::start::App;
use utoipa::{PartialSchema, ToSchema};

/// The route.
pub async fn serve(State(app): State<Arc<App>>) -> Response {
    let text = text(&app.config().server.base_path);
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// The description of a server beneath `base_path`.
#[must_use]
pub fn text(base_path: &str) -> String {
    // Nothing in it can fail to be written.
    let mut text = serde_json::to_string_pretty(&describe(base_path)).unwrap_or_default();
    text.push('\n');
    text
}

fn describe(base_path: &str) -> OpenApi {
    let paths = OPERATIONS.iter().fold(PathsBuilder::new(), |paths, operation| {
        paths.path(operation.path, PathItem::new(method(operation.method), described(operation)))
    });
    let info = InfoBuilder::new().title("Vitrine").version("1").description(Some(
        "The server between a website's page and an agent's page. What goes over its sockets is described in PROTOCOL.md.",
    ));
    let server = ServerBuilder::new().url(if base_path.is_empty() { "/" } else { base_path });
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([server.build()]))
        .paths(paths.build())
        .components(Some(components()))
        .build()
}

fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
        Method::Options => HttpMethod::Options,
    }
}

fn described(operation: &Operation) -> Described {
    let in_path = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path.map(|name| {
        let schema = ObjectBuilder::new().schema_type(Primitive::String).build();
        parameter(name, ParameterIn::Path).required(Required::True).schema(Some(schema)).build()
    });
    let parameters: Vec<Parameter> = in_path.chain(in_query(&operation.takes)).collect();
    OperationBuilder::new()
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .parameters(Some(parameters).filter(|all| !all.is_empty()))
        .request_body(body(&operation.takes))
        .responses(responses(operation))
        .securities(Some(security(operation.asks)).filter(|all| !all.is_empty()))
        .build()
}

fn parameter(name: &str, place: ParameterIn) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(place)
}

fn in_query(takes: &Takes) -> Vec<Parameter> {
    let Takes::Query(names) = takes else { return Vec::new() };
    let one = |(name, kind, meaning): &(&str, Kind, &str)| {
        let schema = match kind {
            Kind::Number => ObjectBuilder::new().schema_type(Primitive::Integer).minimum(Some(0)),
            Kind::Truth => ObjectBuilder::new().schema_type(Primitive::Boolean),
            Kind::Text => ObjectBuilder::new().schema_type(Primitive::String),
        };
        let parameter = parameter(name, ParameterIn::Query).required(Required::False).description(Some(*meaning));
        parameter.schema(Some(schema.build())).build()
    };
    names.iter().map(one).collect()
}

fn body(takes: &Takes) -> Option<RequestBody> {
    let body = RequestBodyBuilder::new();
    match takes {
        Takes::Nothing | Takes::Query(_) => None,
        Takes::Json(a) => Some(body.required(Some(Required::True)).content("application/json", reference(*a)).build()),
        Takes::Perhaps(a) => {
            Some(body.required(Some(Required::False)).content("application/json", reference(*a)).build())
        }
        Takes::Form(names) => {
            let form = names.iter().fold(ObjectBuilder::new().schema_type(Primitive::Object), |form, name| {
                form.property(*name, ObjectBuilder::new().schema_type(Primitive::String).build()).required(*name)
            });
            let content = ContentBuilder::new().schema(Some(form.build())).build();
            let body = body.content("application/x-www-form-urlencoded", content);
            Some(body.required(Some(Required::True)).build())
        }
        Takes::Bytes => {
            Some(body.required(Some(Required::False)).content("*/*", ContentBuilder::new().build()).build())
        }
    }
}

fn reference(a: Type) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name((a.name)()))).build()
}

fn responses(operation: &Operation) -> Responses {
    let mut responses = ResponsesBuilder::new();
    for (status, gives) in operation.gives {
        let answer = match gives {
            Gives::Nothing => ResponseBuilder::new().description("Done, and nothing to tell"),
            Gives::Json(a) => ResponseBuilder::new().description("Done").content("application/json", reference(*a)),
            Gives::Bytes(kind) => {
                ResponseBuilder::new().description("Done").content(*kind, ContentBuilder::new().build())
            }
            Gives::Socket => ResponseBuilder::new().description("The socket is open, by the protocol vitrine.v1"),
        };
        responses = responses.response(status.to_string(), answer.build());
    }
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for problem in operation.problems.iter().chain(implied(operation)) {
        let (status, name, _) = problem.row();
        by_status.entry(status.as_u16()).or_default().push(name);
    }
    for (status, names) in by_status {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Explained::name()))).build();
        let answer = ResponseBuilder::new().description(names.join(", ")).content("application/problem+json", content);
        responses = responses.response(status.to_string(), answer.build());
    }
    responses.build()
}

/// What follows from a query.
static OF_QUERIES: [Problem; 1] = [Problem::Malformed(String::new())];
/// What follows from a body.
static OF_BODIES: [Problem; 3] = [Problem::TooLarge, Problem::NotJson, Problem::Malformed(String::new())];

/// What follows from who asks and what is taken.
fn implied(operation: &Operation) -> impl Iterator<Item = &'static Problem> {
    use Problem as P;
    let asks: &'static [P] = match operation.asks {
        Asks::Anybody | Asks::Viewer => &[],
        Asks::Website => &[P::OriginNotAllowed],
        Asks::Customer => &[P::OriginNotAllowed, P::NotSignedIn],
        Asks::CustomerSocket => &[P::NotOurSocket, P::OtherSocketVersion, P::OriginNotAllowed, P::NotSignedIn],
        Asks::AgentPage => &[P::CrossSite, P::Misdirected, P::CertificateRequired],
        Asks::App => &[P::Misdirected, P::CertificateRequired],
        Asks::Agent | Asks::AgentPerhaps => {
            &[P::TwoLogins, P::CrossSite, P::Misdirected, P::CertificateRequired, P::NotSignedIn]
        }
        Asks::AgentSocket => &[
            P::NotOurSocket,
            P::OtherSocketVersion,
            P::CrossSite,
            P::Misdirected,
            P::CertificateRequired,
            P::NotSignedIn,
        ],
    };
    let takes: &'static [P] = match operation.takes {
        Takes::Nothing => &[],
        Takes::Query(_) => &OF_QUERIES,
        Takes::Json(_) | Takes::Perhaps(_) => &OF_BODIES,
        Takes::Form(_) | Takes::Bytes => &[P::TooLarge],
    };
    asks.iter().chain(takes).chain(&[P::TimedOut, P::Internal])
}

fn security(asks: Asks) -> Vec<SecurityRequirement> {
    let names: &[&str] = match asks {
        Asks::Anybody | Asks::Website | Asks::AgentPage => &[],
        Asks::Customer => &["customerToken"],
        Asks::CustomerSocket => &["customerSocketToken"],
        Asks::App => &["appKey"],
        Asks::Agent | Asks::AgentPerhaps => &["loginCookie", "agentToken"],
        Asks::AgentSocket => &["ticket"],
        Asks::Viewer => &["assetCookie"],
    };
    let named = names.iter().map(|name| SecurityRequirement::new(*name, Vec::<String>::new()));
    named.chain((asks == Asks::AgentPerhaps).then(SecurityRequirement::default)).collect()
}

fn components() -> Components {
    let named = |name: &str, meaning: &str| ApiKeyValue::with_description(name, meaning);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let bearer = bearer.description(Some("The token that POST /api/v1/sessions answered"));
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let token = token.description(Some("The token that POST /api/v1/agent/tokens answered"));
    let app = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some("The app's id and key"));
    let protocol = "sec-websocket-protocol";
    let schemes = [
        ("customerToken", SecurityScheme::Http(bearer.build())),
        ("customerSocketToken", header_key(protocol, "vitrine.v1, bearer.<token>")),
        ("loginCookie", SecurityScheme::ApiKey(ApiKey::Cookie(named("vitrine-login", "Set by signing in")))),
        ("agentToken", SecurityScheme::Http(token.build())),
        ("appKey", SecurityScheme::Http(app.build())),
        ("ticket", header_key(protocol, "vitrine.v1, ticket.<ticket>")),
        ("assetCookie", SecurityScheme::ApiKey(ApiKey::Cookie(named("vitrine-asset", "Set with a ticket")))),
    ];
    let components = schemes
        .into_iter()
        .fold(ComponentsBuilder::new(), |components, (name, scheme)| components.security_scheme(name, scheme));
    let mut schemas = BTreeMap::from([(Explained::name().into_owned(), Explained::schema())]);
    for operation in OPERATIONS {
        let taken = if let Takes::Json(a) | Takes::Perhaps(a) = operation.takes { Some(a) } else { None };
        let given =
            operation.gives.iter().filter_map(|(_, gives)| if let Gives::Json(a) = gives { Some(*a) } else { None });
        schemas.extend(taken.into_iter().chain(given).flat_map(|a| (a.schemas)()));
    }
    components.schemas_from_iter(schemas).build()
}

fn header_key(name: &str, meaning: &str) -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, meaning)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{OPERATIONS, text};

    /// Set `VITRINE_WRITE=1` to write the file anew.
    #[test]
    fn the_description_in_the_documents_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        if std::env::var_os("VITRINE_WRITE").is_some() {
            std::fs::write(path, text("")).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == text(""), "docs/openapi.json is stale: run the tests once with VITRINE_WRITE=1");
    }

    /// Paths and methods as the router's own text has them.
    #[test]
    fn every_route_is_described_and_nothing_else() {
        let source = include_str!("../routes.rs");
        let mut routes = BTreeSet::new();
        for statement in source.split(".route(").skip(1) {
            let path = statement.split('"').nth(1).unwrap();
            let handlers = statement.split(path).nth(1).unwrap().split("//").next().unwrap();
            for method in ["get", "post", "delete", "options"] {
                if [",", " ", "\n", "."].iter().any(|before| handlers.contains(&format!("{before}{method}("))) {
                    routes.insert((path.to_owned(), method.to_owned()));
                }
            }
        }
        let described: BTreeSet<(String, String)> = OPERATIONS
            .iter()
            .map(|operation| (operation.path.to_owned(), format!("{:?}", operation.method).to_lowercase()))
            .collect();
        assert_eq!(described, routes);
        assert_eq!(described.len(), OPERATIONS.len(), "each once");
    }

    #[test]
    fn every_name_that_is_referred_to_is_there() {
        let text = text("/help");
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["servers"][0]["url"], "/help");
        for reference in text.split("\"#/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(document.pointer(&format!("/{reference}")).is_some(), "{reference}");
        }
    }
}
