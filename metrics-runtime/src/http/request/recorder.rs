//! What records a request under way, by profile.

use super::django::Pending;
use super::guard::Guard;
use crate::measure::RequestScope;
use http::Response;
use http_body::Body;
use std::mem;

/// What records a request whose response has no head yet.
///
/// With a tag of its own: hidden in a field of the guard, it is asked for at five
/// times the instructions.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum Recorder {
    /// It isn't recorded.
    Nothing,
    /// Into the toolkit's families.
    Own(Guard),
    /// Into Django's.
    Django(Pending),
}

impl Recorder {
    /// The service is called until the scope ends.
    #[inline]
    pub(super) fn enter_call(&self) -> RequestScope {
        match self {
            Self::Own(guard) => guard.enter_call(),
            Self::Nothing => RequestScope::of_nothing(),
            Self::Django(pending) => pending.enter_call(),
        }
    }

    /// The service runs until the scope ends; what unwinds in there is its own.
    #[inline]
    pub(super) fn enter(&mut self) -> RequestScope {
        match self {
            Self::Own(guard) => guard.enter_service(),
            Self::Nothing => RequestScope::of_nothing(),
            Self::Django(pending) => pending.enter_service(),
        }
    }

    /// The service has returned, and its scope ends.
    #[inline]
    pub(super) fn leave(&mut self, mut scope: RequestScope) {
        match self {
            Self::Own(guard) => guard.leave_service(),
            Self::Nothing => scope.keep(),
            Self::Django(pending) => pending.leave_service(),
        }
    }

    /// The service has answered. What is left to record is the body's.
    #[inline]
    pub(super) fn answered<R: Body>(&mut self, response: &Response<R>) -> Option<Guard> {
        match self {
            Self::Own(guard) => guard.head(response),
            Self::Nothing => return None,
            Self::Django(pending) => pending.answered(response),
        }
        match mem::replace(self, Self::Nothing) {
            Self::Own(guard) => Some(guard),
            Self::Nothing | Self::Django(_) => None,
        }
    }

    /// The service has no answer.
    #[cold]
    pub(super) fn failed(&mut self) {
        match self {
            Self::Own(guard) => guard.failed(),
            Self::Nothing => {}
            Self::Django(pending) => pending.failed(),
        }
        *self = Self::Nothing;
    }
}
