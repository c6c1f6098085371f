//! Answers that wait for an HTTP/2 peer to grant them room. TCP takes no notice of it: the connection answers pings and
//! holds every answer for ever. So each connection knows whether some of its answers wait, and since when none moved.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{Request, Version};
use http_body::{Frame, SizeHint};
use tokio::time::Instant;
use tower::Service;

/// An answer moves on in pieces of this size: what HTTP/2 sends as one frame.
const PIECE_BYTES: usize = 16 << 10;
/// The last piece is small, because nobody sees whether it was taken.
const LAST_BYTES: usize = 1 << 10;

/// What waits on one connection.
#[derive(Debug, Clone)]
pub struct Unsent(Arc<Mutex<Waiting>>);

#[derive(Debug)]
struct Waiting {
    answers: usize,
    moved: Instant,
}

impl Default for Unsent {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Waiting { answers: 0, moved: Instant::now() })))
    }
}

impl Unsent {
    /// Since when none of the answers that wait has moved. `None`: none waits.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        let waiting = self.lock();
        (waiting.answers > 0).then_some(waiting.moved)
    }

    /// Counts an answer until it is sent, if it belongs to a request of HTTP/2.
    #[must_use]
    pub fn hold(self, response: Response) -> Response {
        let mut waiting = self.lock();
        if waiting.answers == 0 {
            waiting.moved = Instant::now();
        }
        waiting.answers += 1;
        drop(waiting);
        response.map(|body| Body::new(Held { body, rest: Bytes::new(), unsent: self }))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A body that moves on in pieces, and tells.
struct Held {
    body: Body,
    /// Of the piece that came last, what was not handed on.
    rest: Bytes,
    unsent: Unsent,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.unsent.lock().moved = Instant::now();
        if self.rest.is_empty() {
            match std::task::ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => return Poll::Ready(other),
            }
        }
        let length = match self.rest.len() {
            short @ ..=LAST_BYTES => short,
            long => PIECE_BYTES.min(long - LAST_BYTES),
        };
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (u64::try_from(self.rest.len()).unwrap_or(u64::MAX), self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut waiting = self.unsent.lock();
        waiting.answers = waiting.answers.saturating_sub(1);
        waiting.moved = Instant::now();
    }
}

/// Puts its connection's [`Unsent`] into every request of HTTP/2.
#[derive(Debug, Clone)]
pub struct Telling<S> {
    inner: S,
    unsent: Unsent,
}

impl<S> Telling<S> {
    /// For the requests of one connection.
    pub fn new(inner: S, unsent: Unsent) -> Self {
        Self { inner, unsent }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Telling<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if request.version() == Version::HTTP_2 {
            request.extensions_mut().insert(self.unsent.clone());
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::response::Response;
    use http_body::Body as _;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::{LAST_BYTES, PIECE_BYTES, Unsent};

    #[test]
    fn an_answer_waits_until_its_last_piece_is_handed_on() {
        let unsent = Unsent::default();
        let length = 2 * PIECE_BYTES + 10;
        let mut body = unsent.clone().hold(Response::new(Body::from(vec![1; length]))).into_body();
        assert_eq!(body.size_hint().exact(), u64::try_from(length).ok());
        let mut pieces = Vec::new();
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()))
        {
            assert!(unsent.since().is_some());
            pieces.push(frame.into_data().unwrap().len());
        }
        assert_eq!(pieces, [PIECE_BYTES, PIECE_BYTES + 10 - LAST_BYTES, LAST_BYTES]);
        assert!(body.is_end_stream());
        drop(body);
        assert!(unsent.since().is_none());
    }
}
