async fn orders(user: &User) -> Result<impl Iterator<Item = Order>, Error> {
    ::metrics_runtime::__site!(__SITE "orders" true Duration);
    let (__out, __done) = ::metrics_runtime::__private::measured(
            ::metrics_runtime::__private::enter_timed(&__SITE),
            async move {
                ::metrics_runtime::__returns!(Result < _, Error >);
                list(user).await
            },
        )
        .await;
    __done.finish(::metrics_runtime::__outcome!(& __out));
    __out
}
