//! Nodes die, freeze, restart, or have a wrong clock.

use std::collections::BTreeSet;
use std::time::Duration;

use vitrine_tests::redis::Shape;

use crate::kept;
use crate::scene::Scene;
use vitrine_tests::stage::Stage;

/// The view is whole again so soon after a node's death.
pub(crate) const AFTER_A_DEATH: Duration = Duration::from_secs(2);
/// And so soon after a node was stopped, where a page that was moved less than a second before waits a little longer.
const AFTER_A_STOP: Duration = Duration::from_secs(4);
/// And so soon where nobody is told of what happened: a freeze, a cut link.
pub(crate) const AFTER_A_SILENCE: Duration = Duration::from_secs(10);
/// What a node may take to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_node_is_killed_and_then_the_next_one() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 11, 0, &[0, 1, 2]).await;
    for _ in 0..2 {
        let owner = scene.owner(&stage);
        stage.nodes[owner].kill();
        scene.is_whole(&stage, AFTER_A_DEATH).await;
        scene.settles().await;
        stage.nodes[owner].start().await;
    }
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_node_is_killed() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 12, 0, &[1, 1, 2]).await;
    let welcomes = scene.customer.told().welcomes;
    let node = scene.node_of(&stage, 0);
    stage.nodes[node].kill();
    scene.is_whole(&stage, AFTER_A_DEATH).await;
    assert_eq!(scene.customer.told().welcomes, welcomes, "the customer notices nothing");
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_node_freezes_past_its_lease_and_wakes() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 13, 0, &[0, 1, 2]).await;
    let owner = scene.owner(&stage);
    stage.nodes[owner].freeze();
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    assert_ne!(scene.owner(&stage), owner);
    stage.nodes[owner].wake();
    scene.is_whole(&stage, AFTER_A_DEATH).await;
    scene.settles().await;
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_node_freezes_and_wakes() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 14, 0, &[1, 2]).await;
    let node = scene.node_of(&stage, 0);
    stage.nodes[node].freeze();
    scene.is_whole(&stage, AFTER_A_SILENCE).await;
    stage.nodes[node].wake();
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_are_ten_minutes_apart_when_a_node_is_killed() {
    let mut stage = Stage::with(Shape::Single, [300, -300, 0], "").await;
    let mut scene = Scene::begin(&stage, 15, 0, &[0, 1, 2]).await;
    let minutes: BTreeSet<String> = stage.nodes.iter().map(|node| node.said().chars().take(16).collect()).collect();
    assert_eq!(minutes.len(), 3, "each has a clock of its own: {minutes:?}");
    for _ in 0..2 {
        let owner = scene.owner(&stage);
        stage.nodes[owner].kill();
        scene.is_whole(&stage, AFTER_A_DEATH).await;
        stage.nodes[owner].start().await;
    }
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_are_restarted_in_turn_and_no_session_is_lost() {
    let mut stage = Stage::three(Shape::Single).await;
    let mut scenes = Vec::new();
    for (at, owner) in [0, 1, 2, 0, 1, 2].into_iter().enumerate() {
        scenes.push(Scene::begin(&stage, 20 + at as u64, owner, &[(owner + 1) % 3]).await);
    }
    for node in 0..stage.nodes.len() {
        let status = stage.nodes[node].stop(STOPS_WITHIN).await;
        assert!(status.success(), "{status}: {}", stage.nodes[node].said());
        for scene in &mut scenes {
            scene.is_whole(&stage, AFTER_A_STOP).await;
        }
        stage.nodes[node].start().await;
    }
    for scene in &mut scenes {
        scene.ends_alike(&stage).await;
    }
    kept::is_clean(&stage).await;
}
