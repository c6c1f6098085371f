//! The endpoints that docs/examples shows to websites, each as it stands there: what they issue begins sessions.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, wish};
use vitrine_tests::server::Server;

const SECRET: &str = "a secret of the shop of 32 bytes or more";

/// A running example; it goes with the test.
struct Example {
    process: Child,
    address: String,
}

impl Example {
    /// Runs it on a free port.
    fn run(program: &str, file: &str) -> Self {
        let mut process = Command::new(program)
            .arg(format!("{}/../docs/examples/{file}", env!("CARGO_MANIFEST_DIR")))
            .envs([("CONTACT_SITE", "shop"), ("CONTACT_KEY_ID", "2026-11"), ("CONTACT_SECRET", SECRET), ("PORT", "0")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim_end().rsplit(' ').next().unwrap();
        Self { process, address: format!("http://127.0.0.1:{port}/contact-token") }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_examples_issue_begins_a_session_of_a_known_customer() {
    let keys = format!(
        "[sites.shop]\nattributes = [\"name\"]\ncontact-keys = [{{ id = \"2026-11\", secret = {SECRET:?} }}]\n"
    );
    let server = Server::start(&keys).await;
    for (program, file) in [("node", "contact-token.mjs"), ("python3", "contact_token.py")] {
        let example = Example::run(program, file);
        let asks = async |cookie: &str| {
            let response = server.http1.get(&example.address).header("cookie", cookie).send().await.unwrap();
            assert_eq!(response.headers()["cache-control"], "no-store", "{file}");
            serde_json::from_str::<Value>(&response.text().await.unwrap()).unwrap()["contactToken"].clone()
        };
        assert_eq!(asks("session=1").await, Value::Null, "{file}: nobody is signed in");
        let mut body = wish();
        body["contactToken"] = asks("session=4711").await;
        let customer = Customer::begin_by(&server, &body).await;
        let mut ann = Agent::sign_in(&server, "ann").await;
        ann.join(&customer.code).await;
        let welcome = ann.open(&customer.session).await.until("welcome").await;
        let verified = json!({ "verified": true, "by": "shop", "attributes": { "name": "Jane Doe" } });
        assert_eq!(welcome["customer"], verified, "{file}");
    }
}

#[test]
fn the_snippets_page_shows_the_examples_as_they_are() {
    let page = include_str!("../../docs/SNIPPET.md");
    for (language, example) in [
        ("js", include_str!("../../docs/examples/contact-token.mjs")),
        ("python", include_str!("../../docs/examples/contact_token.py")),
    ] {
        let shown = page.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next());
        assert!(shown.is_some_and(|shown| example.contains(shown)), "{language}");
    }
}
