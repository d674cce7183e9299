//! Methods, by their receiver.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use metrics_runtime::{Registry, counted};

use crate::driver::{
    Calls, End, Failure, VALUE, assert_panics, cancel, check, check_async, counted, ready,
};

static REGISTRY: Registry = Registry::new();

#[derive(Default)]
struct Account {
    balance: u32,
}

impl Account {
    #[counted(registry = REGISTRY)]
    fn by_arc(self: Arc<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[counted(registry = REGISTRY)]
    async fn by_arc_async(self: Arc<Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach().map(|value| value + self.balance)
    }

    #[counted(registry = REGISTRY)]
    fn by_rc(self: Rc<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[counted(registry = REGISTRY)]
    fn by_value(self, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[counted(registry = REGISTRY)]
    fn by_box(self: Box<Self>, end: End) -> Result<u32, Failure> {
        end.reach().map(|value| value + self.balance)
    }

    #[counted(registry = REGISTRY)]
    fn reborrowed(&mut self, end: End) -> Result<&mut u32, Failure> {
        self.balance = end.reach()?;
        Ok(&mut self.balance)
    }

    #[counted(registry = REGISTRY)]
    async fn reborrowed_async(&mut self, end: End) -> Result<&mut u32, Failure> {
        end.wait().await;
        self.balance = end.reach()?;
        Ok(&mut self.balance)
    }

    #[counted(registry = REGISTRY)]
    fn pinned(mut self: Pin<&mut Self>, end: End) -> Result<u32, Failure> {
        self.balance = end.reach()?;
        Ok(self.balance)
    }

    #[counted(registry = REGISTRY)]
    async fn pinned_async(mut self: Pin<&mut Self>, end: End) -> Result<u32, Failure> {
        end.wait().await;
        self.balance = end.reach()?;
        Ok(self.balance)
    }

    #[counted(registry = REGISTRY)]
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
    drop(account.reborrowed_async(End::Return));
    assert_eq!(counted(&REGISTRY, "reborrowed_async"), Calls::NONE);
    *ready(account.reborrowed_async(End::Return)).expect("it went well") += 1;
    assert_eq!(account.balance, VALUE + 1);
    assert_eq!(ready(account.reborrowed_async(End::Fail)), Err(Failure));
    assert_panics(|| ready(account.reborrowed_async(End::Panic)).map(|balance| *balance));
    cancel(account.reborrowed_async(End::Wait));
    assert_eq!(counted(&REGISTRY, "reborrowed_async"), Calls::EACH_ASYNC);
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
