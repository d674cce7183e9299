fn checkout(cart: Cart) -> impl ::core::future::Future<Output = Result<Order, Error>> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    ::metrics_runtime::__private::Awaited {
        meter: ::metrics_runtime::__private::await_timed(&__SITE),
        told: ::metrics_runtime::__told!(Result < Order, Error >),
        future: async move {
            let _ = &cart;
            ::metrics_runtime::__returns!(Result < Order, Error >);
            pay(cart).await
        },
    }
}
