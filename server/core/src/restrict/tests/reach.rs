//! How far changes reach.

use proptest::prelude::*;

use super::super::{Own, PageRules, Reach, RuleBook, Scope};
use super::properties::{Dice, any_element, any_rules, any_tree};
use super::tree::{Tree, attribute, element};
use super::{entries, rules};
use crate::mirror::{Kind, Mirror, Slot, Value};

#[test]
fn a_rule_reaches_as_far_as_its_combinators() {
    use Scope::{Document, None, Siblings, Subtree};
    // Selector; scope of class a coming or going, of a change among children, of a change of text; whether an element that
    // comes or goes reaches those behind it.
    let cases = [
        (".a", Subtree, None, None, false),
        (".a .b", Subtree, None, None, false),
        (".b .a > p", Subtree, None, None, false),
        (".a + p", Siblings, None, None, true),
        (".a ~ p .b", Siblings, None, None, true),
        (".a p + .b", Subtree, None, None, true),
        (":is(.a) + p", Siblings, None, None, true),
        (":not(.a p) + p", Subtree, None, None, true),
        (".a:first-child", Subtree, None, None, true),
        (".a:nth-last-child(2)", Subtree, Subtree, None, false),
        (":nth-child(2 of .a)", Siblings, None, None, true),
        (":nth-last-child(2 of .a)", Document, Subtree, None, false),
        (".a:empty", Subtree, Subtree, Subtree, false),
        (":empty + .a", Subtree, Siblings, Siblings, true),
        ("p:has(.a)", Document, Document, None, false),
        (".a:has(p)", Subtree, Document, None, false),
        ("p:has(.a:empty)", Document, Document, Document, false),
        (".a:only-child", Subtree, Subtree, None, false),
        (".a:last-of-type p", Subtree, Subtree, None, false),
        (".a:last-child ~ p", Siblings, Subtree, None, true),
        (":not(:nth-last-child(2)) + .a", Subtree, Subtree, None, true),
        ("p:has(.a + p)", Document, Document, None, true),
        ("p", None, None, None, false),
    ];
    for (selector, class, children, text, order) in cases {
        let rules = rules(|set| set.mask = entries(&[selector]));
        let reach = rules.reach();
        assert_eq!(reach.scope_of_change("class", Some("x"), Some("x a")), class, "class: {selector}");
        assert_eq!(reach.scope_of_change("class", Some("x a"), Some("x y")), class, "class: {selector}");
        assert_eq!(reach.scope_of_children(), children, "children: {selector}");
        assert_eq!(reach.scope_of_text(), text, "text: {selector}");
        assert_eq!(reach.reads_order(), order, "order: {selector}");
    }
}

#[test]
fn attributes_that_no_rule_reads_reach_nothing() {
    use Scope::{None, Siblings, Subtree};
    let rules =
        rules(|set| set.mask = entries(&[".a", "#i + p", "[Data-Kind] ~ p", "input:disabled", "[class^=x] + p"]));
    let reach = rules.reach();
    let cases = [
        ("data-kind", Option::None, Some("1"), Siblings),
        ("DATA-KIND", Some("1"), Some("2"), Siblings),
        ("data-kind", Some("1"), Some("1"), None),
        ("data-other", Option::None, Some("1"), None),
        ("disabled", Option::None, Some(""), Subtree),
        ("style", Option::None, Some("x"), None),
        ("class", Some("b"), Some("c"), Siblings),
        ("id", Some("i"), Some("j"), Siblings),
        ("id", Some("k"), Some("j"), None),
        ("type", Some("text"), Some("password"), Subtree),
        ("autocomplete", Option::None, Some("cc-csc"), Subtree),
        ("data-vitrine-hide", Option::None, Some(""), Subtree),
        ("data-rr-is-password", Option::None, Some("true"), Subtree),
        ("rr_src", Option::None, Some("x"), Subtree),
    ];
    for (name, old, new, scope) in cases {
        assert_eq!(reach.scope_of_change(name, old, new), scope, "{name} {old:?} {new:?}");
        assert!(reach.scope_of_attribute(name) >= scope, "{name}");
    }
    let fixed_only = RuleBook::default().for_page(Option::None);
    assert_eq!(fixed_only.reach().scope_of_attribute("class"), None);
    assert_eq!(fixed_only.reach().scope_of_children(), None);
    assert_eq!(fixed_only.reach().scope_of_text(), None);
}

fn judge_all(rules: &PageRules, tree: &Tree) -> Vec<(Slot, Own)> {
    tree.elements().into_iter().map(|slot| (slot, rules.judge(&tree.mirror, slot))).collect()
}

/// Whether `slot` is among what `scope` names, seen from `from`.
fn is_within(mirror: &Mirror, scope: Scope, from: Slot, slot: Slot) -> bool {
    let beneath = |top: Slot| slot == top || mirror.ancestors(slot).any(|above| above == top);
    match scope {
        Scope::None => false,
        Scope::Subtree => beneath(from),
        Scope::Siblings => std::iter::successors(Some(from), |at| mirror.next_sibling(*at)).any(beneath),
        Scope::Document => true,
    }
}

/// Changes something and answers the nodes from which, and the scopes in which, others may be judged otherwise.
fn change(dice: &mut Dice, tree: &mut Tree, rules: &PageRules) -> Vec<(Slot, Scope)> {
    let elements = tree.elements();
    let at = dice.one(&elements);
    let reach = rules.reach();
    match dice.below(4) {
        0 | 1 => {
            let name =
                dice.one(&["class", "class", "id", "disabled", "checked", "type", "data-x", "data-vitrine-mask"]);
            let value = dice.one(&["", "a", "b", "i", "a b", "A", "password", "checkbox"]);
            let new = (!dice.once_in(3)).then(|| attribute(name, value).value);
            let old = tree.mirror.set_attribute(at, &name.into(), new.clone()).unwrap();
            let text = |value: &Option<Value>| value.as_ref().map(|value| value.as_text().into_owned());
            vec![(at, reach.scope_of_change(name, text(&old).as_deref(), text(&new).as_deref()))]
        }
        2 => {
            let texts: Vec<Slot> = tree.mirror.descendants(tree.mirror.root()).collect();
            let slot = dice.one(&texts);
            let value = dice.one(&["", "x"]);
            tree.mirror.set_text(slot, value.into()).unwrap();
            vec![(tree.mirror.parent(slot).unwrap_or(slot), reach.scope_of_text())]
        }
        _ => change_children(dice, tree, at, reach),
    }
}

fn change_children(dice: &mut Dice, tree: &mut Tree, at: Slot, reach: &Reach) -> Vec<(Slot, Scope)> {
    let parent = tree.mirror.parent(at).unwrap();
    if dice.once_in(2) && parent != tree.mirror.root() {
        let mut affected = siblings(&tree.mirror, at, reach);
        affected.push((parent, reach.scope_of_children()));
        tree.mirror.detach(at);
        return affected;
    }
    let kind = if dice.once_in(3) { Kind::Text("x".into()) } else { element(&any_element(dice)) };
    let new = tree.create(kind);
    let before = tree.mirror.children(at).nth(dice.below(3)).unwrap_or(Slot::NONE);
    tree.mirror.insert(new, at, before).unwrap();
    let mut affected = siblings(&tree.mirror, new, reach);
    affected.push((at, reach.scope_of_children()));
    affected
}

/// Those behind an element that comes or goes.
fn siblings(mirror: &Mirror, at: Slot, reach: &Reach) -> Vec<(Slot, Scope)> {
    let reads_order = reach.reads_order() && mirror.get(at).unwrap().element().is_some();
    mirror.next_sibling(at).filter(|_| reads_order).map(|next| (next, Scope::Siblings)).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_outside_the_scope_is_judged_otherwise(seed in any::<u64>()) {
        let dice = &mut Dice::new(seed);
        let input = any_rules(dice);
        let rules = rules(|set| *set = input.clone());
        let mut tree = any_tree(dice);
        for _ in 0..12 {
            let before = judge_all(&rules, &tree);
            let affected = change(dice, &mut tree, &rules);
            for (slot, now) in judge_all(&rules, &tree) {
                let Some((_, then)) = before.iter().find(|(known, _)| *known == slot) else { continue };
                let within = affected.iter().any(|(from, scope)| is_within(&tree.mirror, *scope, *from, slot));
                prop_assert!(within || *then == now, "{:?}: {:?} became {:?}, {:?}", input, then, now, affected);
            }
        }
    }
}
