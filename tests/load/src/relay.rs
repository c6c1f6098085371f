//! `tests/bench relay`: what a delivery from a customer to an agent costs through the whole server, beside a bare axum
//! relay that only copies and beside socket.io; and how long it takes, on one node and from one to another.

use tempfile::TempDir;
use vitrine_load::crowd::{Scene, of_ours, of_peer};
use vitrine_load::ours::Ours;
use vitrine_load::peers::Peer;
use vitrine_load::process::Server;
use vitrine_load::room::{Driven, Room, drive};
use vitrine_load::traffic::Page;
use vitrine_load::{is_quick, median, p99};

use crate::between;

/// The page that every room shows.
const PAGE_BYTES: usize = 100 << 10;

/// One shape of load.
struct Row {
    name: &'static str,
    rooms: usize,
    viewers: usize,
    event_bytes: usize,
    /// Events per second in each room.
    rate: f64,
    asked: Asked,
}

/// What is asked of it.
enum Asked {
    /// CPU of a delivery: at most so many times bare axum's, and at least so many times fewer than socket.io's.
    Cpu { bare: Option<f64>, socket_io: Option<f64> },
    /// The median time of a delivery: at most so many times bare axum's.
    Time { bare: f64 },
}

const ROWS: [Row; 4] = [
    Row {
        name: "10 x 1 to 10, 1 KB",
        rooms: 10,
        viewers: 10,
        event_bytes: 1 << 10,
        rate: 50.0,
        asked: Asked::Cpu { bare: Some(1.6), socket_io: Some(1.2) },
    },
    Row {
        name: "50 x 1 to 1, 1 KB",
        rooms: 50,
        viewers: 1,
        event_bytes: 1 << 10,
        rate: 20.0,
        asked: Asked::Cpu { bare: None, socket_io: None },
    },
    Row {
        name: "50 x 1 to 1, 20 KB",
        rooms: 50,
        viewers: 1,
        event_bytes: 20 << 10,
        rate: 10.0,
        asked: Asked::Cpu { bare: None, socket_io: Some(4.0) },
    },
    Row {
        name: "100 x 1 to 2, 1 KB",
        rooms: 100,
        viewers: 2,
        event_bytes: 1 << 10,
        rate: 10.0,
        asked: Asked::Time { bare: 1.5 },
    },
];

/// Rounds, and seconds of each server's turn.
const WHOLE: (usize, f64) = (7, 4.0);
const QUICK: (usize, f64) = (1, 0.3);
/// Before it counts.
const WARM_SECONDS: f64 = 1.0;

pub(crate) async fn run() {
    let folder = TempDir::new().expect("a folder");
    let (ours, bare, socket_io) = (Ours::start(folder.path(), false), Peer::bare(), Peer::socket_io());
    println!("us of CPU a delivery, and p50 and p99 in ms; wanted: of bare at most, of socket.io at least");
    println!(
        "{:<20} {:>6} | {:>7} {:>6} {:>6} | {:>7} {:>6} {:>6} | {:>7} {:>6} {:>6} | {:>8} {:>9}",
        "", "bytes", "ours", "p50", "p99", "bare", "p50", "p99", "sock.io", "p50", "p99", "/ bare", "sock.io /"
    );
    let mut line = String::new();
    for row in &ROWS {
        let scene = scene(row.event_bytes, row.viewers);
        let rooms = if is_quick() { row.rooms.min(3) } else { row.rooms };
        let turns: [(&Server, Vec<Room>); 3] = [
            (&ours.process, of_ours(&ours, &ours, &scene, rooms).await),
            (&bare.process, of_peer(&bare, &scene, rooms).await),
            (&socket_io.process, of_peer(&socket_io, &scene, rooms).await),
        ];
        let result = measure(row, &turns).await;
        result.print(row);
        if line.is_empty() {
            line = result.line();
        }
    }
    between::run(&ours, &scene(1 << 10, 1)).await;
    println!("{line}");
}

fn scene(event_bytes: usize, viewers: usize) -> Scene {
    let page = Page::near(PAGE_BYTES);
    Scene { events: page.mutations(event_bytes).into(), page, viewers }
}

/// One turn of a server.
struct Turn {
    cpu_us: f64,
    p50_ms: f64,
    p99_ms: f64,
    bytes: f64,
}

/// All turns, by server.
struct Turns([Vec<Turn>; 3]);

async fn measure(row: &Row, servers: &[(&Server, Vec<Room>); 3]) -> Turns {
    let (rounds, seconds) = if is_quick() { QUICK } else { WHOLE };
    let mut turns = Turns([Vec::new(), Vec::new(), Vec::new()]);
    for (_, rooms) in servers {
        drive(rooms, row.rate, if is_quick() { seconds } else { WARM_SECONDS }).await;
    }
    for round in 0..rounds {
        for turn in 0..servers.len() {
            let at = (round + turn) % servers.len();
            let (process, rooms) = &servers[at];
            let before = process.cpu_seconds();
            let Driven { deliveries, late_ms, bytes } = drive(rooms, row.rate, seconds).await;
            turns.0[at].push(Turn {
                cpu_us: (process.cpu_seconds() - before) * 1e6 / deliveries,
                p50_ms: median(late_ms.clone()),
                p99_ms: p99(late_ms),
                bytes: bytes / deliveries,
            });
        }
    }
    turns
}

impl Turns {
    fn of(&self, server: usize, what: fn(&Turn) -> f64) -> f64 {
        median(self.0[server].iter().map(what).collect())
    }

    /// The median of the rounds' ratios.
    fn ratio(&self, above: usize, below: usize, what: fn(&Turn) -> f64) -> f64 {
        median(self.0[above].iter().zip(&self.0[below]).map(|(a, b)| what(a) / what(b)).collect())
    }

    fn print(&self, row: &Row) {
        print!("{:<20} {:>6.0}", row.name, self.of(0, |turn| turn.bytes));
        for server in 0..3 {
            let [cpu, p50, p99] = [|turn: &Turn| turn.cpu_us, |turn: &Turn| turn.p50_ms, |turn: &Turn| turn.p99_ms]
                .map(|what| self.of(server, what));
            print!(" | {cpu:>7.1} {p50:>6.2} {p99:>6.2}");
        }
        match row.asked {
            Asked::Cpu { bare, socket_io } => {
                let (of_bare, of_socket_io) =
                    (self.ratio(0, 1, |turn| turn.cpu_us), self.ratio(2, 0, |turn| turn.cpu_us));
                println!(" | {of_bare:>8.2} {of_socket_io:>9.2}  {}", wanted(bare, socket_io));
            }
            Asked::Time { bare } => {
                let of_bare = self.ratio(0, 1, |turn| turn.p50_ms);
                println!(" | {of_bare:>8.2} {:>9}  {}, of p50", "", wanted(Some(bare), None));
            }
        }
    }

    fn line(&self) -> String {
        let [ours, bare] = [0, 1].map(|server| self.of(server, |turn| turn.cpu_us));
        let ratio = self.ratio(0, 1, |turn| turn.cpu_us);
        format!("relay: ours {ours:.1} us/delivery, peer {bare:.1} us/delivery, ratio {ratio:.2}")
    }
}

fn wanted(bare: Option<f64>, socket_io: Option<f64>) -> String {
    let bare = bare.map_or(String::from("-"), |most| format!("<= {most}"));
    let socket_io = socket_io.map_or(String::from("-"), |least| format!(">= {least}"));
    format!("({bare}, {socket_io})")
}
