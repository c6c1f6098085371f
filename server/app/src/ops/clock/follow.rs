//! Asking the reference what time it is, again and again.

use std::future::{Future, ready};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::course::{DOUBTED_FROM, Reading, Verdict};
use super::{CLOCK, wall};
use crate::ops::metrics;

/// A shared reference is asked so often; the machine's own clock, which costs nothing, each second.
const EVERY: Duration = Duration::from_secs(10);
const SECOND: Duration = Duration::from_secs(1);
/// An answer that took longer says too little.
const ANSWER_MAX: Duration = Duration::from_millis(500);

/// Follows the machine's own clock, for as long as the process runs.
pub async fn follow_wall() {
    loop {
        sleep(SECOND).await;
        if let Some(reading) = read(&mut || ready(Some(wall()))).await {
            tell(CLOCK.hear(reading));
        }
    }
}

/// The shared reference has answered once.
static HAS_BEGUN: AtomicBool = AtomicBool::new(false);

/// Takes the time of a shared reference before anything is served. `None`: it does not answer, and the machine's own
/// clock counts until it does: then its time is taken likewise, for no session can have begun without it.
pub async fn begin_by<F: Future<Output = Option<Duration>>>(mut ask: impl FnMut() -> F) -> Option<()> {
    hear(read(&mut ask).await?);
    Some(())
}

fn hear(reading: Reading) -> Verdict {
    if HAS_BEGUN.swap(true, Ordering::Relaxed) {
        return CLOCK.hear(reading);
    }
    CLOCK.begin(reading);
    Verdict::Agrees
}

/// Follows a shared reference, which answers with its time since 1970-01-01 UTC, for as long as the process runs. While
/// it does not answer, the steady clock goes on by itself.
pub async fn follow<F: Future<Output = Option<Duration>>>(mut ask: impl FnMut() -> F) {
    let mut is_known = true;
    loop {
        let verdict = read(&mut ask).await.map(hear);
        verdict.into_iter().for_each(tell);
        if verdict.is_none() && is_known {
            tracing::warn!("the shared clock does not answer; time goes on by this machine's steady clock");
        }
        is_known = verdict.is_some();
        rest(if verdict == Some(Verdict::Doubted) { SECOND } else { EVERY }).await;
    }
}

async fn read<F: Future<Output = Option<Duration>>>(ask: &mut impl FnMut() -> F) -> Option<Reading> {
    let asked = Instant::now();
    let time = ask().await?;
    let took = asked.elapsed();
    (took <= ANSWER_MAX).then(|| Reading { time, at: asked + took / 2, within: took / 2 })
}

/// Sleeps; less long where the machine's own clock leaps, as it does when the machine wakes up.
async fn rest(long: Duration) {
    let start = Instant::now();
    let wall_at_start = wall();
    while start.elapsed() < long {
        sleep(SECOND).await;
        if wall().abs_diff(wall_at_start + start.elapsed()) > DOUBTED_FROM {
            return;
        }
    }
}

fn tell(verdict: Verdict) {
    metrics::set_clock_ahead(CLOCK.ahead(Instant::now()));
    match verdict {
        Verdict::Behind(much) if much >= DOUBTED_FROM => {
            tracing::warn!(seconds = much.as_secs(), "the clock was behind, and is put right");
        }
        Verdict::Ahead(much) if much >= DOUBTED_FROM => {
            tracing::warn!(seconds = much.as_secs(), "the clock is ahead, and runs at half speed until it is right");
        }
        _ => {}
    }
}
