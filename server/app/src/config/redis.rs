//! `[redis]`: what several nodes share. Without it everything is in this process's memory.

use std::fmt;
use std::path::PathBuf;

use url::{Host, Url};

use super::problem::Place;
use super::reader::{Findings, Reader};
use super::value::FromText;

/// `[redis]`.
#[derive(Debug, Clone)]
pub struct Redis {
    /// Servers, or Sentinels, that are asked first. At least one; exactly one in [`RedisMode::Single`].
    pub addresses: Vec<RedisAddress>,
    /// What stands behind the addresses.
    pub mode: RedisMode,
    /// Whether all of them, and the servers that they name, are spoken to over TLS.
    pub tls: bool,
    /// Authorities believed instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// What servers are signed in to with.
    pub login: Option<RedisLogin>,
    /// What Sentinels are signed in to with.
    pub sentinel_login: Option<RedisLogin>,
    /// What Sentinels call the master.
    pub sentinel_master: String,
    /// Before every key and channel.
    pub key_prefix: String,
}

/// What stands behind the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisMode {
    /// One server.
    Single,
    /// Sentinels that know the master.
    Sentinel,
    /// A Redis Cluster.
    Cluster,
}

/// Host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RedisAddress {
    /// A name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for RedisAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(out, "[{host}]:{port}") } else { write!(out, "{host}:{port}") }
    }
}

/// A user of Redis and her password.
#[derive(Clone)]
pub struct RedisLogin {
    /// The ACL user; `None`: Redis' default user.
    pub username: Option<String>,
    /// The password.
    pub password: String,
}

impl fmt::Debug for RedisLogin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RedisLogin(***)")
    }
}

/// One of `urls`.
struct At {
    address: RedisAddress,
    tls: bool,
}

const PORT: u16 = 6379;

impl FromText for At {
    /// What is wrong is not repeated: somebody may have written a password into it.
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || "no address of Redis; write \"redis://redis.example:6379\"".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("name and password are not written here; set username and password".into());
        }
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let tls = match url.scheme() {
            "redis" if is_bare => false,
            "rediss" if is_bare => true,
            _ => return Err(wrong()),
        };
        let host = match url.host() {
            // Of this scheme an IPv4 address is parsed as a name.
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(wrong()),
        };
        Ok(Self { address: RedisAddress { host, port: url.port().unwrap_or(PORT) }, tls })
    }
}

/// The longest prefix, in bytes: it stands before every key.
const PREFIX_BYTES_MAX: usize = 32;

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Redis> {
    let mode = section.word(
        "mode",
        &[("single", RedisMode::Single), ("sentinel", RedisMode::Sentinel), ("cluster", RedisMode::Cluster)],
    )?;
    let urls: Option<Vec<At>> = section.required("urls");
    let tls = section.word("tls", &[("off", false), ("on", true)])?;
    let ca_file: Option<PathBuf> = section.optional("ca-file");
    let login = login(&mut section, "username", "password");
    let sentinel_login = login_of_sentinels(&mut section, mode);
    let sentinel_master: String = section.value("sentinel-master")?;
    let key_prefix: String = section.value("key-prefix")?;
    if let Some(path) = ca_file.as_ref().filter(|path| !path.is_file()) {
        section.complain("ca-file", format!("there is no file {}", path.display()), None);
    }
    let is_plain = key_prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b":_-.".contains(&b));
    if key_prefix.is_empty() || key_prefix.len() > PREFIX_BYTES_MAX || !is_plain {
        section.complain("key-prefix", "a prefix is 1 to 32 of letters, digits, \":\", \"_\", \"-\" and \".\"", None);
    }
    let urls = urls?;
    if urls.is_empty() {
        section.complain("urls", "one address at least", None);
    }
    if mode == RedisMode::Single && urls.len() > 1 {
        section.complain("urls", "more than one address needs mode = \"sentinel\" or \"cluster\"", None);
    }
    let with_tls = urls.iter().filter(|at| at.tls).count();
    if with_tls > 0 && with_tls < urls.len() {
        section.complain("urls", "either all of them begin with rediss:// or none", None);
    }
    let addresses = urls.into_iter().map(|at| at.address).collect();
    let tls = tls || with_tls > 0;
    Some(Redis { addresses, mode, tls, ca_file, login, sentinel_login, sentinel_master, key_prefix })
}

fn login(section: &mut Reader<'_, '_>, name: &'static str, secret: &'static str) -> Option<RedisLogin> {
    let username: Option<String> = section.optional(name);
    let password: Option<String> = section.optional(secret);
    if username.is_some() && !section.is_given(secret) {
        section.complain(name, format!("it means nothing without {secret}"), None);
    }
    password.map(|password| RedisLogin { username, password })
}

fn login_of_sentinels(section: &mut Reader<'_, '_>, mode: RedisMode) -> Option<RedisLogin> {
    let login = login(section, "sentinel-username", "sentinel-password");
    if mode != RedisMode::Sentinel && section.is_given("sentinel-password") {
        section.complain("sentinel-password", "it means nothing without mode = \"sentinel\"", None);
    }
    login
}

/// What nodes that share sessions must have in common: made at each start, no two nodes would have the same.
pub(super) fn check_keys(place: &Place, has_assets: bool, has_signing: bool, findings: &mut Findings) {
    for (key, is_there) in [("keys.assets", has_assets), ("keys.signing", has_signing)] {
        if !is_there {
            findings.problem(place, key, "with [redis] all nodes must have the same key, so name one", None);
        }
    }
}
