//! All of it on one page.

use crate::{built, page, value};
use integration_tests::openmetrics::{Reader, Syntax};
use integration_tests::promtool::check_metrics;
use metrics_runtime::{
    AllocatorReading, BuildError, Diagnostic, Format, Metrics, Registry, app_info, build_info,
    set_diagnostics_hook,
};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounter, IntGauge};
use std::sync::Mutex;
use tokio::runtime::Builder;

static WHOLE: Registry = Registry::new();

// Mutation: `inline` qualifies sources, as it does families of the application.
#[test]
fn everything_is_as_prometheus_wants_it_and_has_no_namespace() {
    let runtime = Builder::new_current_thread().build();
    let runtime = runtime.expect("it needs no thread");
    let metrics = Metrics::builder()
        .registry(&WHOLE)
        .namespace("shop")
        .const_label("region", "eu")
        .app_info(app_info!().environment("test").label("team", "a \"b\"\n"))
        .build_info(build_info!().commit("0123abc"))
        .tokio_runtime("main", runtime.handle())
        .allocator(|| {
            Ok(AllocatorReading::new()
                .allocated_bytes(4096)
                .active_bytes(8192))
        })
        .build();
    let metrics = metrics.expect("the set-up is valid");
    metrics.task_monitor("mail").expect("the name is free");
    let text = metrics.to_text();
    check_metrics(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let app = [
        ("name", "integration-tests"),
        ("version", env!("CARGO_PKG_VERSION")),
        ("environment", "test"),
        ("team", "a \"b\"\n"),
    ];
    assert_eq!(page(metrics).value("app_info", &app), Some(1.0));
    assert!(text.contains("\nrust_build_info{version="), "{text}");
    assert!(text.contains(",commit=\"0123abc\","), "{text}");
    let own = ["allocator_", "app_", "process_", "rust_", "tokio_"];
    let own = |line: &&str| own.iter().any(|start| line.starts_with(start));
    assert!(text.lines().filter(own).count() > 25, "{text}");
    assert!(
        !text.contains("shop_") && !text.contains("region="),
        "{text}"
    );
    let open = metrics.registry().encode(Format::OpenMetrics);
    let families = Reader::start().read(Syntax::OpenMetrics, &open);
    let families = families.unwrap_or_else(|error| panic!("{error}"));
    let kind = |name: &str| {
        let family = families.iter().find(|family| family.name == name);
        family.map(|family| &*family.kind)
    };
    assert_eq!(kind("app"), Some("info"));
    assert_eq!(kind("rust_build"), Some("info"));
    assert_eq!(kind("process_cpu_seconds"), Some("counter"));
    assert_eq!(kind("process_open_fds"), Some("gauge"));
    assert_eq!(kind("tokio_worker_busy_seconds"), Some("counter"));
    assert_eq!(kind("process_heap_bytes"), Some("gauge"));
}

static PLAIN: Registry = Registry::new();
static WITHOUT: Registry = Registry::new();

// Mutation: a second set-up is refused the name of the process.
#[test]
fn only_a_set_up_adds_the_process_and_only_once() {
    static NEVER: Registry = Registry::new();
    assert!(!NEVER.to_text().contains("process_"));
    built(&PLAIN);
    // As in tests, where each one sets up what is set up already.
    let metrics = built(&PLAIN);
    assert!(value(metrics, "process_open_fds", &[]) >= 3.0);
    let without = Metrics::builder()
        .registry(&WITHOUT)
        .process_collector(false)
        .build();
    let without = without.expect("the set-up is valid");
    assert!(!without.to_text().contains("process_"));
}

static INVALID: Registry = Registry::new();

#[test]
fn a_label_of_the_application_that_is_not_valid_is_an_error() {
    let builder = Metrics::builder().registry(&INVALID);
    let error = builder.app_info(app_info!().label("name", "x")).build();
    let error = error.expect_err("the label is given twice");
    assert!(matches!(error, BuildError::AppInfo(_)), "{error:?}");
    let told = format!("{error:?}");
    assert!(
        told.contains("a label of `app_info` isn't valid: "),
        "{told}"
    );
    assert!(told.contains("`name` twice"), "{told}");
}

static SHADOWED: Registry = Registry::new();
static REPORTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Mutations: foreign families go before those of sources; those of the process are
// reported.
#[test]
fn ours_wins_over_a_foreign_one_which_is_told_once_and_not_of_the_process() {
    set_diagnostics_hook(|diagnostic| {
        if let Diagnostic::Shadowed { family } = diagnostic {
            let mut reported = REPORTED.lock().expect("nobody panics");
            reported.push(family.clone());
        }
    })
    .expect("no other test of this program sets it");
    let foreign = prometheus::Registry::new();
    // As the `prometheus` crate's own collector has them, of whole seconds.
    let cpu = IntCounter::new("process_cpu_seconds_total", "CPU.").expect("it is valid");
    let files = IntGauge::new("process_open_fds", "Files.").expect("it is valid");
    files.set(-7);
    let app = IntGauge::new("app_info", "An application.").expect("it is valid");
    foreign.register(Box::new(cpu)).expect("the name is free");
    foreign.register(Box::new(files)).expect("the name is free");
    foreign.register(Box::new(app)).expect("the name is free");
    let builder = Metrics::builder().registry(&SHADOWED).foreign(foreign);
    let metrics = builder.app_info(app_info!()).build();
    let metrics = metrics.expect("the set-up is valid");
    for _ in 0..3 {
        assert!(value(metrics, "process_open_fds", &[]) >= 3.0);
        let ours = page(metrics).sum("app_info", &[("name", "integration-tests")]);
        assert_eq!(ours, Some(1.0));
    }
    let reported = REPORTED.lock().expect("nobody panics");
    assert_eq!(*reported, ["app_info"]);
}

static BRIDGED: Registry = Registry::new();

// Mutation: the bridge gives the process too, which that crate's own collector gives.
#[test]
fn a_registry_of_the_prometheus_crate_gets_all_but_the_process() {
    let metrics = Metrics::builder().registry(&BRIDGED).app_info(app_info!());
    let metrics = metrics.build().expect("the set-up is valid");
    let registry = prometheus::Registry::new();
    let bridge = metrics.registry().collector();
    registry
        .register(Box::new(bridge))
        .expect("it is the only one");
    let families = registry.gather();
    let names: Vec<&str> = families.iter().map(MetricFamily::name).collect();
    assert!(names.contains(&"app_info"), "{names:?}");
    assert!(
        !names.iter().any(|name| name.starts_with("process_")),
        "{names:?}"
    );
    assert!(value(metrics, "process_open_fds", &[]) >= 3.0);
}
