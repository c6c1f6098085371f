//! Redis itself: a master dies, or all of it is away.

use std::time::Duration;

use tokio::time::sleep;
use vitrine_tests::link::Fault;
use vitrine_tests::redis::Shape;

use crate::kept;
use crate::nodes::AFTER_A_SILENCE;
use crate::scene::Scene;
use vitrine_tests::stage::Stage;

/// Redis is away for so long.
const AWAY: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_away_for_half_a_minute() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 41, 0, &[0, 1, 2]).await;
    stage.ways.iter().for_each(|way| way.set(Fault::Cut));
    let mark = scene.customer.told().mark;
    // Who is on the customer's node goes on seeing her page, the others are told that the picture waits.
    scene.viewers[0].until("she sees on", AFTER_A_SILENCE, |seen| seen.mark > mark + 100).await;
    for at in [1, 2] {
        scene.viewers[at].until("she is told", AFTER_A_SILENCE, |seen| seen.state == "stalled").await;
    }
    sleep(AWAY).await;
    assert_eq!(scene.customer.told().welcomes, 1, "the customer notices nothing");
    assert!(scene.viewers[0].seen().mark > mark + 300);
    stage.ways.iter().for_each(|way| way.set(Fault::Nothing));
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_under_sentinels_is_killed() {
    let mut stage = Stage::three(Shape::Sentinel).await;
    let mut scene = Scene::begin(&stage, 42, 0, &[0, 1, 2]).await;
    let master = kept::master_of(&stage, &scene.customer.session).await;
    stage.redis().kill(master);
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_of_a_cluster_is_killed() {
    let mut stage = Stage::three(Shape::Cluster).await;
    let mut scene = Scene::begin(&stage, 43, 0, &[0, 1, 2]).await;
    let master = kept::master_of(&stage, &scene.customer.session).await;
    stage.redis().kill(master);
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}
