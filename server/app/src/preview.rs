//! `vitrine sanitize`: what an agent would receive, by the code of the live path.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use url::Url;
use vitrine_core::report::Report;
use vitrine_core::view::{PreviewError, preview_events, preview_html};

use crate::config::Config;

/// What the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// An HTML document
    Html,
    /// A JSON array of recorded events, or one event a line
    Events,
}

/// One run.
#[derive(Debug)]
pub struct Job {
    /// What the input is.
    pub format: Format,
    /// The page's address: rules by page, relative addresses.
    pub page_url: Option<Url>,
    /// Where the report goes.
    pub report: Option<PathBuf>,
    /// Where the input is; `None` is standard input.
    pub input: Option<PathBuf>,
}

/// Why it could not run.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The input is not what `--format` says.
    #[error("{}: {reason}; --format html and --format events say what it is", path.display())]
    Input {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: PreviewError,
    },
}

/// Events are read whole before they are judged one by one.
const EVENTS_BYTES_MAX: usize = 1 << 30;

/// Runs the job. `false`: the document is over a limit, nothing was written and the report names it.
///
/// # Errors
/// [`JobError`].
pub fn run(config: &Config, job: &Job, output: &mut impl Write) -> Result<bool, JobError> {
    let name = job.input.clone().unwrap_or_else(|| PathBuf::from("standard input"));
    let limits = &config.limits.core;
    let most = if job.format == Format::Html { limits.html_bytes } else { EVENTS_BYTES_MAX };
    let input = read(job.input.as_deref(), most).map_err(|source| JobError::Io { path: name.clone(), source })?;
    let page = job.page_url.as_ref();
    let result = match job.format {
        Format::Html => preview_html(&config.policy, limits, page, &to_text(&input)),
        Format::Events => preview_events(&config.policy, limits, page, &input),
    };
    match result {
        Ok((text, report)) => {
            write_report(job, &counts(&report))?;
            // A line break behind a document would be text of it: sanitized again, it would no longer be the same.
            let end: &[u8] = if job.format == Format::Html { b"" } else { b"\n" };
            let written = output.write_all(text.as_bytes()).and_then(|()| output.write_all(end));
            written.map_err(|source| JobError::Io { path: "standard output".into(), source })?;
            Ok(true)
        }
        Err(PreviewError::OverLimit(limit)) => {
            write_report(job, &json!({ "refused": { "limit": limit } }))?;
            eprintln!("vitrine: {}: the document is over the limit {limit}; see [limits]", name.display());
            Ok(false)
        }
        Err(reason) => Err(JobError::Input { path: name, reason }),
    }
}

/// Reads one byte more than allowed, so that the core sees that it is too much.
fn read(path: Option<&Path>, most: usize) -> std::io::Result<Vec<u8>> {
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    match path.filter(|path| *path != Path::new("-")) {
        Some(path) => File::open(path)?.take(most).read_to_end(&mut bytes)?,
        None => std::io::stdin().lock().take(most).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

/// How far into a document a browser looks for its encoding.
const CHARSET_WITHIN_BYTES: usize = 1024;

/// A document's text as a browser would read it from a disk: by its byte order mark, as UTF-8, or by its `charset`.
fn to_text(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARSET_WITHIN_BYTES)]).to_ascii_lowercase();
    let named = head.split("charset=").nth(1).map(|rest| rest.trim_start_matches(['"', '\'']));
    let label = named.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next());
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    encoding.unwrap_or(encoding_rs::WINDOWS_1252).decode(bytes).0.into_owned()
}

fn counts(report: &Report) -> Value {
    serde_json::to_value(report).unwrap_or_default()
}

fn write_report(job: &Job, report: &Value) -> Result<(), JobError> {
    let Some(path) = &job.report else { return Ok(()) };
    std::fs::write(path, format!("{report:#}\n")).map_err(|source| JobError::Io { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn documents_are_read_as_browsers_read_them() {
        for (bytes, text) in [
            (&b"<p>\xc3\xa9"[..], "<p>é"),
            (b"\xef\xbb\xbf<p>", "<p>"),
            (b"<meta charset=\"iso-8859-2\">\xe8", "<meta charset=\"iso-8859-2\">č"),
            (b"<p>\xe9", "<p>é"),
        ] {
            assert_eq!(to_text(bytes), text, "{bytes:?}");
        }
    }
}
