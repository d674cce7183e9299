//! Gauges of what is under way, and gauges that tell a time.

use std::time::SystemTime;

use integration_tests::page::{Kind, Page};
use metrics_runtime::{LabelValue, Registry, metrics};

static REGISTRY: Registry = Registry::new();

fn page() -> Page {
    Page::parse(REGISTRY.to_text()).expect("the page is valid")
}

#[derive(LabelValue, Clone, Copy)]
pub(crate) enum Direction {
    In,
    Out,
}

#[metrics(registry = REGISTRY)]
mod business {
    /// Uploads that run.
    pub(crate) fn uploads_in_progress() -> InProgress;

    /// Open connections by direction.
    pub(crate) fn connections_in_progress(direction: Direction, secure: bool) -> InProgress;

    /// Jobs that run, by queue.
    #[cap(2)]
    pub(crate) fn jobs_in_progress(queue: &str) -> InProgress;

    /// When something was imported last, in seconds since 1970.
    pub(crate) fn last_import_timestamp_seconds() -> Gauge;
}

#[test]
fn what_was_started_is_under_way_until_it_is_dropped() {
    assert_eq!(page().value("uploads_in_progress", &[]), Some(0.0));
    let first = business::uploads_in_progress().start();
    let second = business::uploads_in_progress().start();
    assert_eq!(page().value("uploads_in_progress", &[]), Some(2.0));
    drop(first);
    assert_eq!(business::uploads_in_progress().get(), 1);
    std::thread::spawn(move || drop(second))
        .join()
        .expect("the thread ends well");
    let page = page();
    assert_eq!(page.value("uploads_in_progress", &[]), Some(0.0));
    let mut families = page.families();
    let family = families.find(|family| family.name == "uploads_in_progress");
    assert_eq!(family.map(|family| family.kind), Some(Kind::Gauge));
}

#[test]
fn closed_labels_select_their_own_gauge() {
    let all = [Direction::In, Direction::Out]
        .into_iter()
        .flat_map(|direction| [(direction, false), (direction, true)]);
    let mut running = Vec::new();
    for (count, (direction, secure)) in (1..).zip(all) {
        let gauge = business::connections_in_progress(direction, secure);
        running.extend((0..count).map(|_| gauge.start()));
    }
    let read = || {
        let page = page();
        let pairs = [
            ("in", "false"),
            ("in", "true"),
            ("out", "false"),
            ("out", "true"),
        ];
        pairs.map(|(direction, secure)| {
            let labels = [("direction", direction), ("secure", secure)];
            page.value("connections_in_progress", &labels)
        })
    };
    assert_eq!(read(), [1.0, 2.0, 3.0, 4.0].map(Some));
    running.clear();
    assert_eq!(read(), [Some(0.0); 4]);
}

#[test]
fn open_labels_share_the_overflow_gauge_past_the_cap() {
    let queues = ["a", "b", "c", "d"];
    let running = queues.map(|queue| business::jobs_in_progress(queue).start());
    let value = |queue| page().value("jobs_in_progress", &[("queue", queue)]);
    assert_eq!(
        ["a", "b", "c", "__overflow__"].map(value),
        [Some(1.0), Some(1.0), None, Some(2.0)]
    );
    drop(running);
    assert_eq!(page().sum("jobs_in_progress", &[]), Some(0.0));
}

#[test]
fn a_gauge_is_set_to_the_time_of_now() {
    let now = || {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.expect("it is later than 1970").as_secs_f64()
    };
    let before = now();
    business::last_import_timestamp_seconds().set_to_current_time();
    let told = page().value("last_import_timestamp_seconds", &[]);
    let told = told.expect("the gauge is there");
    assert!((before..=now()).contains(&told), "{told} after {before}");
}
