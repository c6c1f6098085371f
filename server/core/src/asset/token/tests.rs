use super::{AssetKey, AssetKind, AssetRef, CLASSES_BYTES, Opener, Sealer, TokenError, open};
use crate::ids::SessionId;

fn session(text: &str) -> SessionId {
    SessionId::new(text).expect("an id")
}

fn key(id: u8) -> AssetKey {
    AssetKey { id, secret: [id; 32] }
}

fn token(sealer: &Sealer, url: &str, kind: AssetKind) -> String {
    let path = sealer.seal(url, kind);
    path.strip_prefix("/base/asset/").expect("the prefix").to_owned()
}

#[test]
fn what_was_sealed_opens_to_itself() {
    let sealer = Sealer::new(&key(7), session("s-1"), "/base");
    for kind in [AssetKind::Image, AssetKind::Font, AssetKind::Style, AssetKind::Media] {
        for length in [0, 1, 100, 121, 122, 1000, 8192, 16_000] {
            let url = format!("https://shop.example/{}", "a".repeat(length));
            let token = token(&sealer, &url, kind);
            assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            let expected = AssetRef { session: session("s-1"), url, kind };
            assert_eq!(open(&[key(3), key(7)], &token), Ok(expected));
        }
    }
    assert_eq!(sealer.seal(&"a".repeat(20_000), AssetKind::Image), "");
}

#[test]
fn equal_input_gives_the_equal_token_and_any_difference_another() {
    let one = Sealer::new(&key(1), session("s-1"), "/base");
    let first = token(&one, "https://shop.example/a", AssetKind::Image);
    assert_eq!(first, token(&one.clone(), "https://shop.example/a", AssetKind::Image));
    for other in [
        token(&one, "https://shop.example/b", AssetKind::Image),
        token(&one, "https://shop.example/a", AssetKind::Style),
        token(&Sealer::new(&key(1), session("s-2"), "/base"), "https://shop.example/a", AssetKind::Image),
        token(&Sealer::new(&key(2), session("s-1"), "/base"), "https://shop.example/a", AssetKind::Image),
    ] {
        let alike = first.bytes().skip(3).zip(other.bytes().skip(3)).filter(|(a, b)| a == b).count();
        assert!(alike < 24, "{alike} of {} characters are alike", first.len());
    }
}

#[test]
fn the_length_tells_a_class_only() {
    let sealer = Sealer::new(&key(1), session("0123456789abcdef"), "/base");
    let mut lengths: Vec<usize> = (0..8192).map(|n| token(&sealer, &"u".repeat(n), AssetKind::Image).len()).collect();
    lengths.dedup();
    assert!(lengths.is_sorted() && lengths.len() <= CLASSES_BYTES.len(), "{lengths:?}");
}

#[test]
fn no_other_text_opens() {
    let opener = Opener::new(&[key(1), key(2)]);
    let token = token(&Sealer::new(&key(1), session("s-1"), "/base"), "https://shop.example/a", AssetKind::Image);
    assert!(opener.open(&token).is_ok());
    for at in 0..token.len() {
        let flipped: String = token
            .char_indices()
            .map(|(i, c)| {
                if i != at {
                    c
                } else if c == 'A' {
                    'B'
                } else {
                    'A'
                }
            })
            .collect();
        assert_eq!(opener.open(&flipped), Err(TokenError), "character {at}");
        assert_eq!(opener.open(&token[..at]), Err(TokenError), "cut at {at}");
    }
    for text in ["", "A", "é", "/", "../x", &format!("{token}A"), &format!("{token}="), &"A".repeat(100_000)] {
        assert_eq!(opener.open(text), Err(TokenError));
    }
    assert_eq!(open(&[key(2)], &token), Err(TokenError));
    assert_eq!(open(&[AssetKey { id: 1, secret: [9; 32] }], &token), Err(TokenError));
    assert_eq!(open(&[], &token), Err(TokenError));
}

#[test]
fn a_secret_is_never_shown() {
    let sealer = Sealer::new(&key(1), session("s-1"), "");
    assert_eq!(
        format!("{:?} {sealer:?} {:?}", key(1), Opener::new(&[key(1)])),
        "AssetKey(1, ***) Sealer { key_id: 1, .. } [1]"
    );
}
