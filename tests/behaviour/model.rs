//! `#[track_model]`: the model, its rows and its operations.

#![expect(clippy::unused_self, reason = "the type of `self` is what counts")]

use metrics_runtime::{Registry, track_model};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, page, ready,
};

#[track_caller]
fn rows(registry: &Registry, family: &str, model: &str) -> Option<f64> {
    page(registry).value(family, &[("model", model)])
}

#[track_caller]
fn operations(registry: &Registry, model: &str, operation: &str) -> Calls {
    let name = "model_operation_duration_seconds_count";
    by_outcome(
        registry,
        name,
        &[("model", model), ("operation", operation)],
    )
}

mod block {
    use super::{End, Failure, Registry, track_model};

    pub(super) static REGISTRY: Registry = Registry::new();

    pub(super) struct UserRepository;

    #[track_model(registry = REGISTRY)]
    impl UserRepository {
        #[track_model(insert)]
        pub(super) fn insert(&self, end: End) -> Result<u32, Failure> {
            end.reach()
        }

        #[track_model(update, rows = |rows| *rows)]
        pub(super) async fn update(&self, end: End) -> Result<u32, Failure> {
            end.wait().await;
            end.reach()
        }

        #[track_model(delete, rows = |rows: &u32| *rows)]
        pub(super) fn delete(end: End) -> Option<u32> {
            end.reach().ok()
        }

        #[track_model(read, rows = Vec::len)]
        pub(super) fn read(&self, end: End) -> Vec<u32> {
            end.reach()
                .map_or_else(|_| Vec::new(), |value| vec![value; 3])
        }

        pub(super) fn untracked(&self) -> u32 {
            1
        }
    }
}

#[test]
fn a_block_gives_its_methods_their_model() {
    use block::{REGISTRY, UserRepository};

    assert_eq!(rows(&REGISTRY, "model_inserts_total", "User"), Some(0.0));
    assert_eq!(UserRepository.insert(End::Return), Ok(VALUE));
    assert_eq!(UserRepository.insert(End::Fail), Err(Failure));
    assert_panics(|| UserRepository.insert(End::Panic));
    assert_eq!(UserRepository.untracked(), 1);
    assert_eq!(rows(&REGISTRY, "model_inserts_total", "User"), Some(1.0));
    assert_eq!(operations(&REGISTRY, "User", "insert"), Calls::EACH);
}

#[test]
fn rows_are_counted_after_success_only() {
    use block::{REGISTRY, UserRepository};

    drop(UserRepository.update(End::Return));
    assert_eq!(ready(UserRepository.update(End::Return)), Ok(VALUE));
    assert_eq!(ready(UserRepository.update(End::Fail)), Err(Failure));
    assert_panics(|| ready(UserRepository.update(End::Panic)));
    cancel(UserRepository.update(End::Wait));
    assert_eq!(rows(&REGISTRY, "model_updates_total", "User"), Some(7.0));
    assert_eq!(operations(&REGISTRY, "User", "update"), Calls::EACH_ASYNC);
}

#[test]
fn rows_come_from_some_and_from_plain_values_too() {
    use block::{REGISTRY, UserRepository};

    assert_eq!(UserRepository::delete(End::Return), Some(VALUE));
    assert_eq!(UserRepository::delete(End::Fail), None);
    assert_eq!(rows(&REGISTRY, "model_deletes_total", "User"), Some(7.0));
    assert_eq!(UserRepository.read(End::Return).len(), 3);
    assert_eq!(UserRepository.read(End::Fail).len(), 0);
    assert_eq!(rows(&REGISTRY, "model_reads_total", "User"), Some(3.0));
    let twice = Calls {
        ok: 2.0,
        ..Calls::NONE
    };
    assert_eq!(operations(&REGISTRY, "User", "read"), twice);
}

mod alone {
    use super::{End, Failure, Registry, track_model};

    pub(super) static REGISTRY: Registry = Registry::new();

    pub(super) struct OrderRepo;
    pub(super) struct InvoiceStore<T>(pub(super) T);

    pub(super) trait Inserting {
        #[track_model(insert, registry = REGISTRY)]
        fn insert(&self, end: End) -> Result<u32, Failure> {
            end.reach()
        }
    }

    impl Inserting for OrderRepo {}
    impl<T> Inserting for InvoiceStore<T> {}

    impl<T> InvoiceStore<T> {
        #[track_model(read, registry = REGISTRY)]
        pub(super) async fn read(&self, end: End) -> Result<&T, Failure> {
            end.wait().await;
            end.reach().map(|_| &self.0)
        }
    }

    #[track_model(delete, model = "Session", registry = REGISTRY)]
    pub(super) fn purge(end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

// Fails when `ModelCell` doesn't compare what it has cached.
#[test]
fn a_default_method_finds_the_model_of_each_self() {
    use alone::{Inserting as _, InvoiceStore, OrderRepo, REGISTRY};

    for end in [End::Return, End::Return, End::Fail] {
        let _ = OrderRepo.insert(end);
    }
    assert_eq!(InvoiceStore("a").insert(End::Return), Ok(VALUE));
    assert_panics(|| InvoiceStore(1).insert(End::Panic));
    assert_eq!(rows(&REGISTRY, "model_inserts_total", "Order"), Some(2.0));
    assert_eq!(rows(&REGISTRY, "model_inserts_total", "Invoice"), Some(1.0));
    let orders = Calls {
        ok: 2.0,
        error: 1.0,
        ..Calls::NONE
    };
    assert_eq!(operations(&REGISTRY, "Order", "insert"), orders);
    let invoices = Calls {
        panic: 1.0,
        ..Calls::OK
    };
    assert_eq!(operations(&REGISTRY, "Invoice", "insert"), invoices);
}

#[test]
fn a_lone_async_method_finds_its_model() {
    use alone::{InvoiceStore, REGISTRY};

    let store = InvoiceStore("a");
    drop(store.read(End::Return));
    assert_eq!(rows(&REGISTRY, "model_reads_total", "Invoice"), None);
    assert_eq!(ready(store.read(End::Return)), Ok(&"a"));
    assert_eq!(ready(InvoiceStore(1).read(End::Fail)), Err(Failure));
    assert_panics(|| ready(store.read(End::Panic)));
    cancel(store.read(End::Wait));
    assert_eq!(rows(&REGISTRY, "model_reads_total", "Invoice"), Some(1.0));
    assert_eq!(operations(&REGISTRY, "Invoice", "read"), Calls::EACH_ASYNC);
}

#[test]
fn a_function_without_self_is_given_its_model() {
    use alone::{REGISTRY, purge};

    assert_eq!(purge(End::Return), Ok(VALUE));
    assert_eq!(purge(End::Fail), Err(Failure));
    assert_eq!(rows(&REGISTRY, "model_deletes_total", "Session"), Some(1.0));
}

mod prefixed {
    use super::{End, Failure, Registry, track_model};

    pub(super) static REGISTRY: Registry = Registry::new();

    pub(super) struct Cart;

    #[track_model(
        model = "Basket",
        prefix = "blog",
        labels(tenant = tenant),
        buckets = [0.5, 60.0],
        registry = REGISTRY
    )]
    impl Cart {
        #[track_model(insert)]
        pub(super) fn insert(&self, tenant: &str, end: End) -> Result<u32, Failure> {
            let _ = tenant;
            end.reach()
        }
    }
}

#[test]
fn a_block_gives_prefix_labels_and_buckets() {
    use prefixed::{Cart, REGISTRY};

    assert_eq!(Cart.insert("a", End::Return), Ok(VALUE));
    assert_eq!(Cart.insert("b", End::Fail), Err(Failure));
    let page = page(&REGISTRY);
    let value = |name: &str, labels: &[(&str, &str)]| page.value(name, labels);
    let of = |tenant| [("model", "Basket"), ("tenant", tenant)];
    assert_eq!(value("blog_model_inserts_total", &of("a")), Some(1.0));
    assert_eq!(value("blog_model_inserts_total", &of("b")), Some(0.0));
    assert_eq!(page.sum("model_inserts_total", &[]), None);
    let family = "blog_model_operation_duration_seconds";
    let buckets = page
        .samples()
        .filter(|sample| sample.name == format!("{family}_bucket"));
    let bounds: Vec<_> = buckets
        .filter(|sample| sample.labels["tenant"] == "a")
        .map(|sample| sample.labels["le"].as_str())
        .collect();
    assert_eq!(bounds, ["0.5", "60", "+Inf"]);
}

static PANICKING: Registry = Registry::new();

#[track_model(insert, model = "Row", rows = |_: &u32| -> u32 { std::panic::panic_any("rows") }, registry = PANICKING)]
fn with_panicking_rows() -> u32 {
    VALUE
}

#[test]
fn a_panic_in_rows_is_the_calls() {
    let (payload, _) = caught(with_panicking_rows);
    assert_eq!(payload.downcast_ref(), Some(&"rows"));
    let calls = Calls {
        panic: 1.0,
        ..Calls::NONE
    };
    assert_eq!(operations(&PANICKING, "Row", "insert"), calls);
    assert_eq!(rows(&PANICKING, "model_inserts_total", "Row"), Some(0.0));
}
