//! One node by itself, in memory: people's connections to it break and come back.

use std::time::Duration;

use vitrine_tests::link::Fault;

use crate::scene::Scene;
use vitrine_tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn connections_break_freeze_and_die() {
    let stage = Stage::alone().await;
    let mut scene = Scene::begin(&stage, 1, 0, &[0, 0]).await;
    for (fault, lasts) in [
        (Fault::Cut, Duration::from_millis(200)),
        (Fault::Slow(Duration::from_millis(100)), Duration::from_secs(2)),
        (Fault::Frozen, Duration::from_secs(2)),
        (Fault::Dead, Duration::from_secs(1)),
    ] {
        stage.balancer.set(0, fault);
        tokio::time::sleep(lasts).await;
        stage.balancer.set(0, Fault::Nothing);
        scene.is_whole(&stage, Duration::from_secs(10)).await;
    }
    scene.ends_alike(&stage).await;
}
