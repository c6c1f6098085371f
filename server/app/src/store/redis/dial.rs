//! How one Redis server is connected to: RESP3, TLS by the process's one provider, and the user of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use redis::aio::{AsyncPushSender, MultiplexedConnection};
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo,
    RedisError, RedisResult, TlsCertificates, TlsMode,
};

use crate::config::{Redis, RedisAddress};
use crate::net::tls::install_provider;

/// For a connection with everything that belongs to it, from the first packet.
pub(super) const CONNECT: Duration = Duration::from_secs(2);
/// For an answer.
pub(super) const RESPONSE: Duration = Duration::from_secs(1);
/// Commands that may be on their way to one server, or wait for it.
const IN_FLIGHT_MAX: usize = 4_096;

/// Why Redis cannot be used as it is configured. Redis that is not there yet is no such reason.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The authorities cannot be read.
    #[error("{}: {source}; [redis] ca-file names a PEM file that the server can read", file.display())]
    Authorities {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The settings make no connection.
    #[error("[redis]: {0}")]
    Settings(String),
    /// Redis is there and will not let this server in.
    #[error("Redis at {address} refuses this server: {why}; see [redis] username and password")]
    Refused {
        /// Which server.
        address: String,
        /// Redis' own words, which hold no password.
        why: String,
    },
}

/// Connects.
#[derive(Debug)]
pub(super) struct Dial {
    config: Redis,
    certificates: TlsCertificates,
}

impl Dial {
    pub(super) fn new(config: &Redis) -> Result<Self, DialError> {
        install_provider();
        let authorities = config
            .ca_file
            .as_ref()
            .map(|file| std::fs::read(file).map_err(|source| DialError::Authorities { file: file.clone(), source }));
        let certificates = TlsCertificates { client_tls: None, root_cert: authorities.transpose()? };
        Ok(Self { config: config.clone(), certificates })
    }

    /// Connects to a server. `push` hears what it says unasked, and at last that the connection is lost.
    pub(super) async fn connect(
        &self,
        address: &RedisAddress,
        push: impl AsyncPushSender,
    ) -> RedisResult<MultiplexedConnection> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPONSE))
            .set_pipeline_buffer_size(IN_FLIGHT_MAX)
            .set_concurrency_limit(IN_FLIGHT_MAX)
            .set_push_sender(push);
        let client = self.client(address)?;
        let connecting = client.get_multiplexed_async_connection_with_config(&settings);
        tokio::time::timeout(CONNECT, connecting).await.map_err(|_| timed_out())?
    }

    fn client(&self, address: &RedisAddress) -> RedisResult<Client> {
        let mut user = RedisConnectionInfo::default().set_protocol(ProtocolVersion::RESP3);
        if let Some(login) = &self.config.login {
            user = user.set_password(&login.password);
            if let Some(name) = &login.username {
                user = user.set_username(name);
            }
        }
        let user = user.set_lib_name("vitrine", env!("CARGO_PKG_VERSION"));
        let info = self.at(address).into_connection_info()?;
        let info = info.set_redis_settings(user).set_tcp_settings(TcpSettings::default().set_nodelay(true));
        if self.config.tls { Client::build_with_tls(info, self.certificates.clone()) } else { Client::open(info) }
    }

    fn at(&self, RedisAddress { host, port }: &RedisAddress) -> ConnectionAddr {
        if self.config.tls {
            ConnectionAddr::TcpTls { host: host.clone(), port: *port, insecure: false, tls_params: None }
        } else {
            ConnectionAddr::Tcp(host.clone(), *port)
        }
    }

    /// Those who know the master.
    pub(super) fn sentinels(&self) -> RedisResult<SentinelClient> {
        let config = &self.config;
        let addresses = config.addresses.iter().map(|address| self.at(address));
        let master = SentinelServerType::Master;
        let mut builder = SentinelClientBuilder::new(addresses, &config.sentinel_master, master)?
            .set_client_to_redis_protocol(ProtocolVersion::RESP3);
        if config.tls {
            builder = builder
                .set_client_to_redis_tls_mode(TlsMode::Secure)
                .set_client_to_sentinel_tls_mode(TlsMode::Secure)
                .set_client_to_redis_certificates(self.certificates.clone())
                .set_client_to_sentinel_certificates(self.certificates.clone());
        }
        if let Some(login) = &config.login {
            builder = builder.set_client_to_redis_password(&login.password);
            if let Some(name) = &login.username {
                builder = builder.set_client_to_redis_username(name);
            }
        }
        if let Some(login) = &config.sentinel_login {
            builder = builder.set_client_to_sentinel_password(&login.password);
            if let Some(name) = &login.username {
                builder = builder.set_client_to_sentinel_username(name);
            }
        }
        builder.build()
    }
}

/// As if the connection had ended.
pub(super) fn timed_out() -> RedisError {
    RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
}

/// The host and port that a client leads to.
pub(super) fn address_of(client: &Client) -> Option<RedisAddress> {
    match client.get_connection_info().addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Some(RedisAddress { host: host.clone(), port: *port })
        }
        _ => None,
    }
}
