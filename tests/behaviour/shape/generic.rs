//! Generic functions, and those with lifetimes.

#![expect(clippy::unused_self, reason = "the receiver is part of the shape")]

use std::fmt::Display;
use std::marker::PhantomData;

use metrics_runtime::{Registry, counted};

use crate::driver::{Calls, End, Failure, check, check_async, counted};

static REGISTRY: Registry = Registry::new();

#[counted(registry = REGISTRY)]
fn generic<T: Into<u32>>(value: T, end: End) -> Result<u32, Failure> {
    end.reach()?;
    Ok(value.into())
}

#[test]
fn a_generic_function_is_one_series() {
    check(&REGISTRY, "generic", |end| generic(7_u8, end));
    assert_eq!(generic(8_u16, End::Return), Ok(8));
    let calls = counted(&REGISTRY, "generic");
    assert_eq!(
        calls,
        Calls {
            ok: 2.0,
            ..Calls::EACH
        }
    );
}

#[counted(registry = REGISTRY)]
async fn generic_async<T: Into<u32>>(value: T, end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()?;
    Ok(value.into())
}

#[test]
fn a_generic_async_function_is_counted() {
    check_async(&REGISTRY, "generic_async", |end| generic_async(7_u8, end));
}

struct Shelf<T>(PhantomData<T>);

impl<T: Default + Into<u32>> Shelf<T> {
    #[counted(registry = REGISTRY)]
    fn put<U>(&self, other: U, end: End) -> Result<u32, Failure>
    where
        U: TryInto<u32>,
    {
        end.reach()?;
        Ok(T::default().into() + other.try_into().unwrap_or_default())
    }

    #[counted(registry = REGISTRY)]
    async fn put_async<U>(&self, other: U, end: End) -> Result<u32, Failure>
    where
        U: TryInto<u32>,
    {
        end.wait().await;
        end.reach()?;
        Ok(T::default().into() + other.try_into().unwrap_or_default())
    }
}

#[test]
fn a_generic_method_of_a_generic_type_is_counted() {
    let shelf = Shelf::<u8>(PhantomData);
    check(&REGISTRY, "put", |end| shelf.put(7_i64, end));
    check_async(&REGISTRY, "put_async", |end| shelf.put_async(7_i64, end));
}

#[counted(registry = REGISTRY)]
fn const_generic<const N: usize>(values: [u32; N], end: End) -> Result<u32, Failure> {
    end.reach().map(|_| values.into_iter().sum())
}

#[counted(registry = REGISTRY)]
async fn const_generic_async<const N: usize>(values: [u32; N], end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach().map(|_| values.into_iter().sum())
}

#[test]
fn a_function_with_a_const_parameter_is_counted() {
    check(&REGISTRY, "const_generic", |end| const_generic([3, 4], end));
    check_async(&REGISTRY, "const_generic_async", |end| {
        const_generic_async([1, 2, 4], end)
    });
}

#[counted(registry = REGISTRY)]
fn opaque_argument(value: impl Into<u32>, end: End) -> Result<u32, Failure> {
    end.reach()?;
    Ok(value.into())
}

#[counted(registry = REGISTRY)]
async fn opaque_argument_async(value: impl Into<u32>, end: End) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()?;
    Ok(value.into())
}

#[test]
fn a_function_with_an_opaque_argument_is_counted() {
    check(&REGISTRY, "opaque_argument", |end| {
        opaque_argument(7_u8, end)
    });
    check_async(&REGISTRY, "opaque_argument_async", |end| {
        opaque_argument_async(7_u16, end)
    });
}

#[counted(registry = REGISTRY)]
fn named_lifetimes<'a, 'b: 'a>(
    short: &'a str,
    long: &'b str,
    end: End,
) -> Result<&'a str, Failure> {
    end.reach()?;
    Ok(if short.is_empty() { long } else { short })
}

#[counted(registry = REGISTRY)]
async fn elided_lifetimes(text: &str, end: End) -> Result<&str, Failure> {
    end.wait().await;
    end.reach()?;
    Ok(text)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).expect("a short text")
}

#[test]
fn a_function_that_returns_a_borrow_is_counted() {
    let seven = String::from("seven..");
    check(&REGISTRY, "named_lifetimes", |end| {
        named_lifetimes("", &seven, end).map(length)
    });
    let text = seven.as_str();
    check_async(&REGISTRY, "elided_lifetimes", |end| async move {
        elided_lifetimes(text, end).await.map(length)
    });
}

#[counted(registry = REGISTRY)]
fn fully_generic<R, E: Display>(give: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
    give()
}

#[test]
fn a_result_of_generic_types_is_told_apart() {
    check(&REGISTRY, "fully_generic", |end| {
        fully_generic(|| end.reach())
    });
}

#[counted(registry = REGISTRY)]
fn unknown<T>(give: impl FnOnce() -> T) -> T {
    give()
}

#[test]
fn a_result_behind_a_type_parameter_counts_as_ok() {
    assert_eq!(unknown(|| End::Fail.reach()), Err(Failure));
    assert_eq!(counted(&REGISTRY, "unknown"), Calls::OK);
}
