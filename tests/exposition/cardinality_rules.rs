//! The rules of cardinality: how many series a family may have, and what becomes
//! of the rest.

use integration_tests::page::Page;
use metrics_runtime::{Counter, Family, Registry, metrics};

const OVERFLOW: [(&str, &str); 1] = [("user", "__overflow__")];

fn logins(registry: &Registry) -> Family<Counter, 1> {
    let made = registry.counter_family("logins_total", "Logins.", ["user"]);
    made.expect("it is valid")
}

/// Counts each of these users once.
fn log_in(registry: &Registry, users: impl Iterator<Item = u32>) {
    let logins = logins(registry);
    for user in users {
        logins.with([user.to_string().as_str()]).inc();
    }
}

fn page(registry: &Registry) -> Page {
    Page::parse(registry.to_text()).expect("the page is valid")
}

fn series(page: &Page, name: &str) -> usize {
    page.samples().filter(|sample| sample.name == name).count()
}

static CAPPED: Registry = Registry::new();

#[metrics(registry = CAPPED)]
mod capped {
    /// At most three.
    #[cap(3)]
    pub(super) fn few_total(user: &str) -> Counter;
    /// As many as there is memory for.
    #[cap(18_446_744_073_709_551_615)]
    pub(super) fn many_total(user: &str) -> Counter;
}

// C1. A cap of zero is refused where it is written (`malformed/cap_is_zero.rs`).
// Mutation: the default is one more.
#[test]
fn a_family_has_2000_series_unless_it_says_otherwise() {
    let registry = Registry::new();
    log_in(&registry, 0..2_001);
    assert_eq!(series(&page(&registry), "logins_total"), 2_001);
    assert_eq!(page(&registry).value("logins_total", &OVERFLOW), Some(1.0));
    for user in 0..3_000 {
        let user = user.to_string();
        capped::few_total(&user).inc();
        capped::many_total(&user).inc();
    }
    let page = page(&CAPPED);
    assert_eq!(series(&page, "few_total"), 4);
    assert_eq!(page.value("few_total", &OVERFLOW), Some(2_997.0));
    assert_eq!(series(&page, "many_total"), 3_000);
}

// C2. Mutation: a family is full when its last series is made.
#[test]
fn nothing_overflows_up_to_the_limit() {
    let registry = Registry::new();
    log_in(&registry, 0..2_000);
    let page = page(&registry);
    assert_eq!(series(&page, "logins_total"), 2_000);
    assert_eq!(page.value("logins_total", &OVERFLOW), None);
}

// C3. Mutation: a full family finds no series any more.
#[test]
fn what_was_there_before_goes_on_by_itself() {
    let registry = Registry::new();
    let made = registry.counter_family("logins_total", "Logins.", ["user", "method"]);
    let logins = made.expect("it is valid");
    for user in (0..2_100).chain(0..2_000) {
        logins.with([user.to_string().as_str(), "key"]).inc();
    }
    let page = page(&registry);
    for user in ["0", "1999"] {
        let own = [("user", user), ("method", "key")];
        assert_eq!(page.value("logins_total", &own), Some(2.0));
    }
    let overflow = [("user", "__overflow__"), ("method", "__overflow__")];
    assert_eq!(page.value("logins_total", &overflow), Some(100.0));
}

// C4. Mutation: what overflows is recorded nowhere.
#[test]
fn everything_is_counted_once() {
    let registry = Registry::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| log_in(&registry, 0..2_500));
        }
    });
    assert_eq!(page(&registry).sum("logins_total", &[]), Some(10_000.0));
}

// C5. Mutation: it is counted by tens.
#[test]
fn what_overflows_is_counted() {
    let registry = Registry::new();
    let counted = |registry| {
        let family = [("family", "logins_total")];
        page(registry).value("metrics_series_overflow_total", &family)
    };
    log_in(&registry, 0..2_000);
    assert_eq!(counted(&registry), None);
    log_in(&registry, 2_000..2_007);
    assert_eq!(counted(&registry), Some(7.0));
}
