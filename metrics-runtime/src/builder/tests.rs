//! Set-ups in memory; those of whole programs are in `tests/behaviour`.

use super::{BuildError, Metrics};
use crate::collect::{Collector, CollectorError, Families};
use crate::profile::Profile;
use crate::registry::Registry;
use std::error::Error;
use std::time::Duration;

struct Named(&'static str);

impl Collector for Named {
    fn name(&self) -> &str {
        self.0
    }

    fn collect(&self, families: &mut Families) -> Result<(), Box<dyn Error + Send + Sync>> {
        families.gauge(self.0, "Given.", &[], 1.0);
        Ok(())
    }
}

// Mutation: `build` adds no collectors, or sets no deadline.
#[test]
fn collectors_are_on_the_page_with_the_deadline_of_the_set_up() {
    let registry: &'static Registry = Box::leak(Box::default());
    let deadline = Duration::from_secs(7);
    let metrics = Metrics::builder()
        .registry(registry)
        .namespace("shop")
        .collector(Named("one"))
        .collector(Named("other"))
        .collector_deadline(deadline)
        .build()
        .expect("the set-up is valid");
    let page = metrics.to_text();
    for line in [
        "one 1",
        "other 1",
        "metrics_collector_success{collector=\"one\"} 1",
        "metrics_collector_success{collector=\"other\"} 1",
    ] {
        assert!(page.lines().any(|given| given == line), "{line}\n{page}");
    }
    assert_eq!(registry.collector_deadline(), deadline);
    let before = Registry::new().collector_deadline();
    assert_eq!(before, Duration::from_millis(500));
}

// Mutation: `check_const_labels` doesn't ask the families of HTTP, of which there are
// none yet.
#[cfg(feature = "http")]
#[test]
fn labels_of_http_are_no_constant_labels() {
    for label in [
        "method",
        "endpoint",
        "status",
        "status_class",
        "kind",
        "phase",
        "reason",
    ] {
        let registry: &'static Registry = Box::leak(Box::default());
        let builder = Metrics::builder().registry(registry);
        let refused = builder.const_label(label, "x").build().err();
        let taken = matches!(refused, Some(BuildError::LabelTaken { .. }));
        assert!(taken, "{label}: {refused:?}");
    }
}

// Mutation: `build` adds those before the one that it refuses.
#[test]
fn a_collector_that_is_refused_leaves_nothing_behind() {
    let registry: &'static Registry = Box::leak(Box::default());
    let build = |first, second| {
        let builder = Metrics::builder().registry(registry).namespace("shop");
        let builder = builder.collector(Named(first)).collector(Named(second));
        builder.build().err()
    };
    let taken = |name: &str| {
        let name = name.to_owned();
        Some(BuildError::Collector(CollectorError::Taken { name }))
    };
    assert_eq!(build("one", "one"), taken("one"));
    let refused = build("one", "a\nb");
    let named = |error| matches!(error, BuildError::Collector(CollectorError::Name { .. }));
    assert!(refused.is_some_and(named));
    assert_eq!(build("one", "other"), None);
    assert_eq!(build("new", "other"), taken("other"));
    let page = registry.to_text();
    assert!(page.contains("\none 1\n") && !page.contains("\nnew 1\n"));
}

// Mutations: `has_label` doesn't look at Django's families of HTTP; `build` doesn't
// look at the rate.
#[test]
fn labels_and_samples_that_django_has_not_are_refused_under_its_profile() {
    let registry: &'static Registry = Box::leak(Box::default());
    let builder = || {
        let builder = Metrics::builder().registry(registry);
        builder.profile(Profile::DjangoPrometheus)
    };
    for (label, family) in [
        (
            "view",
            "django_http_requests_latency_seconds_by_view_method",
        ),
        ("transport", "django_http_requests_total_by_transport_total"),
        ("charset", "django_http_responses_total_by_charset_total"),
        (
            "method",
            "django_http_requests_latency_seconds_by_view_method",
        ),
        ("status", "django_http_responses_total_by_status_total"),
        ("type", "django_http_exceptions_total_by_type_total"),
        (
            "templatename",
            "django_http_responses_total_by_templatename_total",
        ),
        ("alias", "django_db_new_connections_total"),
        ("vendor", "django_db_new_connections_total"),
        ("backend", "django_cache_get_total"),
    ] {
        let taken = BuildError::LabelTaken {
            label: label.to_owned(),
            family: family.to_owned(),
        };
        assert_eq!(builder().const_label(label, "x").build().err(), Some(taken));
    }
    let sampled = builder().sample_rate(0.5).build();
    let sampled = sampled.expect_err("Django times each request");
    assert_eq!(
        sampled.to_string(),
        "the sample rate is 0.5, but django-prometheus times each request; leave `sample_rate` \
         and METRICS_SAMPLE_RATE out, or take `Profile::Toolkit`"
    );
    let built = builder().sample_rate(1.0).const_label("region", "eu");
    assert!(
        built.build().is_ok(),
        "what was refused left nothing behind"
    );
    let registry: &'static Registry = Box::leak(Box::default());
    let toolkit = Metrics::builder().registry(registry);
    let toolkit = toolkit.const_label("view", "x").const_label("charset", "x");
    assert!(toolkit.sample_rate(0.5).build().is_ok());
}
