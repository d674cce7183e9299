//! What a handler records about itself, into its registry.

use super::account::Account;
use crate::desc::Desc;
use crate::record::at;
use crate::{Counter, Format, Histogram, InProgress, Outcome, Registry};

static SCRAPES: Desc = Desc::counter(
    "metrics_scrapes_total",
    "Pages that were served, by format.",
    &["format"],
)
.about_itself();

static DURATION: Desc = Desc::duration(
    "metrics_scrape_duration_seconds",
    "Time in seconds from a request for the page to its answer, whatever that was.",
    &[],
)
.buckets(&[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
])
.about_itself();

static IN_FLIGHT: Desc = Desc::in_progress(
    "metrics_scrapes_in_flight",
    "Requests for the page whose answer wasn't handed over yet.",
    &[],
)
.about_itself();

static ERRORS: Desc = Desc::counter(
    "metrics_exposition_errors_total",
    "Collectors that were missing and pages that were late (gathering), and pages that couldn't \
     be written or compressed (encoding).",
    &["cause"],
)
.about_itself();

/// The series of a handler. They are on the page from now on, at zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own {
    pub(super) account: &'static Account,
    text: Counter,
    open_metrics: Counter,
    protobuf: Counter,
    pub(super) duration: Histogram,
    pub(super) in_flight: InProgress,
    pub(super) gathering: Counter,
    pub(super) encoding: Counter,
}

impl Own {
    pub(super) fn of(registry: &Registry) -> Self {
        let scrapes = registry.builtin(&SCRAPES);
        let scrapes = |format: Format| at(&scrapes, &[format.as_str()], Outcome::Ok);
        let errors = registry.builtin(&ERRORS);
        let errors = |cause| at(&errors, &[cause], Outcome::Ok);
        Self {
            account: Account::of(registry),
            text: scrapes(Format::Text),
            open_metrics: scrapes(Format::OpenMetrics),
            protobuf: scrapes(Format::Protobuf),
            duration: at(&registry.builtin(&DURATION), &[], Outcome::Ok),
            in_flight: at(&registry.builtin(&IN_FLIGHT), &[], Outcome::Ok),
            gathering: errors("gathering"),
            encoding: errors("encoding"),
        }
    }

    pub(super) const fn scrapes(&self, format: Format) -> Counter {
        match format {
            Format::Text => self.text,
            Format::OpenMetrics => self.open_metrics,
            Format::Protobuf => self.protobuf,
        }
    }
}
