//! `#[metrics] mod`.

use integration_tests::page::{Kind, Page};
use metrics_runtime::{Counter, LabelValue, Metrics, Registry, counted, metrics};

static REGISTRY: Registry = Registry::new();

fn page() -> Page {
    Page::parse(REGISTRY.to_text()).expect("the page is valid")
}

#[derive(LabelValue, Clone, Copy)]
pub(crate) enum Status {
    Success,
    Failed,
}

#[derive(LabelValue, Clone, Copy)]
pub(crate) enum Wide {
    A,
    B,
    C,
    D,
    E,
}

/// Only documentation; the name is no part of the metrics' names.
#[metrics(registry = REGISTRY)]
mod business {
    /// Payments by status
    /// and whether they were in advance.
    ///
    /// What follows the first paragraph is for readers of the code.
    pub(crate) fn payments_total(status: Status, advance: bool) -> Counter;

    /// Orders.
    pub(crate) fn orders_total() -> Counter;

    /// Open connections by type.
    pub(crate) fn connections(r#type: Status) -> Gauge;

    /// Order value in dollars.
    #[buckets(10.0, 50, 100.0)]
    pub(crate) fn order_value_dollars(status: Status) -> Histogram;

    /// Wide.
    pub(crate) fn wide_total(a: Wide, b: Wide, c: Wide) -> Counter;

    /// Logins by user and port.
    #[cap(3)]
    pub(crate) fn logins_total(user: &str, port: u16, status: Status) -> Counter;

    /// Closed, but only what is used takes memory.
    #[cap(10)]
    pub(crate) fn sparse_total(a: Wide, b: Wide) -> Counter;

    /// A function with a body is left alone.
    pub(crate) fn order(value: f64) -> f64 {
        orders_total().inc();
        order_value_dollars(Status::Success).observe(value);
        value
    }
}

#[test]
fn closed_labels_select_their_own_series() {
    business::payments_total(Status::Success, false).inc();
    business::payments_total(Status::Failed, true).inc_by(5);
    let page = page();
    let read = |status, advance| {
        page.value(
            "payments_total",
            &[("status", status), ("advance", advance)],
        )
    };
    assert_eq!(read("success", "false"), Some(1.0));
    assert_eq!(read("success", "true"), Some(0.0));
    assert_eq!(read("failed", "false"), Some(0.0));
    assert_eq!(read("failed", "true"), Some(5.0));
}

#[test]
fn every_pair_of_wide_labels_has_its_own_series() {
    let all = [Wide::A, Wide::B, Wide::C, Wide::D, Wide::E];
    for (weight, (a, b)) in (1..).zip(all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)))) {
        business::sparse_total(a, b).inc_by(weight);
        business::wide_total(a, b, Wide::C).inc_by(weight);
    }
    let page = page();
    let text = ["a", "b", "c", "d", "e"];
    for (weight, (a, b)) in (1..).zip(text.iter().flat_map(|a| text.iter().map(move |b| (a, b)))) {
        let labels = [("a", *a), ("b", *b), ("c", "c")];
        let expected = Some(f64::from(weight));
        assert_eq!(page.value("wide_total", &labels), expected, "{labels:?}");
    }
    // Touched ones only: 125 are more than are shown at zero.
    let wide = page.samples().filter(|sample| sample.name == "wide_total");
    assert_eq!(wide.count(), 25);
    // Ten series, and the one that everything else goes to.
    let sparse = page
        .samples()
        .filter(|sample| sample.name == "sparse_total");
    assert_eq!(sparse.count(), 11);
    assert_eq!(
        page.sum("sparse_total", &[]),
        Some(f64::from((1..=25).sum::<i32>()))
    );
}

#[test]
fn documentation_is_the_help_and_the_return_type_the_kind() {
    let page = page();
    let family = |name: &str| page.families().find(|family| family.name == name);
    let payments = family("payments_total").expect("the family is served at zero");
    let help = "Payments by status and whether they were in advance.";
    assert_eq!(payments.help.as_deref(), Some(help));
    assert_eq!(payments.kind, Kind::Counter);
    assert_eq!(
        family("connections").map(|family| family.kind),
        Some(Kind::Gauge)
    );
    let value = family("order_value_dollars").map(|family| family.kind);
    assert_eq!(value, Some(Kind::Histogram));
}

#[test]
fn gauges_and_histograms_are_handed_out_too() {
    business::connections(Status::Failed).set(3.0);
    business::connections(Status::Failed).dec();
    assert!((business::order(60.0) - 60.0).abs() < f64::EPSILON);
    let page = page();
    assert_eq!(page.value("connections", &[("type", "failed")]), Some(2.0));
    assert_eq!(page.value("connections", &[("type", "success")]), Some(0.0));
    let success = ("status", "success");
    let bucket = |le| page.value("order_value_dollars_bucket", &[success, ("le", le)]);
    assert_eq!(
        (bucket("50"), bucket("100"), bucket("+Inf")),
        (Some(0.0), Some(1.0), Some(1.0))
    );
    assert_eq!(page.value("orders_total", &[]), Some(1.0));
}

#[test]
fn open_labels_past_the_cap_share_one_series() {
    for port in 1..=10 {
        business::logins_total("ada", port, Status::Success).inc();
    }
    let page = page();
    let series = page
        .samples()
        .filter(|sample| sample.name == "logins_total");
    assert_eq!(series.count(), 4);
    assert_eq!(page.sum("logins_total", &[]), Some(10.0));
    let overflow = ["user", "port", "status"].map(|label| (label, "__overflow__"));
    assert_eq!(page.value("logins_total", &overflow), Some(7.0));
}

static MIXED: Registry = Registry::new();

#[metrics(registry = MIXED)]
mod first {
    /// Jobs.
    pub(crate) fn jobs_total(status: Status) -> Counter;
}

#[metrics(registry = MIXED)]
mod second {
    /// Jobs.
    pub(crate) fn jobs_total(status: &str) -> Counter;
}

#[test]
fn closed_and_open_declarations_of_one_family_meet() {
    first::jobs_total(Status::Success).inc();
    second::jobs_total("success").inc();
    second::jobs_total("unheard").inc();
    let page = Page::parse(MIXED.to_text()).expect("the page is valid");
    assert_eq!(
        page.value("jobs_total", &[("status", "success")]),
        Some(2.0)
    );
    assert_eq!(
        page.value("jobs_total", &[("status", "unheard")]),
        Some(1.0)
    );
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(0.0));
}

static DISPUTED: Registry = Registry::new();

#[counted(registry = DISPUTED, name = "mails_total", help = "Mails.")]
fn send() {}

#[metrics(registry = DISPUTED)]
mod disputed {
    /// Mails.
    pub(crate) fn mails_total(status: Status) -> Counter;
}

#[test]
fn a_declaration_that_disagrees_hands_out_series_that_no_page_shows() {
    let refused: Counter = disputed::mails_total(Status::Success);
    refused.inc();
    send();
    let page = Page::parse(DISPUTED.to_text()).expect("the page is valid");
    assert_eq!(page.value("metrics_conflicts_total", &[]), Some(1.0));
    let built = Metrics::builder().registry(&DISPUTED).build();
    let message = built.expect_err("the declarations disagree").to_string();
    assert!(message.contains("mails_total"), "{message}");
    assert_eq!(message.matches("module.rs:").count(), 2, "{message}");
    // The function stands first and is in force.
    assert_eq!(page.value("mails_total", &[("outcome", "ok")]), Some(1.0));
    assert_eq!(
        page.samples().filter(|s| s.name == "mails_total").count(),
        1
    );
    assert_eq!(refused.get(), 1);
}
