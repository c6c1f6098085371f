//! Bytes in and out: TLS, connections, sockets.

mod brake;
pub mod frame;
pub mod guard;
pub mod handshake;
pub mod outbox;
pub mod pace;
pub mod socket;
pub mod tls;
pub mod unsent;
pub mod upgrade;
