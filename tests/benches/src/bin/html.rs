//! `tests/bench html`: saved pages through parser, restrictions, sanitizer, sealing and serializer, beside `ammonia`, a
//! bare html5ever tree build, and `markup5ever_rcdom` with its serializer. Then what 200 rules cost beside 20.

#![expect(clippy::expect_used, reason = "a bench that cannot work ends by it")]

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{RcDom, SerializableHandle};
use vitrine_bench::inputs::{self, Input};
use vitrine_bench::names_sink::NamesSink;
use vitrine_bench::policy::{RulesMet, page_url, policy};
use vitrine_bench::rounds::{self, Variant};
use vitrine_core::html::{self, Scripting};
use vitrine_core::limits::Limits;
use vitrine_core::mirror::Mirror;
use vitrine_core::policy::Policy;
use vitrine_core::report::Report;
use vitrine_core::restrict::{PageRules, Walk};
use vitrine_core::view::preview_html;

const OURS: &str = "parse, restrict, sanitize, seal, serialize";
const AMMONIA: &str = "ammonia, permissive";
const BARE: &str = "html5ever, names only";
const RCDOM: &str = "html5ever, rcdom, serialize";
const RULES_20: &str = "restrict, 20 rules";
const RULES_200: &str = "restrict, 200 rules";

fn main() {
    let pages = inputs::pages();
    let policy_20 = policy(1);
    let mut met = RulesMet::default();
    pages.all.iter().for_each(|page| met.note(&sanitize(&policy_20, page).1));
    met.tell(false);

    let ammonia = permissive();
    let times = rounds::run(
        &pages.all,
        &mut [
            Variant::new(OURS, |page| sanitize(&policy_20, page).0),
            Variant::new(AMMONIA, |page| ammonia.clean(&text(page)).to_string().len()),
            Variant::new(BARE, |page| parse_document(NamesSink::default(), ParseOpts::default()).one(&*text(page))),
            Variant::new(RCDOM, rcdom),
        ],
    );
    restrict(&pages.all, &policy_20);
    times.print(AMMONIA);
    times.print_last("html", AMMONIA);
}

fn text(page: &Input) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(&page.bytes)
}

fn sanitize(policy: &Policy, page: &Input) -> (usize, Report) {
    let page_url = page_url();
    let made = preview_html(policy, &Limits::default(), page_url.as_ref(), &text(page));
    let (html, report) = made.expect("a page is within the limits");
    (html.len(), report)
}

fn rcdom(page: &Input) -> usize {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(&*text(page));
    let mut out = Vec::new();
    let document = SerializableHandle::from(dom.document);
    html5ever::serialize(&mut out, &document, html5ever::serialize::SerializeOpts::default()).expect("it is in memory");
    out.len()
}

/// Keeps a page's structure, its classes, ids and styles, as ours does; takes out what is active.
fn permissive() -> ammonia::Builder<'static> {
    let tags = "html head body title div main nav section form input button label select option optgroup textarea fieldset \
                legend iframe picture source video audio track canvas svg path g use symbol rect circle defs noscript meta link \
                article aside header footer figure figcaption address time mark small big font center";
    let attributes = "class id style title role lang dir type name value placeholder width height alt href src srcset sizes \
                      media rel content charset property colspan rowspan align valign for tabindex d viewBox fill x y r cx cy";
    let mut builder = ammonia::Builder::default();
    builder
        .add_tags(tags.split_whitespace())
        .add_generic_attributes(attributes.split_whitespace())
        .add_generic_attribute_prefixes(["data-", "aria-"])
        .link_rel(None)
        .url_relative(ammonia::UrlRelative::PassThrough);
    builder
}

/// The judgement of every element by the rules alone.
fn restrict(pages: &[Input], policy_20: &Policy) {
    let policy_200 = policy(10);
    let parse = |page: &Input| html::parse_document(&text(page), Scripting::On, &Limits::default(), 1);
    let mirrors: Vec<(String, Mirror)> =
        pages.iter().map(|page| (page.name.clone(), parse(page).expect("a page is within the limits"))).collect();
    let of = |page: &Input| &mirrors.iter().find(|(name, _)| *name == page.name).expect("all are parsed").1;
    let (few, many) = (policy_20.rules.for_page(None), policy_200.rules.for_page(None));
    let times = rounds::run(
        pages,
        &mut [
            Variant::new(RULES_200, |page| judge(&many, of(page))),
            Variant::new(RULES_20, |page| judge(&few, of(page))),
        ],
    );
    println!(
        "restrict alone: 200 rules cost {:.2} times what 20 cost (wanted: at most 1.5)\n",
        times.ratio(RULES_20, RULES_200)
    );
}

fn judge(rules: &PageRules, mirror: &Mirror) -> usize {
    let mut walk = Walk::default();
    mirror.descendants(mirror.root()).filter(|slot| rules.judge_in(mirror, *slot, &mut walk).rule.is_some()).count()
}
