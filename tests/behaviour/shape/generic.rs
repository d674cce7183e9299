//! Generic functions, and those with lifetimes.

#![expect(clippy::unused_self, reason = "the receiver is part of the shape")]

use std::fmt::Display;
use std::marker::PhantomData;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{check, check_async};
use crate::driver::{Calls, End, Failure, counted};

static REGISTRY: Registry = Registry::new();

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn put<U>(&self, other: U, end: End) -> Result<u32, Failure>
    where
        U: TryInto<u32>,
    {
        end.reach()?;
        Ok(T::default().into() + other.try_into().unwrap_or_default())
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn const_generic<const N: usize>(values: [u32; N], end: End) -> Result<u32, Failure> {
    end.reach().map(|_| values.into_iter().sum())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque_argument(value: impl Into<u32>, end: End) -> Result<u32, Failure> {
    end.reach()?;
    Ok(value.into())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn named_lifetimes<'a, 'b: 'a>(
    short: &'a str,
    long: &'b str,
    end: End,
) -> Result<&'a str, Failure> {
    end.reach()?;
    Ok(if short.is_empty() { long } else { short })
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
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

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn fully_generic<R, E: Display>(give: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
    give()
}

#[test]
fn a_result_of_generic_types_is_told_apart() {
    check(&REGISTRY, "fully_generic", |end| {
        fully_generic(|| end.reach())
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn unknown<T>(give: impl FnOnce() -> T) -> T {
    give()
}

#[test]
fn a_result_behind_a_type_parameter_counts_as_ok() {
    assert_eq!(unknown(|| End::Fail.reach()), Err(Failure));
    assert_eq!(counted(&REGISTRY, "unknown"), Calls::OK);
}

impl<T> Shelf<T> {
    const OFFSET: u32 = 1;
}

trait Convert<From, const OFFSET: u32 = 0> {
    type Output;

    const NAME: &'static str;

    fn convert(&self, from: From, end: End) -> Result<Self::Output, Failure>;

    async fn convert_async(&self, from: From, end: End) -> Result<Self::Output, Failure>;
}

impl<T, F: Into<u32>, const OFFSET: u32> Convert<F, OFFSET> for Shelf<T>
where
    T: Default + Into<u32>,
{
    type Output = u32;

    const NAME: &'static str = "shelf";

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn convert(&self, from: F, end: End) -> Result<Self::Output, Failure> {
        end.reach()?;
        Ok(from.into() + T::default().into() + OFFSET - Self::OFFSET)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn convert_async(&self, from: F, end: End) -> Result<Self::Output, Failure> {
        end.wait().await;
        end.reach()?;
        assert_eq!(<Self as Convert<F, OFFSET>>::NAME, "shelf");
        Ok(from.into() + T::default().into() + OFFSET - Self::OFFSET)
    }
}

#[test]
fn a_method_of_a_generic_trait_for_a_generic_type_is_counted() {
    let shelf = Shelf::<u8>(PhantomData);
    check(&REGISTRY, "convert", |end| {
        Convert::<u8, 1>::convert(&shelf, 7, end)
    });
    check_async(&REGISTRY, "convert_async", |end| {
        Convert::<u16, 2>::convert_async(&shelf, 6, end)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn arrays<T: Copy + Default, const N: usize, const M: usize>(
    [first, ..]: [T; 3],
    end: End,
) -> Result<[[T; N]; M], Failure> {
    end.reach()?;
    let mut rows = [[T::default(); N]; M];
    rows[M - 1][N - 1] = first;
    Ok(rows)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn arrays_async<T: Copy + Default, const N: usize>(
    first: T,
    end: End,
) -> Result<[T; N], Failure> {
    end.wait().await;
    end.reach()?;
    let mut row = [T::default(); N];
    row[N - 1] = first;
    Ok(row)
}

#[test]
fn a_function_that_returns_an_array_of_const_length_is_counted() {
    check(&REGISTRY, "arrays", |end| {
        arrays::<_, 2, 3>([7, 0, 0], end).map(|rows| rows[2][1])
    });
    check_async(&REGISTRY, "arrays_async", |end| async move {
        arrays_async::<_, 4>(7, end).await.map(|row| row[3])
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_any_lifetime<'a, T, F>(values: &'a [T], pick: F, end: End) -> Result<&'a T, Failure>
where
    T: 'a,
    for<'b> F: Fn(&'b [T]) -> Option<&'b T>,
{
    end.reach()?;
    pick(values).ok_or(Failure)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn of_any_lifetime_async<'a, I>(values: I, end: End) -> Result<I::Item, Failure>
where
    I: IntoIterator<Item = &'a u32>,
{
    let mut values = values.into_iter();
    end.wait().await;
    end.reach()?;
    values.next().ok_or(Failure)
}

#[test]
fn a_function_with_bounds_of_lifetimes_is_counted() {
    check(&REGISTRY, "of_any_lifetime", |end| {
        of_any_lifetime(&[7, 8], <[u32]>::first, end).copied()
    });
    check_async(&REGISTRY, "of_any_lifetime_async", |end| async move {
        of_any_lifetime_async(&[7, 8], end).await.copied()
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn dynamic_argument(value: &mut dyn Iterator<Item = u32>, end: End) -> Result<u32, Failure> {
    end.reach()?;
    value.next().ok_or(Failure)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn called_back<F>(give: impl FnOnce(End) -> F, end: End) -> F::Output
where
    F: Future<Output = Result<u32, Failure>>,
{
    give(end).await
}

#[test]
fn a_function_that_is_given_a_trait_object_or_a_callback_is_counted() {
    check(&REGISTRY, "dynamic_argument", |end| {
        dynamic_argument(&mut [7].into_iter(), end)
    });
    // What is behind `F::Output` isn't known to the body.
    check_async(&REGISTRY, "called_back", |end| {
        called_back(
            |end| async move {
                end.wait().await;
                end.reach()
            },
            end,
        )
    });
}
