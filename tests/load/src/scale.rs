//! `tests/bench scale`: whether many sessions cost more than as much traffic on few, what a session costs, and how many
//! one core carries before anybody waits.

use tempfile::TempDir;
use vitrine_load::crowd::{Scene, of_ours, of_peer};
use vitrine_load::ours::Ours;
use vitrine_load::peers::Peer;
use vitrine_load::process::Server;
use vitrine_load::room::{Room, drive};
use vitrine_load::traffic::Page;
use vitrine_load::{is_quick, median, p99};

const PAGE_BYTES: usize = 100 << 10;
/// A live session: one change of a text and one batch of the mouse each second.
const RATE: f64 = 2.0;

struct Size {
    few: usize,
    many: usize,
    rounds: usize,
    seconds: f64,
    /// How many sessions one core is asked to carry, step by step.
    steps: &'static [usize],
}

const WHOLE: Size =
    Size { few: 100, many: 2_000, rounds: 5, seconds: 8.0, steps: &[1_000, 2_000, 3_000, 4_500, 6_000, 8_000] };
const QUICK: Size = Size { few: 2, many: 10, rounds: 1, seconds: 1.0, steps: &[10] };
/// Wanted of CPU a delivery, many beside few; beside the bare relay; of what a session costs, many beside few.
const WANTED: [f64; 3] = [1.2, 1.8, 1.2];
/// Sessions of one core are counted while 99 of 100 deliveries take less.
const PROMPT_MS: f64 = 100.0;
const SESSIONS_WANTED: usize = 1_000;

fn scene() -> Scene {
    let page = Page::near(PAGE_BYTES);
    let both = page.texts().into_iter().zip(page.mouse()).flat_map(|(text, mouse)| [text, mouse]);
    Scene { events: both.collect::<Vec<_>>().into(), page, viewers: 1 }
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
pub(crate) async fn run() {
    let size = if is_quick() { QUICK } else { WHOLE };
    let (scene, folder) = (scene(), TempDir::new().expect("a folder"));
    let start = || Ours::start(folder.path(), false);
    let (few, many, bare) = (start(), start(), Peer::bare());
    let (few_rooms, few_bytes) = grow(&few, &scene, size.few).await;
    let (many_rooms, many_bytes) = grow(&many, &scene, size.many).await;
    let bare_rooms = of_peer(&bare, &scene, size.many).await;
    let total = size.many as f64 / size.few as f64;
    let turns = [
        ("many sessions", &many.process, &many_rooms, RATE),
        ("few, same total", &few.process, &few_rooms, RATE * total),
        ("few, same each", &few.process, &few_rooms, RATE),
        ("bare relay, many", &bare.process, &bare_rooms, RATE),
    ];
    let cpu = measure(&turns, &size).await;
    println!(
        "a session's memory: {:.0} KB of {}, {:.0} KB of {}",
        few_bytes / 1e3,
        size.few,
        many_bytes / 1e3,
        size.many
    );
    let ratio = |above: usize, below: usize| median(cpu[above].iter().zip(&cpu[below]).map(|(a, b)| a / b).collect());
    let [most, of_bare, of_session] = WANTED;
    println!("CPU beside the bare relay {:.2} (<= {of_bare})", ratio(0, 3));
    println!(
        "a session of many beside one of few: CPU {:.2}, memory {:.2} (<= {of_session})",
        ratio(0, 2),
        many_bytes / few_bytes
    );
    let [x, y] = [0, 1].map(|turn: usize| median(cpu[turn].clone()));
    drop((few, few_rooms, bare, bare_rooms, many_rooms));
    println!("one core, wanted: {SESSIONS_WANTED} sessions with p99 < {PROMPT_MS} ms");
    drop(many);
    carry(&start(), &scene, &size).await;
    println!("wanted of CPU a delivery, many beside few: <= {most}");
    println!("scale: ours {x:.1} us/delivery, peer {y:.1} us/delivery, ratio {:.2}", ratio(0, 1));
}

/// Opens so many sessions, and tells by how many bytes the server has grown for each.
#[expect(clippy::cast_precision_loss, reason = "thousands")]
async fn grow(ours: &Ours, scene: &Scene, count: usize) -> (Vec<Room>, f64) {
    // What the server makes once.
    let first = of_ours(ours, ours, scene, 2).await;
    drive(&first, RATE, 2.0).await;
    let before = ours.process.memory_bytes();
    let rooms = of_ours(ours, ours, scene, count).await;
    drive(&rooms, RATE, 2.0).await;
    (rooms, (ours.process.memory_bytes() - before) / count as f64)
}

/// CPU us a delivery of each turn, by round.
async fn measure(turns: &[(&str, &Server, &Vec<Room>, f64); 4], size: &Size) -> [Vec<f64>; 4] {
    let mut cpu = [const { Vec::new() }; 4];
    let mut late = [const { Vec::new() }; 4];
    for round in 0..size.rounds {
        for turn in 0..turns.len() {
            let at = (round + turn) % turns.len();
            let (_, process, rooms, rate) = turns[at];
            let before = process.cpu_seconds();
            let driven = drive(rooms, rate, size.seconds).await;
            cpu[at].push((process.cpu_seconds() - before) * 1e6 / driven.deliveries);
            late[at].push((median(driven.late_ms.clone()), p99(driven.late_ms)));
        }
    }
    println!("{:<18} {:>9} {:>12} {:>9} {:>9}", "", "sessions", "us/delivery", "p50 ms", "p99 ms");
    for (((name, _, rooms, _), cpu), late) in turns.iter().zip(&cpu).zip(late) {
        let (p50, p99): (Vec<f64>, Vec<f64>) = late.into_iter().unzip();
        println!(
            "{name:<18} {:>9} {:>12.1} {:>9.2} {:>9.2}",
            rooms.len(),
            median(cpu.clone()),
            median(p50),
            median(p99)
        );
    }
    cpu
}

/// Adds sessions until deliveries are late.
async fn carry(ours: &Ours, scene: &Scene, size: &Size) {
    let mut rooms: Vec<Room> = Vec::new();
    let mut most = 0;
    println!("{:>9} {:>9} {:>9} {:>9}", "sessions", "core", "p50 ms", "p99 ms");
    for step in size.steps {
        rooms.extend(of_ours(ours, ours, scene, step - rooms.len()).await);
        let before = ours.process.cpu_seconds();
        let driven = drive(&rooms, RATE, size.seconds).await;
        let core = (ours.process.cpu_seconds() - before) / size.seconds;
        let late = p99(driven.late_ms.clone());
        println!("{step:>9} {:>8.0}% {:>9.2} {late:>9.2}", core * 100.0, median(driven.late_ms));
        if late > PROMPT_MS {
            break;
        }
        most = *step;
    }
    println!("sessions of one core with p99 < {PROMPT_MS} ms: {most}");
}
