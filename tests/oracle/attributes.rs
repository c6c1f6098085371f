//! One element with its attributes, whether it came as HTML or as an rrweb node.

use super::Judge;
use super::css::CssPlace;
use super::names::{
    ANIMATIONS, BANNED_ATTRIBUTES, BANNED_ELEMENTS, HTML_ELEMENTS, MATHML_ELEMENTS, PAINT_ATTRIBUTES,
    RESERVED_HYPHENATED, SRCSET_ATTRIBUTES, SVG_ELEMENTS, TEXT_ATTRIBUTES, URL_ATTRIBUTES, holds,
};
use super::url::could_be_url;

/// Attributes as text, by name.
pub(super) type Attributes = Vec<(String, String)>;

fn value<'a>(attributes: &'a Attributes, wanted: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|(name, _)| local(name).eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.as_str())
}

/// The name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

impl Judge {
    /// Requires an element that may stand, with attributes that may.
    pub(super) fn element(&mut self, name: &str, is_svg: bool, attributes: &Attributes) {
        let tag = name.to_ascii_lowercase();
        let known = if is_svg {
            holds(SVG_ELEMENTS, &tag)
        } else {
            holds(HTML_ELEMENTS, &tag) || holds(MATHML_ELEMENTS, &tag) || is_custom(name)
        };
        let banned = BANNED_ELEMENTS.contains(&local(&tag)) && !is_charset(&tag, attributes);
        self.require((known || is_charset(&tag, attributes)) && !banned, "element", || format!("<{name}>"));
        match tag.as_str() {
            "link" => self.link(attributes),
            "iframe" | "frame" => {
                let loads = value(attributes, "src").is_some_and(|src| !src.trim().is_empty());
                self.require(!loads, "frame", || format!("<{name} src>"));
            }
            "input" => {
                let password =
                    value(attributes, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password"));
                self.require(!password, "password", || "<input type=password>".to_owned());
            }
            _ if ANIMATIONS.contains(&tag.as_str()) => self.animation(&tag, attributes),
            _ => {}
        }
        for (attribute, value) in attributes {
            self.attribute(&tag, attribute, value);
        }
    }

    /// A link is a style sheet from the proxy, or (in events) a style sheet's text.
    fn link(&mut self, attributes: &Attributes) {
        let rel = value(attributes, "rel");
        let href = value(attributes, "href");
        let sheet = rel.is_some_and(|rel| rel.trim().eq_ignore_ascii_case("stylesheet"))
            && href.is_some_and(|href| href.is_empty() || self.is_sealed(href));
        let text = rel.is_none() && href.is_none();
        self.require(sheet || text, "link", || format!("<link rel={rel:?} href={href:?}>"));
    }

    /// An animation can put a URL or a handler where none was.
    fn animation(&mut self, tag: &str, attributes: &Attributes) {
        let target = local(value(attributes, "attributename").unwrap_or_default()).trim().to_ascii_lowercase();
        let loads = target.starts_with("on")
            || URL_ATTRIBUTES.contains(&target.as_str())
            || SRCSET_ATTRIBUTES.contains(&target.as_str())
            || BANNED_ATTRIBUTES.contains(&target.as_str())
            || target == "style";
        self.require(!loads, "animation", || format!("<{tag} attributeName={target}>"));
        for name in ["to", "from", "by", "values"] {
            if let Some(text) = value(attributes, name) {
                self.css(text, CssPlace::Value, &format!("<{tag} {name}>"));
            }
        }
    }

    fn attribute(&mut self, tag: &str, name: &str, value: &str) {
        let place = format!("<{tag} {name}>");
        let lower = name.to_ascii_lowercase();
        let local = local(&lower);
        self.require(is_attribute_name(name), "name", || place.clone());
        let handler = lower.starts_with("on") || local.starts_with("on");
        self.require(!handler, "handler", || format!("{place}={value:?}"));
        let banned = BANNED_ATTRIBUTES.contains(&local) || BANNED_ATTRIBUTES.contains(&lower.as_str());
        self.require(!banned, "attribute", || format!("{place}={value:?}"));
        if SRCSET_ATTRIBUTES.contains(&local) {
            self.srcset(value, &place);
        } else if URL_ATTRIBUTES.contains(&local) {
            self.url(value, &place);
        } else if local == "style" || local == "_csstext" {
            self.css(value, CssPlace::Value, &place);
        } else if !TEXT_ATTRIBUTES.contains(&local) && !lower.starts_with("xmlns") && !lower.starts_with("aria-") {
            self.require(!could_be_url(value), "url", || format!("{place}={value:?}"));
            if PAINT_ATTRIBUTES.contains(&local) {
                self.css(value, CssPlace::Value, &place);
            }
        }
    }
}

/// What an HTML document says of its own encoding, which leaves nothing to a browser's guess.
fn is_charset(tag: &str, attributes: &Attributes) -> bool {
    tag == "meta" && matches!(attributes.as_slice(), [(name, value)] if name == "charset" && value == "utf-8")
}

fn is_custom(name: &str) -> bool {
    name.contains('-')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        && !RESERVED_HYPHENATED.contains(&name)
}

/// A name that `setAttribute` and a parser both take.
fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:.-".contains(&b))
}

/// A name that `createElement` takes.
pub(super) fn is_element_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:.-".contains(&b))
}

/// A name that `customElements.define` takes.
pub(super) fn is_definable(name: &str) -> bool {
    is_custom(name)
}
