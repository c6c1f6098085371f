//! What is known of a person whose page is at work in a task of its own.

use std::fmt::Debug;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// See the module. The page is closed when this is dropped.
#[derive(Debug)]
pub(crate) struct Known<T> {
    told: watch::Receiver<T>,
    task: JoinHandle<()>,
}

impl<T: Clone + Debug + Default> Known<T> {
    /// Starts a page, which tells what is to be known.
    pub(crate) fn of<F: Future<Output = ()> + Send + 'static>(page: impl FnOnce(watch::Sender<T>) -> F) -> Self {
        let (tell, told) = watch::channel(T::default());
        Self { told, task: tokio::spawn(page(tell)) }
    }

    /// What is known now.
    pub(crate) fn now(&self) -> T {
        self.told.borrow().clone()
    }

    /// Waits until this is so.
    pub(crate) async fn until(&mut self, what: &str, within: Duration, is: impl FnMut(&T) -> bool) {
        let waited = timeout(within, self.told.wait_for(is)).await.map(|told| told.is_ok());
        match waited {
            Ok(true) => {}
            Ok(false) => panic!("a page failed before {what}: {:?}", (&mut self.task).await),
            Err(_) => panic!("not within {within:?}: {what}: {:?}", self.now()),
        }
    }
}

impl<T> Drop for Known<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
