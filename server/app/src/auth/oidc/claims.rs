//! What a token of the provider says, and which roles follow from it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use vitrine_core::access::Sites;

use super::Cause;
use crate::auth::login::NAME_BYTES_MAX;
use crate::config::{ClaimRow, Oidc};

/// The claims of a token, besides its times.
pub(super) type Claims = Map<String, Value>;

/// The longest `sub` or `sid`, in bytes; the standard's own bound of a `sub`.
const ID_BYTES_MAX: usize = 255;

/// Judges what every token of the provider must say: that it is of this provider, and for us.
pub(super) fn judge_origin(claims: &Claims, config: &Oidc) -> Result<(), Cause> {
    if claims.get("iss").and_then(Value::as_str) != Some(config.issuer.text.as_str()) {
        return Err(Cause::Claim("iss"));
    }
    let ours = config.client_id.as_str();
    let others = match claims.get("aud") {
        Some(Value::String(only)) if only == ours => 0,
        Some(Value::Array(all)) if all.iter().any(|one| one == ours) => all.len() - 1,
        _ => return Err(Cause::Claim("aud")),
    };
    // A token for several says for whom it was made; that must be us.
    match claims.get("azp") {
        None if others == 0 => Ok(()),
        Some(Value::String(party)) if party == ours => Ok(()),
        _ => Err(Cause::Claim("azp")),
    }
}

/// The text of a claim that names something of the provider's.
pub(super) fn id(claims: &Claims, name: &'static str) -> Result<Option<String>, Cause> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() && text.len() <= ID_BYTES_MAX => Ok(Some(text.clone())),
        Some(_) => Err(Cause::Claim(name)),
    }
}

/// Whether a claim is this very text, in constant time.
pub(super) fn is(claims: &Claims, name: &str, wanted: &str) -> bool {
    let found = claims.get(name).and_then(Value::as_str).unwrap_or_default();
    found.as_bytes().ct_eq(wanted.as_bytes()).into()
}

/// A claim by its name, or by a JSON pointer if it begins with `/`.
pub(super) fn find<'c>(claims: &'c Claims, name: &str) -> Option<&'c Value> {
    let Some(rest) = name.strip_prefix('/') else { return claims.get(name) };
    let (first, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    claims.get(&first.replace("~1", "/").replace("~0", "~"))?.pointer(below)
}

/// Her name as customers read it: the claim, or the one that providers mostly have, without signs that would turn a line
/// around or break it.
pub(super) fn name(claims: &Claims, claim: &str) -> String {
    let texts = [claim, "preferred_username"].into_iter().filter_map(|name| find(claims, name)?.as_str());
    let mut names = texts.map(clean).filter(|name| !name.is_empty());
    names.next().unwrap_or_else(|| "Agent".to_owned())
}

fn clean(text: &str) -> String {
    let is_plain = |c: &char| {
        !c.is_control() && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut name = String::new();
    for c in text.trim().chars().filter(is_plain) {
        if name.len() + c.len_utf8() > NAME_BYTES_MAX {
            break;
        }
        name.push(c);
    }
    name.trim().to_owned()
}

/// What the claims amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Roles.
    pub roles: Vec<String>,
    /// Where they hold.
    pub sites: Sites,
}

/// What of her claims a row asks for: all that is kept of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    claim: String,
    value: String,
}

/// The rows' conditions that the claims meet.
#[must_use]
pub fn meet(claims: &Map<String, Value>, rows: &[ClaimRow]) -> Vec<Met> {
    let met = rows.iter().filter(|row| find(claims, &row.claim).is_some_and(|claim| has(claim, &row.value)));
    met.map(|row| Met { claim: row.claim.clone(), value: row.value.clone() }).collect()
}

/// Takes the rows whose conditions were met together, in the table's order, as far as that gives no role at a site where no
/// row gives it: rows for the same sites add their roles, rows of the same roles their sites; any other row is passed over.
/// `None`: there is none.
#[must_use]
pub fn grant(met: &[Met], rows: &[ClaimRow]) -> Option<Granted> {
    let is_met = |row: &&ClaimRow| met.iter().any(|one| one.claim == row.claim && one.value == row.value);
    let mut met = rows.iter().filter(is_met);
    let first = met.next()?;
    let mut granted = Granted { roles: first.roles.clone(), sites: first.sites.clone() };
    for row in met {
        let new: Vec<String> = row.roles.iter().filter(|role| !granted.roles.contains(role)).cloned().collect();
        if row.sites == granted.sites {
            granted.roles.extend(new);
        } else if new.is_empty() && granted.roles.iter().all(|role| row.roles.contains(role)) {
            granted.sites = both(&granted.sites, &row.sites);
        }
    }
    Some(granted)
}

fn has(claim: &Value, wanted: &str) -> bool {
    match claim {
        Value::String(text) => text == wanted,
        Value::Array(all) => all.iter().any(|one| one == wanted),
        _ => false,
    }
}

fn both(one: &Sites, other: &Sites) -> Sites {
    match (one, other) {
        (Sites::Only(one), Sites::Only(other)) => one.union(other).cloned().collect(),
        _ => Sites::All,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use vitrine_core::access::Sites;

    use super::{Claims, Granted, find, grant, meet, name};
    use crate::config::ClaimRow;

    fn claims(value: Value) -> Claims {
        let Value::Object(claims) = value else { panic!("not an object") };
        claims
    }

    fn sites(ids: &[&str]) -> Sites {
        if ids.is_empty() { Sites::All } else { ids.iter().map(|id| (*id).to_owned()).collect() }
    }

    fn row(value: &str, roles: &[&str], ids: &[&str]) -> ClaimRow {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        ClaimRow { claim: "groups".into(), value: value.into(), roles, sites: sites(ids) }
    }

    #[test]
    fn rows_add_up_without_giving_what_no_row_gives() {
        let rows = [
            row("support", &["agent"], &[]),
            row("leads", &["supervisor"], &[]),
            row("shop", &["agent"], &["shop"]),
            row("bank", &["agent"], &["bank"]),
            row("bank-leads", &["supervisor"], &["bank"]),
        ];
        for (groups, expected) in [
            (json!([]), None),
            (json!("support"), Some((vec!["agent"], sites(&[])))),
            (json!("suppor"), None),
            (json!(["x", "support"]), Some((vec!["agent"], sites(&[])))),
            (json!(["leads", "support"]), Some((vec!["agent", "supervisor"], sites(&[])))),
            (json!(["bank", "shop"]), Some((vec!["agent"], sites(&["bank", "shop"])))),
            (json!(["bank", "bank-leads"]), Some((vec!["agent", "supervisor"], sites(&["bank"])))),
            (json!(["shop", "bank-leads"]), Some((vec!["agent"], sites(&["shop"])))),
            (json!(["support", "bank-leads"]), Some((vec!["agent"], sites(&[])))),
            (json!({"support": true}), None),
            (json!(true), None),
        ] {
            let expected =
                expected.map(|(roles, sites)| Granted { roles: roles.into_iter().map(Into::into).collect(), sites });
            let met = meet(&claims(json!({"groups": groups})), &rows);
            assert_eq!(grant(&met, &rows), expected, "{groups}");
        }
        let met = meet(&claims(json!({"groups": ["support", "leads"]})), &rows);
        assert_eq!(grant(&met, &rows[1..]).unwrap().roles, ["supervisor"], "a row that is taken away is gone at once");
    }

    #[test]
    fn claims_are_found_by_name_and_by_pointer() {
        let claims = claims(json!({"https://a.example/roles": "x", "realm_access": {"roles": ["y"]}, "a/b": {"c": 1}}));
        for (name, expected) in [
            ("https://a.example/roles", Some(json!("x"))),
            ("/realm_access/roles", Some(json!(["y"]))),
            ("/realm_access", Some(json!({"roles": ["y"]}))),
            ("/a~1b/c", Some(json!(1))),
            ("realm_access.roles", None),
            ("/realm_access/none", None),
            ("", None),
        ] {
            assert_eq!(find(&claims, name).cloned(), expected, "{name}");
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        for (value, expected) in [
            (json!({"name": "Ann Lee"}), "Ann Lee"),
            (json!({"name": " \u{202e}Ann\n"}), "Ann"),
            (json!({"name": "\u{202e}", "preferred_username": "ann"}), "ann"),
            (json!({"name": 7}), "Agent"),
            (json!({"name": "é".repeat(40)}), &"é".repeat(32)),
        ] {
            assert_eq!(name(&claims(value.clone()), "name"), expected, "{value}");
        }
    }
}
