//! More call sites with constant labels than a family may have open series.

use metrics_runtime::{Registry, counted};

use crate::driver::page;

static REGISTRY: Registry = Registry::new();

/// Expands `$macro` with thirteen names.
macro_rules! thirteen {
    ($macro:ident) => {
        $macro! { a b c d e f g h i j k l m }
    };
}

macro_rules! functions {
    ($($name:ident)*) => {
        $(
            #[metrics_runtime::counted(
                name = "sites_total",
                help = "Sites.",
                labels(module, function),
                registry = crate::constant_sites::REGISTRY
            )]
            fn $name() {}
        )*

        pub(super) fn call_each() {
            $($name();)*
        }
    };
}

macro_rules! inner_modules {
    ($($name:ident)*) => {
        $(mod $name {
            thirteen! { functions }
        })*

        pub(super) fn call_each() {
            $($name::call_each();)*
        }
    };
}

macro_rules! modules {
    ($($name:ident)*) => {
        $(mod $name {
            thirteen! { inner_modules }
        })*

        fn call_each() {
            $($name::call_each();)*
        }
    };
}

/// 2,197 of them.
const SITES: usize = 13 * 13 * 13;

thirteen! { modules }

/// Stands in the family of the others.
#[counted(
    name = "sites_total",
    help = "Sites.",
    labels(module = id, function = ""),
    registry = REGISTRY
)]
fn open(id: usize) {}

/// Each site must have its own series with this value, and nothing overflows.
#[track_caller]
fn check(value: f64) {
    let page = page(&REGISTRY);
    let series: Vec<_> = page
        .samples()
        .filter(|sample| sample.name == "sites_total")
        .collect();
    assert_eq!(series.len(), SITES);
    for sample in series {
        assert!(
            !sample.labels.values().any(|label| label == "__overflow__"),
            "{sample:?}"
        );
        assert_eq!(Some(sample.value), Some(value), "{sample:?}");
    }
    assert_eq!(page.sum("metrics_series_overflow_total", &[]), None);
}

// Mutation: `FamilyCore::row` stops `Origin::Constant` at the cap.
// Mutation: it doesn't, but counts it towards the cap.
#[test]
fn every_constant_site_has_its_own_series_and_open_labels_have_two_thousand_besides() {
    const OPEN: usize = 2_000;
    const BEYOND: usize = 10;

    check(0.0);
    call_each();
    check(1.0);

    for id in 0..OPEN + BEYOND {
        open(id);
    }
    let page = page(&REGISTRY);
    let series = page.samples().filter(|sample| sample.name == "sites_total");
    assert_eq!(series.count(), SITES + OPEN + 1);
    let last = (OPEN - 1).to_string();
    let labels = [
        ("module", last.as_str()),
        ("function", ""),
        ("outcome", "ok"),
    ];
    assert_eq!(page.value("sites_total", &labels), Some(1.0));
    let beyond = page.sum("sites_total", &[("outcome", "__overflow__")]);
    assert_eq!(beyond, Some(10.0));
    let family = [("family", "sites_total")];
    let counted = page.value("metrics_series_overflow_total", &family);
    assert_eq!(counted, Some(10.0));
}
