//! What the demo keeps between its runs: a certificate that a browser need accept only once, and the password.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::DemoError;
use crate::auth::secret::random_bytes;
use crate::start::StartError;

/// `$VITRINE_DATA`, else `vitrine` in the user's data folder.
#[derive(Debug)]
pub(super) struct Home(PathBuf);

/// Characters that are not taken for each other.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const PASSWORD_CHARS: usize = 12;

impl Home {
    pub(super) fn open() -> Result<Self, DemoError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = set("VITRINE_DATA")
            .or_else(|| set("XDG_DATA_HOME").map(|data| data.join("vitrine")))
            .or_else(|| set("HOME").map(|home| home.join(".local/share/vitrine")))
            .unwrap_or_else(|| PathBuf::from("vitrine-data"));
        let home = Self(folder);
        fs::create_dir_all(&home.0).map_err(|error| home.error(error))?;
        Ok(home)
    }

    /// The agent's password: random, and the same at each run.
    pub(super) fn password(&self) -> Result<String, DemoError> {
        let is_good = |text: &str| text.len() == PASSWORD_CHARS && text.bytes().all(|b| ALPHABET.contains(&b));
        if let Some(kept) = self.read("password").filter(|text| is_good(text)) {
            return Ok(kept);
        }
        let bytes = random_bytes::<PASSWORD_CHARS>().map_err(StartError::from)?;
        let password: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        self.write("password", &password)?;
        Ok(password)
    }

    /// A file's text, if it is there and can be read.
    pub(super) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.join(name)).ok()
    }

    /// Writes a file that only its owner can read.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), DemoError> {
        write_private(&self.0.join(name), text).map_err(|error| self.error(error))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn error(&self, source: io::Error) -> DemoError {
        DemoError::Home { folder: self.0.display().to_string(), source }
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // The mode above is for a file that is made; one that was there keeps its own.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::write_private;

    #[test]
    fn secrets_are_their_owners_alone() {
        let folder = std::env::temp_dir().join(format!("vitrine-home-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("key.pem");
        fs::write(&path, "of an earlier version").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, "key").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), "key");
        fs::remove_dir_all(&folder).unwrap();
    }
}
