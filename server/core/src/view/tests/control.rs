//! What an agent may act on.

use serde_json::json;

use super::{Live, element, text};
use crate::ids::NodeId;
use crate::restrict::{RestrictionInput, RuleSetInput};
use crate::view::ControlRefusal;

fn live(is_private: bool) -> Live {
    let list = |entries: &[&str]| entries.iter().map(|&entry| entry.to_owned()).collect();
    let rule_set = RuleSetInput {
        mask: list(&[".m"]),
        block: list(&[".b"]),
        hide: list(&[".h"]),
        no_control: list(&["#other", "form .pay, #send"]),
        unmask: list(&[".o"]),
        ..RuleSetInput::default()
    };
    let patterns = list(&["payment-card"]);
    Live::with(RestrictionInput { private_by_default: is_private, patterns, rule_sets: vec![rule_set] })
}

#[track_caller]
fn check(live: &Live, rows: &[(i64, &str)]) {
    for (id, wanted) in rows {
        let found = match live.view.may_control(NodeId::new(*id).unwrap()) {
            Ok(()) => String::new(),
            Err(ControlRefusal::Unknown) => "unknown".to_owned(),
            Err(ControlRefusal::Restricted(rule)) => rule,
        };
        assert_eq!(found, *wanted, "{id}");
    }
}

#[test]
fn a_rule_that_forbids_it_is_named() {
    let mut live = live(false);
    live.load(json!([
        element(10, "p", json!({}), json!([text(11, "open")])),
        element(
            20,
            "form",
            json!({}),
            json!([element(21, "div", json!({"class": "pay"}), json!([element(22, "input", json!({}), json!([]))]))])
        ),
        element(30, "button", json!({"id": "send"}), json!([])),
        element(31, "button", json!({"data-vitrine-no-control": ""}), json!([text(32, "x")])),
        element(40, "p", json!({"class": "m"}), json!([element(41, "a", json!({}), json!([]))])),
        element(42, "div", json!({"class": "b"}), json!([text(43, "x")])),
        element(44, "div", json!({"class": "h"}), json!([])),
        element(45, "input", json!({"type": "password"}), json!([])),
        element(46, "p", json!({"class": "m pay", "id": "other"}), json!([])),
        element(50, "iframe", json!({"rr_src": "https://pay.example/"}), json!([])),
        element(51, "iframe", json!({"src": "https://pay.example/"}), json!([])),
        element(52, "object", json!({}), json!([])),
        element(60, "p", json!({}), json!([text(61, "4111 1111 1111 1111")])),
        element(70, "input", json!({}), json!([])),
    ]));
    let rows = [
        (10, ""),
        (11, ""),
        (20, ""),
        (21, "form .pay, #send"),
        (22, "form .pay, #send"),
        (30, "form .pay, #send"),
        (31, "page:data-vitrine-no-control"),
        (32, "page:data-vitrine-no-control"),
        (40, ".m"),
        (41, ".m"),
        (42, ".b"),
        (43, "unknown"),
        (44, "unknown"),
        (45, "fixed:password"),
        (46, ".m"),
        (50, "fixed:frame"),
        (51, "fixed:frame"),
        (52, "fixed:frame"),
        (60, ""),
        (61, "remembered"),
        (70, ""),
        (99, "unknown"),
    ];
    check(&live, &rows);
    live.event(
        &json!({"type": 3, "data": {"source": 5, "id": 70, "text": "41111111", "isChecked": false}, "timestamp": 3}),
    );
    live.mutate(&json!({"attributes": [{"id": 40, "attributes": {"class": ""}}, {"id": 30, "attributes": {"id": ""}}, {"id": 10, "attributes": {"id": "other"}}]}));
    check(
        &live,
        &[(70, "pattern:held"), (40, "remembered"), (41, "remembered"), (30, ""), (10, "#other"), (11, "#other")],
    );
}

#[test]
fn the_inside_of_a_frame_of_the_own_origin_is_judged_by_itself() {
    let mut live = live(false);
    live.load(json!([element(10, "iframe", json!({}), json!([]))]));
    let page = json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": [
        {"type": 2, "id": 32, "rootId": 30, "tagName": "body", "attributes": {"class": "m"}, "childNodes": []}]}]});
    live.mutate(&json!({"adds": [super::add(10, None, page)], "isAttachIframe": true}));
    check(&live, &[(10, "fixed:frame"), (31, ""), (32, ".m")]);
}

#[test]
fn what_is_private_is_not_acted_on() {
    let mut live = live(true);
    live.load(json!([
        element(10, "button", json!({}), json!([])),
        element(11, "div", json!({"class": "o"}), json!([element(12, "button", json!({}), json!([]))]))
    ]));
    check(&live, &[(10, "private-by-default"), (12, "")]);
}
