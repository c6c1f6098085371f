//! Reading the operator's rules, and which of them hold on a page.

use url::Url;

use super::super::{Place, Problem, RestrictionInput, RuleBook, RuleError, SourceRules};
use super::{book, entries, set};

fn problem(selector: &str) -> (usize, Problem) {
    let rule_sets = vec![set(|_| ()), set(|set| set.mask = entries(&[".ok", selector]))];
    let error = RuleBook::parse(&RestrictionInput { rule_sets, ..RestrictionInput::default() }).unwrap_err();
    let RuleError { place: Place { rule_set, list, entry, column }, problem } = error;
    assert_eq!((rule_set, list, entry), (Some(1), "mask", Some(1)), "{selector}");
    (column, problem)
}

#[test]
fn states_the_server_cannot_see_are_named_with_their_column() {
    let cases = [
        ("a:hover", 2, "hover"),
        (".a:Focus-Within", 3, "Focus-Within"),
        ("a:is(b, :visited)", 9, "visited"),
        ("p::before", 3, "before"),
        ("é:active", 2, "active"),
        (":lang(en)", 1, "lang"),
        ("::part(x)", 2, "part"),
        (":defined", 1, "defined"),
    ];
    for (selector, column, name) in cases {
        assert_eq!(problem(selector), (column, Problem::Unsupported(name.to_owned())), "{selector}");
    }
    for (selector, name) in [(":host(.a)", "host"), (":scope > a", "scope"), ("a:not(:scope)", "scope")] {
        assert_eq!(problem(selector).1, Problem::Unsupported(name.to_owned()), "{selector}");
    }
}

#[test]
fn what_is_no_selector_is_refused_where_it_stops() {
    let cases = [
        ("", 1),
        (" ", 1),
        (",", 1),
        ("a,", 3),
        ("a >", 4),
        ("> a", 1),
        ("a[", 3),
        ("a[b=", 5),
        ("a{}", 2),
        ("a!b", 2),
        (".1", 1),
        ("a..b", 2),
        ("svg|a", 1),
        ("&", 1),
        ("a:is()", 1),
        (":has(:has(a))", 1),
        ("a)", 2),
        ("<script>", 1),
    ];
    for (selector, column_min) in cases {
        let (column, problem) = problem(selector);
        assert!(matches!(problem, Problem::Syntax(_)), "{selector}: {problem:?}");
        assert!((column_min..=selector.chars().count() + 1).contains(&column), "{selector}: column {column}");
    }
}

#[test]
fn every_bound_refuses() {
    let long = format!(".{}", "a".repeat(1024));
    assert_eq!(problem(&long).1, Problem::TooLong(1024));
    assert_eq!(problem(&"a ".repeat(65)).1, Problem::TooComplex);
    assert_eq!(problem(&format!("{}a{}", ":not(".repeat(9), ")".repeat(9))).1, Problem::TooComplex);
    let refused =
        |rule_sets| RuleBook::parse(&RestrictionInput { rule_sets, ..Default::default() }).unwrap_err().to_string();
    let many = vec![".a".to_owned(); 257];
    assert_eq!(
        refused(vec![set(|set| set.no_control = many.clone())]),
        "rule-set[0].no-control: more than 256 entries"
    );
    assert_eq!(refused(vec![set(|_| ()); 65]), "rule-set: more than 64 entries");
    assert_eq!(
        refused(vec![set(|set| set.pages = entries(&["shop.example"]))]),
        "rule-set[0].pages[0]: not a page pattern: it must read like https://shop.example/path*"
    );
    let patterns = RestrictionInput { patterns: entries(&["iban", "Iban"]), ..Default::default() };
    let error = RuleBook::parse(&patterns).unwrap_err().to_string();
    assert_eq!(error, "patterns[1]: unknown text pattern; known are payment-card, iban, email and phone");
    assert_eq!(
        refused(vec![set(|set| set.unmask = entries(&["b", "a:hover"]))]),
        "rule-set[0].unmask[1], column 2: :hover cannot be used in a rule; the server does not see what it depends on"
    );
}

#[test]
fn a_page_has_the_rule_sets_that_name_it() {
    let book = book(vec![
        set(|set| (set.mask, set.unmask) = (entries(&[".all"]), entries(&[".open"]))),
        set(|set| (set.pages, set.block) = (entries(&["https://shop.example/pay*"]), entries(&[".pay, .card"]))),
        set(|set| (set.pages, set.hide) = (entries(&["https://*.shop.example/*"]), entries(&[".sub"]))),
    ]);
    let source = |url: Option<&str>| book.for_page(url.map(|url| Url::parse(url).unwrap()).as_ref());
    let lists = |mask, block, hide| SourceRules { mask, block, hide };
    assert_eq!(source(Some("https://shop.example/")).source_rules(), lists(vec![".all"], vec![], vec![]));
    assert_eq!(
        source(Some("https://shop.example/pay")).source_rules(),
        lists(vec![".all"], vec![".pay, .card"], vec![])
    );
    assert_eq!(source(Some("https://m.shop.example/")).source_rules(), lists(vec![".all"], vec![], vec![".sub"]));
    assert_eq!(
        source(None).source_rules(),
        lists(vec![".all"], vec![".pay, .card"], vec![".sub"]),
        "address not known"
    );
    assert!(source(Some("https://shop.example/a")).same_as(&source(Some("https://shop.example/b"))));
    assert!(!source(Some("https://shop.example/a")).same_as(&source(Some("https://shop.example/pay"))));
}

#[test]
fn rules_may_be_shared_among_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<RuleBook>();
    shared::<super::super::PageRules>();
}
