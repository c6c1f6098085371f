//! An app's own credentials: `Authorization: Basic base64(app-id:app-key)`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use std::collections::BTreeMap;

use super::secret::Digest;
use crate::config::AgentApp;

/// The app that a request is by, if its key is right. Takes as long for an unknown app as for a wrong key.
#[must_use]
pub fn authenticate<'a>(headers: &HeaderMap, apps: &'a BTreeMap<String, AgentApp>) -> Option<(&'a str, &'a AgentApp)> {
    let (id, key) = credentials(headers)?;
    let presented = Digest::of(&key);
    let decoy = [Digest::of("a key that nobody has")];
    let app = apps.get_key_value(&id);
    let keys = app.map_or(&decoy[..], |(_, app)| app.keys.as_slice());
    // Every key is looked at, whichever fits.
    let fits = keys.iter().fold(false, |fits, key| (*key == presented) | fits);
    app.filter(|_| fits).map(|(id, app)| (id.as_str(), app))
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (all.next()?.to_str().ok()?, all.next()) else { return None };
    let (scheme, encoded) = line.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    text.split_once(':').map(|(id, key)| (id.to_owned(), key.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use http::{HeaderMap, HeaderValue, header};
    use vitrine_core::access::Sites;

    use super::authenticate;
    use crate::auth::secret::Digest;
    use crate::config::AgentApp;

    #[test]
    fn either_key_of_an_app_is_taken_and_no_other() {
        let keys = vec![Digest::of("new"), Digest::of("old")];
        let app = AgentApp { keys, roles: vec!["agent".into()], sites: Sites::All };
        let apps = BTreeMap::from([("crm".to_owned(), app)]);
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for (lines, is_let_in) in [
            (vec![basic("crm:new")], true),
            (vec![basic("crm:old")], true),
            (vec![basic("crm:wrong")], false),
            (vec![basic("crm:")], false),
            (vec![basic("erp:new")], false),
            (vec![basic("crm")], false),
            (vec!["Bearer crm:new".into()], false),
            (vec![basic("crm:new"), basic("crm:old")], false),
            (vec![], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
            }
            assert_eq!(authenticate(&headers, &apps).is_some(), is_let_in, "{lines:?}");
        }
    }
}
