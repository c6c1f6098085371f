//! What a shared store says of a session: read whole or refused, and what is read is written again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

use vitrine_core::asset::Opener;
use vitrine_core::ids::{Epoch, Seq};
use vitrine_core::session::{Now, Restored, Session, Setup, Timing};
use vitrine_core_fuzz::world::{key, sealer, session, shared_limits, shared_policy};

fuzz_target!(|data: &[u8]| {
    // As it is, and behind the version, which chance finds late.
    for text in [data.to_vec(), [&[1], data].concat()] {
        let Some(mut restored) = restore(&[&text]) else { continue };
        let whole = restored.kept_whole();
        let mut again = restore(&[&whole]).expect("our own bytes");
        assert!(again.kept().is_empty(), "what came from the store is nothing new");
        assert_eq!(again.kept_whole().len(), whole.len());
        let twice = restore(&[&text, &whole]).map(|mut twice| twice.kept_whole().len());
        assert_eq!(twice, Some(whole.len()), "told twice it is the same");
    }
});

fn restore(kept: &[&[u8]]) -> Option<Session> {
    let setup = Setup {
        id: session(),
        site: "shop".into(),
        policy: shared_policy(false),
        limits: shared_limits(),
        timing: Timing { idle_timeout_ms: 600_000, max_duration_ms: 3_600_000, reconnect_timeout_ms: 60_000 },
        sealer: sealer(),
        opener: Arc::new(Opener::new(&[key()])),
        seed: 9,
        join_code: None,
        show_supervisors: true,
        contact: Arc::default(),
        identity: None,
        has_log: true,
    };
    let restored = Restored { people: &[], epoch: Epoch(2), seq: Seq(3), started_at: Now(4), kept };
    Session::restore(setup, restored, Now(5)).ok()
}
