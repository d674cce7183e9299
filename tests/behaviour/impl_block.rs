//! Attributes on `impl` blocks.

#![expect(clippy::unused_self, reason = "the receiver is part of the shape")]

use std::fmt::Display;

use metrics_runtime::{Registry, counted, timed};

use crate::driver::{Calls, End, Failure, VALUE, by_outcome, check, check_async, counted, timed};

static REGISTRY: Registry = Registry::new();

struct Cart<T>(T);

#[timed(registry = REGISTRY)]
#[counted(registry = REGISTRY)]
impl<T: Display + Clone> Cart<T>
where
    T: Into<u32>,
{
    const LIMIT: u32 = { 40 + 2 };

    fn total(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }

    async fn pay(&self, end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }

    fn of(value: T, end: End) -> Result<Self, Failure> {
        end.reach().map(|_| Self(value))
    }

    const fn limit() -> u32 {
        Self::LIMIT
    }

    #[timed(skip)]
    fn counted_only(&self) -> String {
        self.0.to_string()
    }

    #[timed(skip)]
    #[counted(skip)]
    fn unseen(&self) -> u32 {
        self.0.clone().into()
    }

    #[timed(name = "cart_export_seconds", help = "Exports.", labels(format = format, function))]
    fn export(&self, format: &str) -> String {
        format!("{} as {format}", self.0)
    }
}

#[test]
fn each_method_is_labelled_with_its_type() {
    let cart = Cart(7_u8);
    check(&REGISTRY, "Cart::total", |end| cart.total(end));
    assert_eq!(timed(&REGISTRY, "Cart::total"), Calls::EACH);
    check_async(&REGISTRY, "Cart::pay", |end| cart.pay(end));
    assert_eq!(timed(&REGISTRY, "Cart::pay"), Calls::EACH_ASYNC);
    check(&REGISTRY, "Cart::of", |end| {
        Cart::of(7_u8, end).map(|cart| cart.unseen())
    });
    assert_eq!(timed(&REGISTRY, "Cart::of"), Calls::EACH);
}

#[test]
fn a_method_may_be_skipped() {
    assert_eq!(Cart(VALUE).unseen(), VALUE);
    assert_eq!(Cart(VALUE).counted_only(), "7");
    assert_eq!(timed(&REGISTRY, "Cart::counted_only"), Calls::NONE);
    assert_eq!(counted(&REGISTRY, "Cart::counted_only"), Calls::OK);
    assert!(!REGISTRY.to_text().contains("unseen"));
}

#[test]
fn a_const_method_is_left_alone() {
    const LIMIT: u32 = Cart::<u8>::limit();
    assert_eq!(LIMIT, 42);
    assert!(!REGISTRY.to_text().contains("limit"));
}

#[test]
fn a_method_may_have_its_own_options() {
    assert_eq!(Cart(1_u8).export("pdf"), "1 as pdf");
    let labels = [("format", "pdf"), ("function", "Cart::export")];
    let own = by_outcome(&REGISTRY, "cart_export_seconds_count", &labels);
    assert_eq!(own, Calls::OK);
    assert_eq!(timed(&REGISTRY, "Cart::export"), Calls::NONE);
    assert_eq!(counted(&REGISTRY, "Cart::export"), Calls::OK);
}

trait Greet {
    fn greet(&self, end: End) -> Result<u32, Failure>;
}

#[counted(registry = REGISTRY)]
impl<T: Display> Greet for &'_ Cart<T> {
    fn greet(&self, end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

#[test]
fn a_block_of_a_trait_is_labelled_with_the_type() {
    check(&REGISTRY, "Cart::greet", |end| (&Cart(1)).greet(end));
}

macro_rules! block {
    ($name:ident { $($item:item)* }) => {
        #[counted(registry = REGISTRY)]
        impl $name { $($item)* }
    };
}

struct Made;

block!(Made {
    fn made(end: End) -> Result<u32, Failure> {
        end.reach()
    }
});

#[test]
fn the_methods_of_a_block_made_by_a_macro_are_counted() {
    check(&REGISTRY, "Made::made", Made::made);
}
