//! Who the customer is: what her website vouches for and until when, and what her page says besides.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::{Now, Session, Step, messages};
use crate::limits::Limits;

/// A contact token is asked for anew when so much of its time is left, and again each time half of the rest has passed.
const RENEW_AT_LEFT: (u64, u64) = (1, 4);
/// A page is not asked more often.
const ASK_EVERY_MS: u64 = 5_000;

/// How a website's customers make themselves known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactRules {
    /// The website as agents read it: "Verified by …".
    pub site_name: String,
    /// The only attributes that agents see.
    pub attributes: Vec<String>,
    /// Whether the website has keys to vouch with. Without them no page is asked to.
    pub takes_tokens: bool,
}

/// What a website vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What it says of its customer.
    pub attributes: Attributes,
    /// Until when it is believed.
    pub ends: Now,
}

/// Attributes that an agent may see: listed names, short plain values. Shown in logs as their number alone.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, AttributeValue>);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum AttributeValue {
    Truth(bool),
    Number(Number),
    Text(String),
}

impl Attributes {
    /// What may be shown of `given`, and how much of it may not: of another name, no text, number or truth, too long, too
    /// many, or with characters that are there to deceive a reader.
    #[must_use]
    pub fn pick(given: Map<String, Value>, allowed: &[String], limits: &Limits) -> (Self, usize) {
        let all = given.len();
        let listed = given.into_iter().filter(|(name, _)| allowed.contains(name));
        let plain = listed.filter_map(|(name, value)| Some((name, AttributeValue::plain(value, limits)?)));
        let picked: BTreeMap<String, AttributeValue> = plain.take(limits.attributes).collect();
        let dropped = all - picked.len();
        (Self(picked), dropped)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that `others` does not have.
    fn without(&self, others: &Self) -> Self {
        let rest = self.0.iter().filter(|(name, _)| !others.0.contains_key(*name));
        Self(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Attributes({})", self.0.len())
    }
}

impl AttributeValue {
    fn plain(value: Value, limits: &Limits) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(Self::Truth(truth)),
            Value::Number(number) => Some(Self::Number(number)),
            Value::String(text) if text.len() <= limits.attribute_bytes && !text.chars().any(deceives) => {
                Some(Self::Text(text))
            }
            _ => None,
        }
    }
}

/// Controls, and what turns the direction of the text around it.
fn deceives(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The customer as agents are told of her.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerFacts {
    /// Whether her website vouches for [`Self::attributes`] at the moment.
    pub verified: bool,
    /// The website's name, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it vouches for; of a customer who is not verified, what her page says.
    pub attributes: Attributes,
    /// What the page says of a verified customer besides: never a name that is vouched for.
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub claimed: Attributes,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Contact {
    pub(super) verified: Option<Identity>,
    pub(super) claimed: Attributes,
    /// Changed since [`Session::kept`] last told it.
    pub(super) is_new: bool,
    /// When her page is to be asked for the next token.
    ask_at_ms: Option<u64>,
}

impl Contact {
    pub(super) fn new(identity: Option<Identity>, now: Now) -> Self {
        let ask_at_ms = identity.as_ref().map(|identity| renewal_ms(identity, now));
        Self { verified: identity, claimed: Attributes::default(), is_new: false, ask_at_ms }
    }

    pub(super) fn facts(&self, rules: &ContactRules) -> CustomerFacts {
        let Some(Identity { attributes, .. }) = &self.verified else {
            return CustomerFacts { attributes: self.claimed.clone(), ..CustomerFacts::default() };
        };
        CustomerFacts {
            verified: true,
            by: Some(rules.site_name.clone()),
            attributes: attributes.clone(),
            claimed: self.claimed.without(attributes),
        }
    }
}

fn renewal_ms(identity: &Identity, now: Now) -> u64 {
    let left_ms = identity.ends.0.saturating_sub(now.0);
    identity.ends.0 - left_ms / RENEW_AT_LEFT.1 * RENEW_AT_LEFT.0
}

impl Session {
    /// The website vouches for its customer, anew or for the first time; `None`: it does not, or is not believed, and she
    /// is not verified any more. Agents are told what is different.
    pub fn identify(&mut self, now: Now, identity: Option<Identity>) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        let claimed = std::mem::take(&mut self.contact.claimed);
        self.contact = Contact { claimed, ..Contact::new(identity, now) };
        self.contact.is_new = true;
        self.tell_agents()
    }

    /// What the page says of its customer, in place of what it said before.
    pub(super) fn take_attributes(&mut self, given: Map<String, Value>) -> Vec<Step> {
        let (claimed, dropped) = Attributes::pick(given, &self.setup.contact.attributes, &self.setup.limits);
        self.contact.claimed = claimed;
        self.contact.is_new = true;
        let mut steps = self.tell_agents();
        if dropped > 0 {
            steps.push(Step::AttributesDropped(dropped));
        }
        steps
    }

    /// What the clock does to it: asks for the next token, and ends what was vouched for.
    pub(super) fn contact_timeout(&mut self, now: Now) -> Vec<Step> {
        if self.contact.verified.as_ref().is_some_and(|identity| identity.ends <= now) {
            let mut steps = self.identify(now, None);
            steps.extend(self.ask_contact(now));
            return steps;
        }
        if self.contact_due_ms().is_some_and(|due| due <= now.0) { self.ask_contact(now) } else { Vec::new() }
    }

    /// When [`Session::contact_timeout`] has something to do.
    pub(super) fn contact_due_ms(&self) -> Option<u64> {
        let ends = self.contact.verified.as_ref().map(|identity| identity.ends.0);
        let ask = self.contact.ask_at_ms.filter(|_| self.customer.gives_contact());
        ends.into_iter().chain(ask).min()
    }

    /// A page that has just come is asked at once: its customer may have signed in, out, or as somebody else. One that
    /// comes back is asked if nobody vouches for her.
    pub(super) fn greet_contact(&mut self, now: Now, is_next_page: bool) -> Vec<Step> {
        if is_next_page || self.contact.verified.is_none() { self.ask_contact(now) } else { Vec::new() }
    }

    fn ask_contact(&mut self, now: Now) -> Vec<Step> {
        if !self.setup.contact.takes_tokens || !self.customer.gives_contact() {
            return Vec::new();
        }
        self.contact.ask_at_ms = self.contact.verified.as_ref().map(|identity| {
            let left_ms = identity.ends.0.saturating_sub(now.0);
            now.0.saturating_add((left_ms / 2).max(ASK_EVERY_MS))
        });
        vec![Step::ToCustomer(messages::contact_request())]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::Attributes;
    use crate::limits::Limits;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn only_listed_plain_short_attributes_are_shown() {
        let allowed = ["name", "since", "gold", "note"].map(str::to_owned);
        let limits = Limits { attribute_bytes: 8, ..Limits::default() };
        for (given, shown) in [
            (
                json!({ "name": "Jane", "since": 2019, "gold": true }),
                json!({ "name": "Jane", "since": 2019, "gold": true }),
            ),
            (json!({ "Name": "Jane", "other": "x" }), json!({})),
            (json!({ "name": ["Jane"], "since": { "year": 2019 }, "gold": null }), json!({})),
            (json!({ "name": "123456789", "note": "12345678" }), json!({ "note": "12345678" })),
            (json!({ "name": "a\u{202e}b", "note": "a\nb" }), json!({})),
            (json!({ "since": 18_446_744_073_709_551_615u64 }), json!({ "since": 18_446_744_073_709_551_615u64 })),
            (json!({}), json!({})),
        ] {
            let (picked, dropped) = Attributes::pick(map(&given), &allowed, &limits);
            assert_eq!(serde_json::to_value(&picked).unwrap(), shown, "{given}");
            assert_eq!(dropped, map(&given).len() - map(&shown).len(), "{given}");
        }
    }

    #[test]
    fn there_are_not_more_than_the_limit() {
        let allowed: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        let given: Map<String, Value> = allowed.iter().map(|name| (name.clone(), json!(1))).collect();
        let (picked, dropped) = Attributes::pick(given, &allowed, &Limits { attributes: 4, ..Limits::default() });
        assert_eq!((picked.0.len(), dropped), (4, 5));
    }

    #[test]
    fn a_log_tells_how_many_there_are_and_not_which() {
        let (picked, _) = Attributes::pick(map(&json!({ "name": "Jane" })), &["name".to_owned()], &Limits::default());
        assert_eq!(format!("{picked:?}"), "Attributes(1)");
    }
}
