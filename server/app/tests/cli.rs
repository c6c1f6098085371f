//! The command line as a shell sees it: output, and exit status.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Runs the binary in an empty folder, so that no configuration lies about.
fn vitrine(arguments: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vitrine"))
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn config(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vitrine.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn checking_tells_every_mistake_and_says_no() {
    for (toml, status, words) in [
        ("[session]\nmax-agents = 3\n", 0, vec!["no mistakes"]),
        (
            "[session]\nmax-agnts = 3\nidle-timeout = \"soon\"\n",
            1,
            vec![":2:1: ", "max-agents", ":3:16: ", "no duration"],
        ),
        ("[session\n", 1, vec![":1:"]),
    ] {
        let (_folder, path) = config(toml);
        let output = vitrine(&["config", "check", "--config", path.to_str().unwrap()], "");
        assert_eq!(output.status.code(), Some(status), "{toml}");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    assert_eq!(vitrine(&["config", "check", "--config", "nowhere.toml"], "").status.code(), Some(2));
    assert_eq!(vitrine(&["config", "check"], "").status.code(), Some(0), "the defaults");
}

#[test]
fn what_cannot_run_says_so_in_one_line() {
    let (_folder, bad) = config("[sesion]\n");
    for (arguments, input) in [
        (vec!["serve"], ""),
        (vec!["serve", "--config", bad.to_str().unwrap()], ""),
        (vec!["config", "show", "--config", bad.to_str().unwrap()], ""),
        (vec!["sanitize", "nowhere.html"], ""),
        (vec!["sanitize", "--format", "events"], "nonsense"),
        (vec!["demo", "--port", "65535"], ""),
        (vec!["password"], ""),
        (vec!["token", "contact", "--site", "nowhere"], ""),
    ] {
        let output = vitrine(&arguments, input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stderr).lines().count(), 1, "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_password_becomes_a_hash() {
    let output = vitrine(&["password"], "correct horse\n");
    assert!(text(&output.stdout).starts_with("$argon2id$"), "{output:?}");
}

#[test]
fn a_contact_token_is_minted_for_a_site() {
    let (_folder, path) = config(
        "[sites.shop]\ncontact-keys = [{ id = \"2026-11\", secret = \"0123456789abcdef0123456789abcdef\" }]\n[sites.bare]\n",
    );
    let mint = |site: &str| {
        let path = path.to_str().unwrap();
        vitrine(&["token", "contact", "--config", path, "--site", site, "--attribute", "name=Jane = J"], "")
    };
    let output = mint("shop");
    let parts: Vec<serde_json::Value> = text(&output.stdout)
        .trim_end()
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!((&parts[0]["alg"], &parts[0]["kid"]), (&"HS256".into(), &"2026-11".into()));
    assert_eq!((&parts[1]["sub"], &parts[1]["attributes"]["name"]), (&"shop".into(), &"Jane = J".into()));
    assert_eq!(parts[1]["exp"].as_u64().unwrap() - parts[1]["iat"].as_u64().unwrap(), 500);
    assert_ne!(mint("shop").stdout, output.stdout, "each can be used once");
    assert_eq!(mint("bare").status.code(), Some(2));
    assert!(text(&mint("bare").stderr).contains("contact-keys"));
}

#[test]
fn sanitizing_writes_what_an_agent_would_get() {
    let (_folder, path) = config(
        "[http-proxy]\nallowed-external-domains = [\"cdn.example\"]\n[[dom-restrictions.rule-set]]\nmask = [\".secret\"]\n",
    );
    let report = path.with_file_name("report.json");
    let arguments = [
        "sanitize",
        "--config",
        path.to_str().unwrap(),
        "--page-url",
        "https://shop.example/",
        "--report",
        report.to_str().unwrap(),
    ];
    let page = "<p class=secret>4711</p><script>alert(1)</script><img src=https://cdn.example/a.png>";
    let output = vitrine(&arguments, page);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let html = text(&output.stdout);
    assert!(html.contains("••••••") && html.contains("/asset/"), "{html}");
    assert!(html.ends_with("</html>"), "what is sanitized again stays the same: {html}");
    assert!(!html.contains("4711") && !html.contains("script") && !html.contains("cdn.example"), "{html}");
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert!(report["masked"][".secret"].is_u64() && report["removed"]["element:script"].is_u64(), "{report}");
    assert_eq!(vitrine(&arguments, page).stdout, output.stdout, "the same again");
}

#[test]
fn events_go_in_as_an_array_or_line_by_line() {
    let meta = r#"{"type":4,"data":{"href":"https://shop.example/","width":800,"height":600},"timestamp":1}"#;
    let snapshot = r#"{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":2}],"id":1},"initialOffset":{"left":0,"top":0}},"timestamp":2}"#;
    let array = vitrine(&["sanitize", "--format", "events"], &format!("[{meta},{snapshot}]"));
    let lines = vitrine(&["sanitize", "--format", "events"], &format!("{meta}\n{snapshot}\n"));
    assert_eq!(array.status.code(), Some(0), "{array:?}");
    assert_eq!(text(&array.stdout), text(&lines.stdout));
    let events: serde_json::Value = serde_json::from_slice(&array.stdout).unwrap();
    assert_eq!(events.as_array().map(Vec::len), Some(2), "{events}");
}

#[test]
fn a_document_over_a_limit_is_not_written_and_the_limit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let deep = "<div>".repeat(10_000);
    let output = vitrine(&["sanitize", "--report", report.to_str().unwrap()], &deep);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["refused"]["limit"], "depth", "{report}");
}

#[test]
fn a_token_for_an_agent_wants_an_app_a_role_and_a_key() {
    let app = format!("[agents.apps.crm]\nkeys = [\"{}\"]\n", "k".repeat(32));
    let keyed = format!("{app}[[keys.signing]]\nid = \"1\"\nsecret = \"{}\"\n", "s".repeat(32));
    for (toml, more, status, words) in [
        (&keyed, &[][..], 0, "."),
        (&keyed, &["--role", "supervisor"], 2, "see its roles"),
        (&keyed, &["--app", "erp"], 2, "[agents.apps.erp]"),
        (&keyed, &["--session", "a b"], 2, "no name of a session"),
        (&app, &[], 2, "[[keys.signing]]"),
    ] {
        let (_folder, path) = config(toml);
        let mut arguments = vec!["token", "agent", "--config", path.to_str().unwrap(), "--sub", "7"];
        arguments.extend(more);
        if !more.contains(&"--app") {
            arguments.extend(["--app", "crm"]);
        }
        let output = vitrine(&arguments, "");
        assert_eq!(output.status.code(), Some(status), "{more:?}");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(said.contains(words), "{said}");
        assert!(status != 0 || text(&output.stdout).trim().split('.').count() == 3, "{said}");
    }
}

#[test]
fn an_audit_log_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let (path_text, missing) = (path.to_str().unwrap(), folder.path().join("nowhere"));
    let log = "{\"seq\":1,\"action\":\"server.start\",\"previous\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"hash\":\"HASH\"}\n";
    let hash = "883b11ec0907f361551d8b9bcf98b1b1de2159fb8159291917aaf3ae9b22b919";
    let good = log.replace("HASH", hash);
    std::fs::write(&path, &good).unwrap();
    let other = "1".repeat(64);
    for (arguments, input, status, words) in [
        (
            vec!["audit", "verify", path_text],
            "",
            0,
            format!("1 line is good; the last is line 1 of the log, hash {hash}"),
        ),
        (vec!["audit", "verify", "-"], good.as_str(), 0, "1 line is good".to_owned()),
        (vec!["audit", "verify", "-"], &good[1..], 1, "standard input:1: it was changed".to_owned()),
        (vec!["audit", "verify", "-"], &good[..good.len() - 1], 1, "standard input:1: it has no end".to_owned()),
        (vec!["audit", "verify", "--expect-last", hash, path_text], "", 0, "1 line is good".to_owned()),
        (
            vec!["audit", "verify", "--expect-last", &other, path_text],
            "",
            1,
            "lines were cut off at the end".to_owned(),
        ),
        (vec!["audit", "verify", "--expect-last", "no hash", path_text], "", 2, "64 hexadecimal digits".to_owned()),
        (vec!["audit", "verify", missing.to_str().unwrap()], "", 2, "nowhere: ".to_owned()),
        (vec!["audit", "verify"], "", 2, "<FILE>".to_owned()),
    ] {
        let output = vitrine(&arguments, input);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(said.contains(&words), "{arguments:?}: {said}");
    }
}
