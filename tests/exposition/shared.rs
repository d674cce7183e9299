//! The one real Prometheus of a run, which scrapes whatever the tests put on the
//! paths that it knows.

use crate::served::Served;
use integration_tests::prometheus::{Job, Prometheus};
use metrics_runtime::Format;
use std::sync::OnceLock;
use std::time::Duration;

/// How many random pages of a format are scraped at once.
pub(crate) const SLOTS: usize = 5;

pub(crate) struct Shared {
    pub(crate) prometheus: Prometheus,
    pub(crate) served: Served,
}

/// Where the page of one registry is, which the tests know by heart.
pub(crate) fn known_path(format: Format) -> String {
    format!("/{}", format.as_str())
}

/// Where random pages are.
pub(crate) fn random_path(format: Format, slot: usize) -> String {
    format!("/{}/{slot}", format.as_str())
}

/// Started by the first test that needs it, since a server takes five seconds to
/// its first scrape.
pub(crate) fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let served = Served::start();
        let paths = Format::ALL.iter().flat_map(|&format| {
            let random = (0..SLOTS).map(move |slot| random_path(format, slot));
            random.chain([known_path(format)])
        });
        let job = Job::new("page", &served.address());
        // Large pages take a busy machine a while.
        let job = job.scrape_interval(Duration::from_secs(2));
        let job = job.paths(paths).honor_labels();
        let features = ["native-histograms", "exemplar-storage"];
        Shared {
            prometheus: Prometheus::start_shared(&[job], &features),
            served,
        }
    })
}
