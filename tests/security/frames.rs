//! What a client may send once its socket is open, as data: what it says, in which pieces, and what comes of it. The
//! groups are those of the Autobahn suite.

use vitrine_tests::socket::zip;

use super::utf8;
use super::wire::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, claiming, close, frame, unmasked};

/// What comes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wants {
    /// The server closes with this code.
    Closes(u16),
    /// The server answers these, in this order, and the socket lives.
    Pongs(Vec<Vec<u8>>),
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Written one after the other.
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) wants: Wants,
}

/// A message that passed the socket and is none of the protocol's.
const NOT_OURS: u16 = 4400;
const NOT_GZIP: u16 = 1003;
const PROTOCOL: u16 = 1002;
const NOT_UTF8: u16 = 1007;
const TOO_BIG: u16 = 1009;
/// The reserved bits.
const RESERVED: [u8; 7] = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70];
const FIRST_RESERVED: u8 = 0x40;

fn row(name: impl Into<String>, bytes: Vec<Vec<u8>>, wants: Wants) -> Row {
    Row { name: name.into(), pieces: vec![bytes.into_iter().flatten().collect()], wants }
}

fn closes(name: impl Into<String>, bytes: Vec<Vec<u8>>, code: u16) -> Row {
    row(name, bytes, Wants::Closes(code))
}

fn pongs(name: impl Into<String>, bytes: Vec<Vec<u8>>, payloads: &[&[u8]]) -> Row {
    row(name, bytes, Wants::Pongs(payloads.iter().map(|payload| payload.to_vec()).collect()))
}

/// The same, byte by byte.
fn chopped(row: &Row) -> Row {
    let pieces = row.pieces.concat().chunks(1).map(<[u8]>::to_vec).collect();
    Row { name: format!("{}, byte by byte", row.name), pieces, wants: row.wants.clone() }
}

/// All rows, for a socket that takes messages up to this size.
pub(crate) fn rows(most: usize) -> Vec<Row> {
    let mut rows = framing();
    for group in [pings(), reserved(), opcodes(), fragments(), texts(), goodbyes(), sizes(most)] {
        rows.extend(group);
    }
    rows
}

fn framing() -> Vec<Row> {
    let mut rows = Vec::new();
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536] {
        let words = vec![b'x'; length];
        rows.push(closes(format!("text of {length} bytes"), vec![frame(FIN | TEXT, &words)], NOT_OURS));
        rows.push(closes(format!("binary of {length} bytes"), vec![frame(FIN | BINARY, &words)], NOT_GZIP));
    }
    rows.push(closes("gzip that is no message", vec![frame(FIN | BINARY, &zip(b"x"))], NOT_OURS));
    rows.push(chopped(&closes("text", vec![frame(FIN | TEXT, b"not ours")], NOT_OURS)));
    rows.push(closes("unmasked frame", vec![unmasked(FIN | TEXT, b"{}")], PROTOCOL));
    rows.push(closes("unmasked ping", vec![unmasked(FIN | PING, b"")], PROTOCOL));
    rows
}

fn pings() -> Vec<Row> {
    let longest = [0xFE; 125];
    let mut rows = vec![
        pongs("ping", vec![frame(FIN | PING, b"")], &[b""]),
        pongs("ping with bytes", vec![frame(FIN | PING, b"\x00\xFF\xFE\xFD")], &[b"\x00\xFF\xFE\xFD"]),
        pongs("longest ping", vec![frame(FIN | PING, &longest)], &[&longest]),
        closes("control frame over 125 bytes", vec![frame(FIN | PING, &[0; 126])], PROTOCOL),
        closes("pong over 125 bytes", vec![frame(FIN | PONG, &[0; 126])], PROTOCOL),
        closes("goodbye over 125 bytes", vec![close(1000, &[b'x'; 124])], PROTOCOL),
        pongs("pong that nobody asked for", vec![frame(FIN | PONG, b"here")], &[]),
        pongs("pong and ping", vec![frame(FIN | PONG, b"here"), frame(FIN | PING, b"there")], &[b"there"]),
    ];
    let ten: Vec<Vec<u8>> = (0..10).map(|n| frame(FIN | PING, &[n])).collect();
    let answers: Vec<[u8; 1]> = (0..10).map(|n| [n]).collect();
    let answers: Vec<&[u8]> = answers.iter().map(<[u8; 1]>::as_slice).collect();
    let ten = pongs("ten pings", ten, &answers);
    rows.push(chopped(&ten));
    rows.push(ten);
    rows
}

fn reserved() -> Vec<Row> {
    let mut rows = Vec::new();
    for bits in RESERVED {
        for (name, opcode) in [("text", TEXT), ("binary", BINARY), ("ping", PING), ("goodbye", CLOSE)] {
            rows.push(closes(format!("{name} with bits {bits:#x}"), vec![frame(FIN | bits | opcode, b"")], PROTOCOL));
        }
    }
    // What an extension would make of this bit: a compressed message, its fragments a bomb, or empty blocks for ever.
    let block = frame(CONTINUATION, b"\x00\x00\x00\xFF\xFF");
    let begin = frame(FIRST_RESERVED | BINARY, b"\x00\x00\x00\xFF\xFF");
    rows.push(closes("compressed fragments", [vec![begin], vec![block; 100]].concat(), PROTOCOL));
    rows
}

fn opcodes() -> Vec<Row> {
    let unknown = (0x3..=0x7).chain(0xB..=0xF);
    let alone = unknown.clone().map(|code| closes(format!("opcode {code:#x}"), vec![frame(FIN | code, b"")], PROTOCOL));
    let within = unknown.map(|code| {
        let bytes = vec![frame(TEXT, b"x"), frame(FIN | code, b"x"), frame(FIN | CONTINUATION, b"x")];
        closes(format!("opcode {code:#x} within a message"), bytes, PROTOCOL)
    });
    alone.chain(within).collect()
}

fn fragments() -> Vec<Row> {
    let (begin, end) = (frame(TEXT, b"not"), frame(FIN | CONTINUATION, b" ours"));
    let ping = frame(FIN | PING, b"between");
    let mut rows = vec![
        closes("fragmented ping", vec![frame(PING, b"a"), frame(FIN | CONTINUATION, b"b")], PROTOCOL),
        closes("fragmented pong", vec![frame(PONG, b"a"), frame(FIN | CONTINUATION, b"b")], PROTOCOL),
        closes("fragmented goodbye", vec![frame(CLOSE, b""), frame(FIN | CONTINUATION, b"")], PROTOCOL),
        closes("two fragments", vec![begin.clone(), end.clone()], NOT_OURS),
        closes("two fragments of gzip", vec![frame(BINARY, &zip(b"x")[..9]), end.clone()], NOT_GZIP),
        closes(
            "empty fragments",
            [vec![begin.clone()], vec![frame(CONTINUATION, b""); 99], vec![end.clone()]].concat(),
            NOT_OURS,
        ),
        closes("last fragment alone", vec![end.clone()], PROTOCOL),
        closes("fragment alone", vec![frame(CONTINUATION, b"x"), end.clone()], PROTOCOL),
        closes("text within a message", vec![begin.clone(), frame(FIN | TEXT, b"x")], PROTOCOL),
        closes("binary within a message", vec![begin.clone(), frame(FIN | BINARY, b"x")], PROTOCOL),
        closes("goodbye within a message", vec![begin.clone(), close(1001, b"")], 1001),
        pongs("ping within a message", vec![begin.clone(), ping.clone()], &[b"between"]),
    ];
    rows.push(chopped(&closes("pings between fragments", vec![begin, ping.clone(), ping, end], NOT_OURS)));
    rows
}

fn texts() -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, text) in utf8::TEXT.iter().enumerate() {
        rows.push(closes(format!("text {n}"), vec![frame(FIN | TEXT, text)], NOT_OURS));
        for at in 1..text.len() {
            let halves = vec![frame(TEXT, &text[..at]), frame(FIN | CONTINUATION, &text[at..])];
            rows.push(closes(format!("text {n} in two at {at}"), halves, NOT_OURS));
        }
    }
    for (n, text) in utf8::NO_TEXT.iter().enumerate() {
        rows.push(closes(format!("no text {n}"), vec![frame(FIN | TEXT, text)], NOT_UTF8));
        let around = [b"\"", *text, b"\""].concat();
        rows.push(closes(format!("no text {n} within text"), vec![frame(FIN | TEXT, &around)], NOT_UTF8));
        let each = around.chunks(1).map(|byte| frame(CONTINUATION, byte));
        let bytes = [frame(TEXT, b"")].into_iter().chain(each).chain([frame(FIN | CONTINUATION, b"")]);
        rows.push(closes(format!("no text {n} in fragments"), bytes.collect(), NOT_UTF8));
    }
    // Not even the end of the message is waited for.
    rows.push(closes("no text in a first fragment", vec![frame(TEXT, b"\xFF")], NOT_UTF8));
    rows
}

fn goodbyes() -> Vec<Row> {
    let mut rows = vec![
        closes("goodbye", vec![frame(FIN | CLOSE, b"")], 1005),
        closes("two goodbyes", vec![frame(FIN | CLOSE, b""), frame(FIN | CLOSE, b"")], 1005),
        closes("ping after a goodbye", vec![close(1000, b""), frame(FIN | PING, b"")], 1000),
        closes("text after a goodbye", vec![close(1000, b""), frame(FIN | TEXT, b"x")], 1000),
        closes("goodbye with a reason", vec![close(1000, &[b'x'; 123])], 1000),
        closes("goodbye of one byte", vec![frame(FIN | CLOSE, b"\x03")], PROTOCOL),
        closes("reason that is no text", vec![close(1000, b"\xCE\xBA\xED\xA0\x80")], NOT_UTF8),
    ];
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        rows.push(closes(format!("goodbye with {code}"), vec![close(code, b"")], code));
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        rows.push(closes(format!("goodbye with {code}, which is none"), vec![close(code, b"")], PROTOCOL));
    }
    rows
}

fn sizes(most: usize) -> Vec<Row> {
    let (whole, half) = (vec![b'x'; most], vec![b'x'; most / 2]);
    let over = [&whole[..], b"x"].concat();
    let bomb = zip(&vec![b' '; 4 * most]);
    let (head, tail) = bomb.split_at(bomb.len() / 2);
    vec![
        closes("text of the most that is taken", vec![frame(FIN | TEXT, &whole)], NOT_OURS),
        closes("text one byte over the limit", vec![frame(FIN | TEXT, &over)], TOO_BIG),
        closes("binary one byte over the limit", vec![frame(FIN | BINARY, &over)], TOO_BIG),
        closes("fragments over the limit", vec![frame(TEXT, &whole), frame(CONTINUATION, b"x")], TOO_BIG),
        closes("endless fragments", [vec![frame(TEXT, b"")], vec![frame(CONTINUATION, &half); 9]].concat(), TOO_BIG),
        closes("gzip bomb", vec![frame(FIN | BINARY, &bomb)], TOO_BIG),
        closes("gzip bomb in fragments", vec![frame(BINARY, head), frame(FIN | CONTINUATION, tail)], TOO_BIG),
        closes("valid JSON of 10 MiB", vec![frame(FIN | TEXT, &json(10 << 20))], TOO_BIG),
        closes("length with the top bit set", vec![claiming(FIN | BINARY, 1 << 63)], PROTOCOL),
        closes("all bits of the length set", vec![claiming(FIN | BINARY, u64::MAX)], PROTOCOL),
        closes("claim of a long message", vec![claiming(FIN | BINARY, (1 << 63) - 1)], TOO_BIG),
    ]
}

/// A message of the protocol, and nothing but too long.
fn json(bytes: usize) -> Vec<u8> {
    [&b"{\"t\":\"events\",\"seq\":1,\"events\":["[..], &vec![b' '; bytes], b"]}"].concat()
}
