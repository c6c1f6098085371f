//! From a configuration to a running server: the only wiring.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use axum_server::Handle;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use http::header::InvalidHeaderValue;
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::assets::{Assets, FetcherError, Names, SystemNames};
use crate::audit::{self, Audit};
use crate::auth::agent_token::AgentTokens;
use crate::auth::join_code::JoinCodes;
use crate::auth::oidc::{ClientError, Provider};
use crate::auth::password::Passwords;
use crate::config::{Config, Source};
use crate::http::entry::Entry;
use crate::http::rate::{AgentSockets, ByAddress, Rates};
use crate::hub::{Hub, Shared};
use crate::live::{Live, LiveError};
use crate::net::guard::{Guard, Patience, Places};
use crate::net::handshake::{Room, Tls};
use crate::net::tls::{self, TlsError};
use crate::ops::{clock, health, metrics};
use crate::reload::Reloader;
use crate::routes::Routes;
use crate::store::Store;
use crate::store::redis::DialError;
use crate::store::sessions::limits::Spans;
use crate::store::sessions::{self, Sessions};

/// What every route can reach.
#[derive(Debug)]
pub struct App {
    /// The operator's decisions, and what follows from them.
    pub live: Arc<Live>,
    /// The running sessions.
    pub hub: Hub,
    /// Logins, codes, tickets.
    pub store: Arc<Store>,
    /// Makes and looks up join codes.
    pub codes: Arc<JoinCodes>,
    /// `[agents.oidc]`.
    pub oidc: Option<Provider>,
    /// Signs and reads agent tokens.
    pub agent_tokens: AgentTokens,
    /// Judges passwords.
    pub passwords: Passwords,
    /// Limits per time.
    pub rates: Rates,
    /// Sockets by address.
    pub sockets: ByAddress,
    /// Agents' sockets, by agent and by session.
    pub agent_sockets: AgentSockets,
    /// Requests that are being answered.
    pub entry: Entry,
    /// Connections.
    pub places: Places,
    /// What is behind the asset door.
    pub assets: Arc<Assets>,
    /// Who did what.
    pub audit: Arc<Audit>,
    /// Another configuration came into force, and nobody has yet looked whose rights it changed.
    has_changed: Notify,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no certificate, or it cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}; is another server running there?")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing can be in force.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The system's random source failed.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    /// Redis does not let this server in.
    #[error(transparent)]
    Redis(#[from] DialError),
    /// Assets cannot be fetched.
    #[error(transparent)]
    Assets(#[from] FetcherError),
    /// The audit log cannot be opened.
    #[error(transparent)]
    Audit(#[from] audit::OpenError),
    /// The sign-in provider cannot be asked.
    #[error(transparent)]
    Oidc(#[from] ClientError),
    /// A password hash cannot be made.
    #[error("cannot hash passwords: {0}")]
    Password(#[from] argon2::password_hash::Error),
}

impl App {
    /// Everything that routes reach, from the configuration and the store that it names.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn new(live: Arc<Live>, store: Store, names: Arc<dyn Names>) -> Result<Self, StartError> {
        let (config, store) = (live.config(), Arc::new(store));
        let oidc = config.agents.oidc.as_ref();
        let oidc = oidc.map(|oidc| Provider::new(oidc, config.forward_proxy.as_ref(), &config.server)).transpose()?;
        let codes = Arc::new(JoinCodes::new(Arc::clone(&live), config.session.join_code_length));
        let assets = Arc::new(Assets::new(&config, names)?);
        let audit = Arc::new(Audit::start(&config.audit)?);
        let sessions = store
            .link()
            .map(|link| Sessions::Redis(sessions::Redis::new(Arc::clone(link), Arc::clone(&live), Spans::default())));
        let shared = sessions.map(Shared::new).transpose()?;
        let (store_too, codes_too) = (Arc::clone(&store), Arc::clone(&codes));
        let hub = Hub::new(Arc::clone(&live), store_too, codes_too, Arc::clone(&assets), Arc::clone(&audit), shared)?;
        Ok(Self {
            hub,
            oidc,
            agent_tokens: AgentTokens::new()?,
            passwords: Passwords::new()?,
            rates: Rates::new(&config.limits, &store),
            sockets: ByAddress::new("sockets-per-address", config.limits.sockets_per_address),
            agent_sockets: AgentSockets::new(&config.limits),
            entry: Entry::new(&config.limits),
            places: Places::new(&config),
            live,
            assets,
            audit,
            store,
            codes,
            has_changed: Notify::new(),
        })
    }

    /// Puts another configuration into force. Here, and nowhere else, those are told who keep something of it.
    pub(crate) fn apply(&self, config: Config) -> Result<(), InvalidHeaderValue> {
        self.live.put(config)?;
        let config = self.config();
        self.sockets.set_most(config.limits.sockets_per_address);
        self.agent_sockets.follow(&config.limits);
        self.places.follow(&config);
        self.assets.follow(&config);
        self.has_changed.notify_one();
        Ok(())
    }

    /// The configuration in force. Who needs two things of it asks once for both.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.live.config()
    }
}

/// Listeners that are bound, so that nothing can fail after the start was announced.
#[derive(Debug)]
pub struct Listeners {
    /// The public one.
    pub public: TcpListener,
    /// The operators'.
    pub management: TcpListener,
}

impl Listeners {
    /// Binds what the configuration names.
    ///
    /// # Errors
    /// [`StartError::Listen`].
    pub fn bind(config: &Config) -> Result<Self, StartError> {
        Ok(Self { public: listen(config.server.listen)?, management: listen(config.management.listen)? })
    }
}

/// A listening socket that an async runtime can take.
///
/// # Errors
/// [`StartError::Listen`].
pub fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bind = || {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    bind().map_err(|source| StartError::Listen { address, source })
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// What its routes reach.
    pub app: Arc<App>,
    tls: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
    management: Handle<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts the server by the configuration's certificate, or without TLS behind a proxy.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: Config, listeners: Listeners) -> Result<Server, StartError> {
    let tls = if config.server.tls { Some(tls::from_files(&config.tls)?) } else { None };
    start_with(config, tls, listeners, Arc::new(SystemNames)).await
}

/// Starts the server with this certificate, or without TLS; `names` finds the addresses of assets' hosts.
///
/// # Errors
/// [`StartError`].
pub async fn start_with(
    config: Config,
    tls: Option<Arc<ServerConfig>>,
    listeners: Listeners,
    names: Arc<dyn Names>,
) -> Result<Server, StartError> {
    metrics::start();
    let live = Arc::new(Live::new(config)?);
    let store = Store::open(&live).await?;
    if let Some(link) = store.link() {
        // Where it does not answer yet, the machine's own clock counts until it does.
        let _ = clock::begin_by(|| link.time()).await;
    }
    let app = Arc::new(App::new(live, store, names)?);
    let (handle, management) = (Handle::new(), Handle::new());
    let tls = tls.map(RustlsConfig::from_config);
    let public = serve_public(&app, tls.clone(), listeners.public, &handle)?;
    let health = health::router(Arc::clone(&app));
    let mut operators = plain(listeners.management, &management)?;
    tune(operators.http_builder(), app.config().server.header_timeout);
    let operators = operators.serve(health.into_make_service());
    let tasks = vec![
        tokio::spawn(logged(public)),
        tokio::spawn(logged(operators)),
        tokio::spawn(tidy_metrics()),
        tokio::spawn(sweep(Arc::clone(&app))),
        tokio::spawn(recheck(Arc::clone(&app))),
        tokio::spawn(follow_time(Arc::clone(&app))),
        tokio::spawn(hear(Arc::clone(&app))),
    ];
    Ok(Server { app, tls, handle, management, tasks })
}

type Serving = std::pin::Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>;

fn serve_public(
    app: &Arc<App>,
    tls: Option<RustlsConfig>,
    listener: TcpListener,
    handle: &Handle<SocketAddr>,
) -> Result<Serving, StartError> {
    let config = app.config();
    let server = &config.server;
    let routes = Routes::new(Arc::clone(app));
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(routes);
    let mut plain = plain(listener, handle)?;
    tune(plain.http_builder(), server.header_timeout);
    let room = Room::new(&config);
    let patience = Patience { first_byte: server.header_timeout, write: server.write_timeout };
    Ok(match tls {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(server.handshake_timeout);
            let acceptor = Tls::new(acceptor, room);
            Box::pin(plain.acceptor(Guard::new(acceptor, app.places.clone(), patience)).serve(service))
        }
        None => Box::pin(plain.acceptor(Guard::new(DefaultAcceptor, app.places.clone(), patience)).serve(service)),
    })
}

fn plain(listener: TcpListener, handle: &Handle<SocketAddr>) -> Result<axum_server::Server<SocketAddr>, StartError> {
    let address = listener.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
    let server = axum_server::from_tcp(listener).map_err(|source| StartError::Listen { address, source })?;
    Ok(server.handle(handle.clone()))
}

/// Streams that one HTTP/2 connection may have open.
const STREAMS_MAX: u32 = 128;
/// What a connection of HTTP/1 keeps in memory at most while a request's headers arrive.
const HEADERS_BYTES: usize = 64 << 10;
/// An HTTP/2 peer that does not answer is asked so often.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

fn tune(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>, headers: Duration) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(headers).max_headers(64).max_buf_size(HEADERS_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(16 << 10);
}

async fn logged(serving: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = serving.await {
        tracing::error!(%error, "a listener failed");
    }
}

/// Judges the agents' sockets again whenever the configuration has changed.
async fn recheck(app: Arc<App>) {
    loop {
        app.has_changed.notified().await;
        app.hub.recheck().await;
    }
}

/// Follows the clock that all servers share, or the machine's own.
async fn follow_time(app: Arc<App>) {
    let Some(link) = app.store.link() else { return clock::follow_wall().await };
    clock::follow(|| link.time()).await;
}

/// Takes in what histograms gather, every few seconds.
async fn tidy_metrics() {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics::tidy();
    }
}

/// Hears what other nodes tell.
async fn hear(app: Arc<App>) {
    app.hub.listen().await;
}

/// Forgets idle counters once a minute.
async fn sweep(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        app.rates.forget_idle();
        app.audit.forget_idle();
    }
}

impl Server {
    /// Reads the configuration of this server again, which was started from `source`.
    #[must_use]
    pub fn reloader(&self, source: Source) -> Reloader {
        Reloader::new(Arc::clone(&self.app), source, self.tls.clone())
    }

    /// Where the public listener is.
    pub async fn address(&self) -> Option<SocketAddr> {
        self.handle.listening().await
    }

    /// Where the operators' listener is.
    pub async fn management_address(&self) -> Option<SocketAddr> {
        self.management.listening().await
    }

    /// Stops: not ready from now on, sessions say goodbye, requests finish; all of it in bounded time.
    pub async fn stop(self) {
        let at_most = self.app.config().server.shutdown_timeout;
        self.app.hub.drain(at_most).await;
        self.handle.graceful_shutdown(Some(at_most));
        self.management.graceful_shutdown(Some(Duration::from_millis(100)));
        for task in self.tasks.into_iter().take(2) {
            let _ = tokio::time::timeout(at_most + Duration::from_secs(1), task).await;
        }
        self.app.audit.stop().await;
    }
}
