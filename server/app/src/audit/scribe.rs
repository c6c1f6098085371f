//! The one who writes: seals events into lines, in their order, and puts them where they belong.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::action::Action;
use super::chain::{Chain, Line};
use super::event::{Event, Outcome};
use super::file::{LogFile, OpenError};
use super::index::Index;
use crate::config;
use crate::ops::clock::Time;
use crate::ops::metrics;

/// Where lines go.
#[derive(Debug)]
enum Output {
    /// Only into memory.
    Nowhere,
    /// To standard output.
    Stdout,
    /// To a file.
    File(LogFile),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Scribe {
    chain: Chain,
    output: Output,
    index: Arc<Index>,
    is_failing: bool,
    /// Bytes that somebody else added or took away, and no line tells yet.
    altered_bytes: u64,
}

/// Why lines could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Scribe {
    /// Opens the output and writes the first line of this process.
    pub(super) fn open(config: &config::Audit, index: Arc<Index>) -> Result<Self, OpenError> {
        let (output, chain, torn) = match &config.to {
            config::AuditTo::Nowhere => (Output::Nowhere, Chain::NEW, None),
            config::AuditTo::Stdout => (Output::Stdout, Chain::NEW, None),
            config::AuditTo::File(path) => {
                let (file, chain, torn) = LogFile::open(path)?;
                (Output::File(file), chain, torn)
            }
        };
        let mut scribe = Self { chain, output, index, is_failing: false, altered_bytes: 0 };
        let mut start = Event::of_system(Action::ServerStart);
        if let Some(torn) = torn {
            tracing::warn!(bytes = torn.bytes, kept_in = %torn.kept_in.display(), "the audit log ended in a torn line");
            start = start.because("torn").times(torn.bytes);
        }
        scribe.put(vec![(start, Time::now())]).map_err(|error| match error {
            WriteError::Open(error) => error,
            WriteError::Io(source) => OpenError::Io { path: config.to.path().unwrap_or_default(), source },
        })?;
        Ok(scribe)
    }

    /// Writes all of the events, or none. `false`: none; the cause is in the log, once until it goes on.
    pub(super) fn write(&mut self, events: Vec<(Event, Time)>) -> bool {
        let written = self.put(events);
        match &written {
            Ok(()) if self.is_failing => tracing::warn!("the audit log is written again"),
            Err(error) if !self.is_failing => tracing::error!(%error, "the audit log cannot be written"),
            _ => {}
        }
        self.is_failing = written.is_err();
        if self.is_failing {
            metrics::count(metrics::AUDIT_FAILURES, 1);
        }
        written.is_ok()
    }

    fn put(&mut self, events: Vec<(Event, Time)>) -> Result<(), WriteError> {
        let mut chain = self.chain;
        let (mut lines, mut bytes) = (Vec::with_capacity(events.len()), Vec::new());
        for (event, time) in self.news()?.map(|event| (event, Time::now())).into_iter().chain(events) {
            let (line, text) = chain.seal(event, time);
            bytes.extend_from_slice(&text);
            lines.push(line);
        }
        match &mut self.output {
            Output::Nowhere => {}
            Output::Stdout => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(&bytes)?;
                stdout.flush()?;
            }
            Output::File(file) => file.append(&bytes)?,
        }
        (self.chain, self.altered_bytes) = (chain, 0);
        self.keep(lines);
        Ok(())
    }

    fn keep(&self, lines: Vec<Line>) {
        metrics::count(metrics::AUDIT_LINES, lines.len() as u64);
        for line in lines {
            self.index.keep(line);
        }
    }

    /// What became of the file since the last line: it was renamed, and a new one begins; or somebody else wrote into it.
    fn news(&mut self) -> Result<Option<Event>, WriteError> {
        let Output::File(file) = &mut self.output else { return Ok(None) };
        if file.was_moved()? {
            file.follow(self.chain)?;
        }
        let altered = file.altered_bytes()?;
        if altered > 0 {
            tracing::error!(bytes = altered, "somebody else wrote into the audit log, or cut it");
            self.altered_bytes += altered;
        }
        Ok(if self.altered_bytes > 0 {
            Some(Event::of_system(Action::AuditAlter).went(Outcome::Failed).times(self.altered_bytes))
        } else if file.is_empty() && self.chain != Chain::NEW {
            Some(Event::of_system(Action::AuditRotate))
        } else {
            None
        })
    }

    /// The last line, to be kept somewhere else: see `vitrine audit verify --expect-last`.
    pub(super) fn tell_last(&self) {
        if !matches!(self.output, Output::Nowhere) {
            tracing::info!(lines = self.chain.seq, hash = %self.chain.last, "the audit log ends");
        }
    }
}

impl config::AuditTo {
    fn path(&self) -> Option<PathBuf> {
        if let Self::File(path) = self { Some(path.clone()) } else { None }
    }
}
