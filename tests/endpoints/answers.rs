//! What the answers say.

use crate::service::Service;
use integration_tests::deadline::poll;
use integration_tests::page::Page;
use metrics_runtime::{Collector, Endpoints, Families, Profile};
use std::collections::BTreeSet;
use std::error::Error;
use std::thread;
use std::time::Duration;

const GENEROUS: Duration = Duration::from_secs(30);

/// Never comes back.
struct Hung;

impl Collector for Hung {
    fn name(&self) -> &'static str {
        "hung"
    }

    fn collect(&self, _: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        loop {
            thread::park();
        }
    }
}

// Mutation: requests are sampled under other names.
#[test]
fn analytics_tell_of_the_requests_that_came() {
    let service = Service::start(Endpoints::all());
    for id in 0..20 {
        service.get(&format!("/users/{id}"));
    }
    let told = poll(GENEROUS, || {
        let told = service.json("/metrics/analytics");
        // A request is recorded when its answer has been sent.
        let endpoints = &told["windows"][0]["endpoints"];
        (endpoints[0]["count"].as_f64() == Some(20.0)).then_some(told)
    });
    let told = told.expect("all are counted");
    for window in 0..3 {
        let endpoint = &told["windows"][window]["endpoints"][0];
        assert_eq!(endpoint["endpoint"], "/users/{id}");
        assert_eq!(endpoint["method"], "GET");
        assert_eq!(endpoint["error_share"], 0.0);
        assert!(endpoint["p95_seconds"].as_f64() > Some(0.0), "{endpoint}");
        assert!(endpoint["per_second"].as_f64() > Some(0.0), "{endpoint}");
    }
}

// Mutation: Django's families aren't sampled.
#[test]
fn analytics_tell_of_views_under_djangos_profile() {
    let service = Service::start_with(Endpoints::all(), |builder| {
        builder.profile(Profile::DjangoPrometheus)
    });
    for id in 0..20 {
        service.get(&format!("/users/{id}"));
    }
    let told = poll(GENEROUS, || {
        let told = service.json("/metrics/analytics");
        let endpoint = &told["windows"][0]["endpoints"][0];
        (endpoint["count"].as_f64() == Some(20.0)).then(|| endpoint.clone())
    });
    let told = told.expect("all are counted");
    assert_eq!(told["endpoint"], "/users/{id}");
    assert_eq!(told["method"], "GET");
    assert_eq!(told["error_share"], 0.0);
    assert!(told["p95_seconds"].as_f64() > Some(0.0), "{told}");
    let page = service.get("/metrics").text();
    assert!(!page.contains("shop_http_requests_total"), "{page}");
}

#[test]
fn the_api_has_the_families_of_the_page() {
    let service = Service::start(Endpoints::all());
    service.get("/users/1");
    service.get("/metrics");
    let api = service.json("/metrics/api");
    let families = api["families"].as_array().expect("it is a list");
    let names = families.iter().filter_map(|family| family["name"].as_str());
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    let text = service.get("/metrics").text();
    let page = Page::parse(&text).expect("the page is valid");
    let on_page: BTreeSet<String> = page.families().map(|family| family.name.clone()).collect();
    assert_eq!(names, on_page);
    assert!(names.contains("shop_http_requests_total"), "{names:?}");
}

// Mutation: `take` is given no deadline.
#[test]
fn a_collector_that_hangs_is_named_and_nothing_else_is_missing() {
    let service = Service::start(Endpoints::all());
    let registry = service.metrics.registry();
    registry.add_collector(Hung).expect("the name is free");
    let depth = registry.gauge("depth", "Depth.").expect("the name is free");
    depth.set(2.0);
    let api = service.json("/metrics/api?name=shop_depth");
    assert_eq!(api["missing_collectors"][0], "hung");
    assert_eq!(api["families"][0]["series"][0]["value"], 2);
    // No collector is asked for these.
    service.json("/metrics/status");
    service.json("/metrics/analytics");
}
