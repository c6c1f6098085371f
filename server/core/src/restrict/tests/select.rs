//! Which elements a selector matches.

use super::super::{Level, Walk};
use super::rules;
use super::tree::Tree;
use crate::mirror::Value;

#[track_caller]
fn check(page: &str, cases: &[(&str, &str)]) {
    let tree = Tree::read(page);
    for (selector, wanted) in cases {
        let rules = rules(|set| set.hide.push((*selector).to_owned()));
        let matched = tree.ids_where(|slot| rules.judge(&tree.mirror, slot).level == Level::Hide);
        assert_eq!(matched, *wanted, "{selector}");
        let mut walk = Walk::default();
        let matched = tree.ids_where(|slot| rules.judge_in(&tree.mirror, slot, &mut walk).level == Level::Hide);
        assert_eq!(matched, *wanted, "in a walk: {selector}");
    }
}

const SHOP: &str = "
html#html
  body#body.page
    div#first.card.secret
      span#one
      \"text\"
      span#two.price lang=en-GB
    div#second.card
      p#para data-kind='a secret thing'
        b#bold
      p#bare
        \"\"
    ul#list
      li#l1
      li#l2.on
      li#l3
      li#l4.on
      li#l5
    section#last
";

#[test]
fn types_classes_ids_and_combinators() {
    check(
        SHOP,
        &[
            ("#one", "one"),
            (".card", "first second"),
            ("div.card.secret", "first"),
            ("DIV", "first second"),
            ("*|div", "first second"),
            ("|div", ""),
            (".CARD", ""),
            ("#One", ""),
            ("div span", "one two"),
            ("body > div > b", ""),
            ("div > p > b", "bold"),
            ("span + span", "two"),
            ("div ~ ul", "list"),
            ("div + ul", "list"),
            ("#first + ul", ""),
            ("#first ~ ul > .on", "l2 l4"),
            ("span, b", "one two bold"),
        ],
    );
}

#[test]
fn attribute_selectors() {
    check(
        SHOP,
        &[
            ("[lang]", "two"),
            ("[LANG]", "two"),
            ("[lang=en-GB]", "two"),
            ("[lang=en-gb]", "two"),
            ("[lang|=en]", "two"),
            ("[data-kind~=secret]", "para"),
            ("[data-kind~=SECRET]", ""),
            ("[data-kind~=SECRET i]", "para"),
            ("[data-kind^='a s']", "para"),
            ("[data-kind$=thing]", "para"),
            ("[data-kind*=cret]", "para"),
            ("[data-kind*='']", ""),
            ("[*|lang]", "two"),
            ("[class~=card]", "first second"),
            ("[id^=l]", "list l1 l2 l3 l4 l5 last"),
        ],
    );
}

#[test]
fn logical_and_structural_pseudo_classes() {
    check(
        SHOP,
        &[
            (":root", "html"),
            (":is(.secret, ul)", "first list"),
            (":where(div) > :is(span, p)", "one two para bare"),
            ("div:not(.secret)", "second"),
            ("li:not(.on, :first-child)", "l3 l5"),
            ("div:has(b)", "second"),
            ("div:has(> b)", ""),
            ("div:has(+ ul)", "second"),
            ("div:has(~ ul .on)", "first second"),
            ("body:has(.secret) ul", "list"),
            (":not(:has(*)):is(span, b, p)", "one two bold bare"),
            ("li:first-child", "l1"),
            ("li:last-child", "l5"),
            ("li:nth-child(2n)", "l2 l4"),
            ("li:nth-last-child(2)", "l4"),
            ("li:nth-child(2 of .on)", "l4"),
            ("li:nth-last-child(1 of .on)", "l4"),
            ("div:first-of-type", "first"),
            ("div:last-of-type", "second"),
            ("ul:only-of-type", "list"),
            ("b:only-child", "bold"),
            (":is(span, p, section):empty", "one two bare last"),
        ],
    );
}

#[test]
fn states_that_attributes_tell() {
    check(
        "
html
  form
    input#tick type=checkbox checked
    input#text type=text checked
    input#fixed readonly
    input#button type=button
    select
      option#yes selected
      optgroup disabled
        option#no
    fieldset#off disabled
      textarea#area required
      a#link
    div contenteditable
      p#typed
        i#stopped contenteditable=false
",
        &[
            (":checked", "tick yes"),
            (":disabled:not(optgroup)", "no off area"),
            ("input:enabled", "tick text fixed button"),
            ("a:enabled", ""),
            (":required", "area"),
            ("input:optional", "tick text fixed button"),
            ("input:read-only", "tick fixed button"),
            ("textarea:read-only", "area"),
            (":read-write[id]", "text typed"),
            ("i:read-only", "stopped"),
        ],
    );
}

#[test]
fn shadow_trees_are_transparent_and_frames_are_not() {
    check(
        "
html
  my-card#host.card
    b#slotted
    ^style
    ^b#inner
    ^my-row#row
      ^i#deep
    \"light\"
  iframe#frame.card
    @quirks
      html#framed
        i#far.Far
",
        &[
            (".card i", "deep"),
            ("my-card > b", "slotted inner"),
            ("my-card > style + b", "inner"),
            ("b + style", ""),
            ("b:first-child", "slotted"),
            ("b:nth-child(2)", "inner"),
            ("my-card:has(> #slotted)", "host"),
            ("my-card:has(> #inner)", "host"),
            ("my-card:has(i)", "host"),
            ("my-row:empty", "row"),
            ("iframe:has(i)", ""),
            (":root[id]", "framed"),
            (".far", "far"),
            (":root > i.FAR", "far"),
        ],
    );
}

#[test]
fn names_outside_html_match_in_any_case() {
    check(
        "
html
  svg:svg#old viewBox=1
    svg:lineargradient#lower
    svg:linearGradient#upper
  lineargradient#html
",
        &[
            ("linearGradient", "lower upper html"),
            ("lineargradient", "lower upper html"),
            ("[viewbox]", "old"),
            ("[viewBox='1']", "old"),
        ],
    );
}

#[test]
fn numbers_and_truth_values_are_attribute_text() {
    let mut tree = Tree::read("html\n  div#number\n  div#true\n  div#false");
    let values = [("number", Value::Number(12.0)), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
    for (id, value) in values {
        tree.mirror.set_attribute(tree.at(id), &"data-v".into(), Some(value)).unwrap();
    }
    for (selector, wanted) in [("[data-v]", "number true"), ("[data-v='12']", "number"), ("[data-v='']", "true")] {
        let rules = rules(|set| set.hide.push(selector.to_owned()));
        assert_eq!(tree.ids_where(|slot| rules.judge(&tree.mirror, slot).level == Level::Hide), wanted, "{selector}");
    }
}
