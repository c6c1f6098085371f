//! What every request passes before its route: how often its address asks, and how many requests are being answered.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Problem;
use super::address::{Client, client_address};
use super::rate::{ByAddress, Held};
use crate::config::Limits;
use crate::ops::metrics;
use crate::start::App;

/// Requests that are being answered.
#[derive(Debug)]
pub struct Entry {
    all: Arc<Semaphore>,
    by_address: ByAddress,
}

/// One request's place, until it is answered.
pub type Entered = (Held<Client>, OwnedSemaphorePermit);

/// One address leaves so many parts of all places, less its own, to others.
const ADDRESSES_AT_LEAST: usize = 10;

impl Entry {
    /// By `[limits]`.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let of_one = limits.requests.div_ceil(ADDRESSES_AT_LEAST);
        Self { all: Arc::new(Semaphore::new(limits.requests)), by_address: ByAddress::new("requests", of_one) }
    }

    /// Gives a request its place.
    ///
    /// # Errors
    /// [`Problem::TooMany`] for the address, [`Problem::Full`].
    pub fn enter(&self, client: Client) -> Result<Entered, Problem> {
        let of_address = self.by_address.enter(client)?;
        let Ok(of_all) = Arc::clone(&self.all).try_acquire_owned() else {
            metrics::count_limited("requests");
            return Err(Problem::Full);
        };
        Ok((of_address, of_all))
    }
}

/// Counts a request against its address, and tells whose it is.
///
/// # Errors
/// [`Problem::TooMany`].
pub fn count(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Result<Client, Problem> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>().ok_or(Problem::Internal)?;
    let client = Client::of(client_address(*peer, headers, &app.live.now().config.server.trusted_proxies));
    app.rates.request(client)?;
    Ok(client)
}
