//! What one address, one agent, one session and all together may do: each bound reached, and told by how long to wait.

use std::net::Ipv4Addr;

use reqwest::Method;
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::Customer;
use vitrine_tests::server::{PASSWORD, SHOP, Server};

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

/// What `docs/THREATS.md` says of guessing, held to the defaults.
#[test]
fn the_arithmetic_of_guessing_is_that_of_the_defaults() {
    let config = vitrine::config::parse("", "", &[]).config.unwrap();
    let digits = u32::try_from(config.session.join_code_length).unwrap();
    let (codes, live, days) = (10_f64.powi(digits.try_into().unwrap()), 1_000.0, 365.0);
    let tries = f64::from(config.limits.wrong_codes_per_day) * days;
    let chance = |codes: f64| format!("{:.3} %", tries * live / codes * 100.0);
    let text = include_str!("../../docs/THREATS.md");
    for (line, number) in [
        ("codes of 9 digits", "1,000,000,000"),
        ("chance of one try", "1 in 1,000,000"),
        ("wrong tries an agent has in a day", "100"),
        ("tries of hers in a year", "36,500"),
        ("chance to find any session in a year", "3.65 %"),
    ] {
        assert!(text.contains(&format!("| {line} | {number} |")), "{line}");
    }
    assert_eq!((digits, config.limits.wrong_codes_per_day), (9, 100));
    assert_eq!((codes.to_string().as_str(), (codes / live).to_string().as_str()), ("1000000000", "1000000"));
    assert_eq!((tries.to_string().as_str(), chance(codes).as_str()), ("36500", "3.650 %"));
    assert_eq!((config.limits.joins_per_minute_total, config.limits.joins_per_minute), (600, 20));
    assert_eq!(config.session.join_code_ttl.as_secs(), 600);
}

/// What is over a limit is answered so, and counted by the limit's name.
#[tokio::test(flavor = "multi_thread")]
async fn each_bound_is_reached_told_and_counted() {
    let server = Server::start(
        "[limits]\nrequests-per-second = 5\nsockets-per-agent = 2\nwrong-codes-per-day = 3\nlogins-per-minute-total = 2\n",
    )
    .await;
    let customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    let statuses = [ann.join(&customer.code).await, ann.join("1").await, ann.join("2").await, ann.join("3").await];
    assert_eq!(statuses, [200, 404, 404, 404]);
    assert_eq!(ann.join("4").await, 429, "no more today");
    let _open = [ann.open(&customer.session).await, ann.open(&customer.session).await];
    let ticket = ann.ticket(&customer.session).await.unwrap();
    assert_eq!(ann.socket(&customer.session, Some(&server.origin), &ticket).await.err(), Some(429));
    assert_eq!(sign_in(&server, "bob", PASSWORD).await.status(), 200);
    let refused = sign_in(&server, "sue", PASSWORD).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    let mut last = 200;
    for _ in 0..100 {
        last = server.request(Method::GET, "/vitrine.js").send().await.unwrap().status().as_u16();
    }
    assert_eq!(last, 429);
    let (_, metrics) = server.operators("/metrics").await;
    for limit in ["requests-per-second", "sockets-per-agent", "wrong-codes-per-day", "logins-per-minute-total"] {
        assert!(metrics.contains(&format!("vitrine_limited_total{{limit=\"{limit}\"}}")), "{limit}");
    }
}
