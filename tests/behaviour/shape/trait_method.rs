//! Methods of traits, async ones in each way that there is.

use std::cell::RefCell;
use std::pin::Pin;

use async_trait::async_trait;
use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{check, check_async, check_sure};
use crate::driver::{Calls, End, Failure, VALUE, counted};

static REGISTRY: Registry = Registry::new();

struct Unit;

trait Defaulted {
    const OFFSET: u32 = 0;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn defaulted(&self, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + Self::OFFSET)
    }

    fn required(&self, end: End) -> Result<u32, Failure>;
}

impl Defaulted for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn required(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

impl Defaulted for u8 {
    const OFFSET: u32 = 1;

    fn required(&self, _: End) -> Result<u32, Failure> {
        Err(Failure)
    }
}

#[test]
fn a_default_body_is_counted_for_every_type() {
    check(&REGISTRY, "defaulted", |end| Unit.defaulted(end));
    assert_eq!(0_u8.defaulted(End::Return), Ok(8));
    let calls = counted(&REGISTRY, "defaulted");
    assert_eq!(
        calls,
        Calls {
            ok: 2.0,
            ..Calls::EACH
        }
    );
}

#[test]
fn an_implementation_counts_and_its_neighbours_do_not() {
    check(&REGISTRY, "required", |end| Unit.required(end));
    assert_eq!(0_u8.required(End::Return), Err(Failure));
    assert_eq!(counted(&REGISTRY, "required"), Calls::EACH);
}

trait Later {
    async fn later(&self, end: End) -> Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn later_by_default(&self, end: End) -> Result<u32, Failure> {
        self.later(end).await
    }

    fn sent(&self, end: End) -> impl Future<Output = Result<u32, Failure>> + Send;
}

impl Later for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn later(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn sent(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
}

#[test]
fn an_async_function_in_a_trait_is_counted() {
    check_async(&REGISTRY, "later_by_default", |end| {
        Unit.later_by_default(end)
    });
    assert_eq!(counted(&REGISTRY, "later"), Calls::EACH_ASYNC);
    check_async(&REGISTRY, "sent", |end| Unit.sent(end));
}

#[async_trait]
trait Boxed {
    async fn below(&self, end: End) -> Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn boxed_by_default<T>(&self, value: T, end: End) -> Result<u32, Failure>
    where
        T: Into<u32> + Send + 'static,
        Self: Sync,
    {
        end.wait().await;
        end.reach().map(|_| value.into())
    }
}

#[async_trait]
impl Boxed for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn below(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    }
}

#[test]
fn a_method_below_async_trait_is_counted() {
    check_async(&REGISTRY, "below", |end| Unit.below(end));
}

#[test]
fn a_default_body_below_async_trait_is_counted() {
    check_async(&REGISTRY, "boxed_by_default", |end| {
        Unit.boxed_by_default(7_u8, end)
    });
}

struct Above;

#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
#[async_trait]
impl Boxed for Above {
    async fn below(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    }
}

#[test]
fn an_attribute_above_async_trait_counts_each_method() {
    check_async(&REGISTRY, "Above::below", |end| Above.below(end));
}

struct Beneath;

#[async_trait]
#[timed(registry = REGISTRY)]
#[counted]
#[in_progress]
impl Boxed for Beneath {
    async fn below(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    }
}

#[test]
fn an_attribute_beneath_async_trait_counts_each_method() {
    check_async(&REGISTRY, "Beneath::below", |end| Beneath.below(end));
}

#[async_trait(?Send)]
trait Local {
    async fn local(&self, end: End) -> Result<u32, Failure>;
}

#[async_trait(?Send)]
impl Local for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn local(&self, end: End) -> Result<u32, Failure> {
        let not_send = std::rc::Rc::new(end);
        not_send.wait().await;
        not_send.reach()
    }
}

#[test]
fn a_method_below_async_trait_need_not_be_send() {
    check_async(&REGISTRY, "local", |end| Unit.local(end));
}

trait Behind {
    fn behind(&self, end: End) -> Result<u32, Failure>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn behind_by_default(&mut self, end: End) -> Result<u32, Failure> {
        end.reach()
    }

    fn behind_boxed<'a>(
        &'a self,
        end: End,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + 'a>>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn of_sized(self, end: End) -> Result<Self, Failure>
    where
        Self: Sized,
    {
        end.reach().map(|_| self)
    }
}

impl Behind for u32 {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn behind(&self, end: End) -> Result<u32, Failure> {
        end.reach().map(|_| *self)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn behind_boxed<'a>(
        &'a self,
        end: End,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + 'a>> {
        Box::pin(async move {
            end.wait().await;
            end.reach().map(|_| *self)
        })
    }
}

#[test]
fn a_method_behind_a_trait_object_is_counted() {
    let mut value: Box<dyn Behind> = Box::new(VALUE);
    check(&REGISTRY, "behind", |end| value.behind(end));
    check_async(&REGISTRY, "behind_boxed", |end| value.behind_boxed(end));
    let value = RefCell::new(&mut *value);
    check(&REGISTRY, "behind_by_default", |end| {
        value.borrow_mut().behind_by_default(end)
    });
    check(&REGISTRY, "of_sized", |end| VALUE.of_sized(end));
}

trait Opaque {
    fn opaque(&self, end: End) -> impl Iterator<Item = u32>;

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn opaque_by_default(&self, end: End) -> impl Future<Output = Result<u32, Failure>> {
        async move {
            end.wait().await;
            end.reach()
        }
    }
}

impl Opaque for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn opaque(&self, end: End) -> impl Iterator<Item = u32> {
        let value = end.reach();
        value.into_iter()
    }
}

#[test]
fn a_method_of_a_trait_may_be_opaque() {
    check_sure(&REGISTRY, "opaque", |end| Unit.opaque(end).sum());
    check_async(&REGISTRY, "opaque_by_default", |end| async move {
        Unit.opaque_by_default(end).await
    });
}

#[async_trait]
trait Changing {
    async fn changed(&mut self, text: &str, end: End) -> Result<&u32, Failure>;

    async fn taken(self: Box<Self>, end: End) -> Result<u32, Failure>;
}

#[async_trait]
impl Changing for u32 {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn changed(&mut self, text: &str, end: End) -> Result<&u32, Failure> {
        *self = 0;
        end.wait().await;
        *self = end.reach()? + u32::try_from(text.len()).unwrap_or_default();
        Ok(self)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn taken(mut self: Box<Self>, end: End) -> Result<u32, Failure> {
        *self += 1;
        end.wait().await;
        end.reach().map(|_| *self)
    }
}

#[test]
fn a_method_below_async_trait_may_borrow_and_consume() {
    check_async(&REGISTRY, "changed", |end| async move {
        let mut value = 1;
        value.changed("", end).await.copied()
    });
    check_async(&REGISTRY, "taken", |end| Box::new(6).taken(end));
}

#[async_trait]
trait Tracked {
    async fn tracked(&self, end: End) -> Result<u32, Failure>;
}

#[async_trait]
impl Tracked for Unit {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    #[track_caller]
    async fn tracked(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
}

#[test]
fn a_method_below_async_trait_may_track_its_caller() {
    check_async(&REGISTRY, "tracked", |end| Unit.tracked(end));
}
