//! Clients that take their time with a request: each is cut.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{interval, timeout};
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::socket::{PATIENCE, connect};

/// What begins, and how it goes on for ever, a little at a time.
const ENDLESS: [(&str, &str, &str); 4] = [
    ("a request line", "GET /", "a"),
    ("headers", "GET /vitrine.js HTTP/1.1\r\nhost: localhost\r\n", "x-slow: a\r\n"),
    (
        "a body",
        "POST /api/v1/agent/login HTTP/1.1\r\nhost: HOST\r\norigin: https://HOST\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n",
        " ",
    ),
    (
        "chunks",
        "POST /api/v1/sessions HTTP/1.1\r\nhost: HOST\r\norigin: SHOP\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        "1\r\n \r\n",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_takes_too_long_is_cut() {
    let server = Server::start("header-timeout = \"400ms\"\nrequest-timeout = \"400ms\"\n").await;
    let host = server.origin.trim_start_matches("https://");
    for (name, begins, goes_on) in ENDLESS {
        let (mut reader, mut writer) = tokio::io::split(connect(&server).await);
        let begins = begins.replace("HOST", host).replace("SHOP", SHOP);
        writer.write_all(begins.as_bytes()).await.unwrap();
        writer.flush().await.unwrap();
        let mut ticks = interval(Duration::from_millis(50));
        let writing = async {
            loop {
                ticks.tick().await;
                if writer.write_all(goes_on.as_bytes()).await.is_err() || writer.flush().await.is_err() {
                    return;
                }
            }
        };
        let reading = async {
            let mut answer = Vec::new();
            let _ = reader.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        };
        let answer = timeout(PATIENCE, async { tokio::join!(reading, writing).0 }).await;
        let answer = answer.unwrap_or_else(|_| panic!("{name} goes on for ever"));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{name}: {answer}");
    }
}
