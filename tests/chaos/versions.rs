//! Nodes of adjacent releases on one Redis: what a later one adds is passed over, and what it changed is left alone.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use vitrine_tests::redis::Shape;
use vitrine_tests::stage::Stage;

use crate::kept;
use crate::nodes::{AFTER_A_DEATH, AFTER_A_SILENCE};
use crate::scene::Scene;

/// A field and an entry that this release does not know. KEYS: record, log.
const ADDS: &str = r#"
local epoch, n = redis.call('HGET', KEYS[1], 'last'):match('^(%d+)-(%d+)$')
local id = epoch .. '-' .. (n + 1)
redis.call('XADD', KEYS[2], id, 'e', '{"v":1,"k":"of-a-later-release","epoch":' .. epoch .. ',"more":[1]}\nbytes')
redis.call('HSET', KEYS[1], 'last', id, 'of-a-later-release', 'words')
return id
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_release_adds_is_passed_over() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 61, 0, &[0, 1, 2]).await;
    let (record, log) = keys(&scene.customer.session);
    for _ in 0..10 {
        let _: String = stage.redis().answer(0, &["EVAL", ADDS, "2", &record, &log]).await;
        scene.is_whole(&stage, AFTER_A_DEATH).await;
    }
    let owner = scene.owner(&stage);
    stage.nodes[owner].kill();
    scene.is_whole(&stage, AFTER_A_DEATH).await;
    scene.ends_alike(&stage).await;
    let field: String = stage.redis().answer(0, &["HGET", &record, "of-a-later-release"]).await;
    assert_eq!(field, "words", "it is left as it is");
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_later_version_is_left_alone_and_said_so() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 62, 0, &[1, 2]).await;
    let (record, _) = keys(&scene.customer.session);
    let _: i64 = stage.redis().answer(0, &["HSET", &record, "v", "2"]).await;
    let owner = scene.owner(&stage);
    stage.nodes[owner].kill();
    let before: Vec<Vec<u8>> = stage.redis().answer(0, &["HGETALL", &record]).await;
    let refusal = "newer version of the server (format 2)";
    let refused = async {
        while !stage.said().contains(refusal) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(AFTER_A_SILENCE, refused).await.unwrap_or_else(|_| panic!("a node meets it and says so: {}", stage.said()));
    let after: Vec<Vec<u8>> = stage.redis().answer(0, &["HGETALL", &record]).await;
    assert_eq!(after, before, "nobody of this release writes to it");
    let _: i64 = stage.redis().answer(0, &["HSET", &record, "v", "1"]).await;
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

fn keys(session: &str) -> (String, String) {
    (format!("v:{{{session}}}:s"), format!("v:{{{session}}}:log"))
}
