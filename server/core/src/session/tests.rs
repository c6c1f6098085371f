//! One session from outside: bytes and the time in, steps out.

use serde_json::{Value, json};

use super::{AgentProfile, AssetRequest, CloseCode, EndReason, Now, Session, State};
use crate::access::{Privilege, PrivilegeSet, Rights, Sites};
use crate::asset::{AssetKind, EarlyFetch};
use crate::ids::AgentKey;
use crate::limits::Limits;
use crate::restrict::{RestrictionInput, RuleBook, RuleSetInput};
use scene::{Scene, Seen, setup};

mod contact;
mod restore;
mod scene;

const ANN: AgentKey = AgentKey(1);
const BEN: AgentKey = AgentKey(2);

/// An agent who came by code and may do this besides.
fn helper(key: AgentKey, privileges: &[Privilege]) -> AgentProfile {
    let privileges =
        privileges.iter().fold(PrivilegeSet::default().with(Privilege::SessionJoin), |set, more| set.with(*more));
    AgentProfile {
        key,
        name: "Ann".into(),
        rights: Rights { privileges, sites: Sites::All, session: None },
        joined: true,
    }
}

/// One who watches.
fn supervisor(key: AgentKey) -> AgentProfile {
    let privileges = PrivilegeSet::default().with(Privilege::SessionMonitor).with(Privilege::SessionControl);
    let rights = Rights { privileges, sites: Sites::All, session: None };
    AgentProfile { key, name: "Sue".into(), rights, joined: false }
}

fn page(seq: u64, text: &str) -> Value {
    let body = json!({"type": 2, "id": 4, "tagName": "body", "attributes": {}, "childNodes": [{"type": 3, "id": 5, "textContent": text}]});
    let html = json!({"type": 2, "id": 2, "tagName": "html", "attributes": {}, "childNodes": [body]});
    json!({"t": "events", "seq": seq, "events": [
        {"type": 4, "data": {"href": "https://shop.example/?q=1", "width": 800, "height": 600}, "timestamp": 5},
        {"type": 2, "data": {"node": {"type": 0, "id": 1, "childNodes": [html]}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 5},
    ]})
}

fn text(seq: u64, words: &str) -> Value {
    let data = json!({"source": 0, "texts": [{"id": 5, "value": words}], "adds": [], "removes": [], "attributes": []});
    json!({"t": "events", "seq": seq, "events": [{"type": 3, "data": data, "timestamp": 6}]})
}

/// The messages of one kind to agents, with who gets them.
fn to_agents(seen: &[Seen], kind: &str) -> Vec<(Vec<AgentKey>, Value)> {
    seen.iter()
        .filter_map(|seen| match seen {
            Seen::ToAgents(keys, frame) => Some((keys.clone(), serde_json::from_str::<Value>(frame.get()).unwrap())),
            _ => None,
        })
        .filter(|(_, message)| message["t"] == kind)
        .collect()
}

fn to_customer(steps: &[Seen], kind: &str) -> Vec<Value> {
    steps
        .iter()
        .filter_map(|step| match step {
            Seen::ToCustomer(text) => Some(serde_json::from_str::<Value>(text).unwrap()),
            _ => None,
        })
        .filter(|message| message["t"] == kind)
        .collect()
}

#[test]
fn an_agent_gets_the_page_and_then_what_follows() {
    let mut scene = Scene::live();
    let steps = scene.join(ANN);
    assert_eq!(to_agents(&steps, "welcome")[0].1["session"], "s1");
    assert_eq!(to_customer(&steps, "participants")[0]["expiresAt"], 1_600_000);
    let keyframe = &to_agents(&steps, "keyframe")[0].1;
    assert_eq!(keyframe["seq"], 1);
    assert_eq!(keyframe["events"][0]["data"]["href"], "https://shop.example/", "the query is not shown");
    assert_eq!(to_customer(&steps, "participants")[0]["agents"][0]["name"], "Ann");
    let events = to_agents(&scene.customer(&text(2, "changed")), "events");
    assert_eq!((events[0].1["seq"].clone(), events[0].1["epoch"].clone()), (json!(2), keyframe["epoch"].clone()));
    let late = scene.join(BEN);
    assert_eq!(to_agents(&late, "keyframe")[0].1["seq"], 2);
    assert!(to_agents(&late, "keyframe")[0].1.to_string().contains("changed"));
}

#[test]
fn an_event_that_changes_nothing_is_not_sent_and_takes_no_number() {
    let mut scene = Scene::live();
    scene.join(ANN);
    assert!(to_agents(&scene.customer(&text(2, "hello")), "events").is_empty());
    assert_eq!(to_agents(&scene.customer(&text(3, "new")), "events")[0].1["seq"], 2);
}

#[test]
fn repeated_frames_are_ignored_and_a_gap_asks_for_a_snapshot() {
    let mut scene = Scene::live();
    scene.join(ANN);
    scene.customer(&text(2, "two"));
    assert!(to_agents(&scene.customer(&text(2, "again")), "events").is_empty());
    let steps = scene.customer(&text(9, "nine"));
    assert!(to_agents(&steps, "events").is_empty());
    assert_eq!(to_customer(&steps, "snapshot").len(), 1);
    assert!(to_customer(&scene.customer(&text(10, "ten")), "snapshot").is_empty(), "not twice within 5 s");
    assert_eq!(to_customer(&scene.wait(5_000), "snapshot").len(), 1, "but again after that");
    let keyframe = to_agents(&scene.customer(&page(11, "whole")), "keyframe");
    assert_eq!((keyframe[0].1["seq"].clone(), keyframe[0].1["epoch"].clone()), (json!(3), json!(3)));
    assert!(to_customer(&scene.wait(20_000), "snapshot").is_empty());
}

#[test]
fn frames_that_are_not_ours_close_the_socket() {
    let rows = [
        "",
        "not json",
        "[]",
        "{}",
        "{\"t\":\"nonsense\"}",
        "{\"t\":\"events\"}",
        "{\"t\":\"events\",\"seq\":2,\"events\":[{]}",
        "{\"t\":\"events\",\"seq\":-1,\"events\":[]}",
        "{\"t\":\"hello\"}",
        "{\"t\":\"events\",\"seq\":2,\"events\":{}}",
    ];
    for row in rows {
        let mut scene = Scene::live();
        let steps = scene.act(|session, now| session.customer_frame(now, row.as_bytes()));
        assert_eq!(steps, [Seen::CloseCustomer(CloseCode::Malformed)], "{row}");
    }
    let mut scene = Scene::new();
    scene.act(Session::customer_attached);
    assert_eq!(scene.customer(&page(1, "before hello")), [Seen::CloseCustomer(CloseCode::Malformed)]);
    let mut scene = Scene::live();
    scene.join(ANN);
    assert_eq!(scene.agent(ANN, &json!({"t": "nonsense"})), [Seen::CloseAgent(ANN, CloseCode::Malformed)]);
}

#[test]
fn a_bad_event_is_refused_alone_and_one_over_a_limit_closes() {
    let mut scene = Scene::live();
    scene.join(ANN);
    let mut frame = text(2, "before");
    frame["events"].as_array_mut().unwrap().push(json!({"type": 3, "data": {"source": 0, "adds": [{"parentId": 99, "nextId": null, "node": {"type": 3, "id": 50, "textContent": "x"}}], "removes": [], "texts": [], "attributes": []}, "timestamp": 7}));
    let steps = scene.customer(&frame);
    assert_eq!(to_agents(&steps, "events")[0].1["events"].as_array().unwrap().len(), 1, "the event before it stands");
    assert_eq!(to_customer(&steps, "snapshot").len(), 1);
    let long = "x".repeat(Limits::default().text_bytes + 1);
    assert!(scene.customer(&text(3, &long)).contains(&Seen::CloseCustomer(CloseCode::OverLimit)));
}

#[test]
fn a_new_page_is_a_new_epoch_and_a_return_to_the_old_one_needs_a_snapshot() {
    let mut scene = Scene::live();
    let joined = scene.join(ANN);
    let epoch = to_agents(&joined, "keyframe")[0].1["epoch"].as_u64().unwrap();
    scene.detach();
    assert_eq!(scene.session.facts().state, State::Away);
    let welcome = scene.attach("i2");
    assert_eq!(to_customer(&welcome, "welcome")[0]["applied"], 0);
    let keyframe = to_agents(&scene.customer(&page(1, "second page")), "keyframe");
    assert_eq!(keyframe[0].1["epoch"], epoch + 1);
}

#[test]
fn the_same_page_goes_on_after_a_lost_socket() {
    let mut scene = Scene::live();
    scene.join(ANN);
    scene.detach();
    let welcome = scene.attach("i1");
    assert_eq!(to_customer(&welcome, "welcome")[0]["applied"], 1);
    assert!(to_customer(&welcome, "snapshot").is_empty());
    assert_eq!(to_agents(&scene.customer(&text(2, "after")), "events").len(), 1);
}

#[test]
fn an_agent_who_was_away_gets_what_she_missed_or_a_keyframe() {
    let mut scene = Scene::live();
    let epoch = to_agents(&scene.join(ANN), "keyframe")[0].1["epoch"].clone();
    scene.leave(ANN);
    scene.customer(&text(2, "missed"));
    for (resume, kind) in [(json!({"epoch": epoch, "seq": 1}), "events"), (json!({"epoch": 1, "seq": 1}), "keyframe")] {
        scene.come_in(helper(ANN, &[]));
        let steps = scene.agent(ANN, &json!({"t": "hello", "resume": resume, "features": []}));
        let found = to_agents(&steps, kind);
        assert_eq!(found.len(), 1, "{resume} {kind}");
        assert_eq!(found[0].1["seq"], 2);
        scene.leave(ANN);
    }
}

#[test]
fn a_paused_customer_is_taken_again_from_her_next_snapshot() {
    let mut scene = Scene::live();
    scene.join(ANN);
    assert_eq!(to_agents(&scene.customer(&json!({"t": "pause"})), "participants")[0].1["state"], "paused");
    assert!(to_agents(&scene.customer(&text(2, "while paused")), "events").is_empty());
    let steps = scene.customer(&page(3, "again"));
    assert_eq!(to_agents(&steps, "keyframe").len(), 1);
    assert_eq!(scene.session.facts().state, State::Live);
}

#[test]
fn nothing_of_what_a_page_does_while_paused_reaches_agents() {
    let mut scene = Scene::live();
    scene.join(ANN);
    scene.customer(&json!({"t": "pause"}));
    let meta = json!({"type": 4, "data": {"href": "https://shop.example/elsewhere", "width": 640, "height": 480}, "timestamp": 6});
    let steps = scene.customer(&json!({"t": "events", "seq": 2, "events": [meta]}));
    assert!(!format!("{steps:?}").contains("elsewhere"), "{steps:?}");
    assert!(!format!("{:?}", scene.join(BEN)).contains("elsewhere"), "a late agent sees the page as it was");
    let mut again = page(3, "again");
    again["events"].as_array_mut().unwrap().remove(0);
    let keyframe = &to_agents(&scene.customer(&again), "keyframe")[0].1;
    assert_eq!(keyframe["events"][0]["data"]["href"], "https://shop.example/elsewhere");
}

#[test]
fn a_customer_who_comes_back_from_a_pause_that_missed_something_is_asked_for_her_page() {
    for (missed, asked) in [(true, 1), (false, 0)] {
        let mut scene = Scene::live();
        scene.customer(&json!({"t": "pause"}));
        if missed {
            scene.customer(&text(2, "while paused"));
        }
        scene.detach();
        assert_eq!(to_customer(&scene.attach("i1"), "snapshot").len(), asked);
    }
}

#[test]
fn a_pause_is_not_ended_by_a_snapshot_that_was_still_wanted() {
    let mut scene = Scene::live();
    assert_eq!(to_customer(&scene.customer(&text(9, "after a gap")), "snapshot").len(), 1);
    scene.customer(&json!({"t": "pause"}));
    for _ in 0..30 {
        assert!(to_customer(&scene.wait(1_000), "snapshot").is_empty());
    }
}

#[test]
fn a_generation_heard_of_from_the_customer_begins_with_her_snapshot() {
    let mut scene = Scene::live();
    scene.join(ANN);
    scene.detach();
    scene.act(Session::customer_attached);
    let hello = json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": "i1"}, "snippet": "1", "features": [], "resume": {"seq": 1, "epoch": 41}});
    let steps = scene.customer(&hello);
    assert_eq!(to_customer(&steps, "snapshot").len(), 1);
    assert!(to_agents(&scene.customer(&text(2, "of the old one")), "events").is_empty());
    let keyframe = to_agents(&scene.customer(&page(3, "of the new one")), "keyframe").remove(0).1;
    assert_eq!(keyframe["epoch"], 42);
}

#[test]
fn a_page_that_comes_back_is_asked_at_once_however_lately_it_was_asked() {
    let mut scene = Scene::live();
    assert_eq!(to_customer(&scene.customer(&text(9, "after a gap")), "snapshot").len(), 1);
    for _ in 0..3 {
        scene.detach();
        assert_eq!(to_customer(&scene.attach("i1"), "snapshot").len(), 1);
    }
    assert!(to_customer(&scene.wait(4_000), "snapshot").is_empty(), "but not again on the same connection");
    assert_eq!(to_customer(&scene.wait(1_000), "snapshot").len(), 1);
}

#[test]
fn a_page_that_notes_epochs_hears_of_each() {
    let mut scene = Scene::live();
    let ack = |scene: &mut Scene| to_customer(&scene.wait(2_000), "ack")[0]["epoch"].clone();
    assert_eq!(ack(&mut scene), Value::Null, "what it did not ask for it does not get");
    scene.detach();
    let page_of = json!({"url": "https://shop.example/", "title": "", "tab": "t", "instance": "i1"});
    scene.say_hello(&json!({"t": "hello", "page": page_of, "snippet": "1", "features": ["epochs"]}));
    assert_eq!(ack(&mut scene), 2);
    scene.customer(&page(2, "another"));
    assert_eq!(ack(&mut scene), 3);
}

#[test]
fn acknowledgements_go_out_soon_and_then_as_a_sign_of_life() {
    let mut scene = Scene::live();
    assert_eq!(to_customer(&scene.wait(250), "ack")[0]["applied"], 1);
    assert!(to_customer(&scene.wait(1_000), "ack").is_empty());
    assert_eq!(to_customer(&scene.wait(1_000), "ack")[0]["applied"], 1);
    assert_eq!(scene.session.poll_timeout(), Some(Now(scene.now.0 + 2_000)));
}

#[test]
fn timestamps_are_ours_and_never_fall() {
    let mut scene = Scene::live();
    scene.join(ANN);
    let scroll = |at: f64| json!({"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": at}, "timestamp": at});
    let frame = json!({"t": "events", "seq": 2, "events": [scroll(1e15), scroll(5_000.0), scroll(5_300.0), scroll(-7.0), scroll(5_400.0)]});
    let events = to_agents(&scene.customer(&frame), "events").remove(0).1;
    let times: Vec<i64> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["timestamp"].as_i64().unwrap() - 1_000_000)
        .collect();
    assert_eq!(times, [0, 0, 0, 0, 0], "a clock that jumps cannot push agents into the future or the past");
    scene.now.0 += 10_000;
    let frame = json!({"t": "events", "seq": 3, "events": [scroll(5_000.0), scroll(5_300.0), scroll(5_400.0)]});
    let events = to_agents(&scene.customer(&frame), "events").remove(0).1;
    let times: Vec<i64> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["timestamp"].as_i64().unwrap() - 1_010_000)
        .collect();
    assert_eq!(times, [-400, -100, 0]);
}

#[test]
fn sessions_end_for_all() {
    type Way<'a> = (&'a dyn Fn(&mut Scene) -> Vec<Seen>, EndReason, CloseCode);
    let ways: [Way<'_>; 5] = [
        (&|scene| scene.customer(&json!({"t": "end"})), EndReason::Customer, CloseCode::Ended),
        (&|scene| scene.wait(600_000), EndReason::Idle, CloseCode::Idle),
        (&|scene| scene.wait(3_600_000), EndReason::Duration, CloseCode::Ended),
        (
            &|scene| {
                scene.detach();
                scene.wait(60_000)
            },
            EndReason::CustomerLost,
            CloseCode::Ended,
        ),
        (
            &|scene| scene.act(|session, now| session.end(now, EndReason::Shutdown)),
            EndReason::Shutdown,
            CloseCode::Draining,
        ),
    ];
    for (way, reason, close) in ways {
        let mut scene = Scene::live();
        scene.join(ANN);
        let steps = way(&mut scene);
        assert_eq!(to_agents(&steps, "ended")[0].1["reason"], reason.word());
        assert!(steps.contains(&Seen::CloseAgent(ANN, close)), "{reason:?}");
        assert_eq!(steps.last(), Some(&Seen::Ended(reason)));
        assert!(scene.customer(&text(2, "after the end")).is_empty());
        assert_eq!(scene.act(|session, now| session.set_join_code(now, None)), [], "a code of a session that is over");
        assert_eq!(scene.act(Session::customer_attached), [], "a page that comes late");
        assert_eq!(scene.act(|session, now| session.set_join_code(now, None)), []);
        assert_eq!(scene.session.poll_timeout(), None);
    }
}

#[test]
fn an_agent_ends_a_session_only_by_privilege_and_comes_in_only_within_the_limit() {
    let mut scene = Scene::live();
    scene.join(ANN);
    assert_eq!(scene.agent(ANN, &json!({"t": "end"})), [Seen::CloseAgent(ANN, CloseCode::NotAllowed)]);
    scene.come_in(helper(BEN, &[Privilege::SessionEnd]));
    assert_eq!(scene.come_in(helper(AgentKey(3), &[])), [Seen::CloseAgent(AgentKey(3), CloseCode::OverLimit)]);
    assert_eq!(scene.agent(BEN, &json!({"t": "end"})).last(), Some(&Seen::Ended(EndReason::Agent)));
}

#[test]
fn what_no_browser_may_be_left_to_fetch_is_fetched_before_it_is_named() {
    let mut scene = Scene::live();
    scene.join(ANN);
    let rule = |seq: u64, at: &str| {
        let css = format!(":checked {{ background: url(https://cdn.example/{at}) }}");
        let style =
            json!({"type": 2, "id": 10 + seq, "tagName": "style", "attributes": {"_cssText": css}, "childNodes": []});
        let data = json!({"source": 0, "texts": [], "adds": [{"parentId": 4, "nextId": null, "node": style}], "removes": [], "attributes": []});
        json!({"t": "events", "seq": seq, "events": [{"type": 3, "data": data, "timestamp": 6}]})
    };
    let steps = scene.customer(&rule(2, "a"));
    let fetch = EarlyFetch { url: "https://cdn.example/a".into(), kind: AssetKind::Image };
    assert_eq!(steps[0], Seen::FetchEarly(vec![fetch]));
    assert_eq!(to_agents(&steps, "events").len(), 1);
    let is_fetch = |step: &Seen| matches!(step, Seen::FetchEarly(_));
    assert!(!scene.customer(&rule(3, "a")).iter().any(is_fetch), "it was begun");
    assert!(!scene.join(BEN).iter().any(is_fetch), "nor does the page as a whole begin it again");
}

#[test]
fn a_ping_comes_back_with_the_very_number_that_was_sent() {
    let mut scene = Scene::live();
    scene.join(ANN);
    for sent in
        ["1795321234567.8999", "12345.700000000186", "0.1", "5e-324", "9007199254740993", "-0.30000000000000004"]
    {
        let steps = scene
            .hear(|audience, now| audience.frame(now, ANN, format!("{{\"t\":\"ping\",\"sent\":{sent}}}").as_bytes()));
        let [Seen::ToAgents(_, frame)] = &steps[..] else { panic!("{steps:?}") };
        let back = frame.get().split("\"sent\":").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        assert_eq!(back.parse::<f64>().unwrap().to_bits(), sent.parse::<f64>().unwrap().to_bits(), "{sent}: {back}");
    }
}

#[test]
fn another_address_of_the_same_document_brings_its_rules_to_page_mirror_and_agents() {
    let account = RuleSetInput {
        pages: vec!["https://shop.example/account".into()],
        mask: vec!["body".into()],
        ..RuleSetInput::default()
    };
    let rules = RestrictionInput { rule_sets: vec![account], ..RestrictionInput::default() };
    let mut scene = Scene::with_rules(RuleBook::parse(&rules).unwrap());
    scene.attach("i1");
    scene.customer(&page(1, "SECRET"));
    scene.join(ANN);
    let moves = |seq: u64, path: &str| {
        let meta = json!({"href": format!("https://shop.example{path}"), "width": 800, "height": 600});
        json!({"t": "events", "seq": seq, "events": [{"type": 4, "data": meta, "timestamp": 6}]})
    };

    let steps = scene.customer(&moves(2, "/help"));
    assert!(to_customer(&steps, "rules").is_empty(), "the same rules hold there");
    assert_eq!(to_agents(&steps, "events")[0].1["events"][0]["data"]["href"], "https://shop.example/help");
    assert!(to_agents(&scene.customer(&moves(3, "/help?q=2")), "events").is_empty(), "agents are not told of queries");

    let steps = scene.customer(&moves(4, "/account"));
    assert_eq!(to_customer(&steps, "rules")[0]["rules"]["mask"], json!(["body"]));
    let keyframe = &to_agents(&steps, "keyframe")[0].1;
    assert_eq!(keyframe["events"][0]["data"]["href"], "https://shop.example/account");
    assert!(!keyframe.to_string().contains("SECRET"));

    let steps = scene.customer(&moves(5, "/help"));
    assert_eq!(to_customer(&steps, "rules")[0]["rules"]["mask"], json!([]));
    assert!(!to_agents(&steps, "keyframe")[0].1.to_string().contains("SECRET"), "what was masked stays so");
}

#[test]
fn nobody_keeps_the_server_busy_by_going_back_and_forth_between_rules() {
    let body = RuleSetInput {
        pages: vec!["https://shop.example/a".into()],
        mask: vec!["body".into()],
        ..RuleSetInput::default()
    };
    let rules = RestrictionInput { rule_sets: vec![body], ..RestrictionInput::default() };
    let mut scene =
        Scene::with_limits(RuleBook::parse(&rules).unwrap(), &Limits { work_bytes: 4096, ..Limits::default() });
    scene.attach("i1");
    scene.customer(&page(1, "text"));
    let meta = |at: usize| json!({"href": format!("https://shop.example/{}", ["a", "b"][at % 2]), "width": 800, "height": 600});
    let events: Vec<Value> = (0..100).map(|at| json!({"type": 4, "data": meta(at), "timestamp": 6})).collect();
    let steps = scene.customer(&json!({"t": "events", "seq": 2, "events": events}));
    let told = to_customer(&steps, "rules").len();
    assert!((1..10).contains(&told), "judged anew {told} times");
    assert_eq!(to_customer(&steps, "snapshot").len(), 1, "and then waits for a page as a whole");
}

#[test]
fn a_page_is_asked_for_an_asset_while_it_can_answer() {
    let wanted =
        AssetRequest { request: 7, url: "https://cdn.example/a.png".into(), kind: AssetKind::Image, bytes_max: 9 };
    let mut scene = Scene::live();
    assert_eq!(scene.want_asset(&wanted), [], "it knows no such request");
    let hello = json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": "i2"}, "snippet": "1", "features": ["other", "assets"]});
    scene.detach();
    scene.say_hello(&hello);
    assert_eq!(scene.want_asset(&wanted), [], "it has shown nothing yet");
    scene.customer(&page(1, "hello"));
    let asked = to_customer(&scene.want_asset(&wanted), "asset-request");
    let message = json!({"t": "asset-request", "request": 7, "url": "https://cdn.example/a.png", "kind": "image", "bytes_max": 9});
    assert_eq!(asked, [message]);
    scene.customer(&json!({"t": "pause"}));
    assert_eq!(scene.want_asset(&wanted), [], "it is paused");
    scene.customer(&page(2, "hello"));
    assert_eq!(scene.want_asset(&wanted).len(), 1);
    scene.detach();
    assert_eq!(scene.want_asset(&wanted), [], "it is away");
}

#[test]
fn who_watches_takes_no_place_and_is_shown_to_the_customer_unless_that_is_switched_off() {
    for (shows, told) in [(true, json!(["agent", "agent", "supervisor"])), (false, json!(["agent", "agent"]))] {
        let mut scene = Scene::live();
        scene.session.setup.show_supervisors = shows;
        scene.join(ANN);
        scene.join(BEN);
        let steps = scene.come_in(supervisor(AgentKey(3)));
        let roles =
            |people: &Value| people.as_array().unwrap().iter().map(|one| one["role"].clone()).collect::<Value>();
        let agents = to_agents(&steps, "participants");
        assert_eq!(roles(&agents[0].1["participants"]), json!(["agent", "agent", "supervisor"]));
        assert_eq!(to_agents(&steps, "welcome")[0].1["privileges"], json!(["session.monitor"]));
        let Some(Seen::ToCustomer(last)) = steps.last() else { panic!("{steps:?}") };
        assert_eq!(roles(&serde_json::from_str::<Value>(last).unwrap()["agents"]), told);
    }
}

#[test]
fn a_command_is_judged_by_its_kind_before_anything_else() {
    let mut scene = Scene::live();
    scene.come_in(helper(ANN, &[Privilege::SessionControl]));
    scene.come_in(supervisor(BEN));
    for (agent, kind, code) in [
        (ANN, json!("click"), "not-available"),
        (ANN, json!("navigate"), "not-allowed"),
        (ANN, json!("fly"), "not-allowed"),
        (ANN, json!(null), "not-allowed"),
        (BEN, json!("click"), "not-allowed"),
    ] {
        let steps = scene.agent(agent, &json!({"t": "command", "id": 1, "kind": kind}));
        assert_eq!(to_agents(&steps, "result")[0].1["error"]["code"], code, "{kind}");
    }
}

#[test]
fn rights_that_change_hold_at_once_and_are_told() {
    let mut scene = Scene::live();
    scene.come_in(helper(ANN, &[Privilege::SessionEnd]));
    let rights = helper(ANN, &[]).rights;
    let steps = scene.hear(|audience, _| audience.rights(ANN, rights.clone()));
    assert_eq!(to_agents(&steps, "welcome")[0].1["privileges"], json!(["session.join"]));
    assert_eq!(scene.hear(|audience, _| audience.rights(ANN, rights.clone())), [], "nothing new");
    assert_eq!(scene.agent(ANN, &json!({"t": "end"})), [Seen::CloseAgent(ANN, CloseCode::NotAllowed)]);
}
