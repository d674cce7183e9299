//! What the shop's owner asks for: the numbers of the business.
//!
//! The pattern to copy, in which nothing is special to the runtime:
//!
//! - [`family`] declares the families in a `#[metrics]` module; their labels are the
//!   closed sets of [`label`], so that nothing of a request becomes a label.
//! - Code that has done what counts says so in one line, once it is done and can't be
//!   undone: `family::user_registrations_total().inc()`.
//! - What must be counted also when it is given up is a value that counts when it is
//!   dropped: `Processing` of `domain/payment.rs`.
//! - What stands in the database already is read in the background and served from
//!   memory by callback gauges: [`Standing`].
//! - How many are distinct is estimated by a sketch: [`activity`].

pub(crate) mod activity;
mod label;
mod standing;

use metrics_runtime::{RegisterError, Registry, metrics};

pub(crate) use label::{
    ChatType, ConnectionType, EmailKind, EventAction, EventCategory, LoginMethod, PaymentMethod,
    PaymentStatus, Source, SubmissionStatus, Verdict, text,
};
pub(crate) use standing::Standing;

#[metrics]
pub(crate) mod family {
    /// Users who have registered.
    pub(crate) fn user_registrations_total() -> Counter;
    /// Logins that were let in, by method.
    pub(crate) fn user_logins_total(method: LoginMethod) -> Counter;
    /// Visitors who came for the first time, by where they came from.
    pub(crate) fn analytics_visitors_total(source: Source) -> Counter;
    /// Pages that were shown.
    pub(crate) fn analytics_pageviews_total() -> Counter;
    /// Visits, those of visitors who came back among them.
    pub(crate) fn analytics_sessions_total() -> Counter;
    /// What visitors did on a page, as the page reports it.
    pub(crate) fn analytics_events_total(category: EventCategory, action: EventAction) -> Counter;
    /// Chat messages that were sent and stored, by type of chat.
    pub(crate) fn messages_sent_total(chat_type: ChatType) -> Counter;
    /// Open WebSocket connections by type.
    pub(crate) fn websocket_connections(r#type: ConnectionType) -> InProgress;
    /// Assignments that were submitted, by how they were taken.
    pub(crate) fn assignments_submitted_total(status: SubmissionStatus) -> Counter;
    /// Submitted assignments that were reviewed, by verdict.
    pub(crate) fn assignments_reviewed_total(verdict: Verdict) -> Counter;
    /// Payments by how they ended and by method.
    pub(crate) fn payments_processed_total(status: PaymentStatus, method: PaymentMethod)
    -> Counter;
    /// Total of an order in dollars.
    #[buckets(10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0)]
    pub(crate) fn order_total_amount() -> Histogram;
    /// Value of an order in dollars.
    #[buckets(native)]
    pub(crate) fn order_value_dollars() -> Histogram;
    /// Time from when an e-mail was queued until it was sent, in seconds.
    #[unit(seconds)]
    #[buckets(0.01, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0)]
    pub(crate) fn email_wait_seconds(kind: EmailKind) -> Histogram;
    /// E-mails that were tried too often to be tried again.
    pub(crate) fn emails_given_up_total(kind: EmailKind) -> Counter;
}

/// Registers the gauges that are asked when a page is made.
///
/// # Errors
///
/// When one of their names is taken.
pub(crate) fn register(registry: &Registry) -> Result<Standing, RegisterError> {
    activity::register(registry)?;
    let standing = Standing::default();
    standing.register(registry)?;
    Ok(standing)
}
