//! Benches of the whole server, and the peers that they start: one program, for each more would be linked for minutes.
//!
//!   vitrine-load assets|relay|idle|scale [--quick]

#![expect(clippy::expect_used, reason = "a bench that cannot work ends by it")]

mod assets;
mod bare_proxy;
mod bare_relay;
mod between;
mod idle;
mod relay;
mod scale;

use std::process::ExitCode;

use tokio::runtime::Builder;
use vitrine_load::process::leave_the_servers_core;

fn main() -> ExitCode {
    let part = std::env::args().nth(1).unwrap_or_default();
    let is_peer = part.starts_with("bare-");
    if !is_peer && !leave_the_servers_core() {
        println!("only one core: the load runs on the servers' own");
    }
    // A peer has as many threads as it finds cores, as our server has; `assets` waits for another program.
    let has_threads = is_peer || part == "assets";
    let mut runtime = if has_threads { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    let runtime = runtime.enable_all().build().expect("a runtime");
    match part.as_str() {
        "assets" => runtime.block_on(assets::run()),
        "relay" => runtime.block_on(relay::run()),
        "idle" => runtime.block_on(idle::run()),
        "scale" => runtime.block_on(scale::run()),
        "bare-proxy" => runtime.block_on(bare_proxy::run()),
        "bare-relay" => runtime.block_on(bare_relay::run()),
        _ => {
            eprintln!("vitrine-load: there is no {part:?}; use assets, relay, idle or scale");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
