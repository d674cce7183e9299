//! The real Prometheus, with a token and without.

use crate::app::{metrics, sample};
use crate::raw::listen;
use integration_tests::deadline::poll;
use integration_tests::prometheus::{Health, Job, Prometheus};
use metrics_runtime::Access;
use std::time::Duration;

const LIMIT: Duration = Duration::from_mins(1);

// *Done when* 8.
#[test]
fn prometheus_scrapes_with_the_token_and_is_refused_without() {
    let metrics = metrics(Access::new().token("old-token-1").token("new-token-2"));
    let target = listen(&metrics).to_string();
    // So seldom that nobody is refused ten times in a minute.
    let job = |name| Job::new(name, &target).scrape_interval(Duration::from_secs(5));
    let jobs = [
        job("old").token("old-token-1"),
        job("new").token("new-token-2"),
        job("wrong").token("old-token-2"),
        job("none"),
    ];
    let prometheus = Prometheus::start(&jobs, &[]);
    let seen = poll(LIMIT, || {
        let targets = prometheus.targets();
        let is_seen = targets
            .iter()
            .all(|target| target.health != Health::Unknown);
        (targets.len() == 4 && is_seen).then_some(targets)
    });
    for target in seen.expect("Prometheus scrapes within a minute") {
        let expected = match target.job.as_str() {
            "old" | "new" => (Health::Up, ""),
            _ => (Health::Down, "server returned HTTP status 401 Unauthorized"),
        };
        assert_eq!(
            (target.health, target.error.as_str()),
            expected,
            "{}",
            target.job
        );
    }
    for reason in ["bad_credential", "no_credential"] {
        let series = format!("metrics_access_denied_total{{reason=\"{reason}\"}}");
        assert!(sample(&metrics, &series) >= 1.0, "{reason}");
    }
}
