//! A server that was started from files, as an operator starts it, and files that change under it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use vitrine::config::{Config, Source};
use vitrine::reload::{Outcome, Reloader, Watch};
use vitrine::start::{self, Listeners};

use crate::server::{Server, config, listener, local, pem};

/// The folder of a server's configuration and certificates.
///
/// The configuration stands there as a cluster mounts it: `vitrine.toml` is a link into a folder that is itself a link,
/// and a change exchanges that one.
#[derive(Debug)]
pub struct Files {
    folder: TempDir,
    address: SocketAddr,
    written: AtomicUsize,
    reloader: Option<Arc<Reloader>>,
}

/// Stands in `more` for the folder of the files.
pub const HERE: &str = "{here}";

impl Files {
    /// Starts a server with `more` as in [`Server::start`], and a certificate for `localhost` in `certificate.pem` and
    /// `key.pem`.
    pub async fn start(more: &str) -> (Server, Self) {
        Self::start_with(more, &[]).await
    }

    /// The same with other files beside the configuration, by their names.
    pub async fn start_with(more: &str, others: &[(&str, &str)]) -> (Server, Self) {
        let (public, management) = (listener(), listener());
        let (address, operators) = (local(&public), local(&management));
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Self { folder, address, written: AtomicUsize::new(0), reloader: None };
        let (certificate, key) = pem();
        for (name, text) in [("certificate.pem", certificate), ("key.pem", key)].iter().chain(others) {
            files.put(name, text);
        }
        files.change(more);
        std::os::unix::fs::symlink("now/vitrine.toml", files.path("vitrine.toml")).expect("a link");
        let source = files.source();
        let loaded = source.load().expect("a file");
        let problems: Vec<_> = loaded.problems.iter().map(|problem| problem.line(&loaded.file)).collect();
        let config: Config = loaded.config.unwrap_or_else(|| panic!("{}", problems.join("\n")));
        let inner = start::start(config, Listeners { public, management }).await.expect("a server");
        files.reloader = Some(Arc::new(inner.reloader(source)));
        let server = Server { inner: Some(inner), ..Server::elsewhere(address, operators) };
        (server, files)
    }

    fn source(&self) -> Source {
        let file = |name: &str| self.path(name).display().to_string();
        let environment = [
            ("VITRINE_TLS__CERTIFICATE".to_owned(), file("certificate.pem")),
            ("VITRINE_TLS__KEY".to_owned(), file("key.pem")),
        ];
        Source::new(Some(&self.path("vitrine.toml")), environment.to_vec())
    }

    /// A file of the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the folder, in one step.
    pub fn put(&self, name: &str, text: &str) {
        let new = self.path(&format!(".{name}.new"));
        std::fs::write(&new, text).expect("a file");
        std::fs::rename(new, self.path(name)).expect("a file in its place");
    }

    /// Writes another configuration.
    pub fn change(&self, more: &str) {
        let here = self.folder.path().display().to_string();
        self.change_to(&config(self.address, &more.replace(HERE, &here)));
    }

    /// Writes another configuration, all of it.
    pub fn change_to(&self, text: &str) {
        let folder = format!("v{}", self.written.fetch_add(1, Ordering::Relaxed));
        std::fs::create_dir(self.path(&folder)).expect("a folder");
        std::fs::write(self.path(&folder).join("vitrine.toml"), text).expect("a file");
        std::os::unix::fs::symlink(Path::new(&folder), self.path("next")).expect("a link");
        std::fs::rename(self.path("next"), self.path("now")).expect("a link in its place");
    }

    /// Has the server read its files now.
    pub async fn reload(&self) -> Outcome {
        let reloader = self.reloader();
        tokio::task::spawn_blocking(move || reloader.reload()).await.expect("an outcome")
    }

    /// Has the server read its files if they changed since it last did.
    pub async fn reload_if_changed(&self) -> Option<Outcome> {
        let reloader = self.reloader();
        tokio::task::spawn_blocking(move || reloader.reload_if_changed()).await.expect("an outcome")
    }

    /// Has the server watch its files.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch::start(self.reloader())
    }

    fn reloader(&self) -> Arc<Reloader> {
        Arc::clone(self.reloader.as_ref().expect("a server"))
    }
}
