pub mod handlers {
    use super::Cart;
    pub struct Order<T = u64>(pub T);
    #[cfg(doc)]
    pub async fn checkout(cart: Cart) -> Order {
        pay(cart).await
    }
    #[cfg(not(doc))]
    pub fn checkout(cart: Cart) -> impl ::core::future::Future<Output = Order> {
        ::metrics_runtime::__site!(
            __SITE "checkout" true::metrics_runtime::global(), Duration &
            ::metrics_runtime::__private::builtin::function::FUNCTION_DURATION_SECONDS,
            [Function, Module]; Calls &
            ::metrics_runtime::__private::builtin::function::FUNCTION_CALLS_TOTAL,
            [Function, Module]
        );
        ::metrics_runtime::__private::Awaited {
            meter: ::metrics_runtime::__private::await_call(
                ::metrics_runtime::__private::enter(&__SITE),
            ),
            told: ::metrics_runtime::__told!(Order),
            future: async move {
                let _ = &cart;
                ::metrics_runtime::__returns!(Order);
                pay(cart).await
            },
        }
    }
    fn order() -> Order {
        ::metrics_runtime::__site!(
            __SITE "order" true::metrics_runtime::global(), Calls const { &
            ::metrics_runtime::__private::Desc::counter("orders_total",
            "Calls by outcome.", & []).by_outcome() }, []
        );
        let __guard = ::metrics_runtime::__private::Guard::new(
            ::metrics_runtime::__private::enter_counted(&__SITE),
        );
        let __out: Order;
        __out = if true { Order(1) } else { ::metrics_runtime::__private::never() };
        __guard.finish(::metrics_runtime::__outcome!(& __out));
        __out
    }
    pub const fn most() -> u64 {
        10
    }
    impl Order {
        fn id(&self) -> u64 {
            self.0
        }
    }
    #[counted(__absorbed)]
    const _: () = ();
    #[timed(__absorbed)]
    const _: () = ();
    use ::metrics_runtime::__private::attribute::*;
}
#[counted(__absorbed)]
const _: () = ();
