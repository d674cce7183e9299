//! E-mails go out behind the customer's back: what is queued is sent, and sent again if it
//! bounces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics_runtime::Metrics;
use moka::sync::Cache;
use thiserror::Error;
use tokio::time;

use super::moment;
use crate::business::{EmailKind, family};
use crate::store::{Email, EmailRepository, MOST_ATTEMPTS};

/// From one look at the outbox to the next.
pub(crate) const PERIOD: Duration = Duration::from_millis(100);

/// So many are sent at a time.
const BATCH: i64 = 16;

/// What the mail server takes.
const DELAY: Duration = Duration::from_millis(5);

/// Every tenth e-mail bounces.
const BOUNCES_EVERY: u64 = 10;

/// Mailboxes that the mail server keeps.
const MAILBOXES: u64 = 1_000;

#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum DeliveryError {
    #[error("the e-mail bounced")]
    Bounced,
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

/// The mail server, played by the shop itself, with the mailboxes of its users.
#[derive(Clone)]
pub(crate) struct MailServer {
    attempts: Arc<AtomicU64>,
    /// The latest login code that a user was sent.
    codes: Cache<i64, String>,
}

impl MailServer {
    pub(crate) fn new() -> Self {
        Self {
            attempts: Arc::default(),
            codes: Cache::new(MAILBOXES),
        }
    }

    /// Opens the link in a user's mailbox, if there is one: its code.
    pub(crate) fn take_code(&self, user_id: i64) -> Option<String> {
        self.codes.remove(&user_id)
    }

    async fn deliver(&self, email: &Email) -> Result<(), DeliveryError> {
        time::sleep(DELAY).await;
        // Relaxed: only the number counts, nothing is published with it.
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        if attempt.is_multiple_of(BOUNCES_EVERY) {
            return Err(DeliveryError::Bounced);
        }
        if email.kind == EmailKind::LoginLink {
            self.codes.insert(email.user_id, email.detail.clone());
        }
        Ok(())
    }
}

/// Sends what is due, each e-mail in a task of its kind, and gives up what was tried too
/// often.
///
/// # Errors
///
/// When the outbox can't be read. E-mails that bounce are left for a later run.
pub(crate) async fn send_due(
    metrics: Metrics,
    emails: EmailRepository,
    server: MailServer,
) -> sqlx::Result<()> {
    let due = emails.claim(moment::now(), BATCH).await?;
    let (due, given_up): (Vec<_>, Vec<_>) = due
        .into_iter()
        .partition(|email| email.attempts <= MOST_ATTEMPTS);
    for email in given_up {
        family::emails_given_up_total(email.kind).inc();
    }
    let tasks: Vec<_> = due
        .into_iter()
        .map(|email| {
            let task = email.kind.task();
            metrics.spawn(task, send(emails.clone(), server.clone(), email))
        })
        .collect();
    for task in tasks {
        if let Ok(Err(DeliveryError::Database(cause))) = task.await {
            eprintln!("error: can't say that an e-mail is sent: {cause}");
        }
    }
    Ok(())
}

async fn send(
    emails: EmailRepository,
    server: MailServer,
    email: Email,
) -> Result<(), DeliveryError> {
    server.deliver(&email).await?;
    let now = moment::now();
    emails.mark_sent(email.id, now).await?;
    let waited = u64::try_from(now - email.queued_at).unwrap_or_default();
    family::email_wait_seconds(email.kind).observe_duration(Duration::from_millis(waited));
    Ok(())
}

#[cfg(test)]
mod tests {
    use integration_tests::page::Page;
    use metrics_runtime::Registry;

    use super::*;
    use crate::store::Store;

    // Mutations: what bounces is marked as sent; what was sent isn't; a code stays in the
    // mailbox.
    #[tokio::test]
    async fn sends_what_is_queued_and_what_has_bounced_again() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        // Its tasks are recorded there; a test has few registries.
        let registry: &'static Registry = Box::leak(Box::default());
        let metrics = Metrics::builder().registry(registry).build();
        let metrics = metrics.expect("nothing of the environment is wrong");
        for code in 0..11 {
            let queued = store
                .emails
                .queue(EmailKind::LoginLink, user_id, &code.to_string(), 0)
                .await;
            queued.expect("the database works");
        }
        let server = MailServer::new();
        let runs = |outcome| {
            let page = Page::parse(metrics.to_text()).expect("the page is valid");
            let labels = [("task", "send_login_link"), ("outcome", outcome)];
            page.sum("task_runs_total", &labels)
        };
        let send = async || {
            let sent = send_due(metrics, store.emails.clone(), server.clone()).await;
            sent.expect("the database works");
        };
        send().await;
        assert_eq!((runs("ok"), runs("error")), (Some(10.0), Some(1.0)));
        assert!(server.take_code(user_id).is_some());
        assert_eq!(server.take_code(user_id), None);

        // What has bounced is due again half a second later, and nothing else is.
        let all = time::timeout(Duration::from_mins(1), async {
            while runs("ok") == Some(10.0) {
                send().await;
                time::sleep(Duration::from_millis(10)).await;
            }
        });
        all.await.expect("it is sent in the end");
        assert_eq!((runs("ok"), runs("error")), (Some(11.0), Some(1.0)));
        assert!(server.take_code(user_id).is_some());
        store.close().await;
    }

    // Mutations: nothing is claimed after its last attempt; what was given up is sent.
    #[tokio::test]
    async fn gives_up_once_what_was_never_sent_whoever_tried() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::in_file(&folder.path().join("shop.db")).await;
        let user_id = store.users.insert("ada", "").await.expect("it is free");
        let emails = &store.emails;
        let queued = emails.queue(EmailKind::Welcome, user_id, "", 0).await;
        queued.expect("the database works");
        // Those who claim it end before they have sent it.
        for attempt in 1..=MOST_ATTEMPTS {
            let claimed = emails.claim(10_000 * attempt, BATCH).await;
            let claimed = claimed.expect("the database works");
            assert_eq!(claimed.len(), 1, "{attempt}");
        }
        let registry: &'static Registry = Box::leak(Box::default());
        let metrics = Metrics::builder().registry(registry).build();
        let metrics = metrics.expect("nothing of the environment is wrong");
        let given_up = family::emails_given_up_total(EmailKind::Welcome);
        let before = given_up.get();
        for _ in 0..2 {
            let sent = send_due(metrics, emails.clone(), MailServer::new()).await;
            sent.expect("the database works");
            assert_eq!(given_up.get(), before + 1);
        }
        assert!(!metrics.to_text().contains("send_welcome"));
        store.close().await;
    }
}
