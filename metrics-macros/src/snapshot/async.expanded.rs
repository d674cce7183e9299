fn price(quantity: u64) -> impl ::core::future::Future<Output = u64> {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    ::metrics_runtime::__private::awaited(
        ::metrics_runtime::__private::await_timed(&__SITE),
        ::metrics_runtime::__told!(u64),
        async move {
            ::metrics_runtime::__returns!(u64);
            quantity * 5
        },
    )
}
