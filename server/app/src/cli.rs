//! The command line: what each command does, and the exit status it gives.

mod token;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use url::Url;

use crate::audit::{self, Answer, Hash, Verify};
use crate::auth::contact::{self, MintError};
use crate::auth::password;
use crate::config::{self, Config, Loaded, Source};
use crate::demo::{self, DemoError};
use crate::net::tls::install_provider;
use crate::ops::log;
use crate::preview::{self, Format, Job, JobError};
use crate::reload::Watch;
use crate::start::{self, Listeners, Server};
use token::{AgentToken, NoToken};

/// A co-browse server: an agent sees the page that a customer is on, and nothing that she should not.
#[derive(Debug, Parser)]
#[command(name = "vitrine", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// The configuration; without it config/vitrine.toml if it exists, else the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Try it on this computer: a server, a shop to share, an agent's login
    Demo {
        /// The first of five ports in a row
        #[arg(long, value_name = "N", default_value_t = 8443)]
        port: u16,
    },
    /// Print what an agent would receive of a page, by the code that serves agents
    Sanitize {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// The page's address
        #[arg(long, value_name = "URL")]
        page_url: Option<Url>,
        /// What the input is
        #[arg(long, value_enum, default_value_t = Format::Html)]
        format: Format,
        /// Where to write what was removed, masked, blocked and rewritten, as JSON
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// A file; - or nothing is standard input
        #[arg(value_name = "INPUT")]
        input: Option<PathBuf>,
    },
    /// Check, show or describe the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Check an audit log
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Print a signed token, for tests and labs
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Read a password on standard input and print its Argon2id hash
    Password,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Tell every mistake with its place; exit status 1 if there is any
    Check {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print the JSON Schema of the file, for editors
    Schema,
    /// Print every value in force and where it came from
    Show {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Tell whether every line is as it was written and follows the one before; exit status 1 if not
    Verify {
        /// The hash of the last line: nothing else tells that lines are missing at the end
        #[arg(long, value_name = "HASH", value_parser = hash)]
        expect_last: Option<Hash>,
        /// The log may begin anew, as on standard output it does with each start of the server
        #[arg(long)]
        restarts: bool,
        /// Files in the order of their lines; - is standard input
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

fn hash(text: &str) -> Result<Hash, &'static str> {
    Hash::parse(text).ok_or("a hash is 64 hexadecimal digits in lower case")
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// By which an app vouches for an agent; good for five minutes
    Agent(AgentToken),
    /// By which a website vouches for its customer; good for as long as the site's tokens may be
    Contact {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// The site's id in [sites]
        #[arg(long, value_name = "ID")]
        site: String,
        /// What it says of the customer; may stand several times
        #[arg(long, value_name = "NAME=TEXT", value_parser = attribute)]
        attribute: Vec<(String, String)>,
    },
}

/// Why a command could not run: one line that says what, where and how to mend it. Exit status 2.
#[derive(Debug, thiserror::Error)]
enum CannotRun {
    #[error(transparent)]
    Unreadable(#[from] config::Unreadable),
    #[error("{}", .0.join("\n"))]
    BadConfig(Vec<String>),
    #[error(transparent)]
    Start(#[from] start::StartError),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Sanitize(#[from] JobError),
    #[error(transparent)]
    Audit(#[from] audit::Unreadable),
    #[error("standard input or output: {0}")]
    Io(#[from] std::io::Error),
    #[error("cannot hash the password: {0}")]
    Password(#[from] argon2::password_hash::Error),
    #[error(transparent)]
    NoToken(#[from] NoToken),
    #[error("there is no [sites.{0}]; name one of the configuration with --site")]
    NoSite(String),
    #[error(transparent)]
    Mint(#[from] MintError),
    #[error("the password is empty; write it on standard input")]
    NoPassword,
    #[error("the password is longer than {} bytes, which no sign-in takes", password::PASSWORD_BYTES_MAX)]
    LongPassword,
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    install_provider();
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Serve { config } => serve(config.as_deref()),
        Command::Demo { port } => demo(port),
        Command::Sanitize { config, page_url, format, report, input } => {
            sanitize(config.as_deref(), &Job { format, page_url, report, input })
        }
        Command::Config { command: ConfigCommand::Check { config } } => check(config.as_deref()),
        Command::Config { command: ConfigCommand::Show { config } } => show(config.as_deref()),
        Command::Config { command: ConfigCommand::Schema } => print(&config::schema()),
        Command::Audit { command: AuditCommand::Verify { expect_last, restarts, files } } => {
            verify_audit(&Verify { files, expect_last, restarts })
        }
        Command::Token { command: TokenCommand::Agent(wanted) } => agent_token(wanted),
        Command::Token { command: TokenCommand::Contact { config, site, attribute } } => {
            contact_token(config.as_deref(), &site, attribute)
        }
        Command::Password => hash_password(),
    };
    result.unwrap_or_else(|problem| {
        eprintln!("vitrine: {problem}");
        ExitCode::from(2)
    })
}

fn source(file: Option<&Path>) -> Source {
    Source::new(file, config::environment())
}

fn load(file: Option<&Path>) -> Result<Loaded, CannotRun> {
    Ok(source(file).load()?)
}

fn lines(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(|problem| problem.line(&loaded.file)).collect()
}

fn good(file: Option<&Path>) -> Result<Config, CannotRun> {
    let loaded = load(file)?;
    let problems = lines(&loaded);
    loaded.config.ok_or(CannotRun::BadConfig(problems))
}

fn check(file: Option<&Path>) -> Result<ExitCode, CannotRun> {
    let loaded = load(file)?;
    for line in lines(&loaded) {
        eprintln!("{line}");
    }
    if loaded.config.is_none() {
        return Ok(ExitCode::from(1));
    }
    println!("{}: no mistakes", loaded.file);
    Ok(ExitCode::SUCCESS)
}

fn show(file: Option<&Path>) -> Result<ExitCode, CannotRun> {
    let loaded = load(file)?;
    if loaded.config.is_none() {
        return Err(CannotRun::BadConfig(lines(&loaded)));
    }
    print(&config::show(&loaded.file, &loaded.shown))
}

fn print(text: &str) -> Result<ExitCode, CannotRun> {
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn verify_audit(job: &Verify) -> Result<ExitCode, CannotRun> {
    match audit::verify(job)? {
        Answer::Good(answer) => {
            println!("{answer}");
            Ok(ExitCode::SUCCESS)
        }
        Answer::Broken(answer) => {
            eprintln!("vitrine: {answer}");
            Ok(ExitCode::from(1))
        }
    }
}

fn agent_token(wanted: AgentToken) -> Result<ExitCode, CannotRun> {
    let config = good(wanted.config.as_deref())?;
    println!("{}", wanted.mint(&config)?);
    Ok(ExitCode::SUCCESS)
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(|| "write it as name=text".to_owned())
}

fn contact_token(file: Option<&Path>, site: &str, attributes: Vec<(String, String)>) -> Result<ExitCode, CannotRun> {
    let config = good(file)?;
    let site = config.sites.get(site).ok_or_else(|| CannotRun::NoSite(site.to_owned()))?;
    let attributes = attributes.into_iter().map(|(name, text)| (name, text.into())).collect();
    println!("{}", contact::mint(site, &attributes)?);
    Ok(ExitCode::SUCCESS)
}

fn hash_password() -> Result<ExitCode, CannotRun> {
    let mut text = String::new();
    // More than is allowed, with the end of its line: what was cut off here would be missing in the hash.
    let most = u64::try_from(password::PASSWORD_BYTES_MAX + 8).unwrap_or(u64::MAX);
    std::io::stdin().take(most).read_to_string(&mut text)?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(CannotRun::NoPassword);
    }
    if password.len() > password::PASSWORD_BYTES_MAX {
        return Err(CannotRun::LongPassword);
    }
    println!("{}", password::hash(password)?);
    Ok(ExitCode::SUCCESS)
}

fn serve(file: Option<&Path>) -> Result<ExitCode, CannotRun> {
    let config = good(file)?;
    log::start(&config.log);
    log::hide_panic_messages();
    runtime()?.block_on(async {
        let listeners = Listeners::bind(&config)?;
        let address = format!("{}{}", config.server.agent_url.origin, config.server.base_path);
        let server = start::start(config, listeners).await?;
        tracing::info!(listen = ?server.address().await, agents = %format!("{address}/agent/"), "vitrine is ready");
        let _watch = Watch::start(Arc::new(server.reloader(source(file))));
        until_stopped(server).await;
        Ok(ExitCode::SUCCESS)
    })
}

fn demo(port: u16) -> Result<ExitCode, CannotRun> {
    log::start(&config::Log { level: tracing::Level::WARN, json: false });
    log::hide_panic_messages();
    runtime()?.block_on(async {
        let demo = demo::start(port).await?;
        println!("{}", demo.welcome);
        until_stopped(demo.server).await;
        Ok(ExitCode::SUCCESS)
    })
}

fn sanitize(file: Option<&Path>, job: &Job) -> Result<ExitCode, CannotRun> {
    let config = good(file)?;
    let is_done = preview::run(&config, job, &mut std::io::stdout().lock())?;
    Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Waits for Ctrl-C or a termination signal, then stops; a second signal stops at once.
async fn until_stopped(server: Server) {
    signal().await;
    tracing::info!("stopping");
    tokio::select! {
        () = server.stop() => {}
        () = signal() => {}
    }
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
