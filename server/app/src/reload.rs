//! Another configuration and other certificates while the server runs: all of a change, or nothing of it.

mod watch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;

use crate::audit::{self, Action, Event};
use crate::config::{self, Config, Source};
use crate::net::tls;
use crate::ops::metrics;
use crate::start::App;

pub use watch::Watch;

/// Reads the configuration of a running server again.
#[derive(Debug)]
pub struct Reloader {
    app: Arc<App>,
    source: Source,
    tls: Option<RustlsConfig>,
    seen: Mutex<Seen>,
}

/// What was read last, right or wrong.
#[derive(Debug, Default)]
struct Seen {
    /// The files besides the configuration's own.
    files: Vec<PathBuf>,
    /// Of all that they held.
    print: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force, except for these keys, which only a start reads.
    Applied(Vec<String>),
    /// It is wrong, and nothing of it is in force: a line for each problem.
    Refused(Vec<String>),
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Applied(_) => "applied",
            Self::Refused(_) => "refused",
        }
    }
}

impl Reloader {
    /// For a server that was started from `source`; `tls` is what its listener shows to new connections.
    #[must_use]
    pub fn new(app: Arc<App>, source: Source, tls: Option<RustlsConfig>) -> Self {
        Self { app, source, tls, seen: Mutex::default() }
    }

    /// Reads the files, and puts what they say into force. Blocks while it reads; two at once take turns.
    pub fn reload(&self) -> Outcome {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(&mut seen)
    }

    /// The same, if the files say anything else than when they were last read. Beside them there may be others which
    /// change all the time, such as a log.
    pub fn reload_if_changed(&self) -> Option<Outcome> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = self.source.text().is_ok_and(|text| fingerprint(&text, &seen.files) == seen.print);
        if is_known { None } else { Some(self.read(&mut seen)) }
    }

    fn read(&self, seen: &mut Seen) -> Outcome {
        let outcome = self.change(seen).map_or_else(Outcome::Refused, Outcome::Applied);
        self.tell(&outcome);
        outcome
    }

    /// Files on which the configuration depends, its own included.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let own = self.source.file().map(ToOwned::to_owned);
        own.into_iter().chain(self.app.config().files().cloned()).collect()
    }

    /// The keys that wait for a restart, or what is wrong.
    fn change(&self, seen: &mut Seen) -> Result<Vec<String>, Vec<String>> {
        let (name, running) = (self.source.name(), self.app.config());
        let text = self.source.text().map_err(|error| vec![error.to_string()])?;
        let see = |files: Vec<PathBuf>| Seen { print: fingerprint(&text, &files), files };
        *seen = see(running.files().cloned().collect());
        // A file that is just being written is empty for a moment; the defaults would be in force.
        if self.source.file().is_some() && text.trim().is_empty() {
            return Err(vec![format!("{name}: the file is empty")]);
        }
        let again = config::parse_again(&running, &name, &text, self.source.environment());
        let again = again.map_err(|problems| problems.iter().map(|problem| problem.line(&name)).collect::<Vec<_>>())?;
        *seen = see(again.config.files().cloned().collect());
        let tls = self.certificates(&again.config)?;
        self.app.apply(again.config).map_err(|error| vec![format!("{name}: {error}")])?;
        if let (Some(listener), Some(tls)) = (&self.tls, tls) {
            listener.reload_from_config(tls);
        }
        Ok(again.waiting)
    }

    /// What new connections are shown. `None`: the server has no TLS, or was started with a certificate of no file.
    fn certificates(&self, config: &Config) -> Result<Option<Arc<ServerConfig>>, Vec<String>> {
        let had_files = self.app.config().tls.certificate.is_some();
        if self.tls.is_none() || !(had_files || config.tls.certificate.is_some()) {
            return Ok(None);
        }
        tls::from_files(&config.tls).map(Some).map_err(|error| vec![error.to_string()])
    }

    fn tell(&self, outcome: &Outcome) {
        metrics::count_reload(outcome.word());
        let noted = Event::of_system(Action::ConfigReload);
        match outcome {
            Outcome::Applied(waiting) => {
                self.app.audit.note(noted);
                tracing::info!("the configuration was read again and is in force");
                if !waiting.is_empty() {
                    tracing::warn!("changed, and waiting for a restart: {}", waiting.join(", "));
                }
            }
            Outcome::Refused(lines) => {
                self.app.audit.note(noted.went(audit::Outcome::Refused));
                for line in lines {
                    tracing::error!("{line}");
                }
                tracing::error!("the changed configuration is refused; what was in force stays so");
            }
        }
        let is_refused = matches!(outcome, Outcome::Refused(_));
        self.app.live.set_refused(is_refused);
        metrics::set_config_refused(is_refused);
    }
}

/// Of everything that the configuration is made of. A file that cannot be read counts as empty: whoever needs it tells.
fn fingerprint(text: &str, files: &[PathBuf]) -> Vec<u8> {
    let mut digest = Context::new(&SHA256);
    let mut take = |bytes: &[u8]| {
        digest.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(bytes);
    };
    take(text.as_bytes());
    for file in files {
        take(&std::fs::read(file).unwrap_or_default());
    }
    digest.finish().as_ref().to_vec()
}
