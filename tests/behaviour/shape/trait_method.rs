//! Methods of traits, async ones in each way that there is.

use async_trait::async_trait;
use metrics_runtime::{Registry, counted};

use crate::driver::{Calls, End, Failure, check, check_async, counted};

static REGISTRY: Registry = Registry::new();

struct Unit;

trait Defaulted {
    const OFFSET: u32 = 0;

    #[counted(registry = REGISTRY)]
    fn defaulted(&self, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + Self::OFFSET)
    }

    fn required(&self, end: End) -> Result<u32, Failure>;
}

impl Defaulted for Unit {
    #[counted(registry = REGISTRY)]
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

    #[counted(registry = REGISTRY)]
    async fn later_by_default(&self, end: End) -> Result<u32, Failure> {
        self.later(end).await
    }

    fn sent(&self, end: End) -> impl Future<Output = Result<u32, Failure>> + Send;
}

impl Later for Unit {
    #[counted(registry = REGISTRY)]
    async fn later(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }

    #[counted(registry = REGISTRY)]
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

    #[counted(registry = REGISTRY)]
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
    #[counted(registry = REGISTRY)]
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

#[counted(registry = REGISTRY)]
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
#[counted(registry = REGISTRY)]
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
    #[counted(registry = REGISTRY)]
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
