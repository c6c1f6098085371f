//! When to read the configuration again: on a hangup signal, and when something happens beside one of its files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::Reloader;

/// Whoever writes a file is done when nothing has happened for so long.
const SETTLE: Duration = Duration::from_millis(300);
/// Where something always happens, it is read all the same after so long.
const SETTLE_MAX: Duration = Duration::from_secs(3);

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watch(JoinHandle<()>);

impl Watch {
    /// Watches the folders of the configuration's files: what stands there is often a link, and a change is another link.
    /// Must be called within the runtime.
    #[must_use]
    pub fn start(reloader: Arc<Reloader>) -> Self {
        let (send, happened) = mpsc::channel(1);
        let mut folders = Folders::new(send);
        folders.add(&reloader.files());
        let signals = Signals::new();
        Self(tokio::spawn(run(reloader, folders, happened, signals)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(reloader: Arc<Reloader>, mut folders: Folders, mut happened: mpsc::Receiver<()>, mut signals: Signals) {
    loop {
        let is_asked_for = tokio::select! {
            () = signals.hangup() => true,
            Some(()) = happened.recv() => {
                settle(&mut happened).await;
                false
            }
        };
        let reading = Arc::clone(&reloader);
        let read = move || if is_asked_for { Some(reading.reload()) } else { reading.reload_if_changed() };
        // A fault in there is in the log already, and the next change is another try.
        let _ = tokio::task::spawn_blocking(read).await;
        folders.add(&reloader.files());
    }
}

async fn settle(happened: &mut mpsc::Receiver<()>) {
    let last = Instant::now() + SETTLE_MAX;
    while timeout_at(last.min(Instant::now() + SETTLE), happened.recv()).await.is_ok() {}
}

/// The folders that are watched.
struct Folders {
    watcher: Option<RecommendedWatcher>,
    known: HashSet<PathBuf>,
}

impl Folders {
    fn new(happened: mpsc::Sender<()>) -> Self {
        let tell = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_change(event.kind)) {
                // One that is not taken yet stands for this one too.
                let _ = happened.try_send(());
            }
        };
        let watcher = notify::recommended_watcher(tell);
        if let Err(error) = &watcher {
            tracing::warn!(%error, "files cannot be watched; send SIGHUP after a change");
        }
        Self { watcher: watcher.ok(), known: HashSet::new() }
    }

    fn add(&mut self, files: &[PathBuf]) {
        let Some(watcher) = &mut self.watcher else { return };
        for file in files {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !self.known.insert(folder.to_owned()) {
                continue;
            }
            if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
                tracing::warn!(%error, folder = %folder.display(), "cannot be watched; send SIGHUP after a change");
            }
        }
    }
}

/// Whether something may stand there now that did not before. Reading is none: we read ourselves.
fn is_change(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

#[cfg(unix)]
struct Signals(Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok())
    }

    async fn hangup(&mut self) {
        let Some(signal) = &mut self.0 else { return std::future::pending().await };
        if signal.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn hangup(&mut self) {
        std::future::pending().await
    }
}
