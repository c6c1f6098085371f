//! A session that another node goes on with.

use serde_json::{Value, json};

use super::{ANN, Scene, Seen, page, setup, text, to_agents, to_customer};
use crate::ids::{AgentKey, Epoch, Seq};
use crate::limits::Limits;
use crate::restrict::{RestrictionInput, RuleBook, RuleSetInput};
use crate::session::{Ask, Identity, News, Now, Person, Restored, Session, Setup, State, Step, Unreadable, first_kept};

/// A page's text with this class is masked.
fn shared() -> Setup {
    let masks = RuleSetInput { mask: vec![".secret".into()], ..RuleSetInput::default() };
    let rules = RestrictionInput { rule_sets: vec![masks], ..RestrictionInput::default() };
    Setup { has_log: true, ..setup(RuleBook::parse(&rules).unwrap(), &Limits::default()) }
}

/// The page, with its body of this class.
fn classed(seq: u64, class: &str, words: &str) -> Value {
    let mut frame = page(seq, words);
    frame["events"][1]["data"]["node"]["childNodes"][0]["childNodes"][0]["attributes"] = json!({ "class": class });
    frame
}

/// A page that was connected before, and knows of so many frames applied.
fn hello(instance: &str, resume: Option<(u64, u64)>) -> Value {
    let resume = resume.map(|(seq, epoch)| json!({ "seq": seq, "epoch": epoch }));
    json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": instance},
        "snippet": "1", "features": ["contact"], "resume": resume})
}

/// The next owner, with what the store has.
fn restored(kept: &[Vec<u8>], people: &[Person]) -> Scene {
    let kept: Vec<&[u8]> = kept.iter().map(Vec::as_slice).collect();
    let now = Now(2_000_000);
    let from = Restored { people, epoch: Epoch(9), seq: Seq(70_000), started_at: Now(1_000_000), kept: &kept };
    Scene::on(Session::restore(shared(), from, now).unwrap(), now)
}

#[test]
fn what_was_masked_stays_so_at_another_node() {
    let mut first = Scene::of(shared());
    first.say_hello(&hello("i1", None));
    first.customer(&classed(1, "secret", "SECRET"));
    let kept = vec![first.session.kept()];
    assert!(!kept[0].is_empty());
    for whole in [false, true] {
        let kept = if whole { vec![first.session.kept_whole()] } else { kept.clone() };
        let mut next = restored(&kept, &[]);
        next.join(ANN);
        let welcome = next.say_hello(&hello("i1", Some((1, 2))));
        assert_eq!(to_customer(&welcome, "snapshot").len(), 1, "at once");
        assert_eq!(to_customer(&welcome, "welcome")[0]["applied"], 1, "what was applied is not resent");
        let seen = next.customer(&classed(2, "", "SECRET"));
        let keyframe = &to_agents(&seen, "keyframe")[0].1;
        assert_eq!((&keyframe["epoch"], &keyframe["seq"]), (&json!(10), &json!(70_001)));
        assert!(!keyframe.to_string().contains("SECRET"), "the page dropped its class: {keyframe}");
        // Another document is another page.
        next.say_hello(&hello("i2", None));
        let seen = next.customer(&classed(1, "", "plain"));
        assert!(to_agents(&seen, "keyframe")[0].1.to_string().contains("plain"));
        // And the first again, by its name.
        next.say_hello(&hello("i1", Some((2, 10))));
        let seen = next.customer(&classed(1, "", "SECRET"));
        assert!(!to_agents(&seen, "keyframe")[0].1.to_string().contains("SECRET"));
    }
}

#[test]
fn only_what_is_new_is_kept_again() {
    let mut scene = Scene::of(shared());
    assert!(scene.session.kept().is_empty(), "nothing yet");
    scene.say_hello(&hello("i1", None));
    scene.customer(&classed(1, "secret", "SECRET"));
    assert!(!scene.session.kept().is_empty());
    scene.customer(&text(2, "more"));
    scene.customer(&classed(3, "secret", "SECRET"));
    assert!(scene.session.kept().is_empty(), "the same nodes");
    scene.identify(Some(Identity { attributes: crate::session::Attributes::default(), ends: Now(1_500_000) }));
    assert!(!scene.session.kept().is_empty());
    scene.session.kept_whole();
    assert!(scene.session.kept().is_empty());
}

#[test]
fn a_session_without_a_log_has_nothing_to_keep_and_encodes_for_nobody() {
    let mut scene = Scene::of(Setup { has_log: false, ..shared() });
    scene.say_hello(&hello("i1", None));
    for frame in [classed(1, "secret", "SECRET"), page(2, "x")] {
        let steps = scene.session.customer_frame(scene.now, frame.to_string().as_bytes());
        assert!(steps.iter().any(|step| matches!(step, Step::Publish(News::Skipped { .. }) | Step::ToCustomer(_))));
        let is_frame = |step: &Step| matches!(step, Step::Publish(News::Events { .. } | News::Keyframe { .. }));
        assert!(!steps.iter().any(is_frame), "{steps:?}");
    }
    let masks = scene.session.view.sticky_mut().take_changes();
    assert!(masks.instances.is_empty(), "{masks:?}");
}

#[test]
fn what_the_store_has_and_nobody_can_read_ends_the_session() {
    let from = Restored { people: &[], epoch: Epoch(2), seq: Seq(1), started_at: Now(5), kept: &[b"\x09"] };
    assert_eq!(Session::restore(shared(), from, Now(6)).err(), Some(Unreadable));
}

#[test]
fn who_the_customer_is_travels_and_a_page_that_follows_is_asked_again() {
    let name = json!({ "name": "Jane" }).as_object().cloned().unwrap();
    let (attributes, _) = crate::session::Attributes::pick(name, &["name".to_owned()], &Limits::default());
    let identity = Identity { attributes, ends: Now(2_400_000) };
    let begun = first_kept(Some(identity));
    let mut first = restored(std::slice::from_ref(&begun), &[]);
    assert!(first.session.facts().customer.verified);
    first.say_hello(&hello("i1", None));
    first.customer(&json!({"t": "attributes", "attributes": {"plan": "Gold"}}));
    let kept = [begun, first.session.kept()];
    for (instance, asked) in [("i1", 0), ("i2", 1)] {
        let mut next = restored(&kept, &[]);
        let customer = serde_json::to_value(&next.session.facts().customer).unwrap();
        assert_eq!((&customer["attributes"]["name"], &customer["claimed"]["plan"]), (&json!("Jane"), &json!("Gold")));
        let seen = next.say_hello(&hello(instance, Some((0, 9))));
        assert_eq!(to_customer(&seen, "contact-request").len(), asked, "{instance}");
    }
}

#[test]
fn who_was_there_counts_until_the_nodes_have_told_anew() {
    let person = |key, name: &str| Person { key: AgentKey(key), name: name.into(), joined: true };
    let mut next = restored(&[], &[person(7, "Ann"), person(8, "Ben")]);
    let named = |seen: &[Seen]| -> Vec<Value> {
        let told = to_customer(seen, "participants");
        told.last().map_or(Vec::new(), |told| {
            told["agents"].as_array().unwrap().iter().map(|agent| agent["name"].clone()).collect()
        })
    };
    assert_eq!(named(&next.say_hello(&hello("i1", None))), ["Ann", "Ben"], "nobody seems to have left");
    let seen = next.act(|session, now| session.ask(now, Ask::People { node: 4, people: vec![person(7, "Ann")] }));
    assert_eq!(named(&seen), ["Ann", "Ben"]);
    assert_eq!(named(&next.wait(5_000)), ["Ann"], "of Ben nobody has told");
    let seen = next.act(|session, now| session.ask(now, Ask::People { node: 4, people: Vec::new() }));
    assert_eq!(to_customer(&seen, "participants")[0]["agents"], json!([]));
}

#[test]
fn what_is_stored_is_told_apart_from_what_is_applied() {
    let mut scene = Scene::of(shared());
    scene.say_hello(&hello("i1", None));
    scene.customer(&page(1, "one"));
    let first = scene.session.applied();
    scene.customer(&text(2, "two"));
    let ack = |seen: &[Seen]| {
        let ack = to_customer(seen, "ack").remove(0);
        (ack["applied"].as_u64().unwrap(), ack["stored"].as_u64().unwrap())
    };
    assert_eq!(ack(&scene.wait(250)), (2, 0));
    scene.session.stored(first);
    assert_eq!(ack(&scene.wait(250)), (2, 1));
    let second = scene.session.applied();
    scene.say_hello(&hello("i2", None));
    scene.session.stored(second);
    assert_eq!(ack(&scene.wait(2_000)), (0, 0), "that was another page");
}

#[test]
fn a_store_that_is_back_gets_the_page_under_a_new_epoch() {
    let mut scene = Scene::of(shared());
    assert_eq!(scene.session.renew(scene.now, Epoch(5)).len(), 1, "no page: only what the session is");
    scene.say_hello(&hello("i1", None));
    scene.customer(&page(1, "one"));
    scene.join(ANN);
    scene.customer(&text(2, "two"));
    for (at_least, epoch) in [(3, 7), (40, 40)] {
        let seen = scene.act(|session, now| session.renew(now, Epoch(at_least)));
        let keyframe = &to_agents(&seen, "keyframe")[0].1;
        assert_eq!(keyframe["epoch"], epoch);
        assert!(keyframe.to_string().contains("two"));
    }
    assert_eq!(to_agents(&scene.customer(&text(3, "three")), "events")[0].1["epoch"], 40);
}

#[test]
fn what_other_nodes_fetch_early_is_told_by_tokens_that_they_can_open() {
    let mut scene = Scene::of(shared());
    scene.say_hello(&hello("i1", None));
    let mut frame = page(1, "one");
    let css = ":checked { background: url(https://cdn.example/a) }";
    frame["events"][1]["data"]["node"]["childNodes"][0]["childNodes"][0]["childNodes"][0] =
        json!({"type": 2, "id": 5, "tagName": "style", "attributes": {"_cssText": css}, "childNodes": []});
    let steps = scene.session.customer_frame(scene.now, frame.to_string().as_bytes());
    let [Step::FetchEarly(early), Step::Publish(News::Early(tokens)), ..] = &steps[..] else { panic!("{steps:?}") };
    assert!(!format!("{tokens:?}").contains("cdn"));
    let opened: Vec<_> = tokens.iter().map(|token| scene.session.setup.opener.open(token).unwrap()).collect();
    assert_eq!(opened.len(), 1);
    assert_eq!((&opened[0].url, opened[0].kind), (&early[0].url, early[0].kind));
    assert_eq!(opened[0].session, scene.session.setup.id);
}

#[test]
fn another_node_asks_for_an_asset_by_a_token_of_this_session() {
    let mut scene = Scene::of(shared());
    let mut hello = hello("i1", None);
    hello["features"] = json!(["assets"]);
    scene.say_hello(&hello);
    scene.customer(&page(1, "one"));
    let here = scene.session.setup.sealer.token("https://cdn.example/a.png", crate::asset::AssetKind::Image).unwrap();
    let key = crate::asset::AssetKey { id: 1, secret: [1; 32] };
    let other = crate::asset::Sealer::new(&key, crate::ids::SessionId::new("s2").unwrap(), "");
    let elsewhere = other.token("https://cdn.example/a.png", crate::asset::AssetKind::Image).unwrap();
    for (token, asked) in [(here, 1), (elsewhere, 0), ("https://cdn.example/a.png".to_owned(), 0)] {
        let ask = Ask::WantAsset { request: 3, token, bytes_max: 9 };
        let seen = scene.act(|session, now| session.ask(now, ask));
        assert_eq!(to_customer(&seen, "asset-request").len(), asked);
    }
}

#[test]
fn numbers_that_a_page_chooses_break_nothing() {
    for seq in [u64::MAX, u64::MAX - 1, 1 << 53] {
        let mut next = restored(&[], &[]);
        next.say_hello(&hello("i1", Some((seq, u64::MAX))));
        next.customer(&page(u64::MAX, "one"));
        next.customer(&page(1, "one"));
        next.wait(2_000);
        assert_ne!(next.session.facts().state, State::Ended);
        next.say_hello(&hello("i2", Some((seq, u64::MAX))));
        next.customer(&page(1, "one"));
        next.wait(2_000);
    }
}
