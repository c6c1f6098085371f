//! Join codes: a few digits that are read over the telephone, so what is kept of them cannot be turned back.

use aws_lc_rs::hmac;

use super::secret::{Digest, random_bytes};

/// Makes and looks up codes. A plain digest of nine digits could be tried out; one under a key cannot.
#[derive(Debug)]
pub struct JoinCodes {
    key: hmac::Key,
    digits: usize,
}

impl JoinCodes {
    /// Codes of so many digits, under a key of this process's own.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new(digits: usize) -> Result<Self, getrandom::Error> {
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &random_bytes::<32>()?), digits })
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

    /// What a code is looked up by. Spaces and hyphens, as people write them, do not count.
    #[must_use]
    pub fn digest(&self, code: &str) -> Option<Digest> {
        let digits: String = code.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let is_code = digits.len() == self.digits && digits.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| Digest::from_slice(hmac::sign(&self.key, digits.as_bytes()).as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::JoinCodes;

    #[test]
    fn codes_are_digits_and_found_however_they_are_written() {
        let codes = JoinCodes::new(9).unwrap();
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
    fn two_servers_keep_different_digests() {
        let (one, two) = (JoinCodes::new(6).unwrap(), JoinCodes::new(6).unwrap());
        assert_ne!(one.digest("123456"), two.digest("123456"));
    }
}
