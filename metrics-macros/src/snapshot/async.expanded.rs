fn price(quantity: u64) -> impl ::core::future::Future<Output = u64> {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    ::metrics_runtime::__private::Awaited {
        meter: ::metrics_runtime::__private::await_timed(&__SITE),
        told: ::metrics_runtime::__told!(u64),
        future: async move {
            ::metrics_runtime::__returns!(u64);
            quantity * 5
        },
    }
}
