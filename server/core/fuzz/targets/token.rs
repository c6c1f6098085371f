//! Tokens: what was sealed opens to itself, and nothing else opens.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_core::asset::{AssetKey, AssetKind, AssetRef, Opener, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_core_fuzz::bytes::Bytes;
use vitrine_core_fuzz::world::{BASE_PATH, key};

const KINDS: [AssetKind; 4] = [AssetKind::Image, AssetKind::Font, AssetKind::Style, AssetKind::Media];

fuzz_target!(|data: &[u8]| {
    // The text as it is: nobody can have made a token without the key.
    let as_it_is = String::from_utf8_lossy(data);
    assert!(opener().open(&as_it_is).is_err(), "a token from nowhere: {as_it_is}");

    let mut bytes = Bytes::new(data);
    let kind = bytes.one(&KINDS);
    let name: String = (0..=bytes.below(64)).map(|_| char::from(bytes.one(b"aZ09_-"))).collect();
    let Some(session) = SessionId::new(&name) else { return };
    let sealer = Sealer::new(&key(), session.clone(), BASE_PATH);
    let damage = (bytes.below(6), bytes.any());
    let url = String::from_utf8_lossy(bytes.rest()).into_owned();
    let path = sealer.seal(&url, kind);
    assert_eq!(path, sealer.seal(&url, kind), "the same again");
    let Some(token) = path.strip_prefix(BASE_PATH).and_then(|rest| rest.strip_prefix("/asset/")) else {
        assert!(path.is_empty() && url.len() > 16_000, "{path}");
        return;
    };
    assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
    assert_eq!(opener().open(token), Ok(AssetRef { session, url, kind }));
    assert!(other_opener().open(token).is_err(), "another server's key opens it");
    let damaged = damaged(token, damage);
    assert!(damaged == token || opener().open(&damaged).is_err(), "{damaged} opens");
});

fn opener() -> Opener {
    Opener::new(&[AssetKey { id: 1, secret: [1; 32] }, key()])
}

fn other_opener() -> Opener {
    Opener::new(&[AssetKey { secret: [8; 32], ..key() }])
}

/// One change to a token.
fn damaged(token: &str, (how, by): (u32, u64)) -> String {
    let at = usize::try_from(by).unwrap_or_default() % token.len();
    let mut bytes = token.as_bytes().to_vec();
    match how {
        0 => bytes[at] = b"AQgwz_-9"[(by >> 32) as usize % 8],
        1 => bytes.truncate(at),
        2 => bytes.push(b'A'),
        3 => bytes.insert(at, b'='),
        4 => bytes.swap(0, at),
        _ => bytes.extend_from_slice(token.as_bytes()),
    }
    String::from_utf8(bytes).expect("ASCII")
}
