//! Arguments of a signature.

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{check, check_async};
use crate::driver::{End, Failure};

static REGISTRY: Registry = Registry::new();

struct Point {
    x: u32,
    y: u32,
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn destructured(
    Point { x, y }: Point,
    (a, [b, ..]): (u32, [u32; 3]),
    _: &str,
    end: End,
) -> Result<u32, Failure> {
    end.reach().map(|_| x + y + a + b)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn destructured_async(
    Point { x, y }: Point,
    (a, [b, ..]): (u32, [u32; 3]),
    _: &str,
    end: End,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach().map(|_| x + y + a + b)
}

#[test]
fn arguments_may_be_destructured() {
    let pair = (3, [3, 0, 0]);
    check(&REGISTRY, "destructured", |end| {
        destructured(Point { x: 1, y: 0 }, pair, "", end)
    });
    check_async(&REGISTRY, "destructured_async", |end| {
        destructured_async(Point { x: 0, y: 1 }, pair, "", end)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn mutable(mut values: Vec<u32>, mut sum: u32, end: End) -> Result<u32, Failure> {
    end.reach()?;
    while let Some(value) = values.pop() {
        sum += value;
    }
    Ok(sum)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn mutable_async(mut values: Vec<u32>, end: End) -> Result<u32, Failure> {
    values.push(4);
    end.wait().await;
    end.reach()?;
    Ok(values.into_iter().sum())
}

#[test]
fn arguments_may_be_mutable() {
    check(&REGISTRY, "mutable", |end| mutable(vec![3, 3], 1, end));
    check_async(&REGISTRY, "mutable_async", |end| {
        mutable_async(vec![3], end)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn conditional(#[cfg(not(test))] absent: Nothing, #[cfg(test)] end: End) -> Result<u32, Failure> {
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn conditional_async(
    #[cfg(not(test))] absent: Nothing,
    #[cfg(test)] end: End,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn arguments_may_be_configured_away() {
    check(&REGISTRY, "conditional", conditional);
    check_async(&REGISTRY, "conditional_async", conditional_async);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn attributed(
    #[expect(unused_variables, reason = "the attribute must still do its work")] unused: u32,
    #[allow(unused_mut, reason = "as above")] mut end: End,
    #[cfg_attr(all(), allow(unused_variables))] also: u32,
) -> Result<u32, Failure> {
    end.reach()
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn attributed_async(
    #[expect(unused_variables, reason = "the attribute must still do its work")] unused: u32,
    #[allow(unused_mut, reason = "as above")] mut end: End,
    #[cfg_attr(all(), allow(unused_variables))] also: u32,
) -> Result<u32, Failure> {
    end.wait().await;
    end.reach()
}

#[test]
fn arguments_may_have_attributes() {
    check(&REGISTRY, "attributed", |end| attributed(0, end, 0));
    check_async(&REGISTRY, "attributed_async", |end| {
        attributed_async(0, end, 0)
    });
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn bound(
    whole @ Point { x, .. }: &Point,
    &(a, ref b): &(u32, String),
    [first, .., last]: [u32; 4],
    _: u8,
    _: u8,
    (mut sum, _): (u32, u8),
    end: End,
) -> Result<u32, Failure> {
    sum += x + whole.y + a + first + last;
    end.reach()?;
    Ok(sum + u32::try_from(b.len()).unwrap_or_default())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn bound_async(
    whole @ Point { x, .. }: &Point,
    &(a, ref b): &(u32, String),
    [first, .., last]: [u32; 4],
    _: u8,
    _: u8,
    (mut sum, _): (u32, u8),
    end: End,
) -> Result<u32, Failure> {
    sum += x + whole.y + a + first + last;
    end.wait().await;
    end.reach()?;
    Ok(sum + u32::try_from(b.len()).unwrap_or_default())
}

#[test]
fn arguments_may_be_bound_in_any_way() {
    let (point, pair) = (Point { x: 1, y: 1 }, (1, "a".to_owned()));
    let four = [1, 0, 0, 1];
    check(&REGISTRY, "bound", |end| {
        bound(&point, &pair, four, 0, 0, (1, 0), end)
    });
    check_async(&REGISTRY, "bound_async", |end| {
        bound_async(&point, &pair, four, 0, 0, (1, 0), end)
    });
}
