//! `[session]` and `[limits]`: how sessions run, and every bound.

use std::time::Duration;

use super::reader::Reader;
use super::value::Size;

/// `[session]`.
#[derive(Debug, Clone)]
pub struct Session {
    /// Digits of a join code.
    pub join_code_length: usize,
    /// How long one is good for.
    pub join_code_ttl: Duration,
    /// Without any event.
    pub idle_timeout: Duration,
    /// From start to end.
    pub max_duration: Duration,
    /// Without the customer.
    pub reconnect_timeout: Duration,
    /// Agents in one session.
    pub max_agents: usize,
}

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Session> {
    Some(Session {
        join_code_length: count(section.number("join-code-length", 6..=12)?)?,
        join_code_ttl: section.span("join-code-ttl")?,
        idle_timeout: section.span("idle-timeout")?,
        max_duration: section.span("max-duration")?,
        reconnect_timeout: section.value("reconnect-timeout")?,
        max_agents: count(section.number("max-agents", 1..=50)?)?,
    })
}

/// `[limits]`. The core's own bounds are in [`vitrine_core::limits::Limits`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bounds of one session.
    pub core: vitrine_core::limits::Limits,
    /// What may wait for one slow agent.
    pub agent_queue_bytes: usize,
    /// Messages of one socket, averaged over ten seconds.
    pub frames_per_second: u32,
    /// Bytes of one socket, on the wire and again unpacked, averaged over ten seconds.
    pub bytes_per_second: usize,
    /// The body of one request.
    pub request_bytes: usize,
    /// Sessions at once.
    pub sessions: usize,
    /// Sockets from one address at once.
    pub sockets_per_address: usize,
    /// Sockets of one agent at once.
    pub sockets_per_agent: usize,
    /// Agents' sockets in one session at once.
    pub sockets_per_session: usize,
    /// Requests that are answered at once.
    pub requests: usize,
    /// Requests from one address, and by one agent, averaged over ten seconds.
    pub requests_per_second: u32,
    /// Tries to sign in by all together.
    pub logins_per_minute_total: u32,
    /// Wrong join codes of one agent.
    pub wrong_codes_per_day: u32,
    /// Sessions begun from one address.
    pub sessions_per_minute: u32,
    /// Tries to sign in from one address, and for one name.
    pub logins_per_minute: u32,
    /// Join codes tried by one agent, and from one address.
    pub joins_per_minute: u32,
    /// Agent tokens asked for by one app, and tries from one address.
    pub tokens_per_minute: u32,
    /// Join codes tried by all agents together.
    pub joins_per_minute_total: u32,
}

const MANY: u64 = 1_000_000;

pub(super) fn read_limits(mut section: Reader<'_, '_>) -> Option<Limits> {
    let core = vitrine_core::limits::Limits {
        frame_bytes: size(&mut section, "frame-size", 64 << 10, 256 << 20)?,
        agent_frame_bytes: size(&mut section, "agent-frame-size", 1 << 10, 1 << 20)?,
        events_per_frame: count(section.number("events-per-frame", 100..=MANY)?)?,
        nodes: count(section.number("nodes", 1_000..=5_000_000)?)?,
        depth: count(section.number("depth", 16..=512)?)?,
        text_bytes: size(&mut section, "text-size", 1 << 10, 64 << 20)?,
        mirror_bytes: size(&mut section, "mirror-size", 1 << 20, 1 << 30)?,
        ..vitrine_core::limits::Limits::default()
    };
    Some(Limits {
        core,
        agent_queue_bytes: size(&mut section, "agent-queue-size", 64 << 10, 256 << 20)?,
        frames_per_second: rate(&mut section, "frames-per-second", 10, 100_000)?,
        bytes_per_second: size(&mut section, "bytes-per-second", 64 << 10, 1 << 30)?,
        request_bytes: size(&mut section, "request-size", 1 << 10, 1 << 20)?,
        sessions: count(section.number("sessions", 1..=MANY)?)?,
        sockets_per_address: count(section.number("sockets-per-address", 1..=MANY)?)?,
        sockets_per_agent: count(section.number("sockets-per-agent", 1..=MANY)?)?,
        sockets_per_session: count(section.number("sockets-per-session", 1..=MANY)?)?,
        requests: count(section.number("requests", 10..=MANY)?)?,
        requests_per_second: rate(&mut section, "requests-per-second", 1, MANY)?,
        logins_per_minute_total: rate(&mut section, "logins-per-minute-total", 1, MANY)?,
        wrong_codes_per_day: rate(&mut section, "wrong-codes-per-day", 1, MANY)?,
        sessions_per_minute: rate(&mut section, "sessions-per-minute", 1, MANY)?,
        logins_per_minute: rate(&mut section, "logins-per-minute", 1, MANY)?,
        tokens_per_minute: rate(&mut section, "tokens-per-minute", 1, MANY)?,
        joins_per_minute: rate(&mut section, "joins-per-minute", 1, MANY)?,
        joins_per_minute_total: rate(&mut section, "joins-per-minute-total", 1, MANY)?,
    })
}

fn size(section: &mut Reader<'_, '_>, name: &'static str, least: usize, most: usize) -> Option<usize> {
    let Size(bytes) = section.value(name)?;
    if !(least..=most).contains(&bytes) {
        section.complain(name, format!("{bytes} bytes is not within {least} to {most}"), None);
    }
    Some(bytes)
}

fn rate(section: &mut Reader<'_, '_>, name: &'static str, least: u64, most: u64) -> Option<u32> {
    u32::try_from(section.number(name, least..=most)?).ok()
}

fn count(number: u64) -> Option<usize> {
    usize::try_from(number).ok()
}
