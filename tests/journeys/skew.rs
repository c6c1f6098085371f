//! Pages of other releases: what they say is taken, and what is new in it does no harm.

use serde_json::Value;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server::Server;

fn said(release: &str, side: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../skew/messages.json")).unwrap();
    all[release][side].as_array().unwrap().clone()
}

async fn serves_pages_of(release: &str) {
    let server = Server::start("").await;
    let mut customer = Customer::begin_silently(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let ticket = ann.ticket(&customer.session).await.unwrap();
    let mut view = ann.socket(&customer.session, Some(&server.origin), &ticket).await.unwrap();
    for message in said(release, "fromAgent") {
        view.send(&message).await;
    }
    for message in said(release, "fromCustomer") {
        customer.socket.send(&message).await;
    }
    // Each of them would be closed by what is not taken.
    assert_eq!(view.until("result").await["ok"], false, "{release}");
    let last = said(release, "fromCustomer").len() - 1;
    let applied = said(release, "fromCustomer")[last]["seq"].clone();
    while customer.socket.until("ack").await["applied"] != applied {}
    while !view.next().await.unwrap().to_string().contains("second") {}
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_first_release_are_served() {
    serves_pages_of("first").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_later_release_are_served() {
    serves_pages_of("later").await;
}

/// A kind of message that the server did not name is none of ours: a page of another release does not send it.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_did_not_name_is_refused() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    let weather = said("later", "toAgent")[1].clone();
    customer.socket.send(&weather).await;
    assert_eq!(customer.socket.closed().await, 4400);
}
