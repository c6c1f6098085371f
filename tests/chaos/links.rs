//! Links are slow, cut or dead: between nodes and Redis, and between the balancer and nodes.

use std::time::Duration;

use tokio::time::sleep;
use vitrine_tests::link::Fault;
use vitrine_tests::redis::Shape;

use crate::kept;
use crate::nodes::{AFTER_A_DEATH, AFTER_A_SILENCE};
use crate::scene::Scene;
use vitrine_tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_way_from_a_node_to_redis_is_slow_cut_and_dead() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 31, 0, &[0, 1, 2]).await;
    // The customer's node, then one that has agents alone.
    for node in [0, 1] {
        for (fault, lasts) in [
            (Fault::Slow(Duration::from_millis(150)), Duration::from_secs(2)),
            (Fault::Cut, Duration::from_secs(2)),
            (Fault::Frozen, Duration::from_secs(3)),
            (Fault::Dead, Duration::from_secs(2)),
        ] {
            stage.ways[node].set(fault);
            if matches!(fault, Fault::Slow(_)) {
                scene.is_whole(&stage, AFTER_A_DEATH).await;
            }
            sleep(lasts).await;
            stage.ways[node].set(Fault::Nothing);
            scene.is_whole(&stage, AFTER_A_SILENCE).await;
        }
    }
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_a_node_is_slow_cut_and_dead() {
    let stage = Stage::three(Shape::Single).await;
    let mut scene = Scene::begin(&stage, 32, 0, &[0, 1, 2]).await;
    for fault in [Fault::Slow(Duration::from_millis(200)), Fault::Cut, Fault::Frozen, Fault::Dead] {
        let owner = scene.owner(&stage);
        stage.balancer.set(owner, fault);
        scene.is_whole(&stage, AFTER_A_SILENCE).await;
        stage.balancer.set(owner, Fault::Nothing);
        scene.is_whole(&stage, AFTER_A_SILENCE).await;
    }
    scene.ends_alike(&stage).await;
    kept::is_clean(&stage).await;
}
