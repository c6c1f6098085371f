//! Attacks on the doors of a running server, as data: origins, sockets byte by byte, limits, slow clients. The public
//! lists are in `VITRINE_CORPORA`; rows of our own cover the same classes where it is absent.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a step that cannot be taken ends the test"
)]

mod floods;
mod frames;
mod handshakes;
mod http2;
mod limits;
mod matrix;
mod origins;
mod public;
mod revocation;
mod slow;
mod sockets;
mod tls;
mod tokens;
mod utf8;
mod wire;
