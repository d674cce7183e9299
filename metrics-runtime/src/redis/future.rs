//! The future of a call.

use super::call::Call;
use super::request::Request;
use redis::{RedisFuture, RedisResult};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A call of the connection within, recorded when it ends. What it gives is what that
/// connection gives.
pub(super) struct Measured<'a, R: Request> {
    pub(super) future: RedisFuture<'a, R::Reply>,
    pub(super) call: Call<'a, R>,
}

impl<R: Request + Unpin> Future for Measured<'_, R> {
    type Output = RedisResult<R::Reply>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The connection's future is in a box, so nothing here needs its place.
        let this = self.get_mut();
        this.call.enter();
        let polled = this.future.as_mut().poll(context);
        this.call.leave();
        if let Poll::Ready(result) = &polled {
            this.call.end(result);
        }
        polled
    }
}
