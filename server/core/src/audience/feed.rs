//! The page's news on their way to the agents: each number once and in order, or the whole page.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ring::Ring;
use super::{Audience, Hears, Turn};
use crate::ids::{AgentKey, Epoch, Seq};
use crate::session::News;

/// An agent who comes from a node that had heard more than this one waits until this one has, so that nothing goes back for her.
/// But a store may have lost what she saw: after so many pages that lead less far she gets what there is.
pub(super) const IN_VAIN_MAX: u8 = 10;

/// A place in the order of a session's page frames.
pub(super) type Position = (Epoch, Seq);

/// How far this node has come.
#[derive(Debug)]
pub(super) struct Feed<F> {
    /// What agents have who hear all; none before the first page.
    at: Option<Position>,
    /// The furthest that was heard of: beyond `at`, something was missed and every agent waits.
    heard: Option<Position>,
    /// What led to `at`.
    ring: Ring<F>,
    /// The agents who hear all: made once, and shared by all frames while they are the same.
    hear_all: Option<Arc<[AgentKey]>>,
    /// The world was asked for the whole page.
    is_asked: bool,
}

impl<F: Clone> Feed<F> {
    pub(super) fn new(bytes: fn(&F) -> usize) -> Self {
        Self { at: None, heard: None, ring: Ring::new(bytes), hear_all: None, is_asked: false }
    }

    pub(super) fn listeners_changed(&mut self) {
        self.hear_all = None;
    }

    fn is_whole(&self) -> bool {
        self.at.is_some() && self.at == self.heard
    }

    /// What somebody missed who has all up to `had`, each frame with the position that it leads to.
    fn since(&self, had: Position) -> Option<Vec<(Position, F)>> {
        let (epoch, last) = self.at.filter(|at| self.is_whole() && at.0 == had.0)?;
        Some(self.ring.since(had.1, last)?.map(|(seq, frame)| ((epoch, seq), frame)).collect())
    }
}

impl<F: Clone> Audience<F> {
    /// What the owner tells, in the order in which it reached this node: repeated and late news are skipped, and where some are
    /// missing every agent waits for the whole page.
    pub fn take(&mut self, news: News<F>) -> Vec<Turn<F>> {
        if self.is_over {
            return Vec::new();
        }
        match news {
            News::Events { epoch, first, last, frame } => self.events((epoch, last), first, frame),
            News::Keyframe { epoch, seq, frame, .. } => self.keyframe((epoch, seq), frame),
            News::Skipped { epoch, seq } => self.skipped((epoch, seq)),
            News::Facts(facts) => self.learn(facts),
            News::Result { agent, frame } if self.agents.contains_key(&agent) => {
                vec![Turn::Pass(Arc::new([agent]), frame)]
            }
            // The world's to fetch.
            News::Result { .. } | News::Early(_) => Vec::new(),
            News::Ended(reason) => self.end(reason),
        }
    }

    /// The answer to [`Turn::WantPage`]: a keyframe and all that followed it, in order; nothing if there is none. More or less
    /// than this node has heard of, both are well. Who is known to have a part of it gets the rest alone.
    /// [`Audience::wants_page`] tells whether somebody still waits.
    pub fn page(&mut self, news: Vec<News<F>>) -> Vec<Turn<F>> {
        let mut turns: Vec<Turn<F>> = news.iter().cloned().flat_map(|news| self.take(news)).collect();
        self.feed.is_asked = false;
        if !self.feed.is_whole() || !self.someone_waits() {
            return turns;
        }
        let Some(frames) = self.frames_of(news) else { return turns };
        let mut groups: BTreeMap<usize, Vec<AgentKey>> = BTreeMap::new();
        for (key, agent) in &mut self.agents {
            if let Hears::Waits(had) = agent.hears {
                if had > self.feed.at && agent.in_vain < IN_VAIN_MAX {
                    agent.in_vain += 1;
                    continue;
                }
                agent.in_vain = 0;
                let known = frames.iter().position(|(end, _)| Some(*end) == had);
                groups.entry(known.map_or(0, |known| known + 1)).or_default().push(*key);
                agent.hears = Hears::All;
            }
        }
        self.feed.hear_all = None;
        for (from, keys) in groups {
            let keys: Arc<[AgentKey]> = keys.into();
            turns.extend(frames.iter().skip(from).map(|(_, frame)| Turn::Pass(Arc::clone(&keys), frame.clone())));
        }
        turns
    }

    /// Whether some agents have no page, and the world has not been asked for one since it last answered. It may look now and
    /// then: a store that could not answer may be able to.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        !self.feed.is_asked && self.someone_waits()
    }

    /// How far this node has come. `None`: it has heard of no page yet.
    #[must_use]
    pub fn position(&self) -> Option<(Epoch, Seq)> {
        self.feed.at
    }

    pub(super) fn hello(&mut self, agent: AgentKey, had: Option<Position>) -> Vec<Turn<F>> {
        let missed = had.and_then(|had| self.feed.since(had));
        let Some(known) = self.agents.get_mut(&agent) else { return Vec::new() };
        self.feed.hear_all = None;
        let Some(missed) = missed else {
            known.hears = Hears::Waits(had);
            return self.want_page();
        };
        known.hears = Hears::All;
        let to: Arc<[AgentKey]> = Arc::new([agent]);
        missed.into_iter().map(|(_, frame)| Turn::Pass(Arc::clone(&to), frame)).collect()
    }

    pub(super) fn want_page(&mut self) -> Vec<Turn<F>> {
        if !self.wants_page() {
            return Vec::new();
        }
        self.feed.is_asked = true;
        vec![Turn::WantPage]
    }

    fn events(&mut self, last: Position, first: Seq, frame: F) -> Vec<Turn<F>> {
        if self.feed.at >= Some(last) {
            return Vec::new();
        }
        self.feed.heard = self.feed.heard.max(Some(last));
        let follows = |at: Position| at.0 == last.0 && at.1.0.checked_add(1) == Some(first.0) && first <= last.1;
        if !self.feed.at.is_some_and(follows) {
            return self.miss();
        }
        self.feed.at = Some(last);
        self.feed.ring.push((first, last.1), frame.clone());
        let to = self.who_hear_all();
        let mut turns = Vec::new();
        if !to.is_empty() {
            turns.push(Turn::Pass(to, frame));
        }
        turns.extend(self.want_page());
        turns
    }

    fn keyframe(&mut self, seq: Position, frame: F) -> Vec<Turn<F>> {
        if self.feed.at > Some(seq) {
            return Vec::new();
        }
        let is_new = self.feed.at != Some(seq);
        if is_new {
            self.feed.at = Some(seq);
            self.feed.ring.clear();
        }
        self.feed.heard = self.feed.heard.max(Some(seq));
        if !self.feed.is_whole() {
            return Vec::new();
        }
        let mut to = self.waiting(|had| had <= Some(seq));
        if is_new {
            to = to.iter().chain(&*self.who_hear_all()).copied().collect();
        }
        self.hear_all(&to);
        if to.is_empty() { Vec::new() } else { vec![Turn::Pass(to, frame)] }
    }

    fn skipped(&mut self, seq: Position) -> Vec<Turn<F>> {
        if self.feed.at >= Some(seq) {
            return Vec::new();
        }
        self.feed.heard = self.feed.heard.max(Some(seq));
        self.feed.at = Some(seq);
        self.feed.ring.clear();
        self.miss()
    }

    /// Something was missed: nobody hears all any more.
    fn miss(&mut self) -> Vec<Turn<F>> {
        let at = self.feed.at;
        for agent in self.agents.values_mut().filter(|agent| agent.hears == Hears::All) {
            agent.hears = Hears::Waits(at);
        }
        self.feed.hear_all = None;
        self.want_page()
    }

    /// The last keyframe of the news and what leads from it to the present, with the help of what is kept here; each with the
    /// position that it leads to.
    fn frames_of(&self, news: Vec<News<F>>) -> Option<Vec<(Position, F)>> {
        let mut frames: Vec<(Position, F)> = Vec::new();
        for news in news {
            match news {
                News::Keyframe { epoch, seq, frame, .. } => frames = vec![((epoch, seq), frame)],
                News::Events { epoch, first, last, frame } => {
                    let follows = |(at, _): &(Position, F)| at.0 == epoch && at.1.0.checked_add(1) == Some(first.0);
                    if frames.last().is_some_and(follows) {
                        frames.push(((epoch, last), frame));
                    }
                }
                _ => {}
            }
        }
        frames.extend(self.feed.since(frames.last()?.0)?);
        Some(frames)
    }

    fn someone_waits(&self) -> bool {
        self.agents.values().any(|agent| matches!(agent.hears, Hears::Waits(_)))
    }

    /// The agents who wait for the page, of those who have what `of` takes.
    fn waiting(&self, of: impl Fn(Option<Position>) -> bool) -> Arc<[AgentKey]> {
        let waits = |agent: &super::Agent| matches!(agent.hears, Hears::Waits(had) if of(had));
        self.agents.iter().filter(|(_, agent)| waits(agent)).map(|(key, _)| *key).collect()
    }

    fn who_hear_all(&mut self) -> Arc<[AgentKey]> {
        let agents = self.agents.iter().filter(|(_, agent)| agent.hears == Hears::All);
        Arc::clone(self.feed.hear_all.get_or_insert_with(|| agents.map(|(key, _)| *key).collect()))
    }

    fn hear_all(&mut self, agents: &[AgentKey]) {
        for key in agents {
            if let Some(agent) = self.agents.get_mut(key) {
                agent.hears = Hears::All;
            }
        }
        self.feed.hear_all = None;
    }
}
