//! `[keys]`: secrets of the server itself.

use vitrine_core::asset::AssetKey;

use super::reader::Reader;

pub(super) fn read(section: &mut Reader<'_, '_>) -> Vec<AssetKey> {
    let mut keys: Vec<AssetKey> = Vec::new();
    section.list("assets", |_, mut table| {
        let id: Option<u64> = table.required("id");
        let text: Option<String> = table.required("secret");
        let secret = text.as_deref().and_then(from_hex);
        if text.is_some() && secret.is_none() {
            table.complain("secret", "not 64 hexadecimal digits; make one with `openssl rand -hex 32`", None);
        }
        let Ok(id) = u8::try_from(id?) else {
            table.complain("id", "not within 0 to 255", None);
            return None;
        };
        if keys.iter().any(|key| key.id == id) {
            table.complain("id", "the id stands twice", None);
        }
        keys.push(AssetKey { id, secret: secret? });
        Some(())
    });
    keys
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
