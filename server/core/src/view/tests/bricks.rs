//! What would stop a player for good: each of these throws in a browser, and nothing plays after it.

use serde_json::{Value, json};

use super::{Live, add, element, mutation, text};
use crate::limits::Limits;
use crate::restrict::RestrictionInput;

fn whole(root: Value) -> Value {
    json!({"type": 2, "data": {"node": {"type": 0, "id": 1, "childNodes": root}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 1})
}

fn frame(children: Value) -> Value {
    json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": children}]})
}

#[test]
fn a_page_whose_element_does_not_leave_is_still_a_page() {
    for name in ["script", "template", "meta", "link", "noscript"] {
        let mut live = Live::new();
        live.event(&whole(json!([element(2, name, json!({"class": "m"}), json!([]))])));
        live.check_player();
    }
    let mut live = Live::new();
    let svg = json!({"type": 2, "id": 2, "tagName": "set", "isSVG": true, "attributes": {}, "childNodes": []});
    live.event(&whole(json!([svg])));
    live.check_player();
}

#[test]
fn a_page_does_not_lose_its_element() {
    let mut live = Live::page(json!([]));
    assert!(live.try_event(&mutation(&json!({"removes": [{"parentId": 1, "id": 2}]}))).is_err());
    live.check_player();
}

#[test]
fn a_frame_that_loses_its_element_loses_its_document_until_it_has_another() {
    for change in [
        json!({"removes": [{"parentId": 30, "id": 31}]}),
        json!({"attributes": [{"id": 31, "attributes": {"class": "h"}}]}),
    ] {
        let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
        live.mutate(&json!({"adds": [add(10, None, frame(json!([text(32, "inside")])))]}));
        live.mutate(&change);
        live.check_player();
        if change["removes"].is_array() {
            live.mutate(&json!({"adds": [add(30, None, element(40, "html", json!({}), json!([]))), add(40, None, text(41, "again"))]}));
            assert_eq!(live.player.text(41), Some("again"));
        }
        live.check_player();
    }
}

#[test]
fn a_doctype_stands_before_the_element() {
    let doctype = json!({"type": 1, "id": 5, "name": "html", "publicId": "", "systemId": ""});
    let mut live = Live::new();
    assert!(live.try_event(&whole(json!([element(2, "html", json!({}), json!([])), doctype]))).is_err());
    let mut live = Live::new();
    live.event(&whole(json!([element(2, "html", json!({}), json!([]))])));
    assert!(live.try_event(&mutation(&json!({"adds": [add(1, None, doctype.clone())]}))).is_err());
    let mut live = Live::new();
    live.event(&whole(json!([element(2, "html", json!({}), json!([]))])));
    live.mutate(&json!({"adds": [add(1, Some(2), doctype)]}));
    live.check_player();
}

fn shadow(mut node: Value) -> Value {
    node["isShadow"] = json!(true);
    node
}

fn host(mut node: Value) -> Value {
    node["isShadowHost"] = json!(true);
    node
}

#[test]
fn shadow_roots_stand_only_where_a_browser_attaches_them() {
    let inside = || json!([shadow(text(20, "shadow"))]);
    for name in ["a", "input", "td", "img", "select", "iframe", "style", "textarea"] {
        let mut live = Live::page(json!([host(element(10, name, json!({"rel": "x"}), inside()))]));
        live.mutate(&json!({"adds": [add(10, None, shadow(text(21, "more")))]}));
        live.check_player();
    }
    let mut live = Live::page(json!([host(element(10, "li", json!({"class": "b"}), inside()))]));
    live.mutate(&json!({"adds": [add(10, None, shadow(text(21, "more")))]}));
    live.check_player();
    let svg = json!({"type": 2, "id": 10, "tagName": "g", "isSVG": true, "isShadowHost": true, "attributes": {}, "childNodes": inside()});
    Live::page(json!([svg])).check_player();
    let mut live = Live::new();
    live.event(&whole(json!([shadow(element(2, "html", json!({}), json!([])))])));
    live.check_player();
}

#[test]
fn a_shadow_root_attached_later_is_one_for_those_who_come_later() {
    let mut live = Live::page(json!([element(10, "div", json!({}), json!([text(11, "light")]))]));
    live.mutate(&json!({"adds": [add(10, None, shadow(text(20, "shadow")))]}));
    assert_eq!(live.late()["childNodes"][1]["childNodes"][1]["childNodes"][0]["isShadowHost"], true);
    live.mutate(&json!({"adds": [add(10, None, shadow(text(21, "more")))]}));
}

#[test]
fn names_of_one_namespace_mean_nothing_in_the_other() {
    let svg = |id: u32, name: &str, attributes: Value| json!({"type": 2, "id": id, "tagName": name, "isSVG": true, "attributes": attributes, "childNodes": []});
    let mut live = Live::page(json!([
        svg(10, "iframe", json!({})),
        svg(11, "audio", json!({"rr_mediaState": "played", "rr_mediaVolume": 1})),
        svg(12, "canvas", json!({}))
    ]));
    live.mutate(&json!({"adds": [add(10, None, frame(json!([text(32, "inside")])))]}));
    assert!(live.player.find(30).is_none(), "a player cannot give a document to what is no frame");
    for data in [
        json!({"source": 7, "type": 0, "id": 11, "currentTime": 1}),
        json!({"source": 5, "id": 12, "text": "x", "isChecked": false}),
    ] {
        assert!(live.event(&json!({"type": 3, "data": data, "timestamp": 3})).is_empty(), "{data}");
    }
    live.check_player();
}

#[test]
fn a_frames_document_that_comes_again_is_a_keyframe() {
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
    let attach = |words| json!({"adds": [add(10, None, frame(json!([text(32, words)])))], "isAttachIframe": true});
    assert_eq!(live.mutate(&attach("first"))[0]["type"], 3);
    let again = live.mutate(&attach("second"));
    assert_eq!((again[0]["type"].as_u64(), again[1]["type"].as_u64()), (Some(4), Some(2)));
    assert_eq!(live.player.text(32), Some("second"));
    live.check_player();
}

#[test]
fn a_frames_document_goes_without_a_remove() {
    let document = |id: u32, words| json!({"type": 0, "id": id, "childNodes": [{"type": 2, "id": id + 1, "rootId": id, "tagName": "html", "attributes": {}, "childNodes": [text(id + 2, words)]}]});
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
    live.mutate(&json!({"adds": [add(10, None, document(30, "first"))]}));
    live.mutate(&json!({"adds": [add(10, None, document(40, "second"))]}));
    assert_eq!(live.player.text(42), Some("second"));
    live.check_player();
    live.mutate(&json!({"removes": [{"parentId": 10, "id": 40}]}));
    live.check_player();
    live.mutate(&json!({"removes": [{"parentId": 4, "id": 10}]}));
    live.check_player();
}

#[test]
fn a_frames_document_with_text_beside_it_is_put_back_where_it_was() {
    let fallback = json!([text(11, "old"), text(12, "browsers")]);
    let mut live = Live::page(json!([element(10, "iframe", json!({}), fallback)]));
    live.mutate(&json!({"adds": [add(10, None, frame(json!([text(32, "inside")])))]}));
    live.mutate(&json!({"adds": [add(10, None, text(13, "put there by a script"))]}));
    assert_eq!(live.player.text(32), Some("inside"));
    let before = live.late();
    let gone = json!({"removes": [{"parentId": 10, "id": 30}], "adds": [add(99, None, text(50, "x"))]});
    assert!(live.try_event(&mutation(&gone)).is_err());
    assert_eq!(live.late(), before, "refused whole");
}

#[test]
fn what_one_frame_may_cost_is_bounded() {
    let long: String = (0..20_000).map(|at| format!("--a{at}: 1;")).collect();
    let mut live = Live::within(RestrictionInput::default(), Limits { work_bytes: 4 << 20, ..Limits::default() });
    live.load(json!([element(10, "p", json!({"style": long}), json!([]))]));
    let event = |at: u32| mutation(&json!({"attributes": [{"id": 10, "attributes": {"title": at.to_string()}}]}));
    let taken = (0..1_000).take_while(|at| live.try_event(&event(*at)).is_ok()).count();
    assert!((5..50).contains(&taken), "{taken}");
    live.view.begin_frame();
    live.load(json!([text(10, "again")]));
    assert_eq!(live.player.text(10), Some("again"));
}
