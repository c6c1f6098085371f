//! A session's task beside the owner, where nodes share a store: reading what the owner tells, asking it, and knowing whether it
//! is there.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use vitrine_core::asset::EarlyFetch;
use vitrine_core::ids::Epoch;
use vitrine_core::session::{Ask, EndReason, News};

use super::home::Shared;
use super::task::Task;
use super::work::{self, Done};
use crate::assets::Answer;
use crate::net::outbox::Outbox;
use crate::ops::metrics;
use crate::store::sessions::{AskId, LogEntry, LogId, Page, Read, Refused, Watch};

/// Wakes get lost: with agents here the log is read so often anyway, and without so seldom.
const READ_EVERY: Duration = Duration::from_secs(1);
const READ_SELDOM: Duration = Duration::from_secs(5);
/// The owner hears so often who is here, and the store whose places and assets are to be kept.
const PEOPLE_EVERY: Duration = Duration::from_secs(5);
const KEEP_EVERY: Duration = Duration::from_secs(10);
/// Agents are told that the picture waits when the store has not answered for so long.
const STALLED_AFTER: Duration = Duration::from_secs(2);
/// What waits to be asked of the owner.
const ASKS_MAX: usize = 64;

/// What a node knows of a session on the store.
pub(super) struct Following {
    pub(super) shared: Shared,
    /// The last entry of the log that was read, or written.
    pub(super) cursor: LogId,
    /// Names the present owner's time.
    pub(super) term: Epoch,
    /// The customer's socket, while this node becomes the owner.
    pub(super) coming: Option<Arc<Outbox>>,
    watch: Option<Watch>,
    is_reading: bool,
    reads_again: bool,
    read_at: Instant,
    asks: VecDeque<Ask>,
    is_asking: bool,
    people_at: Instant,
    keep_at: Instant,
    unowned_since: Option<Instant>,
    silent_since: Option<Instant>,
}

impl Following {
    pub(super) fn new(shared: Shared, term: Epoch, cursor: LogId) -> Self {
        let now = Instant::now();
        Self {
            shared,
            cursor,
            term,
            coming: None,
            watch: None,
            is_reading: false,
            reads_again: false,
            read_at: now,
            asks: VecDeque::new(),
            is_asking: false,
            people_at: now,
            keep_at: now,
            unowned_since: None,
            silent_since: None,
        }
    }

    /// This node is the owner from now on.
    pub(super) fn own(&mut self, term: Epoch, last: LogId) {
        (self.term, self.cursor) = (term, self.cursor.max(last));
        self.asks.clear();
        (self.unowned_since, self.silent_since) = (None, None);
    }

    /// Waits for a wake.
    pub(super) async fn woken(&mut self) {
        match &mut self.watch {
            Some(watch) => watch.woken().await,
            None => pending().await,
        }
    }

    pub(super) fn until_due(&self, is_owner: bool, has_agents: bool) -> Duration {
        let read = (!is_owner).then_some(self.read_at);
        let people = (!is_owner && has_agents).then_some(self.people_at);
        let due = [read, people, has_agents.then_some(self.keep_at)].into_iter().flatten().min();
        due.map_or(Duration::MAX, |due| due.saturating_duration_since(Instant::now()))
    }
}

impl Task {
    pub(super) fn begin(&mut self) {
        self.watch();
    }

    /// Listens for the wakes of the role that this node has now.
    pub(super) fn watch(&mut self) {
        let is_owner = self.owner.is_some();
        if let Some(following) = &mut self.following {
            following.watch = None;
            self.works.push(work::watch(following.shared.clone(), self.running.id.clone(), is_owner));
        }
    }

    pub(super) fn wake(&mut self) {
        if self.owner.is_some() { self.take_asks() } else { self.read() }
    }

    pub(super) fn take_done(&mut self, done: Done) {
        match done {
            Done::Code(code) => self.take_code(code),
            Done::Appended(turn, answer) => self.appended(turn, answer),
            Done::Leased(turn, leased) => self.leased(turn, &leased),
            Done::Confirmed(answer) => self.confirmed(answer),
            Done::Claimed(claimed, code) => self.claimed(claimed, code),
            Done::Asks(asks) => self.asked(asks),
            Done::EndAsked(answer) => self.end_asked(&answer),
            Done::Asked(answer, ask) => self.owner_asked(answer, ask),
            Done::Read(read) => self.take_read(read),
            Done::Page(page) => self.take_page(page),
            Done::Watch(is_owner, Ok(watch)) if is_owner == self.owner.is_some() => {
                if let Some(following) = &mut self.following {
                    following.watch = Some(watch);
                }
                // What came before is not heard of.
                self.wake();
            }
            Done::Released => self.is_parting = true,
            Done::Watch(..) | Done::Nothing => {}
        }
        self.settle();
    }

    /// Reads the log on, where another node writes it.
    pub(super) fn read(&mut self) {
        if self.owner.is_some() {
            return;
        }
        let (id, has_agents) = (self.running.id.clone(), !self.agents.is_empty());
        let Some(following) = &mut self.following else { return };
        following.read_at = Instant::now() + if has_agents { READ_EVERY } else { READ_SELDOM };
        if std::mem::replace(&mut following.is_reading, true) {
            following.reads_again = true;
            return;
        }
        self.works.push(work::read(following.shared.clone(), id, following.cursor));
    }

    fn take_read(&mut self, read: Result<Read, Refused>) {
        let is_owner = self.owner.is_some();
        let Some(following) = &mut self.following else { return };
        following.is_reading = false;
        let reads_again = std::mem::take(&mut following.reads_again);
        if is_owner {
            return;
        }
        match read {
            Ok(read) => {
                following.silent_since = None;
                let reads_again = reads_again || read.has_more;
                let has_missed = read.has_missed && !self.agents.is_empty();
                let has_other_owner = std::mem::replace(&mut following.term, read.term) != read.term;
                self.is_owned(read.is_owned);
                for (id, entry) in read.entries {
                    self.take_entry(id, entry);
                }
                if has_missed {
                    self.read_page();
                }
                if has_other_owner && !self.agents.is_empty() {
                    self.tell_people();
                }
                if reads_again {
                    self.read();
                }
            }
            Err(Refused::Gone) => self.show(News::Ended(EndReason::CustomerLost)),
            Err(Refused::Ended(reason)) => self.show(News::Ended(reason)),
            Err(_) => {
                let since = *following.silent_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= STALLED_AFTER {
                    let turns = self.audience.stalled(true);
                    self.take_turns(turns);
                }
            }
        }
    }

    fn take_entry(&mut self, id: LogId, entry: LogEntry) {
        if let Some(following) = &mut self.following {
            following.cursor = following.cursor.max(id);
        }
        match entry {
            LogEntry::News(News::Early(tokens)) => self.fetch_early(&tokens),
            LogEntry::News(news) => self.show(news),
            LogEntry::Owner { .. } | LogEntry::Unknown => {}
        }
    }

    /// Whether the owner was heard of. A session that nobody owns for as long as a customer is waited for is over.
    fn is_owned(&mut self, is_owned: bool) {
        let Some(following) = &mut self.following else { return };
        let was_ever = following.term > Epoch(0);
        if is_owned {
            following.unowned_since = None;
        } else {
            let since = *following.unowned_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= self.running.config.session.reconnect_timeout && following.coming.is_none() {
                let (shared, id) = (following.shared.clone(), self.running.id.clone());
                self.works.push(work::end_unowned(shared, id, following.term, EndReason::CustomerLost));
            }
        }
        let turns = self.audience.stalled(!is_owned && was_ever);
        self.take_turns(turns);
    }

    fn fetch_early(&self, tokens: &[String]) {
        if self.agents.is_empty() {
            return;
        }
        let opener = Arc::clone(&self.home.live.now().opener);
        let ours =
            tokens.iter().filter_map(|token| opener.open(token).ok()).filter(|asset| asset.session == self.running.id);
        let wanted = ours.map(|asset| EarlyFetch { url: asset.url, kind: asset.kind }).collect();
        self.home.assets.fetch_early(&self.running, wanted);
    }

    /// The page from the log, for agents who have none.
    pub(super) fn read_page(&mut self) {
        if let Some(following) = &self.following {
            self.works.push(work::page(following.shared.clone(), self.running.id.clone()));
        }
    }

    fn take_page(&mut self, page: Result<Page, Refused>) {
        if self.owner.is_some() {
            // Those who waited are shown the next keyframe, and there is one.
            let turns = self.audience.page(Vec::new());
            return self.take_turns(turns);
        }
        let cursor = self.following.as_ref().map_or(LogId::START, |following| following.cursor);
        let entries = match page {
            Ok(Page { record, entries }) => {
                // What was told before the keyframe is not read any more; unless it is older than what was read meanwhile.
                if record.last >= cursor {
                    self.show(News::Facts(record.facts));
                }
                entries
            }
            Err(_) => Vec::new(),
        };
        let mut news: Vec<News<Message>> = Vec::new();
        for (id, entry) in entries {
            match entry {
                LogEntry::News(News::Early(tokens)) => self.fetch_early(&tokens),
                LogEntry::News(told @ (News::Events { .. } | News::Keyframe { .. } | News::Skipped { .. })) => {
                    news.push(told);
                }
                entry => self.take_entry(LogId::START, entry),
            }
            if let Some(following) = &mut self.following {
                following.cursor = following.cursor.max(id);
            }
        }
        let turns = self.audience.page(news);
        self.take_turns(turns);
    }

    /// Asks the owner, wherever it is: in order, each at most once.
    pub(super) fn ask_owner(&mut self, ask: Ask) {
        let Some(following) = &mut self.following else { return };
        if let Ask::People { .. } = ask {
            // The list is whole each time.
            following.asks.retain(|other| !matches!(other, Ask::People { .. }));
            following.people_at = Instant::now() + PEOPLE_EVERY;
        }
        if following.asks.len() >= ASKS_MAX {
            metrics::count_limited("asks");
            return;
        }
        following.asks.push_back(ask);
        self.ask_next();
    }

    fn ask_next(&mut self) {
        let Some(following) = &mut self.following else { return };
        if following.is_asking {
            return;
        }
        let Some(ask) = following.asks.pop_front() else { return };
        following.is_asking = true;
        self.works.push(work::ask(following.shared.clone(), self.running.id.clone(), following.term, ask));
    }

    fn owner_asked(&mut self, answer: Result<AskId, Refused>, ask: Ask) {
        let Some(following) = &mut self.following else { return };
        following.is_asking = false;
        match (answer, ask) {
            (Err(Refused::OtherTerm(term)), ask) => {
                following.term = term;
                // What was meant for the owner before is not done twice; what is true of any is told to the next.
                if !matches!(ask, Ask::Command { .. }) {
                    following.asks.push_front(ask);
                }
            }
            // Asked another time.
            (Err(_), Ask::WantAsset { request, .. }) => {
                if let Some(answer) = self.running.uploads.claim(request) {
                    let _ = answer.send(Answer::NotNow);
                }
            }
            // Nobody knows whether it was heard. People are told again; the rest its agent can do again.
            _ => {}
        }
        self.ask_next();
    }

    /// What is due by the clock, whoever owns the session.
    pub(super) fn follow_due(&mut self) {
        let now = Instant::now();
        let (is_owner, has_agents) = (self.owner.is_some(), !self.agents.is_empty());
        let Some(following) = &self.following else { return };
        let (reads, tells) = (following.read_at <= now, following.people_at <= now);
        let keeps = following.keep_at <= now;
        if !is_owner && reads {
            self.read();
            if self.audience.wants_page() {
                self.read_page();
            }
        }
        if !is_owner && has_agents && tells {
            self.tell_people();
        }
        if has_agents && keeps {
            self.keep();
        }
    }

    /// The places and asset doors of the agents here are kept for them.
    pub(super) fn keep(&mut self) {
        let Some(following) = &mut self.following else { return };
        following.keep_at = Instant::now() + KEEP_EVERY;
        let (seats, holders) = self.running.who_is_here();
        self.works.push(work::keep(following.shared.clone(), self.running.id.clone(), seats, holders));
    }
}
