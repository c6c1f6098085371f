//! How sessions end, and that everybody is told.

use reqwest::Method;
use serde_json::json;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, open};
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::socket::Socket;

/// A customer and an agent in one session.
async fn both(server: &Server) -> (Customer, Socket) {
    let customer = Customer::begin(server).await;
    let mut ann = Agent::sign_in(server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    view.until("welcome").await;
    (customer, view)
}

async fn both_are_told(customer: &mut Customer, view: &mut Socket, reason: &str, code: u16) {
    assert_eq!(customer.socket.until("ended").await["reason"], reason);
    assert_eq!(view.until("ended").await["reason"], reason);
    assert_eq!((customer.socket.closed().await, view.closed().await), (code, code));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_stops() {
    let server = Server::start("").await;
    let (mut customer, mut view) = both(&server).await;
    customer.socket.send(&json!({ "t": "end" })).await;
    both_are_told(&mut customer, &mut view, "customer", 4410).await;
    let mut again = open(&server, Some(SHOP), &customer.token).await.unwrap();
    assert_eq!(again.closed().await, 4404);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_join_code_ends_with_it() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    customer.socket.send(&json!({ "t": "end" })).await;
    customer.socket.closed().await;
    let ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_ends_it() {
    let server = Server::start("").await;
    let (mut customer, mut view) = both(&server).await;
    let path = format!("/api/v1/sessions/{}", customer.session);
    let (ann, sue) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "sue").await);
    assert_eq!(ann.request(Method::DELETE, &path).await.status(), 403);
    assert_eq!(sue.request(Method::DELETE, &path).await.status(), 204);
    both_are_told(&mut customer, &mut view, "agent", 4410).await;
    while sue.request(Method::DELETE, &path).await.status() != 404 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_anything_for_too_long() {
    let server = Server::start("[session]\nidle-timeout = \"1s\"\n").await;
    let (mut customer, mut view) = both(&server).await;
    both_are_told(&mut customer, &mut view, "idle", 4408).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reaches_its_longest_duration() {
    let server = Server::start("[session]\nmax-duration = \"1500ms\"\n").await;
    let (mut customer, mut view) = both(&server).await;
    both_are_told(&mut customer, &mut view, "duration", 4410).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_does_not_come_back() {
    let server = Server::start("[session]\nreconnect-timeout = \"300ms\"\n").await;
    let (customer, mut view) = both(&server).await;
    drop(customer);
    assert_eq!(view.until("ended").await["reason"], "customer-lost");
    assert_eq!(view.closed().await, 4410);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_comes_back_in_time() {
    let server = Server::start("").await;
    let (mut customer, mut view) = both(&server).await;
    customer.socket = open(&server, Some(SHOP), &customer.token).await.unwrap();
    customer.hello("second").await;
    customer.socket.until("welcome").await;
    customer.socket.send(&json!({ "t": "end" })).await;
    assert_eq!(view.until("ended").await["reason"], "customer");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_stops() {
    let server = Server::start("").await;
    let (mut customer, mut view) = both(&server).await;
    let told = async {
        both_are_told(&mut customer, &mut view, "shutdown", 4503).await;
        drop((customer, view));
    };
    let ((), ()) = tokio::join!(server.stop(), told);
}
