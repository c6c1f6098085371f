//! `vitrine demo`: the server, a shop to share and two asset hosts, all in this process and on this computer.

mod certificate;
mod home;
mod site;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::assets::SystemNames;
use crate::auth::password;
use crate::auth::secret::Secret;
use crate::config::{self, Config};
use crate::net::tls::{self, TlsError};
use crate::pages::File;
use crate::start::{self, Listeners, Server, StartError};
use site::{Site, Words};

include!(concat!(env!("OUT_DIR"), "/demo.rs"));

/// The agent of the demo.
const AGENT: &str = "ann";

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The port leaves no room for the five that are needed.
    #[error("--port {0} is not within 1 to 65531")]
    Port(u16),
    /// The folder for the certificate and the password cannot be used.
    #[error("{folder}: {source}; set VITRINE_DATA to a folder that can be written")]
    Home {
        /// Which folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// No certificate can be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// It cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// No password can be made.
    #[error("cannot hash passwords: {0}")]
    Password(#[from] argon2::password_hash::Error),
    /// The demo's own configuration is wrong.
    #[error("config/demo.toml: {0}")]
    Config(String),
}

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    /// The server; the shop goes with the process.
    pub server: Server,
    /// What to tell the person who started it.
    pub welcome: Welcome,
}

/// Addresses and login of a running demo. Shown, it is a text for a person.
#[derive(Debug, Clone)]
pub struct Welcome {
    /// The shop.
    pub shop: String,
    /// The agent's page.
    pub agent_page: String,
    /// The agent's name.
    pub name: String,
    /// And password.
    pub password: String,
}

impl fmt::Display for Welcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shop, agent_page, name, password } = self;
        write!(
            out,
            "
  The Vitrine demo is running. Open two windows, side by side:

  1  The agent     {agent_page}
                   name      {name}
                   password  {password}

     The first time, the browser warns of the certificate, which this computer
     made for itself. Go on to the page: until then the shop cannot be shared.

  2  The customer  {shop}
                   Choose \"Share this page\" and read the code to the agent.

  Ctrl-C stops it.
"
        )
    }
}

/// Where everything is: five ports in a row.
#[derive(Debug, Clone, Copy)]
struct Ports(u16);

impl Ports {
    fn new(first: u16) -> Result<Self, DemoError> {
        if (1..=u16::MAX - 4).contains(&first) { Ok(Self(first)) } else { Err(DemoError::Port(first)) }
    }

    fn words(self, password: &str) -> Words {
        let Self(first) = self;
        Words {
            server: format!("https://localhost:{first}"),
            server_socket: format!("wss://localhost:{first}"),
            shop: format!("http://localhost:{}", first + 1),
            allowed: format!("http://localhost:{}", first + 2),
            foreign: format!("http://127.0.0.1:{}", first + 3),
            agent_page: format!("https://localhost:{first}/agent/"),
            agent_name: AGENT.to_owned(),
            agent_password: password.to_owned(),
        }
    }
}

/// Starts everything.
///
/// # Errors
/// [`DemoError`].
pub async fn start(port: u16) -> Result<Demo, DemoError> {
    let ports = Ports::new(port)?;
    let home = home::Home::open()?;
    let (chain, key) = certificate::kept_in(&home)?;
    let password = home.password()?;
    let words = ports.words(&password);
    let config = demo_config(ports, &words, &password::hash(&password)?)?;
    let tls = tls::config(chain, key, &config.tls)?;
    let listeners = Listeners::bind(&config)?;
    serve_sites(ports, &words, config.sites.get("shop").cloned())?;
    let server = start::start_with(config, Some(tls), listeners, Arc::new(SystemNames)).await?;
    let welcome = Welcome { shop: words.shop, agent_page: words.agent_page, name: words.agent_name, password };
    Ok(Demo { server, welcome })
}

fn serve_sites(Ports(first): Ports, words: &Words, vouching: Option<config::Site>) -> Result<(), StartError> {
    let shop = Site::new(DEMO_SHOP, words, Some(words.shop_policy())).vouching(vouching);
    let allowed = Site::new(DEMO_ALLOWED, words, None);
    let foreign = Site::new(DEMO_FOREIGN, words, None);
    for (site, port, is_localhost) in [(shop, first + 1, true), (allowed, first + 2, true), (foreign, first + 3, false)]
    {
        site::serve(&site, start::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?);
        // `localhost` may mean either address; a computer without IPv6 does without.
        if is_localhost && let Ok(listener) = start::listen(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
            site::serve(&site, listener);
        }
    }
    Ok(())
}

const CONFIG: &str = include_str!("../../../config/demo.toml");

/// `config/demo.toml` with the addresses of these ports and the account.
fn demo_config(Ports(first): Ports, words: &Words, hash: &str) -> Result<Config, DemoError> {
    let contact_key = Secret::random().map_err(StartError::from)?;
    let at = |port: u16| SocketAddr::from((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).to_string();
    let settings = [
        ("VITRINE_SERVER__LISTEN", at(first)),
        ("VITRINE_SERVER__PUBLIC_URL", words.server.clone()),
        ("VITRINE_MANAGEMENT__LISTEN", at(first + 4)),
        ("VITRINE_CROSS_ORIGIN__ALLOWED_ORIGINS", format!("[{:?}]", words.shop)),
        (
            "VITRINE_HTTP_PROXY__ALLOWED_EXTERNAL_DOMAINS",
            format!("[\"localhost:{}\", \"localhost:{}\"]", first + 1, first + 2),
        ),
        ("VITRINE_SITES__SHOP__CONTACT_KEYS", format!("[{{ id = \"demo\", secret = {:?} }}]", contact_key.text())),
        ("VITRINE_AGENTS__ACCOUNTS", format!("[{{ name = {AGENT:?}, password = {hash:?}, roles = [\"agent\"] }}]")),
    ];
    // The environment's settings count here as elsewhere, but not against the addresses.
    let mut all = config::environment();
    all.extend(settings.map(|(name, text)| (name.to_owned(), text)));
    let loaded = config::parse("config/demo.toml", CONFIG, &all);
    let problems: Vec<String> = loaded.problems.iter().map(|problem| problem.line(&loaded.file)).collect();
    loaded.config.ok_or_else(|| DemoError::Config(problems.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::{CONFIG, DEMO_ALLOWED, DEMO_FOREIGN, DEMO_SHOP, Ports, demo_config};
    use crate::config;

    #[test]
    fn the_configuration_loads_by_itself_and_for_other_ports() {
        assert_eq!(config::parse("demo.toml", CONFIG, &[]).problems, []);
        let ports = Ports::new(9000).unwrap();
        let hash = crate::auth::password::hash("x").unwrap();
        let config = demo_config(ports, &ports.words("x"), &hash).unwrap();
        assert!(config.cross_origin.allows("http://localhost:9001"));
        assert!(!config.cross_origin.allows("http://localhost:8444"));
        for (url, is_allowed) in [
            ("http://localhost:9001/a.png", true),
            ("http://localhost:9002/a.png", true),
            ("http://127.0.0.1:9003/a.png", false),
            ("http://localhost:9003/a.png", false),
        ] {
            assert_eq!(config.http_proxy.domains.allows(&url.parse().unwrap()), is_allowed, "{url}");
        }
        assert_eq!(config.server.agent_url.origin, "https://localhost:9000");
    }

    #[test]
    fn the_sites_are_embedded() {
        for (site, file) in
            [(DEMO_SHOP, "index.html"), (DEMO_ALLOWED, "img/weave.svg"), (DEMO_FOREIGN, "partner-banner.svg")]
        {
            assert!(site.iter().any(|embedded| embedded.name == file), "{file}");
        }
    }
}
