//! A resolver that answers as a test wants it, and notes what it was asked.

use std::collections::HashMap;
use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use vitrine::assets::Names;

/// Addresses by name.
#[derive(Debug, Default)]
pub struct Book {
    answers: HashMap<String, Vec<Vec<IpAddr>>>,
    /// Of names that are not in the book.
    others: Option<IpAddr>,
    asked: Mutex<Vec<String>>,
}

/// A name that the resolver never answers for.
pub const SILENT_NAME: &str = "silent.example";

impl Book {
    /// Each name with its answers, one after the other and the last one for good; in an answer stand addresses with
    /// spaces between them.
    #[must_use]
    pub fn of(names: &[(&str, &[&str])]) -> Arc<Self> {
        let addresses = |answer: &str| answer.split(' ').map(|text| text.parse().expect("an address")).collect();
        let answers = names.iter().map(|(name, answers)| {
            ((*name).to_owned(), answers.iter().map(|answer| addresses(answer)).collect::<Vec<_>>())
        });
        Arc::new(Self { answers: answers.collect(), ..Self::default() })
    }

    /// One address for all names.
    #[must_use]
    pub fn all_are(address: IpAddr) -> Arc<Self> {
        Arc::new(Self { others: Some(address), ..Self::default() })
    }

    /// The names that were asked for so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Names for Book {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = asked.iter().filter(|known| **known == name).count();
        let answers = self.answers.get(&name);
        let answer = answers.and_then(|answers| answers.get(turn).or(answers.last()).cloned());
        let answer = answer.or_else(|| self.others.map(|address| vec![address]));
        let is_silent = name == SILENT_NAME;
        asked.push(name);
        Box::pin(async move {
            if is_silent {
                pending::<()>().await;
            }
            answer.ok_or_else(|| io::Error::other("no such name"))
        })
    }
}
