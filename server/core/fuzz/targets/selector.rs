//! The operator's rule book over a customer's page: what is read matches alike however it is asked, and a change
//! reaches no further than the book says.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use vitrine_core::html::{Scripting, parse_document};
use vitrine_core::mirror::{Attribute, Mirror, Slot, Value};
use vitrine_core::restrict::{Own, PageRules, RestrictionInput, RuleBook, RuleSetInput, Scope, Walk};
use vitrine_core_fuzz::world::{limits, page_url};

/// The input's first lines are rules, the rest is the page.
const RULES: usize = 3;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    let mut lines = text.splitn(RULES + 1, '\n');
    let texts: Vec<String> = lines.by_ref().take(RULES).map(str::to_owned).collect();
    let Some(rules) = read(&texts) else { return Corpus::Keep };
    let Ok(mut mirror) = parse_document(lines.next().unwrap_or_default(), Scripting::On, &limits(), 1) else {
        return Corpus::Keep;
    };
    let before = judge_all(&rules, &mirror);
    let mut walk = Walk::default();
    for (slot, own) in &before {
        assert_eq!(rules.judge_in(&mirror, *slot, &mut walk), *own, "in a walk: {texts:?}");
    }
    for (slot, _) in before.iter().take(8) {
        require_reach(&rules, &mut mirror, *slot, &texts);
    }
    Corpus::Keep
});

fn read(texts: &[String]) -> Option<PageRules> {
    let mut set = RuleSetInput::default();
    for (at, text) in texts.iter().enumerate() {
        [&mut set.mask, &mut set.hide, &mut set.unmask][at % 3].push(text.clone());
    }
    let input = RestrictionInput { rule_sets: vec![set], ..RestrictionInput::default() };
    let rules = RuleBook::parse(&input).ok()?.for_page(Some(&page_url()));
    let source = rules.source_rules();
    assert!(source.mask.iter().chain(&source.hide).all(|rule| texts.iter().any(|text| text == rule)), "as written");
    Some(rules)
}

fn judge_all(rules: &PageRules, mirror: &Mirror) -> Vec<(Slot, Own)> {
    let elements =
        mirror.descendants(mirror.root()).filter(|slot| mirror.get(*slot).is_some_and(|n| n.element().is_some()));
    elements.map(|slot| (slot, rules.judge(mirror, slot))).collect()
}

/// Takes each attribute of one element away, and requires that only nodes within the scope told are judged anew.
fn require_reach(rules: &PageRules, mirror: &mut Mirror, slot: Slot, texts: &[String]) {
    let attributes: Vec<Attribute> = mirror.get(slot).map(|node| node.attributes().to_vec()).unwrap_or_default();
    for attribute in attributes {
        let before = judge_all(rules, mirror);
        let old = attribute.value.as_text().into_owned();
        let scope = rules.reach().scope_of_change(&attribute.name, Some(&old), None);
        mirror.set_attribute(slot, &attribute.name, None).expect("taken away");
        let after = judge_all(rules, mirror);
        for ((at, old), (_, new)) in before.iter().zip(&after) {
            let reached = is_within(mirror, scope, slot, *at);
            assert!(old == new || reached, "{} reaches further than {scope:?}: {texts:?}", attribute.name);
        }
        mirror.set_attribute(slot, &attribute.name, Some(Value::Text(old.into()))).expect("given back");
    }
}

fn is_within(mirror: &Mirror, scope: Scope, changed: Slot, node: Slot) -> bool {
    let is_beneath = |top: Slot| node == top || mirror.ancestors(node).any(|above| above == top);
    match scope {
        Scope::None => false,
        Scope::Subtree => is_beneath(changed),
        Scope::Siblings => std::iter::successors(Some(changed), |at| mirror.next_sibling(*at)).any(is_beneath),
        Scope::Document => true,
    }
}
