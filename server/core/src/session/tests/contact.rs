//! Who the customer is, as her page and her agents hear of it.

use serde_json::{Map, Value, json};

use super::{ANN, BEN, Scene, Seen, page, to_agents, to_customer};
use crate::limits::Limits;
use crate::session::{Attributes, CloseCode, Identity, Now, Session};

/// Vouched for, for so long from now on.
fn vouched(scene: &Scene, attributes: &Value, for_ms: u64) -> Option<Identity> {
    let given: Map<String, Value> = attributes.as_object().cloned().unwrap();
    let allowed = ["name".to_owned(), "plan".to_owned()];
    let (attributes, _) = Attributes::pick(given, &allowed, &Limits::default());
    Some(Identity { attributes, ends: Now(scene.now.0 + for_ms) })
}

fn jane(scene: &Scene, for_ms: u64) -> Option<Identity> {
    vouched(scene, &json!({ "name": "Jane" }), for_ms)
}

/// A customer whose page can be asked for contact tokens.
fn knowing() -> Scene {
    let mut scene = Scene::new();
    hello(&mut scene);
    scene.customer(&page(1, "hello"));
    scene
}

fn hello(scene: &mut Scene) -> Vec<Seen> {
    hello_of(scene, "i1")
}

fn hello_of(scene: &mut Scene, instance: &str) -> Vec<Seen> {
    scene.act(Session::customer_attached);
    scene.customer(&json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": instance}, "snippet": "1", "features": ["contact"]}))
}

fn told(steps: &[Seen]) -> Vec<Value> {
    to_agents(steps, "customer").into_iter().map(|(_, message)| message["customer"].clone()).collect()
}

fn asked(steps: &[Seen]) -> usize {
    to_customer(steps, "contact-request").len()
}

#[test]
fn agents_hear_who_vouches_for_the_customer_and_when_nobody_does_any_more() {
    let mut scene = knowing();
    assert_eq!(to_agents(&scene.join(ANN), "welcome")[0].1["customer"], json!({ "verified": false, "attributes": {} }));
    let verified = json!({ "verified": true, "by": "Tidewell", "attributes": { "name": "Jane" } });
    let steps = scene.identify(jane(&scene, 60_000));
    assert_eq!(told(&steps), std::slice::from_ref(&verified));
    assert_eq!(to_agents(&scene.join(BEN), "welcome")[0].1["customer"], verified);
    let again = jane(&scene, 90_000);
    assert_eq!(told(&scene.identify(again)), [] as [Value; 0], "nothing is different");
    assert_eq!(told(&scene.identify(None)), [json!({ "verified": false, "attributes": {} })]);
}

#[test]
fn what_the_page_says_is_never_taken_for_what_the_website_does() {
    let mut scene = knowing();
    scene.join(ANN);
    let says = json!({"t": "attributes", "attributes": {"name": "The Queen", "plan": "Gold", "other": "x"}});
    let steps = scene.customer(&says);
    let claimed = json!({ "name": "The Queen", "plan": "Gold" });
    assert_eq!(told(&steps), [json!({ "verified": false, "attributes": claimed })]);
    assert!(steps.contains(&Seen::AttributesDropped(1)), "{steps:?}");
    assert_eq!(told(&scene.customer(&says)), [] as [Value; 0], "nothing is different");
    let verified =
        json!({ "verified": true, "by": "Tidewell", "attributes": { "name": "Jane" }, "claimed": { "plan": "Gold" } });
    let identity = jane(&scene, 60_000);
    assert_eq!(told(&scene.identify(identity)), [verified]);
    assert_eq!(told(&scene.wait(60_000)), [json!({ "verified": false, "attributes": claimed })]);
}

#[test]
fn a_page_is_asked_before_the_time_is_over_and_again_until_it_is() {
    let mut scene = knowing();
    scene.join(ANN);
    let identity = jane(&scene, 400_000);
    scene.identify(identity);
    let mut asked_at = Vec::new();
    let mut ended_at = None;
    for second in 1..=420 {
        let steps = scene.wait(1_000);
        asked_at.extend((asked(&steps) > 0).then_some(second));
        ended_at = ended_at.or((!told(&steps).is_empty()).then_some(second));
    }
    assert_eq!(asked_at, [300, 350, 375, 388, 394, 399, 400]);
    assert_eq!(ended_at, Some(400));

    let mut scene = knowing();
    scene.join(ANN);
    let identity = jane(&scene, 400_000);
    scene.identify(identity);
    assert_eq!(asked(&scene.wait(300_000)), 1);
    let renewed = jane(&scene, 400_000);
    assert_eq!(told(&scene.identify(renewed)), [] as [Value; 0]);
    let steps: Vec<Seen> = (0..299).flat_map(|_| scene.wait(1_000)).collect();
    assert_eq!((asked(&steps), told(&steps).len()), (0, 0), "it counts from the new one");
}

#[test]
fn a_page_that_comes_is_asked_unless_it_comes_back_with_a_customer_who_is_vouched_for() {
    let mut scene = Scene::new();
    assert_eq!(asked(&scene.attach("i0")), 0, "it knows no such request");
    assert_eq!(asked(&hello(&mut scene)), 1);
    let identity = jane(&scene, 400_000);
    scene.identify(identity);
    assert_eq!(asked(&hello(&mut scene)), 0);
    assert_eq!(asked(&hello_of(&mut scene, "i2")), 1, "she may have signed out");
    scene.detach();
    assert_eq!(asked(&scene.wait(55_000)), 0);
    scene.identify(None);
    assert_eq!(asked(&hello(&mut scene)), 1);
}

#[test]
fn a_page_that_tells_too_much_of_its_customer_is_closed() {
    for (frame, close) in [
        (json!({"t": "attributes", "attributes": {"name": "x".repeat(40_000)}}), CloseCode::OverLimit),
        (json!({"t": "attributes", "attributes": ["name"]}), CloseCode::Malformed),
        (json!({"t": "attributes"}), CloseCode::Malformed),
    ] {
        assert_eq!(knowing().customer(&frame), [Seen::CloseCustomer(close)]);
    }
}

#[test]
fn the_list_of_sessions_tells_who_it_is() {
    let mut scene = knowing();
    let identity = jane(&scene, 60_000);
    scene.identify(identity);
    let customer = scene.session.facts().customer.clone();
    assert_eq!(serde_json::to_value(&customer).unwrap()["attributes"]["name"], "Jane");
    assert!(!format!("{customer:?}").contains("Jane"), "{customer:?}");
    scene.act(|session, now| session.end(now, super::EndReason::Agent));
    let identity = jane(&scene, 60_000);
    assert_eq!(scene.identify(identity), []);
}
