//! How the rest of the server notes something: at once and without waiting, or waiting until the line is on the disk.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, RateLimiter};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use vitrine_core::ids::SessionId;

use super::action::{Action, Unwritten};
use super::event::{Actor, Event, Outcome};
use super::file::OpenError;
use super::index::{Index, Page};
use super::limits::{BATCH_MAX, QUEUE_MAX, REFUSALS_PER_MINUTE, REFUSALS_PER_MINUTE_TOTAL, REFUSALS_WAITING_MAX, WAIT};
use super::scribe::Scribe;
use crate::config;
use crate::http::Problem;
use crate::http::rate::per_minute;
use crate::ops::clock::Time;
use crate::ops::metrics;

/// The audit log of this process.
#[derive(Debug)]
pub struct Audit {
    desk: Desk,
    index: Arc<Index>,
    omitted: Arc<AtomicU64>,
    refusals: DefaultKeyedRateLimiter<String>,
    refusals_in_all: DefaultDirectRateLimiter,
    is_required: bool,
    /// Whether lines tell from where.
    pub(super) tells_addresses: bool,
}

/// Who writes.
#[derive(Debug)]
enum Desk {
    /// Nothing leaves the memory, so nobody has to be waited for.
    Here(Mutex<Scribe>),
    /// A thread of its own: a disk can be slow.
    There(mpsc::Sender<Job>),
}

#[derive(Debug)]
enum Job {
    Write(Event, Time, Option<oneshot::Sender<bool>>),
    Stop(oneshot::Sender<()>),
}

impl Audit {
    /// Opens the log, and writes that the server starts.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn start(config: &config::Audit) -> Result<Self, OpenError> {
        let (index, omitted) = (Arc::new(Index::default()), Arc::new(AtomicU64::new(0)));
        let scribe = Scribe::open(config, Arc::clone(&index))?;
        let desk = if config.to == config::AuditTo::Nowhere {
            Desk::Here(Mutex::new(scribe))
        } else {
            let (sender, jobs) = mpsc::channel(QUEUE_MAX);
            let clerk = Clerk { scribe, omitted: Arc::clone(&omitted), is_required: config.required };
            thread::Builder::new()
                .name("audit".to_owned())
                .spawn(move || clerk.work(jobs))
                .map_err(|source| OpenError::Io { path: "its thread".into(), source })?;
            Desk::There(sender)
        };
        Ok(Self {
            desk,
            index,
            omitted,
            refusals: RateLimiter::keyed(per_minute(REFUSALS_PER_MINUTE)),
            refusals_in_all: RateLimiter::direct(per_minute(REFUSALS_PER_MINUTE_TOTAL)),
            is_required: config.required,
            tells_addresses: config.addresses,
        })
    }

    /// Notes what has happened, without waiting. What finds no room is counted, and the count is a line.
    pub fn note(&self, event: Event) {
        match &self.desk {
            Desk::Here(scribe) => {
                scribe.lock().unwrap_or_else(PoisonError::into_inner).write(vec![(event, Time::now())]);
            }
            Desk::There(sender) => {
                if sender.try_send(Job::Write(event, Time::now(), None)).is_err() {
                    self.omit();
                }
            }
        }
    }

    /// Notes a refusal, without waiting. Of a flood of them from `who` only some are lines; the rest is counted.
    pub fn note_refusal(&self, event: Event, who: String) {
        let has_room = match &self.desk {
            Desk::Here(_) => true,
            Desk::There(sender) => sender.capacity() > QUEUE_MAX - REFUSALS_WAITING_MAX,
        };
        let who = if let Actor::Agent { subject, .. } = &event.actor { subject.clone() } else { who };
        if has_room && self.refusals.check_key(&who).is_ok() && self.refusals_in_all.check().is_ok() {
            self.note(event);
        } else {
            self.omit();
        }
    }

    /// Notes what is about to be done, and waits until the line is written.
    ///
    /// # Errors
    /// [`Problem::NotNoted`]: it cannot be written, so it must not be done. Never for what `Unwritten::Done` says.
    pub async fn before(&self, event: Event) -> Result<(), Problem> {
        let Desk::There(sender) = &self.desk else {
            self.note(event);
            return Ok(());
        };
        if event.action.unwritten() == Unwritten::Done {
            self.note(event);
            return Ok(());
        }
        let (written, is_written) = oneshot::channel();
        let job = Job::Write(event, Time::now(), Some(written));
        let waiting = async { sender.send(job).await.is_ok() && is_written.await == Ok(true) };
        let is_written = timeout(WAIT, waiting).await == Ok(true);
        if is_written || !self.is_required { Ok(()) } else { Err(Problem::NotNoted) }
    }

    /// Lines of a session with numbers above `after`, as long as they are in memory.
    #[must_use]
    pub fn page(&self, session: &SessionId, after: u64, most: usize) -> Option<Page> {
        self.index.page(session, after, most)
    }

    /// Whether any line of a session is in memory.
    #[must_use]
    pub fn knows(&self, session: &SessionId) -> bool {
        self.index.knows(session)
    }

    /// Forgets who was not refused anything lately. Call it once a minute.
    pub fn forget_idle(&self) {
        self.refusals.retain_recent();
        self.refusals.shrink_to_fit();
    }

    /// Writes the last line, at most so long as an action would wait.
    pub async fn stop(&self) {
        let Desk::There(sender) = &self.desk else { return };
        let (done, is_done) = oneshot::channel();
        let stopping = async { sender.send(Job::Stop(done)).await.is_ok() && is_done.await.is_ok() };
        if timeout(WAIT, stopping).await != Ok(true) {
            tracing::error!("the audit log could not be finished");
        }
    }

    fn omit(&self) {
        self.omitted.fetch_add(1, Ordering::Relaxed);
        metrics::count(metrics::AUDIT_OMITTED, 1);
    }
}

/// The thread that writes.
struct Clerk {
    scribe: Scribe,
    omitted: Arc<AtomicU64>,
    is_required: bool,
}

impl Clerk {
    fn work(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH_MAX
                && let Ok(more) = jobs.try_recv()
            {
                batch.push(more);
            }
            if self.take(batch) {
                return;
            }
        }
    }

    /// Writes a batch. `true`: it was the last.
    fn take(&mut self, batch: Vec<Job>) -> bool {
        let (mut events, mut waiting, mut stopped) = (Vec::with_capacity(batch.len() + 1), Vec::new(), None);
        let mut noted = 0;
        let omitted = self.omitted.swap(0, Ordering::Relaxed);
        if omitted > 0 {
            let event = Event::of_system(Action::AuditOmit).went(Outcome::Failed).times(omitted);
            events.push((event, Time::now()));
        }
        for job in batch {
            match job {
                // Who waited was told meanwhile that it is not done.
                Job::Write(_, _, Some(written)) if written.is_closed() => {}
                Job::Write(event, time, written) => {
                    events.push((event, time));
                    noted += u64::from(written.is_none() || !self.is_required);
                    waiting.extend(written);
                }
                Job::Stop(done) => stopped = Some(done),
            }
        }
        if stopped.is_some() {
            events.push((Event::of_system(Action::ServerStop), Time::now()));
        }
        let is_written = events.is_empty() || self.scribe.write(events);
        if !is_written {
            self.omitted.fetch_add(omitted + noted, Ordering::Relaxed);
            metrics::count(metrics::AUDIT_OMITTED, noted);
        }
        for written in waiting {
            // Nobody waits any more: then it was refused, and the line says more than was done.
            let _ = written.send(is_written);
        }
        let Some(done) = stopped else { return false };
        self.scribe.tell_last();
        let _ = done.send(());
        true
    }
}
