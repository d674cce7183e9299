//! Labels that are closures: read from what a call returns.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::{
    LabelValue, Registry, counted, in_progress, timed, track_cache, track_model,
};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, by_outcome, cancel, caught, page, ready,
};

static REGISTRY: Registry = Registry::new();

#[track_caller]
fn value(name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    page(&REGISTRY).value(name, labels)
}

#[derive(Clone, Copy, LabelValue)]
enum Colour {
    Red,
    DarkBlue,
}

struct Reply {
    status: u16,
    tag: String,
    colour: Colour,
    cached: Option<bool>,
}

#[counted(
    name = "replies_total",
    help = "Replies.",
    labels(
        status = |reply| reply.status,
        tag = |reply| reply.tag.as_str(),
        colour = |reply| reply.colour,
        cached = |reply| reply.cached,
        length = |reply| reply.tag.len(),
        copy = |reply| format!("<{}>", reply.tag),
    ),
    registry = REGISTRY
)]
fn reply(colour: Colour, tag: &str) -> Reply {
    Reply {
        status: 204,
        tag: tag.to_owned(),
        colour,
        cached: matches!(colour, Colour::Red).then_some(true),
    }
}

// More than four are read through an allocation.
#[test]
fn a_label_may_borrow_from_the_value_or_be_of_any_kind() {
    assert_eq!(
        page(&REGISTRY).sum("replies_total", &[]),
        None,
        "not at zero"
    );
    assert_eq!(reply(Colour::DarkBlue, "a\"b").tag, "a\"b");
    assert_eq!(reply(Colour::Red, "").status, 204);
    let blue = [
        ("status", "204"),
        ("tag", "a\"b"),
        ("colour", "dark_blue"),
        ("cached", ""),
        ("length", "3"),
        ("copy", "<a\"b>"),
        ("outcome", "ok"),
    ];
    assert_eq!(value("replies_total", &blue), Some(1.0));
    let red = [
        ("status", "204"),
        ("tag", ""),
        ("colour", "red"),
        ("cached", "true"),
        ("length", "0"),
        ("copy", "<>"),
        ("outcome", "ok"),
    ];
    assert_eq!(value("replies_total", &red), Some(1.0));
}

#[timed(
    name = "ends_seconds",
    help = "Ends.",
    labels(path = path, value = |ret| ret.ok(), second = second),
    registry = REGISTRY
)]
fn ends(path: String, second: u8, end: End) -> Result<u32, Failure> {
    // The label was taken before.
    drop(path);
    end.reach()
}

// Mutation: `Late` forgets what was evaluated at entry when the call unwinds.
#[test]
fn beside_labels_of_arguments_it_is_empty_where_nothing_is_returned() {
    let call = |end| ends("/a".to_owned(), 2, end);
    assert_eq!(call(End::Return), Ok(VALUE));
    assert_eq!(call(End::Fail), Err(Failure));
    assert_panics(|| call(End::Panic));
    let count = |value| {
        let labels = [("path", "/a"), ("second", "2"), ("value", value)];
        by_outcome(&REGISTRY, "ends_seconds_count", &labels)
    };
    assert_eq!(count("7"), Calls::OK);
    let none = Calls {
        ok: 0.0,
        ..Calls::EACH
    };
    assert_eq!(count(""), none);
}

fn word<T, E>(ret: &Result<T, E>) -> &'static str {
    if ret.is_ok() { "well" } else { "ill" }
}

#[counted(
    name = "later_total",
    help = "Later.",
    labels(path = path, word = |ret| word(ret)),
    registry = REGISTRY
)]
async fn later(path: String, end: End) -> Result<u32, Failure> {
    end.wait().await;
    drop(path);
    end.reach()
}

#[counted(
    name = "returned_total",
    help = "Returned.",
    labels(path = path, word = |ret| word(ret)),
    registry = REGISTRY
)]
fn returned(path: String, end: End) -> impl Future<Output = Result<u32, Failure>> {
    later(path, end)
}

#[counted(
    name = "boxed_total",
    help = "Boxed.",
    labels(path = path, word = |ret| word(ret)),
    registry = REGISTRY
)]
fn boxed(path: String, end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(later(path, end))
}

#[counted(
    name = "tail_total",
    help = "Tail.",
    labels(path = path, word = |ret| word(ret)),
    registry = REGISTRY
)]
fn boxed_tail(
    path: String,
    end: End,
) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + Send>> {
    Box::pin(async move {
        end.wait().await;
        drop(path);
        end.reach()
    })
}

#[test]
fn futures_have_labels_of_what_they_give() {
    fn check<F>(family: &str, call: impl Fn(String, End) -> F)
    where
        F: Future<Output = Result<u32, Failure>>,
    {
        let call = |end| call("/a".to_owned(), end);
        drop(call(End::Return));
        assert_eq!(page(&REGISTRY).sum(family, &[]), None, "never polled");
        assert_eq!(ready(call(End::Return)), Ok(VALUE));
        assert_eq!(ready(call(End::Fail)), Err(Failure));
        assert_panics(|| ready(call(End::Panic)));
        cancel(call(End::Wait));
        let count = |word| {
            let labels = [("path", "/a"), ("word", word)];
            by_outcome(&REGISTRY, family, &labels)
        };
        assert_eq!(count("well"), Calls::OK);
        let failed = Calls {
            error: 1.0,
            ..Calls::NONE
        };
        assert_eq!(count("ill"), failed);
        let none = Calls {
            panic: 1.0,
            cancelled: 1.0,
            ..Calls::NONE
        };
        assert_eq!(count(""), none);
    }
    check("later_total", later);
    check("returned_total", returned);
    check("boxed_total", boxed);
    check("tail_total", boxed_tail);
}

// More than sixteen labels are looked up through an allocation.
#[counted(
    name = "many_total",
    help = "Many.",
    labels(
        a = |n| *n, b = |n| n + 1, c = |n| n + 2, d = |n| n + 3, e = |n| n + 4, f = |n| n + 5,
        g = |n| n + 6, h = |n| n + 7, i = |n| n + 8, j = |n| n + 9, k = |n| n + 10,
        l = |n| n + 11, m = |n| n + 12, n = |n| n + 13, o = |n| n + 14, p = |n| n + 15,
        q = |n| n + 16, given = given, module
    ),
    registry = REGISTRY
)]
fn many(given: &str) -> usize {
    given.len()
}

#[test]
fn there_may_be_many_of_them_in_any_order() {
    assert_eq!(many("xyz"), 3);
    let numbers: Vec<String> = (3..20).map(|number| number.to_string()).collect();
    let names = ('a'..='q').map(String::from).collect::<Vec<_>>();
    let labels = names.iter().zip(&numbers);
    let mut labels: Vec<_> = labels.map(|(n, v)| (n.as_str(), v.as_str())).collect();
    labels.extend([
        ("given", "xyz"),
        ("module", module_path!()),
        ("outcome", "ok"),
    ]);
    assert_eq!(labels.len(), 20);
    assert_eq!(value("many_total", &labels), Some(1.0));
}

static FULL: Registry = Registry::new();

#[counted(name = "ids_total", help = "Ids.", labels(id = |id| id.as_str()), registry = FULL)]
fn id(id: String) -> String {
    id
}

#[test]
fn what_is_past_the_limits_goes_to_the_overflow_series() {
    let overflow = || {
        let labels = [("id", "__overflow__"), ("outcome", "__overflow__")];
        page(&FULL).value("ids_total", &labels)
    };
    id("x".repeat(1_024));
    id("x".repeat(1_025));
    assert_eq!(overflow(), Some(1.0));
    for number in 0..2_100 {
        id(number.to_string());
    }
    // With the first one that is long but not too long.
    assert_eq!(overflow(), Some(102.0));
    assert_eq!(page(&FULL).sum("ids_total", &[]), Some(2_102.0));
}

static READ: AtomicU32 = AtomicU32::new(0);

fn read(number: u8) -> u8 {
    READ.fetch_add(1, Ordering::Relaxed);
    number
}

#[timed(name = "read_seconds", labels(read = |ret| read(*ret)), registry = REGISTRY)]
#[counted]
#[in_progress]
fn read_once(number: u8) -> u8 {
    assert_eq!(READ.load(Ordering::Relaxed), 0, "after the body");
    number
}

#[test]
fn a_closure_is_called_once_after_the_body_and_labels_its_own_family_alone() {
    assert_eq!(read_once(3), 3);
    assert_eq!(READ.load(Ordering::Relaxed), 1);
    let labels = [("read", "3"), ("outcome", "ok")];
    assert_eq!(value("read_seconds_count", &labels), Some(1.0));
    let plain = crate::driver::counted(&REGISTRY, "read_once");
    assert_eq!(plain, Calls::OK);
}

#[counted(
    name = "panicking_total",
    labels(given = 1, text = |_: &u8| -> u8 { std::panic::panic_any("label") }),
    registry = REGISTRY
)]
fn panicking() -> u8 {
    1
}

#[test]
fn a_panic_of_the_closure_is_the_calls() {
    let (payload, _) = caught(panicking);
    assert_eq!(payload.downcast_ref(), Some(&"label"));
    let labels = [("given", "1"), ("text", ""), ("outcome", "panic")];
    assert_eq!(value("panicking_total", &labels), Some(1.0));
    assert_eq!(page(&REGISTRY).sum("panicking_total", &[]), Some(1.0));
}

struct Store;

#[track_cache(cache = "own", registry = REGISTRY)]
#[track_model(registry = REGISTRY)]
impl Store {
    #[track_cache(get, prefix = "tagged", labels(tag = |ret| ret.map_or("none", |found| found)))]
    fn get(&self, key: &'static str) -> Option<&'static str> {
        let Self = self;
        (!key.is_empty()).then_some(key)
    }

    #[track_model(read, prefix = "tagged", rows = |list| list.len(), labels(empty = |ret| ret.is_empty()))]
    async fn list(&self, rows: usize) -> Vec<usize> {
        End::Return.wait().await;
        let Self = self;
        (0..rows).collect()
    }
}

#[test]
fn families_with_a_prefix_have_it_too() {
    assert_eq!((Store.get("a"), Store.get("")), (Some("a"), None));
    let of = |tag| [("cache", "own"), ("tag", tag)];
    assert_eq!(value("tagged_cache_hits_total", &of("a")), Some(1.0));
    assert_eq!(value("tagged_cache_misses_total", &of("none")), Some(1.0));
    assert_eq!(
        page(&REGISTRY).sum("tagged_cache_hits_total", &[]),
        Some(1.0)
    );
    let rows = ready(Store.list(3)).len() + ready(Store.list(0)).len();
    assert_eq!(rows, 3);
    let of = |empty| [("model", "Store"), ("empty", empty)];
    assert_eq!(value("tagged_model_reads_total", &of("false")), Some(3.0));
    assert_eq!(value("tagged_model_reads_total", &of("true")), Some(0.0));
}

#[timed(
    name = "sampled_seconds",
    sample = 1,
    labels(path = path, size = |ret| *ret),
    registry = REGISTRY
)]
fn sampled(path: &str) -> usize {
    path.len()
}

#[test]
fn a_sample_has_it_too() {
    assert_eq!(sampled("/ab"), 3);
    let labels = [("path", "/ab"), ("size", "3"), ("outcome", "ok")];
    assert_eq!(value("sampled_seconds_count", &labels), Some(1.0));
    assert_eq!(crate::driver::counted(&REGISTRY, "sampled"), Calls::OK);
}
