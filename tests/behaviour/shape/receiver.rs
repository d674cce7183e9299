//! Methods, by their receiver.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{Watched, check, check_async};
use crate::driver::{End, Failure, VALUE, ready};

static REGISTRY: Registry = Registry::new();

#[derive(Default)]
struct Account {
    balance: u32,
}

impl Account {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_arc(self: Arc<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_arc_async(self: Arc<Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_rc(self: Rc<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_value(self, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_box(self: Box<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn reborrowed(&mut self, end: End) -> Result<&mut u32, Failure> {
        self.balance = end.reach()?;
        Ok(&mut self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn reborrowed_async(&mut self, end: End) -> Result<&mut u32, Failure> {
        end.wait().await;
        self.balance = end.reach()?;
        Ok(&mut self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn pinned(mut self: Pin<&mut Self>, end: End) -> Result<u32, Failure> {
        self.balance = end.reach()?;
        Ok(self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn pinned_async(mut self: Pin<&mut Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        self.balance = end.reach()?;
        Ok(self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn without_self(end: End) -> Result<Self, Failure> {
        end.reach().map(|balance| Self { balance })
    }
}

#[test]
fn a_method_of_a_shared_pointer_is_counted() {
    let account = Arc::new(Account::default());
    check(&REGISTRY, "by_arc", |end| Arc::clone(&account).by_arc(end));
    check_async(&REGISTRY, "by_arc_async", |end| {
        Arc::clone(&account).by_arc_async(end)
    });
    assert_eq!(Arc::strong_count(&account), 1);
    let account = Rc::new(Account::default());
    check(&REGISTRY, "by_rc", |end| Rc::clone(&account).by_rc(end));
}

#[test]
fn a_method_that_consumes_is_counted() {
    check(&REGISTRY, "by_value", |end| {
        Account::default().by_value(end)
    });
    check(&REGISTRY, "by_box", |end| {
        Box::new(Account::default()).by_box(end)
    });
    check(&REGISTRY, "without_self", |end| {
        Account::without_self(end).map(|account| account.balance)
    });
}

#[test]
fn a_method_may_return_a_reborrow_of_self() {
    check(&REGISTRY, "reborrowed", |end| {
        Account::default().reborrowed(end).map(|balance| *balance)
    });
    let mut account = Account::default();
    *account.reborrowed(End::Return).expect("it went well") += 1;
    assert_eq!(account.balance, VALUE + 1);
}

#[test]
fn an_async_method_may_return_a_reborrow_of_self() {
    let mut account = Account::default();
    let mut watched = Watched::new(&REGISTRY, "reborrowed_async");
    watched.forgotten(account.reborrowed_async(End::Return));
    let balance = watched.ok(|| ready(account.reborrowed_async(End::Return)));
    *balance.expect("it went well") += 1;
    assert_eq!(account.balance, VALUE + 1);
    let failed = watched.error(|| ready(account.reborrowed_async(End::Fail)));
    assert_eq!(failed, Err(Failure));
    watched.panics(|| ready(account.reborrowed_async(End::Panic)).map(|balance| *balance));
    watched.cancelled(account.reborrowed_async(End::Wait));
}

#[test]
fn a_method_of_a_pinned_reference_is_counted() {
    check(&REGISTRY, "pinned", |end| {
        pin!(Account::default()).as_mut().pinned(end)
    });
    check_async(&REGISTRY, "pinned_async", |end| async move {
        pin!(Account::default()).as_mut().pinned_async(end).await
    });
}

impl Account {
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_reference(&self, end: End) -> Result<&u32, Failure> {
        end.reach().map(|_| &self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_reference_async(&self, end: End) -> Result<&u32, Failure> {
        end.wait().await;
        end.reach().map(|_| &self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_mutable_reference(&mut self, end: End) -> Result<u32, Failure> {
        self.balance += end.reach()?;
        Ok(self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_mutable_reference_async(&mut self, end: End) -> Result<u32, Failure> {
        self.balance += 1;
        end.wait().await;
        self.balance += end.reach()? - 1;
        Ok(self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_mutable_value(mut self, end: End) -> Result<Self, Failure> {
        self.balance += end.reach()?;
        Ok(self)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_mutable_value_async(mut self, end: End) -> Result<Self, Failure> {
        self.balance += 1;
        end.wait().await;
        self.balance += end.reach()? - 1;
        Ok(self)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_value_async(self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_mutable_box(mut self: Box<Self>, end: End) -> Result<Box<Self>, Failure> {
        self.balance += end.reach()?;
        Ok(self)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_box_async(self: Box<Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_rc_async(self: Rc<Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value + self.balance)
    }

    #[expect(
        clippy::needless_arbitrary_self_type,
        reason = "that it is written out is what is tested"
    )]
    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_written_reference(self: &Self, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn by_reference_to_arc(self: &Arc<Self>, end: End) -> Result<Arc<Self>, Failure> {
        end.wait().await;
        end.reach().map(|_| Self::clone_of(self))
    }

    fn clone_of(this: &Arc<Self>) -> Arc<Self> {
        Arc::clone(this)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn by_pinned_box(self: Pin<Box<Self>>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn values(&self, end: End) -> Result<impl Iterator<Item = u32> + '_, Failure> {
        let value = end.reach()?;
        Ok(std::iter::once(value).map(|value| value + self.balance))
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn boxed(&mut self, end: End) -> Pin<Box<dyn Future<Output = Result<u32, Failure>> + '_>> {
        self.balance = 1;
        Box::pin(async move {
            end.wait().await;
            self.balance += end.reach()?;
            Ok(self.balance - 1)
        })
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    fn later(&self, end: End) -> impl Future<Output = Result<&u32, Failure>> + Send {
        async move {
            end.wait().await;
            end.reach()?;
            Ok(&self.balance)
        }
    }

    #[timed(registry = REGISTRY)]
    #[counted]
    #[in_progress]
    async fn without_self_async(end: End) -> Result<Self, Failure> {
        end.wait().await;
        end.reach().map(|balance| Self { balance })
    }
}

fn full() -> Account {
    Account { balance: VALUE }
}

#[test]
fn a_method_may_return_a_reference_into_self() {
    check(&REGISTRY, "by_reference", |end| {
        full().by_reference(end).copied()
    });
    check_async(&REGISTRY, "by_reference_async", |end| async move {
        full().by_reference_async(end).await.copied()
    });
    check(&REGISTRY, "values", |end| {
        Account::default().values(end).map(Iterator::sum)
    });
}

#[test]
fn a_method_may_change_self() {
    check(&REGISTRY, "by_mutable_reference", |end| {
        Account::default().by_mutable_reference(end)
    });
    check_async(&REGISTRY, "by_mutable_reference_async", |end| async move {
        Account::default().by_mutable_reference_async(end).await
    });
    check(&REGISTRY, "by_mutable_value", |end| {
        let account = Account::default().by_mutable_value(end)?;
        Ok(account.balance)
    });
    check_async(&REGISTRY, "by_mutable_value_async", |end| async move {
        let account = Account::default().by_mutable_value_async(end).await?;
        Ok(account.balance)
    });
    check(&REGISTRY, "by_mutable_box", |end| {
        let account = Box::new(Account::default()).by_mutable_box(end)?;
        Ok(account.balance)
    });
}

#[test]
fn an_async_method_that_consumes_is_counted() {
    check_async(&REGISTRY, "by_value_async", |end| {
        Account::default().by_value_async(end)
    });
    check_async(&REGISTRY, "by_box_async", |end| {
        Box::new(Account::default()).by_box_async(end)
    });
    check_async(&REGISTRY, "by_rc_async", |end| {
        Rc::new(Account::default()).by_rc_async(end)
    });
    check_async(&REGISTRY, "without_self_async", |end| async move {
        let account = Account::without_self_async(end).await?;
        Ok(account.balance)
    });
}

#[test]
fn a_method_whose_receiver_is_written_out_is_counted() {
    check(&REGISTRY, "by_written_reference", |end| {
        Account::default().by_written_reference(end)
    });
    check_async(&REGISTRY, "by_reference_to_arc", |end| async move {
        let account = Arc::new(full());
        let same = account.by_reference_to_arc(end).await?;
        Ok(same.balance)
    });
    check(&REGISTRY, "by_pinned_box", |end| {
        Box::pin(Account::default()).by_pinned_box(end)
    });
}

#[test]
fn a_method_that_returns_its_future_is_counted() {
    check_async(&REGISTRY, "boxed", |end| async move {
        Account::default().boxed(end).await
    });
    check_async(&REGISTRY, "later", |end| async move {
        full().later(end).await.copied()
    });
}
