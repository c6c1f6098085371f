//! Records that leave this process: sealed under a key that only the servers have, and bound to the name they are kept by.
//! Who can read the store learns nothing from them, and who can write to it cannot make one.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::secret::random_bytes;

/// Says which form of sealing follows.
const FORM: u8 = 1;

/// Seals under the first of its keys, opens by all of them.
pub(super) struct Sealing(Vec<LessSafeKey>);

impl Sealing {
    pub(super) fn new(keys: impl Iterator<Item = [u8; 32]>) -> Self {
        Self(keys.filter_map(|key| UnboundKey::new(&AES_256_GCM_SIV, &key).ok().map(LessSafeKey::new)).collect())
    }

    pub(super) fn seal(&self, name: &str, mut record: Vec<u8>) -> Result<Vec<u8>, getrandom::Error> {
        let nonce = random_bytes::<NONCE_LEN>()?;
        let mut sealed = vec![FORM];
        sealed.extend(nonce);
        let key = self.0.first().ok_or(getrandom::Error::UNEXPECTED)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut record)
            .map_err(|_| getrandom::Error::UNEXPECTED)?;
        sealed.append(&mut record);
        Ok(sealed)
    }

    pub(super) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.strip_prefix(&[FORM])?.split_at_checked(NONCE_LEN)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().ok()?;
        self.0.iter().find_map(|key| {
            let mut record = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(nonce);
            let length = key.open_in_place(nonce, Aad::from(name), &mut record).ok()?.len();
            record.truncate(length);
            Some(record)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Sealing;

    #[test]
    fn a_record_opens_under_its_name_and_key_alone() {
        let (old, new) = ([1; 32], [2; 32]);
        let [one, both, other] = [vec![old], vec![new, old], vec![new]].map(|keys| Sealing::new(keys.into_iter()));
        let sealed = one.seal("v:login:a", b"a record".to_vec()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"record"));
        for (sealing, name, opens) in [
            (&one, "v:login:a", true),
            (&both, "v:login:a", true),
            (&other, "v:login:a", false),
            (&one, "v:login:b", false),
        ] {
            assert_eq!(sealing.open(name, &sealed).is_some(), opens, "{name}");
        }
        assert_eq!(one.open("v:login:a", &sealed).unwrap(), b"a record");
        assert_ne!(one.seal("v:login:a", b"a record".to_vec()).unwrap(), sealed);
        assert!(one.open("v:login:a", &both.seal("v:login:a", Vec::new()).unwrap()).is_none(), "the first key seals");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(one.open("v:login:a", &changed).is_none(), "{at}");
            assert!(one.open("v:login:a", &sealed[..at]).is_none(), "{at}");
        }
    }
}
