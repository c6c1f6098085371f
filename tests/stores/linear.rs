//! What many clients see of one session, code or token at once, and through the death of a Redis master, is checked against
//! what the same operations do one after the other.
//!
//! Redis answers a write before its replica has it. So a death may forget the last writes: the one thing that the order of a
//! history with a death may contain besides its operations.

mod names;
mod ownership;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use vitrine_tests::history::{Done, Model, is_explained};

/// What is collected of one history.
#[derive(Debug)]
struct History<O>(Arc<Mutex<Vec<Done<O>>>>);

impl<O> Clone for History<O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<O> History<O> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Vec::new())))
    }

    /// Does something and notes it with what was seen; `None`: nobody knows, and `unknown` says what was asked.
    async fn note<T>(&self, did: impl Future<Output = Option<T>>, seen: impl Fn(Option<&T>) -> O) -> Option<T> {
        let begun = Instant::now();
        let answer = did.await;
        let ended = answer.is_some().then(Instant::now);
        self.0.lock().unwrap().push(Done { operation: seen(answer.as_ref()), begun, ended });
        answer
    }

    /// Notes what can have happened from a moment on.
    fn note_since(&self, begun: Instant, operation: O) {
        self.0.lock().unwrap().push(Done { operation, begun, ended: None });
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl<O: std::fmt::Debug + Clone> History<O> {
    /// Says that there is an order that explains all that was seen.
    fn check<M: Model<Operation = O>>(&self, model: &M, start: M::State, what: &str) {
        let mut history = self.0.lock().unwrap().clone();
        history.sort_by_key(|done| done.begun);
        assert!(is_explained(model, start, &history), "{what}: no order explains {history:#?}");
    }
}
