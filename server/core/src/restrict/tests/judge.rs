//! The judgement of one element, and what it inherits.

use super::super::{Level, Own, RestrictionInput, RuleBook, Verdict, Walk};
use super::tree::{Tree, attribute};
use super::{entries, rules, set};

fn words(own: Own) -> (Level, bool, bool) {
    (own.level, own.no_control, own.unmask)
}

#[test]
fn fixed_rules_hold_without_configuration() {
    let cases = [
        ("input#x type=password", Level::Mask, "fixed:password"),
        ("input#x type=PassWord", Level::Mask, "fixed:password"),
        ("input#x type=text data-rr-is-password=true", Level::Mask, "fixed:password"),
        ("input#x autocomplete=current-password", Level::Mask, "fixed:password"),
        ("input#x autocomplete='section-a NEW-Password webauthn'", Level::Mask, "fixed:password"),
        ("input#x autocomplete='billing cc-number'", Level::Mask, "fixed:card"),
        ("input#x autocomplete=cc-csc", Level::Mask, "fixed:card"),
        ("select#x autocomplete=CC-EXP-MONTH", Level::Mask, "fixed:card"),
        ("textarea#x autocomplete=cc-name", Level::Mask, "fixed:card"),
        ("input#x autocomplete=one-time-code", Level::Mask, "fixed:one-time-code"),
        ("input#x type=hidden value=1", Level::Mask, "fixed:hidden-input"),
        ("meta#x name=csrf-token content=1", Level::Mask, "fixed:meta-token"),
        ("meta#x name=_XSRF content=1", Level::Mask, "fixed:meta-token"),
        ("iframe#x rr_src=https://pay.example/", Level::Block, "fixed:frame"),
        ("div#x data-vitrine-ui", Level::Hide, "fixed:vitrine-ui"),
        ("div#x data-vitrine-mask", Level::Mask, "page:data-vitrine-mask"),
        ("div#x data-vitrine-block=false", Level::Block, "page:data-vitrine-block"),
        ("svg:g#x data-vitrine-hide", Level::Hide, "page:data-vitrine-hide"),
        ("div#x data-vitrine-mask data-vitrine-hide data-vitrine-block", Level::Hide, "page:data-vitrine-hide"),
        ("input#x data-vitrine-mask type=password", Level::Mask, "fixed:password"),
        ("input#x type=text", Level::Clear, ""),
        ("input#x autocomplete='cc shipping name on'", Level::Clear, ""),
        ("input#x autocomplete=é", Level::Clear, ""),
        ("div#x type=password", Level::Clear, ""),
        ("meta#x name=description", Level::Clear, ""),
        ("meta#x name=author", Level::Clear, ""),
        ("input#x name=token", Level::Clear, ""),
        ("iframe#x src=/same-origin", Level::Clear, ""),
        ("div#x data-vitrine-unmask", Level::Clear, ""),
    ];
    let rules = RuleBook::default().for_page(None);
    for (element, level, rule) in cases {
        let tree = Tree::read(&format!("html\n  {element}"));
        let own = rules.judge(&tree.mirror, tree.at("x"));
        assert_eq!(words(own), (level, false, false), "{element}");
        assert_eq!(own.rule.map(|rule| rules.rule_text(rule)).unwrap_or_default(), rule, "{element}");
    }
}

#[test]
fn the_strictest_rule_wins_and_is_named() {
    let rules = rules(|set| {
        set.mask = entries(&["div", "p"]);
        set.block = entries(&[".b", ".c"]);
        set.hide = entries(&["#h"]);
        set.no_control = entries(&["p"]);
        set.unmask = entries(&[".u"]);
    });
    let cases = [
        ("div#x", (Level::Mask, false, false), "div"),
        ("div#x.c.b", (Level::Block, false, false), ".b"),
        ("div#h.c", (Level::Hide, false, false), "#h"),
        ("p#x.u", (Level::Mask, true, true), "p"),
        ("b#x.u data-vitrine-no-control", (Level::Clear, true, true), ""),
        ("div#x data-vitrine-mask", (Level::Mask, false, false), "page:data-vitrine-mask"),
        ("input#x.b type=password", (Level::Block, false, false), ".b"),
    ];
    for (element, wanted, rule) in cases {
        let tree = Tree::read(&format!("html\n  {element}"));
        let slot = tree.elements().into_iter().next_back().unwrap();
        let own = rules.judge(&tree.mirror, slot);
        assert_eq!(words(own), wanted, "{element}");
        assert_eq!(own.rule.map(|rule| rules.rule_text(rule)).unwrap_or_default(), rule, "{element}");
    }
}

#[test]
fn nodes_that_are_no_elements_have_no_rules() {
    let tree = Tree::read("html\n  \"text\"");
    let rules = rules(|set| set.hide = entries(&["*"]));
    for slot in tree.mirror.descendants(tree.mirror.root()) {
        let is_element = tree.mirror.get(slot).unwrap().element().is_some();
        assert_eq!(rules.judge(&tree.mirror, slot).level == Level::Hide, is_element);
    }
}

#[test]
fn inheritance_only_tightens_but_for_privacy() {
    let own = |level, no_control, unmask| Own { level, no_control, unmask, rule: None };
    let verdict = |level, private, no_control| Verdict { level, private, no_control, held: false };
    use Level::{Block, Clear, Hide, Mask};
    let cases = [
        (verdict(Clear, false, false), own(Clear, false, false), verdict(Clear, false, false)),
        (verdict(Mask, false, false), own(Clear, false, true), verdict(Mask, false, false)),
        (verdict(Mask, false, false), own(Block, false, false), verdict(Block, false, false)),
        (verdict(Hide, false, true), own(Mask, false, false), verdict(Hide, false, true)),
        (verdict(Clear, true, false), own(Clear, true, false), verdict(Clear, true, true)),
        (verdict(Clear, true, false), own(Clear, false, true), verdict(Clear, false, false)),
        (verdict(Clear, true, false), own(Mask, false, true), verdict(Mask, false, false)),
        (verdict(Clear, false, false), own(Clear, false, true), verdict(Clear, false, false)),
    ];
    for (parent, own, wanted) in cases {
        assert_eq!(Verdict::beneath(parent, own), wanted, "{parent:?} {own:?}");
    }
}

#[test]
fn private_by_default_begins_at_the_document() {
    for private in [false, true] {
        let input = RestrictionInput { private_by_default: private, ..Default::default() };
        let verdict = RuleBook::parse(&input).unwrap().for_page(None).root_verdict();
        assert_eq!(verdict, Verdict { private, ..Verdict::default() });
    }
}

#[test]
fn unmask_of_a_page_does_not_hold_where_the_address_is_unknown() {
    let input = RestrictionInput {
        rule_sets: vec![set(|set| {
            set.pages = entries(&["https://shop.example/*"]);
            set.unmask = entries(&["p"]);
        })],
        ..Default::default()
    };
    let book = RuleBook::parse(&input).unwrap();
    let tree = Tree::read("html\n  p#x");
    for (url, unmasks) in
        [(Some("https://shop.example/"), true), (Some("https://other.example/"), false), (None, false)]
    {
        let rules = book.for_page(url.map(|url| url::Url::parse(url).unwrap()).as_ref());
        assert_eq!(rules.judge(&tree.mirror, tree.at("x")).unmask, unmasks, "{url:?}");
    }
}

#[test]
fn text_patterns_are_the_configured_ones() {
    let input = RestrictionInput { patterns: entries(&["payment-card", "email"]), ..Default::default() };
    let rules = RuleBook::parse(&input).unwrap().for_page(None);
    let cases = [
        ("4111 1111 1111 1111", Some("pattern:payment-card")),
        ("ann@shop.example", Some("pattern:email")),
        ("DE89 3704 0044 0532 0130 00", None),
        ("plain", None),
    ];
    for (text, wanted) in cases {
        assert_eq!(rules.text_is_masked(text), wanted, "{text}");
    }
    assert_eq!(RuleBook::default().for_page(None).text_is_masked("4111 1111 1111 1111"), None);
}

/// The deepest page and the longest selectors on the stack of a test thread, which is 2 MiB, in a debug build.
#[test]
fn the_deepest_page_fits_the_stack() {
    let mut page = String::from("html");
    for level in 1..500 {
        page.push_str(&format!("\n{}div.a", " ".repeat(level)));
    }
    page.push_str(&format!("\n{}b#x", " ".repeat(500)));
    let tree = Tree::read(&page);
    let chain = ".a ".repeat(60);
    let nested = format!("{}.z{}", ":not(.y ".repeat(8), ")".repeat(8));
    let rules =
        rules(|set| set.mask = vec![format!("html:has({chain}.z)"), format!("{chain} b"), format!("b{nested}")]);
    let mut walk = Walk::default();
    let masked =
        tree.ids_where(|slot| rules.judge(&tree.mirror, slot) == rules.judge_in(&tree.mirror, slot, &mut walk));
    assert!(masked.ends_with('x'), "a walk and single judgements agree");
}

/// A class attribute may be as long as the text limit: every selector is tried on it once, not once a word.
#[test]
fn a_long_class_attribute_costs_each_selector_once() {
    let mut tree = Tree::read("html\n  p#x");
    let slot = tree.at("x");
    let classes = attribute("class", &"a ".repeat(200_000)).value;
    tree.mirror.set_attribute(slot, &"class".into(), Some(classes)).unwrap();
    let rules = rules(|set| set.mask = vec![".a.b".to_owned(); 50]);
    assert_eq!(rules.judge(&tree.mirror, slot).level, Level::Clear);
}
