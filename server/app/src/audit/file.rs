//! The file: opened where it ended, torn ends kept aside, and followed when it is renamed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::chain::{self, Chain, Link};
use super::limits::LINE_BYTES_MAX;

/// Why the audit log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system says no.
    #[error("audit log {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process has it.
    #[error("audit log {}: another process writes it; name another file in [audit] file", .0.display())]
    InUse(PathBuf),
    /// It holds something else.
    #[error("audit log {}: its last line is none of an audit log; move the file away", .0.display())]
    Foreign(PathBuf),
    /// It was put in the place of the one that was renamed, and is not empty.
    #[error("audit log {}: it does not go on where the last line written ended; move the file away", .0.display())]
    Other(PathBuf),
}

/// An end without an end of line, as a crash leaves it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Torn {
    /// How long it is.
    pub(super) bytes: u64,
    /// Where it is now.
    pub(super) kept_in: PathBuf,
}

/// An open file, locked against other processes.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    length: u64,
}

/// What a file ends with.
struct End {
    /// The last whole line.
    line: Option<Vec<u8>>,
    /// What stands behind it.
    torn: Option<Vec<u8>>,
}

impl LogFile {
    /// Opens the file where it ended, or makes it. A torn end is moved to a file beside it.
    pub(super) fn open(path: &Path) -> Result<(Self, Chain, Option<Torn>), OpenError> {
        let failed = |source| OpenError::Io { path: path.to_owned(), source };
        let file = options().open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let length = file.metadata().map_err(failed)?.len();
        let mut log = Self { path: path.to_owned(), file, length };
        let End { line, torn } = log.end().map_err(failed)?;
        let link = line.map(|line| chain::read(&line)).transpose().map_err(|_| OpenError::Foreign(path.to_owned()))?;
        let mut chain = link.map_or(Chain::NEW, |link| Chain { seq: link.seq, last: link.hash });
        let torn = match torn {
            Some(end) => log.mend(&end, &mut chain).map_err(failed)?,
            None => None,
        };
        Ok((log, chain, torn))
    }

    fn end(&mut self) -> io::Result<End> {
        let from = self.length.saturating_sub(2 * LINE_BYTES_MAX as u64);
        let mut tail = Vec::new();
        self.file.seek(SeekFrom::Start(from))?;
        (&mut self.file).take(self.length - from).read_to_end(&mut tail)?;
        let whole = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let torn = tail.split_off(whole);
        let line = tail.strip_suffix(b"\n").map(|lines| {
            let from = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            lines[from..].to_vec()
        });
        Ok(End { line, torn: (!torn.is_empty()).then_some(torn) })
    }

    /// A whole line that only lacks its end of line gets it; anything else behind the last line is kept aside.
    fn mend(&mut self, end: &[u8], chain: &mut Chain) -> io::Result<Option<Torn>> {
        if let Ok(Link { seq, previous, hash, .. }) = chain::read(end)
            && (seq, previous) == (chain.seq + 1, chain.last)
        {
            *chain = Chain { seq, last: hash };
            self.append(b"\n")?;
            return Ok(None);
        }
        let bytes = end.len() as u64;
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".torn-{}", chain.seq + 1));
        let kept_in = PathBuf::from(name);
        let mut aside = options().open(&kept_in)?;
        aside.write_all(end)?;
        aside.sync_all()?;
        self.length -= bytes;
        self.file.set_len(self.length)?;
        Ok(Some(Torn { bytes, kept_in }))
    }

    /// Writes whole lines and brings them to the disk. On an error none of them is in the file.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(lines).and_then(|()| self.file.sync_data());
        if written.is_ok() {
            self.length += lines.len() as u64;
        } else {
            // A full disk takes a part of a line. If it cannot be taken back now, it can before the next one.
            self.file.set_len(self.length)?;
        }
        written
    }

    /// How many bytes somebody else added, or took away. What is written next begins a line of its own.
    pub(super) fn altered_bytes(&mut self) -> io::Result<u64> {
        let present = self.file.metadata()?.len();
        let difference = present.abs_diff(self.length);
        self.length = present;
        if difference > 0 && present > 0 && self.end()?.torn.is_some() {
            self.append(b"\n")?;
        }
        Ok(difference)
    }

    /// Whether nothing is in it yet.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether another file, or none, is at the path by now.
    pub(super) fn was_moved(&self) -> io::Result<bool> {
        match std::fs::metadata(&self.path) {
            Ok(there) => Ok(!is_same(&there, &self.file.metadata()?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Goes on in a new file at the path, after the old one was renamed.
    pub(super) fn follow(&mut self, chain: Chain) -> Result<(), OpenError> {
        let (next, found, torn) = Self::open(&self.path)?;
        if torn.is_some() || (found != Chain::NEW && found != chain) {
            return Err(OpenError::Other(self.path.clone()));
        }
        *self = next;
        Ok(())
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn is_same(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere an open file cannot be renamed.
#[cfg(not(unix))]
fn is_same(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    true
}
