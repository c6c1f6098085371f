//! HTTP/2 by its frames: what no library would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::socket::{PATIENCE, connect};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const INITIAL_WINDOW_SIZE: u16 = 4;
/// `:status: 200` in the table that every connection has.
const STATUS_200: u8 = 0x88;
const FRAME_BYTES: usize = 16 << 10;

/// A connection after both sides' settings.
struct Connection {
    stream: TlsStream<TcpStream>,
}

/// One frame of the server's.
#[derive(Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Fields as they stand, in no table.
fn fields(list: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [vec![u8::try_from(text.len()).unwrap()], text.as_bytes().to_vec()].concat();
    list.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

fn get<'a>(path: &'a str, host: &'a str) -> [(&'a str, &'a str); 4] {
    [(":method", "GET"), (":scheme", "https"), (":authority", host), (":path", path)]
}

impl Connection {
    /// `window`: what the server may send of each answer before it is granted more.
    async fn open(server: &Server, window: u32) -> Self {
        let mut stream = connect(server).await;
        let setting = [&INITIAL_WINDOW_SIZE.to_be_bytes()[..], &window.to_be_bytes()].concat();
        stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &setting)].concat()).await.unwrap();
        stream.flush().await.unwrap();
        Self { stream }
    }

    /// Whether it was taken.
    async fn send(&mut self, bytes: &[u8]) -> bool {
        let sending = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        timeout(PATIENCE, sending).await.is_ok_and(|sent| sent.is_ok())
    }

    /// The next frame that is not about the connection itself; `None` at its end. Answers what must be answered.
    async fn next(&mut self) -> Option<Frame> {
        loop {
            let frame = timeout(PATIENCE, self.read()).await.expect("a frame in time")?;
            match (frame.kind, frame.flags & ACK) {
                (SETTINGS, 0) => drop(self.send(&self::frame(SETTINGS, ACK, 0, &[])).await),
                (PING, 0) => drop(self.send(&self::frame(PING, ACK, 0, &frame.payload)).await),
                (SETTINGS | PING | WINDOW_UPDATE, _) => {}
                _ => return Some(frame),
            }
        }
    }

    async fn read(&mut self) -> Option<Frame> {
        let length = usize::try_from(self.stream.read_u24().await?).unwrap();
        let (kind, flags) = (self.stream.read_u8().await.ok()?, self.stream.read_u8().await.ok()?);
        let stream = self.stream.read_u32().await.ok()?;
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).await.ok()?;
        Some(Frame { kind, flags, stream, payload })
    }
}

trait ReadU24 {
    async fn read_u24(&mut self) -> Option<u32>;
}

impl ReadU24 for TlsStream<TcpStream> {
    async fn read_u24(&mut self) -> Option<u32> {
        let mut bytes = [0; 4];
        self.read_exact(&mut bytes[1..]).await.ok()?;
        Some(u32::from_be_bytes(bytes))
    }
}

fn host(server: &Server) -> &str {
    server.origin.trim_start_matches("https://")
}

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_socket_over_http2_is_refused() {
    let server = Server::start("").await;
    let mut connection = Connection::open(&server, 1 << 20).await;
    let wish = [
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "https"),
        (":authority", host(&server)),
        (":path", "/api/v1/customer/socket"),
        ("origin", SHOP),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "vitrine.v1, bearer.x"),
    ];
    assert!(connection.send(&frame(HEADERS, END_HEADERS, 1, &fields(&wish))).await);
    let answer = connection.next().await.expect("an answer");
    assert_eq!(answer.stream, 1);
    assert!(answer.kind == RST_STREAM || answer.kind == HEADERS && answer.payload[0] != STATUS_200, "{answer:?}");
    // And the connection goes on.
    let request = fields(&get("/vitrine.js", host(&server)));
    assert!(connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, 3, &request)).await);
    let answer = connection.next().await.expect("an answer");
    assert_eq!((answer.kind, answer.stream, answer.payload[0]), (HEADERS, 3, STATUS_200));
}

/// CVE-2024-27316: header blocks that never end.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn headers_without_end_end_the_connection() {
    let server = Server::start("").await;
    for payload in [fields(&[("x-long", "x")]).repeat(FRAME_BYTES / 16), Vec::new()] {
        let mut connection = Connection::open(&server, 1 << 20).await;
        let request = fields(&get("/vitrine.js", host(&server)));
        assert!(connection.send(&frame(HEADERS, END_STREAM, 1, &request)).await);
        let more = frame(CONTINUATION, 0, 1, &payload);
        let mut sent = 0;
        while sent < 10_000 && connection.send(&more).await {
            sent += 1;
        }
        assert!(sent < 10_000, "it takes them without end");
        let mut is_told = false;
        while let Some(frame) = connection.next().await {
            is_told |= frame.kind == GOAWAY;
            assert_ne!(frame.kind, DATA);
        }
        assert!(is_told || sent > 0);
    }
    assert_eq!(server.request(reqwest::Method::GET, "/vitrine.js").send().await.unwrap().status(), 200);
}

/// It takes every byte, answers every ping, and grants its answers no room: they would wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_grants_no_room_is_cut() {
    let server = Server::start("write-timeout = \"300ms\"\n").await;
    for window in [0, 1, 5_000] {
        let mut connection = Connection::open(&server, window).await;
        let request = fields(&get("/vitrine.js", host(&server)));
        for stream in [1, 3, 5] {
            assert!(connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &request)).await);
        }
        let mut answers = 0;
        let cut = async {
            while let Some(frame) = connection.next().await {
                answers += usize::from(frame.kind == HEADERS);
            }
        };
        timeout(PATIENCE, cut).await.expect("cut in time");
        assert_eq!(answers, 3, "each was answered, with {window} bytes of room");
    }
}

/// Who takes what there is may stay: also while nothing is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_takes_its_answers_stays() {
    let server = Server::start("write-timeout = \"300ms\"\n").await;
    let mut connection = Connection::open(&server, 1 << 20).await;
    for stream in [1, 3] {
        let request = fields(&get("/vitrine.js", host(&server)));
        assert!(connection.send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &request)).await);
        loop {
            let frame = connection.next().await.expect("not cut");
            assert_eq!(frame.stream, stream);
            if frame.flags & END_STREAM != 0 {
                break;
            }
        }
        // Longer than the patience with who takes nothing.
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
}
