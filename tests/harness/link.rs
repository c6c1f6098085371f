//! A connection between two machines that can be slow, cut or dead, as a test wants it.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Nothing,
    /// All bytes arrive late, on both ways.
    Slow(Duration),
    /// Connections break and none is made: the other machine answers with a reset.
    Cut,
    /// Bytes wait, on both ways, and nobody is told: a pulled cable, which may be put back.
    Frozen,
    /// The far side is gone and cannot say so: connections that are open stay so for good, and nothing goes over them.
    Dead,
}

/// A link to one far side. It ends when it is dropped.
#[derive(Debug)]
pub struct Link {
    /// What listens in place of the far side.
    pub address: SocketAddr,
    fault: watch::Sender<Fault>,
    task: JoinHandle<()>,
}

impl Link {
    /// A good link.
    pub async fn to(far: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (fault, faults) = watch::channel(Fault::Nothing);
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let faults = faults.clone();
                tokio::spawn(async move {
                    if let Some(far) = connect(far, &faults).await {
                        carry(near, far, faults).await;
                    }
                });
            }
        });
        Self { address, fault, task }
    }

    /// From now on, also for connections that are open.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
        self.fault.send_replace(Fault::Cut);
    }
}

/// Connects through the link, or not.
pub(crate) async fn connect(far: SocketAddr, faults: &watch::Receiver<Fault>) -> Option<TcpStream> {
    let fault = *faults.clone().wait_for(|fault| *fault != Fault::Dead).await.ok()?;
    if fault == Fault::Cut { None } else { TcpStream::connect(far).await.ok() }
}

/// Carries bytes both ways until either side ends or the link is cut.
pub(crate) async fn carry(near: TcpStream, far: TcpStream, mut faults: watch::Receiver<Fault>) {
    for stream in [&near, &far] {
        let _ = stream.set_nodelay(true);
    }
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let (outward, inward) = (copy(from_near, to_far, faults.clone()), copy(from_far, to_near, faults.clone()));
    let both = async {
        tokio::select! {
            () = outward => {}
            () = inward => {}
        }
    };
    let mut both = pin!(both);
    tokio::select! {
        () = &mut both => return,
        _ = faults.wait_for(|fault| matches!(fault, Fault::Cut | Fault::Dead)) => {}
    }
    // Both ends stay open, and nothing is carried.
    let _ = faults.wait_for(|fault| *fault == Fault::Cut).await;
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut faults: watch::Receiver<Fault>) {
    let mut bytes = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if faults.wait_for(|fault| *fault != Fault::Frozen).await.is_err() {
            return;
        }
        let fault = *faults.borrow();
        if let Fault::Slow(delay) = fault {
            sleep(delay).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
