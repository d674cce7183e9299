//! Variables of the environment, which belong to a whole process: each test
//! runs itself again in a child that has them.

use integration_tests::child::in_child;
use metrics_runtime::{
    AppInfo, BuildError, Collector, Families, Metrics, MetricsBuilder, Registry, counted, global,
    metrics, timed,
};
use std::error::Error;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

#[counted]
fn in_the_environment() -> Result<u32, String> {
    Ok(7)
}

#[test]
fn nothing_is_recorded_when_metrics_are_turned_off() {
    let name = "environment::nothing_is_recorded_when_metrics_are_turned_off";
    in_child(name, &[("METRICS_ENABLED", "false")], || {
        assert_eq!(in_the_environment(), Ok(7));
        assert!(!global().to_text().contains("in_the_environment"));
        let metrics = Metrics::builder().build().expect("the set-up is valid");
        assert_eq!(in_the_environment(), Ok(7));
        assert!(!metrics.to_text().contains("in_the_environment"));
        // Code has the last word, and shows that nothing was counted before.
        let metrics = Metrics::builder().enabled(true).build();
        let text = metrics.expect("the set-up is valid").to_text();
        let line = text
            .lines()
            .find(|line| line.contains("in_the_environment"));
        assert!(line.is_some_and(|line| line.ends_with(" 0")), "{text}");
    });
}

#[metrics]
mod declared {
    /// Declared, without labels.
    pub(super) fn plain_total() -> Counter;
    /// Declared, by a closed label.
    pub(super) fn closed_total(on: bool) -> Counter;
    /// Declared, by an open label.
    pub(super) fn open_total(name: &str) -> Counter;
    /// Declared, a gauge by a closed label.
    pub(super) fn level(on: bool) -> Gauge;
}

#[timed]
fn timed_in_the_environment() {}

#[timed]
#[counted]
fn both_in_the_environment() {}

#[timed]
async fn async_in_the_environment() {}

fn record_everything() {
    assert_eq!(in_the_environment(), Ok(7));
    timed_in_the_environment();
    both_in_the_environment();
    let mut future = std::pin::pin!(async_in_the_environment());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_ready());
    declared::plain_total().inc();
    declared::closed_total(true).inc();
    declared::open_total("a").inc();
    declared::level(true).inc();
}

/// What was recorded of all that, sample by sample.
fn recorded() -> Vec<String> {
    let text = global().to_text();
    let own = |line: &&str| {
        let declared = ["plain_total", "closed_total", "open_total", "level{"];
        let named = declared.iter().any(|name| line.starts_with(name));
        named || line.contains("in_the_environment") && !line.contains("_sum")
    };
    text.lines().filter(own).map(str::to_owned).collect()
}

// Mutation: `Resolved::at` looks at `OFF` alone.
#[test]
fn what_was_recorded_before_is_all_when_metrics_are_turned_off_later() {
    let name = "environment::what_was_recorded_before_is_all_when_metrics_are_turned_off_later";
    in_child(name, &[], || {
        record_everything();
        let before = recorded();
        assert!(before.len() > 8, "{before:?}");
        let switch = |on| {
            let built = Metrics::builder().enabled(on).build();
            built.expect("the set-up is valid");
        };
        switch(false);
        record_everything();
        record_everything();
        switch(true);
        assert_eq!(recorded(), before);
        record_everything();
        assert_ne!(recorded(), before);
        assert_eq!(declared::open_total("a").get(), 2);
        assert_eq!(declared::closed_total(true).get(), 2);
    });
}

#[test]
fn a_word_that_is_no_boolean_is_an_error_that_names_the_variable() {
    let name = "environment::a_word_that_is_no_boolean_is_an_error_that_names_the_variable";
    in_child(name, &[("METRICS_ENABLED", "perhaps")], || {
        let error = Metrics::builder()
            .build()
            .expect_err("the variable is wrong");
        assert!(matches!(error, BuildError::Environment(_)));
        assert_eq!(
            error.to_string(),
            "the environment variable METRICS_ENABLED is `perhaps`; \
             it takes `true`, `1`, `on`, `yes` or `false`, `0`, `off`, `no`"
        );
        assert_eq!(in_the_environment(), Ok(7));
        assert!(global().to_text().contains("in_the_environment"));
    });
}

#[test]
fn the_namespace_goes_before_every_family_of_the_application() {
    let name = "environment::the_namespace_goes_before_every_family_of_the_application";
    in_child(name, &[("METRICS_NAMESPACE", "shop")], || {
        assert_eq!(in_the_environment(), Ok(7));
        let metrics = Metrics::builder().build().expect("the set-up is valid");
        let text = metrics.to_text();
        let function = "function=\"in_the_environment\"";
        let line = format!("shop_function_calls_total{{{function},");
        assert!(text.contains(&line), "{text}");
        assert!(text.contains("\nmetrics_conflicts_total 0\n"), "{text}");
        assert!(!text.contains("\nfunction_calls_total"), "{text}");
    });
}

/// The default deadline of collectors.
const DEFAULT: Duration = Duration::from_millis(500);

/// Locked, it keeps collectors from giving anything.
static GATE: Mutex<()> = Mutex::new(());

/// A collector that says when it is asked, and waits at the gate.
struct Slow(Sender<()>);

impl Collector for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.send(()).expect("somebody waits");
        drop(GATE.lock().expect("nobody panics before it"));
        families.gauge("slow", "Slow.", &[], 1.0);
        Ok(())
    }
}

/// A page whose collector gives nothing until the default deadline is over, which is when
/// a page that was asked for later, and has that deadline, is there.
fn late_page(page: impl FnOnce() -> String + Send, asked: &Receiver<()>) -> String {
    let closed = GATE.lock().expect("nobody panics before it");
    thread::scope(|scope| {
        let page = scope.spawn(page);
        asked.recv().expect("the collector is asked");
        let other = Registry::new();
        other.set_collector_deadline(DEFAULT);
        let (sender, _asked) = channel();
        other.add_collector(Slow(sender)).expect("the name is free");
        let without = other.to_text();
        assert!(!without.contains("\nslow "), "{without}");
        drop(closed);
        page.join().expect("the page is made")
    })
}

// Mutation: `build` or `collector_deadline` doesn't ask the environment.
#[test]
fn the_deadline_of_collectors_is_in_force_with_and_without_a_set_up() {
    let name = "environment::the_deadline_of_collectors_is_in_force_with_and_without_a_set_up";
    in_child(name, &[("METRICS_COLLECTOR_DEADLINE_MS", "600000")], || {
        let built: &'static Registry = Box::leak(Box::default());
        let (sender, asked) = channel();
        let metrics = Metrics::builder().registry(built).collector(Slow(sender));
        let metrics = metrics.build().expect("the set-up is valid");
        let page = late_page(|| metrics.to_text(), &asked);
        assert!(page.contains("\nslow 1\n"), "{page}");
        let plain = Registry::new();
        let (sender, asked) = channel();
        plain.add_collector(Slow(sender)).expect("the name is free");
        let page = late_page(|| plain.to_text(), &asked);
        assert!(page.contains("\nslow 1\n"), "{page}");
    });
}

#[test]
fn a_deadline_that_is_no_time_is_an_error_that_names_the_variable() {
    let name = "environment::a_deadline_that_is_no_time_is_an_error_that_names_the_variable";
    in_child(name, &[("METRICS_COLLECTOR_DEADLINE_MS", "soon")], || {
        let error = Metrics::builder()
            .build()
            .expect_err("the variable is wrong");
        assert_eq!(
            error.to_string(),
            "the environment variable METRICS_COLLECTOR_DEADLINE_MS is `soon`; \
             it takes milliseconds above zero, such as `100` or `2.5`"
        );
    });
}

#[test]
fn the_namespace_is_in_force_without_a_set_up() {
    let name = "environment::the_namespace_is_in_force_without_a_set_up";
    in_child(name, &[("METRICS_NAMESPACE", "shop")], || {
        let text = global().to_text();
        assert!(text.contains("\nshop_function_calls_total{"), "{text}");
    });
}

#[test]
fn a_namespace_that_is_no_name_is_an_error_that_names_the_variable() {
    let name = "environment::a_namespace_that_is_no_name_is_an_error_that_names_the_variable";
    in_child(name, &[("METRICS_NAMESPACE", "my-shop")], || {
        let error = Metrics::builder()
            .build()
            .expect_err("the variable is wrong");
        let text = error.to_string();
        assert!(text.contains("METRICS_NAMESPACE is `my-shop`"), "{text}");
    });
}

// Mutation: `build` gives `app_info` no environment.
#[test]
fn the_application_is_told_where_it_runs() {
    let name = "environment::the_application_is_told_where_it_runs";
    in_child(name, &[("METRICS_ENVIRONMENT", "staging")], || {
        let builder = || Metrics::builder().app_info(AppInfo::new("shop"));
        let text = |builder: MetricsBuilder| builder.build().expect("it is valid").to_text();
        let info =
            |environment| format!("\napp_info{{name=\"shop\",environment=\"{environment}\"}} 1\n");
        assert!(text(builder()).contains(&info("staging")));
        assert!(text(builder().environment("production")).contains(&info("production")));
    });
}
