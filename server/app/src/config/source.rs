//! Where the configuration comes from: a file, if there is one, under the environment.

use std::path::{Path, PathBuf};

use super::{Loaded, parse};

/// A file and what the environment says.
#[derive(Clone)]
pub struct Source {
    file: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

/// Variables can hold secrets.
impl std::fmt::Debug for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Source({:?})", self.file)
    }
}

/// The file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}; name a readable file with --config", path.display())]
pub struct Unreadable {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// What is read where no file is named, if it exists.
pub const DEFAULT_FILE: &str = "config/vitrine.toml";

impl Source {
    /// `file`, else [`DEFAULT_FILE`] if it exists, else the defaults; under `environment`.
    #[must_use]
    pub fn new(file: Option<&Path>, environment: Vec<(String, String)>) -> Self {
        let default = Path::new(DEFAULT_FILE);
        Self { file: file.or_else(|| default.is_file().then_some(default)).map(Path::to_owned), environment }
    }

    /// The file, if there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The file's name in messages.
    #[must_use]
    pub fn name(&self) -> String {
        self.file.as_ref().map_or_else(|| "defaults".to_owned(), |file| file.display().to_string())
    }

    /// What the environment says, over what the file says.
    #[must_use]
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// What the file says now.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self) -> Result<String, Unreadable> {
        let Some(path) = &self.file else { return Ok(String::new()) };
        std::fs::read_to_string(path).map_err(|source| Unreadable { path: path.clone(), source })
    }

    /// Reads the configuration. A file that can be read and is wrong is not an error here: see [`Loaded::problems`].
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn load(&self) -> Result<Loaded, Unreadable> {
        Ok(parse(&self.name(), &self.text()?, &self.environment))
    }
}

/// Variables that are settings: all of `VITRINE_<SECTION>__<KEY>`.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("VITRINE_") && name.contains("__"))
        .collect()
}
