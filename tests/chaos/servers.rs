//! Redis itself: a master dies, or all of it is away.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use vitrine_tests::link::Fault;
use vitrine_tests::redis::Shape;

use crate::kept;
use crate::nodes::AFTER_A_SILENCE;
use crate::scene::Scene;
use vitrine_tests::stage::{PATIENCE, Stage};

/// Redis is away for so long.
const AWAY: Duration = Duration::from_secs(30);

/// Which agents are on the customer's node, and which are not.
struct Who {
    here: Vec<usize>,
    elsewhere: Vec<usize>,
}

impl Who {
    fn watches(stage: &Stage, scene: &Scene) -> Self {
        let owner = scene.owner(stage);
        let all = 0..scene.viewers.len();
        let (here, elsewhere): (Vec<usize>, _) = all.partition(|at| scene.node_of(stage, *at) == owner);
        assert!(!here.is_empty() && !elsewhere.is_empty(), "{here:?} {elsewhere:?}");
        Self { here, elsewhere }
    }

    /// Redis says nothing any more: who is on the customer's node goes on seeing her page, the others are told that the
    /// picture waits.
    async fn is_told(&self, scene: &mut Scene) {
        for at in &self.elsewhere {
            scene.viewers[*at].until("she is told", AFTER_A_SILENCE, |seen| seen.state == "stalled").await;
        }
        let mark = scene.customer.told().mark;
        for at in &self.here {
            scene.viewers[*at].until("she sees on", AFTER_A_SILENCE, |seen| seen.mark > mark + 100).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_away_for_half_a_minute() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 41, 0, &[0, 1, 2]).await;
    let who = Who::watches(&stage, &scene);
    stage.ways.iter().for_each(|way| way.set(Fault::Cut));
    who.is_told(&mut scene).await;
    let mark = scene.customer.told().mark;
    sleep(AWAY).await;
    assert_eq!(scene.customer.told().welcomes, 1, "the customer notices nothing");
    assert!(who.here.iter().all(|at| scene.viewers[*at].seen().mark > mark + 200), "they see on");
    stage.ways.iter().for_each(|way| way.set(Fault::Nothing));
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

/// It keeps its connections and answers nothing. What was sent to it meanwhile it does when it wakes.
#[tokio::test(flavor = "multi_thread")]
async fn redis_freezes_and_wakes() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 44, 0, &[0, 1, 2]).await;
    let who = Who::watches(&stage, &scene);
    stage.redis().freeze(0);
    who.is_told(&mut scene).await;
    assert_eq!(scene.customer.told().welcomes, 1, "the customer notices nothing");
    stage.redis().thaw(0);
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

/// A replica takes its place. It wakes as the master that it was, with connections to it and words that were sent to it, until
/// it is told better.
#[tokio::test(flavor = "multi_thread")]
async fn a_master_under_sentinels_freezes_and_wakes_when_another_is_master() {
    let mut stage = Stage::three(Shape::Sentinel).await;
    let mut scene = Scene::begin(&stage, 45, 0, &[0, 1, 2]).await;
    let old = kept::master_of(&stage, &scene.customer.session).await;
    stage.redis().freeze(old);
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    stage.redis().thaw(old);
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    let is_replica = async { while stage.redis().masters().await.contains(&old) {} };
    timeout(PATIENCE, is_replica).await.expect("it is told better");
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
