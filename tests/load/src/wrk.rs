//! The load: `wrk`, one thread, connections that stay open.

use std::process::Command;

/// Connections at once.
const CONNECTIONS: usize = 32;

/// Asks for `url` for so many seconds, and tells how many answers came.
///
/// # Panics
/// `wrk` is missing, or an answer was not 2xx.
#[must_use]
pub fn requests(url: &str, headers: &[String], seconds: u32) -> f64 {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s")]);
    for header in headers {
        wrk.args(["-H", header]);
    }
    let output = wrk.arg(url).output().expect("wrk: apt-get install -y --no-install-recommends wrk");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{url}: {said}");
    let line = said.lines().find_map(|line| line.split_once(" requests in "));
    let count = line.and_then(|(count, _)| count.trim().parse().ok());
    count.expect("wrk's count of requests")
}
