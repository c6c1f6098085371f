//! The cookie that binds a sign-in on its way to the browser that began it.

use http::{HeaderMap, HeaderValue};

use super::{CALLBACK_PATH, SIGN_IN_LASTS};
use crate::auth::login::named_cookie;
use crate::auth::secret::Secret;

/// The prefix lets only a page of this very host over TLS set it. (`__Host-` would, too, but send it everywhere.)
const NAME: &str = "__Secure-vitrine-sign-in";

/// What the browser brings back.
#[must_use]
pub fn read(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, NAME)
}

/// Sets it, or removes it. `Lax`, since the way back begins at another site; for the callback alone.
#[must_use]
pub fn set(base_path: &str, secret: Option<&Secret>) -> Option<HeaderValue> {
    let (value, age) = secret.map_or(("", 0), |secret| (secret.text(), SIGN_IN_LASTS.as_secs()));
    let path = format!("{base_path}{CALLBACK_PATH}");
    HeaderValue::from_str(&format!("{NAME}={value}; Path={path}; Max-Age={age}; HttpOnly; Secure; SameSite=Lax")).ok()
}
