//! The profile of Django: a small application of the shape that
//! `reference/django_app.py` describes is driven through its requests, and its page
//! compared with what django-prometheus served. Its database, its cache and the servers
//! of the other tests are real ones.

mod app;
mod client;
mod exception;
mod family;
mod reference;
mod server;
mod store;
mod value;

use app::Served;
use exception::Exceptions;
use integration_tests::openmetrics::{Reader, Syntax};
use integration_tests::page::Page;
use integration_tests::promtool::check_metrics;
use metrics_runtime::{Metrics, Profile};
use std::env;
use std::process::Command;

/// The pages of an application under the profile, after all requests.
struct Pages {
    /// Asked for by the last request, in OpenMetrics.
    last: String,
    /// The same as text.
    text: String,
}

fn drive() -> Pages {
    let built = Metrics::builder()
        .profile(Profile::DjangoPrometheus)
        .build();
    let metrics = built.expect("the variables are valid");
    let served = Served::start(metrics).expect("a port of loopback is free");
    let requests = reference::requests();
    assert_eq!(requests.len(), 20, "as the reference was recorded");
    let mut last = String::new();
    for request in requests {
        let answer = client::send(served.address, &request);
        let expected = request.expected_status();
        assert_eq!(answer.status, expected, "{request:?}: {}", answer.body);
        last = answer.body;
    }
    // What a response leaves behind is recorded before its body is at its end.
    Pages {
        last,
        text: metrics.to_text(),
    }
}

fn compare(pages: &Pages, namespace: &str, recorded: &str) {
    let reference = reference::page(recorded);
    let ours = Page::parse(&pages.text).expect("our page is valid");
    let mut exceptions = Exceptions::new(namespace);
    let mut compared = 0;
    for name in reference::families(recorded) {
        let found = ours.families().find(|ours| ours.name == name);
        if exceptions.has(name) {
            assert!(found.is_none(), "`{name}` is there: it is no exception");
            continue;
        }
        let found = found.unwrap_or_else(|| panic!("`{name}` is missing"));
        let mut families = reference.families();
        let family = families.find(|family| family.name == name);
        family::assert_alike(found, family.expect("it was recorded"));
        compared += 1;
    }
    exceptions.assert_all_met();
    // Families by name, so that nobody shortens the reference.
    assert_eq!(compared, 40, "families of Django that are ours too");
    let last = Reader::start().read(Syntax::OpenMetrics, pages.last.as_bytes());
    let last = last.expect("the last request is answered in OpenMetrics");
    value::assert_equal(&last, &reference, namespace);
    // Which complains of Django's names of migrations, gauges that end in `_total`.
    let lines = pages.text.split_inclusive('\n');
    let named_well = lines.filter(|line| !line.contains("django_migrations_"));
    check_metrics(&named_well.collect::<String>()).expect("promtool accepts the page");
}

// Mutations: a rule of `profile/django` has another label, or is left out; a bound
// of `builtin/django` is another; `http_layer` ignores the profile; an entry is
// added to the exceptions; `set_driver` does nothing; `is_tracked` is false.
#[test]
fn the_page_is_that_of_django_prometheus() {
    if env::var_os(CHILD).is_some() {
        return;
    }
    in_child("plain", &[]);
}

// Mutation: `projected` doesn't qualify its families.
#[test]
fn a_namespace_goes_before_the_names_as_it_does_there() {
    if env::var_os(CHILD).is_some() {
        return;
    }
    in_child("namespace", &[("METRICS_NAMESPACE", "myapp")]);
    // The name that it has in Django's settings.
    in_child("namespace", &[("PROMETHEUS_METRIC_NAMESPACE", "myapp")]);
}

const CHILD: &str = "DJANGO_CHILD";

/// The registry of annotated functions is the process' own, so each set-up has one.
fn in_child(kind: &str, variables: &[(&str, &str)]) {
    let binary = env::current_exe().expect("the test has a binary");
    let output = Command::new(binary)
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, kind)
        .envs(variables.iter().copied())
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let status = output.status;
    assert!(status.success(), "{status}: {text}\n{errors}");
    let done = format!("compared as {kind}");
    assert!(text.contains(&done), "nothing was compared: {text}");
}

/// What the tests above run in processes of their own.
#[test]
fn child() {
    let Some(kind) = env::var_os(CHILD) else {
        return;
    };
    let kind = kind.into_string().expect("it is text");
    let pages = drive();
    match kind.as_str() {
        "plain" => compare(&pages, "", reference::PLAIN),
        "namespace" => compare(&pages, "myapp_", reference::NAMESPACE),
        other => panic!("`{other}` is no set-up"),
    }
    println!("compared as {kind}");
}
