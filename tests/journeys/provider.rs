//! Signing in at a provider, and being signed out by it; the provider misbehaves row by row.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::provider::{CLIENT_SECRET, Odd, Provider, SID, SUB, now};
use vitrine_tests::server::Server;
use vitrine_tests::signer::Signer;

const LOGIN: &str = "/api/v1/agent/oidc/login";
const CALLBACK: &str = "/api/v1/agent/oidc/callback";

fn secret() -> String {
    format!("client-secret = \"{CLIENT_SECRET}\"")
}

async fn scene() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = Server::start(&provider.config(&secret())).await;
    (provider, server)
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The cookie of a sign-in on its way, and where the browser is sent.
async fn begin(server: &Server) -> (String, String) {
    let response = server.request(Method::GET, LOGIN).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let cookie = header(&response, "set-cookie").split(';').next().unwrap().to_owned();
    (cookie, header(&response, "location").to_owned())
}

async fn back(server: &Server, cookie: &str, query: &str) -> Response {
    let request = server.request(Method::GET, &format!("{CALLBACK}?{query}")).header("cookie", cookie);
    request.header("sec-fetch-site", "cross-site").send().await.unwrap()
}

/// All the way round.
async fn sign_in(server: &Server, provider: &Provider) -> Response {
    let (cookie, door) = begin(server).await;
    back(server, &cookie, &provider.sign_in(&door)).await
}

/// What became of it: the word in the page's address, or nothing if she is in.
fn word(response: &Response) -> String {
    assert_eq!(response.status(), 303);
    let location = header(response, "location");
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    let is_in = cookies.iter().any(|cookie| cookie.to_str().unwrap().starts_with("vitrine-login="));
    let word = location.strip_prefix("/agent/?sign-in=");
    assert_eq!(is_in, word.is_none() && location == "/agent/", "{location} {cookies:?}");
    word.unwrap_or_default().to_owned()
}

fn login_cookie(response: &Response) -> String {
    let cookies = response.headers().get_all("set-cookie").iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    cookies.find(|cookie| cookie.starts_with("vitrine-login=")).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_told_what_there_is_to_sign_in_with() {
    let (_provider, server) = scene().await;
    let ways = async |server: &Server| -> Value {
        let response = server.request(Method::GET, "/api/v1/agent/sign-in").send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    };
    assert_eq!(ways(&server).await, json!({"password": true, "provider": "Example ID"}));
    let without = Server::start("").await;
    assert_eq!(ways(&without).await, json!({"password": true}));
    for path in [LOGIN, CALLBACK] {
        assert_eq!(without.request(Method::GET, path).send().await.unwrap().status(), 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_there_is_in_here_until_she_signs_out() {
    let (provider, server) = scene().await;
    let response = server.request(Method::GET, LOGIN).send().await.unwrap();
    let cookie = header(&response, "set-cookie").to_owned();
    for part in ["__Secure-", "Path=/api/v1/agent/oidc/callback;", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"]
    {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let response =
        back(&server, cookie.split(';').next().unwrap(), &provider.sign_in(header(&response, "location"))).await;
    assert_eq!(word(&response), "");
    let ann = Agent::with_cookie(&server, &login_cookie(&response));
    let me = ann.get("/api/v1/agent/me").await;
    assert_eq!((&me["name"], &me["roles"]), (&json!("Ann Lee"), &json!(["agent"])));
    let out = ann.request(Method::POST, "/api/v1/agent/logout").await;
    assert_eq!(out.status(), 200);
    let out: Value = serde_json::from_str(&out.text().await.unwrap()).unwrap();
    let there = url::Url::parse(out["provider"].as_str().unwrap()).unwrap();
    let query: Vec<(String, String)> = there.query_pairs().into_owned().collect();
    assert!(there.as_str().starts_with(&format!("{}/end?", provider.issuer)), "{there}");
    assert_eq!(query[1], ("post_logout_redirect_uri".into(), format!("{}/agent/", server.origin)));
    assert_eq!((query[2].0.as_str(), query[2].1.split('.').count()), ("id_token_hint", 3));
    assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 401);
}

/// Claims and header of the ID token, and the word that follows; empty where it holds.
fn tokens() -> Vec<(&'static str, Value, Value, &'static str)> {
    let (none, trust) = (json!({}), "not-trusted");
    let claim = |name: &'static str, claims: Value, word| (name, json!({}), claims, word);
    vec![
        claim("as it should be", none.clone(), ""),
        claim("audience as a list", json!({"aud": ["vitrine"]}), ""),
        claim("several audiences, made for us", json!({"aud": ["other", "vitrine"], "azp": "vitrine"}), ""),
        claim("without the access token's hash", json!({"at_hash": null}), ""),
        claim("a clock that is behind", json!({"iat": now() + 20, "exp": now() + 300}), ""),
        claim("just run out, by their clock", json!({"iat": now() - 300, "exp": now() - 10}), ""),
        claim("nonce of another", json!({"nonce": "x".repeat(43)}), trust),
        claim("no nonce", json!({"nonce": null}), trust),
        claim("another issuer", json!({"iss": "https://id.example"}), trust),
        claim("no issuer", json!({"iss": null}), trust),
        claim("another audience", json!({"aud": "other"}), trust),
        claim("no audience", json!({"aud": null}), trust),
        claim("an empty list of audiences", json!({"aud": []}), trust),
        claim("several audiences, made for nobody", json!({"aud": ["other", "vitrine"]}), trust),
        claim("several audiences, made for another", json!({"aud": ["other", "vitrine"], "azp": "other"}), trust),
        claim("made for another", json!({"azp": "other"}), trust),
        claim("made for a list", json!({"azp": ["vitrine"]}), trust),
        claim("run out", json!({"iat": now() - 400, "exp": now() - 60}), trust),
        claim("never runs out", json!({"exp": null}), trust),
        claim("not yet begun", json!({"iat": now() + 90}), trust),
        claim("good for a year", json!({"exp": now() + 366 * 24 * 3600}), trust),
        claim("another access token's hash", json!({"at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng"}), trust),
        claim("nobody", json!({"sub": null}), trust),
        claim("nobody, in quotes", json!({"sub": ""}), trust),
        claim("a number", json!({"sub": 7}), trust),
        claim("longer than a name can be", json!({"sub": "x".repeat(256)}), trust),
        claim("no group", json!({"groups": null}), "no-role"),
        claim("other groups", json!({"groups": ["Support", "supporters"]}), "no-role"),
        claim("groups by name", json!({"groups": {"support": true}}), "no-role"),
        ("unsigned", json!({"alg": "none"}), none.clone(), trust),
        ("unsigned, in capitals", json!({"alg": "None"}), none.clone(), trust),
        ("signed by something else", json!({"alg": "ES384"}), none.clone(), trust),
        ("its own key", json!({"jwk": Signer::ec("own").jwk()}), none.clone(), trust),
        ("its own key's address", json!({"jku": "https://evil.example/keys"}), none.clone(), trust),
        ("what must be understood", json!({"crit": ["exp"]}), none.clone(), trust),
        ("without a key's name", json!({"kid": null}), none.clone(), ""),
        ("a key's name that is a path", json!({"kid": "../../keys"}), none, trust),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_holds_in_every_point_or_not_at_all() {
    let (provider, server) = scene().await;
    for (row, header, claims, expected) in tokens() {
        (provider.state().header, provider.state().claims) = (header, claims);
        assert_eq!(word(&sign_in(&server, &provider).await), expected, "{row}");
        provider.behave();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_keys_that_the_provider_publishes_sign() {
    let provider = Provider::start().await;
    for (row, algorithm, signer, published, expected) in [
        ("RS256", "RS256", Signer::rsa("r"), None, ""),
        ("PS256", "PS256", Signer::rsa("r"), None, ""),
        ("EdDSA", "EdDSA", Signer::ed("e"), None, ""),
        ("not published", "ES256", Signer::ec("e"), Some(vec![Signer::ec("e").jwk()]), "not-trusted"),
        ("another name", "ES256", Signer::ec("e"), Some(vec![Signer::ec("f").jwk()]), "not-trusted"),
    ] {
        provider.behave();
        provider.state().header = json!({"alg": algorithm});
        (provider.state().signer, provider.state().published) = (signer, published);
        let server = Server::start(&provider.config(&secret())).await;
        assert_eq!(word(&sign_in(&server, &provider).await), expected, "{row}");
    }
    // The public key, which everybody has, taken for a shared secret: published as what it is, and as a secret.
    for signer in [Signer::rsa("r"), Signer::ec("e")] {
        let (confused, public) = (Signer::confused(&signer), signer.jwk());
        for published in [vec![public.clone()], vec![public, confused.jwk()]] {
            provider.behave();
            provider.state().published = Some(published);
            provider.state().signer = Signer::confused(&signer);
            let server = Server::start(&provider.config(&secret())).await;
            assert_eq!(word(&sign_in(&server, &provider).await), "not-trusted");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_fetched_when_they_appear_and_not_for_every_unknown_one() {
    let (provider, server) = scene().await;
    assert_eq!(word(&sign_in(&server, &provider).await), "");
    assert_eq!(word(&sign_in(&server, &provider).await), "");
    assert_eq!((provider.asked("/keys"), provider.asked("/.well-known/openid-configuration")), (1, 1));
    // Anybody can send a logout token of an unknown key. That uses up the questions for such, and none of a sign-in's.
    for _ in 0..3 {
        let token = provider.logout_token(&json!({"kid": "unknown"}), &json!({}));
        assert_eq!(log_out(&server, &token).await, 400);
    }
    assert_eq!(provider.asked("/keys"), 2);
    provider.state().signer = Signer::ec("key-2");
    assert_eq!(word(&sign_in(&server, &provider).await), "");
    assert_eq!(provider.asked("/keys"), 3);
    provider.state().signer = Signer::ec("key-3");
    for _ in 0..3 {
        assert_eq!(word(&sign_in(&server, &provider).await), "not-trusted", "twice within a minute");
    }
    assert_eq!(provider.asked("/keys"), 3);
}

/// What becomes of a cookie or a query on the way back.
type Edit = fn(&str) -> String;

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_began_it_here_and_only_once() {
    let (provider, server) = scene().await;
    // The right way leaves nothing to be used again: neither with the cookie nor with the code.
    let (cookie, door) = begin(&server).await;
    let query = provider.sign_in(&door);
    assert_eq!(word(&back(&server, &cookie, &query).await), "");
    assert_eq!(word(&back(&server, &cookie, &query).await), "expired");
    let (other, other_door) = begin(&server).await;
    let state =
        url::Url::parse(&other_door).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let old_code = query.split('&').find(|pair| pair.starts_with("code=")).unwrap();
    assert_eq!(word(&back(&server, &other, &format!("{old_code}&state={state}")).await), "not-trusted");
    let edits: [(&str, Edit, Edit, &str); 12] = [
        ("no cookie", |_| String::new(), str::to_owned, "expired"),
        ("another cookie", |_| "__Secure-vitrine-sign-in=x".into(), str::to_owned, "expired"),
        ("an empty cookie", |_| "__Secure-vitrine-sign-in=".into(), str::to_owned, "expired"),
        ("another state", str::to_owned, |query| query.replace("state=", "state=x"), "expired"),
        ("two states", str::to_owned, |query| format!("{query}&state=x"), "expired"),
        ("no state", str::to_owned, |query| query.replace("state=", "stat="), "expired"),
        ("another code", str::to_owned, |query| query.replace("code=", "code=x"), "not-trusted"),
        ("two codes", str::to_owned, |query| format!("{query}&code=x"), "unreachable"),
        ("refused there", str::to_owned, |query| query.replace("code=", "error=access_denied&x="), "denied"),
        ("failed there", str::to_owned, |query| query.replace("code=", "error=%3Cscript%3E&x="), "unreachable"),
        ("another issuer", str::to_owned, |query| format!("{query}&iss=https%3A%2F%2Fid.example"), "not-trusted"),
        ("elsewhere", str::to_owned, |query| format!("{query}&return=https%3A%2F%2Fevil.example"), ""),
    ];
    for (row, cookie_edit, query_edit, expected) in edits {
        let (cookie, door) = begin(&server).await;
        let query = provider.sign_in(&door);
        assert_eq!(word(&back(&server, &cookie_edit(&cookie), &query_edit(&query)).await), expected, "{row}");
    }
    // A picture on somebody's page begins nothing.
    let request = server.request(Method::GET, LOGIN).header("sec-fetch-dest", "image");
    assert_eq!(request.send().await.unwrap().status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_names_itself_does_so_each_time() {
    let provider = Provider::start().await;
    provider.state().document = json!({"authorization_response_iss_parameter_supported": true});
    let server = Server::start(&provider.config(&secret())).await;
    for (more, expected) in [(String::new(), "not-trusted"), (format!("&iss={}", provider.issuer), "")] {
        let (cookie, door) = begin(&server).await;
        let query = provider.sign_in(&door) + &more;
        assert_eq!(word(&back(&server, &cookie, &query).await), expected, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_is_told_calmly_and_in_time() {
    const DOCUMENT: &str = "/.well-known/openid-configuration";
    let provider = Provider::start().await;
    let late = Odd::Late(Duration::from_secs(20));
    for (row, path, odd, document) in [
        ("no document", DOCUMENT, Some(Odd::Status("500 Internal Server Error")), json!({})),
        ("a huge document", DOCUMENT, Some(Odd::Padded(1 << 20)), json!({})),
        ("a late document", DOCUMENT, Some(late.clone()), json!({})),
        ("no JSON", DOCUMENT, Some(Odd::Text), json!({})),
        ("a redirect", DOCUMENT, Some(Odd::Elsewhere), json!({})),
        ("another issuer's", DOCUMENT, None, json!({"issuer": "https://id.example"})),
        ("keys by plain HTTP", DOCUMENT, None, json!({"jwks_uri": "http://id.example/keys"})),
        ("without PKCE", DOCUMENT, None, json!({"code_challenge_methods_supported": ["plain"]})),
        ("no keys", "/keys", Some(Odd::Status("404 Not Found")), json!({})),
        ("huge keys", "/keys", Some(Odd::Padded(1 << 20)), json!({})),
    ] {
        provider.behave();
        provider.state().odd.extend(odd.map(|odd| (path, odd)));
        provider.state().document = document;
        let server = Server::start(&provider.config(&format!("timeout = \"300ms\"\n{}", secret()))).await;
        let response = server.request(Method::GET, LOGIN).send().await.unwrap();
        assert_eq!(word(&response), "unreachable", "{row}");
    }
    provider.behave();
    let server = Server::start(&provider.config(&format!("timeout = \"300ms\"\n{}", secret()))).await;
    for (row, odd, expected) in [
        ("fails", Odd::Status("500 Internal Server Error"), "unreachable"),
        ("refuses", Odd::Status("401 Unauthorized"), "not-trusted"),
        ("huge", Odd::Padded(1 << 20), "unreachable"),
        ("late", late, "unreachable"),
        ("no JSON", Odd::Text, "unreachable"),
        ("a redirect", Odd::Elsewhere, "unreachable"),
    ] {
        let (cookie, door) = begin(&server).await;
        let query = provider.sign_in(&door);
        provider.state().odd.insert("/token", odd);
        assert_eq!(word(&back(&server, &cookie, &query).await), expected, "{row}");
    }
    assert_eq!(provider.asked("/token/elsewhere"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_shows_itself_as_the_provider_wants() {
    for (method, key) in [("client_secret_post", secret()), ("client_secret_basic", secret()), ("none", String::new())]
    {
        let provider = Provider::start().await;
        provider.state().document = json!({"token_endpoint_auth_methods_supported": [method]});
        let server = Server::start(&provider.config(&key)).await;
        assert_eq!(word(&sign_in(&server, &provider).await), "", "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_the_token_lacks_come_from_userinfo() {
    let (provider, server) = scene().await;
    provider.behave();
    let info = format!("{}/userinfo", provider.issuer);
    provider.state().document = json!({"userinfo_endpoint": info});
    for (row, claims, userinfo, expected) in [
        ("all in the token", json!({}), json!({"groups": []}), ""),
        (
            "all in the userinfo",
            json!({"groups": null, "name": null}),
            json!({"groups": ["support"], "name": "Ann"}),
            "",
        ),
        ("the token counts", json!({"name": null, "groups": []}), json!({"groups": ["support"]}), "no-role"),
        ("nowhere", json!({"groups": null}), json!({}), "no-role"),
        ("somebody else's", json!({"groups": null}), json!({"sub": "other", "groups": ["support"]}), "not-trusted"),
        ("nobody's", json!({"groups": null}), json!({"sub": null, "groups": ["support"]}), "not-trusted"),
    ] {
        (provider.state().claims, provider.state().userinfo) = (claims, userinfo);
        assert_eq!(word(&sign_in(&server, &provider).await), expected, "{row}");
    }
    assert_eq!(provider.asked("/userinfo"), 5, "not asked where nothing is missing");
}

async fn log_out(server: &Server, token: &str) -> u16 {
    let request = server.request(Method::POST, "/api/v1/agent/oidc/back-channel");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(format!("logout_token={token}")).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_ends_logins_and_closes_their_sockets() {
    let (provider, server) = scene().await;
    let customer = Customer::begin(&server).await;
    let response = sign_in(&server, &provider).await;
    let mut ann = Agent::with_cookie(&server, &login_cookie(&response));
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut socket = ann.open(&customer.session).await;
    let _ = socket.until("welcome").await;
    let other_key = Signer::ec("key-1");
    for (row, header, claims) in [
        ("another issuer", json!({}), json!({"iss": "https://id.example"})),
        ("another audience", json!({}), json!({"aud": "other"})),
        ("run out", json!({}), json!({"iat": now() - 300, "exp": now() - 60})),
        ("never runs out", json!({}), json!({"exp": null})),
        ("good for a day", json!({}), json!({"exp": now() + 86400})),
        ("no event", json!({}), json!({"events": null})),
        ("another event", json!({}), json!({"events": {"http://schemas.openid.net/event/other": {}}})),
        (
            "an event that is no object",
            json!({}),
            json!({"events": {"http://schemas.openid.net/event/backchannel-logout": true}}),
        ),
        ("with a nonce", json!({}), json!({"nonce": "x"})),
        ("of nobody", json!({}), json!({"sub": null, "sid": null})),
        ("without a name of its own", json!({}), json!({"jti": null})),
        ("unsigned", json!({"alg": "none"}), json!({})),
        ("by an unknown key", json!({"kid": "other"}), json!({})),
    ] {
        assert_eq!(log_out(&server, &provider.logout_token(&header, &claims)).await, 400, "{row}");
    }
    let token = provider.logout_token(&json!({}), &json!({}));
    let forged = other_key.token(&json!({"alg": "ES256", "kid": "key-1"}), &json!({"sub": SUB}));
    assert_eq!(log_out(&server, &forged).await, 400, "by another key of that name");
    assert_eq!(log_out(&server, &format!("{token}&logout_token={token}")).await, 400, "twice in one");
    // Somebody else's, or another session of hers, is not this one.
    for claims in [json!({"sub": "other", "sid": null}), json!({"sid": "other"}), json!({"sub": "other"})] {
        assert_eq!(log_out(&server, &provider.logout_token(&json!({}), &claims)).await, 200);
        assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 200, "{claims}");
    }
    assert_eq!(log_out(&server, &token).await, 200);
    let closed = tokio::time::timeout(Duration::from_secs(1), socket.closed()).await;
    assert_eq!(closed.expect("within a second"), 4401);
    assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 401);
    assert_eq!(log_out(&server, &token).await, 400, "shown again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_ends_one_session_or_all_of_an_account() {
    let (provider, server) = scene().await;
    for (claims, left) in [
        (json!({"sub": null}), [401, 200, 200]),
        (json!({"sid": null}), [401, 401, 200]),
        (json!({"sub": SUB, "sid": SID}), [401, 200, 200]),
    ] {
        let mut cookies = Vec::new();
        for (sub, sid) in [(SUB, SID), (SUB, "session-4"), ("other", "session-5")] {
            provider.state().claims = json!({"sub": sub, "sid": sid});
            cookies.push(login_cookie(&sign_in(&server, &provider).await));
        }
        let ann = Agent::sign_in(&server, "ann").await;
        assert_eq!(log_out(&server, &provider.logout_token(&json!({}), &claims)).await, 200);
        for (cookie, status) in cookies.iter().zip(left) {
            let agent = Agent::with_cookie(&server, cookie);
            assert_eq!(agent.request(Method::GET, "/api/v1/agent/me").await.status(), status, "{claims}");
        }
        assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 200, "a local account");
    }
}
