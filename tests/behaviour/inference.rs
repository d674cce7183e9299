//! Bodies whose types come from the written return type, headers and returned
//! types of unusual form: they compile and count as without the attribute.

#![expect(clippy::unused_self, reason = "methods are what is tested")]

use crate::driver::ready;
use integration_tests::page::Page;
use metrics_runtime::counted as renamed;
use metrics_runtime::{Registry, counted, timed, track_model};
use std::error::Error;
use std::future::Future;
use std::pin::Pin;

static REGISTRY: Registry = Registry::new();

fn calls(function: &str, outcome: &str) -> u32 {
    let page = Page::parse(REGISTRY.to_text()).expect("the page is valid");
    let labels = [("function", function), ("outcome", outcome)];
    let calls = page.sum("function_calls_total", &labels).unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    let calls = calls as u32;
    calls
}

type Answer = Result<u32, Box<dyn Error + Send + Sync>>;

// Mutation: the output's type left away from the block or from the closure.
#[counted(registry = REGISTRY)]
fn boxed_parse(text: &str) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
    Box::pin(async move { Ok(text.parse()?) })
}

#[expect(clippy::type_complexity, reason = "a type alias would hide the output")]
#[counted(registry = REGISTRY)]
fn written_out(
    text: &str,
) -> Pin<Box<dyn Future<Output = Result<u32, Box<dyn Error + Send + Sync>>> + Send + '_>> {
    Box::pin(async move { Ok(text.parse()?) })
}

#[test]
fn the_output_of_a_boxed_future_is_known_inside() {
    assert_eq!(ready(boxed_parse("7")).ok(), Some(7));
    assert!(ready(boxed_parse("seven")).is_err());
    assert_eq!(ready(written_out("7")).ok(), Some(7));
    assert!(ready(written_out("seven")).is_err());
    for function in ["boxed_parse", "written_out"] {
        assert_eq!((calls(function, "ok"), calls(function, "error")), (1, 1));
    }
}

#[counted(registry = REGISTRY)]
fn opaque_parse(text: &str) -> impl Future<Output = Answer> {
    let text = text.trim();
    async move { Ok(text.parse()?) }
}

#[counted(registry = REGISTRY)]
fn opaque_written_out(
    text: String,
) -> impl Future<Output = Result<u32, Box<dyn Error + Send + Sync>>> + Send + 'static {
    async move {
        let parsed = text.parse()?;
        if parsed > 9 {
            return Err("too much".into());
        }
        Ok(parsed)
    }
}

#[test]
fn the_output_of_an_opaque_future_is_known_inside() {
    assert_eq!(ready(opaque_parse(" 7 ")).ok(), Some(7));
    assert!(ready(opaque_parse("seven")).is_err());
    assert_eq!(ready(opaque_written_out("7".to_owned())).ok(), Some(7));
    assert!(ready(opaque_written_out("77".to_owned())).is_err());
    for function in ["opaque_parse", "opaque_written_out"] {
        assert_eq!((calls(function, "ok"), calls(function, "error")), (1, 1));
    }
}

/// What a written return type does to a body's last expression.
#[counted(registry = REGISTRY)]
fn coerced(deep: bool) -> Result<Box<dyn Fn(u32) -> u32>, String> {
    if deep {
        return Ok(Box::new(|value| value + 1));
    }
    let slice: &[u32] = &[1];
    Ok(Box::new(move |value| {
        value + u32::try_from(slice.len()).unwrap_or_default()
    }))
}

#[counted(registry = REGISTRY)]
async fn coerced_async<T>(values: Vec<T>) -> Option<Box<dyn Iterator<Item = T>>>
where
    T: 'static,
{
    let empty = values.is_empty();
    if empty {
        None
    } else {
        Some(Box::new(values.into_iter()))
    }
}

#[counted(registry = REGISTRY)]
fn defaulted<T: Default>() -> (T, Vec<u8>, [Option<u8>; 2]) {
    (Default::default(), Vec::new(), [None; 2])
}

#[counted(registry = REGISTRY)]
async fn collected(texts: &[&str]) -> Result<Vec<u32>, Box<dyn Error>> {
    let numbers = texts.iter().map(|text| text.parse());
    Ok(numbers.collect::<Result<_, _>>()?)
}

#[test]
fn the_written_type_reaches_every_expression_of_a_body() {
    for deep in [true, false] {
        assert_eq!(coerced(deep).expect("it went well")(1), 2);
    }
    let values = ready(coerced_async(vec![1, 2])).expect("there are some");
    assert_eq!(values.count(), 2);
    assert_eq!(defaulted::<u8>(), (0, Vec::new(), [None; 2]));
    assert_eq!(ready(collected(&["1", "2"])).ok(), Some(vec![1, 2]));
    assert!(ready(collected(&["one"])).is_err());
    assert_eq!(
        (calls("collected", "ok"), calls("collected", "error")),
        (1, 1)
    );
}

#[counted(registry = REGISTRY)]
fn shout() -> impl Fn(&str) -> String {
    |text| text.to_uppercase()
}

#[counted(registry = REGISTRY)]
fn trimmed() -> impl for<'a> Fn(&'a str) -> &'a str {
    |text| text.trim()
}

#[test]
fn a_returned_closure_keeps_its_signature() {
    assert_eq!(shout()("a"), "A");
    assert_eq!(trimmed()(" a "), "a");
    assert_eq!(calls("shout", "ok"), 1);
    assert_eq!(calls("trimmed", "ok"), 1);
}

macro_rules! answer {
    ($future:expr) => {
        return Box::pin($future)
    };
}

// Mutation: `calls_macro` returns false.
#[counted(registry = REGISTRY)]
fn hidden_return(early: bool) -> Pin<Box<dyn Future<Output = Result<u8, u8>>>> {
    if early {
        answer!(async { Err(1) });
    }
    Box::pin(async { Ok(2) })
}

#[test]
fn a_return_that_a_macro_hides_is_measured_as_the_future_it_is() {
    drop(hidden_return(true));
    assert_eq!(ready(hidden_return(true)), Err(1));
    assert_eq!(ready(hidden_return(false)), Ok(2));
    assert_eq!(calls("hidden_return", "ok"), 1);
    assert_eq!(calls("hidden_return", "error"), 1);
}

/// Yields futures, without being one.
trait Source<T> {
    fn next(&self) -> T;
}

struct Ones;

impl Source<Pin<Box<dyn Future<Output = u8>>>> for Ones {
    fn next(&self) -> Pin<Box<dyn Future<Output = u8>>> {
        Box::pin(async { 1 })
    }
}

#[expect(clippy::type_complexity, reason = "a type alias would hide the future")]
#[counted(registry = REGISTRY)]
fn source() -> Pin<Box<dyn Source<Pin<Box<dyn Future<Output = u8>>>>>> {
    Box::pin(Ones)
}

#[test]
fn what_only_mentions_a_future_is_a_value() {
    assert_eq!(ready(source().next()), 1);
    assert_eq!(calls("source", "ok"), 1);
}

#[counted(registry = REGISTRY)]
#[renamed(name = "nested_total", registry = REGISTRY)]
#[track_caller]
fn nested() -> u32 {
    std::panic::Location::caller().line()
}

#[test]
fn an_attribute_under_another_name_nests_also_in_place() {
    assert_eq!(nested(), line!());
    assert_eq!(calls("nested", "ok"), 1);
    let page = Page::parse(REGISTRY.to_text()).expect("the page is valid");
    assert_eq!(page.value("nested_total", &[("outcome", "ok")]), Some(1.0));
}

struct Grid<const N: usize>;

#[timed(registry = REGISTRY)]
#[counted]
impl Grid<{ 1 + 1 }> {
    fn cells(&self) -> usize {
        4
    }
}

mod store {
    pub(super) struct UserRepository;
}

macro_rules! repository {
    ($of:ty) => {
        #[track_model(registry = REGISTRY)]
        impl $of {
            #[track_model(insert)]
            fn insert(&self) {}
        }
    };
}

repository!(store::UserRepository);

trait Repo {}

struct Orders;

impl Repo for Orders {}

#[counted(registry = REGISTRY)]
impl dyn Repo + Send + Sync {
    fn open(&self) -> bool {
        true
    }
}

#[expect(non_camel_case_types, reason = "a keyword as a name is the point")]
struct r#type;

#[counted(registry = REGISTRY)]
impl r#type {
    fn name(&self) -> &'static str {
        "type"
    }
}

#[test]
fn the_type_of_a_block_is_found_in_headers_of_any_form() {
    assert_eq!(Grid::<2>.cells(), 4);
    store::UserRepository.insert();
    let orders: &(dyn Repo + Send + Sync) = &Orders;
    assert!(orders.open());
    assert_eq!(r#type.name(), "type");
    for function in ["Grid::cells", "Repo::open", "type::name"] {
        assert_eq!(calls(function, "ok"), 1, "{function}");
    }
    let page = Page::parse(REGISTRY.to_text()).expect("the page is valid");
    assert_eq!(
        page.value("model_inserts_total", &[("model", "User")]),
        Some(1.0)
    );
}
