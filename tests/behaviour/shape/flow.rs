//! How a body is left.

#![expect(
    clippy::diverging_sub_expression,
    clippy::needless_question_mark,
    clippy::needless_return,
    clippy::never_loop,
    reason = "bodies that are odd in one way each are what is tested"
)]

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async};
use crate::driver::{Calls, End, Failure, VALUE, assert_panics, cancel, counted, ready};

static REGISTRY: Registry = Registry::new();

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn returning(end: End) -> Result<u32, Failure> {
    if end == End::Return {
        return end.reach();
    }
    for _ in 0.. {
        if end == End::Fail {
            return end.reach();
        }
        end.reach()?;
    }
    Err(Failure)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn returning_async(end: End) -> Result<u32, Failure> {
    if end == End::Return {
        end.wait().await;
        return end.reach();
    }
    end.wait().await;
    if end == End::Fail {
        let Err(failure) = end.reach() else {
            return Ok(0);
        };
        return Err(failure);
    }
    return end.reach();
}

#[test]
fn an_early_return_is_counted() {
    check(&REGISTRY, "returning", returning);
    check_async(&REGISTRY, "returning_async", returning_async);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn asking(end: End) -> Result<u32, Failure> {
    let value = end.reach()?;
    Ok(value)
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn asking_async(end: End) -> Result<u32, Failure> {
    let waited = async {
        end.wait().await;
        end.reach()
    };
    let value = waited.await?;
    Ok(value)
}

#[test]
fn a_question_mark_is_counted_as_an_error() {
    check(&REGISTRY, "asking", asking);
    check_async(&REGISTRY, "asking_async", asking_async);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn asking_option(end: End) -> Option<u32> {
    let value = end.reach().ok()?;
    Some(value)
}

#[test]
fn none_is_ok() {
    let mut watched = Watched::new(&REGISTRY, "asking_option");
    assert_eq!(watched.ok(|| asking_option(End::Return)), Some(VALUE));
    assert_eq!(watched.ok(|| asking_option(End::Fail)), None);
    watched.panics(|| asking_option(End::Panic));
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn breaking(end: End) -> Result<u32, Failure> {
    let value = 'outer: loop {
        for round in 0_u32.. {
            if round < 2 {
                continue;
            }
            break 'outer end.reach();
        }
    };
    let block = 'block: {
        if value.is_err() {
            break 'block value;
        }
        value
    };
    'tail: loop {
        while block.is_ok() {
            break 'tail block;
        }
        break block;
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn breaking_async(end: End) -> Result<u32, Failure> {
    'tail: loop {
        loop {
            end.wait().await;
            let value = 'block: {
                break 'block end.reach()?;
            };
            break 'tail Ok(value);
        }
    }
}

#[test]
fn a_labelled_loop_gives_its_value() {
    check(&REGISTRY, "breaking", breaking);
    check_async(&REGISTRY, "breaking_async", breaking_async);
}

struct Pair {
    left: u32,
    right: u32,
}

/// What fails is as deep as it can be.
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn asking_everywhere(end: End, depth: u32) -> Result<u32, Failure> {
    let ended = |at| if at == depth { end.reach() } else { Ok(VALUE) };
    let mut sum = u32::max(ended(0)?, 1);
    if ended(1)? == 0 {
        return Ok(0);
    }
    let pair = Pair {
        left: ended(2)?,
        right: 1,
    };
    match ended(3)? {
        VALUE => sum += [ended(4)?, 0][1],
        _ => return Ok(ended(5)?),
    }
    let Some(value) = ended(6).ok() else {
        return Err(ended(6).map_or_else(|failure| failure, |_| Failure));
    };
    while sum < ended(7)? {
        sum += 1;
    }
    let through = (|| Ok(ended(8)? + ended(8)?))()?;
    sum += (through + value + pair.left) * (pair.right - 1);
    Ok([ended(9)? + sum - VALUE][0])
}

#[test]
fn a_question_mark_may_stand_anywhere() {
    check(&REGISTRY, "asking_everywhere", |end| {
        asking_everywhere(end, 0)
    });
    for depth in [1, 2, 3, 4, 6, 7, 8, 9] {
        assert_eq!(asking_everywhere(End::Return, depth), Ok(VALUE));
        assert_eq!(asking_everywhere(End::Fail, depth), Err(Failure));
        assert_panics(|| asking_everywhere(End::Panic, depth));
    }
    let calls = Calls {
        ok: 9.0,
        error: 9.0,
        panic: 9.0,
        cancelled: 0.0,
    };
    assert_eq!(counted(&REGISTRY, "asking_everywhere"), calls);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn asking_everywhere_async(end: End, depth: u32) -> Result<u32, Failure> {
    let ended = async |at| {
        if at == depth {
            end.wait().await;
            end.reach()
        } else {
            Ok(VALUE)
        }
    };
    let sum = u32::max(ended(0).await?, 1);
    let pair = Pair {
        left: async { Ok(ended(1).await?) }.await?,
        right: 0,
    };
    match ended(2).await? {
        VALUE => {}
        _ => return Ok(ended(2).await?),
    }
    for _ in 0..ended(3).await? {}
    Ok([ended(4).await? + sum + pair.right - pair.left][0])
}

#[test]
fn a_question_mark_may_stand_anywhere_in_an_async_function() {
    check_async(&REGISTRY, "asking_everywhere_async", |end| {
        asking_everywhere_async(end, 0)
    });
    for depth in 1..5 {
        assert_eq!(
            ready(asking_everywhere_async(End::Return, depth)),
            Ok(VALUE)
        );
        assert_eq!(
            ready(asking_everywhere_async(End::Fail, depth)),
            Err(Failure)
        );
        assert_panics(|| ready(asking_everywhere_async(End::Panic, depth)));
        cancel(asking_everywhere_async(End::Wait, depth));
    }
    let calls = Calls {
        ok: 5.0,
        error: 5.0,
        panic: 5.0,
        cancelled: 5.0,
    };
    assert_eq!(counted(&REGISTRY, "asking_everywhere_async"), calls);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn returning_within(end: End) -> Result<u32, Failure> {
    let odd = |value: u32| -> bool {
        if value % 2 == 1 {
            return true;
        }
        false
    };
    let found = [2, 4, 7].into_iter().find(|value| {
        return odd(*value);
    });
    end.reach().map(|_| found.unwrap_or_default())
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn returning_within_async(end: End) -> Result<u32, Failure> {
    let block = async {
        if end == End::Return {
            return Ok(VALUE);
        }
        Err(Failure)
    };
    end.wait().await;
    let value = end.reach()?;
    block.await.map(|returned: u32| returned.max(value))
}

#[test]
fn a_return_within_a_closure_ends_the_closure() {
    check(&REGISTRY, "returning_within", returning_within);
    check_async(&REGISTRY, "returning_within_async", returning_within_async);
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn looping(end: End) -> Result<u32, Failure> {
    loop {
        if end != End::Fail {
            return end.reach();
        }
        end.reach()?;
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn looping_async(end: End) -> Result<u32, Failure> {
    loop {
        end.wait().await;
        if end != End::Fail {
            return end.reach();
        }
        end.reach()?;
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn diverging_in_all_arms(end: End) -> Result<u32, Failure> {
    match end.reach() {
        Ok(value) => return Ok(value),
        Err(failure) => return Err(failure),
    }
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
async fn diverging_in_all_arms_async(end: End) -> Result<u32, Failure> {
    end.wait().await;
    match end.reach() {
        Ok(value) => return Ok(value),
        Err(failure) => return Err(failure),
    };
}

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
fn diverging_tail(end: End) -> Result<u32, Failure> {
    if end != End::Wait {
        return end.reach();
    }
    unreachable!("only async calls wait")
}

#[test]
fn a_body_may_have_no_tail() {
    check(&REGISTRY, "looping", looping);
    check_async(&REGISTRY, "looping_async", looping_async);
    check(&REGISTRY, "diverging_in_all_arms", diverging_in_all_arms);
    check_async(
        &REGISTRY,
        "diverging_in_all_arms_async",
        diverging_in_all_arms_async,
    );
    check(&REGISTRY, "diverging_tail", diverging_tail);
}
