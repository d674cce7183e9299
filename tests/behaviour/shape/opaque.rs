//! Functions that return opaque or boxed values that are no futures.

use std::fmt::Debug;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async, check_sure, check_sure_async};
use crate::driver::{End, Failure, VALUE, ready};

static REGISTRY: Registry = Registry::new();

type Ended = Result<u32, Failure>;

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn opaque(end: End) -> impl Iterator<Item = u32> {
    let value = end.reach();
    value.into_iter().chain([1])
}

#[test]
fn an_opaque_value_is_counted() {
    let mut watched = Watched::new(&REGISTRY, "opaque");
    let values = watched.ok(|| opaque(End::Return));
    assert_eq!(values.collect::<Vec<_>>(), [VALUE, 1]);
    watched.panics(|| opaque(End::Panic).count());
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn opaque_later(end: End) -> impl Debug + Into<Ended> {
    end.wait().await;
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn hiding(end: End) -> impl Debug + Into<Ended> {
    end.reach()
}

#[test]
fn a_result_behind_an_opaque_type_is_told_apart() {
    check(&REGISTRY, "hiding", |end| hiding(end).into());
    check_async(&REGISTRY, "opaque_later", |end| async move {
        opaque_later(end).await.into()
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn partly_opaque(end: End) -> Result<impl Iterator<Item = u32>, Failure> {
    let value = end.reach()?;
    Ok((0..=value).rev())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn partly_opaque_later(end: End) -> Result<impl Iterator<Item = u32>, Failure> {
    end.wait().await;
    let value = end.reach()?;
    Ok((0..=value).rev())
}

#[test]
fn a_result_of_an_opaque_type_is_told_apart() {
    let first = |mut values: Box<dyn Iterator<Item = u32>>| values.next().unwrap_or_default();
    check(&REGISTRY, "partly_opaque", |end| {
        partly_opaque(end).map(|values| first(Box::new(values)))
    });
    check_async(&REGISTRY, "partly_opaque_later", |end| async move {
        let values = partly_opaque_later(end).await?;
        Ok(first(Box::new(values)))
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn dynamic(end: End) -> Box<dyn Fn() -> u32> {
    let value = end.reach().unwrap_or_default();
    Box::new(move || value)
}

#[test]
fn a_boxed_closure_is_counted_when_it_is_made() {
    check_sure(&REGISTRY, "dynamic", |end| dynamic(end)());
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn closing(end: End) -> impl Fn(u32) -> u32 {
    let value = end.reach().unwrap_or_default();
    move |more| value + more
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn closing_once(end: End) -> Result<impl FnOnce() -> String, Failure> {
    let text = end.reach()?.to_string();
    Ok(move || text)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn closing_async(end: End) -> impl FnMut() -> u32 {
    end.wait().await;
    let mut value = end.reach().unwrap_or_default() - 1;
    move || {
        value += 1;
        value
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn closing_over_async(end: End) -> impl AsyncFn(u32) -> u32 {
    let value = end.reach().unwrap_or_default();
    async move |more| value + more
}

#[test]
fn a_returned_closure_is_counted_when_it_is_made() {
    check_sure(&REGISTRY, "closing", |end| closing(end)(0));
    check(&REGISTRY, "closing_once", |end| {
        closing_once(end).map(|text| text().parse().expect("a number"))
    });
    check_sure_async(&REGISTRY, "closing_async", |end| async move {
        let mut more = closing_async(end).await;
        more()
    });
    check_sure(&REGISTRY, "closing_over_async", |end| {
        ready(closing_over_async(end)(0))
    });
}

trait Shown {
    fn shown(&self) -> u32;
}

impl Shown for u32 {
    fn shown(&self) -> u32 {
        *self
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn of_any_type(end: End) -> Result<Box<dyn Shown>, Box<dyn std::error::Error>> {
    let value = end.reach()?;
    if value > VALUE {
        Err("too much")?;
    }
    Ok(Box::new(value))
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn of_any_type_async(end: End) -> Result<Box<dyn Shown>, Box<dyn std::error::Error>> {
    end.wait().await;
    let value = end.reach()?;
    if value > VALUE {
        Err("too much")?;
    }
    Ok(Box::new(value))
}

#[test]
fn a_boxed_value_of_any_type_is_counted() {
    let plain = |ended: Result<Box<dyn Shown>, Box<dyn std::error::Error>>| match ended {
        Ok(shown) => Ok(shown.shown()),
        Err(error) => Err(*error.downcast().expect("it failed on purpose")),
    };
    check(&REGISTRY, "of_any_type", |end| plain(of_any_type(end)));
    check_async(&REGISTRY, "of_any_type_async", |end| async move {
        plain(of_any_type_async(end).await)
    });
}
