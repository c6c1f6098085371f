//! What Redis holds after a journey: nothing that stood under a restriction, and nothing for ever.

use tokio::time::timeout;
use vitrine_histories::CANARY;
use vitrine_tests::dump;
use vitrine_tests::stage::{PATIENCE, Stage};

/// As the configuration has it that names none.
const PREFIX: &str = "v:";

/// Every key runs out and is in the server's table, and nothing in it is a secret of the page.
pub(crate) async fn is_clean(stage: &Stage) {
    let redis = stage.redis.as_ref().expect("several nodes");
    // A busy machine answers late, and who does not answer is no master.
    let has_logs = async { while !dump::all_keys(redis).await.iter().any(|key| key.ends_with(":log")) {} };
    timeout(PATIENCE, has_logs).await.expect("a session was kept");
    assert_eq!(dump::faults(redis, PREFIX, &[CANARY]).await, Vec::<String>::new());
}

/// The server that is master of a session's keys.
pub(crate) async fn master_of(stage: &Stage, session: &str) -> usize {
    let redis = stage.redis.as_ref().expect("several nodes");
    for server in redis.masters().await {
        let keys: Vec<String> = redis.answer(server, &["KEYS", "*"]).await;
        if keys.iter().any(|key| key.contains(session)) {
            return server;
        }
    }
    panic!("no server has the session");
}
