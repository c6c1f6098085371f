//! What one address, one agent, one session and all together may do: each bound reached, and told by how long to wait.

use std::net::Ipv4Addr;

use vitrine_tests::server::{SHOP, Server};

use super::sockets::customers_token;
use super::wire::{ask_from, proper, status};

const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn one_address_does_not_take_every_socket() {
    let server = Server::start("[limits]\nsockets-per-address = 3\n").await;
    let ask = async |from: Ipv4Addr| {
        let offered = format!("vitrine.v1, bearer.{}", customers_token(&server).await);
        let headers = proper(&server, SHOP, &offered);
        ask_from(&server, from, "GET /api/v1/customer/socket HTTP/1.1", &headers).await
    };
    let mut open = Vec::new();
    for _ in 0..3 {
        let (wire, answer) = ask(Ipv4Addr::LOCALHOST).await;
        assert_eq!(status(&answer), 101, "{answer}");
        open.push(wire);
    }
    let (_wire, answer) = ask(Ipv4Addr::LOCALHOST).await;
    assert_eq!(status(&answer), 429, "{answer}");
    assert!(answer.contains("\r\nretry-after: "), "{answer}");
    let (_wire, answer) = ask(OTHER).await;
    assert_eq!(status(&answer), 101, "others are served: {answer}");
    drop(open);
    while status(&ask(Ipv4Addr::LOCALHOST).await.1) != 101 {}
}
