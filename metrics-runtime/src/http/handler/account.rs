//! What the pages of a registry have cost, whichever handler has served them.

use crate::registry::bridge::Id;
use crate::{Format, Metrics, Registry};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// What the pages of a registry have cost so far.
///
/// ```
/// use http::Request;
/// use metrics_runtime::{Format, Metrics};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), metrics_runtime::BuildError> {
/// let metrics = Metrics::builder().build()?;
/// let request = Request::get("/metrics").body(()).expect("it is valid");
/// metrics.handler().respond(&request).await;
///
/// let scrapes = metrics.scrapes();
/// assert_eq!(scrapes.pages, 1);
/// assert_eq!(scrapes.last.map(|last| last.format), Some(Format::Text));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Scrapes {
    /// The last request that was answered with a page.
    pub last: Option<Scrape>,
    /// Pages that were made. Requests at the same time share one.
    pub pages: u64,
    /// The time that making them has taken, waiting for collectors included.
    pub making: Duration,
}

/// A request that was answered with a page.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scrape {
    /// When it was answered.
    pub at: SystemTime,
    /// From its arrival to its answer.
    pub duration: Duration,
    /// The length of the page as it was sent, encoded or not.
    pub bytes: usize,
    /// The page's format.
    pub format: Format,
}

/// Where they are added up.
#[derive(Debug, Default)]
pub(super) struct Account(Mutex<Scrapes>);

/// Those of all registries that were ever served, which are few.
static ACCOUNTS: Mutex<Vec<(Id, &'static Account)>> = Mutex::new(Vec::new());

impl Account {
    pub(super) fn of(registry: &Registry) -> &'static Self {
        let id = Id::of(registry);
        // Nothing panics while it is held.
        let mut accounts = ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = accounts.iter().find(|(own, _)| *own == id);
        if let Some((_, account)) = known {
            return account;
        }
        let account: &'static Self = Box::leak(Box::default());
        accounts.push((id, account));
        account
    }

    fn change(&self, change: impl FnOnce(&mut Scrapes)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes down a page that was made.
    pub(super) fn made(&self, making: Duration) {
        self.change(|scrapes| {
            scrapes.pages += 1;
            scrapes.making = scrapes.making.saturating_add(making);
        });
    }

    /// Takes down a request that was answered with a page.
    pub(super) fn scraped(&self, format: Format, bytes: usize, duration: Duration) {
        self.change(|scrapes| {
            scrapes.last = Some(Scrape {
                at: SystemTime::now(),
                duration,
                bytes,
                format,
            });
        });
    }
}

impl Metrics {
    /// What the pages have cost so far, whichever handler has served them.
    pub fn scrapes(&self) -> Scrapes {
        let account = Account::of(self.registry());
        *account.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
