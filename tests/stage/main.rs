//! Three nodes on Redis behind a balancer, for people in real browsers. It says where they are in one line of JSON and then
//! does what each line of its standard input says, answering `done`; with the end of that it ends.
//!
//! | argument | |
//! |---|---|
//! | `ORIGIN` | of the website whose pages may be shared |
//!
//! | line | what happens to the node |
//! |---|---|
//! | `kill N` | its machine fails |
//! | `stop N` | it is asked to stop, and does |
//! | `freeze N`, `wake N` | its machine is suspended, and goes on |
//! | `start N` | it starts again |

use std::error::Error;
use std::io::stdin;
use std::time::Duration;

use serde_json::json;
use tokio::task::spawn_blocking;
use vitrine_tests::redis::Shape;
use vitrine_tests::server::{PASSWORD, pem};
use vitrine_tests::stage::Stage;

/// For a node to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let origin = std::env::args().nth(1).ok_or("usage: vitrine-stage ORIGIN")?;
    let more = format!("[cross-origin]\nallowed-origins = [\"{origin}\"]\n");
    let mut stage = Stage::with(Shape::Single, [0; 3], &more).await;
    let management: Vec<String> = stage.nodes.iter().map(|node| node.management.to_string()).collect();
    let place = json!({
        "server": stage.server.origin, "certificate": pem().0, "management": management,
        "login": { "name": "ann", "password": PASSWORD },
    });
    println!("{place}");
    while let Some(line) = spawn_blocking(|| stdin().lines().next()).await? {
        let line = line?;
        let (what, node) = line.split_once(' ').ok_or("a word and a number")?;
        let node = stage.nodes.get_mut(node.parse::<usize>()?).ok_or("no such node")?;
        match what {
            "kill" => node.kill(),
            "stop" => drop(node.stop(STOPS_WITHIN).await),
            "freeze" => node.freeze(),
            "wake" => node.wake(),
            "start" => node.start().await,
            _ => return Err(format!("unknown: {what}").into()),
        }
        println!("done");
    }
    Ok(())
}
