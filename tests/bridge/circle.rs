//! Our own bridge among what we gather.

use crate::{Made, page, page_of_prometheus, register, registry_with};
use metrics_runtime::{Diagnostic, Metrics, Registry, counted, global, set_diagnostics_hook};
use prometheus::{IntCounter, IntGauge};
use std::sync::{Mutex, Once, PoisonError};

static SHADOWED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Foreign families that were told to be left out, from now on at the latest.
fn shadowed() -> Vec<String> {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let hook = |diagnostic: &Diagnostic| {
            if let Diagnostic::Shadowed { family } = diagnostic {
                let mut shadowed = SHADOWED.lock().unwrap_or_else(PoisonError::into_inner);
                shadowed.push(family.clone());
            }
        };
        set_diagnostics_hook(hook).expect("nobody else sets it");
    });
    SHADOWED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

#[counted(name = "circle_orders_total", help = "Ours.")]
fn order() {}

// Mutation: `Bridge::collect` doesn't ask who gathers.
#[test]
fn our_bridge_in_the_default_registry_is_for_others_only() {
    let _ = shadowed();
    let default = prometheus::default_registry();
    register(default, global().collector());
    let theirs = IntCounter::new("circle_mails_total", "Theirs.").expect("it is valid");
    theirs.inc_by(2);
    register(default, theirs);
    order();
    for _ in 0..2 {
        let page = page(global());
        assert_eq!(page.sum("circle_orders_total", &[]), Some(1.0));
        assert_eq!(page.value("circle_mails_total", &[]), Some(2.0));
        let gathered = page_of_prometheus(&prometheus::gather());
        assert_eq!(gathered.sum("circle_orders_total", &[]), Some(1.0));
        assert_eq!(gathered.value("circle_mails_total", &[]), Some(2.0));
    }
    let told = shadowed();
    assert!(
        !told.contains(&"circle_orders_total".to_owned()),
        "{told:?}"
    );
}

static HANDED: Registry = Registry::new();

#[counted(registry = HANDED, name = "handed_total", help = "Ours.")]
fn handed() {}

// Mutation: ours don't go before foreign ones in `page`.
#[test]
fn ours_win_over_a_foreign_family_beside_our_bridge() {
    let _ = shadowed();
    let foreign = registry_with(HANDED.collector());
    let theirs = IntGauge::new("handed_total", "Theirs.").expect("it is valid");
    theirs.set(100);
    register(&foreign, theirs);
    let metrics = Metrics::builder()
        .registry(&HANDED)
        .foreign(foreign)
        .build();
    handed();
    let page = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(page.value("handed_total", &[("outcome", "ok")]), Some(1.0));
    assert_eq!(page.sum("handed_total", &[]), Some(1.0));
    assert!(shadowed().contains(&"handed_total".to_owned()));
}

static INNER: Registry = Registry::new();
static OUTER: Registry = Registry::new();

#[counted(registry = INNER, name = "inner_total", help = "Inner.")]
fn inner() {}

// Mutation: a bridge gives nothing while any registry of ours gathers.
#[test]
fn the_bridge_of_another_registry_is_part_of_our_page() {
    let foreign = registry_with(INNER.collector());
    let metrics = Metrics::builder().registry(&OUTER).foreign(foreign).build();
    inner();
    let page = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(page.value("inner_total", &[("outcome", "ok")]), Some(1.0));
}

static ASKED: Registry = Registry::new();

#[counted(registry = ASKED, name = "asked_total", help = "Ours.")]
fn asked() {}

// Mutation: `Gathering::start` never refuses, which overflows the stack.
#[test]
fn a_collector_that_asks_for_our_page_gets_what_is_ours() {
    let foreign = prometheus::Registry::new();
    let inside = IntGauge::new("asked_inside", "Ours inside of it.").expect("it is valid");
    register(
        &foreign,
        Made::new("asking", move || {
            let nested = page(&ASKED);
            assert_eq!(nested.sum("asked_inside", &[]), None);
            inside.set(i64::from(nested.sum("asked_total", &[]) == Some(1.0)));
            prometheus::core::Collector::collect(&inside)
        }),
    );
    let metrics = Metrics::builder().registry(&ASKED).foreign(foreign).build();
    asked();
    let page = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(page.value("asked_inside", &[]), Some(1.0));
    assert_eq!(page.sum("asked_total", &[]), Some(1.0));
}

static AWAY: Registry = Registry::new();

#[counted(registry = AWAY, name = "away_total", help = "Ours.")]
fn away() {}

/// What such a collector brings of ours is left out as a foreign family is.
#[test]
fn a_collector_that_gathers_our_bridge_on_another_thread_brings_nothing_twice() {
    let _ = shadowed();
    let bridged = registry_with(AWAY.collector());
    let foreign = registry_with(Made::new("gathering", move || {
        let bridged = bridged.clone();
        let gathered = std::thread::spawn(move || bridged.gather());
        gathered.join().expect("it doesn't panic")
    }));
    let metrics = Metrics::builder().registry(&AWAY).foreign(foreign).build();
    away();
    let page = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(page.sum("away_total", &[]), Some(1.0));
}

static PANICS: Registry = Registry::new();

#[counted(registry = PANICS, name = "panics_total", help = "Ours.")]
fn panics() {}

// Mutation: the mark of who gathers stays when a collector panics.
#[test]
fn a_collector_that_panics_hides_our_bridge_from_nobody() {
    let _ = shadowed();
    let foreign = registry_with(Made::new("panicking", || {
        // Without the hook's message among the results of the tests.
        std::panic::resume_unwind(Box::new("on purpose"))
    }));
    let metrics = Metrics::builder()
        .registry(&PANICS)
        .foreign(foreign)
        .build();
    panics();
    let ours = page(metrics.expect("the set-up is valid").registry());
    assert_eq!(ours.sum("panics_total", &[]), Some(1.0));
    let gathered = registry_with(PANICS.collector()).gather();
    let theirs = page_of_prometheus(&gathered);
    assert_eq!(theirs.sum("panics_total", &[]), Some(1.0));
}
