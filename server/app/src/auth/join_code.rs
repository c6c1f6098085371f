//! Join codes: a few digits that are read over the telephone, so what is kept of them cannot be turned back.

use std::sync::Arc;

use super::secret::{Digest, random_bytes};
use crate::live::Live;

/// Makes and looks up codes. A plain digest of nine digits could be tried out; one under a key cannot.
#[derive(Debug)]
pub struct JoinCodes {
    live: Arc<Live>,
    digits: usize,
}

impl JoinCodes {
    /// Codes of so many digits, under the keys in force.
    #[must_use]
    pub fn new(live: Arc<Live>, digits: usize) -> Self {
        Self { live, digits }
    }

    /// A new code.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn random(&self) -> Result<String, getrandom::Error> {
        let mut code = String::with_capacity(self.digits);
        while code.len() < self.digits {
            let bytes = random_bytes::<16>()?;
            // Of 256 values, 250 fall evenly on ten digits; the rest are thrown away.
            let even = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
            code.extend(even.take(self.digits - code.len()));
        }
        Ok(code)
    }

    /// What a code is kept by. Spaces and hyphens, as people write them, do not count.
    #[must_use]
    pub fn digest(&self, code: &str) -> Option<Digest> {
        self.digests(code).into_iter().next()
    }

    /// What a code may be kept by: first as [`Self::digest`], then under keys that wrote before or will. Empty: it is none.
    #[must_use]
    pub fn digests(&self, code: &str) -> Vec<Digest> {
        let digits: String = code.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let is_code = digits.len() == self.digits && digits.bytes().all(|b| b.is_ascii_digit());
        if is_code { self.live.now().shared.join_code(&digits).collect() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::JoinCodes;
    use crate::config;
    use crate::live::Live;

    fn codes(digits: usize) -> JoinCodes {
        let config = config::parse("test.toml", "", &[]).config.unwrap();
        JoinCodes::new(Arc::new(Live::new(config).unwrap()), digits)
    }

    #[test]
    fn codes_are_digits_and_found_however_they_are_written() {
        let codes = codes(9);
        let code = codes.random().unwrap();
        assert!(code.len() == 9 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert_ne!(code, codes.random().unwrap());
        let spoken = format!("{} {}-{}", &code[..3], &code[3..6], &code[6..]);
        assert_eq!(codes.digest(&code), codes.digest(&spoken));
        for wrong in ["", "12345678", "1234567890", "12345678x", "１２３４５６７８９"] {
            assert!(codes.digest(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn two_servers_without_a_common_key_keep_different_digests() {
        let (one, two) = (codes(6), codes(6));
        assert_ne!(one.digest("123456"), two.digest("123456"));
    }
}
