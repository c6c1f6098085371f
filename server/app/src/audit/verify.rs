//! `vitrine audit verify`: whether every line is the one that was written, and follows the one before it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::action::Action;
use super::chain::{Chain, Fault, Hash, Link, read};
use super::limits::LINE_BYTES_MAX;

/// What is to be checked.
#[derive(Debug, Clone)]
pub struct Verify {
    /// Files in the order of their lines, as rotation left them. `-` is standard input.
    pub files: Vec<PathBuf>,
    /// The hash that the last line must have. Nothing else tells that lines are missing at the end.
    pub expect_last: Option<Hash>,
    /// Whether the chain may begin anew in the middle, as it does with each start of a server that writes to standard
    /// output.
    pub restarts: bool,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Every line is good.
    Good(String),
    /// The chain breaks: one line that says where and why, and how many lines before it are good.
    Broken(String),
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

/// Checks the files.
///
/// # Errors
/// One cannot be read.
pub fn verify(job: &Verify) -> Result<Answer, Unreadable> {
    let mut checker = Checker { job, chain: None, good: 0, expected_at: None };
    for path in &job.files {
        let failed = |source| Unreadable { path: path.clone(), source };
        let is_input = path == Path::new("-");
        let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
        let input: Box<dyn Read> =
            if is_input { Box::new(io::stdin().lock()) } else { Box::new(File::open(path).map_err(failed)?) };
        if let Err(broken) = checker.file(&name, &mut BufReader::new(input)).map_err(failed)? {
            return Ok(Answer::Broken(broken));
        }
    }
    Ok(checker.answer())
}

struct Checker<'j> {
    job: &'j Verify,
    chain: Option<Chain>,
    good: u64,
    /// Behind how many good lines the expected hash stood.
    expected_at: Option<u64>,
}

impl Checker<'_> {
    /// One file; `Err` within says where and how the chain breaks.
    fn file(&mut self, name: &str, input: &mut impl BufRead) -> io::Result<Result<(), String>> {
        let mut number = 0_u64;
        let mut line = Vec::new();
        loop {
            line.clear();
            input.by_ref().take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(Ok(()));
            }
            number += 1;
            let judged = match line.strip_suffix(b"\n") {
                Some(whole) => self.line(whole, number == 1),
                None if line.len() == LINE_BYTES_MAX => Err("it is too long for a line of an audit log".to_owned()),
                None => Err("it has no end: the server crashed while it wrote, or is writing now".to_owned()),
            };
            if let Err(why) = judged {
                return Ok(Err(format!("{name}:{number}: {why}; {}", self.so_far())));
            }
        }
    }

    fn line(&mut self, line: &[u8], is_first_of_file: bool) -> Result<(), String> {
        let link = read(line).map_err(|fault| match fault {
            Fault::Foreign => "it is no line of an audit log".to_owned(),
            Fault::Changed => "it was changed: its hash is not that of its content".to_owned(),
        })?;
        self.follows(&link, is_first_of_file)?;
        self.chain = Some(Chain { seq: link.seq, last: link.hash });
        self.good += 1;
        if self.job.expect_last == Some(link.hash) {
            self.expected_at = Some(self.good);
        }
        Ok(())
    }

    fn follows(&self, link: &Link, is_first_of_file: bool) -> Result<(), String> {
        let is_beginning = (link.seq, link.previous) == (1, Hash::NONE);
        let begins_files = [Action::ServerStart, Action::AuditRotate].iter().any(|action| action.word() == link.action);
        match self.chain {
            None if is_beginning || begins_files => Ok(()),
            None => Err(format!("lines before it are missing: it is line {} of the log", link.seq)),
            Some(before) if (link.seq, link.previous) == (before.seq + 1, before.last) => Ok(()),
            Some(_) if is_beginning && self.job.restarts => Ok(()),
            Some(_) if is_beginning => Err("another log begins here; --restarts allows it".to_owned()),
            Some(before) if is_first_of_file => {
                Err(format!("it does not go on where the file before it ended, at line {} of the log", before.seq))
            }
            Some(before) if link.seq == before.seq + 1 => {
                Err(format!("it follows another line {} than the one before it", before.seq))
            }
            Some(before) => Err(format!(
                "it is line {} of the log and stands behind line {}: lines were removed, added or moved",
                link.seq, before.seq
            )),
        }
    }

    fn answer(&self) -> Answer {
        let Some(chain) = self.chain else { return Answer::Broken("there is no line".to_owned()) };
        let end = format!("the last is line {} of the log, hash {}", chain.seq, chain.last);
        match self.job.expect_last {
            Some(wanted) if chain.last != wanted => Answer::Broken(match self.expected_at {
                Some(at) => format!("the expected last line is number {at} of {} here; {end}", self.good),
                None => format!("the expected last line is missing: lines were cut off at the end; {end}"),
            }),
            _ => Answer::Good(format!("{}; {end}", self.so_far())),
        }
    }

    fn so_far(&self) -> String {
        match self.good {
            0 => "no line is good".to_owned(),
            1 => "1 line is good".to_owned(),
            lines => format!("{lines} lines are good"),
        }
    }
}
