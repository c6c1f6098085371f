//! The product as people meet it, over real TLS and real sockets.

mod agents;
mod assets;
mod customers;
mod doors;
mod early;
mod endings;
