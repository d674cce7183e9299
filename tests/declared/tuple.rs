//! Tuples of labels.

use crate::module::{Status, Wide};
use integration_tests::page::Page;
use metrics_runtime::{Registry, metrics};

static REGISTRY: Registry = Registry::new();

#[metrics(registry = REGISTRY)]
mod tuples {
    /// Payments.
    pub(crate) fn payments_total((status, advance): (Status, bool)) -> Counter;

    /// Stock, by what is nested and by what stands beside it.
    pub(crate) fn stock(shelf: Wide, ((a, r#type), (b,)): ((bool, Status), (bool,))) -> Gauge;

    /// Logins.
    #[cap(10)]
    pub(crate) fn logins_total((user, status): (&str, Status), port: u16) -> Counter;
}

fn page() -> Page {
    Page::parse(REGISTRY.to_text()).expect("the page is valid")
}

// Mutation: labels of a tuple are put in another order than they are named in.
#[test]
fn each_value_of_a_tuple_is_a_label_with_an_index_of_its_own() {
    let both = [
        (Status::Success, false),
        (Status::Success, true),
        (Status::Failed, false),
        (Status::Failed, true),
    ];
    for (weight, pair) in (1..).zip(both) {
        tuples::payments_total(pair).inc_by(weight);
    }
    let page = page();
    let text = [
        ("success", "false"),
        ("success", "true"),
        ("failed", "false"),
        ("failed", "true"),
    ];
    for (weight, (status, advance)) in (1..).zip(text) {
        let labels = [("status", status), ("advance", advance)];
        let expected = Some(f64::from(weight));
        assert_eq!(page.value("payments_total", &labels), expected);
    }
    let in_order = r#"payments_total{status="success",advance="true"} 2"#;
    assert!(REGISTRY.to_text().contains(in_order));
}

#[test]
fn tuples_nest_and_stand_beside_other_labels() {
    tuples::stock(Wide::C, ((true, Status::Failed), (false,))).set(5.0);
    let page = page();
    let labels = [
        ("shelf", "c"),
        ("a", "true"),
        ("type", "failed"),
        ("b", "false"),
    ];
    assert_eq!(page.value("stock", &labels), Some(5.0));
    // Closed as they are, all are there from the start.
    let stock = page.samples().filter(|sample| sample.name == "stock");
    assert_eq!(stock.count(), 40);
}

#[test]
fn open_labels_of_a_tuple_are_found_by_their_text() {
    tuples::logins_total(("ada", Status::Success), 80).inc();
    tuples::logins_total(("bob", Status::Success), 80).inc_by(2);
    let page = page();
    let of = |user| {
        let labels = [("user", user), ("status", "success"), ("port", "80")];
        page.value("logins_total", &labels)
    };
    assert_eq!((of("ada"), of("bob")), (Some(1.0), Some(2.0)));
}
