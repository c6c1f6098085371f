use std::collections::BTreeSet;

use super::*;

const NAMESPACES: [Namespace; 3] = [Namespace::Html, Namespace::Svg, Namespace::MathMl];

#[test]
fn fates() {
    use ElementFate::{As, Box, Gone, Keep, Style};
    let rows = [
        ("div", Namespace::Html, Keep),
        ("script", Namespace::Html, Gone),
        ("coffee-rating", Namespace::Html, Keep),
        ("a b<", Namespace::Html, As("span")),
        ("__proto__", Namespace::Html, As("span")),
        ("object", Namespace::Html, Box),
        ("link", Namespace::Html, Style),
        ("mfrac", Namespace::Html, Keep),
        ("annotation-xml", Namespace::Html, As("span")),
        ("annotation-xml", Namespace::MathMl, As("mrow")),
        ("mglyph", Namespace::MathMl, As("mrow")),
        ("script", Namespace::MathMl, As("mrow")),
        ("lineargradient", Namespace::Svg, Keep),
        ("set", Namespace::Svg, Gone),
        ("nonsense", Namespace::Svg, As("g")),
    ];
    for (name, namespace, fate) in rows {
        assert_eq!(element(&LocalName::from(name), namespace), fate, "{name}");
    }
}

#[test]
fn every_row_says_why_and_no_name_stands_twice() {
    for rows in [html::ELEMENTS, svg::ELEMENTS, mathml::ELEMENTS] {
        let mut seen = BTreeSet::new();
        for (_, names, why) in rows {
            assert!(why.ends_with('.'), "{names}");
            for name in names.split_ascii_whitespace() {
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
    }
    for rows in [attributes::ATTRIBUTES, svg::ATTRIBUTES, mathml::ATTRIBUTES] {
        let mut seen = BTreeSet::new();
        for (_, elements, names, why) in rows {
            assert!(why.ends_with('.'), "{elements} {names}");
            for element in elements.split_ascii_whitespace() {
                for name in names.split_ascii_whitespace() {
                    assert!(!seen.contains(&("*", name)) && seen.insert((element, name)), "{element} {name} twice");
                }
            }
        }
    }
}

#[test]
fn every_element_with_attributes_is_one_that_stands() {
    for (rows, namespace) in [(attributes::ATTRIBUTES, Namespace::Html), (svg::ATTRIBUTES, Namespace::Svg)] {
        for name in rows.iter().flat_map(|(_, names, ..)| names.split_ascii_whitespace()).filter(|name| *name != "*") {
            let fate = element(&LocalName::from(name), namespace);
            let stands = matches!(fate, ElementFate::Keep | ElementFate::KeepEmpty | ElementFate::Style);
            assert!(stands, "{name}: {fate:?}");
        }
    }
}

#[test]
fn what_never_leaves_is_in_no_table() {
    let names = [
        "onclick",
        "onerror",
        "ONLOAD",
        "srcdoc",
        "formaction",
        "action",
        "ping",
        "nonce",
        "manifest",
        "http-equiv",
        "attributionsrc",
        "content",
        "target",
        "popovertarget",
        "command",
        "commandfor",
        "autofocus",
        "pattern",
        "contenteditable",
        "aria-onclick",
        "data-",
        "data-x:y",
        "attributeName",
        "to",
        "from",
        "begin",
        "xlink:actuate",
        "xml:base",
        "definitionurl",
        "altimg",
    ];
    let elements = HTML.elements.keys().chain(SVG.elements.keys()).chain(MATHML.elements.keys());
    for element in elements {
        for name in names {
            for namespace in NAMESPACES {
                let found = attribute(element, namespace, &LocalName::from(name));
                assert_eq!(found, None, "{element} {name}");
            }
        }
    }
}

#[test]
fn an_address_is_never_taken_for_plain_words() {
    use AttributeUse::{Image, ImageSet, Link, Media, Reference};
    let elements = HTML.elements.keys().chain(SVG.elements.keys()).chain(MATHML.elements.keys());
    for element in elements {
        for name in
            ["href", "src", "srcset", "poster", "background", "xlink:href", "data", "cite", "longdesc", "usemap"]
        {
            for namespace in NAMESPACES {
                let found = attribute(element, namespace, &LocalName::from(name));
                let judged = matches!(found, None | Some(Image | ImageSet | Link | Media | Reference));
                assert!(judged, "{element} {name}: {found:?}");
            }
        }
    }
}
