//! Attributes on traits, whose methods with a body are measured.

use std::fmt::Debug;

use async_trait::async_trait;
use metrics_runtime::{Registry, counted, timed, track_model};

use crate::driver::{
    Calls, End, Failure, VALUE, by_outcome, check, check_async, counted, page, timed,
};

static REGISTRY: Registry = Registry::new();

/// Holds what it is given.
///
/// # Safety
///
/// It asks for nothing, and only says `unsafe`.
#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
#[expect(unsafe_code, reason = "the word is part of the shape")]
pub(crate) unsafe trait Store<'a, K: Debug = u8>: Send + Into<u32>
where
    K: Clone + 'a,
{
    type Key: Iterator<Item = u8>;
    type Other;

    const LIMIT: u32 = { 40 + 2 };

    fn get(&self, _: K, end: End) -> Result<u32, Failure> {
        end.reach()
    }

    async fn later(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }

    fn made(end: End) -> Result<u32, Failure>
    where
        Self: Sized,
    {
        end.reach()
    }

    fn keys(&self) -> impl Iterator<Item = u8>;

    #[timed(skip)]
    fn limit(&self) -> u32 {
        Self::LIMIT
    }

    #[timed(skip)]
    #[counted(skip)]
    fn unseen(&self) -> u32 {
        VALUE
    }

    #[timed(name = "store_export_seconds", help = "Exports.", labels(format = format, function))]
    fn export(&self, format: &str) -> String {
        format!("{:?}", format.as_bytes().first())
    }

    fn put(&self, end: End) -> Result<u32, Failure>;
}

struct Shelf;

impl From<Shelf> for u32 {
    fn from(_: Shelf) -> Self {
        VALUE
    }
}

// SAFETY: the trait asks for nothing.
#[expect(unsafe_code, reason = "the trait's word")]
unsafe impl Store<'_> for Shelf {
    type Key = std::vec::IntoIter<u8>;
    type Other = u8;

    fn keys(&self) -> impl Iterator<Item = u8> {
        [1].into_iter()
    }

    fn put(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

#[test]
fn each_body_is_labelled_with_its_trait() {
    check(&REGISTRY, "Store::get", |end| Shelf.get(1, end));
    assert_eq!(timed(&REGISTRY, "Store::get"), Calls::EACH);
    check_async(&REGISTRY, "Store::later", |end| Shelf.later(end));
    assert_eq!(timed(&REGISTRY, "Store::later"), Calls::EACH_ASYNC);
    check(&REGISTRY, "Store::made", Shelf::made);
}

#[test]
fn a_method_without_a_body_is_left_alone() {
    assert_eq!(Shelf.put(End::Fail), Err(Failure));
    assert_eq!(Shelf.keys().count(), 1);
    let page = REGISTRY.to_text();
    assert!(!page.contains("put") && !page.contains("keys"), "{page}");
}

#[test]
fn a_body_may_be_skipped() {
    assert_eq!(Shelf.unseen(), VALUE);
    assert_eq!(Shelf.limit(), 42);
    assert_eq!(timed(&REGISTRY, "Store::limit"), Calls::NONE);
    assert_eq!(counted(&REGISTRY, "Store::limit"), Calls::OK);
    assert!(!REGISTRY.to_text().contains("unseen"));
}

#[test]
fn a_body_may_have_its_own_options() {
    assert_eq!(Shelf.export("pdf"), "Some(112)");
    let labels = [("format", "pdf"), ("function", "Store::export")];
    let own = by_outcome(&REGISTRY, "store_export_seconds_count", &labels);
    assert_eq!(own, Calls::OK);
    assert_eq!(counted(&REGISTRY, "Store::export"), Calls::OK);
}

#[track_model(registry = REGISTRY)]
trait OrderRepository {
    #[track_model(insert)]
    fn insert(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }

    #[track_model(read, model = "Archive", rows = |rows| *rows)]
    fn read(&self) -> u32 {
        VALUE
    }

    fn plain(&self) -> u32 {
        VALUE
    }

    fn required(&self);
}

impl OrderRepository for Shelf {
    fn required(&self) {}
}

#[test]
fn a_trait_names_the_model_of_its_methods() {
    assert_eq!(Shelf.insert(End::Return), Ok(VALUE));
    assert_eq!(Shelf.insert(End::Fail), Err(Failure));
    assert_eq!(Shelf.read() + Shelf.plain(), 2 * VALUE);
    Shelf.required();
    let page = page(&REGISTRY);
    let rows = |name, model| page.value(name, &[("model", model)]);
    assert_eq!(rows("model_inserts_total", "Order"), Some(1.0));
    assert_eq!(rows("model_reads_total", "Archive"), Some(f64::from(VALUE)));
}

#[counted(registry = REGISTRY)]
#[async_trait]
trait Above {
    async fn above(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
}

#[async_trait]
#[counted(registry = REGISTRY)]
trait Beneath {
    async fn beneath(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    }
}

impl Above for Shelf {}
impl Beneath for Shelf {}

#[test]
fn a_trait_under_or_over_async_trait_counts_its_bodies() {
    check_async(&REGISTRY, "Above::above", |end| Shelf.above(end));
    check_async(&REGISTRY, "Beneath::beneath", |end| Shelf.beneath(end));
}

macro_rules! annotated {
    ($item:item) => {
        #[counted(registry = REGISTRY)]
        $item
    };
}

annotated! {
    trait Passed {
        fn passed(&self, end: End) -> Result<u32, Failure> {
            end.reach()
        }
    }
}

impl Passed for Shelf {}

#[test]
fn a_trait_that_a_macro_passes_on_is_counted() {
    check(&REGISTRY, "Passed::passed", |end| Shelf.passed(end));
}
