//! The log as a file: what is written, what a crash and a rename leave, and what checking finds.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chain::{Chain, Hash};
use super::event::{Actor, Event};
use super::file::OpenError;
use super::index::Index;
use super::limits::{KEPT_LINES_MAX, KEPT_OF_SESSION_MAX, QUEUE_MAX};
use super::scribe::Scribe;
use super::{Action, Answer, Audit, Outcome, Verify, verify};
use crate::config::{self, AuditTo};
use crate::http::Problem;
use crate::ops::clock::Time;
use vitrine_core::ids::SessionId;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }

    fn open(&self) -> Result<Scribe, OpenError> {
        Scribe::open(&config(AuditTo::File(self.log())), Arc::default())
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(self.log()).unwrap().lines().map(str::to_owned).collect()
    }
}

fn config(to: AuditTo) -> config::Audit {
    config::Audit { to, required: true, addresses: false }
}

fn session(name: &str) -> SessionId {
    SessionId::new(name).unwrap()
}

fn event(name: &str) -> Event {
    Event::done(Action::SessionBegin, Actor::Customer).to(&session(name), "shop")
}

fn write(scribe: &mut Scribe, name: &str) {
    assert!(scribe.write(vec![(event(name), Time::now())]), "{name}");
}

fn check(files: &[&Path]) -> Answer {
    let files = files.iter().map(|path| path.to_path_buf()).collect();
    verify(&Verify { files, expect_last: None, restarts: false }).unwrap()
}

fn assert_good(files: &[&Path], lines: usize) {
    let Answer::Good(said) = check(files) else { panic!("{:?}", check(files)) };
    assert!(said.starts_with(&format!("{lines} lines are good; ")), "{said}");
}

#[test]
fn a_lines_hash_is_that_of_its_other_bytes() {
    let mut chain = Chain::NEW;
    let (line, text) = chain.seal(event("a"), Time(1_700_000_000_000));
    let content = format!(
        "{{\"seq\":1,\"time\":\"2023-11-14T22:13:20Z\",\"actor\":{{\"kind\":\"customer\"}},\"action\":\"session.begin\",\
         \"session\":\"a\",\"site\":\"shop\",\"result\":\"done\",\"previous\":\"{}\"}}",
        "0".repeat(64)
    );
    let hash = Hash::of(content.as_bytes()).to_string();
    let wanted = format!("{},\"hash\":\"{hash}\"}}\n", content.strip_suffix('}').unwrap());
    assert_eq!(String::from_utf8(text.clone()).unwrap(), wanted);
    assert_eq!(serde_json::to_string(&line).unwrap() + "\n", wanted, "the interface tells the same");
    // From another implementation of SHA-256.
    assert_eq!(Hash::of(b"abc").to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_log_goes_on_where_it_ended() {
    let folder = Folder::new();
    for name in ["a", "b"] {
        write(&mut folder.open().unwrap(), name);
    }
    assert_good(&[&folder.log()], 4);
    let lines = folder.lines();
    assert!(lines[2].contains("\"action\":\"server.start\"") && lines[2].starts_with("{\"seq\":3,"), "{}", lines[2]);
}

#[test]
fn one_process_writes_it() {
    let folder = Folder::new();
    let _held = folder.open().unwrap();
    assert!(matches!(folder.open(), Err(OpenError::InUse(_))));
}

#[test]
fn what_is_no_audit_log_is_left_alone() {
    for text in ["a diary\n", "{}\n", "\n"] {
        let folder = Folder::new();
        fs::write(folder.log(), text).unwrap();
        assert!(matches!(folder.open(), Err(OpenError::Foreign(_))), "{text:?}");
        assert_eq!(fs::read_to_string(folder.log()).unwrap(), text);
    }
}

/// As many bytes of the last line as a crash may leave.
#[test]
fn a_torn_end_is_kept_aside_and_told() {
    let folder = Folder::new();
    write(&mut folder.open().unwrap(), "a");
    let whole = fs::read(folder.log()).unwrap();
    let last = whole.iter().rposition(|byte| *byte == b'{').unwrap();
    for left in [last + 1, whole.len() - 40, whole.len() - 2] {
        let folder = Folder::new();
        fs::write(folder.log(), &whole[..left]).unwrap();
        drop(folder.open().unwrap());
        let lines = folder.lines();
        let begin = whole[..left].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let torn = format!("\"reason\":\"torn\",\"count\":{}", left - begin);
        assert!(lines[1].contains(&torn), "{}", lines[1]);
        assert_good(&[&folder.log()], 2);
        assert_eq!(fs::read(folder.0.path().join("audit.jsonl.torn-2")).unwrap(), &whole[begin..left]);
    }
}

#[test]
fn a_whole_line_without_its_end_is_a_line() {
    let folder = Folder::new();
    write(&mut folder.open().unwrap(), "a");
    let whole = fs::read(folder.log()).unwrap();
    fs::write(folder.log(), &whole[..whole.len() - 1]).unwrap();
    drop(folder.open().unwrap());
    assert_good(&[&folder.log()], 3);
}

#[test]
fn a_renamed_log_goes_on_in_a_new_file() {
    let folder = Folder::new();
    let mut scribe = folder.open().unwrap();
    write(&mut scribe, "a");
    let old = folder.0.path().join("audit.jsonl.1");
    fs::rename(folder.log(), &old).unwrap();
    write(&mut scribe, "b");
    assert!(folder.lines()[0].contains("\"action\":\"audit.rotate\""), "{:?}", folder.lines());
    assert_good(&[&old, &folder.log()], 4);
    assert_good(&[&folder.log()], 2);
    assert!(matches!(check(&[&folder.log(), &old]), Answer::Broken(_)), "the other way round");
    // Somebody else's file in its place is not written to.
    fs::rename(folder.log(), folder.0.path().join("audit.jsonl.2")).unwrap();
    fs::write(folder.log(), "a diary\n").unwrap();
    assert!(!scribe.write(vec![(event("c"), Time::now())]));
    assert_eq!(folder.lines(), ["a diary"]);
    fs::remove_file(folder.log()).unwrap();
    write(&mut scribe, "d");
    assert_good(&[&old, &folder.0.path().join("audit.jsonl.2"), &folder.log()], 6);
}

#[test]
fn who_else_writes_is_told_of() {
    let folder = Folder::new();
    let mut scribe = folder.open().unwrap();
    write(&mut scribe, "a");
    let mut text = fs::read_to_string(folder.log()).unwrap();
    text.push_str("{\"seq\":3}");
    fs::write(folder.log(), text).unwrap();
    write(&mut scribe, "b");
    let lines = folder.lines();
    assert!(lines[3].contains("\"action\":\"audit.alter\"") && lines[3].contains("\"count\":9"), "{}", lines[3]);
    let Answer::Broken(said) = check(&[&folder.log()]) else { panic!() };
    assert!(said.contains(":3: it is no line of an audit log; 2 lines are good"), "{said}");
}

/// A change of five good lines, and what checking says: the line where the chain breaks, and words of the reason.
type Tampering = (&'static str, fn(&mut Vec<String>), Result<usize, (usize, &'static str)>);

const TAMPERINGS: &[Tampering] = &[
    ("nothing", |_| {}, Ok(5)),
    ("a changed byte", |lines| lines[2] = lines[2].replace("\"b\"", "\"x\""), Err((3, "it was changed"))),
    ("a changed hash", |lines| change_hash(&mut lines[2]), Err((3, "it was changed"))),
    ("a space", |lines| lines[2] = lines[2].replacen(':', ": ", 1), Err((3, "it was changed"))),
    ("a field added", |lines| lines[2] = lines[2].replacen('{', "{\"note\":1,", 1), Err((3, "it was changed"))),
    ("a line removed", |lines| drop(lines.remove(2)), Err((3, "it is line 4 of the log and stands behind line 2"))),
    ("the first line removed", |lines| drop(lines.remove(0)), Err((1, "lines before it are missing"))),
    ("two lines swapped", |lines| lines.swap(2, 3), Err((3, "it is line 4 of the log and stands behind line 2"))),
    ("a line twice", |lines| lines.insert(3, lines[2].clone()), Err((4, "it is line 3 of the log and stands behind"))),
    ("a line added", |lines| lines.insert(3, "{\"seq\":4}".into()), Err((4, "it is no line of an audit log"))),
    ("an empty line added", |lines| lines.insert(3, String::new()), Err((4, "it is no line of an audit log"))),
    ("a line made anew", |lines| lines[2] = forged(3, "c", &lines[1]), Err((4, "it follows another line 3"))),
    ("another log behind it", |lines| lines.push(forged(1, "z", "")), Err((6, "another log begins here"))),
    // What a chain by itself cannot tell: see the next test.
    ("the last line cut off", |lines| drop(lines.pop()), Ok(4)),
    ("a line made anew at the end", |lines| lines.push(forged(6, "z", &lines[4])), Ok(6)),
];

fn change_hash(line: &mut String) {
    let at = line.len() - 10;
    let digit = if line.as_bytes()[at] == b'0' { "1" } else { "0" };
    line.replace_range(at..=at, digit);
}

/// A line that whoever knows the format can write.
fn forged(seq: u64, name: &str, before: &str) -> String {
    let last = if before.is_empty() { Hash::NONE } else { Hash::parse(&before[before.len() - 66..][..64]).unwrap() };
    let (_, text) = Chain { seq: seq - 1, last }.seal(event(name), Time::now());
    String::from_utf8(text).unwrap().trim_end().to_owned()
}

#[test]
fn tampering_is_found_where_it_is() {
    let folder = Folder::new();
    let mut scribe = folder.open().unwrap();
    ["a", "b", "c", "d"].into_iter().for_each(|name| write(&mut scribe, name));
    let good = folder.lines();
    let last = Hash::parse(&good[4][good[4].len() - 66..][..64]);
    for (name, tamper, wanted) in TAMPERINGS {
        let mut lines = good.clone();
        tamper(&mut lines);
        let path = folder.0.path().join("tampered");
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        match (check(&[&path]), wanted) {
            (Answer::Good(said), Ok(count)) => assert!(said.starts_with(&format!("{count} lines are good")), "{name}"),
            (Answer::Broken(said), Err((at, why))) => {
                assert!(said.contains(&format!("tampered:{at}: {why}")), "{name}: {said}");
                let good = if *at == 1 { "no line is good".to_owned() } else { format!("{} line", at - 1) };
                assert!(said.contains(&format!("; {good}")), "{name}: {said}");
            }
            (answer, _) => panic!("{name}: {answer:?}"),
        }
        // With the last hash, kept elsewhere, everything is found.
        let answer = verify(&Verify { files: vec![path], expect_last: last, restarts: false }).unwrap();
        assert_eq!(matches!(answer, Answer::Good(_)), *name == "nothing", "{name}: {answer:?}");
    }
}

#[test]
fn what_standard_output_gave_may_begin_anew() {
    let folder = Folder::new();
    let lines = [forged(1, "a", ""), forged(1, "b", "")];
    fs::write(folder.log(), lines.join("\n") + "\n").unwrap();
    let job = |restarts| Verify { files: vec![folder.log()], expect_last: None, restarts };
    assert!(matches!(verify(&job(true)).unwrap(), Answer::Good(_)));
    assert!(matches!(verify(&job(false)).unwrap(), Answer::Broken(_)));
}

#[test]
fn nothing_is_not_good() {
    let folder = Folder::new();
    fs::write(folder.log(), "").unwrap();
    assert!(matches!(check(&[&folder.log()]), Answer::Broken(_)));
    let missing = Verify { files: vec!["nowhere".into()], expect_last: None, restarts: false };
    assert!(verify(&missing).is_err());
}

#[test]
fn the_memory_is_bounded_and_says_what_it_forgot() {
    let (index, mut line) = (Index::default(), Chain { seq: 0, last: Hash::NONE }.seal(event("busy"), Time(0)).0);
    line.seq = 0;
    let mut keep = |name: &str| {
        line.seq += 1;
        line.session = Some(name.to_owned());
        index.keep(line.clone());
    };
    (0..KEPT_OF_SESSION_MAX + 5).for_each(|_| keep("busy"));
    keep("quiet");
    let page = index.page(&session("busy"), 0, 10).unwrap();
    let numbers: Vec<u64> = page.lines.iter().map(|line| line.seq).collect();
    assert_eq!((numbers, page.next, page.forgotten), ((6..=15).collect(), Some(15), 5));
    let last = index.page(&session("busy"), 1_000, 10).unwrap();
    assert_eq!((last.lines.len(), last.next), (5, None));
    assert!(index.page(&session("nobody"), 0, 10).is_none());
    (0..KEPT_LINES_MAX - 1).for_each(|at| keep(&format!("s{}", at / 100)));
    assert!(index.page(&session("busy"), 0, 10).is_none(), "the oldest made room");
    assert!(index.page(&session("quiet"), 0, 10).is_some());
    keep("one-more");
    assert!(index.page(&session("quiet"), 0, 10).is_none());
}

/// Where a folder stands in place of the file, no line can be written.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_noted_is_refused_and_counted_and_goes_on_afterwards() {
    for required in [true, false] {
        let folder = Folder::new();
        let audit = Audit::start(&config::Audit { required, ..config(AuditTo::File(folder.log())) }).unwrap();
        assert_eq!(audit.before(event("a")).await, Ok(()));
        let old = folder.0.path().join("old");
        fs::rename(folder.log(), &old).unwrap();
        fs::create_dir(folder.log()).unwrap();
        let wanted = if required { Err(Problem::NotNoted) } else { Ok(()) };
        assert_eq!(audit.before(event("b")).await, wanted);
        let end = Event::done(Action::SessionEnd, Actor::Customer).to(&session("a"), "shop");
        assert_eq!(audit.before(end).await, Ok(()), "what takes something away is never refused");
        fs::remove_dir(folder.log()).unwrap();
        // The end may still have waited when the folder was gone: then it is a line and not counted.
        audit.stop().await;
        let lines = folder.lines();
        let is_omitted = lines.iter().any(|line| line.contains("audit.omit"));
        let has_end = lines.iter().any(|line| line.contains("session.end"));
        assert!(is_omitted || has_end, "{lines:#?}");
        assert!(!lines.iter().any(|line| line.contains("\"session\":\"b\"")), "{lines:#?}");
        assert!(lines.last().unwrap().contains("server.stop"), "{lines:#?}");
        assert_good(&[&old, &folder.log()], lines.len() + 2);
    }
}

#[tokio::test]
async fn a_flood_of_refusals_leaves_room_for_what_was_done() {
    let folder = Folder::new();
    let audit = Audit::start(&config(AuditTo::File(folder.log()))).unwrap();
    let refusal = || Event::done(Action::AgentSignIn, Actor::STRANGER).went(Outcome::Refused).because("wrong-login");
    for _ in 0..10 * QUEUE_MAX {
        audit.note_refusal(refusal(), "203.0.113.1".into());
    }
    for client in 0..10 {
        audit.note_refusal(refusal(), format!("203.0.113.{client}"));
    }
    assert_eq!(audit.before(event("a")).await, Ok(()));
    audit.stop().await;
    let lines = folder.lines();
    let counted = lines.iter().filter(|line| line.contains("audit.omit"));
    let omitted: u64 =
        counted.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["count"].as_u64().unwrap()).sum();
    let refused = lines.iter().filter(|line| line.contains("wrong-login")).count() as u64;
    assert_eq!(omitted + refused, 10 * QUEUE_MAX as u64 + 10);
    assert!((1..300).contains(&refused), "{refused}");
    assert!(lines.iter().any(|line| line.contains("\"session\":\"a\"")));
    let _ = check(&[&folder.log()]);
}
