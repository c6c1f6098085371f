//! A client of RFC 6455 that writes its bytes by hand, so that it can say what no library would; and that judges every
//! byte of the server's.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use vitrine_tests::server::Server;
use vitrine_tests::socket::{PATIENCE, connect_from};

pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];
/// Of section 1.3, and what answers it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// One frame, masked; `first` is its first byte: FIN, reserved bits, opcode.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head(first, FIN, payload.len());
    bytes.extend_from_slice(&MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// One frame without a mask, which only servers send.
pub(crate) fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    [head(first, 0, payload.len()), payload.to_vec()].concat()
}

/// The head of a frame that says of itself that it is so long, as the eight bytes are written.
pub(crate) fn claiming(first: u8, length: u64) -> Vec<u8> {
    [&[first, FIN | 127][..], &length.to_be_bytes(), &MASK].concat()
}

/// A goodbye.
pub(crate) fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes()[..], reason].concat())
}

fn head(first: u8, masked: u8, length: usize) -> Vec<u8> {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..126), _) => vec![first, masked | short],
        (_, Ok(medium)) => [&[first, masked | 126][..], &medium.to_be_bytes()].concat(),
        _ => [&[first, masked | 127][..], &u64::try_from(length).expect("a length").to_be_bytes()].concat(),
    }
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// A whole text or binary message: the server sends no fragments.
    Message(Vec<u8>),
    /// Its own question.
    Ping,
    /// The answer to a ping.
    Pong(Vec<u8>),
    /// Its goodbye; 1005 without a code.
    Close(u16),
    /// The connection ended in order.
    End,
    /// It was cut.
    Cut,
    /// Nothing, for as long as a test waits.
    Nothing,
}

/// A connection that was asked for an upgrade.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
}

/// The header lines of a proper upgrade.
pub(crate) fn proper(server: &Server, origin: &str, protocols: &str) -> Vec<(String, String)> {
    let host = server.origin.trim_start_matches("https://");
    let lines = [
        ("host", host),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", KEY),
        ("origin", origin),
        ("sec-websocket-protocol", protocols),
    ];
    lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Sends a request as it stands, and gives the head of the answer.
pub(crate) async fn ask(server: &Server, line: &str, headers: &[(String, String)]) -> (Wire, String) {
    ask_from(server, Ipv4Addr::LOCALHOST, line, headers).await
}

/// The same from another address.
pub(crate) async fn ask_from(
    server: &Server,
    from: Ipv4Addr,
    line: &str,
    headers: &[(String, String)],
) -> (Wire, String) {
    let mut stream = connect_from(server, from).await;
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // Of a request that is too large the server may answer the beginning.
    let _ = stream.write_all(format!("{line}\r\n{lines}\r\n").as_bytes()).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        match timeout(PATIENCE, stream.read_u8()).await.expect("an answer in time") {
            Ok(byte) => answer.push(byte),
            Err(_) => break,
        }
    }
    (Wire { stream }, String::from_utf8(answer).expect("text"))
}

/// The status of an answer; 0 if there was none.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
}

impl Wire {
    /// Opens a socket.
    pub(crate) async fn open(server: &Server, path: &str, origin: &str, protocols: &str) -> Self {
        let (wire, answer) = ask(server, &format!("GET {path} HTTP/1.1"), &proper(server, origin, protocols)).await;
        let lower = answer.to_ascii_lowercase();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(answer.contains(ACCEPT), "the key is answered: {answer}");
        assert!(lower.contains("\r\nsec-websocket-protocol: vitrine.v1\r\n"), "{answer}");
        assert!(!lower.contains("sec-websocket-extensions"), "no extension is agreed on: {answer}");
        wire
    }

    /// Sends bytes in one piece. A server that has gone away tells so when it is read.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(PATIENCE, self.push(bytes)).await.expect("taken in time");
    }

    /// The same, and whether it was taken.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        timeout(PATIENCE, self.push(bytes)).await.is_ok_and(|sent| sent.is_ok())
    }

    /// TLS takes what the connection beneath it will not have at the moment, and sends it when it is flushed.
    async fn push(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Whether the server has said something that was not read.
    pub(crate) async fn is_readable(&mut self) -> bool {
        timeout(Duration::ZERO, self.stream.get_ref().0.readable()).await.is_ok()
    }

    /// What the server says next. Its pings are left unanswered.
    pub(crate) async fn next(&mut self) -> Said {
        timeout(PATIENCE, self.read()).await.unwrap_or(Said::Nothing)
    }

    async fn read(&mut self) -> Said {
        let first = match self.stream.read_u8().await {
            Ok(first) => first,
            // TLS tells an end from a cut.
            Err(error) if error.to_string().contains("close_notify") => return Said::Cut,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Said::End,
            Err(_) => return Said::Cut,
        };
        let Ok(payload) = self.payload().await else { return Said::Cut };
        assert_eq!(first & 0xF0, FIN, "whole, and without reserved bits");
        match first & 0x0F {
            TEXT => {
                assert!(std::str::from_utf8(&payload).is_ok());
                Said::Message(payload)
            }
            BINARY => Said::Message(payload),
            PONG => Said::Pong(payload),
            PING => {
                assert!(payload.len() <= 125);
                Said::Ping
            }
            CLOSE => Said::Close(code(&payload)),
            other => panic!("opcode {other}"),
        }
    }

    async fn payload(&mut self) -> std::io::Result<Vec<u8>> {
        let length = match self.stream.read_u8().await? {
            126 => u64::from(self.stream.read_u16().await?),
            127 => self.stream.read_u64().await?,
            short => u64::from(short),
        };
        assert!(length < 1 << 30, "a server masks nothing and says nothing that long");
        let mut payload = vec![0; usize::try_from(length).expect("a length")];
        self.stream.read_exact(&mut payload).await?;
        Ok(payload)
    }

    /// Reads to the server's goodbye, answers it, and gives its code when the connection has ended in order. 1006: it
    /// was cut without one. 0: it says nothing.
    pub(crate) async fn closed(&mut self) -> u16 {
        let code = loop {
            match self.next().await {
                Said::Close(code) => break code,
                Said::End | Said::Cut => return 1006,
                Said::Nothing => return 0,
                Said::Message(_) | Said::Ping | Said::Pong(_) => {}
            }
        };
        self.send(&frame(FIN | CLOSE, &[])).await;
        assert_eq!(self.next().await, Said::End, "nothing follows a goodbye");
        code
    }

    /// The next pong.
    pub(crate) async fn pong(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.next().await {
                Said::Pong(payload) => return Some(payload),
                Said::Message(_) | Said::Ping => {}
                Said::Close(_) | Said::End | Said::Cut | Said::Nothing => return None,
            }
        }
    }
}

fn code(payload: &[u8]) -> u16 {
    match payload {
        [] => 1005,
        [high, low, reason @ ..] => {
            assert!(std::str::from_utf8(reason).is_ok() && reason.len() <= 123);
            u16::from_be_bytes([*high, *low])
        }
        [_] => panic!("a goodbye of one byte"),
    }
}
