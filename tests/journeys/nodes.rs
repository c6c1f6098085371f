//! Sessions that several nodes share, over HTTP: what comes to one of them is good for all.

use reqwest::Method;
use serde_json::json;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, wish};
use vitrine_tests::dump;
use vitrine_tests::page::Page;
use vitrine_tests::redis::{Redis, Shape};
use vitrine_tests::server::{SHOP, Server, app_token};
use vitrine_tests::site::{Site, respond};
use vitrine_tests::tokens::{now_s, token};

use super::assets::{PNG, images, paths_of};

/// Nodes that ask customers' browsers for pictures of this host.
async fn nodes_for<const N: usize>(redis: &Redis, host: &str) -> [Server; N] {
    let more = format!(
        "[http-proxy]\nallowed-external-domains = [{host:?}]\nallowed-schemes = [\"http\"]\n\
         allow-private-addresses = [\"127.0.0.1\"]\ncustomer-upload = true\nmax-size = \"64KiB\"\n"
    );
    nodes(redis, &more).await
}

async fn nodes<const N: usize>(redis: &Redis, more: &str) -> [Server; N] {
    let more = format!("{more}{}", redis.section());
    let mut nodes = Vec::new();
    for _ in 0..N {
        nodes.push(Server::start(&more).await);
    }
    nodes.try_into().expect("so many")
}

async fn send(server: &Server, request: &str, token: &str, body: &[u8]) -> u16 {
    let posted = server.request(Method::POST, &format!("/api/v1/customer/assets/{request}")).header("origin", SHOP);
    let posted = posted.header("authorization", format!("Bearer {token}")).header("content-type", "image/png");
    posted.body(body.to_vec()).send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_her_browser_sends_may_come_to_any_node() {
    let redis = Redis::start(Shape::Single).await;
    let site = Site::listen("127.0.0.1", &[("/a.png", respond("401 Unauthorized", &[], b""))]).await;
    let host = format!("localhost:{}", site.address.port());
    let [hers, asking, other] = nodes_for(&redis, &host).await;
    let urls: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| format!("http://{host}/{name}.png")).collect();
    let page = images(&urls);
    let mut customer = Customer::begin(&hers).await;
    customer.shows(&page).await;
    let mut ann = Agent::sign_in(&asking, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    let paths = paths_of(&view.until("keyframe").await);
    let stranger = Customer::begin(&other).await;

    // To a third node, to her own, and to the one that asked.
    for (server, path) in [&other, &hers, &asking].into_iter().zip(&paths) {
        let answers = async {
            let request = customer.socket.until("asset-request").await["request"].to_string();
            let token = customer.token.as_str();
            for (what, number, token, status) in [
                ("another session's customer", request.as_str(), stranger.token.as_str(), 404),
                ("a wrong token", &request, "x.y", 401),
                ("what nobody asked for", "99", token, 404),
                ("herself", &request, token, 204),
                ("herself again", &request, token, 404),
            ] {
                assert_eq!(send(server, number, token, PNG).await, status, "{what}");
            }
        };
        let (response, ()) = tokio::join!(ann.asset(path), answers);
        assert_eq!((response.status().as_u16(), &*response.bytes().await.unwrap()), (200, PNG));
    }

    // A page that cannot be asked now is asked later, and what is too large is an answer as well.
    customer.socket.send(&json!({ "t": "pause" })).await;
    while view.until("participants").await["state"] != "paused" {}
    assert_eq!(ann.asset(&paths[3]).await.status(), 404);
    customer.shows(&page).await;
    while view.until("participants").await["state"] != "live" {}
    let answers = async {
        let request = customer.socket.until("asset-request").await["request"].to_string();
        assert_eq!(send(&other, &request, &customer.token, &vec![7; 65 << 10]).await, 413);
    };
    let (response, ()) = tokio::join!(ann.asset(&paths[3]), answers);
    assert_eq!(response.status(), 404);
}

const KEY: &str = "a key of an app and of a website";

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_not_told_who_the_customer_and_the_agents_are() {
    let redis = Redis::start(Shape::Single).await;
    let sites = format!(
        "[sites.shop]\nname = \"Tidewell\"\nattributes = [\"name\"]\ncontact-keys = [{{ id = \"1\", secret = {KEY:?} }}]\n\
         [agents.apps.crm]\nkeys = [{KEY:?}]\nroles = [\"agent\"]\n"
    );
    let [hers, other] = nodes(&redis, &sites).await;
    let (customers, agents, subject) = ("Jane of the canaries", "Ann of the canaries", "canary-of-a-subject");
    let now = now_s();
    let claims = json!({ "sub": "shop", "iat": now, "exp": now + 500, "attributes": { "name": customers } });
    let mut wish = wish();
    wish["contactToken"] = json!(token(&claims, "", KEY.as_bytes()));
    let mut customer = Customer::begin_by(&hers, &wish).await;
    customer.shows(&Page::new(&format!("{SHOP}/"))).await;
    let agent = json!({ "sub": subject, "name": agents, "role": "agent" });
    let mut ann = Agent::with_token(&other, &app_token(&other, "crm", KEY, &agent).await.unwrap());
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    assert_eq!(view.until("welcome").await["customer"]["attributes"]["name"], customers, "the nodes know");
    while view.until("participants").await["participants"][0]["name"] != agents {}
    assert_eq!(ann.get("/api/v1/sessions").await["sessions"][0]["customer"]["attributes"]["name"], customers);
    let canaries = [customers, agents, subject, customer.token.as_str()];
    assert_eq!(dump::faults(&redis, "v:", &canaries).await, Vec::<String>::new());
}
