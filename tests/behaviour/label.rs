//! `labels(…)`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::{LabelValue, Registry, Scratch, counted, timed};

use crate::driver::{Calls, End, Failure, assert_panics, by_outcome, cancel, caught, page, ready};

static REGISTRY: Registry = Registry::new();

/// Whether the page has a series of this family with exactly these labels.
#[track_caller]
fn value(name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    page(&REGISTRY).value(name, labels)
}

static EVALUATED: AtomicU32 = AtomicU32::new(0);

fn evaluate(text: &str) -> &str {
    EVALUATED.fetch_add(1, Ordering::Relaxed);
    text
}

#[counted(
    name = "moved_total",
    help = "Moved.",
    labels(text = evaluate(&text), length = text.len()),
    registry = REGISTRY
)]
fn moved(mut text: String) -> String {
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 1, "before the body");
    text.push('!');
    text
}

#[test]
fn a_label_is_evaluated_once_at_entry_and_its_argument_is_still_there() {
    assert_eq!(moved("abc".to_owned()), "abc!");
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
    let labels = [("text", "abc"), ("length", "3"), ("outcome", "ok")];
    assert_eq!(value("moved_total", &labels), Some(1.0));
}

#[counted(
    name = "moved_later_total",
    help = "Moved.",
    labels(text = text),
    registry = REGISTRY
)]
async fn moved_later(text: String, end: End) -> Result<String, Failure> {
    let text = text + "!";
    end.wait().await;
    end.reach()?;
    Ok(text)
}

#[test]
fn a_label_of_an_async_function_goes_with_every_outcome() {
    let call = |end| moved_later("abc".to_owned(), end);
    drop(call(End::Return));
    assert_eq!(
        value("moved_later_total", &[("text", "abc"), ("outcome", "ok")]),
        None
    );
    assert_eq!(ready(call(End::Return)).as_deref(), Ok("abc!"));
    assert_eq!(ready(call(End::Fail)), Err(Failure));
    assert_panics(|| ready(call(End::Panic)));
    cancel(call(End::Wait));
    let calls = by_outcome(&REGISTRY, "moved_later_total", &[("text", "abc")]);
    assert_eq!(calls, Calls::EACH_ASYNC);
}

struct Own;

impl LabelValue for Own {
    fn label<'a>(&'a self, _: &'a mut Scratch) -> &'a str {
        "own"
    }
}

#[expect(
    clippy::too_many_arguments,
    clippy::needless_pass_by_value,
    reason = "one of each kind, still there after the labels"
)]
#[counted(
    name = "kinds_total",
    help = "Kinds.",
    labels(
        text = text,
        owned = owned,
        boxed = boxed,
        cow = cow,
        rc = rc,
        arc = arc,
        flag = flag,
        letter = letter,
        signed = signed,
        unsigned = unsigned,
        some = some,
        none = none,
        own = own,
        constant = "constant",
        block = { if flag { "yes" } else { "no" } },
        r#type = u8::MAX,
    ),
    registry = REGISTRY
)]
fn kinds(
    text: &str,
    owned: String,
    boxed: Box<str>,
    cow: Cow<'_, str>,
    rc: Rc<str>,
    arc: Arc<str>,
    flag: bool,
    letter: char,
    signed: i128,
    unsigned: u64,
    some: Option<&str>,
    none: Option<u8>,
    own: Own,
) -> usize {
    let Own = own;
    drop((boxed, cow, rc, arc));
    let numbers = usize::from(flag) + usize::from(none.is_none());
    let texts = text.len() + owned.len() + letter.len_utf8() + some.map_or(0, str::len);
    numbers + texts + usize::from(signed < 0) + usize::from(unsigned > 0)
}

#[test]
fn a_label_value_may_be_of_every_kind() {
    let sum = kinds(
        "a b",
        "\"quoted\"\n".to_owned(),
        "box".into(),
        Cow::Borrowed("cow"),
        "rc".into(),
        "arc".into(),
        true,
        '€',
        i128::MIN,
        u64::MAX,
        Some("some"),
        None,
        Own,
    );
    assert_eq!(sum, 3 + 9 + 3 + 4 + 4);
    let labels = [
        ("text", "a b"),
        ("owned", "\"quoted\"\n"),
        ("boxed", "box"),
        ("cow", "cow"),
        ("rc", "rc"),
        ("arc", "arc"),
        ("flag", "true"),
        ("letter", "€"),
        ("signed", "-170141183460469231731687303715884105728"),
        ("unsigned", "18446744073709551615"),
        ("some", "some"),
        ("none", ""),
        ("own", "own"),
        ("constant", "constant"),
        ("block", "yes"),
        ("type", "255"),
        ("outcome", "ok"),
    ];
    assert_eq!(value("kinds_total", &labels), Some(1.0));
}

#[counted(name = "own_total", help = "Own.", registry = REGISTRY)]
fn own_name() {}

#[timed(name = "own_seconds", help = "Own.", labels(function, module), registry = REGISTRY)]
fn own_name_with_place() {}

#[test]
fn an_own_name_drops_the_place_unless_labels_ask_for_it() {
    own_name();
    own_name_with_place();
    assert_eq!(value("own_total", &[("outcome", "ok")]), Some(1.0));
    let place = [
        ("function", "own_name_with_place"),
        ("module", module_path!()),
        ("outcome", "ok"),
    ];
    assert_eq!(value("own_seconds_count", &place), Some(1.0));
}

#[counted(registry = REGISTRY)]
fn placed() {}

#[test]
fn a_built_in_family_has_function_and_module() {
    placed();
    let place = [
        ("function", "placed"),
        ("module", module_path!()),
        ("outcome", "ok"),
    ];
    assert_eq!(value("function_calls_total", &place), Some(1.0));
}

#[counted(
    name = "pairs_total",
    help = "Pairs.",
    labels(first = first, second = second),
    registry = REGISTRY
)]
fn pair(first: &str, second: &str) -> usize {
    first.len() + second.len()
}

#[test]
fn values_that_join_to_the_same_text_are_two_series() {
    assert_eq!(pair("ab", "c") + pair("a", "bc"), 6);
    for (first, second) in [("ab", "c"), ("a", "bc")] {
        let labels = [("first", first), ("second", second), ("outcome", "ok")];
        assert_eq!(value("pairs_total", &labels), Some(1.0));
    }
}

fn refuse(_: &str) -> &str {
    std::panic::panic_any("no label")
}

#[counted(
    name = "panicking_labels_total",
    help = "Panicking.",
    labels(text = refuse(text)),
    registry = REGISTRY
)]
fn panicking(text: &str) -> usize {
    text.len()
}

#[test]
fn a_panic_of_a_label_is_the_callers_and_nothing_is_counted() {
    let (payload, _) = caught(|| panicking("a"));
    assert_eq!(payload.downcast_ref(), Some(&"no label"));
    assert_eq!(page(&REGISTRY).sum("panicking_labels_total", &[]), None);
}

struct Door {
    name: String,
}

impl Door {
    #[counted(
        name = "doors_total",
        help = "Doors.",
        labels(name = self.name),
        registry = REGISTRY
    )]
    fn open(&mut self) -> &mut String {
        &mut self.name
    }

    #[counted(
        name = "doors_later_total",
        help = "Doors.",
        labels(name = self.name, key = *key),
        registry = REGISTRY
    )]
    async fn open_later(self, key: &u8) -> String {
        End::Return.wait().await;
        self.name + &key.to_string()
    }
}

#[test]
fn a_label_may_be_a_field_of_self() {
    let mut door = Door {
        name: "front".to_owned(),
    };
    door.open().push_str(" door");
    assert_eq!(door.name, "front door");
    let labels = [("name", "front"), ("outcome", "ok")];
    assert_eq!(value("doors_total", &labels), Some(1.0));
    assert_eq!(ready(door.open_later(&1)), "front door1");
    let labels = [("name", "front door"), ("key", "1"), ("outcome", "ok")];
    assert_eq!(value("doors_later_total", &labels), Some(1.0));
}
