async fn price(quantity: u64) -> u64 {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    let (__out, __done) = ::metrics_runtime::__private::measured(
            ::metrics_runtime::__private::enter_timed(&__SITE),
            async move {
                ::metrics_runtime::__returns!(u64);
                quantity * 5
            },
        )
        .await;
    __done.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
