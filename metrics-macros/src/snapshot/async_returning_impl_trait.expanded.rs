async fn orders(user: &User) -> Result<impl Iterator<Item = Order>, Error> {
    ::metrics_runtime::__site!(__SITE "orders" true Duration);
    let __call = ::metrics_runtime::__private::enter_timed(&__SITE);
    let __future = async move {
        ::metrics_runtime::__returns!(Result < _, Error >);
        list(user).await
    };
    let (__out, __done) = ::metrics_runtime::__private::measured(__call, __future).await;
    __done.finish(::metrics_runtime::__reading!(& __out));
    __out
}
