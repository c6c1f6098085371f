//! A session that is watched while something goes wrong.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use vitrine_tests::agent::Agent;

use crate::customer::Customer;
use crate::truth;
use crate::viewer::Viewer;
use vitrine_tests::stage::{PATIENCE, Stage};

/// A customer does something this often.
const PERIOD: Duration = Duration::from_millis(30);

/// What she does until a fault has taken hold counts for nothing: so many things.
const REACTS_WITHIN: u64 = 5;

/// A customer whose page never rests, and agents who watch it.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) customer: Customer,
    pub(crate) viewers: Vec<Viewer>,
    cookie: String,
}

impl Scene {
    /// A customer on this node, and agents on these, who all see her page.
    pub(crate) async fn begin(stage: &Stage, seed: u64, owner: usize, viewers: &[usize]) -> Self {
        let ann = Agent::sign_in(&stage.server, "ann").await;
        // The request for a session comes before the socket.
        stage.balancer.next_is((owner + stage.nodes.len() - 1) % stage.nodes.len());
        let mut customer = Customer::begin(Arc::clone(&stage.server), seed, PERIOD).await;
        customer.until("she is welcomed", PATIENCE, |told| told.welcomes > 0).await;
        assert_eq!(ann.join(&customer.code).await, 200, "the agent joins");
        let mut scene = Self { customer, viewers: Vec::new(), cookie: ann.login_cookie.clone() };
        for node in viewers {
            scene.enters(stage, *node).await;
        }
        scene
    }

    /// One more agent, whose socket is on this node: the ticket is asked for on the one before.
    pub(crate) async fn enters(&mut self, stage: &Stage, node: usize) {
        let count = stage.nodes.len();
        stage.balancer.next_is((node + count - 1) % count);
        let seed = self.viewers.len() as u64 + 100;
        let mut viewer = Viewer::open(Arc::clone(&stage.server), &self.customer.session, &self.cookie, seed);
        viewer.until("she sees the page", PATIENCE, |seen| seen.keyframes > 0).await;
        self.viewers.push(viewer);
    }

    /// The node that has the customer's socket.
    pub(crate) fn owner(&self, stage: &Stage) -> usize {
        let address = self.customer.told().address.expect("a socket");
        stage.balancer.node_of(address).expect("a node")
    }

    /// The node that has this agent's socket.
    pub(crate) fn node_of(&self, stage: &Stage, viewer: usize) -> usize {
        let address = self.viewers[viewer].seen().address.expect("a socket");
        stage.balancer.node_of(address).expect("a node")
    }

    /// Every agent sees what the customer does from now on. Gives how long that took.
    pub(crate) async fn is_whole(&mut self, stage: &Stage, within: Duration) -> Duration {
        let begun = Instant::now();
        let mark = self.customer.told().mark + REACTS_WITHIN;
        for viewer in &mut self.viewers {
            let left = within.saturating_sub(begun.elapsed());
            let what = format!("she sees what was done since {mark}: {:?}", self.customer.told());
            told_with(stage, viewer.until(&what, left, |seen| seen.mark >= mark)).await;
        }
        begun.elapsed()
    }

    /// Everybody has a connection that held for a while.
    pub(crate) async fn settles(&mut self) {
        self.customer.until("she is connected", PATIENCE, |told| told.is_connected).await;
        for viewer in &mut self.viewers {
            viewer.until("she is connected", PATIENCE, |seen| seen.is_connected).await;
        }
    }

    /// The customer rests: each agent has her very page, and so has one who comes only now.
    pub(crate) async fn ends_alike(&mut self, stage: &Stage) {
        told_with(stage, self.customer.rests(PATIENCE)).await;
        let mark = self.customer.told().mark;
        let latecomer = 0;
        told_with(stage, self.enters(stage, latecomer)).await;
        let truth = truth::tree(&stage.config, &self.customer.session, &self.customer.look());
        for (at, viewer) in self.viewers.iter_mut().enumerate() {
            told_with(stage, viewer.until("she sees the last of it", PATIENCE, |seen| seen.mark == mark)).await;
            let tree = viewer.tree();
            assert!(tree == truth, "agent {at} has\n{tree:#}\nand the customer\n{truth:#}");
        }
    }
}

/// Says what the nodes wrote if this fails.
async fn told_with<T>(stage: &Stage, does: impl Future<Output = T>) -> T {
    struct Telling<'s>(&'s Stage);
    impl Drop for Telling<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}", self.0.said());
            }
        }
    }
    let _telling = Telling(stage);
    does.await
}
