//! Many sessions at once, and a node dies under a third of them: a thousand with `tests/run --long`, on nodes as they are
//! delivered. Unoptimized ones take some twenty times as long for everything, and would not be ready for a thousand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use tokio::time::sleep;
use vitrine_tests::agent::Agent;
use vitrine_tests::redis::Shape;
use vitrine_tests::server::Server;
use vitrine_tests::stage::Stage;

use crate::customer::Customer;
use crate::kept;
use crate::truth;
use crate::viewer::Viewer;

const SESSIONS: u64 = 200;
const SESSIONS_LONG: u64 = 1_000;
/// Every so manieth is watched, up to the end.
const WATCHED: usize = 20;
/// Who begins at the same moment.
const AT_ONCE: usize = 16;
/// Each customer does something this often.
const PERIOD: Duration = Duration::from_secs(5);
/// Between two looks at who has moved.
const STEP: Duration = Duration::from_millis(20);
/// For all of them: this is one small machine that plays three nodes, a Redis and every browser.
const ALL_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn many_sessions_outlive_a_node() {
    let sessions = if std::env::var_os("VITRINE_LONG").is_some() { SESSIONS_LONG } else { SESSIONS };
    let mut stage = Stage::three_straight(Shape::Single).await;
    // Beginnings share connections; sockets do not.
    let server = Arc::new(Server::elsewhere(stage.balancer.address, SocketAddr::from(([127, 0, 0, 1], 0))));
    let ann = Agent::sign_in(&server, "ann").await;
    let begin = |seed| {
        let server = Arc::clone(&server);
        async move {
            let mut customer = Customer::begin(server, seed, PERIOD).await;
            customer.until("her page is there", ALL_WITHIN, |told| told.stored > 0).await;
            customer
        }
    };
    let mut customers: Vec<Customer> = stream::iter(0..sessions).map(begin).buffer_unordered(AT_ONCE).collect().await;
    let mut viewers = Vec::new();
    for (at, customer) in customers.iter().enumerate().step_by(WATCHED) {
        while ann.join(&customer.code).await == 503 {}
        viewers.push((at, Viewer::open(Arc::clone(&stage.server), &customer.session, &ann.login_cookie, at as u64)));
    }
    for (_, viewer) in &mut viewers {
        viewer.until("she sees the page", ALL_WITHIN, |seen| seen.keyframes > 0).await;
    }
    let before: Vec<u32> = customers.iter().map(|customer| customer.told().welcomes).collect();
    let count_moved = |customers: &[Customer]| {
        customers.iter().zip(&before).filter(|(customer, before)| customer.told().welcomes > **before).count()
    };
    let begun = Instant::now();
    stage.nodes[0].kill();
    // A third of them were there. Who has not noticed yet would count as whole.
    while count_moved(&customers) as u64 <= sessions / 5 {
        assert!(begun.elapsed() < ALL_WITHIN, "{} of {sessions} sessions moved", count_moved(&customers));
        sleep(STEP).await;
    }
    for customer in &mut customers {
        customer.until("she is connected", ALL_WITHIN, |told| told.is_connected).await;
        customer.rests(ALL_WITHIN).await;
    }
    println!("{} of {sessions} sessions moved, all whole after {:?}", count_moved(&customers), begun.elapsed());
    for (at, viewer) in &mut viewers {
        let customer = &customers[*at];
        let mark = customer.told().mark;
        viewer.until("she sees the last of it", ALL_WITHIN, |seen| seen.mark >= mark).await;
        assert_eq!(viewer.tree(), truth::tree(&stage.config, &customer.session, &customer.look()));
    }
    kept::is_clean(&stage).await;
}
