//! Functions that `macro_rules!` makes, from fragments of every kind.

use metrics_runtime::{Registry, counted, in_progress, timed};

use super::watched::{check, check_async};
use crate::driver::{End, Failure};

static REGISTRY: Registry = Registry::new();

macro_rules! functions {
    (
        $(#[$attribute:meta])*
        $visible:vis $plain:ident, $later:ident, $end:ident: $ending:ty => $returned:ty,
        $now:block, $then:block
    ) => {
        #[timed(registry = REGISTRY)]
        $(#[$attribute])*
        #[counted]
        #[in_progress]
        $visible fn $plain($end: $ending) -> $returned $now

        $(#[$attribute])*
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        $visible async fn $later($end: $ending) -> $returned $then
    };
}

functions!(
    /// It is made.
    #[must_use = "it was made"]
    #[inline]
    pub(crate) made, made_async, end: End => Result<u32, Failure>,
    { end.reach() },
    { end.wait().await; end.reach() }
);

#[test]
fn a_function_of_fragments_is_counted() {
    check(&REGISTRY, "made", made);
    check_async(&REGISTRY, "made_async", made_async);
}

macro_rules! item {
    ($($function:item)*) => {
        $(
            #[timed(registry = REGISTRY)]
            #[counted]
            #[in_progress]
            $function
        )*
    };
}

item! {
    fn whole(end: End) -> Result<u32, Failure> {
        let value = end.reach()?;
        Ok(value)
    }

    async fn whole_async(end: End) -> Result<u32, Failure> {
        end.wait().await;
        let value = end.reach()?;
        Ok(value)
    }
}

#[test]
fn a_function_that_came_as_one_item_is_counted() {
    check(&REGISTRY, "whole", whole);
    check_async(&REGISTRY, "whole_async", whole_async);
}

macro_rules! tokens {
    ($($tokens:tt)*) => {
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        $($tokens)*
    };
}

tokens! {
    fn of_tokens(end: End) -> Result<u32, Failure> {
        end.reach()
    }
}

tokens! {
    async fn of_tokens_async(end: End) -> Result<u32, Failure> {
        end.wait().await;
        end.reach()
    }
}

#[test]
fn a_function_that_came_as_tokens_is_counted() {
    check(&REGISTRY, "of_tokens", of_tokens);
    check_async(&REGISTRY, "of_tokens_async", of_tokens_async);
}

macro_rules! parts {
    (
        $plain:ident, $later:ident, $lifetime:lifetime, $label:lifetime,
        $argument:pat => $of:ty, $bound:path, $value:expr, $awaited:expr, $offset:literal, $before:stmt
    ) => {
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        fn $plain<$lifetime, T: $bound>($argument: $of, given: &$lifetime T) -> Result<u32, Failure> {
            $before;
            $label: loop {
                break $label $value.map(|value| value + $offset + drop_reference(given));
            }
        }

        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        async fn $later<$lifetime, T: $bound>($argument: $of, given: &$lifetime T) -> Result<u32, Failure> {
            $awaited.await;
            $before;
            $value.map(|value| value + $offset + drop_reference(given))
        }
    };
}

fn drop_reference<T: Copy>(_: &T) -> u32 {
    0
}

parts!(
    of_parts, of_parts_async, 'given, 'label,
    (mut end, _) => (End, u8), Copy, end.reach(), end.wait(), 0, end = End::clone(&end)
);

#[test]
fn a_function_of_patterns_expressions_and_lifetimes_is_counted() {
    check(&REGISTRY, "of_parts", |end| of_parts((end, 0), &0));
    check_async(&REGISTRY, "of_parts_async", |end| {
        of_parts_async((end, 0), &0)
    });
}

macro_rules! within {
    ($name:ident, $later:ident) => {
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        fn $name(end: End) -> Result<u32, Failure> {
            reached!(end)
        }

        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        async fn $later(end: End) -> Result<u32, Failure> {
            end.wait().await;
            reached!(end)
        }
    };
}

/// Returns out of the function that it stands in.
macro_rules! reached {
    ($end:ident) => {{
        if $end == End::Fail {
            return reach($end);
        }
        // A panic is said to be where the outermost macro is called.
        return reach($end);
    }};
}

fn reach(end: End) -> Result<u32, Failure> {
    end.reach()
}

within!(of_the_macro, of_the_macro_async);

#[test]
fn a_body_may_be_a_macro_that_returns() {
    check(&REGISTRY, "of_the_macro", of_the_macro);
    check_async(&REGISTRY, "of_the_macro_async", of_the_macro_async);
}

struct Holder;

macro_rules! methods {
    ($($receiver:tt)*) => {
        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        fn method($($receiver)*, end: End) -> Result<u32, Failure> {
            reach(end)
        }

        #[timed(registry = REGISTRY)]
        #[counted]
        #[in_progress]
        async fn method_async($($receiver)*, end: End) -> Result<u32, Failure> {
            end.wait().await;
            reach(end)
        }
    };
}

impl Holder {
    methods!(&self);
}

#[test]
fn a_method_that_a_macro_makes_is_counted() {
    check(&REGISTRY, "method", |end| Holder.method(end));
    check_async(&REGISTRY, "method_async", |end| async move {
        Holder.method_async(end).await
    });
}
