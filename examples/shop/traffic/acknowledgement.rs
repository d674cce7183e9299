//! Where a visitor learns that its request is being handled, and how that ended.
//!
//! A visitor that wants to hang up announces the request by its id, waits until
//! the handler acknowledges it, or reads of the answer what it wants to, drops the
//! connection, and waits until the server has dropped the handler or the answer. So
//! it knows, rather than guesses, which requests were given up and when, and it
//! leaves none behind.

use std::collections::HashMap;
use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use tokio::sync::oneshot;

use super::body::FollowedBody;

/// The header with the request's id.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// How far a visitor means to get before it hangs up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reach {
    /// Until the handler is at work.
    Handler,
    /// Until the head of the answer is there. Its body waits.
    Head,
    /// Until a piece of the body is there. The rest of it waits.
    Body,
}

/// Where an answer was when it was given up.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Handler,
    /// After the head, before the body was asked for.
    Head,
    Body,
}

/// How the handling of a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    /// The answer has left the shop.
    Answered(StatusCode),
    /// There was an answer, which was given up after its head or in its body.
    GivenUp(StatusCode, Phase),
    /// The handler was dropped.
    Dropped,
}

/// The announced requests, by id.
#[derive(Clone, Default)]
pub(crate) struct Acknowledgements {
    requests: Arc<Mutex<HashMap<String, Announced>>>,
}

struct Announced {
    reach: Reach,
    acknowledged: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Sender<End>>,
}

impl Acknowledgements {
    /// Announces a request that is about to be sent.
    pub(super) fn announce(&self, id: &str, reach: Reach) -> Expected {
        let (acknowledged, acknowledgement) = oneshot::channel();
        let (ended, end) = oneshot::channel();
        let announced = Announced {
            reach,
            acknowledged: Some(acknowledged),
            ended: Some(ended),
        };
        self.requests().insert(id.to_owned(), announced);
        Expected {
            acknowledgement,
            end,
        }
    }

    /// Says, from within the handler, that it is at work on this request.
    pub(crate) fn acknowledge(&self, headers: &HeaderMap) {
        let acknowledged =
            request_id(headers).and_then(|id| self.requests().get_mut(id)?.acknowledged.take());
        if let Some(acknowledged) = acknowledged {
            // The visitor may have had its answer already and gone.
            let _ = acknowledged.send(());
        }
    }

    fn watch(&self, headers: &HeaderMap) -> Option<Watch> {
        let id = request_id(headers)?;
        let mut requests = self.requests();
        let announced = requests.get_mut(id)?;
        Some(Watch {
            acknowledgements: self.clone(),
            id: id.to_owned(),
            reach: announced.reach,
            ended: Some(announced.ended.take()?),
            end: End::Dropped,
        })
    }

    fn requests(&self) -> MutexGuard<'_, HashMap<String, Announced>> {
        // No operation on the map leaves it half done, so poison means nothing.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID)?.to_str().ok()
}

/// The visitor's side of an announced request.
pub(super) struct Expected {
    acknowledgement: oneshot::Receiver<()>,
    end: oneshot::Receiver<End>,
}

impl Expected {
    /// Waits for the handler's acknowledgement, for ever if there is none.
    pub(super) async fn acknowledged(&mut self) {
        if (&mut self.acknowledgement).await.is_err() {
            future::pending::<()>().await;
        }
    }

    /// Waits until the answer is sent, or it or its handler dropped, and counted.
    pub(super) async fn ended(self) -> End {
        self.end.await.unwrap_or(End::Dropped)
    }
}

/// The server's side of an announced request, from its arrival to its end.
pub(super) struct Watch {
    acknowledgements: Acknowledgements,
    id: String,
    reach: Reach,
    ended: Option<oneshot::Sender<End>>,
    end: End,
}

impl Watch {
    pub(super) const fn reach(&self) -> Reach {
        self.reach
    }

    /// What is told if nothing else happens to the request.
    pub(super) const fn set_end(&mut self, end: End) {
        self.end = end;
    }

    /// Ready once the visitor doesn't wait for the end any more.
    pub(super) fn poll_unwatched(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let ended = self.ended.as_mut();
        ended.map_or(Poll::Ready(()), |ended| ended.poll_closed(context))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.acknowledgements.requests().remove(&self.id);
        if let Some(ended) = self.ended.take() {
            let _ = ended.send(self.end);
        }
    }
}

/// Middleware that sees announced requests to their end.
pub(crate) async fn follow(
    State(acknowledgements): State<Acknowledgements>,
    request: Request,
    next: Next,
) -> Response {
    let Some(watch) = acknowledgements.watch(request.headers()) else {
        return next.run(request).await;
    };
    // When this future is dropped, the handler's goes before `watch`, so that
    // the end is told only after the request has been counted.
    let response = next.run(request).await;
    let status = response.status();
    response.map(|body| Body::new(FollowedBody::new(body, status, watch)))
}

/// Both sides of a request that was announced and has arrived.
#[cfg(test)]
pub(super) fn watched(acknowledgements: &Acknowledgements, reach: Reach) -> (Watch, Expected) {
    let expected = acknowledgements.announce("1-1", reach);
    let watch = acknowledgements.watch(&tests::headers("1-1"));
    (watch.expect("it is announced"), expected)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    pub(super) fn headers(id: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static(REQUEST_ID),
            HeaderValue::from_static(id),
        )])
    }

    #[tokio::test]
    async fn tells_of_start_and_cancellation() {
        let acknowledgements = Acknowledgements::default();
        let mut expected = acknowledgements.announce("1-7", Reach::Handler);
        let watch = acknowledgements
            .watch(&headers("1-7"))
            .expect("it is announced");

        acknowledgements.acknowledge(&headers("1-7"));
        expected.acknowledged().await;
        drop(watch);
        assert_eq!(expected.ended().await, End::Dropped);
        assert!(acknowledgements.requests().is_empty());
    }

    #[tokio::test]
    async fn tells_of_an_answer_that_came_first() {
        let acknowledgements = Acknowledgements::default();
        let expected = acknowledgements.announce("1-8", Reach::Handler);
        let mut watch = acknowledgements
            .watch(&headers("1-8"))
            .expect("it is announced");

        watch.set_end(End::Answered(StatusCode::GATEWAY_TIMEOUT));
        drop(watch);
        assert_eq!(
            expected.ended().await,
            End::Answered(StatusCode::GATEWAY_TIMEOUT)
        );
    }

    #[test]
    fn ignores_requests_that_nobody_announced() {
        let acknowledgements = Acknowledgements::default();
        acknowledgements.acknowledge(&headers("2-1"));
        assert!(acknowledgements.watch(&headers("2-1")).is_none());
        assert!(acknowledgements.watch(&HeaderMap::new()).is_none());
    }
}
