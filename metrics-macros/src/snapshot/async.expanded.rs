async fn price(quantity: u64) -> u64 {
    ::metrics_runtime::__site!(__SITE "price" false Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __future = async move {
        ::metrics_runtime::__returns!(u64);
        quantity * 5
    };
    let (__out, __done) = ::metrics_runtime::__private::measured(__call, __future).await;
    __done.finish(::metrics_runtime::__reading!(& __out));
    __out
}
