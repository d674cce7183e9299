//! How long the visitors stay: until the page tells of all that a test compares, however
//! long they take, and where figures are proved for a time.

use std::env;
use std::time::Duration;

use integration_tests::deadline::poll;
use integration_tests::page::Page;

use crate::service::{LIMIT, Report, Shop};

/// Visitors stay until they are told to leave, and the shop until it is told to close.
pub(crate) const GUIDED: [&str; 2] = ["--linger", "3600"];

/// What is rare takes its time on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// Whether figures are proved: the visitors stay as long as is promised.
fn proves() -> bool {
    env::var_os("METRICS_PROVE").is_some()
}

impl Shop {
    /// Waits until the page lacks nothing any more, and where figures are proved until the
    /// visitors have been there for `proved`; then sends them home. The shop stays open.
    pub(crate) fn see_out(
        &self,
        proved: Duration,
        lacking: impl Fn(&Page) -> Vec<String>,
    ) -> Report {
        let least = if proves() { proved } else { Duration::ZERO };
        let is_over = || self.opened.elapsed() >= least;
        let seen = poll(least + PATIENCE, || {
            (is_over() && lacking(&self.page()).is_empty()).then_some(())
        });
        if seen.is_none() {
            let lacking = lacking(&self.page());
            panic!("after {PATIENCE:?} and more the page lacks {lacking:#?}");
        }
        let lasted = self.opened.elapsed();
        self.component.terminate();
        let report = self.report();
        Report { lasted, ..report }
    }

    /// Closes the shop, which must succeed, and returns what it has said.
    pub(crate) fn close(mut self) -> String {
        self.component.terminate();
        let status = self.component.wait(LIMIT);
        let log = self.component.log();
        let code = status.and_then(|status| status.code());
        assert_eq!(code, Some(0), "{status:?}; the shop's log:\n{log}");
        log
    }
}
