async fn checkout(cart: Cart) -> Result<Order, Error> {
    ::metrics_runtime::__site!(__SITE "checkout" true Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __future = async move {
        ::metrics_runtime::__returns!(Result < Order, Error >);
        pay(cart).await
    };
    let (__out, __done) = ::metrics_runtime::__private::measured(__call, __future).await;
    __done.finish(::metrics_runtime::__reading!(& __out));
    __out
}
